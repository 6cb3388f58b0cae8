//! `setup` and `uninstall`, on a temporary account.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::json;
use twitchat_bridge::obs::{Options, RequestConnection, Target};
use unicode_width::UnicodeWidthStr;

use crate::program::{Account, Home, PASSWORD, sessions, wait_until};
use crate::terminal::on_terminal;

async fn connect(account: &Account) -> RequestConnection {
    let target = Target {
        host: "127.0.0.1".into(),
        port: account.port,
        password: Some(PASSWORD.into()),
        tls: false,
        path: String::new(),
    };
    RequestConnection::connect(&target, &Options::default())
        .await
        .unwrap()
}

/// All files below a folder.
fn tree(folder: &Path) -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap();
                files.insert(name.to_str().unwrap().to_owned());
            }
        }
    }
    files
}

/// Selects another scene, because the stand-in already has a scene "Credits".
fn use_another_scene(account: &Account) {
    let folder = account.home.path(".config/twitchat-bridge");
    fs::create_dir_all(&folder).unwrap();
    fs::write(
        folder.join("config.toml"),
        "[overlay]\nscene = \"Ending\"\n",
    )
    .unwrap();
}

/// Adds a scene collection, as if OBS had been started before.
fn add_collection(account: &Account) {
    let folder = account.home.path(".config/obs-studio/basic/scenes");
    fs::create_dir_all(&folder).unwrap();
    let collection = json!({ "name": "Untitled", "modules": { "scripts-tool": [] } });
    fs::write(folder.join("Untitled.json"), collection.to_string()).unwrap();
}

#[tokio::test]
async fn without_a_terminal_setup_asks_for_yes() {
    let home = Home::new();
    home.run(&["setup"]).await.fails(2, &["--yes"]);
    home.run(&["uninstall"]).await.fails(2, &["--yes"]);
}

#[tokio::test]
async fn steps_that_need_obs_are_postponed_until_obs_runs() {
    let account = Account::new();
    use_another_scene(&account);
    let setup = ["setup", "--yes", "--autostart", "none"];
    let done = account.home.run(&setup).await.succeeds();
    for words in [
        "Postponed until OBS is there:\n  - make the scene \"Ending\" with the page in it",
        "Left to you:\n  - start OBS",
    ] {
        assert!(done.out.contains(words), "{words}: {}", done.out);
    }
    assert!(done.out.contains("OBS does not seem to run"), "{done:?}");

    let bridge = account.home.spawn(&["run"]);
    wait_until("the bridge waits", || bridge.err().contains("retrying")).await;
    let obs = account.start_obs().await;
    wait_until("the setup goes on", || {
        bridge.err().contains("made the browser source")
    })
    .await;
    let scenes = connect(&account).await.scenes().await.unwrap();
    assert!(scenes.contains(&"Ending".to_owned()), "{scenes:?}");
    bridge.signal("INT");
    bridge.end().await.succeeds();

    let again = account.home.spawn(&["run"]);
    sessions(&obs, 2).await;
    assert!(!again.err().contains("setup:"), "{}", again.err());
}

#[tokio::test]
async fn with_an_open_obs_everything_is_done_at_once_and_a_test_rolls() {
    let account = Account::new();
    use_another_scene(&account);
    let obs = account.start_obs().await;
    let setup = ["setup", "--yes", "--autostart", "none"];
    let done = account.home.run(&setup).await.succeeds();
    assert!(done.out.contains("OBS 30.2"), "{}", done.out);
    assert!(
        done.out.contains("made the scene \"Ending\""),
        "{}",
        done.out
    );
    assert!(done.out.contains("The bridge was started"), "{}", done.out);
    assert!(
        done.out.contains("connect it to OBS"),
        "Twitchat is missing: {}",
        done.out
    );
    assert!(!done.out.contains("Postponed"), "{}", done.out);
    sessions(&obs, 2).await;

    let again = account.home.run(&setup).await.succeeds();
    assert!(
        again.out.contains("updated the browser source"),
        "{}",
        again.out
    );
    assert!(again.out.contains("nothing has changed"), "{}", again.out);
    // The bridge continues until OBS closes.
    drop(obs);
    let journal = account.home.path(".local/share/twitchat-bridge/journal.db");
    wait_until("the bridge ends", || {
        !twitchat_bridge::store::is_in_use(&journal).unwrap()
    })
    .await;
}

#[tokio::test]
async fn a_setup_stays_within_a_narrow_terminal() {
    let account = Account::new();
    let setup = ["setup", "--yes", "--autostart", "none"];
    let shown = on_terminal(&account.home, 60, &setup).await;
    // A path may be longer than the line.
    let is_wide = |line: &&str| line.width() > 60 && !line.contains('/');
    let too_wide: Vec<_> = shown.lines().filter(is_wide).collect();
    assert_eq!(too_wide, [""; 0], "{shown}");
    assert!(shown.contains("2. Twitchat"), "{shown}");
}

#[tokio::test]
async fn the_script_is_added_to_a_closed_obs() {
    let account = Account::new();
    add_collection(&account);
    let done = account.home.run(&["setup", "--yes"]).await.succeeds();
    assert!(done.out.contains("Untitled.json"), "{}", done.out);
    let collection = account
        .home
        .path(".config/obs-studio/basic/scenes/Untitled.json");
    let text = fs::read_to_string(collection).unwrap();
    assert!(text.contains("twitchat-bridge.lua"), "{text}");
}

#[tokio::test]
async fn uninstall_leaves_the_data_and_with_data_only_the_files_of_obs() {
    let account = Account::new();
    add_collection(&account);
    let before = tree(account.home.folder());
    use_another_scene(&account);
    account.home.run(&["setup", "--yes"]).await.succeeds();
    let obs = account.start_obs().await;
    let bridge = account.home.spawn(&["run"]);
    wait_until("the setup goes on", || {
        bridge.err().contains("made the browser source")
    })
    .await;

    let done = account.home.run(&["uninstall", "--yes"]).await.succeeds();
    bridge.end().await.succeeds();
    assert!(
        done.out.contains("removed the scene \"Ending\" from OBS"),
        "{}",
        done.out
    );
    let scenes = connect(&account).await.scenes().await.unwrap();
    assert!(!scenes.contains(&"Ending".to_owned()), "{scenes:?}");
    let mut left = tree(account.home.folder());
    left.retain(|file| !before.contains(file));
    let data = [
        ".config/twitchat-bridge/config.toml",
        ".local/share/twitchat-bridge/journal.db",
        ".local/share/twitchat-bridge/journal.db.lock",
        ".local/share/twitchat-bridge/journal.db.mark",
        ".local/share/twitchat-bridge/overlay/custom.css",
    ];
    assert_eq!(left, data.map(str::to_owned).into());

    let with_data = ["uninstall", "--data", "--yes"];
    account.home.run(&with_data).await.succeeds();
    assert_eq!(tree(account.home.folder()), before);
    let folders = [".config/twitchat-bridge", ".local/share/twitchat-bridge"];
    assert!(
        folders
            .iter()
            .all(|folder| !account.home.path(folder).exists())
    );
    let nothing = account.home.run(&with_data).await.succeeds();
    assert!(nothing.err.contains("nothing is installed"), "{nothing:?}");
    drop(obs);
}
