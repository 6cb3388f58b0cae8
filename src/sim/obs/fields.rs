//! Reads the fields of a request to the stand-in, with the same refusals as OBS.

use serde_json::{Map, Value};

use super::answer::Refusal;
use super::protocol::status;

#[derive(Debug, Clone, Copy)]
pub(super) struct RequestFields<'a>(pub(super) Option<&'a Value>);

impl<'a> RequestFields<'a> {
    pub(super) fn map(self) -> Result<&'a Map<String, Value>, Refusal> {
        let missing = || {
            Refusal::new(
                status::MISSING_REQUEST_DATA,
                "Your request data is missing or invalid (non-object)",
            )
        };
        self.0.and_then(Value::as_object).ok_or_else(missing)
    }

    pub(super) fn any(self, field: &str) -> Result<&'a Value, Refusal> {
        let missing = || {
            Refusal::new(
                status::MISSING_REQUEST_FIELD,
                format!("Your request is missing the `{field}` field."),
            )
        };
        self.map()?
            .get(field)
            .filter(|value| !value.is_null())
            .ok_or_else(missing)
    }

    pub(super) fn object(self, field: &str) -> Result<&'a Map<String, Value>, Refusal> {
        let object = self
            .any(field)?
            .as_object()
            .ok_or_else(|| type_error(field, "an object"))?;
        if object.is_empty() {
            Err(empty(field))
        } else {
            Ok(object)
        }
    }

    /// An object, which may be empty.
    pub(super) fn object_or_empty(self, field: &str) -> Result<&'a Map<String, Value>, Refusal> {
        self.any(field)?
            .as_object()
            .ok_or_else(|| type_error(field, "an object"))
    }

    /// A boolean; `usual` if the field is missing.
    pub(super) fn flag(self, field: &str, usual: bool) -> bool {
        self.0
            .and_then(|data| data.get(field))
            .and_then(Value::as_bool)
            .unwrap_or(usual)
    }

    pub(super) fn text(self, field: &str) -> Result<&'a str, Refusal> {
        let text = self
            .any(field)?
            .as_str()
            .ok_or_else(|| type_error(field, "a string"))?;
        if text.is_empty() {
            Err(empty(field))
        } else {
            Ok(text)
        }
    }
}

pub(super) fn type_error(field: &str, kind: &str) -> Refusal {
    Refusal::new(
        status::INVALID_REQUEST_FIELD_TYPE,
        format!("The field value of `{field}` must be {kind}."),
    )
}

fn empty(field: &str) -> Refusal {
    Refusal::new(
        status::REQUEST_FIELD_EMPTY,
        format!("The field value of `{field}` must not be empty."),
    )
}
