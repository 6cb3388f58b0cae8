//! Sets and removes values in a TOML document. Comments and the order do not change.

use toml_edit::{Decor, DocumentMut, InlineTable, Item, Table, TableLike, Value};

/// Sets a value of a section, which is added at the end if the document does not have it. `None` if
/// the document has another kind of value under this name.
pub(super) fn set(
    document: &mut DocumentMut,
    section: &str,
    name: &str,
    value: Value,
) -> Option<()> {
    if !document.contains_key(section) {
        let table = at_the_end(document, Table::new());
        document.insert(section, Item::Table(table));
    }
    set_in(document.get_mut(section)?.as_table_like_mut()?, name, value);
    Some(())
}

pub(super) fn set_in(table: &mut dyn TableLike, name: &str, value: Value) {
    match (table.get_mut(name), value) {
        (Some(Item::Value(old)), mut value) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        (Some(Item::Table(old)), Value::InlineTable(value)) => refill(old, value),
        (_, value) => drop(table.insert(name, Item::Value(value))),
    }
}

/// Replaces the content of a table that has a header of its own.
fn refill(table: &mut Table, content: InlineTable) {
    let (decor, position) = (table.decor().clone(), table.position());
    *table = content.into_table();
    *table.decor_mut() = decor;
    table.set_position(position);
}

/// Adds a new table at the end of the document, behind the comments there.
pub(super) fn at_the_end(document: &mut DocumentMut, mut table: Table) -> Table {
    let before = document.trailing().as_str().unwrap_or_default().to_owned();
    let is_empty = document.is_empty() && before.is_empty();
    let gap = if is_empty || before.ends_with("\n\n") {
        ""
    } else if before.is_empty() || before.ends_with('\n') {
        "\n"
    } else {
        "\n\n"
    };
    table.decor_mut().set_prefix(format!("{before}{gap}"));
    table.set_position(Some(isize::MAX));
    document.set_trailing("");
    table
}

/// Removes a value of a section. Its comments stay. `None` if the document has another kind of
/// value in place of the section.
pub(super) fn remove(document: &mut DocumentMut, section: &str, name: &str) -> Option<()> {
    let Some(table) = document.get_mut(section) else {
        return Some(());
    };
    if !table.is_table_like() {
        return None;
    }
    if let Some(comments) = remove_in(table, name) {
        let trailing = document.trailing().as_str().unwrap_or_default();
        let trailing = format!("{trailing}{comments}\n");
        document.set_trailing(trailing);
    }
    Some(())
}

/// Removes a value of a table. Returns its comments if there is no place for them in the table.
pub(super) fn remove_in(table: &mut Item, name: &str) -> Option<String> {
    if let Some(inline) = table.as_inline_table_mut() {
        inline.remove(name);
        return None;
    }
    let table = table.as_table_mut()?;
    let before = before(table, name);
    let (key, item) = table.remove_entry(name)?;
    let mut comments = comments(key.leaf_decor().prefix());
    match &item {
        Item::Value(value) => comments.extend(self::comments(value.decor().suffix())),
        Item::Table(table) => comments.extend(self::comments(table.decor().prefix())),
        Item::ArrayOfTables(tables) => tables
            .iter()
            .for_each(|table| comments.extend(self::comments(table.decor().prefix()))),
        Item::None => {}
    }
    if comments.is_empty() {
        return None;
    }
    let comments = comments.join("\n");
    if let Some(Item::Value(value)) = before.and_then(|before| table.get_mut(&before)) {
        append(value.decor_mut(), &comments);
    } else if table.is_dotted() || table.is_implicit() {
        return Some(comments);
    } else {
        append(table.decor_mut(), &comments);
    }
    None
}

/// The key before this one, if its value is written on a line of its own.
fn before(table: &Table, name: &str) -> Option<String> {
    table
        .iter()
        .take_while(|(key, _)| *key != name)
        .last()
        .filter(|(_, item)| item.is_value())
        .map(|(key, _)| key.to_owned())
}

/// The comments within a piece of white space.
fn comments(decor: Option<&toml_edit::RawString>) -> Vec<String> {
    let text = decor.and_then(toml_edit::RawString::as_str);
    let lines = text.unwrap_or_default().lines().map(str::trim);
    lines
        .filter(|line| line.starts_with('#'))
        .map(ToOwned::to_owned)
        .collect()
}

/// Adds comments, each on a line of its own, behind the value that has this decor.
fn append(decor: &mut Decor, comments: &str) {
    let behind = decor.suffix().and_then(toml_edit::RawString::as_str);
    let behind = format!("{}\n{comments}", behind.unwrap_or_default());
    decor.set_suffix(behind);
}
