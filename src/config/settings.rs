//! The sections of settings and the [`Config`] that they make.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use secrecy::SecretString;

use super::{Generation, LogFormat, Origin, OverlaySettings, ReadFile, Switch, Warning, read};
use crate::{
    automation::Rulebook,
    credits::{Section, Spelling},
    event::person::NAMELESS,
    input::{Field, settings},
    request::Guarded,
};

/// Every setting. `Config::default()` has the values that apply without a file; only the store's
/// path depends on the machine.
#[derive(Debug, Clone, Default)]
pub struct Config {
    pub obs: ObsSettings,
    pub store: StoreSettings,
    pub session: SessionSettings,
    /// The content of the credits, and the spelling of replies.
    pub credits: CreditsSettings,
    /// The calendar of the bits leaderboards.
    pub leaderboard: LeaderboardSettings,
    /// The owner of the channel.
    pub broadcaster: BroadcasterSettings,
    /// The name of the bridge, how it treats Twitchat, and the form of the log.
    pub bridge: BridgeSettings,
    /// The permissions of other programs on the same OBS.
    pub bus: BusSettings,
    /// The end-credits page.
    pub overlay: OverlaySettings,
    /// The rules, named actions and labels: `[[rule]]`, `[[action]]` and `[[label]]`.
    pub rules: Arc<Rulebook>,
    /// The config file; `None` if there is none.
    pub file: Option<ReadFile>,
    pub warnings: Vec<Warning>,
    pub(super) origins: BTreeMap<&'static str, Origin>,
}

settings! {
    "obs",
    /// `[obs]`: the connection to OBS. The host has no brackets, also for an IPv6 address. The
    /// password is `None` if OBS requires none.
    #[derive(Debug, Clone)]
    pub struct ObsSettings {
        host: String = "127.0.0.1".into(), read::host, "OBS_HOST",
            "The computer that runs OBS, or an address: \"wss://host/path\", or \
                \"obsws://host:4455/password\", which OBS shows.";
        port: u16 = 4455, read::port, "OBS_PORT",
            "OBS: Tools > WebSocket Server Settings > Server Port.\nOn the machine that runs OBS \
                the bridge finds the port by itself.";
        tls: bool = false, Field::flag, "OBS_TLS",
            "Whether to use wss instead of ws, for a proxy in front of OBS whose certificate this \
                computer trusts.";
        path: Option<String> = None, read::url_path, "OBS_PATH",
            "The path in the address of a relay or a proxy. Usually it is a part of host.",
            "\"/obs/ws/ID\"";
        password: Option<SecretString> = None, read::secret, "OBS_PASSWORD",
            "OBS: Tools > WebSocket Server Settings > Show Connect Info.\nOn the machine that \
                runs OBS the bridge finds the password by itself. Keep this file to yourself if \
                you write it here.", "\"...\"";
        password_file: Option<PathBuf> = None, read::path, "OBS_PASSWORD_FILE",
            "A file that contains only the password. Use it instead of password.",
            "\"obs-password\"";
    }
}

settings! {
    "store",
    /// `[store]`: the journal on disk.
    #[derive(Debug, Clone)]
    pub struct StoreSettings {
        path: PathBuf = PathBuf::new(), read::path, "TWITCHAT_BRIDGE_STORE",
            "The path of the journal. By default it is in the user's data folder.",
            "\"~/.local/share/twitchat-bridge/journal.db\"";
        keep_texts: bool = false, Field::flag, "TWITCHAT_BRIDGE_STORE_KEEP_TEXTS",
            "Whether the journal keeps chat texts.";
        retention: Option<Duration> = None, read::retention, "TWITCHAT_BRIDGE_STORE_RETENTION",
            "The bridge removes sessions that ended longer ago than this, and people whom nothing \
                else names. Without this, it never removes sessions.", "\"400d\"";
        backups: u32 = 10, Field::whole(0, 1_000), "TWITCHAT_BRIDGE_STORE_BACKUPS",
            "The number of backups to keep. The bridge makes one beside the journal when a session \
                closes. With 0 it makes none.";
    }
}

settings! {
    "session",
    /// `[session]`: the limits of a session.
    #[derive(Debug, Clone)]
    pub struct SessionSettings {
        reset_on_stream_start: bool = true, Field::flag,
            "TWITCHAT_BRIDGE_SESSION_RESET_ON_STREAM_START",
            "Whether a new session begins when OBS starts to stream.", bus = true;
        grace: Duration = Duration::from_secs(30 * 60), read::time,
            "TWITCHAT_BRIDGE_SESSION_GRACE",
            "A stream that restarts within this time continues its session.", bus = true;
        reset_after: Duration = Duration::from_secs(12 * 60 * 60), read::time,
            "TWITCHAT_BRIDGE_SESSION_RESET_AFTER",
            "A new session begins if the bridge was closed for longer than this.", bus = true;
    }
}

settings! {
    "credits",
    /// `[credits]`: the content of the credits, and the spelling of replies.
    #[derive(Debug, Clone)]
    pub struct CreditsSettings {
        spelling: Spelling = Spelling::Both, read::spelling, "TWITCHAT_BRIDGE_CREDITS_SPELLING",
            "The keys of a reply: \"legacy\" for older overlays, \"current\" for today's \
                Streamer.bot, \"both\" for all keys.";
        disabled: Vec<Section> = Vec::new(), read::sections, -,
            "Sections to leave empty, such as [\"Pyramids\", \"VIPs\"].";
        omit_disabled: bool = false, Field::flag, "TWITCHAT_BRIDGE_CREDITS_OMIT_DISABLED",
            "Whether a reply omits the keys of disabled sections. Some overlays need these keys.";
        ignore_bots: bool = true, Field::flag, "TWITCHAT_BRIDGE_CREDITS_IGNORE_BOTS",
            "Whether well-known bots are left out.";
        ignore_broadcaster: bool = true, Field::flag,
            "TWITCHAT_BRIDGE_CREDITS_IGNORE_BROADCASTER",
            "Whether the broadcaster is left out.";
        hide_banned: bool = true, Field::flag, "TWITCHAT_BRIDGE_CREDITS_HIDE_BANNED",
            "Whether people who are banned are left out.", bus = true;
        anonymous: String = NAMELESS.to_owned(), read::shown_name,
            "TWITCHAT_BRIDGE_CREDITS_ANONYMOUS",
            "The name for people whom a service does not name. On Twitch their names are \
                AnAnonymousGifter and AnAnonymousCheerer.";
        ignore: Vec<String> = Vec::new(), read::people, -,
            "People to leave out: logins or ids.", bus = true;
        editors: Vec<String> = Vec::new(), read::people, -,
            "The channel's editors: logins or ids. Twitchat does not report them.";
        groups: BTreeMap<String, Vec<String>> = BTreeMap::new(), read::groups, -,
            "Groups of people, such as { regulars = [\"somebody\", \"12345\"] }.";
        limit: Option<u32> = None, Field::whole(1, u32::MAX), "TWITCHAT_BRIDGE_CREDITS_LIMIT",
            "The largest number of names in each list. Without it, lists contain all names.", "500",
            bus = true;
    }
}

settings! {
    "leaderboard",
    /// `[leaderboard]`: the calendar of the bits leaderboards.
    #[derive(Debug, Clone)]
    pub struct LeaderboardSettings {
        // The zone is compiled in, so it is always found.
        timezone: TimeZone = TimeZone::get("America/Los_Angeles").unwrap_or(TimeZone::UTC),
            read::timezone, "TWITCHAT_BRIDGE_LEADERBOARD_TIMEZONE",
            "The time zone whose midnight ends a day, for the bits of the week and the month. \
                Twitch uses this one:";
        week_start: Weekday = Weekday::Monday, read::weekday,
            "TWITCHAT_BRIDGE_LEADERBOARD_WEEK_START",
            "The first day of a week.";
    }
}

settings! {
    "broadcaster",
    /// `[broadcaster]`: values that Twitchat does not report.
    #[derive(Debug, Clone)]
    pub struct BroadcasterSettings {
        id: Option<String> = None, read::person, "TWITCHAT_BRIDGE_BROADCASTER_ID",
            "Your id on Twitch. Without it the bridge learns your id from Twitchat's messages.",
            "\"12345678\"";
        login: Option<String> = None, read::person, "TWITCHAT_BRIDGE_BROADCASTER_LOGIN",
            "Your login on Twitch.", "\"somebody\"";
        name: Option<String> = None, read::text, "TWITCHAT_BRIDGE_BROADCASTER_NAME",
            "Your display name.", "\"Somebody\"";
    }
}

settings! {
    "bridge",
    /// `[bridge]`: the bridge's name, the version of Twitchat, and the form of the log.
    #[derive(Debug, Clone)]
    pub struct BridgeSettings {
        name: String = "twitchat-bridge".into(), Field::word, "TWITCHAT_BRIDGE_NAME",
            "The name that overlays see when they ask for info.";
        generation: Option<Generation> = None, read::generation, "TWITCHAT_BRIDGE_GENERATION",
            "The version of Twitchat, such as 16 or 17. Without it, the bridge detects the \
                version.", "17";
        log_format: LogFormat = LogFormat::Text, read::log_format, "TWITCHAT_BRIDGE_LOG_FORMAT",
            "The format of the log of all commands: \"text\", or \"json\" for one JSON object per \
                line.";
    }
}

settings! {
    "bus",
    /// `[bus]`: the permissions of other programs on the same OBS.
    #[derive(Debug, Clone)]
    pub struct BusSettings {
        allow: Vec<Guarded> = Vec::new(), read::guarded, -,
            "Requests that destroy data and are allowed over OBS, such as \
                [\"delete-session\", \"forget\"]. By default none is allowed.";
        settings: Switch = Switch::On, Switch::read, "TWITCHAT_BRIDGE_BUS_SETTINGS",
            "Whether requests over OBS may change settings: \"on\" or \"off\".";
    }
}

impl Config {
    /// The origin of the value of a setting such as `obs.port`.
    pub fn origin(&self, key: &str) -> &Origin {
        self.origins.get(key).unwrap_or(&Origin::Default)
    }

    /// The settings that a flag, a variable or the file has, such as `obs.port`.
    pub fn given(&self) -> Vec<&'static str> {
        self.origins.keys().copied().collect()
    }
}
