//! PURE. Decides whether an OBS that cannot be reached any more has ended, for a bridge that ends
//! together with OBS.

use std::time::Duration;

use super::Moment;
use super::error::LinkError;

/// How long OBS's port must refuse connections after a lost link. When the user changes the
/// settings of the WebSocket server, OBS restarts it within a fraction of this time.
const REFUSES_FOR: Duration = Duration::from_secs(3);
/// The longest pause between two attempts in that time. The end of OBS is noticed at most this much
/// later.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// Whether the link ends together with OBS or waits for its next start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WhenObsEnds {
    /// The link waits for OBS to come back.
    #[default]
    Wait,
    /// The link ends when OBS reports its exit.
    StopAtExit,
    /// The link also ends when it was lost and OBS's port then refuses connections for 3 s, as the
    /// port of a killed OBS does.
    StopAtExitOrRefusal,
}

/// Follows the attempts to reach an OBS that was reached before.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Departure {
    when: WhenObsEnds,
    /// Since when OBS has refused connections. `None` if it does not refuse them, or was never
    /// reached.
    refuses_since: Option<Moment>,
}

impl Departure {
    pub(crate) fn new(when: WhenObsEnds) -> Self {
        Self {
            when,
            refuses_since: None,
        }
    }

    /// Records that both connections are established.
    pub(crate) fn connected(&mut self) {
        self.refuses_since = None;
    }

    /// Records that the link is lost. Returns whether OBS has ended.
    pub(crate) fn lost(&mut self, error: LinkError, now: Moment) -> bool {
        if self.when == WhenObsEnds::StopAtExitOrRefusal {
            self.refuses_since = Some(now);
        }
        error == LinkError::Exited && self.when != WhenObsEnds::Wait
    }

    /// Records that an attempt to connect failed. `refused` is true if nothing listens on the port.
    /// Returns whether OBS has ended.
    pub(crate) fn failed(&mut self, refused: bool, now: Moment) -> bool {
        let Some(since) = &mut self.refuses_since else {
            return false;
        };
        if !refused {
            // A server answers: OBS is frozen or starting.
            *since = now;
        }
        now.saturating_sub(*since) >= REFUSES_FOR
    }

    /// The time of the next attempt. It is sooner than `until` while OBS refuses connections.
    pub(crate) fn next_attempt(&self, until: Moment, now: Moment) -> Moment {
        match self.refuses_since {
            Some(since) if now.saturating_sub(since) < REFUSES_FOR => {
                until.min(now.saturating_add(LOOK_AGAIN))
            }
            _ => until,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(ms: u64) -> Moment {
        Duration::from_millis(ms)
    }

    #[test]
    fn an_exit_that_obs_reports_is_an_end_at_once() {
        let ends = |when| Departure::new(when).lost(LinkError::Exited, millis(5));
        assert!(!ends(WhenObsEnds::Wait));
        assert!(ends(WhenObsEnds::StopAtExit));
        assert!(ends(WhenObsEnds::StopAtExitOrRefusal));
    }

    #[test]
    fn a_port_that_refuses_for_three_seconds_is_an_end() {
        let mut departure = Departure::new(WhenObsEnds::StopAtExitOrRefusal);
        assert!(!departure.lost(LinkError::Away, millis(1_000)));
        assert!(!departure.failed(true, millis(1_250)));
        assert!(!departure.failed(true, millis(3_999)));
        assert!(departure.failed(true, millis(4_000)));
    }

    #[test]
    fn an_obs_that_was_never_reached_is_waited_for() {
        let mut departure = Departure::new(WhenObsEnds::StopAtExitOrRefusal);
        assert!(!departure.failed(true, millis(60_000)));
        assert_eq!(
            departure.next_attempt(millis(2_000), millis(0)),
            millis(2_000)
        );
    }

    #[test]
    fn a_server_that_is_back_in_time_is_no_end() {
        let mut departure = Departure::new(WhenObsEnds::StopAtExitOrRefusal);
        assert!(!departure.lost(LinkError::Away, millis(0)));
        assert!(!departure.failed(true, millis(2_900)));
        departure.connected();
        assert!(!departure.failed(true, millis(9_000)));
    }

    #[test]
    fn an_obs_that_hangs_is_no_end() {
        let mut departure = Departure::new(WhenObsEnds::StopAtExitOrRefusal);
        assert!(!departure.lost(LinkError::Away, millis(0)));
        assert!(!departure.failed(false, millis(10_000)));
        assert!(!departure.failed(true, millis(12_999)));
        assert!(departure.failed(true, millis(13_000)));
    }

    #[test]
    fn a_refusing_port_decides_nothing_where_a_process_does() {
        for when in [WhenObsEnds::Wait, WhenObsEnds::StopAtExit] {
            let mut departure = Departure::new(when);
            assert!(!departure.lost(LinkError::Away, millis(0)));
            assert!(!departure.failed(true, millis(60_000)), "{when:?}");
        }
    }

    #[test]
    fn attempts_are_close_together_until_it_is_decided() {
        let mut departure = Departure::new(WhenObsEnds::StopAtExitOrRefusal);
        departure.lost(LinkError::Away, millis(0));
        assert_eq!(
            departure.next_attempt(millis(2_000), millis(500)),
            millis(750)
        );
        assert_eq!(
            departure.next_attempt(millis(600), millis(500)),
            millis(600)
        );
        assert_eq!(
            departure.next_attempt(millis(5_000), millis(3_000)),
            millis(5_000)
        );
    }
}
