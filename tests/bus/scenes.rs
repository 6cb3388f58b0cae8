//! Tests the credits and the scene on air. A roll begins or ends only when OBS has settled on a
//! scene.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;

use super::overlay::{report, studio};
use super::support::{Bridge, Bus, Site, on_both};

on_both!(
    leaving_studio_mode_starts_no_credits_that_are_in_the_preview,
    leaving_studio_mode_lets_running_credits_run,
    a_scene_on_air_for_a_moment_starts_nothing,
    a_transition_in_studio_mode_starts_and_ends_the_credits,
    another_scene_collection_ends_the_credits_of_a_scene,
);

const CREDITS: &str = "Credits";
/// The beginning of the name of the other scene that is on air. It is not OBS's own first scene,
/// which may be missing.
const GAME: &str = "Game of a test";
/// The longest reaction time of the bridge after the last event of OBS. The bridge waits until OBS
/// has settled, and asks twice.
const SETTLED: Duration = Duration::from_millis(1_500);

/// OBS replies to a request shortly before its window shows the change, and a transition uses the
/// content of the window.
const MOMENT: Duration = Duration::from_millis(500);

/// OBS with a game on air, and a page that reports as if it were captured from a browser, because
/// not every OBS has browser sources.
async fn play(site: &Site) -> (Bridge, obws::Client, Bus, String) {
    let obs = studio(site).await;
    obs.ui().set_studio_mode_enabled(false).await.unwrap();
    let scenes = obs.scenes().list().await.unwrap().scenes;
    if !scenes.iter().any(|scene| scene.id.name == CREDITS) {
        obs.scenes().create(CREDITS).await.unwrap();
    }
    let listed = scenes.iter().find(|scene| scene.id.name.starts_with(GAME));
    let game = match listed {
        Some(scene) => scene.id.name.clone(),
        None => new_scene(&obs).await,
    };
    on_air(&obs, &game).await;
    let bridge = Bridge::on(site).await;
    let mut bus = Bus::connect(site).await;
    bus.ask(
        json!({ "request": "Subscribe", "events": { "Credits": ["*"], "Obs": ["SceneChanged"] } }),
    )
    .await;
    report(&mut bus, "idle", &Value::Null).await;
    assert_eq!(bus.events_within(SETTLED).await, [""; 0]);
    (bridge, obs, bus, game)
}

/// OBS 32 may keep a scene of another collection alive, which then occupies its name without being
/// in the list.
async fn new_scene(obs: &obws::Client) -> String {
    let name = format!("{GAME} {}", uuid::Uuid::new_v4());
    obs.scenes().create(&name).await.unwrap();
    name
}

async fn on_air(obs: &obws::Client, scene: &str) {
    obs.scenes().set_current_program_scene(scene).await.unwrap();
}

async fn leaving_studio_mode_starts_no_credits_that_are_in_the_preview(site: Site) {
    let (bridge, obs, mut bus, game) = play(&site).await;
    for _ in 0..3 {
        obs.ui().set_studio_mode_enabled(true).await.unwrap();
        obs.scenes()
            .set_current_preview_scene(CREDITS)
            .await
            .unwrap();
        assert_eq!(bus.events_within(SETTLED).await, [""; 0], "in the preview");
        obs.ui().set_studio_mode_enabled(false).await.unwrap();
        assert_eq!(
            bus.events_within(SETTLED).await,
            [""; 0],
            "studio mode left"
        );
        assert_eq!(bus.status().await["obs"]["scene"], game);
    }
    bridge.stop().await;
}

async fn leaving_studio_mode_lets_running_credits_run(site: Site) {
    let (bridge, obs, mut bus, game) = play(&site).await;
    on_air(&obs, CREDITS).await;
    assert_eq!(
        bus.events_within(SETTLED).await,
        ["Obs.SceneChanged", "Credits.Started"]
    );
    let roll = bus.status().await["overlay"]["roll"]["id"].clone();
    for _ in 0..3 {
        obs.ui().set_studio_mode_enabled(true).await.unwrap();
        obs.scenes()
            .set_current_preview_scene(game.as_str())
            .await
            .unwrap();
        obs.ui().set_studio_mode_enabled(false).await.unwrap();
        assert_eq!(bus.events_within(SETTLED).await, [""; 0]);
        assert_eq!(bus.status().await["overlay"]["roll"]["id"], roll);
    }
    on_air(&obs, &game).await;
    assert_eq!(
        bus.events_within(SETTLED).await,
        ["Obs.SceneChanged", "Credits.Stopped"]
    );
    bridge.stop().await;
}

async fn a_scene_on_air_for_a_moment_starts_nothing(site: Site) {
    let (bridge, obs, mut bus, game) = play(&site).await;
    for _ in 0..3 {
        on_air(&obs, CREDITS).await;
        on_air(&obs, &game).await;
    }
    assert_eq!(bus.events_within(SETTLED).await, [""; 0]);
    on_air(&obs, &game).await;
    on_air(&obs, CREDITS).await;
    assert_eq!(
        bus.events_within(SETTLED).await,
        ["Obs.SceneChanged", "Credits.Started"]
    );
    for _ in 0..3 {
        on_air(&obs, &game).await;
        on_air(&obs, CREDITS).await;
    }
    assert_eq!(bus.events_within(SETTLED).await, [""; 0]);
    on_air(&obs, &game).await;
    bridge.stop().await;
}

async fn a_transition_in_studio_mode_starts_and_ends_the_credits(site: Site) {
    let (bridge, obs, mut bus, game) = play(&site).await;
    obs.ui().set_studio_mode_enabled(true).await.unwrap();
    sleep(MOMENT).await;
    obs.scenes()
        .set_current_preview_scene(CREDITS)
        .await
        .unwrap();
    sleep(MOMENT).await;
    obs.transitions().trigger().await.unwrap();
    assert_eq!(
        bus.events_within(SETTLED).await,
        ["Obs.SceneChanged", "Credits.Started"]
    );
    obs.scenes()
        .set_current_preview_scene(game.as_str())
        .await
        .unwrap();
    sleep(MOMENT).await;
    obs.transitions().trigger().await.unwrap();
    // Studio mode is left during the transition, which OBS then ends at once.
    obs.ui().set_studio_mode_enabled(false).await.unwrap();
    let events = bus.events_within(SETTLED).await;
    let scene = bus.status().await["obs"]["scene"].clone();
    assert_eq!(
        obs.scenes().current_program_scene().await.unwrap().id.name,
        scene,
        "{events:?}"
    );
    assert_eq!(
        events.contains(&"Credits.Stopped".to_owned()),
        scene == game,
        "{events:?}"
    );
    on_air(&obs, &game).await;
    bridge.stop().await;
}

async fn another_scene_collection_ends_the_credits_of_a_scene(site: Site) {
    const OTHER: &str = "Collection of a test";
    let (bridge, obs, mut bus, game) = play(&site).await;
    let collections = obs.scene_collections().list().await.unwrap();
    let open = async |name: &str| obs.scene_collections().set_current(name).await.unwrap();
    if collections.collections.iter().any(|name| name == OTHER) {
        open(OTHER).await;
    } else {
        obs.scene_collections().create(OTHER).await.unwrap();
    }
    assert_eq!(bus.events_within(SETTLED).await, ["Obs.SceneChanged"]);
    open(&collections.current).await;
    assert_eq!(
        bus.events_within(SETTLED).await,
        ["Obs.SceneChanged"],
        "OBS sends no event about the scene"
    );
    on_air(&obs, CREDITS).await;
    assert_eq!(
        bus.events_within(SETTLED).await,
        ["Obs.SceneChanged", "Credits.Started"]
    );
    open(OTHER).await;
    assert_eq!(
        bus.events_within(SETTLED).await,
        ["Obs.SceneChanged", "Credits.Stopped"]
    );
    open(&collections.current).await;
    assert_eq!(
        bus.events_within(SETTLED).await,
        ["Obs.SceneChanged", "Credits.Started"]
    );
    on_air(&obs, &game).await;
    bridge.stop().await;
}
