//! Tests the main purpose: the captured messages of all generations are sent over OBS, and a client
//! requests the credits. For any order of the messages, the credits equal
//! `tests/fixtures/credits_golden.json`. `tests/interop/golden.test.mjs` does the same with a real
//! JavaScript client and the same file. `UPDATE_GOLDEN=1` writes the file from the run in file
//! order; read the diff before you commit it.

use std::path::Path;

use serde::Serialize as _;
use serde_json::{Map, Value, json};

use crate::support::{
    Bridge, Bus, SOON, Script, Site, Twitchat, comparable, credits_of, differences, on_both, play,
    shuffled, wait_until,
};

const GOLDEN: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/credits_golden.json"
);

on_both!(
    in_file_order,
    in_the_first_shuffled_order,
    in_the_second_shuffled_order,
    in_the_third_shuffled_order
);

async fn in_file_order(site: Site) {
    let script = Script::new();
    let events = script.events.clone();
    let received = credits_after(&site, &script, events).await;
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(GOLDEN, four_spaces(&received)).unwrap();
    }
    assert_golden(&received);
}

async fn in_the_first_shuffled_order(site: Site) {
    in_shuffled_order(&site, 1).await;
}

async fn in_the_second_shuffled_order(site: Site) {
    in_shuffled_order(&site, 2).await;
}

async fn in_the_third_shuffled_order(site: Site) {
    in_shuffled_order(&site, 3).await;
}

async fn in_shuffled_order(site: &Site, seed: u8) {
    let script = Script::new();
    let events = shuffled(script.events.clone(), seed);
    assert_golden(&credits_after(site, &script, events).await);
}

/// The credits of a fresh bridge that receives `events` in one pipelined burst, right after it has
/// merged Twitchat's summary.
async fn credits_after(site: &Site, script: &Script, events: Vec<Value>) -> Value {
    let _twitchat = Twitchat::on(site, script).await;
    let bridge = Bridge::on(site).await;
    let mut bus = Bus::connect(site).await;
    let before = wait_until("the summary is merged", SOON, async || {
        let status = bus.status().await;
        status["twitchat"]["summaryMerged"]
            .is_string()
            .then_some(status)
    })
    .await;
    let count = u64::try_from(events.len()).unwrap();
    play(site, events).await;
    wait_until("every message is received", SOON, async || {
        let now = bus.status().await;
        // The bridge also counts each GetStatus, including this one, and the echoes of its own
        // replies.
        let messages = |status: &Value| {
            let counts = &status["counts"];
            let of = |name: &str| counts[name].as_u64().unwrap();
            of("received") - of("requests") - of("echoes")
        };
        (messages(&now) >= messages(&before) + count).then_some(())
    })
    .await;
    let mut replies = Map::new();
    for (name, fields) in [
        ("seed", json!({ "spelling": "seed" })),
        ("current", json!({ "spelling": "current" })),
        ("both", json!({ "spelling": "both" })),
        ("extended", json!({ "spelling": "both", "extended": true })),
    ] {
        let mut request = fields;
        request["request"] = "GetCredits".into();
        replies.insert(name.into(), credits_of(&bus.ask(request).await));
    }
    bridge.stop().await;
    Value::Object(replies)
}

/// JSON in the format of the JavaScript test.
fn four_spaces(value: &Value) -> Vec<u8> {
    let mut json = Vec::new();
    let mut writer = serde_json::Serializer::with_formatter(
        &mut json,
        serde_json::ser::PrettyFormatter::with_indent(b"    "),
    );
    value.serialize(&mut writer).unwrap();
    json.push(b'\n');
    json
}

#[track_caller]
fn assert_golden(received: &Value) {
    let golden = std::fs::read_to_string(Path::new(GOLDEN))
        .expect("tests/fixtures/credits_golden.json; UPDATE_GOLDEN=1 makes it");
    let golden: Value = serde_json::from_str(&golden).unwrap();
    let differences = differences(&comparable(received), &comparable(&golden));
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
