//! PURE. Determines how long the link waits before its next attempt to connect.

use std::time::Duration;

use super::error::LinkError;

/// The least time between two attempts.
pub(crate) const SHORTEST_DELAY: Duration = Duration::from_millis(250);

/// A random number from 0 to [`u16::MAX`], the position of a delay in its range. It keeps many
/// bridges from connecting at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Jitter(pub u16);

/// The longest wait. It is short while OBS is not running, so that the bridge finds a restarted OBS
/// within 5 s. It is long after a refused password, because OBS shows and logs each refusal.
pub(crate) fn longest_delay(error: LinkError) -> Duration {
    match error {
        LinkError::Away
        | LinkError::Exited
        | LinkError::Unreadable
        | LinkError::TooOld
        | LinkError::Kicked => Duration::from_secs(2),
        LinkError::Password => Duration::from_secs(30),
    }
}

/// The wait after the `attempt`th failure in a row (from 1). It doubles with each failure up to the
/// longest wait. The jitter then chooses a value in the upper half of the result.
pub(crate) fn delay(error: LinkError, attempt: u32, jitter: Jitter) -> Duration {
    let doubled = SHORTEST_DELAY.saturating_mul(2_u32.saturating_pow(attempt));
    let most = doubled.min(longest_delay(error));
    let half = most / 2;
    let share = half.saturating_mul(u32::from(jitter.0)) / u32::from(u16::MAX);
    (half + share).max(SHORTEST_DELAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOW: Jitter = Jitter(0);
    const HIGH: Jitter = Jitter(u16::MAX);

    #[test]
    fn doubles_from_the_shortest_to_the_longest() {
        let millis = |error, attempt, jitter| delay(error, attempt, jitter).as_millis();
        assert_eq!(
            [1, 2, 3, 4, 5, u32::MAX].map(|attempt| millis(LinkError::Away, attempt, LOW)),
            [250, 500, 1000, 1000, 1000, 1000]
        );
        assert_eq!(
            [1, 2, 3, 4, 5, u32::MAX].map(|attempt| millis(LinkError::Away, attempt, HIGH)),
            [500, 1000, 2000, 2000, 2000, 2000]
        );
        assert_eq!(
            [1, 6, 7, u32::MAX].map(|attempt| millis(LinkError::Password, attempt, HIGH)),
            [500, 16_000, 30_000, 30_000]
        );
    }

    #[test]
    fn attempt_zero_waits_too() {
        assert_eq!(delay(LinkError::Away, 0, LOW), SHORTEST_DELAY);
    }
}
