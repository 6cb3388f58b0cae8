//! A journal as large as a year of streams makes it: whoever asks whether the bridge is there gets a reply at once.

use std::path::Path;

use serde_json::json;
use tokio::time::Instant;
use twitchat_bridge::store::Store;

use crate::support::{Bus, Process, Site, on_both};

/// Rows of the running session.
const ROWS: i64 = 200_000;

on_both!(timing_of_the_first_reply_with_a_large_journal);

/// The first reply is compared with reading the journal, which takes longer the more rows there are: it must not.
async fn timing_of_the_first_reply_with_a_large_journal(site: Site) {
    let home = tempfile::tempdir().unwrap();
    fill(&home.path().join("journal.db"));
    let mut bus = Bus::connect(&site).await;
    let begun = Instant::now();
    let _bridge = Process::with_journal(&site, home).await;
    let started = begun.elapsed();
    let begun = Instant::now();
    bus.ask(json!({ "request": "GetInfo" })).await;
    let first = begun.elapsed();
    let begun = Instant::now();
    let status = bus.status().await;
    println!("{ROWS} rows: Hello after {started:?}, the first reply {first:?} later, GetStatus {:?} after that", begun.elapsed());
    assert_eq!(status["counts"]["journal"], ROWS);
    assert!(first < started / 4, "{first:?} for the first reply, {started:?} to start");
}

/// One follower a second; nothing has been copied from the write-ahead log into the database yet, as after a crash.
fn fill(path: &Path) {
    drop(Store::open(path).unwrap());
    let mut connection = rusqlite::Connection::open(path).unwrap();
    connection.pragma_update(None, "wal_autocheckpoint", 0).unwrap();
    let transaction = connection.transaction().unwrap();
    transaction.execute("INSERT INTO session (id, started_ms, ended_ms, cause) VALUES (1, 1000, NULL, 'first')", ()).unwrap();
    let mut row = transaction
        .prepare("INSERT INTO journal (seq, session, at_ms, origin, kind, id, body) VALUES (?1, 1, ?2, 'heard', 'FOLLOW', ?3, ?4)")
        .unwrap();
    for number in 1..=ROWS {
        let name = format!("Viewer_{number}");
        let body = json!({ "user": { "id": (100_000_000 + number).to_string(), "login": name.to_lowercase(), "displayName": name } });
        let at_ms = 1_700_000_000_000 + 1_000 * number;
        row.execute(rusqlite::params![number, at_ms, format!("follow-{number}"), body.to_string()]).unwrap();
    }
    drop(row);
    transaction.commit().unwrap();
    let log = path.with_extension("db-wal");
    let kept = std::fs::read(&log).unwrap();
    let database = std::fs::read(path).unwrap();
    drop(connection);
    std::fs::write(path, database).unwrap();
    std::fs::write(log, kept).unwrap();
}
