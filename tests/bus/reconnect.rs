//! OBS goes away and comes back in every possible way. The bridge connects again by itself, and
//! Twitchat's summary fills the gaps.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::time::timeout;
use twitchat_bridge::daemon::Ended;
use twitchat_bridge::obs::Kind;
use twitchat_bridge::sim::twitchat::{Generation, Moment, Options, Person, StandIn};

use crate::support::{Bridge, Bus, SOON, Site, names, wait_until};

fn follow(number: usize) -> Moment {
    Moment::Follow {
        who: Person::new((7_000 + number).to_string(), format!("Fan_{number:04}")),
    }
}

fn fans(numbers: std::ops::Range<usize>) -> Vec<String> {
    numbers.map(|number| format!("Fan_{number:04}")).collect()
}

/// Waits for a status that `fits` accepts.
async fn status(bus: &mut Bus, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
    wait_until(what, SOON, async || {
        let status = bus.status().await;
        fits(&status).then_some(status)
    })
    .await
}

fn is_merged(status: &Value) -> bool {
    status["twitchat"]["summaryMerged"].is_string()
}

/// A client that is connected after a restart of OBS, after the first reply of the bridge. The
/// client may miss the bridge's Hello.
async fn met_again(site: &Site) -> Bus {
    site.controls().start_again().await.unwrap();
    let mut bus = Bus::connect(site).await;
    let answered = async {
        while timeout(
            Duration::from_millis(250),
            bus.ask(json!({ "request": "GetInfo" })),
        )
        .await
        .is_err()
        {}
    };
    timeout(SOON, answered)
        .await
        .expect("the bridge answers again");
    bus
}

async fn goes_and_comes_back(generation: Generation, kill: bool) {
    let site = Site::stand_in().await;
    let options = Options {
        generation,
        ..Options::default()
    };
    let bridge = Bridge::on(&site).await;
    let mut bus = Bus::connect(&site).await;
    let twitchat = StandIn::connect(site.peer(), options).await.unwrap();
    // Twitchat starts after the bridge, and its first message makes the bridge ask for the summary.
    twitchat.play(follow(0)).await.unwrap();
    let first = status(&mut bus, "the first summary", is_merged).await;
    assert_eq!(first["counts"]["filled"], 0, "{first}");

    for number in 1..50 {
        twitchat.play(follow(number)).await.unwrap();
    }
    twitchat.settled().await.unwrap();
    site.controls().drained().await;
    if kill {
        site.controls().kill().await;
    } else {
        site.controls().stop().await;
    }
    for number in 50..80 {
        twitchat.play_unreceived(follow(number));
    }

    let mut bus = met_again(&site).await;
    twitchat.reconnect().await.unwrap();
    // The bridge may have asked for the summary before Twitchat was connected again. In that case
    // the next message makes it ask again.
    twitchat.play(follow(80)).await.unwrap();
    let merged =
        |status: &Value| status["twitchat"]["summaryMerged"] != first["twitchat"]["summaryMerged"];
    let second = status(&mut bus, "the second summary", merged).await;
    assert_eq!(
        names(&bus.credits().await["Events"]["Follows"]),
        fans(0..81)
    );
    let filled = second["counts"]["filled"].as_u64().unwrap();
    assert!(
        (30..=31).contains(&filled),
        "of what was delivered nothing is filled in: {second}"
    );
    let extended = bus
        .ask(json!({ "request": "GetCredits", "extended": true }))
        .await;
    let twice = extended["extended"]["Follows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["count"] != 1);
    assert_eq!(twice, None, "counted once each");
    bridge.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_the_midst_of_play() {
    goes_and_comes_back(Generation::Second, true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closed_in_the_midst_of_play() {
    goes_and_comes_back(Generation::Third, false).await;
}

/// OBS ends during a burst. All messages that it has relayed count before any summary is requested.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_within_a_burst() {
    const BURST: usize = 5_000;
    let site = Site::stand_in().await;
    let bridge = Bridge::on(&site).await;
    let twitchat = StandIn::connect(site.peer(), Options::default())
        .await
        .unwrap();
    twitchat.set_answering(false);
    let playing = tokio::spawn({
        let twitchat = twitchat.clone();
        async move {
            for number in 0..BURST {
                // Twitchat continues without OBS. Messages that it cannot send are in its summary.
                drop(twitchat.play(follow(number)).await);
            }
        }
    });
    let controls = site.controls();
    wait_until("some of it is delivered", SOON, async || {
        (controls.broadcasts() > 500).then_some(())
    })
    .await;
    let delivered = controls
        .received()
        .iter()
        .filter(|message| message["type"] == "FOLLOW")
        .count();
    timeout(SOON, controls.drained())
        .await
        .expect("what was delivered is in the sockets");
    controls.kill().await;
    playing.await.unwrap();

    let mut bus = met_again(&site).await;
    let before = names(&bus.credits().await["Events"]["Follows"]);
    assert!(
        (delivered..BURST).contains(&before.len()),
        "{} of {delivered} are there, or the burst was not interrupted",
        before.len()
    );
    twitchat.reconnect().await.unwrap();
    twitchat.set_answering(true);
    twitchat.play(follow(BURST)).await.unwrap();
    wait_until("all of them", SOON, async || {
        (names(&bus.credits().await["Events"]["Follows"]).len() > BURST).then_some(())
    })
    .await;
    let status = bus.status().await;
    let filled = status["counts"]["filled"].as_u64().unwrap();
    println!(
        "{} of {BURST} received before the end ({delivered} delivered), {filled} filled in",
        before.len()
    );
    assert!(
        (BURST..=BURST + 1).contains(&(before.len() + usize::try_from(filled).unwrap())),
        "{filled} filled, {} received",
        before.len()
    );
    bridge.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_password_is_used_at_the_next_attempt() {
    let site = Site::stand_in().await;
    let bridge = Bridge::on(&site).await;
    let new = SecretString::from("new");
    site.controls().kill().await;
    site.controls().set_password(Some(new.clone()));
    site.controls().start_again().await.unwrap();
    let changed = site.with_password(new);
    let mut bus = Bus::connect(&changed).await;
    // The bridge does not end after the refusal, because OBS's own settings may get the new
    // password at any time.
    bridge.failed_to_connect().await;
    bridge.set_target(changed.target());
    bus.hello().await;
    assert_eq!(
        bus.ask(json!({ "request": "GetInfo" })).await["status"],
        "ok"
    );
    bridge.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_refused_later_is_tried_again() {
    let site = Site::stand_in().await;
    let bridge = Bridge::on(&site).await;
    let controls = site.controls();
    controls.kill().await;
    controls.set_password(Some(SecretString::from("another")));
    controls.start_again().await.unwrap();
    bridge.failed_to_connect().await;
    controls.set_password(site.password());
    let mut bus = Bus::connect(&site).await;
    bus.hello().await;
    bridge.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_refused_at_first_ends_the_run() {
    let site = Site::stand_in().await;
    let ended = Bridge::start(&site.with_password(SecretString::from("wrong")))
        .ended()
        .await;
    assert!(
        matches!(&ended, Ended::Link(cause) if cause.kind() == Kind::Password),
        "{ended:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kick_ends_the_run() {
    let site = Site::stand_in().await;
    let bridge = Bridge::on(&site).await;
    site.controls().kick_all();
    let ended = bridge.ended().await;
    assert!(
        matches!(&ended, Ended::Link(cause) if cause.kind() == Kind::Kicked),
        "{ended:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn obs_starts_after_the_bridge() {
    let site = Site::stand_in().await;
    site.controls().kill().await;
    let bridge = Bridge::start(&site);
    let mut bus = met_again(&site).await;
    assert_eq!(
        bus.ask(json!({ "request": "GetInfo" })).await["status"],
        "ok"
    );
    bridge.stop().await;
}
