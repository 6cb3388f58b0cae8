//! Finds a person by name, login or id, on any platform.

use serde_json::{Map, Value, json};

use super::time::instant;
use crate::{
    credits::{Fold, LeftOut, Options, PersonId, people::Known},
    request::{By, PersonQuery, RequestError},
};

/// The limit on people in a reply, unless the request has a `limit`.
const USUAL: usize = 20;
/// The limit on people that an error names.
const NAMED: usize = 8;

/// The only person who matches a query. Fails if no person or several people match.
pub(super) fn one(fold: &Fold, query: &PersonQuery) -> Result<PersonId, RequestError> {
    let found = exact(fold, query);
    match found.as_slice() {
        [who] => Ok(*who),
        [] => {
            let like = similar(fold, query);
            let hint = if like.is_empty() {
                "FindPerson lists people whose names are similar".to_owned()
            } else {
                format!("people with similar names: {}", named(fold, &like))
            };
            Err(RequestError::Unavailable(format!(
                "nobody is known as \"{}\"; {hint}",
                query.text
            )))
        }
        several => Err(RequestError::Unavailable(format!(
            "{} people are known as \"{}\": {}. Name one of them as PLATFORM:ID",
            several.len(),
            query.text,
            named(fold, several)
        ))),
    }
}

/// Lists people for an error, in the form in which a request can name them.
fn named(fold: &Fold, people: &[PersonId]) -> String {
    let one = |who: &PersonId| {
        let name = fold.people.name(*who);
        let known = fold.people.known(*who);
        known.map(|known| format!("{} ({name})", known_as(known)))
    };
    let shown: Vec<_> = people.iter().take(NAMED).filter_map(one).collect();
    let more = match people.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", shown.join(", "))
}

/// The form in which a request can name a person: `twitch:12345`. If there is no id, it contains
/// the name.
fn known_as(known: &Known) -> String {
    let part = if known.id.is_empty() {
        known.name()
    } else {
        &known.id
    };
    format!("{}:{part}", known.platform.as_str())
}

/// All people with exactly this id or name, without duplicates. Case does not matter.
fn exact(fold: &Fold, query: &PersonQuery) -> Vec<PersonId> {
    let text = query.text.to_lowercase();
    let matches = |known: &Known| {
        let names = [&known.login, &known.display];
        let has_name = names.iter().any(|name| name.to_lowercase() == text)
            || known.listed.iter().any(|name| **name == *text);
        let has_id = known.id == query.text;
        match query.by {
            By::Any => has_id || has_name,
            By::Id => has_id,
            By::Name => has_name,
        }
    };
    let mut found: Vec<PersonId> = Vec::new();
    for (who, known) in fold.people.entries() {
        let is_there = query.platform.is_none_or(|on| on == known.platform);
        let renamed = query.by != By::Id
            && fold.people.shown(who) == who
            && fold.people.name(who).to_lowercase() == text;
        if is_there && (matches(known) || renamed) && !found.contains(&who) {
            found.push(who);
        }
    }
    // If an id is also the name of another person, the id decides.
    let of_id: Vec<_> = found
        .iter()
        .copied()
        .filter(|who| {
            let known = fold.people.known(*who);
            known.is_some_and(|known| known.id == query.text)
        })
        .collect();
    if of_id.len() == 1 && query.by != By::Name {
        of_id
    } else {
        found
    }
}

/// People whose name contains the text. The most recently seen person comes first.
fn similar(fold: &Fold, query: &PersonQuery) -> Vec<PersonId> {
    let text = query.text.to_lowercase();
    let mut found: Vec<(i64, PersonId)> = fold
        .people
        .entries()
        .filter(|(_, known)| query.platform.is_none_or(|on| on == known.platform))
        .filter(|(who, known)| {
            let names = [&*known.login, &*known.display, fold.people.name(*who)];
            names.iter().any(|name| name.to_lowercase().contains(&text))
        })
        .map(|(who, known)| (known.seen_ms, who))
        .collect();
    found.sort_by_key(|(seen_ms, who)| (std::cmp::Reverse(*seen_ms), *who));
    found.into_iter().map(|(_, who)| who).collect()
}

pub(super) fn find(
    fold: &Fold,
    options: &Options,
    query: &PersonQuery,
    limit: Option<usize>,
) -> Map<String, Value> {
    let mut found = exact(fold, query);
    for who in similar(fold, query) {
        if !found.contains(&who) && query.by != By::Id {
            found.push(who);
        }
    }
    let left_out = LeftOut::new(fold, &options.ignore);
    let people: Vec<_> = found
        .iter()
        .take(limit.unwrap_or(USUAL))
        .map(|who| {
            let mut person = describe(fold, *who);
            if let Some(object) = person.as_object_mut() {
                let seen = fold.people.known(*who).map(|known| instant(known.seen_ms));
                object.insert("seen".into(), seen.into());
                object.insert("hidden".into(), fold.people.is_hidden(*who).into());
                object.insert("banned".into(), left_out.is_banned(*who).into());
                let is_ignored = left_out.is_left_out_by_config(*who);
                object.insert("ignored".into(), is_ignored.into());
                let shown = fold.people.shown(*who);
                if shown != *who {
                    object.insert("mergedInto".into(), describe(fold, shown));
                }
            }
            person
        })
        .collect();
    let mut reply = Map::from_iter([("count".to_owned(), found.len().into())]);
    if people.len() < found.len() {
        reply.insert("limited".into(), true.into());
    }
    reply.insert("people".into(), people.into());
    reply
}

pub(super) fn describe(fold: &Fold, who: PersonId) -> Value {
    let Some(known) = fold.people.known(who) else {
        return Value::Null;
    };
    json!({ "platform": known.platform.as_str(), "id": known.id, "login": known.login,
        "name": fold.people.name(who), "person": known_as(known) })
}
