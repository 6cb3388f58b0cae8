//! Tests the bridge without a shell. The tests pass inputs, check effects, and replay the bridge's
//! own writes.

mod archives;
mod bans;
mod bench;
mod bridges;
mod documented;
mod edits;
mod events;
mod following;
mod forget;
mod gifts;
mod limits;
mod obs_events;
mod pages;
mod raids;
mod refunds;
mod renames;
mod replay;
mod replies;
mod roll;
mod roll_content;
mod roll_guests;
mod roll_restart;
mod rule_test;
mod rules;
mod scenes;
mod services;
mod session_changes;
mod session_edits;
mod session_property;
mod sessions;
mod set_setting;
mod summary;
mod twins;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    io::{Effect, Input, LearntMeta, MetaValues, Now, ObsInfo, Run, Settings},
    journal::{Row, RowOrigin, Seq, Session, Write},
    *,
};
use crate::event::Person;
use bench::*;

#[test]
fn the_captured_messages_give_these_credits() {
    let mut bench = Bench::up();
    for line in show() {
        bench.receive(&line);
    }
    insta::assert_json_snapshot!(bench.credits());
    insta::assert_json_snapshot!(status::counts(&bench.bridge.parts));
}

#[test]
fn a_restart_changes_nothing() {
    let mut bench = Bench::up();
    for line in show() {
        bench.receive(&line);
        bench.pass(700);
    }
    bench.ask(
        json!({ "request": "PublishEvent", "id": 1, "eventId": "raid-1",
        "publish": { "source": "twitch", "type": "raid" },
        "data": { "userId": "42", "userName": "fox", "displayName": "Fox", "viewers": 12 } }),
    );
    bench.ask(
        json!({ "request": "AddToCredits", "id": 2, "section": "Thanks", "value": "Everyone" }),
    );
    let before = bench.credits();
    let mut after = bench.restarted();
    assert_eq!(before, after.credits());
    let mut twice = after.restarted();
    assert_eq!(before, twice.credits());
}

#[test]
fn a_repeated_id_counts_once_even_after_a_restart() {
    let mut bench = Bench::up();
    let follow = json!({ "origin": "twitchat", "type": "FOLLOW", "id": "f1",
        "data": { "user": { "id": "7", "login": "zed", "displayName": "Zed" } } });
    bench.receive(&follow.to_string());
    bench.receive(&follow.to_string());
    let mut after = bench.restarted();
    after.receive(&follow.to_string());
    assert_eq!(
        (
            bench.bridge.parts.base.counts.messages.duplicates,
            after.bridge.parts.base.counts.messages.duplicates
        ),
        (1, 1)
    );
    assert_eq!(after.credits()["extended"]["Follows"][0]["count"], 1);
}

#[test]
fn a_reply_waits_until_what_came_before_it_is_on_disk() {
    let mut bench = Bench::up();
    bench.commits = false;
    bench.sent();
    bench.twitchat(
        "FOLLOW",
        json!({ "user": { "id": "7", "login": "zed", "displayName": "Zed" } }),
    );
    let before = bench.writes;
    bench.receive(r#"{"request":"GetCredits","id":"a"}"#);
    assert!(
        bench
            .sent()
            .iter()
            .all(|message| message.get("status").is_none()),
        "nothing is durable yet"
    );
    bench.input(Input::Durable { writes: before - 1 });
    assert!(
        bench
            .sent()
            .iter()
            .all(|message| message.get("status").is_none())
    );
    bench.input(Input::Durable {
        writes: bench.writes,
    });
    let replies = bench.sent();
    assert_eq!(
        (
            replies[0]["id"].as_str(),
            names(&replies[0]["Events"]["Follows"])
        ),
        (Some("a"), vec!["Zed"])
    );
}

/// A bridge that counts a follow, and whose store then fails.
fn with_a_failed_store() -> Bench {
    let mut bench = Bench::up();
    bench.commits = false;
    bench.twitchat(
        "FOLLOW",
        json!({ "user": { "id": "7", "login": "zed", "displayName": "Zed" } }),
    );
    bench.input(Input::StoreFailed("disk full".into()));
    bench
}

#[test]
fn while_the_store_fails_requests_are_answered_from_memory_and_marked() {
    let mut bench = with_a_failed_store();
    let reads = [
        json!({ "request": "GetCredits" }),
        json!({ "request": "TestCredits" }),
        json!({ "request": "GetActiveViewers" }),
        json!({ "request": "Subscribe", "events": { "Twitch": ["Follow"] } }),
        json!({ "request": "UnSubscribe", "events": { "Twitch": ["Follow"] } }),
        json!({ "request": "GetRoll" }),
        json!({ "request": "RollCredits", "test": true }),
        json!({ "request": "ControlCredits", "command": "pause" }),
        json!({ "request": "OverlayReport", "page": "credits", "state": "idle" }),
        json!({ "request": "StopCredits" }),
        json!({ "request": "PublishEvent", "publish": { "source": "General", "type": "Custom" },
            "data": {} }),
    ];
    for request in reads {
        let reply = bench.ask(&request);
        assert_eq!(
            (&reply["status"], &reply["durable"]),
            (&json!("ok"), &json!(false)),
            "{request}: {reply}"
        );
    }
    let credits = bench.ask(json!({ "request": "GetCredits" }));
    assert_eq!(names(&credits["Events"]["Follows"]), ["Zed"]);
    for request in [
        json!({ "request": "GetInfo" }),
        json!({ "request": "GetStatus" }),
    ] {
        let reply = bench.ask(&request);
        assert_eq!(
            (&reply["status"], reply.get("durable")),
            (&json!("ok"), None),
            "{request}"
        );
    }
    let store = bench.ask(json!({ "request": "GetStatus" }))["store"].clone();
    assert_eq!(store["error"], "disk full");
    assert_eq!(
        store["waiting"].as_u64().unwrap(),
        bench.writes - store["durable"].as_u64().unwrap(),
        "{store}"
    );

    bench.input(Input::StoreHealed);
    bench.input(Input::Durable {
        writes: bench.writes,
    });
    bench.commits = true;
    let credits = bench.ask(json!({ "request": "GetCredits" }));
    assert_eq!(
        (names(&credits["Events"]["Follows"]), credits.get("durable")),
        (vec!["Zed"], None)
    );
}

#[test]
fn what_has_to_be_stored_is_refused_while_the_store_fails_and_changes_nothing() {
    let mut bench = with_a_failed_store();
    let raid = |id: Option<&str>| {
        json!({ "request": "PublishEvent", "publish": { "source": "Twitch", "type": "Raid" },
            "eventId": id,
        "data": { "userId": "42", "userName": "fox", "displayName": "Fox", "viewers": 12 } })
    };
    let writes = bench.writes;
    let named = json!({ "request": "PublishEvent", "publish": { "source": "General",
        "type": "Custom" }, "data": {}, "eventId": "only-once" });
    let stored = [
        json!({ "request": "ClearCredits" }),
        json!({ "request": "AddToCredits", "section": "Thanks", "value": "Everyone" }),
        raid(None),
        raid(Some("raid-1")),
        named,
    ];
    for request in stored {
        let reply = bench.ask(&request);
        let error = reply["error"]
            .as_str()
            .unwrap_or_else(|| panic!("{request}: {reply}"));
        assert!(
            error.contains("cannot store this") && error.contains("disk full"),
            "{error}"
        );
    }
    assert_eq!(bench.writes, writes);
    bench.input(Input::StoreHealed);
    bench.commits = true;
    assert_eq!(
        bench.ask(raid(Some("raid-1")))["published"]["repeat"],
        false,
        "the refused one did not take the id"
    );
}

/// Id, status and durability of each reply.
fn outcome(replies: &[Value]) -> Vec<(&str, &str, Option<&Value>)> {
    let replies = replies.iter().filter(|reply| reply.get("status").is_some());
    replies
        .map(|reply| {
            (
                reply["id"].as_str().unwrap(),
                reply["status"].as_str().unwrap(),
                reply.get("durable"),
            )
        })
        .collect()
}

#[test]
fn replies_that_wait_when_the_store_fails_go_out_at_once_and_say_what_is_done() {
    let mut bench = Bench::up();
    bench.commits = false;
    bench.twitchat(
        "FOLLOW",
        json!({ "user": { "id": "7", "login": "zed", "displayName": "Zed" } }),
    );
    bench.receive(r#"{"request":"GetCredits","id":"read"}"#);
    bench.receive(
        r#"{"request":"AddToCredits","id":"stored","section":"Thanks","value":"Everyone"}"#,
    );
    bench.receive(r#"{"request":"Dance","id":"wrong"}"#);
    bench.receive(r#"{"request":"GetInfo","id":"info"}"#);
    let at_once = bench.sent();
    assert_eq!(
        outcome(&at_once),
        [("wrong", "error", None), ("info", "ok", None)],
        "neither waits for the disk"
    );
    bench.input(Input::StoreFailed("disk full".into()));
    let replies = bench.sent();
    assert_eq!(
        outcome(&replies),
        [
            ("read", "ok", Some(&json!(false))),
            ("stored", "error", None)
        ]
    );
    let error = replies[1]["error"].as_str().unwrap();
    assert!(
        error.contains("counted in memory") && error.contains("Do not send it again"),
        "{error}"
    );
    let credits = bench.ask(json!({ "request": "GetCredits" }));
    assert_eq!(credits["Custom"]["Thanks"], json!(["Everyone"]));
}

#[test]
fn a_repeat_of_what_is_counted_but_not_stored_yet_is_no_error() {
    let mut bench = Bench::up();
    bench.commits = false;
    let raid = json!({ "request": "PublishEvent", "publish": { "source": "Twitch",
        "type": "Raid" }, "eventId": "raid-1",
        "data": { "userId": "42", "userName": "fox", "displayName": "Fox", "viewers": 12 } });
    bench.receive(&raid.to_string());
    bench.input(Input::StoreFailed("disk full".into()));
    let again = bench.ask(raid);
    assert_eq!(
        (&again["published"]["repeat"], &again["durable"]),
        (&json!(true), &json!(false)),
        "{again}"
    );
}

#[test]
fn once_entries_are_lost_credits_say_for_the_rest_of_the_run_that_they_are_not_durable() {
    let mut bench = Bench::up();
    bench.input(Input::StoreNoted {
        text: "entries 1 to 7 are lost".into(),
        lost: true,
    });
    let durable = |bench: &mut Bench, request: Value| bench.ask(request).get("durable").cloned();
    assert_eq!(
        durable(&mut bench, json!({ "request": "GetCredits" })),
        Some(json!(false))
    );
    assert_eq!(
        durable(
            &mut bench,
            json!({ "request": "AddToCredits", "section": "Thanks", "value": "Everyone" })
        ),
        None
    );
    assert_eq!(
        durable(&mut bench, json!({ "request": "ClearCredits" })),
        None
    );
    assert_eq!(
        durable(&mut bench, json!({ "request": "RollCredits" })),
        Some(json!(false)),
        "leaderboards have lost entries too"
    );
    let store = bench.ask(json!({ "request": "GetStatus" }))["store"].clone();
    assert_eq!(
        (&store["lost"], &store["notes"][0]["text"]),
        (&json!(true), &json!("entries 1 to 7 are lost"))
    );
}

#[test]
fn clearing_begins_a_session_and_leaves_the_leaderboards() {
    let mut bench = Bench::up();
    bench.twitchat(
        "BITS",
        json!({ "channel": "1", "bits": 100, "user": { "id": "7",
        "login": "zed", "displayName": "Zed" } }),
    );
    assert_eq!(
        bench.ask(json!({ "request": "ClearCredits", "id": 1 }))["status"],
        "ok"
    );
    let credits = bench.credits();
    assert_eq!(
        (
            names(&credits["Events"]["Cheers"]),
            names(&credits["TopBits"]["All"])
        ),
        (vec![], vec!["Zed"])
    );
    assert_eq!(
        (bench.sessions.len(), &*bench.bridge.session().cause),
        (2, "clear")
    );
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
    assert!(
        bench.credits()["Events"]
            .as_object()
            .unwrap()
            .values()
            .all(|list| list.as_array().unwrap().is_empty())
    );
    bench.twitchat(
        "FOLLOW",
        json!({ "user": { "id": "7", "login": "zed", "displayName": "Zed" } }),
    );
    let test = bench.ask(json!({ "request": "TestCredits", "id": 1, "spelling": "seed" }));
    assert_eq!(
        names(&test["User"]["Users"]),
        ["Zed"],
        "people seen take the place of invented ones"
    );
}

#[test]
fn limit_cuts_lists_and_says_so() {
    let mut bench = Bench::up();
    for id in 1..=5 {
        bench.twitchat(
            "FOLLOW",
            json!({ "user": { "id": id.to_string(), "login": format!("p{id}"),
            "displayName": format!("P{id}") } }),
        );
    }
    let reply = bench.ask(json!({ "request": "GetCredits", "id": 1, "limit": 2 }));
    assert_eq!(
        (names(&reply["events"]["follows"]), &reply["limited"]),
        (vec!["P1", "P2"], &json!(true))
    );
    assert!(
        bench
            .ask(json!({ "request": "GetCredits", "id": 1 }))
            .get("limited")
            .is_none()
    );
}

#[test]
fn forbidden_types_and_strange_ones_change_nothing() {
    let mut bench = Bench::up();
    let rows = bench.rows.len();
    bench.sent();
    for kind in [
        "ON_OBS_WEBSOCKET_CONNECTED",
        "OBS_SCENE_CHANGE",
        "obs_stream_state",
        "SOMETHING_NEW",
        "CHAT_FEED_READ",
    ] {
        bench.twitchat(kind, json!({ "user": { "id": "7" } }));
    }
    bench.receive(r#"{"origin":"twitchat","type":"FOLLOW","data":{"user":["1","zed"]}}"#);
    bench.receive(r#"{"origin":"twitchat"}"#);
    bench.receive(r#"{"request":7}"#);
    assert!(
        bench
            .sent()
            .iter()
            .all(|message| message.get("status").is_none())
    );
    let (counts, bus) = (
        bench.bridge.parts.base.counts.messages,
        bench.bridge.parts.base.counts.bus,
    );
    assert_eq!(
        (
            bench.rows.len(),
            counts.forbidden,
            counts.unknown,
            counts.actions,
            bus.invalid
        ),
        (rows, 3, 1, 1, 2)
    );
}

#[test]
fn polls_end_and_predictions_are_cancelled_by_a_message_without_data() {
    let mut bench = Bench::up();
    for line in [38, 39, 40, 41, 44, 47] {
        bench.receive(&fixture("twitchat_examples.ndjson")[line - 1]);
        bench.pass(600);
    }
    let emitted: Vec<_> = bench
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Emitted { event, .. } => Some(event.name.to_string()),
            _ => None,
        })
        .filter(|name: &String| name.starts_with("Twitch."))
        .collect();
    assert_eq!(
        emitted,
        [
            "Twitch.PollCreated",
            "Twitch.PollUpdated",
            "Twitch.PollCompleted",
            "Twitch.PredictionCreated",
            "Twitch.PredictionCanceled"
        ]
    );
}

#[test]
fn a_configured_broadcaster_leaves_other_channels_out() {
    let settings = Settings {
        broadcaster: Person::new("48210953", "nordlicht_tv", ""),
        ..settings()
    };
    let mut bench = Bench::with(settings, &[], Seq(0), &MetaValues::default(), START_MS);
    bench.input(Input::Up(info()));
    for line in show() {
        bench.receive(&line);
    }
    assert!(bench.bridge.parts.base.counts.messages.elsewhere > 0);
    assert!(
        !names(&bench.credits()["Events"]["Subs"]).contains(&"Lena_Pixel"),
        "of channel 81726354"
    );
}
