//! Two bridges: on one journal, on one OBS, with `--takeover`, and after a freeze.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::support::SOON;
use crate::support::bridge::{Ended, Home, Program};
use crate::support::bus::Bus;
use crate::support::obs::stand_in;
use crate::support::refusal::assert_clear;

const OTHER_BRIDGE: Option<i32> = Some(6);
/// A freeze that is long enough to be detected.
const FREEZE: Duration = Duration::from_secs(9);

/// Checks that the bridge ended because of another bridge, and that its message contains the next
/// step.
fn assert_gave_way(ended: &Ended) {
    assert_eq!(ended.code, OTHER_BRIDGE, "{}", ended.stderr);
    assert_clear(
        ended,
        &["another bridge", "serves this OBS", "run --takeover"],
    );
}

/// Checks that the bridge ended because `second` took over, and that its log contains this too.
fn assert_was_taken_over(ended: &Ended, second: &Program) {
    assert_eq!(ended.code, OTHER_BRIDGE, "{}", ended.stderr);
    let second = format!("another bridge (process {} on ", second.pid());
    assert_clear(ended, &[&second, "has taken over", "run --takeover"]);
    let log = &ended.stderr;
    let mut warnings = log.lines().filter(|line| line.contains(" WARN "));
    assert!(warnings.any(|line| line.contains(&second)), "{log}");
}

/// The id of the run that replies.
async fn run_that_replies(bus: &Bus) -> String {
    bus.ask("GetStatus").await["run"]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// Waits until the first bridge of a test is running. Returns the id of its run.
async fn in_service(bridge: &Program, bus: &Bus) -> String {
    bridge.until_logged("connected to OBS", SOON).await;
    run_that_replies(bus).await
}

#[tokio::test]
async fn a_second_bridge_on_the_same_journal_is_refused_with_the_holder() {
    let ((_obs, target), (_other_obs, other_target)) = (stand_in().await, stand_in().await);
    let home = Home::new();
    let mut first = home.run(&target);
    let bus = Bus::connect(&target).await;
    in_service(&first, &bus).await;
    let ended = home.run(&other_target).ended().await;
    assert_eq!(ended.code, OTHER_BRIDGE);
    assert_clear(
        &ended,
        &[
            "another bridge",
            "journal.db",
            "stop it first",
            &format!("process {}", first.pid()),
        ],
    );
    assert!(first.is_running());
    bus.ask("GetInfo").await;
}

#[tokio::test]
async fn of_two_on_the_same_obs_the_later_one_goes() {
    let (_obs, target) = stand_in().await;
    let (home, other_home) = (Home::new(), Home::new());
    let mut first = home.run(&target);
    let bus = Bus::connect(&target).await;
    let run = in_service(&first, &bus).await;
    assert_gave_way(&other_home.run(&target).ended().await);
    assert!(first.is_running());
    assert_eq!(run_that_replies(&bus).await, run);
}

#[tokio::test]
async fn one_that_takes_over_stays_and_the_older_one_goes() {
    let (_obs, target) = stand_in().await;
    let (home, other_home) = (Home::new(), Home::new());
    let mut first = home.run(&target);
    let bus = Bus::connect(&target).await;
    let run = in_service(&first, &bus).await;
    let mut second = other_home.verb(&target, &["run", "--takeover"]);
    assert_was_taken_over(&first.ended().await, &second);
    assert_ne!(in_service(&second, &bus).await, run);
    assert!(second.is_running());
}

#[tokio::test]
async fn one_that_takes_over_on_the_same_journal_goes_on_with_it() {
    let (_obs, target) = stand_in().await;
    let home = Home::new();
    let mut first = home.run(&target);
    let bus = Bus::connect(&target).await;
    let run = in_service(&first, &bus).await;
    let instance = bus.ask("GetInfo").await["info"]["instanceId"].clone();
    let mut second = home.verb(&target, &["run", "--takeover"]);
    assert_was_taken_over(&first.ended().await, &second);
    assert_ne!(in_service(&second, &bus).await, run);
    assert_eq!(bus.ask("GetInfo").await["info"]["instanceId"], instance);
    assert!(second.is_running());
}

#[tokio::test]
async fn one_that_takes_over_gets_the_journal_although_there_is_no_obs() {
    let (obs, target) = stand_in().await;
    obs.kill().await;
    let home = Home::new();
    let mut first = home.run(&target);
    first.until_logged("there is no OBS at", SOON).await;
    let second = home.verb(&target, &["run", "--takeover"]);
    assert_was_taken_over(&first.ended().await, &second);
    second.until_logged("journal read", SOON).await;
}

#[tokio::test]
async fn a_takeover_from_a_frozen_bridge_names_the_next_step() {
    let (_obs, target) = stand_in().await;
    let home = Home::new();
    let first = home.run(&target);
    let bus = Bus::connect(&target).await;
    in_service(&first, &bus).await;
    first.signal("STOP");
    let ended = home.verb(&target, &["run", "--takeover"]).ended().await;
    assert_eq!(ended.code, OTHER_BRIDGE, "{}", ended.stderr);
    assert_clear(
        &ended,
        &[
            &format!("process {}", first.pid()),
            "journal.db",
            "did not stop within 10 s",
            "stop it first",
        ],
    );
}

#[tokio::test]
async fn a_hello_from_something_that_does_not_answer_stops_no_bridge() {
    let (_obs, target) = stand_in().await;
    let home = Home::new();
    let mut first = home.run(&target);
    let bus = Bus::connect(&target).await;
    let run = in_service(&first, &bus).await;
    let hello = serde_json::json!({ "origin": "twitchat-bridge", "bridge": "recorded",
        "request": "Hello", "since": 1, "takeover": true });
    bus.broadcast(&hello).await;
    first
        .until_logged("does not answer: this bridge continues", SOON)
        .await;
    assert!(first.is_running());
    assert_eq!(run_that_replies(&bus).await, run);
}

#[tokio::test]
async fn one_thawed_from_a_freeze_gives_way_to_the_one_that_started_meanwhile() {
    let (_obs, target) = stand_in().await;
    let (home, other_home) = (Home::new(), Home::new());
    let mut first = home.run(&target);
    let bus = Bus::connect(&target).await;
    let run = in_service(&first, &bus).await;
    let frozen = Instant::now();
    first.signal("STOP");
    let mut second = other_home.run(&target);
    let other_run = in_service(&second, &bus).await;
    assert_ne!(other_run, run);
    sleep_until(frozen + FREEZE).await;
    first.signal("CONT");
    assert_gave_way(&first.ended().await);
    assert!(second.is_running());
    assert_eq!(run_that_replies(&bus).await, other_run);
}
