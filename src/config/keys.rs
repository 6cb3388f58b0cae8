//! The table of all settings, which `load`, `show` and `template` use. To add a setting, add a line
//! to its section's declaration: in `settings`, in `overlay`, or in `credits::roll::look` if the
//! page of the end credits needs it.

use std::sync::LazyLock;

use super::{
    BridgeSettings, BroadcasterSettings, BusSettings, Config, CreditsSettings, LeaderboardSettings,
    ObsSettings, OverlaySettings, SessionSettings, StoreSettings, overlay::section,
};
use crate::{
    credits::roll::{CreditsPlan, Look, Style},
    input::{Field, Read},
};

type Set = Box<dyn Fn(&mut Config, &Field<'_>) -> Read<()> + Send + Sync>;
type Show = Box<dyn Fn(&Config) -> Option<String> + Send + Sync>;

/// One setting of any section.
pub(super) struct Key {
    /// The name with its section, such as `obs.port`.
    pub(super) name: &'static str,
    /// The environment variable. `None` for lists, which have none.
    pub(super) env: Option<&'static str>,
    /// A description for the template. Each of its lines becomes a comment line.
    pub(super) help: &'static str,
    /// The value that the template shows for a setting without a default.
    pub(super) sample: Option<&'static str>,
    /// Whether a request over OBS may change it.
    pub(super) bus: bool,
    /// Reads the value into its field.
    pub(super) set: Set,
    /// The value as TOML; `None` if it is not set. A secret is shown as `(hidden)`.
    pub(super) show: Show,
}

/// The name of the password setting. One source may give either this or [`PASSWORD_FILE`], not
/// both.
pub(super) const PASSWORD: &str = "obs.password";
/// The name of the setting for a file with the password. See [`PASSWORD`].
pub(super) const PASSWORD_FILE: &str = "obs.password_file";

/// Every setting, in the order of display. The settings of a section are adjacent.
pub(super) fn all() -> impl Iterator<Item = &'static Key> {
    KEYS.iter()
}

/// The setting with this name. `None` if it is unknown.
pub(super) fn find(name: &str) -> Option<&'static Key> {
    all().find(|key| key.name == name)
}

impl Key {
    /// The section and the name within it, such as `obs` and `port`.
    pub(super) fn parts(&self) -> (&'static str, &'static str) {
        parts(self.name)
    }
}

/// The section and the name within it.
pub(super) fn parts(name: &str) -> (&str, &str) {
    name.split_once('.').unwrap_or(("", name))
}

/// Collects the settings of sections, each with the place of its section in the configuration.
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
                    bus: setting.bus,
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
        BusSettings: bus;
        OverlaySettings: overlay;
        Look: overlay.script.look;
        Style: overlay.script.look.style;
        CreditsPlan: overlay.script;
    };
    // This setting is a list of tables, which are checked one by one.
    keys.push(Key {
        name: "overlay.section",
        env: None,
        help: "The sections in their order. [[overlay.section]] tables are easier to read. \
            docs/overlay-reference.md lists the kinds and the keys of a section.\nWithout \
            this, all sections are shown.",
        sample: Some("[{ kind = \"follows\" }, { kind = \"text\", text = \"Thank you!\" }]"),
        bus: true,
        set: Box::new(|config, field| {
            config.overlay.script.sections = section::sections(field)?;
            config.overlay.listed = Some(section::listed(field));
            Ok(())
        }),
        show: Box::new(|config| Some(section::show(&config.overlay.script.sections))),
    });
    keys
});
