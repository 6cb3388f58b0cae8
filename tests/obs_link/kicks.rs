//! The user disconnects the bridge in OBS. The link ends at any stage.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use twitchat_bridge::obs::{Kind, Options, Stop};
use twitchat_bridge::sim;
use twitchat_bridge::sim::obs::Kick;

use crate::peers::obs_that_kicks_talk;
use crate::support::{Link, SOON, stand_in, target};

#[tokio::test]
async fn a_kick_ends_the_link() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let mut link = Link::start(target(obs.port(), None), Options::default());
    link.until_up().await;
    obs.kick_all();
    assert_eq!(link.until_down().await.kind(), Kind::Kicked);
    assert!(
        matches!(link.until_stopped().await, Stop::Failed(cause) if cause.kind().exit_code() == 8)
    );
    assert!(link.notices.recv().await.is_none());
    timeout(SOON, obs.until_sessions(0)).await.unwrap();
}

/// OBS lists both sessions of the link, and the user may disconnect either of them. obws hides the
/// close code, so the link infers the cause.
#[tokio::test]
async fn a_kick_of_the_session_for_requests_ends_the_link_too() {
    let kick = Arc::new(tokio::sync::Notify::new());
    let mut link = Link::start(
        target(obs_that_kicks_talk(Arc::clone(&kick)).await, None),
        Options::default(),
    );
    let info = link.until_up().await;
    assert_eq!(
        (info.version.platform.as_str(), info.scene),
        ("a test", None)
    );
    kick.notify_one();
    assert!(
        matches!(link.until_stopped().await, Stop::Failed(cause) if cause.kind() == Kind::Kicked)
    );
}

/// The requests after a connect: obws asks for the version, then the link asks for the version and
/// the scene.
const FIRST_REQUESTS: std::ops::RangeInclusive<u64> = 1..=3;

#[tokio::test]
async fn a_kick_while_the_first_requests_are_made_ends_the_link_too() {
    for request in FIRST_REQUESTS {
        let obs = stand_in(sim::obs::Options::default()).await;
        obs.kick_at_request(request, Kick::Everybody);
        let stop = Link::start(target(obs.port(), None), Options::default())
            .until_stopped()
            .await;
        assert!(
            matches!(&stop, Stop::Failed(cause) if cause.kind().exit_code() == 8),
            "at request {request}: {stop:?}"
        );
    }
}

/// The very first request is left out. During it, obws does not report whether OBS closed the
/// connection or the network failed, so the link retries.
#[tokio::test]
async fn a_kick_of_the_session_for_requests_while_it_makes_its_first_ends_the_link_too() {
    for request in FIRST_REQUESTS.skip(1) {
        let obs = stand_in(sim::obs::Options::default()).await;
        obs.kick_at_request(request, Kick::Asker);
        let stop = Link::start(target(obs.port(), None), Options::default())
            .until_stopped()
            .await;
        assert!(
            matches!(&stop, Stop::Failed(cause) if cause.kind().exit_code() == 8),
            "at request {request}: {stop:?}"
        );
    }
}

/// Meanwhile the other session waits for a reply that takes long.
#[tokio::test]
async fn a_kick_of_the_session_for_events_while_obs_replies_to_no_request_ends_the_link_too() {
    let options = Options {
        connect_within: Duration::from_millis(600),
        request_within: Duration::from_millis(200),
        ..Options::default()
    };
    for request in FIRST_REQUESTS {
        let obs = stand_in(sim::obs::Options::default()).await;
        obs.kick_at_request(request, Kick::Others);
        let stop = Link::start(target(obs.port(), None), options.clone())
            .until_stopped()
            .await;
        assert!(
            matches!(&stop, Stop::Failed(cause) if cause.kind().exit_code() == 8),
            "at request {request}: {stop:?}"
        );
    }
}
