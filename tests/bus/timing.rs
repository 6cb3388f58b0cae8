//! Measures the time from request to reply over OBS, with two connections each for the client and
//! the bridge. OBS sends small packets late to a client that uses one connection in both directions
//! (docs/bus.md). This test fails if a change causes such delays again.
//!
//! A round passes through OBS twice, once as the request and once as the reply. So the test
//! compares it with two such passes in the same run: the request's own echo, and the echo of a
//! message as large as the reply. The bridge uses the rest of the time.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};
use twitchat_bridge::sim::{
    self,
    peer::{EventPeer, RequestPeer},
};

use crate::support::{Process, SOON, Site, play};

/// The number of people in the credits.
const NAMES: u64 = 50;

/// The targets on an idle machine: for the median of the replies, and for all but 1 % of them. The
/// output shows whether the targets are met.
const AIM: Limit = Limit {
    middle: Duration::from_millis(1),
    late: Duration::from_millis(10),
};
/// The test fails if the median takes longer than this many times the two passes. The limit is
/// relative, because the machine may be slow or busy.
const PASSES: u32 = 3;
/// The delay that must not return takes 40 ms.
const NO_STALL: Limit = Limit {
    middle: Duration::from_millis(20),
    late: Duration::from_millis(35),
};

/// A stand-in that sends small packets as late as OBS does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn timing_without_stalls_on_the_stand_in() {
    let site = Site::stand_in_with(sim::obs::Options {
        nodelay: false,
        ..Default::default()
    })
    .await;
    measure(&site, Duration::from_millis(20), 100).await;
}

#[tokio::test]
#[ignore = "needs a real OBS: scripts/test starts one"]
async fn timing_back_to_back_on_a_real_obs() {
    measure(&Site::real(), Duration::ZERO, 2_000).await;
}

#[tokio::test]
#[ignore = "needs a real OBS: scripts/test starts one"]
async fn timing_every_20_ms_on_a_real_obs() {
    measure(&Site::real(), Duration::from_millis(20), 400).await;
}

#[tokio::test]
#[ignore = "needs a real OBS: scripts/test starts one"]
async fn timing_every_second_on_a_real_obs() {
    measure(&Site::real(), Duration::from_secs(1), 120).await;
}

/// Limits for the median of a run, and for its slowest replies.
struct Limit {
    middle: Duration,
    late: Duration,
}

/// Requests a small and a large reply alternately, with a pause before each. The first round counts
/// like the others.
async fn measure(site: &Site, pause: Duration, rounds: usize) {
    /// The number of rounds for each echo of a message as large as the reply.
    const PER_PASS: usize = 4;
    let mut asker = Asker::connect(site).await;
    let _bridge = Process::on(site).await;
    let mut kinds = [Rounds::new("GetInfo"), Rounds::new("GetCredits")];
    for round in 0..rounds {
        sleep(pause).await;
        let rounds = &mut kinds[round % 2];
        let reply = asker.ask(rounds).await;
        if round / 2 % PER_PASS == 0 && round > 1 {
            sleep(pause).await;
            rounds.passed.push(asker.pass(reply).await);
        }
        if round == 0 {
            // The credits get their content only now, because the first event after connecting may
            // be late.
            play(site, (0..NAMES).map(follow)).await;
        }
    }
    println!(
        "a pause of {pause:?} before each round; 'echo' is the request come back from OBS, 'pass' \
            a message as large as the reply"
    );
    let held = kinds.map(Rounds::report);
    assert!(
        held == [true, true],
        "slower than {PASSES} times what OBS takes by itself, or stalled"
    );
}

/// Takes the time when a frame is received, before it is parsed, because this build is not
/// optimised.
struct Asker {
    requests: RequestPeer,
    receiver: EventPeer,
    sent: usize,
}

impl Asker {
    async fn connect(site: &Site) -> Self {
        let receiver = EventPeer::connect(&site.peer()).await.unwrap();
        Self {
            requests: RequestPeer::connect(&site.peer()).await.unwrap(),
            receiver,
            sent: 0,
        }
    }

    /// Makes one round and returns the reply.
    async fn ask(&mut self, rounds: &mut Rounds) -> Value {
        let id = self.next_id();
        let begun = self
            .send(&format!(
                r#"{{"request":"{}","id":"{id}"}}"#,
                rounds.request
            ))
            .await;
        let reply = loop {
            let text = self.next_about(&id).await;
            if text.contains(r#""origin":"twitchat-bridge""#) {
                break text;
            }
            rounds.echoed.push(begun.elapsed());
        };
        rounds.replied.push(begun.elapsed());
        let mut frame: Value = serde_json::from_str(&reply).unwrap();
        assert_eq!(frame["d"]["eventData"]["status"], "ok", "{reply}");
        frame["d"]["eventData"].take()
    }

    /// The time that a message like this one takes over OBS and back. No program replies to it.
    async fn pass(&mut self, mut like: Value) -> Duration {
        let id = self.next_id();
        like["id"] = json!(id);
        like["origin"] = json!("this very test");
        let begun = self.send(&like.to_string()).await;
        self.next_about(&id).await;
        begun.elapsed()
    }

    fn next_id(&mut self) -> String {
        self.sent += 1;
        format!("round-{}-", self.sent)
    }

    async fn send(&mut self, message: &str) -> Instant {
        let begun = Instant::now();
        self.requests.pipeline_text(message).await.unwrap();
        self.requests.flush().await.unwrap();
        begun
    }

    async fn next_about(&mut self, id: &str) -> String {
        loop {
            let frame = timeout(SOON, self.receiver.next_frame())
                .await
                .expect("a reply")
                .unwrap();
            if let Some(text) = frame.as_text().filter(|text| text.contains(id)) {
                return text.to_owned();
            }
        }
    }
}

/// The measurements for one kind of request.
struct Rounds {
    request: &'static str,
    replied: Vec<Duration>,
    echoed: Vec<Duration>,
    passed: Vec<Duration>,
}

impl Rounds {
    fn new(request: &'static str) -> Self {
        Self {
            request,
            replied: Vec::new(),
            echoed: Vec::new(),
            passed: Vec::new(),
        }
    }

    /// Prints the measurements. Returns `false` if a limit is exceeded.
    fn report(mut self) -> bool {
        let first = self.replied[0];
        let above = |limit: Duration| {
            move |list: &[Duration]| list.iter().filter(|took| **took > limit).count()
        };
        let [late, late_echoes] = [&self.replied, &self.echoed].map(|list| above(AIM.late)(list));
        let [stalled, stalled_echoes] =
            [&self.replied, &self.echoed].map(|list| above(NO_STALL.late)(list));
        for list in [&mut self.replied, &mut self.echoed, &mut self.passed] {
            list.sort();
        }
        let at = |list: &[Duration], percent: usize| list[(list.len() - 1) * percent / 100];
        let [typical, echo, pass] =
            [&self.replied, &self.echoed, &self.passed].map(|list| at(list, 50));
        let (passes, count) = (echo + pass, self.replied.len());
        println!(
            "  {}: p50 {typical:?} (echo {echo:?}, pass {pass:?}: {:.2} of both), p99 {:?}, worst \
                {:?}, first {first:?}; \
             {late} of {count} above {:?} (echoes: {late_echoes}); {} the aim",
            self.request,
            typical.as_secs_f64() / passes.as_secs_f64(),
            at(&self.replied, 99),
            at(&self.replied, 100),
            AIM.late,
            if typical < AIM.middle && late * 100 < count {
                "within"
            } else {
                "NOT within"
            },
        );
        // If the echo of a request was also late, the machine is the cause.
        let limit = AIM.middle.max(passes * PASSES).min(NO_STALL.middle);
        typical < limit && stalled.saturating_sub(stalled_echoes) <= (count / 100).max(1)
    }
}

fn follow(number: u64) -> Value {
    let user = json!({ "id": number.to_string(), "login": format!("viewer_{number}"),
        "displayName": format!("Viewer_{number}") });
    json!({ "origin": "twitchat", "type": "FOLLOW", "id": format!("follow-{number}"),
        "data": { "user": user } })
}
