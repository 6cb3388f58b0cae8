//! What can go wrong with the store, in the words of the user: what was tried, what to do next.

use std::error::Error as _;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// An error of SQLite. Holds no row's content.
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

/// Why the store cannot be opened, read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The folder or the file cannot be made.
    #[error("cannot create {}: check its permissions, or choose another place with the setting store.path", path.display())]
    Create {
        /// The folder or file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The lock file cannot be used.
    #[error("cannot lock {}: the store must be on a disk that supports file locks", path.display())]
    Lock {
        /// The lock file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Another bridge has the file.
    #[error("another bridge{} is using {}: stop it first, or give this one a store of its own (store.path)", process(*pid), path.display())]
    Taken {
        /// The database.
        path: PathBuf,
        /// The other's process id, where the system lets us read it.
        pid: Option<u32>,
    },
    /// The file was written by a later version of the bridge.
    #[error(
        "{} was written by a newer twitchat-bridge (format {found}, this one knows up to {known}): update, or choose another store.path",
        path.display()
    )]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The latest format that this program knows.
        known: u32,
    },
    /// A SQLite file of some other program.
    #[error("{} is not a journal of twitchat-bridge: choose another store.path", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// Not a database, or a broken one.
    #[error(
        "{} is damaged: move it away to start afresh; what can be saved from it: sqlite3 FILE .recover | sqlite3 NEW-FILE",
        path.display()
    )]
    Damaged {
        /// The database.
        path: PathBuf,
        /// SQLite's reason.
        source: DatabaseError,
    },
    /// No space left.
    #[error("no space left on the disk of {}: free some", path.display())]
    Full {
        /// The database.
        path: PathBuf,
        /// SQLite's reason.
        source: DatabaseError,
    },
    /// The journal holds another entry than ours under the same number.
    #[error("entry {seq} of {} is not the one that this bridge wrote: another program has written to it", path.display())]
    Conflict {
        /// The database.
        path: PathBuf,
        /// Number of the row.
        seq: u64,
    },
    /// Anything else that SQLite reports.
    #[error("cannot {doing} {}", path.display())]
    Database {
        /// What was tried.
        doing: &'static str,
        /// The database.
        path: PathBuf,
        /// SQLite's reason.
        source: DatabaseError,
    },
    /// The thread of the store could not be started.
    #[error("cannot start the thread of the store")]
    Thread(#[source] io::Error),
    /// The thread of the store has ended: nothing can be written any more.
    #[error("the store has stopped")]
    Stopped,
    /// The bridge closes, and the last writes could not be saved.
    #[error("{writes} entries could not be saved")]
    Unsaved {
        /// How many.
        writes: u64,
        /// Why the last attempt failed.
        source: Box<StoreError>,
    },
}

fn process(pid: Option<u32>) -> String {
    pid.map(|pid| format!(" (process {pid})")).unwrap_or_default()
}

impl StoreError {
    /// Tells the causes apart that the user handles differently.
    pub(super) fn database(doing: &'static str, path: &Path, error: rusqlite::Error) -> Self {
        let code = error.sqlite_error_code();
        let (path, source) = (path.to_owned(), DatabaseError(error));
        match code {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged { path, source },
            Some(ErrorCode::DiskFull) => Self::Full { path, source },
            _ => Self::Database { doing, path, source },
        }
    }

    /// The error and its causes on one line.
    pub(super) fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }
}
