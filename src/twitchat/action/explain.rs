//! An action as text and as JSON, for the command line and for docs/actions.md.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Action, Naming, Param, Shape};

/// A description of one action. Programs read it as JSON, so its keys must not change.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// The name of its row in the catalogue.
    pub name: &'static str,
    /// One or two sentences about its effect.
    pub about: &'static str,
    /// The action's names, each with the generations that know it.
    pub names: Vec<Named>,
    /// The part of Twitchat that must be open.
    pub needs: &'static str,
    /// The effect that cannot be undone; `None` if there is none.
    pub destructive: Option<&'static str>,
    /// The action's parameters. Each is followed by the fields within it.
    pub parameters: Vec<Parameter>,
    /// The types of the messages that answer the action or follow from it.
    pub answers: Vec<&'static str>,
    /// An example of correct data, with the keys of the action's first name.
    pub example: Map<String, Value>,
}

/// A name, and the generations that know it.
#[derive(Debug, Clone, Serialize)]
pub struct Named {
    /// Twitchat's `type`.
    pub name: &'static str,
    /// 1: up to 6.x, 2: 7.x to 16.x, 3: 17.
    pub generations: Vec<u8>,
}

/// One parameter, or a field within one.
#[derive(Debug, Clone, Serialize)]
pub struct Parameter {
    /// The parameter's dotted path. `[]` stands for each entry of a list.
    pub path: String,
    /// The path in Twitchat 17. `None` (`null`) if Twitchat 17 does not have the parameter.
    #[serde(rename = "pathIn17")]
    pub path_in_17: Option<String>,
    /// Whether only Twitchat 17 has it.
    #[serde(rename = "onlyIn17")]
    pub only_in_17: bool,
    /// Whether the action requires it.
    pub required: bool,
    /// The values that it takes, in words.
    pub takes: String,
    /// The value that Twitchat uses if the parameter is absent; `None` if the catalogue has none.
    pub default: Option<Value>,
    /// One or two sentences about its meaning.
    pub about: &'static str,
}

impl Action {
    /// Describes the action.
    pub fn explain(&self) -> Explanation {
        let first = if self.names.old.is_some() {
            Naming::Old
        } else {
            Naming::New
        };
        Explanation {
            name: self.name(),
            about: self.about,
            names: self
                .entries()
                .map(|entry| Named {
                    name: entry.name,
                    generations: entry.generations.numbers(),
                })
                .collect(),
            needs: self.needs,
            destructive: self.destructive(),
            parameters: parameters(self.params, "", ""),
            answers: self
                .answers
                .iter()
                .flat_map(|answer| answer.kinds(None))
                .collect(),
            example: self.example(first),
        }
    }
}

fn parameters(params: &[Param], path: &str, path_in_17: &str) -> Vec<Parameter> {
    let mut all = Vec::new();
    for param in params {
        let key = |within: &str, key: &str| format!("{within}{key}");
        let (own, new) = (
            key(path, param.key),
            param.keys.new.map(|new| key(path_in_17, new)),
        );
        let (inner, list) = match param.shape {
            Shape::Object(fields) | Shape::Open(fields) => (fields, ""),
            Shape::List {
                of: Shape::Object(fields),
                ..
            } => (*fields, "[]"),
            _ => (&[][..], ""),
        };
        all.push(Parameter {
            path: own.clone(),
            path_in_17: new.clone(),
            only_in_17: param.keys.old.is_none(),
            required: param.required,
            takes: match param.shape {
                Shape::Object(fields) | Shape::Open(fields) if !fields.is_empty() => {
                    "an object".into()
                }
                Shape::List {
                    of: Shape::Object(_),
                    ..
                } => "a list of objects".into(),
                shape => shape.to_string(),
            },
            default: param
                .default
                .and_then(|default| serde_json::from_str(default).ok()),
            about: param.about,
        });
        let within = |outer: &str| format!("{outer}{list}.");
        all.extend(parameters(
            inner,
            &within(&own),
            &within(new.as_deref().unwrap_or_default()),
        ));
    }
    all
}
