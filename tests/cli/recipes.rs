//! The rules, commands and scripts of docs/recipes.md work without changes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use serde_json::{Value, json};

use crate::program::{Home, obs, sessions};

/// A name that could do harm as JSON, as a template, as an option, as a shell command, and in
/// Discord.
const NAME: &str = "-@everyone\", \"username\": \"Twitch\\ {{ 7 * 7 }} $(id) `id` 'x' <@1>\n🎉";

/// The examples on the page in one language.
fn examples(language: &str) -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/recipes.md");
    let text = std::fs::read_to_string(page).unwrap();
    text.split(&format!("```{language}\n"))
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap().to_owned())
        .collect()
}

/// A home whose config has those rules of the page that `fits` accepts.
fn home(mut home: Home, fits: impl Fn(&str) -> bool) -> Home {
    let folder = home.folder().display().to_string();
    let rules: Vec<_> = examples("toml")
        .into_iter()
        .filter(|rule| fits(rule))
        .map(|rule| rule.replace("/home/anna", &folder))
        .collect();
    assert!(!rules.is_empty());
    std::fs::write(home.path("config.toml"), rules.join("\n")).unwrap();
    home.option(&format!("--config={}", home.path("config.toml").display()));
    home
}

#[tokio::test]
async fn the_rules_of_the_page_are_valid_and_would_run() {
    let home = home(Home::new(), |_| true);
    let done = home.run(&["config", "show"]).await.succeeds();
    assert!(!done.err.contains("warning"), "{done:?}");
    let raid = json!({ "event": { "source": "Twitch", "type": "Raid" },
        "data": { "userId": "1", "userName": "lanternfox", "displayName": NAME, "viewers": 57 } });
    std::fs::write(home.path("raid.json"), raid.to_string()).unwrap();
    let count = examples("toml")
        .join("")
        .matches("on = \"Twitch.Raid\"")
        .count();
    assert_eq!(count, 4);
    let done = home.run(&["rules", "test", "raid.json"]).await.succeeds();
    for name in [
        "raid macro",
        "raid signal",
        "raid on Discord",
        "without a script",
    ] {
        assert!(done.out.contains(name), "{name}: {done:?}");
    }
    let stopped = json!({ "event": { "source": "Obs", "type": "StreamingStopped" }, "data": {} });
    std::fs::write(home.path("stopped.json"), stopped.to_string()).unwrap();
    home.run(&["rules", "test", "stopped.json"])
        .await
        .succeeds();
}

/// Reads one HTTP request, answers it like Discord, and returns its path and its body.
fn receive(connection: &mut TcpStream) -> (String, Value) {
    let mut reader = BufReader::new(connection.try_clone().unwrap());
    let (mut path, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some(rest) = line.strip_prefix("POST ") {
            rest.split(' ').next().unwrap().clone_into(&mut path);
        }
        if let Some(bytes) = line.to_lowercase().strip_prefix("content-length: ") {
            length = bytes.parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    connection
        .write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        .unwrap();
    (path, serde_json::from_slice(&body).unwrap())
}

/// A web server that replaces Discord. Returns its port and the requests that it receives.
fn discord() -> (u16, Receiver<(String, Value)>) {
    let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = server.local_addr().unwrap().port();
    let (sender, received) = sync_channel(8);
    std::thread::spawn(move || {
        for connection in server.incoming() {
            if sender.send(receive(&mut connection.unwrap())).is_err() {
                return;
            }
        }
    });
    (port, received)
}

/// Like the page, this needs `jq` and `curl`. scripts/test installs them.
#[tokio::test]
async fn a_viewers_name_stays_text_on_discord() {
    let (port, received) = discord();
    let obs = obs().await;
    let home = home(Home::at(obs.port()), |rule| rule.contains("discord"));
    let script = examples("sh")
        .into_iter()
        .find(|text| text.contains("discord.sh: "));
    std::fs::write(home.path("discord.sh"), script.unwrap()).unwrap();
    let webhook = format!("url = \"http://127.0.0.1:{port}/api/webhooks/1/secret\"\n");
    std::fs::write(home.path("discord-webhook"), webhook).unwrap();
    let bridge = home.spawn(&["run"]);
    sessions(&obs, 2).await;
    let raid =
        json!({ "userId": "1", "userName": "lanternfox", "displayName": NAME, "viewers": 57 });
    std::fs::write(home.path("raid.json"), raid.to_string()).unwrap();
    let publish = [
        "request",
        "PublishEvent",
        "publish.source=Twitch",
        "publish.type=Raid",
    ];
    home.run(&[&publish[..], &["data:=@raid.json"]].concat())
        .await
        .succeeds();
    let received = tokio::task::spawn_blocking(move || {
        [(); 2].map(|()| received.recv_timeout(Duration::from_secs(20)))
    });
    for message in received.await.unwrap() {
        let (path, body) = message.unwrap_or_else(|_| panic!("no message: {}", bridge.err()));
        assert_eq!(path, "/api/webhooks/1/secret");
        assert_eq!(
            body,
            json!({ "content": format!("{NAME} raids with 57 viewers!"),
                "allowed_mentions": { "parse": [] }, "flags": 4 })
        );
    }
    bridge.signal("INT");
    bridge.end().await.succeeds();
}
