//! The accounts, ids and names of the person to forget, and the comparison of texts and people with
//! them.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::{
    credits::{People, PersonId},
    event::{Person, Platform},
};

/// A name or id with fewer characters than this is found only as a whole value, because it is part
/// of too many words.
const LEAST_IN_TEXT: usize = 3;
/// A number with fewer digits than this is an id only in a field for ids.
const LEAST_ANYWHERE: usize = 6;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub platform: Platform,
    /// Empty for a name whose id is unknown.
    pub id: Box<str>,
    pub login: Box<str>,
    /// The name that replies show.
    pub name: Box<str>,
    /// All current and former names of the account, in lower case.
    names: BTreeSet<Box<str>>,
}

impl Account {
    /// All current and former names of the account, in lower case.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }
}

/// Everything by which a person is recognized.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    accounts: Vec<Account>,
    /// The names of all accounts, in lower case.
    names: BTreeSet<Box<str>>,
    ids: BTreeSet<Box<str>>,
}

impl Identity {
    /// The identity of all accounts that are shown as this person.
    pub fn of(people: &People, who: PersonId) -> Self {
        let mut identity = Self::default();
        for known in people.accounts(who) {
            let names = [&known.login, &known.display].into_iter();
            let names: Vec<&str> = names.chain(&known.listed).map(|name| &**name).collect();
            identity.add(
                known.platform,
                &known.id,
                &known.login,
                known.name(),
                &names,
            );
        }
        identity
    }

    /// The accounts and the names in a reply to `Forget`.
    pub fn of_reply(reply: &Map<String, Value>) -> Self {
        let list = |key: &str| {
            reply
                .get(key)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
        };
        let mut identity = Self::default();
        for account in list("accounts") {
            let text = |key: &str| account.get(key).and_then(Value::as_str).unwrap_or_default();
            let platform = Platform::parse(text("platform"));
            let names = [text("login"), text("name")];
            identity.add(platform, text("id"), text("login"), text("name"), &names);
        }
        let names = list("names").filter_map(Value::as_str);
        identity.names.extend(names.map(lower));
        identity
    }

    fn add(&mut self, platform: Platform, id: &str, login: &str, name: &str, names: &[&str]) {
        let names = names.iter().filter(|name| !name.is_empty());
        let names: BTreeSet<Box<str>> = names.map(|name| lower(name)).collect();
        self.names.extend(names.iter().cloned());
        if !id.is_empty() {
            self.ids.insert(id.into());
        }
        let account = Account {
            platform,
            id: id.into(),
            login: login.into(),
            name: name.into(),
            names,
        };
        self.accounts.push(account);
    }

    /// Each account has an id or a name.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// All names, in lower case.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }

    /// An id decides; if there is no id, a name decides.
    pub fn is(&self, person: &Person) -> bool {
        let names = [lower(&person.login), lower(&person.display)];
        self.accounts.iter().any(|account| {
            account.platform == person.platform
                && if account.id.is_empty() || person.id.is_empty() {
                    // A person without an id is whoever has the name. An account without an id is
                    // never a person who has an id.
                    person.id.is_empty() && names.iter().any(|name| account.names.contains(name))
                } else {
                    account.id == person.id
                }
        })
    }

    /// Adds the names in a row to an account of the person. Returns whether one of them is new.
    pub fn learn(&mut self, person: &Person) -> bool {
        let account = self.accounts.iter_mut().find(|account| {
            account.platform == person.platform && !account.id.is_empty() && account.id == person.id
        });
        let Some(account) = account else {
            return false;
        };
        let mut is_new = false;
        for name in [&person.login, &person.display] {
            if !name.is_empty() && account.names.insert(lower(name)) {
                is_new |= self.names.insert(lower(name));
            }
        }
        is_new
    }

    /// Whether a text may contain a name or an id, even as a part of a longer word.
    pub fn may_be_in(&self, text: &str) -> bool {
        // JSON may contain escaped characters. Then only a parser finds the names.
        text.contains("\\u") || {
            let text = text.to_lowercase();
            let mut all = self.names.iter().chain(&self.ids);
            all.any(|one| text.contains(&*one.to_lowercase()))
        }
    }

    /// Whether the whole value of the field `key` is a name or an id of the person.
    pub(super) fn is_value(&self, key: &str, text: &str) -> bool {
        let text = text.trim();
        let name = text.trim_start_matches(['@', '#']);
        if self.names.contains(&lower(name)) {
            return true;
        }
        self.ids.contains(text) && (text.len() >= LEAST_ANYWHERE || is_of_ids(key))
    }

    /// Whether the name of a field is an id or a name of the person. Ordinary field names are not,
    /// because a person may be called `user`.
    pub(super) fn is_key(&self, key: &str) -> bool {
        let is_plain = key.bytes().all(|byte| byte.is_ascii_alphabetic());
        (!is_plain && self.names.contains(&lower(key))) || self.ids.contains(key)
    }

    /// Whether a number in the field `key` is an id of the person.
    pub(super) fn is_number(&self, key: &str, number: &str) -> bool {
        is_of_ids(key) && self.ids.contains(number)
    }

    /// Removes names and ids from a text where they are whole words. `None` if the text contains
    /// none.
    pub fn strike(&self, text: &str) -> Option<String> {
        let names = self.names.iter().map(|name| (name, true));
        let ids = self.ids.iter().map(|id| (id, false));
        let words: Vec<_> = names
            .chain(ids)
            .filter(|(word, _)| word.chars().count() >= LEAST_IN_TEXT)
            .collect();
        let mut struck = String::new();
        let (mut rest, mut before) = (text, None);
        let mut is_changed = false;
        while let Some(first) = rest.chars().next() {
            let found = words
                .iter()
                .filter_map(|(word, is_name)| begins(rest, before, word, *is_name))
                .max();
            let bytes = found.unwrap_or_else(|| first.len_utf8());
            let (head, tail) = rest.split_at(bytes);
            if found.is_some() {
                is_changed = true;
                // The number of bytes stays the same, so that a log file keeps its length.
                struck.extend(std::iter::repeat_n('*', bytes));
            } else {
                struck.push_str(head);
            }
            before = head.chars().next_back();
            rest = tail;
        }
        is_changed.then_some(struck)
    }
}

impl Identity {
    /// Strikes names and ids in all texts of a value.
    pub fn strike_in(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Some(struck) = self.strike(text) {
                    *text = struck;
                }
            }
            Value::Array(list) => list.iter_mut().for_each(|one| self.strike_in(one)),
            Value::Object(object) => object.values_mut().for_each(|one| self.strike_in(one)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Removes names and ids from a line of a log. The line keeps its length in bytes. If a line
    /// has escaped characters, as in JSON, and names the person, all of it is overwritten.
    pub fn strike_line(&self, line: &str) -> Option<String> {
        let struck = self.strike(line);
        let rest = struck.as_deref().unwrap_or(line);
        if rest.contains("\\u") && self.strike(&unescaped(rest)).is_some() {
            return Some("*".repeat(line.len()));
        }
        struck
    }
}

/// Replaces each `\uXXXX` in a text by its character.
fn unescaped(text: &str) -> String {
    let mut plain = String::new();
    let mut units = Vec::new();
    let mut rest = text;
    loop {
        let hex = rest.strip_prefix("\\u").and_then(|rest| rest.get(..4));
        if let Some(unit) = hex.and_then(|hex| u16::from_str_radix(hex, 16).ok()) {
            units.push(unit);
            rest = rest.get(6..).unwrap_or_default();
            continue;
        }
        plain.push_str(&String::from_utf16_lossy(&units));
        units.clear();
        let Some(c) = rest.chars().next() else {
            return plain;
        };
        plain.push(c);
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
}

/// The number of bytes that `word` takes at the beginning of a text. Case does not matter. `None`
/// if the text does not begin with it as a whole word.
fn begins(text: &str, before: Option<char>, word: &str, is_name: bool) -> Option<usize> {
    let is_part = |c: char| c.is_alphanumeric() || (is_name && c == '_');
    if before.is_some_and(is_part) {
        return None;
    }
    let mut wanted = word.chars().peekable();
    let mut end = 0;
    let mut chars = text.chars();
    while wanted.peek().is_some() {
        let c = chars.next()?;
        for c in c.to_lowercase() {
            if wanted.next()? != c {
                return None;
            }
        }
        end += c.len_utf8();
    }
    let after = text.get(end..)?.chars().next();
    (!after.is_some_and(is_part)).then_some(end)
}

/// Whether the name of a field is typical for ids, such as `id`, `userId`, `user_id` or `uid`.
fn is_of_ids(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key.ends_with("id") || key.ends_with("ids") || key == "user" || key == "channel"
}

pub(super) fn lower(name: &str) -> Box<str> {
    name.to_lowercase().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(id: &str, names: &[&str]) -> Identity {
        let mut identity = Identity::default();
        let login = names.first().copied().unwrap_or_default();
        identity.add(Platform::Twitch, id, login, login, names);
        identity
    }

    fn struck(text: &str) -> Option<String> {
        identity("12345", &["zed_x", "Žluťák"]).strike(text)
    }

    #[test]
    fn names_and_ids_are_removed_from_texts_where_they_are_words() {
        for (text, without) in [
            ("hi @Zed_X!", "hi @*****!"),
            (
                "https://twitch.tv/zed_x?a=12345",
                "https://twitch.tv/*****?a=*****",
            ),
            ("user_12345_70x70.png", "user_*****_70x70.png"),
            ("ŽLUŤÁK zed_x", "********* *****"),
        ] {
            assert_eq!(struck(text).as_deref(), Some(without));
            assert_eq!(without.len(), text.len());
        }
        for text in ["zed_x_2", "azed_x", "1234567", "9012345", "zed", ""] {
            assert_eq!(struck(text), None, "{text}");
        }
    }

    #[test]
    fn a_short_name_stays_in_texts_but_not_as_a_value() {
        let identity = identity("7", &["al"]);
        assert_eq!(identity.strike("al 7"), None);
        assert!(identity.is_value("login", "Al"));
        assert!(identity.is_value("userId", "7"));
        assert!(!identity.is_value("tier", "7"));
        assert!(identity.is_number("uid", "7"));
        assert!(!identity.is_number("bits", "7"));
    }

    #[test]
    fn an_id_decides_and_without_an_id_a_name_decides() {
        let mut identity = identity("12345", &["zed"]);
        let person = |id: &str, login: &str| Person::new(id, login, "").unwrap();
        assert!(identity.is(&person("12345", "other")));
        assert!(!identity.is(&person("999", "zed")));
        assert!(identity.is(&person("", "ZED")));
        let on_kick = Person::on(Platform::Kick, "", "zed", "").unwrap();
        assert!(!identity.is(&on_kick));
        assert!(!identity.learn(&person("999", "new")));
        assert!(identity.learn(&person("12345", "Former")));
        assert!(!identity.learn(&person("12345", "former")));
        assert!(identity.is(&person("", "former")));
    }

    #[test]
    fn a_line_of_a_log_with_an_escaped_name_is_overwritten_as_a_whole() {
        let identity = identity("12345", &["zed_x", "Žluťák"]);
        let line = r#"received {"n":"\u017dlu\u0165\u00e1k"}"#;
        let struck = identity.strike_line(line).unwrap();
        assert_eq!(struck, "*".repeat(line.len()));
        assert_eq!(
            identity.strike_line("follow of Zed_x").as_deref(),
            Some("follow of *****")
        );
        assert_eq!(identity.strike_line(r"\u0041nna \ud800 \u00"), None);
    }

    #[test]
    fn escaped_texts_may_contain_anybody() {
        let identity = identity("12345", &["zed"]);
        assert!(identity.may_be_in(r#"{"login":"\u007aed"}"#));
        assert!(identity.may_be_in("ZEDs"));
        assert!(!identity.may_be_in("anna"));
    }
}
