//! Publishes events of other services in the services' own shapes, and checks the credits and the
//! roll.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Bridge, Bus, Process, Site, check_case, on_both};

on_both!(
    tipeeestream_names_the_donor_and_not_the_channel,
    an_anonymous_gift_on_kick_counts,
    a_retry_of_ko_fi_changes_nothing,
    declined_and_fraudulent_pledges_are_not_thanked,
    a_gift_bomb_counts_once_in_any_order,
    events_of_a_guest_of_a_shared_chat_do_not_count,
    an_order_has_its_total_and_its_goods,
    private_data_reaches_neither_journal_nor_replies_nor_pages_nor_the_log,
);

async fn tipeeestream_names_the_donor_and_not_the_channel(site: Site) {
    check(&site, "P1-tipeee-socket").await;
}

async fn an_anonymous_gift_on_kick_counts(site: Site) {
    check(&site, "P2-kick-gifts").await;
}

async fn a_retry_of_ko_fi_changes_nothing(site: Site) {
    check(&site, "P3-kofi-retry").await;
}

async fn declined_and_fraudulent_pledges_are_not_thanked(site: Site) {
    check(&site, "P4-patreon").await;
}

async fn a_gift_bomb_counts_once_in_any_order(site: Site) {
    check(&site, "P5-bomb-first-shape").await;
}

async fn events_of_a_guest_of_a_shared_chat_do_not_count(site: Site) {
    check(&site, "P6-shared-chat").await;
}

async fn an_order_has_its_total_and_its_goods(site: Site) {
    check(&site, "P7-fourthwall").await;
}

/// Plays the requests of a case on a fresh bridge.
async fn check(site: &Site, name: &str) {
    let bridge = Bridge::on(site).await;
    check_case(site, name).await;
    bridge.stop().await;
}

/// Publishes each body in `tests/fixtures/services`. Then searches everything that the bridge has
/// sent, stored and logged.
async fn private_data_reaches_neither_journal_nor_replies_nor_pages_nor_the_log(site: Site) {
    let bridge = Process::logging(&site, "twitchat_bridge=debug").await;
    let (mut bus, mut overlay) = (Bus::connect(&site).await, Bus::connect(&site).await);
    bus.ask(json!({ "request": "ClearCredits" })).await;
    // The sources whose events are emitted at once, one event for each body.
    let sources: Vec<&str> = [
        "DonorDrive",
        "Fourthwall",
        "General",
        "Kofi",
        "Pallygg",
        "Patreon",
        "Shopify",
        "StreamElements",
        "Streamlabs",
    ]
    .into();
    let events: Value = sources
        .iter()
        .map(|source| ((*source).to_owned(), json!(["*"])))
        .collect::<serde_json::Map<_, _>>()
        .into();
    bus.ask(json!({ "request": "Subscribe", "client": "privacy", "events": events }))
        .await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/services");
    let mut private: Vec<String> = Vec::new();
    let (mut sent, mut events) = (String::new(), 0);
    for file in std::fs::read_dir(folder).unwrap() {
        let fixture: Value =
            serde_json::from_str(&std::fs::read_to_string(file.unwrap().path()).unwrap()).unwrap();
        let texts = fixture["private"].as_array().unwrap();
        private.extend(texts.iter().map(|text| text.as_str().unwrap().to_owned()));
        let publish = json!({ "source": fixture["service"], "type": fixture["type"] });
        let reply = bus
            .ask(json!({ "request": "PublishEvent", "publish": publish, "data": fixture["body"] }))
            .await;
        assert_eq!(reply["status"], "ok", "{reply}");
        sent += &reply.to_string();
        if sources.contains(&fixture["service"].as_str().unwrap())
            && reply["published"]["repeat"] == false
        {
            events += 1;
        }
    }
    for _ in 0..events {
        sent += &overlay
            .until("the event", |message| message.get("event").is_some())
            .await
            .to_string();
    }
    for request in [
        "GetCredits",
        "GetRoll",
        "GetStatus",
        "GetActiveViewers",
        "TestCredits",
    ] {
        sent += &bus
            .ask(json!({ "request": request, "extended": true }))
            .await
            .to_string();
    }
    assert!(
        sent.contains("Supporter username") && sent.contains("fw_member"),
        "what is public is shown: {sent}"
    );
    assert!(
        sent.contains("Hello, Olga!"),
        "an event of one's own is passed on: {sent}"
    );
    let mut places = bridge.log_and_files();
    places.push(("what was sent".to_owned(), sent.into_bytes()));
    assert!(places.len() >= 3, "the journal, the log and what was sent");
    // Texts that consist of digits are skipped, because they also occur in times and ids.
    for text in private
        .iter()
        .filter(|text| !text.chars().all(|c| c.is_ascii_digit()))
    {
        for (place, bytes) in &places {
            let is_there = bytes
                .windows(text.len())
                .any(|window| window == text.as_bytes());
            assert!(!is_there, "{text} is in {place}");
        }
    }
    assert!(private.len() > 60, "{}", private.len());
}
