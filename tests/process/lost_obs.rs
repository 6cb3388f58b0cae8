//! OBS dies or freezes in the middle of a burst and comes back.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::support::bridge::Home;
use crate::support::bus::Bus;
use crate::support::obs::{OwnObs, stand_in};
use crate::support::play::{assert_all_in, burst, follower, followers, start_burst};
use crate::support::{SOON, wait_until};

/// From OBS being ready to the bridge answering.
const BACK_WITHIN: Duration = Duration::from_secs(5);
/// From the freeze to the bridge having noticed.
const NOTICED_WITHIN: Duration = Duration::from_secs(20);
/// What a witness heard this long before the kill, the bridge has heard too.
const HEARD_BEFORE: Duration = Duration::from_millis(100);

const LOST: &str = "the connection to OBS is lost";

#[tokio::test]
async fn a_stand_in_killed_in_a_burst_takes_nothing_along_that_it_had_delivered() {
    const KILLS: usize = 5;
    const BURST: usize = 2_000;
    let (obs, target) = stand_in().await;
    let home = Home::new();
    let bridge = home.run(&target);
    Bus::connect(&target).await.until_answered(SOON).await;
    for kill in 0..KILLS {
        let begun = obs.broadcasts();
        let sending = start_burst(&target, kill * BURST, (kill + 1) * BURST);
        // Another point of the burst each time.
        let point = begun + u64::try_from(BURST * (kill + 1) / (KILLS + 1)).unwrap();
        wait_until("part of the burst is delivered", SOON, || obs.broadcasts() >= point).await;
        sending.abort();
        assert!(sending.await.is_err(), "the burst was over before the kill");
        obs.drained().await;
        obs.kill().await;
        bridge.until_logged(LOST, SOON).await;
        obs.start_again().await.unwrap();
        let bus = Bus::connect(&target).await;
        let took = bus.until_answered(SOON).await;
        assert!(took < BACK_WITHIN, "back after {took:?}");

        let follows = obs.heard().into_iter().filter(|event| event["type"] == "FOLLOW");
        let delivered: BTreeSet<_> = follows.map(|event| event["id"].as_str().unwrap().to_owned()).collect();
        assert!(delivered.len() > BURST / (KILLS + 1));
        assert_all_in(&delivered, &followers(&bus.credits().await), "delivered before the kill");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real OBS: scripts/test starts one"]
async fn timing_a_real_obs_killed_in_a_burst_is_met_again_and_nothing_heard_is_lost() {
    const KILLS: usize = 3;
    const ENDLESS: usize = 10_000_000;
    let obs = Arc::new(OwnObs::start());
    let target = obs.target();
    let home = Home::new();
    let mut bridge = home.run(&target);
    let mut heard = BTreeSet::new();
    for kill in 0..KILLS {
        let witness = Bus::connect(&target).await;
        witness.until_answered(SOON).await;
        let sending = start_burst(&target, kill * ENDLESS, (kill + 1) * ENDLESS);
        wait_until("the burst is on", SOON, || witness.position() > 3_000 * (kill + 1)).await;
        tokio::time::sleep(HEARD_BEFORE).await;
        let killed = Instant::now();
        obs.signal("KILL");
        let sent = sending.await.unwrap() - kill * ENDLESS;
        witness.until_gone().await;
        let before = witness.heard_since(0, |at, heard| follower(heard).filter(|_| at + HEARD_BEFORE <= killed));
        assert!(before.len() > 1_000 && before.len() < sent, "in the middle of a burst: {} of {sent}", before.len());
        let in_time = before.len();
        heard.extend(before);

        let again = Arc::clone(&obs);
        tokio::task::spawn_blocking(move || again.restart()).await.unwrap();
        let bus = Bus::connect(&target).await;
        let took = bus.until_answered(SOON).await;
        println!("kill {kill}: {sent} sent, {in_time} heard in time; back {took:?} after OBS was ready");
        assert!(took < BACK_WITHIN, "back after {took:?}");
        assert_all_in(&heard, &followers(&bus.credits().await), "heard before the kill");
    }
    assert!(bridge.is_running());
}

#[tokio::test]
async fn a_frozen_stand_in_is_noticed_and_met_again() {
    let (obs, target) = stand_in().await;
    let home = Home::new();
    let bridge = home.run(&target);
    let bus = Bus::connect(&target).await;
    bus.until_answered(SOON).await;
    obs.freeze();
    bridge.until_logged(LOST, NOTICED_WITHIN).await;
    obs.thaw();
    let bus = Bus::connect(&target).await;
    bus.until_answered(SOON).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real OBS: scripts/test starts one"]
async fn timing_a_frozen_real_obs_is_noticed_and_met_again() {
    let obs = OwnObs::start();
    let target = obs.target();
    let home = Home::new();
    let mut bridge = home.run(&target);
    let bus = Bus::connect(&target).await;
    bus.until_answered(SOON).await;
    burst(target.clone(), 0, 500).await;

    obs.signal("STOP");
    let took = bridge.until_logged(LOST, NOTICED_WITHIN).await;
    println!("the freeze was noticed after {took:?}");
    obs.signal("CONT");
    let bus = Bus::connect(&target).await;
    let took = bus.until_answered(SOON).await;
    println!("back {took:?} after OBS was thawed");
    assert!(took < BACK_WITHIN, "back after {took:?}");
    assert_eq!(followers(&bus.credits().await).len(), 500);
    assert!(bridge.is_running());
}
