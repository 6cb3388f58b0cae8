//! Checks data against the parameters of an action. Command lines and templates supply texts, so a
//! text with a number, `true` or `false` counts as that value if the parameter takes it.

use serde_json::{Map, Value, json};

use super::{Naming, Param, Problem, Shape, Spot, icons::ICONS};
use crate::input::{Given, nearest, similar};

/// An error in data, with its place. The caller adds the name of the action.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DataError {
    /// Dotted path of the parameter.
    pub(super) path: String,
    pub(super) allowed: String,
    pub(super) what: What,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    WrongType(&'static str),
    OutOfRange(String),
    NotOneOf(String, Vec<String>),
    UnknownKey(Option<&'static str>),
    Missing,
}

impl DataError {
    pub(super) fn into_problem(self, action: &'static str, example: Map<String, Value>) -> Problem {
        let spot = Box::new(Spot {
            action,
            parameter: self.path,
            allowed: self.allowed,
            example: example.into(),
        });
        match self.what {
            What::WrongType(found) => Problem::WrongType { spot, found },
            What::OutOfRange(found) => Problem::OutOfRange { spot, found },
            What::NotOneOf(found, nearest) => Problem::NotOneOf {
                spot,
                found,
                nearest,
            },
            What::UnknownKey(nearest) => Problem::UnknownKey { spot, nearest },
            What::Missing => Problem::Missing { spot },
        }
    }
}

/// Checks the fields of an object against the parameters of all given namings together.
pub(super) fn object(
    path: &str,
    params: &[Param],
    words: &[Naming],
    data: &mut Map<String, Value>,
) -> Result<(), DataError> {
    known_keys(path, params, words, data)?;
    fields(path, params, words, data)
}

fn known_keys(
    path: &str,
    params: &[Param],
    words: &[Naming],
    data: &Map<String, Value>,
) -> Result<(), DataError> {
    let keys: Vec<_> = params
        .iter()
        .filter_map(|param| param.key_in(words))
        .collect();
    match data.keys().find(|key| !keys.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => {
            let allowed = if keys.is_empty() {
                "nothing".to_owned()
            } else {
                keys.join(", ")
            };
            let nearest = nearest(key, keys.iter().copied());
            Err(DataError {
                path: join(path, key),
                allowed,
                what: What::UnknownKey(nearest),
            })
        }
    }
}

fn fields(
    path: &str,
    params: &[Param],
    words: &[Naming],
    data: &mut Map<String, Value>,
) -> Result<(), DataError> {
    for param in params {
        // A parameter that does not exist in these namings cannot be missing.
        let Some(key) = param.key_in(words) else {
            continue;
        };
        match data.get_mut(key) {
            Some(given) => value(&join(path, key), &param.shape, words, given)?,
            None if !param.required => {}
            None => {
                return Err(DataError {
                    path: join(path, key),
                    allowed: param.shape.to_string(),
                    what: What::Missing,
                });
            }
        }
    }
    Ok(())
}

/// Checks one value, and converts a text to the type that the shape takes.
fn value(path: &str, shape: &Shape, words: &[Naming], given: &mut Value) -> Result<(), DataError> {
    read_text(shape, given);
    let error = |what| {
        Err(DataError {
            path: path.to_owned(),
            allowed: shape.to_string(),
            what,
        })
    };
    let found = Given::from(&*given).kind();
    let whole = Given::from(&*given).whole();
    match (shape, &mut *given) {
        (Shape::Whole { .. } | Shape::Steps | Shape::Number { .. }, Value::Number(number)) => {
            let fits = match *shape {
                Shape::Whole { least, most } => {
                    whole.is_some_and(|number| (least..=most).contains(&number))
                }
                Shape::Steps => whole.is_some_and(|number| number != 0),
                Shape::Number { least, most } => number
                    .as_f64()
                    .is_some_and(|number| (least..=most).contains(&number)),
                _ => true,
            };
            if fits {
                Ok(())
            } else {
                error(What::OutOfRange(number.to_string()))
            }
        }
        (Shape::WholeAmount | Shape::Amount, Value::Number(number)) => {
            if matches!(shape, Shape::Amount) || whole.is_some() {
                Ok(())
            } else {
                error(What::OutOfRange(number.to_string()))
            }
        }
        (Shape::WholeAmount | Shape::Amount, Value::String(text)) => {
            let number = text
                .trim()
                .parse::<f64>()
                .ok()
                .filter(|number| number.is_finite());
            match number {
                None => error(What::WrongType("a text without a number")),
                Some(number) if matches!(shape, Shape::WholeAmount) && number.fract() != 0.0 => {
                    error(What::OutOfRange(shown(text)))
                }
                Some(_) => Ok(()),
            }
        }
        (Shape::Flag, Value::Bool(_))
        | (Shape::True, Value::Bool(true))
        | (Shape::Text, Value::String(_))
        | (Shape::Any, _) => Ok(()),
        (Shape::True, Value::Bool(false)) => error(What::OutOfRange("false".into())),
        (Shape::Words | Shape::Id, Value::String(text)) => {
            if text.trim().is_empty() {
                error(What::OutOfRange("empty".into()))
            } else {
                Ok(())
            }
        }
        (Shape::OneOf(choice), Value::String(text)) => one_of(text, choice, error),
        (Shape::Icon, Value::String(text)) => one_of(text, ICONS, error),
        (Shape::List { of, least }, Value::Array(list)) => {
            if list.len() < *least {
                return error(What::OutOfRange(format!("a list of {}", list.len())));
            }
            list.iter_mut().enumerate().try_for_each(|(place, entry)| {
                value(&join(path, &place.to_string()), of, words, entry)
            })
        }
        (Shape::Object(params), Value::Object(data)) => object(path, params, words, data),
        (Shape::Open(params), Value::Object(data)) => fields(path, params, words, data),
        (Shape::Either(shapes), _) => {
            either(path, shapes, words, given).map_err(|what| DataError {
                path: path.to_owned(),
                allowed: shape.to_string(),
                what,
            })
        }
        _ => error(What::WrongType(found)),
    }
}

/// Checks a value against several shapes. If none fits, returns the error of the shape that has the
/// value's own type, if such a shape exists.
fn either(path: &str, shapes: &[Shape], words: &[Naming], given: &mut Value) -> Result<(), What> {
    let mut worst = What::WrongType(Given::from(&*given).kind());
    for shape in shapes {
        match value(path, shape, words, given) {
            Ok(()) => return Ok(()),
            Err(DataError {
                what: What::WrongType(_),
                ..
            }) => {}
            Err(error) => worst = error.what,
        }
    }
    Err(worst)
}

fn one_of(
    text: &str,
    choice: &[&'static str],
    error: impl Fn(What) -> Result<(), DataError>,
) -> Result<(), DataError> {
    if choice.contains(&text) {
        return Ok(());
    }
    let nearest = similar(text, choice.iter().copied());
    error(What::NotOneOf(
        shown(text),
        nearest.into_iter().map(str::to_owned).collect(),
    ))
}

/// Converts a text with a number, `true` or `false` to that value if the shape takes it.
fn read_text(shape: &Shape, given: &mut Value) {
    if !given.is_string() {
        return;
    }
    let text = Given::from(&*given);
    let number = || text.number().map(|number| json!(number));
    let read = match shape {
        Shape::Whole { .. } | Shape::Steps => {
            text.whole().map(|number| json!(number)).or_else(number)
        }
        Shape::Number { .. } => number(),
        Shape::Flag | Shape::True => text.flag().map(Value::from),
        _ => None,
    };
    if let Some(read) = read {
        *given = read;
    }
}

/// The value in the form that errors quote, cut to 40 characters, because it may be a misplaced
/// chat text.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}
