//! The errors of the store. Their texts are for the user: they name what was tried and what to do
//! next.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{ErrorCode, ffi};

use super::files::with_suffix;
use crate::{files::owner_only, input::error_chain};

/// An error of SQLite. It does not contain the content of rows.
pub struct DatabaseError(rusqlite::Error);

impl fmt::Debug for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseError({})", self.0)
    }
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for DatabaseError {}

const MIB: u64 = 1024 * 1024;

/// Why the store cannot be opened, read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The folder or the file cannot be created.
    #[error("cannot create {}: check its permissions, or choose another place with the setting \
        store.path", path.display())]
    Create { path: PathBuf, source: io::Error },
    /// The lock file cannot be used.
    #[error("cannot lock {}: the store must be on a disk that supports file locks", path.display())]
    Lock { path: PathBuf, source: io::Error },
    /// Another bridge uses the file.
    #[error("another bridge{} is using {}: stop it first, or give this one a store of its own \
        (store.path)", process(*pid), path.display())]
    Taken {
        path: PathBuf,
        /// The process id of the other bridge; `None` if the system does not let us read it.
        pid: Option<u32>,
    },
    /// Another bridge uses the file, and did not stop when it was asked to.
    #[error("another bridge{} is using {} and did not stop within {} s although it was asked to: \
        stop it first", process(*pid), path.display(), within.as_secs())]
    NotGivenUp {
        path: PathBuf,
        /// The process id of the other bridge; `None` if the system does not let us read it.
        pid: Option<u32>,
        /// How long this bridge waited.
        within: Duration,
    },
    /// The claim that asks the other bridge to stop cannot be written.
    #[error("cannot ask the bridge that is using {} to stop: stop it first", path.display())]
    Claim { path: PathBuf, source: io::Error },
    /// A later version of the bridge has written the file.
    #[error(
        "{} was written by a newer twitchat-bridge (format {found}, this one knows up to {known}): \
            update, or choose another store.path",
        path.display()
    )]
    Newer {
        path: PathBuf,
        found: u32,
        /// The latest format that this program knows.
        known: u32,
    },
    /// The file is a SQLite database of another program.
    #[error("{} is not a journal of twitchat-bridge: choose another store.path", path.display())]
    Foreign { path: PathBuf },
    /// The file is damaged, or is no SQLite database.
    #[error(
        "{} is damaged, or is no journal: of its own journal the bridge saves what can be read, at \
            its next start; move any other file away, or choose another store.path",
        path.display()
    )]
    Damaged {
        path: PathBuf,
        source: DatabaseError,
    },
    /// A new journal cannot be made of the readable part of a damaged one.
    #[error("{} is damaged, and what can be read of it cannot be saved to a new journal beside it",
        path.display())]
    Salvage {
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// Another program makes a copy of the journal, or forgets a person in its copies.
    #[error("another program is working on the copies of {}: try again in a minute",
        path.display())]
    CopiesInUse { path: PathBuf },
    /// A backup cannot be written.
    #[error("cannot write the backup {}: check the permissions of its folder", path.display())]
    BackUp { path: PathBuf, source: io::Error },
    /// A backup cannot take the journal's place.
    #[error("cannot put the backup in the place of {}: check the permissions of its folder",
        path.display())]
    Restore { path: PathBuf, source: io::Error },
    /// A backup would leave too little space on the disk.
    #[error("a backup of {} MiB does not fit on the disk of {}, which has {} MiB left: free some \
        space", needed.div_ceil(MIB), path.display(), free / MIB)]
    NoRoom {
        path: PathBuf,
        /// In bytes.
        needed: u64,
        /// In bytes.
        free: u64,
    },
    /// A copy of the journal is damaged. The journal probably is, too.
    #[error("the copy of {} is not whole ({why}): examine the journal with `twitchat-bridge store \
        check`", path.display())]
    NotWhole { path: PathBuf, why: String },
    /// The disk is full.
    #[error("no space left on the disk of {}: free some space", path.display())]
    Full {
        /// The database, its folder or a file beside it.
        path: PathBuf,
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The disk or the file is read-only.
    #[error("cannot write to {}: the disk or the file is read-only; make it writable, or choose \
        another place with the setting store.path", path.display())]
    ReadOnly {
        /// The database, its folder or a file beside it.
        path: PathBuf,
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The system does not report whether the journal is still there.
    #[error("cannot check {}", path.display())]
    Look { path: PathBuf, source: io::Error },
    /// Another file is in the journal's place and cannot be moved aside.
    #[error("cannot create a new journal at {}: another file there cannot be moved aside",
        path.display())]
    InTheWay { path: PathBuf, source: io::Error },
    /// The journal has a different entry under the same number.
    #[error("entry {seq} of {} is not the one that this bridge wrote: another program has written \
        to it", path.display())]
    Conflict {
        path: PathBuf,
        /// The number of the entry.
        seq: u64,
    },
    /// The data was removed, but the write-ahead log cannot be truncated.
    #[error(
        "another program reads {} all the time, so its write-ahead log cannot be truncated: end \
            that program",
        path.display()
    )]
    StillRead { path: PathBuf },
    /// Any other error of SQLite.
    #[error("cannot {doing} {}", path.display())]
    Database {
        /// The attempted operation, as a verb with its preposition.
        doing: &'static str,
        path: PathBuf,
        source: DatabaseError,
    },
    /// The store's thread could not be started.
    #[error("cannot start the thread of the store")]
    Thread(#[source] io::Error),
    /// The store's thread has ended, so nothing can be written.
    #[error("the store has stopped")]
    Stopped,
    /// The bridge is stopping, and the last writes could not be saved.
    #[error("{} could not be saved", entries(*writes))]
    Unsaved {
        writes: u64,
        source: Box<StoreError>,
    },
}

fn process(pid: Option<u32>) -> String {
    pid.map(|pid| format!(" (process {pid})"))
        .unwrap_or_default()
}

fn entries(number: u64) -> String {
    match number {
        1 => "1 entry".into(),
        _ => format!("{number} entries"),
    }
}

impl StoreError {
    /// Sorts errors of SQLite by what the user can do about them.
    pub(super) fn database(doing: &'static str, path: &Path, error: rusqlite::Error) -> Self {
        let code = error.sqlite_error_code();
        let (path, source) = (path.to_owned(), DatabaseError(error));
        match code {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged { path, source }
            }
            Some(ErrorCode::DiskFull) => Self::Full {
                path,
                source: source.into(),
            },
            Some(ErrorCode::ReadOnly) => Self::ReadOnly {
                path,
                source: source.into(),
            },
            // SQLite does not pass on the error of the disk. A full disk may be the cause of either
            // error.
            Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) => match try_to_write(&path) {
                Err(error) => Self::io(&path, error, |path, _| Self::Database {
                    doing,
                    path,
                    source,
                }),
                Ok(()) => Self::Database {
                    doing,
                    path,
                    source,
                },
            },
            _ => Self::Database {
                doing,
                path,
                source,
            },
        }
    }

    /// Sorts errors of the operating system. `other` makes the error if the disk is neither full
    /// nor read-only.
    pub(super) fn io(
        path: &Path,
        error: io::Error,
        other: impl FnOnce(PathBuf, io::Error) -> Self,
    ) -> Self {
        let path = path.to_owned();
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full {
                path,
                source: error.into(),
            },
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly {
                path,
                source: error.into(),
            },
            _ => other(path, error),
        }
    }

    /// The text of the error and of its causes, on one line.
    pub fn chain(&self) -> String {
        error_chain(self)
    }
}

/// Writes a file beside the journal and removes it again, to get the error of the operating system.
fn try_to_write(path: &Path) -> io::Result<()> {
    let probe = with_suffix(path, ".probe");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    owner_only(&mut options);
    let mut file = options.open(&probe)?;
    // The smallest unit by which SQLite's index of the log grows has this size.
    let written = file
        .write_all(&vec![1; 32 * 1024])
        .and_then(|()| file.sync_all());
    drop(file);
    let removed = fs::remove_file(&probe);
    written.and(removed)
}

/// Whether the content is the cause of the error, and not the disk or another program. Then another
/// attempt would fail as well.
pub(super) fn is_unreadable(error: &rusqlite::Error) -> bool {
    match error.sqlite_error() {
        Some(error) => match error.code {
            ErrorCode::DiskFull
            | ErrorCode::ReadOnly
            | ErrorCode::CannotOpen
            | ErrorCode::PermissionDenied
            | ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::OutOfMemory
            | ErrorCode::OperationInterrupted => false,
            ErrorCode::SystemIoFailure => [
                ffi::SQLITE_IOERR_READ,
                ffi::SQLITE_IOERR_SHORT_READ,
                ffi::SQLITE_IOERR_CORRUPTFS,
            ]
            .contains(&error.extended_code),
            _ => true,
        },
        None => true,
    }
}
