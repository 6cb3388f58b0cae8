//! Reads the journal back. It yields the same facts as when they were received.

use serde_json::{Map, Value, value::RawValue};

use super::{note::note_fact, two_pages};
use crate::{
    bridge::{
        bans,
        base::Base,
        edits,
        journal::{Row, RowOrigin},
        model::fold_origin,
    },
    event::{EventName, Fact},
    mapping::{self, published},
};

/// Counts a row of the journal.
pub(in crate::bridge) fn read_back(row: &Row, base: &mut Base) {
    // Rows of earlier versions may hold texts of any length.
    let shortened = mapping::shorten(&row.body).map(|body| Row {
        body: body.into(),
        ..row.clone()
    });
    let row = shortened.as_ref().unwrap_or(row);
    let facts = facts_of(row);
    if base.model.is_elsewhere(&facts) {
        return;
    }
    for fact in facts {
        let key = mapping::summary::keys_of(&fact);
        let origin = fold_origin(row.origin, row.id.is_some());
        base.model
            .fold_mut()
            .apply(&fact, key, origin, row.at_ms, |_| {});
        note_fact(base, &fact, row.at_ms);
    }
    match (row.origin, &*row.kind) {
        (RowOrigin::Filled, mapping::summary_extras::KIND) => {
            if let Some(rest) = mapping::SummaryExtras::read(&row.body) {
                base.model.fold_mut().join(rest, row.at_ms);
            }
        }
        (RowOrigin::Filled, bans::KIND) => bans::read(base.model.fold_mut(), &row.body, row.at_ms),
        (RowOrigin::Filled, two_pages::KIND) => {
            base.model.fold_mut().prove_pages(row.at_ms);
        }
        (RowOrigin::Edited, _) => edits::read_back(row, base.model.fold_mut()),
        (RowOrigin::Added, _) => {
            if let Some((section, value)) = read_added(&row.body) {
                base.model.fold_mut().add_custom(&section, value);
            }
        }
        _ => {}
    }
    base.model.count_row(row.session);
}

/// The facts in a row's body.
fn facts_of(row: &Row) -> Vec<Fact> {
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

/// Section and value of an `AddToCredits` row; `None` if the body is not valid.
fn read_added(body: &str) -> Option<(String, Value)> {
    let mut body: Map<String, Value> = serde_json::from_str(body).ok()?;
    let Value::String(section) = body.remove("section")? else {
        return None;
    };
    Some((section, body.remove("value")?))
}

/// The facts of a published row; none if its body is not valid.
fn read_published(kind: &str, body: &str) -> Vec<Fact> {
    let (Some(name), Ok(data)) = (EventName::parse(kind), serde_json::from_str::<Value>(body))
    else {
        return Vec::new();
    };
    published::journalled(&name, &data)
}
