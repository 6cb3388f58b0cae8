//! Why a published event cannot be counted.

use thiserror::Error;

use crate::event::{EventName, written::Unreadable};

/// Why a published event cannot be counted. Names the fields, never what viewers wrote.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// The type is one that counts, but `data` is no object.
    #[error("{event}: \"data\" must be an object")]
    NotAnObject {
        /// The event's name.
        event: EventName,
    },
    /// Something without which the event means nothing.
    #[error("{event}: \"data\" does not say {field}; looked for {looked_for}")]
    Missing {
        /// The event's name.
        event: EventName,
        /// What is missing, as Streamer.bot calls it today.
        field: &'static str,
        /// All places where it may be.
        looked_for: String,
    },
    /// An amount that is no number, or that has two readings.
    #[error("{event}: the amount {problem}")]
    Amount {
        /// The event's name.
        event: EventName,
        /// What is wrong with it. Of the event's content this is the one text that an error
        /// repeats: nobody can correct what they do not see.
        #[source]
        problem: Unreadable,
    },
}

impl Error {
    /// The field that is wrong.
    pub fn field(&self) -> &'static str {
        match self {
            Self::NotAnObject { .. } => "data",
            Self::Missing { field, .. } => field,
            Self::Amount { .. } => "amount",
        }
    }
}
