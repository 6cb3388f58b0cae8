//! Whose Twitchat speaks, how old it is, and what it sends.

use serde_json::Value;

/// How Twitchat names and shapes things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Generation {
    /// 0.x to 6.x: chat messages nested with IRC tags. It knows no cheers, subscriptions, rewards,
    /// labels or summary.
    First,
    /// 7.x to 16.x.
    Second,
    /// 17: `ON_`, `SET_` and `GET_`.
    Third,
}

/// Whose Twitchat it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// The broadcaster's Twitch id.
    pub id: String,
    /// The broadcaster's login.
    pub login: String,
}

/// A message without its envelope; `None` for data that is absent.
pub(super) type Outgoing = (&'static str, Option<Value>);
