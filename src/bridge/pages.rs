//! Two pages of Twitchat on one OBS, a browser and a dock, or two generations of it: when that is
//! proven, and that the journal, the log and `GetStatus` say so. What follows for the credits is
//! `credits::twins`.
//!
//! A proof is a row of its own, because a restart does not read closed sessions back as a whole,
//! and leaderboards are made of them.

use std::collections::BTreeMap;

use super::{
    Bridge,
    intake::Source,
    journal::RowOrigin,
    port::{Effect, Note, Now},
};
use crate::{
    credits::twins::{BEFORE_MS, TWIN_MS},
    event::Message,
    twitchat::{Generation, generation_of},
};

/// `kind` of the journal's row.
pub const KIND: &str = "pages";

/// A proof is written down again when the last one is this old: it covers the time in between.
const RENEW_MS: i64 = BEFORE_MS / 2;

/// When a message of each generation was last received, on the monotonic clock.
#[derive(Debug, Default)]
pub(super) struct Generations {
    received_ms: BTreeMap<Generation, u64>,
}

impl Generations {
    /// A message of a generation was received. Tells whether two generations are there: both within
    /// the time in which two pages report the same, or this one, the other one and this one again
    /// within a minute. After an update of Twitchat the former one is not received again.
    fn receive(&mut self, generation: Generation, mono_ms: u64) -> bool {
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

impl Bridge {
    /// A message of Twitchat's own was received. One that is played back says nothing about the
    /// pages that are open.
    pub(super) fn note_generation(&mut self, message: &Message, now: Now) {
        if message.replay.is_none()
            && let Some(generation) = generation_of(message)
            && self.generations.receive(generation, now.mono_ms)
        {
            self.prove_pages("generations", now);
        }
    }

    /// Two pages are proven. Journals it, unless a proof of a moment ago still covers what came
    /// since.
    pub(super) fn prove_pages(&mut self, by: &'static str, now: Now) {
        if self
            .fold
            .pages_proven_ms()
            .is_some_and(|proven_ms| (0..RENEW_MS).contains(&(now.wall_ms - proven_ms)))
        {
            return;
        }
        if !self.fold.has_two_pages(now.wall_ms) {
            self.out.push(Effect::Note(Note::TwoPages { by }));
        }
        let body = serde_json::json!({ "by": by }).to_string();
        self.append(
            Source {
                origin: RowOrigin::Filled,
                kind: KIND,
                id: None,
            },
            now,
            body.into(),
        );
        let taken_out = self.fold.prove_pages(now.wall_ms);
        self.counts.twins += u64::try_from(taken_out).unwrap_or_default();
        if taken_out > 0 {
            self.rules.labels.touch();
        }
    }
}

#[cfg(test)]
mod tests {
    use Generation::{Second, Third};

    use super::*;

    #[test]
    fn an_update_is_no_second_page() {
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
    fn two_that_go_on_are_two_pages() {
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
