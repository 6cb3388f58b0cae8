//! Spans of time on the command line: `30s`, `1h 30m`, or a number of seconds.

use std::time::Duration;

use jiff::{SignedDuration, fmt::friendly::SpanPrinter};

/// What is said of a text that is none.
const ALLOWED: &str =
    r#"it must be a time above 0 such as "30s", "5m" or "1h 30m", or a number of seconds"#;

/// Reads one.
pub(crate) fn read(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let seconds = || Duration::try_from_secs_f64(text.parse().ok()?).ok();
    let words = || Duration::try_from(text.parse::<SignedDuration>().ok()?).ok();
    seconds()
        .or_else(words)
        .filter(|span| !span.is_zero())
        .ok_or_else(|| ALLOWED.to_owned())
}

/// In the short form that [`read`] understands.
pub(crate) fn show(span: Duration) -> String {
    SpanPrinter::new().unsigned_duration_to_string(&span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_words() {
        let millis = |text: &str| read(text).map(|span| span.as_millis());
        assert_eq!(
            ["5", "0.2", "30s", "1h 30m", " 250ms "].map(millis),
            [5_000, 200, 30_000, 5_400_000, 250].map(Ok)
        );
        for bad in ["", "0", "-1", "0s", "-5m", "soon", "nan", "inf", "1e300"] {
            assert!(read(bad).is_err(), "{bad}");
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
