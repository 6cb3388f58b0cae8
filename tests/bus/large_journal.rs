//! A journal with as many rows as a year of streams. Clients that ask whether the bridge is running
//! get a reply at once.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, timeout};
use twitchat_bridge::sim::peer::RequestPeer;
use twitchat_bridge::store::Store;

use crate::support::{Bus, Process, SOON, Site, Witness, on_both, wait_until};

/// The number of rows in the running session.
const ROWS: i64 = 200_000;

on_both!(
    timing_of_the_first_reply_with_a_large_journal,
    timing_of_requests_and_events_while_a_large_journal_is_read,
    timing_of_an_interrupt_while_a_large_journal_is_read,
);

/// Compares the time of the first reply with the time to read the journal, which grows with the
/// number of rows. The reply must not take that long.
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
    println!(
        "{ROWS} rows: Hello after {started:?}, the first reply {first:?} later, GetStatus {:?} \
            after that",
        begun.elapsed()
    );
    assert_eq!(status["counts"]["journal"], ROWS);
    assert!(
        first < started / 4,
        "{first:?} for the first reply, {started:?} to start"
    );
}

/// While the bridge reads its journal, every request gets a reply, and messages of Twitchat are
/// counted.
async fn timing_of_requests_and_events_while_a_large_journal_is_read(site: Site) {
    let home = tempfile::tempdir().unwrap();
    fill(&home.path().join("journal.db"));
    let (mut bus, witness) = (Bus::connect(&site).await, Witness::on(&site).await);
    let mut requests = RequestPeer::connect(&site.peer()).await.unwrap();
    let bridge = Process::start(&site, home);
    let mut hello = Box::pin(bus.hello());
    let mut rounds = 0;
    while timeout(Duration::from_millis(50), &mut hello)
        .await
        .is_err()
    {
        rounds += 1;
        requests.pipeline(&early_follower(rounds)).await.unwrap();
        requests
            .pipeline(&json!({ "request": "GetInfo", "id": rounds }))
            .await
            .unwrap();
        requests.flush().await.unwrap();
    }
    drop(hello);
    requests.settled().await.unwrap();
    let credits = bus.credits().await;
    let answered = || -> Vec<_> {
        witness
            .replies()
            .iter()
            .filter_map(|reply| reply["id"].as_i64())
            .collect()
    };
    wait_until("the reply to the last round", SOON, async || {
        answered().contains(&rounds).then_some(())
    })
    .await;
    let answered = answered();
    let first = answered.first().copied().unwrap_or(rounds + 1);
    println!("{ROWS} rows: {rounds} rounds until Hello, answered from round {first} on");
    assert!(
        first <= rounds / 2,
        "answered from round {first} of {rounds} on: {}",
        bridge.log()
    );
    let follows = credits["Events"]["Follows"].as_array().unwrap();
    for round in first..=rounds {
        assert!(answered.contains(&round), "round {round} was not answered");
        // OBS does not keep the order of the two messages in a round.
        assert!(
            round == first || follows.contains(&json!(early_name(round))),
            "the follower of round {round} is missing"
        );
    }
}

fn early_name(round: i64) -> String {
    format!("Early_{round}")
}

fn early_follower(round: i64) -> Value {
    let name = early_name(round);
    let user =
        json!({ "id": round.to_string(), "login": name.to_lowercase(), "displayName": name });
    json!({ "origin": "twitchat", "type": "FOLLOW", "id": format!("early-{round}"),
        "data": { "user": user } })
}

/// Ctrl-C ends the bridge while it is still reading.
async fn timing_of_an_interrupt_while_a_large_journal_is_read(site: Site) {
    let home = tempfile::tempdir().unwrap();
    fill(&home.path().join("journal.db"));
    let kept = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(home.path()).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), kept.path().join(file.file_name())).unwrap();
    }
    let begun = Instant::now();
    drop(Process::with_journal(&site, home).await);
    let whole = begun.elapsed();
    let mut bridge = Process::start(&site, kept);
    tokio::time::sleep(whole / 4).await;
    let begun = Instant::now();
    let code = bridge.interrupt().await;
    let ended = begun.elapsed();
    println!("{ROWS} rows: Hello after {whole:?}, the end {ended:?} after an interrupt");
    assert_eq!(code, Some(0), "{}", bridge.log());
    assert!(ended < whole / 4, "{ended:?} to end, {whole:?} to start");
}

/// Writes one follower per second. All rows are still in the write-ahead log, as after a crash.
fn fill(path: &Path) {
    drop(Store::open(path).unwrap());
    let mut connection = rusqlite::Connection::open(path).unwrap();
    connection
        .pragma_update(None, "wal_autocheckpoint", 0)
        .unwrap();
    let transaction = connection.transaction().unwrap();
    transaction
        .execute(
            "INSERT INTO session (id, started_ms, ended_ms, cause) VALUES (1, 1000, NULL, 'first')",
            (),
        )
        .unwrap();
    let mut row = transaction
        .prepare(
            "INSERT INTO journal (seq, session, at_ms, origin, kind, id, body) VALUES (?1, 1, \
            ?2, 'heard', 'FOLLOW', ?3, ?4)",
        )
        .unwrap();
    for number in 1..=ROWS {
        let name = format!("Viewer_{number}");
        let body = json!({ "user": { "id": (100_000_000 + number).to_string(),
            "login": name.to_lowercase(), "displayName": name } });
        let at_ms = 1_700_000_000_000 + 1_000 * number;
        row.execute(rusqlite::params![
            number,
            at_ms,
            format!("follow-{number}"),
            body.to_string()
        ])
        .unwrap();
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
