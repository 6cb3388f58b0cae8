//! The end credits follow the settings page of Twitchat: in both versions, during a roll, and for
//! a user to whom Twitchat reserves sections.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;
use twitchat_bridge::config::Config;
use twitchat_bridge::credits::roll::Follow;
use twitchat_bridge::sim::twitchat::{Generation, Moment, Options, Person, StandIn};

use super::support::{Bridge, Bus, SOON, Site, on_both, wait_until};

on_both!(
    a_change_in_twitchat_reaches_the_page_that_rolls,
    settings_are_asked_for_and_reserved_sections_stay_away,
);

/// How soon a change must reach the page.
const WITHIN: Duration = Duration::from_millis(200);

fn config() -> Config {
    let mut config = Config::default();
    config.overlay.follow = Follow::Twitchat;
    config
}

async fn twitchat(site: &Site, generation: Generation) -> StandIn {
    let options = Options {
        generation,
        ..Options::default()
    };
    StandIn::connect(site.peer(), options).await.unwrap()
}

fn settings(title: &str) -> Value {
    json!({ "scale": 30, "timing": "speed", "speed": 200, "colorTitle": "#e04e00",
        "hideEmptySlots": false, "slots": [
            { "id": "a", "slotType": "follows", "label": title, "maxEntries": 100,
                "enabled": true, "layout": "2cols" },
            { "id": "b", "slotType": "rewards", "label": "Rewards", "enabled": true,
                "layout": "col" },
        ] })
}

fn title(roll: &Value) -> Option<&str> {
    roll["sections"][0]["title"].as_str()
}

async fn status(bus: &mut Bus, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
    wait_until(what, SOON, async || {
        let follow = bus.status().await["overlay"]["follow"].clone();
        fits(&follow).then_some(follow)
    })
    .await
}

async fn a_change_in_twitchat_reaches_the_page_that_rolls(site: Site) {
    let bridge = Bridge::with(&site, config()).await;
    let (mut asker, mut page) = (Bus::connect(&site).await, Bus::connect(&site).await);
    for generation in [Generation::Second, Generation::Third] {
        let twitchat = twitchat(&site, generation).await;
        let who = Person::new("7001", "Zed");
        twitchat.play(Moment::Follow { who }).await.unwrap();
        twitchat.set_credits(settings("Followers")).await.unwrap();
        wait_until("the settings", SOON, async || {
            let reply = asker.ask(json!({ "request": "GetRoll" })).await;
            (title(&reply["roll"]) == Some("Followers")).then_some(())
        })
        .await;
        let reply = asker
            .ask(json!({ "request": "RollCredits", "seconds": 60 }))
            .await;
        let id = reply["roll"].clone();
        page.until("the roll", |message| message["roll"]["id"] == id)
            .await;
        let begun = Instant::now();
        twitchat.set_credits(settings("They follow")).await.unwrap();
        let changed = page
            .until("the changed roll", |message| {
                title(&message["roll"]) == Some("They follow")
            })
            .await;
        let took = begun.elapsed();
        assert_eq!(
            (&changed["roll"]["id"], &changed["roll"]["revision"]),
            (&id, &json!(1))
        );
        // Where the machine is busy, it takes as long as a request that is answered at once.
        let begun = Instant::now();
        asker.ask(json!({ "request": "GetInfo" })).await;
        assert!(took < WITHIN + 10 * begun.elapsed(), "{took:?}");
        asker.ask(json!({ "request": "StopCredits" })).await;
    }
    bridge.stop().await;
}

async fn settings_are_asked_for_and_reserved_sections_stay_away(site: Site) {
    for generation in [Generation::Second, Generation::Third] {
        let twitchat = twitchat(&site, generation).await;
        // The settings page was used before the bridge came.
        twitchat.set_credits(settings("Followers")).await.unwrap();
        twitchat.reserve(&["rewards"]);
        let bridge = Bridge::with(&site, config()).await;
        let mut bus = Bus::connect(&site).await;
        let who = Person::new("7001", "Zed");
        twitchat.play(Moment::Follow { who }).await.unwrap();
        let follow = status(&mut bus, "the settings", |follow| follow["known"] == true).await;
        assert_eq!(
            (&follow["reserved"], &follow["sections"]),
            (&json!(["rewards"]), &json!(2))
        );
        let roll = bus.ask(json!({ "request": "GetRoll" })).await["roll"].clone();
        assert_eq!(
            (title(&roll), roll["sections"].as_array().map(Vec::len)),
            (Some("Followers"), Some(1))
        );
        bridge.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_twitchat_that_does_not_know_the_stream_still_sends_its_summary() {
    let site = Site::stand_in().await;
    let twitchat = twitchat(&site, Generation::Second).await;
    twitchat.set_knows_stream(false);
    twitchat.set_credits(settings("Followers")).await.unwrap();
    let bridge = Bridge::with(&site, config()).await;
    let mut bus = Bus::connect(&site).await;
    let who = Person::new("7001", "Zed");
    twitchat.play(Moment::Follow { who }).await.unwrap();
    wait_until("the summary", SOON, async || {
        bus.status().await["twitchat"]["summaryMerged"]
            .is_string()
            .then_some(())
    })
    .await;
    let asked = |with: bool| {
        let questions = twitchat.received();
        let is_question = |(kind, data): &&(String, Value)| {
            kind == "GET_SUMMARY_DATA" && (data["includeParams"] == true) == with
        };
        questions.iter().filter(is_question).count()
    };
    wait_until("the question for the settings", SOON, async || {
        (asked(true) == 1).then_some(())
    })
    .await;
    assert_eq!(asked(false), 1);
    assert_eq!(bus.status().await["overlay"]["follow"]["known"], false);
    bridge.stop().await;
}
