//! Opens connections to the database: checks whose it is, sets it up, brings it up to date.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, TransactionBehavior};

use super::StoreError;
use super::schema::{APPLICATION_ID, MIGRATIONS};

/// How long one attempt waits for another program that writes to the file. The thread repeats
/// failed attempts.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_millis(250);
/// The size to which a checkpoint truncates the write-ahead log.
const WAL_LIMIT_BYTES: i64 = 16 * 1024 * 1024;
/// The number of cached statements, enough for all of them.
const STATEMENTS: usize = 40;

/// Opens a connection to a file that is ours or empty.
pub(super) fn connect(path: &Path) -> Result<Connection, StoreError> {
    let connection =
        Connection::open(path).map_err(|error| StoreError::database("open", path, error))?;
    let failed = |error| StoreError::database("open", path, error);
    // If the file cannot be used, it must stay as it is.
    keep_log(&connection, true).map_err(failed)?;
    check(&connection, path)?;
    keep_log(&connection, false).map_err(failed)?;
    Ok(connection)
}

/// Sets whether the last connection leaves the write-ahead log as it is when it is closed. Usually
/// it writes the log into the database and deletes it.
pub(super) fn keep_log(connection: &Connection, keep: bool) -> rusqlite::Result<()> {
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep)
        .map(drop)
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
        // The case on some network file systems. A rollback journal is as durable, but slower.
        tracing::warn!(
            mode,
            "SQLite cannot use a write-ahead log on this disk; writes are slower"
        );
    }
    connection.pragma_update(None, "synchronous", "full")?;
    // What is removed is overwritten with zeros.
    connection.pragma_update_and_check(None, "secure_delete", "on", |_| Ok(()))?;
    connection.pragma_update_and_check(None, "journal_size_limit", WAL_LIMIT_BYTES, |_| Ok(()))?;
    // SQLite creates the log and its index at the first read. After that they can be checked.
    connection.query_row("SELECT count(*) FROM sqlite_schema", (), |_| Ok(()))
}

/// Applies the migrations that the file has not had yet, each in one transaction.
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
