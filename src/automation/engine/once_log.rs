//! Remembers which people and sessions a `once_per` rule has already run for. It survives a
//! restart.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::occurrence::{Decision, Occurrence};
use crate::automation::book::{Once, Rule};

/// The limit on people that are remembered for one rule. When it is reached, the rule runs for
/// nobody else in this session.
const PEOPLE: usize = 20_000;
/// The greatest length of an id or name that is remembered, in characters.
const LONGEST: usize = 100;
/// Represents the session itself in a rule's set of people.
const SESSION: &str = "";
/// JSON pointers to a person's id in an event's data.
const IDS: [&str; 6] = [
    "/userId",
    "/user_id",
    "/user/id",
    "/targetUser/id",
    "/message/userId",
    "/message/user/id",
];
/// JSON pointers to a person's name, for data without an id.
const NAMES: [&str; 12] = [
    "/userName",
    "/user_login",
    "/userLogin",
    "/user/login",
    "/user/name",
    "/login",
    "/displayName",
    "/user_name",
    "/user/displayName",
    "/from",
    "/username",
    "/name",
];

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct OnceLog {
    session: u64,
    rules: BTreeMap<Box<str>, BTreeSet<Box<str>>>,
    #[serde(skip)]
    changed: bool,
}

impl OnceLog {
    pub(super) fn recall(json: &str) -> Self {
        serde_json::from_str(json).unwrap_or_default()
    }

    /// Clears the log if the session is not the one of the log.
    pub(super) fn enter(&mut self, session: u64) {
        if self.session != session {
            self.changed = !self.rules.is_empty();
            self.session = session;
            self.rules.clear();
        }
    }

    pub(super) fn forbids(
        &self,
        rule: &Rule,
        occurrence: &Occurrence,
        session: u64,
    ) -> Option<Decision> {
        let once = rule.once_per?;
        let Some(who) = key(once, occurrence) else {
            return Some(Decision::NoPerson);
        };
        let met = self
            .rules
            .get(&rule.name)
            .filter(|_| self.session == session)?;
        (met.contains(&*who) || met.len() >= PEOPLE).then_some(Decision::AlreadyRan(once))
    }

    pub(super) fn note(&mut self, rule: &Rule, occurrence: &Occurrence) {
        if let Some(who) = rule.once_per.and_then(|once| key(once, occurrence)) {
            self.changed |= self.rules.entry(rule.name.clone()).or_default().insert(who);
        }
    }

    pub(super) fn has_changed(&self) -> bool {
        self.changed
    }

    pub(super) fn changed(&mut self) -> Option<String> {
        std::mem::take(&mut self.changed).then(|| serde_json::to_string(self).unwrap_or_default())
    }
}

fn key(once: Once, occurrence: &Occurrence) -> Option<Box<str>> {
    match once {
        Once::Session => Some(SESSION.into()),
        Once::Person => person(&occurrence.data),
    }
}

/// Identifies the person of an event by id, or by name if there is no id.
fn person(data: &Value) -> Option<Box<str>> {
    let word = |place: &&str| match data.pointer(place)? {
        Value::String(text) if !text.trim().is_empty() => Some(
            text.trim()
                .chars()
                .take(LONGEST)
                .collect::<String>()
                .to_lowercase(),
        ),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let id = IDS.iter().find_map(word).map(|id| format!("id {id}"));
    id.or_else(|| {
        NAMES
            .iter()
            .find_map(word)
            .map(|name| format!("name {name}"))
    })
    .map(Into::into)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn people_are_found_in_every_shape_of_data() {
        let who = |data: Value| person(&data).map(String::from);
        assert_eq!(
            who(json!({ "userId": "7", "userName": "zed" })),
            Some("id 7".into())
        );
        assert_eq!(
            who(json!({ "user": { "id": 7, "login": "zed" } })),
            Some("id 7".into())
        );
        assert_eq!(who(json!({ "from": " Zed " })), Some("name zed".into()));
        assert_eq!(
            who(json!({ "userId": "", "displayName": "Zed" })),
            Some("name zed".into())
        );
        assert_eq!(who(json!({ "title": "New category" })), None);
    }
}
