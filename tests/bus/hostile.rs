//! Very many invalid messages to a bridge that runs: it does not panic, its memory stays bounded,
//! and other clients get their replies meanwhile. `scripts/long hostile` sends a million.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;
use twitchat_bridge::sim::peer::RequestPeer;

use crate::support::{Bus, Odd, Process, SOON, Site};

/// The messages of a run without `scripts/long`.
const MESSAGES: usize = 6_000;
/// The number of messages between two requests of another client.
const BATCH: usize = 500;
/// What the bridge may need more at the end than after the first tenth.
const GROWTH_KIB: u64 = 96 * 1024;

fn count() -> usize {
    std::env::var("HOSTILE_MESSAGES").map_or(MESSAGES, |text| text.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_messages_cost_no_other_client_its_reply_and_no_memory() {
    let seed = std::env::var("HOSTILE_SEED").map_or(11, |text| text.parse().unwrap());
    let site = Site::stand_in().await;
    let bridge = Process::on(&site).await;
    let mut attacker = RequestPeer::connect(&site.peer()).await.unwrap();
    let mut odd = Odd::seeded(seed);
    let (mut sent, mut early_kib, mut longest) = (0, 0, Duration::ZERO);
    let mut bus = Bus::connect(&site).await;
    while sent < count() {
        for _ in 0..BATCH {
            let message = Value::Object(odd.message());
            attacker.pipeline(&message).await.unwrap();
        }
        sent += BATCH;
        let asked = Instant::now();
        let reply = bus.ask(json!({ "request": "GetInfo" })).await;
        longest = longest.max(asked.elapsed());
        assert_eq!(reply["status"], "ok", "{reply}");
        attacker.settled().await.unwrap();
        if sent <= count() / 10 + BATCH {
            early_kib = bridge.memory_kib("VmHWM");
        }
    }
    let status = bus.status().await;
    let late_kib = bridge.memory_kib("VmHWM");
    println!(
        "{sent} messages with seed {seed}: the longest wait for a reply was {longest:?}; the most \
         memory was {early_kib} KiB after a tenth, {late_kib} KiB at the end; {}",
        status["counts"]
    );
    assert!(longest < SOON, "{longest:?}");
    assert!(
        late_kib < early_kib + GROWTH_KIB,
        "{early_kib} KiB became {late_kib} KiB"
    );
    assert!(!bridge.log().contains("panicked at"), "{}", bridge.log());
    assert_eq!(status["status"], "ok", "{status}");
}
