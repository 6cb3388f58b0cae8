//! Durations as people write them.

use std::time::Duration;

use jiff::{SignedDuration, Span, SpanRelativeTo, fmt::friendly::SpanPrinter};

const DAY_S: u64 = 24 * 60 * 60;

/// Reads `1h 30m`, `500ms`, `400d` with days of 24 hours, or a number of seconds such as `90` or
/// `1.5`. `None` for any other text, and for a negative time.
pub fn parse(text: &str) -> Option<Duration> {
    let text = text.trim();
    let words = || text.parse::<SignedDuration>().ok()?.try_into().ok();
    let days = || {
        let span = text.parse::<Span>().ok()?;
        let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
        duration.try_into().ok()
    };
    text.parse()
        .ok()
        .and_then(of_seconds)
        .or_else(words)
        .or_else(days)
}

/// A duration from a number of seconds. `None` if the number is negative, not finite or too large.
pub fn of_seconds(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok()
}

/// Writes the short form that [`parse`] reads: `1m 30s`; `400d` if it is several days and nothing
/// else.
pub fn show(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds > DAY_S && Duration::from_secs(seconds - seconds % DAY_S) == duration {
        return format!("{}d", seconds / DAY_S);
    }
    SpanPrinter::new().unsigned_duration_to_string(&duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers_of_seconds_are_read() {
        let millis = |text: &str| parse(text).map(|time| time.as_millis());
        assert_eq!(
            ["5", "1.5", "0", "30s", "1h 30m", " 250ms ", "2d", "1w 1h"].map(millis),
            [
                5_000,
                1_500,
                0,
                30_000,
                5_400_000,
                250,
                172_800_000,
                608_400_000
            ]
            .map(Some)
        );
        for bad in [
            "", "-1", "-2d", "1mo", "1y", "-5m", "soon", "nan", "inf", "1e300",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn shown_as_it_is_read() {
        assert_eq!(
            [90, 3_600, 86_400, 172_800, 176_400].map(|seconds| show(Duration::from_secs(seconds))),
            ["1m 30s", "1h", "24h", "2d", "49h"]
        );
    }
}
