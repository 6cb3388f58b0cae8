//! `config`, run in a home of its own.

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
async fn show_tells_each_value_where_it_comes_from_and_no_secret() {
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
async fn what_is_no_path_is_an_error_and_no_panic() {
    let home = Home::new();
    std::fs::write(home.path("file"), "").unwrap();
    home.run(&["--config", "file/config.toml", "config", "init"])
        .await
        .fails(1, &["cannot write the config file file/config.toml"]);
}
