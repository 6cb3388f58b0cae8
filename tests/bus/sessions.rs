//! Sessions that have ended are listed, shown and rolled over the bus.

use serde_json::{Value, json};

use crate::support::{Bridge, Bus, Site, on_both};

on_both!(the_session_before_is_listed_shown_and_rolled);

fn raid(id: &str, name: &str) -> Value {
    json!({ "request": "PublishEvent", "publish": { "source": "Twitch", "type": "Raid" },
        "data": { "userId": id, "userName": name.to_lowercase(), "displayName": name,
            "viewers": 12 } })
}

async fn the_session_before_is_listed_shown_and_rolled(site: Site) {
    let bridge = Bridge::on(&site).await;
    let mut bus = Bus::connect(&site).await;
    bus.ask(raid("7", "Fox")).await;
    let before = bus.credits().await;
    bus.ask(json!({ "request": "ClearCredits" })).await;
    bus.ask(raid("8", "Owl")).await;
    let list = bus.ask(json!({ "request": "ListSessions" })).await;
    assert_eq!(list["count"], 2, "{list}");
    let session = list["sessions"][1]["id"].clone();
    let credits = bus
        .ask(json!({ "request": "GetCredits", "session": session }))
        .await;
    assert_eq!(credits["Events"], before["Events"]);
    let explained = bus
        .ask(json!({ "request": "ExplainPerson", "person": "fox", "session": "last" }))
        .await;
    assert_eq!(explained["events"][0]["kind"], "Twitch.Raid", "{explained}");
    let rolled = bus
        .ask(json!({ "request": "RollCredits", "session": session, "seconds": 60 }))
        .await;
    assert_eq!(rolled["status"], "ok", "{rolled}");
    let roll = crate::overlay::report(&mut bus, "idle", &Value::Null).await;
    let sections = roll["roll"]["sections"].to_string();
    assert!(
        sections.contains("Fox") && !sections.contains("Owl"),
        "{sections}"
    );
    bridge.stop().await;
}
