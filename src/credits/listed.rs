//! Names that the config lists (people to ignore, groups, editors), and the accounts that were seen
//! with them. A listed account stays listed by its id when it is renamed. `credits::people` notes
//! each name here; `bridge` stores the holders for later runs.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::{Deserialize, Serialize};

use super::known::{Known, PersonId};
use crate::event::{Person, Platform};

/// Number of accounts that are remembered for one name. Twitch frees a name after six months.
const HOLDERS: usize = 16;

/// The listed names and the accounts that had them.
#[derive(Debug, Default)]
pub struct Listed {
    names: HashSet<Box<str>>,
    holders: BTreeMap<Box<str>, Vec<PersonId>>,
    is_new: bool,
}

/// One account in the format of the store.
#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    platform: Box<str>,
    id: Box<str>,
    names: BTreeSet<Box<str>>,
}

impl Listed {
    /// Case does not matter.
    pub fn add_names<'n>(&mut self, names: impl IntoIterator<Item = &'n str>) {
        self.names.extend(
            names
                .into_iter()
                .filter(|name| !name.is_empty())
                .map(|name| name.to_lowercase().into()),
        );
    }

    /// All people who were seen with a name. Case does not matter.
    pub fn holders(&self, name: &str) -> impl Iterator<Item = PersonId> {
        self.holders
            .get(&*name.to_lowercase())
            .into_iter()
            .flatten()
            .copied()
    }

    /// Whether there are new holders since the last call. The caller must store them.
    pub fn take_new(&mut self) -> bool {
        std::mem::take(&mut self.is_new)
    }

    pub(super) fn note(&mut self, who: PersonId, known: &mut Known) {
        if self.names.is_empty() {
            return;
        }
        for name in [known.login.to_lowercase(), known.display.to_lowercase()] {
            self.mark(who, known, &name);
        }
    }

    /// Records that a person has or had this name, which is in lower case.
    pub(super) fn mark(&mut self, who: PersonId, known: &mut Known, name: &str) {
        if !self.names.contains(name) || known.listed.iter().any(|listed| **listed == *name) {
            return;
        }
        let holders = self.holders.entry(name.into()).or_default();
        if holders.len() < HOLDERS {
            holders.push(who);
            known.listed.push(name.into());
            self.is_new |= !known.id.is_empty();
        }
    }
}

/// The holders as JSON, for the store. People without an id are left out, because they can be
/// identified only by their name.
pub(super) fn to_json<'k>(people: impl Iterator<Item = &'k Known>) -> String {
    let stored = people
        .filter(|known| !known.listed.is_empty() && !known.id.is_empty())
        .map(|known| Stored {
            platform: known.platform.as_str().into(),
            id: known.id.clone(),
            names: known.listed.iter().cloned().collect(),
        });
    serde_json::to_string(&stored.collect::<Vec<_>>()).unwrap_or_default()
}

/// The accounts in stored JSON, with their listed names.
pub(super) fn read(json: &str) -> Vec<(Person, BTreeSet<Box<str>>)> {
    let stored: Vec<Stored> = serde_json::from_str(json).unwrap_or_default();
    stored
        .into_iter()
        .filter_map(|one| {
            Some((
                Person::on(Platform::parse(&one.platform), &one.id, "", "")?,
                one.names,
            ))
        })
        .collect()
}
