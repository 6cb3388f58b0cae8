//! From request to reply over OBS, with asker and bridge both on two connections: OBS sends small packets late to whoever uses one
//! connection both ways (docs/bus.md), and this shows when something brings that back.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::support::{Bus, Process, Site, on_both, play};

/// At the middle of all rounds.
const TYPICAL: Duration = Duration::from_millis(1);
/// Nearly all rounds are faster.
const LATE: Duration = Duration::from_millis(10);

on_both!(timing_back_to_back, timing_every_20_ms, timing_every_second);

async fn timing_back_to_back(site: Site) {
    measure(&site, Duration::ZERO, 2_000).await;
}

async fn timing_every_20_ms(site: Site) {
    measure(&site, Duration::from_millis(20), 400).await;
}

async fn timing_every_second(site: Site) {
    measure(&site, Duration::from_secs(1), 110).await;
}

/// Asks in turns for a small and a large reply, a pause before each. The first round counts like the rest.
async fn measure(site: &Site, pause: Duration, rounds: usize) {
    let bridge = Process::on(site).await;
    let mut bus = Bus::connect(site).await;
    // An evening's credits, so that there is something to reply.
    play(site, (0..200).map(follow)).await;
    let (mut small, mut large) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let (name, took) = if round % 2 == 0 { ("GetInfo", &mut small) } else { ("GetCredits", &mut large) };
        sleep(pause).await;
        let begun = Instant::now();
        let reply = bus.ask(json!({ "request": name })).await;
        took.push(begun.elapsed());
        assert_eq!(reply["status"], "ok");
    }
    drop(bridge);
    for (name, mut took) in [("GetInfo", small), ("GetCredits", large)] {
        let first = took[0];
        took.sort();
        let (typical, last) = (took[took.len() / 2], took[took.len() - 1]);
        let late = took.iter().filter(|took| **took > LATE).count();
        let most = took[took.len() * 99 / 100];
        println!(
            "{name}, every {pause:?}, {} rounds: p50 {typical:?}, p99 {most:?}, worst {last:?}, first {first:?}; {late} above {LATE:?}",
            took.len()
        );
        assert!(typical < TYPICAL, "{name}: p50 is {typical:?}");
        assert!(late * 100 < took.len(), "{name}: {late} of {} above {LATE:?}", took.len());
    }
}

fn follow(number: u64) -> Value {
    let user = json!({ "id": number.to_string(), "login": format!("viewer_{number}"), "displayName": format!("Viewer_{number}") });
    json!({ "origin": "twitchat", "type": "FOLLOW", "id": format!("follow-{number}"), "data": { "user": user } })
}
