//! Why something is not sent.

use serde_json::Value;

use crate::twitchat::Generation;

/// Where the trouble is, and how it would be right.
#[derive(Debug, Clone, PartialEq)]
pub struct Spot {
    /// Which action.
    pub action: &'static str,
    /// The parameter's dotted path.
    pub parameter: String,
    /// What it takes; of an unknown one, the parameters that there are.
    pub allowed: String,
    /// Data that is correct.
    pub example: Value,
}

/// Why something is not sent.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// Twitchat would take it for OBS's own event, or send it on without end.
    #[error(
        "{0} is never sent: Twitchat takes types that begin with OBS_ or ON_OBS_ for OBS's own \
            events, or sends them on without end"
    )]
    Forbidden(String),
    /// There is nothing of that name.
    #[error("Twitchat has no action {name}{}", or_similar(.nearest))]
    Unknown {
        /// As it was written.
        name: String,
        /// What resembles it.
        nearest: Vec<&'static str>,
    },
    /// A parameter has a value of another type.
    #[error("{}: {} is {found}, but it takes {}{}", .spot.action, .spot.parameter, .spot.allowed,
        example(.spot))]
    WrongType {
        /// Where.
        spot: Box<Spot>,
        /// What was there.
        found: &'static str,
    },
    /// A value of the right type that is not possible.
    #[error("{}: {} is {found}, but it takes {}{}", .spot.action, .spot.parameter, .spot.allowed,
        example(.spot))]
    OutOfRange {
        /// Where.
        spot: Box<Spot>,
        /// What was there.
        found: String,
    },
    /// A word that is none of those that are possible.
    #[error("{}: {} is {found:?}, but it takes {}{}{}", .spot.action, .spot.parameter,
        .spot.allowed, or_similar(.nearest), example(.spot))]
    NotOneOf {
        /// Where.
        spot: Box<Spot>,
        /// What was there.
        found: String,
        /// What resembles it.
        nearest: Vec<String>,
    },
    /// A parameter that the action does not have.
    #[error("{} does not take {}{}; it takes {}{}", .spot.action, .spot.parameter,
        or_similar(.nearest.as_slice()), .spot.allowed, example(.spot))]
    UnknownKey {
        /// Where.
        spot: Box<Spot>,
        /// What resembles it.
        nearest: Option<&'static str>,
    },
    /// A parameter that must be there and is not.
    #[error("{}: {} is missing; it takes {}{}", .spot.action, .spot.parameter, .spot.allowed,
        example(.spot))]
    Missing {
        /// Where.
        spot: Box<Spot>,
    },
    /// The generation in use has nothing of the kind.
    #[error("{action}{} is not available in Twitchat {generation}{}{}", of(.parameter.as_deref()),
        because(.why), closest(.nearest))]
    Untranslatable {
        /// Which action.
        action: &'static str,
        /// The parameter that has no counterpart, unless it is the action itself.
        parameter: Option<String>,
        /// For whom.
        generation: Generation,
        /// What is in the way; empty if there is just nothing like it.
        why: &'static str,
        /// What comes closest.
        nearest: Vec<&'static str>,
    },
}

impl Problem {
    /// The parameter in question, if it is about one.
    pub fn parameter(&self) -> Option<&str> {
        match self {
            Self::WrongType { spot, .. }
            | Self::OutOfRange { spot, .. }
            | Self::NotOneOf { spot, .. }
            | Self::UnknownKey { spot, .. }
            | Self::Missing { spot } => Some(&spot.parameter),
            Self::Untranslatable { parameter, .. } => parameter.as_deref(),
            Self::Forbidden(_) | Self::Unknown { .. } => None,
        }
    }
}

fn or_similar(names: &[impl AsRef<str>]) -> String {
    let names: Vec<_> = names.iter().map(AsRef::as_ref).collect();
    if names.is_empty() {
        String::new()
    } else {
        format!(" (did you mean {}?)", names.join(" or "))
    }
}

fn closest(names: &[&str]) -> String {
    if names.is_empty() {
        String::new()
    } else {
        format!("; what comes closest is {}", names.join(" or "))
    }
}

fn because(why: &str) -> String {
    if why.is_empty() {
        String::new()
    } else {
        format!(": {why}")
    }
}

fn of(parameter: Option<&str>) -> String {
    parameter
        .map(|parameter| format!(" with {parameter}"))
        .unwrap_or_default()
}

/// How it would be right, as people write it who send it.
fn example(spot: &Spot) -> String {
    format!(". For example: {} {}", spot.action, spot.example)
}
