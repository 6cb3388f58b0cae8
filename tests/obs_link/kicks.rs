//! The user disconnects us in OBS: the link ends, whenever it happens.

use std::sync::Arc;

use tokio::time::timeout;
use twitchat_bridge::obs::{Kind, Options, Stop};
use twitchat_bridge::sim;

use crate::peers::obs_that_kicks_talk;
use crate::support::{Link, SOON, stand_in, target};

#[tokio::test]
async fn a_kick_ends_the_link() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let mut link = Link::start(target(obs.port(), None), Options::default());
    link.until_up().await;
    obs.kick_all();
    assert_eq!(link.until_down().await.kind(), Kind::Kicked);
    assert!(matches!(link.until_stopped().await, Stop::Failed(cause) if cause.kind().exit_code() == 8));
    assert!(link.notices.recv().await.is_none());
    timeout(SOON, obs.until_sessions(0)).await.unwrap();
}

/// OBS lists our two sessions, and the user may disconnect either. obws hides the close code, so the link infers it.
#[tokio::test]
async fn a_kick_of_the_session_for_requests_ends_the_link_too() {
    let kick = Arc::new(tokio::sync::Notify::new());
    let mut link = Link::start(target(obs_that_kicks_talk(Arc::clone(&kick)).await, None), Options::default());
    let info = link.until_up().await;
    assert_eq!((info.version.platform.as_str(), info.scene, info.stream), ("a test", None, None));
    kick.notify_one();
    assert!(matches!(link.until_stopped().await, Stop::Failed(cause) if cause.kind() == Kind::Kicked));
}
