//! The link against a real OBS: `scripts/real-obs start`, then run with `--ignored` and its `OBS_TEST_URL` and `OBS_TEST_PASSWORD`.
//! One at a time: they measure.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that fails must say where")]

use std::env;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::{json, value::RawValue};
use tokio::time::{Instant, sleep, timeout};
use twitchat_bridge::event::Heard;
use twitchat_bridge::obs::{Listener, Options, Talker, Target};
use twitchat_bridge::sim;

const SOON: Duration = Duration::from_secs(60);

fn target() -> Target {
    let url = env::var("OBS_TEST_URL").expect("OBS_TEST_URL: scripts/real-obs start prints where it stands");
    let (host, port) = url.trim_start_matches("ws://").rsplit_once(':').expect("ws://HOST:PORT");
    let password = env::var("OBS_TEST_PASSWORD").ok().map(SecretString::from);
    Target { host: host.to_owned(), port: port.parse().expect("a port"), tls: false, password }
}

fn event(n: usize) -> Box<RawValue> {
    serde_json::value::to_raw_value(&json!({"origin": "twitchat-bridge", "bridge": "test", "seq": n})).unwrap()
}

/// Rounds of "say it, hear it", and how long each took, sorted.
async fn echoes(listener: &mut Listener, talker: &Talker, rounds: usize, gap: Duration) -> Vec<Duration> {
    let mut took = Vec::new();
    for n in 0..rounds {
        sleep(gap).await;
        let begun = Instant::now();
        let event = event(n);
        let (said, heard) = tokio::join!(talker.broadcast(&event), timeout(SOON, listener.next()));
        said.unwrap();
        let heard = heard.unwrap().unwrap();
        assert!(matches!(&*heard.events, [Heard::Bridge(echo)] if echo.get().contains(&format!("\"seq\":{n}"))), "{heard:?}");
        took.push(begun.elapsed());
    }
    took.sort();
    took
}

#[tokio::test]
#[ignore = "needs a real OBS"]
async fn an_echo_takes_no_time() {
    let target = target();
    for (rounds, gap) in [(1, 0), (1000, 0), (100, 20), (8, 1000)] {
        let mut listener = Listener::connect(&target, &Options::default()).await.unwrap();
        let talker = Talker::connect(&target, &Options::default()).await.unwrap();
        let took = echoes(&mut listener, &talker, rounds, Duration::from_millis(gap)).await;
        let (median, worst) = (took[rounds / 2], took[rounds - 1]);
        println!("{rounds} echoes, gap {gap} ms: median {median:?}, 99 % {:?}, worst {worst:?}", took[rounds * 99 / 100]);
        assert!(median < Duration::from_millis(10), "the stall of 40 ms is back: {median:?}");
    }
}

#[tokio::test]
#[ignore = "needs a real OBS"]
async fn an_echo_right_after_a_ping_takes_no_time() {
    let target = target();
    let options = Options { ping_after: Duration::from_millis(50), ..Options::default() };
    let mut listener = Listener::connect(&target, &options).await.unwrap();
    let talker = Talker::connect(&target, &options).await.unwrap();
    let mut took = Vec::new();
    for n in 0..100 {
        // Long enough for a ping, and then some; the pause is of another length each time.
        let quiet = timeout(Duration::from_micros(52_000 + 37 * n), listener.next()).await;
        assert!(quiet.is_err(), "{quiet:?}");
        took.extend(echoes(&mut listener, &talker, 1, Duration::ZERO).await);
    }
    took.sort();
    println!("100 echoes after pings: median {:?}, worst {:?}", took[50], took[99]);
    assert!(took[90] < Duration::from_millis(20), "the stall of 40 ms is back: {took:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real OBS"]
async fn a_burst_is_heard_to_the_last_event() {
    const EVENTS: usize = 100_000;
    let target = target();
    let peer = sim::peer::Target { url: format!("ws://{target}"), password: target.password.clone() };
    let reader = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let mut listener = Listener::connect(&target, &Options::default()).await.unwrap();
            let (mut heard, mut batches, mut begun, mut cpu) = (0, 0_usize, None, 0);
            while heard < EVENTS {
                let batch = timeout(SOON, listener.next()).await.unwrap_or_else(|_| panic!("only {heard} of {EVENTS}")).unwrap();
                if begun.is_none() {
                    (begun, cpu) = (Some(Instant::now()), cpu_nanos());
                }
                heard += batch.events.iter().filter(|event| matches!(event, Heard::Twitchat(_))).count();
                batches += 1;
            }
            let took = begun.unwrap().elapsed();
            #[expect(clippy::cast_precision_loss, reason = "a figure to look at")]
            let (rate, each) = (EVENTS as f64 / took.as_secs_f64(), (cpu_nanos() - cpu) as f64 / EVENTS as f64 / 1000.0);
            println!("{EVENTS} events in {took:?}: {rate:.0} events/s, {batches} batches, {each:.2} us of CPU each in the reader");
        });
    });
    sleep(Duration::from_millis(500)).await;
    let mut sender = sim::peer::Talker::connect(&peer).await.unwrap();
    for n in 0..EVENTS {
        let event = json!({"origin": "twitchat", "type": "FOLLOW", "id": format!("id-{n}"), "data": {"user": {"id": n.to_string(),
            "login": format!("viewer{n}"), "displayName": format!("Viewer{n}")}, "platform": "twitch", "date": 1_700_000_000_000_u64}});
        sender.pipeline(&event).await.unwrap();
    }
    sender.settled().await.unwrap();
    tokio::task::spawn_blocking(move || reader.join().unwrap()).await.unwrap();
}

/// What this thread has used of the processor.
fn cpu_nanos() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or(0)
}
