//! Determines which generation of Twitchat is in use if messages of several generations arrive.
//!
//! An update of Twitchat changes the generation at once. Two pages of different generations on one
//! OBS do not change it: the generation in use stays while its messages arrive. Another generation
//! takes over after only its messages have arrived for a while.

use std::collections::BTreeMap;

use crate::twitchat::Generation;

/// The shortest time between two immediate changes, in milliseconds. A generation that was received
/// before takes over after only its messages have arrived for this long.
const ALONE_MS: u64 = 10_000;
/// Two pages report the same event within this many milliseconds of each other.
const PAIR_MS: u64 = 2_000;
/// A generation that was received within this many milliseconds is not an update, because its page
/// may still be open.
const KNOWN_MS: u64 = 3_600_000;

#[derive(Debug, Default)]
pub(super) struct InUse {
    generation: Option<Generation>,
    /// The time at which the last message of each generation was received, on the monotonic clock.
    received_ms: BTreeMap<Generation, u64>,
    /// The time from which the next immediate change is allowed, on the monotonic clock.
    free_ms: u64,
    /// The generation that may take over, and the time at which it does.
    other: Option<(Generation, u64)>,
}

impl InUse {
    pub(super) fn new(generation: Option<Generation>) -> Self {
        Self {
            generation,
            ..Self::default()
        }
    }

    pub(super) fn generation(&self) -> Option<Generation> {
        self.generation
    }

    /// Notes a message of a generation. Returns whether this changes the generation in use.
    pub(super) fn receive(&mut self, generation: Generation, mono_ms: u64) -> bool {
        let before = self.received_ms.insert(generation, mono_ms);
        let Some(in_use) = self.generation else {
            self.generation = Some(generation);
            return true;
        };
        if generation == in_use {
            self.other = None;
            return false;
        }
        let is_update = before.is_none_or(|before_ms| mono_ms >= before_ms + KNOWN_MS);
        if is_update && mono_ms >= self.free_ms {
            self.change(generation, mono_ms);
            return true;
        }
        let is_pair = self
            .received_ms
            .get(&in_use)
            .is_some_and(|received_ms| mono_ms < received_ms + PAIR_MS);
        if !is_pair {
            let due_ms = self.other.map_or(mono_ms + ALONE_MS, |(_, due_ms)| due_ms);
            self.other = Some((generation, due_ms));
        }
        false
    }

    /// Called when OBS was disconnected, because another Twitchat may be open now.
    pub(super) fn forget_other(&mut self) {
        self.other = None;
    }

    /// Changes to another generation if that is due. Returns whether the generation in use has
    /// changed.
    pub(super) fn settle(&mut self, mono_ms: u64) -> bool {
        let Some((generation, _)) = self.other.filter(|(_, due_ms)| mono_ms >= *due_ms) else {
            return false;
        };
        self.change(generation, mono_ms);
        true
    }

    fn change(&mut self, generation: Generation, mono_ms: u64) {
        self.generation = Some(generation);
        self.free_ms = mono_ms + ALONE_MS;
        self.other = None;
    }

    /// `None` if no change is due.
    pub(super) fn due_ms(&self) -> Option<u64> {
        self.other.map(|(_, due_ms)| due_ms)
    }
}

#[cfg(test)]
mod tests {
    use Generation::{First, Second, Third};

    use super::*;

    #[test]
    fn the_first_generation_and_an_update_take_over_at_once() {
        let mut used = InUse::new(None);
        assert!(used.receive(Second, 0) && !used.receive(Second, 5));
        assert!(used.receive(Third, 10));
        assert_eq!((used.generation(), used.due_ms()), (Some(Third), None));
    }

    #[test]
    fn an_earlier_generation_takes_over_only_after_a_while_alone() {
        let mut used = InUse::new(Some(Second));
        assert!(used.receive(Third, 100));
        assert!(
            !used.receive(Second, 200)
                && !used.receive(Second, 3_000)
                && !used.receive(Second, 9_000)
        );
        assert_eq!(used.due_ms(), Some(13_000));
        assert!(!used.settle(12_999));
        assert!(used.settle(13_000));
        assert_eq!(used.generation(), Some(Second));
    }

    #[test]
    fn two_active_generations_change_nothing_and_a_silent_one_is_replaced() {
        for pause_ms in [1, 900, 20_000, 600_000] {
            let mut used = InUse::new(Some(Second));
            let (mut changes, mut now_ms) = (0, 1_000_000);
            for moment in 0..1_000 {
                let pair = if moment % 3 == 0 {
                    [Third, Second]
                } else {
                    [Second, Third]
                };
                for generation in pair {
                    changes += u32::from(used.receive(generation, now_ms) || used.settle(now_ms));
                    now_ms += 1;
                }
                now_ms += pause_ms;
                changes += u32::from(used.settle(now_ms));
            }
            assert_eq!(
                (changes, used.generation()),
                (1, Some(Third)),
                "{pause_ms} ms"
            );
            assert!(!used.receive(Second, now_ms + 5_000), "no update");
            assert!(used.settle(now_ms + 15_000));
            assert_eq!(used.generation(), Some(Second));
        }
    }

    #[test]
    fn a_third_generation_does_not_delay_the_change() {
        let mut used = InUse::new(Some(Second));
        used.receive(Third, 0);
        used.receive(Second, 3_000);
        used.receive(First, 9_000);
        assert!(used.settle(13_000));
        assert_eq!(used.generation(), Some(First), "the last one received");
    }
}
