//! The pages of documentation: what they tell people to type is right usage.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Command;

use serde_json::json;
use twitchat_bridge::sim::peer::{Hearer, Talker, Target};

use crate::program::{Done, Home, PASSWORD, obs};

/// What ends a command in a shell.
const ENDS: [&str; 6] = [" | ", " && ", " > ", " 2> ", " &", "  #"];

/// The shell examples of a page.
fn examples(page: &str) -> Vec<String> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(page)).unwrap();
    text.split("```sh\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap().to_owned())
        .collect()
}

/// The commands in them, each without what is done with its output.
fn commands(page: &str) -> Vec<String> {
    let blocks = examples(page);
    let lines = blocks
        .iter()
        .flat_map(|block| block.lines())
        .filter(|line| line.starts_with("twitchat-bridge "));
    lines
        .map(|line| {
            ENDS.iter()
                .fold(line, |line, end| line.split(end).next().unwrap())
                .to_owned()
        })
        .collect()
}

/// A shell that finds the binary, and OBS at this port.
fn shell(home: &Home, port: u16, script: &str) -> Command {
    let binary = Path::new(env!("CARGO_BIN_EXE_twitchat-bridge"))
        .parent()
        .unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell
        .env_clear()
        .env("PATH", path)
        .env("HOME", home.folder())
        .env("OBS_HOST", "127.0.0.1")
        .env("OBS_PORT", port.to_string());
    shell
        .env("OBS_PASSWORD", PASSWORD)
        .current_dir(home.folder())
        .args(["-c", script]);
    shell
}

/// Run where there is no OBS, each gets as far as looking for it: exit code 2 would say that the
/// page is wrong.
#[tokio::test]
async fn every_command_of_the_scripting_page_is_right_usage() {
    // What was right once stays right.
    for page in [
        "docs/scripting.md",
        "tests/fixtures/before_one_house/scripting.md",
    ] {
        every_command_is_right_usage(page);
    }
}

fn every_command_is_right_usage(page: &str) {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let all = commands(page);
    assert!(all.len() > 8, "{all:?}");
    for command in all {
        let home = Home::new();
        std::fs::write(
            home.path("tuesday.ndjson"),
            r#"{"origin":"twitchat","type":"ON_SUBSCRIPTION","id":"1","data":{}}"#,
        )
        .unwrap();
        let done = Done::of(&shell(&home, port, &command).output().unwrap());
        assert_ne!(done.code, Some(2), "{command}: {done:?}");
        let needs_obs = ["wait", "exec", "record", "replay", "send"]
            .iter()
            .any(|verb| command.starts_with(&format!("twitchat-bridge {verb} ")));
        assert!(!needs_obs || done.code == Some(3), "{command}: {done:?}");
    }
}

#[tokio::test]
async fn waiting_before_asking_works_as_written() {
    let obs = obs().await;
    let target = Target {
        url: obs.url(),
        password: Some(PASSWORD.into()),
    };
    let (mut hearer, mut talker) = (
        Hearer::connect(&target).await.unwrap(),
        Talker::connect(&target).await.unwrap(),
    );
    let twitchat = tokio::spawn(async move {
        while hearer.next().await.unwrap()["type"] != "GET_CURRENT_TRACK" {}
        let answer = json!({ "origin": "twitchat", "type": "CURRENT_TRACK", "id": "t1",
            "data": { "trackName": "Glass Harbour" } });
        talker.broadcast(&answer).await.unwrap();
    });
    let script = examples("docs/scripting.md")
        .into_iter()
        .find(|block| block.contains("wait.log"))
        .unwrap();
    let home = Home::new();
    // Not everybody has jq.
    let mut shell = shell(
        &home,
        obs.port(),
        &script.replace("jq -r .data.trackName", "cat"),
    );
    let done = Done::of(
        &tokio::task::spawn_blocking(move || shell.output().unwrap())
            .await
            .unwrap(),
    )
    .succeeds();
    twitchat.await.unwrap();
    assert!(
        done.out.contains(r#""trackName":"Glass Harbour""#),
        "{done:?}"
    );
}
