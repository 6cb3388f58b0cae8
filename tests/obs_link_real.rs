//! Tests the link with a real OBS: run `scripts/real-obs start`, then the tests with `--ignored`
//! and its `OBS_TEST_URL` and `OBS_TEST_PASSWORD`. Run them one at a time, because they measure.
//! The test that freezes and kills OBS starts its own OBS.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a failing test must show the place"
)]

use std::env;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::{json, value::RawValue};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use twitchat_bridge::event::Received;
use twitchat_bridge::obs::{EventConnection, Notice, Options, RequestConnection, Target, start};
use twitchat_bridge::sim;

const SOON: Duration = Duration::from_secs(60);

fn target() -> Target {
    let url = env::var("OBS_TEST_URL")
        .expect("OBS_TEST_URL: scripts/real-obs start prints where it stands");
    target_at(&url, env::var("OBS_TEST_PASSWORD").ok())
}

fn target_at(url: &str, password: Option<String>) -> Target {
    let (host, port) = url
        .trim_start_matches("ws://")
        .rsplit_once(':')
        .expect("ws://HOST:PORT");
    Target {
        host: host.to_owned(),
        port: port.parse().expect("a port"),
        tls: false,
        path: String::new(),
        password: password.map(SecretString::from),
    }
}

fn event(n: usize) -> Box<RawValue> {
    serde_json::value::to_raw_value(
        &json!({"origin": "twitchat-bridge", "bridge": "test", "seq": n}),
    )
    .unwrap()
}

/// Sends messages and waits for their echoes. Returns how long each round took, sorted.
async fn echoes(
    receiver: &mut EventConnection,
    requester: &RequestConnection,
    rounds: usize,
    gap: Duration,
) -> Vec<Duration> {
    let mut took = Vec::new();
    for n in 0..rounds {
        sleep(gap).await;
        let begun = Instant::now();
        let event = event(n);
        let (sent, echoed) =
            tokio::join!(requester.broadcast(&event), timeout(SOON, receiver.next()));
        sent.unwrap();
        let batch = echoed.unwrap().unwrap();
        assert!(
            matches!(&*batch.events,
                [Received::Bridge(echo)] if echo.get().contains(&format!("\"seq\":{n}"))),
            "{batch:?}"
        );
        took.push(begun.elapsed());
    }
    took.sort();
    took
}

#[tokio::test]
#[ignore = "needs a real OBS"]
async fn timing_of_echoes() {
    let target = target();
    for (rounds, gap) in [(1000, 0), (100, 20), (8, 1000)] {
        let mut receiver = EventConnection::connect(&target, &Options::default())
            .await
            .unwrap();
        let requester = RequestConnection::connect(&target, &Options::default())
            .await
            .unwrap();
        let took = echoes(
            &mut receiver,
            &requester,
            rounds,
            Duration::from_millis(gap),
        )
        .await;
        let (median, worst) = (took[rounds / 2], took[rounds - 1]);
        println!(
            "{rounds} echoes, gap {gap} ms: median {median:?}, 99 % {:?}, worst {worst:?}",
            took[rounds * 99 / 100]
        );
        assert!(
            median < Duration::from_millis(10),
            "the stall of 40 ms is back: {median:?}"
        );
    }
}

/// Linux would delay the acknowledgement of the first event after the login.
#[tokio::test]
#[ignore = "needs a real OBS"]
async fn timing_of_first_echoes() {
    let target = target();
    let mut took = Vec::new();
    for _ in 0..50 {
        let mut receiver = EventConnection::connect(&target, &Options::default())
            .await
            .unwrap();
        let requester = RequestConnection::connect(&target, &Options::default())
            .await
            .unwrap();
        took.extend(echoes(&mut receiver, &requester, 1, Duration::ZERO).await);
    }
    took.sort();
    println!(
        "50 first echoes: median {:?}, 90 % {:?}, worst {:?}",
        took[25], took[45], took[49]
    );
    assert!(
        took[45] < Duration::from_millis(20),
        "the stall of 40 ms is back: {took:?}"
    );
}

#[tokio::test]
#[ignore = "needs a real OBS"]
async fn timing_of_echoes_right_after_pings() {
    let target = target();
    let options = Options {
        ping_after: Duration::from_millis(50),
        ..Options::default()
    };
    let mut receiver = EventConnection::connect(&target, &options).await.unwrap();
    let requester = RequestConnection::connect(&target, &options).await.unwrap();
    let mut took = Vec::new();
    for n in 0..100 {
        // The pause is longer than the time until a ping. Its length changes each time.
        let quiet = timeout(Duration::from_micros(52_000 + 37 * n), receiver.next()).await;
        assert!(quiet.is_err(), "{quiet:?}");
        took.extend(echoes(&mut receiver, &requester, 1, Duration::ZERO).await);
    }
    took.sort();
    println!(
        "100 echoes after pings: median {:?}, worst {:?}",
        took[50], took[99]
    );
    assert!(
        took[90] < Duration::from_millis(20),
        "the stall of 40 ms is back: {took:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real OBS"]
async fn timing_of_a_burst_received_to_the_last_event() {
    const EVENTS: usize = 100_000;
    let target = target();
    let peer = sim::peer::Target {
        url: format!("ws://{target}"),
        password: target.password.clone(),
    };
    let reader = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async move {
            let mut receiver = EventConnection::connect(&target, &Options::default())
                .await
                .unwrap();
            let (mut events, mut batches, mut begun, mut cpu) = (0, 0_usize, None, 0);
            while events < EVENTS {
                let batch = timeout(SOON, receiver.next())
                    .await
                    .unwrap_or_else(|_| panic!("only {events} of {EVENTS}"))
                    .unwrap();
                if begun.is_none() {
                    (begun, cpu) = (Some(Instant::now()), cpu_nanos());
                }
                events += batch
                    .events
                    .iter()
                    .filter(|event| matches!(event, Received::Twitchat(_)))
                    .count();
                batches += 1;
            }
            let took = begun.unwrap().elapsed();
            #[expect(clippy::cast_precision_loss, reason = "a figure to look at")]
            let (rate, each) = (
                EVENTS as f64 / took.as_secs_f64(),
                (cpu_nanos() - cpu) as f64 / EVENTS as f64 / 1000.0,
            );
            println!(
                "{EVENTS} events in {took:?}: {rate:.0} events/s, {batches} batches, \
                {each:.2} us of CPU each in the reader"
            );
        });
    });
    sleep(Duration::from_millis(500)).await;
    let mut sender = sim::peer::RequestPeer::connect(&peer).await.unwrap();
    for n in 0..EVENTS {
        let event = json!({"origin": "twitchat", "type": "FOLLOW", "id": format!("id-{n}"),
            "data": {"user": {"id": n.to_string(),
            "login": format!("viewer{n}"), "displayName": format!("Viewer{n}")},
                "platform": "twitch", "date": 1_700_000_000_000_u64}});
        sender.pipeline(&event).await.unwrap();
    }
    sender.settled().await.unwrap();
    tokio::task::spawn_blocking(move || reader.join().unwrap())
        .await
        .unwrap();
}

/// The processor time of this thread, in nanoseconds.
fn cpu_nanos() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split(' ')
        .next()
        .and_then(|nanos| nanos.parse().ok())
        .unwrap_or(0)
}

/// A real OBS for this test only, which the test may freeze and kill. It ends with the test.
struct OwnObs {
    state: tempfile::TempDir,
}

impl OwnObs {
    fn start() -> Self {
        let obs = Self {
            state: tempfile::tempdir().unwrap(),
        };
        obs.run(&["start", "--owner", &std::process::id().to_string()]);
        obs
    }

    /// Runs `scripts/real-obs` to its end.
    fn run(&self, arguments: &[&str]) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/real-obs");
        let file = self.state.path().join("state");
        let status = Command::new(script)
            .args(arguments)
            .arg("--state")
            .arg(file)
            .status()
            .unwrap();
        assert!(status.success(), "real-obs {arguments:?}: {status}");
    }

    /// A value in the state file.
    fn recorded(&self, name: &str) -> String {
        let state = std::fs::read_to_string(self.state.path().join("state")).unwrap();
        let prefix = format!("export {name}=");
        state
            .lines()
            .find_map(|line| line.strip_prefix(&prefix))
            .expect(name)
            .to_owned()
    }

    fn signal(&self, signal: &str) {
        let status = Command::new("kill")
            .args([signal, &self.recorded("OBS_TEST_PID")])
            .status()
            .unwrap();
        assert!(status.success());
    }
}

impl Drop for OwnObs {
    fn drop(&mut self) {
        self.run(&["stop"]);
    }
}

/// The first value that `pick` returns, and the time until then.
async fn until(
    notices: &mut tokio::sync::mpsc::Receiver<Notice>,
    pick: impl Fn(&Notice) -> bool,
) -> (Notice, Duration) {
    let begun = Instant::now();
    loop {
        let notice = timeout(SOON, notices.recv())
            .await
            .expect("a notice in time")
            .expect("a notice before the end");
        if pick(&notice) {
            return (notice, begun.elapsed());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real OBS"]
async fn timing_of_a_frozen_a_killed_and_a_restarted_obs() {
    let own = OwnObs::start();
    let target = target_at(
        &own.recorded("OBS_TEST_URL"),
        Some(own.recorded("OBS_TEST_PASSWORD")),
    );
    let (cancel, tasks) = (CancellationToken::new(), TaskTracker::new());
    let (_obs, mut notices) = start(
        move || std::future::ready(target.clone()),
        Options::default(),
        cancel,
        &tasks,
    );
    let up = |notice: &Notice| matches!(notice, Notice::Up(_));
    let down = |notice: &Notice| matches!(notice, Notice::Down(_));
    until(&mut notices, up).await;

    own.signal("-STOP");
    let (Notice::Down(cause), took) = until(&mut notices, down).await else {
        unreachable!()
    };
    println!("frozen: noticed after {took:?}: {cause}");
    assert!(took < Duration::from_secs(20));
    own.signal("-CONT");
    println!(
        "thawed: up again after {:?}",
        until(&mut notices, up).await.1
    );

    own.signal("-KILL");
    let (Notice::Down(cause), took) = until(&mut notices, down).await else {
        unreachable!()
    };
    println!("killed: noticed after {took:?}: {cause}");
    own.run(&["restart"]);
    let (_, took) = until(&mut notices, up).await;
    println!("restarted: up again {took:?} after OBS was ready");
    assert!(took < Duration::from_secs(5));

    own.signal("-INT");
    let (Notice::Down(cause), took) = until(&mut notices, down).await else {
        unreachable!()
    };
    println!("asked to end: noticed after {took:?}: {cause}");
    assert!(cause.to_string().contains("OBS was closed"), "{cause}");
}
