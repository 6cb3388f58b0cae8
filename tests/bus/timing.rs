//! From request to reply over OBS, with asker and bridge both on two connections: OBS sends small packets late to whoever uses one
//! connection both ways (docs/bus.md), and this shows when something brings that back.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};
use twitchat_bridge::sim::{
    self,
    peer::{Hearer, Talker},
};

use crate::support::{Process, SOON, Site, play};

/// People in the credits.
const NAMES: u64 = 50;

/// The aim on a real OBS with a release build: at the middle of all rounds, and for all but 1 % of them.
const QUICK: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(10));
/// What no stall of 40 ms passes, whatever the build and the machine.
const NO_STALL: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(1));

/// A stand-in that sends small packets as late as OBS does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn timing_without_stalls_on_the_stand_in() {
    let site = Site::stand_in_with(sim::obs::Options { nodelay: false, ..Default::default() }).await;
    measure(&site, Duration::from_millis(20), 100, Limit::Absolute(NO_STALL)).await;
}

#[tokio::test]
#[ignore = "needs a real OBS: scripts/test starts one"]
async fn timing_back_to_back_on_a_real_obs() {
    measure(&Site::real(), Duration::ZERO, 2_000, Limit::Absolute(QUICK)).await;
}

#[tokio::test]
#[ignore = "needs a real OBS: scripts/test starts one"]
async fn timing_every_20_ms_on_a_real_obs() {
    awake_and_asleep(Duration::from_millis(20), [400, 400]).await;
}

#[tokio::test]
#[ignore = "needs a real OBS: scripts/test starts one"]
async fn timing_every_second_on_a_real_obs() {
    awake_and_asleep(Duration::from_secs(1), [210, 60]).await;
}

/// Processors as they are while OBS encodes a stream, and on a machine that does nothing at all: there each of the hops from asker to OBS
/// to bridge and back first wakes a sleeping processor, and how long that takes is the machine's affair (of this one's virtual processors:
/// 0.1 ms and more). So the aim is asked for on the first; on the second a reply must stand in proportion to the echoes of the same run.
async fn awake_and_asleep(pause: Duration, rounds: [usize; 2]) {
    {
        let _awake = Awake::keep();
        println!("processors awake, as while a stream is encoded:");
        measure(&Site::real(), pause, rounds[0], Limit::Absolute(QUICK)).await;
    }
    println!("processors asleep between rounds:");
    measure(&Site::real(), pause, rounds[1], Limit::ToEcho(QUICK)).await;
}

/// Programs that run only when nobody else wants a processor, one on each.
struct Awake(Vec<Child>);

impl Awake {
    fn keep() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let spin = || Command::new("chrt").args(["--idle", "0", "sh", "-c", "while :; do :; done"]).stdin(Stdio::null()).spawn();
        Self((0..processors).map(|_| spin().expect("chrt of util-linux")).collect())
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let ended = child.kill().and_then(|()| child.wait());
            assert!(ended.is_ok() || std::thread::panicking(), "{ended:?}");
        }
    }
}

/// What a run is held to.
#[derive(Debug, Clone, Copy)]
enum Limit {
    /// The middle and the late ones, whatever the machine.
    Absolute((Duration, Duration)),
    /// The same, but in proportion to the echoes where those alone are slow. An echo passes OBS once, a reply twice and the bridge between.
    ToEcho((Duration, Duration)),
}

impl Limit {
    fn middle(self, echo: Duration) -> Duration {
        const PER_ECHO: u32 = 4;
        match self {
            Self::Absolute((middle, _)) => middle,
            Self::ToEcho((middle, _)) => middle.max(echo * PER_ECHO),
        }
    }

    fn aim(self) -> (Duration, Duration) {
        match self {
            Self::Absolute(aim) | Self::ToEcho(aim) => aim,
        }
    }
}

/// Asks in turns for a small and a large reply, a pause before each. The first round counts like the rest.
async fn measure(site: &Site, pause: Duration, rounds: usize, limit: Limit) {
    let mut asker = Asker::connect(site).await;
    let _bridge = Process::on(site).await;
    let (mut small, mut large) = (Rounds::new("GetInfo"), Rounds::new("GetCredits"));
    for round in 0..rounds {
        sleep(pause).await;
        asker.ask(if round % 2 == 0 { &mut small } else { &mut large }).await;
        if round == 0 {
            // Then there is something to reply. Not before: the first event after a connect is the one that may be late.
            play(site, (0..NAMES).map(follow)).await;
        }
    }
    println!("a pause of {pause:?} before each round; echoes are the requests themselves, come back from OBS");
    let passed = [small, large].map(|rounds| rounds.tell(limit));
    assert!(passed == [true, true], "the limit is {limit:?}");
}

/// Takes the time when a frame is there, before it is read: this build is not made for speed.
struct Asker {
    talker: Talker,
    hearer: Hearer,
    asked: usize,
}

impl Asker {
    async fn connect(site: &Site) -> Self {
        let hearer = Hearer::connect(&site.peer()).await.unwrap();
        Self { talker: Talker::connect(&site.peer()).await.unwrap(), hearer, asked: 0 }
    }

    async fn ask(&mut self, rounds: &mut Rounds) {
        self.asked += 1;
        let (id, name) = (format!("\"round-{}\"", self.asked), rounds.request);
        let begun = Instant::now();
        self.talker.pipeline_text(&format!(r#"{{"request":"{name}","id":{id}}}"#)).await.unwrap();
        self.talker.flush().await.unwrap();
        let reply = loop {
            let frame = timeout(SOON, self.hearer.next_frame()).await.expect("a reply").unwrap();
            match frame.as_text() {
                Some(text) if !text.contains(&id) => {}
                Some(text) if text.contains(r#""origin":"twitchat-bridge""#) => break frame,
                _ => rounds.echoed.push(begun.elapsed()),
            }
        };
        rounds.replied.push(begun.elapsed());
        assert!(reply.as_text().is_some_and(|text| text.contains(r#""status":"ok""#)), "{reply:?}");
    }
}

/// What was measured for one request.
struct Rounds {
    request: &'static str,
    replied: Vec<Duration>,
    echoed: Vec<Duration>,
}

impl Rounds {
    fn new(request: &'static str) -> Self {
        Self { request, replied: Vec::new(), echoed: Vec::new() }
    }

    /// Prints the figures; true if they are within the limit.
    fn tell(mut self, limit: Limit) -> bool {
        let (aim, late) = limit.aim();
        let first = self.replied[0];
        let above = |list: &[Duration]| list.iter().filter(|took| **took > late).count();
        let (too_late, late_echoes) = (above(&self.replied), above(&self.echoed));
        for list in [&mut self.replied, &mut self.echoed] {
            list.sort();
        }
        let at = |list: &[Duration], percent: usize| list[(list.len() - 1) * percent / 100];
        let part = |percent| format!("{:?} (echo {:?})", at(&self.replied, percent), at(&self.echoed, percent));
        let (p50, p99, worst) = (part(50), part(99), part(100));
        let (request, count) = (self.request, self.replied.len());
        let (typical, echo) = (at(&self.replied, 50), at(&self.echoed, 50));
        let verdict = if typical < aim && too_late * 100 < count { "within" } else { "NOT within" };
        println!(
            "  {request}: p50 {p50}, p99 {p99}, worst {worst}, first {first:?}; {too_late} of {count} above {late:?} (echoes: {late_echoes}); \
             {verdict} the aim of {aim:?}"
        );
        // A reply whose own echo was late is the machine's doing; of all others fewer than 1 % may be late.
        typical < limit.middle(echo) && too_late.saturating_sub(late_echoes) * 100 < count
    }
}

fn follow(number: u64) -> Value {
    let user = json!({ "id": number.to_string(), "login": format!("viewer_{number}"), "displayName": format!("Viewer_{number}") });
    json!({ "origin": "twitchat", "type": "FOLLOW", "id": format!("follow-{number}"), "data": { "user": user } })
}
