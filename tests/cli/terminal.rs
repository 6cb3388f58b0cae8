//! The output of the verbs on a terminal stays within its width and wraps at words. It contains no
//! control sequences from other people. `script` of util-linux makes the terminal.

use std::collections::HashSet;
use std::fs;
use std::process::{Command, Stdio};

use serde_json::json;
use twitchat_bridge::sim::peer::{RequestPeer, Target};
use unicode_width::UnicodeWidthStr;

use crate::program::{Home, PASSWORD, Running, obs, sessions, wait_until};

const CONFIG: &str = r#"
[credits]
ignore = ["someone_with_a_long_name", "another_one_with_a_long_name", "雪見うどん", "نور_الليل"]

[[rule]]
name = "thanks for every raid"
on = ["Twitch.Raid", "Twitch.RewardRedemption", "Twitch.HypeTrainLevelUp", "YouTube.SuperChat"]
when = "data.viewers >= 10 and state.scene == 'Game' and not state.streaming"
cooldown = "1m"
do = [
    { send = "SEND_MESSAGE", data = { message = "Hi" } },
    { wait = "5s" },
    { obs = "SaveReplayBuffer" },
]

[[rule]]
name = "雪見うどん🎉"
on = "Twitch.Follow"
do = [{ wait = "5s" }]

[[label]]
source = "نور_الليل"
text = "Latest follower: {{ last('Follow').name }}, and the one before, whoever that was, welcome"

[[label]]
source = "雪見うどん"
text = "x"
"#;

/// The verb in a terminal of this width.
pub(crate) fn in_terminal(home: &Home, columns: usize, arguments: &[&str]) -> Command {
    let verb = home.command(arguments);
    let words: Vec<String> = std::iter::once(verb.get_program())
        .chain(verb.get_args())
        .map(|word| format!("'{}'", word.to_str().unwrap()))
        .collect();
    let line = format!("stty cols {columns} rows 24; exec {}", words.join(" "));
    let mut command = Command::new("script");
    command
        .args(["--quiet", "--return", "--command", &line, "/dev/null"])
        .env_clear()
        .envs(
            verb.get_envs()
                .filter_map(|(key, value)| Some((key, value?))),
        )
        .env("PATH", std::env::var("PATH").unwrap())
        .env("TERM", "xterm")
        .env("NO_COLOR", "1")
        .env("SHELL", "/bin/sh")
        .current_dir(home.folder())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

pub(crate) async fn on_terminal(home: &Home, columns: usize, arguments: &[&str]) -> String {
    let mut command = in_terminal(home, columns, arguments);
    let output = tokio::task::spawn_blocking(move || {
        command
            .output()
            .unwrap_or_else(|error| panic!("script: {error}; util-linux has it"))
    });
    let text = String::from_utf8(output.await.unwrap().stdout).unwrap();
    text.replace("\r\n", "\n")
}

fn words(text: &str) -> HashSet<&str> {
    text.split_whitespace().collect()
}

/// At 60 and 100 columns, checks that no line is wider and that no word is broken.
async fn assert_wraps(home: &Home, arguments: &[&str]) {
    let piped = home.run(arguments).await;
    let whole = format!("{}{}", piped.out, piped.err);
    for columns in [60, 100] {
        let shown = on_terminal(home, columns, arguments).await;
        let too_wide: Vec<_> = shown
            .lines()
            .filter(|line| line.width() > columns)
            .collect();
        assert_eq!(too_wide, [""; 0], "{arguments:?} at {columns}: {shown}");
        // A path may be longer than the line.
        let paths: Vec<_> = whole
            .split_whitespace()
            .filter(|word| word.contains('/'))
            .collect();
        let broken: Vec<_> = words(&shown)
            .difference(&words(&whole))
            .copied()
            .filter(|part| !paths.iter().any(|path| path.contains(part)))
            .collect();
        assert_eq!(broken, [""; 0], "{arguments:?} at {columns}: {shown}");
        assert!(words(&shown).len() > 5, "{arguments:?}: {shown}");
    }
}

fn home() -> Home {
    let mut home = Home::new();
    fs::write(home.path("c.toml"), CONFIG).unwrap();
    home.option("--config=c.toml");
    home
}

#[tokio::test]
async fn settings_are_wrapped_at_words() {
    assert_wraps(&home(), &["config", "show"]).await;
}

#[tokio::test]
async fn rules_and_labels_are_wrapped_at_words() {
    let home = home();
    assert_wraps(&home, &["rules"]).await;
    assert_wraps(&home, &["labels"]).await;
}

#[tokio::test]
async fn events_are_wrapped_at_words() {
    let home = home();
    assert_wraps(&home, &["events", "--all"]).await;
    assert_wraps(&home, &["events", "FOLLOW"]).await;
}

#[tokio::test]
async fn actions_are_wrapped_at_words() {
    let home = home();
    assert_wraps(&home, &["actions"]).await;
}

#[tokio::test]
async fn the_demo_stays_within_the_terminal() {
    let shown = on_terminal(&Home::new(), 60, &["demo", "--speed", "50"]).await;
    let too_wide: Vec<_> = shown.lines().filter(|line| line.width() > 60).collect();
    assert_eq!(too_wide, [""; 0], "{shown}");
    assert!(
        shown.contains(" bits)"),
        "amounts stand beside names: {shown}"
    );
}

#[tokio::test]
async fn watched_events_stay_within_the_terminal_and_cannot_steer_it() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let watch = Running::start(&mut in_terminal(&home, 60, &["watch"]));
    sessions(&obs, 2).await;
    let long = "雪見うどん ".repeat(12);
    let text = format!("\u{1b}[2J\u{9b}5A\u{7}\u{202e}{long}end");
    let follow = |name: &str| {
        json!({ "origin": "twitchat", "type": "FOLLOW", "data": { "user": { "id": name,
            "login": "x", "displayName": name, "text": name } } })
    };
    let target = Target {
        url: obs.url(),
        password: Some(PASSWORD.into()),
    };
    let mut requester = RequestPeer::connect(&target).await.unwrap();
    requester.broadcast(&follow(&text)).await.unwrap();
    wait_until("the event", || watch.out().contains("end")).await;
    let shown = watch.out().replace("\r\n", "\n");
    let too_wide: Vec<_> = shown.lines().filter(|line| line.width() > 60).collect();
    assert_eq!(too_wide, [""; 0], "{shown}");
    let steers = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!shown.contains(steers), "{shown:?}");
}

#[tokio::test]
async fn json_on_a_terminal_has_no_raw_control_characters() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let _bridge = home.spawn(&["run"]);
    sessions(&obs, 2).await;
    let add = [
        "request",
        "AddToCredits",
        "section=Thanks",
        "value=a\u{9b}2J\u{7f}b",
    ];
    home.run(&add).await.succeeds();
    for format in ["json", "text", "csv", "markdown", "html"] {
        let done = home
            .run(&["credits", "get", "--format", format])
            .await
            .succeeds();
        let steers = |c: char| c.is_control() && !"\n\r\t".contains(c);
        assert!(!done.out.contains(steers), "{format}: {:?}", done.out);
    }
}

#[tokio::test]
async fn a_bridge_with_another_config_than_the_file_is_named() {
    let obs = obs().await;
    let mut home = Home::at(obs.port());
    fs::write(
        home.path("c.toml"),
        "[[label]]\nsource = \"Newest\"\ntext = \"one\"\n",
    )
    .unwrap();
    home.option("--config=c.toml");
    let _bridge = home.spawn(&["run"]);
    sessions(&obs, 2).await;
    let verbs = [&["rules"][..], &["labels"], &["status"]];
    for verb in verbs {
        let done = home.run(verb).await.succeeds();
        assert!(!done.err.contains("another config"), "{verb:?}: {done:?}");
    }

    let mut other = Home::at(obs.port());
    fs::write(
        other.path("d.toml"),
        "[[label]]\nsource = \"Newest\"\ntext = \"two\"\n",
    )
    .unwrap();
    other.option("--config=d.toml");
    for verb in verbs {
        let done = other.run(verb).await.succeeds();
        let warning = "the running bridge does not use the current contents of d.toml";
        assert!(done.err.contains(warning), "{verb:?}: {done:?}");
    }
}

#[tokio::test]
async fn without_a_bridge_the_status_shows_the_state_of_obs() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let done = home.run(&["status", "--timeout", "300ms"]).await;
    done.fails(5, &["no bridge"]);
    assert!(done.out.starts_with("OBS  30.2"), "{done:?}");
    assert!(done.out.contains("not streaming, scene "), "{done:?}");
    let done = home.run(&["status", "--json", "--timeout", "300ms"]).await;
    let json: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(json["obs"]["connected"], json!(true));
}

#[tokio::test]
async fn the_status_shows_overlay_rules_labels_and_clients() {
    let obs = obs().await;
    let mut home = Home::at(obs.port());
    fs::write(home.path("c.toml"), CONFIG).unwrap();
    home.option("--config=c.toml");
    let _bridge = home.spawn(&["run"]);
    sessions(&obs, 2).await;
    let fields = [r#"events:={"Twitch":["Follow"]}"#];
    home.run(&[&["request", "Subscribe"][..], &fields].concat())
        .await
        .succeeds();
    let done = home.run(&["status"]).await.succeeds();
    for row in ["Overlay", "Rules", "Labels", "Clients"] {
        assert!(done.out.contains(row), "{row}: {done:?}");
    }
}

/// Case A7.
#[tokio::test]
async fn no_cell_of_a_spreadsheet_begins_like_a_formula() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let _bridge = home.spawn(&["run"]);
    sessions(&obs, 2).await;
    let target = Target {
        url: obs.url(),
        password: Some(PASSWORD.into()),
    };
    let mut requester = RequestPeer::connect(&target).await.unwrap();
    let messages = include_str!("../fixtures/cases/A7-csv-formula.ndjson");
    for message in messages.lines() {
        let message: serde_json::Value = serde_json::from_str(message).unwrap();
        requester.broadcast(&message).await.unwrap();
    }
    let done = home.run(&["credits", "get", "--format", "csv"]).await;
    let done = done.succeeds();
    assert_eq!(done.out.lines().count(), 4, "{done:?}");
    let cells = done
        .out
        .split(['\n', ','])
        .map(|cell| cell.trim_matches('"'));
    let formulas: Vec<_> = cells
        .filter(|cell| cell.starts_with(['=', '+', '-', '@']))
        .collect();
    assert_eq!(formulas, [""; 0], "{done:?}");
}
