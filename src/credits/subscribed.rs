//! Decides which subscriptions of a session count. Repeated reports do not count: a resubscription
//! counts once per person and total months, any other subscription once per person and kind. A
//! resubscription that somebody announces in chat may arrive both as a new subscription and as a
//! resubscription. If both arrive within a second, they are one resubscription.

use std::collections::HashMap;

use super::{known::PersonId, people::People};
use crate::event::fact::{SubKind, Subscription};

/// A new subscription and a resubscription of one person within this many milliseconds are one
/// resubscription.
pub const SAME_MS: i64 = 1_000;

#[derive(Debug, Clone, Copy)]
struct Seen {
    kind: SubKind,
    months: u32,
    at_ms: i64,
}

/// How a subscription counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Counts,
    /// It replaces the new subscription that counted a moment ago under this entry and at this
    /// time.
    TakesPlace {
        who: PersonId,
        at_ms: i64,
    },
    /// The same subscription was counted before.
    Repeat,
    /// It is the resubscription that counted a moment ago, which also arrives as a new
    /// subscription.
    Announced,
}

#[derive(Debug, Default)]
pub struct Subscribed {
    by_person: HashMap<PersonId, Vec<Seen>>,
}

impl Subscribed {
    /// Records a subscription, and decides how it counts.
    pub fn take(
        &mut self,
        who: PersonId,
        subscription: &Subscription,
        at_ms: i64,
        people: &People,
    ) -> Step {
        let new = Seen {
            kind: subscription.kind,
            months: subscription.cumulative_months,
            at_ms,
        };
        let is_renewal = new.kind == SubKind::Renewed;
        let seen = || {
            people
                .entries_of(who)
                .filter_map(|who| Some((who, self.by_person.get(&who)?)))
        };
        let seen: Vec<(PersonId, Seen)> = seen()
            .flat_map(|(who, list)| list.iter().map(move |seen| (who, *seen)))
            .collect();
        // An unknown total counts as equal.
        let is_same = |seen: &Seen| {
            !is_renewal || seen.months == new.months || seen.months == 0 || new.months == 0
        };
        if seen
            .iter()
            .any(|(_, seen)| seen.kind == new.kind && is_same(seen))
        {
            return Step::Repeat;
        }
        let other = match new.kind {
            SubKind::New => Some(SubKind::Renewed),
            SubKind::Renewed => Some(SubKind::New),
            SubKind::PrimeUpgrade | SubKind::GiftUpgrade => None,
        };
        let near = seen
            .iter()
            .find(|(_, seen)| Some(seen.kind) == other && (at_ms - seen.at_ms).abs() <= SAME_MS);
        if near.is_some() && !is_renewal {
            return Step::Announced;
        }
        self.by_person.entry(who).or_default().push(new);
        near.map_or(Step::Counts, |(who, seen)| Step::TakesPlace {
            who: *who,
            at_ms: seen.at_ms,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{
        Person,
        fact::{Chat, Tier},
    };

    struct Bench {
        people: People,
        subscribed: Subscribed,
    }

    impl Bench {
        fn new() -> Self {
            Self {
                people: People::default(),
                subscribed: Subscribed::default(),
            }
        }

        fn take(&mut self, id: &str, kind: SubKind, total: u32, at_ms: i64) -> Step {
            let who = Person::new(id, "", "").unwrap();
            let person = self.people.register(&who, at_ms).who;
            let chat = Chat::default();
            let sub = Subscription {
                who,
                tier: Tier::One,
                kind,
                months: 1,
                cumulative_months: total,
                streak_months: 1,
                chat,
            };
            self.subscribed.take(person, &sub, at_ms, &self.people)
        }
    }

    #[test]
    fn each_counts_once_per_session() {
        let mut bench = Bench::new();
        let all = [
            (SubKind::New, 1),
            (SubKind::PrimeUpgrade, 3),
            (SubKind::GiftUpgrade, 4),
            (SubKind::Renewed, 7),
            (SubKind::Renewed, 8),
        ];
        for (place, (kind, total)) in (0..).zip(all) {
            assert_eq!(
                bench.take("1", kind, total, place * 60_000),
                Step::Counts,
                "{kind:?}"
            );
            assert_eq!(
                bench.take("1", kind, total, place * 60_000 + 30_000),
                Step::Repeat,
                "{kind:?}"
            );
            assert_eq!(
                bench.take("2", kind, total, place * 60_000),
                Step::Counts,
                "of somebody else: {kind:?}"
            );
        }
    }

    #[test]
    fn a_renewal_of_unknown_months_is_the_one_that_is_known() {
        let mut bench = Bench::new();
        assert_eq!(
            [7, 0, 8].map(|total| bench.take("1", SubKind::Renewed, total, 0)),
            [Step::Counts, Step::Repeat, Step::Counts]
        );
        assert_eq!(
            [0, 7].map(|total| bench.take("2", SubKind::Renewed, total, 0)),
            [Step::Counts, Step::Repeat]
        );
    }

    #[test]
    fn a_new_one_and_a_renewal_within_a_second_are_one_renewal() {
        let mut bench = Bench::new();
        assert_eq!(bench.take("1", SubKind::New, 1, 0), Step::Counts);
        assert!(matches!(
            bench.take("1", SubKind::Renewed, 5, 1_000),
            Step::TakesPlace { at_ms: 0, .. }
        ));
        assert_eq!(bench.take("2", SubKind::Renewed, 5, 0), Step::Counts);
        assert_eq!(bench.take("2", SubKind::New, 1, 1_000), Step::Announced);
        assert_eq!(bench.take("3", SubKind::New, 1, 0), Step::Counts);
        assert_eq!(
            bench.take("3", SubKind::Renewed, 5, 1_001),
            Step::Counts,
            "too late to be the same"
        );
    }
}
