//! The table of all settings: what they are called, what they mean, how they are read and shown.
//!
//! `load`, `show` and `template` are driven by it: a new setting is a field in `settings` and an
//! entry here.

use super::Config;
use super::read;
use crate::input::{Field, Read};

/// One setting.
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
    pub(super) set: fn(&mut Config, &Field<'_>) -> Read<()>,
    /// The value as TOML writes it; `None` if it is not set. Never a secret.
    pub(super) show: fn(&Config) -> Option<String>,
}

/// The two ways to give the password exclude each other within one source.
pub(super) const PASSWORD: &str = "obs.password";
/// See [`PASSWORD`].
pub(super) const PASSWORD_FILE: &str = "obs.password_file";
/// What replaces a secret.
const HIDDEN: &str = "(hidden)";

/// The setting of this name.
pub(super) fn find(name: &str) -> Option<&'static Key> {
    all().find(|key| key.name == name)
}

/// Every setting, in the order in which they are shown; those of a section stand together.
pub(super) fn all() -> impl Iterator<Item = &'static Key> {
    KEYS.iter().chain(super::overlay::keys::KEYS)
}

impl Key {
    /// `obs` and `port`.
    pub(super) fn parts(&self) -> (&'static str, &'static str) {
        self.name.split_once('.').unwrap_or(("", self.name))
    }
}

/// All but those of the overlay.
const KEYS: &[Key] = &[
    Key {
        name: "obs.host",
        env: Some("OBS_HOST"),
        help: "The machine that runs OBS.",
        sample: None,
        set: |config, field| read::host(field).map(|host| config.obs.host = host),
        show: |config| Some(read::quoted(&config.obs.host)),
    },
    Key {
        name: "obs.port",
        env: Some("OBS_PORT"),
        help: "OBS: Tools > WebSocket Server Settings > Server Port.\nOn the machine that runs OBS \
            it is found without this.",
        sample: None,
        set: |config, field| read::port(field).map(|port| config.obs.port = port),
        show: |config| Some(config.obs.port.to_string()),
    },
    Key {
        name: "obs.tls",
        env: Some("OBS_TLS"),
        help: "wss instead of ws: for an OBS behind a proxy with a public certificate.",
        sample: None,
        set: |config, field| field.flag().map(|tls| config.obs.tls = tls),
        show: |config| Some(config.obs.tls.to_string()),
    },
    Key {
        name: PASSWORD,
        env: Some("OBS_PASSWORD"),
        help: "OBS: Tools > WebSocket Server Settings > Show Connect Info.\nOn the machine that \
            runs OBS it is found without this. Keep this file to yourself if you write it here.",
        sample: Some("\"...\""),
        set: |config, field| read::secret(field).map(|password| config.obs.password = password),
        show: |config| config.obs.password.as_ref().map(|_| HIDDEN.into()),
    },
    Key {
        name: PASSWORD_FILE,
        env: Some("OBS_PASSWORD_FILE"),
        help: "A file that holds nothing but the password; instead of password.",
        sample: Some("\"obs-password\""),
        set: |config, field| read::path(field).map(|path| config.obs.password_file = Some(path)),
        show: |config| config.obs.password_file.as_deref().map(read::show_path),
    },
    Key {
        name: "store.path",
        env: Some("TWITCHAT_BRIDGE_STORE"),
        help: "The journal. Without this it is in the user's data folder.",
        sample: Some("\"~/.local/share/twitchat-bridge/journal.db\""),
        set: |config, field| read::path(field).map(|path| config.store.path = path),
        show: |config| Some(read::show_path(&config.store.path)),
    },
    Key {
        name: "store.keep_texts",
        env: Some("TWITCHAT_BRIDGE_STORE_KEEP_TEXTS"),
        help: "Whether the journal keeps what people wrote in the chat.",
        sample: None,
        set: |config, field| field.flag().map(|keep| config.store.keep_texts = keep),
        show: |config| Some(config.store.keep_texts.to_string()),
    },
    Key {
        name: "session.reset_on_stream_start",
        env: Some("TWITCHAT_BRIDGE_SESSION_RESET_ON_STREAM_START"),
        help: "Whether the credits begin afresh when OBS starts to stream.",
        sample: None,
        set: |config, field| {
            field
                .flag()
                .map(|reset| config.session.reset_on_stream_start = reset)
        },
        show: |config| Some(config.session.reset_on_stream_start.to_string()),
    },
    Key {
        name: "session.grace",
        env: Some("TWITCHAT_BRIDGE_SESSION_GRACE"),
        help: "A stream that starts again within this time goes on with its credits.",
        sample: None,
        set: |config, field| read::time(field).map(|grace| config.session.grace = grace),
        show: |config| Some(read::show_time(config.session.grace)),
    },
    Key {
        name: "session.reset_after",
        env: Some("TWITCHAT_BRIDGE_SESSION_RESET_AFTER"),
        help: "The credits begin afresh when the bridge was closed for longer than this.",
        sample: None,
        set: |config, field| read::time(field).map(|after| config.session.reset_after = after),
        show: |config| Some(read::show_time(config.session.reset_after)),
    },
    Key {
        name: "credits.spelling",
        env: Some("TWITCHAT_BRIDGE_CREDITS_SPELLING"),
        help: "The keys of a reply: \"seed\" for older overlays, \"current\" for those of today's \
            Streamer.bot, \"both\" for all.",
        sample: None,
        set: |config, field| {
            field
                .one_of()
                .map(|spelling| config.credits.spelling = spelling)
        },
        show: |config| Some(read::quoted(config.credits.spelling.into())),
    },
    Key {
        name: "credits.disabled",
        env: None,
        help: "Sections to leave empty, such as [\"Pyramids\", \"VIPs\"].",
        sample: None,
        set: |config, field| {
            read::sections(field).map(|sections| config.credits.disabled = sections)
        },
        show: |config| {
            Some(read::show_list(
                config.credits.disabled.iter().map(|section| section.seed()),
            ))
        },
    },
    Key {
        name: "credits.omit_disabled",
        env: Some("TWITCHAT_BRIDGE_CREDITS_OMIT_DISABLED"),
        help: "Whether a reply leaves out the keys of disabled sections; some overlays need them.",
        sample: None,
        set: |config, field| field.flag().map(|omit| config.credits.omit_disabled = omit),
        show: |config| Some(config.credits.omit_disabled.to_string()),
    },
    Key {
        name: "credits.ignore_bots",
        env: Some("TWITCHAT_BRIDGE_CREDITS_IGNORE_BOTS"),
        help: "Whether well-known bots are left out.",
        sample: None,
        set: |config, field| {
            field
                .flag()
                .map(|ignore| config.credits.ignore_bots = ignore)
        },
        show: |config| Some(config.credits.ignore_bots.to_string()),
    },
    Key {
        name: "credits.ignore_broadcaster",
        env: Some("TWITCHAT_BRIDGE_CREDITS_IGNORE_BROADCASTER"),
        help: "Whether the broadcaster is left out.",
        sample: None,
        set: |config, field| {
            field
                .flag()
                .map(|ignore| config.credits.ignore_broadcaster = ignore)
        },
        show: |config| Some(config.credits.ignore_broadcaster.to_string()),
    },
    Key {
        name: "credits.hide_banned",
        env: Some("TWITCHAT_BRIDGE_CREDITS_HIDE_BANNED"),
        help: "Whether people who are banned are left out.",
        sample: None,
        set: |config, field| field.flag().map(|hide| config.credits.hide_banned = hide),
        show: |config| Some(config.credits.hide_banned.to_string()),
    },
    Key {
        name: "credits.anonymous",
        env: Some("TWITCHAT_BRIDGE_CREDITS_ANONYMOUS"),
        help: "What to call people whom a service does not name. On Twitch they are \
            AnAnonymousGifter and AnAnonymousCheerer.",
        sample: None,
        set: |config, field| read::shown_name(field).map(|word| config.credits.anonymous = word),
        show: |config| Some(read::quoted(&config.credits.anonymous)),
    },
    Key {
        name: "credits.ignore",
        env: None,
        help: "People to leave out: logins or ids.",
        sample: None,
        set: |config, field| read::people(field).map(|people| config.credits.ignore = people),
        show: |config| Some(read::show_list(&config.credits.ignore)),
    },
    Key {
        name: "credits.editors",
        env: None,
        help: "The channel's editors: logins or ids. Twitch does not tell.",
        sample: None,
        set: |config, field| read::people(field).map(|people| config.credits.editors = people),
        show: |config| Some(read::show_list(&config.credits.editors)),
    },
    Key {
        name: "credits.groups",
        env: None,
        help: "Groups of people, such as { regulars = [\"somebody\", \"12345\"] }.",
        sample: None,
        set: |config, field| read::groups(field).map(|groups| config.credits.groups = groups),
        show: |config| Some(read::show_groups(&config.credits.groups)),
    },
    Key {
        name: "credits.limit",
        env: Some("TWITCHAT_BRIDGE_CREDITS_LIMIT"),
        help: "At most this many names in each list. Without this: all.",
        sample: Some("500"),
        set: |config, field| {
            field
                .whole(1, u32::MAX)
                .map(|limit| config.credits.limit = Some(limit))
        },
        show: |config| config.credits.limit.map(|limit| limit.to_string()),
    },
    Key {
        name: "leaderboard.timezone",
        env: Some("TWITCHAT_BRIDGE_LEADERBOARD_TIMEZONE"),
        help: "Where a day ends for the bits of the week and the month. Twitch's own:",
        sample: None,
        set: |config, field| read::timezone(field).map(|zone| config.leaderboard.timezone = zone),
        show: |config| {
            Some(read::quoted(
                config.leaderboard.timezone.iana_name().unwrap_or("UTC"),
            ))
        },
    },
    Key {
        name: "leaderboard.week_start",
        env: Some("TWITCHAT_BRIDGE_LEADERBOARD_WEEK_START"),
        help: "The first day of a week.",
        sample: None,
        set: |config, field| read::weekday(field).map(|day| config.leaderboard.week_start = day),
        show: |config| Some(read::show_weekday(config.leaderboard.week_start)),
    },
    Key {
        name: "broadcaster.id",
        env: Some("TWITCHAT_BRIDGE_BROADCASTER_ID"),
        help: "Your id on Twitch. Without this the bridge learns it from what it hears.",
        sample: Some("\"12345678\""),
        set: |config, field| read::person(field).map(|id| config.broadcaster.id = Some(id)),
        show: |config| config.broadcaster.id.as_deref().map(read::quoted),
    },
    Key {
        name: "broadcaster.login",
        env: Some("TWITCHAT_BRIDGE_BROADCASTER_LOGIN"),
        help: "Your login on Twitch.",
        sample: Some("\"somebody\""),
        set: |config, field| {
            read::person(field).map(|login| config.broadcaster.login = Some(login))
        },
        show: |config| config.broadcaster.login.as_deref().map(read::quoted),
    },
    Key {
        name: "broadcaster.name",
        env: Some("TWITCHAT_BRIDGE_BROADCASTER_NAME"),
        help: "Your display name.",
        sample: Some("\"Somebody\""),
        set: |config, field| {
            field
                .word()
                .map(|name| config.broadcaster.name = Some(name.into()))
        },
        show: |config| config.broadcaster.name.as_deref().map(read::quoted),
    },
    Key {
        name: "bridge.name",
        env: Some("TWITCHAT_BRIDGE_NAME"),
        help: "The name that overlays see when they ask for info.",
        sample: None,
        set: |config, field| field.word().map(|name| config.bridge.name = name.into()),
        show: |config| Some(read::quoted(&config.bridge.name)),
    },
    Key {
        name: "bridge.generation",
        env: Some("TWITCHAT_BRIDGE_GENERATION"),
        help: "The generation of Twitchat's messages: 1 for the oldest, 2 up to Twitchat 16, 3 \
            from 17. Without this the bridge finds out.",
        sample: Some("3"),
        set: |config, field| {
            read::generation(field).map(|generation| config.bridge.generation = Some(generation))
        },
        show: |config| config.bridge.generation.map(read::show_generation),
    },
];
