//! Changes of sessions in the file.

use super::*;
use crate::bridge::ingest::BEYOND_DELETION;
use crate::bridge::journal::{RowChange, SessionChange};

fn change(sessions: Vec<Session>, gone: &[u64], rows: RowChange, last: u64) -> Write {
    Write::ChangeSessions(Box::new(SessionChange {
        sessions,
        gone: gone.iter().map(|id| SessionId(*id)).collect(),
        rows,
        last: Seq(last),
        last_session: SessionId(3),
        resumed_ms: Some(77),
        summary_from_ms: None,
    }))
}

fn ended(id: u64, started_ms: i64, ended_ms: i64) -> Session {
    Session {
        ended_ms: Some(ended_ms),
        ..session(id, started_ms)
    }
}

/// Three sessions with two rows each.
fn three() -> Vec<Write> {
    let mut writes = Vec::new();
    for id in 1..=3 {
        let started_ms = i64::try_from(id).unwrap() * 10;
        writes.push(Write::Begin(session(id, started_ms)));
        for seq in [2 * id - 1, 2 * id] {
            let mut row = row(seq, id, RowOrigin::Received, "FOLLOW");
            row.at_ms = started_ms + i64::try_from(seq % 2).unwrap();
            writes.push(Write::Append(row));
        }
    }
    writes
}

fn rows(store: &Store) -> Vec<(u64, u64)> {
    let all = [1, 2, 3, 4].map(SessionId);
    let wanted = Rows {
        sessions: &all,
        kinds: &[],
    };
    let rows = replayed(store, wanted).into_iter();
    rows.map(|row| (row.seq.0, row.session.0)).collect()
}

/// All tables that a change of sessions changes.
#[derive(Debug, PartialEq)]
struct Content {
    rows: Vec<(u64, u64)>,
    sessions: Vec<Session>,
    resumed: Option<String>,
    last: Seq,
}

fn content(store: &Store) -> Content {
    let reader = store.reader();
    Content {
        rows: rows(store),
        sessions: reader.sessions().unwrap(),
        resumed: reader.meta("resumed_ms").unwrap(),
        last: reader.last_seq().unwrap(),
    }
}

/// A change, and the rows and sessions after it.
type Case = (Write, Vec<(u64, u64)>, Vec<Session>);

/// One change of each kind, with the rows and sessions after it.
fn changes() -> Vec<Case> {
    let all = (10, 20, 30);
    let moved = |from, to, since_ms| RowChange::Move {
        from: SessionId(from),
        to: SessionId(to),
        since_ms,
    };
    let as_they_were = vec![(1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (6, 3)];
    vec![
        (
            change(
                vec![session(1, all.0), ended(3, all.2, 99)],
                &[],
                RowChange::None,
                6,
            ),
            as_they_were,
            vec![
                session(1, all.0),
                ended(2, all.1, all.2),
                ended(3, all.2, 99),
            ],
        ),
        (
            change(vec![session(2, all.1)], &[3], moved(3, 2, i64::MIN), 6),
            vec![(1, 1), (2, 1), (3, 2), (4, 2), (5, 2), (6, 2)],
            vec![ended(1, all.0, all.1), session(2, all.1)],
        ),
        (
            change(
                vec![ended(1, all.0, 11), ended(4, 11, all.1)],
                &[],
                moved(1, 4, 11),
                6,
            ),
            vec![(1, 4), (2, 1), (3, 2), (4, 2), (5, 3), (6, 3)],
            vec![
                ended(1, all.0, 11),
                ended(2, all.1, all.2),
                session(3, all.2),
                ended(4, 11, all.1),
            ],
        ),
        (
            change(
                Vec::new(),
                &[2],
                RowChange::Delete {
                    of: SessionId(2),
                    keeping: &BEYOND_DELETION,
                },
                6,
            ),
            vec![(1, 1), (2, 1), (5, 3), (6, 3)],
            vec![ended(1, all.0, all.1), session(3, all.2)],
        ),
    ]
}

#[tokio::test]
async fn each_change_is_stored_and_writing_it_again_changes_nothing() {
    for (change, expected, sessions) in changes() {
        let (_folder, path) = folder();
        let mut writes = three();
        writes.push(change);
        let store = saved(&path, writes.clone()).await;
        assert_eq!(rows(&store), expected, "{:?}", writes.last());
        assert_eq!(store.reader().sessions().unwrap(), sessions);
        assert_eq!(
            store.reader().meta("resumed_ms").unwrap().as_deref(),
            Some("77")
        );
        let before = content(&store);
        drop(store);
        // A batch is repeated as a whole.
        assert_eq!(content(&saved(&path, writes).await), before);
    }
}

#[tokio::test]
async fn rows_after_the_change_stay_where_they_are_also_when_it_is_written_again() {
    let (_folder, path) = folder();
    let (join, ..) = changes().remove(1);
    let mut writes = three();
    writes.push(join);
    writes.push(Write::Append(row(7, 2, RowOrigin::Received, "FOLLOW")));
    writes.push(Write::Begin(session(4, 40)));
    writes.push(Write::Append(row(8, 4, RowOrigin::Received, "FOLLOW")));
    let store = saved(&path, writes.clone()).await;
    let before = content(&store);
    assert_eq!(before.rows[5..], [(6, 2), (7, 2), (8, 4)]);
    assert_eq!(
        before.sessions,
        [ended(1, 10, 20), ended(2, 20, 40), session(4, 40)]
    );
    drop(store);
    assert_eq!(content(&saved(&path, writes).await), before);
}

#[tokio::test]
async fn edits_and_bans_of_a_deleted_session_stay() {
    let (_folder, path) = folder();
    let kept = [
        (RowOrigin::Edited, "hide"),
        (RowOrigin::Edited, "undo"),
        (RowOrigin::Filled, "bans"),
        (RowOrigin::Published, "Twitch.UserBanned"),
    ];
    let gone = [
        (RowOrigin::Edited, "remove"),
        (RowOrigin::Added, "Thanks"),
        (RowOrigin::Published, "Twitch.Cheer"),
        (RowOrigin::Filled, "bits"),
    ];
    let mut writes = three();
    for ((origin, kind), seq) in kept.iter().chain(&gone).zip(7..) {
        writes.push(Write::Append(row(seq, 2, *origin, kind)));
    }
    let delete = RowChange::Delete {
        of: SessionId(2),
        keeping: &BEYOND_DELETION,
    };
    writes.push(change(Vec::new(), &[2], delete, 14));
    let store = saved(&path, writes).await;
    let expected = [
        (1, 1),
        (2, 1),
        (5, 3),
        (6, 3),
        (7, 2),
        (8, 2),
        (9, 2),
        (10, 2),
    ];
    assert_eq!(rows(&store), expected);
    assert_eq!(
        store.reader().last_seq().unwrap(),
        Seq(14),
        "the numbers of deleted rows are not used again"
    );
}

#[tokio::test]
async fn a_change_without_a_bridge_is_all_or_nothing_and_releases_the_lock() {
    let (_folder, path) = folder();
    let store = saved(&path, three()).await;
    let before = content(&store);
    drop(store);
    let (join, expected, sessions) = changes().remove(1);
    let Write::ChangeSessions(join) = join else {
        panic!("{join:?}");
    };
    let broken = Connection::open(&path).unwrap();
    broken
        .execute_batch(
            "CREATE TRIGGER broken BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'no'); END",
        )
        .unwrap();
    let failed = Store::open(&path).unwrap().change_sessions((*join).clone());
    assert!(failed.is_err());
    assert_eq!(content(&Store::open(&path).unwrap()), before);
    broken.execute_batch("DROP TRIGGER broken").unwrap();
    drop(broken);
    Store::open(&path).unwrap().change_sessions(*join).unwrap();
    let store = Store::open(&path).unwrap();
    assert_eq!(
        (rows(&store), store.reader().sessions().unwrap()),
        (expected, sessions)
    );
}

#[tokio::test]
async fn a_journal_that_is_made_again_continues_the_reopened_session() {
    let (_folder, path) = folder();
    let (handle, mut notices) = Store::open(&path).unwrap().run().unwrap();
    let mut writes = three();
    let (reopen, _, sessions) = changes().remove(0);
    writes.push(reopen);
    let count = writes.len() as u64;
    write_all(&handle, writes).await;
    committed(&mut notices, count).await;
    std::fs::remove_file(&path).unwrap();
    handle
        .write(Write::Append(row(7, 1, RowOrigin::Received, "FOLLOW")))
        .await
        .unwrap();
    committed(&mut notices, count + 1).await;
    handle.close().await.unwrap();
    let store = Store::open(&path).unwrap();
    assert_eq!(store.reader().sessions().unwrap(), sessions);
    assert_eq!(rows(&store).last(), Some(&(7, 1)));
}
