//! Lists money and memberships, with one line for each person.

use std::{borrow::Cow, collections::HashMap};

use crate::{
    credits::{People, PersonId, Sums, single::SupportOnce},
    event::EventName,
};

/// The money and memberships of one person.
#[derive(Debug, Clone)]
pub struct SupportLine {
    pub who: PersonId,
    pub count: u32,
    /// The sum in each currency.
    pub money: Sums,
    /// The purchases or the tiers, without duplicates.
    pub what: Vec<Box<str>>,
    /// The last event that reported it.
    pub name: EventName,
    /// Time of the first support, Unix milliseconds.
    pub first_ms: i64,
    /// Time of the last support, Unix milliseconds.
    pub last_ms: i64,
}

impl SupportLine {
    fn absorb(&mut self, other: &Self) {
        self.count = self.count.saturating_add(other.count);
        for money in other.money.iter() {
            self.money.add(money.clone());
        }
        for what in &other.what {
            if !self.what.contains(what) {
                self.what.push(what.clone());
            }
        }
        if other.last_ms > self.last_ms {
            self.name.clone_from(&other.name);
        }
        self.first_ms = self.first_ms.min(other.first_ms);
        self.last_ms = self.last_ms.max(other.last_ms);
    }
}

/// Lines of one kind of support, with each person's place.
#[derive(Debug, Default)]
pub(super) struct SupportList {
    lines: Vec<SupportLine>,
    places: HashMap<PersonId, usize>,
}

impl SupportList {
    /// The lines, in the order of each person's first support.
    pub(super) fn lines(&self) -> &[SupportLine] {
        &self.lines
    }

    /// The lines, with one line for entries that are shown as one person.
    pub(super) fn shown<'a>(&'a self, people: &People) -> Vec<Cow<'a, SupportLine>> {
        let mut list: Vec<Cow<'a, SupportLine>> = Vec::with_capacity(self.lines.len());
        let mut places: HashMap<PersonId, usize> = HashMap::new();
        for line in &self.lines {
            let who = people.shown(line.who);
            if let Some(before) = places.get(&who).and_then(|place| list.get_mut(*place)) {
                before.to_mut().absorb(line);
            } else {
                places.insert(who, list.len());
                if who == line.who {
                    list.push(Cow::Borrowed(line));
                } else {
                    list.push(Cow::Owned(SupportLine {
                        who,
                        ..line.clone()
                    }));
                }
            }
        }
        list
    }

    /// Adds support to its person's line.
    pub(super) fn add(&mut self, once: &SupportOnce) {
        let place = *self.places.entry(once.who).or_insert(self.lines.len());
        if place == self.lines.len() {
            self.lines.push(SupportLine {
                who: once.who,
                count: 0,
                money: Sums::default(),
                what: Vec::new(),
                name: once.name.clone(),
                first_ms: once.at_ms,
                last_ms: once.at_ms,
            });
        }
        let Some(line) = self.lines.get_mut(place) else {
            return;
        };
        line.count += 1;
        line.last_ms = once.at_ms;
        line.name.clone_from(&once.name);
        if let Some(money) = &once.money {
            line.money.add(money.clone());
        }
        if !once.what.is_empty() && !line.what.contains(&once.what) {
            line.what.push(once.what.clone());
        }
    }
}
