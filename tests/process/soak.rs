//! A long stream with random faults: OBS is killed, restarted and frozen, the bridge is killed and
//! stopped, Twitchat is reloaded, clients stop reading, people are banned, credits are cleared.
//! `scripts/long soak` runs it with two million events.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};
use twitchat_bridge::obs::{EventConnection, Options, Target};
use twitchat_bridge::sim::obs::StandIn as Obs;
use twitchat_bridge::sim::twitchat::{self, Moment, Person, StandIn as Twitchat};

use crate::support::bridge::{Home, Program};
use crate::support::bus::Bus;
use crate::support::obs::{peer, stand_in};
use crate::support::{SOON, within};

/// The events of a run without `scripts/long`.
const EVENTS: usize = 2_400;
/// The number of events between two waits for the bridge.
const PACE: usize = 400;
/// People of one session. Later sessions have the same people.
const PEOPLE: usize = 20_000;
/// More sessions than these make a run of two million events too long.
const MOST_SESSIONS: usize = 250;

fn from_environment(name: &str) -> Option<u64> {
    env::var(name).ok().map(|text| text.parse().unwrap())
}

/// The expected credits of the running session.
#[derive(Debug, Default, PartialEq)]
struct Expected {
    follows: BTreeSet<String>,
    bits: BTreeMap<String, u64>,
}

/// What the reply contains. An entry that counts twice differs from each expected one.
fn counted(credits: &Value) -> Expected {
    let mut counted = Expected::default();
    let lines = |section: &str| credits["extended"][section].as_array().unwrap().clone();
    for line in lines("Follows") {
        let name = line["name"].as_str().unwrap();
        let name = match line["count"].as_u64() {
            None | Some(1) => name.to_owned(),
            Some(count) => format!("{name} {count} times"),
        };
        counted.follows.insert(name);
    }
    for line in lines("Cheers") {
        let name = line["name"].as_str().unwrap().to_owned();
        counted.bits.insert(name, line["amount"].as_u64().unwrap());
    }
    counted
}

/// The memory and the open files of the bridge at the end of a session.
#[derive(Debug, Clone, Copy)]
struct Usage {
    kib: u64,
    files: usize,
}

impl Usage {
    fn of(pid: u32) -> Self {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS"));
        let kib = line.and_then(|line| line.split_whitespace().nth(1));
        Self {
            kib: kib.unwrap().parse().unwrap(),
            files: fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count(),
        }
    }
}

struct Soak {
    random: fastrand::Rng,
    obs: Obs,
    target: Target,
    home: Home,
    bus: Bus,
    twitchat: Twitchat,
    bridge: Program,
    /// Clients that do not read.
    slow: Vec<EventConnection>,
    expected: Expected,
    played: usize,
    faults: BTreeMap<&'static str, usize>,
}

fn person(number: usize) -> Person {
    let number = number % PEOPLE;
    Person::new((5_000_000 + number).to_string(), format!("Guest{number}"))
}

impl Soak {
    async fn start(seed: u64) -> Self {
        let (obs, target) = stand_in().await;
        let home = Home::new();
        let twitchat = Twitchat::connect(peer(&target), twitchat::Options::default());
        let twitchat = twitchat.await.unwrap();
        let bus = Bus::connect(&target).await;
        let bridge = home.run(&target);
        bus.until_answered(SOON).await;
        Self {
            random: fastrand::Rng::with_seed(seed),
            obs,
            target,
            home,
            bus,
            twitchat,
            bridge,
            slow: Vec::new(),
            expected: Expected::default(),
            played: 0,
            faults: BTreeMap::new(),
        }
    }

    fn next(&mut self) -> Moment {
        let who = person(self.played);
        self.played += 1;
        if self.random.bool() {
            self.expected.follows.insert(who.display.clone());
            Moment::Follow { who }
        } else {
            let bits = 100 + u64::try_from(self.played % PEOPLE).unwrap();
            self.expected.bits.insert(who.display.clone(), bits);
            let text = "go".into();
            Moment::Cheer { who, bits, text }
        }
    }

    /// Plays events. If OBS is gone, only Twitchat's summary will contain them.
    async fn play(&mut self, count: usize) {
        for _ in 0..count {
            let moment = self.next();
            // Twitchat remembers an event that it cannot send.
            drop(self.twitchat.play(moment).await);
        }
    }

    /// Plays events while nobody can receive them.
    fn play_unreceived(&mut self) {
        for _ in 0..self.random.usize(1..30) {
            let moment = self.next();
            self.twitchat.play_unreceived(moment);
        }
    }

    async fn back(&mut self) {
        self.obs.start_again().await.unwrap();
        self.bus = Bus::connect(&self.target).await;
        self.twitchat.reconnect().await.unwrap();
        self.slow.clear();
        self.bus.until_answered(SOON).await;
    }

    async fn fault(&mut self) {
        let name = match self.random.u8(0..8) {
            0 => {
                self.play(20).await;
                self.obs.kill().await;
                self.play_unreceived();
                self.back().await;
                "OBS killed"
            }
            1 => {
                self.obs.stop().await;
                self.play_unreceived();
                self.back().await;
                "OBS restarted"
            }
            2 => {
                self.obs.freeze();
                sleep(Duration::from_millis(self.random.u64(50..1_500))).await;
                self.obs.thaw();
                "OBS frozen"
            }
            3 => {
                self.play(20).await;
                self.bridge.kill();
                self.play(20).await;
                self.bridge = self.home.run(&self.target);
                self.bus.until_answered(SOON).await;
                "bridge killed"
            }
            4 => {
                self.play(20).await;
                self.bridge.signal("TERM");
                let ended = self.bridge.ended().await;
                assert_eq!(ended.code, Some(0), "{}", ended.stderr);
                self.play(20).await;
                self.bridge = self.home.run(&self.target);
                self.bus.until_answered(SOON).await;
                "bridge stopped"
            }
            5 => {
                self.twitchat.set_answering(false);
                self.twitchat.reconnect().await.unwrap();
                self.play(20).await;
                self.twitchat.set_answering(true);
                "Twitchat reloaded"
            }
            6 => {
                let options = Options::default();
                let client = Box::pin(EventConnection::connect(&self.target, &options));
                self.slow.push(client.await.unwrap());
                "client that does not read"
            }
            _ => {
                self.ban().await;
                "ban"
            }
        };
        *self.faults.entry(name).or_default() += 1;
    }

    /// Bans somebody for a moment. The stand-in's summary does not know bans, so a longer ban would
    /// end with the next summary.
    async fn ban(&mut self) {
        let who = person(self.random.usize(..self.played.max(1)));
        self.publish("UserBanned", &who).await;
        self.play(20).await;
        self.publish("UserUnbanned", &who).await;
    }

    async fn publish(&self, kind: &str, who: &Person) {
        let user = json!({ "id": who.id, "login": who.login, "displayName": who.display });
        let fields = json!({ "publish": { "source": "Twitch", "type": kind },
            "data": { "user": user } });
        self.bus.ask_with("PublishEvent", fields).await;
    }

    /// Plays a session with faults, compares its credits, and clears them.
    async fn session(&mut self, events: usize) -> Usage {
        let last = self.played + events;
        let mut next_fault = self.played + self.random.usize(..events);
        while self.played < last {
            if self.played >= next_fault {
                self.fault().await;
                next_fault = self.played + events / 2 + self.random.usize(..events);
            }
            let next = last.min(next_fault).saturating_sub(self.played);
            self.play(PACE.min(next)).await;
            drop(self.twitchat.settled().await);
            self.bus.ask("GetInfo").await;
        }
        self.until_complete().await;
        let usage = Usage::of(self.bridge.pid());
        self.bus.ask("ClearCredits").await;
        self.expected = Expected::default();
        // The client remembers everything that it receives.
        self.bus = Bus::connect(&self.target).await;
        self.slow.clear();
        usage
    }

    /// Waits until the credits are complete, with a summary of Twitchat if events were missed.
    async fn until_complete(&self) {
        let patience = Instant::now() + 2 * SOON;
        loop {
            let counted = counted(&self.bus.credits().await);
            if counted == self.expected {
                return;
            }
            let missing: Vec<_> = self.expected.follows.difference(&counted.follows).collect();
            let extra: Vec<_> = counted.follows.difference(&self.expected.follows).collect();
            assert!(
                Instant::now() < patience,
                "after {} events and {:?}: {} follows and {} cheers of {} and {}; missing \
                 {missing:?}, unexpected {extra:?}",
                self.played,
                self.faults,
                counted.follows.len(),
                counted.bits.len(),
                self.expected.follows.len(),
                self.expected.bits.len()
            );
            sleep(Duration::from_millis(200)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_faults_on_a_long_stream_change_no_credits_and_leak_nothing() {
    let seed = from_environment("SOAK_SEED").unwrap_or_else(|| fastrand::u64(..1_000_000));
    let events = from_environment("SOAK_EVENTS").map_or(EVENTS, |count| count.try_into().unwrap());
    println!("seed {seed}, {events} events");
    let begun = Instant::now();
    let mut soak = Soak::start(seed).await;
    let per_session = (events / MOST_SESSIONS).clamp(400, PEOPLE / 2);
    let mut usages = Vec::new();
    while soak.played < events {
        let session = soak.session(per_session);
        let usage = within("a session ends", 10 * SOON, session).await;
        if usages.len().is_multiple_of(20) {
            println!("{} events, {usage:?}, {:?}", soak.played, begun.elapsed());
        }
        usages.push(usage);
    }
    println!(
        "seed {seed}: {} events in {} sessions, 0 lost, {:?}, faults: {:?}",
        soak.played,
        usages.len(),
        begun.elapsed(),
        soak.faults
    );
    let third = usages.len().div_ceil(3);
    let most = |part: &[Usage]| {
        let kib = part.iter().map(|usage| usage.kib).max().unwrap();
        (kib, part.iter().map(|usage| usage.files).max().unwrap())
    };
    let (first, last) = (
        most(&usages[..third]),
        most(&usages[usages.len() - third..]),
    );
    println!("most memory and files in the first third {first:?}, in the last third {last:?}");
    assert!(
        last.0 < first.0 * 3 / 2 + 32 * 1024,
        "memory grows: {usages:?}"
    );
    assert!(last.1 <= first.1 + 4, "files are left open: {usages:?}");
}
