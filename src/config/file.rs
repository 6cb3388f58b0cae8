//! The config file: TOML, two levels deep; rules, actions and labels are lists, and `rule` reads
//! them.

use toml::de::DeTable;

use super::ConfigError;
use super::keys;
use super::sources::{FileText, GivenSetting};
use crate::automation::{Rulebook, SECTIONS};
use crate::input::{Node, Problem, Spot, nearest};

/// Takes the settings out of the file.
pub(super) fn entries(file: &FileText) -> Result<(Vec<GivenSetting>, Rulebook), ConfigError> {
    let text = &file.text;
    let at = |byte| file.at(Spot::of(text, byte));
    let root = DeTable::parse(text).map_err(|error| ConfigError::Syntax {
        origin: at(error.span().map_or(0, |span| span.start)),
        message: error.message().to_owned(),
    })?;
    let (mut entries, mut lists) = (Vec::new(), Vec::new());
    for (section, table) in root.get_ref() {
        let section_at = at(section.span().start);
        let section = section.get_ref();
        if let Some(known) = SECTIONS.into_iter().find(|known| known == section) {
            lists.push((known, Node::of_toml(table, text)));
            continue;
        }
        if !keys::all().any(|key| key.parts().0 == section.as_ref()) {
            return Err(ConfigError::UnknownKey {
                origin: section_at,
                nearest: nearest_of(section),
                key: section.clone().into_owned(),
            });
        }
        let Some(table) = table.get_ref().as_table() else {
            let allowed = format!("a section: write [{section}] on a line of its own");
            return Err(ConfigError::Value {
                origin: section_at,
                key: section.clone().into_owned(),
                allowed,
                found: None,
            });
        };
        for (name, value) in table {
            let written = format!("{section}.{}", name.get_ref());
            let Some(key) = keys::find(&written) else {
                let origin = at(name.span().start);
                return Err(ConfigError::UnknownKey {
                    origin,
                    nearest: nearest_of(&written),
                    key: written,
                });
            };
            let origin = at(value.span().start);
            entries.push(GivenSetting {
                key,
                node: Node::of_toml(value, text),
                origin,
            });
        }
    }
    let book = Rulebook::read(lists).map_err(|mut problems| {
        problems.sort_by_key(|problem| (problem.spot.line, problem.spot.column));
        let placed = |problem: Problem| (file.at(problem.spot), problem);
        ConfigError::Rules(problems.into_iter().map(placed).collect())
    })?;
    Ok((entries, book))
}

/// Settings, or sections if what is written has none.
fn nearest_of(written: &str) -> Option<String> {
    let sections = keys::all()
        .map(|key| key.parts().0)
        .chain(SECTIONS)
        .filter(|_| !written.contains('.'));
    nearest(written, sections.chain(keys::all().map(|key| key.name))).map(Into::into)
}
