//! Files in the encodings that Windows programs write: with a byte order mark, and in UTF-16.

use std::fs;

use serde_json::json;
use twitchat_bridge::sim::obs::StandIn;

use crate::program::{Home, PASSWORD, obs};

const NO_ANSWER: Option<i32> = Some(5);
const NOT_TEXT: &str = "not text in UTF-8 or UTF-16";

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

/// A text in each encoding, with the encoding's name.
fn encodings(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let marked = format!("\u{feff}{text}");
    vec![
        ("utf-8-marked", marked.clone().into()),
        ("utf-16le", utf16(text, u16::to_le_bytes)),
        ("utf-16le-marked", utf16(&marked, u16::to_le_bytes)),
        ("utf-16be-marked", utf16(&marked, u16::to_be_bytes)),
    ]
}

/// A home with the port of this OBS but without its password.
fn without_password(obs: &StandIn) -> Home {
    let mut home = Home::new();
    home.option("--host=127.0.0.1");
    home.option(&format!("--port={}", obs.port()));
    home
}

/// Case A2.
#[tokio::test]
async fn a_password_file_may_have_any_encoding_of_windows() {
    let obs = obs().await;
    let home = without_password(&obs);
    for (name, bytes) in encodings(&format!("{PASSWORD}\r\n")) {
        fs::write(home.path(name), bytes).unwrap();
        let request = ["request", "GetInfo", "--timeout=50ms", "--password-file"];
        let done = home.run(&[&request[..], &[name]].concat()).await;
        assert_eq!(done.code, NO_ANSWER, "{name}: {done:?}");
    }
}

/// Case A2.
#[tokio::test]
async fn a_password_on_standard_input_may_have_any_encoding_of_windows() {
    let obs = obs().await;
    let home = without_password(&obs);
    for (name, bytes) in encodings(&format!("{PASSWORD}\r\n")) {
        let request = ["request", "GetInfo", "--timeout=50ms", "--password-stdin"];
        let done = home.feed(&request, bytes).await;
        assert_eq!(done.code, NO_ANSWER, "{name}: {done:?}");
    }
}

fn recording() -> String {
    let user = json!({ "id": "55001", "login": "rpuser", "displayName": "雪花" });
    let message = json!({ "origin": "twitchat", "type": "FOLLOW", "id": "rp1",
        "data": { "user": user } });
    format!("{message}\r\n\r\n")
}

/// Case A8.
#[tokio::test]
async fn a_recording_may_have_any_encoding_of_windows() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let case = include_bytes!("../fixtures/cases/A8-recording-with-bom.ndjson").to_vec();
    for (name, bytes) in encodings(&recording()).into_iter().chain([("A8", case)]) {
        fs::write(home.path(name), &bytes).unwrap();
        for file in [name, "-"] {
            let replay = ["replay", file, "--speed", "max"];
            let done = home.feed(&replay, bytes.clone()).await.succeeds();
            assert!(
                done.err.contains("played 1 message"),
                "{name} {file}: {done:?}"
            );
        }
    }
}

/// Case A8.
#[tokio::test]
async fn an_example_event_may_have_any_encoding_of_windows() {
    let home = Home::new();
    let rule = "[[rule]]\nname = 'thanks'\non = 'Twitch.Raid'\ndo = [{ wait = '1s' }]\n";
    fs::write(home.path("config.toml"), rule).unwrap();
    let event =
        json!({ "event": { "source": "Twitch", "type": "Raid" }, "data": { "viewers": 5 } });
    let case = include_bytes!("../fixtures/cases/A8-event-with-bom.json").to_vec();
    for (name, bytes) in encodings(&event.to_string())
        .into_iter()
        .chain([("A8", case)])
    {
        fs::write(home.path(name), &bytes).unwrap();
        for file in [name, "-"] {
            let test = ["--config=config.toml", "rules", "test", file];
            home.feed(&test, bytes.clone()).await.succeeds();
        }
    }
}

#[tokio::test]
async fn data_and_scripts_may_have_any_encoding_of_windows() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    for (name, bytes) in encodings(r#"{"message":"雪花"}"#) {
        fs::write(home.path(name), &bytes).unwrap();
        let data = ["send", "SEND_MESSAGE", "--data", &format!("@{name}")];
        home.run(&data).await.succeeds();
        home.feed(&["send", "SEND_MESSAGE", "-"], bytes)
            .await
            .succeeds();
        assert_eq!(
            obs.received().last().unwrap()["data"]["message"],
            "雪花",
            "{name}"
        );
    }
    for (name, bytes) in encodings("[[step]]\nwait = '1ms'\n") {
        fs::write(home.path(name), bytes).unwrap();
        home.run(&["script", name]).await.succeeds();
    }
}

/// The port that `config show` prints.
async fn shown_port(home: &Home, flags: &[&str]) -> Option<String> {
    let done = home
        .run(&[flags, &["config", "show"]].concat())
        .await
        .succeeds();
    let line = done
        .out
        .lines()
        .find(|line| line.starts_with("obs.port "))?;
    line.split_whitespace().nth(1).map(Into::into)
}

#[tokio::test]
async fn the_config_file_may_have_any_encoding_of_windows() {
    let home = Home::new();
    for (name, bytes) in encodings("# 雪花\r\n[obs]\r\nport = 4477\r\n") {
        fs::write(home.path(name), bytes).unwrap();
        let port = shown_port(&home, &["--config", name]).await;
        assert_eq!(port.as_deref(), Some("4477"), "{name}");
    }
}

#[tokio::test]
async fn the_settings_of_obs_may_have_any_encoding_of_windows() {
    let home = Home::new();
    let folder = home.path(".config/obs-studio/plugin_config/obs-websocket");
    fs::create_dir_all(&folder).unwrap();
    for (name, bytes) in encodings(r#"{"server_enabled":true,"server_port":4478}"#) {
        fs::write(folder.join("config.json"), bytes).unwrap();
        assert_eq!(
            shown_port(&home, &[]).await.as_deref(),
            Some("4478"),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_file_that_is_not_text_is_an_error_with_its_name() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    fs::write(home.path("latin-1"), b"\xfcber").unwrap();
    let cases: [(&[&str], &str); 5] = [
        (&["--config=latin-1", "status"], "latin-1:1:1: the file is"),
        (
            &["send", "SEND_MESSAGE", "@latin-1"],
            "cannot read the data from latin-1",
        ),
        (
            &["rules", "test", "latin-1"],
            "cannot read the event from latin-1",
        ),
        (
            &["script", "latin-1"],
            "cannot read the script from latin-1",
        ),
        (&["replay", "latin-1"], "latin-1 cannot be played"),
    ];
    for (arguments, words) in cases {
        let done = home.run(arguments).await;
        assert_eq!(
            done.err.matches(NOT_TEXT).count(),
            1,
            "{arguments:?}: {done:?}"
        );
        assert!(done.err.contains(words), "{arguments:?}: {done:?}");
    }
    let password = ["--port=1", "--password-file=latin-1", "status"];
    let done = Home::run(&without_password_at(&home), &password).await;
    assert!(
        done.err.contains("cannot read the password file"),
        "{done:?}"
    );
    assert!(done.err.contains(NOT_TEXT), "{done:?}");
}

/// Another home that contains the same file.
fn without_password_at(home: &Home) -> Home {
    let other = Home::new();
    fs::copy(home.path("latin-1"), other.path("latin-1")).unwrap();
    other
}

#[tokio::test]
async fn a_path_with_backslashes_in_double_quotes_gets_a_hint() {
    let home = Home::new();
    for path in [
        r"C:\Users\me\pw.txt",
        r"C:\tools\pw.txt",
        r"D:\bridge\pw.txt",
    ] {
        let config = format!("[obs]\npassword_file = \"{path}\"\n");
        fs::write(home.path("c.toml"), config).unwrap();
        let done = home.run(&["--config=c.toml", "config", "show"]).await;
        done.fails(
            2,
            &["c.toml:2:", "path with backslashes in single quotes", "'C:"],
        );
    }
}
