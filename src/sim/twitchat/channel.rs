//! The channel and the version of a stand-in Twitchat, and the form of its messages.

use serde_json::Value;

/// The set of names and shapes that Twitchat uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Generation {
    /// Versions 0.x to 6.x: chat messages with nested IRC tags. They have no cheers, subscriptions,
    /// rewards, labels or summary.
    First,
    /// Versions 7.x to 16.x.
    Second,
    /// Version 17, with the prefixes `ON_`, `SET_` and `GET_`.
    Third,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    pub id: String,
    pub login: String,
}

/// The type and the data of a message; `None` for a message without data.
pub(super) type Outgoing = (&'static str, Option<Value>);
