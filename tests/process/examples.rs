//! Tests that the examples behave as documented if a user runs them.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::Stdio;
use std::{env, fs};

use serde_json::json;
use twitchat_bridge::obs::{EventConnection, Gone, Options, Target};

use crate::support::bridge::{Home, Program};
use crate::support::bus::Bus;
use crate::support::obs::stand_in;
use crate::support::play::{burst, followers};
use crate::support::{PASSWORD, SOON, wait_until, within};

/// Largest number of lines of an example.
const LONGEST: usize = 60;

/// The binary of an example, which is built together with the tests.
fn example(name: &str) -> PathBuf {
    let test = env::current_exe().unwrap();
    let built = test
        .parent()
        .unwrap()
        .parent()
        .unwrap()
        .join("examples")
        .join(name)
        .with_extension(env::consts::EXE_EXTENSION);
    assert!(
        built.exists(),
        "the example {name} is not built: `cargo build --examples`, or run all tests at once"
    );
    built
}

/// Runs an example with these arguments, followed by the host and port.
fn start(home: &Home, name: &str, args: &[&str], target: &Target, more: &[&str]) -> Program {
    let mut command = home.command(example(name));
    command
        .args(args)
        .arg(&target.host)
        .arg(target.port.to_string())
        .args(more)
        .env("OBS_PASSWORD", PASSWORD);
    Program::start(command, None)
}

#[test]
fn examples_are_short() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples");
    let sources: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    assert!(sources.len() >= 3);
    for source in sources {
        let lines = fs::read_to_string(&source).unwrap().lines().count();
        assert!(lines <= LONGEST, "{} has {lines} lines", source.display());
    }
}

#[test]
fn examples_for_other_programs_use_the_client_alone() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples");
    for name in ["relay_credits", "send_action", "watch_events"] {
        let source = fs::read_to_string(folder.join(name).with_extension("rs")).unwrap();
        let modules: Vec<_> = source.split("twitchat_bridge::").skip(1).collect();
        assert!(
            !modules.is_empty() && modules.iter().all(|path| path.starts_with("client::")),
            "{name} uses {modules:?}"
        );
    }
}

#[tokio::test]
async fn relay_credits_prints_a_line_per_section() {
    let (_obs, target) = stand_in().await;
    let home = Home::new();
    let _bridge = home.run(&target);
    let bus = Bus::connect(&target).await;
    bus.until_answered(SOON).await;
    burst(target.clone(), 1, 2).await;
    burst(target.clone(), 2, 3).await;
    within("both are counted", SOON, async {
        while followers(&bus.credits().await).len() < 2 {}
    })
    .await;
    let ended = start(&home, "relay_credits", &[], &target, &[])
        .ended()
        .await;
    assert_eq!((ended.code, &*ended.stderr), (Some(0), ""));
    let lines: Vec<_> = ended.stdout.lines().collect();
    assert!(lines.contains(&"follows: Viewer1, Viewer2"), "{lines:?}");
    assert!(lines.contains(&"cheers: ") && lines.len() > 8, "{lines:?}");
}

#[tokio::test]
async fn relay_credits_reports_a_missing_bridge() {
    let (_obs, target) = stand_in().await;
    let ended = start(&Home::new(), "relay_credits", &[], &target, &[])
        .ended()
        .await;
    assert_eq!((ended.code, &*ended.stdout), (Some(1), ""));
    assert!(
        ended
            .stderr
            .contains("no bridge answered GetCredits within 5 s. Is `twitchat-bridge run` running"),
        "{}",
        ended.stderr
    );
}

#[tokio::test]
async fn send_action_puts_the_action_on_the_bus() {
    let (obs, target) = stand_in().await;
    for (version, kind, data) in [
        (&[][..], "CHAT_FEED_READ", json!({ "count": 5 })),
        (
            &["17"],
            "SET_CHAT_FEED_READ",
            json!({ "count": 5, "colIndex": 0 }),
        ),
    ] {
        let ended = start(&Home::new(), "send_action", &["5"], &target, version)
            .ended()
            .await;
        assert_eq!((ended.code, &*ended.stderr), (Some(0), ""));
        assert_eq!(
            ended.stdout,
            format!("OBS relayed {kind}; whether Twitchat acted on it, OBS cannot tell\n")
        );
        let sent = obs.received().pop().unwrap();
        assert!(
            uuid::Uuid::parse_str(sent["id"].as_str().unwrap()).is_ok(),
            "{sent}"
        );
        assert_eq!(
            sent,
            json!({ "origin": "twitchat", "type": kind, "id": sent["id"], "data": data })
        );
    }
    let refused = start(&Home::new(), "send_action", &["0"], &target, &[])
        .ended()
        .await;
    assert!(
        refused.code == Some(1) && refused.stderr.contains("a whole number other than 0"),
        "{}",
        refused.stderr
    );
    assert_eq!(obs.received().len(), 2);
}

#[tokio::test]
async fn watch_events_prints_events() {
    let (_obs, target) = stand_in().await;
    let home = Home::new();
    let _bridge = home.run(&target);
    let bus = Bus::connect(&target).await;
    bus.until_answered(SOON).await;
    let mut watching = start(
        &home,
        "watch_events",
        &[],
        &target,
        &["Twitch.Follow", "Twitch.Cheer"],
    );
    within("the example has subscribed", SOON, async {
        while bus.ask("GetStatus").await["clients"] == json!([]) {}
    })
    .await;
    burst(target.clone(), 7, 8).await;
    wait_until("the follow is printed", SOON, || {
        watching.output().contains(" Twitch.Follow ")
    })
    .await;
    let output = watching.output();
    let line = output
        .lines()
        .find(|line| line.contains(" Twitch.Follow "))
        .unwrap();
    let [number, _, data] = line.splitn(3, ' ').collect::<Vec<_>>()[..] else {
        panic!("{line}")
    };
    assert!(
        number.parse::<u64>().is_ok_and(|number| number > 0),
        "{line}"
    );
    let data: serde_json::Value = serde_json::from_str(data).unwrap();
    assert!(data.to_string().contains("Viewer7"), "{data}");
    watching.signal("INT");
    assert_eq!(watching.ended().await.code, Some(0));
}

#[tokio::test]
async fn stand_in_obs_restarts_on_command_and_ends_with_its_input() {
    let home = Home::new();
    let mut command = home.command(example("stand_in_obs"));
    let mut child = command
        .env("OBS_PASSWORD", PASSWORD)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut lines = BufReader::new(output).lines();
    let mut url = || {
        serde_json::from_str::<serde_json::Value>(&lines.next().unwrap().unwrap()).unwrap()["url"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let first = url();
    let port = first
        .strip_prefix("ws://127.0.0.1:")
        .unwrap()
        .parse()
        .unwrap();
    let target = Target {
        host: "127.0.0.1".into(),
        port,
        tls: false,
        path: String::new(),
        password: Some(PASSWORD.into()),
    };
    let mut before = EventConnection::connect(&target, &Options::default())
        .await
        .unwrap();
    input.write_all(b"restart\n").unwrap();
    assert_eq!(url(), first);
    assert!(matches!(before.next().await, Err(Gone::Exited)));
    EventConnection::connect(&target, &Options::default())
        .await
        .unwrap();
    drop(input);
    assert!(child.wait().unwrap().success());
}
