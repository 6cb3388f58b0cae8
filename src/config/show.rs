//! The configuration as `config show` prints it: each value, its origin, secrets hidden.

use super::keys;
use super::{Config, Origin};

/// One line of `config show`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// `obs.port`
    pub key: &'static str,
    /// As TOML writes it; `(hidden)` for a secret, `None` if it is not set.
    pub value: Option<String>,
    /// Where it came from.
    pub origin: Origin,
}

impl Config {
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
