//! New subscriptions, held back for a second. A resubscription that somebody announces in chat may
//! also arrive as a new subscription, before or after the resubscription. Then only the
//! resubscription is emitted.

use super::{at::At, outcome::Emitted, render};
use crate::event::{
    Fact, Person,
    fact::{SubKind, Subscription},
};

/// A new subscription and a resubscription of one person within this time are one resubscription.
const SAME_MS: u64 = 1_000;

/// New subscriptions and resubscriptions of the last second. Times come from a monotonic clock.
#[derive(Debug, Default)]
pub struct Subs {
    /// New subscriptions, each with the id of its message and the time of its arrival.
    new: Vec<(Subscription, String, u64)>,
    renewed: Vec<(Person, u64)>,
}

impl Subs {
    /// Adds a subscription, with the id of its message. Returns `true` if it must not be emitted
    /// now, because it is held back or dropped.
    pub fn hold(&mut self, subscription: &Subscription, id: &str, now_ms: u64) -> bool {
        let who = &subscription.who;
        self.renewed
            .retain(|(_, at_ms)| now_ms.saturating_sub(*at_ms) <= SAME_MS);
        match subscription.kind {
            SubKind::New if self.renewed.iter().any(|(renewed, _)| renewed.is_same(who)) => true,
            SubKind::New => {
                self.new.push((subscription.clone(), id.to_owned(), now_ms));
                true
            }
            SubKind::Renewed => {
                self.new.retain(|(new, ..)| !new.who.is_same(who));
                self.renewed.push((who.clone(), now_ms));
                false
            }
            SubKind::PrimeUpgrade | SubKind::GiftUpgrade => false,
        }
    }

    /// When [`Self::release`] has something to do, on the monotonic clock.
    pub fn due_ms(&self) -> Option<u64> {
        self.new.first().map(|(.., at_ms)| at_ms + SAME_MS + 1)
    }

    /// The events of subscriptions that have waited long enough.
    pub fn release(&mut self, at: &At<'_>) -> Vec<Emitted> {
        let due = self
            .new
            .extract_if(.., |(.., held_ms)| at.mono_ms > *held_ms + SAME_MS);
        due.filter_map(|(subscription, id, _)| {
            let fact = Fact::Subscription(subscription);
            render::event(&fact, &at.context(&id)).map(|event| Emitted::late(event, &id))
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::fact::{Chat, Tier};

    fn sub(id: &str, kind: SubKind) -> Subscription {
        let who = Person::new(id, "", "").unwrap();
        Subscription {
            who,
            tier: Tier::One,
            kind,
            months: 1,
            cumulative_months: 5,
            streak_months: 1,
            chat: Chat::default(),
        }
    }

    fn released(subs: &mut Subs, now_ms: u64) -> Vec<String> {
        let at = At {
            mono_ms: now_ms,
            ..At::default()
        };
        subs.release(&at)
            .into_iter()
            .map(|sub| format!("{} {}", sub.event.name, sub.id))
            .collect()
    }

    #[test]
    fn a_new_one_waits_a_second_and_a_resubscription_takes_its_place() {
        let mut subs = Subs::default();
        assert!(
            subs.hold(&sub("1", SubKind::New), "a", 0)
                && subs.hold(&sub("2", SubKind::New), "b", 10)
        );
        assert!(!subs.hold(&sub("1", SubKind::Renewed), "c", 1_000));
        assert_eq!(
            (subs.due_ms(), released(&mut subs, 1_010)),
            (Some(1_011), vec![])
        );
        assert_eq!(released(&mut subs, 1_011), ["Twitch.Sub b"]);
        assert_eq!(subs.due_ms(), None);
        assert!(
            subs.hold(&sub("1", SubKind::New), "d", 2_000),
            "the resubscription came first"
        );
        assert_eq!(subs.due_ms(), None);
        assert!(subs.hold(&sub("1", SubKind::New), "e", 2_001));
        assert_eq!(
            released(&mut subs, 4_000),
            ["Twitch.Sub e"],
            "more than a second later it is another one"
        );
    }
}
