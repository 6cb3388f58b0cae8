//! Reads the fields of requests that correct the credits.

use serde_json::Value;

use super::{
    call::Call,
    edit::{By, EditRequest, PersonQuery},
    error::RequestError,
    fields::{self, Fields},
};
use crate::event::{Platform, visible::is_visible};

/// Maximum length of the name of a section that the user defined, in characters. The name is stored
/// and repeated.
const LONGEST_SECTION: usize = 100;
/// Maximum length of one value in the credits, in bytes of JSON. Each reply repeats it.
const LONGEST_VALUE: usize = 4_096;
/// Maximum length of a new name for a person, in characters.
const LONGEST_SHOWN_NAME: usize = 100;
/// Maximum length of a name or an id that is searched for, in characters.
const LONGEST_QUERY: usize = 200;
/// Largest number of edits that one request may take back.
const MOST_STEPS: usize = 1_000;

const PERSON: &str = "a name, a login, an id, or \"PLATFORM:ID\"; or an object with \"platform\" \
    and \"id\" or \"name\"";

pub(super) fn edit(mut fields: Fields) -> Result<Call, RequestError> {
    let expected = "\"hide\", \"show\", \"rename\", \"merge\", \"remove\" or \"add\"";
    let preview = fields.flag("preview")?.unwrap_or(false);
    let word = fields.needed_text("edit", "edit", expected)?;
    let edit = match word.trim().to_ascii_lowercase().as_str() {
        "hide" => EditRequest::Hide {
            person: person(&mut fields, "person")?,
        },
        "show" => EditRequest::Show {
            person: person(&mut fields, "person")?,
        },
        "rename" => EditRequest::Rename {
            person: person(&mut fields, "person")?,
            name: shown_name(&mut fields)?,
        },
        "merge" => EditRequest::Merge {
            person: person(&mut fields, "person")?,
            into: person(&mut fields, "into")?,
        },
        "remove" => {
            let expected = "the id of an entry, such as \"cheers-1f0c33b2a9\"";
            let entry = fields.short_text("entry", "entry", expected, LONGEST_QUERY)?;
            EditRequest::Remove {
                entry: entry.into(),
            }
        }
        "add" => {
            let (section, value) = section_and_value(&mut fields)?;
            EditRequest::Add { section, value }
        }
        _ => {
            let value = Value::from(word);
            return Err(fields::field_error("edit", &value, expected));
        }
    };
    Ok(Call::EditCredits { edit, preview })
}

pub(super) fn undo(mut fields: Fields) -> Result<Call, RequestError> {
    let steps = fields.count("steps")?.unwrap_or(1);
    fields::within("steps", steps, MOST_STEPS, "steps")?;
    Ok(Call::Undo { steps })
}

pub(super) fn find(mut fields: Fields) -> Result<Call, RequestError> {
    Ok(Call::FindPerson {
        person: person(&mut fields, "person")?,
        limit: fields.count("limit")?,
    })
}

pub(super) fn forget(mut fields: Fields) -> Result<Call, RequestError> {
    let permit = fields.text("permit", "the word of a permit")?;
    Ok(Call::Forget {
        preview: fields.flag("preview")?.unwrap_or(false),
        person: person(&mut fields, "person")?,
        permit: permit.map(Into::into),
    })
}

/// The name that replaces a person's own name.
fn shown_name(fields: &mut Fields) -> Result<Box<str>, RequestError> {
    let expected = "the name to show";
    let name = fields.short_text("name", "name", expected, LONGEST_SHOWN_NAME)?;
    if is_visible(&name) {
        Ok(name.trim().into())
    } else {
        let value = Value::from(name);
        Err(fields::field_error(
            "name",
            &value,
            "a name with visible letters",
        ))
    }
}

/// Reads a person from a text or an object.
pub(super) fn person(
    fields: &mut Fields,
    field: &'static str,
) -> Result<PersonQuery, RequestError> {
    let map = match fields.take(field) {
        None => {
            return Err(RequestError::Missing {
                field,
                expected: PERSON,
            });
        }
        Some(Value::String(text)) => {
            let query = PersonQuery::parse(&text);
            fields::within(
                field,
                query.text.chars().count(),
                LONGEST_QUERY,
                "characters",
            )?;
            return if query.text.is_empty() {
                Err(fields::field_error(field, &text.into(), PERSON))
            } else {
                Ok(query)
            };
        }
        Some(Value::Number(id)) => {
            return Ok(PersonQuery {
                platform: None,
                text: id.to_string().into(),
                by: By::Id,
            });
        }
        Some(Value::Object(map)) => map,
        Some(other) => return Err(fields::field_error(field, &other, PERSON)),
    };
    let within = if field == "into" { "into." } else { "person." };
    let mut object = fields.inner(map, within);
    let expected = "the word of a platform, such as \"twitch\"";
    let platform = object.one_of::<Platform>("platform", expected)?;
    let id = object.id("id")?;
    let name = object.text("name", "a name")?;
    let login = object.text("login", "a login")?;
    let (text, by) = match (id, name.or(login)) {
        (Some(id), _) => (id, By::Id),
        (None, Some(name)) if !name.trim().is_empty() => (name.trim().into(), By::Name),
        _ => {
            return Err(RequestError::Missing {
                field,
                expected: PERSON,
            });
        }
    };
    fields::within(field, text.chars().count(), LONGEST_QUERY, "characters")?;
    Ok(PersonQuery { platform, text, by })
}

/// Reads the section and the value that `AddToCredits` or an edit adds.
pub(super) fn section_and_value(fields: &mut Fields) -> Result<(Box<str>, Value), RequestError> {
    let section = fields.short_text(
        "section",
        "section",
        "the name of a section, such as \"Thanks\"",
        LONGEST_SECTION,
    )?;
    let expected = "a text, a number or an object";
    match fields.take("value") {
        None => Err(RequestError::Missing {
            field: "value",
            expected,
        }),
        Some(value @ (Value::Bool(_) | Value::Array(_))) => {
            Err(fields::field_error("value", &value, expected))
        }
        Some(value) => {
            fields::within(
                "value",
                value.to_string().len(),
                LONGEST_VALUE,
                "bytes of JSON",
            )?;
            Ok((section.into(), value))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::request::read;

    fn call(request: &Value) -> Result<Call, RequestError> {
        read(&request.to_string()).unwrap().call
    }

    fn hides(person: &Value) -> Result<PersonQuery, RequestError> {
        let request = json!({ "request": "EditCredits", "edit": "Hide", "person": person });
        match call(&request)? {
            Call::EditCredits {
                edit: EditRequest::Hide { person },
                preview: false,
            } => Ok(person),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_person_is_a_text_or_an_object() {
        let query = |platform, text: &str, by| PersonQuery {
            platform,
            text: text.into(),
            by,
        };
        let twitch = Some(Platform::Twitch);
        let cases = [
            (json!("Anna_B"), query(None, "Anna_B", By::Any)),
            (json!(" @anna "), query(None, "anna", By::Any)),
            (json!("Twitch:123"), query(twitch, "123", By::Any)),
            (json!("a:b"), query(None, "a:b", By::Any)),
            (json!(123), query(None, "123", By::Id)),
            (
                json!({ "platform": "twitch", "id": 7, "name": "x" }),
                query(twitch, "7", By::Id),
            ),
            (json!({ "name": "Anna" }), query(None, "Anna", By::Name)),
            (json!({ "login": "anna" }), query(None, "anna", By::Name)),
        ];
        for (person, expected) in cases {
            assert_eq!(hides(&person), Ok(expected), "{person}");
        }
    }

    #[test]
    fn a_missing_person_is_an_error() {
        for person in [
            json!(null),
            json!(""),
            json!("@"),
            json!({}),
            json!([1]),
            json!(true),
        ] {
            let error = hides(&person).unwrap_err().to_string();
            assert!(error.starts_with("`person`"), "{person}: {error}");
        }
    }

    #[test]
    fn each_edit_needs_its_fields() {
        let edit = |more: &Value| {
            let mut request = json!({ "request": "EditCredits" });
            let fields = request.as_object_mut().unwrap();
            fields.extend(more.as_object().unwrap().clone());
            call(&request).map_err(|error| error.to_string())
        };
        let cases = [
            (json!({}), "`edit` is missing"),
            (json!({ "edit": "explode" }), "`edit` must be"),
            (
                json!({ "edit": "rename", "person": "a" }),
                "`name` is missing",
            ),
            (
                json!({ "edit": "rename", "person": "a", "name": "\u{200b}" }),
                "a name with visible letters",
            ),
            (
                json!({ "edit": "merge", "person": "a" }),
                "`into` is missing",
            ),
            (json!({ "edit": "remove" }), "`entry` is missing"),
            (
                json!({ "edit": "add", "section": "A" }),
                "`value` is missing",
            ),
        ];
        for (more, expected) in cases {
            let error = edit(&more).unwrap_err();
            assert!(error.contains(expected), "{more}: {error}");
        }
    }
}
