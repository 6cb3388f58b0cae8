//! Checks that docs/bus.md lists all messages that the bridge sends to Twitchat by itself.

use std::collections::BTreeSet;

use super::roll::{bench_with, overlay};
use super::*;
use crate::bridge::io::Overlay;

/// The types in the table of docs/bus.md.
fn documented() -> BTreeSet<String> {
    let page = include_str!("../../../docs/bus.md");
    let table = page
        .split_once("The bridge sends these messages by itself:")
        .and_then(|(_, rest)| rest.split_once("### "))
        .map(|(table, _)| table)
        .unwrap();
    let cells = table
        .lines()
        .filter(|line| line.starts_with("| "))
        .filter_map(|line| line.split('|').nth(2));
    cells
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .map(ToOwned::to_owned)
        .collect()
}

fn types_to_twitchat(bench: &mut Bench) -> BTreeSet<String> {
    bench
        .sent()
        .into_iter()
        .filter(|message| message["origin"] == "twitchat")
        .map(|message| message["type"].as_str().unwrap().to_owned())
        .collect()
}

/// Sends the report of a page. The effects stay for [`types_to_twitchat`].
fn page(bench: &mut Bench, state: &str, roll: &Value) {
    let report = json!({ "request": "OverlayReport", "client": "page-1", "page": "credits",
        "state": state, "roll": roll, "seconds": 5.0 });
    bench.receive(&report.to_string());
}

/// The types of all messages to Twitchat while Twitchat appears, the credits overlay is asked for,
/// and a roll is completed.
fn an_evening(third: bool) -> BTreeSet<String> {
    let mut bench = bench_with(Overlay {
        wait_ms: 0,
        ..overlay()
    });
    let mut sent = types_to_twitchat(&mut bench);
    let follow = json!({ "user": { "id": "1", "login": "zed", "displayName": "Zed" } });
    bench.twitchat(if third { "ON_FOLLOW" } else { "FOLLOW" }, follow);
    page(&mut bench, "idle", &Value::Null);
    for _ in 0..40 {
        bench.pass(1_000);
        sent.extend(types_to_twitchat(&mut bench));
    }
    let question = if third {
        "GET_ENDING_CREDITS_PRESENCE"
    } else {
        "GET_CREDITS_OVERLAY_PRESENCE"
    };
    bench.twitchat(question, json!({}));
    sent.extend(types_to_twitchat(&mut bench));
    let roll = bench.ask(json!({ "request": "RollCredits", "id": 1 }))["roll"].clone();
    page(&mut bench, "rolling", &roll);
    page(&mut bench, "complete", &roll);
    bench.pass(1_000);
    sent.extend(types_to_twitchat(&mut bench));
    sent
}

#[test]
fn the_documents_list_all_that_the_bridge_sends_twitchat_by_itself() {
    let sent: BTreeSet<_> = [false, true].into_iter().flat_map(an_evening).collect();
    assert_eq!(sent, documented());
}
