//! Values with their places: from the config and scripts (TOML, NDJSON), from flags and from
//! environment variables.

use std::path::PathBuf;

use serde_json::{Map, Value};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// A place in a text; line and column count from 1. Both are 0 for a value that does not come from
/// a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spot {
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

impl Spot {
    /// The place of a byte of a text.
    pub fn of(text: &str, byte: usize) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        Self {
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
        }
    }
}

/// A value and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The place where the value begins.
    pub spot: Spot,
    pub content: Content,
}

#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names are sufficient")]
pub enum Content {
    Null,
    Bool(bool),
    Whole(i64),
    Fraction(f64),
    Text(String),
    /// A text from a flag or an environment variable, where every value is a text.
    Loose(String),
    /// A path from a flag or an environment variable that is not valid Unicode.
    Path(PathBuf),
    List(Vec<Node>),
    Table(Table),
    /// A value without a counterpart in JSON, such as a date. Holds its description for errors.
    Other(&'static str),
}

/// Keys with their values, in the order of the file if it is known.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table(Vec<(String, Spot, Node)>);

impl Table {
    /// The value of a key. `None` if the key is absent.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.0
            .iter()
            .find(|(known, ..)| known == key)
            .map(|(.., node)| node)
    }

    /// Each key, its place, and its value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Spot, &Node)> {
        self.0
            .iter()
            .map(|(key, spot, node)| (key.as_str(), *spot, node))
    }
}

impl Node {
    /// A value that does not come from a file.
    pub fn without_place(content: Content) -> Self {
        Self {
            spot: Spot::default(),
            content,
        }
    }

    /// Reads a value of a TOML text.
    pub fn of_toml(value: &Spanned<DeValue<'_>>, text: &str) -> Self {
        let content = match value.get_ref() {
            DeValue::String(string) => Content::Text(string.clone().into_owned()),
            DeValue::Integer(digits) => i64::from_str_radix(digits.as_str(), digits.radix())
                .map_or(Content::Other("a number that is too large"), Content::Whole),
            DeValue::Float(digits) => digits
                .as_str()
                .replace('_', "")
                .parse()
                .ok()
                .filter(|number: &f64| number.is_finite())
                .map_or(
                    Content::Other("a number that is not finite"),
                    Content::Fraction,
                ),
            DeValue::Boolean(value) => Content::Bool(*value),
            DeValue::Datetime(_) => Content::Other("a date"),
            DeValue::Array(items) => {
                Content::List(items.iter().map(|item| Self::of_toml(item, text)).collect())
            }
            DeValue::Table(table) => Content::Table(Table::of_toml(table, text)),
        };
        Self {
            spot: Spot::of(text, value.span().start),
            content,
        }
    }

    /// Reads a JSON value. All parts of it get the same place.
    pub fn of_json(value: Value, spot: Spot) -> Self {
        let content = match value {
            Value::Null => Content::Null,
            Value::Bool(value) => Content::Bool(value),
            Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => Content::Whole(whole),
                (None, Some(fraction)) => Content::Fraction(fraction),
                (None, None) => Content::Other("a number that is too large"),
            },
            Value::String(text) => Content::Text(text),
            Value::Array(items) => Content::List(
                items
                    .into_iter()
                    .map(|item| Self::of_json(item, spot))
                    .collect(),
            ),
            Value::Object(map) => Content::Table(Table(
                map.into_iter()
                    .map(|(key, value)| (key, spot, Self::of_json(value, spot)))
                    .collect(),
            )),
        };
        Self { spot, content }
    }

    /// The value as an error quotes it; lists and tables only by their type.
    pub fn found(&self) -> String {
        match &self.content {
            Content::Null => "null".into(),
            Content::Bool(value) => value.to_string(),
            Content::Whole(number) => number.to_string(),
            Content::Fraction(number) => number.to_string(),
            Content::Text(text) | Content::Loose(text) => format!("{text:?}"),
            Content::Path(path) => format!("{:?}", path.display().to_string()),
            Content::List(_) => "a list".into(),
            Content::Table(_) => "a table".into(),
            Content::Other(name) => (*name).into(),
        }
    }

    /// A value without a counterpart in JSON becomes null.
    pub fn to_json(&self) -> Value {
        match &self.content {
            Content::Null | Content::Path(_) | Content::Other(_) => Value::Null,
            Content::Bool(value) => (*value).into(),
            Content::Whole(number) => (*number).into(),
            Content::Fraction(number) => (*number).into(),
            Content::Text(text) | Content::Loose(text) => text.clone().into(),
            Content::List(items) => items.iter().map(Self::to_json).collect(),
            Content::Table(table) => Value::Object(
                table
                    .iter()
                    .map(|(key, _, node)| (key.to_owned(), node.to_json()))
                    .collect::<Map<_, _>>(),
            ),
        }
    }
}

impl Table {
    fn of_toml(table: &DeTable<'_>, text: &str) -> Self {
        let mut entries: Vec<_> = table
            .iter()
            .map(|(key, value)| {
                (
                    key.span().start,
                    key.get_ref().to_string(),
                    Node::of_toml(value, text),
                )
            })
            .collect();
        entries.sort_by_key(|(start, ..)| *start);
        Self(
            entries
                .into_iter()
                .map(|(start, key, node)| (key, Spot::of(text, start), node))
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn toml_keeps_the_order_and_places_of_the_file() {
        let text = "b = 1\na = { z = 'x', y = [1.5, true] }\n";
        let table = Table::of_toml(DeTable::parse(text).unwrap().get_ref(), text);
        let keys: Vec<_> = table
            .iter()
            .map(|(key, spot, node)| (key, spot.line, spot.column, node.spot.column))
            .collect();
        assert_eq!(keys, [("b", 1, 1, 5), ("a", 2, 1, 5)]);
        assert_eq!(
            table.get("a").unwrap().to_json(),
            json!({ "y": [1.5, true], "z": "x" })
        );
    }

    #[test]
    fn json_there_and_back_is_the_same() {
        let value = json!({ "a": [1, -2.5, "x", null, false], "b": {} });
        assert_eq!(
            Node::of_json(value.clone(), Spot::default()).to_json(),
            value
        );
    }

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
