//! A person is forgotten over the bus, while the credits roll.

use std::path::Path;

use serde_json::{Value, json};
use twitchat_bridge::config::Config;
use twitchat_bridge::request::Guarded;

use crate::support::{Bridge, Bus, Site, on_both};

on_both!(a_forgotten_person_is_in_no_reply_no_roll_and_no_file);

const ID: &str = "7654321098";

fn raid(id: &str, name: &str) -> Value {
    json!({ "request": "PublishEvent", "publish": { "source": "Twitch", "type": "Raid" },
        "data": { "userId": id, "userName": name.to_lowercase(), "displayName": name,
            "viewers": 12 } })
}

fn is_named(text: &str) -> bool {
    let text = text.to_lowercase();
    text.contains("zaphod") || text.contains(ID)
}

/// The files of the journal that contain the person.
fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let named = entries.filter_map(|entry| {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap().to_ascii_lowercase();
        let has = |word: &str| {
            bytes
                .windows(word.len())
                .any(|part| part == word.as_bytes())
        };
        (has("zaphod") || has(ID)).then(|| path.display().to_string())
    });
    named.collect()
}

async fn a_forgotten_person_is_in_no_reply_no_roll_and_no_file(site: Site) {
    let mut config = Config::default();
    config.bus.allow = vec![Guarded::Forget];
    let bridge = Bridge::with(&site, config).await;
    let mut bus = Bus::connect(&site).await;
    bus.ask(raid(ID, "Zaphod")).await;
    bus.ask(raid("8", "Owl")).await;
    bus.ask(json!({ "request": "ClearCredits" })).await;
    bus.ask(raid(ID, "Zaphod")).await;
    bus.ask(raid("8", "Owl")).await;
    bus.ask(
        json!({ "request": "EditCredits", "edit": "rename", "person": "owl", "name": "Eagle" }),
    )
    .await;
    bus.ask(json!({ "request": "RollCredits", "seconds": 60 }))
        .await;
    assert!(!files(bridge.folder()).is_empty());

    let preview = bus
        .ask(json!({ "request": "Forget", "person": "zaphod", "preview": true }))
        .await;
    assert_eq!(
        (&preview["removed"], &preview["preview"]),
        (&json!(2), &json!(true))
    );
    let done = bus
        .ask(json!({ "request": "Forget", "person": "zaphod" }))
        .await;
    assert_eq!(
        (&done["status"], &done["removed"]),
        (&json!("ok"), &json!(2)),
        "{done}"
    );
    assert_eq!(files(bridge.folder()), [""; 0], "while the bridge runs");
    let roll = crate::overlay::report(&mut bus, "idle", &Value::Null).await;
    assert!(
        roll.to_string().contains("Eagle") && !is_named(&roll.to_string()),
        "{roll}"
    );
    for session in ["running", "last"] {
        let request = json!({ "request": "GetCredits", "session": session, "extended": true });
        let credits = bus.ask(request).await;
        assert!(
            credits["Events"].to_string().contains("Eagle") && !is_named(&credits.to_string()),
            "{credits}"
        );
    }
    bus.ask(raid(ID, "Zaphod")).await;
    assert!(is_named(&bus.credits().await.to_string()), "it is no ban");
    bridge.stop().await;
}
