//! Removes a person from the meta values.

use serde_json::Value;

use super::identity::Identity;
use crate::event::{Person, Platform};

/// The keys of the meta values that may name viewers.
pub const KEYS: [&str; 5] = ["latest", "once", "listed", ROLL, TWITCHAT_CREDITS];
/// The key of the running roll's content, which has names.
const ROLL: &str = "roll_content";
/// Twitchat's settings of its end credits, in whose texts Twitchat may have put names.
const TWITCHAT_CREDITS: &str = "twitchat_credits";

/// Returns the value without the person, or `None` if the value does not change.
pub(super) fn erase(key: &str, json: &str, identity: &Identity) -> Option<String> {
    if !identity.may_be_in(json) {
        return None;
    }
    let before: Value = serde_json::from_str(json).ok()?;
    let mut value = before.clone();
    match key {
        "latest" => erase_latest(&mut value, identity),
        "once" => erase_once(&mut value, identity),
        // A running bridge stores its roll again later, without the person.
        ROLL => return names(&before, identity).then(String::new),
        TWITCHAT_CREDITS => identity.strike_in(&mut value),
        _ => erase_listed(&mut value, identity),
    }
    (value != before).then(|| value.to_string())
}

/// Removes the last events that name the person.
fn erase_latest(value: &mut Value, identity: &Identity) {
    let Some(kinds) = value.as_object_mut() else {
        return;
    };
    kinds.retain(|_, kind| match kind {
        Value::Array(list) => {
            list.retain(|event| !names(event, identity));
            !list.is_empty()
        }
        event => !names(event, identity),
    });
}

/// Removes the person from the once log, where people are written as `id 12345` or `name anna`.
fn erase_once(value: &mut Value, identity: &Identity) {
    let rules = value.get_mut("rules").and_then(Value::as_object_mut);
    for list in rules
        .into_iter()
        .flatten()
        .filter_map(|(_, list)| list.as_array_mut())
    {
        list.retain(|one| {
            let text = one.as_str().unwrap_or_default();
            let id = text.strip_prefix("id ").unwrap_or_default();
            let name = text.strip_prefix("name ").unwrap_or_default();
            !identity.is_value("id", id) && !identity.is_value("name", name)
        });
    }
}

/// Removes the person from the accounts that were seen with a name in the config.
fn erase_listed(value: &mut Value, identity: &Identity) {
    if let Some(list) = value.as_array_mut() {
        list.retain(|one| {
            let text = |key: &str| one.get(key).and_then(Value::as_str).unwrap_or_default();
            let platform = Platform::parse(text("platform"));
            let person = Person::on(platform, text("id"), "", "");
            !person.is_some_and(|person| identity.is(&person))
        });
    }
}

/// Whether an event names the person anywhere.
fn names(event: &Value, identity: &Identity) -> bool {
    names_in("", event, identity)
}

fn names_in(key: &str, value: &Value, identity: &Identity) -> bool {
    match value {
        Value::String(text) => {
            identity.is_value(key, text) || (key != "at" && identity.strike(text).is_some())
        }
        Value::Number(number) => identity.is_number(key, &number.to_string()),
        Value::Array(list) => list.iter().any(|one| names_in(key, one, identity)),
        Value::Object(object) => object
            .iter()
            .any(|(key, one)| identity.is_key(key) || names_in(key, one, identity)),
        Value::Null | Value::Bool(_) => false,
    }
}
