//! What the link reports to the daemon.

use std::{sync::Arc, time::Duration};

use super::{batch::Batch, error::Cause, request_connection::Version};

/// OBS as it was when the link came up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// What it says of itself.
    pub version: Version,
    /// The program scene, if OBS would say.
    pub scene: Option<String>,
}

/// What the link reports, in order. Between `Up` or `Connected` and `Down` requests work and events
/// come.
#[derive(Debug)]
pub enum Notice {
    /// Both connections are identified. Sent instead of `Up` by a link that asks for nothing: see
    /// [`Options::wants_info`](super::Options::wants_info).
    Connected,
    /// Both connections are identified and the first requests were answered.
    Up(Info),
    /// What was heard since the last one.
    Received(Batch),
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
    /// OBS has ended, and the link ends with it: see
    /// [`Options::when_obs_ends`](super::Options::when_obs_ends).
    ObsEnded(Arc<Cause>),
    /// A kick, an OBS too old, or a password refused at the very first connect: [`Cause::kind`]
    /// tells which.
    Failed(Arc<Cause>),
}
