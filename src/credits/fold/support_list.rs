//! Lists money and memberships, with one line for each person.

use std::collections::HashMap;

use crate::{
    credits::{PersonId, Sums, single::SupportOnce},
    event::EventName,
};

/// The money and memberships of one person.
#[derive(Debug, Clone)]
pub struct SupportLine {
    pub who: PersonId,
    pub count: u32,
    /// The sum in each currency.
    pub money: Sums,
    /// What was bought, or the tier, without duplicates.
    pub what: Vec<Box<str>>,
    /// The last event that reported it.
    pub name: EventName,
    /// Time of the first one, Unix milliseconds.
    pub first_ms: i64,
    /// Time of the last one, Unix milliseconds.
    pub last_ms: i64,
}

/// The lines of one kind of support, with an index by person.
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

    /// Adds support to the person's line.
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
