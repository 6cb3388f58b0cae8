//! `store check`, `backup`, `restore`, `export` and `import`.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use twitchat_bridge::sim::obs::StandIn;

use crate::program::{Home, Running, obs, sessions, wait_until};

fn journal(home: &Home) -> PathBuf {
    home.path(".local/share/twitchat-bridge/journal.db")
}

/// The backups beside the journal.
fn backups(home: &Home) -> Vec<String> {
    let folder = fs::read_dir(journal(home).parent().unwrap()).unwrap();
    let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.contains(".db.backup-")).collect();
    names.retain(|name| !name.ends_with(".unfinished"));
    names.sort();
    names
}

async fn raid(home: &Home, login: &str) {
    let arguments = [
        "request",
        "PublishEvent",
        "publish.source=Twitch",
        "publish.type=Raid",
        &format!("data.userId:=\"id-{login}\""),
        &format!("data.userName:=\"{login}\""),
        &format!("data.displayName:=\"{login}\""),
        "data.viewers:=3",
    ];
    home.run(&arguments).await.succeeds();
}

/// A running bridge with two sessions: in the first one Otter raids, in the second one Heron.
async fn filled() -> (StandIn, Home, Running) {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let bridge = home.spawn(&["run"]);
    sessions(&obs, 2).await;
    raid(&home, "otter").await;
    home.run(&["credits", "clear", "--yes"]).await.succeeds();
    raid(&home, "heron").await;
    (obs, home, bridge)
}

async fn end(bridge: Running) {
    bridge.signal("INT");
    bridge.end().await.succeeds();
}

async fn credits(home: &Home, session: &str) -> Value {
    let get = ["credits", "get", "--format", "json", "--session", session];
    serde_json::from_str(&home.run(&get).await.succeeds().out).unwrap()
}

#[tokio::test]
async fn a_session_that_closes_is_backed_up_and_status_and_doctor_show_it() {
    let (_obs, home, bridge) = filled().await;
    wait_until("there is a backup", || backups(&home).len() == 1).await;
    wait_until("the log names it", || {
        bridge.err().contains("backed the journal up")
    })
    .await;
    let status = home.run(&["status", "--json"]).await.succeeds().out;
    let status: Value = serde_json::from_str(&status).unwrap();
    let shown = &status["store"]["backups"];
    assert_eq!(
        (&shown["keep"], &shown["count"], &shown["error"]),
        (&json!(10), &json!(1), &Value::Null),
        "{status}"
    );
    let shown = home.run(&["status"]).await.succeeds();
    assert!(
        shown.out.contains("last backup ") && shown.out.contains("1 of 10 kept"),
        "{}",
        shown.out
    );
    let doctor = home.run(&["doctor"]).await;
    assert!(doctor.out.contains("1 of 10 kept"), "{}", doctor.out);
    end(bridge).await;
}

#[tokio::test]
async fn without_a_number_of_backups_none_is_made() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let mut command = home.command(&["run"]);
    command.env("TWITCHAT_BRIDGE_STORE_BACKUPS", "0");
    let bridge = Running::start(&mut command);
    sessions(&obs, 2).await;
    home.run(&["credits", "clear", "--yes"]).await.succeeds();
    raid(&home, "heron").await;
    end(bridge).await;
    assert_eq!(backups(&home), [""; 0]);
    // A bridge that wants some makes the one that is missing at its next start.
    let bridge = home.spawn(&["run"]);
    wait_until("there is a backup", || backups(&home).len() == 1).await;
    end(bridge).await;
}

#[tokio::test]
async fn a_backup_of_a_running_bridge_is_restored_when_it_has_ended() {
    let (_obs, home, bridge) = filled().await;
    let mine = home.path("mine.db");
    let mine = mine.to_str().unwrap();
    let made = home.run(&["store", "backup", mine]).await.succeeds();
    assert!(made.out.starts_with("backed up to "), "{}", made.out);
    home.run(&["store", "backup", mine])
        .await
        .fails(2, &["--force"]);
    home.run(&["store", "backup", mine, "--force"])
        .await
        .succeeds();
    raid(&home, "late_one").await;
    home.run(&["store", "restore", mine, "--yes"])
        .await
        .fails(6, &["a bridge is using", "nothing was changed"]);
    end(bridge).await;

    home.run(&["store", "restore", mine])
        .await
        .fails(2, &["--yes"]);
    let now = credits(&home, "2").await;
    assert!(now.to_string().contains("late_one"), "{now}");
    let done = home
        .run(&["store", "restore", mine, "--yes"])
        .await
        .succeeds();
    assert!(done.err.contains("journal.db.replaced-"), "{}", done.err);
    let then = credits(&home, "2").await;
    assert!(
        then.to_string().contains("heron") && !then.to_string().contains("late_one"),
        "{then}"
    );
    let checked = home.run(&["store", "check"]).await.succeeds();
    assert!(
        checked.out.contains("is whole: 2 sessions"),
        "{}",
        checked.out
    );
}

#[tokio::test]
async fn backups_are_listed_and_the_latest_one_is_restored() {
    let (_obs, home, bridge) = filled().await;
    end(bridge).await;
    home.run(&["store", "restore", "--latest", "--yes"])
        .await
        .fails(1, &["there is no backup"]);
    home.run(&["store", "backup"]).await.succeeds();
    let list = home.run(&["store", "restore", "--list"]).await.succeeds();
    assert!(list.out.contains("journal.db.backup-"), "{}", list.out);
    let list = home
        .run(&["store", "restore", "--list", "--json"])
        .await
        .succeeds();
    let list: Value = serde_json::from_str(&list.out).unwrap();
    assert_eq!(list["backups"].as_array().map(Vec::len), Some(1));
    fs::remove_file(journal(&home)).unwrap();
    home.run(&["store", "restore", "--latest", "--yes"])
        .await
        .succeeds();
    let then = credits(&home, "1").await;
    assert!(then.to_string().contains("otter"), "{then}");
    home.run(&["store", "restore", "nothing.db", "--yes"])
        .await
        .fails(2, &["there is no file nothing.db"]);
}

#[tokio::test]
async fn a_check_of_a_damaged_journal_and_of_a_damaged_backup_fails() {
    let (_obs, home, bridge) = filled().await;
    end(bridge).await;
    home.run(&["store", "backup", "b.db"]).await.succeeds();
    for file in [journal(&home), home.path("b.db")] {
        let mut bytes = fs::read(&file).unwrap();
        // The first leaf of a table: everything behind the first page is zeros.
        bytes[4_096..].fill(0);
        fs::write(&file, bytes).unwrap();
    }
    let checked = home.run(&["store", "check"]).await;
    assert_eq!(checked.code, Some(9), "{checked:?}");
    assert!(checked.out.contains("is DAMAGED: "), "{}", checked.out);
    let checked = home.run(&["store", "check", "--json"]).await;
    let reply: Value = serde_json::from_str(&checked.out).unwrap();
    assert_eq!(
        (&reply["whole"], &reply["saved"]),
        (&json!(false), &json!(0))
    );
    assert!(reply["lost"].as_u64() > Some(0), "{reply}");
    let checked = home.run(&["store", "check", "b.db"]).await;
    assert_eq!(checked.code, Some(9), "{checked:?}");
    home.run(&["store", "restore", "b.db", "--yes"])
        .await
        .fails(9, &["is damaged", "nothing was changed"]);
}

#[tokio::test]
async fn an_exported_journal_has_the_same_credits_on_another_computer() {
    let (_obs, home, bridge) = filled().await;
    home.run(&["store", "export", "j.ndjson"]).await.succeeds();
    home.run(&["store", "export", "j.ndjson"])
        .await
        .fails(2, &["--force"]);
    let lines = home.run(&["store", "export"]).await.succeeds().out;
    assert!(lines.starts_with(r#"{"journal":{"version":1,"#), "{lines}");
    end(bridge).await;

    let other = Home::new();
    let trial = other
        .feed(&["store", "import", "-", "--dry-run"], &lines)
        .await
        .succeeds();
    assert!(
        trial.out.starts_with("would import 2 sessions"),
        "{}",
        trial.out
    );
    let file = home.path("j.ndjson");
    let file = file.to_str().unwrap();
    let done = other.run(&["store", "import", file]).await.succeeds();
    assert!(done.out.starts_with("imported 2 sessions"), "{}", done.out);
    let again = other
        .run(&["store", "import", file, "--json"])
        .await
        .succeeds();
    let again: Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!((&again["rows"], &again["sessions"]), (&json!(0), &json!(0)));
    for session in ["1", "2"] {
        assert_eq!(
            credits(&other, session).await,
            credits(&home, session).await
        );
    }
    let broken = lines.replacen("\"session\":{", "\"session\":[", 1);
    let third = Home::new();
    third
        .feed(&["store", "import", "-"], &broken)
        .await
        .fails(1, &["line ", "nothing was imported"]);
}
