//! Ended sessions are listed, shown and rolled over OBS.

use serde_json::{Value, json};

use twitchat_bridge::config::Config;
use twitchat_bridge::request::Guarded;

use crate::support::{Bridge, Bus, Process, Site, on_both};

on_both!(
    the_session_before_is_listed_shown_and_rolled,
    sessions_that_are_changed_are_the_same_after_a_kill,
    an_earlier_session_is_corrected_and_so_it_is_after_a_kill,
    a_session_is_deleted_only_if_the_config_allows_it,
);

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

async fn done(bus: &mut Bus, request: Value) -> Value {
    let reply = bus.ask(request.clone()).await;
    assert_eq!(reply["status"], "ok", "{request}: {reply}");
    reply
}

/// The number, end and rows of each session, and its raiders.
async fn sessions(bus: &mut Bus) -> Vec<(Value, Value, Value, Value)> {
    let list = done(bus, json!({ "request": "ListSessions" })).await;
    let mut sessions = Vec::new();
    for session in list["sessions"].as_array().unwrap() {
        let id = session["id"].clone();
        let credits = done(bus, json!({ "request": "GetCredits", "session": id })).await;
        let raids = credits["Events"]["Raided"].clone();
        let (ended, rows) = (session["ended"].clone(), session["rows"].clone());
        sessions.push((id, ended, rows, raids));
    }
    sessions
}

async fn sessions_that_are_changed_are_the_same_after_a_kill(site: Site) {
    let mut bridge = Process::on(&site).await;
    let mut bus = Bus::connect(&site).await;
    bus.ask(raid("7", "Fox")).await;
    done(&mut bus, json!({ "request": "ClearCredits" })).await;
    bus.ask(raid("8", "Owl")).await;
    let halves = done(&mut bus, json!({ "request": "GetSession", "session": 2 })).await;
    let began: jiff::Timestamp = halves["session"]["started"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let at = began.as_millisecond() + 1;
    let at = jiff::Timestamp::from_millisecond(at).unwrap().to_string();
    let changes = [
        (
            json!({ "request": "ReopenSession", "session": "last" }),
            json!([[2, ["Owl"]], [1, ["Fox"]]]),
        ),
        (
            json!({ "request": "JoinSessions", "sessions": [1, 2] }),
            json!([[1, ["Fox", "Owl"]]]),
        ),
        (
            json!({ "request": "SplitSession", "session": 1, "at": at }),
            json!([[3, ["Owl"]], [1, ["Fox"]]]),
        ),
        (
            json!({ "request": "ReopenSession", "session": 1 }),
            json!([[3, ["Owl"]], [1, ["Fox"]]]),
        ),
    ];
    for (change, expected) in changes {
        done(&mut bus, change.clone()).await;
        let before = sessions(&mut bus).await;
        let shown = before.iter().map(|(id, .., raids)| json!([id, raids]));
        assert_eq!(shown.collect::<Value>(), expected, "{change}");
        let status = bus.status().await["session"]["id"].clone();
        bridge = Process::with_journal(&site, bridge.kill()).await;
        assert_eq!(sessions(&mut bus).await, before, "{change}");
        assert_eq!(bus.status().await["session"]["id"], status);
    }
    bus.ask(raid("9", "Elk")).await;
    let credits = bus.credits().await;
    assert_eq!(credits["Events"]["Raided"], json!(["Fox", "Elk"]));
    let roll = done(
        &mut bus,
        json!({ "request": "RollCredits", "session": 3, "seconds": 60 }),
    );
    roll.await;
    let roll = crate::overlay::report(&mut bus, "idle", &Value::Null).await;
    let sections = roll["roll"]["sections"].to_string();
    assert!(
        sections.contains("Owl") && !sections.contains("Fox"),
        "{sections}"
    );
    bridge.kill();
}

async fn an_earlier_session_is_corrected_and_so_it_is_after_a_kill(site: Site) {
    let bridge = Process::on(&site).await;
    let mut bus = Bus::connect(&site).await;
    bus.ask(raid("7", "Fox")).await;
    bus.ask(raid("8", "Owl")).await;
    done(&mut bus, json!({ "request": "ClearCredits" })).await;
    bus.ask(raid("8", "Owl")).await;
    let credits = json!({ "request": "GetCredits", "session": 1, "extended": true });
    let credits = done(&mut bus, credits).await;
    let entry = credits["extended"]["Raided"][0]["entry"].clone();
    let remove = json!({ "request": "EditCredits", "session": 1, "edit": "remove",
        "entry": entry });
    let removed = done(&mut bus, remove).await;
    assert_eq!(removed["edit"]["of"]["name"], "Fox", "{removed}");
    let rename = json!({ "request": "EditCredits", "session": 1, "edit": "rename",
        "person": "owl", "name": "Night Owl" });
    let renamed = done(&mut bus, rename).await;
    let warning = renamed["warnings"][0].as_str().unwrap();
    assert!(warning.contains("all sessions"), "{renamed}");
    let raids = |sessions: Vec<(Value, Value, Value, Value)>| -> Value {
        sessions.into_iter().map(|(.., raids)| raids).collect()
    };
    let expected = json!([["Night Owl"], ["Night Owl"]]);
    assert_eq!(raids(sessions(&mut bus).await), expected);
    let bridge = Process::with_journal(&site, bridge.kill()).await;
    assert_eq!(raids(sessions(&mut bus).await), expected);
    let undo = json!({ "request": "Undo", "session": 1, "steps": 2 });
    done(&mut bus, undo).await;
    let bridge = Process::with_journal(&site, bridge.kill()).await;
    let expected = json!([["Owl"], ["Fox", "Owl"]]);
    assert_eq!(raids(sessions(&mut bus).await), expected);
    bridge.kill();
}

async fn a_session_is_deleted_only_if_the_config_allows_it(site: Site) {
    let bridge = Bridge::on(&site).await;
    let mut bus = Bus::connect(&site).await;
    let delete = json!({ "request": "DeleteSession", "session": "last" });
    let refused = bus.ask(delete.clone()).await;
    let error = refused["error"].as_str().unwrap();
    assert!(error.contains("\"delete-session\""), "{refused}");
    bridge.stop().await;
    let mut config = Config::default();
    config.bus.allow = vec![Guarded::DeleteSession];
    let bridge = Bridge::with(&site, config).await;
    bus.ask(raid("7", "Fox")).await;
    done(&mut bus, json!({ "request": "ClearCredits" })).await;
    bus.ask(raid("8", "Owl")).await;
    let deleted = done(&mut bus, delete).await;
    assert_eq!(deleted["deleted"]["rows"], 1, "{deleted}");
    let left = sessions(&mut bus).await;
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0].3, json!(["Owl"]));
    bridge.stop().await;
}
