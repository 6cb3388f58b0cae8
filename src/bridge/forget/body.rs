//! Removes a person from the JSON of a row. The row may contain a message of Twitchat, a published
//! event of any service, or an entry of a summary.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::identity::{Identity, lower};
use crate::event::{
    Person,
    person::{ANONYMOUS_GIFTER, NAMELESS},
};

/// The values of these fields are fixed words of a program or of a catalogue, never a person.
const WORDS: [&str; 16] = [
    "platform",
    "type",
    "kind",
    "source",
    "origin",
    "service",
    "currency",
    "tier",
    "subtier",
    "color",
    "lang",
    "category",
    "game",
    "gamename",
    "gameid",
    "boxarturl",
];
/// A field whose name contains one of these contains a picture or a page of a person.
const PICTURES: [&str; 5] = ["avatar", "picture", "image", "profile", "logo"];

/// The replacement for the removed person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Substitute {
    /// All texts of the person become empty.
    Nobody,
    /// Twitch's account for anonymous gifts. So a gift that others received stays.
    Anonymous,
    /// The word for people without a name at the service.
    Nameless,
}

/// Removes one person from JSON values.
#[derive(Debug)]
pub(super) struct Eraser<'a> {
    identity: &'a Identity,
    /// Names and ids of other people in the same row, in lower case. They stay, even if one of them
    /// is a former name of the person.
    others: BTreeSet<Box<str>>,
    substitute: Substitute,
}

impl<'a> Eraser<'a> {
    pub(super) fn new(identity: &'a Identity, others: &[Person], substitute: Substitute) -> Self {
        let parts = |person: &Person| {
            [
                lower(&person.id),
                lower(&person.login),
                lower(&person.display),
            ]
        };
        Self {
            identity,
            others: others
                .iter()
                .flat_map(parts)
                .filter(|part| !part.is_empty())
                .collect(),
            substitute,
        }
    }

    /// Removes the person from a value. Returns whether the value describes only the person, so
    /// that a list should drop it as a whole.
    pub(super) fn erase(&self, key: &str, value: &mut Value) -> bool {
        match value {
            Value::String(text) => self.erase_text(key, text),
            Value::Number(number) => {
                let is_id = self.identity.is_number(key, &number.to_string());
                if is_id {
                    *value = match self.substitute {
                        Substitute::Nobody | Substitute::Nameless => Value::Null,
                        Substitute::Anonymous => ANONYMOUS_GIFTER
                            .0
                            .parse::<u64>()
                            .map_or(Value::Null, Value::from),
                    };
                }
                is_id
            }
            Value::Array(list) => {
                list.retain_mut(|one| {
                    let names_others = self.names_others(one);
                    !self.erase(key, one) || names_others
                });
                false
            }
            Value::Object(object) => self.erase_object(object),
            Value::Null | Value::Bool(_) => false,
        }
    }

    fn erase_text(&self, key: &str, text: &mut String) -> bool {
        if WORDS.contains(&&*key.to_ascii_lowercase()) || self.others.contains(&lower(text.trim()))
        {
            return false;
        }
        let is_person = self.identity.is_value(key, text);
        if is_person {
            let of_ids = key.to_ascii_lowercase().ends_with("id");
            *text = match self.substitute {
                Substitute::Nobody => String::new(),
                Substitute::Nameless if of_ids => String::new(),
                Substitute::Nameless => NAMELESS.into(),
                Substitute::Anonymous if of_ids => ANONYMOUS_GIFTER.0.into(),
                Substitute::Anonymous => ANONYMOUS_GIFTER.2.into(),
            };
        } else if let Some(struck) = self.identity.strike(text) {
            *text = struck;
        }
        is_person
    }

    fn erase_object(&self, object: &mut Map<String, Value>) -> bool {
        // Some lists are JSON objects whose keys are ids or names.
        object.retain(|key, _| !self.identity.is_key(key));
        let mut is_person = false;
        for (key, value) in object.iter_mut() {
            let is_direct = !value.is_object() && !value.is_array();
            is_person |= self.erase(key, value) && is_direct;
        }
        if is_person {
            let is_picture = |key: &str| {
                let key = key.to_ascii_lowercase();
                PICTURES.iter().any(|part| key.contains(part))
            };
            object.retain(|key, value| !(value.is_string() && is_picture(key)));
        }
        is_person
    }

    /// Whether a value contains the name or the id of another person in the row.
    fn names_others(&self, value: &Value) -> bool {
        match value {
            // Some services list several people in one text.
            Value::String(text) => {
                let text = lower(text);
                let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
                self.others.contains(&text) || words.any(|word| self.others.contains(word))
            }
            Value::Array(list) => list.iter().any(|one| self.names_others(one)),
            Value::Object(object) => object.values().any(|one| self.names_others(one)),
            _ => false,
        }
    }
}
