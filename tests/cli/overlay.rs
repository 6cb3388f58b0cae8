//! `overlay`, in a temporary home.

use serde_json::json;
use twitchat_bridge::obs::{Options as Patience, RequestConnection, Target};
use twitchat_bridge::sim::obs::{Options, StandIn};

use crate::program::{Home, PASSWORD, obs as stand_in};

#[tokio::test]
async fn export_writes_both_files_and_prints_the_next_step() {
    let home = Home::new();
    std::fs::write(
        home.path("c.toml"),
        format!("[obs]\nhost = \"10.0.0.7\"\npassword = \"{PASSWORD}\"\n"),
    )
    .unwrap();
    let done = home
        .run(&["--config", "c.toml", "overlay", "export", "pages"])
        .await
        .succeeds();
    assert_eq!(
        done.out,
        "pages/streamerbot-over-obs.js\npages/obs-config.js\n"
    );
    assert!(
        done.err
            .contains("<script src=\"streamerbot-over-obs.js\"></script>")
            && !done.err.contains(PASSWORD),
        "{done:?}"
    );
    let config = std::fs::read_to_string(home.path("pages/obs-config.js")).unwrap();
    assert!(
        config.contains("10.0.0.7") && config.contains(PASSWORD),
        "{config}"
    );

    home.run(&[
        "--config", "c.toml", "--port", "4466", "overlay", "export", "pages",
    ])
    .await
    .fails(1, &["pages/obs-config.js", "--force"]);
    assert_eq!(
        std::fs::read_to_string(home.path("pages/obs-config.js")).unwrap(),
        config
    );
    home.run(&[
        "--config", "c.toml", "--port", "4466", "overlay", "export", "pages", "--force",
    ])
    .await
    .succeeds();
    assert!(
        std::fs::read_to_string(home.path("pages/obs-config.js"))
            .unwrap()
            .contains("4466")
    );
}

#[tokio::test]
async fn install_puts_the_page_into_obs_and_updates_it() {
    let obs = stand_in().await;
    let home = Home::at(obs.port());
    let page = home.path("pages/index.html");
    let done = home
        .run(&[
            "overlay", "install", "--dir", "pages", "--scene", "The end", "--source", "Roll",
        ])
        .await
        .succeeds();
    assert_eq!(done.out, format!("{}\n", page.display()));
    assert!(
        done.err.contains("made the scene \"The end\"") && !done.err.contains(PASSWORD),
        "{done:?}"
    );
    let settings = obs.input_in("The end", "Roll").unwrap();
    assert_eq!(
        settings,
        json!({ "is_local_file": true, "local_file": page, "width": 1920, "height": 1080,
            "fps_custom": false, "shutdown": true,
            "restart_when_active": true, "reroute_audio": false, "css": "" })
    );
    assert!(
        std::fs::read_to_string(home.path("pages/obs-config.js"))
            .unwrap()
            .contains(PASSWORD)
    );

    std::fs::write(home.path("pages/custom.css"), "/* mine */").unwrap();
    let again = [
        "overlay", "install", "--dir", "pages", "--scene", "Game", "--source", "Roll", "--width",
        "1280", "--height", "720",
    ];
    let done = home
        .run(&[&again[..], &["--no-password", "--keep-loaded"]].concat())
        .await
        .succeeds();
    assert!(
        done.err
            .contains("updated the browser source \"Roll\" in the scene \"Game\", 1280x720"),
        "{done:?}"
    );
    let settings = obs.input_in("Game", "Roll").unwrap();
    assert_eq!(
        (&settings["shutdown"], &settings["restart_when_active"]),
        (&json!(false), &json!(false))
    );
    assert_eq!(
        (
            settings["width"].clone(),
            obs.input_in("The end", "Roll").is_some()
        ),
        (json!(1280), true)
    );
    assert_eq!(
        std::fs::read_to_string(home.path("pages/custom.css")).unwrap(),
        "/* mine */"
    );
    assert!(!home.path("pages/obs-config.js").exists());
}

#[tokio::test]
async fn an_obs_without_browser_sources_is_detected() {
    let options = Options {
        password: Some(PASSWORD.into()),
        browser_sources: false,
        ..Options::default()
    };
    let obs = StandIn::start(options).await.unwrap();
    let home = Home::at(obs.port());
    let done = home
        .run(&["overlay", "install", "--dir", "pages"])
        .await
        .succeeds();
    assert!(done.out.ends_with("pages/index.html\n") && home.path("pages/index.html").exists());
    assert!(
        done.err.contains("no browser sources")
            && done.err.contains("file:///")
            && done.err.contains("1920 x 1080"),
        "{done:?}"
    );
}

#[tokio::test]
async fn open_prints_the_address_and_writes_the_page() {
    let home = Home::new();
    let done = home
        .run(&["overlay", "open", "--print", "--demo", "--dir", "my pages"])
        .await
        .succeeds();
    assert!(
        done.out.starts_with("file:///") && done.out.ends_with("my%20pages/index.html#demo\n"),
        "{done:?}"
    );
    assert!(home.path("my pages/credits.css").exists());
    let done = home
        .run(&["overlay", "export", "elsewhere", "--credits"])
        .await
        .succeeds();
    assert_eq!(done.out, "elsewhere/index.html\n");
}

#[tokio::test]
async fn a_source_of_another_kind_is_left_alone() {
    let obs = stand_in().await;
    let home = Home::at(obs.port());
    home.run(&["overlay", "install", "--dir", "pages", "--source", "Roll"])
        .await
        .succeeds();
    let target = Target {
        host: "127.0.0.1".into(),
        port: obs.port(),
        tls: false,
        path: String::new(),
        password: Some(PASSWORD.into()),
    };
    let requester = RequestConnection::connect(&target, &Patience::default())
        .await
        .unwrap();
    requester
        .create_input("Game", "Colour", "color_source_v3", &json!({}))
        .await
        .unwrap();
    let refused = home
        .run(&["overlay", "install", "--dir", "pages", "--source", "Colour"])
        .await;
    refused.fails(2, &["Colour", "color_source_v3", "--source"]);
}

#[tokio::test]
async fn without_obs_the_page_is_written_all_the_same() {
    let gone = stand_in().await;
    let home = Home::at(gone.port());
    gone.stop().await;
    let done = home.run(&["overlay", "install", "--dir", "pages"]).await;
    done.fails(3, &["there is no OBS"]);
    assert!(home.path("pages/index.html").exists());
}

#[tokio::test]
async fn install_without_a_password_removes_the_file_that_an_earlier_install_left() {
    let obs = stand_in().await;
    let home = Home::at(obs.port());
    let install = ["overlay", "install", "--dir", "pages"];
    let config = home.path("pages/obs-config.js");
    home.run(&install).await.succeeds();
    assert!(config.exists());
    let done = home
        .run(&[&install[..], &["--no-password"]].concat())
        .await
        .succeeds();
    assert!(!config.exists());
    assert!(done.err.contains("removed obs-config.js"), "{done:?}");
}

#[tokio::test]
async fn the_demo_of_the_page_writes_no_password() {
    let home = Home::at(1);
    let open = ["overlay", "open", "--demo", "--print", "--dir", "pages"];
    home.run(&open).await.succeeds();
    assert!(!home.path("pages/obs-config.js").exists());
}

#[tokio::test]
async fn an_install_that_fails_prints_no_success() {
    let home = Home::at(1);
    let done = home.run(&["overlay", "install", "--dir", "pages"]).await;
    assert_eq!(done.out, "");
    done.fails(3, &["pages/index.html", "it is not in OBS"]);
}

#[cfg(unix)]
#[tokio::test]
async fn open_fails_without_a_browser() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let opener = if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    let open = |path: std::path::PathBuf| {
        let mut command = home.command(&["overlay", "open", "--demo", "--dir", "pages"]);
        command.env("PATH", path);
        crate::program::Done::of(&command.output().unwrap())
    };
    let without = open(home.path("nothing"));
    assert_eq!(without.out, "");
    without.fails(1, &["cannot start a browser; open file:///"]);

    std::fs::create_dir(home.path("bin")).unwrap();
    let program = home.path("bin").join(opener);
    for (script, code) in [("#!/bin/sh\nexit 3\n", 1), ("#!/bin/sh\nexit 0\n", 0)] {
        std::fs::write(&program, script).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let done = open(home.path("bin"));
        assert_eq!((done.code, done.out.is_empty()), (Some(code), code == 1));
    }
}
