//! OBS crashes or freezes in the middle of a burst, and starts again. Twitchat reloads.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;
use twitchat_bridge::obs::{self, Target};
use twitchat_bridge::sim;
use twitchat_bridge::sim::obs::StandIn;
use twitchat_bridge::sim::peer::RequestPeer;
use twitchat_bridge::sim::twitchat::{self, Generation, Moment, Person};

use crate::support::bridge::{Home, Program};
use crate::support::bus::Bus;
use crate::support::obs::{OwnObs, peer, stand_in, stand_in_with};
use crate::support::play::{assert_all_in, burst, follow, follower, followers, name, start_burst};
use crate::support::{SOON, wait_until, within};

/// The maximum time from the start of OBS to the first reply of the bridge.
const BACK_WITHIN: Duration = Duration::from_secs(5);
/// The maximum time from the freeze until the bridge detects it.
const NOTICED_WITHIN: Duration = Duration::from_secs(20);
/// The maximum time from SIGINT to the end of the process, if nothing is left to send.
const STOPS_WITHIN: Duration = Duration::from_secs(2);
/// The bridge has also received the messages that another client received this long before the
/// kill.
const RECEIVED_BEFORE: Duration = Duration::from_millis(100);

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
        // OBS is killed at another point of the burst each time.
        let point = begun + u64::try_from(BURST * (kill + 1) / (KILLS + 1)).unwrap();
        wait_until("part of the burst is delivered", SOON, || {
            obs.broadcasts() >= point
        })
        .await;
        sending.abort();
        assert!(sending.await.is_err(), "the burst was over before the kill");
        obs.drained().await;
        obs.kill().await;
        bridge.until_logged(LOST, SOON).await;
        obs.start_again().await.unwrap();
        let bus = Bus::connect(&target).await;
        let took = bus.until_answered(SOON).await;
        assert!(took < BACK_WITHIN, "back after {took:?}");

        let follows = obs
            .received()
            .into_iter()
            .filter(|event| event["type"] == "FOLLOW");
        let delivered: BTreeSet<_> = follows
            .map(|event| event["id"].as_str().unwrap().to_owned())
            .collect();
        assert!(delivered.len() > BURST / (KILLS + 1));
        assert_all_in(
            &delivered,
            &followers(&bus.credits().await),
            "delivered before the kill",
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real OBS: scripts/test starts one"]
async fn timing_a_real_obs_killed_in_a_burst_is_reconnected_without_loss() {
    const KILLS: usize = 3;
    const ENDLESS: usize = 10_000_000;
    let obs = Arc::new(OwnObs::start());
    let target = obs.target();
    let home = Home::new();
    let mut bridge = home.run(&target);
    let mut received = BTreeSet::new();
    for kill in 0..KILLS {
        let witness = Bus::connect(&target).await;
        witness.until_answered(SOON).await;
        let sending = start_burst(&target, kill * ENDLESS, (kill + 1) * ENDLESS);
        wait_until("the burst is on", SOON, || {
            witness.position() > 3_000 * (kill + 1)
        })
        .await;
        tokio::time::sleep(RECEIVED_BEFORE).await;
        let killed = Instant::now();
        obs.signal("KILL");
        let sent = sending.await.unwrap() - kill * ENDLESS;
        witness.until_gone().await;
        let before = witness.received_since(0, |at, received| {
            follower(received).filter(|_| at + RECEIVED_BEFORE <= killed)
        });
        assert!(
            before.len() > 1_000 && before.len() < sent,
            "in the middle of a burst: {} of {sent}",
            before.len()
        );
        let in_time = before.len();
        received.extend(before);

        let again = Arc::clone(&obs);
        tokio::task::spawn_blocking(move || again.restart())
            .await
            .unwrap();
        let bus = Bus::connect(&target).await;
        let took = bus.until_answered(SOON).await;
        println!(
            "kill {kill}: {sent} sent, {in_time} received in time; \
                back {took:?} after OBS was ready"
        );
        assert!(took < BACK_WITHIN, "back after {took:?}");
        assert_all_in(
            &received,
            &followers(&bus.credits().await),
            "received before the kill",
        );
    }
    assert!(bridge.is_running());
}

/// A bridge that is far behind. OBS is under load and needs time for each broadcast. A client has
/// subscribed to follows, and there are many follows. They arrive in small groups, as in a busy
/// channel, so there is not enough room for all notices.
async fn behind(home: &Home) -> (StandIn, Target, Program) {
    const FOLLOWS: usize = 3_000;
    const GROUP: usize = 20;
    let options = sim::obs::Options {
        broadcast_takes: Duration::from_millis(5),
        ..Default::default()
    };
    let (obs, target) = stand_in_with(options).await;
    let bridge = home.run(&target);
    let bus = Bus::connect(&target).await;
    bus.until_answered(SOON).await;
    bus.ask_with(
        "Subscribe",
        json!({ "client": "alerts", "events": { "Twitch": ["Follow"] } }),
    )
    .await;
    let mut requester = RequestPeer::connect(&peer(&target)).await.unwrap();
    for number in 0..FOLLOWS {
        requester.pipeline(&follow(number)).await.unwrap();
        if number % GROUP == GROUP - 1 {
            requester.settled().await.unwrap();
        }
    }
    (obs, target, bridge)
}

#[tokio::test]
async fn after_a_crash_of_obs_while_it_is_behind_the_bridge_reports_it_comes_back_and_can_stop() {
    let home = Home::new();
    let (obs, target, mut bridge) = behind(&home).await;
    obs.kill().await;
    bridge.until_logged(LOST, SOON).await;
    let share = bridge.processor_share(Duration::from_secs(2)).await;
    assert!(share < 0.05, "{share} of a processor without an OBS");
    obs.start_again().await.unwrap();
    Bus::connect(&target).await.until_answered(SOON).await;
    bridge.signal("INT");
    assert_eq!(bridge.ended_within(STOPS_WITHIN).await.code, Some(0));
}

#[tokio::test]
async fn a_kick_while_the_bridge_is_behind_ends_it_with_the_exit_code_of_a_kick() {
    let home = Home::new();
    let (obs, _, mut bridge) = behind(&home).await;
    obs.kick_all();
    let ended = bridge.ended().await;
    assert_eq!(ended.code, Some(8), "{}", ended.stderr);
    assert!(
        ended
            .stderr
            .contains("the user disconnected twitchat-bridge in OBS"),
        "{}",
        ended.stderr
    );
}

#[tokio::test]
async fn a_frozen_stand_in_is_detected_and_reconnected() {
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
async fn timing_a_frozen_real_obs_is_detected_and_reconnected() {
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

#[tokio::test]
async fn a_label_shows_its_text_again_after_a_restart_of_the_stand_in() {
    let (obs, target) = stand_in().await;
    labels_after_restart(&target, async || {
        obs.kill().await;
        obs.start_again().await.unwrap();
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a real OBS: scripts/test starts one"]
async fn a_label_shows_its_text_again_after_a_restart_of_a_real_obs() {
    let obs = Arc::new(OwnObs::start());
    let target = obs.target();
    labels_after_restart(&target, async || {
        obs.signal("KILL");
        let again = Arc::clone(&obs);
        tokio::task::spawn_blocking(move || again.restart())
            .await
            .unwrap();
    })
    .await;
}

/// OBS starts again with the source that it has saved, or without it. In the second case the test
/// creates the source again.
async fn labels_after_restart(target: &Target, restart: impl AsyncFnOnce()) {
    const SOURCE: &str = "Followers";
    const KIND: &str = "text_ft2_source_v2";
    let shows = async |obs: &obs::RequestConnection, text: &str| {
        within(text, SOON, async {
            while obs
                .input(SOURCE)
                .await
                .unwrap()
                .is_none_or(|input| input.settings["text"] != text)
            {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        })
        .await;
    };
    let old = json!({ "text": "old" });
    let home = Home::new();
    home.configure(&format!(
        "[[label]]\nsource = {SOURCE:?}\ntext = \"{{{{ credits.events.follows \
        | length }}}} follow\"\n"
    ));
    let _bridge = home.run(target);
    Bus::connect(target).await.until_answered(SOON).await;
    let requester = obs::RequestConnection::connect(target, &obs::Options::default())
        .await
        .unwrap();
    let scene = requester.program_scene().await.unwrap();
    requester
        .create_input(&scene, SOURCE, KIND, &old)
        .await
        .unwrap();
    shows(&requester, "0 follow").await;

    restart().await;
    let requester = obs::RequestConnection::connect(target, &obs::Options::default())
        .await
        .unwrap();
    if requester.input(SOURCE).await.unwrap().is_some() {
        requester.set_input(SOURCE, &old).await.unwrap();
    } else {
        requester
            .create_input(
                &requester.program_scene().await.unwrap(),
                SOURCE,
                KIND,
                &old,
            )
            .await
            .unwrap();
    }
    shows(&requester, "0 follow").await;
    let bus = Bus::connect(target).await;
    bus.until_answered(SOON).await;
    bus.broadcast(&follow(1)).await;
    shows(&requester, "1 follow").await;
}

#[tokio::test]
async fn what_happens_while_twitchat_reloads_counts_once_afterwards() {
    let (_obs, target) = stand_in().await;
    let home = Home::new();
    let _bridge = home.run(&target);
    let bus = Bus::connect(&target).await;
    bus.until_answered(SOON).await;
    let options = twitchat::Options {
        generation: Generation::Third,
        ..twitchat::Options::default()
    };
    let twitchat = twitchat::StandIn::connect(peer(&target), options)
        .await
        .unwrap();
    let moment = |number: usize| Moment::Follow {
        who: Person::new((5_000_000 + number).to_string(), name(number)),
    };
    for number in 0..10 {
        twitchat.play(moment(number)).await.unwrap();
    }
    twitchat.settled().await.unwrap();
    for number in 10..20 {
        twitchat.play_unreceived(moment(number));
    }
    // The page loads again, and announces itself.
    twitchat.reconnect().await.unwrap();
    twitchat.switch(Generation::Third).await.unwrap();
    let expected: BTreeSet<_> = (0..20).map(name).collect();
    let credits = within("the summary is merged", SOON, async {
        loop {
            let credits = bus.credits().await;
            if followers(&credits) == expected {
                return credits;
            }
        }
    })
    .await;
    let lines = credits["extended"]["Follows"].as_array().unwrap();
    let twice = lines.iter().find(|line| line["count"] != 1);
    assert_eq!(twice, None, "counted once each");
}
