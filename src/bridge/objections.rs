//! Sends objections to other bridges that connect to this OBS. Each of these bridges receives the
//! status `taken`. The rate is limited even if a bridge sends Hello often.

use std::collections::VecDeque;

use super::limit::RateLimit;

/// The limits on objections: the number at once, and the milliseconds between further ones.
const BURST: u64 = 4;
const EACH_MS: u64 = 1_000;
/// The limit on bridges that wait for an objection at the same time.
const WAITING: usize = 64;

/// The bridges that must receive an objection.
#[derive(Debug)]
pub(super) struct Objections {
    limit: RateLimit,
    waiting: VecDeque<Box<str>>,
    /// The bridge that received the last objection, and the number of objections that it received
    /// in a row.
    last: Option<(Box<str>, u64)>,
}

impl Default for Objections {
    fn default() -> Self {
        Self {
            limit: RateLimit::new(BURST, EACH_MS),
            waiting: VecDeque::new(),
            last: None,
        }
    }
}

impl Objections {
    /// Queues an objection to a bridge that sent Hello.
    pub(super) fn want(&mut self, other: &str) {
        if self.waiting.len() < WAITING && !self.waiting.iter().any(|known| **known == *other) {
            self.waiting.push_back(other.into());
        }
    }

    /// The next bridge to send an objection to, if the limit allows it. The flag decides whether to
    /// log this. It is `true` for the 1st, 2nd, 4th, 8th … objection in a row to the same bridge.
    pub(super) fn take(&mut self, mono_ms: u64) -> Option<(Box<str>, bool)> {
        if self.waiting.is_empty() || !self.limit.allows(mono_ms) {
            return None;
        }
        let other = self.waiting.pop_front()?;
        let times = self
            .last
            .take()
            .filter(|(last, _)| *last == other)
            .map_or(1, |(_, times)| times + 1);
        self.last = Some((other.clone(), times));
        Some((other, times.is_power_of_two()))
    }

    /// Called when the connection to OBS is lost, because no objection is needed then.
    pub(super) fn clear(&mut self) {
        self.waiting.clear();
    }

    /// The time at which the next objection is due, on the monotonic clock.
    pub(super) fn due_ms(&self) -> Option<u64> {
        (!self.waiting.is_empty()).then(|| self.limit.free_ms())
    }
}
