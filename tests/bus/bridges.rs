//! Two bridges on one OBS, and a client that only imitates a bridge.

use serde_json::json;
use twitchat_bridge::daemon::Ended;

use crate::support::{Bridge, Bus, Site, on_both, play};

on_both!(
    a_hello_from_something_that_does_not_answer_stops_no_bridge,
    the_older_bridge_ends_when_another_one_takes_over,
);

async fn a_hello_from_something_that_does_not_answer_stops_no_bridge(site: Site) {
    let bridge = Bridge::on(&site).await;
    let mut bus = Bus::connect(&site).await;
    let run = bus.status().await["run"]["id"].clone();
    let hello = json!({ "origin": "twitchat-bridge", "bridge": "recorded", "request": "Hello",
        "since": 1, "takeover": true });
    play(&site, [hello]).await;
    assert_eq!(bus.status().await["run"]["id"], run);
    bridge.stop().await;
}

async fn the_older_bridge_ends_when_another_one_takes_over(site: Site) {
    let older = Bridge::on(&site).await;
    let mut bus = Bus::connect(&site).await;
    let run = bus.status().await["run"]["id"].clone();
    let newer = Bridge::taking_over(&site).await;
    let ended = older.ended().await;
    let process = std::process::id();
    let Ended::OtherBridge(other) = ended else {
        panic!("{ended:?}");
    };
    assert_eq!((other.takeover, other.process), (true, Some(process)));
    assert_ne!(bus.status().await["run"]["id"], run);
    newer.stop().await;
}
