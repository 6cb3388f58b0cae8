//! Numbers on the command line, with errors that state the allowed range.

use std::ops::RangeInclusive;

type Read<T> = Result<T, String>;

/// If the range extends to the largest number of the type, the error mentions no upper limit.
pub(crate) fn whole<T: TryFrom<u64>>(
    range: RangeInclusive<u64>,
) -> impl Fn(&str) -> Read<T> + Clone + Send + Sync + 'static {
    let allowed = match (*range.start(), *range.end()) {
        (0, most) if most >= u64::from(u32::MAX) => "a whole number".to_owned(),
        (least, most) if most >= u64::from(u32::MAX) => {
            format!("a whole number of at least {least}")
        }
        (least, most) => format!("a whole number between {least} and {most}"),
    };
    move |text| {
        let number = text
            .parse::<u64>()
            .ok()
            .filter(|number| range.contains(number))
            .and_then(|number| T::try_from(number).ok());
        number.ok_or_else(|| format!("it must be {allowed}"))
    }
}

/// Reads any finite number. The bridge checks its range.
pub(crate) fn any(text: &str) -> Read<f64> {
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    number.ok_or_else(|| "it must be a number, such as 2, 0.5 or -1".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(range: RangeInclusive<u64>, text: &str) -> String {
        whole::<u32>(range)(text).unwrap_err()
    }

    #[test]
    fn whole_numbers_within_their_range_are_read() {
        assert_eq!(whole::<u32>(1..=5)("5"), Ok(5));
        assert_eq!(whole::<u64>(0..=u64::MAX)("0"), Ok(0));
    }

    #[test]
    fn other_numbers_are_refused_in_a_sentence() {
        for text in ["0", "6", "-1", "1.5", "x", "", "99999999999999999999"] {
            assert_eq!(
                error(1..=5, text),
                "it must be a whole number between 1 and 5"
            );
        }
        assert_eq!(
            error(1..=u32::MAX.into(), "0"),
            "it must be a whole number of at least 1"
        );
    }

    #[test]
    fn only_finite_numbers_are_read() {
        assert_eq!(any("-1"), Ok(-1.0));
        for text in ["inf", "nan", "x", ""] {
            assert_eq!(
                any(text),
                Err("it must be a number, such as 2, 0.5 or -1".into())
            );
        }
    }
}
