use std::fmt;

use jiff::civil::Date;
use serde_json::Value;

use super::{
    error::RequestError,
    fields::{self, Fields},
};

/// The session that a request names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionQuery {
    Running,
    Number(u64),
    /// The session before the running one.
    Last,
    /// The session that began today, in the streamer's time zone.
    Today,
    Yesterday,
    /// The session that began on this day.
    Date(Date),
}

/// A description of the texts that [`SessionQuery::parse`] accepts, for error messages.
pub const SESSION: &str =
    "a number, \"last\", \"running\", \"today\", \"yesterday\" or a date such as \"2026-11-24\"";

impl SessionQuery {
    /// Reads one of the forms in [`SESSION`]. `None` for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        Some(match text.to_ascii_lowercase().as_str() {
            "running" => Self::Running,
            "last" => Self::Last,
            "today" => Self::Today,
            "yesterday" => Self::Yesterday,
            _ => match text.parse() {
                Ok(number) => Self::Number(number),
                Err(_) => Self::Date(text.parse().ok()?),
            },
        })
    }
}

impl fmt::Display for SessionQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Running => f.write_str("running"),
            Self::Number(number) => number.fmt(f),
            Self::Last => f.write_str("last"),
            Self::Today => f.write_str("today"),
            Self::Yesterday => f.write_str("yesterday"),
            Self::Date(date) => date.fmt(f),
        }
    }
}

/// Reads the field `session`; `None` if it is absent.
pub(super) fn session(fields: &mut Fields) -> Result<Option<SessionQuery>, RequestError> {
    let Some(value) = fields.take("session") else {
        return Ok(None);
    };
    query(&value)
        .map(Some)
        .ok_or_else(|| fields::field_error("session", &value, SESSION))
}

/// Reads a session from a value. `None` if it has none of the forms in [`SESSION`].
pub(super) fn query(value: &Value) -> Option<SessionQuery> {
    match value {
        Value::Number(number) => number.as_u64().map(SessionQuery::Number),
        Value::String(text) => SessionQuery::parse(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_named_in_these_ways_and_no_others() {
        for text in ["7", "last", "running", "today", "yesterday", "2026-11-24"] {
            let query = SessionQuery::parse(text).unwrap();
            assert_eq!(query.to_string(), text);
        }
        assert_eq!(SessionQuery::parse(" LAST "), Some(SessionQuery::Last));
        for text in ["", "-1", "1.5", "tomorrow", "2026-13-01", "24.11.2026"] {
            assert_eq!(SessionQuery::parse(text), None, "{text}");
        }
    }
}
