//! `[[overlay.section]]`: the sections of the end credits, in order.

use serde_json::{Map, Value, json};

use super::section_key::{KEYS, kinds};
use crate::{
    credits::roll::{CreditsPlan, Kind, Plan},
    input::{Cause, Content, Field, Fields, Given, Node, Problem, Read, quoted},
};

/// Fails if two sections have the same written id. A section without a written id gets a number
/// instead.
pub(in crate::config) fn sections(field: &Field<'_>) -> Read<Vec<Plan>> {
    let Content::List(items) = &field.node.content else {
        return Err(field.bad("sections: write [[overlay.section]] above each"));
    };
    let mut plans: Vec<Plan> = Vec::new();
    for node in items {
        let Some((mut plan, id_is_written)) = section(&Field::new(node, &*field.path))? else {
            continue;
        };
        let taken: Vec<_> = plans.iter().map(|plan| plan.id.clone()).collect();
        if id_is_written && taken.contains(&plan.id) {
            let cause = Cause::Value {
                allowed: "another one than that of a section before it".into(),
                found: format!("{:?}", plan.id),
            };
            return Err(Problem::new(node.spot, format!("{}.id", field.path), cause));
        }
        plan.id = free(&plan.id, &taken);
        plans.push(plan);
    }
    Ok(plans)
}

/// The id of each section of a list, and whether the section is enabled. Disabled sections, which
/// have no place in a roll, get their ids after the others.
pub(in crate::config) fn ids(items: &[Node]) -> Vec<(Box<str>, bool)> {
    let of = |item: &Node| {
        let Content::Table(table) = &item.content else {
            return (Box::default(), true);
        };
        let word = |key| Given::from(table.get(key)?).text();
        let kind = match &table.get("kind").map(|kind| &kind.content) {
            Some(Content::List(kinds)) => kinds.first().and_then(|kind| Given::from(kind).text()),
            _ => word("kind"),
        };
        let name = kind.and_then(Kind::parse).map_or("", Kind::name);
        let is_enabled = table
            .get("enabled")
            .is_none_or(|flag| flag.content != Content::Bool(false));
        (word("id").unwrap_or(name).into(), is_enabled)
    };
    let mut ids: Vec<(Box<str>, bool)> = items.iter().map(of).collect();
    let mut taken: Vec<Box<str>> = Vec::new();
    for wanted in [true, false] {
        for (id, _) in ids.iter_mut().filter(|(_, enabled)| *enabled == wanted) {
            *id = free(id, &taken);
            taken.push(id.clone());
        }
    }
    ids
}

/// The sections of a list, also the disabled ones: `id`, `enabled`, `kind`, and the keys that a
/// request may change, as they are written.
pub(in crate::config) fn listed(field: &Field<'_>) -> Vec<Value> {
    let Content::List(items) = &field.node.content else {
        return Vec::new();
    };
    let one = |((id, is_enabled), item): ((Box<str>, bool), &Node)| {
        let mut section = Map::new();
        if let Value::Object(written) = item.to_json() {
            let is_shown = |key: &str| {
                key == "kind" || KEYS.iter().any(|known| known.bus && known.name == key)
            };
            section.extend(written.into_iter().filter(|(key, _)| is_shown(key)));
        }
        section.insert("id".into(), (*id).into());
        section.insert("enabled".into(), is_enabled.into());
        section.into()
    };
    ids(items).into_iter().zip(items).map(one).collect()
}

/// The usual sections in the form of [`listed`].
pub(in crate::config) fn usual() -> Vec<Value> {
    let one = |plan: &Plan| {
        let kinds: Vec<_> = plan.kinds.iter().map(|kind| kind.name()).collect();
        json!({ "id": plan.id, "enabled": true, "kind": kinds, "layout": plan.layout,
            "sort": <&str>::from(plan.sort) })
    };
    CreditsPlan::default().sections.iter().map(one).collect()
}

/// The id, with a number if another section has it already.
fn free(id: &str, taken: &[Box<str>]) -> Box<str> {
    let is_taken = |id: &str| taken.iter().any(|known| **known == *id);
    if !is_taken(id) {
        return id.into();
    }
    let numbered = (2..=taken.len() + 1).map(|number| format!("{id}-{number}"));
    let free = numbered.into_iter().find(|id| !is_taken(id));
    free.unwrap_or_default().into()
}

/// Reads one section, and whether its id is written. `None` if the section is disabled.
fn section(field: &Field<'_>) -> Read<Option<(Plan, bool)>> {
    if !matches!(field.node.content, Content::Table(_)) {
        return Err(field.bad(r#"a table, such as { kind = "follows" }"#));
    }
    let known: Vec<_> = KEYS.iter().map(|key| key.name).collect();
    let fields = Fields::of(field.node, &*field.path, &known)?;
    let kinds = kinds(&fields.needed("kind", "the kind of the section, such as \"follows\"")?)?;
    let mut plan = Plan::of(kinds.first().map_or("", |kind| kind.name()), &kinds);
    for key in KEYS {
        fields.read(key.name, |field| (key.set)(&mut plan, field))?;
    }
    match kinds.first() {
        Some(Kind::Image) if plan.image.is_empty() => {
            return Err(fields.missing("image", "a URL, or a file beside the page"));
        }
        Some(Kind::Text) if plan.text.is_empty() && plan.title.is_none() => {
            return Err(fields.missing("text", "the text of the section"));
        }
        _ => {}
    }
    Ok(fields
        .flag("enabled", true)?
        .then_some((plan, fields.get("id").is_some())))
}

/// The ids of the sections, as TOML.
pub(in crate::config) fn show(plans: &[Plan]) -> String {
    format!(
        "[{}]",
        plans
            .iter()
            .map(|plan| quoted(&plan.id))
            .collect::<Vec<_>>()
            .join(", ")
    )
}
