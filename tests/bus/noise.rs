//! Invalid messages. The bridge does not end. It replies to each real request once, and to no other
//! message.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use crate::support::{
    Bridge, Bus, Odd, SOON, Site, Witness, is_request, on_both, play, wait_until,
};

const MESSAGES: usize = 10_000;

on_both!(ten_thousand_odd_messages, strings_of_ten_megabytes);

async fn ten_thousand_odd_messages(site: Site) {
    let mut odd = Odd::seeded(7);
    let (mut messages, mut askers) = (Vec::new(), Vec::new());
    for number in 0..MESSAGES {
        let mut message = odd.message();
        let asker = format!("asker-{number}");
        if is_request(&message) {
            askers.push(asker.clone());
        }
        message.insert("client".into(), asker.into());
        messages.push(Value::Object(message));
    }
    assert!(
        (2_000..8_000).contains(&askers.len()),
        "{} requests",
        askers.len()
    );
    each_request_is_answered_once(&site, messages, askers).await;
}

async fn strings_of_ten_megabytes(site: Site) {
    let long = "é".repeat(5 << 20);
    let user = json!({ "id": "7", "login": "zed", "displayName": "Zed" });
    let messages = vec![
        json!({ "origin": "twitchat", "type": "MESSAGE_FIRST", "id": "1",
            "data": { "message": long, "user": user } }),
        json!({ "origin": "twitchat", "type": long, "id": "2" }),
        json!({ "request": "GetInfo", "client": "padded", "padding": long }),
        json!({ "request": long, "client": "long-name" }),
        json!({ "request": "GetCredits", "client": "long-spelling", "spelling": long }),
        json!({ "request": "GetInfo", "client": "long-id", "id": long }),
        json!({ "request": "PublishEvent", "client": "long-data", "publish": { "source": "Kofi",
            "type": "Donation" },
            "data": { "from": "Zed", "amount": "5.00", "currency": "EUR", "message": long } }),
    ];
    let askers = [
        "padded",
        "long-name",
        "long-spelling",
        "long-id",
        "long-data",
    ]
    .map(str::to_owned);
    each_request_is_answered_once(&site, messages, askers.into()).await;
}

/// Plays the messages. Their `client` identifies the requests.
async fn each_request_is_answered_once(site: &Site, messages: Vec<Value>, askers: Vec<String>) {
    let witness = Witness::on(site).await;
    let bridge = Bridge::on(site).await;
    play(site, messages).await;
    let mut bus = Bus::connect(site).await;
    let mut own = 0;
    let last = wait_until("every request is received", 4 * SOON, async || {
        own += 1;
        let status = bus.status().await;
        (status["counts"]["requests"].as_u64().unwrap() >= askers.len() as u64 + own)
            .then_some(status["seq"].clone())
    })
    .await;
    // The bridge sends its replies in order, but OBS relays a message of 10 MiB later than a short
    // reply that was sent after it.
    wait_until("a reply to every request", 4 * SOON, async || {
        let replied: HashSet<String> = witness.clients().into_iter().collect();
        askers
            .iter()
            .all(|asker| replied.contains(asker))
            .then_some(())
    })
    .await;
    let fence = bus
        .ask(json!({ "request": "GetInfo", "client": "fence" }))
        .await;
    assert!(
        fence["info"]["name"].is_string() && last.is_u64(),
        "{fence}"
    );
    witness.until_replied_to("fence").await;

    let mut replies: HashMap<String, usize> = HashMap::new();
    for client in witness.clients() {
        *replies.entry(client).or_default() += 1;
    }
    replies.remove("fence");
    let not_once: Vec<_> = askers
        .iter()
        .map(|asker| (asker, replies.remove(asker).unwrap_or(0)))
        .filter(|(_, count)| *count != 1)
        .collect();
    assert!(not_once.is_empty(), "replies to requests: {not_once:?}");
    assert!(
        replies.is_empty(),
        "replies to what was no request: {replies:?}"
    );
    bridge.stop().await;
}

/// Sends frames that OBS never sends.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frames_that_are_no_obs_websocket() {
    let site = Site::stand_in().await;
    let witness = Witness::on(&site).await;
    let bridge = Bridge::on(&site).await;
    let mut bus = Bus::connect(&site).await;
    let custom = |event_data: &str| {
        format!(
            r#"{{"op":5,"d":{{"eventType":"CustomEvent","eventIntent":1,
                "eventData":{event_data}}}}}"#
        )
    };
    let deep =
        |open: &str, close: &str| format!("{}1{}", open.repeat(50_000), close.repeat(50_000));
    let no_requests = [
        String::new(),
        "{".into(),
        "null".into(),
        "[]".into(),
        r#"{"op":5}"#.into(),
        r#"{"op":99,"d":{}}"#.into(),
        r#"{"op":5,"d":{"eventType":7,"eventData":{}}}"#.into(),
        deep("[", "]"),
        custom("7"),
        custom(r#""text""#),
        custom("{"),
        custom(r#"{"request":["GetInfo"],"client":"odd"}"#),
        custom(r#"{"request":"GetInfo","client":"odd""#),
        custom(
            r#"{"origin":"twitchat","type":"FOLLOW","id":"\ud800","data":{"user":{"id":"1",
                "login":"\udc00"}}}"#,
        ),
        custom(&format!(
            r#"{{"origin":"twitchat","type":"FOLLOW","id":"deep","data":{}}}"#,
            deep("[", "]")
        )),
        custom(&format!(
            r#"{{"origin":"twitchat","type":"SUMMARY_DATA","id":"deeper","data":{}}}"#,
            deep(r#"{"follows":"#, "}")
        )),
        custom(
            r#"{"origin":"twitchat","type":"BITS","id":"big","data":{"bits":1e999,
                "user":{"id":"1","login":"zed"}}}"#,
        ),
        custom(r#"{"origin":"twitchat-bridge","bridge":7,"request":"Hello","since":"yesterday"}"#),
        custom(r#"{"origin":"twitchat-bridge","request":"GetInfo","client":"odd"}"#),
        // Duplicate keys, which OBS never sends.
        custom(r#"{"request":"GetInfo","request":"GetInfo","client":"odd"}"#),
    ];
    let requests = [
        custom(&format!(
            r#"{{"request":"GetInfo","client":"deep","x":{}}}"#,
            deep("[", "]")
        )),
        custom(r#"{"request":"GetInfo","client":"big","x":1e999}"#),
        custom(r#"{"request":"GetInfo","client":"half","x":"\ud83d"}"#),
        custom(r#"{"origin":"\ud83d","request":"GetInfo","client":"half-origin"}"#),
    ];
    for frame in no_requests.iter().chain(&requests) {
        site.controls().send_raw(frame.as_str());
    }
    site.controls().send_raw_bytes(vec![0, 159, 146, 150]);
    assert_eq!(
        bus.ask(json!({ "request": "GetInfo", "client": "fence" }))
            .await["status"],
        "ok"
    );
    witness.until_replied_to("fence").await;
    assert_eq!(
        witness.clients(),
        ["deep", "big", "half", "half-origin", "fence"]
    );
    bridge.stop().await;
}
