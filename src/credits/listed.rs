//! Names that the config lists (people to ignore, groups, editors), and the accounts that were seen
//! with them: an account that is listed stays listed by its id when it is renamed.
//! `credits::people` notes each name here; `bridge` keeps the holders across runs.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::{Deserialize, Serialize};

use super::known::{Known, PersonId};
use crate::event::{Person, Platform};

/// The most accounts that are remembered for one name. Twitch frees a name after six months.
const HOLDERS: usize = 16;

/// The names, and who held them.
#[derive(Debug, Default)]
pub struct Listed {
    names: HashSet<Box<str>>,
    holders: BTreeMap<Box<str>, Vec<PersonId>>,
    is_new: bool,
}

/// One account as it is kept.
#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    platform: Box<str>,
    id: Box<str>,
    names: BTreeSet<Box<str>>,
}

impl Listed {
    /// Names that are listed from now on, in any case.
    pub fn add_names<'n>(&mut self, names: impl IntoIterator<Item = &'n str>) {
        self.names.extend(
            names
                .into_iter()
                .filter(|name| !name.is_empty())
                .map(|name| name.to_lowercase().into()),
        );
    }

    /// Everybody who was seen with a name, in any case.
    pub fn holders(&self, name: &str) -> impl Iterator<Item = PersonId> {
        self.holders
            .get(&*name.to_lowercase())
            .into_iter()
            .flatten()
            .copied()
    }

    /// Whether there are holders that were not kept yet.
    pub fn take_new(&mut self) -> bool {
        std::mem::take(&mut self.is_new)
    }

    /// Notes the names that somebody has now.
    pub(super) fn note(&mut self, who: PersonId, known: &mut Known) {
        if self.names.is_empty() {
            return;
        }
        for name in [known.login.to_lowercase(), known.display.to_lowercase()] {
            self.mark(who, known, &name);
        }
    }

    /// Somebody has, or had, this name.
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

/// The holders as JSON, for keeping. Those without an id are left out: their name is all that there
/// is of them.
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

/// The accounts that were kept, with their listed names.
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
