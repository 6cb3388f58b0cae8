//! PURE. When to connect to OBS again: the reconnect state machine and its backoff.
//!
//! It knows nothing of sockets: `obs::supervise` feeds it what happened and does the one thing it
//! answers. It must not read a clock or roll dice: the time and the jitter are arguments.

mod backoff;
mod departure;
mod error;

use std::time::Duration;

pub(crate) use backoff::{Jitter, delay};
pub(crate) use departure::Departure;
pub use departure::WhenObsEnds;
pub(crate) use error::LinkError;

/// A live link that lasted this long was a good one: the next drop counts from one again.
const STEADY_AFTER: Duration = Duration::from_secs(10);

/// A point in time, as the span since any fixed start that the caller has chosen.
pub(crate) type Moment = Duration;

/// Why the link will not be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Halt {
    /// OBS refused the password at the very first connect. Most likely it is mistyped, and another
    /// attempt would fail too.
    Password,
    /// The OBS is too old.
    TooOld,
    /// The user disconnected us in OBS, and does not expect us back.
    Kicked,
}

/// Where the link stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LinkState {
    /// Nothing has begun.
    Idle,
    /// A connect is under way.
    Connecting {
        /// Counts from 1 over the failures of one kind in a row.
        attempt: u32,
        /// How the attempt before it ended; `None` only for the very first connect.
        after: Option<LinkError>,
    },
    /// Both connections stand.
    Live {
        since: Moment,
        /// Failures in a row before it, for a link that comes and goes.
        failures: u32,
    },
    /// The next connect is due later.
    Waiting {
        until: Moment,
        /// How many failures of this kind there were in a row.
        attempt: u32,
        /// The last one.
        cause: LinkError,
    },
    Stopped(Halt),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    /// The program wants the link.
    Start,
    /// The connect under way succeeded.
    Connected,
    /// The connect under way failed.
    Failed(LinkError),
    /// The live link is lost.
    Lost(LinkError),
    /// Time has passed.
    Tick,
}

/// What the shell does next, always exactly one thing; each but `Finish` ends in another [`Input`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing, until `Start`.
    Rest,
    /// Connect; then say `Connected` or `Failed`. Whatever connection there still is gets dropped.
    Connect,
    /// Serve the connection; then say `Lost`.
    Serve,
    /// Sleep; then say `Tick`. Whatever connection there still is gets dropped.
    Sleep {
        /// The moment to wake at.
        until: Moment,
    },
    /// Drop everything and end.
    Finish(Halt),
}

impl LinkState {
    /// The next state and what to do in it. Inputs that make no sense in a state (late ones,
    /// repeats) leave it as it is.
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
                    // Each moment without a connection may cost a message, and the last connect is
                    // long ago.
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

    /// What is under way in this state.
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

/// After a failure: wait, or stop for good.
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
