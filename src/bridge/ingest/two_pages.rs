//! Detects two Twitchat pages on one OBS, such as a browser and a dock, or pages of two
//! generations. A proof is written to the journal and the log, and `GetStatus` shows it.
//! `credits::twins` handles the consequences for the credits.
//!
//! A proof has its own row, because leaderboards need it after a restart, which does not read all
//! rows of closed sessions.

use std::collections::BTreeMap;

use crate::{
    credits::{
        Fold,
        twins::{BEFORE_MS, TWIN_MS},
    },
    twitchat::Generation,
};

/// The `kind` of journal rows with a proof.
pub const KIND: &str = "pages";

/// The time after which a proof is journalled again, in milliseconds. Each proof also covers the
/// time since the previous one.
const RENEW_MS: i64 = BEFORE_MS / 2;

/// Remembers when a message of each generation was last received, on the monotonic clock.
#[derive(Debug, Default)]
pub(super) struct Generations {
    received_ms: BTreeMap<Generation, u64>,
}

impl Generations {
    /// Records a message of a generation. Returns whether it proves that pages of two generations
    /// are open. One proof is that messages of both arrive within the time in which two pages
    /// report the same event. Another proof is that one generation is received before and after the
    /// other within a minute. An update of Twitchat is different, because the former generation
    /// sends no more messages.
    pub(super) fn receive(&mut self, generation: Generation, mono_ms: u64) -> bool {
        let (near_ms, window_ms) = (TWIN_MS.unsigned_abs(), BEFORE_MS.unsigned_abs());
        let before = self.received_ms.insert(generation, mono_ms);
        self.received_ms
            .iter()
            .filter(|(other, _)| **other != generation)
            .any(|(_, other_ms)| {
                let came_back = before.is_some_and(|before_ms| {
                    before_ms <= *other_ms && mono_ms - before_ms <= window_ms
                });
                mono_ms - other_ms <= near_ms || came_back
            })
    }
}

/// Whether a recent proof still covers this time.
pub(super) fn is_covered(fold: &Fold, at_ms: i64) -> bool {
    fold.pages_proven_ms()
        .is_some_and(|proven_ms| (0..RENEW_MS).contains(&(at_ms - proven_ms)))
}

#[cfg(test)]
mod tests {
    use Generation::{Second, Third};

    use super::*;

    #[test]
    fn an_update_is_not_a_second_page() {
        let mut generations = Generations::default();
        assert!(!generations.receive(Second, 0) && !generations.receive(Second, 100_000));
        assert!(
            !generations.receive(Third, 110_000)
                && !generations.receive(Third, 111_000)
                && !generations.receive(Third, 300_000)
        );
        assert!(
            !generations.receive(Second, 400_000),
            "the other one was received long ago"
        );
    }

    #[test]
    fn two_active_generations_are_two_pages() {
        let mut generations = Generations::default();
        assert!(!generations.receive(Second, 0));
        assert!(generations.receive(Third, 2_500), "the same moment");
        let mut generations = Generations::default();
        assert!(!generations.receive(Second, 0) && !generations.receive(Third, 30_000));
        assert!(
            generations.receive(Second, 60_000),
            "the former one is still there"
        );
    }
}
