//! An action in words and as JSON, for the command line and the page of the documentation.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Action, Naming, Param, Shape};

/// What there is to say about an action. The keys stay as they are: programs read them.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// The name that the catalogue calls it by.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
    /// Its names, each with the generations that know it.
    pub names: Vec<Named>,
    /// What must be open for it to do anything.
    pub needs: &'static str,
    /// What it does that cannot be taken back.
    pub destructive: Option<&'static str>,
    /// What it takes.
    pub parameters: Vec<Parameter>,
    /// The types of what answers it or follows from it.
    pub answers: Vec<&'static str>,
    /// Data that is correct, in the words of its first name.
    pub example: Map<String, Value>,
}

/// A name and who knows it.
#[derive(Debug, Clone, Serialize)]
pub struct Named {
    /// The name.
    pub name: &'static str,
    /// 1: up to 6.x, 2: 7.x to 16.x, 3: 17.
    pub generations: Vec<u8>,
}

/// One parameter, or one field within.
#[derive(Debug, Clone, Serialize)]
pub struct Parameter {
    /// Its dotted path; `[]` for each entry of a list.
    pub path: String,
    /// Its path in 17, where it is another one; null if 17 does not have it.
    #[serde(rename = "pathIn17")]
    pub path_in_17: Option<String>,
    /// Whether no version before 17 has it.
    #[serde(rename = "onlyIn17")]
    pub only_in_17: bool,
    /// Whether it must be there.
    pub required: bool,
    /// What it takes, in words.
    pub takes: String,
    /// What Twitchat takes when it is absent.
    pub default: Option<Value>,
    /// What it is for.
    pub about: &'static str,
}

impl Action {
    /// All that there is to say about it.
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
