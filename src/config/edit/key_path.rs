//! The name of a setting, or of one key of a section of the end credits.

use super::EditError;
use crate::config::keys::{self, Key};
use crate::config::overlay::section_key::{KEYS, SectionKey};
use crate::input::{Content, Field, Node, Read, nearest};

/// The setting that lists the sections of the end credits.
pub(super) const SECTIONS: &str = "overlay.section";

#[derive(Clone)]
pub(super) enum KeyPath {
    Setting(&'static Key),
    /// `overlay.section.ID.KEY`
    Section {
        id: String,
        key: &'static SectionKey,
    },
}

impl KeyPath {
    pub(super) fn parse(text: &str) -> Result<Self, EditError> {
        if let Some(key) = keys::find(text) {
            return Ok(Self::Setting(key));
        }
        let of_section = text
            .strip_prefix("overlay.section.")
            .and_then(|rest| rest.rsplit_once('.'));
        let known = match of_section {
            Some((id, name)) => {
                if let Some(key) = SectionKey::find(name).filter(|_| !id.is_empty()) {
                    let id = id.to_owned();
                    return Ok(Self::Section { id, key });
                }
                let near = nearest(name, KEYS.iter().map(|key| key.name));
                near.map(|near| format!("overlay.section.{id}.{near}"))
            }
            None => nearest(text, keys::all().map(|key| key.name)).map(Into::into),
        };
        Err(EditError::UnknownKey {
            key: text.to_owned(),
            nearest: known,
        })
    }

    /// Whether a request over OBS may change this setting.
    pub(super) fn is_for_bus(&self) -> bool {
        match self {
            Self::Setting(key) => key.bus,
            Self::Section { key, .. } => key.bus,
        }
    }

    /// Checks a value that a request gives. An icon may be a URL in the file alone.
    pub(super) fn check_over_bus(&self, value: &Node) -> Read<()> {
        self.check(value)?;
        let Self::Section { key, .. } = self else {
            return Ok(());
        };
        match &value.content {
            Content::Text(icon) if key.name == ICON && icon.contains([':', '/', '\\', '.']) => {
                let name = self.to_string();
                Err(Field::new(value, &*name).bad(ICONS))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn is_sections(&self) -> bool {
        matches!(self, Self::Setting(key) if key.name == SECTIONS)
    }

    /// Names in the list [`SECTIONS`] depend on the file, so they are checked when they are
    /// written.
    pub(super) fn check(&self, value: &Node) -> Read<()> {
        let name = self.to_string();
        let field = Field::new(value, &*name);
        match self {
            Self::Setting(_) if self.is_sections() => field
                .list(LISTS, |item| {
                    super::section_list::is_entry(item.node)
                        .then_some(())
                        .ok_or_else(|| item.bad(LISTS))
                })
                .map(drop),
            Self::Setting(key) => (key.set)(&mut crate::config::Config::default(), &field),
            Self::Section { key, .. } => key.check(&field),
        }
    }
}

const ICON: &str = "icon";
/// The icons that a request may set.
const ICONS: &str = "the name of an icon, an emoji, or false for none; a URL needs the config file";

/// The allowed values of [`SECTIONS`].
const LISTS: &str = r#"a list of ids or kinds of sections, such as ["follows", "cheers"]"#;

impl std::fmt::Display for KeyPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Setting(key) => f.write_str(key.name),
            Self::Section { id, key } => write!(f, "overlay.section.{id}.{}", key.name),
        }
    }
}
