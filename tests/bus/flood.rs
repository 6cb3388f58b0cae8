//! A hundred thousand people follow at once. All are counted, and the bridge's memory stays small.

use std::collections::HashSet;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::support::{Bus, Process, SOON, Site, on_both, play, wait_until};

/// The number of events. Each comes from another person.
const EVENTS: u64 = 100_000;
/// The maximum memory of the bridge in addition to its idle memory.
const MORE_MEMORY_KIB: u64 = 64 * 1024;

on_both!(timing_of_a_hundred_thousand_followers);

async fn timing_of_a_hundred_thousand_followers(site: Site) {
    let bridge = Process::on(&site).await;
    let idle_kib = bridge.memory_kib("VmRSS");

    let followers: Vec<_> = (0..EVENTS).map(follow).collect();
    let began = Instant::now();
    play(&site, followers).await;
    let sent = began.elapsed();
    let mut bus = Bus::connect(&site).await;
    let status = wait_until("every event is counted", 4 * SOON, async || {
        let status = bus.status().await;
        (status["counts"]["events"].as_u64() >= Some(EVENTS)).then_some(status)
    })
    .await;
    let counted = began.elapsed();
    let (peak_kib, now_kib) = (bridge.memory_kib("VmHWM"), bridge.memory_kib("VmRSS"));

    let asked = Instant::now();
    let credits = bus.credits().await;
    let replied = asked.elapsed();
    let peak_after_credits_kib = bridge.memory_kib("VmHWM");
    println!(
        "{EVENTS} events: sent in {sent:?}, counted and on disk after {counted:?}; credits replied \
            in {replied:?}\n\
         memory: {idle_kib} KiB idle, peak {peak_kib} ({} above idle), {now_kib} then; peak \
         {peak_after_credits_kib} with the credits",
        peak_kib - idle_kib,
    );

    assert_eq!(status["counts"]["events"], EVENTS, "none twice");
    assert_eq!(status["counts"]["journal"], EVENTS);
    assert_eq!(status["people"], EVENTS);
    let names: HashSet<_> = credits["Events"]["Follows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    let missing = (0..EVENTS).find(|number| !names.contains(&*format!("Viewer_{number}")));
    assert_eq!((names.len() as u64, missing), (EVENTS, None));
    assert!(
        peak_kib - idle_kib < MORE_MEMORY_KIB,
        "{} KiB above idle, {MORE_MEMORY_KIB} allowed",
        peak_kib - idle_kib
    );
}

fn follow(number: u64) -> Value {
    let name = format!("Viewer_{number}");
    let user = json!({ "id": (100_000_000 + number).to_string(), "login": name.to_lowercase(),
        "displayName": name });
    json!({ "origin": "twitchat", "type": "FOLLOW", "id": format!("follow-{number}"),
        "data": { "user": user } })
}
