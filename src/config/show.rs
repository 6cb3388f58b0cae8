//! The configuration as `config show` prints it: each value with its origin, and with secrets
//! hidden.

use super::keys;
use super::{Config, Origin};

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
