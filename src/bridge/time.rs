//! Formats times as text.

use jiff::Timestamp;

/// Formats Unix milliseconds as ISO 8601 in UTC.
pub(super) fn instant(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms)
        .map(|at| at.to_string())
        .unwrap_or_default()
}

/// Formats Unix milliseconds as Streamer.bot does, with seven fraction digits and an offset.
pub(super) fn time_stamp(at_ms: i64) -> String {
    let at = Timestamp::from_millisecond(at_ms).unwrap_or_default();
    format!("{}+00:00", at.strftime("%Y-%m-%dT%H:%M:%S%.7f"))
}
