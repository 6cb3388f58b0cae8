//! The people who are banned from the channel, as far as the bridge knows. Their credits are still
//! counted and only left out of replies ([`LeftOut`](super::LeftOut)), so that everything comes
//! back when a ban ends.
//!
//! A ban outlives sessions, because leaderboards do. The bridge learns of it from a published event
//! or from Twitchat's summary. A published event ends it, as does a summary that lists something
//! from the person, or an action of the person. `bridge::bans` decides the last two and journals
//! them as rows, because closed sessions are not read back as a whole. Each change increases
//! [`Bans::revision`].

use std::collections::{HashMap, HashSet};

use super::{known::PersonId, people::People};
use crate::mapping::bans::Standings;

/// An action within this many milliseconds after a ban became known may have happened before the
/// ban, because OBS changes the order of messages.
const GRACE_MS: i64 = 10_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ban {
    Holds {
        /// When the ban became known, Unix milliseconds.
        since_ms: i64,
        /// The number of the person's bans in the summary; `None` until a summary shows it.
        counter: Option<u64>,
    },
    /// A published event ended the ban. The summary still counts it, so only a greater number means
    /// a new ban.
    Lifted {
        /// When it ended, Unix milliseconds.
        at_ms: i64,
        /// The number of bans in the summary, the ended one included; `None` until a summary shows
        /// it.
        counter: Option<u64>,
    },
}

/// A change of a person's ban that does not come from a published event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// A summary shows that the person is banned, and how many bans it counts.
    Banned { counter: u64 },
    /// The person did something, or a summary lists something from the person.
    Ended,
    /// A summary shows how many bans it counts for a person whose ban has ended.
    Counted { counter: u64 },
}

/// The time and the range of the request that an accepted summary answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// When the bridge asked for the summary, Unix milliseconds. The summary proves nothing about a
    /// ban that became known later.
    pub at_ms: i64,
    /// The time from which the summary lists events, Unix milliseconds.
    pub offset_ms: i64,
}

#[derive(Debug, Default)]
pub struct Bans {
    by_person: HashMap<PersonId, Ban>,
    /// People who had no id when their ban became known. Another entry may turn out to be the same
    /// person.
    nameless: Vec<PersonId>,
    revision: u64,
}

impl Bans {
    /// Increases whenever a ban begins or ends, so that earlier replies are out of date.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Whether no ban is stored, active or ended.
    pub fn is_empty(&self) -> bool {
        self.by_person.is_empty()
    }

    /// Whether somebody is banned.
    pub fn has(&self, who: PersonId, people: &People) -> bool {
        matches!(
            self.by_person.get(&self.key(who, people)),
            Some(Ban::Holds { .. })
        )
    }

    /// The entries of all banned people. Merged entries are represented by their root.
    pub fn roots(&self, people: &People) -> HashSet<PersonId> {
        self.by_person
            .keys()
            .filter(|who| self.has(**who, people))
            .map(|who| people.root(*who))
            .collect()
    }

    /// Applies a published event: a ban began, or with `lifted` it ended.
    pub fn published(&mut self, who: PersonId, lifted: bool, at_ms: i64, people: &People) {
        let key = self.key(who, people);
        let counter = match self.by_person.get(&key) {
            Some(Ban::Holds { counter, .. } | Ban::Lifted { counter, .. }) => *counter,
            None => None,
        };
        let ban = if lifted {
            Ban::Lifted { at_ms, counter }
        } else {
            Ban::Holds {
                since_ms: at_ms,
                counter,
            }
        };
        self.set(key, Some(ban), people);
    }

    /// Applies a change that was journalled.
    pub fn apply(&mut self, who: PersonId, change: Change, at_ms: i64, people: &People) {
        let key = self.key(who, people);
        let before = self.by_person.get(&key).copied();
        let ban = match (change, before) {
            (Change::Banned { counter }, Some(Ban::Holds { since_ms, .. })) => Some(Ban::Holds {
                since_ms,
                counter: Some(counter),
            }),
            (Change::Banned { counter }, _) => Some(Ban::Holds {
                since_ms: at_ms,
                counter: Some(counter),
            }),
            (Change::Ended, Some(Ban::Holds { .. })) => None,
            (Change::Counted { counter }, Some(Ban::Lifted { at_ms, .. })) => Some(Ban::Lifted {
                at_ms,
                counter: Some(counter),
            }),
            (Change::Ended | Change::Counted { .. }, other) => other,
        };
        self.set(key, ban, people);
    }

    /// Whether an action of the person at this time ends a ban.
    pub fn ends_by_act(&self, who: PersonId, at_ms: i64, people: &People) -> bool {
        matches!(self.by_person.get(&self.key(who, people)), Some(Ban::Holds { since_ms,
            .. }) if at_ms - since_ms > GRACE_MS)
    }

    /// The changes that follow from an accepted summary, sorted by person.
    pub fn judge(
        &self,
        standings: &Standings,
        asked: Asked,
        people: &People,
    ) -> Vec<(PersonId, Change)> {
        if standings.counted.is_empty() && self.by_person.is_empty() {
            return Vec::new();
        }
        let find = |who| people.find(who).map(|who| self.key(who, people));
        let shown: HashSet<PersonId> = standings.shown.iter().filter_map(find).collect();
        let mut changes = Vec::new();
        for (who, ban) in &self.by_person {
            if let Ban::Holds { since_ms, .. } = ban
                && shown.contains(who)
                && asked.at_ms >= *since_ms
            {
                changes.push((*who, Change::Ended));
            }
        }
        for one in &standings.counted {
            let Some(who) = find(&one.who) else { continue };
            let (counter, is_shown) = (one.bans, shown.contains(&who));
            let change = match self.by_person.get(&who) {
                None if is_shown => None,
                None => Some(Change::Banned { counter }),
                Some(Ban::Holds { counter: known, .. }) => {
                    (!is_shown && *known != Some(counter)).then_some(Change::Banned { counter })
                }
                Some(Ban::Lifted {
                    at_ms,
                    counter: known,
                }) => {
                    let is_new =
                        asked.offset_ms >= *at_ms || known.is_some_and(|known| counter > known);
                    if is_new && !is_shown && asked.at_ms >= *at_ms {
                        Some(Change::Banned { counter })
                    } else {
                        (known.is_none_or(|known| counter > known))
                            .then_some(Change::Counted { counter })
                    }
                }
            };
            changes.extend(change.map(|change| (who, change)));
        }
        changes.sort_by_key(|(who, _)| *who);
        changes
    }

    /// The entry under which the person's ban is stored.
    fn key(&self, who: PersonId, people: &People) -> PersonId {
        let root = people.root(who);
        if self.nameless.is_empty() || self.by_person.contains_key(&root) {
            return root;
        }
        self.nameless
            .iter()
            .copied()
            .find(|nameless| people.root(*nameless) == root)
            .unwrap_or(root)
    }

    fn set(&mut self, key: PersonId, ban: Option<Ban>, people: &People) {
        let held = matches!(self.by_person.get(&key), Some(Ban::Holds { .. }));
        let holds = matches!(ban, Some(Ban::Holds { .. }));
        self.revision += u64::from(held != holds);
        let Some(ban) = ban else {
            self.by_person.remove(&key);
            self.nameless.retain(|nameless| *nameless != key);
            return;
        };
        if self.by_person.insert(key, ban).is_none()
            && people.known(key).is_some_and(|known| known.id.is_empty())
        {
            self.nameless.push(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{event::Person, mapping::bans::Counted};

    fn person(id: &str) -> Person {
        Person::new(id, "", "").unwrap()
    }

    fn counted(bans: u64) -> Standings {
        Standings {
            counted: vec![Counted {
                who: person("1"),
                bans,
            }],
            ..Standings::default()
        }
    }

    fn shown(bans: u64) -> Standings {
        Standings {
            shown: [person("1")].into(),
            ..counted(bans)
        }
    }

    const ASKED: Asked = Asked {
        at_ms: 50_000,
        offset_ms: 0,
    };

    /// The change that an accepted summary makes for a person with no ban (`None`), with a
    /// published ban (`false`), or with one that has ended (`true`).
    fn judged(lifted: Option<bool>, standings: &Standings, asked: Asked) -> Option<Change> {
        let (mut bans, mut people) = (Bans::default(), People::default());
        let who = people.register(&person("1"), 0).who;
        if let Some(lifted) = lifted {
            bans.published(who, false, 10_000, &people);
            if lifted {
                bans.published(who, true, 20_000, &people);
            }
        }
        let changes = bans.judge(standings, asked, &people);
        assert!(changes.len() < 2, "{changes:?}");
        changes.first().map(|(_, change)| *change)
    }

    #[test]
    fn a_counter_without_anything_of_theirs_is_a_ban() {
        assert_eq!(
            judged(None, &counted(2), ASKED),
            Some(Change::Banned { counter: 2 })
        );
        assert_eq!(judged(None, &shown(2), ASKED), None);
    }

    #[test]
    fn a_summary_that_shows_them_ends_a_ban_that_was_known_when_it_was_asked_for() {
        assert_eq!(judged(Some(false), &shown(1), ASKED), Some(Change::Ended));
        assert_eq!(
            judged(
                Some(false),
                &shown(1),
                Asked {
                    at_ms: 9_999,
                    ..ASKED
                }
            ),
            None
        );
    }

    #[test]
    fn the_counter_of_an_ended_ban_is_no_new_ban_and_a_greater_one_is() {
        assert_eq!(
            judged(Some(true), &counted(1), ASKED),
            Some(Change::Counted { counter: 1 })
        );
        let (mut bans, mut people) = (Bans::default(), People::default());
        let who = people.register(&person("1"), 0).who;
        bans.published(who, true, 20_000, &people);
        bans.apply(who, Change::Counted { counter: 1 }, 50_000, &people);
        assert_eq!(bans.judge(&counted(1), ASKED, &people), []);
        assert_eq!(
            bans.judge(&counted(2), ASKED, &people),
            [(who, Change::Banned { counter: 2 })]
        );
    }

    #[test]
    fn a_summary_that_begins_after_the_end_of_a_ban_counts_anew() {
        assert_eq!(
            judged(
                Some(true),
                &counted(1),
                Asked {
                    at_ms: 50_000,
                    offset_ms: 30_000
                }
            ),
            Some(Change::Banned { counter: 1 })
        );
    }

    #[test]
    fn an_action_soon_after_the_ban_became_known_does_not_end_it() {
        let (mut bans, mut people) = (Bans::default(), People::default());
        let who = people.register(&person("1"), 0).who;
        bans.published(who, false, 10_000, &people);
        assert_eq!(
            [20_000, 20_001].map(|at_ms| bans.ends_by_act(who, at_ms, &people)),
            [false, true]
        );
    }

    #[test]
    fn a_ban_by_name_is_of_the_person_whose_name_it_turns_out_to_be() {
        let (mut bans, mut people) = (Bans::default(), People::default());
        let zed = people
            .register(&Person::new("2", "zed", "Zed").unwrap(), 1)
            .who;
        let named = people
            .register(&Person::new("", "zed_two", "").unwrap(), 2)
            .who;
        bans.published(named, false, 3, &people);
        assert!(!bans.has(zed, &people));
        people.register(&Person::new("2", "zed_two", "Zed Two").unwrap(), 4);
        assert_eq!(
            (bans.has(zed, &people), bans.roots(&people)),
            (true, [zed].into())
        );
        bans.published(zed, true, 5, &people);
        assert_eq!(
            (bans.has(zed, &people), bans.roots(&people)),
            (false, [].into())
        );
    }

    #[test]
    fn the_revision_rises_with_each_ban_and_each_end_alone() {
        let (mut bans, mut people) = (Bans::default(), People::default());
        let who = people.register(&person("1"), 0).who;
        let mut revisions = vec![bans.revision()];
        bans.published(who, false, 1, &people);
        revisions.push(bans.revision());
        bans.apply(who, Change::Banned { counter: 1 }, 2, &people);
        revisions.push(bans.revision());
        bans.apply(who, Change::Ended, 3, &people);
        revisions.push(bans.revision());
        assert_eq!(revisions, [0, 1, 1, 2]);
    }
}
