//! Joins the data that only summaries contain: polls, shoutouts, power-ups, numbers of messages.
//! This data is joined, not counted.
//!
//! Each summary repeats all of it, in any order and perhaps with less than before, because
//! Twitchat's memory is limited. So the greater number wins, and equal events are listed as often
//! as in the summary that had most of them. Joining twice changes nothing.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use super::{known::PersonId, people::People};
use crate::{
    event::{Person, fact::Tier},
    mapping::summary_extras::{
        Activity, EndedVote, Patron, PowerUp, Shoutout, SummaryExtras, Train,
    },
};

/// Events in the order in which they first appeared. Equal events are listed as often as in the
/// summary that had most of them.
#[derive(Debug)]
pub struct Bag<T> {
    list: Vec<T>,
    counts: HashMap<u64, usize>,
}

impl<T> Default for Bag<T> {
    fn default() -> Self {
        Self {
            list: Vec::new(),
            counts: HashMap::new(),
        }
    }
}

impl<T: Hash> Bag<T> {
    pub fn list(&self) -> &[T] {
        &self.list
    }

    /// Adds the events that were not there before. Returns whether there were any.
    fn join(&mut self, emitted_as: impl IntoIterator<Item = T>) -> bool {
        let mut seen: HashMap<u64, usize> = HashMap::new();
        let before = self.list.len();
        for one in emitted_as {
            let mut hasher = DefaultHasher::new();
            one.hash(&mut hasher);
            let key = hasher.finish();
            let seen = seen.entry(key).or_default();
            *seen += 1;
            let known = self.counts.entry(key).or_default();
            if *seen > *known {
                *known = *seen;
                self.list.push(one);
            }
        }
        self.list.len() > before
    }
}

/// One number per person, in the order in which people first appeared. Each number only grows.
#[derive(Debug)]
pub struct Most<N> {
    list: Vec<(PersonId, N)>,
    places: HashMap<PersonId, usize>,
}

impl<N> Default for Most<N> {
    fn default() -> Self {
        Self {
            list: Vec::new(),
            places: HashMap::new(),
        }
    }
}

impl<N: Ord + Copy> Most<N> {
    /// All people with their numbers.
    pub fn list(&self) -> &[(PersonId, N)] {
        &self.list
    }

    pub fn get(&self, who: PersonId) -> Option<N> {
        self.places
            .get(&who)
            .and_then(|place| self.list.get(*place))
            .map(|(_, most)| *most)
    }

    fn join(&mut self, who: PersonId, emitted_as: N, greater: impl Fn(N, N) -> N) -> bool {
        let place = *self.places.entry(who).or_insert(self.list.len());
        if let Some((_, most)) = self.list.get_mut(place) {
            let joined = greater(*most, emitted_as);
            let grew = joined != *most;
            *most = joined;
            grew
        } else {
            self.list.push((who, emitted_as));
            true
        }
    }
}

/// The data of all summaries of a session.
#[derive(Debug, Default)]
#[expect(missing_docs, reason = "the types are sufficient")]
pub struct JoinedExtras {
    pub polls: Bag<EndedVote>,
    pub predictions: Bag<EndedVote>,
    pub shoutouts: Bag<Shoutout<PersonId>>,
    pub power_ups: Bag<PowerUp<PersonId>>,
    pub trains: Bag<Train<PersonId>>,
    pub likes: Most<u64>,
    pub shares: Most<u64>,
    pub chatters: Most<Activity>,
    pub pinned: Bag<(PersonId, u64)>,
    /// Patrons, as the latest summary shows them.
    pub patrons: Vec<Patron<PersonId>>,
    pub active_subs: Most<Tier>,
    pub active_gifters: Most<(u64, Tier)>,
    /// Images of rewards by the reward's id.
    pub reward_icons: HashMap<Box<str>, Box<str>>,
    pub stickers: Bag<(PersonId, Box<str>)>,
}

impl JoinedExtras {
    /// Joins the data of a summary. Returns whether any of it is new.
    pub fn join(&mut self, rest: SummaryExtras, people: &mut People, at_ms: i64) -> bool {
        let mut register = |who: &Person| people.register(who, at_ms).who;
        let shoutouts: Vec<_> = rest
            .shoutouts
            .iter()
            .map(|one| Shoutout {
                who: register(&one.who),
                received: one.received,
                viewers: one.viewers,
            })
            .collect();
        let power_ups: Vec<_> = (rest.power_ups.into_iter())
            .map(|one| PowerUp {
                who: register(&one.who),
                kind: one.kind,
                image: one.image,
                skin: one.skin,
                name: one.name,
                id: one.id,
            })
            .collect();
        let trains: Vec<_> = (rest.trains.into_iter())
            .map(|one| Train {
                level: one.level,
                percent: one.percent,
                conductors: one.conductors.iter().map(&mut register).collect(),
            })
            .collect();
        let pinned: Vec<_> = rest
            .pinned
            .iter()
            .map(|(who, bits)| (register(who), *bits))
            .collect();
        let stickers: Vec<_> = rest
            .stickers
            .into_iter()
            .map(|(who, image)| (register(&who), image))
            .collect();
        let mut new = self.polls.join(rest.polls)
            | self.predictions.join(rest.predictions)
            | self.shoutouts.join(shoutouts);
        new |= self.power_ups.join(power_ups)
            | self.trains.join(trains)
            | self.pinned.join(pinned)
            | self.stickers.join(stickers);
        for (emitted_as, most) in [
            (rest.likes, &mut self.likes),
            (rest.shares, &mut self.shares),
        ] {
            for (who, count) in emitted_as {
                new |= most.join(register(&who), count, Ord::max);
            }
        }
        for (who, activity) in rest.chatters {
            new |= self
                .chatters
                .join(register(&who), activity, |a, b| Activity {
                    messages: a.messages.max(b.messages),
                    bans: a.bans.max(b.bans),
                    timeouts: a.timeouts.max(b.timeouts),
                    timeout_seconds: a.timeout_seconds.max(b.timeout_seconds),
                });
        }
        for (who, tier) in rest.active_subs {
            new |= self.active_subs.join(register(&who), tier, Ord::max);
        }
        for (who, tier, count) in rest.active_gifters {
            new |= self
                .active_gifters
                .join(register(&who), (count, tier), Ord::max);
        }
        for one in rest.patrons {
            let emitted_as = Patron {
                who: register(&one.who),
                months: one.months,
                tier: one.tier,
                given: one.given,
            };
            if let Some(known) = self
                .patrons
                .iter_mut()
                .find(|known| known.who == emitted_as.who)
            {
                new |= std::mem::replace(known, emitted_as.clone()) != emitted_as;
            } else {
                self.patrons.push(emitted_as);
                new = true;
            }
        }
        for (id, icon) in rest.reward_icons {
            new |= self.reward_icons.insert(id, icon.clone()) != Some(icon);
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn summary(polls: &[u8], likes: &[(u8, u8)]) -> SummaryExtras {
        let vote = |title: &u8| EndedVote {
            title: title.to_string().into(),
            total: 1,
            choices: Vec::new(),
        };
        let like = |(who, count): &(u8, u8)| {
            (
                Person::new(&(who + 1).to_string(), "", "").unwrap(),
                u64::from(*count),
            )
        };
        SummaryExtras {
            polls: polls.iter().map(vote).collect(),
            likes: likes.iter().map(like).collect(),
            ..SummaryExtras::default()
        }
    }

    fn joined(parts: &[&SummaryExtras]) -> (Vec<String>, Vec<(String, u64)>) {
        let (mut joined_extras, mut people) = (JoinedExtras::default(), People::default());
        for part in parts {
            joined_extras.join((*part).clone(), &mut people, 0);
        }
        let mut polls: Vec<_> = joined_extras
            .polls
            .list()
            .iter()
            .map(|poll| poll.title.to_string())
            .collect();
        let mut likes: Vec<_> = joined_extras
            .likes
            .list()
            .iter()
            .map(|(who, count)| (people.name(*who).to_owned(), *count))
            .collect();
        polls.sort();
        likes.sort();
        (polls, likes)
    }

    proptest! {
        #[test]
        fn joining_knows_no_order_and_no_repeats(
            polls in prop::collection::vec(prop::collection::vec(0_u8..4, 0..5), 2),
            likes in prop::collection::vec(prop::collection::vec((0_u8..4, any::<u8>()), 0..5), 2),
        ) {
            let (a, b) = (summary(&polls[0], &likes[0]), summary(&polls[1], &likes[1]));
            prop_assert_eq!(joined(&[&a, &b]), joined(&[&b, &a]));
            prop_assert_eq!(joined(&[&a, &b, &a, &b]), joined(&[&a, &b]));
        }
    }

    #[test]
    fn only_new_data_is_news() {
        let (mut joined_extras, mut people) = (JoinedExtras::default(), People::default());
        let mut join = |rest: SummaryExtras| joined_extras.join(rest, &mut people, 0);
        assert!(join(summary(&[1, 1], &[(1, 5)])));
        assert!(
            !join(summary(&[1], &[(1, 4)])),
            "a smaller number changes nothing"
        );
        assert!(join(summary(&[1, 1, 1], &[])), "one more of the same");
        assert!(join(summary(&[], &[(1, 6)])));
    }
}
