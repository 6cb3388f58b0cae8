//! A value before its setting has looked at it, from whichever source.

use std::fmt;
use std::path::PathBuf;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value as its source gives it. No `Debug`: it may be a secret.
pub(super) enum Raw {
    /// From a flag or a variable: the setting decides how to read it.
    Loose(String),
    /// A path from a flag or a variable that is no text.
    Path(PathBuf),
    /// The file's `"…"`.
    Text(String),
    /// The file's whole number.
    Whole(i64),
    /// The file's number with a fraction.
    Fraction(f64),
    /// The file's `true` or `false`.
    Bool(bool),
    /// The file's `[…]`.
    List(Vec<(Raw, Spot)>),
    /// The file's `{…}` or `[section]`.
    Table(Vec<(String, Raw, Spot)>),
    /// Any other thing: its name in words.
    Other(&'static str),
}

/// A place in the file, counted from 1. Elsewhere than in the file it means nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl Spot {
    /// The place of a byte.
    pub(super) fn of(text: &str, byte: usize) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        Self {
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
        }
    }
}

impl Raw {
    /// Takes a value out of the parsed file.
    pub(super) fn of(value: &DeValue<'_>, text: &str) -> Self {
        match value {
            DeValue::String(string) => Self::Text(string.clone().into_owned()),
            DeValue::Integer(digits) => i64::from_str_radix(digits.as_str(), digits.radix())
                .map_or(Self::Other("so large a number"), Self::Whole),
            DeValue::Boolean(value) => Self::Bool(*value),
            DeValue::Array(items) => Self::List(
                items
                    .iter()
                    .map(|item| {
                        (
                            Self::of(item.get_ref(), text),
                            Spot::of(text, item.span().start),
                        )
                    })
                    .collect(),
            ),
            DeValue::Table(table) => Self::Table(entries(table, text)),
            DeValue::Float(digits) => digits
                .as_str()
                .replace('_', "")
                .parse()
                .ok()
                .filter(|number: &f64| number.is_finite())
                .map_or(Self::Other("a fraction"), Self::Fraction),
            DeValue::Datetime(_) => Self::Other("a date"),
        }
    }
}

/// The entries of a table in the file, each with the place of its value.
fn entries(table: &DeTable<'_>, text: &str) -> Vec<(String, Raw, Spot)> {
    let entry = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
        let key: &std::borrow::Cow<'_, str> = key.get_ref();
        (
            key.clone().into_owned(),
            Raw::of(value.get_ref(), text),
            Spot::of(text, value.span().start),
        )
    };
    table.iter().map(entry).collect()
}

/// What is found, for an error. Only for values that are no secret.
impl fmt::Display for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Loose(text) | Self::Text(text) => write!(f, "{text:?}"),
            Self::Path(path) => write!(f, "{:?}", path.display().to_string()),
            Self::Whole(number) => number.fmt(f),
            Self::Fraction(number) => number.fmt(f),
            Self::Bool(value) => value.fmt(f),
            Self::List(_) => f.write_str("a list"),
            Self::Table(_) => f.write_str("a table"),
            Self::Other(name) => f.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters_from_one() {
        let text = "a\nüb\n";
        let spot = |byte| (Spot::of(text, byte).line, Spot::of(text, byte).column);
        assert_eq!(
            [spot(0), spot(1), spot(2), spot(4), spot(6), spot(99)],
            [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 1)]
        );
    }
}
