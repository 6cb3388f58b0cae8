//! Tests the journal on disk. Its content survives crashes, deleted files, and a disk that refuses
//! writes.

#[cfg(target_os = "linux")]
use std::io::Write;
use std::path::Path;
#[cfg(target_os = "linux")]
use std::path::PathBuf;
#[cfg(target_os = "linux")]
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use twitchat_bridge::obs::Target;

use crate::support::bridge::{Home, Program};
use crate::support::bus::Bus;
use crate::support::obs::stand_in;
use crate::support::play::{burst, followers};
use crate::support::refusal::assert_clear;
use crate::support::{SOON, within};

#[tokio::test]
async fn the_corrected_start_of_the_first_session_is_there_after_a_restart() {
    let (obs, target) = stand_in().await;
    assert!(obs.start_stream(Duration::from_secs(3_600)));
    let home = Home::new();
    let mut bridge = home.run(&target);
    let bus = Bus::connect(&target).await;
    bus.until_answered(SOON).await;
    bus.until_status("the stream is known", |status| {
        status["obs"]["streaming"] == true
    })
    .await;
    let started = bus.ask("GetStatus").await["session"]["started"].clone();
    bridge.signal("TERM");
    assert_eq!(bridge.ended().await.code, Some(0));
    obs.stop_stream();

    let _bridge = home.run(&target);
    bus.until_answered(SOON).await;
    let status = bus.ask("GetStatus").await;
    assert_eq!(status["session"]["started"], started, "{status}");
}

/// A bridge that is ready, with its journal at `path`, and a client on OBS.
async fn serving(home: &Home, target: &Target, path: &Path) -> (Program, Bus) {
    let bridge = home.verb(target, &["run", "--store", path.to_str().unwrap()]);
    let bus = Bus::connect(target).await;
    bus.until_answered(SOON).await;
    (bridge, bus)
}

/// The credits when they have this number of followers and are durable.
async fn durable_credits(bus: &Bus, follows: usize) -> Value {
    within("the credits are durable", SOON, async {
        loop {
            let credits = bus.credits().await;
            if followers(&credits).len() == follows && credits.get("durable").is_none() {
                return credits;
            }
        }
    })
    .await
}

#[tokio::test]
async fn a_journal_deleted_while_the_bridge_runs_is_made_again_and_no_durable_reply_is_taken_back()
{
    let (_obs, target) = stand_in().await;
    let home = Home::new();
    let folder = home.path().join("data");
    let path = folder.join("journal.db");
    for round in 1..=2 {
        let (mut bridge, bus) = serving(&home, &target, &path).await;
        burst(target.clone(), 100 * (round - 1), 100 * round).await;
        durable_credits(&bus, 100 * round).await;
        if round == 1 {
            std::fs::remove_dir_all(&folder).unwrap();
        } else {
            std::fs::write(folder.join("other"), "something else").unwrap();
            std::fs::rename(folder.join("other"), &path).unwrap();
        }
        let reply = bus
            .ask_with(
                "AddToCredits",
                json!({ "section": format!("Round {round}"), "value": "Everyone" }),
            )
            .await;
        assert_eq!(reply.get("durable"), None, "{reply}");
        let status = bus.ask("GetStatus").await;
        assert_eq!(
            (&status["store"]["error"], &status["store"]["lost"]),
            (&Value::Null, &json!(false)),
            "{status}"
        );
        let note = status["store"]["notes"][0]["text"]
            .as_str()
            .unwrap_or_else(|| panic!("{status}"));
        assert!(
            note.contains("while the bridge runs") && bridge.log().contains(note),
            "{note}"
        );
        let shown = home.verb(&target, &["status"]).ended().await;
        assert!(
            shown.stdout.contains("while the bridge runs"),
            "{}",
            shown.stdout
        );
        bridge.kill();
    }
    let (_bridge, bus) = serving(&home, &target, &path).await;
    let credits = durable_credits(&bus, 200).await;
    assert_eq!(
        credits["Custom"]["Round 1"],
        json!(["Everyone"]),
        "{credits}"
    );
    assert_eq!(
        credits["Custom"]["Round 2"],
        json!(["Everyone"]),
        "{credits}"
    );
    assert_eq!(
        std::fs::read_to_string(folder.join("journal.db.moved-aside-1")).unwrap(),
        "something else"
    );
}

#[tokio::test]
async fn a_damaged_journal_is_saved_at_the_start_and_log_status_and_doctor_report_it() {
    let (_obs, target) = stand_in().await;
    let home = Home::new();
    let path = home.path().join("journal.db");
    let (mut bridge, bus) = serving(&home, &target, &path).await;
    burst(target.clone(), 0, 300).await;
    durable_credits(&bus, 300).await;
    bridge.kill();
    // The rows of a bridge that was killed are in the log.
    let log = home.path().join("journal.db-wal");
    let mut bytes = std::fs::read(&log).unwrap();
    bytes.truncate(bytes.len() / 2);
    std::fs::write(&log, &bytes).unwrap();

    let (mut bridge, bus) = serving(&home, &target, &path).await;
    let status = bus.ask("GetStatus").await;
    let note = status["store"]["notes"][0]["text"]
        .as_str()
        .unwrap_or_else(|| panic!("{status}"));
    assert!(
        note.contains("was damaged") && bridge.log().contains(note),
        "{note}"
    );
    assert_eq!(status["store"]["lost"], false, "{status}");
    let credits = bus.credits().await;
    assert!(followers(&credits).len() < 300, "{credits}");
    assert_eq!(credits.get("durable"), None, "{credits}");
    let doctor = home.verb(&target, &["doctor"]).ended().await;
    let doctor = doctor
        .stdout
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(doctor.contains("was damaged"), "{doctor}");
    bridge.kill();

    let old = std::fs::read_dir(home.path()).unwrap();
    let old = old.map(|entry| entry.unwrap().path()).find(|path| {
        let name = path.to_string_lossy();
        name.contains(".damaged-") && name.ends_with("-wal")
    });
    assert!(std::fs::read(old.unwrap()).unwrap() == bytes);
    let (_bridge, bus) = serving(&home, &target, &path).await;
    let status = bus.ask("GetStatus").await;
    assert_eq!(status["store"]["notes"], json!([]), "{status}");
}

/// A disk of one MiB in a home. The test needs the permission to mount one.
#[cfg(target_os = "linux")]
struct SmallDisk(PathBuf);

#[cfg(target_os = "linux")]
impl SmallDisk {
    fn in_home(home: &Home) -> Self {
        let folder = home.path().join("small");
        std::fs::create_dir(&folder).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=4m", "small"])
            .arg(&folder)
            .output()
            .expect("the program mount");
        let why = String::from_utf8_lossy(&mounted.stderr);
        assert!(
            mounted.status.success(),
            "this test mounts a small disk, which only root may do: {why}"
        );
        Self(folder)
    }

    /// Fills the disk with a file.
    fn fill(&self) -> PathBuf {
        let filler = self.0.join("filler");
        let mut file = std::fs::File::create(&filler).unwrap();
        while file.write(&[0; 512]).is_ok_and(|bytes| bytes > 0) {}
        filler
    }
}

#[cfg(target_os = "linux")]
impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("--lazy").arg(&self.0).status();
        assert!(
            unmounted.is_ok_and(|status| status.success()),
            "umount {}",
            self.0.display()
        );
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn on_a_full_disk_the_end_credits_roll_from_memory_and_all_is_stored_once_there_is_room() {
    let (_obs, target) = stand_in().await;
    let home = Home::new();
    let disk = SmallDisk::in_home(&home);
    let path = disk.0.join("journal.db");
    let (mut bridge, bus) = serving(&home, &target, &path).await;
    burst(target.clone(), 0, 100).await;
    durable_credits(&bus, 100).await;

    let filler = disk.fill();
    burst(target.clone(), 100, 600).await;
    bus.until_status("the disk is full", |status| {
        !status["store"]["error"].is_null()
    })
    .await;
    let credits = bus.credits().await;
    assert_eq!(
        (followers(&credits).len(), &credits["durable"]),
        (600, &json!(false))
    );
    for (name, fields) in [
        ("RollCredits", json!({ "test": true, "seconds": 60 })),
        ("ControlCredits", json!({ "command": "pause" })),
        (
            "OverlayReport",
            json!({ "page": "credits", "state": "idle" }),
        ),
        ("GetRoll", json!({})),
        ("StopCredits", json!({})),
    ] {
        let reply = bus.ask_with(name, fields).await;
        assert_eq!(reply["durable"], false, "{name}: {reply}");
    }
    let refused = bus
        .ask_within(
            "AddToCredits",
            json!({ "section": "Thanks", "value": "x" }),
            SOON,
        )
        .await
        .unwrap();
    assert!(
        refused["error"]
            .as_str()
            .is_some_and(|why| why.contains("no space left on the disk")),
        "{refused}"
    );
    let shown = home.verb(&target, &["credits", "get"]).ended().await;
    assert_eq!(shown.code, Some(0), "{}", shown.stderr);
    assert!(
        shown.stdout.contains("Viewer599") && shown.stderr.contains("only in memory"),
        "{}",
        shown.stderr
    );
    let shown = home.verb(&target, &["status"]).ended().await;
    assert!(
        shown.stdout.contains("CANNOT BE WRITTEN") && shown.stdout.contains("no space left"),
        "{}",
        shown.stdout
    );

    std::fs::remove_file(filler).unwrap();
    durable_credits(&bus, 600).await;
    bridge.kill();
    let (_bridge, bus) = serving(&home, &target, &path).await;
    assert_eq!(followers(&bus.credits().await).len(), 600);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_backup_that_fails_is_reported_once_and_the_bridge_goes_on() {
    let (_obs, target) = stand_in().await;
    let home = Home::new();
    // Too small for a backup, which must leave some room on the disk.
    let disk = SmallDisk::in_home(&home);
    let path = disk.0.join("journal.db");
    let (mut bridge, bus) = serving(&home, &target, &path).await;
    burst(target.clone(), 0, 100).await;
    durable_credits(&bus, 100).await;
    bus.ask("ClearCredits").await;
    bus.until_status("the backup failed", |status| {
        !status["store"]["backups"]["error"].is_null()
    })
    .await;
    let status = bus.ask("GetStatus").await;
    assert_eq!(
        (
            &status["store"]["error"],
            &status["store"]["backups"]["count"]
        ),
        (&Value::Null, &json!(0)),
        "{status}"
    );
    let shown = home.verb(&target, &["status"]).ended().await;
    assert!(shown.stdout.contains("BACKUP FAILED: "), "{}", shown.stdout);
    burst(target.clone(), 100, 200).await;
    let credits = durable_credits(&bus, 100).await;
    assert_eq!(followers(&credits).len(), 100);
    let warnings = bridge
        .log()
        .matches("the backup of the journal failed")
        .count();
    assert_eq!(warnings, 1, "{}", bridge.log());
    let names = std::fs::read_dir(&disk.0).unwrap();
    let left = names.filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().contains(".backup-")
    });
    assert_eq!(left.count(), 0);
    bridge.kill();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_at_the_first_start_is_named() {
    let (_obs, target) = stand_in().await;
    let home = Home::new();
    let disk = SmallDisk::in_home(&home);
    disk.fill();
    let ended = home
        .verb(
            &target,
            &[
                "run",
                "--store",
                disk.0.join("journal.db").to_str().unwrap(),
            ],
        )
        .ended()
        .await;
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert_clear(&ended, &["no space left on the disk of ", "free some"]);
}

/// Each follow makes two writes. This is more than the queue holds while the disk is only slow.
const FOLLOWS: usize = 12_000;

#[tokio::test]
async fn a_journal_that_another_program_locks_for_long_stops_nothing() {
    let (_obs, target) = stand_in().await;
    let home = Home::new();
    let path = home.path().join("journal.db");
    let (mut bridge, bus) = serving(&home, &target, &path).await;
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    burst(target.clone(), 0, FOLLOWS).await;
    let credits = within("all is counted", SOON, async {
        loop {
            let credits = bus.credits().await;
            if followers(&credits).len() == FOLLOWS {
                return credits;
            }
        }
    })
    .await;
    assert_eq!(credits["durable"], false);
    bus.ask("StopCredits").await;
    let waiting = bus.ask("GetStatus").await["store"]["waiting"]
        .as_u64()
        .unwrap();
    assert!(waiting > 2 * FOLLOWS as u64 - 256, "{waiting}");
    other.execute_batch("ROLLBACK").unwrap();
    durable_credits(&bus, FOLLOWS).await;

    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    burst(target.clone(), FOLLOWS, FOLLOWS + 10).await;
    bus.until_status("the journal is locked", |status| {
        !status["store"]["error"].is_null()
    })
    .await;
    bridge.signal("INT");
    let ended = bridge.ended_within(Duration::from_secs(6)).await;
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert_clear(
        &ended,
        &["entries could not be saved", "database is locked"],
    );
}
