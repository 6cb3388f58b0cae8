//! The notices that the link sends to the daemon.

use std::{sync::Arc, time::Duration};

use super::{batch::Batch, error::Cause, request_connection::Version};

/// The state of OBS when the link came up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    pub version: Version,
    /// The program scene; `None` if OBS did not report it.
    pub scene: Option<String>,
}

/// A notice of the link. Notices are sent in order: between `Up` or `Connected` and `Down`,
/// requests work and events are received.
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
    /// The program scene has changed to this one, and OBS has sent no further event about scenes
    /// for a while, see `settle`.
    SceneChanged(String),
    /// Another scene collection is open. Its scenes and sources may differ even if they have the
    /// same names. [`Notice::SceneChanged`] is sent first.
    CollectionChanged,
    /// OBS has started or stopped streaming.
    StreamChanged {
        /// Whether it streams now.
        active: bool,
    },
    /// OBS has started or stopped recording. Not sent when a recording is paused or resumed.
    RecordingChanged {
        /// Whether it records now.
        active: bool,
        /// The recording's file; empty if OBS does not report it.
        path: String,
    },
    /// Events of OBS were dropped because too many were waiting, so the bridge asked OBS for the
    /// state of its outputs. Each field is `None` if OBS did not answer.
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

#[derive(Debug, Clone)]
pub enum Stop {
    /// The program requested it.
    Shutdown,
    /// OBS has ended, and the link ends with it: see
    /// [`Options::when_obs_ends`](super::Options::when_obs_ends).
    ObsEnded(Arc<Cause>),
    /// The user disconnected this program, OBS is too old, or OBS refused the password at the first
    /// attempt: see [`Cause::kind`].
    Failed(Arc<Cause>),
}
