//! When to ask a silent OBS whether it lives, and when to give it up. Used by `listen`, which sends
//! the pings.

use std::time::Duration;

use tokio::time::Instant;

/// Watches over the time since anything was heard. Asks only in silence: a ping amid traffic would
/// cost its next event 40 ms.
#[derive(Debug)]
pub(super) struct Pulse {
    /// Silence before we ask.
    ask_after: Duration,
    /// Silence after that before we give up.
    dead_after: Duration,
    heard: Instant,
    asked: Option<Instant>,
}

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Beat {
    /// Nothing before this moment.
    Rest(Instant),
    /// Send a ping; nothing more before this moment.
    Ask(Instant),
    /// OBS has been silent for this long.
    Dead(Duration),
}

impl Pulse {
    pub(super) fn new(ask_after: Duration, dead_after: Duration, now: Instant) -> Self {
        Self {
            ask_after,
            dead_after,
            heard: now,
            asked: None,
        }
    }

    /// Something came, a pong included; or we did not read for a while, which says nothing about
    /// OBS.
    pub(super) fn heard(&mut self, now: Instant) {
        self.heard = now;
        self.asked = None;
    }

    /// The time has come that the last answer named.
    pub(super) fn check(&mut self, now: Instant) -> Beat {
        match self.asked {
            Some(asked) if now >= asked + self.dead_after => Beat::Dead(now - self.heard),
            Some(asked) => Beat::Rest(asked + self.dead_after),
            None if now >= self.heard + self.ask_after => {
                self.asked = Some(now);
                Beat::Ask(now + self.dead_after)
            }
            None => Beat::Rest(self.heard + self.ask_after),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn pulse() -> (Pulse, Instant) {
        let start = Instant::now();
        (Pulse::new(s(5), s(5), start), start)
    }

    #[test]
    fn asks_after_silence_and_gives_up_when_nothing_comes() {
        let (mut pulse, start) = pulse();
        assert_eq!(pulse.check(start + s(4)), Beat::Rest(start + s(5)));
        assert_eq!(pulse.check(start + s(5)), Beat::Ask(start + s(10)));
        assert_eq!(pulse.check(start + s(9)), Beat::Rest(start + s(10)));
        assert_eq!(pulse.check(start + s(10)), Beat::Dead(s(10)));
    }

    #[test]
    fn never_asks_amid_traffic() {
        let (mut pulse, start) = pulse();
        for second in 1..60 {
            pulse.heard(start + s(second));
            assert_eq!(
                pulse.check(start + s(second) + s(4)),
                Beat::Rest(start + s(second + 5))
            );
        }
    }

    #[test]
    fn any_sign_of_life_counts_as_the_answer() {
        let (mut pulse, start) = pulse();
        assert_eq!(pulse.check(start + s(5)), Beat::Ask(start + s(10)));
        pulse.heard(start + s(6));
        assert_eq!(pulse.check(start + s(10)), Beat::Rest(start + s(11)));
        assert_eq!(pulse.check(start + s(11)), Beat::Ask(start + s(16)));
    }
}
