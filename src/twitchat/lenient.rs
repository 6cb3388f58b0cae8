//! Lenient readers: they accept numbers as strings, flags as words, null, missing values, and any
//! other type.
//!
//! They never fail because a value has the wrong type. A value that cannot be read counts as
//! missing. All code that reads Twitchat's data uses them.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::event::{Currency, Decimal, Money, written};

/// Any value as text: strings unchanged, numbers and flags in their JSON spelling. Empty for other
/// values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text<'a>(pub Cow<'a, str>);

impl Text<'_> {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl AsRef<str> for Text<'_> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// Any value as a number: numbers, and strings that contain a number. `None` for other values,
/// infinite values and `NaN`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Number(pub Option<f64>);

impl Number {
    /// The number as a count, without its fraction. 0 for a negative number. Saturates.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast from float saturates, as intended"
    )]
    pub fn count(self) -> Option<u64> {
        self.0.map(|number| number as u64)
    }

    /// Like [`Self::count`], as a 32-bit number.
    pub fn small(self) -> Option<u32> {
        self.count()
            .map(|count| u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// The number without its fraction. May be negative. Saturates.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a cast from float saturates, as intended"
    )]
    pub fn whole(self) -> Option<i64> {
        self.0.map(|number| number as i64)
    }
}

/// A number with all its digits, for amounts of money.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Figure<'a> {
    /// The value is neither a number nor a text.
    #[default]
    Absent,
    /// A JSON number below 10^18.
    Number(Decimal),
    Text(Cow<'a, str>),
}

impl Figure<'_> {
    /// The amount of money. `None` for zero, for negative amounts, and for a value that is not an
    /// amount.
    pub fn money(&self, currency: &Currency) -> Option<Money> {
        match self {
            Self::Absent => None,
            Self::Number(amount) => {
                (*amount > Decimal::ZERO).then(|| Money::new(*amount, currency.clone()))
            }
            Self::Text(text) => Money::of_text(text, currency).ok().flatten(),
        }
    }

    /// The number. `None` unless the value is a number or a text with one.
    pub fn decimal(&self) -> Option<Decimal> {
        match self {
            Self::Absent => None,
            Self::Number(number) => Some(*number),
            Self::Text(text) => Decimal::parse(text.trim()),
        }
    }

    /// The number as a 32-bit count, without its fraction. 0 for a negative number. Saturates.
    pub fn small(&self) -> Option<u32> {
        self.decimal()
            .map(|number| u32::try_from(number.count()).unwrap_or(u32::MAX))
    }
}

/// Any value as a flag: `true` for `true`, `"true"`, `1` and `"1"`, else `false`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flag(pub bool);

/// A value, or `None` if it has another shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loose<T>(pub Option<T>);

impl<T> Default for Loose<T> {
    fn default() -> Self {
        Self(None)
    }
}

/// The elements of an array in their raw form. Empty for other values.
#[derive(Debug, Clone, Default)]
pub struct Rows<'a>(pub Vec<&'a RawValue>);

pub fn is_object(raw: &RawValue) -> bool {
    raw.get().starts_with('{')
}

/// `None` if the value is not an object or cannot be read.
pub fn object<'a, T: Deserialize<'a>>(raw: &'a RawValue) -> Option<T> {
    is_object(raw)
        .then(|| serde_json::from_str(raw.get()).ok())
        .flatten()
}

/// Visits every kind of value. Each reader defines how it reads a string and a number. Nested
/// values are skipped.
struct Scalar<T>(PhantomData<T>);

trait FromScalar<'de>: Default {
    fn from_text(text: Cow<'de, str>) -> Self;
    fn from_flag(flag: bool) -> Self;
    fn from_float(number: f64) -> Self;
    fn from_signed(number: i64) -> Self;
    fn from_unsigned(number: u64) -> Self;
}

impl<'de, T: FromScalar<'de>> Visitor<'de> for Scalar<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<T, E> {
        Ok(T::from_flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<T, E> {
        Ok(T::from_signed(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<T, E> {
        Ok(T::from_unsigned(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<T, E> {
        Ok(T::from_float(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<T, E> {
        Ok(T::from_text(Cow::Owned(text.to_owned())))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<T, E> {
        Ok(T::from_text(Cow::Borrowed(text)))
    }

    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_none<E>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<T, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(T::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(T::default())
    }
}

impl<'de> FromScalar<'de> for Text<'de> {
    fn from_text(text: Cow<'de, str>) -> Self {
        Self(text)
    }
    fn from_flag(flag: bool) -> Self {
        Self(Cow::Borrowed(if flag { "true" } else { "false" }))
    }
    fn from_float(number: f64) -> Self {
        Self(Cow::Owned(number.to_string()))
    }
    fn from_signed(number: i64) -> Self {
        Self(Cow::Owned(number.to_string()))
    }
    fn from_unsigned(number: u64) -> Self {
        Self(Cow::Owned(number.to_string()))
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts and milliseconds are far below 2^53"
)]
impl FromScalar<'_> for Number {
    fn from_text(text: Cow<'_, str>) -> Self {
        // Twitchat writes plain numbers. Other programs may use other digits or separators.
        match text.trim().parse() {
            Ok(number) => Self::from_float(number),
            Err(_) => written::count(&text).map_or_else(Self::default, Self::from_unsigned),
        }
    }
    fn from_flag(_: bool) -> Self {
        Self::default()
    }
    fn from_float(number: f64) -> Self {
        Self(number.is_finite().then_some(number))
    }
    fn from_signed(number: i64) -> Self {
        Self(Some(number as f64))
    }
    fn from_unsigned(number: u64) -> Self {
        Self(Some(number as f64))
    }
}

impl<'de> FromScalar<'de> for Figure<'de> {
    fn from_text(text: Cow<'de, str>) -> Self {
        Self::Text(text)
    }
    fn from_flag(_: bool) -> Self {
        Self::Absent
    }
    fn from_float(number: f64) -> Self {
        Decimal::of_double(number).map_or(Self::Absent, Self::Number)
    }
    fn from_signed(number: i64) -> Self {
        Decimal::scaled(number.into(), 0).map_or(Self::Absent, Self::Number)
    }
    fn from_unsigned(number: u64) -> Self {
        Decimal::whole(number).map_or(Self::Absent, Self::Number)
    }
}

impl FromScalar<'_> for Flag {
    fn from_text(text: Cow<'_, str>) -> Self {
        Self(text == "1" || text.eq_ignore_ascii_case("true"))
    }
    fn from_flag(flag: bool) -> Self {
        Self(flag)
    }
    fn from_float(number: f64) -> Self {
        Self(number >= 1.0)
    }
    fn from_signed(number: i64) -> Self {
        Self(number > 0)
    }
    fn from_unsigned(number: u64) -> Self {
        Self(number > 0)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Scalar::<Text<'de>>(PhantomData))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Figure<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Scalar::<Figure<'de>>(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Scalar(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Scalar(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Loose<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        // `serde` would read a list as the fields of a struct in their order.
        Ok(Self(if raw.get().starts_with('[') {
            None
        } else {
            serde_json::from_str(raw.get()).ok()
        }))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Rows<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(
            serde_json::from_str(<&RawValue>::deserialize(deserializer)?.get()).unwrap_or_default(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<'a, T: Deserialize<'a>>(json: &'a str) -> T {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn text_takes_scalars_and_nothing_else() {
        let texts = [
            r#""a""#,
            r#""\u0061""#,
            "12",
            "-1",
            "1.5",
            "true",
            "null",
            "[1,[2]]",
            r#"{"a":{}}"#,
        ]
        .map(|json| read::<Text<'_>>(json).0);
        assert_eq!(texts, ["a", "a", "12", "-1", "1.5", "true", "", "", ""]);
    }

    #[test]
    fn numbers_come_as_strings_too() {
        let numbers = [
            "3",
            "\" 3.9 \"",
            "-2",
            "1e400",
            "\"NaN\"",
            "\"x\"",
            "true",
            "null",
            "{}",
        ]
        .map(|json| {
            serde_json::from_str::<Number>(json)
                .unwrap_or_default()
                .count()
        });
        assert_eq!(
            numbers,
            [
                Some(3),
                Some(3),
                Some(0),
                None,
                None,
                None,
                None,
                None,
                None
            ]
        );
        assert_eq!(
            (
                read::<Number>("1e300").small(),
                read::<Number>("-1.5").whole()
            ),
            (Some(u32::MAX), Some(-1))
        );
        let counts = ["\"1_000\"", "\"1,234\"", "\"٥٧\"", "\"１２\"", "\"1e3\""]
            .map(|json| read::<Number>(json).count());
        assert_eq!(
            counts,
            [Some(1_000), Some(1_234), Some(57), Some(12), Some(1_000)]
        );
    }

    #[test]
    fn figures_keep_every_digit() {
        let money = |json: &str, currency: &str| {
            read::<Figure<'_>>(json)
                .money(&Currency::new(currency))
                .map(|money| format!("{} {}", money.text(), money.currency))
        };
        assert_eq!(money("12.345", "").as_deref(), Some("12.345 "));
        assert_eq!(money("0.005", "BTC").as_deref(), Some("0.005 BTC"));
        assert_eq!(money("1.234", "KRW").as_deref(), Some("1 KRW"));
        assert_eq!(money("\"1.234\"", "KRW").as_deref(), Some("1234 KRW"));
        assert_eq!(money("\"€12,50\"", "EUR").as_deref(), Some("12.50 EUR"));
        assert_eq!(
            [
                money("-1", ""),
                money("0", ""),
                money("null", ""),
                money("\"x\"", ""),
                money("1e300", "")
            ],
            [None, None, None, None, None]
        );
        assert_eq!(
            (
                read::<Figure<'_>>("5").small(),
                read::<Figure<'_>>("\"-1\"").small(),
                read::<Figure<'_>>("[]").small()
            ),
            (Some(5), Some(0), None)
        );
    }

    #[test]
    fn flags_are_words_and_numbers_too() {
        let flags = [
            "true", "\"TRUE\"", "1", "\"1\"", "false", "0", "\"no\"", "null", "[true]",
        ]
        .map(|json| read::<Flag>(json).0);
        assert_eq!(
            flags,
            [true, true, true, true, false, false, false, false, false]
        );
    }

    #[test]
    fn a_wrong_shape_is_as_if_it_were_not_there() {
        assert_eq!(read::<Loose<u8>>("7").0, Some(7));
        assert_eq!(read::<Loose<u8>>("{}").0, None);
        assert_eq!(
            read::<Loose<(u8, u8)>>("[1,2]").0,
            None,
            "a list is no object"
        );
        assert_eq!(
            (
                read::<Rows<'_>>("[1, {}]").0.len(),
                read::<Rows<'_>>("null").0.len(),
                read::<Rows<'_>>("7").0.len()
            ),
            (2, 0, 0)
        );
    }
}
