//! Converts corrections of the credits: from requests to edits, from edits to rows of the journal,
//! and from rows to edits at the next start. `corrections` carries them out.

use serde_json::{Map, Value, json};

use super::{
    journal::{Row, RowOrigin},
    person_search::{self, describe},
};
use crate::{
    credits::{Edit, EntryId, Fold, Options, PersonId, Subject, reply::entries},
    event::{Person, Platform},
    request::{EditRequest, RequestError},
};

/// The limit on entries in a reply.
pub(super) const MOST_ENTRIES: usize = 100;

/// The person whose entries the reply to an edit shows.
pub(super) fn shown_person(edit: &Edit) -> Option<PersonId> {
    match edit {
        Edit::Hide { who } | Edit::Show { who } | Edit::Rename { who, .. } => Some(*who),
        Edit::Merge { into, .. } => Some(*into),
        Edit::Remove { .. } | Edit::Add { .. } => None,
    }
}

/// The `kind` of an undo in the journal.
pub(super) const UNDO: &str = "undo";

/// The name of this kind of edit in the journal and in requests.
pub(super) fn word(edit: &Edit) -> &'static str {
    match edit {
        Edit::Hide { .. } => "hide",
        Edit::Show { .. } => "show",
        Edit::Rename { .. } => "rename",
        Edit::Merge { .. } => "merge",
        Edit::Remove { .. } => "remove",
        Edit::Add { .. } => "add",
    }
}

/// The rows of these kinds are also read back from earlier sessions. They are edits of people, and
/// undone edits.
pub(super) const LASTING: [(RowOrigin, &str); 5] = [
    (RowOrigin::Edited, "hide"),
    (RowOrigin::Edited, "show"),
    (RowOrigin::Edited, "rename"),
    (RowOrigin::Edited, "merge"),
    (RowOrigin::Edited, UNDO),
];

/// Finds the people and the entry that a request names.
pub(super) fn resolve(
    fold: &Fold,
    options: &Options,
    request: EditRequest,
    at_ms: i64,
) -> Result<Edit, RequestError> {
    let find = |query| person_search::one(fold, query);
    Ok(match request {
        EditRequest::Hide { person } => Edit::Hide {
            who: find(&person)?,
        },
        EditRequest::Show { person } => Edit::Show {
            who: find(&person)?,
        },
        EditRequest::Rename { person, name } => Edit::Rename {
            who: find(&person)?,
            name,
        },
        EditRequest::Merge { person, into } => {
            let (who, into) = (find(&person)?, find(&into)?);
            if fold.people.shown(who) == fold.people.shown(into) {
                let name = fold.people.name(into);
                let why = format!("both are already the same person: {name}");
                return Err(RequestError::Unavailable(why));
            }
            Edit::Merge { who, into }
        }
        EditRequest::Remove { entry } => {
            let entry = EntryId::parse(&entry);
            let of = entries(fold, options, at_ms)
                .find(|(id, _)| *id == entry)
                .map(|(_, of)| of)
                .ok_or_else(|| {
                    RequestError::Unavailable(format!(
                        "no entry of the credits has the id \"{}\": `credits explain NAME` and \
                            GetCredits with \"extended\":true show the ids",
                        entry.as_str()
                    ))
                })?;
            Edit::Remove { entry, of }
        }
        EditRequest::Add { section, value } => Edit::Add { section, value },
    })
}

/// A warning for the streamer if this edit changes less than expected.
pub(super) fn remark(fold: &Fold, options: &Options, edit: &Edit) -> Option<String> {
    let left_out = crate::credits::LeftOut::new(fold, &options.ignore);
    match edit {
        Edit::Hide { who } if fold.people.is_hidden(*who) => {
            Some(format!("{} is hidden already", fold.people.name(*who)))
        }
        Edit::Show { who } => {
            let name = fold.people.name(*who);
            if left_out.is_banned(*who) {
                Some(format!(
                    "{name} stays out of the credits while they are banned from the channel"
                ))
            } else if left_out.is_left_out_by_config(*who) {
                Some(format!(
                    "{name} stays out of the credits because of a setting: credits.ignore, \
                        credits.ignore_bots or credits.ignore_broadcaster"
                ))
            } else if fold.people.is_hidden(*who) {
                None
            } else {
                Some(format!("{name} was not hidden"))
            }
        }
        _ => None,
    }
}

/// Describes an edit for replies.
pub(super) fn about(fold: &Fold, edit: &Edit) -> Value {
    let person = |who: &PersonId| describe(fold, *who);
    let mut about = Map::from_iter([("edit".to_owned(), Value::from(word(edit)))]);
    let more = match edit {
        Edit::Hide { who } | Edit::Show { who } => json!({ "person": person(who) }),
        Edit::Rename { who, name } => json!({ "person": person(who), "name": name }),
        Edit::Merge { who, into } => json!({ "person": person(who), "into": person(into) }),
        Edit::Remove { entry, of } => {
            let of = match of {
                Subject::Person(who) => person(who),
                Subject::Text(text) => json!({ "name": text }),
            };
            json!({ "entry": entry.as_str(), "of": of })
        }
        Edit::Add { section, value } => json!({ "section": section, "value": value,
            "entry": EntryId::of_value(section, value).as_str() }),
    };
    if let Value::Object(more) = more {
        about.extend(more);
    }
    about.into()
}

/// Makes the body of an edit's row.
pub(super) fn write(fold: &Fold, edit: &Edit) -> Value {
    let person = |who: &PersonId| -> Value {
        let Some(known) = fold.people.known(*who) else {
            return Value::Null;
        };
        json!({ "platform": known.platform.as_str(), "id": known.id, "login": known.login,
            "name": known.display })
    };
    match edit {
        Edit::Hide { who } | Edit::Show { who } => json!({ "person": person(who) }),
        Edit::Rename { who, name } => json!({ "person": person(who), "name": name }),
        Edit::Merge { who, into } => json!({ "person": person(who), "into": person(into) }),
        Edit::Remove { entry, of } => match of {
            Subject::Person(who) => json!({ "entry": entry.as_str(), "person": person(who) }),
            Subject::Text(text) => json!({ "entry": entry.as_str(), "text": text }),
        },
        Edit::Add { section, value } => json!({ "section": section, "value": value }),
    }
}

/// Applies an edit or an undo that was read back from the journal. Rows that cannot be parsed
/// change nothing.
pub(super) fn read_back(row: &Row, fold: &mut Fold) {
    let Ok(body) = serde_json::from_str::<Map<String, Value>>(&row.body) else {
        return;
    };
    if &*row.kind == UNDO {
        if let Some(seq) = body.get("edit").and_then(Value::as_u64) {
            fold.undo(seq);
        }
    } else if let Some(edit) = read(&row.kind, &body, row.at_ms, fold) {
        fold.edit(row.seq.0, edit);
    }
}

fn read(kind: &str, body: &Map<String, Value>, at_ms: i64, fold: &mut Fold) -> Option<Edit> {
    let text = |key: &str| body.get(key).and_then(Value::as_str);
    let mut person = |key: &str| {
        let object = body.get(key)?.as_object()?;
        let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
        let platform = Platform::parse(text("platform"));
        // If there is an id, the names are only for people who read the journal. They may be former
        // names.
        let names = if text("id").is_empty() {
            [text("login"), text("name")]
        } else {
            [""; 2]
        };
        let person = Person::on(platform, text("id"), names[0], names[1])?;
        Some(fold.people.register(&person, at_ms).who)
    };
    Some(match kind {
        "hide" => Edit::Hide {
            who: person("person")?,
        },
        "show" => Edit::Show {
            who: person("person")?,
        },
        "rename" => Edit::Rename {
            who: person("person")?,
            name: text("name")?.into(),
        },
        "merge" => Edit::Merge {
            who: person("person")?,
            into: person("into")?,
        },
        "remove" => Edit::Remove {
            entry: EntryId::parse(text("entry")?),
            of: match text("text") {
                Some(text) => Subject::Text(text.into()),
                None => Subject::Person(person("person")?),
            },
        },
        "add" => {
            let value = body.get("value")?.clone();
            Edit::Add {
                section: text("section")?.into(),
                value,
            }
        }
        _ => return None,
    })
}
