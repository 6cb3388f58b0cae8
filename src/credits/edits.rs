//! Corrections of the credits by the streamer: people who are hidden, renamed or merged, entries
//! that are removed or added.
//!
//! An edit deletes nothing. It changes how the fold is read, so an undo brings back everything,
//! including facts that were counted since. Edits of people outlive their session; a removed or an
//! added entry belongs to its session.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{edited_people::EditedPeople, known::PersonId, people::People};

#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// Leaves a person out everywhere.
    Hide { who: PersonId },
    /// Ends [`Edit::Hide`].
    Show { who: PersonId },
    /// Shows a person under another name.
    Rename { who: PersonId, name: Box<str> },
    /// Counts the facts of `who` as facts of `into`.
    Merge { who: PersonId, into: PersonId },
    /// Leaves one entry out.
    Remove { entry: EntryId, of: Subject },
    /// Adds a value to a section that the streamer defined.
    Add { section: Box<str>, value: Value },
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    Person(PersonId),
    /// The text of an entry that is not a person: a game, or an added value.
    Text(Box<str>),
}

impl Edit {
    /// Whether the edit also holds in later sessions.
    pub fn outlives_session(&self) -> bool {
        !matches!(self, Self::Remove { .. } | Self::Add { .. })
    }

    /// The people and texts that the edit shows differently.
    fn subjects(&self) -> impl Iterator<Item = Subject> {
        let (first, second) = match self {
            Self::Hide { who } | Self::Show { who } | Self::Rename { who, .. } => {
                (Some(Subject::Person(*who)), None)
            }
            Self::Merge { who, into } => {
                (Some(Subject::Person(*who)), Some(Subject::Person(*into)))
            }
            Self::Remove { of, .. } => (Some(of.clone()), None),
            Self::Add { value, .. } => (Some(Subject::Text(text_of(value))), None),
        };
        first.into_iter().chain(second)
    }
}

/// The name of a value in the credits: its text, or its `name` if it is an object.
pub fn text_of(value: &Value) -> Box<str> {
    match value {
        Value::String(text) => text.as_str().into(),
        Value::Object(object) => match object.get("name") {
            Some(Value::String(name)) => name.as_str().into(),
            _ => value.to_string().into(),
        },
        other => other.to_string().into(),
    }
}

/// Stays the same in each reply and after a restart, because it is made of the section and the
/// subject of the entry.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EntryId(Box<str>);

impl EntryId {
    pub fn of_person(section: &str, who: PersonId, people: &People) -> Self {
        let who = people.shown(who);
        let Some(known) = people.known(who) else {
            return Self::of(section, "");
        };
        let name = if known.login.is_empty() {
            &known.display
        } else {
            &known.login
        };
        if known.id.is_empty() {
            Self::of_name(section, known.platform.as_str(), name)
        } else {
            Self::of(
                section,
                &format!("{} {}", known.platform.as_str(), known.id),
            )
        }
    }

    /// The ids that a person's entry had before the person's platform id became known.
    fn former(section: &str, who: PersonId, people: &People) -> impl Iterator<Item = Self> {
        let known = people.known(people.shown(who));
        let names = known.into_iter().flat_map(|known| {
            [&known.login, &known.display].map(|name| (known.platform.as_str(), &**name))
        });
        names.map(move |(platform, name)| Self::of_name(section, platform, name))
    }

    /// The id of an entry that is not a person.
    pub fn of_value(section: &str, value: &Value) -> Self {
        Self::of(section, &value.to_string())
    }

    fn of_name(section: &str, platform: &str, name: &str) -> Self {
        Self::of(section, &format!("{platform} @{}", name.to_lowercase()))
    }

    fn of(section: &str, subject: &str) -> Self {
        let word: String = section
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .take(24)
            .collect();
        let digest = Sha256::digest(format!("{section}\n{subject}"));
        let hash = digest
            .iter()
            .take(5)
            .fold(0_u64, |hash, byte| (hash << 8) | u64::from(*byte));
        let word = if word.is_empty() { "entry" } else { &word };
        Self(format!("{word}-{hash:010x}").into())
    }

    /// Reads an id in the form that users write.
    pub fn parse(text: &str) -> Self {
        Self(text.trim().to_ascii_lowercase().into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An edit with the number of its row in the journal.
#[derive(Debug)]
struct Made {
    seq: u64,
    edit: Edit,
    undone: bool,
}

/// All edits that apply in this session, oldest first, and their combined effect.
#[derive(Debug, Default)]
pub struct Edits {
    list: Vec<Made>,
    removed: HashSet<EntryId>,
    added: BTreeMap<Box<str>, Vec<Value>>,
    revision: u64,
}

impl Edits {
    /// Increases with each change, so that earlier replies are out of date.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Makes the revision greater than the revision of the edits that these replace.
    pub(super) fn continue_from(&mut self, revision: u64) {
        self.revision += revision + 1;
    }

    pub(super) fn begin_session(&mut self) {
        self.list.retain(|made| made.edit.outlives_session());
        self.sum_up();
    }

    pub(super) fn add(&mut self, seq: u64, edit: Edit) {
        self.list.push(Made {
            seq,
            edit,
            undone: false,
        });
        self.sum_up();
    }

    /// Takes back the edit with this number. Returns `false` if there is none, or if it is already
    /// undone.
    pub(super) fn undo(&mut self, seq: u64) -> bool {
        let made = self
            .list
            .iter_mut()
            .find(|made| made.seq == seq && !made.undone);
        let is_there = made.map(|made| made.undone = true).is_some();
        self.sum_up();
        is_there
    }

    /// Takes back an edit that was only tried out.
    pub(super) fn take_back_trial(&mut self) {
        self.list.pop();
        self.sum_up();
    }

    /// The edit that the next undo takes back, with its number.
    pub fn last(&self) -> Option<(u64, &Edit)> {
        let made = self.list.iter().rev().find(|made| !made.undone)?;
        Some((made.seq, &made.edit))
    }

    /// How many edits an undo could take back.
    pub fn len(&self) -> usize {
        self.standing().count()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The people and texts of all edits, including undone ones. Names and entries of these may
    /// have changed.
    pub fn subjects(&self) -> HashSet<Subject> {
        self.list
            .iter()
            .flat_map(|made| made.edit.subjects())
            .collect()
    }

    /// Values that were added, by section.
    pub(super) fn added(&self) -> &BTreeMap<Box<str>, Vec<Value>> {
        &self.added
    }

    /// Whether any entry is removed. If not, callers need not ask [`Self::is_removed`].
    pub fn removes_any(&self) -> bool {
        !self.removed.is_empty()
    }

    pub fn is_removed(&self, section: &str, who: PersonId, people: &People) -> bool {
        self.removes_any()
            && (self
                .removed
                .contains(&EntryId::of_person(section, who, people))
                || EntryId::former(section, who, people).any(|id| self.removed.contains(&id)))
    }

    pub fn is_value_removed(&self, section: &str, value: &Value) -> bool {
        self.removes_any() && self.removed.contains(&EntryId::of_value(section, value))
    }

    fn standing(&self) -> impl Iterator<Item = &Edit> {
        self.list
            .iter()
            .filter(|made| !made.undone)
            .map(|made| &made.edit)
    }

    fn sum_up(&mut self) {
        self.revision += 1;
        let mut removed = HashSet::new();
        let mut added: BTreeMap<Box<str>, Vec<Value>> = BTreeMap::new();
        for edit in self.standing() {
            match edit {
                Edit::Remove { entry, .. } => {
                    removed.insert(entry.clone());
                }
                Edit::Add { section, value } => {
                    // A value that is added after its removal is shown again.
                    removed.remove(&EntryId::of_value(section, value));
                    let list = added.entry(section.clone()).or_default();
                    if !list.contains(value) {
                        list.push(value.clone());
                    }
                }
                _ => {}
            }
        }
        (self.removed, self.added) = (removed, added);
    }

    /// The combined effect of all edits of people.
    pub(super) fn people(&self, people: &People) -> EditedPeople {
        let mut edited = EditedPeople::default();
        let shown = |edited: &EditedPeople, who: PersonId| {
            let mut who = people.root(who);
            while let Some(next) = edited.shown(who) {
                who = people.root(next);
            }
            who
        };
        // Each edit applies to the person who was shown when the edit was made.
        for edit in self.standing() {
            match edit {
                Edit::Hide { who } => {
                    edited.hidden.insert(shown(&edited, *who));
                }
                Edit::Show { who } => {
                    edited.hidden.remove(&shown(&edited, *who));
                }
                Edit::Rename { who, name } => {
                    edited.names.insert(shown(&edited, *who), name.clone());
                }
                Edit::Merge { who, into } => {
                    let (who, into) = (shown(&edited, *who), shown(&edited, *into));
                    if who != into {
                        edited.same_as.insert(who, into);
                    }
                }
                Edit::Remove { .. } | Edit::Add { .. } => {}
            }
        }
        edited
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde_json::json;

    use super::*;
    use crate::event::{Person, Platform};

    fn two() -> (People, PersonId, PersonId) {
        let mut people = People::default();
        let mut register = |id| {
            people
                .register(&Person::new(id, "", &format!("n{id}")).unwrap(), 1)
                .who
        };
        let (anna, ben) = (register("1"), register("2"));
        (people, anna, ben)
    }

    #[test]
    fn an_undo_takes_back_the_last_edit_that_stands() {
        let (_, anna, ben) = two();
        let mut edits = Edits::default();
        edits.add(4, Edit::Hide { who: anna });
        edits.add(7, Edit::Hide { who: ben });
        assert_eq!(edits.last().unwrap().0, 7);
        assert!(edits.undo(7));
        assert!(!edits.undo(7));
        assert_eq!(edits.last().unwrap().0, 4);
        assert!(edits.undo(4));
        assert!(edits.last().is_none());
    }

    #[test]
    fn a_merged_person_has_the_name_and_visibility_of_the_other_person() {
        let (people, anna, ben) = two();
        let mut edits = Edits::default();
        let name = "Queen".into();
        edits.add(1, Edit::Hide { who: anna });
        edits.add(2, Edit::Rename { who: anna, name });
        edits.add(
            3,
            Edit::Merge {
                who: anna,
                into: ben,
            },
        );
        let edited = edits.people(&people);
        assert!(!edited.hidden.contains(&ben));
        assert!(!edited.names.contains_key(&ben));
        edits.add(4, Edit::Hide { who: anna });
        assert!(edits.people(&people).hidden.contains(&ben));
    }

    #[test]
    fn merging_in_a_circle_ends() {
        let (people, anna, ben) = two();
        let mut edits = Edits::default();
        for (who, into) in [(anna, ben), (ben, anna), (anna, anna)] {
            edits.add(1, Edit::Merge { who, into });
        }
        assert_eq!(edits.people(&people).same_as, HashMap::from([(anna, ben)]));
    }

    #[test]
    fn edits_of_entries_end_with_their_session() {
        let (_, anna, _) = two();
        let mut edits = Edits::default();
        let entry = EntryId::parse("Thanks-1234567890 ");
        assert_eq!(entry.as_str(), "thanks-1234567890");
        let of = Subject::Text("Mum".into());
        edits.add(1, Edit::Remove { entry, of });
        edits.add(2, Edit::Hide { who: anna });
        let section = "Thanks".into();
        let value = json!("Dad");
        edits.add(3, Edit::Add { section, value });
        assert_eq!(edits.added().len(), 1);
        edits.begin_session();
        assert_eq!(edits.len(), 1);
        assert!(edits.added().is_empty());
        assert!(!edits.removes_any());
    }

    #[test]
    fn the_id_of_an_entry_lasts_when_more_becomes_known() {
        let mut people = People::default();
        let kofi = Person::on(Platform::Kofi, "", "", "Anna_B").unwrap();
        let who = people.register(&kofi, 1).who;
        let mut edits = Edits::default();
        let entry = EntryId::of_person("Tips", who, &people);
        let of = Subject::Person(who);
        edits.add(1, Edit::Remove { entry, of });
        people.register(&Person::on(Platform::Kofi, "77", "", "anna_b").unwrap(), 2);
        assert!(edits.is_removed("Tips", who, &people));
        assert!(!edits.is_removed("Merch", who, &people));
    }

    #[test]
    fn ids_of_entries_are_the_same_for_ever() {
        let value = json!("Mum");
        assert_eq!(
            EntryId::of_value("Thanks!", &value).as_str(),
            "thanks-ea2898c843"
        );
    }
}
