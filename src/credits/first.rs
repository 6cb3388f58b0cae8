//! Recognizes repeated reports of facts that can be true only once: a follow in a session, and a
//! gift from one giver to one recipient within a minute. `credits::subscribed` does the same for
//! subscriptions.

use std::collections::{HashMap, HashSet};

use super::{known::PersonId, people::People};
use crate::event::fact::{Gift, Tier};

/// The same gift again after this many milliseconds is another gift.
const GIFT_MS: i64 = 60_000;
/// Old gifts are removed only when there are more gifts than this.
const FEW: usize = 1_000;

/// The facts that were reported in a session.
#[derive(Debug, Default)]
pub struct Firsts {
    follows: HashSet<PersonId>,
    /// When a single gift was last reported, Unix milliseconds; by giver, tier and recipient.
    gifts: HashMap<(PersonId, Tier, PersonId), i64>,
    room: usize,
}

impl Firsts {
    /// Records a follow. Returns whether the person already followed.
    pub fn follow(&mut self, who: PersonId, people: &People) -> bool {
        let is_known = people
            .entries_of(who)
            .any(|who| self.follows.contains(&who));
        self.follows.insert(who);
        is_known
    }

    /// Records gifts that are reported singly and not in the report of a gift bomb. Returns whether
    /// all of them were reported before. Returns `false` without a recipient, because such gifts
    /// cannot be compared.
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
