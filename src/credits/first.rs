//! Facts that can be true once only, whoever reports them and how often: a follow in a session, and
//! a gift of one giver to one recipient within a minute. Subscriptions, which are so too, are in
//! `credits::subscribed`.

use std::collections::{HashMap, HashSet};

use super::{known::PersonId, people::People};
use crate::event::fact::{Gift, Tier};

/// The same gift after a longer time is another one.
const GIFT_MS: i64 = 60_000;
/// Gifts that are there before those that are too old are looked for.
const FEW: usize = 1_000;

/// What was reported in a session.
#[derive(Debug, Default)]
pub struct Firsts {
    follows: HashSet<PersonId>,
    /// When a gift was reported by itself, by giver, tier and recipient.
    gifts: HashMap<(PersonId, Tier, PersonId), i64>,
    room: usize,
}

impl Firsts {
    /// Somebody follows. Tells whether they did before.
    pub fn follow(&mut self, who: PersonId, people: &People) -> bool {
        let is_known = people
            .entries_of(who)
            .any(|who| self.follows.contains(&who));
        self.follows.insert(who);
        is_known
    }

    /// A gift is reported by itself, not as a part of a bomb's report. Tells whether it was before.
    /// Without a recipient nothing tells that.
    pub fn gift(
        &mut self,
        gift: &Gift,
        gifter: PersonId,
        recipients: &[PersonId],
        at_ms: i64,
    ) -> bool {
        if gift.bomb || recipients.is_empty() {
            return false;
        }
        if self.gifts.len() > self.room.max(FEW) {
            self.gifts
                .retain(|_, told_ms| (at_ms - *told_ms).abs() <= GIFT_MS);
            self.room = 2 * self.gifts.len();
        }
        let mut is_known = true;
        for recipient in recipients {
            let before = self.gifts.insert((gifter, gift.tier, *recipient), at_ms);
            is_known &= before.is_some_and(|before| (at_ms - before).abs() <= GIFT_MS);
        }
        is_known
    }
}
