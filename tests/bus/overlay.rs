//! Tests the end credits on OBS. One client acts as the page, another one as Twitchat's buttons,
//! and OBS changes its scene.

use obws::{client::ConnectConfig, requests::EventSubscription};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use twitchat_bridge::obs::{Options, RequestConnection, RequestError};

use super::support::{Bridge, Bus, SOON, Site, on_both, play, wait_until};

on_both!(
    a_page_gets_the_roll_and_its_end_is_an_event,
    a_page_that_opens_late_joins_in,
    twitchats_buttons_roll_steer_and_stop,
    a_scene_that_goes_on_air_starts_the_credits,
    studio_requests_are_answered_as_obs_answers_them,
);

const SCENE: &str = "Credits";

/// A client of OBS itself, for requests that the bridge never sends.
pub(super) async fn studio(site: &Site) -> obws::Client {
    let password = site
        .password()
        .map(|password| password.expose_secret().to_owned());
    let config = ConnectConfig {
        host: site.host().to_owned(),
        port: site.port(),
        dangerous: None,
        password,
        event_subscriptions: Some(EventSubscription::NONE),
        tls: false,
        broadcast_capacity: 16,
        connect_timeout: SOON,
    };
    obws::Client::connect_with_config(config).await.unwrap()
}

pub(super) async fn report(bus: &mut Bus, state: &str, roll: &Value) -> Value {
    let report = json!({ "request": "OverlayReport", "client": "the page", "page": "credits",
        "state": state, "roll": roll, "seconds": 30 });
    bus.ask(report).await
}

async fn roll(bus: &mut Bus) -> Value {
    bus.until("a roll", |message| message["overlay"] == "roll")
        .await["roll"]
        .clone()
}

async fn event(bus: &mut Bus, kind: &str) -> Value {
    bus.until(kind, |message| {
        message["event"] == json!({ "source": "Credits", "type": kind })
    })
    .await["data"]
        .clone()
}

async fn a_page_gets_the_roll_and_its_end_is_an_event(site: Site) {
    let bridge = Bridge::on(&site).await;
    // While a client waits for its reply, it drops earlier messages, so two more clients only
    // receive.
    let (mut asker, mut page, mut subscriber) = (
        Bus::connect(&site).await,
        Bus::connect(&site).await,
        Bus::connect(&site).await,
    );
    asker
        .ask(json!({ "request": "Subscribe", "events": { "Credits": ["*"] } }))
        .await;
    let raid = json!({ "userId": "7", "userName": "lantern", "displayName": "Lantern_Fox",
        "viewers": 12 });
    asker
        .ask(
            json!({ "request": "PublishEvent", "publish": { "source": "Twitch", "type": "Raid" },
        "data": raid }),
        )
        .await;
    assert!(
        report(&mut asker, "idle", &Value::Null)
            .await
            .get("roll")
            .is_none()
    );

    let reply = asker
        .ask(json!({ "request": "RollCredits", "theme": "neon" }))
        .await;
    assert_eq!(
        (&reply["status"], &reply["state"], &reply["pages"]),
        (&json!("ok"), &json!("rolling"), &json!(1))
    );
    let got = roll(&mut page).await;
    assert_eq!(
        (&got["id"], &got["look"]["theme"], &got["test"]),
        (&reply["roll"], &json!("neon"), &json!(false))
    );
    assert_eq!(
        got["sections"][0]["names"],
        json!([{ "name": "Lantern_Fox", "amount": "12 viewers" }])
    );
    assert_eq!(
        event(&mut subscriber, "Started").await["roll"],
        reply["roll"]
    );

    report(&mut asker, "rolling", &got["id"]).await;
    let paused = asker
        .ask(json!({ "request": "ControlCredits", "command": "pause" }))
        .await;
    assert_eq!(paused["state"], "paused");
    let control = page
        .until("a control", |message| message["overlay"] == "control")
        .await;
    assert_eq!(
        (&control["command"], &control["roll"], &control["seq"]),
        (&json!("pause"), &got["id"], &json!(1))
    );
    event(&mut subscriber, "Paused").await;

    let status = asker.status().await;
    assert_eq!(
        (
            &status["overlay"]["roll"]["state"],
            &status["overlay"]["pages"][0]["seconds"]
        ),
        (&json!("paused"), &json!(30.0))
    );
    report(&mut asker, "complete", &got["id"]).await;
    let over = event(&mut subscriber, "Completed").await;
    assert_eq!(
        (&over["roll"], &over["seconds"], &over["names"]),
        (&got["id"], &json!(30.0), &json!(1))
    );
    assert_eq!(asker.status().await["overlay"]["roll"], Value::Null);
    bridge.stop().await;
}

async fn a_page_that_opens_late_joins_in(site: Site) {
    let bridge = Bridge::on(&site).await;
    let mut page = Bus::connect(&site).await;
    let begun = page
        .ask(
            json!({ "request": "RollCredits", "test": true, "crowd": { "names": 5000,
        "seed": 3 }, "seconds": 60 }),
        )
        .await;
    let late = wait_until("a roll that has gone on", SOON, async || {
        let reply = report(&mut page, "idle", &Value::Null).await;
        (reply["roll"]["elapsedMs"].as_u64()? > 50).then_some(reply)
    });
    let late = late.await;
    assert_eq!(
        (&late["roll"]["id"], &late["roll"]["test"]),
        (&begun["roll"], &json!(true))
    );
    let names = late["roll"]["sections"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|section| section["names"].as_array())
        .map(Vec::len);
    assert!(names.sum::<usize>() > 5_000);
    assert!(
        report(&mut page, "rolling", &begun["roll"])
            .await
            .get("roll")
            .is_none()
    );
    bridge.stop().await;
}

async fn twitchats_buttons_roll_steer_and_stop(site: Site) {
    let bridge = Bridge::on(&site).await;
    let names = [
        [
            "FOLLOW",
            "GET_CREDITS_OVERLAY_PRESENCE",
            "CREDITS_OVERLAY_PRESENCE",
            "SUMMARY_DATA",
            "ENDING_CREDITS_CONTROL",
            "ENDING_CREDITS_COMPLETE",
        ],
        [
            "ON_FOLLOW",
            "GET_ENDING_CREDITS_PRESENCE",
            "SET_ENDING_CREDITS_PRESENCE",
            "SET_ENDING_CREDITS_DATA",
            "SET_ENDING_CREDITS_CONTROL",
            "ON_ENDING_CREDITS_COMPLETE",
        ],
    ];
    for [follow, ask, presence, summary, control, complete] in names {
        let (mut asker, mut page) = (Bus::connect(&site).await, Bus::connect(&site).await);
        let message = |kind: &str, data: Value| {
            json!({ "origin": "twitchat", "type": kind,
            "id": uuid::Uuid::new_v4(), "data": data })
        };
        report(&mut asker, "idle", &Value::Null).await;
        play(
            &site,
            [message(
                follow,
                json!({ "user": { "id": "7", "login": "zed", "displayName": "Zed" } }),
            )],
        )
        .await;
        play(&site, [message(ask, json!({}))]).await;
        page.twitchat(presence).await;

        // The bridge asked for the summary when Twitchat appeared. It gets no answer in this test.
        let pressed = json!({ "follows": [{ "uid": "7", "login": "Zed" }],
            "labels": { "no_entry": "-" }, "params": { "slots": [{ "id": "s1",
                "slotType": "follows" }] } });
        play(&site, [message(summary, pressed)]).await;
        let got = roll(&mut page).await;
        assert_eq!(got["sections"][0]["names"][0]["name"], "Zed");
        report(&mut asker, "rolling", &got["id"]).await;
        let scroll_to = if control.starts_with("SET_") {
            "scrollToSectionID"
        } else {
            "scrollTo"
        };
        for (data, command) in [
            (json!({ "next": true }), "next"),
            (json!({ "speed": 2 }), "speed"),
            (json!({ scroll_to: "s1" }), "goto"),
        ] {
            play(&site, [message(control, data)]).await;
            page.until(command, |message| message["command"] == command)
                .await;
        }
        report(&mut asker, "complete", &got["id"]).await;
        page.twitchat(complete).await;

        let test = json!({ "resubs": [{ "uid": "5", "fromActiveSubs": true }],
            "params": { "slots": [] } });
        play(&site, [message(summary, test)]).await;
        assert_eq!(roll(&mut page).await["test"], true);
        play(
            &site,
            [message(
                summary,
                json!({ "follows": [], "labels": { "no_entry": "" } }),
            )],
        )
        .await;
        page.until("stop", |message| message["command"] == "stop")
            .await;
    }
    bridge.stop().await;
}

async fn a_scene_that_goes_on_air_starts_the_credits(site: Site) {
    let obs = studio(&site).await;
    let before = obs.scenes().current_program_scene().await.unwrap().id.name;
    let scenes = obs.scenes().list().await.unwrap();
    if !scenes.scenes.iter().any(|scene| scene.id.name == SCENE) {
        obs.scenes().create(SCENE).await.unwrap();
    }
    let bridge = Bridge::on(&site).await;
    let mut page = Bus::connect(&site).await;
    // The test sends a page's report as if a browser had sent it, because not every OBS has browser
    // sources.
    report(&mut page, "idle", &Value::Null).await;
    obs.scenes().set_current_program_scene(SCENE).await.unwrap();
    let got = roll(&mut page).await;
    assert_eq!(page.status().await["overlay"]["shown"], true);
    obs.scenes()
        .set_current_program_scene(before.as_str())
        .await
        .unwrap();
    let stop = page
        .until("stop", |message| message["command"] == "stop")
        .await;
    assert_eq!(stop["roll"], got["id"]);
    bridge.stop().await;
}

/// Runs on both, so that the stand-in behaves like OBS. Uses colour sources, because every OBS has
/// them.
async fn studio_requests_are_answered_as_obs_answers_them(site: Site) {
    let obs = RequestConnection::connect(&site.target(), &Options::default())
        .await
        .unwrap();
    let name = |what: &str| format!("{what} {}", uuid::Uuid::new_v4());
    let (scene, outer, source) = (name("scene"), name("outer"), name("colour"));
    let kinds = obs.input_kinds().await.unwrap();
    assert!(kinds.iter().any(|kind| kind == "color_source"), "{kinds:?}");
    let (width, height) = obs.canvas().await.unwrap();
    assert!(width >= 640 && height >= 360, "{width}x{height}");
    obs.create_scene(&scene).await.unwrap();
    assert!(obs.scenes().await.unwrap().contains(&scene));
    assert!(matches!(
        obs.create_scene(&scene).await,
        Err(RequestError::Refused { status: 601, .. })
    ));

    assert_eq!(obs.input(&source).await.unwrap(), None);
    let refused = obs
        .create_input(&scene, &source, "no_such_kind", &json!({}))
        .await
        .unwrap_err();
    assert!(
        matches!(refused, RequestError::Refused { status: 605, .. }),
        "{refused}"
    );
    obs.create_input(&scene, &source, "color_source_v3", &json!({ "width": 10 }))
        .await
        .unwrap();
    obs.set_input(&source, &json!({ "height": 20 }))
        .await
        .unwrap();
    let input = obs.input(&source).await.unwrap().unwrap();
    assert_eq!(
        (
            input.kind.as_str(),
            &input.settings["width"],
            &input.settings["height"]
        ),
        ("color_source_v3", &json!(10), &json!(20))
    );
    assert!(obs.has(&scene, &source).await.unwrap() && obs.shows(&scene, &source).await.unwrap());
    assert!(matches!(
        obs.shows("no such scene", &source).await,
        Err(RequestError::Refused { status: 600, .. })
    ));

    obs.create_scene(&outer).await.unwrap();
    assert!(!obs.shows(&outer, &source).await.unwrap());
    obs.add_to_scene(&outer, &scene).await.unwrap();
    assert!(
        obs.shows(&outer, &source).await.unwrap(),
        "a scene within a scene"
    );
    assert!(!obs.has(&outer, &source).await.unwrap());
    let studio = studio(&site).await;
    let items = studio
        .scene_items()
        .list(obws::requests::scenes::SceneId::Name(&outer))
        .await
        .unwrap();
    let hide = obws::requests::scene_items::SetEnabled {
        scene: obws::requests::scenes::SceneId::Name(&outer),
        item_id: items[0].id,
        enabled: false,
    };
    studio.scene_items().set_enabled(hide).await.unwrap();
    assert!(!obs.shows(&outer, &source).await.unwrap(), "switched off");

    let medium = name("medium");
    obs.create_input(&scene, &medium, "ffmpeg_source", &json!({}))
        .await
        .unwrap();
    assert_eq!(
        obs.media_seconds(&medium).await.unwrap(),
        None,
        "it plays nothing"
    );
    if let Some(controls) = site.stand_in_controls() {
        controls.load_media(&medium, std::time::Duration::from_millis(61_500));
        assert_eq!(
            obs.media_seconds(&medium).await.unwrap(),
            Some(61.5),
            "it is not on air"
        );
        controls.play_media(&medium, std::time::Duration::from_millis(93_500));
        assert_eq!(obs.media_seconds(&medium).await.unwrap(), Some(93.5));
    }
    let refused = obs.media_seconds("no such input").await.unwrap_err();
    assert!(
        matches!(refused, RequestError::Refused { status: 600, .. }),
        "{refused}"
    );
    for scene in [&outer, &scene] {
        studio
            .scenes()
            .remove(obws::requests::scenes::SceneId::Name(scene))
            .await
            .unwrap();
    }
}

/// Only the stand-in has browser sources. It shows the messages to them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_without_a_connection_is_fed_by_obs_itself() {
    let site = Site::stand_in().await;
    let bridge = Bridge::on(&site).await;
    let mut bus = Bus::connect(&site).await;
    let obs = RequestConnection::connect(&site.target(), &Options::default())
        .await
        .unwrap();
    obs.create_input(SCENE, "End credits", "browser_source", &json!({}))
        .await
        .unwrap();
    site.controls().switch_scene(SCENE);
    let got = roll(&mut bus).await;
    let emitted = |at_least: usize| {
        let controls = site.controls().clone();
        async move {
            wait_until("vendor requests", SOON, async || {
                Some(controls.emitted()).filter(|emitted| emitted.len() >= at_least)
            })
            .await
        }
    };
    let handed = emitted(3).await;
    let first: Value =
        serde_json::from_str(handed[0]["event_data"]["json"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&handed[0]["event_name"], &first["roll"]["id"]),
        (&json!("twitchat-bridge"), &got["id"])
    );
    assert!(first["roll"]["seconds"].as_f64().unwrap() > 1.0, "{first}");
    // The page now reports that it is connected, so nothing more is sent to it through OBS.
    report(&mut bus, "rolling", &got["id"]).await;
    let before = site.controls().emitted().len();
    bus.ask(json!({ "request": "ControlCredits", "command": "next" }))
        .await;
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    assert_eq!(site.controls().emitted().len(), before);
    bridge.stop().await;
}

/// Pages with their own connection still work on an OBS without browser sources.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real OBS: scripts/test starts one"]
async fn an_obs_without_browser_sources_still_carries_the_roll() {
    let site = Site::real();
    let obs = RequestConnection::connect(&site.target(), &Options::default())
        .await
        .unwrap();
    assert!(
        !obs.input_kinds()
            .await
            .unwrap()
            .iter()
            .any(|kind| kind == "browser_source"),
        "this OBS has them: the test is about one that has not"
    );
    let refused = obs.emit("{}").await.unwrap_err();
    assert!(
        matches!(refused, RequestError::Refused { status: 600, .. }),
        "{refused}"
    );
    a_scene_that_goes_on_air_starts_the_credits(site).await;
}
