//! Rules for reading a value as a flag, a number, a duration, or one of a few words.

use std::time::Duration;

use serde_json::Value;

use super::{Content, Node, duration};

/// A value, independent of its source.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "the names are sufficient")]
pub enum Given<'a> {
    Null,
    Bool(bool),
    Whole(i64),
    Fraction(f64),
    /// A text from a file. It never counts as a number, because numbers in files have no quotes.
    Text(&'a str),
    /// A text from another program's JSON. It also counts as the number, `true` or `false` that it
    /// holds, because templates, Stream Decks and forms often send numbers as texts.
    Json(&'a str),
    /// A text from a command line or an environment variable, where every value is a text. It also
    /// counts as the number that it holds. `yes`, `on` and `1` are true; `no`, `off` and `0` are
    /// false.
    Loose(&'a str),
    List,
    Table,
    /// Any other value: a date, or a path that is not valid Unicode.
    Other,
}

impl<'a> From<&'a Node> for Given<'a> {
    fn from(node: &'a Node) -> Self {
        match &node.content {
            Content::Null => Self::Null,
            Content::Bool(value) => Self::Bool(*value),
            Content::Whole(number) => Self::Whole(*number),
            Content::Fraction(number) => Self::Fraction(*number),
            Content::Text(text) => Self::Text(text),
            Content::Loose(text) => Self::Loose(text),
            Content::List(_) => Self::List,
            Content::Table(_) => Self::Table,
            Content::Path(_) | Content::Other(_) => Self::Other,
        }
    }
}

impl<'a> From<&'a Value> for Given<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => Self::Whole(whole),
                (None, Some(fraction)) => Self::Fraction(fraction),
                (None, None) => Self::Other,
            },
            Value::String(text) => Self::Json(text),
            Value::Array(_) => Self::List,
            Value::Object(_) => Self::Table,
        }
    }
}

/// 2^63: whole numbers must be below this, and not below its negative.
const BOUND: f64 = 9_223_372_036_854_775_808.0;

impl<'a> Given<'a> {
    /// A text without surrounding spaces. `None` for other values.
    pub fn text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) | Self::Json(text) | Self::Loose(text) => Some(text.trim()),
            _ => None,
        }
    }

    /// A text that may also count as a number.
    fn words(self) -> Option<&'a str> {
        match self {
            Self::Json(text) | Self::Loose(text) => Some(text.trim()),
            _ => None,
        }
    }

    /// The value as `true` or `false`. `None` if it is neither.
    pub fn flag(self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(value),
            Self::Json(text) => text.trim().parse().ok(),
            Self::Loose(text) => match text.trim().to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" | "on" => Some(true),
                "false" | "0" | "no" | "off" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// The value as a whole number of at most 64 bits, such as `5` or `5.0`. `None` if it is not
    /// one.
    pub fn whole(self) -> Option<i64> {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "it is whole and within the type"
        )]
        let of = |number: f64| {
            let fits = number.fract() == 0.0 && (-BOUND..BOUND).contains(&number);
            fits.then_some(number as i64)
        };
        match self {
            Self::Whole(number) => Some(number),
            Self::Fraction(number) => of(number),
            _ => {
                let text = self.words()?;
                text.parse().ok().or_else(|| self.number().and_then(of))
            }
        }
    }

    /// The value as a finite number. `None` if it is not one.
    pub fn number(self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "a number of JSON is a double")]
        match self {
            Self::Whole(number) => Some(number as f64),
            Self::Fraction(number) => Some(number),
            _ => self.words()?.parse().ok(),
        }
        .filter(|number| number.is_finite())
    }

    /// The value as a duration: a text such as `1m 30s`, or a number of seconds. `None` if it is
    /// not one.
    pub fn time(self) -> Option<Duration> {
        match self {
            Self::Whole(seconds) => u64::try_from(seconds).ok().map(Duration::from_secs),
            Self::Fraction(seconds) => duration::of_seconds(seconds),
            _ => duration::parse(self.text()?),
        }
    }

    /// One of a few words. Case does not matter. The result has the spelling of `words`. `None` if
    /// it is no such word.
    pub fn one_of(self, words: &[&'static str]) -> Option<&'static str> {
        let word = self.text()?;
        words
            .iter()
            .copied()
            .find(|known| known.eq_ignore_ascii_case(word))
    }

    /// The type of the value, for an error that must not quote the value.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Whole(_) | Self::Fraction(_) => "a number",
            Self::Text(_) | Self::Json(_) | Self::Loose(_) => "a text",
            Self::List => "a list",
            Self::Table => "an object",
            Self::Other => "another value",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Given::{Bool, Fraction, Json, Loose, Text, Whole};
    use super::*;

    #[test]
    fn a_text_of_a_file_is_no_number_and_others_are() {
        assert_eq!(
            [Text("5"), Json(" 5 "), Loose("5")].map(Given::whole),
            [None, Some(5), Some(5)]
        );
        assert_eq!(
            [Text("1.5"), Json("1.5"), Loose("inf")].map(Given::number),
            [None, Some(1.5), None]
        );
        assert_eq!(
            [Text("true"), Json("true"), Json("yes"), Loose("Yes")].map(Given::flag),
            [None, Some(true), None, Some(true)]
        );
    }

    #[test]
    fn a_number_without_a_fraction_is_whole() {
        assert_eq!(
            [Fraction(5.0), Fraction(5.5), Json("5.0"), Fraction(1e300)].map(Given::whole),
            [Some(5), None, Some(5), None]
        );
    }

    #[test]
    fn times_are_texts_or_numbers_of_seconds() {
        let millis = |given: Given<'_>| given.time().map(|time| time.as_millis());
        assert_eq!(
            [Whole(2), Fraction(1.5), Text("1.5"), Json("2m")].map(millis),
            [2_000, 1_500, 1_500, 120_000].map(Some)
        );
        assert_eq!([Whole(-1), Text("soon"), Bool(true)].map(millis), [None; 3]);
    }

    #[test]
    fn words_are_read_in_any_case() {
        assert_eq!(
            Text(" SCROLL ").one_of(&["scroll", "slides"]),
            Some("scroll")
        );
        assert_eq!(Text("sideways").one_of(&["scroll", "slides"]), None);
    }
}
