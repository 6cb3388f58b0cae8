//! Tests of the precedence of the sources.

use super::*;

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
