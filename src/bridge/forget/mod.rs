//! PURE. Forgets a person. This module decides which rows of the journal, people and meta values to
//! remove or change.
//!
//! `daemon::forget` reads the store twice, in the order of the rows. First [`Forgetting::learn`]
//! collects the former names of the person. Then [`Forgetting::row`] decides for each row. The
//! result is an [`Erasure`], which the store carries out in one transaction.
//!
//! A row that concerns only the person is removed. A row that also names others (a gift, a hype
//! train, a summary) stays without the person. Its body may have any shape, so the person is
//! searched for in all values. Then the row is decoded again, and must still name everybody else.

mod body;
mod forgotten;
mod identity;
mod meta;
mod row;
mod unnamed;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    archive::{Archive, listed},
    journal::{PersonRow, Row, Seq, Session, SessionId},
    person_search,
};
use crate::{
    event::{Person, Platform},
    request::{PersonQuery, RequestError},
};

pub use forgotten::{Forgotten, KEY as FORGOTTEN};
pub use identity::Identity;
pub use meta::KEYS;
pub use row::Fate;
pub use unnamed::Unnamed;

/// The limit on names in a reply.
const MOST_NAMES: usize = 100;

/// The rows, people and meta values that the store must remove or change in one step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erasure {
    /// The numbers of the rows to remove.
    pub removed: Vec<Seq>,
    /// Rows that get a new id and body.
    pub changed: Vec<(Seq, Option<Box<str>>, Box<str>)>,
    /// People to remove, by platform, id and login.
    pub people: Vec<PersonRow>,
    /// Meta values to replace.
    pub meta: Vec<(&'static str, Box<str>)>,
}

impl Erasure {
    /// Whether nothing in the store names the person.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The numbers of removed and of changed rows of a session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Count {
    removed: u64,
    changed: u64,
}

#[derive(Debug)]
pub struct Forgetting {
    identity: Identity,
    person: Value,
    sessions: BTreeMap<SessionId, Count>,
    erasure: Erasure,
}

impl Forgetting {
    /// Finds the person among all known people. This respects the streamer's corrections.
    ///
    /// # Errors
    /// Fails if no person or several people have the name. Also fails for the broadcaster, and for
    /// Twitch's accounts for anonymous gifts and cheers.
    pub fn of(archive: &Archive, query: &PersonQuery) -> Result<Self, RequestError> {
        let (fold, broadcaster) = (archive.fold(), archive.broadcaster());
        let who = person_search::one(fold, query)?;
        let identity = Identity::of(&fold.people, who);
        let is_anonymous = identity.accounts().iter().any(|account| {
            Person::on(account.platform, &account.id, &account.login, &account.name)
                .is_some_and(|person| person.is_anonymous())
        });
        if broadcaster.is_some_and(|broadcaster| identity.is(&broadcaster)) {
            let why = "the broadcaster cannot be forgotten, because nearly every row of the \
                journal is of their channel: `store wipe` removes everything";
            return Err(RequestError::Unavailable(why.into()));
        }
        if is_anonymous {
            let why = "this is not a person, but an account that stands for all anonymous people";
            return Err(RequestError::Unavailable(why.into()));
        }
        Ok(Self {
            person: person_search::describe(fold, fold.people.shown(who)),
            identity,
            sessions: BTreeMap::new(),
            erasure: Erasure::default(),
        })
    }

    /// Looks for the same person in another journal, such as a backup.
    pub fn elsewhere(identity: &Identity) -> Self {
        Self {
            person: Value::Null,
            identity: identity.clone(),
            sessions: BTreeMap::new(),
            erasure: Erasure::default(),
        }
    }

    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    pub fn into_identity(self) -> Identity {
        self.identity
    }

    /// Collects the names of the person in a row. Call this with every row before the first call of
    /// [`Self::row`]. Returns whether a name was new.
    pub fn learn(&mut self, row: &Row) -> bool {
        let mut is_new = false;
        if self.identity.may_be_in(&row.body) {
            row::people_in(row, |person| is_new |= self.identity.learn(person));
        }
        is_new
    }

    /// Decides whether to keep, change or remove a row.
    pub fn row(&mut self, row: &Row) {
        let count = self.sessions.get(&row.session).copied().unwrap_or_default();
        let count = match row::fate(row, &self.identity) {
            Fate::Keep => return,
            Fate::Remove => {
                self.erasure.removed.push(row.seq);
                Count {
                    removed: count.removed + 1,
                    ..count
                }
            }
            Fate::Change { id, body } => {
                self.erasure.changed.push((row.seq, id, body));
                Count {
                    changed: count.changed + 1,
                    ..count
                }
            }
        };
        self.sessions.insert(row.session, count);
    }

    /// Decides whether to remove a row of the table of people.
    pub fn person(&mut self, row: PersonRow) {
        let platform = Platform::parse(&row.platform);
        let person = Person::on(platform, &row.id, &row.login, &row.display);
        if person.is_some_and(|person| self.identity.is(&person)) {
            self.erasure.people.push(row);
        }
    }

    /// Decides whether to change the value of one of [`KEYS`].
    pub fn meta(&mut self, key: &'static str, json: &str) {
        if let Some(value) = meta::erase(key, json, &self.identity) {
            self.erasure.meta.push((key, value.into()));
        }
    }

    /// Records that the person was forgotten in the running session. `json` is the stored list of
    /// others; `instance` is the id of the store.
    pub fn remember(&mut self, json: Option<&str>, session: SessionId, instance: &str) {
        let mut forgotten = Forgotten::recall(json, session);
        forgotten.add(&self.identity, instance);
        let json = forgotten.to_json();
        self.erasure.meta.push((FORGOTTEN, json.into()));
    }

    pub fn erasure(&self) -> &Erasure {
        &self.erasure
    }

    /// The reply names the person, and counts the removed and changed events of each session.
    pub fn report(&self, sessions: &[Session], now_ms: i64) -> Map<String, Value> {
        let accounts: Vec<_> = self
            .identity
            .accounts()
            .iter()
            .map(|account| {
                json!({ "platform": account.platform.as_str(), "id": account.id,
                    "login": account.login, "name": account.name })
            })
            .collect();
        let names: Vec<_> = self.identity.names().take(MOST_NAMES).collect();
        let of_sessions: Vec<Value> = sessions
            .iter()
            .filter_map(|session| {
                let count = self.sessions.get(&session.id)?;
                let mut shown = listed(session, count.removed + count.changed, now_ms);
                shown.insert("removed".into(), count.removed.into());
                shown.insert("changed".into(), count.changed.into());
                Some(shown.into())
            })
            .collect();
        Map::from_iter([
            ("person".to_owned(), self.person.clone()),
            ("accounts".to_owned(), accounts.into()),
            ("names".to_owned(), json!(names)),
            ("removed".to_owned(), self.erasure.removed.len().into()),
            ("changed".to_owned(), self.erasure.changed.len().into()),
            ("sessions".to_owned(), of_sessions.into()),
        ])
    }
}

#[cfg(test)]
mod tests;
