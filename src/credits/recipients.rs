//! The people who received gifts in a session, in the order in which they were named, with the
//! people who gave them. Gifts of which no message names the recipient are not here.

use std::collections::{HashMap, HashSet};

use super::{
    gift_bombs::{Announced, Change},
    known::PersonId,
};
use crate::event::fact::Tier;

/// The recipient of one gift.
#[derive(Debug, Clone, Copy)]
struct Recipient {
    gifter: PersonId,
    who: PersonId,
    /// The number of gifts that belong together, as [`GiftBombs`](super::gift_bombs::GiftBombs)
    /// has them.
    group: usize,
    /// Whether the message marks it as part of no bomb.
    is_lone: bool,
}

/// The recipients of a session's gifts.
#[derive(Debug, Default)]
pub struct Recipients {
    list: Vec<Recipient>,
    named: HashSet<(usize, PersonId)>,
    /// The last group of each gifter and tier.
    running: HashMap<(PersonId, Tier), usize>,
    groups: usize,
    /// The groups that are bombs.
    bombs: HashSet<usize>,
}

impl Recipients {
    /// Adds the recipients that a message names. `change` is what the message adds to the gifts of
    /// this gifter and tier.
    pub(super) fn add(
        &mut self,
        (gifter, tier): (PersonId, Tier),
        announced: Announced,
        recipients: &[PersonId],
        change: Change,
    ) {
        if change.begins || !self.running.contains_key(&(gifter, tier)) {
            self.groups += 1;
            self.running.insert((gifter, tier), self.groups);
        }
        let group = self
            .running
            .get(&(gifter, tier))
            .copied()
            .unwrap_or_default();
        if change.bombs > 0 || change.of_bombs > 0 {
            self.bombs.insert(group);
        }
        for who in recipients {
            if self.named.insert((group, *who)) {
                self.list.push(Recipient {
                    gifter,
                    who: *who,
                    group,
                    is_lone: announced == Announced::Lone,
                });
            }
        }
    }

    /// Each gift with a named recipient, as giver and recipient. With `of_bombs`, only gifts that
    /// are part of a gift bomb.
    pub fn gifts(&self, of_bombs: bool) -> impl Iterator<Item = (PersonId, PersonId)> {
        let is_of_bomb = |gift: &&Recipient| !gift.is_lone && self.bombs.contains(&gift.group);
        self.list
            .iter()
            .filter(move |gift| !of_bombs || is_of_bomb(gift))
            .map(|gift| (gift.gifter, gift.who))
    }
}
