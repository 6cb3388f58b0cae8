//! Opens the file: folders, permissions, lock, settings, migrations.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use super::files::{Files, create_folder, folder_of};
use super::known::Known;
use super::lock::Lock;
use super::schema::{APPLICATION_ID, MIGRATIONS};
use super::{StoreError, apply};
use crate::bridge::archive;
use crate::bridge::journal::{SessionChange, Write};
use crate::files::owner_only;

/// How long one attempt waits while another program writes to the file. The thread repeats failed
/// attempts.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_millis(250);
/// The size to which a checkpoint truncates the write-ahead log.
const WAL_LIMIT_BYTES: i64 = 16 * 1024 * 1024;
/// The number of cached statements, enough for all of them.
const STATEMENTS: usize = 32;

/// The store, opened but not running yet, so that it can be read at start-up.
#[derive(Debug)]
pub struct Store {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    pub(super) lock: Lock,
    pub(super) files: Files,
    pub(super) known: Known,
}

impl Store {
    /// Opens the file. If it does not exist, creates it and its folders, readable only by their
    /// owner.
    ///
    /// # Errors
    /// [`StoreError::Taken`] if another bridge uses it, [`StoreError::Newer`] if a later version
    /// has written it, [`StoreError::Full`] and [`StoreError::ReadOnly`] if the disk refuses
    /// writes, [`StoreError::Damaged`] and others if the file cannot be used.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        create(path)?;
        let lock = Lock::take(path)?;
        let failed = |error| StoreError::database("open", path, error);
        let mut connection = connect(path)?;
        configure(&connection).map_err(failed)?;
        migrate(&mut connection, MIGRATIONS)
            .map_err(|error| StoreError::database("bring up to date", path, error))?;
        let files = Files::of(path).map_err(|source| StoreError::Look {
            path: path.to_owned(),
            source,
        })?;
        let mut store = Self {
            connection,
            path: path.to_owned(),
            lock,
            files,
            known: Known::default(),
        };
        let reader = store.reader();
        let sessions = reader.sessions()?;
        let session = archive::running(&sessions).cloned();
        let known = Known::read(reader.last_seq()?, session, |key| reader.meta(key))?;
        store.known = known;
        store.finish_erasure()?;
        Ok(store)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Changes sessions while no bridge runs, and closes the file.
    ///
    /// # Errors Fails if the file cannot be written. Nothing has changed then.
    pub fn change_sessions(mut self, change: SessionChange) -> Result<(), StoreError> {
        let batch = [Write::ChangeSessions(Box::new(change))];
        apply::commit(&mut self.connection, &self.path, &batch)?;
        self.close()
    }

    /// Writes the log back into the database and closes both. Releases the lock last.
    ///
    /// # Errors
    /// [`StoreError::Database`] if SQLite cannot close the file.
    pub fn close(self) -> Result<(), StoreError> {
        let Self {
            connection,
            path,
            lock,
            ..
        } = self;
        connection.flush_prepared_statement_cache();
        // If the log cannot be truncated, nothing is lost: the next start reads it.
        let checkpoint = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()));
        let closed = connection
            .close()
            .map_err(|(_, error)| StoreError::database("close", &path, error));
        drop(lock);
        if let Err(error) = checkpoint {
            tracing::debug!(%error, "the write-ahead log was not truncated");
        }
        closed
    }
}

/// Opens a connection to a file that is empty or belongs to the bridge.
pub(super) fn connect(path: &Path) -> Result<Connection, StoreError> {
    let connection =
        Connection::open(path).map_err(|error| StoreError::database("open", path, error))?;
    check(&connection, path)?;
    Ok(connection)
}

fn create(path: &Path) -> Result<(), StoreError> {
    let failed = |path: &Path, error| {
        StoreError::io(path, error, |path, source| StoreError::Create {
            path,
            source,
        })
    };
    create_folder(path).map_err(|error| failed(folder_of(path).unwrap_or(path), error))?;
    let mut options = OpenOptions::new();
    // The file is created here, because SQLite would make it readable for everybody. Its log and
    // index files get the permissions of the database.
    options.append(true).create(true);
    owner_only(&mut options);
    options
        .open(path)
        .map(drop)
        .map_err(|error| failed(path, error))
}

/// Refuses files of other programs and of later versions, before anything in them is changed.
pub(super) fn check(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let failed = |error| StoreError::database("read", path, error);
    let found: u32 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(failed)?;
    let application: i32 = connection
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .map_err(failed)?;
    let tables: u32 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0))
        .map_err(failed)?;
    if tables > 0 && application != APPLICATION_ID {
        return Err(StoreError::Foreign {
            path: path.to_owned(),
        });
    }
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    if found > known {
        return Err(StoreError::Newer {
            path: path.to_owned(),
            found,
            known,
        });
    }
    Ok(())
}

pub(super) fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    if mode != "wal" {
        // This happens on some network file systems. A rollback journal is as durable, but slower.
        tracing::warn!(
            mode,
            "SQLite cannot use a write-ahead log on this disk; writes are slower"
        );
    }
    connection.pragma_update(None, "synchronous", "full")?;
    // Removed data is overwritten with zeros.
    connection.pragma_update_and_check(None, "secure_delete", "on", |_| Ok(()))?;
    connection.pragma_update_and_check(None, "journal_size_limit", WAL_LIMIT_BYTES, |_| Ok(()))?;
    // SQLite creates the log and its index at the first read. Only then can they be checked.
    connection.query_row("SELECT count(*) FROM sqlite_schema", (), |_| Ok(()))
}

/// Applies the migrations that are missing in the file, each in one transaction.
pub(super) fn migrate(connection: &mut Connection, migrations: &[&str]) -> rusqlite::Result<()> {
    let seen: usize = connection
        .pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0))?
        .try_into()
        .unwrap_or(usize::MAX);
    for (number, migration) in (1_u32..).zip(migrations).skip(seen) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
    }
    Ok(())
}
