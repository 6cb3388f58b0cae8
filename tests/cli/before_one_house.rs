//! Journals, config files, rules and scripts from the time before the code was rearranged still
//! work, and give the same replies as at that time. `README.md` beside the fixtures describes how
//! they were made.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use rusqlite::Connection;
use serde_json::Value;
use twitchat_bridge::sim::peer::{EventPeer, Target};

use crate::program::{Home, PASSWORD, obs, sessions};

fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/before_one_house");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

fn json(name: &str) -> Value {
    serde_json::from_str(&fixture(name)).unwrap()
}

/// The TOML examples on a page.
fn examples(page: &str) -> Vec<String> {
    let text = fixture(page);
    let blocks = text.split("```toml\n").skip(1);
    blocks
        .map(|rest| rest.split("```").next().unwrap().to_owned())
        .collect()
}

/// Creates the old journal as if its bridge had just run. Otherwise a new session would begin.
fn journal(path: &Path) {
    let journal = Connection::open(path).unwrap();
    journal.execute_batch(&fixture("journal.sql")).unwrap();
    #[expect(clippy::disallowed_methods, reason = "the bridge reads the clock, too")]
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let alive = "UPDATE kept SET value = ?1 WHERE key = 'alive_ms'";
    let changed = journal.execute(alive, [now.as_millis().to_string()]);
    assert_eq!(changed.unwrap(), 1);
}

/// Removes values that differ in each run, and the leaderboards of this week and month.
fn lasting(mut reply: Value) -> Value {
    for place in ["", "/roll"] {
        if let Some(object) = reply.pointer_mut(place).and_then(Value::as_object_mut) {
            // In the roll, only the id differs in each run.
            let own = if place.is_empty() {
                &["bridge", "id", "seq"][..]
            } else {
                &["id"]
            };
            for key in own {
                object.remove(*key);
            }
        }
    }
    for (place, keys) in [
        ("/TopBits", ["Month", "Week"]),
        ("/extended/TopBits", ["Month", "Week"]),
        ("/top", ["monthBits", "weekBits"]),
    ] {
        if let Some(object) = reply.pointer_mut(place).and_then(Value::as_object_mut) {
            for key in keys {
                object.remove(key);
            }
        }
    }
    // Looks have had `dim`, `language` and `largestName` only since then, and a length that is
    // automatic by default. A speed counts as before.
    if let Some(look) = reply
        .pointer_mut("/roll/look")
        .and_then(Value::as_object_mut)
    {
        for key in ["dim", "language", "largestName", "seconds", "slideSeconds"] {
            look.remove(key);
        }
    }
    without_ids_of_entries(&mut reply);
    reply
}

/// Entries have had ids since the fixtures were made.
fn without_ids_of_entries(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.remove("entry");
            object.values_mut().for_each(without_ids_of_entries);
        }
        Value::Array(list) => list.iter_mut().for_each(without_ids_of_entries),
        _ => {}
    }
}

#[tokio::test]
async fn an_old_journal_and_config_file_give_the_same_replies() {
    let obs = obs().await;
    let mut home = Home::at(obs.port());
    std::fs::write(home.path("config.toml"), fixture("config.toml")).unwrap();
    std::fs::write(home.path("obs-password"), PASSWORD).unwrap();
    journal(&home.path("journal.db"));
    home.option("--config=config.toml");
    let bridge = home.spawn(&["run"]);
    sessions(&obs, 2).await;

    for (name, arguments) in [
        ("credits.json", &["GetCredits", "extended:=true"][..]),
        ("viewers.json", &["GetActiveViewers"]),
        ("broadcaster.json", &["GetBroadcaster"]),
        ("roll.json", &["GetRoll"]),
    ] {
        let asked = home.run(&[&["request"], arguments].concat()).await;
        let reply: Value = serde_json::from_str(&asked.succeeds().out).unwrap();
        let (reply, before) = (lasting(reply), lasting(json(name)));
        assert!(before.as_object().unwrap().len() > 2, "{name}");
        pretty_assert_eq(name, &reply, &before);
    }

    let asked = home.run(&["request", "GetStatus"]).await.succeeds();
    let status: Value = serde_json::from_str(&asked.out).unwrap();
    let before = json("status.json");
    for key in ["id", "cause", "credits", "started"] {
        assert_eq!(status["session"][key], before["session"][key], "{key}");
    }
    let names = |list: &str, key: &str| -> Value {
        let list = status[list].as_array().unwrap();
        list.iter().map(|one| one[key].clone()).collect()
    };
    assert_eq!(names("rules", "name"), before["rules"]);
    assert_eq!(names("actions", "name"), before["actions"]);
    assert_eq!(names("labels", "source"), before["labels"]);
    bridge.signal("INT");
    bridge.end().await.succeeds();
}

/// Compares key by key, because a failure that shows the whole reply is too long to read.
fn pretty_assert_eq(name: &str, now: &Value, before: &Value) {
    match (now, before) {
        (Value::Object(now), Value::Object(before)) => {
            let keys = |object: &serde_json::Map<String, Value>| {
                object.keys().cloned().collect::<Vec<_>>().join(" ")
            };
            assert_eq!(keys(now), keys(before), "{name}");
            for (key, now) in now {
                pretty_assert_eq(&format!("{name} {key}"), now, &before[key]);
            }
        }
        _ => assert_eq!(now, before, "{name}"),
    }
}

#[tokio::test]
async fn an_old_config_file_means_the_same() {
    let mut home = Home::new();
    std::fs::write(home.path("config.toml"), fixture("config.toml")).unwrap();
    std::fs::write(home.path("obs-password"), PASSWORD).unwrap();
    home.option("--config=config.toml");
    let shown = home.run(&["config", "show"]).await.succeeds();
    let line = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines = |text: &str| -> Vec<_> { text.lines().map(line).collect() };
    let (shown, before) = (lines(&shown.out), lines(&fixture("config_show.txt")));
    // The new default has the old meaning for a file that sets a speed, as this one does.
    let is_kept =
        |line: &&String| shown.contains(line) || **line == "overlay.seconds (not set) default";
    let lost: Vec<_> = before.iter().filter(|line| !is_kept(line)).collect();
    assert!(before.len() > 50 && lost.is_empty(), "{lost:#?}");
}

#[tokio::test]
async fn old_rules_actions_and_labels_are_read_and_a_raid_runs_them() {
    let raid = fixture("rules.md");
    let raid = raid.split("```json\n").nth(1).unwrap();
    let raid = raid.split("```").next().unwrap().to_owned();
    for page in ["rules.md", "scripting.md"] {
        let is_config = |block: &String| !block.contains("[[step]]");
        let config: Vec<_> = examples(page).into_iter().filter(is_config).collect();
        assert!(config.len() > 1, "{page}");
        let mut home = Home::new();
        std::fs::write(home.path("config.toml"), config.join("\n")).unwrap();
        std::fs::write(home.path("raid.json"), &raid).unwrap();
        home.option("--config=config.toml");
        let listed = home.run(&["rules"]).await.succeeds();
        assert!(listed.out.contains("thank raiders"), "{page}: {listed:?}");
        let tested = home.run(&["rules", "test", "raid.json"]).await.succeeds();
        let sent = "Welcome LanternFox and 57 more!";
        assert!(tested.out.contains(sent), "{page}: {tested:?}");
    }
}

#[tokio::test]
async fn an_old_script_runs_unchanged() {
    let obs = obs().await;
    let target = Target {
        url: obs.url(),
        password: Some(PASSWORD.into()),
    };
    let mut receiver = EventPeer::connect(&target).await.unwrap();
    let home = Home::at(obs.port());
    let mut scripts = examples("scripting.md");
    scripts.retain(|block| block.contains("[[step]]"));
    let [script] = &scripts[..] else {
        panic!("{scripts:?}");
    };
    std::fs::write(home.path("goodbye.toml"), script).unwrap();
    let arguments = ["script", "goodbye.toml", "who=everybody"];
    home.run(&[&arguments[..], &["--dry-run"]].concat())
        .await
        .succeeds();
    let done = home.run(&arguments).await;
    let message = receiver.next().await.unwrap();
    assert_eq!(message["type"], "SEND_MESSAGE", "{done:?}");
    assert_eq!(message["data"]["message"], "That was it, everybody!");
    done.succeeds();
}
