//! Tests how the link stays connected, with its notices and reconnects.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::json;
use tokio::time::timeout;
use twitchat_bridge::event::{ObsSubscription, Received};
use twitchat_bridge::obs::{Gone, Kind, Notice, Options, RequestError, Stop};
use twitchat_bridge::sim;

use crate::peers::closed_port;
use crate::support::{Link, SOON, impatient, raw, stand_in, target};

#[tokio::test]
async fn the_link_reports_scenes_and_the_stream() {
    let obs = stand_in(sim::obs::Options::default()).await;
    obs.start_stream(Duration::from_secs(90));
    let mut link = Link::start(target(obs.port(), None), Options::default());
    let info = link.until_up().await;
    assert_eq!(
        (&*info.version.obs, &*info.version.websocket),
        ("30.2.3", "5.5.2")
    );
    let stream = link.obs.stream_status().await.unwrap();
    assert!(stream.active && stream.duration_ms >= 90_000, "{stream:?}");
    assert!(obs.switch_scene("Credits"));
    assert!(matches!(link.next().await, Notice::SceneChanged(scene) if scene == "Credits"));
    assert!(obs.stop_stream());
    link.until(|notice| matches!(notice, Notice::StreamChanged { active: false }).then_some(()))
        .await;
}

/// The state of an output in OBS's format.
fn output(kind: &str, active: bool, state: &str) -> String {
    let data = json!({"outputActive": active, "outputPath": null,
        "outputState": format!("OBS_WEBSOCKET_OUTPUT_{state}")});
    json!({"op": 5, "d": {"eventType": kind, "eventIntent": 64, "eventData": data}}).to_string()
}

#[tokio::test]
async fn an_output_that_pauses_or_reconnects_has_not_stopped() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let mut link = Link::start(target(obs.port(), None), Options::default());
    link.until_up().await;
    obs.start_stream(Duration::ZERO);
    for state in ["RECONNECTING", "RECONNECTED"] {
        obs.send_raw(output("StreamStateChanged", false, state));
    }
    obs.stop_stream();
    obs.send_raw(output("RecordStateChanged", true, "STARTED"));
    for state in ["PAUSED", "RESUMED", "STOPPING"] {
        obs.send_raw(output("RecordStateChanged", state == "RESUMED", state));
    }
    obs.send_raw(output("RecordStateChanged", false, "STOPPED"));
    assert!(obs.switch_scene("Credits"));
    let mut changes = Vec::new();
    link.until(|notice| match notice {
        Notice::StreamChanged { active } => {
            changes.push(("stream", active));
            None
        }
        Notice::RecordingChanged { active, .. } => {
            changes.push(("recording", active));
            None
        }
        Notice::SceneChanged(_) => Some(()),
        _ => None,
    })
    .await;
    assert_eq!(
        changes,
        [
            ("stream", true),
            ("stream", false),
            ("recording", true),
            ("recording", false)
        ]
    );
}

/// The events of OBS up to the next `CustomEvent`.
async fn of_obs(obs: &sim::obs::StandIn, link: &mut Link) -> Vec<String> {
    obs.emit_vendor_event("move", "done", &json!({}));
    link.obs.broadcast(&raw(&json!({"a": 1}))).await.unwrap();
    let mut kinds = Vec::new();
    loop {
        for received in link.received(1).await {
            match received {
                Received::Obs(event) => kinds.push(event.kind.to_string()),
                _ => return kinds,
            }
        }
    }
}

#[tokio::test]
async fn events_of_obs_come_when_they_are_asked_for_and_after_a_reconnect_too() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let mut link = Link::start(target(obs.port(), None), Options::default());
    link.until_up().await;
    assert_eq!(of_obs(&obs, &mut link).await, [""; 0]);
    link.obs.subscribe(ObsSubscription {
        vendors: true,
        events: false,
    });
    let asked = async { while of_obs(&obs, &mut link).await.is_empty() {} };
    timeout(SOON, asked).await.expect("OBS is asked");
    obs.kill().await;
    link.until_down().await;
    obs.start_again().await.unwrap();
    link.until_up().await;
    assert_eq!(of_obs(&obs, &mut link).await, ["VendorEvent"]);
    link.obs.subscribe(ObsSubscription::default());
    let asked = async { while !of_obs(&obs, &mut link).await.is_empty() {} };
    timeout(SOON, asked).await.expect("OBS is asked no more");
}

#[tokio::test]
async fn the_exit_of_obs_is_an_event_for_subscribers() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let mut link = Link::start(target(obs.port(), None), Options::default());
    link.obs.subscribe(ObsSubscription {
        events: true,
        vendors: false,
    });
    link.until_up().await;
    obs.stop().await;
    let exit = link
        .until(|notice| match notice {
            Notice::Received(batch) => batch.events.iter().find_map(|received| match received {
                Received::Obs(event) => Some(event.kind.to_string()),
                _ => None,
            }),
            _ => None,
        })
        .await;
    assert_eq!(exit, "ExitStarted");
}

#[tokio::test]
async fn an_obs_that_starts_later_or_restarts_is_connected() {
    let obs = stand_in(sim::obs::Options::default()).await;
    obs.kill().await;
    let mut link = Link::start(target(obs.port(), None), Options::default());
    let (attempt, cause) = link.until_waiting().await;
    assert_eq!((attempt, cause.kind()), (1, Kind::Unreachable));
    assert!(
        cause.to_string().contains("the connection was refused"),
        "{cause}"
    );
    assert!(matches!(
        link.obs.version().await,
        Err(RequestError::NotConnected)
    ));
    obs.start_again().await.unwrap();
    link.until_up().await;
    obs.kill().await;
    assert_eq!(link.until_down().await.kind(), Kind::Unreachable);
    obs.start_again().await.unwrap();
    link.until_up().await;
    link.obs
        .broadcast(&raw(&json!({"request": "GetInfo"})))
        .await
        .unwrap();
    assert!(matches!(&*link.received(1).await, [Received::Request(_)]));
}

#[tokio::test]
async fn an_obs_that_closes_is_reported() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let mut link = Link::start(target(obs.port(), None), Options::default());
    link.until_up().await;
    obs.stop().await;
    assert_eq!(
        link.until_down().await.to_string(),
        Gone::Exited.to_string()
    );
}

#[tokio::test]
async fn a_frozen_obs_is_detected_and_reconnected_when_it_thaws() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let mut link = Link::start(target(obs.port(), None), impatient());
    link.until_up().await;
    obs.freeze();
    let cause = link.until_down().await;
    assert!(cause.to_string().contains("has not answered"), "{cause}");
    obs.thaw();
    link.until_up().await;
}

#[tokio::test]
async fn a_request_that_gets_no_reply_costs_the_link() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let options = Options {
        request_within: Duration::from_millis(100),
        ..Options::default()
    };
    let mut link = Link::start(target(obs.port(), None), options);
    link.until_up().await;
    obs.freeze();
    let event = raw(&json!({"a": 1}));
    let (first, second) = tokio::join!(link.obs.broadcast(&event), link.obs.broadcast(&event));
    assert!(
        matches!(
            first,
            Err(RequestError::TimedOut {
                request: "BroadcastCustomEvent",
                ..
            })
        ),
        "{first:?}"
    );
    assert!(
        matches!(second, Err(RequestError::NotConnected)),
        "{second:?}"
    );
    assert!(
        link.until_down()
            .await
            .to_string()
            .contains("did not reply")
    );
    obs.thaw();
    link.until_up().await;
}

#[tokio::test]
async fn a_changed_password_is_used_at_the_next_attempt() {
    let obs = stand_in(sim::obs::Options {
        password: Some(SecretString::from("old")),
        ..Default::default()
    })
    .await;
    let mut link = Link::start(target(obs.port(), Some("old")), Options::default());
    link.until_up().await;
    obs.set_password(Some(SecretString::from("new")));
    obs.kill().await;
    link.until_down().await;
    obs.start_again().await.unwrap();
    link.until(|notice| {
        matches!(notice, Notice::Waiting { cause, .. } if cause.kind() == Kind::Password)
            .then_some(())
    })
    .await;
    *link.target.lock().unwrap() = target(obs.port(), Some("new"));
    link.until_up().await;
}

#[tokio::test]
async fn a_password_refused_at_the_very_first_connect_ends_the_link() {
    let obs = stand_in(sim::obs::Options {
        password: Some(SecretString::from("secret")),
        ..Default::default()
    })
    .await;
    let mut link = Link::start(target(obs.port(), Some("wrong")), Options::default());
    assert!(
        matches!(link.until_stopped().await, Stop::Failed(cause) if cause.kind() == Kind::Password)
    );
}

#[tokio::test]
async fn shutdown_ends_the_task_in_every_state() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let mut live = Link::start(target(obs.port(), None), Options::default());
    live.until_up().await;
    obs.freeze();
    let connecting = Link::start(target(obs.port(), None), Options::default());
    let mut waiting = Link::start(target(closed_port().await, None), Options::default());
    waiting.until_waiting().await;
    for mut link in [live, connecting, waiting] {
        link.cancel.cancel();
        link.tasks.close();
        timeout(SOON, link.tasks.wait()).await.unwrap();
        assert!(matches!(link.until_stopped().await, Stop::Shutdown));
        assert!(matches!(
            link.obs.version().await,
            Err(RequestError::NotConnected)
        ));
    }
}

/// obws drops events when its buffer is full, and then its stream ends. The link then asks for the
/// current state.
#[tokio::test]
async fn scene_changes_beyond_any_buffer_end_with_the_right_scene() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let mut link = Link::start(target(obs.port(), None), Options::default());
    link.until_up().await;
    for _ in 0..1_000 {
        assert!(obs.switch_scene("Game") && obs.switch_scene("Credits"));
    }
    // OBS sends the reply after all these events on the same connection, so obws has handled them
    // by then.
    link.obs.version().await.unwrap();
    assert!(obs.start_stream(Duration::ZERO));
    let mut scene = None;
    while scene.as_deref() != Some("Credits") || !link.notices.is_empty() {
        if let Notice::SceneChanged(name) = link.next().await {
            scene = Some(name);
        }
    }
    assert!(obs.switch_scene("Starting soon"));
    link.until(|notice| {
        matches!(notice, Notice::SceneChanged(name) if name == "Starting soon").then_some(())
    })
    .await;
}
