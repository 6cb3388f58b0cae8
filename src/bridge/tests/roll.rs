//! Tests the roll of the end credits with requests, pages, scenes and Twitchat's buttons. No order
//! of events may block it.

use proptest::prelude::*;

use super::*;
use crate::{
    bridge::io::Overlay,
    credits::roll::{CreditsPlan, doubt_of_theme},
};

const PAGE: &str = "page-1";

pub(super) fn overlay() -> Overlay {
    Overlay {
        scene: "Credits".into(),
        source: "End credits".into(),
        ..Overlay::default()
    }
}

pub(super) fn bench_with(overlay: Overlay) -> Bench {
    let mut bench = Bench::with(
        Settings {
            overlay,
            ..settings()
        },
        &[],
        Seq(0),
        &MetaValues::default(),
        START_MS,
    );
    bench.input(Input::Scene("Game".into()));
    bench.input(Input::Up(info()));
    bench
}

pub(super) fn bench() -> Bench {
    bench_with(overlay())
}

fn follow(bench: &mut Bench, name: &str) {
    bench.twitchat(
        "FOLLOW",
        json!({ "user": { "id": name, "login": name, "displayName": name } }),
    );
}

pub(super) fn report(bench: &mut Bench, state: &str, roll: &Value, seconds: Option<f64>) -> Value {
    bench.ask(
        json!({ "request": "OverlayReport", "id": 1, "client": PAGE, "page": "credits",
            "state": state, "roll": roll, "seconds": seconds }),
    )
}

/// Short forms of the messages that were sent to pages and to Twitchat since the last call.
pub(super) fn sent(bench: &mut Bench) -> Vec<String> {
    let short = |message: Value| match (message["overlay"].as_str(), message["type"].as_str()) {
        (Some("roll"), _) => Some(format!("roll {} ms", message["roll"]["elapsedMs"])),
        (Some(_), _) => Some(
            format!(
                "{} {}",
                message["command"].as_str().unwrap(),
                message["value"]
            )
            .replace(" null", ""),
        ),
        (None, Some(kind)) if kind.contains("CREDITS") => Some(kind.to_owned()),
        _ => None,
    };
    bench.sent().into_iter().filter_map(short).collect()
}

/// The types of the `Credits` events among the effects so far. It does not clear the effects.
pub(super) fn emitted(bench: &mut Bench) -> Vec<String> {
    let emitted = bench.effects.iter().filter_map(|effect| match effect {
        Effect::Emitted { event, .. } if &*event.name.source == "Credits" => {
            Some(event.name.kind.to_string())
        }
        _ => None,
    });
    emitted.collect()
}

fn handed_to_pages(bench: &Bench) -> Vec<Value> {
    let json = bench.effects.iter().filter_map(|effect| {
        if let Effect::Emit(json) = effect {
            Some(json)
        } else {
            None
        }
    });
    json.map(|json| serde_json::from_str(json).unwrap())
        .collect()
}

/// Puts a scene on air. `shown` is whether it contains the page.
pub(super) fn scene(bench: &mut Bench, name: &str, shown: bool) {
    bench.input(Input::Scene(name.into()));
    bench.input(Input::Shown {
        scene: name.into(),
        shown: Ok(shown),
    });
}

#[test]
fn a_roll_is_sent_reported_and_completed() {
    let mut bench = bench_with(Overlay {
        wait_ms: 0,
        ..overlay()
    });
    follow(&mut bench, "Zed");
    let reply = bench.ask(json!({ "request": "RollCredits", "id": 1 }));
    assert_eq!(
        (
            &reply["state"],
            &reply["pages"],
            &reply["shown"],
            &reply["test"]
        ),
        (&json!("rolling"), &json!(0), &json!(false), &json!(false))
    );
    let roll = reply["roll"].clone();
    assert!(Uuid::parse_str(roll.as_str().unwrap()).is_ok());
    assert_eq!(emitted(&mut bench), [""; 0], "ask() took the effects");

    let late = report(&mut bench, "idle", &Value::Null, None);
    assert_eq!(
        (
            &late["roll"]["id"],
            &late["roll"]["elapsedMs"],
            &late["roll"]["paused"],
            &late["roll"]["rate"]
        ),
        (&roll, &json!(0), &json!(false), &json!(1.0))
    );
    assert_eq!(late["roll"]["sections"][0]["names"][0]["name"], "Zed");
    assert!(
        report(&mut bench, "rolling", &roll, Some(20.0))
            .get("roll")
            .is_none()
    );
    bench.pass(19_000);
    report(&mut bench, "rolling", &roll, Some(20.0));
    bench.pass(30_000);
    assert_eq!(
        emitted(&mut bench),
        [""; 0],
        "a connected page reports the end"
    );
    assert_eq!(sent(&mut bench), ["CREDITS_OVERLAY_PRESENCE"; 2]);
    bench.receive(
        &json!({ "request": "OverlayReport", "client": PAGE, "state": "complete", "roll": roll })
            .to_string(),
    );
    assert_eq!(
        (emitted(&mut bench), sent(&mut bench)),
        (
            vec!["Completed".to_owned()],
            vec!["ENDING_CREDITS_COMPLETE".to_owned()]
        )
    );
    assert!(
        report(&mut bench, "complete", &roll, None)
            .get("roll")
            .is_none()
    );
    assert_eq!(
        bench.ask(json!({ "request": "GetStatus", "id": 1 }))["overlay"]["roll"],
        Value::Null
    );
}

#[test]
fn a_theme_that_the_page_does_not_have_is_reported_in_the_reply() {
    let mut bench = bench();
    let mut warnings = |theme: &str| {
        let reply = bench.ask(json!({ "request": "RollCredits", "id": 1, "theme": theme }));
        assert_eq!(reply["status"], "ok");
        reply["warnings"][0].as_str().map(ToOwned::to_owned)
    };
    let doubt = warnings("neno").unwrap();
    assert!(doubt.ends_with("did you mean neon?"), "{doubt}");
    assert_eq!(warnings("neon"), None);
    let mut look = |theme: &str| {
        bench.ask(
            json!({ "request": "ControlCredits", "id": 1, "command": "look",
            "value": { "theme": theme } }),
        )["warnings"][0]
            .clone()
    };
    assert_eq!(
        (look("papr"), look("paper")),
        (doubt_of_theme("papr").into(), Value::Null)
    );
}

#[test]
fn without_pages_a_roll_takes_as_long_as_was_estimated() {
    let mut bench = bench();
    let reply = bench.ask(json!({ "request": "RollCredits", "id": 1, "seconds": 30 }));
    assert_eq!(reply["seconds"], json!(30.0));
    bench.pass(29_000);
    assert_eq!(emitted(&mut bench), [""; 0]);
    bench.pass(1_500);
    assert_eq!(emitted(&mut bench), ["Completed"]);
}

#[test]
fn a_page_that_is_gone_does_not_keep_a_roll_from_its_end() {
    let mut bench = bench();
    let roll =
        bench.ask(json!({ "request": "RollCredits", "id": 1, "seconds": 30 }))["roll"].clone();
    report(&mut bench, "rolling", &roll, Some(30.0));
    bench.pass(49_000);
    assert_eq!(emitted(&mut bench), [""; 0]);
    bench.pass(2_000);
    assert_eq!(emitted(&mut bench), ["Completed"]);
}

#[test]
fn a_wrong_time_to_go_to_is_named() {
    let mut bench = bench_with(overlay());
    let goto = json!({ "request": "ControlCredits", "id": 1, "command": "goto", "at": "soon" });
    let error = bench.ask(goto)["error"].clone();
    assert!(
        error.as_str().unwrap().starts_with("`at` must be"),
        "{error}"
    );
}

#[test]
fn controls_move_the_roll_and_are_numbered() {
    let mut bench = bench_with(Overlay {
        wait_ms: 0,
        ..overlay()
    });
    follow(&mut bench, "Zed");
    bench.twitchat(
        "BITS",
        json!({ "user": { "id": "7", "login": "anna", "displayName": "Anna" }, "bits": 5 }),
    );
    let ask = |bench: &mut Bench, request: Value| {
        let mut request = request;
        request["request"] = "ControlCredits".into();
        request["id"] = 1.into();
        bench.receive(&request.to_string());
        let sent = bench.sent();
        let control = sent
            .iter()
            .find(|message| message["overlay"] == "control")
            .cloned();
        (
            control.unwrap_or_default(),
            sent.iter()
                .find(|message| message.get("status").is_some())
                .unwrap()
                .clone(),
        )
    };
    let (_, refused) = ask(&mut bench, json!({ "command": "pause" }));
    assert_eq!(
        (&refused["status"], &refused["error"]),
        (
            &json!("error"),
            &json!("no credits roll: RollCredits begins them")
        )
    );
    let roll = bench.ask(json!({ "request": "RollCredits", "id": 1 }))["roll"].clone();
    bench.pass(1_000);
    let (control, reply) = ask(&mut bench, json!({ "command": "pause" }));
    assert_eq!(
        (
            &control["seq"],
            &control["roll"],
            &control["elapsedMs"],
            &reply["state"]
        ),
        (&json!(1), &roll, &json!(1_000), &json!("paused"))
    );
    bench.pass(5_000);
    assert_eq!(
        ask(&mut bench, json!({ "command": "resume" })).1["elapsedMs"],
        json!(1_000)
    );
    assert_eq!(
        ask(&mut bench, json!({ "command": "goto", "value": "cheers" })).0["value"],
        json!("cheers")
    );
    let by_number = ask(&mut bench, json!({ "command": "goto", "value": 1 }));
    assert_eq!(
        (&by_number.0["value"], &by_number.0["seq"]),
        (&json!("cheers"), &json!(4))
    );
    let (control, reply) = ask(&mut bench, json!({ "command": "goto", "at": 2_500 }));
    assert_eq!(
        (&control["at"], &control["value"], &reply["elapsedMs"]),
        (&json!(2_500), &Value::Null, &json!(2_500))
    );
    let (_, refused) = ask(&mut bench, json!({ "command": "goto", "value": "nowhere" }));
    assert_eq!(
        refused["error"],
        "there is no such section in this roll; there are: follows, cheers, thanks"
    );
    assert_eq!(
        ask(&mut bench, json!({ "command": "speed", "value": -2 })).0["value"],
        json!(-2.0)
    );
    let look = ask(
        &mut bench,
        json!({ "command": "look", "value": { "theme": "neon" } }),
    )
    .0;
    assert_eq!(look["value"], json!({ "theme": "neon" }));
    let late = report(&mut bench, "idle", &Value::Null, None);
    assert_eq!(late["roll"]["look"]["theme"], "neon");
    for command in ["next", "previous"] {
        assert_eq!(
            ask(&mut bench, json!({ "command": command })).0["command"],
            command
        );
    }
    let (control, reply) = ask(&mut bench, json!({ "command": "stop" }));
    assert_eq!(
        (&control["command"], &control["roll"], &reply["stopped"]),
        (&json!("stop"), &roll, &json!(true))
    );
    assert_eq!(
        bench.ask(json!({ "request": "StopCredits", "id": 1 }))["stopped"],
        json!(false)
    );
}

#[test]
fn tests_show_a_made_up_audience_and_change_nothing() {
    let mut bench = bench();
    // The roll itself is stored, so that it survives a restart.
    let stored = |bench: &Bench| {
        let mut meta = bench.meta.clone();
        meta.retain(|key, _| !key.starts_with("roll"));
        (bench.rows.clone(), bench.sessions.clone(), meta)
    };
    let before = stored(&bench);
    let options = json!({ "request": "GetRoll", "id": 1, "testAudience": { "names": 300, "seed": 7,
        "emoji": true } });
    let roll = bench.ask(options.clone())["roll"].clone();
    assert_eq!(
        (
            &roll["test"],
            roll["sections"].as_array().unwrap().len() > 8
        ),
        (&json!(true), true)
    );
    let again = bench.ask(options)["roll"].clone();
    assert_eq!(roll["sections"], again["sections"], "the same seed");
    let old_name = json!({ "request": "GetRoll", "id": 1,
        "crowd": { "names": 300, "seed": 7, "emoji": true } });
    let old = bench.ask(old_name)["roll"].clone();
    assert_eq!(
        roll["sections"], old["sections"],
        "under the field's old name"
    );
    bench.ask(json!({ "request": "RollCredits", "id": 1, "test": true }));
    bench.ask(json!({ "request": "StopCredits", "id": 1 }));
    assert_eq!(stored(&bench), before);
    assert!(!sent(&mut bench).contains(&"ENDING_CREDITS_COMPLETE".to_owned()));
}

#[test]
fn a_page_without_a_connection_is_fed_again_and_again() {
    let mut bench = bench_with(Overlay {
        autostart: false,
        ..overlay()
    });
    scene(&mut bench, "Credits", true);
    bench.ask(json!({ "request": "RollCredits", "id": 1, "seconds": 60 }));
    bench.effects.clear();
    bench.pass(3_000);
    let rolls = handed_to_pages(&bench);
    assert!((2..=4).contains(&rolls.len()), "{}", rolls.len());
    assert_eq!(
        (&rolls[0]["overlay"], &rolls[0]["roll"]["seconds"]),
        (&json!("roll"), &json!(60.0))
    );
    assert!(rolls[1]["roll"]["elapsedMs"].as_u64() > rolls[0]["roll"]["elapsedMs"].as_u64());
    bench.effects.clear();
    bench.receive(&json!({ "request": "ControlCredits", "command": "pause" }).to_string());
    assert_eq!(handed_to_pages(&bench)[0]["command"], "pause");
    // A page that reports receives it over OBS.
    report(&mut bench, "paused", &Value::Null, None);
    bench.effects.clear();
    bench.pass(5_000);
    assert_eq!(handed_to_pages(&bench).len(), 0);
    // After OBS has refused the request, the bridge does not repeat it.
    bench.pass(60_000);
    assert!(!handed_to_pages(&bench).is_empty());
    bench.input(Input::FeedFailed("no vendor".into()));
    bench.effects.clear();
    bench.pass(5_000);
    assert_eq!(handed_to_pages(&bench).len(), 0);
}

#[test]
fn a_new_page_and_a_restarted_obs_get_the_roll_that_is_on() {
    let mut bench = bench();
    let roll =
        bench.ask(json!({ "request": "RollCredits", "id": 1, "seconds": 600 }))["roll"].clone();
    bench.pass(7_000);
    bench.input(Input::Down);
    bench.pass(1_000);
    bench.sent();
    bench.input(Input::Up(info()));
    let again = bench
        .sent()
        .into_iter()
        .find(|message| message["overlay"] == "roll")
        .unwrap();
    assert_eq!(
        (&again["roll"]["id"], again["roll"]["elapsedMs"].as_u64()),
        (&roll, Some(8_000))
    );
    assert_eq!(
        report(&mut bench, "idle", &Value::Null, None)["roll"]["id"],
        roll
    );
}

#[test]
fn a_looping_roll_reports_each_pass_once() {
    let mut bench = bench();
    let roll = bench.ask(json!({ "request": "RollCredits", "id": 1, "seconds": 10, "loop": true }))
        ["roll"]
        .clone();
    report(&mut bench, "rolling", &roll, Some(10.0));
    bench.pass(10_000);
    for client in ["a", "b"] {
        bench.receive(
            &json!({ "request": "OverlayReport", "client": client, "state": "complete",
            "roll": roll })
            .to_string(),
        );
    }
    assert_eq!(emitted(&mut bench), ["Completed"]);
    bench.pass(10_000);
    bench.receive(
        &json!({ "request": "OverlayReport", "client": "a", "state": "complete", "roll": roll })
            .to_string(),
    );
    assert_eq!(emitted(&mut bench), ["Completed", "Completed"]);
    assert_eq!(
        bench.ask(json!({ "request": "StopCredits", "id": 1 }))["stopped"],
        json!(true)
    );
}

#[test]
fn the_summary_is_asked_for_first_and_merged() {
    let mut bench = bench();
    follow(&mut bench, "Zed");
    bench.pass(100);
    let answer = |bench: &mut Bench, follows: Value| {
        bench.twitchat(
            "SUMMARY_DATA",
            json!({ "follows": follows, "labels": { "no_entry": "x" } }),
        );
    };
    answer(&mut bench, json!([]));
    bench.pass(20_000);
    bench.sent();
    let reply = bench.ask(json!({ "request": "RollCredits", "id": 1 }));
    assert_eq!(reply["state"], "preparing");
    assert_eq!(
        bench.ask(json!({ "request": "GetStatus", "id": 1 }))["overlay"]["roll"]["state"],
        "preparing"
    );
    answer(
        &mut bench,
        json!([{ "uid": "99", "login": "Missed" }, { "uid": "Zed", "login": "Zed" }]),
    );
    let rolled = bench
        .sent()
        .into_iter()
        .find(|message| message["overlay"] == "roll")
        .unwrap();
    assert_eq!(rolled["roll"]["id"], reply["roll"]);
    assert_eq!(
        rolled["roll"]["sections"][0]["names"],
        json!([{ "name": "Zed" }, { "name": "Missed" }])
    );
    // If Twitchat does not answer, the wait ends at its limit.
    bench.ask(json!({ "request": "RollCredits", "id": 2 }));
    bench.pass(4_900);
    assert!(
        sent(&mut bench)
            .iter()
            .all(|sent| !sent.starts_with("roll"))
    );
    bench.pass(200);
    assert!(sent(&mut bench).iter().any(|sent| sent.starts_with("roll")));
}

#[test]
fn the_position_is_that_of_the_page_which_may_begin_late() {
    let mut bench = bench_with(Overlay {
        wait_ms: 0,
        ..overlay()
    });
    report(&mut bench, "idle", &Value::Null, None);
    let roll = bench.ask(json!({ "request": "RollCredits", "id": 1 }))["roll"].clone();
    bench.pass(5_000);
    let elapsed = |bench: &mut Bench| {
        let status = bench.ask(json!({ "request": "GetStatus", "id": 3 }));
        status["overlay"]["roll"]["elapsedMs"].as_u64().unwrap()
    };
    let at = |bench: &mut Bench, state: &str, at_ms: u64| {
        bench.ask(
            json!({ "request": "OverlayReport", "id": 2, "client": PAGE, "page": "credits",
                "state": state, "roll": roll, "elapsedMs": at_ms }),
        );
    };
    assert_eq!(elapsed(&mut bench), 5_000);
    at(&mut bench, "rolling", 20);
    bench.pass(1_000);
    assert_eq!(elapsed(&mut bench), 1_020);
    at(&mut bench, "rolling", 1_100);
    assert_eq!(elapsed(&mut bench), 1_020, "a small difference is delay");
    at(&mut bench, "idle", 9_000);
    assert_eq!(elapsed(&mut bench), 1_020, "the page does not show it yet");
}

#[test]
fn the_status_has_the_reason_of_the_length_and_previous_stays_at_the_start() {
    let mut bench = bench_with(Overlay {
        wait_ms: 0,
        ..overlay()
    });
    follow(&mut bench, "Zed");
    report(&mut bench, "idle", &Value::Null, None);
    let roll_with = |bench: &mut Bench, options: Value| {
        let mut request = json!({ "request": "RollCredits", "id": 1 });
        request
            .as_object_mut()
            .unwrap()
            .extend(options.as_object().unwrap().clone());
        bench.ask(request);
        let status = bench.ask(json!({ "request": "GetStatus", "id": 9 }));
        status["overlay"]["roll"].clone()
    };
    let reason = |roll: &Value| roll["pace"].as_str().unwrap().to_owned();
    let auto = roll_with(&mut bench, json!({}));
    assert_eq!(
        (reason(&auto), &auto["seconds"]),
        ("shortest".into(), &json!(60.0))
    );
    let speed = roll_with(&mut bench, json!({ "speed": 10 }));
    assert_eq!(reason(&speed), "speed");
    let both = roll_with(&mut bench, json!({ "speed": 10, "seconds": 90 }));
    assert_eq!(
        (reason(&both), &both["seconds"]),
        ("seconds".into(), &json!(90.0))
    );
    let auto = roll_with(&mut bench, json!({ "seconds": "auto" }));
    assert_eq!(reason(&auto), "shortest");
    bench.pass(1_000);
    let reply = bench.ask(json!({ "request": "ControlCredits", "id": 2, "command": "previous" }));
    assert_eq!(
        reply["elapsedMs"], 1_000,
        "the first section has not come yet"
    );
    bench.ask(
        json!({ "request": "OverlayReport", "id": 3, "client": PAGE, "page": "credits",
            "state": "rolling", "roll": auto["id"], "seconds": 240.5, "pace": "readable" }),
    );
    let status = bench.ask(json!({ "request": "GetStatus", "id": 9 }));
    let roll = &status["overlay"]["roll"];
    assert_eq!(
        (reason(roll), &roll["seconds"]),
        ("readable".into(), &json!(240.5))
    );
}

#[test]
fn the_music_says_how_long_the_credits_are() {
    let mut bench = bench_with(Overlay {
        music: Some("Song".into()),
        ..overlay()
    });
    assert_eq!(
        bench.ask(json!({ "request": "RollCredits", "id": 1 }))["state"],
        "preparing"
    );
    bench.input(Input::Music(Ok(93.5)));
    let rolled = bench
        .sent()
        .into_iter()
        .find(|message| message["overlay"] == "roll")
        .unwrap();
    assert_eq!(rolled["roll"]["look"]["seconds"], json!(93.5));
    let of_roll = |bench: &mut Bench| {
        let status = bench.ask(json!({ "request": "GetStatus", "id": 9 }));
        let roll = &status["overlay"]["roll"];
        (roll["pace"].clone(), roll["noMusic"].clone())
    };
    assert_eq!(of_roll(&mut bench), (json!("music"), Value::Null));
    bench.ask(json!({ "request": "RollCredits", "id": 1 }));
    bench.input(Input::Music(Err("Song plays nothing".into())));
    assert!(
        bench
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Note(Note::NoMusic { .. })))
    );
    assert_eq!(
        of_roll(&mut bench),
        (json!("shortest"), json!("Song plays nothing"))
    );
    bench.ask(json!({ "request": "RollCredits", "id": 1 }));
    bench.pass(5_100);
    assert!(sent(&mut bench).iter().any(|sent| sent.starts_with("roll")));
    assert_eq!(
        of_roll(&mut bench),
        (json!("shortest"), json!("OBS has not answered within 5s"))
    );
}

/// Makes Twitchat appear and a page report, so that Twitchat's buttons control the bridge's roll.
fn with_twitchat(bench: &mut Bench, third: bool) {
    let follow = json!({ "user": { "id": "1", "login": "zed", "displayName": "Zed" } });
    bench.twitchat(if third { "ON_FOLLOW" } else { "FOLLOW" }, follow);
    report(bench, "idle", &Value::Null, None);
    bench.pass(100);
    bench.twitchat(
        if third {
            "SET_ENDING_CREDITS_DATA"
        } else {
            "SUMMARY_DATA"
        },
        json!({ "labels": { "no_entry": "x" } }),
    );
    bench.pass(16_000);
    bench.sent();
}

fn button(third: bool, data: Value) -> (&'static str, Value) {
    (
        if third {
            "SET_ENDING_CREDITS_DATA"
        } else {
            "SUMMARY_DATA"
        },
        data,
    )
}

#[test]
#[expect(clippy::too_many_lines, reason = "one sequence of steps")]
fn twitchats_buttons_work_in_both_generations() {
    let slots =
        json!([{ "id": "slot-1", "slotType": "text" }, { "id": "slot-2", "slotType": "follows" }]);
    for third in [false, true] {
        let mut bench = bench_with(Overlay {
            wait_ms: 0,
            ..overlay()
        });
        let name = |second: &'static str, third_name: &'static str| {
            if third { third_name } else { second }
        };
        let presence = name("CREDITS_OVERLAY_PRESENCE", "SET_ENDING_CREDITS_PRESENCE");
        let control = name("ENDING_CREDITS_CONTROL", "SET_ENDING_CREDITS_CONTROL");
        // Without a page, the question is for Twitchat's own overlay.
        bench.twitchat(
            name(
                "GET_CREDITS_OVERLAY_PRESENCE",
                "GET_ENDING_CREDITS_PRESENCE",
            ),
            json!({}),
        );
        assert_eq!(sent(&mut bench), [""; 0]);
        with_twitchat(&mut bench, third);
        bench.twitchat(
            name(
                "GET_CREDITS_OVERLAY_PRESENCE",
                "GET_ENDING_CREDITS_PRESENCE",
            ),
            json!({ "a": 1 }),
        );
        assert_eq!(sent(&mut bench), [presence]);
        bench.pass(20_100);
        assert_eq!(sent(&mut bench), [presence], "again every 20 s");

        let (kind, start) = button(
            third,
            json!({ "follows": [{ "uid": "1", "login": "Zed" }], "labels": { "no_entry": "x" },
                "params": { "slots": slots } }),
        );
        bench.twitchat(kind, &start);
        assert_eq!(emitted(&mut bench), ["Started"]);
        assert_eq!(sent(&mut bench), ["roll 0 ms"]);
        for (data, expected) in [
            (json!({ "next": true }), vec!["next"]),
            (json!({ "prev": true }), vec!["previous"]),
            (json!({ "speed": 3.5 }), vec!["speed 4.5"]),
            (json!({ "speed": 0 }), vec!["speed 1.0"]),
            (
                if third {
                    json!({ "scrollToSectionID": "slot-2" })
                } else {
                    json!({ "scrollTo": "slot-2" })
                },
                vec!["goto \"follows\"", "pause"],
            ),
            (
                if third {
                    json!({ "scrollToSectionID": "slot-2" })
                } else {
                    json!({ "scrollTo": "slot-2" })
                },
                vec!["resume"],
            ),
            (json!({ "scrollTo": "unknown" }), vec![]),
            (json!({}), vec![]),
        ] {
            bench.receive(
                &json!({ "origin": "twitchat", "type": control, "data": data }).to_string(),
            );
            assert_eq!(sent(&mut bench), expected, "{data}");
        }
        let (kind, stop) = button(
            third,
            json!({ "follows": [], "labels": { "no_entry": "" } }),
        );
        bench.receive(&json!({ "origin": "twitchat", "type": kind, "data": stop }).to_string());
        assert_eq!(
            (emitted(&mut bench).pop(), sent(&mut bench)),
            (Some("Stopped".to_owned()), vec!["stop".to_owned()])
        );

        let (kind, test) = button(
            third,
            json!({ "resubs": [{ "uid": "5", "fromActiveSubs": true }],
                "params": { "slots": [] } }),
        );
        bench.receive(&json!({ "origin": "twitchat", "type": kind, "data": test }).to_string());
        let rolled = bench
            .sent()
            .into_iter()
            .find(|message| message["overlay"] == "roll")
            .unwrap();
        assert_eq!(rolled["roll"]["test"], true);
        bench.receive(
            &json!({ "request": "OverlayReport", "client": PAGE, "state": "complete",
            "roll": rolled["roll"]["id"] })
            .to_string(),
        );
        assert_eq!(
            sent(&mut bench),
            [name(
                "ENDING_CREDITS_COMPLETE",
                "ON_ENDING_CREDITS_COMPLETE"
            )]
        );
        assert!(!bench.credits().to_string().contains("fromActiveSubs"));
    }
}

#[test]
fn an_answer_to_somebody_else_is_no_button() {
    let mut bench = bench_with(Overlay {
        wait_ms: 0,
        ..overlay()
    });
    with_twitchat(&mut bench, false);
    bench.twitchat("GET_SUMMARY_DATA", json!({ "includeParams": true }));
    bench.twitchat(
        "SUMMARY_DATA",
        json!({ "follows": [{ "uid": "1", "login": "Zed" }], "params": { "slots": [] } }),
    );
    assert_eq!(emitted(&mut bench), [""; 0]);
    let mut off = bench_with(Overlay {
        twitchat: false,
        ..overlay()
    });
    with_twitchat(&mut off, false);
    off.twitchat("GET_CREDITS_OVERLAY_PRESENCE", json!({}));
    off.twitchat(
        "SUMMARY_DATA",
        json!({ "follows": [{ "uid": "1", "login": "Zed" }], "params": { "slots": [] } }),
    );
    assert_eq!((emitted(&mut off), sent(&mut off)), (vec![], vec![]));
}

#[test]
fn data_that_only_a_summary_has_survives_a_restart() {
    let mut bench = bench();
    follow(&mut bench, "Zed");
    bench.pass(100);
    let polls = json!([{ "title": "What next?", "votes": 3, "choices": [{ "title": "A", "votes": 3,
        "win": true }] }]);
    bench.twitchat(
        "SUMMARY_DATA",
        json!({ "polls": polls, "labels": { "no_entry": "x" } }),
    );
    let rows = bench.rows.len();
    let restarted = bench.restarted();
    assert_eq!(
        bench
            .bridge
            .parts
            .base
            .model
            .fold()
            .session
            .joined_extras()
            .polls
            .list()
            .len(),
        1
    );
    assert_eq!(
        restarted
            .bridge
            .parts
            .base
            .model
            .fold()
            .session
            .joined_extras()
            .polls
            .list(),
        bench
            .bridge
            .parts
            .base
            .model
            .fold()
            .session
            .joined_extras()
            .polls
            .list()
    );
    // The same summary again contains nothing new.
    bench.ask(json!({ "request": "RollCredits", "id": 1 }));
    bench.twitchat(
        "SUMMARY_DATA",
        json!({ "polls": polls, "labels": { "no_entry": "x" } }),
    );
    assert_eq!(bench.rows.len(), rows);
}

#[test]
fn a_roll_too_large_for_obs_is_refused() {
    let mut bench = bench_with(Overlay {
        script: CreditsPlan {
            sections: Vec::new(),
            ..CreditsPlan::default()
        },
        ..overlay()
    });
    let plan = crate::credits::roll::Plan {
        text: "x".repeat(17 << 20).into(),
        ..crate::credits::roll::Plan::of("x", &[crate::credits::roll::Kind::Text])
    };
    bench
        .bridge
        .parts
        .base
        .settings
        .overlay
        .script
        .sections
        .push(plan);
    let reply = bench.ask(json!({ "request": "RollCredits", "id": 1 }));
    assert_eq!(reply["status"], "error");
    assert!(reply["error"].as_str().unwrap().contains("16 MiB"));
    assert_eq!(
        bench.ask(json!({ "request": "GetStatus", "id": 1 }))["overlay"]["roll"],
        Value::Null
    );
}

/// A step of a random test.
#[derive(Debug, Clone)]
enum Happening {
    Ask(Value),
    Report(&'static str, bool),
    Scene(&'static str, bool),
    Twitchat(&'static str, Value),
    Music,
    Down,
    Up,
    Pass(u64),
}

fn happening() -> impl Strategy<Value = Happening> {
    let commands = prop_oneof![
        Just(json!({ "request": "RollCredits", "seconds": 5 })),
        Just(json!({ "request": "RollCredits", "test": true })),
        Just(json!({ "request": "StopCredits" })),
        Just(json!({ "request": "ControlCredits", "command": "pause" })),
        Just(json!({ "request": "ControlCredits", "command": "resume" })),
        Just(json!({ "request": "ControlCredits", "command": "next" })),
        Just(json!({ "request": "ControlCredits", "command": "speed", "value": -3 })),
        Just(json!({ "request": "ControlCredits", "command": "speed", "value": 2 })),
        Just(json!({ "request": "ControlCredits", "command": "goto", "value": 0 })),
    ];
    let twitchat = prop_oneof![
        Just((
            "ENDING_CREDITS_CONTROL",
            json!({ "speed": 0, "scrollTo": "x", "next": true })
        )),
        Just((
            "SUMMARY_DATA",
            json!({ "follows": [{ "uid": "1", "login": "Zed" }], "params": {} })
        )),
        Just(("SUMMARY_DATA", json!({}))),
        Just(("GET_SUMMARY_DATA", json!({}))),
        Just(("FOLLOW", json!({ "user": { "id": "3", "login": "c" } }))),
    ];
    prop_oneof![
        4 => commands.prop_map(Happening::Ask),
        2 => (prop::sample::select(vec!["idle", "rolling", "paused", "complete", "stopped"]),
            any::<bool>()).prop_map(|(state, own)| Happening::Report(state, own)),
        2 => (prop::sample::select(vec!["Credits", "Game", "Ending"]),
            any::<bool>()).prop_map(|(name, shown)| Happening::Scene(name, shown)),
        2 => twitchat.prop_map(|(kind, data)| Happening::Twitchat(kind, data)),
        1 => Just(Happening::Music),
        1 => Just(Happening::Down),
        1 => Just(Happening::Up),
        3 => (1_u64..30_000).prop_map(Happening::Pass),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// In any order of events, a roll that is neither paused nor controlled ends in time, and as
    /// many rolls end as begin.
    #[test]
    fn no_order_of_events_blocks_a_roll(happenings in prop::collection::vec(happening(), 0..25),
        music in any::<bool>()) {
        let mut bench = bench_with(Overlay { music: music.then(|| "Song".into()), ..overlay() });
        let (mut started, mut ended) = (0, 0);
        let mut count = |bench: &mut Bench| {
            for kind in emitted(bench) {
                match kind.as_str() {
                    "Started" => started += 1,
                    "Completed" | "Stopped" => ended += 1,
                    _ => {}
                }
            }
            bench.effects.clear();
            (started, ended)
        };
        for happening in happenings {
            match happening {
                Happening::Ask(request) => bench.receive(&request.to_string()),
                Happening::Report(state, own) => {
                    let id = bench.bridge.parts.roll.status(bench.now)["roll"]["id"].clone();
                    let roll = if own { id } else { Value::Null };
                    bench.receive(&json!({ "request": "OverlayReport", "client": PAGE,
                        "state": state,
                        "roll": roll }).to_string());
                }
                Happening::Scene(name, shown) => scene(&mut bench, name, shown),
                Happening::Twitchat(kind, data) => bench.receive(&json!({ "origin": "twitchat",
                    "type": kind, "data": data }).to_string()),
                Happening::Music => bench.input(Input::Music(Ok(4.0))),
                Happening::Down => bench.input(Input::Down),
                Happening::Up => bench.input(Input::Up(info())),
                Happening::Pass(ms) => bench.pass(ms),
            }
            count(&mut bench);
        }
        bench.receive(&json!({ "request": "ControlCredits", "command": "speed",
            "value": 1 }).to_string());
        bench.receive(&json!({ "request": "ControlCredits", "command": "resume" }).to_string());
        // This is longer than any roll and any wait here, and longer than the time after which a
        // page counts as gone.
        bench.pass(300_000);
        let (started, ended) = count(&mut bench);
        prop_assert_eq!(bench.bridge.parts.roll.status(bench.now)["roll"].clone(), Value::Null);
        prop_assert_eq!(started, ended);
    }
}
