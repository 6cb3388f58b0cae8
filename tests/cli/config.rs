//! `config`, in a temporary home.

use crate::program::{Home, PASSWORD};

const USUAL: &str = ".config/twitchat-bridge/config.toml";

#[tokio::test]
async fn init_writes_a_file_once_and_for_its_owner_alone() {
    let home = Home::new();
    let path = home.run(&["config", "path"]).await.succeeds();
    assert_eq!(path.out, format!("{}\n", home.path(USUAL).display()));
    assert!(path.err.contains("there is none yet"));

    home.run(&["config", "init"]).await.succeeds();
    let template = std::fs::read_to_string(home.path(USUAL)).unwrap();
    assert!(template.contains("#port = 4455"), "{template}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(
            std::fs::metadata(home.path(USUAL))
                .unwrap()
                .permissions()
                .mode()
                & 0o777,
            0o600
        );
    }

    std::fs::write(home.path(USUAL), "[obs]\nport = 4477\n").unwrap();
    home.run(&["config", "init"])
        .await
        .fails(1, &["there is a config file already", "--force"]);
    assert!(
        home.run(&["config", "show"])
            .await
            .succeeds()
            .out
            .contains("4477")
    );
    home.run(&["config", "init", "--force"]).await.succeeds();
    assert_eq!(std::fs::read_to_string(home.path(USUAL)).unwrap(), template);
    assert_eq!(home.run(&["config", "path"]).await.succeeds().err, "");
}

#[tokio::test]
async fn show_prints_the_origin_of_each_value_and_no_secret() {
    let home = Home::new();
    std::fs::write(
        home.path("c.toml"),
        format!("[obs]\nhost = \"10.0.0.7\"\npassword = \"{PASSWORD}\"\n"),
    )
    .unwrap();
    let done = home
        .run(&["--config", "c.toml", "--port", "4466", "config", "show"])
        .await
        .succeeds();
    let line = |key: &str| {
        let line = done
            .out
            .lines()
            .find(|line| line.split_whitespace().next() == Some(key))
            .unwrap_or_else(|| panic!("{key}: {done:?}"));
        line.split_whitespace()
            .skip(1)
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(line("obs.host"), r#""10.0.0.7" c.toml:2:8"#);
    assert_eq!(line("obs.port"), "4466 flag --port");
    assert_eq!(line("obs.password"), "(hidden) c.toml:3:12");
    assert_eq!(line("obs.tls"), "false default");
}

#[tokio::test]
async fn a_password_in_the_arguments_is_warned_of_and_not_repeated() {
    let done = Home::new()
        .run(&["--password", PASSWORD, "config", "show"])
        .await
        .succeeds();
    assert!(
        done.err
            .contains("warning: a password given as --password can be read by other programs"),
        "{done:?}"
    );
}

#[tokio::test]
async fn an_invalid_path_is_an_error_and_not_a_panic() {
    let home = Home::new();
    std::fs::write(home.path("file"), "").unwrap();
    home.run(&["--config", "file/config.toml", "config", "init"])
        .await
        .fails(1, &["cannot write the config file file/config.toml"]);
}

#[tokio::test]
async fn set_changes_one_setting_and_unset_restores_its_default() {
    let home = Home::new();
    let file = home.path(USUAL);
    let done = home
        .run(&["config", "set", "credits.limit", "500"])
        .await
        .succeeds();
    assert_eq!(
        done.out,
        format!(
            "credits.limit: 500 (before: not set) in {}\n",
            file.display()
        )
    );
    let read = || std::fs::read_to_string(&file).unwrap();
    assert_eq!(read(), "[credits]\nlimit = 500\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    std::fs::write(&file, "# mine\n[credits] # who\nlimit = 500 # at most\n").unwrap();
    home.run(&["config", "set", "credits.limit", "7"])
        .await
        .succeeds();
    assert_eq!(read(), "# mine\n[credits] # who\nlimit = 7 # at most\n");
    let done = home
        .run(&["config", "set", "credits.limit", "7"])
        .await
        .succeeds();
    assert!(done.out.ends_with(", as before\n"), "{done:?}");
    let done = home
        .run(&["config", "unset", "credits.limit"])
        .await
        .succeeds();
    assert!(
        done.out
            .starts_with("credits.limit: not set (before: 7) in "),
        "{done:?}"
    );
    assert_eq!(read(), "# mine\n[credits] # who\n# at most\n");
    let done = home
        .run(&["config", "set", "leaderboard.week_start", "sunday"])
        .await
        .succeeds();
    assert!(done.err.contains("after a restart"), "{done:?}");
    let done = home
        .run(&["config", "set", "overlay.theme", "neno"])
        .await
        .succeeds();
    assert!(done.err.contains("did you mean neon?"), "{done:?}");
    home.run(&["config", "set", "overlay.delay", "-1"])
        .await
        .fails(
            2,
            &["overlay.delay must be a number from 0 to 3600, not -1"],
        );
}

#[tokio::test]
async fn a_change_that_is_wrong_leaves_the_file_as_it_is() {
    let home = Home::new();
    let broken = "[credits]\nlimit = 'ten'\n[obs]\nport = 99999\n";
    std::fs::write(home.path("c.toml"), broken).unwrap();
    let set = async |key: &str, value: &str| {
        home.run(&["--config", "c.toml", "config", "set", key, value])
            .await
    };
    set("credits.limt", "5")
        .await
        .fails(2, &["did you mean credits.limit?"]);
    set("credits.limit", "ten").await.fails(
        2,
        &["credits.limit must be a whole number of at least 1, not \"ten\""],
    );
    set("credits.limit", "5")
        .await
        .fails(2, &["c.toml:4:8: obs.port must be"]);
    assert_eq!(
        std::fs::read_to_string(home.path("c.toml")).unwrap(),
        broken
    );
    std::fs::write(home.path("c.toml"), "[obs]\npassword_file = 'pw'\n").unwrap();
    std::fs::write(home.path("pw"), "x").unwrap();
    let done = home
        .feed(
            &["--config", "c.toml", "config", "set", "obs.password", "-"],
            "hunter2\n",
        )
        .await;
    done.fails(
        2,
        &[
            "the file would have errors",
            "both give the password of OBS",
        ],
    );
    assert!(!format!("{done:?}").contains("hunter2"), "{done:?}");
    std::fs::create_dir(home.path("folder")).unwrap();
    home.run(&["--config", "folder", "config", "set", "credits.limit", "5"])
        .await
        .fails(1, &["cannot read the config file folder"]);
}

#[tokio::test]
async fn a_password_is_set_from_standard_input_and_never_shown() {
    let home = Home::new();
    home.run(&["config", "set", "obs.password", PASSWORD])
        .await
        .fails(
            2,
            &[
                "other programs could read the password",
                "config set obs.password -",
            ],
        );
    home.run(&["config", "set", "obs.host", "obsws://pc:4455/x"])
        .await
        .fails(2, &["config set obs.host -"]);
    let done = home
        .feed(
            &["config", "set", "obs.password", "-"],
            format!("{PASSWORD}\r\n"),
        )
        .await
        .succeeds();
    assert!(
        done.out
            .starts_with("obs.password: \"(hidden)\" (before: not set) in "),
        "{done:?}"
    );
    assert!(!format!("{done:?}").contains(PASSWORD), "{done:?}");
    let text = std::fs::read_to_string(home.path(USUAL)).unwrap();
    assert_eq!(text, format!("[obs]\npassword = \"{PASSWORD}\"\n"));
}

#[tokio::test]
async fn set_reports_a_source_that_overrides_the_file() {
    let home = Home::new();
    let done = home
        .run(&["--port", "4466", "config", "set", "obs.port", "4477"])
        .await
        .succeeds();
    assert!(
        done.err.contains("flag --port overrides the file"),
        "{done:?}"
    );
    let mut command = home.command(&["config", "set", "overlay.theme", "neon"]);
    let output = command
        .env("TWITCHAT_BRIDGE_OVERLAY_THEME", "glass")
        .output()
        .unwrap();
    let done = crate::program::Done::of(&output).succeeds();
    let words = "environment variable TWITCHAT_BRIDGE_OVERLAY_THEME overrides the file";
    assert!(done.err.contains(words), "{done:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_stays_a_link_and_its_target_keeps_its_permissions_and_encoding() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let home = Home::new();
    std::fs::create_dir(home.path("dotfiles")).unwrap();
    let real = home.path("dotfiles/mine.toml");
    let utf16 =
        |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    std::fs::write(
        &real,
        utf16("\u{feff}# meins: ä\r\n[credits]\r\nlimit = 5\r\n"),
    )
    .unwrap();
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
    symlink("dotfiles/mine.toml", home.path("c.toml")).unwrap();
    home.run(&["--config", "c.toml", "config", "set", "credits.limit", "7"])
        .await
        .succeeds();
    assert_eq!(
        std::fs::read(&real).unwrap(),
        utf16("\u{feff}# meins: ä\r\n[credits]\r\nlimit = 7\r\n")
    );
    assert_eq!(
        std::fs::metadata(&real).unwrap().permissions().mode() & 0o777,
        0o640
    );
    assert!(home.path("c.toml").is_symlink());
    assert_eq!(std::fs::read_dir(home.path("dotfiles")).unwrap().count(), 1);
}
