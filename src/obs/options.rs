//! Time limits and bounds of a connection.

use std::time::Duration;

use super::link::WhenObsEnds;

/// The default of [`Options::ping_after`].
const PING_AFTER: Duration = Duration::from_secs(5);
/// The default of [`Options::dead_after`].
const DEAD_AFTER: Duration = Duration::from_secs(5);

/// Time limits and bounds of a connection. The daemon uses the defaults.
#[derive(Debug, Clone)]
pub struct Options {
    /// The limit for opening one connection, with all addresses and the login. The link opens both
    /// of its connections within this time.
    pub connect_within: Duration,
    /// The limit for each request. A request that takes longer ends the connection.
    pub request_within: Duration,
    /// The silence after which a ping is sent.
    pub ping_after: Duration,
    /// The additional silence after which the connection counts as lost.
    pub dead_after: Duration,
    /// The maximum number of bytes of events that are read but not processed yet. While this bound
    /// is reached, and only then, the socket is not read.
    pub bytes_in_flight: u32,
    /// Whether the link asks OBS for its version and scene, and reports them with
    /// [`Notice::Up`](super::Notice::Up). Otherwise the link connects sooner, and reports
    /// [`Notice::Connected`](super::Notice::Connected).
    pub wants_info: bool,
    /// Whether the link ends together with OBS.
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
