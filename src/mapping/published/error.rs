//! Errors of published events that cannot be counted.

use thiserror::Error;

use crate::event::{EventName, written::Unreadable};

/// Why a published event cannot be counted. The texts name fields, never the texts of viewers.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// The type is one that counts, but `data` is not an object.
    #[error("{event}: \"data\" must be an object")]
    NotAnObject { event: EventName },
    /// A required value is missing.
    #[error("{event}: \"data\" has no {field}; the bridge looked for {looked_for}")]
    Missing {
        event: EventName,
        field: &'static str,
        /// All paths at which the field may be.
        looked_for: String,
    },
    /// An amount that is not a number, or that can mean two numbers.
    #[error("{event}: the amount {problem}")]
    Amount {
        event: EventName,
        /// The reason. Its text quotes the amount, because people cannot correct an amount that
        /// they do not see. Nothing else of the event is quoted.
        #[source]
        problem: Unreadable,
    },
}

impl Error {
    /// The name of the field that is missing or wrong.
    pub fn field(&self) -> &'static str {
        match self {
            Self::NotAnObject { .. } => "data",
            Self::Missing { field, .. } => field,
            Self::Amount { .. } => "amount",
        }
    }
}
