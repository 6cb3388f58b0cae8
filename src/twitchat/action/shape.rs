//! A parameter and the values that it takes, in words and as a sample. `check` checks values
//! against it.

use std::fmt;

use serde_json::{Map, Value, json};

use super::{
    icons::ICONS,
    naming::{Names, Naming},
};

/// The values that a parameter takes.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// A whole number within these bounds.
    Whole {
        /// The smallest value.
        least: i64,
        /// The largest value.
        most: i64,
    },
    /// A positive or negative whole number, but not 0, which would do nothing.
    Steps,
    /// A number within these bounds.
    Number {
        /// The smallest value.
        least: f64,
        /// The largest value.
        most: f64,
    },
    /// A whole number, sent as a text or a number.
    WholeAmount,
    /// A number, sent as a text or a number.
    Amount,
    Flag,
    /// Only `true`.
    True,
    /// A text, empty or not.
    Text,
    /// A text that is not empty.
    Words,
    /// The id of something in Twitchat.
    Id,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// The name of an icon.
    Icon,
    List {
        /// The shape of each entry.
        of: &'static Shape,
        /// The minimum number of entries.
        least: usize,
    },
    /// An object with these fields and no others.
    Object(&'static [Param]),
    /// An object with these fields and any others.
    Open(&'static [Param]),
    /// The first of these shapes that fits.
    Either(&'static [Shape]),
    /// Any value.
    Any,
}

/// The largest whole number that JavaScript represents exactly.
pub(super) const MANY: i64 = 9_007_199_254_740_991;

impl Shape {
    /// A column of the chat. The chat cannot have more columns.
    pub(super) const COLUMN: Self = Self::Whole {
        least: 0,
        most: 100,
    };
    /// A number of things, at least 1.
    pub(super) const COUNT: Self = Self::Whole {
        least: 1,
        most: MANY,
    };
    /// A time in Unix milliseconds, or a length of time.
    pub(super) const TIME: Self = Self::Whole {
        least: 0,
        most: MANY,
    };
    /// Any number.
    pub(super) const ANY_NUMBER: Self = Self::Number {
        least: f64::MIN,
        most: f64::MAX,
    };
    /// A list with any entries.
    pub(super) const LIST: Self = Self::List {
        of: &Self::Any,
        least: 0,
    };

    /// A value of this shape.
    pub(super) fn sample(&self, words: &[Naming]) -> Value {
        match *self {
            Self::Whole { least, most } => json!(least.max(1).min(most)),
            Self::Steps => json!(1),
            Self::Number { least, most } => json!(least.max(1.0).min(most)),
            Self::WholeAmount | Self::Amount => json!("1"),
            Self::Flag | Self::True => json!(true),
            Self::Text | Self::Words => json!("Hello"),
            Self::Id => json!("688d182d-c6e8-5d3d-9a51-56cde11bb62a"),
            Self::OneOf(words) => json!(words.first()),
            Self::Icon => json!(ICONS.first()),
            Self::List { of, least } => Value::from(vec![of.sample(words); least]),
            Self::Object(params) | Self::Open(params) => example(params, words).into(),
            Self::Either(shapes) => shapes
                .first()
                .map_or(Value::Null, |shape| shape.sample(words)),
            Self::Any => Value::Null,
        }
    }
}

impl fmt::Display for Shape {
    /// The allowed values, in a form that completes a sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Whole { least, most: MANY } => write!(f, "a whole number of at least {least}"),
            Self::Whole { least, most } => write!(f, "a whole number from {least} to {most}"),
            Self::Steps => f.write_str("a whole number other than 0"),
            Self::Number {
                least: f64::MIN, ..
            } => f.write_str("a number"),
            Self::Number {
                least,
                most: f64::MAX,
            } => write!(f, "a number of at least {least}"),
            Self::Number { least, most } => write!(f, "a number from {least} to {most}"),
            Self::WholeAmount => f.write_str("a whole number, also as a text"),
            Self::Amount => f.write_str("a number, also as a text"),
            Self::Flag => f.write_str("true or false"),
            Self::True => f.write_str("true"),
            Self::Text => f.write_str("a text"),
            Self::Words => f.write_str("a text that is not empty"),
            Self::Id => f.write_str("an id, as a text"),
            Self::OneOf(words) => write!(f, "one of {}", words.join(", ")),
            Self::Icon => write!(
                f,
                "one of Twitchat's {} icons, such as credits or raid",
                ICONS.len()
            ),
            Self::List { of: Self::Any, .. } => f.write_str("a list"),
            Self::List { of, least: 0 } => write!(f, "a list whose entries are each {of}"),
            Self::List { of, least } => {
                write!(f, "a list of at least {least} entries, each {of}")
            }
            Self::Object([]) | Self::Open([]) => f.write_str("an object"),
            Self::Object(params) | Self::Open(params) => {
                let keys: Vec<_> = params.iter().map(|param| param.key).collect();
                write!(f, "an object with {}", keys.join(", "))
            }
            Self::Either(shapes) => {
                for (place, shape) in shapes.iter().enumerate() {
                    write!(f, "{}{shape}", if place == 0 { "" } else { ", or " })?;
                }
                Ok(())
            }
            Self::Any => f.write_str("anything"),
        }
    }
}

/// One parameter of an action, or one field of an object within a parameter.
#[derive(Debug, Clone, Copy)]
pub struct Param {
    /// The parameter's key in the catalogue: the older key if there is one.
    pub key: &'static str,
    /// The parameter's keys up to Twitchat 16 and in Twitchat 17.
    pub keys: Names,
    /// One or two sentences about its meaning.
    pub about: &'static str,
    /// The values that it takes.
    pub shape: Shape,
    /// Whether the action requires it.
    pub required: bool,
    /// The value that Twitchat uses if the parameter is absent, as JSON. `None` if there is no such
    /// value or it is unknown.
    pub default: Option<&'static str>,
    /// A value for the example, as JSON. `None` for a value that follows from the shape.
    pub example: Option<&'static str>,
}

impl Param {
    /// The key in the first of these namings that has one. `None` if no naming has one.
    pub(super) fn key_in(&self, words: &[Naming]) -> Option<&'static str> {
        words.iter().find_map(|naming| self.keys.of(*naming))
    }
}

/// An example with the required parameters, and the parameters that have an example value.
pub(super) fn example(params: &[Param], words: &[Naming]) -> Map<String, Value> {
    let given = |text: &str| serde_json::from_str(text).unwrap_or_default();
    let value = |param: &Param| {
        param
            .example
            .map_or_else(|| param.shape.sample(words), given)
    };
    let wanted = params
        .iter()
        .filter(|param| param.required || param.example.is_some());
    wanted
        .filter_map(|param| Some((param.key_in(words)?.to_owned(), value(param))))
        .collect()
}
