//! Tests who joins a roll that is on, and what the next pass of a loop shows.

use super::{
    roll::{bench_with, overlay, report},
    *,
};
use crate::{
    bridge::io::Overlay,
    credits::roll::{CreditsPlan, Kind, Plan},
};

/// A bridge whose rolls begin at once.
fn bench_of(script: CreditsPlan) -> Bench {
    bench_with(Overlay {
        script,
        wait_ms: 0,
        ..overlay()
    })
}

fn bench() -> Bench {
    bench_of(overlay().script)
}

fn follow(bench: &mut Bench, name: &str) {
    bench.twitchat(
        "FOLLOW",
        json!({ "user": { "id": name, "login": name, "displayName": name } }),
    );
}

fn begin(bench: &mut Bench, more: &Value) -> Value {
    let mut request = json!({ "request": "RollCredits", "id": 1, "seconds": 60 });
    request
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    bench.ask(request)["roll"].clone()
}

/// Passes a minute, in which the page reports that it shows the roll.
fn pass_a_minute(bench: &mut Bench, roll: &Value) {
    for _ in 0..2 {
        bench.pass(30_000);
        report(bench, "rolling", roll, Some(60.0));
    }
}

/// The end of a pass, as the page reports it.
fn complete(bench: &mut Bench, roll: &Value) {
    let report = json!({ "request": "OverlayReport", "id": 1, "client": "page-1",
        "page": "credits", "state": "complete", "roll": roll });
    bench.receive(&report.to_string());
}

/// The roll that a page gets that loads now.
fn late(bench: &mut Bench) -> Value {
    let report = json!({ "request": "OverlayReport", "id": 1, "client": "late", "page": "credits",
        "state": "idle", "roll": null });
    bench.ask(report)["roll"].clone()
}

/// The names of the first section.
fn names(roll: &Value) -> Vec<&str> {
    let names = roll["sections"][0]["names"].as_array().unwrap();
    names
        .iter()
        .map(|name| name["name"].as_str().unwrap())
        .collect()
}

/// The messages to pages since the last call, of one sort.
fn to_pages(bench: &mut Bench, is_wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
    bench.sent().into_iter().filter(is_wanted).collect()
}

fn joins(bench: &mut Bench) -> Vec<Value> {
    to_pages(bench, |message| message["command"] == "join")
        .into_iter()
        .map(|message| message["value"].clone())
        .collect()
}

fn rolls(bench: &mut Bench) -> Vec<Value> {
    to_pages(bench, |message| message["overlay"] == "roll")
        .into_iter()
        .map(|message| message["roll"].clone())
        .collect()
}

#[test]
fn somebody_who_follows_during_the_roll_joins_their_section() {
    let mut bench = bench();
    follow(&mut bench, "Zed");
    let roll = begin(&mut bench, &json!({}));
    report(&mut bench, "rolling", &roll, Some(60.0));
    bench.pass(2_000);
    assert_eq!(joins(&mut bench), [Value::Null; 0]);
    follow(&mut bench, "Ana");
    bench.pass(1_000);
    let sent = joins(&mut bench);
    assert_eq!(sent.len(), 1);
    let section = &sent[0][0];
    assert_eq!(
        (&section["section"], &section["from"], &section["names"]),
        (&json!(0), &json!(1), &json!([{ "name": "Ana" }]))
    );
    follow(&mut bench, "Bob");
    bench.pass(1_000);
    let [all] = joins(&mut bench).try_into().unwrap();
    assert_eq!(
        all[0]["names"],
        json!([{ "name": "Ana" }, { "name": "Bob" }]),
        "the whole list, because a page may have missed the message before"
    );
    assert_eq!(names(&late(&mut bench)), ["Zed", "Ana", "Bob"]);
}

#[test]
fn a_page_that_lacks_guests_gets_them_again() {
    let mut bench = bench();
    follow(&mut bench, "Zed");
    let roll = begin(&mut bench, &json!({}));
    report(&mut bench, "rolling", &roll, Some(60.0));
    follow(&mut bench, "Ana");
    bench.pass(2_000);
    assert_eq!(joins(&mut bench).len(), 1);
    for (names, sent) in [(2, 0), (1, 1)] {
        let report = json!({ "request": "OverlayReport", "id": 1, "client": "page-1",
            "page": "credits", "state": "rolling", "roll": roll, "seconds": 60, "names": names });
        bench.receive(&report.to_string());
        bench.pass(1_000);
        assert_eq!(joins(&mut bench).len(), sent, "{names}");
    }
}

#[test]
fn a_guest_who_is_banned_is_hidden_where_they_stand() {
    let mut bench = bench();
    follow(&mut bench, "Zed");
    let roll = begin(&mut bench, &json!({}));
    report(&mut bench, "rolling", &roll, Some(60.0));
    follow(&mut bench, "Ana");
    bench.pass(2_000);
    bench.ask(json!({ "request": "EditCredits", "id": 1, "edit": "hide", "person": "Ana" }));
    bench.pass(1_000);
    let late = late(&mut bench);
    assert_eq!(names(&late), ["Zed", "\u{a0}"]);
    assert_eq!(late["replaced"], json!([{ "at": [0, 1], "name": null }]));
}

#[test]
fn tests_and_rolls_of_earlier_sessions_get_no_guests() {
    let mut bench = bench();
    follow(&mut bench, "Zed");
    bench.ask(json!({ "request": "NewSession", "id": 1 }));
    for more in [json!({ "test": true }), json!({ "session": "previous" })] {
        let roll = begin(&mut bench, &more);
        report(&mut bench, "rolling", &roll, Some(60.0));
        follow(&mut bench, "Ana");
        bench.pass(3_000);
        assert_eq!(joins(&mut bench), [Value::Null; 0], "{more}");
    }
}

#[test]
fn a_section_that_is_full_gets_no_guests() {
    let top = Plan {
        limit: Some(1),
        ..Plan::of("follows", &[Kind::Follows])
    };
    let mut bench = bench_of(CreditsPlan {
        sections: vec![top],
        ..CreditsPlan::default()
    });
    follow(&mut bench, "Zed");
    let roll = begin(&mut bench, &json!({}));
    report(&mut bench, "rolling", &roll, Some(60.0));
    follow(&mut bench, "Ana");
    bench.pass(3_000);
    assert_eq!(joins(&mut bench), [Value::Null; 0]);
}

#[test]
fn the_next_pass_of_a_loop_shows_what_has_come_and_not_who_is_hidden() {
    let mut bench = bench();
    follow(&mut bench, "Zed");
    follow(&mut bench, "Yuki");
    let roll = begin(&mut bench, &json!({ "loop": true }));
    report(&mut bench, "rolling", &roll, Some(60.0));
    follow(&mut bench, "Ana");
    bench.ask(json!({ "request": "EditCredits", "id": 1, "edit": "hide", "person": "Zed" }));
    pass_a_minute(&mut bench, &roll);
    assert_eq!(rolls(&mut bench), [Value::Null; 0]);
    complete(&mut bench, &roll);
    let [again] = rolls(&mut bench).try_into().unwrap();
    assert_eq!(names(&again), ["Yuki", "Ana"]);
    assert_eq!(
        (
            &again["id"],
            &again["revision"],
            &again["nextPass"],
            &again["elapsedMs"]
        ),
        (&roll, &json!(1), &json!(true), &json!(0))
    );
    // Nothing has come since.
    pass_a_minute(&mut bench, &roll);
    complete(&mut bench, &roll);
    assert_eq!(rolls(&mut bench), [Value::Null; 0]);
}
