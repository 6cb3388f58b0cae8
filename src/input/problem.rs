//! What can be wrong with a value or a table, and where.

use super::{Spot, hint};

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{path}: {cause}")]
pub struct Problem {
    /// Its place in the file.
    pub spot: Spot,
    /// What it belongs to: `rule "Raids".do[1].data`.
    pub path: String,
    /// What is wrong.
    pub cause: Cause,
}

/// What can be wrong.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// There is no such key.
    #[error("there is no key {key}; {}", hint(key, known.iter().map(|known| &**known)))]
    UnknownKey {
        /// As it was written.
        key: String,
        /// Those that there are.
        known: Vec<Box<str>>,
    },
    /// A key that must be there is not.
    #[error("{key} is missing: {expected}")]
    Missing {
        key: String,
        /// What belongs there.
        expected: String,
    },
    /// A value has the wrong type or is out of range.
    #[error("must be {allowed}, not {found}")]
    Value {
        /// What it may be.
        allowed: String,
        /// What it is; empty if it must not be repeated, or if there is nothing to repeat.
        found: String,
    },
    /// Something else, in words.
    #[error("{0}")]
    Other(String),
}

/// What reading gives.
pub type Read<T> = Result<T, Problem>;

impl Problem {
    /// A problem at a place.
    pub fn new(spot: Spot, path: impl Into<String>, cause: Cause) -> Self {
        Self {
            spot,
            path: path.into(),
            cause,
        }
    }

    /// A problem in words.
    pub fn other(spot: Spot, path: impl Into<String>, what: impl Into<String>) -> Self {
        Self::new(spot, path, Cause::Other(what.into()))
    }
}

impl Cause {
    /// A key that is not among the known ones.
    pub fn unknown_key(key: &str, known: &[&str]) -> Self {
        Self::UnknownKey {
            key: key.into(),
            known: known.iter().map(|known| (*known).into()).collect(),
        }
    }
}
