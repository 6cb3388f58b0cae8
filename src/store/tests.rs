//! Tests the store in the way the daemon uses it: files in a temporary folder, real SQLite, real
//! threads.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use tempfile::TempDir;
use tokio::time::timeout;

use super::files::with_suffix;
use super::schema::MIGRATIONS;
use super::*;
use crate::bridge::journal::{PersonRow, Row, RowOrigin, Seq, Session, SessionId, Write};

mod backup;
mod crash;
mod damage;
#[cfg(unix)]
mod disk_error;
mod erase;
mod exchange;
mod restore;
mod session_changes;
mod speed;

const PATIENCE: Duration = Duration::from_secs(20);

const SESSION_1: Rows<'_> = Rows {
    sessions: &[SessionId(1)],
    kinds: &[],
};

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/er/journal.db");
    (folder, path)
}

fn row(seq: u64, session: u64, origin: RowOrigin, kind: &str) -> Row {
    let id = (!seq.is_multiple_of(3)).then(|| format!("id-{seq}").into());
    Row {
        seq: Seq(seq),
        session: SessionId(session),
        at_ms: 1_700_000_000_000,
        origin,
        kind: kind.into(),
        id,
        body: r#"{"a":"ü\u0000"}"#.into(),
    }
}

fn received(seq: u64) -> Row {
    row(seq, 1, RowOrigin::Received, "FOLLOW")
}

fn person(id: &str, login: &str, display: &str, seen_ms: i64) -> PersonRow {
    PersonRow {
        platform: "twitch".into(),
        id: id.into(),
        login: login.into(),
        display: display.into(),
        seen_ms,
    }
}

fn session(id: u64, started_ms: i64) -> Session {
    Session {
        id: SessionId(id),
        started_ms,
        ended_ms: None,
        cause: "clear".into(),
    }
}

fn replayed(store: &Store, what: Rows<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    let read = store.reader().rows(what, |row| {
        rows.push(row);
        ControlFlow::Continue(())
    });
    assert!(read.unwrap().is_continue());
    rows
}

fn people(store: &Store, limit: usize) -> Vec<PersonRow> {
    let mut people = Vec::new();
    store
        .reader()
        .people(limit, |person| people.push(person))
        .unwrap();
    people
}

/// Reads notices until at least `wanted` writes are on disk, and returns the number of writes that
/// are.
async fn committed(notices: &mut StoreNotices, wanted: u64) -> u64 {
    loop {
        match timeout(PATIENCE, notices.recv()).await.unwrap().unwrap() {
            StoreNotice::Committed { writes } if writes >= wanted => return writes,
            _ => {}
        }
    }
}

async fn write_all(handle: &StoreHandle, writes: Vec<Write>) {
    for write in writes {
        handle.write(write).await.unwrap();
    }
}

async fn saved(path: &Path, writes: Vec<Write>) -> Store {
    let (handle, _notices) = Store::open(path).unwrap().run().unwrap();
    write_all(&handle, writes).await;
    handle.close().await.unwrap();
    Store::open(path).unwrap()
}

#[tokio::test]
async fn written_data_is_read_back() {
    let (_folder, path) = folder();
    let rows = [
        received(1),
        row(2, 1, RowOrigin::Published, "Twitch.Raid"),
        row(3, 1, RowOrigin::Published, "Twitch.Raid"),
        row(4, 2, RowOrigin::Received, "BITS"),
        row(5, 2, RowOrigin::Filled, "BITS"),
        row(6, 2, RowOrigin::Added, "Custom"),
        row(7, 1, RowOrigin::Received, "TIP"),
    ];
    let mut writes: Vec<_> = rows.iter().cloned().map(Write::Append).collect();
    writes.insert(0, Write::Begin(session(1, 10)));
    writes.insert(4, Write::Begin(session(2, 20)));
    writes.extend(
        [("alive_ms", "1"), ("generation", "G3"), ("alive_ms", "2")].map(|(key, value)| {
            Write::Keep {
                key,
                value: value.into(),
            }
        }),
    );
    let store = saved(&path, writes).await;

    assert_eq!(store.reader().last_seq().unwrap(), Seq(7));
    assert_eq!(
        store.reader().sessions().unwrap(),
        [
            Session {
                ended_ms: Some(20),
                ..session(1, 10)
            },
            session(2, 20)
        ]
    );
    assert_eq!(
        store.reader().meta("alive_ms").unwrap().as_deref(),
        Some("2")
    );
    assert_eq!(store.reader().meta("unheard of").unwrap(), None);
    // Session 1 was continued after session 2, so its rows are not next to each other.
    assert_eq!(
        replayed(&store, SESSION_1),
        [&rows[0..3], &rows[6..]].concat()
    );
    assert_eq!(
        replayed(
            &store,
            Rows {
                sessions: &[SessionId(9)],
                kinds: &[]
            }
        ),
        []
    );
    let kinds = [
        (RowOrigin::Filled, "BITS"),
        (RowOrigin::Received, "FOLLOW"),
        (RowOrigin::Received, "BITS"),
        (RowOrigin::Received, "Custom"),
    ];
    assert_eq!(
        replayed(
            &store,
            Rows {
                sessions: &[],
                kinds: &kinds
            }
        ),
        [&rows[0..1], &rows[3..5]].concat()
    );
    assert_eq!(
        replayed(
            &store,
            Rows {
                sessions: &[],
                kinds: &[]
            }
        ),
        []
    );
    assert_eq!(
        store.reader().recent_ids(3).unwrap(),
        ["id-4".into(), "id-5".into(), "id-7".into()]
    );
    let mut published = Vec::new();
    store
        .reader()
        .published_ids(|id| published.push(id.to_owned()))
        .unwrap();
    assert_eq!(published, ["id-2"]);
}

#[tokio::test]
async fn people_are_kept_by_id_or_else_by_login_the_latest_first() {
    let (_folder, path) = folder();
    let named = person("", "nobody", "Nobody", 5);
    let writes = [
        person("1", "ada", "Ada", 1),
        person("2", "bob", "Bob", 2),
        named.clone(),
        person("1", "ada_l", "Ada L", 9),
        person("", "nobody", "NoBody", 3),
        person("3", "", "", 4),
    ];
    let store = saved(&path, writes.into_iter().map(Write::Person).collect()).await;
    let expected = [
        person("1", "ada_l", "Ada L", 9),
        PersonRow {
            display: "NoBody".into(),
            ..named
        },
        person("3", "", "", 4),
        person("2", "bob", "Bob", 2),
    ];
    assert_eq!(people(&store, usize::MAX), expected);
    assert_eq!(people(&store, 2), expected[..2]);
}

#[tokio::test]
async fn repeats_change_nothing() {
    let (_folder, path) = folder();
    let writes = vec![
        Write::Append(received(1)),
        Write::Begin(session(1, 10)),
        Write::Begin(session(2, 20)),
    ];
    drop(saved(&path, writes.clone()).await);
    // Repeats the whole batch, as after a commit whose success was not noticed.
    let store = saved(&path, writes).await;
    assert_eq!(replayed(&store, SESSION_1), [received(1)]);
    assert_eq!(
        store.reader().sessions().unwrap(),
        [
            Session {
                ended_ms: Some(20),
                ..session(1, 10)
            },
            session(2, 20)
        ]
    );
}

#[tokio::test]
async fn the_corrected_start_of_a_session_is_kept() {
    let (_folder, path) = folder();
    let first = |started_ms| Session {
        cause: "first".into(),
        ..session(1, started_ms)
    };
    drop(
        saved(
            &path,
            vec![Write::Begin(first(1_000)), Write::Begin(first(400))],
        )
        .await,
    );
    assert_eq!(
        Store::open(&path).unwrap().reader().sessions().unwrap(),
        [first(400)]
    );
}

#[tokio::test]
async fn another_row_of_the_same_number_is_an_error_and_not_silence() {
    let (_folder, path) = folder();
    drop(saved(&path, vec![Write::Append(received(1))]).await);
    let (handle, mut notices) = Store::open(&path).unwrap().run().unwrap();
    handle
        .write(Write::Append(Row {
            body: "{}".into(),
            ..received(1)
        }))
        .await
        .unwrap();
    let Some(StoreNotice::Failed { error }) = timeout(PATIENCE, notices.recv()).await.unwrap()
    else {
        panic!()
    };
    assert!(
        error.contains("entry 1 ") && error.contains("another program has written to it"),
        "{error}"
    );
    assert!(matches!(
        handle.close().await,
        Err(StoreError::Unsaved { writes: 1, .. })
    ));
    assert_eq!(
        replayed(&Store::open(&path).unwrap(), SESSION_1),
        [received(1)]
    );
}

#[tokio::test]
async fn the_sender_can_wait_for_writes_that_have_no_number() {
    let (_folder, path) = folder();
    let (handle, mut notices) = saved(&path, vec![Write::Append(received(4))])
        .await
        .run()
        .unwrap();
    handle
        .write(Write::Person(person("1", "ada", "Ada", 1)))
        .await
        .unwrap();
    assert_eq!(committed(&mut notices, 1).await, 1);
    handle.try_write(Write::Append(received(5))).unwrap();
    handle
        .write(Write::Keep {
            key: "alive_ms",
            value: "1".into(),
        })
        .await
        .unwrap();
    assert_eq!(committed(&mut notices, 3).await, 3);
    handle.close().await.unwrap();
    assert_eq!(timeout(PATIENCE, notices.recv()).await.unwrap(), None);
}

#[tokio::test]
async fn dropping_the_handle_still_writes_the_queue() {
    let (_folder, path) = folder();
    let (handle, mut notices) = Store::open(&path).unwrap().run().unwrap();
    for seq in 1..=1000 {
        handle.try_write(Write::Append(received(seq))).unwrap();
    }
    drop(handle);
    while timeout(PATIENCE, notices.recv()).await.unwrap().is_some() {}
    assert_eq!(
        Connection::open(&path)
            .unwrap()
            .query_row("SELECT count(*) FROM journal", (), |row| row
                .get::<_, u32>(0))
            .unwrap(),
        1000
    );
}

#[test]
fn a_second_bridge_is_refused_with_the_first_ones_process_id() {
    let (_folder, path) = folder();
    let first = Store::open(&path).unwrap();
    let Err(StoreError::Taken { pid, .. }) = Store::open(&path) else {
        panic!()
    };
    assert_eq!(pid, Some(std::process::id()));
    drop(first);
    Store::open(&path).unwrap();
}

#[tokio::test]
async fn the_lock_holds_while_the_store_runs() {
    let (_folder, path) = folder();
    let (handle, _notices) = Store::open(&path).unwrap().run().unwrap();
    assert!(matches!(Store::open(&path), Err(StoreError::Taken { .. })));
    handle.close().await.unwrap();
    Store::open(&path).unwrap();
}

#[tokio::test]
async fn a_transaction_that_fails_is_tried_again_until_it_succeeds() {
    let (_folder, path) = folder();
    let (handle, mut notices) = Store::open(&path).unwrap().run().unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    handle.write(Write::Append(received(1))).await.unwrap();
    let Some(StoreNotice::Failed { error }) = timeout(PATIENCE, notices.recv()).await.unwrap()
    else {
        panic!()
    };
    assert!(
        error.starts_with("cannot write to ") && error.ends_with(": database is locked"),
        "{error}"
    );
    handle.write(Write::Append(received(2))).await.unwrap();
    other.execute_batch("ROLLBACK").unwrap();
    let healed = async { while notices.recv().await.unwrap() != StoreNotice::Healed {} };
    timeout(PATIENCE, healed).await.unwrap();
    assert_eq!(committed(&mut notices, 2).await, 2);
    handle.close().await.unwrap();
    assert_eq!(
        replayed(&Store::open(&path).unwrap(), SESSION_1),
        [received(1), received(2)]
    );
}

#[tokio::test]
async fn closing_with_a_full_disk_reports_the_loss() {
    let (_folder, path) = folder();
    let store = Store::open(&path).unwrap();
    let pages: u32 = store
        .connection
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap();
    store
        .connection
        .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
        .unwrap();
    let (handle, _notices) = store.run().unwrap();
    handle
        .write(Write::Append(Row {
            body: "x".repeat(100_000).into(),
            ..received(1)
        }))
        .await
        .unwrap();
    let Err(error @ StoreError::Unsaved { writes: 1, .. }) = handle.close().await else {
        panic!()
    };
    assert!(
        error
            .chain()
            .starts_with("1 entry could not be saved: no space left on the disk of "),
        "{}",
        error.chain()
    );
    Store::open(&path).unwrap();
}

#[test]
fn files_that_are_not_ours_are_left_alone() {
    let (folder, _) = folder();
    let path = folder.path().join("text.db");
    std::fs::write(&path, "hello ".repeat(1000)).unwrap();
    assert!(matches!(
        Store::open(&path),
        Err(StoreError::Damaged { .. })
    ));
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        "hello ".repeat(1000)
    );

    let path = folder.path().join("other.db");
    Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE bookmarks (url TEXT)")
        .unwrap();
    assert!(matches!(
        Store::open(&path),
        Err(StoreError::Foreign { .. })
    ));

    let path = folder.path().join("newer.db");
    drop(Store::open(&path).unwrap());
    Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", 9999)
        .unwrap();
    let Err(error @ StoreError::Newer { found: 9999, .. }) = Store::open(&path) else {
        panic!()
    };
    assert!(
        error
            .to_string()
            .contains("newer twitchat-bridge (format 9999"),
        "{error}"
    );
}

#[test]
fn a_row_of_an_unknown_origin_is_left_out() {
    let (_folder, path) = folder();
    let mut store = Store::open(&path).unwrap();
    let batch = [Write::Append(received(1)), Write::Append(received(3))];
    apply::commit(&mut store.connection, &path, &batch).unwrap();
    store
        .connection
        .execute(
            "INSERT INTO journal VALUES (2, 1, 0, 'dreamt', 'FOLLOW', NULL, '{}')",
            (),
        )
        .unwrap();
    assert_eq!(replayed(&store, SESSION_1), [received(1), received(3)]);
}

#[test]
fn a_commit_waits_for_the_disk() {
    let (_folder, path) = folder();
    let store = Store::open(&path).unwrap();
    let pragma = |name| {
        store
            .connection
            .pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0))
            .unwrap()
    };
    assert_eq!(
        (pragma("journal_mode"), pragma("synchronous")),
        ("wal".to_owned().into(), 2_i64.into())
    );
}

/// Migrates an empty file and a file of every earlier version, with content that the version could
/// have.
#[test]
fn every_old_version_is_brought_up_to_date() {
    let current: Vec<String> = schema_of(&Store::open(&folder().1).unwrap().connection);
    for version in 0..=MIGRATIONS.len() {
        let (folder, _) = folder();
        let path = folder.path().join("old.db");
        let mut old = Connection::open(&path).unwrap();
        database::migrate(&mut old, &MIGRATIONS[..version]).unwrap();
        if version >= 1 {
            old.execute(
                "INSERT INTO journal VALUES (1, 1, 0, 'heard', 'FOLLOW', 'x', '{}')",
                (),
            )
            .unwrap();
            old.execute("INSERT INTO session VALUES (1, 0, NULL, 'first')", ())
                .unwrap();
            old.execute(
                "INSERT INTO person VALUES ('twitch', '1', 'ada', 'Ada', 0)",
                (),
            )
            .unwrap();
            old.execute("INSERT INTO kept VALUES ('alive_ms', '1')", ())
                .unwrap();
        }
        drop(old);
        let store = Store::open(&path).unwrap();
        assert_eq!(
            schema_of(&store.connection),
            current,
            "from version {version}"
        );
        let held = usize::from(version >= 1);
        assert_eq!(replayed(&store, SESSION_1).len(), held);
        assert_eq!(
            (
                store.reader().sessions().unwrap().len(),
                people(&store, 9).len(),
                store.reader().meta("alive_ms").unwrap().iter().len()
            ),
            (held, held, held)
        );
    }
}

fn schema_of(connection: &Connection) -> Vec<String> {
    let mut statement = connection
        .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
        .unwrap();
    statement
        .query_map((), |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

/// Names and contents of the files in a folder.
fn files_in(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        // SQLite records the readers in the index of the log.
        .filter(|path| !path.to_string_lossy().ends_with("-shm"))
        .map(|path| (path.clone(), std::fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

#[tokio::test]
async fn a_store_is_read_beside_a_bridge_and_without_one_and_no_file_changes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jour%nal #1?.db");
    let (handle, mut notices) = Store::open(&path).unwrap().run().unwrap();
    let rows = |store: &ReadOnlyStore| {
        let mut read = Vec::new();
        let reader = store.reader().unwrap();
        let whole = reader.rows(SESSION_1, |row| {
            read.push(row);
            ControlFlow::Continue(())
        });
        assert!(whole.unwrap().is_continue());
        (read, reader.rows_of_sessions().unwrap())
    };
    handle.write(Write::Begin(session(1, 10))).await.unwrap();
    handle.write(Write::Append(received(1))).await.unwrap();
    committed(&mut notices, 2).await;
    let expected = (vec![received(1)], [(SessionId(1), 1)].into());
    let before = files_in(folder.path());
    assert_eq!(rows(&ReadOnlyStore::open(&path).unwrap()), expected);
    assert_eq!(files_in(folder.path()), before);
    handle.close().await.unwrap();
    let before = files_in(folder.path());
    assert_eq!(rows(&ReadOnlyStore::open(&path).unwrap()), expected);
    assert_eq!(files_in(folder.path()), before);
    assert!(ReadOnlyStore::open(&folder.path().join("none.db")).is_err());
    assert_eq!(files_in(folder.path()), before);
}

#[test]
fn the_journal_is_never_sorted_in_memory() {
    let (_folder, path) = folder();
    let store = Store::open(&path).unwrap();
    let mut plan = store
        .connection
        .prepare(&format!("EXPLAIN QUERY PLAN {}", statements::ROWS))
        .unwrap();
    let steps: Vec<String> = plan
        .query_map(["[]", "[]"], |row| row.get(3))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(
        !steps
            .iter()
            .any(|step| step.contains("TEMP B-TREE") || step.starts_with("SCAN journal")),
        "{steps:?}"
    );
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_created_files() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, path) = folder();
    let store = Store::open(&path).unwrap();
    store
        .connection
        .execute_batch("INSERT INTO kept VALUES ('a', 'b')")
        .unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for suffix in ["", "-wal", "-shm", ".lock"] {
        assert_eq!(mode(&with_suffix(&path, suffix)), 0o600, "{suffix}");
    }
    assert_eq!(
        (
            mode(&folder.path().join("deep")),
            mode(&folder.path().join("deep/er"))
        ),
        (0o700, 0o700)
    );
}
