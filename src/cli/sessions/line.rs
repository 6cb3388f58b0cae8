//! Reads a session from the command line, and shows a session in one line.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;
use twitchat_bridge::input::{count, duration};
use twitchat_bridge::request::{SESSION, SessionQuery};

pub(crate) fn read(text: &str) -> Result<SessionQuery, String> {
    SessionQuery::parse(text).ok_or_else(|| format!("must be {SESSION}"))
}

pub(super) fn number(session: &Value) -> u64 {
    session
        .get("id")
        .and_then(Value::as_u64)
        .unwrap_or_default()
}

/// A line such as `7  2026-11-24 20:00  2 h 31 min  stream`.
pub(super) fn line(session: &Value) -> String {
    let text = |key: &str| session.get(key).and_then(Value::as_str).unwrap_or_default();
    let number = |key: &str| session.get(key).and_then(Value::as_u64).unwrap_or_default();
    let began = text("started")
        .parse::<Timestamp>()
        .map(|at| {
            at.to_zoned(TimeZone::system())
                .strftime("%F %H:%M")
                .to_string()
        })
        .unwrap_or_default();
    // A session lasts hours, so seconds do not matter.
    let seconds = number("seconds");
    let seconds = if seconds >= 60 {
        seconds - seconds % 60
    } else {
        seconds
    };
    let lasted = duration::show(std::time::Duration::from_secs(seconds));
    let state = if session.get("running") == Some(&Value::Bool(true)) {
        "running"
    } else {
        ""
    };
    let line = format!(
        "{:>4}  {began}  {lasted:>8}  {:>11}  {:<7} {state}",
        self::number(session),
        count(number("rows"), "row"),
        text("cause"),
    );
    line.trim_end().to_owned()
}
