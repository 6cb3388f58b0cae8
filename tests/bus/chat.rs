//! Chat lines on OBS, which changes the order of the messages of two Twitchat pages.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{Bridge, Bus, Site, on_both, play};

const LINES: usize = 40;

on_both!(each_chat_line_of_two_twitchat_pages_is_emitted_once);

async fn each_chat_line_of_two_twitchat_pages_is_emitted_once(site: Site) {
    let bridge = Bridge::on(&site).await;
    let mut bus = Bus::connect(&site).await;
    let events = json!({ "Twitch": ["ChatMessage", "FirstWord"], "General": ["Custom"] });
    bus.ask(json!({ "request": "Subscribe", "client": "chat page", "events": events }))
        .await;

    let kinds = [
        "MESSAGE_NON_FOLLOWER",
        "MENTION",
        "MESSAGE_FIRST",
        "MESSAGE_FIRST_ALL_TIME",
    ];
    let line = |number: usize| {
        json!({ "channel": "1", "message": format!("line {number}"),
        "user": { "id": format!("id {number}"), "login": format!("viewer_{number}"),
            "displayName": format!("Viewer_{number}") } })
    };
    let of_page = |page: &'static str| {
        let reports = (0..LINES).flat_map(move |number| kinds.map(|kind| (number, kind)));
        reports.map(move |(number, kind)| {
            json!({ "origin": "twitchat", "type": kind,
            "id": format!("{page} {number} {kind}"), "data": line(number) })
        })
    };
    play(
        &site,
        of_page("browser")
            .chain(of_page("dock"))
            .collect::<Vec<_>>(),
    )
    .await;
    let mut emitted: BTreeMap<String, usize> = BTreeMap::new();
    while emitted.values().sum::<usize>() < 2 * LINES {
        let message = bus
            .until("the rest of the lines", |message| {
                message.get("event").is_some()
            })
            .await;
        count(&mut emitted, &message);
    }
    // This event is emitted after all others, so any further line before it is an error.
    let publish = json!({ "request": "PublishEvent", "client": "chat page",
        "publish": { "source": "General", "type": "Custom" }, "data": {} });
    play(&site, [publish]).await;
    loop {
        let message = bus
            .until("the published event", |message| {
                message.get("event").is_some()
            })
            .await;
        if message["event"]["type"] == "Custom" {
            break;
        }
        count(&mut emitted, &message);
    }
    let expected = (0..LINES).flat_map(|number| {
        ["ChatMessage", "FirstWord"].map(|kind| (format!("{kind} line {number}"), 1))
    });
    assert_eq!(emitted, expected.collect());
    bridge.stop().await;
}

fn count(emitted: &mut BTreeMap<String, usize>, message: &Value) {
    let data = &message["data"];
    let name = format!(
        "{} {}",
        message["event"]["type"].as_str().unwrap(),
        data["text"].as_str().unwrap()
    );
    *emitted.entry(name).or_default() += 1;
}
