//! One value with its path, by which errors name it.

use std::{borrow::Cow, str::FromStr, time::Duration};

use strum::VariantNames;

use super::{Cause, Content, Given, Node, Problem, Read};

/// A value and its path, such as `obs.port` or `rule "Raids".cooldown`.
#[derive(Debug, Clone)]
pub struct Field<'a> {
    /// The value with its place.
    pub node: &'a Node,
    /// The name of the value in errors.
    pub path: Cow<'a, str>,
}

impl<'a> Field<'a> {
    pub fn new(node: &'a Node, path: impl Into<Cow<'a, str>>) -> Self {
        Self {
            node,
            path: path.into(),
        }
    }

    /// An item of a list, with the path of the list.
    fn item<'b>(&'b self, node: &'b Node) -> Field<'b> {
        Field::new(node, &*self.path)
    }

    pub fn given(&self) -> Given<'a> {
        self.node.into()
    }

    /// The problem that the value is not allowed. `allowed` completes "must be …".
    pub fn bad(&self, allowed: impl Into<String>) -> Problem {
        let cause = Cause::Value {
            allowed: allowed.into(),
            found: self.node.found(),
        };
        Problem::new(self.node.spot, &*self.path, cause)
    }

    /// Like [`Self::bad`], but does not quote the value, because it may be a password.
    pub fn secret(&self, allowed: impl Into<String>) -> Problem {
        let cause = Cause::Value {
            allowed: allowed.into(),
            found: String::new(),
        };
        Problem::new(self.node.spot, &*self.path, cause)
    }

    /// A problem of another kind with this value. `what` is its text.
    pub fn other(&self, what: impl Into<String>) -> Problem {
        Problem::other(self.node.spot, &*self.path, what)
    }

    /// A text without surrounding spaces. Fails if it is empty.
    pub fn word(&self) -> Read<&'a str> {
        let word = self.given().text().filter(|text| !text.is_empty());
        word.ok_or_else(|| self.bad("a text that is not empty"))
    }

    /// Like [`Self::word`], as an owned text.
    pub fn text(&self) -> Read<Box<str>> {
        self.word().map(Into::into)
    }

    /// A name of lower-case letters, digits and `-`, which is safe in a file name and in CSS.
    pub fn name(&self) -> Read<Box<str>> {
        let is_name = |text: &&str| {
            let fits =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            !text.is_empty() && text.bytes().all(fits)
        };
        let name = self.given().text().filter(is_name);
        name.map(Into::into)
            .ok_or_else(|| self.bad("a name of small letters, digits and -"))
    }

    /// Reads `true` or `false`.
    pub fn flag(&self) -> Read<bool> {
        let flag = self.given().flag();
        flag.ok_or_else(|| self.bad("true or false"))
    }

    /// A whole number from `least` to `most`. [`u32::MAX`] means that there is no upper limit.
    pub fn whole(&self, least: u32, most: u32) -> Read<u32> {
        let number = self
            .given()
            .whole()
            .and_then(|number| u32::try_from(number).ok())
            .filter(|number| (least..=most).contains(number));
        number.ok_or_else(|| {
            self.bad(if most == u32::MAX {
                format!("a whole number of at least {least}")
            } else {
                format!("a whole number from {least} to {most}")
            })
        })
    }

    /// A number from `least` to `most`; it may have a fraction.
    pub fn number(&self, least: f64, most: f64) -> Read<f64> {
        let number = self
            .given()
            .number()
            .filter(|number| (least..=most).contains(number));
        number.ok_or_else(|| self.bad(format!("a number from {least} to {most}")))
    }

    /// The duration must be at most `most`. `allowed` is for the error and should contain an
    /// example.
    pub fn time(&self, most: Duration, allowed: &str) -> Read<Duration> {
        let time = self.given().time().filter(|time| *time <= most);
        time.ok_or_else(|| self.bad(allowed))
    }

    /// One of a few words. Case does not matter. The result has the spelling of `words`.
    pub fn word_of(&self, words: &[&'static str]) -> Read<&'static str> {
        let word = self.given().one_of(words);
        word.ok_or_else(|| self.bad(one_out_of(words)))
    }

    /// Reads one of a few words, and returns its value.
    pub fn one_of<T: FromStr + VariantNames>(&self) -> Read<T> {
        let value = self.given().text().and_then(|word| word.parse().ok());
        value.ok_or_else(|| self.bad(one_out_of(T::VARIANTS)))
    }

    /// Reads a list of words, and returns their values. A word that consists of digits may be a
    /// number.
    pub fn each_of<T: FromStr>(&self, what: &str, words: &[&'static str]) -> Read<Vec<T>> {
        let allowed = format!("a list of {what} out of {}", listed(words));
        self.list(&allowed, |item| {
            let number = if let Content::Whole(number) = item.node.content {
                Some(number.to_string())
            } else {
                None
            };
            let given = number.as_deref().map_or(item.given(), Given::Text);
            let value = given.one_of(words).and_then(|word| word.parse().ok());
            value.ok_or_else(|| item.bad(&*allowed))
        })
    }

    /// A list whose items are read by `each`. `allowed` describes such a list for the error.
    pub fn list<T>(&self, allowed: &str, each: impl Fn(&Field<'_>) -> Read<T>) -> Read<Vec<T>> {
        let Content::List(items) = &self.node.content else {
            return Err(self.bad(allowed));
        };
        items.iter().map(|item| each(&self.item(item))).collect()
    }

    /// A text, or a list of texts that is not empty. Each text is returned with its field.
    pub fn words(&self) -> Read<Vec<(&'a str, Field<'_>)>> {
        let read = |node: &'a Node| {
            let field = self.item(node);
            let word = Given::from(node).text().filter(|word| !word.is_empty());
            word.map(|word| (word, field))
                .ok_or_else(|| self.item(node).bad("a text, or a list of texts"))
        };
        match &self.node.content {
            Content::List(items) if !items.is_empty() => items.iter().map(read).collect(),
            _ => read(self.node).map(|word| vec![word]),
        }
    }
}

/// The words for an error: `"a", "b" or "c"`.
fn one_out_of(words: &[&str]) -> String {
    match words {
        [first @ .., last] if !first.is_empty() => format!("{} or {last:?}", listed(first)),
        words => listed(words),
    }
}

fn listed(words: &[&str]) -> String {
    let words: Vec<_> = words.iter().map(|word| format!("{word:?}")).collect();
    words.join(", ")
}
