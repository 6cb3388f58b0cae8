//! Recognizes the reports of a second Twitchat page. Two pages, such as a browser and a dock,
//! report everything twice, with different ids. For bits and rewards, these reports must be
//! distinguished from separate events that only look the same.
//!
//! A *twin* is a report of the same person, amount or reward, and text, at most 2.5 s after another
//! one. Each report has at most one twin: a third one begins a new pair. Twins count unless two
//! pages are *proven*. There are two kinds of evidence for two pages. The first kind is a report
//! that arrives twice within 2.5 s, of something that happens only once (`credits::first`,
//! `credits::subscribed`). The second kind is a twin. Evidence about two people is a proof if at
//! least one piece is of the first kind. `bridge::ingest::two_pages` journals proofs, and each
//! covers the minute before it and the ten minutes after it. So the same rows always give the same
//! credits, and this module only collects the evidence.

use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
};

use super::known::PersonId;
use crate::mapping::summary::Key;

/// Longest time between the reports of two pages about the same event, in milliseconds.
pub const TWIN_MS: i64 = 2_500;
/// A proof covers this many milliseconds before its time.
pub const BEFORE_MS: i64 = 60_000;
/// A proof covers this many milliseconds after its time.
pub const AFTER_MS: i64 = 600_000;
/// Two pieces of evidence of the first kind are a proof within this many milliseconds.
const EVIDENCE_MS: i64 = 3_600_000;
/// A twin and evidence of the first kind are a proof within this many milliseconds. The time is
/// shorter, because one page alone may report two equal gifts.
const WEAK_EVIDENCE_MS: i64 = 600_000;
/// Number of pieces of evidence that are remembered.
const EVIDENCE: usize = 16;
/// Number of counted twins that are remembered, because a proof may follow. Older ones stay
/// counted.
const TWINS: usize = 4_096;
/// Old reports are removed only when there are more reports than this.
const FEW: usize = 1_000;

/// The contents of a report of bits or a reward. Two reports with the same contents are compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Gave {
    pub who: PersonId,
    /// The bits or the reward.
    pub what: What,
    /// The hash of the text.
    pub print: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum What {
    Bits(u64),
    /// The reward's id, or its title if it has no id; and the points.
    Reward(Box<str>, u64),
}

/// A twin that has been counted.
#[derive(Debug, Clone)]
pub struct Twin {
    /// The contents of its report.
    pub gave: Gave,
    pub key: Option<(Key, u32)>,
    /// The session in which it counts, by its number in this run.
    pub session: u64,
    pub at_ms: i64,
}

/// Times of reports by their contents. Times older than [`TWIN_MS`] are dropped.
#[derive(Debug)]
struct Reports<K> {
    at_ms: HashMap<K, Vec<i64>>,
    room: usize,
}

impl<K> Default for Reports<K> {
    fn default() -> Self {
        Self {
            at_ms: HashMap::new(),
            room: 0,
        }
    }
}

impl<K: Eq + Hash> Reports<K> {
    /// Records a report. Returns whether it is the second of a pair.
    fn pairs(&mut self, key: K, now_ms: i64) -> bool {
        let is_near = |at_ms: &i64| (now_ms - *at_ms).abs() <= TWIN_MS;
        if self.at_ms.len() > self.room.max(FEW) {
            self.at_ms.retain(|_, times| times.iter().any(is_near));
            self.room = 2 * self.at_ms.len();
        }
        let times = self.at_ms.entry(key).or_default();
        times.retain(is_near);
        if times.is_empty() {
            times.push(now_ms);
            return false;
        }
        times.remove(0);
        true
    }
}

/// Evidence for two pages: something that was reported twice.
#[derive(Debug, Clone, Copy)]
struct Evidence {
    who: PersonId,
    is_first_kind: bool,
    at_ms: i64,
}

/// The evidence for two pages, and the twins that have been counted.
#[derive(Debug, Default)]
pub struct Twins {
    given: Reports<Gave>,
    first: Reports<u64>,
    evidence: VecDeque<Evidence>,
    /// Twins that have been counted, the oldest first.
    counted: VecDeque<Twin>,
    proven_ms: Option<i64>,
    is_proof: bool,
}

impl Twins {
    /// Records a report of bits or a reward. Returns whether it is a twin.
    pub fn give(&mut self, gave: &Gave, at_ms: i64) -> bool {
        let is_twin = self.given.pairs(gave.clone(), at_ms);
        if is_twin {
            self.note(Evidence {
                who: gave.who,
                is_first_kind: false,
                at_ms,
            });
        }
        is_twin
    }

    /// Records a report of something that happens only once. `number` is a hash of its contents.
    pub fn first(&mut self, who: PersonId, number: u64, at_ms: i64) {
        if self.first.pairs(number, at_ms) {
            self.note(Evidence {
                who,
                is_first_kind: true,
                at_ms,
            });
        }
    }

    /// Remembers a twin that has been counted, until a proof follows.
    pub fn count(&mut self, twin: Twin) {
        let oldest_ms = twin.at_ms - BEFORE_MS;
        while self.counted.len() >= TWINS
            || self
                .counted
                .front()
                .is_some_and(|first| first.at_ms < oldest_ms)
        {
            self.counted.pop_front();
        }
        self.counted.push_back(twin);
    }

    fn note(&mut self, new: Evidence) {
        self.evidence
            .retain(|old| (new.at_ms - old.at_ms).abs() <= EVIDENCE_MS);
        self.is_proof |= self.evidence.iter().any(|old| {
            let is_near = (new.at_ms - old.at_ms).abs() <= WEAK_EVIDENCE_MS;
            old.who != new.who
                && ((old.is_first_kind && new.is_first_kind)
                    || (is_near && (old.is_first_kind || new.is_first_kind)))
        });
        self.evidence
            .retain(|old| (old.who, old.is_first_kind) != (new.who, new.is_first_kind));
        if self.evidence.len() == EVIDENCE {
            self.evidence.pop_front();
        }
        self.evidence.push_back(new);
    }

    /// Whether the reports since the last call are a proof.
    pub fn take_proof(&mut self) -> bool {
        std::mem::take(&mut self.is_proof)
    }

    /// Records a proof of two pages. Returns the twins that no longer count.
    pub fn prove(&mut self, at_ms: i64) -> Vec<Twin> {
        self.proven_ms = Some(at_ms);
        let counted = std::mem::take(&mut self.counted);
        let (covered, older) = counted
            .into_iter()
            .partition(|twin| self.covers(twin.at_ms));
        self.counted = older;
        Vec::from(covered)
    }

    /// Whether the last proof covers this time.
    pub fn covers(&self, at_ms: i64) -> bool {
        self.proven_ms.is_some_and(|proven_ms| {
            (proven_ms - BEFORE_MS..=proven_ms + AFTER_MS).contains(&at_ms)
        })
    }

    /// When two pages were last proven, Unix milliseconds.
    pub fn proven_ms(&self) -> Option<i64> {
        self.proven_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{credits::People, event::Person};

    fn person(people: &mut People, id: &str) -> PersonId {
        people.register(&Person::new(id, "", "").unwrap(), 0).who
    }

    fn gave(who: PersonId, bits: u64) -> Gave {
        Gave {
            who,
            what: What::Bits(bits),
            print: 1,
        }
    }

    #[test]
    fn each_report_has_one_twin_within_the_time() {
        let mut people = People::default();
        let who = person(&mut people, "1");
        let mut twins = Twins::default();
        let mut give = |at_ms| twins.give(&gave(who, 100), at_ms);
        assert_eq!(
            [0, 10, 20, 30, 40].map(&mut give),
            [false, true, false, true, false],
            "a third one begins a new pair"
        );
        assert_eq!(
            [10_000, 12_500, 20_000, 22_501].map(&mut give),
            [false, true, false, false]
        );
        assert!(!twins.give(&gave(who, 101), 22_501), "another amount");
        assert!(
            !twins.give(
                &Gave {
                    print: 2,
                    ..gave(who, 100)
                },
                22_600
            ),
            "another text"
        );
    }

    #[test]
    fn facts_of_two_people_are_a_proof_if_one_is_of_the_first_kind() {
        let mut people = People::default();
        let (anna, zed) = (person(&mut people, "1"), person(&mut people, "2"));
        let proven = |steps: &[(PersonId, bool)]| {
            let mut twins = Twins::default();
            for (place, (who, is_first_kind)) in (0..).zip(steps) {
                for at_ms in [place * 10_000, place * 10_000 + 2_500] {
                    if *is_first_kind {
                        twins.first(*who, u64::try_from(place).unwrap(), at_ms);
                    } else {
                        twins.give(&gave(*who, 5), at_ms);
                    }
                }
            }
            twins.take_proof()
        };
        assert!(
            proven(&[(anna, true), (zed, true)])
                && proven(&[(anna, false), (zed, true)])
                && proven(&[(anna, true), (zed, false)])
        );
        assert!(
            !proven(&[(anna, true), (anna, true), (anna, false)]),
            "one person alone"
        );
        assert!(!proven(&[(anna, false), (zed, false)]), "bits alone");
    }

    #[test]
    fn a_proof_covers_the_minute_before_it_and_ten_minutes_after_it() {
        let mut people = People::default();
        let who = person(&mut people, "1");
        let mut twins = Twins::default();
        for at_ms in [0, 39_999, 40_000, 99_000] {
            twins.count(Twin {
                gave: gave(who, 5),
                key: None,
                session: 0,
                at_ms,
            });
        }
        assert_eq!(
            twins
                .prove(100_000)
                .iter()
                .map(|twin| twin.at_ms)
                .collect::<Vec<_>>(),
            [40_000, 99_000]
        );
        assert_eq!(
            [39_999, 40_000, 700_000, 700_001].map(|at_ms| twins.covers(at_ms)),
            [false, true, true, false]
        );
        assert!(
            twins.prove(200_000).is_empty(),
            "each twin is taken out once"
        );
    }
}
