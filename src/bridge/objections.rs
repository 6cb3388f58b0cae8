//! Objections to other bridges that connect to this OBS. Each of them receives the status `taken`,
//! at a limited rate, however often it sends Hello.

use std::collections::VecDeque;

use super::limit::RateLimit;

/// Limits on objections: number at once, and milliseconds between further ones.
const BURST: u64 = 4;
const EACH_MS: u64 = 1_000;
/// Largest number of other bridges that wait for an objection at the same time.
const WAITING: usize = 64;

/// The bridges that an objection has to be sent to.
#[derive(Debug)]
pub(super) struct Objections {
    limit: RateLimit,
    waiting: VecDeque<Box<str>>,
    /// The bridge that the last objection went to, and how many it got in a row.
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

    /// The next bridge to object to, if the limit allows it. The flag is whether to log it: it is
    /// set for the 1st, 2nd, 4th, 8th … objection in a row to the same bridge.
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

    /// The connection to OBS is lost, so no objection is needed.
    pub(super) fn clear(&mut self) {
        self.waiting.clear();
    }

    /// When the next objection is due, on the monotonic clock.
    pub(super) fn due_ms(&self) -> Option<u64> {
        (!self.waiting.is_empty()).then(|| self.limit.free_ms())
    }
}
