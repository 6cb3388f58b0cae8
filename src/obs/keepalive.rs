//! Decides when to ping a silent OBS, and when to consider the connection lost. Used by
//! `event_connection`, which sends the pings.

use std::time::Duration;

use tokio::time::Instant;

/// Measures the time since the last message. Pings only after silence, because a ping in busy
/// traffic would delay the next event by 40 ms.
#[derive(Debug)]
pub(super) struct Keepalive {
    /// The silence after which a ping is sent.
    ask_after: Duration,
    /// The additional silence after which the connection counts as lost.
    dead_after: Duration,
    received: Instant,
    asked: Option<Instant>,
}

/// The next action on a connection that receives nothing.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum KeepaliveStep {
    /// Do nothing before this moment.
    Rest(Instant),
    /// Send a ping, and do nothing more before this moment.
    Ask(Instant),
    /// OBS has been silent for this long.
    Dead(Duration),
}

impl Keepalive {
    pub(super) fn new(ask_after: Duration, dead_after: Duration, now: Instant) -> Self {
        Self {
            ask_after,
            dead_after,
            received: now,
            asked: None,
        }
    }

    /// Records that a frame was received, such as a pong. Also called after a time without reading,
    /// because that time shows nothing about OBS.
    pub(super) fn received(&mut self, now: Instant) {
        self.received = now;
        self.asked = None;
    }

    pub(super) fn check(&mut self, now: Instant) -> KeepaliveStep {
        match self.asked {
            Some(asked) if now >= asked + self.dead_after => {
                KeepaliveStep::Dead(now - self.received)
            }
            Some(asked) => KeepaliveStep::Rest(asked + self.dead_after),
            None if now >= self.received + self.ask_after => {
                self.asked = Some(now);
                KeepaliveStep::Ask(now + self.dead_after)
            }
            None => KeepaliveStep::Rest(self.received + self.ask_after),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn keepalive() -> (Keepalive, Instant) {
        let start = Instant::now();
        (Keepalive::new(s(5), s(5), start), start)
    }

    #[test]
    fn asks_after_silence_and_gives_up_when_nothing_comes() {
        let (mut keepalive, start) = keepalive();
        assert_eq!(
            keepalive.check(start + s(4)),
            KeepaliveStep::Rest(start + s(5))
        );
        assert_eq!(
            keepalive.check(start + s(5)),
            KeepaliveStep::Ask(start + s(10))
        );
        assert_eq!(
            keepalive.check(start + s(9)),
            KeepaliveStep::Rest(start + s(10))
        );
        assert_eq!(keepalive.check(start + s(10)), KeepaliveStep::Dead(s(10)));
    }

    #[test]
    fn never_asks_amid_traffic() {
        let (mut keepalive, start) = keepalive();
        for second in 1..60 {
            keepalive.received(start + s(second));
            assert_eq!(
                keepalive.check(start + s(second) + s(4)),
                KeepaliveStep::Rest(start + s(second + 5))
            );
        }
    }

    #[test]
    fn any_sign_of_life_counts_as_the_answer() {
        let (mut keepalive, start) = keepalive();
        assert_eq!(
            keepalive.check(start + s(5)),
            KeepaliveStep::Ask(start + s(10))
        );
        keepalive.received(start + s(6));
        assert_eq!(
            keepalive.check(start + s(10)),
            KeepaliveStep::Rest(start + s(11))
        );
        assert_eq!(
            keepalive.check(start + s(11)),
            KeepaliveStep::Ask(start + s(16))
        );
    }
}
