//! The notices that the link sends to the daemon.

use std::{sync::Arc, time::Duration};

use super::{batch::Batch, error::Cause, request_connection::Version};

/// The state of OBS when the link came up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// The versions that OBS reports.
    pub version: Version,
    /// The program scene, if OBS reported it.
    pub scene: Option<String>,
}

/// A notice of the link. Notices come in order: between `Up` or `Connected` and `Down`, requests
/// work and events are received.
#[derive(Debug)]
pub enum Notice {
    /// Both connections are identified. Sent instead of `Up` if
    /// [`Options::wants_info`](super::Options::wants_info) is not set.
    Connected,
    /// Both connections are identified and the first requests were answered.
    Up(Info),
    /// The messages that were received since the last notice, and the events of OBS that
    /// [`Obs::subscribe`](super::Obs::subscribe) has asked for.
    Received(Batch),
    /// The program scene is now this one, and OBS has sent no further event about scenes for a
    /// while, see `settle`.
    SceneChanged(String),
    /// Another scene collection is open: its scenes and sources may differ even if they have the
    /// same names. [`Notice::SceneChanged`] comes first.
    CollectionChanged,
    /// OBS has started or stopped streaming.
    StreamChanged {
        /// Whether it streams now.
        active: bool,
    },
    /// OBS has started or stopped recording. Not sent when a recording is paused or goes on.
    RecordingChanged {
        /// Whether it records now.
        active: bool,
        /// The recording's file; empty if OBS does not report it.
        path: String,
    },
    /// Events of OBS were dropped because too many waited, so OBS was asked for the state of its
    /// outputs. Each is `None` if OBS did not answer.
    Outputs {
        streaming: Option<bool>,
        recording: Option<bool>,
    },
    /// The live link is lost. The link connects again by itself, unless `Stopped` follows.
    Down(Arc<Cause>),
    /// The link waits before the next attempt to connect.
    Waiting {
        /// The number of failures of this kind in a row. The log shows the failures 1, 2, 4, 8 and
        /// so on.
        attempt: u32,
        /// The time until the next attempt.
        delay: Duration,
        cause: Arc<Cause>,
    },
    /// The link has ended. No notice follows.
    Stopped(Stop),
}

/// Why the link has ended for good.
#[derive(Debug, Clone)]
pub enum Stop {
    /// The program asked for it.
    Shutdown,
    /// OBS has ended, and the link ends with it: see
    /// [`Options::when_obs_ends`](super::Options::when_obs_ends).
    ObsEnded(Arc<Cause>),
    /// The user disconnected this program, OBS is too old, or OBS refused the password at the first
    /// attempt: see [`Cause::kind`].
    Failed(Arc<Cause>),
}
