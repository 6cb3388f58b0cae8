//! The core driven by hand: inputs in, effects out, and a replay of its own writes.

mod bench;
mod bridges;
mod events;
mod gifts;
mod limits;
mod replay;
mod roll;
mod rules;
mod sessions;
mod summary;

use serde_json::{Value, json};

use super::{
    journal::{Row, Seq, Session, Write},
    port::{Effect, Input, Kept, Now, ObsInfo, Run, Settings},
    *,
};
use bench::*;

#[test]
fn the_captured_messages_give_these_credits() {
    let mut bench = Bench::up();
    for line in show() {
        bench.hear(&line);
    }
    insta::assert_json_snapshot!(bench.credits());
    insta::assert_json_snapshot!(serde_json::to_value(bench.core.counts).unwrap());
}

#[test]
fn a_restart_changes_nothing() {
    let mut bench = Bench::up();
    for line in show() {
        bench.hear(&line);
        bench.pass(700);
    }
    bench.ask(json!({ "request": "PublishEvent", "id": 1, "eventId": "raid-1", "publish": { "source": "twitch", "type": "raid" },
        "data": { "userId": "42", "userName": "fox", "displayName": "Fox", "viewers": 12 } }));
    bench.ask(json!({ "request": "AddToCredits", "id": 2, "section": "Thanks", "value": "Everyone" }));
    let before = bench.credits();
    let mut after = bench.restarted();
    assert_eq!(before, after.credits());
    let mut twice = after.restarted();
    assert_eq!(before, twice.credits());
}

#[test]
fn a_repeated_id_counts_once_even_after_a_restart() {
    let mut bench = Bench::up();
    let follow = json!({ "origin": "twitchat", "type": "FOLLOW", "id": "f1", "data": { "user": { "id": "7", "login": "zed", "displayName": "Zed" } } });
    bench.hear(&follow.to_string());
    bench.hear(&follow.to_string());
    let mut after = bench.restarted();
    after.hear(&follow.to_string());
    assert_eq!((bench.core.counts.duplicates, after.core.counts.duplicates), (1, 1));
    assert_eq!(after.credits()["extended"]["Follows"][0]["count"], 1);
}

#[test]
fn a_reply_waits_until_what_came_before_it_is_on_disk() {
    let mut bench = Bench::up();
    bench.commits = false;
    bench.sent();
    bench.twitchat("FOLLOW", json!({ "user": { "id": "7", "login": "zed", "displayName": "Zed" } }));
    let before = bench.writes;
    bench.hear(r#"{"request":"GetCredits","id":"a"}"#);
    assert!(bench.sent().iter().all(|message| message.get("status").is_none()), "nothing is durable yet");
    bench.input(Input::Durable { writes: before - 1 });
    assert!(bench.sent().iter().all(|message| message.get("status").is_none()));
    bench.input(Input::Durable { writes: bench.writes });
    let replies = bench.sent();
    assert_eq!((replies[0]["id"].as_str(), names(&replies[0]["Events"]["Follows"])), (Some("a"), vec!["Zed"]));
}

#[test]
fn a_store_that_fails_makes_errors_not_promises() {
    let mut bench = Bench::up();
    bench.commits = false;
    bench.twitchat("FOLLOW", json!({ "user": { "id": "7", "login": "zed", "displayName": "Zed" } }));
    bench.hear(r#"{"request":"GetCredits","id":"a"}"#);
    bench.sent();
    bench.input(Input::StoreFailed("disk full".into()));
    bench.hear(r#"{"request":"ClearCredits","id":"b"}"#);
    bench.hear(r#"{"request":"GetStatus","id":"c"}"#);
    let replies = bench.sent();
    let outcome: Vec<_> = replies.iter().map(|reply| (reply["id"].as_str().unwrap(), reply["status"].as_str().unwrap())).collect();
    assert_eq!(outcome, [("a", "error"), ("b", "error"), ("c", "ok")]);
    assert!(replies[0]["error"].as_str().unwrap().contains("disk full"));
    bench.input(Input::StoreHealed);
    bench.input(Input::Durable { writes: bench.writes });
    bench.commits = true;
    assert_eq!(names(&bench.credits()["Events"]["Follows"]), ["Zed"], "nothing was lost meanwhile");
}

#[test]
fn clearing_begins_a_session_and_leaves_the_leaderboards() {
    let mut bench = Bench::up();
    bench.twitchat("BITS", json!({ "channel": "1", "bits": 100, "user": { "id": "7", "login": "zed", "displayName": "Zed" } }));
    assert_eq!(bench.ask(json!({ "request": "ClearCredits", "id": 1 }))["status"], "ok");
    let credits = bench.credits();
    assert_eq!((names(&credits["Events"]["Cheers"]), names(&credits["TopBits"]["All"])), (vec![], vec!["Zed"]));
    assert_eq!((bench.sessions.len(), &*bench.core.session().cause), (2, "clear"));
    assert_eq!(bench.restarted().credits(), credits);
}

#[test]
fn test_credits_have_every_section_and_touch_nothing() {
    let mut bench = Bench::up();
    let writes = bench.writes;
    let test = bench.ask(json!({ "request": "TestCredits", "id": 1, "spelling": "seed" }));
    for (section, names) in test["Events"].as_object().unwrap() {
        assert!(!names.as_array().unwrap().is_empty(), "{section}");
    }
    assert_eq!(bench.writes, writes);
    assert!(bench.credits()["Events"].as_object().unwrap().values().all(|list| list.as_array().unwrap().is_empty()));
    bench.twitchat("FOLLOW", json!({ "user": { "id": "7", "login": "zed", "displayName": "Zed" } }));
    let test = bench.ask(json!({ "request": "TestCredits", "id": 1, "spelling": "seed" }));
    assert_eq!(names(&test["User"]["Users"]), ["Zed"], "people seen take the place of invented ones");
}

#[test]
fn limit_cuts_lists_and_says_so() {
    let mut bench = Bench::up();
    for id in 1..=5 {
        bench.twitchat("FOLLOW", json!({ "user": { "id": id.to_string(), "login": format!("p{id}"), "displayName": format!("P{id}") } }));
    }
    let reply = bench.ask(json!({ "request": "GetCredits", "id": 1, "limit": 2 }));
    assert_eq!((names(&reply["events"]["follows"]), &reply["limited"]), (vec!["P1", "P2"], &json!(true)));
    assert!(bench.ask(json!({ "request": "GetCredits", "id": 1 })).get("limited").is_none());
}

#[test]
fn forbidden_types_and_strange_ones_change_nothing() {
    let mut bench = Bench::up();
    let rows = bench.rows.len();
    bench.sent();
    for kind in ["ON_OBS_WEBSOCKET_CONNECTED", "OBS_SCENE_CHANGE", "obs_stream_state", "SOMETHING_NEW", "CHAT_FEED_READ"] {
        bench.twitchat(kind, json!({ "user": { "id": "7" } }));
    }
    bench.hear(r#"{"origin":"twitchat","type":"FOLLOW","data":{"user":["1","zed"]}}"#);
    bench.hear(r#"{"origin":"twitchat"}"#);
    bench.hear(r#"{"request":7}"#);
    assert!(bench.sent().iter().all(|message| message.get("status").is_none()));
    let counts = bench.core.counts;
    assert_eq!((bench.rows.len(), counts.forbidden, counts.unknown, counts.actions, counts.bad), (rows, 3, 1, 1, 2));
}

#[test]
fn polls_end_and_predictions_are_cancelled_by_a_message_without_data() {
    let mut bench = Bench::up();
    for line in [38, 39, 40, 41, 44, 47] {
        bench.hear(&fixture("twitchat_examples.ndjson")[line - 1]);
        bench.pass(600);
    }
    let told: Vec<_> = bench
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Told { event, .. } => Some(event.name.to_string()),
            _ => None,
        })
        .filter(|name: &String| name.starts_with("Twitch."))
        .collect();
    assert_eq!(
        told,
        ["Twitch.PollCreated", "Twitch.PollUpdated", "Twitch.PollCompleted", "Twitch.PredictionCreated", "Twitch.PredictionCanceled"]
    );
}

#[test]
fn a_configured_broadcaster_leaves_other_channels_out() {
    let settings = Settings { broadcaster: Person::new("48210953", "nordlicht_tv", ""), ..settings() };
    let mut bench = Bench::with(settings, &[], Seq(0), &Kept::default(), START_MS);
    bench.input(Input::Up(info()));
    for line in show() {
        bench.hear(&line);
    }
    assert!(bench.core.counts.elsewhere > 0);
    assert!(!names(&bench.credits()["Events"]["Subs"]).contains(&"Lena_Pixel"), "of channel 81726354");
}
