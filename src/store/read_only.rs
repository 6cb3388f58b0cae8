//! Reads a journal without changing it, while a bridge uses it or while no bridge runs.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::database::{BUSY_TIMEOUT, check};
use super::files::with_suffix;
use super::salvage::{self, Account};
use super::{Reader, StoreError};

/// A store that was opened only for reading. It takes no lock, and creates and changes no file.
#[derive(Debug)]
pub struct ReadOnlyStore {
    connection: Connection,
    path: PathBuf,
}

impl ReadOnlyStore {
    /// Opens an existing journal.
    ///
    /// # Errors
    /// [`StoreError::Newer`], [`StoreError::Foreign`], [`StoreError::Damaged`] and others if the
    /// file cannot be used.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let failed = |error| StoreError::database("open", path, error);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_URI;
        // SQLite would create a write-ahead log to read a journal that has no log. Without a log no
        // program writes, and the journal is complete.
        let is_alone = !with_suffix(path, "-wal").exists();
        let connection = Connection::open_with_flags(uri(path, is_alone), flags).map_err(failed)?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
        check(&connection, path)?;
        Ok(Self {
            connection,
            path: path.to_owned(),
        })
    }

    /// Checks every page of the file.
    ///
    /// # Errors [`StoreError::Damaged`] with the first fault.
    pub fn check(&self) -> Result<(), StoreError> {
        let found: String = self
            .connection
            .query_row("PRAGMA quick_check(1)", (), |row| row.get(0))
            .map_err(|error| StoreError::database("read", &self.path, error))?;
        if found == "ok" {
            return Ok(());
        }
        let error = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
        let error = rusqlite::Error::SqliteFailure(error, Some(found));
        Err(StoreError::database("read", &self.path, error))
    }

    /// What became of the damaged journal from which this one comes; `None` if there was none.
    ///
    /// # Errors
    /// [`StoreError::Database`] if the file cannot be read.
    pub fn account(&self) -> Result<Option<Account>, StoreError> {
        salvage::account(&self.connection)
            .map_err(|error| StoreError::database("read", &self.path, error))
    }

    /// While the reader is in use, it does not see new writes of other programs.
    ///
    /// # Errors
    /// [`StoreError::Database`] if the file cannot be read.
    pub fn reader(&self) -> Result<Reader<'_>, StoreError> {
        self.connection
            .execute_batch("BEGIN")
            .map_err(|error| StoreError::database("read", &self.path, error))?;
        Ok(Reader {
            connection: &self.connection,
            path: &self.path,
        })
    }
}

/// The address of a file for SQLite.
fn uri(path: &Path, is_immutable: bool) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut uri = String::from("file:");
    let text = path.to_string_lossy();
    if !text.starts_with('/') {
        uri.push('/');
    }
    for c in text.chars() {
        match c {
            '\\' if cfg!(windows) => uri.push('/'),
            '%' => uri.push_str("%25"),
            '?' => uri.push_str("%3f"),
            '#' => uri.push_str("%23"),
            c => uri.push(c),
        }
    }
    uri.push_str(if is_immutable {
        "?immutable=1"
    } else {
        "?mode=ro"
    });
    uri
}
