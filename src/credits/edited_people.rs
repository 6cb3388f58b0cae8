//! The effect of the streamer's edits on people: hidden, renamed, or merged with another person.

use std::collections::{HashMap, HashSet};

use super::known::PersonId;

/// How people are shown, by their entries among all people.
#[derive(Debug, Default)]
pub(super) struct EditedPeople {
    pub(super) hidden: HashSet<PersonId>,
    pub(super) names: HashMap<PersonId, Box<str>>,
    pub(super) same_as: HashMap<PersonId, PersonId>,
}

impl EditedPeople {
    /// Moves the edits of an entry without an id to the entry that it turned out to be.
    pub(super) fn follow(&mut self, before: PersonId, now: PersonId) {
        if self.hidden.remove(&before) {
            self.hidden.insert(now);
        }
        if let Some(name) = self.names.remove(&before) {
            self.names.entry(now).or_insert(name);
        }
        if let Some(into) = self.same_as.remove(&before).filter(|into| *into != now) {
            self.same_as.entry(now).or_insert(into);
        }
    }

    /// The person with whom this entry was merged; `None` if it was not merged.
    pub(super) fn shown(&self, who: PersonId) -> Option<PersonId> {
        self.same_as.get(&who).copied()
    }
}
