//! Compares a stand-in OBS that changes the order of a pipelined show with one that keeps it: the
//! credits are the same.

use serde_json::{Value, json};
use twitchat_bridge::sim;

use crate::support::{Bridge, Bus, SOON, Script, Site, credits_of, play, wait_until};

/// The number of people in the burst. Each does several things at once.
const PEOPLE: u64 = 300;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reordering_changes_nothing() {
    let in_order = credits(sim::obs::Options {
        order: sim::obs::Order::All,
        ..Default::default()
    })
    .await;
    for seed in 1..=5 {
        assert_eq!(
            credits(sim::obs::Options {
                seed,
                ..Default::default()
            })
            .await,
            in_order,
            "seed {seed}"
        );
    }
}

/// The credits after one burst of the captured messages and the messages of the test audience.
async fn credits(options: sim::obs::Options) -> Value {
    let site = Site::stand_in_with(options).await;
    let bridge = Bridge::on(&site).await;
    let mut bus = Bus::connect(&site).await;
    let messages: Vec<_> = Script::new()
        .events
        .into_iter()
        .chain((0..PEOPLE).flat_map(crowd))
        .collect();
    let count = messages.len() as u64;
    play(&site, messages).await;
    wait_until("every message is received", SOON, async || {
        let counts = bus.status().await["counts"].take();
        let of = |name: &str| counts[name].as_u64().unwrap();
        (of("received") - of("requests") - of("echoes") >= count).then_some(())
    })
    .await;
    let credits = credits_of(
        &bus.ask(json!({ "request": "GetCredits", "extended": true }))
            .await,
    );
    bridge.stop().await;
    credits
}

/// The messages of one person of the test audience. The person follows, cheers twice, gives three
/// gifts at once, and redeems a reward.
fn crowd(number: u64) -> Vec<Value> {
    let name = format!("Person_{number}");
    let user = json!({ "id": (5_000_000 + number).to_string(), "login": name.to_lowercase(),
        "displayName": name });
    let gift = |to: u64| {
        let to = json!([{ "uid": (9_000_000 + 3 * number + to).to_string(),
            "login": format!("lucky_{number}_{to}") }]);
        json!({ "channel": "1", "user": user, "isGift": true, "tier": 1, "giftCount": 1,
            "recipients": to,
            "isPrimeUpgrade": false, "isGiftUpgrade": false, "isResub": false, "months": 1,
                "streakMonths": 0, "totalSubDuration": 1 })
    };
    let messages = [
        ("FOLLOW", json!({ "user": user })),
        (
            "BITS",
            json!({ "channel": "1", "bits": 100 + number, "message": "x", "user": user }),
        ),
        (
            "BITS",
            json!({ "channel": "1", "bits": 50, "message": "x", "user": user }),
        ),
        ("SUBSCRIPTION", gift(0)),
        ("SUBSCRIPTION", gift(1)),
        ("SUBSCRIPTION", gift(2)),
        (
            "REWARD_REDEEM",
            json!({ "channel": "1", "user": user, "reward": { "id": "r", "cost": 300,
                "title": "Hydrate" } }),
        ),
    ];
    let envelope = |(place, (kind, data)): (usize, (&str, Value))| {
        json!({ "origin": "twitchat",
        "type": kind, "id": format!("{number}-{place}"), "data": data })
    };
    messages.into_iter().enumerate().map(envelope).collect()
}
