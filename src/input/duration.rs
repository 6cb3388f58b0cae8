//! Durations as people write them.

use std::time::Duration;

use jiff::{SignedDuration, fmt::friendly::SpanPrinter};

/// Reads `1h 30m`, `500ms`, or a number of seconds such as `90` or `1.5`. `None` for any other
/// text, and for a negative time.
pub fn parse(text: &str) -> Option<Duration> {
    let text = text.trim();
    let words = || text.parse::<SignedDuration>().ok()?.try_into().ok();
    text.parse().ok().and_then(of_seconds).or_else(words)
}

/// A duration from a number of seconds. `None` if the number is negative, not finite or too large.
pub fn of_seconds(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok()
}

/// Writes the short form that [`parse`] reads: `1m 30s`.
pub fn show(duration: Duration) -> String {
    SpanPrinter::new().unsigned_duration_to_string(&duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers_of_seconds_are_read() {
        let millis = |text: &str| parse(text).map(|time| time.as_millis());
        assert_eq!(
            ["5", "1.5", "0", "30s", "1h 30m", " 250ms "].map(millis),
            [5_000, 1_500, 0, 30_000, 5_400_000, 250].map(Some)
        );
        for bad in ["", "-1", "-5m", "soon", "nan", "inf", "1e300"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn shown_as_it_is_read() {
        assert_eq!(
            [90, 3_600].map(|seconds| show(Duration::from_secs(seconds))),
            ["1m 30s", "1h"]
        );
    }
}
