//! Objections to other bridges that came to this OBS: each of them is told that it is taken,
//! however often it says Hello.

use std::collections::VecDeque;

use super::limit::RateLimit;

/// Objections at once, and the pause between further ones.
const BURST: u64 = 4;
const EACH_MS: u64 = 1_000;
/// Other bridges that may wait for theirs.
const WAITING: usize = 64;

/// Which bridges are still to be told.
#[derive(Debug)]
pub(super) struct Objections {
    limit: RateLimit,
    waiting: VecDeque<Box<str>>,
    /// How many were sent in a row to the same bridge.
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
    /// Another bridge said Hello.
    pub(super) fn want(&mut self, other: &str) {
        if self.waiting.len() < WAITING && !self.waiting.iter().any(|known| **known == *other) {
            self.waiting.push_back(other.into());
        }
    }

    /// The bridge whose turn it is, and whether it is worth a line in the log: at the objections 1,
    /// 2, 4, 8 … to the same one.
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

    /// OBS is gone, and all who were on it.
    pub(super) fn clear(&mut self) {
        self.waiting.clear();
    }

    /// When the next one is to be sent.
    pub(super) fn due_ms(&self) -> Option<u64> {
        (!self.waiting.is_empty()).then(|| self.limit.free_ms())
    }
}
