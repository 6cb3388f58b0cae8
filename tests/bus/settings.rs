//! Settings are changed over OBS.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Bus, Process, Site, on_both};

on_both!(
    a_setting_is_in_force_when_the_reply_comes,
    a_setting_that_requests_must_not_change_stays,
    of_every_setting_exactly_those_in_the_docs_can_be_changed,
);

/// A bridge with this config file, and the path of the file.
async fn bridge(site: &Site, config: &str) -> (Process, std::path::PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join(".config/twitchat-bridge/config.toml");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, config).unwrap();
    (Process::with_journal(site, home).await, file)
}

async fn set(bus: &mut Bus, key: &str, value: Value) -> Value {
    bus.ask(json!({ "request": "SetSetting", "key": key, "value": value }))
        .await
}

async fn a_setting_is_in_force_when_the_reply_comes(site: Site) {
    let config = "# mine\n[credits]\nhide_banned = true # as usual\n";
    let (bridge, file) = bridge(&site, config).await;
    let mut bus = Bus::connect(&site).await;
    bus.ask(
        json!({ "request": "PublishEvent", "publish": { "source": "Twitch", "type": "Raid" },
            "data": { "userId": "7", "userName": "fox", "displayName": "Fox", "viewers": 12 } }),
    )
    .await;
    assert!(bus.credits().await.to_string().contains("Fox"));
    let reply = set(&mut bus, "credits.ignore", json!(["fox"])).await;
    assert_eq!(
        (
            &reply["status"],
            &reply["key"],
            &reply["old"],
            &reply["new"],
            &reply["restart"]
        ),
        (
            &json!("ok"),
            &json!("credits.ignore"),
            &Value::Null,
            &json!(["fox"]),
            &json!(false)
        ),
        "{reply}"
    );
    assert!(!bus.credits().await.to_string().contains("Fox"));
    assert_eq!(
        fs::read_to_string(&file).unwrap(),
        format!("{config}ignore = [\"fox\"]\n")
    );
    let reply = set(&mut bus, "credits.ignore", Value::Null).await;
    assert_eq!(
        (&reply["old"], &reply["new"]),
        (&json!(["fox"]), &Value::Null)
    );
    assert!(bus.credits().await.to_string().contains("Fox"));
    assert_eq!(fs::read_to_string(&file).unwrap(), config);
    let reply = set(&mut bus, "overlay.section", json!(["follows", "raids"])).await;
    assert_eq!(reply["new"], json!(["follows", "raids"]), "{reply}");
    let reply = set(&mut bus, "overlay.section.raids.title", json!("They came")).await;
    assert_eq!(reply["status"], "ok", "{reply}");
    let roll = bus.ask(json!({ "request": "GetRoll" })).await;
    assert!(roll.to_string().contains("They came"), "{roll}");
    drop(bridge);
}

async fn a_setting_that_requests_must_not_change_stays(site: Site) {
    let (bridge, file) = bridge(&site, "[bus]\nallow = []\n").await;
    let mut bus = Bus::connect(&site).await;
    for (key, value, error) in [
        (
            "obs.port",
            json!(1),
            "`key` must be a setting that requests may change",
        ),
        (
            "bus.allow",
            json!(["forget"]),
            "`key` must be a setting that requests may change",
        ),
        (
            "overlay.section.raids.text",
            json!("x"),
            "`key` must be a setting that",
        ),
        ("overlay.them", json!("neon"), "such as \"overlay.theme\""),
        (
            "overlay.speed",
            json!("fast"),
            "`value` must be a number from 1 to 10000",
        ),
        ("overlay.section", json!(["raid"]), "did you mean raids?"),
    ] {
        let reply = set(&mut bus, key, value).await;
        let found = reply["error"].as_str().unwrap_or_default();
        assert!(found.contains(error), "{key}: {reply}");
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "[bus]\nallow = []\n");
    // A setting that forbids every change takes effect when the bridge has read it.
    fs::write(&file, "[bus]\nsettings = \"off\"\n").unwrap();
    let off = async || {
        let reply = set(&mut bus, "overlay.them", json!("neon")).await;
        let error = reply["error"].as_str().unwrap_or_default();
        error.contains("settings = \"on\"").then_some(())
    };
    crate::support::wait_until("it is off", crate::support::SOON, off).await;
    drop(bridge);
}

/// Every setting in docs/settings.md, including the keys of sections. The flag is the page's entry
/// on whether requests may change it.
fn documented() -> Vec<(String, bool)> {
    let page = include_str!("../../docs/settings.md");
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let name = cells[1].trim_matches('`');
        if name.contains('.') {
            (name.to_owned(), cells[4] == "yes")
        } else {
            (format!("overlay.section.raids.{name}"), cells[2] == "yes")
        }
    })
    .collect()
}

async fn of_every_setting_exactly_those_in_the_docs_can_be_changed(site: Site) {
    let (bridge, file) = bridge(&site, "# mine\n").await;
    let mut bus = Bus::connect(&site).await;
    let all = documented();
    assert!(all.len() > 60, "{}", all.len());
    for (key, is_allowed) in all {
        // `null` restores the default, which every setting has.
        let reply = set(&mut bus, &key, Value::Null).await;
        let found = reply["error"].as_str().unwrap_or_default();
        let is_refused = found.contains("must be a setting that requests may change");
        assert_eq!(is_refused, !is_allowed, "{key}: {reply}");
        // A request cannot remove the sections, or a key that a section does not have.
        if !key.starts_with("overlay.section") || key.starts_with("overlay.section_") {
            assert_eq!(reply["status"] == "ok", is_allowed, "{key}: {reply}");
        }
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "# mine\n");
    drop(bridge);
}
