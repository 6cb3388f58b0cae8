//! Hides the names of people who are banned while the credits roll. A hidden name leaves its space
//! empty, so that nothing moves, and it is shown again when the ban ends.
//!
//! Pages learn this from a control, which holds the whole state, and from the roll itself, which
//! they may receive again or late.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::credits::{PersonId, roll::Place};

/// The text that replaces a hidden name: a space that keeps the height of the row.
const BLANK: &str = "\u{a0}";
/// Minimum milliseconds between two controls, each of which holds the whole state.
const EACH_MS: u64 = 250;

/// The places of people in the current roll, and which of them are hidden.
#[derive(Debug, Default)]
pub(super) struct Shown {
    places: Vec<(Place, PersonId)>,
    /// Places that were ever hidden in this roll, and whether they are hidden now.
    hidden: BTreeMap<Place, bool>,
    /// Whether pages have to be informed.
    is_due: bool,
    /// When the next control is allowed, on the monotonic clock.
    free_ms: u64,
}

impl Shown {
    /// The state at the beginning of a roll, which contains no banned people.
    pub(super) fn new(places: Vec<(Place, PersonId)>) -> Self {
        Self {
            places,
            ..Self::default()
        }
    }

    /// Hides the people who are banned, and shows again those who no longer are.
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

    /// When pages are to be informed, on the monotonic clock; `None` if nothing has changed.
    pub(super) fn due_ms(&self) -> Option<u64> {
        self.is_due.then_some(self.free_ms)
    }

    /// Whether pages are to be informed now. If so, the next call returns `false`.
    pub(super) fn take(&mut self, mono_ms: u64) -> bool {
        let is_due = self.due_ms().is_some_and(|due_ms| mono_ms >= due_ms);
        if is_due {
            (self.is_due, self.free_ms) = (false, mono_ms + EACH_MS);
        }
        is_due
    }

    /// The value that pages have to put into each place that was ever hidden; `null` hides it.
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

    /// A name as it is to be shown, with lines of hidden people blanked.
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

    /// Removes hidden names from a roll's object.
    pub(super) fn write(&self, object: &mut Map<String, Value>) {
        if self.hidden.is_empty() {
            return;
        }
        let replaced = self.replaced(object);
        if let Some(sections) = object.get_mut("sections") {
            // The lines below a name come first, because hiding the name removes them.
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

/// The JSON pointer of a place within the list of sections.
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
