//! Recombines gifts into gift bombs. The gifts of one gifter and tier belong together while each
//! follows the last one within ten seconds.
//!
//! A gift bomb is announced in up to two ways: by one report with the number of its gifts, with or
//! without the recipients, and gift by gift. These messages come in any order, and either kind may
//! be missing. A bomb has as many gifts as its reports state, and at least as many as were
//! announced singly.
//!
//! Ten seconds is Twitchat's own rule. On Twitch, nobody can receive a gift twice. So if a
//! recipient appears twice within a bomb, the same gift was reported twice: by two open Twitchat
//! pages, or by the report of the bomb and by a single report.

use std::collections::{HashMap, HashSet};

use super::known::PersonId;
use crate::event::fact::{Gift, Tier};

/// Longest pause between two gifts of a bomb, in milliseconds.
pub const BOMB_GAP_MS: i64 = 10_000;
/// Longest pause before a gift that is marked as part of a bomb, if the bomb still lacks gifts.
/// In milliseconds.
const LATE_MS: i64 = 120_000;

/// How a message announces its gifts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Announced {
    /// The report of a whole bomb.
    Bomb,
    /// A single gift that belongs to a bomb.
    OfBomb,
    /// A single gift that belongs to no bomb.
    Lone,
    /// Later gifts show whether this gift belongs to a bomb.
    Single,
}

impl Announced {
    /// How the message of this gift announces it.
    pub fn of(gift: &Gift) -> Self {
        match gift {
            Gift { bomb: true, .. } => Self::Bomb,
            Gift { of_bomb: true, .. } => Self::OfBomb,
            Gift { lone: true, .. } => Self::Lone,
            _ => Self::Single,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Change {
    /// Whether the message reports anything new.
    pub is_new: bool,
    /// Whether it begins a new group of gifts: the former one of this gifter and tier is over, or
    /// there was none.
    pub begins: bool,
    /// Number of gifts that were not counted before.
    pub gifts: u32,
    /// Number of bombs that were not counted before.
    pub bombs: u32,
    /// Number of gifts in bombs that were not counted as such before.
    pub of_bombs: u32,
}

#[derive(Debug, Default)]
struct Bomb {
    last_ms: i64,
    /// Recipients of gifts, from reports and single gifts.
    recipients: HashSet<PersonId>,
    /// Recipients that a report of the bomb named.
    reported: HashSet<PersonId>,
    /// Recipients of gifts that belong to no bomb.
    lone: HashSet<PersonId>,
    /// Number of single gifts without a recipient.
    unnamed: u32,
    /// Number of gifts according to the reports, and number of reports that describe a bomb.
    declared: u32,
    reports: u32,
    /// The counts so far.
    counted: Change,
}

/// The gift bombs that may still continue.
#[derive(Debug, Default)]
pub struct GiftBombs {
    running: HashMap<(PersonId, Tier), Bomb>,
    /// When there are more bombs than this and than `FEW`, ended bombs are removed.
    room: usize,
}

/// No bombs are removed if there are fewer than this.
const FEW: usize = 1_000;

impl Bomb {
    fn has(&self, recipient: PersonId) -> bool {
        self.recipients.contains(&recipient) || self.lone.contains(&recipient)
    }

    /// Number of gifts that were announced singly, or whose recipients a report named.
    fn seen(&self) -> u32 {
        u32::try_from(self.recipients.len())
            .unwrap_or(u32::MAX)
            .saturating_add(self.unnamed)
    }

    fn is_over(&self, announced: Announced, at_ms: i64) -> bool {
        let pause = at_ms - self.last_ms;
        let is_late = announced == Announced::OfBomb && self.declared > self.seen();
        pause > if is_late { LATE_MS } else { BOMB_GAP_MS }
    }

    /// Adds gifts that belong to no bomb according to their message.
    fn lone(&mut self, recipients: &[PersonId], unnamed: u32) -> Change {
        let new = recipients
            .iter()
            .filter(|who| !self.recipients.contains(who) && self.lone.insert(**who))
            .count();
        let gifts = u32::try_from(new)
            .unwrap_or(u32::MAX)
            .saturating_add(unnamed);
        Change {
            is_new: gifts > 0,
            gifts,
            ..Change::default()
        }
    }

    fn gifts(&mut self, announced: Announced, recipients: &[PersonId], unnamed: u32) -> Change {
        let is_reported = !recipients.is_empty()
            && unnamed == 0
            && recipients.iter().all(|who| self.reported.contains(who));
        let mut is_new = unnamed > 0;
        for who in recipients {
            is_new |= !self.lone.contains(who) && self.recipients.insert(*who);
        }
        if announced == Announced::Bomb {
            if !is_reported {
                let count = u32::try_from(recipients.len())
                    .unwrap_or(u32::MAX)
                    .saturating_add(unnamed);
                self.declared = self.declared.saturating_add(count);
                // A report of one gift is not a bomb.
                self.reports = self.reports.saturating_add(u32::from(count > 1));
                self.reported.extend(recipients);
                is_new = true;
            }
        } else {
            self.unnamed = self.unnamed.saturating_add(unnamed);
        }
        let gifts = self.declared.max(self.seen());
        let (bombs, of_bombs) = if gifts > 1 {
            (self.reports.max(1), gifts)
        } else {
            (0, 0)
        };
        let before = std::mem::replace(
            &mut self.counted,
            Change {
                is_new,
                begins: false,
                gifts,
                bombs,
                of_bombs,
            },
        );
        Change {
            is_new,
            begins: false,
            gifts: gifts.saturating_sub(before.gifts),
            bombs: bombs.saturating_sub(before.bombs),
            of_bombs: of_bombs.saturating_sub(before.of_bombs),
        }
    }
}

impl GiftBombs {
    /// Whether this gift was already reported, within a bomb that may still continue.
    pub fn has(&self, gifter: PersonId, tier: Tier, recipient: PersonId, at_ms: i64) -> bool {
        let bomb = self
            .running
            .get(&(gifter, tier))
            .filter(|bomb| at_ms - bomb.last_ms <= BOMB_GAP_MS);
        bomb.is_some_and(|bomb| bomb.has(recipient))
    }

    /// Adds the gifts that a message announces: the gifts to `recipients`, and `unnamed` more.
    pub fn take(
        &mut self,
        (gifter, tier): (PersonId, Tier),
        announced: Announced,
        recipients: &[PersonId],
        unnamed: u32,
        at_ms: i64,
    ) -> Change {
        if self.running.len() > self.room.max(FEW) {
            self.running
                .retain(|_, bomb| at_ms - bomb.last_ms <= LATE_MS);
            // Checking all of them for each gift would take quadratic time.
            self.room = 2 * self.running.len();
        }
        let mut begins = !self.running.contains_key(&(gifter, tier));
        let bomb = self.running.entry((gifter, tier)).or_insert_with(|| Bomb {
            last_ms: at_ms,
            ..Bomb::default()
        });
        if bomb.is_over(announced, at_ms) {
            *bomb = Bomb::default();
            begins = true;
        }
        bomb.last_ms = bomb.last_ms.max(at_ms);
        let change = if announced == Announced::Lone {
            bomb.lone(recipients, unnamed)
        } else {
            bomb.gifts(announced, recipients, unnamed)
        };
        Change { begins, ..change }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{credits::People, event::Person};

    fn people(count: usize) -> Vec<PersonId> {
        let mut people = People::default();
        (0..count)
            .map(|id| {
                people
                    .register(&Person::new(&format!("{}", id + 1), "", "").unwrap(), 0)
                    .who
            })
            .collect()
    }

    /// Checking them for each gift would take quadratic time.
    #[test]
    fn bombs_are_checked_only_when_their_number_has_doubled() {
        let who = people(20_000);
        let mut gift_bombs = GiftBombs::default();
        let mut looked_through = 0;
        for gifter in &who {
            let room = gift_bombs.room;
            gift_bombs.take((*gifter, Tier::One), Announced::Single, &[*gifter], 0, 0);
            looked_through += usize::from(gift_bombs.room != room);
        }
        assert_eq!((gift_bombs.running.len(), looked_through), (who.len(), 5));
        gift_bombs.room = 0;
        for (place, gifter) in (2_i64..).zip(&who) {
            gift_bombs.take(
                (*gifter, Tier::Two),
                Announced::Single,
                &[*gifter],
                0,
                place * LATE_MS,
            );
        }
        assert!(
            gift_bombs.running.len() <= 2 * FEW,
            "{} that are over",
            gift_bombs.running.len()
        );
    }

    #[test]
    fn two_recipients_make_a_bomb_and_a_pause_ends_it() {
        let who = people(4);
        let mut gift_bombs = GiftBombs::default();
        let mut gift = |to: usize, tier, at| {
            let change = gift_bombs.take((who[0], tier), Announced::Single, &[who[to]], 0, at);
            (change.gifts, change.bombs, change.of_bombs)
        };
        assert_eq!(gift(1, Tier::One, 0), (1, 0, 0));
        assert_eq!(gift(1, Tier::One, 100), (0, 0, 0), "a second Twitchat page");
        assert_eq!(gift(2, Tier::One, 10_000), (1, 1, 2));
        assert_eq!(
            gift(2, Tier::Two, 10_001),
            (1, 0, 0),
            "another tier is another bomb"
        );
        assert_eq!(
            gift(3, Tier::One, 20_000),
            (1, 0, 1),
            "each within ten seconds of the last"
        );
        assert_eq!(gift(1, Tier::One, 30_001), (1, 0, 0));
    }

    /// How gifts are announced, their recipients, and the number of gifts without a recipient.
    type Message = (Announced, &'static [usize], u32);

    /// Numbers of gifts, bombs and gifts of bombs in total.
    fn counted(announced: &[Message]) -> (u32, u32, u32) {
        let who = people(9);
        let mut gift_bombs = GiftBombs::default();
        let mut sum = (0, 0, 0);
        for (announced, recipients, unnamed) in announced {
            let recipients: Vec<_> = recipients.iter().map(|place| who[*place]).collect();
            let change = gift_bombs.take((who[0], Tier::One), *announced, &recipients, *unnamed, 0);
            sum = (
                sum.0 + change.gifts,
                sum.1 + change.bombs,
                sum.2 + change.of_bombs,
            );
        }
        sum
    }

    #[test]
    fn a_bomb_counts_once_in_every_shape_and_order() {
        use Announced::{Bomb, Lone, OfBomb, Single};
        let three: [Message; 3] = [(OfBomb, &[1], 0), (OfBomb, &[2], 0), (OfBomb, &[3], 0)];
        let (unnamed, named): (Message, Message) = ((Bomb, &[], 3), (Bomb, &[1, 2, 3], 0));
        for report in [unnamed, named] {
            assert_eq!(counted(&[report]), (3, 1, 3), "the bomb alone");
            assert_eq!(
                counted(&[report, three[0], three[1], three[2]]),
                (3, 1, 3),
                "before its gifts"
            );
            assert_eq!(
                counted(&[three[0], report, three[1], three[2]]),
                (3, 1, 3),
                "between its gifts"
            );
            assert_eq!(
                counted(&[three[0], three[1], three[2], report]),
                (3, 1, 3),
                "after its gifts"
            );
            assert_eq!(
                counted(&[report, three[0]]),
                (3, 1, 3),
                "with some of its gifts"
            );
        }
        assert_eq!(counted(&three), (3, 1, 3), "its gifts alone");
        assert_eq!(counted(&[named, named]), (3, 1, 3), "reported twice");
        assert_eq!(
            counted(&[named, (Bomb, &[4, 5], 0)]),
            (5, 2, 5),
            "two bombs"
        );
        assert_eq!(
            counted(&[unnamed, unnamed, three[0], three[1], three[2]]),
            (6, 2, 6),
            "two bombs"
        );
        assert_eq!(
            counted(&[(Bomb, &[1], 0)]),
            (1, 0, 0),
            "one gift is not a bomb"
        );
        assert_eq!(
            counted(&[(Bomb, &[], 1), (OfBomb, &[1], 0)]),
            (1, 0, 0),
            "one gift is not a bomb"
        );
        assert_eq!(
            counted(&[unnamed, (Lone, &[4], 0)]),
            (4, 1, 3),
            "a gift of its own beside it"
        );
        assert_eq!(
            counted(&[(Lone, &[1], 0), (Lone, &[2], 0), (Lone, &[2], 0)]),
            (2, 0, 0),
            "two gifts of their own"
        );
        assert_eq!(
            counted(&[(Lone, &[1], 0), (Single, &[1], 0)]),
            (1, 0, 0),
            "one gift, reported twice"
        );
    }

    #[test]
    fn a_late_gift_still_belongs_to_its_bomb() {
        let who = people(3);
        let mut gift_bombs = GiftBombs::default();
        let mut take = |announced, to: &[PersonId], unnamed, at| {
            gift_bombs
                .take((who[0], Tier::One), announced, to, unnamed, at)
                .gifts
        };
        assert_eq!(take(Announced::Bomb, &[], 2, 0), 2);
        assert_eq!(take(Announced::OfBomb, &[who[1]], 0, 60_000), 0);
        assert_eq!(take(Announced::OfBomb, &[who[2]], 0, 100_000), 0);
        assert_eq!(
            take(Announced::OfBomb, &[who[0]], 0, 120_000),
            1,
            "the bomb is complete"
        );
    }
}
