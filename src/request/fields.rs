use std::{borrow::Cow, ops::RangeInclusive, str::FromStr};

use serde_json::{Map, Value, value::RawValue};

use super::{
    depth::{DEEPEST, depth},
    error::RequestError,
};
use crate::{
    event::{
        entries::{self, Entries},
        unique,
    },
    input::{Cause, Content, Field, Given, Node, Setting, Spot},
};

/// A request's fields before they are read. `id` and `client` are separate, because an error reply
/// repeats them too.
#[derive(Debug, Default)]
pub(super) struct RawFields<'a> {
    pub(super) request: Option<&'a RawValue>,
    pub(super) id: Option<&'a RawValue>,
    pub(super) client: Option<&'a RawValue>,
    /// The other fields. Their names are JSON texts.
    pub(super) rest: Vec<(&'a RawValue, &'a RawValue)>,
    /// The name of one of the first three fields, if the request contains it twice.
    pub(super) twice: Option<&'static str>,
}

impl<'a> RawFields<'a> {
    pub(super) fn read(whole: &'a str) -> Option<Self> {
        let Entries(entries) = serde_json::from_str(whole).ok()?;
        let mut fields = Self::default();
        for (name, value) in entries {
            let (name, place) = match &*entries::name(name) {
                "request" => ("request", &mut fields.request),
                "id" => ("id", &mut fields.id),
                "client" => ("client", &mut fields.client),
                _ => {
                    fields.rest.push((name, value));
                    continue;
                }
            };
            if place.replace(value).is_some() {
                fields.twice = Some(name);
            }
        }
        Some(fields)
    }
}

#[derive(Debug)]
pub(super) struct Fields {
    map: Map<String, Value>,
    /// The fields that [`super::known`] declares for the request, including fields of objects in
    /// it.
    known: &'static [&'static str],
    /// The object that contains these fields, with a point at the end; empty for the request
    /// itself.
    within: &'static str,
}

pub(super) fn field_error(
    field: &'static str,
    value: &Value,
    expected: impl Into<Cow<'static, str>>,
) -> RequestError {
    RequestError::Wrong {
        field,
        found: shown(value),
        expected: expected.into(),
    }
}

/// A value in the form that errors show.
fn shown(value: &Value) -> String {
    const LONGEST: usize = 40;
    match value {
        Value::String(text) if text.trim().is_empty() => "an empty text".into(),
        Value::String(text) => match text.chars().count() {
            ..=LONGEST => format!("the text {text:?}"),
            long => format!("a text of {long} characters"),
        },
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        _ => Given::from(value).kind().into(),
    }
}

/// Fails if a text or value is longer than `most`.
pub(super) fn within(
    field: &'static str,
    got: usize,
    most: usize,
    unit: &'static str,
) -> Result<(), RequestError> {
    if got > most {
        Err(RequestError::TooLong {
            field,
            got,
            most,
            unit,
        })
    } else {
        Ok(())
    }
}

impl Fields {
    /// The fields of a request that were read by [`Self::read`].
    pub(super) fn of(map: Map<String, Value>, known: &'static [&'static str]) -> Self {
        Self {
            map,
            known,
            within: "",
        }
    }

    /// Reads the fields other than `id` and `client`. Fails if a field is given twice, because the
    /// intended value is unclear.
    pub(super) fn read(
        raw: Vec<(&RawValue, &RawValue)>,
    ) -> Result<Map<String, Value>, RequestError> {
        // Replies repeat stored values inside other objects, so some levels must remain free.
        if raw.iter().any(|(_, value)| depth(value.get()) > DEEPEST) {
            return Err(RequestError::Unreadable(format!(
                "a field nests more than {DEEPEST} levels deep"
            )));
        }
        let mut fields = Map::new();
        for (name, value) in raw {
            let unreadable = |error: serde_json::Error| RequestError::Unreadable(error.to_string());
            let name: String = serde_json::from_str(name.get()).map_err(unreadable)?;
            let value = unique::from_str(value.get()).map_err(unreadable)?;
            if fields.contains_key(&name) {
                return Err(RequestError::Unreadable(unique::twice(&name)));
            }
            fields.insert(name, value);
        }
        Ok(fields)
    }

    /// Removes a field and returns its value. `None` if it is absent or `null`.
    pub(super) fn take(&mut self, key: &str) -> Option<Value> {
        self.take_or_null(key).filter(|value| !value.is_null())
    }

    /// Removes a field and returns its value, which may be `null`. `None` if it is absent.
    pub(super) fn take_or_null(&mut self, key: &str) -> Option<Value> {
        debug_assert!(
            self.known
                .iter()
                .any(|known| *known == format!("{}{key}", self.within)
                    || known
                        .strip_prefix(self.within)
                        .and_then(|known| known.split_once('.'))
                        .is_some_and(|(outer, _)| outer == key)),
            "{}{key} is read but not declared",
            self.within
        );
        self.map.remove(key)
    }

    /// The fields of an object in this request. `within` is the object's name with a point at the
    /// end.
    pub(super) fn inner(&self, map: Map<String, Value>, within: &'static str) -> Self {
        Self {
            map,
            known: self.known,
            within,
        }
    }

    /// Reads a field. `None` if it is absent; an error if `read` returns `None`.
    pub(super) fn value<T>(
        &mut self,
        field: &'static str,
        expected: &'static str,
        read: impl FnOnce(Given<'_>) -> Option<T>,
    ) -> Result<Option<T>, RequestError> {
        let Some(value) = self.take(field) else {
            return Ok(None);
        };
        read(Given::from(&value))
            .map(Some)
            .ok_or_else(|| field_error(field, &value, expected))
    }

    pub(super) fn text(
        &mut self,
        field: &'static str,
        expected: &'static str,
    ) -> Result<Option<String>, RequestError> {
        match self.take(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(field_error(field, &other, expected)),
        }
    }

    pub(super) fn one_of<T: FromStr>(
        &mut self,
        field: &'static str,
        expected: &'static str,
    ) -> Result<Option<T>, RequestError> {
        self.value(field, expected, |given| given.text()?.parse().ok())
    }

    pub(super) fn number(
        &mut self,
        field: &'static str,
        expected: &'static str,
        range: RangeInclusive<f64>,
    ) -> Result<Option<f64>, RequestError> {
        self.value(field, expected, |given| {
            given.number().filter(|number| range.contains(number))
        })
    }

    /// Reads a field into the setting of the same name. The setting defines the bounds. Returns
    /// whether the field was given.
    pub(super) fn setting<T>(
        &mut self,
        field: &'static str,
        settings: &[Setting<T>],
        section: &mut T,
    ) -> Result<bool, RequestError> {
        let is_it = |setting: &&Setting<T>| setting.name.ends_with(&format!(".{field}"));
        let (Some(value), Some(setting)) = (self.take(field), settings.iter().find(is_it)) else {
            return Ok(false);
        };
        let node = match &value {
            // Other programs often send numbers as texts.
            Value::String(text) => Node::without_place(Content::Loose(text.clone())),
            other => Node::of_json(other.clone(), Spot::default()),
        };
        match (setting.set)(section, &Field::new(&node, field)) {
            Ok(()) => Ok(true),
            Err(problem) => Err(match problem.cause {
                Cause::Value { allowed, .. } => field_error(field, &value, allowed),
                cause => field_error(field, &value, cause.to_string()),
            }),
        }
    }

    pub(super) fn needed_text(
        &mut self,
        key: &str,
        field: &'static str,
        expected: &'static str,
    ) -> Result<String, RequestError> {
        match self.take(key) {
            None => Err(RequestError::Missing { field, expected }),
            Some(Value::String(text)) if !text.trim().is_empty() => Ok(text),
            Some(other) => Err(field_error(field, &other, expected)),
        }
    }

    /// Like [`Self::needed_text`], with a maximum length in characters, because the bridge stores
    /// and repeats the text.
    pub(super) fn short_text(
        &mut self,
        key: &str,
        field: &'static str,
        expected: &'static str,
        most: usize,
    ) -> Result<String, RequestError> {
        let text = self.needed_text(key, field, expected)?;
        within(field, text.chars().count(), most, "characters")?;
        Ok(text)
    }

    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method itself has only one lifetime"
    )]
    pub(super) fn flag(&mut self, field: &'static str) -> Result<Option<bool>, RequestError> {
        self.value(field, "true or false", |given| given.flag())
    }

    pub(super) fn count(&mut self, field: &'static str) -> Result<Option<usize>, RequestError> {
        let expected = "a whole number of at least 1";
        self.value(field, expected, |given| {
            let count = usize::try_from(given.whole()?).ok()?;
            Some(count).filter(|count| *count > 0)
        })
    }

    pub(super) fn id(&mut self, field: &'static str) -> Result<Option<Box<str>>, RequestError> {
        match self.take(field) {
            None => Ok(None),
            Some(Value::String(id)) if !id.is_empty() => Ok(Some(id.into())),
            Some(Value::Number(id)) => Ok(Some(id.to_string().into())),
            Some(other) => {
                let expected = "a text or a number that is the same in a repeat";
                Err(field_error(field, &other, expected))
            }
        }
    }

    pub(super) fn object(
        &mut self,
        field: &'static str,
        expected: &'static str,
    ) -> Result<Map<String, Value>, RequestError> {
        self.optional_object(field, expected)?
            .ok_or(RequestError::Missing { field, expected })
    }

    pub(super) fn optional_object(
        &mut self,
        field: &'static str,
        expected: &'static str,
    ) -> Result<Option<Map<String, Value>>, RequestError> {
        match self.take(field) {
            None => Ok(None),
            Some(Value::Object(map)) => Ok(Some(map)),
            Some(other) => Err(field_error(field, &other, expected)),
        }
    }
}
