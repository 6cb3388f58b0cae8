//! Decides whether to keep, change or remove a row of the journal when a person is forgotten.

use serde_json::Value;

use super::{
    body::{Eraser, Substitute},
    identity::Identity,
};
use crate::{
    bridge::{
        bans,
        ingest::facts_of,
        journal::{Row, RowOrigin},
    },
    event::{Fact, Person},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The row does not name the person.
    Keep,
    /// The row concerns only the person.
    Remove,
    /// The row also concerns others, and stays without the person.
    Change {
        id: Option<Box<str>>,
        body: Box<str>,
    },
}

pub(super) fn fate(row: &Row, identity: &Identity) -> Fate {
    let id = row.id.as_deref().unwrap_or_default();
    let columns = [&*row.body, &row.kind, id];
    if !columns.iter().any(|text| identity.may_be_in(text)) {
        return Fate::Keep;
    }
    let Ok(body) = serde_json::from_str::<Value>(&row.body) else {
        return if identity.strike(&row.body).is_some() {
            Fate::Remove
        } else {
            Fate::Keep
        };
    };
    let facts = facts_of(row);
    let others = others(&facts, identity);
    let without = |substitute| {
        let mut body = body.clone();
        let eraser = Eraser::new(identity, &others, substitute);
        let is_person = eraser.erase("", &mut body);
        (body, is_person)
    };
    let struck_id = row.id.as_deref().and_then(|id| identity.strike(id));
    let id = match &struck_id {
        Some(id) => Some(id.as_str().into()),
        None => row.id.clone(),
    };
    let (nobody, is_person) = without(Substitute::Nobody);
    if nobody == body && struck_id.is_none() && identity.strike(&row.kind).is_none() {
        return Fate::Keep;
    }
    if is_of_person_alone(row, &facts, &others, identity, is_person) || is_empty(row, &nobody) {
        return Fate::Remove;
    }
    let substitutes = [Substitute::Anonymous, Substitute::Nameless].into_iter();
    let body = std::iter::once(nobody)
        .chain(substitutes.map(|substitute| without(substitute).0))
        .map(|body| body.to_string())
        .find(|body| keeps_others(row, body, &others, identity));
    match body {
        Some(body) => Fate::Change {
            id,
            body: body.into(),
        },
        None => Fate::Remove,
    }
}

/// Whether a row would be empty without the person.
fn is_of_person_alone(
    row: &Row,
    facts: &[Fact],
    others: &[Person],
    identity: &Identity,
    is_person: bool,
) -> bool {
    match row.origin {
        // A correction or an added line of the credits that names the person concerns only the
        // person.
        RowOrigin::Added | RowOrigin::Edited => true,
        RowOrigin::Filled if facts.is_empty() => false,
        _ if !others.is_empty() => false,
        _ => is_person && facts.is_empty() || facts.iter().any(|fact| is_about(fact, identity)),
    }
}

/// Whether a fact concerns only the person. A hype train never does, because it has other parts.
fn is_about(fact: &Fact, identity: &Identity) -> bool {
    if matches!(fact, Fact::HypeTrain(_)) {
        return false;
    }
    let mut is_about = false;
    fact.clone()
        .each_person(|person| is_about |= identity.is(person));
    is_about
}

/// Whether a list of bans has become empty.
fn is_empty(row: &Row, body: &Value) -> bool {
    (row.origin, &*row.kind) == (RowOrigin::Filled, bans::KIND)
        && body
            .as_object()
            .is_some_and(|lists| lists.values().all(|list| list == &Value::Array(Vec::new())))
}

/// The people in these facts, without the person to forget.
fn others(facts: &[Fact], identity: &Identity) -> Vec<Person> {
    let mut others = Vec::new();
    for fact in facts {
        fact.clone().each_person(|person| {
            if !identity.is(person) && !person.is_anonymous() && !others.contains(person) {
                others.push(person.clone());
            }
        });
    }
    others
}

/// Whether a changed body still names all other people, and no longer names the person.
fn keeps_others(row: &Row, body: &str, wanted: &[Person], identity: &Identity) -> bool {
    let row = Row {
        body: body.into(),
        ..row.clone()
    };
    let facts = facts_of(&row);
    let found = others(&facts, identity);
    let is_same = |one: &Person, other: &Person| {
        (one.platform, &one.id, &one.login, &one.display)
            == (other.platform, &other.id, &other.login, &other.display)
    };
    wanted
        .iter()
        .all(|one| found.iter().any(|other| is_same(one, other)))
        && !facts.iter().any(|fact| is_about(fact, identity))
}

/// Calls `each` for the people in a row, to collect former names of the person.
pub(super) fn people_in(row: &Row, mut each: impl FnMut(&Person)) {
    for mut fact in facts_of(row) {
        fact.each_person(|person| each(person));
    }
    if let Ok(body) = serde_json::from_str::<Value>(&row.body) {
        accounts_in(&body, &mut each);
    }
}

/// Calls `each` for the accounts in a body. An account is an object with an id and a login or a
/// platform, as in edits, bans and summaries.
fn accounts_in(value: &Value, each: &mut impl FnMut(&Person)) {
    match value {
        Value::Array(list) => list.iter().for_each(|one| accounts_in(one, each)),
        Value::Object(object) => {
            let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
            let id = ["id", "uid"].map(text).concat();
            let platform = match text("platform") {
                "" => crate::event::Platform::of_id(&id),
                word => crate::event::Platform::parse(word),
            };
            let is_account = object.contains_key("login") || object.contains_key("platform");
            if is_account
                && let Some(person) = Person::on(
                    platform,
                    &id,
                    text("login"),
                    &["name", "display"].map(text).concat(),
                )
            {
                each(&person);
            }
            object.values().for_each(|one| accounts_in(one, each));
        }
        _ => {}
    }
}
