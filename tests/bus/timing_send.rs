//! Measures `send` from start to exit, with its echo: the time that a deck or a script waits when a
//! button is pressed.

use std::process::{Command, Stdio};
use std::time::Duration;

use secrecy::ExposeSecret;
use serde_json::{json, value::to_raw_value};
use tempfile::TempDir;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout};
use twitchat_bridge::event::Received;
use twitchat_bridge::obs::{EventConnection, Options, RequestConnection};

use crate::support::{SOON, Site, program};

/// The target for the median on a real OBS with a release build.
const AIM: Duration = Duration::from_millis(15);
/// The limit on a slow machine: this many times the parts in the same run. The parts are a bare
/// start of the program and a round over OBS.
const PER_PART: u32 = 3;
const RUNS: usize = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real OBS: scripts/test starts one"]
async fn timing_send_from_start_to_exit_on_a_real_obs() {
    let site = Site::real();
    let home = tempfile::tempdir().unwrap();
    let (mut sends, mut starts, mut rounds) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        sends.push(run(&site, &home, &["send", "CHAT_FEED_READ", "count=5"]).await);
        starts.push(run(&site, &home, &["--version"]).await);
        rounds.push(round(&site).await);
    }
    let [send, start, round] = [sends, starts, rounds].map(|mut took| {
        took.sort();
        (took[RUNS / 2], took[RUNS - 1])
    });
    println!(
        "send, start to exit: median {:?}, worst {:?} of {RUNS}",
        send.0, send.1
    );
    println!(
        "  a bare start of the program (--version): median {:?}, worst {:?}",
        start.0, start.1
    );
    println!(
        "  both connections and one echo, within this process: median {:?}, worst {:?}",
        round.0, round.1
    );
    println!(
        "  {} the aim of {AIM:?}",
        if send.0 < AIM { "within" } else { "NOT within" }
    );
    assert!(send.0 < AIM.max((start.0 + round.0) * PER_PART));
}

/// How long a run of the program takes.
async fn run(site: &Site, home: &TempDir, arguments: &[&str]) -> Duration {
    let mut command = Command::new(program());
    command
        .args(arguments)
        .env_clear()
        .env("HOME", home.path())
        .env("OBS_HOST", site.host())
        .env("OBS_PORT", site.port().to_string());
    if let Some(password) = site.password() {
        command.env("OBS_PASSWORD", password.expose_secret());
    }
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit());
    let taken = spawn_blocking(move || {
        let begun = Instant::now();
        let status = command.status().unwrap();
        (begun.elapsed(), status)
    });
    let (took, status) = taken.await.unwrap();
    assert!(status.success(), "{status}");
    took
}

/// How long the same request takes without starting a program.
async fn round(site: &Site) -> Duration {
    let (target, options) = (site.target(), Options::default());
    let begun = Instant::now();
    let (receiver, requester) = tokio::join!(
        EventConnection::connect(&target, &options),
        RequestConnection::connect(&target, &options)
    );
    let (mut receiver, requester) = (receiver.unwrap(), requester.unwrap());
    let id = uuid::Uuid::new_v4().to_string();
    requester
        .broadcast(
            &to_raw_value(
                &json!({ "origin": "twitchat", "type": "SHOUTOUT", "id": id, "data": {} }),
            )
            .unwrap(),
        )
        .await
        .unwrap();
    let is_ours = |received: &Received| {
        matches!(received,
        Received::Twitchat(message) if message.id.as_deref() == Some(id.as_str()))
    };
    let echoed = async { while !receiver.next().await.unwrap().events.iter().any(is_ours) {} };
    timeout(SOON, echoed).await.expect("an echo");
    begun.elapsed()
}
