//! `forget` and `store wipe`.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use twitchat_bridge::sim::obs::StandIn;

use crate::program::{Home, Running, obs, sessions, wait_until};

/// The id of a person who appears nowhere else.
const ID: &str = "7654321098";
const LOGIN: &str = "zaphod_beeble";
const NAME: &str = "Zaphod_Bééble";

async fn publish(home: &Home, kind: &str, data: &Value) {
    let data = data.as_object().unwrap().iter();
    let data: Vec<_> = data
        .map(|(key, value)| format!("data.{key}:={value}"))
        .collect();
    let kind = format!("publish.type={kind}");
    let arguments = ["request", "PublishEvent", "publish.source=Twitch", &kind];
    let arguments: Vec<_> = arguments
        .into_iter()
        .chain(data.iter().map(String::as_str))
        .collect();
    home.run(&arguments).await.succeeds();
}

fn zaphod() -> Value {
    json!({ "userId": ID, "userName": LOGIN, "displayName": NAME, "viewers": 12 })
}

/// Fills the journal with two sessions. In them, Zaphod raids and gives subscriptions, and the
/// streamer corrects his entries.
async fn fill(home: &Home) {
    publish(home, "Raid", &zaphod()).await;
    publish(
        home,
        "GiftSub",
        &json!({ "userId": ID, "userName": LOGIN, "displayName": NAME,
            "recipientUserId": "42", "recipientUserName": "otter", "recipientDisplayName": "Otter",
            "tier": "tier 1" }),
    )
    .await;
    home.run(&["credits", "clear", "--yes"]).await.succeeds();
    publish(home, "Follow", &zaphod()).await;
    publish(
        home,
        "Raid",
        &json!({ "userId": "42", "userName": "otter", "displayName": "Otter", "viewers": 3 }),
    )
    .await;
    home.run(&["credits", "rename", LOGIN, "Zaph"])
        .await
        .succeeds();
    home.run(&["credits", "add", "Thanks", NAME])
        .await
        .succeeds();
}

/// A bridge with a filled journal and the most detailed log, which is a file in its home folder.
async fn filled_and_logged() -> (StandIn, Home, Running, PathBuf) {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let log = home.path("bridge.log");
    let bridge = home.spawn(&["-vvv", "run", "--log-file", log.to_str().unwrap()]);
    sessions(&obs, 2).await;
    fill(&home).await;
    (obs, home, bridge, log)
}

/// All files below a folder that contain the name or the id: as text, or escaped as in JSON.
fn files_with_zaphod(folder: &Path) -> Vec<PathBuf> {
    let words = [ID, LOGIN, "zaphod_b", "zaphod_b\\u00e9"].map(str::to_lowercase);
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = fs::read(&path).unwrap().to_ascii_lowercase();
            let has = |word: &String| {
                bytes
                    .windows(word.len())
                    .any(|part| part == word.as_bytes())
            };
            if words.iter().any(has) {
                found.push(path);
            }
        }
    }
    found
}

/// The path of a file beside the journal.
fn beside(home: &Home, rest: &str) -> PathBuf {
    home.path(&format!(".local/share/twitchat-bridge/journal.db{rest}"))
}

/// Makes copies of the journal of every kind, and a file of another program. Returns the copies.
async fn copy(home: &Home) -> Vec<PathBuf> {
    home.run(&["store", "backup"]).await.succeeds();
    let made = home.run(&["store", "backup"]).await.succeeds().out;
    let made = PathBuf::from(made.trim().strip_prefix("backed up to ").unwrap());
    let damaged = beside(home, ".damaged-2026-11-30T20-48-55Z");
    let mut bytes = fs::read(&made).unwrap();
    // SQLite cannot read it any more.
    bytes[..100].fill(7);
    fs::write(&damaged, &bytes).unwrap();
    fs::write(beside(home, ".damaged-2026-11-30T20-48-55Z-wal"), LOGIN).unwrap();
    let replaced = beside(home, ".replaced-2026-11-30T21-00-00Z");
    fs::copy(&made, &replaced).unwrap();
    let aside = beside(home, ".moved-aside-2");
    fs::copy(&made, &aside).unwrap();
    fs::write(beside(home, ".moved-aside-1"), "another program's").unwrap();
    fs::write(beside(home, ".salvaging"), LOGIN).unwrap();
    vec![made, replaced, aside, damaged]
}

/// Checks that the copies that can be read are still there, and whole, and the damaged one is not.
async fn assert_struck(home: &Home, copies: &[PathBuf]) {
    let (damaged, whole) = copies.split_last().unwrap();
    for copy in whole {
        let copy = copy.to_str().unwrap();
        let checked = home.run(&["store", "check", copy]).await.succeeds();
        assert!(checked.out.contains("2 sessions"), "{}", checked.out);
    }
    assert!(!damaged.exists());
    assert!(beside(home, ".moved-aside-1").exists());
}

fn nobody() -> Vec<PathBuf> {
    Vec::new()
}

#[tokio::test]
async fn without_a_bridge_a_person_is_forgotten_in_all_sessions_and_files() {
    let (_obs, home, bridge, log) = filled_and_logged().await;
    bridge.signal("INT");
    bridge.end().await.succeeds();
    assert!(files_with_zaphod(home.folder()).contains(&log));
    let copies = copy(&home).await;

    let preview = home.run(&["forget", LOGIN, "--preview"]).await.succeeds();
    assert!(
        preview
            .out
            .contains("4 events of this person would be removed, in 2 sessions")
            && preview
                .out
                .contains("1 event that names others too stays without this person"),
        "{}",
        preview.out
    );
    assert!(
        preview.out.contains("will be searched too: ")
            && preview.out.contains("will be deleted: ")
            && preview.out.contains("journal.db.damaged-"),
        "{}",
        preview.out
    );
    let before = home
        .run(&["credits", "get", "--session", "1"])
        .await
        .succeeds();
    assert!(before.out.contains("Zaph"), "{}", before.out);
    home.run(&["forget", LOGIN]).await.fails(2, &["--yes"]);
    home.run(&["forget", "nobody_here", "--yes"])
        .await
        .fails(1, &["nobody is known as \"nobody_here\""]);

    let with_log = ["forget", &format!("twitch:{ID}"), "--yes", "--log-file"];
    let with_log = [&with_log[..], &[log.to_str().unwrap()]].concat();
    let done = home.run(&with_log).await.succeeds();
    assert!(
        done.out.contains("was removed") && done.out.contains("bridge.log"),
        "{done:?}"
    );
    assert!(
        done.out.contains("removed from the copy ") && done.out.contains("journal.db.backup-"),
        "{}",
        done.out
    );
    assert_eq!(files_with_zaphod(home.folder()), nobody());
    assert_struck(&home, &copies).await;
    let first = home
        .run(&["credits", "get", "--session", "1"])
        .await
        .succeeds();
    assert!(
        first.out.contains("AnAnonymousGifter") && !first.out.contains("Zaph"),
        "{}",
        first.out
    );
    home.run(&["forget", LOGIN, "--yes"])
        .await
        .fails(1, &["nobody is known"]);
}

#[tokio::test]
async fn a_running_bridge_forgets_for_the_verb_on_the_same_computer() {
    let (_obs, home, bridge, log) = filled_and_logged().await;
    let copies = copy(&home).await;
    home.run(&["request", "Forget", &format!("person={LOGIN}")])
        .await
        .fails(1, &["bus.allow", "forget"]);
    let preview = home.run(&["forget", LOGIN, "--preview"]).await.succeeds();
    assert!(
        preview
            .out
            .contains("4 events of this person would be removed"),
        "{preview:?}"
    );

    let with_log = [
        "forget",
        LOGIN,
        "--yes",
        "--log-file",
        log.to_str().unwrap(),
    ];
    let done = home.run(&with_log).await.succeeds();
    assert!(
        done.out.contains("in 2 sessions") && done.out.contains("bridge.log"),
        "{done:?}"
    );
    assert_eq!(
        files_with_zaphod(home.folder()),
        nobody(),
        "while the bridge runs"
    );
    assert_struck(&home, &copies).await;
    let credits = home.run(&["credits", "get"]).await.succeeds();
    assert!(
        credits.out.contains("Otter") && !credits.out.contains("Zaph"),
        "{}",
        credits.out
    );
    publish(&home, "Follow", &zaphod()).await;
    let credits = home.run(&["credits", "get"]).await.succeeds();
    assert!(
        credits.out.contains("Zaph"),
        "it is no ban: {}",
        credits.out
    );
    bridge.signal("INT");
    let done = bridge.end().await.succeeds();
    assert!(
        done.err
            .contains("a person was forgotten: 4 events removed"),
        "{}",
        done.err
    );
}

#[tokio::test]
async fn wipe_removes_every_file_and_lists_it() {
    let (_obs, home, bridge, log) = filled_and_logged().await;
    home.run(&["store", "wipe", "--yes"]).await.fails(
        6,
        &[
            "a bridge is using",
            "nothing was changed",
            "obs-script stop",
        ],
    );
    assert!(!files_with_zaphod(home.folder()).is_empty());
    bridge.signal("INT");
    bridge.end().await.succeeds();
    copy(&home).await;
    home.run(&["store", "wipe"]).await.fails(2, &["--yes"]);
    let wipe = [
        "store",
        "wipe",
        "--yes",
        "--log-file",
        log.to_str().unwrap(),
    ];
    let done = home.run(&wipe).await.succeeds();
    assert!(
        done.out.contains("journal.db\n") && done.out.contains("bridge.log\n"),
        "{}",
        done.out
    );
    assert!(done.out.contains("journal.db.backup-"), "{}", done.out);
    assert_eq!(files_with_zaphod(home.folder()), nobody());
    let again = home.run(&wipe).await.succeeds();
    assert!(again.err.contains("nothing to remove"), "{again:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn wipe_follows_a_symbolic_link_to_the_journal_and_its_backups() {
    let (_obs, home, bridge, log) = filled_and_logged().await;
    bridge.signal("INT");
    bridge.end().await.succeeds();
    fs::remove_file(log).unwrap();
    let disk = home.path("other disk");
    fs::create_dir(&disk).unwrap();
    fs::rename(beside(&home, ""), disk.join("j.db")).unwrap();
    std::os::unix::fs::symlink(disk.join("j.db"), beside(&home, "")).unwrap();
    home.run(&["store", "backup"]).await.succeeds();
    assert!(fs::read_dir(&disk).unwrap().count() > 1);
    home.run(&["store", "wipe", "--yes"]).await.succeeds();
    assert_eq!(fs::read_dir(&disk).unwrap().count(), 0);
    assert_eq!(files_with_zaphod(home.folder()), nobody());
}

#[tokio::test]
async fn old_sessions_are_removed_at_the_start_and_logged() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let bridge = home.spawn(&["run"]);
    sessions(&obs, 2).await;
    fill(&home).await;
    bridge.signal("INT");
    bridge.end().await.succeeds();
    // The first session ended two years ago.
    let list = home
        .run(&["sessions", "list", "--json"])
        .await
        .succeeds()
        .out;
    assert_eq!(serde_json::from_str::<Value>(&list).unwrap()["count"], 2);
    let journal = home.path(".local/share/twitchat-bridge/journal.db");
    let old = rusqlite::Connection::open(journal).unwrap();
    let years_ago = "UPDATE session SET ended_ms = ended_ms - 63072000000 WHERE id = 1";
    assert_eq!(old.execute(years_ago, ()).unwrap(), 1);
    drop(old);
    let made = home.run(&["store", "backup"]).await.succeeds().out;
    let made = made.trim().strip_prefix("backed up to ").unwrap();
    let ancient = beside(&home, ".damaged-2020-01-01T00-00-00Z");
    fs::write(&ancient, "old").unwrap();

    let mut command = home.command(&["run"]);
    command.env("TWITCHAT_BRIDGE_STORE_RETENTION", "400d");
    let bridge = crate::program::Running::start(&mut command);
    wait_until("the old session goes", || {
        bridge
            .err()
            .contains("removed 1 session that ended more than 400d ago")
    })
    .await;
    let checked = home.run(&["store", "check", made]).await.succeeds();
    assert!(checked.out.contains("1 session,"), "{}", checked.out);
    assert!(!ancient.exists());
    let list = home
        .run(&["sessions", "list", "--json"])
        .await
        .succeeds()
        .out;
    let list: Value = serde_json::from_str(&list).unwrap();
    assert_eq!(
        (&list["count"], &list["sessions"][0]["id"]),
        (&json!(1), &json!(2))
    );
    bridge.signal("INT");
    bridge.end().await.succeeds();
}
