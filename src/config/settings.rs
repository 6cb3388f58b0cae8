//! The settings themselves, with their defaults.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use secrecy::SecretString;

use super::{Origin, OverlaySettings, Warning};
use crate::{
    automation::Rulebook,
    credits::{Section, Spelling},
    event::person::NAMELESS,
};

/// Every setting. `Config::default()` is what holds without a file; only the store's place depends
/// on the machine.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// How to reach OBS.
    pub obs: ObsSettings,
    /// The journal.
    pub store: StoreSettings,
    /// When a session ends.
    pub session: SessionSettings,
    /// What the credits hold and how a reply spells them.
    pub credits: CreditsSettings,
    /// The calendar of the bits leaderboards.
    pub leaderboard: LeaderboardSettings,
    /// Whose channel it is.
    pub broadcaster: BroadcasterSettings,
    /// How the bridge presents itself.
    pub bridge: BridgeSettings,
    /// The end-credits page.
    pub overlay: OverlaySettings,
    /// `[[rule]]`, `[[action]]`, `[[label]]`: what the bridge does by itself.
    pub rules: Arc<Rulebook>,
    /// What the user should know, though it is no error.
    pub warnings: Vec<Warning>,
    pub(super) origins: BTreeMap<&'static str, Origin>,
}

/// `[obs]`
#[derive(Debug, Clone)]
pub struct ObsSettings {
    /// Host name or address; IPv6 without brackets.
    pub host: String,
    /// Port of obs-websocket.
    pub port: u16,
    /// `wss` rather than `ws`.
    pub tls: bool,
    /// Password of obs-websocket; `None` if it asks for none.
    pub password: Option<SecretString>,
    /// The file that the password was read from.
    pub password_file: Option<PathBuf>,
}

impl Default for ObsSettings {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".into(),
            port: 4455,
            tls: false,
            password: None,
            password_file: None,
        }
    }
}

/// `[store]`
#[derive(Debug, Clone, Default)]
pub struct StoreSettings {
    /// The database file.
    pub path: PathBuf,
    /// Whether chat texts are kept.
    pub keep_texts: bool,
}

/// `[session]`
#[derive(Debug, Clone)]
pub struct SessionSettings {
    /// Whether a new stream begins a new session.
    pub reset_on_stream_start: bool,
    /// A stream that starts again within this time stays in its session.
    pub grace: Duration,
    /// A bridge closed for longer than this begins a new session.
    pub reset_after: Duration,
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self {
            reset_on_stream_start: true,
            grace: Duration::from_secs(30 * 60),
            reset_after: Duration::from_secs(12 * 60 * 60),
        }
    }
}

/// `[credits]`
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a setting of its own"
)]
pub struct CreditsSettings {
    /// Which keys a reply has.
    pub spelling: Spelling,
    /// Whether the keys of disabled sections are left out; else they are empty lists.
    pub omit_disabled: bool,
    /// Sections that are switched off.
    pub disabled: Vec<Section>,
    /// Whether well-known bots are left out.
    pub ignore_bots: bool,
    /// Whether the broadcaster is left out.
    pub ignore_broadcaster: bool,
    /// Whether people who are banned are left out.
    pub hide_banned: bool,
    /// People left out: logins or ids.
    pub ignore: Vec<String>,
    /// The channel's editors: logins or ids.
    pub editors: Vec<String>,
    /// Named groups of people: logins or ids.
    pub groups: BTreeMap<String, Vec<String>>,
    /// Names per list; `None` for all.
    pub limit: Option<u32>,
    /// What to call people whom a service does not name.
    pub anonymous: String,
}

impl Default for CreditsSettings {
    fn default() -> Self {
        Self {
            spelling: Spelling::Both,
            omit_disabled: false,
            disabled: Vec::new(),
            ignore_bots: true,
            ignore_broadcaster: true,
            hide_banned: true,
            ignore: Vec::new(),
            editors: Vec::new(),
            groups: BTreeMap::new(),
            limit: None,
            anonymous: NAMELESS.to_owned(),
        }
    }
}

/// `[leaderboard]`
#[derive(Debug, Clone)]
pub struct LeaderboardSettings {
    /// Where midnight is.
    pub timezone: TimeZone,
    /// The day on which a week begins.
    pub week_start: Weekday,
}

impl Default for LeaderboardSettings {
    /// Twitch's calendar. The zone is compiled in, so it is always found.
    fn default() -> Self {
        Self {
            timezone: TimeZone::get("America/Los_Angeles").unwrap_or(TimeZone::UTC),
            week_start: Weekday::Monday,
        }
    }
}

/// `[broadcaster]`: what Twitchat does not tell.
#[derive(Debug, Clone, Default)]
pub struct BroadcasterSettings {
    /// Platform id.
    pub id: Option<String>,
    /// Login.
    pub login: Option<String>,
    /// Display name.
    pub name: Option<String>,
}

/// `[bridge]`
#[derive(Debug, Clone)]
pub struct BridgeSettings {
    /// The name in the reply to `GetInfo`.
    pub name: String,
    /// Twitchat's generation; `None`: the bridge finds out.
    pub generation: Option<Generation>,
}

impl Default for BridgeSettings {
    fn default() -> Self {
        Self {
            name: "twitchat-bridge".into(),
            generation: None,
        }
    }
}

/// A generation of Twitchat's messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    /// The oldest.
    One,
    /// Up to Twitchat 16.
    Two,
    /// From Twitchat 17.
    Three,
}

impl Config {
    /// Where the value of a setting such as `obs.port` came from.
    pub fn origin(&self, key: &str) -> &Origin {
        self.origins.get(key).unwrap_or(&Origin::Default)
    }
}
