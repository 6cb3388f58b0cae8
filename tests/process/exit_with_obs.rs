//! `run --exit-with-obs`: the bridge ends with OBS in all cases, but not if OBS only restarts its
//! WebSocket server.

use std::process::{Child, Command};
use std::time::Duration;

use serde_json::json;
use tokio::time::{Instant, sleep};
use twitchat_bridge::obs::Target;
use twitchat_bridge::sim::peer::RequestPeer;

use crate::support::SOON;
use crate::support::bridge::{Home, Program};
use crate::support::bus::Bus;
use crate::support::obs::{peer, stand_in};
use crate::support::play::{follow, followers};

/// Longest time from the end of OBS to the end of the bridge.
const GONE_WITHIN: Duration = Duration::from_secs(5);
/// A bridge that ends together with OBS needs less time than this.
const STAYS_FOR: Duration = Duration::from_secs(6);

/// A process in place of OBS. Killed when dropped.
struct Sleeper(Child);

impl Sleeper {
    fn start() -> Self {
        Self(Command::new("sleep").arg("600").spawn().unwrap())
    }

    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        drop((self.0.kill(), self.0.wait()));
    }
}

/// A connected bridge that ends with OBS.
async fn connected(home: &Home, target: &Target, flag: &str) -> Program {
    let bridge = home.verb(target, &["run", flag]);
    Bus::connect(target).await.until_answered(SOON).await;
    bridge
}

/// Waits until the bridge has ended without an error, and prints how long that took.
async fn assert_gone(mut bridge: Program, since: Instant, logged: &str) {
    let ended = bridge.ended_within(GONE_WITHIN).await;
    println!("gone {:?} after OBS", since.elapsed());
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains(logged), "{}", ended.stderr);
}

async fn assert_stays(bridge: &mut Program, target: &Target) {
    Bus::connect(target).await.until_answered(SOON).await;
    sleep(STAYS_FOR).await;
    assert!(bridge.is_running());
}

#[tokio::test]
async fn an_obs_that_closes_in_good_order_takes_the_bridge_along() {
    let (obs, target) = stand_in().await;
    let home = Home::new();
    let bridge = connected(&home, &target, "--exit-with-obs").await;
    obs.stop().await;
    assert_gone(
        bridge,
        Instant::now(),
        "stopping together with OBS: OBS was closed",
    )
    .await;
}

#[tokio::test]
async fn an_obs_that_is_killed_takes_the_bridge_along_and_nothing_delivered_is_lost() {
    const FOLLOWS: usize = 50;
    let (obs, target) = stand_in().await;
    let home = Home::new();
    let bridge = connected(&home, &target, "--exit-with-obs").await;
    let mut requester = RequestPeer::connect(&peer(&target)).await.unwrap();
    for number in 0..FOLLOWS {
        requester.pipeline(&follow(number)).await.unwrap();
    }
    requester.settled().await.unwrap();
    obs.drained().await;
    obs.kill().await;
    assert_gone(bridge, Instant::now(), "stopping together with OBS").await;

    obs.start_again().await.unwrap();
    let _again = connected(&home, &target, "--exit-with-obs").await;
    let credits = Bus::connect(&target).await.credits().await;
    assert_eq!(followers(&credits).len(), FOLLOWS);
}

#[tokio::test]
async fn a_websocket_server_that_restarts_does_not_end_the_bridge() {
    let (obs, target) = stand_in().await;
    let home = Home::new();
    let mut bridge = connected(&home, &target, "--exit-with-obs").await;
    obs.switch_off().await;
    sleep(Duration::from_millis(500)).await;
    obs.start_again().await.unwrap();
    assert_stays(&mut bridge, &target).await;
}

#[tokio::test]
async fn an_obs_that_starts_later_is_waited_for() {
    let (obs, target) = stand_in().await;
    obs.kill().await;
    let home = Home::new();
    let mut bridge = home.verb(&target, &["run", "--exit-with-obs"]);
    bridge.until_logged("retrying", SOON).await;
    sleep(STAYS_FOR).await;
    assert!(bridge.is_running());
    obs.start_again().await.unwrap();
    Bus::connect(&target).await.until_answered(SOON).await;
    obs.kill().await;
    assert_gone(bridge, Instant::now(), "stopping together with OBS").await;
}

#[tokio::test]
async fn the_end_of_obs_s_process_counts_although_obs_was_never_reached() {
    let (obs, target) = stand_in().await;
    obs.kill().await;
    let home = Home::new();
    let mut process = Sleeper::start();
    let flag = format!("--exit-with-obs={}", process.0.id());
    let bridge = home.verb(&target, &["run", &flag]);
    bridge.until_logged("retrying", SOON).await;
    process.kill();
    assert_gone(bridge, Instant::now(), "OBS's process has ended").await;

    // This is the id of a process that has ended.
    let bridge = home.verb(&target, &["run", &flag]);
    assert_gone(bridge, Instant::now(), "has ended already").await;
}

#[tokio::test]
async fn a_websocket_server_that_is_switched_off_does_not_end_the_bridge_while_obs_runs() {
    let (obs, target) = stand_in().await;
    let home = Home::new();
    let mut process = Sleeper::start();
    let flag = format!("--exit-with-obs={}", process.0.id());
    let mut bridge = connected(&home, &target, &flag).await;
    obs.switch_off().await;
    sleep(STAYS_FOR).await;
    assert!(bridge.is_running());
    obs.start_again().await.unwrap();
    let bus = Bus::connect(&target).await;
    bus.until_answered(SOON).await;
    bus.broadcast(&json!({ "origin": "twitchat", "type": "TEST" }))
        .await;
    process.kill();
    assert_gone(bridge, Instant::now(), "OBS's process has ended").await;
}
