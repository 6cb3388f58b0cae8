//! The bridge is killed at many points of a burst. Everything that it had confirmed still counts,
//! and Twitchat's summary contains the events that it missed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use twitchat_bridge::event::Received;
use twitchat_bridge::obs::Target;
use twitchat_bridge::sim::twitchat::{Moment, Options, Person, StandIn};

use crate::support::bridge::Home;
use crate::support::bus::Bus;
use crate::support::obs::{peer, real, stand_in};
use crate::support::play::{assert_all_in, followers};
use crate::support::{SOON, within};

/// The number of times the bridge is killed.
const POINTS: usize = 50;
/// The same on a real OBS, which is slower.
const POINTS_ON_A_REAL_OBS: usize = 20;
/// The number of events between two starts. Half of them are follows, the others are cheers.
const BURST: usize = 48;
/// The number of events between two replies of the bridge.
const PACE: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_50_random_points_of_a_burst_it_keeps_its_word() {
    let (_obs, target) = stand_in().await;
    survives(&target, POINTS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real OBS: scripts/test starts one"]
async fn killed_at_20_random_points_of_a_burst_on_a_real_obs_it_keeps_its_word() {
    survives(&real(), POINTS_ON_A_REAL_OBS).await;
}

/// The events that were played, for comparison with the credits.
#[derive(Debug, Default)]
struct Played {
    follows: BTreeSet<String>,
    bits: BTreeMap<String, u64>,
}

impl Played {
    fn next(&mut self) -> Moment {
        let number = self.follows.len() + self.bits.len();
        let who = Person::new((5_000_000 + number).to_string(), format!("Guest{number}"));
        if number.is_multiple_of(2) {
            self.follows.insert(who.display.clone());
            Moment::Follow { who }
        } else {
            let bits = 100 + u64::try_from(number).unwrap();
            self.bits.insert(who.display.clone(), bits);
            Moment::Cheer {
                who,
                bits,
                text: "go".into(),
            }
        }
    }

    /// Whether the credits contain all followers, and each cheer exactly once.
    fn is_all_of(&self, credits: &Value) -> bool {
        followers(credits) == self.follows && cheers(credits) == self.bits
    }
}

fn people(credits: &Value) -> BTreeSet<String> {
    let cheerers = credits["Events"]["Cheers"]
        .as_array()
        .unwrap_or_else(|| panic!("no cheers in {credits}"));
    cheerers
        .iter()
        .map(|name| name.as_str().unwrap().to_owned())
        .chain(followers(credits))
        .collect()
}

/// The bits of each person.
fn cheers(credits: &Value) -> BTreeMap<String, u64> {
    let lines = credits["extended"]["Cheers"]
        .as_array()
        .unwrap_or_else(|| panic!("no cheers in {credits}"));
    lines
        .iter()
        .map(|line| {
            (
                line["name"].as_str().unwrap().to_owned(),
                line["amount"].as_u64().unwrap(),
            )
        })
        .collect()
}

async fn survives(target: &Target, points: usize) {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let home = Home::new();
    let bus = Arc::new(Bus::connect(target).await);
    let twitchat = StandIn::connect(peer(target), Options::default())
        .await
        .unwrap();
    let mut played = Played::default();
    let mut counted = BTreeSet::new();
    let mut inside = 0;
    for point in 1..=points {
        // Twitchat does not answer yet, so the credits come from the journal.
        twitchat.set_answering(false);
        let mut bridge = home.run(target);
        bus.until_answered(SOON).await;
        let kept = bus.credits().await;
        assert_all_in(&counted, &people(&kept), "reported before the kill");

        // Twitchat's first message makes the bridge ask for the missed events.
        twitchat.set_answering(true);
        twitchat.play(played.next()).await.unwrap();
        bus.until_status("the summary is merged", |status| {
            !status["twitchat"]["summaryMerged"].is_null()
        })
        .await;
        let filled = until_all(&bus, &played).await;
        assert!(
            played.is_all_of(&filled),
            "point {point}: {} follows, {} cheers",
            followers(&filled).len(),
            cheers(&filled).len()
        );

        let from = bus.position();
        let asking = keep_asking(&bus);
        let kill_at = random.usize(..BURST);
        for moment in 0..BURST {
            twitchat.play(played.next()).await.unwrap();
            if moment == kill_at {
                // In every other run the bridge is killed directly after a reply.
                if point % 2 == 0 {
                    within(
                        "the bridge counts",
                        SOON,
                        bus.until_received(bus.position(), count),
                    )
                    .await;
                }
                bridge.kill();
            } else if moment < kill_at && moment % PACE == PACE - 1 {
                within(
                    "the bridge counts",
                    SOON,
                    bus.until_received(bus.position(), count),
                )
                .await;
            }
        }
        twitchat.settled().await.unwrap();
        asking.abort();
        // Names are only added, so the longest reply contains all of them.
        let longest = bus
            .received_since(from, |_, received| count(received))
            .into_iter()
            .max_by_key(|reply| reply.get().len());
        counted = longest.map_or_else(BTreeSet::new, |reply| {
            people(&serde_json::from_str(reply.get()).unwrap())
        });
        let (before, counted) = (people(&filled).len(), counted.len());
        inside += usize::from(counted > before && counted < before + BURST);
    }
    println!("{inside} of {points} kills came after a reply that had counted a part of the burst");
    assert!(
        inside >= points / 2,
        "only {inside} kills were in the middle of counting"
    );
    let _bridge = home.run(target);
    bus.until_answered(SOON).await;
    let kept = until_all(&bus, &played).await;
    let (follows, cheers) = (followers(&kept).len(), cheers(&kept).len());
    let sent = played.follows.len() + played.bits.len();
    println!("{sent} events sent, {} counted", follows + cheers);
    assert!(
        played.is_all_of(&kept),
        "{follows} follows and {cheers} cheers of {sent} events"
    );
}

/// The credits when they are complete. If they are incomplete after 5 s, they stay incomplete.
async fn until_all(bus: &Bus, played: &Played) -> Value {
    let patience = Instant::now() + Duration::from_secs(5);
    loop {
        let credits = bus.credits().await;
        if played.is_all_of(&credits) || Instant::now() > patience {
            return credits;
        }
    }
}

const ASKING: &str = "again and again";

/// Requests the credits repeatedly. Each request follows the reply to the previous one.
fn keep_asking(bus: &Arc<Bus>) -> JoinHandle<()> {
    let bus = Arc::clone(bus);
    tokio::spawn(async move {
        loop {
            let from = bus.position();
            let request = json!({ "request": "GetCredits", "id": ASKING, "spelling": "seed" });
            within("OBS takes a request", SOON, bus.broadcast(&request)).await;
            bus.until_received(from, count).await;
        }
    })
}

/// The reply to one of these requests. It is not parsed, because the replies are long and many.
fn count(received: &Received) -> Option<Box<RawValue>> {
    match received {
        Received::Bridge(reply) if reply.get().contains(ASKING) => Some(reply.clone()),
        _ => None,
    }
}
