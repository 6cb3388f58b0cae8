//! The config file: TOML, two levels deep. Rules, actions and labels are lists, which [`Rulebook`]
//! reads.

use super::ConfigError;
use super::keys;
use super::sources::{FileText, GivenSetting};
use crate::automation::{Rulebook, SECTIONS};
use crate::input::{Node, Spot, nearest, parse_toml};

/// Reads the settings and rules of the file, and appends its errors to `errors`.
pub(super) fn entries(
    file: &FileText,
    errors: &mut Vec<ConfigError>,
) -> (Vec<GivenSetting>, Rulebook) {
    let text = &file.text;
    let at = |byte| file.at(Spot::of(text, byte));
    let (mut entries, mut lists) = (Vec::new(), Vec::new());
    let root = match parse_toml(text) {
        Ok(root) => root,
        Err(error) => {
            errors.push(ConfigError::Syntax {
                origin: file.at(error.spot),
                message: error.message,
            });
            return (entries, Rulebook::default());
        }
    };
    for (section, table) in root.get_ref() {
        let section_at = at(section.span().start);
        let section = section.get_ref();
        if let Some(known) = SECTIONS.into_iter().find(|known| known == section) {
            lists.push((known, Node::of_toml(table, text)));
            continue;
        }
        if !keys::all().any(|key| key.parts().0 == section.as_ref()) {
            errors.push(ConfigError::UnknownKey {
                origin: section_at,
                nearest: nearest_of(section),
                key: section.clone().into_owned(),
            });
            continue;
        }
        let Some(table) = table.get_ref().as_table() else {
            let allowed = format!("a section: write [{section}] on a line of its own");
            errors.push(ConfigError::Value {
                origin: section_at,
                key: section.clone().into_owned(),
                allowed,
                found: None,
            });
            continue;
        };
        for (name, value) in table {
            let written = format!("{section}.{}", name.get_ref());
            let Some(key) = keys::find(&written) else {
                let origin = at(name.span().start);
                errors.push(ConfigError::UnknownKey {
                    origin,
                    nearest: nearest_of(&written),
                    key: written,
                });
                continue;
            };
            let origin = at(value.span().start);
            entries.push(GivenSetting {
                key,
                node: Node::of_toml(value, text),
                origin,
            });
        }
    }
    let book = Rulebook::read(lists).unwrap_or_else(|problems| {
        errors.extend(problems.into_iter().map(|problem| ConfigError::Rule {
            origin: file.at(problem.spot),
            problem: problem.into(),
        }));
        Rulebook::default()
    });
    (entries, book)
}

/// The most similar setting. A name without a point is also compared with the sections.
fn nearest_of(written: &str) -> Option<String> {
    let sections = keys::all()
        .map(|key| key.parts().0)
        .chain(SECTIONS)
        .filter(|_| !written.contains('.'));
    nearest(written, sections.chain(keys::all().map(|key| key.name))).map(Into::into)
}
