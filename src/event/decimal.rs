//! Exact decimal numbers: amounts of money never pass through a double, which would lose cents.

use std::fmt;

/// Maximum number of decimal places: enough for the smallest unit of any currency (one wei of ETH).
const PLACES: u32 = 18;
const ONE: i128 = 10_i128.pow(PLACES);
/// An amount must be below this many units.
const LIMIT: i128 = 10_i128.pow(18);
/// Number of significant digits that a decimal number keeps when it is stored as a double.
const DIGITS_OF_A_DOUBLE: usize = 15;

/// An exact decimal number with up to 18 decimal places. Further places are rounded, half away from
/// zero. Sums saturate at 1.7 × 10^20.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Decimal(i128);

impl Decimal {
    pub const ZERO: Self = Self(0);

    /// `value` divided by 10 to the power of `places`. `None` from 10^18 up, and for more than 18
    /// places.
    pub fn scaled(value: i128, places: u32) -> Option<Self> {
        let factor = 10_i128.checked_pow(PLACES.checked_sub(places)?)?;
        value
            .checked_mul(factor)
            .filter(|number| number.abs() < LIMIT * ONE)
            .map(Self)
    }

    /// A whole number of units. `None` from 10^18 up.
    pub fn whole(units: u64) -> Option<Self> {
        Self::scaled(units.into(), 0)
    }

    /// Reads `12`, `-12.5`, `.5`, `1e3`: ASCII digits with a point. `None` for anything else, and
    /// for 10^18 or more.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (units, places) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: Vec<u8> = units.bytes().chain(places.bytes()).collect();
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        // The number of digits before the point after the exponent has been applied.
        let before = i64::try_from(units.len())
            .ok()?
            .checked_add(exponent.into())?;
        let digit = |place: i64| {
            usize::try_from(place)
                .ok()
                .and_then(|place| digits.get(place))
                .map_or(0, |digit| i128::from(digit - b'0'))
        };
        let first = i64::try_from(
            digits
                .iter()
                .position(|digit| *digit != b'0')
                .unwrap_or(digits.len()),
        )
        .ok()?;
        if first == i64::try_from(digits.len()).ok()? {
            return Some(Self::ZERO);
        }
        let last = before.checked_add(PLACES.into())?;
        if before - first > i64::from(PLACES) {
            return None;
        }
        let number = (first..last).fold(0, |number, place| number * 10 + digit(place));
        let number = number + i128::from(last >= first && digit(last) >= 5);
        Some(Self(if negative { -number } else { number }))
            .filter(|number| number.0.abs() < LIMIT * ONE)
    }

    /// Converts a double to the decimal number that it represents: 0.1 + 0.2 is 0.3. `None` if it
    /// is not finite, and for 10^18 or more.
    pub fn of_double(number: f64) -> Option<Self> {
        number
            .is_finite()
            .then(|| format!("{number:.*e}", DIGITS_OF_A_DOUBLE - 1))
            .and_then(|text| Self::parse(&text))
    }

    /// Returns `None` for 10^18 or more.
    pub fn of_json(number: &serde_json::Number) -> Option<Self> {
        match (number.as_i128(), number.as_f64()) {
            (Some(whole), _) => Self::scaled(whole, 0),
            (None, double) => Self::of_double(double?),
        }
    }

    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The number multiplied by `count`. Saturates.
    #[must_use]
    pub fn times(self, count: u64) -> Self {
        Self(self.0.saturating_mul(count.into()))
    }

    /// The number rounded to at most `places` decimal places, half away from zero.
    #[must_use]
    pub fn rounded(self, places: u32) -> Self {
        let unit = 10_i128.pow(PLACES - places.min(PLACES));
        let half = unit / 2 * self.0.signum();
        Self(self.0.saturating_add(half) / unit * unit)
    }

    /// The number times 10 to the power of `places`, rounded to a whole number: cents for 2.
    /// Saturates.
    pub fn in_units_of(self, places: u32) -> i64 {
        let places = places.min(PLACES);
        let whole = self.rounded(places).0 / 10_i128.pow(PLACES - places);
        i64::try_from(whole).unwrap_or(if whole < 0 { i64::MIN } else { i64::MAX })
    }

    /// The whole part, without the decimals. 0 for negative numbers; saturates.
    pub fn count(self) -> u64 {
        u64::try_from((self.0 / ONE).max(0)).unwrap_or(u64::MAX)
    }

    /// The number of decimal places that the number needs.
    pub fn places(self) -> u32 {
        (0..PLACES)
            .find(|places| self.0 % 10_i128.pow(PLACES - places) == 0)
            .unwrap_or(PLACES)
    }

    /// A number that orders amounts by size. 0 for negative amounts.
    pub fn rank(self) -> u128 {
        u128::try_from(self.0).unwrap_or(0)
    }

    /// The number as a text with at least `least_places` decimal places, and more if it needs them:
    /// `12.50`.
    pub fn text(self, least_places: u32) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let number = self.0.unsigned_abs();
        let (units, rest) = (number / ONE.unsigned_abs(), number % ONE.unsigned_abs());
        let places = least_places.min(PLACES).max(self.places());
        if places == 0 {
            return format!("{sign}{units}");
        }
        let rest = rest / 10_u128.pow(PLACES - places);
        format!("{sign}{units}.{rest:0width$}", width = places as usize)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(0))
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Option<String> {
        Decimal::parse(text).map(|number| number.to_string())
    }

    #[test]
    fn plain_numbers_are_read_exactly() {
        for (text, expected) in [
            ("0", "0"),
            ("12", "12"),
            (".5", "0.5"),
            ("5.", "5"),
            ("-12.50", "-12.5"),
            ("+7", "7"),
            ("1e3", "1000"),
            ("1.5E-3", "0.0015"),
            ("0.1e1", "1"),
            ("12e-1", "1.2"),
            ("0e99999999", "0"),
            ("1e-40", "0"),
            (
                "999999999999999999.999999999999999999",
                "999999999999999999.999999999999999999",
            ),
            ("0.0000000000000000005", "0.000000000000000001"),
            ("000000000000000000000012.5", "12.5"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "",
            ".",
            "-",
            "e3",
            "1e",
            "1.2.3",
            "1,5",
            " 1",
            "1 ",
            "0x1",
            "1e19",
            "1e999999999999",
            "1000000000000000000",
            "١",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_double_is_the_decimal_that_was_meant() {
        let of = |number| Decimal::of_double(number).map(|number| number.to_string());
        assert_eq!(of(0.1 + 0.2).as_deref(), Some("0.3"));
        assert_eq!(of(19.99 * 100.0).as_deref(), Some("1999"));
        assert_eq!(of(0.005).as_deref(), Some("0.005"));
        assert_eq!(
            (of(1e300), of(f64::NAN), of(f64::INFINITY)),
            (None, None, None)
        );
    }

    #[test]
    fn rounding_goes_away_from_zero_at_a_half() {
        let rounded = |text, places| Decimal::parse(text).unwrap().rounded(places).to_string();
        assert_eq!(
            (
                rounded("1.005", 2),
                rounded("-1.005", 2),
                rounded("1.0049", 2)
            ),
            ("1.01".into(), "-1.01".into(), "1".into())
        );
        assert_eq!(
            (rounded("999.5", 0), rounded("0.4", 0)),
            ("1000".into(), "0".into())
        );
        assert_eq!(Decimal::parse("12.345").unwrap().in_units_of(2), 1_235);
    }

    #[test]
    fn texts_have_the_places_that_were_asked_for_or_more() {
        let text = |text, places| Decimal::parse(text).unwrap().text(places);
        assert_eq!(
            (text("12.5", 2), text("12", 2), text("0.005", 2)),
            ("12.50".into(), "12.00".into(), "0.005".into())
        );
        assert_eq!(
            (text("-0.05", 2), text("7", 0)),
            ("-0.05".into(), "7".into())
        );
    }

    proptest! {
        #[test]
        fn a_written_number_is_read_again(value in any::<i64>(), places in 0..=18_u32,
            least in 0..=18_u32) {
            prop_assume!(Decimal::scaled(value.into(), places).is_some());
            let number = Decimal::scaled(value.into(), places).unwrap();
            prop_assert_eq!(Decimal::parse(&number.text(least)), Some(number));
        }

        #[test]
        fn no_text_makes_it_panic(text in "[-+]?[0-9]{0,60}[.]?[0-9]{0,60}(e[-+]?[0-9]{1,12})?") {
            if let Some(number) = Decimal::parse(&text) {
                prop_assert_eq!(Decimal::parse(&number.text(2)), Some(number));
                prop_assert!(number.rounded(2).places() <= 2, "{} {}", number,
                    number.in_units_of(18));
            }
        }
    }
}
