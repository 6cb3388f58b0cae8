//! Problems with a value or a table, with their places.

use super::{Spot, hint};

/// A problem and its place.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{path}: {cause}")]
pub struct Problem {
    /// The place in the file.
    pub spot: Spot,
    /// The path of the value or table, such as `rule "Raids".do[1].data`.
    pub path: String,
    pub cause: Cause,
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    #[error("there is no key {key}; {}", hint(key, known.iter().map(|known| &**known)))]
    UnknownKey {
        /// The key in the spelling of the input.
        key: String,
        /// The known keys.
        known: Vec<Box<str>>,
    },
    /// A required key is absent.
    #[error("{key} is missing: {expected}")]
    Missing {
        key: String,
        /// A description of the missing value.
        expected: String,
    },
    /// A value has the wrong type or is out of range.
    #[error("must be {allowed}, not {found}")]
    Value {
        /// The allowed values, which complete "must be …".
        allowed: String,
        /// The value. Empty if it must not be quoted.
        found: String,
    },
    #[error("{0}")]
    Other(String),
}

pub type Read<T> = Result<T, Problem>;

impl Problem {
    pub fn new(spot: Spot, path: impl Into<String>, cause: Cause) -> Self {
        Self {
            spot,
            path: path.into(),
            cause,
        }
    }

    /// A problem that only a text describes.
    pub fn other(spot: Spot, path: impl Into<String>, what: impl Into<String>) -> Self {
        Self::new(spot, path, Cause::Other(what.into()))
    }
}

impl Cause {
    /// The cause for a key that is not among the known ones.
    pub fn unknown_key(key: &str, known: &[&str]) -> Self {
        Self::UnknownKey {
            key: key.into(),
            known: known.iter().map(|known| (*known).into()).collect(),
        }
    }
}
