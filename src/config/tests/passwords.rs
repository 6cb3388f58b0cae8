//! Passwords: their sources, and where they must not appear.

use super::*;

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
fn an_unreadable_password_file_is_named_with_the_setting_that_names_it() {
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
