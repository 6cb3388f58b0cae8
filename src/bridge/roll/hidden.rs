//! People who are banned while the credits roll: their names are hidden where they stand, so that
//! nothing moves, and shown again after the ban.
//!
//! Pages are told by a control, which has the whole state, and by the roll itself, which they get
//! again or late.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::credits::{PersonId, roll::Place};

/// What stands in the place of a hidden name: a space that keeps its row.
const BLANK: &str = "\u{a0}";
/// At least this long between two messages to pages, each of which has the whole state.
const EACH_MS: u64 = 250;

/// Who stands where in the roll that is on.
#[derive(Debug, Default)]
pub(super) struct Shown {
    places: Vec<(Place, PersonId)>,
    /// Places of those who were ever hidden in this roll, and whether they are now.
    hidden: BTreeMap<Place, bool>,
    /// Pages are to be told.
    is_due: bool,
    /// Not before this, on the monotonic clock.
    free_ms: u64,
}

impl Shown {
    /// At the beginning of a roll, which has no banned people in it.
    pub(super) fn new(places: Vec<(Place, PersonId)>) -> Self {
        Self {
            places,
            ..Self::default()
        }
    }

    /// Hides and shows.
    pub(super) fn update(&mut self, is_banned: impl Fn(PersonId) -> bool) {
        let before = self.hidden.clone();
        for (place, who) in &self.places {
            let hides = is_banned(*who);
            if hides || self.hidden.contains_key(place) {
                self.hidden.insert(*place, hides);
            }
        }
        self.is_due |= self.hidden != before;
    }

    /// When pages are to be told at the latest.
    pub(super) fn due_ms(&self) -> Option<u64> {
        self.is_due.then_some(self.free_ms)
    }

    /// Whether pages are to be told now.
    pub(super) fn take(&mut self, mono_ms: u64) -> bool {
        let is_due = self.due_ms().is_some_and(|due_ms| mono_ms >= due_ms);
        if is_due {
            (self.is_due, self.free_ms) = (false, mono_ms + EACH_MS);
        }
        is_due
    }

    /// What pages are to put into each place that was ever hidden; `null` hides it.
    pub(super) fn replaced(&self, object: &Map<String, Value>) -> Value {
        let one = |(place, hides): (&Place, &bool)| {
            let at: Vec<usize> = [place.section, place.name]
                .into_iter()
                .chain(place.line)
                .collect();
            json!({ "at": at, "name": (!hides).then(|| self.name(object, *place)).flatten() })
        };
        self.hidden.iter().map(one).collect::<Vec<_>>().into()
    }

    /// A name as it is to be shown, without lines of people who are hidden.
    fn name(&self, object: &Map<String, Value>, at: Place) -> Option<Value> {
        let mut name = object.get("sections")?.pointer(&pointer(at))?.clone();
        if at.line.is_none() {
            let hidden = self.hidden.iter().filter(|(place, hides)| {
                **hides && (place.section, place.name) == (at.section, at.name)
            });
            for line in hidden.filter_map(|(place, _)| place.line) {
                if let Some(below) = name.pointer_mut(&format!("/lines/{line}")) {
                    *below = json!({ "text": BLANK });
                }
            }
        }
        Some(name)
    }

    /// Takes hidden names out of a roll's object.
    pub(super) fn write(&self, object: &mut Map<String, Value>) {
        if self.hidden.is_empty() {
            return;
        }
        let replaced = self.replaced(object);
        if let Some(sections) = object.get_mut("sections") {
            // A name's lines before the name itself, which they go with.
            for (place, _) in self.hidden.iter().rev().filter(|(_, hides)| **hides) {
                if let Some(name) = sections.pointer_mut(&pointer(*place)) {
                    *name = if place.line.is_some() {
                        json!({ "text": BLANK })
                    } else {
                        json!({ "name": BLANK })
                    };
                }
            }
        }
        object.insert("replaced".into(), replaced);
    }
}

/// Where a place is in the list of sections.
fn pointer(place: Place) -> String {
    let Place {
        section,
        name,
        line,
    } = place;
    let below = line
        .map(|line| format!("/lines/{line}"))
        .unwrap_or_default();
    format!("/{section}/names/{name}{below}")
}
