//! Events of OBS itself, messages of other programs, and the step `broadcast`.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{sleep, timeout};
use twitchat_bridge::automation::Rulebook;
use twitchat_bridge::config::Config;
use twitchat_bridge::event::Received;
use twitchat_bridge::obs::{EventConnection, Options};

use super::overlay::studio;
use super::support::{Bridge, Bus, SOON, Site, on_both, play, wait_until};

on_both!(
    a_recording_is_emitted_with_its_file,
    events_of_obs_are_emitted_to_subscribers,
    a_rule_answers_another_program_with_a_broadcast,
);

/// The time limit for events of OBS, and the time in which no event may arrive.
const MOMENT: Duration = Duration::from_millis(700);

async fn subscribe(bus: &mut Bus, request: &str, kinds: &[&str]) {
    let reply = bus
        .ask(json!({ "request": request, "client": "test", "events": { "Obs": kinds } }))
        .await;
    assert_eq!(reply["status"], "ok", "{reply}");
}

fn is(message: &Value, kind: &str) -> bool {
    message["event"]["source"] == "Obs" && message["event"]["type"] == kind
}

async fn until_recording(bus: &mut Bus, active: bool) {
    wait_until("the state of the recording", SOON, async || {
        (bus.status().await["obs"]["recording"] == active).then_some(())
    })
    .await;
}

async fn a_recording_is_emitted_with_its_file(site: Site) {
    let obs = studio(&site).await;
    if obs.recording().status().await.unwrap().active {
        obs.recording().stop().await.unwrap();
    }
    wait_until("nothing records", SOON, async || {
        (!obs.recording().status().await.unwrap().active).then_some(())
    })
    .await;
    let bridge = Bridge::on(&site).await;
    let mut bus = Bus::connect(&site).await;
    until_recording(&mut bus, false).await;
    subscribe(&mut bus, "Subscribe", &["*"]).await;
    obs.recording().start().await.unwrap();
    let started = bus
        .until("the start", |message| is(message, "RecordingStarted"))
        .await;
    let path = started["data"]["outputPath"].as_str().unwrap().to_owned();
    assert!(!path.is_empty(), "{started}");
    until_recording(&mut bus, true).await;
    assert_eq!(obs.recording().stop().await.unwrap(), path);
    let stopped = bus
        .until("the end", |message| is(message, "RecordingStopped"))
        .await;
    assert_eq!(
        (
            &stopped["data"]["outputActive"],
            &stopped["data"]["outputPath"]
        ),
        (&json!(false), &json!(path))
    );
    until_recording(&mut bus, false).await;
    bridge.stop().await;
}

async fn events_of_obs_are_emitted_to_subscribers(site: Site) {
    let obs = studio(&site).await;
    obs.ui().set_studio_mode_enabled(false).await.unwrap();
    let bridge = Bridge::on(&site).await;
    let mut bus = Bus::connect(&site).await;
    subscribe(&mut bus, "Subscribe", &["SceneChanged"]).await;
    let studio_mode = async |enabled: bool| {
        obs.ui().set_studio_mode_enabled(enabled).await.unwrap();
    };
    studio_mode(true).await;
    assert_eq!(bus.events_within(MOMENT).await, [""; 0]);
    subscribe(&mut bus, "Subscribe", &["Event"]).await;
    // The bridge may reply before OBS has read the new subscription.
    sleep(MOMENT).await;
    studio_mode(false).await;
    let event = bus
        .until("an event of OBS", |message| {
            is(message, "Event") && message["data"]["obsEvent"]["event"] == "StudioModeStateChanged"
        })
        .await;
    let data = &event["data"];
    assert_eq!(
        (
            &data["obsEvent"]["studioModeEnabled"],
            &data["obsEvent.event"],
            &data["obs.name"]
        ),
        (
            &json!(false),
            &json!("StudioModeStateChanged"),
            &json!("OBS")
        )
    );
    subscribe(&mut bus, "UnSubscribe", &["Event"]).await;
    bus.events_within(MOMENT).await;
    studio_mode(true).await;
    assert_eq!(bus.events_within(MOMENT).await, [""; 0]);
    studio_mode(false).await;
    bridge.stop().await;
}

/// The next message with this `kind` that comes neither from Twitchat nor from a bridge.
async fn of_others(receiver: &mut EventConnection, kind: &str) -> Value {
    let found = async {
        loop {
            let mut batch = receiver.next().await.expect("OBS is there");
            for received in batch.events.drain(..) {
                if let Received::Other(whole) = received {
                    let message: Value = serde_json::from_str(whole.get()).unwrap();
                    if message["kind"] == kind {
                        return message;
                    }
                }
            }
        }
    };
    timeout(SOON, found)
        .await
        .unwrap_or_else(|_| panic!("{kind} was not received"))
}

async fn a_rule_answers_another_program_with_a_broadcast(site: Site) {
    let rules = r#"
        [[rule]]
        on = "Obs.CustomEvent"
        [[rule.do]]
        broadcast = { kind = "answer", n = "{{ data.n }}", half = 0.5, text = "{{ data.text }}" }
    "#;
    let mut config = Config::default();
    config.rules = Rulebook::of_toml(rules).unwrap().shared();
    let bridge = Bridge::with(&site, config).await;
    let mut bus = Bus::connect(&site).await;
    let mut receiver = EventConnection::connect(&site.target(), &Options::default())
        .await
        .unwrap();
    subscribe(&mut bus, "Subscribe", &["CustomEvent"]).await;
    let question = json!({ "kind": "question", "n": 7, "text": "naïve 😀" });
    play(&site, [question]).await;
    assert_eq!(
        of_others(&mut receiver, "answer").await,
        json!({ "kind": "answer", "n": 7, "half": 0.5, "text": "naïve 😀" })
    );
    // The bridge also receives its own answer. It emits the answer, and runs no rule for it.
    let answer = bus
        .until("the answer as an event", |message| {
            is(message, "CustomEvent") && message["data"]["kind"] == "answer"
        })
        .await;
    assert_eq!(answer["data"]["text"], "naïve 😀");
    sleep(MOMENT).await;
    assert_eq!(bus.status().await["rules"][0]["runs"], 1);
    bridge.stop().await;
}

/// A real OBS emits such an event only if a plugin does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_of_a_plugin_runs_a_rule_and_is_emitted() {
    let site = Site::stand_in().await;
    let rules = r#"
        [[rule]]
        on = "Obs.VendorEvent"
        when = "data.obsVendorEvent.vendor == 'move' and data.obsVendorEvent.data.done"
        do = [{ publish = "Custom.Moved", data = { what = "{{ data.obsVendorEvent.event }}" } }]
    "#;
    let mut config = Config::default();
    config.rules = Rulebook::of_toml(rules).unwrap().shared();
    let bridge = Bridge::with(&site, config).await;
    let mut bus = Bus::connect(&site).await;
    bus.ask(json!({ "request": "Subscribe", "client": "test",
        "events": { "Custom": ["*"], "Obs": ["VendorEvent"] } }))
        .await;
    for (vendor, done) in [("other", true), ("move", false), ("move", true)] {
        site.controls()
            .emit_vendor_event(vendor, "move-done", &json!({ "done": done }));
    }
    let events = bus.events_within(2 * MOMENT).await;
    let count = |name: &str| events.iter().filter(|event| *event == name).count();
    assert_eq!(
        (
            count("Obs.VendorEvent"),
            bus.status().await["rules"][0]["runs"].as_u64()
        ),
        (3, Some(1)),
        "{events:?}"
    );
    bridge.stop().await;
}
