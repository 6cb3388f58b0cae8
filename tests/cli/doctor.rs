//! `doctor` names each prepared problem with its fix. A healthy setup has only good lines.

use std::fs;
use std::path::Path;

use secrecy::SecretString;
use serde_json::{Value, json};
use tokio_util::task::AbortOnDropHandle;
use twitchat_bridge::obs::{Options as Patience, RequestConnection, Target};
use twitchat_bridge::sim::obs::{Options, StandIn, Versions};
use twitchat_bridge::sim::peer::{self, EventPeer, RequestPeer};
use twitchat_bridge::store::Store;

use crate::program::{Account, Done, PASSWORD, sessions};

async fn doctor(account: &Account, options: &[&str]) -> Done {
    account.home.run(&[options, &["doctor"]].concat()).await
}

/// The problem of a check, with its fix: `text -> fix`.
async fn problem(account: &Account, options: &[&str], check: &str) -> String {
    let done = doctor(account, options).await;
    assert_eq!(done.code, Some(1), "{done:?}");
    let mut lines = done.out.lines();
    let found = lines.find(|line| {
        line.strip_prefix("BAD ")
            .is_some_and(|line| line.trim().starts_with(check))
    });
    let found = found.unwrap_or_else(|| panic!("no problem of {check}: {}", done.out));
    let fix = lines.next().unwrap_or_default().trim();
    assert!(fix.starts_with("-> "), "{check} has no fix: {}", done.out);
    format!("{found} {fix}")
}

fn has(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "{word}: {text}");
    }
}

async fn broadcast(obs: &StandIn, message: Value) {
    let target = peer::Target {
        url: obs.url(),
        password: Some(PASSWORD.into()),
    };
    let mut requester = RequestPeer::connect(&target).await.unwrap();
    requester.broadcast(&message).await.unwrap();
}

fn write_config(account: &Account, text: &str) {
    let folder = account.home.path(".config/twitchat-bridge");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config.toml"), text).unwrap();
}

#[tokio::test]
async fn a_healthy_setup_has_only_good_lines() {
    let account = Account::new();
    let scenes = account.home.path(".config/obs-studio/basic/scenes");
    fs::create_dir_all(&scenes).unwrap();
    fs::write(scenes.join("Untitled.json"), r#"{"name":"Untitled"}"#).unwrap();
    account.home.run(&["setup", "--yes"]).await.succeeds();
    let obs = account.start_obs().await;
    let _bridge = account.home.spawn(&["run"]);
    sessions(&obs, 2).await;
    account.home.run(&["overlay", "install"]).await.succeeds();
    let labels = json!({ "origin": "twitchat", "type": "LABEL_OVERLAY_PLACEHOLDERS", "id": "l",
        "data": {} });
    broadcast(&obs, labels).await;
    let done = doctor(&account, &[]).await.succeeds();
    let odd: Vec<_> = done
        .out
        .lines()
        .filter(|line| !line.starts_with("ok "))
        .collect();
    assert_eq!(odd, [""; 0], "{}", done.out);
    assert!(done.out.lines().count() >= 11, "{}", done.out);
}

#[tokio::test]
async fn an_unusable_obs_is_named_with_the_next_step() {
    let account = Account::new();
    let closed = problem(&account, &[], "OBS").await;
    has(
        &closed,
        &[
            "connection was refused",
            "does not seem to run",
            "Start OBS",
        ],
    );

    let folder = account
        .home
        .path(".config/obs-studio/plugin_config/obs-websocket");
    let settings = fs::read_to_string(folder.join("config.json")).unwrap();
    let off = settings.replace("\"server_enabled\":true", "\"server_enabled\":false");
    fs::write(folder.join("config.json"), off).unwrap();
    let off = problem(&account, &[], "OBS").await;
    has(&off, &["switched off", "Enable WebSocket server"]);
    fs::write(folder.join("config.json"), settings).unwrap();

    let obs = account.start_obs().await;
    fs::write(account.home.path("wrong"), "wrong").unwrap();
    let wrong = problem(&account, &["--password-file", "wrong"], "password").await;
    has(&wrong, &["refused the password", "Show Connect Info"]);
    drop(obs);

    let old = Account::new();
    let versions = Versions {
        studio: "29.1.3".into(),
        websocket: "5.2.0".into(),
    };
    let _obs = StandIn::start(Options {
        port: old.port,
        password: Some(SecretString::from(PASSWORD)),
        versions,
        ..Options::default()
    })
    .await
    .unwrap();
    let too_old = problem(&old, &[], "version").await;
    has(&too_old, &["too old", "Update to OBS 30.2"]);
}

#[tokio::test]
async fn missing_parts_of_obs_for_the_credits_are_named() {
    let plain = Account::new();
    let _obs = StandIn::start(Options {
        port: plain.port,
        password: Some(SecretString::from(PASSWORD)),
        browser_sources: false,
        ..Options::default()
    })
    .await
    .unwrap();
    let browser = problem(&plain, &[], "browser").await;
    has(&browser, &["no browser sources", "Flathub"]);

    let account = Account::new();
    let obs = account.start_obs().await;
    has(
        &problem(&account, &[], "page").await,
        &["not installed", "overlay install"],
    );
    has(
        &problem(&account, &[], "source").await,
        &["no source", "overlay install"],
    );
    has(
        &problem(&account, &[], "bridge").await,
        &["no bridge answers", "twitchat-bridge run"],
    );
    write_config(&account, "[overlay]\nscene = \"Ending\"\n");
    has(
        &problem(&account, &[], "scene").await,
        &["no scene \"Ending\"", "overlay install"],
    );
    account.home.run(&["overlay", "install"]).await.succeeds();
    let page = account
        .home
        .path(".local/share/twitchat-bridge/overlay/index.html");
    fs::write(&page, "an older version").unwrap();
    has(
        &problem(&account, &[], "page").await,
        &["another version", "overlay install"],
    );
    fs::remove_file(&page).unwrap();
    has(
        &problem(&account, &[], "source").await,
        &["which does not exist", "overlay install"],
    );
    let target = Target {
        host: "127.0.0.1".into(),
        port: account.port,
        password: Some(PASSWORD.into()),
        tls: false,
        path: String::new(),
    };
    let connection = RequestConnection::connect(&target, &Patience::default())
        .await
        .unwrap();
    connection.remove_input("End credits").await.unwrap();
    let settings = json!({});
    connection
        .create_input("Ending", "End credits", "color_source_v3", &settings)
        .await
        .unwrap();
    has(
        &problem(&account, &[], "source").await,
        &["not a browser source", "overlay.source"],
    );
    drop(obs);
}

#[tokio::test]
async fn problems_that_the_bridge_reports_are_named() {
    let account = Account::new();
    write_config(
        &account,
        "[[label]]\nsource = \"Newest\"\ntext = \"{{ last('Follow').name }}\"\n",
    );
    let obs = account.start_obs().await;
    let _bridge = account.home.spawn(&["run"]);
    sessions(&obs, 2).await;
    has(
        &problem(&account, &[], "Twitchat").await,
        &["closed", "Settings > OBS"],
    );
    for kind in [
        "LABEL_OVERLAY_PLACEHOLDERS",
        "ON_LABEL_OVERLAY_PLACEHOLDERS",
    ] {
        let message = json!({ "origin": "twitchat", "type": kind, "id": kind, "data": {} });
        broadcast(&obs, message).await;
    }
    for (kind, id) in [("FOLLOW", "a"), ("ON_FOLLOW", "b")] {
        let data = json!({ "user": { "id": "7", "login": "zed", "displayName": "Zed" } });
        let message = json!({ "origin": "twitchat", "type": kind, "id": id, "data": data });
        broadcast(&obs, message).await;
    }
    has(
        &problem(&account, &[], "Twitchat").await,
        &["open twice", "close one"],
    );
    has(
        &problem(&account, &[], "labels").await,
        &["Newest", "labels install"],
    );
    fs::write(
        account.home.path("other.toml"),
        "[session]\ngrace = \"1h\"\n",
    )
    .unwrap();
    let other = problem(&account, &["--config", "other.toml"], "settings").await;
    has(
        &other,
        &[
            "does not use the current contents",
            "start the bridge again",
        ],
    );
    write_config(&account, "[session]\ngrace = \"1x\"\n");
    has(
        &problem(&account, &[], "config").await,
        &["session.grace", "correct the config file"],
    );
}

#[tokio::test]
async fn a_foreign_journal_and_a_double_start_are_named() {
    let account = Account::new();
    fs::write(account.home.path("j.db"), "no database at all").unwrap();
    let foreign = problem(&account, &["--store", "j.db"], "journal").await;
    has(&foreign, &["is no journal", "move it away"]);
    account
        .home
        .run(&["obs-script", "install"])
        .await
        .succeeds();
    let unlisted = problem(&account, &[], "autostart").await;
    has(&unlisted, &["does not list it", "Tools > Scripts"]);
}

#[tokio::test]
async fn findings_are_also_json() {
    let account = Account::new();
    let done = account.home.run(&["doctor", "--json"]).await;
    assert_eq!(done.code, Some(1), "{done:?}");
    let findings: Value = serde_json::from_str(&done.out).unwrap();
    let obs = findings
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["check"] == "OBS")
        .unwrap();
    assert_eq!(obs["state"], "problem");
    assert!(obs["fix"].is_string(), "{obs}");
}

/// A bridge that answers `GetStatus` with this `run`, like a bridge of another user or version.
async fn start_bridge(obs: &StandIn, run: Value) -> AbortOnDropHandle<()> {
    let target = peer::Target {
        url: obs.url(),
        password: Some(PASSWORD.into()),
    };
    let mut events = EventPeer::connect(&target).await.unwrap();
    let mut requester = RequestPeer::connect(&target).await.unwrap();
    AbortOnDropHandle::new(tokio::spawn(async move {
        while let Ok(event) = events.next().await {
            if event["request"] == "GetStatus" {
                let reply = json!({ "origin": "twitchat-bridge", "bridge": run["id"],
                    "id": event["id"], "status": "ok", "run": run });
                requester.broadcast(&reply).await.unwrap();
            }
        }
    }))
}

#[tokio::test]
async fn other_bridges_are_named_with_their_computer_and_version() {
    let account = Account::new();
    let obs = account.start_obs().await;
    let bridge = account.home.spawn(&["run"]);
    sessions(&obs, 2).await;
    let there = json!({ "id": "b", "instance": "theirs", "process": 12, "computer": "game-pc",
        "version": env!("CARGO_PKG_VERSION") });
    let other = start_bridge(&obs, there).await;
    has(
        &problem(&account, &[], "others").await,
        &[
            "with another journal",
            "process 12 on game-pc",
            "stop it there",
        ],
    );
    let shown = doctor(&account, &[]).await.out;
    assert!(
        shown.contains("ok   bridge"),
        "this journal's bridge: {shown}"
    );
    drop(other);
    let old = start_bridge(&obs, json!({ "id": "c", "version": "0.0.9" })).await;
    has(
        &problem(&account, &[], "others").await,
        &["of an older version", "version 0.0.9"],
    );
    bridge.signal("INT");
    bridge.end().await.succeeds();
    drop(old);
    let there = json!({ "id": "b", "instance": "theirs", "process": 12, "computer": "game-pc",
        "version": env!("CARGO_PKG_VERSION") });
    let _other = start_bridge(&obs, there).await;
    has(
        &problem(&account, &[], "others").await,
        &["game-pc", "options with which that bridge was started"],
    );
}

#[tokio::test]
async fn a_page_that_is_on_air_but_not_connected_is_named() {
    let account = Account::new();
    write_config(&account, "[overlay]\nscene = \"Ending\"\n");
    let obs = account.start_obs().await;
    account.home.run(&["overlay", "install"]).await.succeeds();
    let _bridge = account.home.spawn(&["run"]);
    sessions(&obs, 2).await;
    assert!(obs.switch_scene("Ending"));
    let mut is_on_air = false;
    while !is_on_air {
        let status = account.home.run(&["status", "--json"]).await.succeeds();
        let status: Value = serde_json::from_str(&status.out).unwrap();
        is_on_air = status["overlay"]["shown"] == true;
    }
    has(
        &problem(&account, &[], "page").await,
        &["no page reports", "Refresh"],
    );
}

/// Creates a journal at this path, like a bridge that has run.
fn make_journal(path: &Path) {
    drop(Store::open(path).unwrap());
}

fn change(path: &Path, sql: &str) {
    let database = rusqlite::Connection::open(path).unwrap();
    database.execute_batch(sql).unwrap();
}

#[tokio::test]
async fn a_journal_that_cannot_be_used_is_named() {
    let account = Account::new();
    let journal = |name: &str| {
        let path = account.home.path(name);
        make_journal(&path);
        path
    };
    change(&journal("newer.db"), "PRAGMA user_version = 999");
    change(&account.home.path("foreign.db"), "CREATE TABLE theirs (a)");
    let damaged = journal("damaged.db");
    let mut bytes = fs::read(&damaged).unwrap();
    assert!(bytes.len() > 8_192);
    bytes[4_096..8_192].fill(0xa5);
    fs::write(&damaged, bytes).unwrap();
    let readonly = journal("readonly.db");
    let mut permissions = fs::metadata(&readonly).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&readonly, permissions).unwrap();
    for (name, words) in [
        (
            "newer.db",
            ["newer twitchat-bridge", "update twitchat-bridge"],
        ),
        ("foreign.db", ["is not a journal", "store.path"]),
        ("damaged.db", ["is damaged", "start it again"]),
        (
            "readonly.db",
            ["cannot be written", "give yourself permission"],
        ),
    ] {
        has(
            &problem(&account, &["--store", name], "journal").await,
            &words,
        );
    }
}

#[tokio::test]
async fn a_clock_that_went_back_is_named() {
    let account = Account::new();
    let path = account.home.path("j.db");
    make_journal(&path);
    change(
        &path,
        "INSERT OR REPLACE INTO kept VALUES ('alive_ms', '4102444800000')",
    );
    has(
        &problem(&account, &["--store", "j.db"], "clock").await,
        &["ran at 2100-01-01", "set date and time"],
    );
}

#[tokio::test]
async fn a_rule_and_a_setting_of_the_page_that_look_wrong_are_named() {
    let account = Account::new();
    write_config(
        &account,
        "[[rule]]\nname = \"ads\"\non = \"Twitch.AdRun\"\ndo = [{ wait = 1 }]\n",
    );
    has(
        &problem(&account, &[], "rules").await,
        &[
            "ads",
            "never emits Twitch.AdRun",
            "change it in the config file",
        ],
    );
    write_config(&account, "[overlay]\ntheme = \"neno\"\n");
    has(
        &problem(&account, &[], "rules").await,
        &["overlay.theme", "did you mean neon?"],
    );
    write_config(
        &account,
        "[[rule]]\nname = \"x\"\non = \"Twitch.Raid\"\ndo = [{ obs = \"X\" }]\n",
    );
    has(
        &problem(&account, &[], "config").await,
        &["config.toml:4", "correct the config file"],
    );
}

#[tokio::test]
async fn an_autostart_of_a_program_that_is_gone_is_named() {
    let account = Account::new();
    let unit = account
        .home
        .path(".config/systemd/user/twitchat-bridge.service");
    fs::create_dir_all(unit.parent().unwrap()).unwrap();
    fs::write(&unit, "[Service]\nExecStart=/gone/twitchat-bridge run\n").unwrap();
    has(
        &problem(&account, &[], "autostart").await,
        &["/gone/twitchat-bridge", "service install --force"],
    );
    fs::remove_file(&unit).unwrap();
    account
        .home
        .run(&["obs-script", "install"])
        .await
        .succeeds();
    let script = account
        .home
        .path(".local/share/twitchat-bridge/obs-script/twitchat-bridge.lua");
    let text = fs::read_to_string(&script).unwrap();
    let gone = text.replace(env!("CARGO_BIN_EXE_twitchat-bridge"), "/gone/bridge");
    assert_ne!(text, gone);
    fs::write(&script, gone).unwrap();
    has(
        &problem(&account, &[], "autostart").await,
        &["/gone/bridge", "obs-script install --force"],
    );
}
