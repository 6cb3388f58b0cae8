//! Changes one setting in the text of the config file. Comments, the order and everything else stay
//! unchanged. Pure: [`super::change`] reads and writes the file.
//!
//! `config set` of the command line and the request `SetSetting` use it. A request may change only
//! the settings that are declared with `bus = true`, and sections of the end credits only without
//! losing any.

mod document;
mod error;
mod key_path;
mod section_list;
mod value;

use std::collections::BTreeMap;

use serde_json::Value as Json;
use toml_edit::DocumentMut;

use super::address::HOST;
use super::keys::{self, PASSWORD};
use super::overlay::section;
use super::overlay::section_key::KEYS;
use super::{ConfigError, FileText};
use crate::input::{Content, Field, Node, Spot, parse_toml};
pub use error::EditError;
use key_path::{KeyPath, SECTIONS};
use section_list::SectionList;

/// A new value for a setting, or its removal.
#[derive(Clone)]
pub struct SettingChange {
    path: KeyPath,
    /// `None` to remove the setting from the file.
    value: Option<Node>,
}

/// The text of a changed file, and the value in the file before and after. `None` if the file does
/// not have the setting.
#[derive(Debug)]
pub(super) struct Edited {
    pub(super) text: String,
    pub(super) old: Option<Json>,
    pub(super) new: Option<Json>,
}

/// The settings of a file, by section and name.
type Root = BTreeMap<String, Node>;

impl SettingChange {
    /// Reads a value from the command line: a number, a flag, a list or a text in the syntax of the
    /// file, or a text without quotes.
    ///
    /// # Errors Fails if there is no such setting, or if the value is not allowed.
    pub fn of_text(key: &str, value: &str) -> Result<Self, EditError> {
        let path = KeyPath::parse(key)?;
        let value = value::of_text(value, |node| path.check(node))?;
        Ok(Self {
            path,
            value: Some(value),
        })
    }

    /// The sections of the end credits, each a whole section. They replace sections of the same
    /// ids; others stay in the file, but disabled.
    ///
    /// # Errors
    /// If they are no sections.
    pub fn sections(sections: Vec<Json>) -> Result<Self, EditError> {
        let path = KeyPath::parse(SECTIONS)?;
        let value = Node::of_json(sections.into(), Spot::default());
        path.check(&value)?;
        Ok(Self {
            path,
            value: Some(value),
        })
    }

    /// Reads a value from a request. `null` removes the setting from the file.
    ///
    /// # Errors Fails if there is no such setting, if a request must not change it, or if the value
    /// is not allowed.
    pub fn over_bus(key: &str, value: Json) -> Result<Self, EditError> {
        let path = KeyPath::parse(key)?;
        if !path.is_for_bus() {
            return Err(EditError::NotOverBus { key: key.into() });
        }
        let is_null = value.is_null();
        let value = value::of_json(value, |node| match path.is_sections() {
            false if is_null => Ok(()),
            false => path.check_over_bus(node),
            // Whole sections can have URLs and HTML, and a request must not remove any.
            true => Field::new(node, SECTIONS)
                .list(IDS, |item| item.word().map(drop).map_err(|_| item.bad(IDS)))
                .map(drop),
        })?;
        Ok(Self {
            path,
            value: (!is_null).then_some(value),
        })
    }

    /// The removal of a setting from the file, which restores its default.
    ///
    /// # Errors Fails if there is no such setting.
    pub fn removal(key: &str) -> Result<Self, EditError> {
        let path = KeyPath::parse(key)?;
        Ok(Self { path, value: None })
    }

    /// The name of the setting. A change to a key of a section counts as a change to
    /// `overlay.section`.
    pub fn setting(&self) -> &'static str {
        match &self.path {
            KeyPath::Setting(key) => key.name,
            KeyPath::Section { .. } => SECTIONS,
        }
    }

    pub(super) fn apply(&self, file: &FileText) -> Result<Edited, EditError> {
        let before = read(file)?;
        let has_crlf = file
            .text
            .split_once('\n')
            .is_some_and(|(line, _)| line.ends_with('\r'));
        let form = || EditError::Form {
            key: self.path.to_string(),
            path: file.path.clone(),
        };
        let text = file.text.replace("\r\n", "\n");
        let mut document: DocumentMut = text.parse().map_err(|_| form())?;
        self.change(&mut document, &before)
            .transpose()?
            .ok_or_else(form)?;
        let mut text = document.to_string();
        if has_crlf {
            text = text.replace('\n', "\r\n");
        }
        let after = FileText {
            text,
            ..file.clone()
        };
        let after_root = read(&after).map_err(|_| form())?;
        self.check(&before, &after_root).ok_or_else(form)?;
        if let Some(list) = of(&after_root, SECTIONS).filter(|_| self.setting() == SECTIONS) {
            section::sections(&Field::new(list, SECTIONS))?;
        }
        Ok(Edited {
            old: self.shown(&before),
            new: self.shown(&after_root),
            text: after.text,
        })
    }

    /// Returns `None` if the document has another kind of value in place of the setting.
    fn change(&self, document: &mut DocumentMut, before: &Root) -> Option<Result<(), EditError>> {
        let value = match &self.value {
            Some(node) => Some(value::to_toml(node)?),
            None => None,
        };
        let (path, wanted) = (&self.path, self.value.as_ref());
        let (section, name) = keys::parts(self.setting());
        match (path, wanted.map(|node| &node.content)) {
            (KeyPath::Setting(_), Some(Content::List(items))) if path.is_sections() => {
                let mut list = SectionList::of(document, of(before, SECTIONS))?;
                if let Err(error) = list.arrange(items) {
                    return Some(Err(error));
                }
                list.write(document)?;
            }
            (KeyPath::Setting(_), _) => match value {
                Some(value) => document::set(document, section, name, value)?,
                None => document::remove(document, section, name)?,
            },
            // Nothing is removed from sections that the file does not have.
            (KeyPath::Section { .. }, None) if of(before, SECTIONS).is_none() => {}
            (KeyPath::Section { id, key }, _) => {
                let mut list = SectionList::of(document, of(before, SECTIONS))?;
                if let Err(error) = list.change(id, key.name, value) {
                    return Some(Err(error));
                }
                list.write(document)?;
            }
        }
        Some(Ok(()))
    }

    /// Returns `None` if anything but this setting has changed, or if the setting does not have the
    /// new value.
    fn check(&self, before: &Root, after: &Root) -> Option<()> {
        let is_same = json_without(before, self.setting()) == json_without(after, self.setting());
        let wanted = self.value.as_ref().map(Node::to_json);
        let is_done = self.path.is_sections() || self.in_file(after) == wanted;
        (is_same && is_done).then_some(())
    }

    /// The value of the setting in a file, without passwords.
    fn shown(&self, root: &Root) -> Option<Json> {
        let value = self.in_file(root)?;
        Some(if may_be_secret(self.setting(), &value) {
            "(hidden)".into()
        } else {
            value
        })
    }

    /// The value of the setting in a file. For the list of sections, this is the ids of the enabled
    /// sections.
    fn in_file(&self, root: &Root) -> Option<Json> {
        let node = of(root, self.setting())?;
        match (&self.path, &node.content) {
            (KeyPath::Setting(_), Content::List(items)) if self.path.is_sections() => {
                let ids = section::ids(items).into_iter();
                Some(
                    ids.filter(|(_, is_enabled)| *is_enabled)
                        .map(|(id, _)| Json::from(&*id))
                        .collect(),
                )
            }
            (KeyPath::Setting(_), _) => Some(node.to_json()),
            (KeyPath::Section { id, key }, Content::List(items)) => {
                let ids = section::ids(items);
                let at = ids.iter().position(|(known, _)| **known == **id)?;
                let Content::Table(table) = &items.get(at)?.content else {
                    return None;
                };
                table.get(key.name).map(Node::to_json)
            }
            (KeyPath::Section { .. }, _) => None,
        }
    }
}

/// Shows only the name of the setting, because the value may be a password.
impl std::fmt::Debug for SettingChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SettingChange")
            .field("path", &self.path.to_string())
            .finish_non_exhaustive()
    }
}

/// The list of sections that a request may give.
const IDS: &str = "a list of ids or kinds of sections, such as [\"follows\", \"cheers\"]; a whole \
    section, or null to remove all of them, needs the config file";

/// The names of all settings, and of the keys of sections.
pub fn names() -> impl Iterator<Item = String> {
    let of_sections = KEYS.iter().map(|key| format!("{SECTIONS}.ID.{}", key.name));
    keys::all()
        .map(|key| key.name.to_owned())
        .chain(of_sections)
}

fn read(file: &FileText) -> Result<Root, EditError> {
    let root = parse_toml(&file.text).map_err(|error| {
        EditError::File(ConfigError::Syntax {
            origin: file.at(error.spot),
            message: error.message,
        })
    })?;
    let entries = root.get_ref().iter();
    Ok(entries
        .map(|(key, value)| (key.get_ref().to_string(), Node::of_toml(value, &file.text)))
        .collect())
}

fn of<'a>(root: &'a Root, setting: &str) -> Option<&'a Node> {
    let (section, name) = keys::parts(setting);
    match &root.get(section)?.content {
        Content::Table(table) => table.get(name),
        _ => None,
    }
}

/// Everything in a file except for this setting, and empty sections.
fn json_without(root: &Root, setting: &str) -> BTreeMap<String, Json> {
    let (section, name) = keys::parts(setting);
    let mut all: BTreeMap<String, Json> = root
        .iter()
        .map(|(key, node)| (key.clone(), node.to_json()))
        .collect();
    if let Some(Json::Object(table)) = all.get_mut(section) {
        table.remove(name);
    }
    all.retain(|_, value| value.as_object().is_none_or(|table| !table.is_empty()));
    all
}

/// Whether this value of the command line may hold a password, so that other programs must not see
/// it. The address of OBS may contain a password too.
pub fn may_hold_password(setting: &str, value: &str) -> bool {
    setting == PASSWORD || setting == HOST && (value.contains('@') || value.starts_with("obsws"))
}

/// Whether the value may hold a password. The value of the host may be a whole address.
fn may_be_secret(setting: &str, value: &Json) -> bool {
    let is_address = || value.as_str().is_none_or(|host| host.contains(['/', '@']));
    setting == PASSWORD || setting == HOST && is_address()
}
