use std::time::Duration;

use twitchat_bridge::input::duration;

/// Reads a duration above 0: `30s`, `1h 30m`, or a number of seconds.
pub(crate) fn read(text: &str) -> Result<Duration, String> {
    duration::parse(text)
        .filter(|span| !span.is_zero())
        .ok_or_else(|| {
            r#"it must be a time above 0 such as "30s", "5m" or "1h 30m", or a number of seconds"#
                .to_owned()
        })
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
}
