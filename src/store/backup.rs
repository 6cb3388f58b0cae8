//! Backups: complete copies of the journal, each a single file, made by SQLite while a bridge goes
//! on writing.
//!
//! A backup is read from one snapshot, on a connection and a thread of its own. It is checked
//! before it gets its name, so a backup never replaces a better one.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use tokio_util::sync::CancellationToken;

use super::StoreError;
use super::copies::{BACKUP, UNFINISHED, backups, free_name, real};
use super::copy_lock::CopyLock;
use super::examine::check_all;
use super::files::{free_bytes, with_suffix};
use super::read_only::ReadOnlyStore;
use super::unfinished::Unfinished;

/// The number of pages of 4 KiB that are copied in one step.
const STEP_PAGES: i32 = 512;
/// The pause between two steps, so that the disk also serves the stream.
const PAUSE: Duration = Duration::from_millis(4);
/// Steps of SQLite's machine between two pauses of the check.
const CHECK_STEPS: i32 = 1_000_000;
/// The space in bytes that must be left on the disk, so that a backup never takes the last room
/// from the journal.
const RESERVE: u64 = 32 * 1024 * 1024;

/// Makes a backup of a journal, at `place` or under a name beside the journal with the present
/// time. Returns its path.
///
/// # Errors
/// [`StoreError::NoRoom`] and [`StoreError::Full`] if the disk has too little space,
/// [`StoreError::NotWhole`] if the copy turns out to be damaged, [`StoreError::Stopped`] if `stop`
/// is cancelled, [`StoreError::CopiesInUse`], and those of [`ReadOnlyStore::open`]. An incomplete
/// file is removed.
pub fn back_up(
    journal: &Path,
    place: Option<&Path>,
    stop: &CancellationToken,
) -> Result<PathBuf, StoreError> {
    let _lock = CopyLock::take(journal)?;
    let real = real(journal);
    // The temporary name shows that the file is incomplete.
    let new = with_suffix(place.unwrap_or(&real), &format!("{BACKUP}{UNFINISHED}"));
    require_room(&real, place.unwrap_or(&real))?;
    write(journal, place, new, stop)
}

/// Makes a backup. `new` is its name while it is incomplete.
pub(super) fn write(
    journal: &Path,
    place: Option<&Path>,
    new: PathBuf,
    stop: &CancellationToken,
) -> Result<PathBuf, StoreError> {
    let real = real(journal);
    let failed = |error| {
        let place = place.unwrap_or(&real);
        StoreError::io(place, error, |path, source| StoreError::BackUp {
            path,
            source,
        })
    };
    let source = ReadOnlyStore::open(journal)?;
    let reader = source.reader()?;
    let new = Unfinished::create(new).map_err(failed)?;
    copy_to(reader.connection, journal, new.path(), stop)?;
    let place = place.map_or_else(
        || free_name(&real, BACKUP, Timestamp::now()),
        Path::to_owned,
    );
    new.put(&place).map_err(failed)?;
    Ok(place)
}

/// Removes the oldest backups. Returns the number of backups that are left.
///
/// # Errors
/// [`StoreError::CopiesInUse`], and [`StoreError::BackUp`] if a file cannot be removed.
pub fn keep_newest(journal: &Path, number: usize) -> Result<usize, StoreError> {
    let _lock = CopyLock::take(journal)?;
    let failed = |path: &Path, error| {
        StoreError::io(path, error, |path, source| StoreError::BackUp {
            path,
            source,
        })
    };
    let all = backups(journal).map_err(|error| failed(journal, error))?;
    let surplus = all.len().saturating_sub(number);
    for backup in all.iter().take(surplus) {
        backup
            .remove()
            .map_err(|error| failed(&backup.path, error))?;
    }
    Ok(all.len() - surplus)
}

enum Failure {
    Sqlite(rusqlite::Error),
    Stopped,
    NotWhole(String),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// Copies the database of a connection to an empty file, and checks the copy. `journal` is the path
/// for errors.
pub(super) fn copy_to(
    from: &Connection,
    journal: &Path,
    new: &Path,
    stop: &CancellationToken,
) -> Result<(), StoreError> {
    copy(from, new, stop).map_err(|error| match error {
        Failure::Sqlite(error) => StoreError::database("copy the journal to", new, error),
        Failure::Stopped => StoreError::Stopped,
        Failure::NotWhole(why) => StoreError::NotWhole {
            path: journal.to_owned(),
            why,
        },
    })
}

fn copy(from: &Connection, new: &Path, stop: &CancellationToken) -> Result<(), Failure> {
    let mut to = Connection::open(new)?;
    // The file is of no use before it is complete, and it is synced as a whole.
    to.pragma_update(None, "synchronous", "off")?;
    // Reading something begins the snapshot. Without it, each write of the bridge would make the
    // copy start again.
    from.query_row("SELECT count(*) FROM sqlite_schema", (), |_| Ok(()))?;
    let copying = Backup::new(from, &mut to)?;
    while copying.step(STEP_PAGES)? != StepResult::Done {
        if stop.is_cancelled() {
            return Err(Failure::Stopped);
        }
        thread::park_timeout(PAUSE);
    }
    drop(copying);
    // Without a write-ahead log the backup is one file, and reading it makes no other files.
    to.pragma_update_and_check(None, "journal_mode", "delete", |_| Ok(()))?;
    let until = stop.clone();
    let pause = move || {
        thread::park_timeout(PAUSE);
        until.is_cancelled()
    };
    to.progress_handler(CHECK_STEPS, Some(pause))?;
    let checked = check_all(&to, None);
    to.progress_handler(0, None::<fn() -> bool>)?;
    match checked {
        _ if stop.is_cancelled() => Err(Failure::Stopped),
        Ok(Ok(_)) => {
            to.flush_prepared_statement_cache();
            to.close().map_err(|(_, error)| error)?;
            Ok(())
        }
        Ok(Err(why)) => Err(Failure::NotWhole(why)),
        Err(error) if super::error::is_unreadable(&error) => {
            Err(Failure::NotWhole(error.to_string()))
        }
        Err(error) => Err(error.into()),
    }
}

/// Refuses a backup that would fill the disk.
fn require_room(journal: &Path, place: &Path) -> Result<(), StoreError> {
    let size = |suffix| fs::metadata(with_suffix(journal, suffix)).map_or(0, |file| file.len());
    let needed = size("") + size("-wal");
    match free_bytes(place) {
        Some(free) if free < needed.saturating_add(RESERVE) => Err(StoreError::NoRoom {
            path: place.to_owned(),
            needed,
            free,
        }),
        _ => Ok(()),
    }
}
