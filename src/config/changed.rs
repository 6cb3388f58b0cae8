//! The difference between two configurations, for a config file that changes while the bridge runs.

use secrecy::ExposeSecret as _;

use super::{Config, keys};

/// The sections and settings that take effect only when the bridge starts.
const AT_START: [&str; 7] = [
    "obs.",
    "store.path",
    "store.retention",
    "store.backups",
    "leaderboard.",
    "broadcaster.",
    "bridge.generation",
];

/// Whether a changed value of this setting takes effect only at the next start.
pub fn needs_restart(name: &str) -> bool {
    AT_START.iter().any(|start| name.starts_with(start))
}

/// The changed settings that take effect only at the next start.
pub fn restart_for(before: &Config, after: &Config) -> Vec<&'static str> {
    let password = |config: &Config| {
        let password = config.obs.password.as_ref();
        password.map(|password| password.expose_secret().to_owned())
    };
    keys::all()
        .filter(|key| needs_restart(key.name))
        .filter(|key| {
            (key.show)(before) != (key.show)(after)
                || (key.name == keys::PASSWORD && password(before) != password(after))
        })
        .map(|key| key.name)
        .collect()
}
