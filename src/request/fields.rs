//! A request's fields, read with errors that name them.

use serde_json::{Map, Value};

use super::RequestError;

/// The fields that are still to be read.
#[derive(Debug)]
pub(super) struct Fields(pub(super) Map<String, Value>);

/// What a value is, for people.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

impl Fields {
    fn take(&mut self, key: &str) -> Option<Value> {
        self.0.remove(key).filter(|value| !value.is_null())
    }

    pub(super) fn text(&mut self, field: &'static str, expected: &'static str) -> Result<Option<String>, RequestError> {
        match self.take(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(RequestError::Wrong { field, found: kind(&other), expected }),
        }
    }

    pub(super) fn needed_text(&mut self, key: &str, field: &'static str, expected: &'static str) -> Result<String, RequestError> {
        match self.take(key) {
            None => Err(RequestError::Missing { field, expected }),
            Some(Value::String(text)) if text.trim().is_empty() => Err(RequestError::Wrong { field, found: "empty", expected }),
            Some(Value::String(text)) => Ok(text),
            Some(other) => Err(RequestError::Wrong { field, found: kind(&other), expected }),
        }
    }

    pub(super) fn flag(&mut self, field: &'static str) -> Result<Option<bool>, RequestError> {
        match self.take(field) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(other) => Err(RequestError::Wrong { field, found: kind(&other), expected: "true or false" }),
        }
    }

    pub(super) fn count(&mut self, field: &'static str) -> Result<Option<usize>, RequestError> {
        let expected = "a whole number from 1 up";
        match self.take(field) {
            None => Ok(None),
            Some(value) => match value.as_u64().and_then(|count| usize::try_from(count).ok()) {
                Some(count) if count > 0 => Ok(Some(count)),
                _ => Err(RequestError::Wrong { field, found: if value.is_number() { "another number" } else { kind(&value) }, expected }),
            },
        }
    }

    pub(super) fn id(&mut self, field: &'static str) -> Result<Option<Box<str>>, RequestError> {
        match self.take(field) {
            None => Ok(None),
            Some(Value::String(id)) if !id.is_empty() => Ok(Some(id.into())),
            Some(Value::Number(id)) => Ok(Some(id.to_string().into())),
            Some(other) => Err(RequestError::Wrong { field, found: kind(&other), expected: "a text or a number, the same for a repeat" }),
        }
    }

    pub(super) fn object(&mut self, field: &'static str, expected: &'static str) -> Result<Map<String, Value>, RequestError> {
        match self.take(field) {
            None => Err(RequestError::Missing { field, expected }),
            Some(Value::Object(map)) => Ok(map),
            Some(other) => Err(RequestError::Wrong { field, found: kind(&other), expected }),
        }
    }

    pub(super) fn optional_object(&mut self, field: &'static str, expected: &'static str) -> Result<Map<String, Value>, RequestError> {
        match self.take(field) {
            None => Ok(Map::new()),
            Some(Value::Object(map)) => Ok(map),
            Some(other) => Err(RequestError::Wrong { field, found: kind(&other), expected }),
        }
    }
}
