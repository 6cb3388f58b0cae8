//! Remembers the people who were forgotten in the running session. Twitchat's summary still lists
//! their events of this stream, so the bridge drops those entries. Their later events count.
//!
//! The bridge keeps only digests, without names and ids, and only until the session ends.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::identity::{Identity, lower};
use crate::{bridge::journal::SessionId, event::Platform, twitchat::summary::Summary};

/// The key of the meta value with the digests.
pub const KEY: &str = "forgotten";

/// The digests of the people who were forgotten in a session.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forgotten {
    session: u64,
    people: BTreeSet<Box<str>>,
}

impl Forgotten {
    /// Reads the stored JSON. The result is empty if the JSON belongs to another session.
    pub fn recall(json: Option<&str>, session: SessionId) -> Self {
        json.and_then(|json| serde_json::from_str(json).ok())
            .filter(|stored: &Self| stored.session == session.0)
            .unwrap_or_else(|| Self {
                session: session.0,
                people: BTreeSet::new(),
            })
    }

    /// `instance` is the id of the store, which makes the digests different in each store.
    pub fn add(&mut self, identity: &Identity, instance: &str) {
        for account in identity.accounts() {
            let id =
                (!account.id.is_empty()).then(|| digest(instance, account.platform, &account.id));
            let names = account.names();
            let names = names.map(|name| digest_of_name(instance, account.platform, name));
            self.people.extend(id.into_iter().chain(names));
        }
    }

    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Removes the entries of forgotten people from a summary.
    pub(in crate::bridge) fn leave_out(&self, summary: &mut Summary, instance: &str) {
        if !self.people.is_empty() {
            summary.rows.retain(|(_, row)| {
                serde_json::from_str(row.get()).map_or(true, |row| !self.is_in(&row, instance))
            });
        }
    }

    /// Whether an entry names a forgotten person, by `uid`, or by `login` if there is no `uid`.
    fn is_in(&self, entry: &Value, instance: &str) -> bool {
        let Some(object) = entry.as_object() else {
            return false;
        };
        let text = |key: &str| match object.get(key) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        let (uid, login) = (text("uid"), text("login"));
        let platform = match &*text("platform") {
            "" => Platform::of_id(&uid),
            word => Platform::parse(word),
        };
        let is_person = if uid.is_empty() {
            !login.is_empty()
                && self
                    .people
                    .contains(&digest_of_name(instance, platform, &login))
        } else {
            self.people.contains(&digest(instance, platform, &uid))
        };
        is_person || object.values().any(|inner| self.is_in(inner, instance))
    }
}

fn digest_of_name(instance: &str, platform: Platform, name: &str) -> Box<str> {
    digest(instance, platform, &format!("@{}", lower(name)))
}

/// The first 80 bits of a digest, in hexadecimal.
fn digest(instance: &str, platform: Platform, who: &str) -> Box<str> {
    let digest = Sha256::digest(format!("{instance}\n{}\n{who}", platform.as_str()));
    let hex = digest.iter().take(10).map(|byte| format!("{byte:02x}"));
    hex.collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{credits::People, event::Person};

    #[test]
    fn a_summary_loses_its_entries_of_forgotten_people_until_the_session_ends() {
        let mut people = People::default();
        let zed = Person::new("1234567", "zed_x", "Zed_X").unwrap();
        let who = people.register(&zed, 1).who;
        let mut forgotten = Forgotten::recall(None, SessionId(3));
        forgotten.add(&Identity::of(&people, who), "store");
        let json = forgotten.to_json();
        assert!(!json.contains("1234567") && !json.contains("zed"), "{json}");
        let data = json!({ "follows": [{ "uid": "1234567", "login": "Other" },
                { "uid": "7", "login": "Zed_X" }, { "uid": "", "login": "ZED_x" }],
            "hypeTrains": [{ "level": 2, "conductorSubs": { "uid": 1_234_567, "login": "Zed_X" } }],
            "polls": [{ "title": "zed_x" }] });
        let left = |forgotten: &Forgotten, store: &str| {
            let raw = serde_json::value::to_raw_value(&data).unwrap();
            let mut summary = Summary::read(&raw).unwrap();
            forgotten.leave_out(&mut summary, store);
            summary.rows.len()
        };
        assert_eq!(
            left(&Forgotten::recall(Some(&json), SessionId(3)), "store"),
            2
        );
        assert_eq!(
            left(&Forgotten::recall(Some(&json), SessionId(4)), "store"),
            5
        );
        assert_eq!(left(&forgotten, "another store"), 5);
    }
}
