//! The configuration as `config show` prints it: each value with its origin, and with secrets
//! hidden.

use serde_json::{Map, Value, json};

use super::keys;
use super::overlay::section;
use super::{Config, Origin};
use crate::credits::roll::Kind;

/// One line of `config show`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The name with its section, such as `obs.port`.
    pub key: &'static str,
    /// The value as TOML; `(hidden)` for a secret, `None` if it is not set.
    pub value: Option<String>,
    pub origin: Origin,
}

impl Config {
    /// The settings that requests may change, as `GetSettings` lists them, with the place of the
    /// page in OBS.
    pub fn over_bus(&self) -> Map<String, Value> {
        let usual = Self::default();
        let of = |config: &Self, key: &keys::Key| {
            (key.show)(config).map_or(Value::Null, |toml| of_toml(&toml))
        };
        let one = |key: &keys::Key| {
            let mut setting = json!({ "key": key.name, "value": of(self, key),
                "default": of(&usual, key) });
            if let (Origin::Flag(_) | Origin::Env(_), Some(setting)) =
                (self.origin(key.name), setting.as_object_mut())
            {
                let origin = self.origin(key.name).to_string();
                setting.insert("overriddenBy".into(), origin.into());
            }
            setting
        };
        let settings: Vec<_> = keys::all().filter(|key| key.bus).map(one).collect();
        let overlay = &self.overlay;
        let sections = overlay.listed.clone().unwrap_or_else(section::usual);
        let kind = |kind: Kind| {
            json!({ "kind": kind.name(), "title": kind.title(),
            "icon": kind.icon() })
        };
        let kinds: Vec<_> = Kind::all().map(kind).collect();
        let page = json!({ "scene": overlay.scene, "source": overlay.source,
            "width": overlay.width, "height": overlay.height });
        Map::from_iter([
            ("settings".to_owned(), settings.into()),
            ("sections".to_owned(), sections.into()),
            ("kinds".to_owned(), kinds.into()),
            ("page".to_owned(), page),
        ])
    }

    /// All settings, section by section.
    pub fn rows(&self) -> Vec<Shown> {
        keys::all()
            .map(|key| Shown {
                key: key.name,
                value: (key.show)(self),
                origin: self.origin(key.name).clone(),
            })
            .collect()
    }
}

/// A value that is written as TOML; null if it is no TOML.
fn of_toml(text: &str) -> Value {
    let parsed = toml::from_str::<toml::Table>(&format!("value = {text}")).ok();
    let value = parsed.and_then(|mut table| table.remove("value"));
    value
        .and_then(|value| serde_json::to_value(value).ok())
        .unwrap_or_default()
}
