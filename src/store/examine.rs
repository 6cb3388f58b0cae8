//! Finds out whether a journal is as the last bridge left it, before anything in it is changed.
//!
//! The rows are read and compared with the mark, because SQLite cannot detect rows that are missing
//! altogether. Then SQLite checks the database. If the last bridge did not end in order, both
//! checks take as long as they need. Otherwise they end after a while, so that a large journal
//! delays no start.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OptionalExtension, Row as Columns};
use serde::de::IgnoredAny;
use tokio_util::sync::CancellationToken;

use super::database::{BUSY_TIMEOUT, connect, keep_log};
use super::error::is_unreadable;
use super::files::{LOG, with_suffix};
use super::mark::Content;
use super::schema::APPLICATION_ID;
use super::tally::Tally;
use super::write_ahead_log::Log;
use super::{StoreError, statements};
use crate::bridge::journal::RowOrigin;
use crate::input;

/// How long the checks of a journal that was closed in order may take. Of a journal that is too
/// large for that, only a part is checked.
const PATIENCE: Duration = Duration::from_secs(2);
/// Steps of SQLite's machine between two looks at the clock.
const STEPS: i32 = 100_000;
/// Where the header of a database has its application id.
const APPLICATION_ID_AT: usize = 68;

/// What was found out about a journal.
#[derive(Debug)]
pub(super) enum Condition {
    Sound(Connection, Tally),
    Damaged(Damage),
}

/// A journal from which SQLite would not read everything.
#[derive(Debug)]
pub(super) struct Damage {
    /// What is wrong, as the end of a sentence.
    pub(super) why: String,
    pub(super) log: Option<Log>,
}

/// What a look at all rows has found.
#[derive(Debug, Default)]
struct Found {
    all: Tally,
    /// The rows that the mark knows.
    known: Tally,
    unreadable: u64,
}

/// Examines the journal. Nothing in its files is changed.
///
/// # Errors
/// [`StoreError::Stopped`] if `stop` is cancelled meanwhile. [`StoreError::Foreign`],
/// [`StoreError::Newer`], and [`StoreError::Damaged`] if the file is none of ours. Others if it
/// cannot be read.
pub(super) fn examine(
    path: &Path,
    mark: Option<&Content>,
    stop: &CancellationToken,
) -> Result<Condition, StoreError> {
    let unseen = |source| StoreError::Look {
        path: path.to_owned(),
        source,
    };
    let size = fs::metadata(path).map_err(unseen)?.len();
    let mut log = log_of(path)?;
    let is_ours = mark.is_some() || is_ours(path, log.as_mut()).map_err(unseen)?;
    let expected = mark.map_or(0, |mark| mark.rows);
    if size == 0 && (expected > 0 || (is_ours && log.is_some())) {
        let why = "it is empty (0 bytes)".to_owned();
        return Ok(Condition::Damaged(Damage { why, log }));
    }
    if is_ours && log.as_ref().is_some_and(Log::is_damaged) {
        let why = "its write-ahead log is damaged".to_owned();
        return Ok(Condition::Damaged(Damage { why, log }));
    }
    let is_clean = mark.is_some_and(|mark| mark.clean) && log.is_none();
    let found = match connect(path) {
        Ok(mut connection) => {
            let found = inspect(&mut connection, mark, is_clean, stop);
            match found {
                Ok(Ok(tally)) => {
                    keep_log(&connection, false)
                        .map_err(|error| StoreError::database("open", path, error))?;
                    return Ok(Condition::Sound(connection, tally));
                }
                Ok(Err(why)) => Ok(why),
                Err(error) => Err(error),
            }
        }
        Err(StoreError::Damaged { source, .. }) if is_ours => Ok(source.to_string()),
        Err(error) => return Err(error),
    };
    match found {
        Ok(why) => Ok(Condition::Damaged(Damage { why, log })),
        Err(error) if is_ours && is_unreadable(&error) => {
            let why = error.to_string();
            Ok(Condition::Damaged(Damage { why, log }))
        }
        Err(error) if error.sqlite_error_code() == Some(INTERRUPTED) => Err(StoreError::Stopped),
        Err(error) => Err(StoreError::database("read", path, error)),
    }
}

/// Reads the log beside a journal; `None` if there is none.
pub(super) fn log_of(path: &Path) -> Result<Option<Log>, StoreError> {
    let unseen = |source| StoreError::Look {
        path: path.to_owned(),
        source,
    };
    // SQLite keeps the log beside the file itself, not beside a symbolic link.
    let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    Log::read(&with_suffix(&real, LOG)).map_err(unseen)
}

/// Whether the header of a file says that it is a journal, perhaps a damaged one.
pub fn is_journal(path: &Path) -> bool {
    is_ours(path, None).unwrap_or_default()
}

/// Whether the header of the file, or of its copy in the log, says that this is a journal.
fn is_ours(path: &Path, log: Option<&mut Log>) -> std::io::Result<bool> {
    let in_log = log.map(|log| log.page(1)).transpose()?.flatten();
    let head = match in_log {
        Some(page) => page,
        None => head(path)?,
    };
    let id = head
        .get(APPLICATION_ID_AT..)
        .and_then(<[u8]>::first_chunk::<4>);
    Ok(id.is_some_and(|id| i32::from_be_bytes(*id) == APPLICATION_ID))
}

fn head(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let mut head = Vec::new();
    fs::File::open(path)?.take(100).read_to_end(&mut head)?;
    Ok(head)
}

/// Checks the database and counts its rows. The inner error is what is wrong with it.
fn inspect(
    connection: &mut Connection,
    mark: Option<&Content>,
    is_clean: bool,
    stop: &CancellationToken,
) -> rusqlite::Result<Result<Tally, String>> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // If the journal is damaged, its log must stay as it is.
    keep_log(connection, true)?;
    let deadline = is_clean.then(|| now() + PATIENCE);
    let until = stop.clone();
    let is_over = move || until.is_cancelled() || deadline.is_some_and(|end| now() > end);
    connection.progress_handler(STEPS, Some(is_over))?;
    let found = check_all(connection, mark);
    connection.progress_handler(0, None::<fn() -> bool>)?;
    match (found, mark) {
        (Err(error), Some(mark))
            if error.sqlite_error_code() == Some(INTERRUPTED) && !stop.is_cancelled() =>
        {
            tracing::debug!("the journal is large, and was checked in part");
            Ok(Ok(mark.tally()))
        }
        (found, _) => found,
    }
}

const INTERRUPTED: ErrorCode = ErrorCode::OperationInterrupted;

/// Reads all rows, and has SQLite check the database. The inner error is what is wrong with it.
pub(super) fn check_all(
    connection: &Connection,
    mark: Option<&Content>,
) -> rusqlite::Result<Result<Tally, String>> {
    let tables: u32 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0))?;
    if tables == 0 && mark.is_none_or(|mark| mark.rows == 0) {
        return Ok(Ok(Tally::default()));
    }
    let mark = mark.filter(|mark| !mark.changing);
    let mark = match mark {
        Some(mark) if is_of_another(connection, mark)? => None,
        mark => mark,
    };
    let found = count(connection, mark.map_or(0, |mark| mark.last))?;
    if found.unreadable > 0 {
        let some = input::count(found.unreadable, "row");
        return Ok(Err(format!("{some} cannot be read")));
    }
    let sound: String = connection.query_row("PRAGMA integrity_check(1)", (), |row| row.get(0))?;
    if sound != "ok" {
        return Ok(Err(sound.lines().collect::<Vec<_>>().join(" ")));
    }
    let Some(mark) = mark else {
        return Ok(Ok(found.all));
    };
    if found.known.rows < mark.rows {
        let missing = mark.rows - found.known.rows;
        return Ok(Err(format!(
            "{missing} of its {} are missing",
            input::count(mark.rows, "row")
        )));
    }
    // Another program may have added rows of its own.
    if found.known.rows == mark.rows && found.known != mark.tally() {
        let why = "at least one row is not as the bridge wrote it";
        return Ok(Err(why.to_owned()));
    }
    Ok(Ok(found.all))
}

/// Whether the mark belongs to another journal, because the user has replaced the file.
fn is_of_another(connection: &Connection, mark: &Content) -> rusqlite::Result<bool> {
    let instance: Option<String> = connection
        .query_row(statements::META, ["instance"], |row| row.get(0))
        .optional()?;
    Ok(instance.is_some() && mark.instance.is_some() && instance != mark.instance)
}

/// Reads all rows.
fn count(connection: &Connection, last: u64) -> rusqlite::Result<Found> {
    let mut statement = connection.prepare(statements::ALL_ROWS)?;
    let mut rows = statement.query(())?;
    let mut found = Found::default();
    while let Some(row) = rows.next()? {
        let Ok(tally) = Tally::of_columns(row) else {
            found.unreadable += 1;
            continue;
        };
        found.unreadable += u64::from(!is_readable(row));
        found.all = found.all.plus(tally);
        if row.get::<_, i64>(0)?.cast_unsigned() <= last {
            found.known = found.known.plus(tally);
        }
    }
    Ok(found)
}

fn is_readable(row: &Columns<'_>) -> bool {
    let text = |column| row.get_ref(column).ok()?.as_str().ok();
    let (origin, kind, body) = (text(3), text(4), text(6));
    let id = row.get_ref(5).is_ok_and(|id| id.as_str_or_null().is_ok());
    origin.and_then(RowOrigin::parse).is_some() && kind.is_some() && id && body.is_some_and(is_json)
}

/// Whether a text is JSON, as the body of every row must be.
pub(super) fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the check of a large journal ends after a while"
)]
fn now() -> Instant {
    Instant::now()
}
