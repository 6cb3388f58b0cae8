//! The people of one section: each once, in the order in which they were first seen, with count and
//! amount.

use std::collections::HashMap;

use super::{known::PersonId, people::People, section::Section};
use crate::event::fact::Tier;

/// The line of one person in a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TallyEntry {
    pub who: PersonId,
    pub count: u32,
    /// Total of bits, viewers, points or gifted subscriptions; for months the greatest number. 0 if
    /// there is no amount.
    pub amount: u64,
    /// Highest tier; `None` if there is none.
    pub tier: Option<Tier>,
    /// Time of the first event, Unix milliseconds.
    pub first_ms: i64,
    /// Time of the last event, Unix milliseconds.
    pub last_ms: i64,
}

/// How the amounts of one person are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Amounts {
    #[default]
    Sum,
    /// The greatest amount counts, because a number of months is a state and not a sum.
    Greatest,
}

impl TallyEntry {
    fn absorb(&mut self, other: &Self, amounts: Amounts) {
        self.count = self.count.saturating_add(other.count);
        self.amount = match amounts {
            Amounts::Sum => self.amount.saturating_add(other.amount),
            Amounts::Greatest => self.amount.max(other.amount),
        };
        self.tier = self.tier.max(other.tier);
        self.first_ms = self.first_ms.min(other.first_ms);
        self.last_ms = self.last_ms.max(other.last_ms);
    }
}

/// The people of a section.
#[derive(Debug, Default)]
pub struct Tally {
    amounts: Amounts,
    entries: Vec<TallyEntry>,
    places: HashMap<PersonId, u32>,
}

impl Tally {
    pub fn of(section: Section) -> Self {
        let amounts = if matches!(section, Section::Subs | Section::ReSubs) {
            Amounts::Greatest
        } else {
            Amounts::Sum
        };
        Self {
            amounts,
            ..Self::default()
        }
    }

    /// Adds an event to the line of a person.
    pub fn add(&mut self, who: PersonId, count: u32, amount: u64, tier: Option<Tier>, at_ms: i64) {
        let addition = TallyEntry {
            who,
            count,
            amount,
            tier,
            first_ms: at_ms,
            last_ms: at_ms,
        };
        let place = self
            .places
            .get(&who)
            .and_then(|place| self.entries.get_mut(*place as usize));
        if let Some(entry) = place {
            entry.absorb(&addition, self.amounts);
        } else {
            self.places
                .insert(who, u32::try_from(self.entries.len()).unwrap_or(u32::MAX));
            self.entries.push(addition);
        }
    }

    /// Subtracts an event that turned out to be something else. A line with count 0 is hidden. For
    /// months only the count is reduced.
    pub fn take_back(&mut self, who: PersonId, count: u32, amount: u64) {
        if let Some(entry) = self
            .places
            .get(&who)
            .and_then(|place| self.entries.get_mut(*place as usize))
        {
            entry.count = entry.count.saturating_sub(count);
            if self.amounts == Amounts::Sum {
                entry.amount = entry.amount.saturating_sub(amount);
            }
        }
    }

    pub fn get(&self, who: PersonId) -> Option<&TallyEntry> {
        self.places
            .get(&who)
            .and_then(|place| self.entries.get(*place as usize))
    }

    /// The line of each person, in the order in which they were first seen. Entries of the same
    /// person are merged.
    pub fn people<'a>(&'a self, people: &'a People) -> Vec<TallyEntry> {
        self.lines(people).collect()
    }

    /// Like [`Self::people`], as an iterator. It is lazy unless entries have to be merged.
    pub fn lines<'a>(&'a self, people: &'a People) -> Box<dyn Iterator<Item = TallyEntry> + 'a> {
        let entries = self.entries.iter().filter(|entry| entry.count > 0);
        if !self
            .entries
            .iter()
            .any(|entry| people.shown(entry.who) != entry.who)
        {
            return Box::new(entries.copied());
        }
        let mut list: Vec<TallyEntry> = Vec::with_capacity(self.entries.len());
        let mut merged: HashMap<PersonId, usize> = HashMap::new();
        for entry in entries {
            let who = people.shown(entry.who);
            if let Some(before) = merged.get(&who).and_then(|place| list.get_mut(*place)) {
                before.absorb(entry, self.amounts);
            } else {
                merged.insert(who, list.len());
                list.push(TallyEntry { who, ..*entry });
            }
        }
        Box::new(list.into_iter())
    }

    /// Number of lines, hidden ones included.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}
