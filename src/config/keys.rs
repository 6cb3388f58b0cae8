//! The table of all settings, which `load`, `show` and `template` are driven by. A new setting is a
//! line in its section's declaration: in `settings`, in `overlay`, or in `credits::roll::look` if
//! the page of the end credits needs it.

use std::sync::LazyLock;

use super::{
    BridgeSettings, BroadcasterSettings, Config, CreditsSettings, LeaderboardSettings, ObsSettings,
    OverlaySettings, SessionSettings, StoreSettings, overlay::section,
};
use crate::{
    credits::roll::{CreditsPlan, Look, Style},
    input::{Field, Read},
};

type Set = Box<dyn Fn(&mut Config, &Field<'_>) -> Read<()> + Send + Sync>;
type Show = Box<dyn Fn(&Config) -> Option<String> + Send + Sync>;

/// One setting, wherever it is in the configuration.
pub(super) struct Key {
    /// With its section: `obs.port`.
    pub(super) name: &'static str,
    /// Its environment variable; lists have none.
    pub(super) env: Option<&'static str>,
    /// For the template, one comment line each.
    pub(super) help: &'static str,
    /// What the template shows where there is no default to show.
    pub(super) sample: Option<&'static str>,
    /// Reads the value into its field.
    pub(super) set: Set,
    /// The value as TOML writes it; `None` if it is not set. Never a secret.
    pub(super) show: Show,
}

/// The two ways to give the password exclude each other within one source.
pub(super) const PASSWORD: &str = "obs.password";
/// See [`PASSWORD`].
pub(super) const PASSWORD_FILE: &str = "obs.password_file";

/// Every setting, in the order in which they are shown; those of a section stand together.
pub(super) fn all() -> impl Iterator<Item = &'static Key> {
    KEYS.iter()
}

/// The setting of this name.
pub(super) fn find(name: &str) -> Option<&'static Key> {
    all().find(|key| key.name == name)
}

impl Key {
    /// `obs` and `port`.
    pub(super) fn parts(&self) -> (&'static str, &'static str) {
        self.name.split_once('.').unwrap_or(("", self.name))
    }
}

/// The keys of sections, each with the place of its section in the configuration.
macro_rules! keys {
    ($($section:ty: $($place:ident).+;)+) => {
        Vec::from_iter([$(
            <$section>::SETTINGS
                .iter()
                .map(|setting| Key {
                    name: setting.name,
                    env: setting.env,
                    help: setting.help,
                    sample: setting.sample,
                    set: Box::new(|config, field| (setting.set)(&mut config.$($place).+, field)),
                    show: Box::new(|config| (setting.show)(&config.$($place).+)),
                })
                .collect::<Vec<_>>(),
        )+].into_iter().flatten())
    };
}

static KEYS: LazyLock<Vec<Key>> = LazyLock::new(|| {
    let mut keys: Vec<Key> = keys! {
        ObsSettings: obs;
        StoreSettings: store;
        SessionSettings: session;
        CreditsSettings: credits;
        LeaderboardSettings: leaderboard;
        BroadcasterSettings: broadcaster;
        BridgeSettings: bridge;
        OverlaySettings: overlay;
        Look: overlay.script.look;
        Style: overlay.script.look.style;
        CreditsPlan: overlay.script;
    };
    // A list of tables, of which each reports its own problems.
    keys.push(Key {
        name: "overlay.section",
        env: None,
        help: "The sections in their order; better written as [[overlay.section]] each. \
            docs/overlay-reference.md lists the kinds and what each section may say.\nWithout \
            this: everything that there is.",
        sample: Some("[{ kind = \"follows\" }, { kind = \"text\", text = \"Thank you!\" }]"),
        set: Box::new(|config, field| {
            config.overlay.script.sections = section::sections(field)?;
            Ok(())
        }),
        show: Box::new(|config| Some(section::show(&config.overlay.script.sections))),
    });
    keys
});
