//! `panel`, in a temporary home with the settings files of OBS.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::program::{Home, PASSWORD};

const GLOBAL_30: &str = include_str!("../fixtures/obs/global-30.2.ini");
const GLOBAL_32: &str = include_str!("../fixtures/obs/global-32.2.ini");
const USER_32: &str = include_str!("../fixtures/obs/user-32.2.ini");
const LIST: &str = "ExtraBrowserDocks=";

/// The folder of an OBS that has been started before, with these settings files.
fn obs(home: &Home, files: &[(&str, &str)]) -> PathBuf {
    let obs = home.path(".config/obs-studio");
    let settings = obs.join("plugin_config/obs-websocket");
    fs::create_dir_all(&settings).unwrap();
    let connection = format!(
        "{{\"server_enabled\":true,\"server_port\":4466,\"server_password\":\"{PASSWORD}\"}}"
    );
    fs::write(settings.join("config.json"), connection).unwrap();
    for (name, text) in files {
        fs::write(obs.join(name), text).unwrap();
    }
    obs
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

/// The lines of a settings file without the list of docks.
fn others(text: &str) -> Vec<&str> {
    text.lines()
        .filter(|line| !line.starts_with(LIST))
        .collect()
}

#[tokio::test]
async fn the_dock_is_added_to_a_closed_obs_once_and_removed_again() {
    for (files, changed) in [
        (&[("global.ini", GLOBAL_30)][..], "global.ini"),
        (
            &[("global.ini", GLOBAL_32), ("user.ini", USER_32)],
            "user.ini",
        ),
    ] {
        let home = Home::new();
        let obs = obs(&home, files);
        let file = obs.join(changed);
        let before = read(&file);
        let done = home.run(&["panel", "install"]).await.succeeds();
        let page = home.path(".local/share/twitchat-bridge/overlay/panel/index.html");
        assert_eq!(done.out, format!("file://{}\n", page.display()));
        assert!(
            done.err.contains(&format!("changed {}", file.display())),
            "{done:?}"
        );
        assert!(page.exists());
        let text = read(&file);
        assert_eq!(others(&text), others(&before));
        let url = done.out.trim();
        assert_eq!(text.matches(url).count(), 1, "{text}");
        for (name, text) in files {
            assert!(*name == changed || read(&obs.join(name)) == *text, "{name}");
        }
        let backup = obs.join(format!("{changed}.before-twitchat-bridge"));
        assert_eq!(read(&backup), before);
        let password = page.with_file_name("obs-config.js");
        assert!(read(&password).contains(PASSWORD));

        home.run(&["panel", "install"]).await.succeeds();
        assert_eq!(read(&file), text, "the dock is there already");
        let done = home.run(&["panel", "uninstall"]).await.succeeds();
        assert!(done.out.contains("removed the panel"), "{done:?}");
        assert_eq!(read(&file), before);
        assert!(!page.parent().unwrap().exists());
        let again = home.run(&["panel", "uninstall"]).await.succeeds();
        assert!(again.err.contains("nothing to do"), "{again:?}");
    }
}

#[tokio::test]
async fn while_obs_runs_or_was_never_started_the_steps_are_printed() {
    let home = Home::new();
    let done = home.run(&["panel", "install"]).await.succeeds();
    let steps = "Docks > Custom Browser Docks";
    assert!(done.err.contains(steps), "OBS was never started: {done:?}");
    let obs = obs(&home, &[("global.ini", GLOBAL_30)]);
    // A process that is called `obs`.
    let program = home.path("obs");
    fs::copy("/bin/sleep", &program).unwrap();
    let mut running = Command::new(&program)
        .arg("60")
        .env("HOME", home.folder())
        .spawn()
        .unwrap();
    let done = home.run(&["panel", "install"]).await;
    running.kill().unwrap();
    running.wait().unwrap();
    let done = done.succeeds();
    assert!(
        done.err.contains(steps) && done.err.contains(done.out.trim()),
        "{done:?}"
    );
    assert_eq!(read(&obs.join("global.ini")), GLOBAL_30);
}

#[tokio::test]
async fn a_list_of_docks_that_cannot_be_read_is_left_alone() {
    let home = Home::new();
    let broken = GLOBAL_30.replace("ExtraBrowserDocks=[]", "ExtraBrowserDocks=[{");
    let obs = obs(&home, &[("global.ini", &broken)]);
    let done = home.run(&["panel", "install"]).await.succeeds();
    assert!(done.err.contains("is no settings file of OBS"), "{done:?}");
    assert_eq!(read(&obs.join("global.ini")), broken);
}

#[tokio::test]
async fn open_prints_the_address_and_writes_the_panel() {
    let home = Home::new();
    let done = home
        .run(&["panel", "open", "--print", "--dir", "my page"])
        .await
        .succeeds();
    let page = home.path("my page/panel/index.html");
    assert!(page.exists());
    assert!(
        done.out.ends_with("/my%20page/panel/index.html\n"),
        "{done:?}"
    );
}

#[tokio::test]
async fn the_verb_uninstall_removes_the_panel_too() {
    let home = Home::new();
    let obs = obs(&home, &[("global.ini", GLOBAL_30)]);
    home.run(&["panel", "install"]).await.succeeds();
    let done = home.run(&["uninstall", "--yes"]).await.succeeds();
    assert!(done.out.contains("removed the panel"), "{done:?}");
    assert_eq!(read(&obs.join("global.ini")), GLOBAL_30);
    assert!(
        !home
            .path(".local/share/twitchat-bridge/overlay/panel")
            .exists()
    );
}
