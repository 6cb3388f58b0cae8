//! Removes sessions that ended long ago (`store.retention`), at the start and once a day, in small
//! steps between the writes of the bridge.

use std::{path::Path, sync::Arc, time::Duration};

use tokio_util::task::AbortOnDropHandle;
use tracing::{info, warn};

use super::{clock::Clock, retention_copies, watched::watched};
use crate::{
    bridge::{ingest::BEYOND_DELETION, journal::PersonRow},
    config::Config,
    input::{count, duration},
    store::{Jobs, ReadOnlyStore, Store, StoreError},
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// The number of rows that one step removes. During a step, no event can be stored.
const STEP: usize = 500;
/// The number of people that one step removes.
const PEOPLE: usize = 200;
/// The pause between two steps, so that the bridge's own writes come first.
const PAUSE: Duration = Duration::from_millis(20);

#[derive(Debug, Default, PartialEq, Eq)]
struct Removed {
    sessions: usize,
    rows: usize,
    people: usize,
    /// The number of copies of the journal that were changed or deleted.
    copies: usize,
}

/// Starts the removal of old sessions, if the config enables it. Dropping the result ends the task.
pub(super) fn start(config: &Config, jobs: Jobs) -> Option<AbortOnDropHandle<()>> {
    let retention = config.store.retention?;
    let journal = config.store.path.as_path().into();
    let keeping = async move {
        // The log already has an entry about a panic.
        drop(
            watched(
                "the removal of old sessions",
                keep(jobs, journal, retention),
            )
            .await,
        );
    };
    Some(AbortOnDropHandle::new(tokio::spawn(keeping)))
}

/// Removes old sessions now and once a day. Never returns while the store runs.
async fn keep(jobs: Jobs, journal: Arc<Path>, retention: Duration) {
    let mut is_first = true;
    loop {
        let now_ms = Clock::new().now().wall_ms;
        match remove(&jobs, &journal, retention, now_ms, is_first).await {
            Ok(removed) if removed != Removed::default() => info!(
                sessions = removed.sessions,
                rows = removed.rows,
                people = removed.people,
                copies = removed.copies,
                "store.retention: removed {} that ended more than {} ago",
                count(removed.sessions as u64, "session"),
                duration::show(retention),
            ),
            Ok(_) => {}
            Err(StoreError::Stopped) => return,
            Err(error) => warn!(
                "old sessions could not be removed: {}; trying again in a day",
                error.chain()
            ),
        }
        is_first = false;
        tokio::time::sleep(DAY).await;
    }
}

/// Removes the sessions that ended longer than `retention` before `now_ms`, and the people who
/// occur in no remaining row.
async fn remove(
    jobs: &Jobs,
    journal: &Arc<Path>,
    retention: Duration,
    now_ms: i64,
    is_first: bool,
) -> Result<Removed, StoreError> {
    let retention_ms = i64::try_from(retention.as_millis()).unwrap_or(i64::MAX);
    let before_ms = now_ms.saturating_sub(retention_ms);
    let mut removed = Removed::default();
    let sessions = jobs.run(|store| store.reader().sessions()).await??;
    for session in retention_copies::ended_before(&sessions, before_ms) {
        let id = session.id;
        loop {
            let step = move |store: &mut Store| store.remove_session(id, &BEYOND_DELETION, STEP);
            let rows = jobs.run(step).await??;
            removed.rows += rows;
            if rows < STEP {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        removed.sessions += 1;
    }
    // A crash may have come between sessions and people.
    if removed.sessions > 0 || is_first {
        let journal = Arc::clone(journal);
        let searched = Arc::clone(&journal);
        let find = move || unnamed(&searched, before_ms);
        let people = tokio::task::spawn_blocking(find).await;
        for some in people.map_err(|_| StoreError::Stopped)??.chunks(PEOPLE) {
            removed.people += some.len();
            let some = some.to_vec();
            jobs.run(move |store| store.remove_people(&some)).await??;
            tokio::time::sleep(PAUSE).await;
        }
        let copies_of = Arc::clone(&journal);
        let of_copies = move || retention_copies::remove(&copies_of, before_ms);
        let of_copies = tokio::task::spawn_blocking(of_copies).await;
        removed.copies = of_copies.map_err(|_| StoreError::Stopped)??;
    }
    Ok(removed)
}

/// The people in a journal who were last seen before this time and occur in no row.
fn unnamed(journal: &Path, before_ms: i64) -> Result<Vec<PersonRow>, StoreError> {
    let store = ReadOnlyStore::open(journal)?;
    retention_copies::unnamed(store.reader()?, before_ms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::journal::{Row, RowOrigin, Seq, Session, SessionId, Write};

    const DAY_MS: i64 = 86_400_000;

    fn row(seq: u64, session: u64, origin: RowOrigin, kind: &str, body: &str) -> Write {
        Write::Append(Row {
            seq: Seq(seq),
            session: SessionId(session),
            at_ms: 0,
            origin,
            kind: kind.into(),
            id: None,
            body: body.into(),
        })
    }

    fn begin(id: u64, started_ms: i64) -> Write {
        Write::Begin(Session {
            id: SessionId(id),
            started_ms,
            ended_ms: None,
            cause: "clear".into(),
        })
    }

    fn person(id: &str) -> Write {
        Write::Person(PersonRow {
            platform: "twitch".into(),
            id: id.into(),
            login: format!("viewer_{id}").into(),
            display: "".into(),
            seen_ms: 1,
        })
    }

    fn follow(id: &str) -> String {
        format!(r#"{{"user":{{"id":"{id}","login":"viewer_{id}"}}}}"#)
    }

    #[tokio::test]
    async fn old_sessions_go_with_the_people_whom_nothing_names_any_more() {
        let folder = tempfile::tempdir().unwrap();
        let path: Arc<Path> = folder.path().join("journal.db").into();
        let (handle, _notices) = Store::open(&path).unwrap().run().unwrap();
        let hide = r#"{"person":{"platform":"twitch","id":"4","login":"viewer_4","name":""}}"#;
        let mut writes = vec![begin(1, 0)];
        // More rows than one step removes.
        for seq in 1..=1_200 {
            writes.push(row(seq, 1, RowOrigin::Received, "FOLLOW", &follow("1")));
        }
        writes.extend([
            row(1_201, 1, RowOrigin::Received, "FOLLOW", &follow("2")),
            row(1_202, 1, RowOrigin::Edited, "hide", hide),
            begin(2, 5 * DAY_MS),
            row(1_203, 2, RowOrigin::Received, "FOLLOW", &follow("2")),
            row(1_204, 2, RowOrigin::Received, "FOLLOW", &follow("3")),
            begin(3, 20 * DAY_MS),
            person("1"),
            person("2"),
            person("3"),
            person("4"),
        ]);
        for write in writes {
            handle.write(write).await.unwrap();
        }
        let (jobs, ten_days) = (handle.jobs(), 10 * DAY);
        let nothing = remove(&jobs, &path, ten_days, 14 * DAY_MS, true).await;
        assert_eq!(nothing.unwrap(), Removed::default());
        let removed = remove(&jobs, &path, ten_days, 16 * DAY_MS, false).await;
        assert_eq!(
            removed.unwrap(),
            Removed {
                sessions: 1,
                rows: 1_201,
                people: 1,
                copies: 0,
            }
        );
        // The running session stays, however old it is.
        let removed = remove(&jobs, &path, ten_days, 900 * DAY_MS, false).await;
        assert_eq!(removed.unwrap().sessions, 1);
        handle.close().await.unwrap();

        let store = Store::open(&path).unwrap();
        let (mut left, mut people) = (Vec::new(), Vec::new());
        store
            .reader()
            .all_rows(|row| left.push((row.seq.0, row.kind)))
            .unwrap();
        store
            .reader()
            .people(usize::MAX, |person| people.push(person.id))
            .unwrap();
        assert_eq!(left, [(1_202, "hide".into())]);
        assert_eq!(people, ["4".into()]);
        let sessions = store.reader().sessions().unwrap();
        assert_eq!(sessions.len(), 1);
        assert_eq!(sessions[0].id, SessionId(3));
        drop(store);
        let bytes = std::fs::read(&path).unwrap();
        let has = |text: &str| {
            bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes())
        };
        assert!(has("viewer_4"));
        assert!(
            !has("viewer_1") && !has("viewer_2"),
            "old bytes are overwritten"
        );
    }
}
