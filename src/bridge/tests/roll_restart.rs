//! Tests rolls that continue after a restart of the bridge, and rolls that only a page shows.

use super::roll::{bench_with, emitted, overlay, report, scene, sent};
use super::*;
use crate::bridge::io::Overlay;

const NOBODY: &str = "11111111-2222-4333-8444-555555555555";

fn at_once() -> Overlay {
    Overlay {
        wait_ms: 0,
        ..overlay()
    }
}

/// A bridge with one follower and a running roll of 60 s, and the roll's id.
fn rolling() -> (Bench, Value) {
    let mut bench = bench_with(at_once());
    bench.twitchat(
        "FOLLOW",
        json!({ "user": { "id": "7", "login": "zed", "displayName": "Zed" } }),
    );
    let reply = bench.ask(json!({ "request": "RollCredits", "id": 1, "seconds": 60 }));
    (bench, reply["roll"].clone())
}

/// Kills the bridge, and starts it again this many milliseconds later.
fn killed(bench: &Bench, for_ms: i64) -> Bench {
    let settings = Settings {
        overlay: at_once(),
        ..settings()
    };
    let mut later = bench.restarted_at(settings, bench.now.wall_ms + for_ms);
    later.sent();
    later
}

fn control(bench: &mut Bench, command: &str) -> Value {
    bench.ask(json!({ "request": "ControlCredits", "id": 1, "command": command }))
}

fn roll_on(bench: &mut Bench) -> Value {
    bench.ask(json!({ "request": "GetStatus", "id": 1 }))["overlay"]["roll"].clone()
}

fn complete(bench: &mut Bench, roll: &Value) -> (Vec<String>, Vec<String>) {
    bench.sent();
    bench.receive(
        &json!({ "request": "OverlayReport", "client": "page-1", "state": "complete",
            "roll": roll })
        .to_string(),
    );
    (emitted(bench), sent(bench))
}

#[test]
fn a_roll_goes_on_after_a_restart_and_completes_once() {
    let (mut bench, roll) = rolling();
    report(&mut bench, "rolling", &roll, Some(60.0));
    bench.pass(20_000);
    let mut bench = killed(&bench, 3_000);
    let on = roll_on(&mut bench);
    assert_eq!((&on["id"], &on["elapsedMs"]), (&roll, &json!(23_000)));
    report(&mut bench, "rolling", &roll, Some(60.0));
    assert_eq!(control(&mut bench, "pause")["elapsedMs"], 23_000);
    let mut bench = killed(&bench, 3_000);
    assert_eq!(roll_on(&mut bench)["state"], "paused");
    report(&mut bench, "paused", &roll, Some(60.0));
    assert_eq!(control(&mut bench, "resume")["elapsedMs"], 23_000);
    let (events, to_twitchat) = complete(&mut bench, &roll);
    assert_eq!(events, ["Completed"]);
    assert_eq!(to_twitchat, ["ENDING_CREDITS_COMPLETE"]);
    let mut bench = killed(&bench, 3_000);
    let (events, _) = complete(&mut bench, &roll);
    assert_eq!(events, [""; 0]);
}

#[test]
fn a_page_that_loads_after_the_restart_gets_the_whole_roll() {
    let (bench, roll) = rolling();
    let mut bench = killed(&bench, 2_000);
    let late = report(&mut bench, "idle", &Value::Null, None);
    assert_eq!(late["roll"]["id"], roll);
    assert_eq!(late["roll"]["sections"][0]["names"][0]["name"], "Zed");
    assert_eq!(late["roll"]["elapsedMs"], 2_000);
    let reply = bench.ask(
        json!({ "request": "ControlCredits", "id": 1, "command": "goto",
        "value": "thanks" }),
    );
    assert_eq!(reply["status"], "ok");
}

#[test]
fn a_roll_that_ended_while_no_bridge_ran_completes_when_a_page_reports_it() {
    let (mut bench, roll) = rolling();
    report(&mut bench, "rolling", &roll, Some(60.0));
    let mut bench = killed(&bench, 70_000);
    assert_eq!(emitted(&mut bench), [""; 0]);
    let (events, to_twitchat) = complete(&mut bench, &roll);
    assert_eq!(events, ["Completed"]);
    assert_eq!(to_twitchat, ["ENDING_CREDITS_COMPLETE"]);
    bench.pass(20_000);
    assert_eq!(emitted(&mut bench), [""; 0]);
}

#[test]
fn without_pages_a_roll_of_an_earlier_run_completes_by_the_estimate() {
    let (bench, _) = rolling();
    let mut bench = killed(&bench, 70_000);
    bench.pass(4_000);
    assert_eq!(emitted(&mut bench), [""; 0], "pages have some seconds");
    bench.pass(2_000);
    assert_eq!(emitted(&mut bench), ["Completed"]);
    bench.sent();
    bench.pass(20_000);
    assert_eq!(emitted(&mut bench), [""; 0]);
}

#[test]
fn a_roll_that_was_left_behind_days_ago_ends_nothing() {
    const DAYS: i64 = 3 * 86_400_000;
    let (bench, roll) = rolling();
    let mut bench = killed(&bench, DAYS);
    assert_eq!(roll_on(&mut bench), Value::Null);
    bench.pass(10_000);
    let (events, _) = complete(&mut bench, &roll);
    assert_eq!(events, [""; 0]);
    let mut bench = killed(&bench, DAYS);
    report(&mut bench, "paused", &roll, Some(60.0));
    let on = roll_on(&mut bench);
    assert_eq!((&on["id"], &on["state"]), (&roll, &json!("paused")));
    assert_eq!(on["names"], 1, "the stored roll goes on if a page shows it");
}

#[test]
fn a_ban_and_a_hide_after_the_restart_change_the_roll() {
    let (mut bench, roll) = rolling();
    report(&mut bench, "rolling", &roll, Some(60.0));
    let mut bench = killed(&bench, 1_000);
    report(&mut bench, "rolling", &roll, Some(60.0));
    bench.ask(json!({ "request": "EditCredits", "id": 1, "edit": "hide", "person": "Zed" }));
    bench.pass(300);
    let mut bench = killed(&bench, 1_000);
    let late = report(&mut bench, "idle", &Value::Null, None);
    assert_eq!(late["roll"]["sections"][0]["names"][0]["name"], "\u{a0}");
    bench.ask(json!({ "request": "Undo", "id": 1 }));
    let late = report(&mut bench, "idle", &Value::Null, None);
    assert_eq!(late["roll"]["sections"][0]["names"][0]["name"], "Zed");
}

#[test]
fn a_roll_of_a_scene_ends_with_its_scene_after_a_restart() {
    let mut bench = bench_with(at_once());
    scene(&mut bench, "Credits", true);
    assert_eq!(roll_on(&mut bench)["state"], "rolling");
    let mut bench = killed(&bench, 1_000);
    scene(&mut bench, "Credits", true);
    assert_eq!(emitted(&mut bench), [""; 0], "it does not begin again");
    scene(&mut bench, "Game", false);
    assert_eq!(emitted(&mut bench), ["Stopped"]);
}

/// The report of a page with a roll that no bridge has stored.
fn reports_unknown(bench: &mut Bench, state: &str, fields: &Value) -> Value {
    let mut request = json!({ "request": "OverlayReport", "id": 1, "client": "page-1",
        "state": state, "roll": NOBODY, "seconds": 60, "elapsedMs": 12_000, "rate": 1 });
    request
        .as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    bench.ask(request)
}

#[test]
fn a_roll_that_only_a_page_has_can_be_steered_and_stopped() {
    let mut bench = bench_with(at_once());
    let reply = reports_unknown(&mut bench, "rolling", &json!({ "test": false, "names": 9 }));
    assert!(reply.get("roll").is_none(), "the bridge has no names of it");
    let on = roll_on(&mut bench);
    assert_eq!(
        (&on["id"], &on["elapsedMs"], &on["names"]),
        (&json!(NOBODY), &json!(12_000), &json!(9))
    );
    assert_eq!(control(&mut bench, "pause")["state"], "paused");
    bench.receive(
        &json!({ "request": "ControlCredits", "command": "goto", "value": "cheers" }).to_string(),
    );
    assert_eq!(sent(&mut bench), ["goto \"cheers\""]);
    bench.receive(&json!({ "request": "StopCredits" }).to_string());
    assert_eq!(emitted(&mut bench), ["Stopped"]);
    assert_eq!(sent(&mut bench), ["stop"]);
}

#[test]
fn a_late_report_does_not_bring_a_stopped_roll_back() {
    let (mut bench, roll) = rolling();
    report(&mut bench, "rolling", &roll, Some(60.0));
    bench.ask(json!({ "request": "StopCredits", "id": 1 }));
    report(&mut bench, "rolling", &roll, Some(60.0));
    assert_eq!(roll_on(&mut bench), Value::Null);
    let reply = bench.ask(json!({ "request": "StopCredits", "id": 1 }));
    assert_eq!(
        (&reply["stopped"], &reply["roll"]),
        (&json!(true), &roll),
        "a page that has missed the stop is stopped again"
    );
    report(&mut bench, "stopped", &roll, Some(60.0));
    let reply = bench.ask(json!({ "request": "StopCredits", "id": 1 }));
    assert_eq!(reply["stopped"], false);
}

#[test]
fn an_unknown_roll_counts_as_a_test_unless_its_page_reports_that_it_is_none() {
    let mut bench = bench_with(at_once());
    reports_unknown(&mut bench, "rolling", &json!({}));
    assert_eq!(roll_on(&mut bench)["test"], true);
    bench.receive(
        &json!({ "request": "OverlayReport", "client": "page-1", "state": "complete",
            "roll": NOBODY })
        .to_string(),
    );
    assert_eq!(emitted(&mut bench), ["Completed"]);
    assert_eq!(sent(&mut bench), [""; 0], "Twitchat's triggers do not run");
}

#[test]
fn thousands_of_controls_write_little() {
    let (mut bench, _) = rolling();
    let before = bench.writes;
    for _ in 0..2_000 {
        control(&mut bench, "pause");
        control(&mut bench, "resume");
    }
    let written = bench.writes - before;
    assert!(written <= 5, "{written}");
    let paused = control(&mut bench, "pause")["elapsedMs"].clone();
    bench.pass(1_000);
    let mut bench = killed(&bench, 1_000);
    let on = roll_on(&mut bench);
    assert_eq!(
        (&on["state"], &on["elapsedMs"]),
        (&json!("paused"), &paused)
    );
}

#[test]
fn a_roll_of_a_scene_that_left_while_no_bridge_ran_is_stopped_and_not_completed() {
    let mut bench = bench_with(at_once());
    scene(&mut bench, "Credits", true);
    let mut bench = killed(&bench, 1_000);
    scene(&mut bench, "Game", false);
    assert_eq!(emitted(&mut bench), ["Stopped"]);
    bench.sent();
    bench.pass(600_000);
    assert_eq!(emitted(&mut bench), [""; 0]);
}
