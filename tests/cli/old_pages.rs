//! Commands, settings and messages in the documentation from the time before the code was
//! rearranged still work. `tests/fixtures/before_one_house` has the pages from that time.

use std::path::Path;

use serde_json::{Map, Value, json};
use twitchat_bridge::client::{Client, NamedAction, Options};
use twitchat_bridge::sim::obs::StandIn;
use twitchat_bridge::sim::peer::{EventPeer, RequestPeer, Target};

use crate::program::{Home, PASSWORD, obs, sessions};

fn page(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/before_one_house");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

fn examples(text: &str, language: &str) -> Vec<String> {
    let start = format!("```{language}\n");
    let blocks = text.split(&start).skip(1);
    let blocks = blocks.map(|rest| rest.split("```").next().unwrap().to_owned());
    blocks.collect()
}

/// The JSON values in the examples on a page.
fn values(text: &str) -> Vec<Value> {
    let blocks = examples(text, "json").into_iter();
    let read = |block: String| {
        let values = serde_json::Deserializer::from_str(&block).into_iter();
        values.map(Result::unwrap).collect::<Vec<Value>>()
    };
    blocks.flat_map(read).collect()
}

/// The program's commands in shell examples, and the commands in the text of a page.
fn commands(text: &str, starts: &[&str]) -> Vec<Vec<String>> {
    let shell = examples(text, "sh").join("\n");
    let shell = shell.lines().filter_map(|line| line.split('#').next());
    let inline = text.split('`').skip(1).step_by(2);
    let all = shell
        .chain(inline)
        .map(|line| line.trim_start_matches("twitchat-bridge "));
    let wanted = all.filter(|line| starts.iter().any(|start| line.starts_with(start)));
    wanted
        .map(|line| line.split_whitespace().map(Into::into).collect())
        .collect()
}

async fn succeeds(home: &Home, command: &[String]) -> String {
    let arguments: Vec<_> = command.iter().map(String::as_str).collect();
    home.run(&arguments).await.succeeds().out
}

/// Checks that the current message still has each key of an example, at every depth.
fn has_keys_of(now: &Value, example: &Value, at: &str) {
    match (now, example) {
        (Value::Object(now), Value::Object(example)) => {
            for (key, inner) in example {
                assert!(now.contains_key(key), "{at} has no {key} any more");
                has_keys_of(&now[key], inner, &format!("{at} {key}"));
            }
        }
        (Value::Array(now), Value::Array(example)) => {
            if let (Some(now), Some(example)) = (now.first(), example.first()) {
                has_keys_of(now, example, at);
            }
        }
        _ => {}
    }
}

/// A client on OBS that sends requests.
struct Asker {
    receiver: EventPeer,
    requester: RequestPeer,
}

impl Asker {
    async fn on(obs: &StandIn) -> Self {
        let target = Target {
            url: obs.url(),
            password: Some(PASSWORD.into()),
        };
        Self {
            receiver: EventPeer::connect(&target).await.unwrap(),
            requester: RequestPeer::connect(&target).await.unwrap(),
        }
    }

    /// The next message for which `wanted` is true.
    async fn next(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let received = self.receiver.next().await.unwrap();
            if received["origin"] == "twitchat-bridge" && wanted(&received) {
                return received;
            }
        }
    }

    async fn ask(&mut self, request: &Value) -> Value {
        self.requester.broadcast(request).await.unwrap();
        self.next(|received| received["id"] == request["id"]).await
    }
}

#[tokio::test]
async fn requests_and_messages_of_the_old_page_about_the_bus_work_unchanged() {
    let text = page("bus.md");
    let examples = values(&text);
    let obs = obs().await;
    let home = Home::at(obs.port());
    let _bridge = home.spawn(&["run"]);
    sessions(&obs, 2).await;
    let mut asker = Asker::on(&obs).await;
    let subscribe =
        json!({ "request": "Subscribe", "id": "s", "events": { "Twitch": ["Follow"] } });
    assert_eq!(asker.ask(&subscribe).await["status"], "ok");

    let mut requests = 0;
    for example in &examples {
        if example["origin"] == "twitchat" {
            asker.requester.broadcast(example).await.unwrap();
            let event = asker.next(|received| received.get("event").is_some()).await;
            let is_event = |example: &&Value| example.get("event").is_some();
            let documented = examples.iter().find(is_event).unwrap();
            has_keys_of(&event, documented, "the event");
        } else if example["origin"] != "twitchat-bridge" && example.get("request").is_some() {
            let reply = asker.ask(example).await;
            assert_eq!(reply["status"], "ok", "{example}: {reply}");
            requests += 1;
        }
    }
    assert_eq!(requests, 3);

    let credits = json!({ "request": "GetCredits", "id": "c", "client": "my overlay" });
    let credits = asker.ask(&credits).await;
    assert_eq!(credits["Events"]["Follows"], json!(["TobiWanders"]));
    assert_eq!(credits["Events"]["Raided"], json!(["LanternFox"]));
    let status = asker
        .ask(&json!({ "request": "GetStatus", "id": "i" }))
        .await;
    let mut documented = examples
        .iter()
        .find(|it| it.get("run").is_some())
        .unwrap()
        .clone();
    // This field has a value only during a roll.
    documented["overlay"] = Value::Null;
    has_keys_of(&status, &documented, "GetStatus");

    let tables = text.split("\n| request |").skip(1);
    let rows = tables.flat_map(|table| table.split("\n\n").next().unwrap().lines());
    let names = rows.filter_map(|row| row.strip_prefix("| `")?.split('`').next());
    let mut tried = 0;
    for name in names {
        let reply = asker.ask(&json!({ "request": name, "id": name })).await;
        let error = reply["error"].as_str().unwrap_or_default();
        assert!(!error.contains("unknown request"), "{name}: {error}");
        tried += 1;
    }
    assert!(tried >= 15, "{tried}");
}

#[tokio::test]
async fn every_action_of_the_old_page_is_sent_unchanged() {
    let text = page("actions.md");
    let obs = obs().await;
    let options = Options::new("127.0.0.1", obs.port()).password(PASSWORD);
    let client = Client::connect(options).await.unwrap();
    let mut sent = 0;
    for action in text.split("\n### ").skip(1) {
        let name = action.lines().next().unwrap();
        let data = values(action).pop().unwrap_or_else(|| Map::new().into());
        let mut named = NamedAction::new(name);
        for (key, value) in data.as_object().unwrap() {
            named = named.field(key, value.clone());
        }
        // The page may have no template with the required fields. In that case, the only allowed
        // error is that they are missing.
        if let Err(error) = client.send(&named).await {
            assert!(
                action.contains("**required**") && !action.contains("```json"),
                "{name}: {error}"
            );
        } else {
            sent += 1;
        }
    }
    assert!(sent > 100, "{sent}");
    assert_eq!(obs.received().len(), sent);
}

#[tokio::test]
async fn commands_and_settings_of_the_old_pages_about_the_overlay_work_unchanged() {
    let (text, themes) = (page("overlay-reference.md"), page("overlay.md"));
    let obs = obs().await;
    let mut home = Home::at(obs.port());
    let config = examples(&text, "toml").concat() + &examples(&themes, "toml").concat();
    std::fs::write(home.path("config.toml"), config).unwrap();
    home.option("--config=config.toml");
    let shown = home.run(&["config", "show"]).await.succeeds().out;
    let ids = r#"["raids", "subs", "cheers", "text", "text-2"]"#;
    assert!(shown.contains("neon") && shown.contains(ids), "{shown}");

    let _bridge = home.spawn(&["run"]);
    sessions(&obs, 2).await;
    let in_the_shell = commands(&text, &["overlay install", "credits test --"]);
    assert_eq!(in_the_shell.len(), 3, "{in_the_shell:?}");
    for command in in_the_shell {
        succeeds(&home, &command).await;
    }
    let steering = commands(&text, &["credits "]);
    assert!(steering.len() > 8, "{steering:?}");
    for command in steering {
        home.run(&["credits", "test"]).await.succeeds();
        succeeds(&home, &command).await;
    }
    let roll = home.run(&["request", "GetRoll"]).await.succeeds().out;
    let roll: Value = serde_json::from_str(&roll).unwrap();
    let messages = values(&text);
    let documented = &messages[0]["roll"]["look"];
    assert!(documented.is_object());
    has_keys_of(&roll["roll"]["look"], documented, "the look");
}

#[tokio::test]
async fn commands_of_the_old_page_about_streamer_bots_pages_work_unchanged() {
    let text = page("streamerbot-pages.md");
    let obs = obs().await;
    let home = Home::at(obs.port());
    let exports = commands(&text, &["overlay export"]);
    assert_eq!(exports.len(), 2, "{exports:?}");
    for command in &exports {
        succeeds(&home, command).await;
    }
    let folder = home.path("path/to/the/page");
    for page in examples(&text, "html") {
        let script = page.split("src=\"").nth(1).unwrap();
        let script = script.split('"').next().unwrap();
        assert!(folder.join(script).exists(), "{script}");
    }
    let written = std::fs::read_to_string(folder.join("obs-config.js")).unwrap();
    let config = |text: &str| -> Value {
        let (name, json) = text.split_once('=').unwrap();
        assert!(
            name.trim().ends_with("window.StreamerbotOverObsConfig"),
            "{name}"
        );
        serde_json::from_str(json.trim().trim_end_matches(';')).unwrap()
    };
    let documented = config(&examples(&text, "js")[0]);
    has_keys_of(
        &config(&written)["obs"],
        &documented["obs"],
        "obs-config.js",
    );
}
