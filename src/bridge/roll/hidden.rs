//! Names that change while the credits roll: people who are banned, hidden, renamed or merged, and
//! entries that are removed. A name is hidden or replaced where it stands, so that nothing moves,
//! and it returns when the ban ends or the edit is undone.
//!
//! Pages get a control that has the whole state. The roll itself, which they get again or late, has
//! the names as they are to be shown.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use serde_json::{Map, Value, json};

use crate::{
    bridge::forget::Identity,
    credits::{
        Fold, LeftOut, PersonId, Subject,
        roll::{Body, Place, Section},
    },
};

/// The text that replaces a hidden name: a space that keeps the height of the row.
const BLANK: &str = "\u{a0}";
/// Minimum milliseconds between two controls, each of which holds the whole state.
const EACH_MS: u64 = 250;

/// The places of people and values in the running roll.
#[derive(Debug, Default)]
pub(super) struct Shown {
    places: Vec<(Place, PersonId)>,
    /// Places whose name was ever changed in this roll, each with its current content; `None` hides
    /// the name.
    changed: BTreeMap<Place, Option<Value>>,
    /// The revision of the edits that the names already show.
    edits: u64,
    /// Whether a control must be sent to the pages.
    is_due: bool,
    /// When the next control is allowed, on the monotonic clock.
    free_ms: u64,
}

/// The credits as they are now, to compare the roll with.
pub(super) struct Current<'a> {
    pub(super) fold: &'a Fold,
    pub(super) left_out: &'a LeftOut<'a>,
    /// The sections as they would begin now. `None` for a test roll.
    pub(super) sections: Option<&'a [Section]>,
}

impl Shown {
    /// The state at the beginning of a roll. Such a roll contains nobody who is left out.
    pub(super) fn new(places: Vec<(Place, PersonId)>, edits: u64) -> Self {
        Self {
            places,
            edits,
            ..Self::default()
        }
    }

    /// The places of a roll of an earlier run. Edits are followed anew.
    pub(super) fn recalled(places: Vec<(Place, PersonId)>) -> Self {
        Self::new(places, u64::MAX)
    }

    /// The places of people, for the store.
    pub(super) fn places(&self) -> &[(Place, PersonId)] {
        &self.places
    }

    /// The credits were replaced, so people have other ids. People without one stay as they are.
    pub(super) fn rename_ids(&mut self, id: impl Fn(PersonId) -> Option<PersonId>) {
        self.places = self
            .places
            .iter()
            .filter_map(|(place, who)| Some((*place, id(*who)?)))
            .collect();
    }

    /// Whether edits were made or undone since the names were made.
    pub(super) fn lacks_edits(&self, fold: &Fold) -> bool {
        self.edits != fold.edits().revision()
    }

    /// Hides banned people, and shows them again after the ban, unless an edit decides about them.
    pub(super) fn follow_bans(&mut self, object: &Map<String, Value>, current: &Current<'_>) {
        let before = self.changed.clone();
        for (place, who) in &self.places {
            let hides = current.left_out.is_banned(*who) || current.fold.people.is_hidden(*who);
            if hides {
                self.changed.insert(*place, None);
            } else if self.changed.get(place) == Some(&None) {
                let name = renamed(object, *place, *who, current.fold);
                self.changed.insert(*place, name);
            }
        }
        self.is_due |= self.changed != before;
    }

    /// Takes a forgotten person out of the roll, and gives all others their new ids, which `same`
    /// returns. It returns `None` for the person.
    pub(super) fn forget(
        &mut self,
        object: &mut Map<String, Value>,
        identity: &Identity,
        same: impl Fn(PersonId) -> Option<PersonId>,
    ) {
        for (place, who) in std::mem::take(&mut self.places) {
            if let Some(new) = same(who) {
                self.places.push((place, new));
                continue;
            }
            let blank = blank(place);
            if let Some(sections) = object.get_mut("sections")
                && let Some(name) = sections.pointer_mut(&pointer(place))
            {
                *name = blank;
            }
            self.changed.insert(place, None);
            self.is_due = true;
        }
        let texts = object
            .values_mut()
            .chain(self.changed.values_mut().flatten());
        texts.for_each(|value| identity.strike_in(value));
    }

    /// The names are those of this fold, with its edits.
    pub(super) fn edits_are_of(&mut self, fold: &Fold) {
        self.edits = fold.edits().revision();
    }

    /// Follows edits: looks for the edited people and entries in the current credits.
    pub(super) fn follow_edits(&mut self, object: &Map<String, Value>, current: &Current<'_>) {
        self.edits = current.fold.edits().revision();
        let before = self.changed.clone();
        let subjects = current.fold.edits().subjects();
        match current.sections {
            Some(sections) => {
                let mut now = Names::of(sections, current.fold);
                for (place, subject) in self.named(object) {
                    let about = |subject: &Subject| is_about(&subjects, subject, current.fold);
                    let id = section_id(object, place);
                    let found = now.next(id, &shown(&subject, current.fold));
                    if about(&subject) && place.line.is_none() {
                        self.put(object, place, found);
                    }
                }
                self.follow_lines(object, current);
            }
            None => self.follow_lines(object, current),
        }
        self.is_due |= self.changed != before;
    }

    /// People below a name, and those of a test roll, are only hidden or renamed.
    fn follow_lines(&mut self, object: &Map<String, Value>, current: &Current<'_>) {
        let is_test = current.sections.is_none();
        let places = self.places.clone();
        for (place, who) in places {
            if !is_test && place.line.is_none() {
                continue;
            }
            let hides = current.left_out.is_banned(who) || current.fold.people.is_hidden(who);
            let name = if hides {
                None
            } else {
                renamed(object, place, who, current.fold)
            };
            self.put(object, place, name);
        }
    }

    /// Replaces the content of a place; `None` hides it.
    fn put(&mut self, object: &Map<String, Value>, place: Place, name: Option<Value>) {
        if self.changed.contains_key(&place) || name.as_ref() != original(object, place) {
            self.changed.insert(place, name);
        }
    }

    /// Adds the places of people who have joined the roll.
    pub(super) fn join(&mut self, places: impl IntoIterator<Item = (Place, PersonId)>) {
        self.places.extend(places);
    }

    /// Whether the name at a place is hidden.
    pub(super) fn hides(&self, place: Place) -> bool {
        self.changed.get(&place) == Some(&None)
    }

    /// Each name of the roll with its subject: of a person as they are shown now, of a text as an
    /// edit has changed it.
    pub(super) fn standing(
        &self,
        object: &Map<String, Value>,
        fold: &Fold,
    ) -> Vec<(Place, Subject)> {
        let mut named = self.named(object);
        for (place, subject) in &mut named {
            let changed = self.changed.get(place).and_then(Option::as_ref);
            let text = changed
                .and_then(|name| name.get("name"))
                .and_then(Value::as_str);
            match (&mut *subject, text) {
                (Subject::Text(old), Some(text)) => *old = text.into(),
                (Subject::Person(_), _) => *subject = shown(subject, fold),
                (Subject::Text(_), None) => {}
            }
        }
        named
    }

    /// Each name of the roll with its subject.
    fn named(&self, object: &Map<String, Value>) -> Vec<(Place, Subject)> {
        let people: HashMap<Place, PersonId> = self.places.iter().copied().collect();
        let mut named = Vec::new();
        let sections = object.get("sections").and_then(Value::as_array);
        for (section, one) in sections.into_iter().flatten().enumerate() {
            let list = one.get("names").and_then(Value::as_array);
            for (name, object) in list.into_iter().flatten().enumerate() {
                let place = Place {
                    section,
                    name,
                    line: None,
                };
                let subject = if let Some(who) = people.get(&place) {
                    Subject::Person(*who)
                } else {
                    let text = object.get("name").and_then(Value::as_str);
                    Subject::Text(text.unwrap_or_default().into())
                };
                named.push((place, subject));
            }
        }
        named
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

    /// The content for each place that was ever changed, for the pages; `null` hides it.
    pub(super) fn replaced(&self) -> Value {
        let one = |(place, name): (&Place, &Option<Value>)| {
            let at: Vec<usize> = [place.section, place.name]
                .into_iter()
                .chain(place.line)
                .collect();
            let name = name.as_ref().map(|name| self.with_lines(*place, name));
            json!({ "at": at, "name": name })
        };
        self.changed.iter().map(one).collect::<Vec<_>>().into()
    }

    /// A name as it is to be shown, with the lines below it as they are to be shown.
    fn with_lines(&self, at: Place, name: &Value) -> Value {
        let mut name = name.clone();
        if at.line.is_some() {
            return name;
        }
        let lines = self.changed.iter().filter(|(place, _)| {
            (place.section, place.name) == (at.section, at.name) && place.line.is_some()
        });
        for (place, shown) in lines {
            let line = place.line.unwrap_or_default();
            if let Some(below) = name.pointer_mut(&format!("/lines/{line}")) {
                *below = shown.clone().unwrap_or_else(|| json!({ "text": BLANK }));
            }
        }
        name
    }

    /// Puts the names as they are to be shown into a roll's object.
    pub(super) fn write(&self, object: &mut Map<String, Value>) {
        if self.changed.is_empty() {
            return;
        }
        let replaced = self.replaced();
        if let Some(sections) = object.get_mut("sections") {
            // A name's lines before the name itself, which they go with.
            for (place, shown) in self.changed.iter().rev() {
                let Some(name) = sections.pointer_mut(&pointer(*place)) else {
                    continue;
                };
                *name = match shown {
                    Some(shown) => self.with_lines(*place, shown),
                    None => blank(*place),
                };
            }
        }
        object.insert("replaced".into(), replaced);
    }
}

/// A hidden name, or a hidden line below one.
fn blank(place: Place) -> Value {
    let key = if place.line.is_some() { "text" } else { "name" };
    json!({ key: BLANK })
}

/// The names of each section by their subject, in the order of the section.
struct Names(HashMap<(Box<str>, Subject), VecDeque<Value>>);

impl Names {
    fn of(sections: &[Section], fold: &Fold) -> Self {
        let mut names: HashMap<_, VecDeque<Value>> = HashMap::new();
        for section in sections {
            let Body::People { names: list, .. } = &section.body else {
                continue;
            };
            for name in list {
                let subject = match name.who {
                    Some(who) => Subject::Person(fold.people.shown(who)),
                    None => Subject::Text(name.name.as_str().into()),
                };
                names
                    .entry((section.id.clone(), subject))
                    .or_default()
                    .push_back(json!(name));
            }
        }
        Self(names)
    }

    /// The next name of this subject in a section, if there is one more.
    fn next(&mut self, section: &str, subject: &Subject) -> Option<Value> {
        self.0
            .get_mut(&(section.into(), subject.clone()))?
            .pop_front()
    }
}

/// A subject as it is shown: somebody who was merged into another person is that person.
fn shown(subject: &Subject, fold: &Fold) -> Subject {
    match subject {
        Subject::Person(who) => Subject::Person(fold.people.shown(*who)),
        Subject::Text(text) => Subject::Text(text.clone()),
    }
}

/// Whether any edit is about this subject.
fn is_about(subjects: &HashSet<Subject>, subject: &Subject, fold: &Fold) -> bool {
    subjects.contains(subject)
        || match subject {
            Subject::Person(who) => subjects.iter().any(|one| match one {
                Subject::Person(other) => {
                    fold.people.root(*other) == fold.people.root(*who)
                        || fold.people.shown(*other) == fold.people.shown(*who)
                }
                Subject::Text(_) => false,
            }),
            Subject::Text(_) => false,
        }
}

fn section_id(object: &Map<String, Value>, place: Place) -> &str {
    let id = object
        .get("sections")
        .and_then(|sections| sections.pointer(&format!("/{}/id", place.section)));
    id.and_then(Value::as_str).unwrap_or_default()
}

/// The content of a place when the roll began.
fn original(object: &Map<String, Value>, place: Place) -> Option<&Value> {
    object.get("sections")?.pointer(&pointer(place))
}

/// The content of a place when the roll began, but with the person's current name.
fn renamed(object: &Map<String, Value>, place: Place, who: PersonId, fold: &Fold) -> Option<Value> {
    let mut name = original(object, place)?.clone();
    let key = if place.line.is_some() { "text" } else { "name" };
    if fold.people.is_renamed(who)
        && let Some(text) = name.get_mut(key)
    {
        *text = fold.people.name(who).into();
    }
    Some(name)
}

/// The JSON pointer to a place in the list of sections.
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
