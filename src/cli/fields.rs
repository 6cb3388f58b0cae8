//! Reads an object from the command line: `key=value`, `key:=json` and `--data`.

use std::path::Path;

use anyhow::Context as _;
use serde_json::{Map, Value};
use twitchat_bridge::event::unique;

use super::context::Context;
use super::failure::Failure;
use super::text;

pub(crate) const HELP: &str = "Fields:
  key=text           a text
  key:=json          any JSON: a number, true, false, null, a list, an object
  key:=@FILE         JSON from a file
  outer.inner=text   a field within an object
  @FILE or -         all fields at once, as a JSON object from a file or standard input
  --data             the same, or the JSON itself. Fields that are given one by one override them";

#[derive(Debug, clap::Args)]
pub(crate) struct DataFields {
    /// Fields of the message, see below
    #[arg(value_name = "KEY=VALUE|@FILE|-", value_parser = read)]
    fields: Vec<DataArgument>,
    /// A JSON object with all fields: as text, @FILE, or - for standard input
    #[arg(long, value_name = "JSON|@FILE|-")]
    data: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
enum DataArgument {
    Field {
        path: String,
        value: Value,
    },
    /// A field whose value must be read from a file, such as `key:=@FILE`.
    FromFile {
        path: String,
        file: String,
    },
    /// All of the data: `@FILE` or `-`.
    All(String),
}

impl DataFields {
    pub(crate) fn object(self, context: &Context) -> anyhow::Result<Map<String, Value>> {
        let alls = self.fields.iter().filter_map(|given| {
            if let DataArgument::All(all) = given {
                Some(all)
            } else {
                None
            }
        });
        let mut all = self.data.iter().chain(alls);
        let mut object = match (all.next(), all.next()) {
            (None, _) => Map::new(),
            (Some(given), None) => parse(&data(given, context)?)?,
            (Some(_), Some(second)) => {
                return Err(Failure::Usage(format!(
                    "the whole data is given twice, the second time by {second}"
                ))
                .into());
            }
        };
        let mut fields = Map::new();
        for given in self.fields {
            let (path, value) = match given {
                DataArgument::All(_) => continue,
                DataArgument::Field { path, value } => (path, value),
                DataArgument::FromFile { path, file } => {
                    let text = twitchat_bridge::files::text::read(Path::new(&file))
                        .with_context(|| format!("cannot read {path} from {file}"))?;
                    let value = unique::from_str(&text)
                        .map_err(|error| Failure::Usage(format!("{file} is not JSON: {error}")))?;
                    (path, value)
                }
            };
            once(&fields, &path).map_err(Failure::Usage)?;
            put(&mut fields, &path, value.clone()).map_err(Failure::Usage)?;
            put(&mut object, &path, value).map_err(Failure::Usage)?;
        }
        Ok(object)
    }
}

fn data(given: &str, context: &Context) -> anyhow::Result<String> {
    match given.strip_prefix('@') {
        Some(path) => text::read(Path::new(path), "the data", context),
        None if given == "-" => text::read(Path::new(given), "the data", context),
        None => Ok(given.to_owned()),
    }
}

fn parse(text: &str) -> Result<Map<String, Value>, Failure> {
    match unique::from_str(text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Failure::Usage(
            "--data must be a JSON object, such as {\"message\":\"Hello\"}".into(),
        )),
        Err(error) => Err(Failure::Usage(format!("--data is not JSON: {error}"))),
    }
}

fn read(argument: &str) -> Result<DataArgument, String> {
    if argument == "-" || (argument.starts_with('@') && !argument.contains('=')) {
        return Ok(DataArgument::All(argument.to_owned()));
    }
    let Some((key, value)) = argument.split_once('=') else {
        return Err("it must have the form key=text or key:=json".into());
    };
    let (path, is_json) = key
        .strip_suffix(':')
        .map_or((key, false), |path| (path, true));
    if path.split('.').any(str::is_empty) {
        return Err("the key is empty".into());
    }
    let path = path.to_owned();
    match value.strip_prefix('@') {
        Some(file) if is_json => Ok(DataArgument::FromFile {
            path,
            file: file.to_owned(),
        }),
        // A text is never the name of a file, because chat messages often begin with @.
        _ if !is_json => Ok(DataArgument::Field {
            path,
            value: value.into(),
        }),
        _ => {
            let value = unique::from_str(value)
                .map_err(|error| format!("the text after := is not JSON: {error}"))?;
            Ok(DataArgument::Field { path, value })
        }
    }
}

/// Writes an object as arguments of the command line, for examples.
pub(crate) fn written(data: &Map<String, Value>) -> String {
    fn write(path: &str, value: &Value, words: &mut Vec<String>) {
        let quoted = |text: String| {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.:/,=+@%?".contains(c);
            if text.chars().all(is_plain) && !text.contains('?') {
                text
            } else {
                format!("'{}'", text.replace('\'', r"'\''"))
            }
        };
        match value {
            Value::Object(fields) if !fields.is_empty() => {
                for (key, value) in fields {
                    write(&format!("{path}.{key}"), value, words);
                }
            }
            Value::String(text) => words.push(format!("{path}={}", quoted(text.clone()))),
            Value::Number(number) => words.push(format!("{path}={number}")),
            Value::Bool(flag) => words.push(format!("{path}={flag}")),
            other => words.push(format!("{path}:={}", quoted(other.to_string()))),
        }
    }
    let mut words = Vec::new();
    for (key, value) in data {
        write(key, value, &mut words);
    }
    words.join(" ")
}

/// Refuses a field that is given twice, as a whole or in part, because the intended value is not
/// clear.
fn once(given: &Map<String, Value>, path: &str) -> Result<(), String> {
    let is_given = path.split_once('.').map_or_else(
        || given.contains_key(path),
        |(key, rest)| {
            given
                .get(key)
                .and_then(Value::as_object)
                .is_some_and(|inner| once(inner, rest).is_err())
        },
    );
    if is_given {
        Err(unique::twice(path))
    } else {
        Ok(())
    }
}

/// Sets the value at a path, and adds missing objects along the path.
fn put(object: &mut Map<String, Value>, path: &str, value: Value) -> Result<(), String> {
    match path.split_once('.') {
        None => {
            object.insert(path.to_owned(), value);
            Ok(())
        }
        Some((key, rest)) => match object.entry(key).or_insert_with(|| Map::new().into()) {
            Value::Object(inner) => put(inner, rest, value),
            _ => Err(format!(
                "{key} cannot have a field {rest}: it is not an object"
            )),
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
            let DataArgument::Field { path, value } = read(argument)? else {
                panic!("{argument} is no field")
            };
            once(&object, &path)?;
            put(&mut object, &path, value)?;
        }
        Ok(object.into())
    }

    #[test]
    fn files_and_standard_input_are_distinguished_from_texts() {
        assert_eq!(read("-"), Ok(DataArgument::All("-".into())));
        assert_eq!(
            read("@clip.json"),
            Ok(DataArgument::All("@clip.json".into()))
        );
        assert_eq!(
            read("clip:=@clip.json"),
            Ok(DataArgument::FromFile {
                path: "clip".into(),
                file: "clip.json".into()
            })
        );
        assert_eq!(
            read("message=@anna hi"),
            Ok(DataArgument::Field {
                path: "message".into(),
                value: "@anna hi".into()
            })
        );
        assert_eq!(
            read("message=-"),
            Ok(DataArgument::Field {
                path: "message".into(),
                value: "-".into()
            })
        );
    }

    #[test]
    fn written_arguments_are_read_as_the_same_object() {
        let data = json!({ "count": 5, "pause": true, "message": "it's 5 o'clock",
            "clip": { "url": "https://x.tv/embed?clip=a", "duration": 2.5 },
            "items": [{ "id": "a" }], "none": null, "empty": {} });
        let Value::Object(map) = &data else {
            unreachable!()
        };
        let line = written(map);
        assert_eq!(
            line,
            "clip.duration=2.5 clip.url='https://x.tv/embed?clip=a' count=5 empty:='{}' \
                items:='[{\"id\":\"a\"}]' \
             message='it'\\''s 5 o'\\''clock' none:=null pause=true"
        );
    }

    #[test]
    fn texts_json_and_nested_keys() {
        let made = object(&[
            "message=a=b",
            "count:=3",
            "user.name=Anna",
            "user.tags:=[\"x\"]",
            "empty=",
            "url=http://x:80",
        ]);
        let expected = json!({ "message": "a=b", "count": 3, "user": { "name": "Anna",
            "tags": ["x"] }, "empty": "", "url": "http://x:80" });
        assert_eq!(made, Ok(expected));
    }

    #[test]
    fn json_objects_can_be_added_to() {
        assert_eq!(
            object(&["b:={\"x\":1}", "b.y:=null", "c.z=1"]),
            Ok(json!({ "b": { "x": 1, "y": null }, "c": { "z": "1" } }))
        );
    }

    #[test]
    fn a_field_that_is_given_twice_is_refused() {
        assert_eq!(
            object(&["count=1", "count=2"]),
            Err("\"count\" is given twice: give it once".into())
        );
        assert_eq!(
            object(&["b:={\"x\":1}", "b.x=2"]),
            Err("\"b.x\" is given twice: give it once".into())
        );
        assert_eq!(
            object(&["b.x=2", "b:={\"y\":1}"]),
            Err("\"b\" is given twice: give it once".into())
        );
        assert!(
            object(&["a:={\"x\":1,\"x\":2}"])
                .unwrap_err()
                .contains("\"x\" is given twice")
        );
        assert!(
            parse("{\"count\":1,\"count\":2}")
                .unwrap_err()
                .to_string()
                .contains("\"count\" is given twice")
        );
    }

    #[test]
    fn an_unusable_argument_is_an_error_with_the_reason() {
        assert_eq!(
            object(&["message"]),
            Err("it must have the form key=text or key:=json".into())
        );
        assert_eq!(
            object(&["a:=oops"]),
            Err("the text after := is not JSON: expected value at line 1 column 1".into())
        );
        assert_eq!(object(&["=x"]), Err("the key is empty".into()));
        assert_eq!(object(&["a..b=x"]), Err("the key is empty".into()));
        assert_eq!(
            object(&["a=x", "a.b=y"]),
            Err("a cannot have a field b: it is not an object".into())
        );
    }
}
