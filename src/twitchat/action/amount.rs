//! A number that Twitchat expects as a text.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// A number of seconds or steps, as the text that Twitchat's own Stream Deck plugin sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Amount(String);

impl From<i64> for Amount {
    fn from(number: i64) -> Self {
        Self(number.to_string())
    }
}

impl From<f64> for Amount {
    fn from(number: f64) -> Self {
        Self(number.to_string())
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Given {
            Text(String),
            Number(serde_json::Number),
        }
        Ok(Self(match Given::deserialize(deserializer)? {
            Given::Text(text) => text,
            Given::Number(number) => number.to_string(),
        }))
    }
}
