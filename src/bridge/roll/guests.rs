//! People who are counted while the credits roll, and join a section of the roll.
//!
//! They are added after the names that a section has, so that places of names stay what they are.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value, json};

use super::hidden::Shown;
use crate::credits::{
    Fold, PersonId, Subject,
    roll::{self, Body, Name, Place, Section},
};

/// Minimum milliseconds between two searches for guests.
const EACH_MS: u64 = 1_000;

/// Which names of the current roll have joined it, and when to look for more.
#[derive(Debug, Default)]
pub(super) struct Guests {
    /// For each section with guests, the number of names before the first of them.
    first: BTreeMap<usize, usize>,
    /// `Fold::changes` at the last search; `None` if there was none in this run of the bridge.
    seen: Option<u64>,
    is_due: bool,
    /// When the next search is allowed, on the monotonic clock.
    free_ms: u64,
    /// Whether pages lack any of them.
    is_unsent: bool,
}

/// The names that join one section.
#[derive(Debug)]
pub(super) struct Joining {
    section: usize,
    title: String,
    names: Vec<Value>,
    /// The places of people in them.
    places: Vec<(Place, PersonId)>,
}

impl Guests {
    /// The state of a roll that has everybody up to this number of changes of the credits.
    pub(super) fn since(changes: u64) -> Self {
        Self {
            seen: Some(changes),
            ..Self::default()
        }
    }

    /// The credits have had this number of changes.
    pub(super) fn notice(&mut self, changes: u64) {
        self.is_due |= self.seen.replace(changes) != Some(changes);
    }

    /// A page lacks names of the roll.
    pub(super) fn send_again(&mut self) {
        self.is_unsent |= !self.first.is_empty();
        self.is_due |= self.is_unsent;
    }

    /// When to look for guests, on the monotonic clock; `None` if the credits have not changed.
    pub(super) fn due_ms(&self) -> Option<u64> {
        self.is_due.then_some(self.free_ms)
    }

    /// Whether to look for guests now. If so, the next call returns `false`.
    pub(super) fn take(&mut self, mono_ms: u64) -> bool {
        let is_due = self.due_ms().is_some_and(|due_ms| mono_ms >= due_ms);
        if is_due {
            (self.is_due, self.free_ms) = (false, mono_ms + EACH_MS);
        }
        is_due
    }

    /// Whether the list has to be sent. If so, the next call returns `false`.
    pub(super) fn take_unsent(&mut self) -> bool {
        std::mem::take(&mut self.is_unsent)
    }

    /// Adds names to the object of the roll. Returns how many they are.
    pub(super) fn join(
        &mut self,
        joining: Vec<Joining>,
        object: &mut Map<String, Value>,
        people: &mut Shown,
    ) -> usize {
        let mut count = 0;
        for one in joining {
            let Some(Value::Object(section)) = section_mut(object, one.section) else {
                continue;
            };
            let Some(names) = section.get_mut("names").and_then(Value::as_array_mut) else {
                continue;
            };
            self.first.entry(one.section).or_insert(names.len());
            count += one.names.len();
            names.extend(one.names);
            section.insert("title".into(), one.title.into());
            people.join(one.places);
        }
        self.is_unsent |= count > 0;
        count
    }

    /// All guests of the roll, for the pages.
    pub(super) fn list(&self, object: &Map<String, Value>) -> Value {
        let one = |(at, from): (&usize, &usize)| {
            let section = object.get("sections")?.get(at)?;
            let names = section.get("names")?.as_array()?.get(*from..)?;
            Some(
                json!({ "section": at, "from": from, "title": section.get("title"),
                "names": names }),
            )
        };
        self.first.iter().filter_map(one).collect()
    }
}

/// Finds the names of the current sections that the roll lacks. A section that is full, such as a
/// leaderboard, gets none.
pub(super) fn find(
    object: &Map<String, Value>,
    people: &Shown,
    current: &[Section],
    fold: &Fold,
) -> Vec<Joining> {
    let mut standing: HashMap<(usize, Subject), usize> = HashMap::new();
    let mut visible: HashMap<usize, usize> = HashMap::new();
    for (place, subject) in people.standing(object, fold) {
        *standing.entry((place.section, subject)).or_default() += 1;
        if !people.hides(place) {
            *visible.entry(place.section).or_default() += 1;
        }
    }
    let shown = object.get("sections").and_then(Value::as_array);
    let mut all = Vec::new();
    for (section, one) in shown.into_iter().flatten().enumerate() {
        let id = one.get("id").and_then(Value::as_str);
        let Some(now) = current.iter().find(|now| Some(&*now.id) == id) else {
            continue;
        };
        let (Body::People { title, names, .. }, Some(old)) =
            (&now.body, one.get("names").and_then(Value::as_array))
        else {
            continue;
        };
        let room = names
            .len()
            .saturating_sub(visible.get(&section).copied().unwrap_or_default());
        let is_new = |name: &Name| {
            let count = standing
                .entry((section, subject_of(name, fold)))
                .or_default();
            let is_new = *count == 0;
            *count = count.saturating_sub(1);
            is_new
        };
        let new = indices(names, is_new, room);
        if new.is_empty() {
            continue;
        }
        let own = roll::places(std::slice::from_ref(now));
        let at: HashMap<usize, usize> = new.iter().copied().zip(old.len()..).collect();
        let places = own.into_iter().filter_map(|(place, who)| {
            let name = *at.get(&place.name)?;
            Some((
                Place {
                    section,
                    name,
                    ..place
                },
                who,
            ))
        });
        all.push(Joining {
            section,
            title: title.clone(),
            places: places.collect(),
            names: new
                .iter()
                .filter_map(|index| names.get(*index))
                .map(|name| json!(name))
                .collect(),
        });
    }
    all
}

/// All these names as one list.
pub(super) fn names(joining: &[Joining]) -> Value {
    let names = joining.iter().flat_map(|one| &one.names);
    names.cloned().collect()
}

/// The indices of at most `most` names for which `fits` is true.
fn indices(names: &[Name], mut fits: impl FnMut(&Name) -> bool, most: usize) -> Vec<usize> {
    let numbered = names.iter().enumerate();
    let fitting = numbered.filter(|(_, name)| fits(name));
    fitting.map(|(index, _)| index).take(most).collect()
}

fn subject_of(name: &Name, fold: &Fold) -> Subject {
    match name.who {
        Some(who) => Subject::Person(fold.people.shown(who)),
        None => Subject::Text(name.name.as_str().into()),
    }
}

fn section_mut(object: &mut Map<String, Value>, section: usize) -> Option<&mut Value> {
    object.get_mut("sections")?.get_mut(section)
}
