//! Spans and bounds of a connection.

use std::time::Duration;

use super::link::WhenObsEnds;

/// How long OBS may be silent before it is given up, with the defaults.
const PING_AFTER: Duration = Duration::from_secs(5);
/// How long it may leave a ping unanswered.
const DEAD_AFTER: Duration = Duration::from_secs(5);

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
    /// Whether the link asks OBS for its version and scene, and reports them with
    /// [`Notice::Up`](super::Notice::Up). Without it a link is connected sooner, and
    /// [`Notice::Connected`](super::Notice::Connected) reports that.
    pub wants_info: bool,
    /// What the end of OBS means for the link.
    pub when_obs_ends: WhenObsEnds,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connect_within: Duration::from_secs(10),
            request_within: Duration::from_secs(10),
            ping_after: PING_AFTER,
            dead_after: DEAD_AFTER,
            bytes_in_flight: 16 * 1024 * 1024,
            wants_info: true,
            when_obs_ends: WhenObsEnds::Wait,
        }
    }
}
