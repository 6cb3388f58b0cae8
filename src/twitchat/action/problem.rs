use serde_json::Value;

use crate::twitchat::Generation;

/// The place of an error, and an example without the error.
#[derive(Debug, Clone, PartialEq)]
pub struct Spot {
    /// The action's name, in the form in which it was given.
    pub action: &'static str,
    /// The parameter's dotted path.
    pub parameter: String,
    /// The values that the parameter takes. For an unknown parameter, the names of the parameters
    /// that exist.
    pub allowed: String,
    /// An example of correct data.
    pub example: Value,
}

/// Why an action is not sent.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The type must never be sent, because Twitchat would take the message for one of OBS's own
    /// events, or send it on endlessly.
    #[error(
        "{0} is never sent: Twitchat takes types that begin with OBS_ or ON_OBS_ for OBS's own \
            events, or sends them on without end"
    )]
    Forbidden(String),
    /// No action has this name.
    #[error("Twitchat has no action {name}{}", or_similar(.nearest))]
    Unknown {
        /// The name, in Twitchat's spelling.
        name: String,
        /// Names that are similar.
        nearest: Vec<&'static str>,
    },
    /// A parameter has a value of another type.
    #[error("{}: {} is {found}, but it takes {}{}", .spot.action, .spot.parameter, .spot.allowed,
        example(.spot))]
    WrongType {
        spot: Box<Spot>,
        /// The type of the value, in words.
        found: &'static str,
    },
    /// A value has the right type, but is not allowed.
    #[error("{}: {} is {found}, but it takes {}{}", .spot.action, .spot.parameter, .spot.allowed,
        example(.spot))]
    OutOfRange {
        spot: Box<Spot>,
        /// The value, cut if it is long.
        found: String,
    },
    /// A word is not among the allowed ones.
    #[error("{}: {} is {found:?}, but it takes {}{}{}", .spot.action, .spot.parameter,
        .spot.allowed, or_similar(.nearest), example(.spot))]
    NotOneOf {
        spot: Box<Spot>,
        /// The word, cut if it is long.
        found: String,
        /// Words that are similar.
        nearest: Vec<String>,
    },
    /// The action has no such parameter.
    #[error("{} does not take {}{}; it takes {}{}", .spot.action, .spot.parameter,
        or_similar(.nearest.as_slice()), .spot.allowed, example(.spot))]
    UnknownKey {
        spot: Box<Spot>,
        /// The parameter with the most similar name.
        nearest: Option<&'static str>,
    },
    /// A required parameter is missing.
    #[error("{}: {} is missing; it takes {}{}", .spot.action, .spot.parameter, .spot.allowed,
        example(.spot))]
    Missing { spot: Box<Spot> },
    /// The connected version of Twitchat has no counterpart.
    #[error("{action}{} is not available in Twitchat {generation}{}{}", of(.parameter.as_deref()),
        because(.why), closest(.nearest))]
    Untranslatable {
        /// The action's name, in the form in which it was given.
        action: &'static str,
        /// The parameter without a counterpart; `None` if the action itself has none.
        parameter: Option<String>,
        /// The generation of the connected Twitchat.
        generation: Generation,
        /// The reason; empty if there is simply no counterpart.
        why: &'static str,
        /// The names of the closest actions.
        nearest: Vec<&'static str>,
    },
}

impl Problem {
    /// The dotted path of the parameter with the error; `None` if the error is not about a
    /// parameter.
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
        format!("; the closest action is {}", names.join(" or "))
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

/// An example of a correct action, in the form in which users write it.
fn example(spot: &Spot) -> String {
    format!(". For example: {} {}", spot.action, spot.example)
}
