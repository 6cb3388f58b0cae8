//! SHELL. Everything that touches an obs-websocket: requests (`talk`), the event reader (`listen`),
//! supervision of both, OBS's own settings.
//!
//! The daemon calls [`start`] and hears of the link through [`Notice`]s; the verbs of the CLI use
//! [`Listener`] and [`Talker`] alone. Nothing here knows what the messages mean, and nothing here
//! listens on a socket.

mod act;
mod batch;
mod dial;
pub mod discovery;
mod error;
mod frame;
mod hello;
mod link;
mod listen;
mod pulse;
mod refusal;
mod serve;
mod settle;
mod studio;
mod supervise;
mod talk;
mod target;
mod text;

use std::{sync::Arc, time::Duration};

pub use batch::Batch;
pub use error::{Cause, ConnectError, Gone, Kind, LARGEST_MESSAGE, RequestError, Step};
pub use listen::Listener;
pub use studio::{InputState, PAGE_EVENT};
pub use supervise::{Obs, start};
pub use talk::{StreamStatus, Talker, Version};
pub use target::Target;
pub use text::Installed;

/// Spans and bounds of a connection. The defaults are what the daemon uses.
#[derive(Debug, Clone)]
pub struct Options {
    /// For making one connection, all addresses and the login included; the link has this long for
    /// both.
    pub connect_within: Duration,
    /// For each request; one that takes longer costs the connection.
    pub request_within: Duration,
    /// Silence before OBS is asked for a sign of life.
    pub ping_after: Duration,
    /// Silence after that before OBS is given up.
    pub dead_after: Duration,
    /// Bytes of events read and not yet dealt with. At this bound, and only there, the socket is
    /// not read.
    pub bytes_in_flight: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connect_within: Duration::from_secs(10),
            request_within: Duration::from_secs(10),
            ping_after: listen::PING_AFTER,
            dead_after: listen::DEAD_AFTER,
            bytes_in_flight: 16 * 1024 * 1024,
        }
    }
}

/// OBS as it was when the link came up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// What it says of itself.
    pub version: Version,
    /// The program scene, if OBS would say.
    pub scene: Option<String>,
    /// The stream, if OBS would say.
    pub stream: Option<StreamStatus>,
}

/// What the link tells the daemon, in order. Between `Up` and `Down` requests work and events come.
#[derive(Debug)]
pub enum Notice {
    /// Both connections are identified and the first requests were answered.
    Up(Info),
    /// What was heard since the last one.
    Heard(Batch),
    /// The program scene is now this one, and OBS has sent no further event about scenes for a
    /// while: see `settle`.
    SceneChanged(String),
    /// Another scene collection is open: scenes and sources may be others, under the same names
    /// too. [`Notice::SceneChanged`] comes first.
    CollectionChanged,
    /// OBS streams now, or no longer.
    StreamChanged {
        /// Whether it streams.
        active: bool,
    },
    /// The live link is lost. It is tried again by itself, unless `Stopped` follows.
    Down(Arc<Cause>),
    /// The next attempt is due later.
    Waiting {
        /// Failures of this kind in a row; logs show 1, 2, 4, 8.
        attempt: u32,
        /// How much later.
        delay: Duration,
        /// Why.
        cause: Arc<Cause>,
    },
    /// The end: nothing follows.
    Stopped(Stop),
}

/// Why the link has ended for good.
#[derive(Debug, Clone)]
pub enum Stop {
    /// It was told to.
    Shutdown,
    /// A kick, an OBS too old, or a password refused at the very first connect: [`Cause::kind`]
    /// tells which.
    Failed(Arc<Cause>),
}
