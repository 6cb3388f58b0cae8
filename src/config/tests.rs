//! Tests of the configuration that results from given sources.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::civil::Weekday;
use secrecy::ExposeSecret;

use super::*;
use crate::credits::{Section, Spelling};

const FILE: &str = "/etc/bridge/config.toml";

#[derive(Default)]
struct Case<'a> {
    flags: Flags,
    env: &'a [(&'a str, &'a str)],
    file: Option<&'a str>,
    discovered: Option<Discovered>,
}

impl Case<'_> {
    fn load(self) -> Result<Config, ConfigError> {
        self.load_reading(&|path| match path.to_str() {
            Some("/etc/bridge/secret" | "/home/ada/secret" | "secret") => {
                Ok(format!("from {}\r\n", path.display()))
            }
            _ => Err(io::ErrorKind::NotFound.into()),
        })
    }

    /// Loads with other contents of password files.
    fn load_reading(
        self,
        read: &dyn Fn(&Path) -> io::Result<String>,
    ) -> Result<Config, ConfigError> {
        Config::load(&Sources {
            flags: self.flags,
            env: self
                .env
                .iter()
                .map(|(name, value)| (OsString::from(name), OsString::from(value)))
                .collect(),
            file: self.file.map(|text| FileText {
                path: FILE.into(),
                text: text.into(),
                readable_by_others: false,
            }),
            discovered: self.discovered,
            places: Some(Places {
                home: "/home/ada".into(),
                config: "/home/ada/.config".into(),
                data: "/home/ada/data".into(),
            }),
            read,
        })
    }
}

#[test]
fn the_generation_may_be_a_version_of_twitchat() {
    let of = |value: &str| {
        let config = of_file(&format!("bridge.generation = {value}")).unwrap();
        config.bridge.generation.unwrap()
    };
    assert_eq!(
        ["1", "6", "'6.4'"].map(of),
        [Generation::One, Generation::One, Generation::One]
    );
    assert_eq!(
        ["2", "16", "'16.17.1'"].map(of),
        [Generation::Two, Generation::Two, Generation::Two]
    );
    assert_eq!(["3", "17"].map(of), [Generation::Three, Generation::Three]);
}

#[test]
fn an_empty_password_file_is_named() {
    let sources = |text: &'static str| {
        Case {
            file: Some("[obs]\npassword_file = 'secret'"),
            ..Case::default()
        }
        .load_reading(&move |_| Ok(text.into()))
    };
    let config = sources("\r\n").unwrap();
    let warnings: Vec<_> = config.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "the password file /etc/bridge/secret (named by /etc/bridge/config.toml:2:17) is \
            empty: the bridge connects to OBS without a password"
        ]
    );
    assert!(sources("x").unwrap().warnings.is_empty());
}

#[test]
fn each_error_in_the_file_names_the_file_the_line_and_the_column() {
    for text in [
        "[obs",
        "nonsense = 1",
        "obs = 1",
        "[obs]\nprot = 1",
        "[obs]\nport = 'x'",
        "[obs]\npassword = 'a'\npassword_file = 'b'",
        "[obs]\npassword_file = 'none'",
        "[overlay]\nsection = [{ kind = 'nobody' }]",
        "rule = 3",
        "[[rule]]\nname = 'a'",
        "[[rule]]\non = 'Twitch.Raid'\nwhen = 'data.'\ndo = []",
        "[[rule]]\non = 'Twitch.Raid'\ndo = [{ run = [] }]",
        "[[rule]]\non = 'Twitch.Raid'\ndo = [{ action = 'b' }]",
        "[[label]]\nsource = 'a'\ntext = '{{ event.name }}'",
        "[[action]]\nname = 'a'\ndo = [{ action = 'a' }]",
    ] {
        let error = of_file(text).err().map(|error| error.to_string());
        let place = error
            .as_deref()
            .and_then(|error| error.split_once(&format!("{FILE}:")))
            .map(|(_, rest)| rest.split([':', ' ', ')']).take(2));
        let numbers = place.map(|place| place.filter(|part| part.parse::<usize>().is_ok()).count());
        assert_eq!(numbers, Some(2), "{text}: {error:?}");
    }
}

#[test]
fn the_readme_names_the_settings_that_have_no_environment_variable() {
    let readme = include_str!("../../README.md");
    let sentence = readme
        .split_once("Settings that hold several values have none")
        .and_then(|(_, rest)| rest.split_once(".\n"))
        .map(|(sentence, _)| sentence)
        .unwrap();
    let without: Vec<_> = keys::all()
        .filter(|key| key.env.is_none())
        .map(|key| format!("`{}`", key.name))
        .collect();
    let missing: Vec<_> = without
        .iter()
        .filter(|name| !sentence.contains(*name))
        .collect();
    assert_eq!(missing, [""; 0]);
    assert_eq!(sentence.matches('`').count(), without.len() * 2);
}

#[test]
fn the_readme_spells_environment_variables_as_they_are() {
    let readme = include_str!("../../README.md");
    for (variable, setting) in [
        ("TWITCHAT_BRIDGE_CREDITS_SPELLING", "credits.spelling"),
        ("TWITCHAT_BRIDGE_NAME", "bridge.name"),
        ("TWITCHAT_BRIDGE_STORE", "store.path"),
    ] {
        assert!(readme.contains(&format!("`{variable}`")), "{variable}");
        assert_eq!(keys::find(setting).unwrap().env, Some(variable));
    }
}

fn of_file(text: &str) -> Result<Config, ConfigError> {
    Case {
        file: Some(text),
        ..Case::default()
    }
    .load()
}

fn refused(text: &str) -> String {
    of_file(text).unwrap_err().to_string()
}

fn discovered() -> Discovered {
    Discovered {
        path: "/obs/config.json".into(),
        port: 4477,
        password: Some("obs's own".into()),
        options: ObsOptions::default(),
    }
}

fn password(config: &Config) -> Option<&str> {
    config
        .obs
        .password
        .as_ref()
        .map(ExposeSecret::expose_secret)
}

fn at(line: usize, column: usize) -> Origin {
    Origin::File {
        path: FILE.into(),
        line,
        column,
    }
}

#[test]
fn every_section_of_the_credits_can_be_switched_off() {
    let names: Vec<_> = Section::ALL
        .iter()
        .map(|section| section.legacy())
        .collect();
    let config = of_file(&format!("[credits]\ndisabled = {names:?}\n")).unwrap();
    assert_eq!(config.credits.disabled, Section::ALL);
    assert_eq!(
        of_file("[credits]\ndisabled = [\"topbits.week\"]\n")
            .unwrap()
            .credits
            .disabled,
        [Section::TopBitsWeek]
    );
}

#[test]
fn the_spelling_has_the_words_of_requests() {
    let read = |word: &str| {
        of_file(&format!("[credits]\nspelling = {word:?}\n"))
            .unwrap()
            .credits
            .spelling
    };
    assert_eq!(
        ["both", "legacy", "seed", "Current"].map(read),
        [
            Spelling::Both,
            Spelling::Legacy,
            Spelling::Legacy,
            Spelling::Current
        ]
    );
    assert_eq!(
        refused("[credits]\nspelling = \"old\"\n"),
        format!(
            "{FILE}:2:12: credits.spelling must be \"both\", \"legacy\" or \"current\", not \"old\""
        )
    );
}

#[test]
fn without_any_source_the_defaults_hold() {
    let config = Case::default().load().unwrap();
    assert_eq!(
        (config.obs.host.as_str(), config.obs.port, config.obs.tls),
        ("127.0.0.1", 4455, false)
    );
    assert_eq!(password(&config), None);
    assert_eq!(
        config.store.path,
        Path::new("/home/ada/data/twitchat-bridge/journal.db")
    );
    assert_eq!(
        (config.session.grace, config.session.reset_after),
        (Duration::from_secs(1800), Duration::from_secs(43_200))
    );
    assert_eq!(
        config.leaderboard.timezone.iana_name(),
        Some("America/Los_Angeles")
    );
    assert_eq!(config.origin("obs.port"), &Origin::Default);
    assert!(config.warnings.is_empty());
}

#[test]
fn every_setting_can_be_written() {
    let config = of_file(
        r#"
        obs = { host = "[::1]", port = 0x1000, tls = true, path = "/ws", password = " p " }
        store = { path = "j.db", keep_texts = true, retention = "400d" }
        session.reset_on_stream_start = false
        session.grace = "1h 30m"
        session.reset_after = 90
        [credits]
        spelling = "Seed"
        omit_disabled = true
        disabled = ["pyramids", "VIPs"]
        ignore_bots = false
        ignore_broadcaster = false
        hide_banned = false
        anonymous = " Somebody kind "
        ignore = ["@somebody", 12345]
        editors = ["ed"]
        groups = { regulars = ["a"], "the crew" = [7] }
        limit = 10
        [leaderboard]
        timezone = "Europe/Berlin"
        week_start = "sunday"
        [broadcaster]
        id = 42
        login = "ada"
        name = "Ada"
        [bridge]
        name = "My stream"
        generation = 3
        log_format = "JSON"
        [bus]
        allow = ["Delete-Session", "forget"]
        settings = "off"
        "#,
    )
    .unwrap();
    let rows = config
        .rows()
        .into_iter()
        .filter(|row| !row.key.starts_with("overlay."));
    let shown: Vec<_> = rows
        .map(|row| format!("{} = {}", row.key, row.value.unwrap_or_default()))
        .collect();
    assert_eq!(
        shown,
        [
            r#"obs.host = "::1""#,
            "obs.port = 4096",
            "obs.tls = true",
            r#"obs.path = "/ws""#,
            "obs.password = (hidden)",
            "obs.password_file = ",
            r#"store.path = "/etc/bridge/j.db""#,
            "store.keep_texts = true",
            r#"store.retention = "400d""#,
            "session.reset_on_stream_start = false",
            r#"session.grace = "1h 30m""#,
            r#"session.reset_after = "1m 30s""#,
            r#"credits.spelling = "legacy""#,
            r#"credits.disabled = ["Pyramids", "VIPs"]"#,
            "credits.omit_disabled = true",
            "credits.ignore_bots = false",
            "credits.ignore_broadcaster = false",
            "credits.hide_banned = false",
            r#"credits.anonymous = "Somebody kind""#,
            r#"credits.ignore = ["somebody", "12345"]"#,
            r#"credits.editors = ["ed"]"#,
            r#"credits.groups = { "regulars" = ["a"], "the crew" = ["7"] }"#,
            "credits.limit = 10",
            r#"leaderboard.timezone = "Europe/Berlin""#,
            r#"leaderboard.week_start = "sunday""#,
            r#"broadcaster.id = "42""#,
            r#"broadcaster.login = "ada""#,
            r#"broadcaster.name = "Ada""#,
            r#"bridge.name = "My stream""#,
            "bridge.generation = 3",
            r#"bridge.log_format = "json""#,
            r#"bus.allow = ["delete-session", "forget"]"#,
            r#"bus.settings = "off""#,
        ]
    );
    assert_eq!(password(&config), Some(" p "));
    assert_eq!(
        (config.leaderboard.week_start, config.bridge.generation),
        (Weekday::Sunday, Some(Generation::Three))
    );
    assert_eq!(config.origin("session.grace"), &at(5, 25));
}

#[test]
fn flags_go_before_environment_before_file_before_obs() {
    let port = |flag: Option<&str>, env: &[(&str, &str)], file| {
        let flags = Flags {
            port: flag.map(Into::into),
            ..Flags::default()
        };
        let config = Case {
            flags,
            env,
            file,
            discovered: Some(discovered()),
        }
        .load()
        .unwrap();
        (config.obs.port, config.origin("obs.port").to_string())
    };
    let (env, file) = ([("OBS_PORT", "3")], Some("[obs]\nport = 2"));
    assert_eq!(port(Some("4"), &env, file), (4, "flag --port".into()));
    assert_eq!(
        port(None, &env, file),
        (3, "environment variable OBS_PORT".into())
    );
    assert_eq!(
        port(None, &[("OBS_PORT", "")], file),
        (2, format!("{FILE}:2:8"))
    );
    assert_eq!(
        port(None, &[], None),
        (4477, "OBS's own settings (/obs/config.json)".into())
    );
}

#[test]
fn obs_own_settings_count_only_for_an_obs_on_this_machine() {
    let load = |host: &str| {
        Case {
            env: &[("OBS_HOST", host)],
            discovered: Some(discovered()),
            ..Case::default()
        }
        .load()
        .unwrap()
    };
    for host in ["localhost", "127.0.0.1", "::1", "LOCALHOST"] {
        assert_eq!(
            (load(host).obs.port, password(&load(host))),
            (4477, Some("obs's own")),
            "{host}"
        );
    }
    for host in ["192.168.1.5", "stream-pc", "localhost.example"] {
        assert_eq!(
            (load(host).obs.port, password(&load(host))),
            (4455, None),
            "{host}"
        );
    }
}

#[test]
fn obs_without_a_password_needs_none() {
    let config = Case {
        discovered: Some(Discovered {
            password: None,
            ..discovered()
        }),
        ..Case::default()
    }
    .load()
    .unwrap();
    assert_eq!(password(&config), None);
    assert_eq!(
        config.origin("obs.password"),
        &Origin::Obs("/obs/config.json".into())
    );
}

#[test]
fn options_of_the_running_obs_are_named_as_such() {
    let config = Case {
        discovered: Some(Discovered {
            options: ObsOptions {
                port: true,
                password: false,
            },
            ..discovered()
        }),
        ..Case::default()
    }
    .load()
    .unwrap();
    assert_eq!(
        config.origin("obs.port"),
        &Origin::ObsOption("--websocket_port")
    );
    assert_eq!(
        config.origin("obs.password"),
        &Origin::Obs("/obs/config.json".into())
    );
}

#[test]
fn the_strongest_source_of_a_password_wins_whichever_form_it_has() {
    let load = |flags: Flags, env: &[(&str, &str)], file| {
        Case {
            flags,
            env,
            file: Some(file),
            discovered: Some(discovered()),
        }
        .load()
        .unwrap()
    };
    let none = Flags::default;
    let config = load(none(), &[], "obs.password_file = 'secret'");
    assert_eq!(
        (password(&config), config.origin("obs.password")),
        (Some("from /etc/bridge/secret"), &at(1, 21))
    );
    let config = load(
        none(),
        &[("OBS_PASSWORD_FILE", "~/secret")],
        "obs.password = 'file'",
    );
    assert_eq!(
        (password(&config), config.origin("obs.password")),
        (
            Some("from /home/ada/secret"),
            &Origin::Env("OBS_PASSWORD_FILE".into())
        )
    );
    let config = load(
        none(),
        &[("OBS_PASSWORD", "env")],
        "obs.password_file = 'no such file'",
    );
    assert_eq!(
        (password(&config), config.obs.password_file.clone()),
        (Some("env"), None)
    );
    let config = load(
        Flags {
            password_file: Some("secret".into()),
            ..none()
        },
        &[("OBS_PASSWORD", "env")],
        "",
    );
    assert_eq!(
        (password(&config), config.origin("obs.password")),
        (Some("from secret"), &Origin::Flag("--password-file"))
    );
    let config = load(
        Flags {
            password_stdin: Some("typed".into()),
            ..none()
        },
        &[("OBS_PASSWORD_FILE", "no such file")],
        "",
    );
    assert_eq!(
        (password(&config), config.warnings.as_slice()),
        (Some("typed"), [].as_slice())
    );
    let config = load(
        Flags {
            password: Some("seen".into()),
            ..none()
        },
        &[],
        "obs.password = 'file'",
    );
    assert_eq!(
        (password(&config), config.warnings.as_slice()),
        (Some("seen"), [Warning::PasswordInArguments].as_slice())
    );
    // An empty password is explicit: OBS requires none.
    assert_eq!(password(&load(none(), &[], "obs.password = ''")), None);
}

#[test]
fn two_ways_to_give_the_password_in_one_source_are_refused() {
    assert_eq!(
        refused("[obs]\npassword = 'a'\npassword_file = 'b'"),
        format!("{FILE}:2:12 and {FILE}:3:17 both give the password of OBS: remove one")
    );
}

#[test]
fn a_password_file_that_cannot_be_read_is_named_with_who_named_it() {
    let error = Case {
        env: &[("OBS_PASSWORD_FILE", "/gone")],
        ..Case::default()
    }
    .load()
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot read the password file /gone (named by environment variable OBS_PASSWORD_FILE)"
    );
}

#[test]
fn unknown_settings_name_the_nearest_known_one() {
    assert_eq!(
        refused("[obs]\nprot = 1"),
        format!("{FILE}:2:1: there is no setting obs.prot; did you mean obs.port?")
    );
    assert_eq!(
        refused("\n  port = 4455"),
        format!("{FILE}:2:3: there is no setting port; did you mean obs.port?")
    );
    assert_eq!(
        refused("[credit]\nlimit = 1"),
        format!("{FILE}:1:2: there is no setting credit; did you mean credits?")
    );
    assert_eq!(
        refused("[obs]\ncolour = 'red'"),
        format!("{FILE}:2:1: there is no setting obs.colour")
    );
    assert_eq!(
        refused("obs = 4455"),
        format!("{FILE}:1:1: obs must be a section: write [obs] on a line of its own")
    );
}

#[test]
fn refused_values_say_where_they_stand_and_what_is_allowed() {
    let cases = [
        (
            "[obs]\nport = 70000",
            "2:8: obs.port must be a whole number from 1 to 65535, not 70000",
        ),
        (
            "[obs]\nport = '4455'",
            "2:8: obs.port must be a whole number from 1 to 65535, not \"4455\"",
        ),
        (
            "[obs]\ntls = 'yes'",
            "2:7: obs.tls must be true or false, not \"yes\"",
        ),
        (
            "[obs]\npassword = 12345",
            "2:12: obs.password must be a text in quotes",
        ),
        (
            "[session]\ngrace = 'soon'",
            "2:9: session.grace must be a time such as \"30m\", \"12h\" or \"1h 30m\", or a number \
                of seconds, not \"soon\"",
        ),
        (
            "[session]\ngrace = -5",
            "2:9: session.grace must be a time such as \"30m\", \"12h\" or \"1h 30m\", or a number \
                of seconds, not -5",
        ),
        (
            "[credits]\nignore = [\n 'a',\n 1.5]",
            "4:2: credits.ignore must be a login or an id, not 1.5",
        ),
        (
            "[credits]\ndisabled = ['Folows']",
            "2:13: credits.disabled must be a list of sections of the credits (the nearest is \
                \"Follows\"), not \"Folows\"",
        ),
        (
            "[credits.groups]\ncrew = [true]",
            "2:9: credits.groups must be a login or an id, not true",
        ),
        (
            "[credits.groups]\ncrew = 'a'",
            "2:8: credits.groups must be a list of logins or ids, such as [\"somebody\", \
                \"12345\"], not \"a\"",
        ),
        (
            "[leaderboard]\ntimezone = 'Mars'",
            "2:12: leaderboard.timezone must be the name of a time zone, such as \"Europe/Berlin\" \
                or \"UTC\", not \"Mars\"",
        ),
        (
            "[bridge]\ngeneration = 0",
            "2:14: bridge.generation must be a version of Twitchat, such as 16 or 17, not 0",
        ),
        (
            "[bus]\nallow = ['forget', 'delete-sesion']",
            "2:20: bus.allow must be a list of requests that may be allowed (the nearest is \
                \"delete-session\"), not \"delete-sesion\"",
        ),
        (
            "[bus]\nallow = ['GetCredits']",
            "2:10: bus.allow must be a list of requests that may be allowed: delete-session, \
                forget, not \"GetCredits\"",
        ),
        (
            "[bus]\nallow = 'forget'",
            "2:9: bus.allow must be a list of requests, such as [\"forget\"], not \"forget\"",
        ),
        (
            "[bus]\nsettings = false",
            "2:12: bus.settings must be \"on\" or \"off\", not false",
        ),
        (
            "[credits]\nlimit = 99999999999999999999",
            "2:9: credits.limit must be a whole number of at least 1, not so large a number",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(refused(text), format!("{FILE}:{expected}"));
    }
    let host = "obs.host must be a host name or an IP address without a port";
    for wrong in ["obs:4455", "", "a b"] {
        let error = refused(&format!("obs.host = '{wrong}'"));
        assert!(
            error.starts_with(&format!("{FILE}:1:12: {host}")),
            "{error}"
        );
        assert!(error.ends_with(&format!(", not {wrong:?}")), "{error}");
    }
    let error = Case {
        env: &[("OBS_TLS", "maybe")],
        ..Case::default()
    }
    .load()
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "environment variable OBS_TLS: obs.tls must be true or false, not \"maybe\""
    );
}

#[test]
fn a_time_is_read_as_everywhere_else() {
    let grace = |written: &str| {
        let config = of_file(&format!("[session]\ngrace = {written}")).unwrap();
        config.session.grace.as_millis()
    };
    assert_eq!(
        ["1.5", "'1.5'", "'500ms'", "90", "'90'", "'1m 30s'"].map(grace),
        [1_500, 1_500, 500, 90_000, 90_000, 90_000]
    );
}

#[test]
fn a_whole_number_may_be_written_with_a_point() {
    let config = of_file("[obs]\nport = 4466.0\n[overlay]\nspeed = 1_000.5").unwrap();
    assert_eq!(config.obs.port, 4466);
    assert!((config.overlay.script.look.speed - 1_000.5).abs() < f64::EPSILON);
}

#[test]
fn a_number_without_end_is_refused_in_settings_and_rules() {
    assert!(
        refused("[overlay]\nspeed = inf").ends_with("not a number without end"),
        "{}",
        refused("[overlay]\nspeed = inf")
    );
    let rule = "[[action]]\nname = 'x'\ndo = [{ send = 'CHAT_FEED_READ', data = { count = nan } }]";
    assert!(
        refused(rule).ends_with("must be what JSON can hold, not a number without end"),
        "{}",
        refused(rule)
    );
}

#[test]
fn a_value_that_a_stronger_source_overrides_is_still_checked() {
    let error = Case {
        env: &[("OBS_PORT", "4455")],
        file: Some("obs.port = 'x'"),
        ..Case::default()
    }
    .load()
    .unwrap_err();
    assert!(matches!(error, ConfigError::Value { .. }));
}

#[test]
fn everything_that_is_wrong_with_the_settings_is_listed() {
    let file = "sesion.grace = 1\n[store]\npath = 7\n[obs]\nport = 99999\ncolour = 1\n\
        [[rule]]\nname = \"a\"\non = 5\ndo = []\n";
    let error = Case {
        file: Some(file),
        env: &[("TWITCHAT_BRIDGE_OVERLAY_SPEED", "fast")],
        flags: Flags {
            port: Some("x".into()),
            ..Flags::default()
        },
        ..Case::default()
    }
    .load()
    .unwrap_err()
    .to_string();
    let lines: Vec<_> = error.lines().collect();
    let starts = [
        &format!("{FILE}:1:1: there is no setting sesion"),
        &format!("{FILE}:3:8: store.path must be"),
        &format!("{FILE}:5:8: obs.port must be"),
        &format!("{FILE}:6:1: there is no setting obs.colour"),
        &format!("{FILE}:9:6: rule \"a\".on"),
        "environment variable TWITCHAT_BRIDGE_OVERLAY_SPEED: overlay.speed must be",
        "flag --port: obs.port must be",
    ];
    assert_eq!(lines.len(), starts.len(), "{error}");
    for (line, start) in lines.iter().zip(starts) {
        assert!(line.starts_with(start), "{line} instead of {start}");
    }
}

#[test]
fn broken_toml_is_reported_with_its_place() {
    assert_eq!(
        refused("[obs]\nport 4455"),
        format!("{FILE}:2:6: key with no value, expected `=`")
    );
}

#[test]
fn variables_with_our_prefix_that_mean_nothing_are_pointed_out() {
    let env = [
        ("TWITCHAT_BRIDGE_STOER", "x"),
        ("TWITCHAT_BRIDGE_LOG", "debug"),
        ("TWITCHAT_BRIDGE_CONFIG", "x"),
        ("PATH", "x"),
    ];
    let config = Case {
        env: &env,
        ..Case::default()
    }
    .load()
    .unwrap();
    assert_eq!(
        config.warnings,
        [Warning::UnknownVariable {
            name: "TWITCHAT_BRIDGE_STOER".into(),
            nearest: Some("TWITCHAT_BRIDGE_STORE")
        }]
    );
}

#[test]
fn a_password_in_a_file_that_others_can_read_is_pointed_out() {
    let load = |text: &str| {
        let file = Some(FileText {
            path: FILE.into(),
            text: text.into(),
            readable_by_others: true,
        });
        let places = Some(Places {
            home: PathBuf::new(),
            config: PathBuf::new(),
            data: PathBuf::new(),
        });
        let sources = Sources {
            flags: Flags::default(),
            env: Vec::new(),
            file,
            discovered: None,
            places,
            read: &|_| Ok(String::new()),
        };
        Config::load(&sources).unwrap().warnings
    };
    assert_eq!(
        load("obs.password = 'a'"),
        [Warning::PasswordReadable(FILE.into())]
    );
    assert_eq!(load("obs.port = 1"), []);
}

#[test]
fn secrets_show_up_nowhere() {
    let secret = "hunter2hunter2";
    let flags = Flags {
        password: Some(secret.into()),
        ..Flags::default()
    };
    let file = format!("obs.password = '{secret}'");
    let config = Case {
        flags: flags.clone(),
        file: Some(&file),
        ..Case::default()
    }
    .load()
    .unwrap();
    assert_eq!(password(&config), Some(secret));
    for text in [
        format!("{config:?}"),
        format!("{flags:?}"),
        format!("{:?}", config.rows()),
        format!("{:?}", config.warnings),
    ] {
        assert!(!text.contains("hunter2"), "{text}");
    }
    for broken in [
        format!("obs.password = ['{secret}']"),
        format!("obs.password = '{secret}' x"),
        format!("obs.password = '{secret}"),
    ] {
        let error = of_file(&broken).unwrap_err();
        assert!(
            !format!("{error} {error:?}").contains("hunter2"),
            "{error:?}"
        );
    }
}

#[test]
fn the_template_is_the_defaults_in_comments() {
    let shown = |config: Config| {
        config
            .rows()
            .into_iter()
            .map(|row| (row.key, row.value))
            .collect::<Vec<_>>()
    };
    let defaults = shown(Case::default().load().unwrap());
    assert_eq!(shown(of_file(&template()).unwrap()), defaults);

    // With every setting uncommented, all are known, and each setting with a default is shown with
    // it.
    let text: String = template()
        .lines()
        .map(|line| {
            line.strip_prefix('#')
                .filter(|rest| !rest.starts_with(' '))
                .unwrap_or(line)
                .to_owned()
                + "\n"
        })
        .collect();
    let text = text.replace("password_file = \"obs-password\"\n", "");
    let config = of_file(&text).unwrap();
    assert_eq!(
        (
            config.rules.rules.len(),
            config.rules.actions.len(),
            config.rules.labels.len()
        ),
        (1, 1, 1)
    );
    for key in keys::all() {
        assert_eq!(
            matches!(config.origin(key.name), Origin::File { .. }),
            key.name != keys::PASSWORD_FILE,
            "{}",
            key.name
        );
    }
    for ((key, default), (_, value)) in defaults.into_iter().zip(shown(config)) {
        if keys::find(key).unwrap().sample.is_none() {
            assert_eq!(value, default, "{key}");
        }
    }
}

#[test]
fn the_table_of_settings_is_in_order() {
    let mut names: Vec<_> = keys::all().map(|key| key.name).collect();
    names.dedup_by_key(|name| name.split_once('.').unwrap().0);
    let sections = names.len();
    names.sort_unstable_by_key(|name| name.split_once('.').unwrap().0);
    names.dedup_by_key(|name| name.split_once('.').unwrap().0);
    assert_eq!(
        names.len(),
        sections,
        "the settings of a section stand together"
    );
    let mut variables: Vec<_> = keys::all().filter_map(|key| key.env).collect();
    let all = variables.len();
    variables.sort_unstable();
    variables.dedup();
    assert_eq!(variables.len(), all);
}

proptest::proptest! {
    /// Any file gives a configuration or an error, never a panic.
    #[test]
    fn no_file_makes_it_panic(cut in 0..6000_usize,
        insert in "\\PC{0,8}|[\\[\\]{}=.'\"#\n]{0,4}|-?[0-9]{1,25}") {
        let uncomment = |line: &str| line.trim_start_matches('#').to_owned() + "\n";
        let mut text: String = template().lines().map(uncomment).collect();
        let at = text.char_indices().map(|(at, _)| at).nth(cut).unwrap_or(text.len());
        text.insert_str(at, &insert);
        drop(of_file(&text));
        let settings = text.lines().filter(|line| !line.starts_with(' '));
        let uncommented: String = settings.map(|line| line.to_owned() + "\n").collect();
        drop(of_file(&uncommented));
        drop(of_file(&insert));
    }
}

#[test]
fn the_overlay_has_sections_in_their_order() {
    use crate::credits::roll::{Amounts, Kind, Layout, Mode, Sort};

    let config = of_file(
        r#"
        [overlay]
        mode = "slides"
        speed = 99.5
        seconds = 120
        height = 720
        loop = true
        [[overlay.section]]
        kind = "cheers"
        title = "{count} cheered {total} bits"
        layout = "three-columns"
        sort = "amount"
        amounts = "{n} Bits"
        limit = 10
        icon = false
        ignore = ["@Somebody"]
        [[overlay.section]]
        kind = ["subs", "resubs"]
        tiers = ["prime", 3]
        platforms = ["twitch"]
        [[overlay.section]]
        kind = "subs"
        [[overlay.section]]
        kind = "raids"
        enabled = false
        [[overlay.section]]
        id = "logo"
        kind = "image"
        image = "/home/ada/my logo.png"
        height = 200
        "#,
    )
    .unwrap();
    let script = &config.overlay.script;
    assert_eq!(
        (
            script.look.mode,
            script.look.speed,
            script.look.seconds,
            script.height
        ),
        (Mode::Slides, 99.5, Some(120.0), 720)
    );
    assert_eq!(
        script
            .sections
            .iter()
            .map(|plan| &*plan.id)
            .collect::<Vec<_>>(),
        ["cheers", "subs", "subs-2", "logo"]
    );
    let cheers = &script.sections[0];
    assert_eq!(
        (
            cheers.layout,
            cheers.sort,
            cheers.limit,
            cheers.icon.as_deref()
        ),
        (Layout::ThreeColumns, Sort::Amount, Some(10), Some(""))
    );
    assert_eq!(
        (&cheers.amounts, cheers.ignore.contains("somebody")),
        (&Amounts::Worded("{n} Bits".into()), true)
    );
    assert_eq!(
        (&script.sections[1].kinds, script.sections[1].tiers.len()),
        (&vec![Kind::Subs, Kind::ReSubs], 2)
    );
    assert_eq!(
        (&*script.sections[3].image, script.sections[3].height),
        ("file:///home/ada/my%20logo.png", Some(200))
    );
    assert_eq!(config.origin("overlay.speed"), &at(4, 17));
    let rows = config.rows().into_iter().filter(|row| {
        matches!(
            row.key,
            "overlay.mode" | "overlay.speed" | "overlay.loop" | "overlay.section"
        )
    });
    let shown: Vec<_> = rows
        .map(|row| format!("{} = {}", row.key, row.value.unwrap_or_default()))
        .collect();
    let sections = r#"overlay.section = ["cheers", "subs", "subs-2", "logo"]"#;
    assert_eq!(
        shown,
        [
            r#"overlay.mode = "slides""#,
            "overlay.speed = 99.5",
            "overlay.loop = true",
            sections
        ]
    );
}

#[test]
fn what_is_wrong_in_a_section_is_named_with_its_place() {
    let section =
        |lines: &str| refused(&format!("[[overlay.section]]\nkind = \"follows\"\n{lines}"));
    insta::assert_snapshot!(
        [
            section("titel = \"x\""),
            section("layout = \"sideways\""),
            section("limit = 0"),
            section("title = \"{cuont} new\""),
            section("title = \"{xyz} new\""),
            section("tiers = [\"prime\", \"4\"]"),
            section("amounts = \"many\""),
            section("id = \"a\"\n[[overlay.section]]\nkind = \"raids\"\nid = \"a\""),
            refused("[[overlay.section]]\nkind = \"folows\""),
            refused("[[overlay.section]]\nkind = \"zzz\""),
            refused("[[overlay.section]]\nkind = [\"subs\", \"text\"]"),
            refused("[[overlay.section]]\ntitle = \"x\""),
            refused("[[overlay.section]]\nkind = \"text\""),
            refused("[[overlay.section]]\nkind = \"image\""),
            refused("[overlay]\nsection = [7]"),
            refused("[overlay]\nsection = \"follows\""),
            refused("[overlay]\nspeed = -1.5"),
            refused("[overlay]\ntheme = \"../x\""),
            refused("[[overlay.sections]]\nkind = \"follows\""),
        ]
        .join("\n")
    );
}

#[test]
fn rules_actions_and_labels_are_part_of_the_file() {
    let config = of_file(
        r#"
        [[rule]]
        on = ["Twitch.Raid", "Kofi.*"]
        do = [{ action = "Party" }]
        [[action]]
        name = "party"
        do = [{ obs = "SaveReplayBuffer" }, { wait = 1.5 }]
        [[label]]
        source = "Latest follower"
        text = 'Latest follower: {{ last("Follow").name }}'
        "#,
    )
    .unwrap();
    let book = &config.rules;
    assert_eq!(
        (book.rules.len(), book.actions.len(), book.labels.len()),
        (1, 1, 1)
    );
    assert_eq!(
        (
            &*book.rules[0].name,
            book.actions[0].steps.len(),
            book.triggers_of(&book.actions[0])
        ),
        ("rule 1", 2, 1)
    );
}

#[test]
fn what_is_wrong_with_a_rule_is_said_with_its_place() {
    let rule = |lines: &str| format!("[[rule]]\nname = \"Raids\"\non = \"Twitch.Raid\"\n{lines}");
    let step = |step: &str| rule(&format!("do = [\n  {step}\n]"));
    let cases = [
        "[rule]\non = \"Twitch.Raid\"".into(),
        "[[rul]]\non = \"Twitch.Raid\"".into(),
        "[[rule]]\ndo = []".into(),
        "[[rule]]\non = \"Twitch.Raids\"\ndo = []".into(),
        "[[rule]]\non = [\"Twitch.Raid\", \"Raid\"]\ndo = []".into(),
        rule(""),
        rule("do = []"),
        rule("do = \"StopStream\""),
        rule("wen = \"true\"\ndo = [{ wait = 1 }]"),
        rule("when = \"data.viewers >\"\ndo = [{ wait = 1 }]"),
        rule("when = \"dat.viewers > 1\"\ndo = [{ wait = 1 }]"),
        rule("cooldown = \"soon\"\ndo = [{ wait = 1 }]"),
        rule("once_per = \"day\"\ndo = [{ wait = 1 }]"),
        rule("at_once = 0\ndo = [{ wait = 1 }]"),
        step("{ wait = \"2 days\" }"),
        step("{ waite = \"2s\" }"),
        step("{ wait = \"2s\", obs = \"StopStream\" }"),
        step("{ seconds = 2 }"),
        step("{ send = \"SEND_MESAGE\" }"),
        step("{ send = \"SEND_MESAGE\", data = { message = \"{{ data.x }}\" } }"),
        step("{ send = \"SEND_MESSAGE\", data = { mesage = \"x\" } }"),
        step("{ send = \"SEND_MESSAGE\", data = { message = \"{{ data.x \" } }"),
        step("{ send = \"OBS_MUTE\", check = false }"),
        step("{ obs = \"StopStraem\" }"),
        step("{ obs = \"SetCurrentProgramScene\", data = { scene = \"{{ data.x }}\" } }"),
        step("{ request = \"RollCredit\" }"),
        step("{ request = \"GetCredits\" }"),
        step("{ request = \"AddToCredits\", data = { section = \"Thanks\" } }"),
        step("{ publish = \"Party\" }"),
        step("{ run = \"ls -l\" }"),
        step("{ run = [\"{{ data.program }}\"] }"),
        step("{ action = \"Party\" }"),
        "[[action]]\nname = \"a\"\ndo = [{ action = \"b\" }]\n[[action]]\nname = \"b\"\ndo = [{ \
            action = \"A\" }]".into(),
        "[[action]]\nname = \"a\"\ndo = [{ wait = 1 }]\n[[action]]\nname = \"A\"\ndo = [{ wait = 1 \
            }]".into(),
        "[[label]]\ntext = \"x\"".into(),
        "[[label]]\nsource = \"Text\"\ntext = \"{{ data.name }}\"".into(),
        "[[label]]\nsource = \"Text\"\ntext = \"{{ last('Follow').name | uper }}\"".into(),
    ];
    let said = cases.map(|case: String| {
        refused(&case)
            .strip_prefix(FILE)
            .unwrap()
            .chars()
            .take(220)
            .collect::<String>()
    });
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn all_that_is_wrong_with_rules_is_said_at_once() {
    let file = "[[label]]\nsource = \"Text\"\n[[rule]]\non = \"Twitch.Raids\"\ndo = [{ wait = 1 \
        }]\n\
                [[rule]]\non = \"Twitch.Raid\"\ndo = [{ action = \"not asked for yet\" \
                }]\n[[action]]\nname = \"a\"\ndo = []";
    let said = refused(file);
    let places: Vec<_> = said
        .lines()
        .map(|line| line.strip_prefix(FILE).unwrap().split(": ").next().unwrap())
        .collect();
    assert_eq!(places, [":1:1", ":4:6", ":11:6"], "{said}");
}

#[test]
fn the_reference_of_the_end_credits_names_everything_and_its_example_is_right() {
    use crate::credits::roll::{Kind, words::PLACEHOLDERS};

    let page = include_str!("../../docs/overlay-reference.md");
    let (_, rest) = page.split_once("```toml\n").unwrap();
    let config = of_file(rest.split_once("```").unwrap().0).unwrap();
    assert_eq!(
        (
            config.overlay.script.sections.len(),
            config.overlay.script.look.seconds
        ),
        (4, Some(120.0))
    );
    let is_named =
        |word: &str| page.contains(&format!("`{word}`")) || page.contains(&format!("`{word} = "));
    for kind in Kind::all() {
        assert!(is_named(kind.name()), "{kind}");
    }
    for key in keys::all().filter_map(|key| key.name.strip_prefix("overlay.")) {
        assert!(is_named(key), "{key}");
    }
    for (placeholder, _) in PLACEHOLDERS {
        assert!(is_named(&format!("{{{placeholder}}}")), "{placeholder}");
    }
}

#[test]
fn sessions_are_kept_for_a_day_at_least() {
    assert_eq!(
        refused("[store]\nretention = '23h'"),
        format!(
            "{FILE}:2:13: store.retention must be a time of at least one day, such as \"400d\", \
                not \"23h\""
        )
    );
}
