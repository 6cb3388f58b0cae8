//! Reads the journal back. The facts are the same as when they were received.

use serde_json::{Map, Value, value::RawValue};

use super::{lasting::LASTING, two_pages};
use crate::{
    bridge::{
        bans, edits,
        journal::{Row, RowOrigin},
        model::{Model, fold_origin},
    },
    credits::{Fold, Outcome},
    event::{EventName, Fact},
    mapping::{self, published},
};

/// Counts a row of the journal. `each` is called for every fact in it, with the fact's outcome.
/// From other sessions, only rows of the kinds in [`LASTING`] count.
pub(in crate::bridge) fn read_back(
    row: &Row,
    model: &mut Model,
    mut each: impl FnMut(&Fold, &Fact, Outcome),
) {
    let is_elsewhere = row.session != model.session().id;
    if is_elsewhere && !lasts(row) {
        return;
    }
    // Rows of earlier versions may contain texts of any length.
    let shortened = mapping::shorten(&row.body).map(|body| Row {
        body: body.into(),
        ..row.clone()
    });
    let row = shortened.as_ref().unwrap_or(row);
    let facts = facts_of(row);
    if model.is_elsewhere(&facts) {
        return;
    }
    if is_elsewhere {
        let read = |fold: &mut Fold| count(row, &facts, fold, &mut each);
        model.fold_mut().read_elsewhere(row.session.0, read);
    } else {
        count(row, &facts, model.fold_mut(), &mut each);
        model.count_row();
    }
}

/// Whether a row still counts after its session has ended.
fn lasts(row: &Row) -> bool {
    LASTING
        .iter()
        .any(|(origin, kind)| (*origin, *kind) == (row.origin, &*row.kind))
}

fn count(row: &Row, facts: &[Fact], fold: &mut Fold, each: &mut impl FnMut(&Fold, &Fact, Outcome)) {
    for fact in facts {
        let key = mapping::summary::keys_of(fact);
        let origin = fold_origin(row.origin, row.id.is_some());
        let outcome = fold.apply(fact, key, origin, row.at_ms, |_| {});
        each(fold, fact, outcome);
    }
    match (row.origin, &*row.kind) {
        (RowOrigin::Filled, mapping::summary_extras::KIND) => {
            if let Some(rest) = mapping::SummaryExtras::read(&row.body) {
                fold.join(rest, row.at_ms);
            }
        }
        (RowOrigin::Filled, bans::KIND) => bans::read(fold, &row.body, row.at_ms),
        (RowOrigin::Filled, two_pages::KIND) => {
            fold.prove_pages(row.at_ms);
        }
        (RowOrigin::Edited, _) => edits::read_back(row, fold),
        (RowOrigin::Added, _) => {
            if let Some((section, value)) = read_added(&row.body) {
                fold.add_custom(&section, value);
            }
        }
        _ => {}
    }
}

pub(in crate::bridge) fn facts_of(row: &Row) -> Vec<Fact> {
    match row.origin {
        RowOrigin::Received | RowOrigin::Played => {
            let data = serde_json::from_str::<&RawValue>(&row.body).ok();
            mapping::decode(&row.kind, data.filter(|data| data.get() != "null")).facts
        }
        RowOrigin::Published => read_published(&row.kind, &row.body),
        RowOrigin::Filled => mapping::filled(&row.kind, &row.body),
        RowOrigin::Added | RowOrigin::Edited => Vec::new(),
    }
}

/// The section and the value of an `AddToCredits` row; `None` if the body is not valid.
fn read_added(body: &str) -> Option<(String, Value)> {
    let mut body: Map<String, Value> = serde_json::from_str(body).ok()?;
    let Value::String(section) = body.remove("section")? else {
        return None;
    };
    Some((section, body.remove("value")?))
}

/// Empty if the body is not valid.
fn read_published(kind: &str, body: &str) -> Vec<Fact> {
    let (Some(name), Ok(data)) = (EventName::parse(kind), serde_json::from_str::<Value>(body))
    else {
        return Vec::new();
    };
    published::journalled(&name, &data)
}
