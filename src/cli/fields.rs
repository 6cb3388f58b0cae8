//! `key=value` and `key:=json` on the command line, and `--data`: how a verb is given an object.

use std::io::Read;

use anyhow::Context as _;
use serde_json::{Map, Value};

use super::context::Context;
use super::failure::Failure;

/// How `--help` explains it.
pub(crate) const HELP: &str = "Fields:
  key=text           a text
  key:=json          any JSON: a number, true, false, null, a list, an object
  outer.inner=text   a field within an object
  --data             all at once, as a JSON object; fields given one by one go on top";

/// The fields of a message.
#[derive(Debug, clap::Args)]
pub(crate) struct Fields {
    /// Fields of the message, see below
    #[arg(value_name = "KEY=VALUE", value_parser = read)]
    fields: Vec<Field>,
    /// A JSON object with all fields: as text, @FILE, or - for standard input
    #[arg(long, value_name = "JSON|@FILE|-")]
    data: Option<String>,
}

/// One field: its path, and what to put there.
#[derive(Debug, Clone, PartialEq)]
struct Field {
    path: String,
    value: Value,
}

impl Fields {
    /// The object that they make.
    pub(crate) fn object(self, context: &Context) -> anyhow::Result<Map<String, Value>> {
        let mut object = match &self.data {
            None => Map::new(),
            Some(given) => parse(&text(given, context)?)?,
        };
        for field in self.fields {
            put(&mut object, &field.path, field.value).map_err(Failure::Usage)?;
        }
        Ok(object)
    }
}

/// What `--data` gives.
fn text(given: &str, context: &Context) -> anyhow::Result<String> {
    if given == "-" {
        if context.takes_stdin() {
            return Err(Failure::Usage("--data - and --password-stdin both read standard input: give one of them by a file".into()).into());
        }
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("cannot read the data from standard input")?;
        return Ok(text);
    }
    match given.strip_prefix('@') {
        Some(path) => std::fs::read_to_string(path).with_context(|| format!("cannot read the data from {path}")),
        None => Ok(given.to_owned()),
    }
}

fn parse(text: &str) -> Result<Map<String, Value>, Failure> {
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Failure::Usage("--data must be a JSON object, such as {\"message\":\"Hello\"}".into())),
        Err(error) => Err(Failure::Usage(format!("--data is not JSON: {error}"))),
    }
}

/// Reads one argument.
fn read(argument: &str) -> Result<Field, String> {
    let Some((path, value)) = argument.split_once('=') else {
        return Err("write it as key=text or key:=json".into());
    };
    let (path, value) = match path.strip_suffix(':') {
        Some(path) => (path, serde_json::from_str(value).map_err(|error| format!("what follows := is not JSON: {error}"))?),
        None => (path, Value::from(value)),
    };
    if path.split('.').any(str::is_empty) {
        return Err("the key is empty".into());
    }
    Ok(Field { path: path.to_owned(), value })
}

/// Puts a value where the path says, making objects on the way.
fn put(object: &mut Map<String, Value>, path: &str, value: Value) -> Result<(), String> {
    match path.split_once('.') {
        None => {
            object.insert(path.to_owned(), value);
            Ok(())
        }
        Some((key, rest)) => match object.entry(key).or_insert_with(|| Map::new().into()) {
            Value::Object(inner) => put(inner, rest, value),
            _ => Err(format!("{key} cannot have a field {rest}: it is no object")),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(arguments: &[&str]) -> Result<Value, String> {
        let mut object = Map::new();
        for argument in arguments {
            let field = read(argument)?;
            put(&mut object, &field.path, field.value)?;
        }
        Ok(object.into())
    }

    #[test]
    fn texts_json_and_nested_keys() {
        let made = object(&["message=a=b", "count:=3", "user.name=Anna", "user.tags:=[\"x\"]", "empty=", "url=http://x:80"]);
        let expected =
            json!({ "message": "a=b", "count": 3, "user": { "name": "Anna", "tags": ["x"] }, "empty": "", "url": "http://x:80" });
        assert_eq!(made, Ok(expected));
    }

    #[test]
    fn the_later_one_wins_and_json_objects_can_be_added_to() {
        assert_eq!(object(&["a=1", "a:=2", "b:={\"x\":1}", "b.y:=null"]), Ok(json!({ "a": 2, "b": { "x": 1, "y": null } })));
    }

    #[test]
    fn what_cannot_be_used_says_why() {
        assert_eq!(object(&["message"]), Err("write it as key=text or key:=json".into()));
        assert_eq!(object(&["a:=oops"]), Err("what follows := is not JSON: expected value at line 1 column 1".into()));
        assert_eq!(object(&["=x"]), Err("the key is empty".into()));
        assert_eq!(object(&["a..b=x"]), Err("the key is empty".into()));
        assert_eq!(object(&["a=x", "a.b=y"]), Err("a cannot have a field b: it is no object".into()));
    }
}
