//! Values from a command line or a request, and how the file writes them.

use serde_json::Value as Json;
use toml_edit::{Array, InlineTable, Value};

use crate::input::{Content, Given, Node, Read, Spot, parse_toml};

/// Reads a text of a command line. If the text is a number, flag, list or quoted text in the syntax
/// of the file, and that value is allowed, it counts as that value; else as the text itself.
pub(super) fn of_text(text: &str, check: impl Fn(&Node) -> Read<()>) -> Read<Node> {
    let in_file = in_file(text);
    let is_typed = in_file.as_ref().is_some_and(|node| {
        let is_quoted = matches!(node.content, Content::Text(_));
        is_quoted || matches!(node.content, Content::List(_) | Content::Table(_))
    });
    if is_typed && let Some(node) = in_file {
        return check(&node).map(|()| node);
    }
    of_loose(text, in_file, check)
}

/// Reads a value of a request. Other programs often send numbers as texts.
pub(super) fn of_json(value: Json, check: impl Fn(&Node) -> Read<()>) -> Read<Node> {
    match value {
        Json::String(text) => {
            let number = in_file(&text).filter(|node| {
                matches!(
                    node.content,
                    Content::Bool(_) | Content::Whole(_) | Content::Fraction(_)
                )
            });
            of_loose(&text, number, check)
        }
        value => {
            let node = Node::of_json(value, Spot::default());
            check(&node).map(|()| node)
        }
    }
}

/// The first of these values that is allowed: the typed value, the text, or the flag that the text
/// means.
fn of_loose(text: &str, typed: Option<Node>, check: impl Fn(&Node) -> Read<()>) -> Read<Node> {
    let written = Node::without_place(Content::Text(text.to_owned()));
    let flag = Given::Loose(text).flag().map(Content::Bool);
    let tried = typed.clone().unwrap_or(written.clone());
    [typed, Some(written), flag.map(Node::without_place)]
        .into_iter()
        .flatten()
        .find(|node| check(node).is_ok())
        .map_or_else(|| check(&tried).map(|()| tried.clone()), Ok)
}

/// The value that this text is in a file. `None` if it is not a value.
fn in_file(text: &str) -> Option<Node> {
    let text = format!("value = {text}");
    let root = parse_toml(&text).ok()?;
    let mut entries = root.get_ref().iter();
    let (_, value) = entries.next().filter(|(key, _)| key.get_ref() == "value")?;
    let node = Node::of_toml(value, &text);
    (entries.next().is_none()).then_some(node)
}

/// The value in the syntax of the file. `None` if a file cannot hold it.
pub(super) fn to_toml(node: &Node) -> Option<Value> {
    Some(match &node.content {
        Content::Bool(value) => (*value).into(),
        Content::Whole(number) => (*number).into(),
        Content::Fraction(number) => (*number).into(),
        Content::Text(text) | Content::Loose(text) => text.as_str().into(),
        Content::List(items) => items.iter().map(to_toml).collect::<Option<Array>>()?.into(),
        Content::Table(table) => table
            .iter()
            .map(|(key, _, node)| Some((key.to_owned(), to_toml(node)?)))
            .collect::<Option<InlineTable>>()?
            .into(),
        Content::Null | Content::Path(_) | Content::Other(_) => return None,
    })
}
