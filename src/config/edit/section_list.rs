//! Changes the list of sections of the end credits: their order, and one key of one section.

use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value};

use super::EditError;
use super::document;
use super::value::to_toml;
use crate::config::overlay::section::ids;
use crate::config::overlay::section_key::KEYS;
use crate::credits::roll::{CreditsPlan, Kind, Plan, Sort};
use crate::input::{Content, Given, Node, hint};

const OVERLAY: &str = "overlay";
const SECTION: &str = "section";

/// The sections that the file has, or the default ones if it has none.
pub(super) struct SectionList {
    entries: Vec<Entry>,
    /// Whether they are written as `[[overlay.section]]` tables, not as items of one list.
    are_tables: bool,
    /// Whether the file has no sections, so that these are the default ones.
    are_usual: bool,
}

struct Entry {
    id: Box<str>,
    item: Item,
    is_enabled: bool,
}

/// Whether a list of sections may have this item: an id, a kind, or a whole section.
pub(super) fn is_entry(node: &Node) -> bool {
    matches!(node.content, Content::Table(_)) || Given::from(node).text().is_some()
}

impl SectionList {
    /// `nodes` are the sections that were read. `None` if the document has another kind of value in
    /// their place.
    pub(super) fn of(document: &DocumentMut, nodes: Option<&Node>) -> Option<Self> {
        let overlay = document.get(OVERLAY);
        let written = overlay.and_then(|overlay| overlay.get(SECTION));
        let items: Vec<Item> = match written {
            None => return Some(Self::usual(overlay)),
            Some(Item::ArrayOfTables(tables)) => tables.iter().cloned().map(Item::Table).collect(),
            Some(Item::Value(Value::Array(items))) => {
                items.iter().cloned().map(Item::Value).collect()
            }
            Some(_) => return None,
        };
        let Content::List(nodes) = &nodes?.content else {
            return None;
        };
        if nodes.len() != items.len() || !items.iter().all(Item::is_table_like) {
            return None;
        }
        let entries = ids(nodes).into_iter().zip(items);
        Some(Self {
            entries: entries
                .map(|((id, is_enabled), item)| Entry {
                    id,
                    item,
                    is_enabled,
                })
                .collect(),
            are_tables: written.is_some_and(Item::is_array_of_tables),
            are_usual: false,
        })
    }

    fn usual(overlay: Option<&Item>) -> Self {
        let has_header = |item: &Item| item.as_table().is_some_and(|table| !table.is_dotted());
        Self {
            entries: usual(),
            are_tables: overlay.is_none_or(has_header),
            are_usual: true,
        }
    }

    /// Sets or removes one key of a section.
    pub(super) fn change(
        &mut self,
        id: &str,
        name: &str,
        value: Option<Value>,
    ) -> Result<(), EditError> {
        let Some(at) = self.entries.iter().position(|entry| &*entry.id == id) else {
            let known = self.entries.iter().map(|entry| &*entry.id);
            return Err(EditError::UnknownSection {
                id: id.to_owned(),
                hint: hint(id, known),
            });
        };
        if let Some(entry) = self.entries.get_mut(at) {
            match value {
                Some(value) => entry.set(name, value),
                None => drop(document::remove_in(&mut entry.item, name)),
            }
        }
        Ok(())
    }

    /// Arranges the sections in the order of these items: ids, kinds, and whole sections. A section
    /// of the file that is not among them is kept behind the others, but disabled.
    pub(super) fn arrange(&mut self, wanted: &[Node]) -> Result<(), EditError> {
        let mut arranged = Vec::new();
        for node in wanted {
            let entry = match Given::from(node).text() {
                None => to_toml(node).map(|value| Entry::new(Item::Value(in_order(value)))),
                Some(name) => take(&mut self.entries, name)
                    .or_else(|| take(&mut usual(), name))
                    .or_else(|| Entry::of_kind(name)),
            };
            let Some(mut entry) = entry else {
                let kinds = Kind::all().map(|kind| -> &str { kind.name() });
                let known = self.entries.iter().map(|entry| &*entry.id).chain(kinds);
                let name = Given::from(node).text().unwrap_or_default();
                return Err(EditError::Value {
                    key: "overlay.section".into(),
                    allowed: format!("a list of ids or kinds of sections ({})", hint(name, known)),
                    found: Some(node.found()),
                });
            };
            if !entry.is_enabled {
                drop(document::remove_in(&mut entry.item, "enabled"));
            }
            arranged.push(entry);
        }
        // A whole section with an id replaces the one that has this id.
        let ids: Vec<&str> = wanted.iter().filter_map(written_id).collect();
        self.entries.retain(|entry| !ids.contains(&&*entry.id));
        let rest = std::mem::take(&mut self.entries);
        for mut entry in rest.into_iter().filter(|_| !self.are_usual) {
            if entry.is_enabled {
                entry.set("enabled", false.into());
            }
            arranged.push(entry);
        }
        self.entries = arranged;
        Ok(())
    }

    /// Puts the sections into the document. `None` if it has another kind of value in their place.
    pub(super) fn write(self, document: &mut DocumentMut) -> Option<()> {
        if self.entries.is_empty() || !self.are_tables {
            return self.write_list(document);
        }
        let mut positions: Vec<_> = self
            .entries
            .iter()
            .filter_map(|entry| entry.item.as_table()?.position())
            .collect();
        positions.sort_unstable();
        let is_new = positions.is_empty();
        let mut positions = positions.into_iter();
        let mut tables = ArrayOfTables::new();
        for (place, entry) in self.entries.into_iter().enumerate() {
            let mut table = entry.item.into_table().ok()?;
            let has_gap = has_gap(&table);
            if !document.contains_key(OVERLAY) {
                let mut overlay = Table::new();
                overlay.set_implicit(true);
                table = document::at_the_end(document, table);
                document.insert(OVERLAY, Item::Table(overlay));
            } else if !has_gap && (place > 0 || is_new) {
                let before = table
                    .decor()
                    .prefix()
                    .and_then(toml_edit::RawString::as_str);
                let before = format!("\n{}", before.unwrap_or_default());
                table.decor_mut().set_prefix(before);
            }
            table.set_position(positions.next().or(table.position()));
            tables.push(table);
        }
        let overlay = document.get_mut(OVERLAY)?.as_table_mut()?;
        match overlay.get_mut(SECTION) {
            Some(item) => *item = Item::ArrayOfTables(tables),
            None => drop(overlay.insert(SECTION, Item::ArrayOfTables(tables))),
        }
        Some(())
    }

    fn write_list(self, document: &mut DocumentMut) -> Option<()> {
        let old = document
            .get(OVERLAY)
            .and_then(|overlay| overlay.get(SECTION)?.as_array().cloned());
        let mut list = old.unwrap_or_default();
        list.clear();
        for entry in self.entries {
            match entry.item.into_value().ok()? {
                value if value.decor().prefix().is_some() => list.push_formatted(value),
                value => list.push(value),
            }
        }
        if !document
            .get(OVERLAY)
            .is_some_and(|overlay| overlay.get(SECTION).is_some_and(Item::is_array_of_tables))
        {
            return document::set(document, OVERLAY, SECTION, list.into());
        }
        let overlay = document.get_mut(OVERLAY)?;
        let overlay = overlay.as_table_mut()?;
        overlay.set_implicit(false);
        overlay.insert(SECTION, Item::Value(list.into()));
        Some(())
    }
}

/// The sections that apply without a config.
fn usual() -> Vec<Entry> {
    let plans = CreditsPlan::default().sections;
    plans.iter().map(Entry::usual).collect()
}

/// A section with its keys in the order of the documentation.
fn in_order(mut value: Value) -> Value {
    let place = |name: &str| KEYS.iter().position(|key| key.name == name);
    if let Some(table) = value.as_inline_table_mut() {
        table.sort_values_by(|one, _, other, _| place(one.get()).cmp(&place(other.get())));
    }
    value
}

/// The id that a whole section has.
fn written_id(node: &Node) -> Option<&str> {
    match &node.content {
        Content::Table(table) => Given::from(table.get("id")?).text(),
        _ => None,
    }
}

fn take(entries: &mut Vec<Entry>, id: &str) -> Option<Entry> {
    let at = entries.iter().position(|entry| &*entry.id == id)?;
    Some(entries.remove(at))
}

impl Entry {
    /// Makes a section that the file does not have yet. Nothing refers to its id.
    fn new(item: Item) -> Self {
        Self {
            id: Box::default(),
            item,
            is_enabled: true,
        }
    }

    fn set(&mut self, name: &str, value: Value) {
        if let Some(table) = self.item.as_table_like_mut() {
            document::set_in(table, name, value);
        }
    }

    fn of_kind(name: &str) -> Option<Self> {
        let kind = Kind::parse(name)?;
        Some(Self::new(table([("kind", kind.name().into())])))
    }

    /// Makes a section of [`CreditsPlan::default`] in the form of the file.
    fn usual(plan: &Plan) -> Self {
        let kind = plan.kinds.first().map_or("", |kind| kind.name());
        let mut keys: Vec<(&str, Value)> = vec![("kind", kind.into())];
        if *plan.id != *kind {
            keys.push(("id", (*plan.id).into()));
        }
        if plan.layout != Plan::of("", &plan.kinds).layout {
            keys.push(("layout", <&str>::from(plan.layout).into()));
        }
        if plan.sort != Sort::default() {
            keys.push(("sort", <&str>::from(plan.sort).into()));
        }
        if !plan.text.is_empty() {
            keys.push(("text", (*plan.text).into()));
        }
        Self {
            id: plan.id.clone(),
            ..Self::new(table(keys))
        }
    }
}

/// A section as a value, which becomes a table where the file has tables.
fn table<'a>(keys: impl IntoIterator<Item = (&'a str, Value)>) -> Item {
    Item::Value(InlineTable::from_iter(keys).into())
}

/// Whether there is an empty line before the header of this table.
fn has_gap(table: &Table) -> bool {
    let before = table
        .decor()
        .prefix()
        .and_then(toml_edit::RawString::as_str);
    before.is_some_and(|before| before.starts_with('\n'))
}
