//! Tests that the bridge stops, in order or at once, and that the right data is on disk afterwards.

use std::collections::BTreeSet;
use std::time::Duration;

use secrecy::ExposeSecret;
use serde_json::{Value, json};
use twitchat_bridge::obs::Target;
use twitchat_bridge::sim::obs::StandIn;
use twitchat_bridge::sim::peer::RequestPeer;

use crate::support::bridge::{Home, Program};
use crate::support::bus::{Bus, reply};
use crate::support::obs::{peer, stand_in};
use crate::support::play::{burst, follower, followers};
use crate::support::refusal::assert_readable;
use crate::support::{SOON, within};

/// The limit for an orderly stop.
const ENDS_WITHIN: Duration = Duration::from_secs(5);
/// More requests than have replies when the first reply arrives, and more replies than may wait for
/// OBS.
const REQUESTS: usize = 2_000;

/// A bridge that is ready, and a client on OBS.
async fn serving(home: &Home, target: &Target) -> (Program, Bus) {
    let bridge = home.run(target);
    let bus = Bus::connect(target).await;
    bus.until_answered(SOON).await;
    (bridge, bus)
}

/// Sends many requests that change the credits, without waiting. Returns when the first one has its
/// reply.
async fn ask_much(target: &Target, bus: &Bus) -> RequestPeer {
    let from = bus.position();
    let mut requests = RequestPeer::connect(&peer(target)).await.unwrap();
    for number in 0..REQUESTS {
        let value = format!("Helper{number}");
        let request =
            json!({ "request": "AddToCredits", "id": value, "section": "Helpers", "value": value });
        requests.pipeline(&request).await.unwrap();
    }
    requests.flush().await.unwrap();
    within(
        "the first reply",
        SOON,
        bus.until_received(from, |received| {
            reply(received).filter(|reply| helper(reply).is_some())
        }),
    )
    .await;
    requests
}

/// The value in the request that this message replies to.
fn helper(reply: &Value) -> Option<String> {
    let id = reply["id"].as_str().filter(|id| id.starts_with("Helper"))?;
    assert_eq!(reply["status"], "ok", "{reply}");
    Some(id.to_owned())
}

fn helpers(credits: &Value) -> BTreeSet<String> {
    let names = credits["Custom"]["Helpers"]
        .as_array()
        .into_iter()
        .flatten();
    names
        .map(|name| name.as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn either_signal_ends_it_in_good_order_and_the_credits_are_the_same_afterwards() {
    let (_obs, target) = stand_in().await;
    let home = Home::new();
    let mut before: Option<Value> = None;
    for (round, signal) in ["TERM", "INT", "HUP"].into_iter().enumerate() {
        let (mut bridge, bus) = serving(&home, &target).await;
        if let Some(before) = before {
            let after = bus.credits().await;
            for key in [
                "Events",
                "User",
                "TopBits",
                "TopChannelRewards",
                "Custom",
                "extended",
            ] {
                assert_eq!(after[key], before[key], "{key}");
            }
        }
        burst(target.clone(), round * 500, (round + 1) * 500).await;
        within("all is counted", SOON, async {
            while followers(&bus.credits().await).len() < (round + 1) * 500 {}
        })
        .await;
        before = Some(bus.credits().await);
        bridge.signal(signal);
        let ended = bridge.ended_within(ENDS_WITHIN).await;
        assert_eq!(
            (ended.code, &*ended.stdout),
            (Some(0), ""),
            "SIG{signal}: {}",
            ended.stderr
        );
        assert_readable(&ended.stderr);
        assert!(!ended.stderr.contains("error: "), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn accepted_requests_are_answered_before_the_end() {
    let (_obs, target) = stand_in().await;
    let home = Home::new();
    let (mut bridge, bus) = serving(&home, &target).await;
    let from = bus.position();
    let mut requests = ask_much(&target, &bus).await;
    bridge.signal("TERM");
    let ended = bridge.ended_within(ENDS_WITHIN).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    requests.settled().await.unwrap();

    let (_bridge, again) = serving(&home, &target).await;
    let answered: BTreeSet<_> = bus
        .received_since(from, |_, received| helper(&reply(received)?))
        .into_iter()
        .collect();
    assert_eq!(
        helpers(&again.credits().await),
        answered,
        "counted, and answered"
    );
    println!(
        "{} of {REQUESTS} requests were taken before the end",
        answered.len()
    );
}

/// OBS hangs, and more replies wait for it than the bridge allows, so the bridge accepts nothing
/// more.
async fn stuck(home: &Home) -> (StandIn, Program) {
    let (obs, target) = stand_in().await;
    let (bridge, bus) = serving(home, &target).await;
    ask_much(&target, &bus).await.settled().await.unwrap();
    obs.freeze();
    bridge.until_idle().await;
    (obs, bridge)
}

#[tokio::test]
async fn an_obs_that_hangs_does_not_keep_it() {
    let home = Home::new();
    let (_obs, mut bridge) = stuck(&home).await;
    bridge.signal("TERM");
    // The limit has one more second, because the machine is busy with other tests.
    let ended = bridge
        .ended_within(ENDS_WITHIN + Duration::from_secs(1))
        .await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
}

#[tokio::test]
async fn a_second_interrupt_leaves_at_once() {
    let home = Home::new();
    let (_obs, mut bridge) = stuck(&home).await;
    bridge.signal("INT");
    bridge.until_logged("again to stop at once", SOON).await;
    assert!(bridge.is_running(), "it waits for OBS");
    bridge.signal("INT");
    let ended = bridge.ended_within(Duration::from_secs(1)).await;
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
}

#[tokio::test]
async fn one_that_waits_for_obs_ends_too() {
    let (obs, target) = stand_in().await;
    obs.kill().await;
    for signal in ["TERM", "INT"] {
        let home = Home::new();
        let mut bridge = home.run(&target);
        bridge.until_logged("there is no OBS at", SOON).await;
        bridge.signal(signal);
        let ended = bridge.ended_within(ENDS_WITHIN).await;
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn events_received_before_the_end_are_kept() {
    let (_obs, target) = stand_in().await;
    let home = Home::new();
    let (mut bridge, bus) = serving(&home, &target).await;
    burst(target.clone(), 0, 2_000).await;
    // The bridge has received the last event, because this request was sent after it.
    bus.ask("GetInfo").await;
    let received = bus
        .received_since(0, |_, received| follower(received))
        .len();
    bridge.signal("TERM");
    assert_eq!(bridge.ended_within(ENDS_WITHIN).await.code, Some(0));
    let (_bridge, again) = serving(&home, &target).await;
    assert_eq!(
        (followers(&again.credits().await).len(), received),
        (2_000, 2_000)
    );
}

#[tokio::test]
async fn a_bridge_under_nohup_outlives_its_terminal() {
    let (_obs, target) = stand_in().await;
    let home = Home::new();
    let run = home.bridge(&["run"]);
    let mut command = home.command("nohup");
    command.arg(run.get_program()).args(run.get_args());
    command.envs(
        run.get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    command
        .env("OBS_HOST", &target.host)
        .env("OBS_PORT", target.port.to_string());
    let password = target.password.as_ref().unwrap().expose_secret().to_owned();
    command.env("OBS_PASSWORD", &password);
    let mut bridge = Program::start(command, Some(password));
    let bus = Bus::connect(&target).await;
    bus.until_answered(SOON).await;
    bridge.signal("HUP");
    bus.credits().await;
    assert!(bridge.is_running());
    bridge.signal("TERM");
    let ended = bridge.ended_within(ENDS_WITHIN).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
}
