//! Reading a table of a file key by key, with errors that say where and what is allowed.

use std::time::Duration;

use super::{
    expression::Expression,
    jinja::{Flaw, Scope},
    template::{Shape, Template},
    tree::{Content, Node, Spot, Table},
};
use crate::input::{duration, hint};

/// The longest time that anything here may take or wait: a day.
const LONGEST_TIME: Duration = Duration::from_secs(24 * 60 * 60);
/// How a time is written.
const TIME: &str =
    r#"a time such as "500ms", "5s" or "1m 30s", or a number of seconds, at most a day"#;

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{path}: {wrong}")]
pub struct Problem {
    /// Its place in the file.
    pub spot: Spot,
    /// What it belongs to: `rule "Raids".do[1].data`.
    pub path: String,
    /// What is wrong.
    pub wrong: Wrong,
}

/// What can be wrong with a rule, an action, a label or a step.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Wrong {
    /// There is no such key.
    #[error("there is no key {key}; {hint}")]
    UnknownKey {
        /// As it was written.
        key: String,
        /// The nearest one, or all.
        hint: String,
    },
    /// A key that must be there is not.
    #[error("{key} is missing: {expected}")]
    Missing {
        /// The key.
        key: String,
        /// What belongs there.
        expected: String,
    },
    /// A value has the wrong type or is out of range.
    #[error("must be {allowed}, not {found}")]
    Value {
        /// What it may be.
        allowed: String,
        /// What it is.
        found: String,
    },
    /// A template or an expression cannot be read.
    #[error("{0}")]
    Template(Flaw),
    /// Something else, in words.
    #[error("{0}")]
    Other(String),
}

impl Problem {
    pub(super) fn new(spot: Spot, path: impl Into<String>, wrong: Wrong) -> Self {
        Self {
            spot,
            path: path.into(),
            wrong,
        }
    }
}

type Read<T> = Result<T, Problem>;

/// The keys of one table, each read once at most.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    table: &'a Table,
    spot: Spot,
    path: String,
}

impl<'a> Fields<'a> {
    /// A table with no other keys than the known ones.
    pub(super) fn of(node: &'a Node, path: impl Into<String>, known: &[&str]) -> Read<Self> {
        let path = path.into();
        let Content::Table(table) = &node.content else {
            let allowed = "a table".into();
            return Err(Problem::new(
                node.spot,
                path,
                Wrong::Value {
                    allowed,
                    found: node.found(),
                },
            ));
        };
        if let Some((key, spot, _)) = table.iter().find(|(key, ..)| !known.contains(key)) {
            return Err(Problem::new(spot, path, unknown_key(key, known)));
        }
        Ok(Self {
            table,
            spot: node.spot,
            path,
        })
    }

    /// What errors call this table from now on.
    pub(super) fn call(&mut self, path: String) {
        self.path = path;
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The path of one of its keys.
    pub(super) fn at(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&'a Node> {
        self.table.get(key)
    }

    /// Something wrong with the table as a whole.
    pub(super) fn wrong(&self, wrong: Wrong) -> Problem {
        Problem::new(self.spot, self.path.clone(), wrong)
    }

    /// Something wrong with one key, in words.
    pub(super) fn other(&self, key: &str, what: String) -> Problem {
        Problem::new(
            self.get(key).map_or(self.spot, |node| node.spot),
            self.at(key),
            Wrong::Other(what),
        )
    }

    pub(super) fn spot(&self) -> Spot {
        self.spot
    }

    /// A value of one key that is not allowed.
    pub(super) fn bad(&self, key: &str, node: &Node, allowed: impl Into<String>) -> Problem {
        Problem::new(
            node.spot,
            self.at(key),
            Wrong::Value {
                allowed: allowed.into(),
                found: node.found(),
            },
        )
    }

    pub(super) fn needed(&self, key: &str, expected: &str) -> Read<&'a Node> {
        self.get(key).ok_or_else(|| {
            self.wrong(Wrong::Missing {
                key: key.into(),
                expected: expected.into(),
            })
        })
    }

    pub(super) fn word(&self, key: &str) -> Read<Option<&'a str>> {
        let read = |node: &'a Node| match &node.content {
            Content::Text(text) if !text.trim().is_empty() => Ok(text.trim()),
            _ => Err(self.bad(key, node, "a text that is not empty")),
        };
        self.get(key).map(read).transpose()
    }

    pub(super) fn flag(&self, key: &str) -> Read<Option<bool>> {
        let read = |node: &Node| match node.content {
            Content::Bool(value) => Ok(value),
            _ => Err(self.bad(key, node, "true or false")),
        };
        self.get(key).map(read).transpose()
    }

    pub(super) fn count(&self, key: &str, most: usize) -> Read<Option<usize>> {
        let read = |node: &Node| match node.content {
            Content::Whole(number) => usize::try_from(number)
                .ok()
                .filter(|count| (1..=most).contains(count)),
            _ => None,
        };
        self.get(key)
            .map(|node| {
                read(node)
                    .ok_or_else(|| self.bad(key, node, format!("a whole number from 1 to {most}")))
            })
            .transpose()
    }

    pub(super) fn time(&self, key: &str) -> Read<Option<Duration>> {
        let read = |node: &Node| match &node.content {
            Content::Text(text) => duration(text),
            content => seconds(content),
        };
        self.get(key)
            .map(|node| read(node).ok_or_else(|| self.bad(key, node, TIME)))
            .transpose()
    }

    /// One text, or a list of texts.
    pub(super) fn words(&self, key: &str) -> Read<Option<Vec<(&'a str, Spot)>>> {
        let allowed = "a text, or a list of texts";
        let word = |node: &'a Node| match &node.content {
            Content::Text(text) if !text.trim().is_empty() => Ok((text.trim(), node.spot)),
            _ => Err(self.bad(key, node, allowed)),
        };
        let read = |node: &'a Node| match &node.content {
            Content::List(items) if !items.is_empty() => items.iter().map(word).collect(),
            Content::List(_) => Err(self.bad(key, node, allowed)),
            _ => word(node).map(|word| vec![word]),
        };
        self.get(key).map(read).transpose()
    }

    pub(super) fn expression(&self, key: &str) -> Read<Option<Expression>> {
        let Some(node) = self.get(key) else {
            return Ok(None);
        };
        let Content::Text(text) = &node.content else {
            return Err(self.bad(key, node, "an expression in quotes"));
        };
        Expression::parse(text)
            .map(Some)
            .map_err(|flaw| Problem::new(node.spot, self.at(key), Wrong::Template(flaw)))
    }

    pub(super) fn template(&self, key: &str, scope: Scope) -> Read<Option<Template>> {
        let Some(node) = self.get(key) else {
            return Ok(None);
        };
        template(node, &self.at(key), scope).map(Some)
    }

    /// A table whose texts are templates.
    pub(super) fn shape(&self, key: &str, scope: Scope) -> Read<Option<(Shape, Spot)>> {
        let read = |node: &'a Node| match node.content {
            Content::Table(_) => Ok((Shape::read(node, &self.at(key), scope)?, node.spot)),
            _ => Err(self.bad(key, node, "a table")),
        };
        self.get(key).map(read).transpose()
    }
}

/// A text that is a template.
pub(super) fn template(node: &Node, path: &str, scope: Scope) -> Read<Template> {
    let Content::Text(text) = &node.content else {
        return Err(Problem::new(
            node.spot,
            path,
            Wrong::Value {
                allowed: "a text in quotes".into(),
                found: node.found(),
            },
        ));
    };
    Template::parse(text, scope)
        .map_err(|flaw| Problem::new(node.spot, path, Wrong::Template(flaw)))
}

/// The nearest of the known keys, or all of them.
pub(super) fn unknown_key(key: &str, known: &[&str]) -> Wrong {
    Wrong::UnknownKey {
        key: key.into(),
        hint: hint(key, known.iter().copied()),
    }
}

/// Reads `1m 30s`, `500ms`, or a number of seconds.
pub(super) fn duration(text: &str) -> Option<Duration> {
    duration::parse(text).filter(|time| *time <= LONGEST_TIME)
}

fn seconds(content: &Content) -> Option<Duration> {
    let time = match content {
        Content::Whole(seconds) => Duration::from_secs(u64::try_from(*seconds).ok()?),
        Content::Fraction(seconds) => duration::of_seconds(*seconds)?,
        _ => return None,
    };
    (time <= LONGEST_TIME).then_some(time)
}

/// How a time that a template made must look.
pub(super) fn time_expected() -> &'static str {
    TIME
}
