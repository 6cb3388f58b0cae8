//! PURE. Decides when to connect to OBS again: the reconnect state machine and its backoff.
//!
//! It has no sockets: `obs::supervise` passes inputs to it, and carries out the one effect that it
//! returns. It must not read a clock or generate random numbers, so the time and the jitter are
//! arguments.

mod backoff;
mod departure;
mod error;

use std::time::Duration;

pub(crate) use backoff::{Jitter, delay};
pub(crate) use departure::Departure;
pub use departure::WhenObsEnds;
pub(crate) use error::LinkError;

/// A live link that lasted this long was stable. The number of failures then restarts with the next
/// loss.
const STEADY_AFTER: Duration = Duration::from_secs(10);

/// A point in time, as the duration since a fixed start that the caller chooses.
pub(crate) type Moment = Duration;

/// Why the link will not connect again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Halt {
    /// OBS refused the password at the first attempt. Most likely it is mistyped, so another
    /// attempt would fail as well.
    Password,
    TooOld,
    /// The user disconnected this program in OBS, and does not expect it to connect again.
    Kicked,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LinkState {
    Idle,
    /// An attempt to connect is running.
    Connecting {
        /// The number of attempts in a row after failures of one kind, from 1.
        attempt: u32,
        /// The error of the attempt before it. `None` only for the first attempt.
        after: Option<LinkError>,
    },
    /// Both connections are established.
    Live {
        since: Moment,
        /// The number of failures in a row before this link, for a link that is lost again and
        /// again.
        failures: u32,
    },
    /// The link waits before the next attempt.
    Waiting {
        until: Moment,
        /// The number of failures of this kind in a row.
        attempt: u32,
        cause: LinkError,
    },
    Stopped(Halt),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    /// The program starts the link.
    Start,
    /// The attempt to connect succeeded.
    Connected,
    /// The attempt to connect failed.
    Failed(LinkError),
    Lost(LinkError),
    /// The time to wait is over.
    Tick,
}

/// The next action of the shell. There is always exactly one, and each effect but `Finish` ends in
/// another [`Input`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Do nothing until `Start` arrives.
    Rest,
    /// Drop any existing connection and connect, then send `Connected` or `Failed`.
    Connect,
    /// Serve the connection, then send `Lost`.
    Serve,
    /// Drop any existing connection and sleep, then send `Tick`.
    Sleep {
        until: Moment,
    },
    Finish(Halt),
}

impl LinkState {
    /// Returns the next state and its effect. A late or repeated input does not change the state.
    #[must_use]
    pub(crate) fn step(self, input: Input, now: Moment, jitter: Jitter) -> (Self, Effect) {
        let next = match (self, input) {
            (Self::Idle, Input::Start) => Self::Connecting {
                attempt: 1,
                after: None,
            },
            (Self::Connecting { attempt, after }, Input::Connected) => Self::Live {
                since: now,
                failures: after.map_or(0, |_| attempt.saturating_sub(1)),
            },
            (Self::Connecting { after: None, .. }, Input::Failed(LinkError::Password)) => {
                Self::Stopped(Halt::Password)
            }
            (Self::Connecting { attempt, after }, Input::Failed(error)) => {
                let in_a_row = if after == Some(error) { attempt } else { 1 };
                fail(error, in_a_row, now, jitter)
            }
            (Self::Live { since, failures }, Input::Lost(error)) => {
                let steady = now.saturating_sub(since) >= STEADY_AFTER;
                if steady && error == LinkError::Unreadable {
                    // Each moment without a connection may cost a message, and the last attempt was
                    // long ago, so connect at once.
                    let again = Self::Connecting {
                        attempt: 1,
                        after: Some(error),
                    };
                    return (again, again.effect());
                }
                fail(
                    error,
                    if steady {
                        1
                    } else {
                        failures.saturating_add(1)
                    },
                    now,
                    jitter,
                )
            }
            (
                Self::Waiting {
                    until,
                    attempt,
                    cause,
                },
                Input::Tick,
            ) if now >= until => Self::Connecting {
                attempt: attempt.saturating_add(1),
                after: Some(cause),
            },
            (
                Self::Idle
                | Self::Connecting { .. }
                | Self::Live { .. }
                | Self::Waiting { .. }
                | Self::Stopped(_),
                _,
            ) => self,
        };
        (next, next.effect())
    }

    pub(crate) fn effect(self) -> Effect {
        match self {
            Self::Idle => Effect::Rest,
            Self::Connecting { .. } => Effect::Connect,
            Self::Live { .. } => Effect::Serve,
            Self::Waiting { until, .. } => Effect::Sleep { until },
            Self::Stopped(halt) => Effect::Finish(halt),
        }
    }
}

/// The state after a failure: waiting, or stopped permanently.
fn fail(error: LinkError, in_a_row: u32, now: Moment, jitter: Jitter) -> LinkState {
    match error {
        LinkError::Kicked => LinkState::Stopped(Halt::Kicked),
        LinkError::TooOld => LinkState::Stopped(Halt::TooOld),
        LinkError::Away | LinkError::Exited | LinkError::Unreadable | LinkError::Password => {
            LinkState::Waiting {
                until: now.saturating_add(delay(error, in_a_row, jitter)),
                attempt: in_a_row,
                cause: error,
            }
        }
    }
}

#[cfg(test)]
mod tests;
