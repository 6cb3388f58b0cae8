//! Makes a new journal of everything that can be read of a damaged one, and keeps the old files.
//!
//! The new journal is complete before an old file is touched. Then the old files get new names, the
//! log first and the database last, and the new journal takes its place. A crash in between leaves
//! the new journal under its temporary name, and the next start goes on from there.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::{Timestamp, Unit};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use serde::{Deserialize, Serialize};

use super::copies::{DAMAGED, SALVAGING, free_name, real};
use super::database::migrate;
use super::examine::{Damage, is_json};
use super::files::{INDEX, LOG, ROLLBACK, sync_folder, with_suffix};
use super::mark::Content;
use super::pages::{Field, Pages, Record};
use super::schema::MIGRATIONS;
use super::unfinished::Unfinished;
use super::{StoreError, statements};
use crate::bridge::journal::RowOrigin;
use crate::input::count;

/// The new journal when it is complete.
const COMPLETE: &str = ".salvaged";
/// No journal has so many rows. A larger number has a wrong bit, and the numbers of later rows
/// follow the largest one.
pub(super) const LARGEST: i64 = 1 << 48;
/// The meta value with the [`Account`] of the last salvage.
const ACCOUNT: &str = "salvaged";

/// What became of a damaged journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// When it was noticed, in UTC.
    pub at: String,
    /// The name of the old database, whose log may be beside it.
    pub old: PathBuf,
    /// The rows that are in the new journal.
    pub saved: u64,
    /// The rows that are lost, as far as it is known.
    pub lost: u64,
    /// What was wrong, saved and lost: a text for the user.
    pub text: String,
}

/// An error while the new journal is made.
#[derive(Debug)]
enum Failure {
    Sqlite(rusqlite::Error),
    Io(std::io::Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

/// What was read of the old journal.
#[derive(Debug, Default)]
struct Saved {
    rows: u64,
    /// The rows among them that the mark knows.
    known: u64,
    /// Rows that are there, but make no sense.
    unreadable: u64,
    /// The highest number of a row that was seen.
    highest: u64,
    sessions: u64,
    people: u64,
    values: u64,
}

/// Saves what can be read of the journal, and puts the new journal into its place.
///
/// # Errors
/// If the disk refuses writes. The old journal is still there then.
pub(super) fn salvage(
    path: &Path,
    damage: Damage,
    mark: Option<&Content>,
) -> Result<(), StoreError> {
    let real = real(path);
    let new = with_suffix(&real, SALVAGING);
    fill(&real, new, damage, mark).map_err(|failure| match failure {
        Failure::Sqlite(error) => StoreError::database("save the readable part of", path, error),
        Failure::Io(error) => cannot_save(path, error),
    })?;
    finish(path).map(drop)
}

/// Puts a new journal that is complete into the place of the damaged one. Returns whether there was
/// one.
///
/// # Errors
/// If the files cannot be renamed.
pub(super) fn finish(path: &Path) -> Result<bool, StoreError> {
    let real = real(path);
    let new = with_suffix(&real, COMPLETE);
    if !new.exists() {
        return Ok(false);
    }
    let account = Connection::open(&new).and_then(|new| account(&new));
    let account = account.map_err(|error| StoreError::database("read", &new, error))?;
    let old = account.map_or_else(
        || free_name(&real, DAMAGED, Timestamp::now()),
        |account| account.old,
    );
    let place = || -> std::io::Result<()> {
        // SQLite makes an empty log when it looks at a journal without one. Without a log its index
        // is of no use.
        if fs::metadata(with_suffix(&real, LOG)).map_or(0, |log| log.len()) == 0 {
            drop(fs::remove_file(with_suffix(&real, LOG)));
            drop(fs::remove_file(with_suffix(&real, INDEX)));
        }
        for suffix in [LOG, INDEX, ROLLBACK, ""] {
            let (from, to) = (with_suffix(&real, suffix), with_suffix(&old, suffix));
            // Only what was renamed before a crash has the new name already.
            if from.exists() && !to.exists() {
                fs::rename(from, to)?;
            }
        }
        fs::rename(&new, &real)?;
        sync_folder(&real)
    };
    place().map_err(|error| cannot_save(path, error))?;
    Ok(true)
}

/// Whether a crash has interrupted a salvage when the new journal was complete.
pub(super) fn is_interrupted(path: &Path) -> bool {
    let real = real(path);
    with_suffix(&real, COMPLETE).exists()
}

/// The account of the salvage from which a journal comes; `None` if it was never damaged.
pub(super) fn account(connection: &Connection) -> rusqlite::Result<Option<Account>> {
    let json: Option<String> = connection
        .query_row(statements::META, [ACCOUNT], |row| row.get(0))
        .optional()?;
    Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
}

fn cannot_save(path: &Path, error: std::io::Error) -> StoreError {
    StoreError::io(path, error, |path, source| StoreError::Salvage {
        path,
        source,
    })
}

/// Makes the new journal. When this returns, it is on disk. After an error nothing of it is left.
fn fill(real: &Path, new: PathBuf, damage: Damage, mark: Option<&Content>) -> Result<(), Failure> {
    let new = Unfinished::create(new)?;
    let mut connection = Connection::open(new.path())?;
    fill_into(&mut connection, real, damage, mark)?;
    connection.close().map_err(|(_, error)| error)?;
    Ok(new.put(&with_suffix(real, COMPLETE))?)
}

/// Finds out what would be saved, in a temporary database.
///
/// # Errors
/// If the journal cannot be read, or the disk for temporary files refuses writes.
pub(super) fn rehearse(
    path: &Path,
    damage: Damage,
    mark: Option<&Content>,
) -> Result<Account, StoreError> {
    let rehearse = || {
        // The name says that SQLite makes a private file and removes it.
        let mut connection = Connection::open("")?;
        fill_into(&mut connection, &real(path), damage, mark)
    };
    rehearse().map_err(|failure| match failure {
        Failure::Sqlite(error) => StoreError::database("read", path, error),
        Failure::Io(error) => cannot_save(path, error),
    })
}

fn fill_into(
    connection: &mut Connection,
    real: &Path,
    damage: Damage,
    mark: Option<&Content>,
) -> Result<Account, Failure> {
    // The file is of no use before it is complete.
    connection.pragma_update(None, "synchronous", "off")?;
    migrate(connection, MIGRATIONS)?;
    let Damage { why, log } = damage;
    let mut pages = Pages::open(real, log)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let last = mark.map_or(0, |mark| mark.last);
    let mut saved = Saved::default();
    pages.records(|record| put(&transaction, &record, last, &mut saved).map_err(Failure::from))?;
    let added = complete_sessions(&transaction)?;
    keep_numbers(&transaction, saved.highest.max(last))?;
    let instance = mark.and_then(|mark| mark.instance.as_deref());
    if let Some(instance) = instance {
        transaction.execute(statements::KEEP_FIRST, ["instance", instance])?;
    }
    let at = Timestamp::now().round(Unit::Second).unwrap_or_default();
    let old = free_name(real, DAMAGED, at);
    let missing = lost(&transaction, mark, &saved)?;
    let account = Account {
        at: at.to_string(),
        saved: saved.rows,
        lost: missing.0,
        text: text(real, &old, &why, &saved, &missing, added),
        old,
    };
    let json = serde_json::to_string(&account).map_err(std::io::Error::from)?;
    transaction.execute(statements::KEEP, [ACCOUNT, &json])?;
    transaction.commit()?;
    Ok(account)
}

/// Writes a record to the table from which it comes. The tables differ in the kinds of their
/// columns; entries of indexes have others.
fn put(
    transaction: &Transaction<'_>,
    record: &Record,
    last: u64,
    saved: &mut Saved,
) -> rusqlite::Result<()> {
    use Field::{Integer, Null, Text};
    match (record.number, &*record.fields) {
        (Some(seq), [Null, session, at_ms, origin, kind, id, body]) => {
            let number = seq.cast_unsigned();
            let (Integer(session), Integer(at_ms), Text(Some(origin)), Text(Some(kind))) =
                (session, at_ms, origin, kind)
            else {
                saved.unreadable += 1;
                return Ok(());
            };
            let (id, Text(Some(body))) = (id, body) else {
                saved.unreadable += 1;
                return Ok(());
            };
            let id = match id {
                Null => None,
                Text(Some(id)) => Some(id),
                _ => {
                    saved.unreadable += 1;
                    return Ok(());
                }
            };
            let is_number = (1..LARGEST).contains(&seq);
            if RowOrigin::parse(origin).is_none() || !is_json(body) || !is_number {
                saved.unreadable += 1;
                return Ok(());
            }
            saved.highest = saved.highest.max(number);
            let added = transaction
                .prepare_cached(statements::APPEND)?
                .execute(params![seq, session, at_ms, origin, kind, id, body])?;
            saved.rows += added as u64;
            if number <= last {
                saved.known += added as u64;
            }
        }
        (Some(id), [Null, Integer(started_ms), ended_ms, Text(Some(cause))]) => {
            let ended_ms = match ended_ms {
                Null => None,
                Integer(ended_ms) => Some(ended_ms),
                _ => return Ok(()),
            };
            let added = transaction
                .prepare_cached(statements::SALVAGE_SESSION)?
                .execute(params![id, started_ms, ended_ms, cause])?;
            saved.sessions += added as u64;
        }
        (
            Some(_),
            [
                Text(Some(platform)),
                Text(Some(id)),
                Text(Some(login)),
                Text(Some(display)),
                Integer(seen_ms),
            ],
        ) => {
            let added = transaction
                .prepare_cached(statements::SALVAGE_PERSON)?
                .execute(params![platform, id, login, display, seen_ms])?;
            saved.people += added as u64;
        }
        (None, [Text(Some(key)), Text(Some(value))]) => {
            let added = transaction
                .prepare_cached(statements::KEEP_FIRST)?
                .execute(params![key, value])?;
            saved.values += added as u64;
        }
        _ => {}
    }
    Ok(())
}

/// Makes the sessions that rows name and that were lost, and returns how many. Their times are
/// those of their rows.
fn complete_sessions(transaction: &Transaction<'_>) -> rusqlite::Result<usize> {
    transaction.execute(statements::MAKE_SESSIONS, ())
}

/// Makes sure that numbers of rows and sessions that may have existed are not used again.
pub(super) fn keep_numbers(transaction: &Transaction<'_>, highest: u64) -> rusqlite::Result<()> {
    let last_row: i64 = transaction.query_row(statements::LAST_SEQ, (), |row| row.get(0))?;
    let last_row = last_row.max(highest.cast_signed());
    transaction.execute(statements::KEEP, ["last_row", &last_row.to_string()])?;
    transaction.execute(statements::KEEP_LAST_SESSION, ())?;
    Ok(())
}

/// The number of rows that are lost, and whether it is exact. Without a mark it is the number of
/// gaps between the numbers of rows, some of which may have been removed on purpose.
fn lost(
    transaction: &Transaction<'_>,
    mark: Option<&Content>,
    saved: &Saved,
) -> rusqlite::Result<(u64, bool)> {
    if let Some(mark) = mark.filter(|mark| !mark.changing) {
        return Ok((mark.rows.saturating_sub(saved.known), true));
    }
    let last: i64 = transaction.query_row(statements::LAST_SEQ, (), |row| row.get(0))?;
    Ok((last.cast_unsigned().saturating_sub(saved.rows), false))
}

fn text(
    real: &Path,
    old: &Path,
    why: &str,
    saved: &Saved,
    (lost, is_exact): &(u64, bool),
    added: usize,
) -> String {
    let rows = |number: u64| count(number, "row");
    let lost = match (lost, is_exact) {
        (0, true) => "no row is lost".to_owned(),
        (0, false) => "no row is missing between those that were saved".to_owned(),
        (1, true) => format!("1 of {} is lost", rows(1 + saved.known)),
        (lost, true) => format!("{lost} of {} are lost", rows(lost + saved.known)),
        (lost, false) => format!(
            "up to {} are lost, some of which may have been removed on purpose",
            rows(*lost)
        ),
    };
    let unreadable = match saved.unreadable {
        0 => String::new(),
        some => format!(" ({} that made no sense)", rows(some)),
    };
    let added = match added {
        0 => String::new(),
        some => format!(
            ", and {} made again from the times of their rows",
            count(some as u64, "session")
        ),
    };
    format!(
        "{} was damaged: {why}. A new journal has {} of it, {}, {} and {}{added}; \
            {lost}{unreadable}. The credits of a session with lost rows are incomplete. The old \
            journal is kept as {}",
        real.display(),
        rows(saved.rows),
        count(saved.sessions, "session"),
        if saved.people == 1 {
            "1 person".to_owned()
        } else {
            format!("{} people", saved.people)
        },
        count(saved.values, "value"),
        old.display()
    )
}
