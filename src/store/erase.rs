//! Removes the data that must be forgotten, so that no byte of it stays in the files.
//!
//! One transaction removes and changes the rows, so a crash leaves the old state or the new one.
//! SQLite overwrites removed rows with zeros (`secure_delete`), but older copies of values that
//! were changed earlier may still be in free parts of pages, and in the write-ahead log. So the
//! file is then rewritten (`VACUUM`) and the log is truncated. A meta value marks an unfinished
//! erasure. After a crash, the next start finishes it.

use std::thread;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::known::Known;
use super::tally::Tally;
use super::{Store, StoreError, statements};
use crate::bridge::forget::Erasure;
use crate::bridge::journal::{PersonRow, RowOrigin, SessionId};

/// The meta value that marks an unfinished erasure.
const MARK: &str = "erasing";
/// Attempts to truncate the log, which fails while another program reads the journal. Each waits
/// for [`BUSY_TIMEOUT`](super::database::BUSY_TIMEOUT), so all attempts together take 10 s.
const ATTEMPTS: u32 = 40;
/// The shortest pause between two attempts.
const PAUSE: Duration = Duration::from_millis(20);

impl Store {
    /// Carries out an erasure. Old copies remain in the files until [`Self::clean`].
    ///
    /// # Errors [`StoreError::Database`] and others if the disk refuses writes. Nothing has changed
    /// then.
    pub fn erase(&mut self, erasure: &Erasure) -> Result<(), StoreError> {
        self.mark.announce();
        write(&mut self.connection, erasure)
            .map_err(|error| StoreError::database("write to", &self.path, error))?;
        let reader = self.reader();
        let session = reader.sessions()?.pop();
        let known = Known::read(reader.last_seq()?, session, |key| reader.meta(key))?;
        self.known = known;
        let tally = Tally::of_rows(&self.connection, statements::ALL_ROWS, ())
            .map_err(|error| StoreError::database("read", &self.path, error))?;
        let before = self.mark.tally();
        self.mark(tally.minus(before));
        self.accept()
    }

    /// Finishes an erasure that a crash has interrupted.
    pub(super) fn finish_erasure(&mut self) -> Result<(), StoreError> {
        let mark: rusqlite::Result<Option<String>> = self
            .connection
            .query_row(statements::META, [MARK], |row| row.get(0))
            .optional();
        let mark = mark.map_err(|error| StoreError::database("read", &self.path, error))?;
        if mark.is_some() {
            tracing::info!("removing old copies of forgotten data");
            // The rows are gone, so the bridge can start. The mark stays for the next start.
            if let Err(error) = self.clean() {
                tracing::warn!(
                    "the journal's files may still contain old copies of forgotten data: {}",
                    error.chain()
                );
            }
        }
        Ok(())
    }

    /// Rewrites the file without the erased data, and truncates the log. When this returns `Ok`,
    /// none of that data is in the journal's files. After an error the next start tries again.
    ///
    /// # Errors [`StoreError::StillRead`] if another program keeps reading the journal, and other
    /// errors if the disk refuses writes.
    pub fn clean(&mut self) -> Result<(), StoreError> {
        let failed = |error| StoreError::database("clean", &self.path, error);
        self.connection.execute_batch("VACUUM").map_err(failed)?;
        let mut attempts = 0;
        while !truncate_log(&self.connection).map_err(failed)? {
            attempts += 1;
            if attempts == ATTEMPTS {
                return Err(StoreError::StillRead {
                    path: self.path.clone(),
                });
            }
            thread::park_timeout(PAUSE);
        }
        unmark(&self.connection).map_err(failed)?;
        self.accept()
    }

    /// Removes a session that has ended, with at most `most` of its rows in one transaction. Rows
    /// of the kinds in `keeping` stay, because they also apply to later sessions. Returns the
    /// number of removed rows. If it is less than `most`, nothing is left of the session.
    ///
    /// # Errors [`StoreError::Database`] and others if the disk refuses writes. Nothing has changed
    /// then.
    pub fn remove_session(
        &mut self,
        session: SessionId,
        keeping: &[(RowOrigin, &str)],
        most: usize,
    ) -> Result<usize, StoreError> {
        self.mark.announce();
        let (removed, rows) = remove_session(&mut self.connection, session, keeping, most)
            .map_err(|error| StoreError::database("write to", &self.path, error))?;
        self.mark(Tally::default().minus(rows));
        self.accept()?;
        Ok(removed)
    }

    /// Removes the stored names and ids of people.
    ///
    /// # Errors [`StoreError::Database`] and others if the disk refuses writes. Nothing has changed
    /// then.
    pub fn remove_people(&mut self, people: &[PersonRow]) -> Result<(), StoreError> {
        let failed = |error| StoreError::database("write to", &self.path, error);
        let behavior = TransactionBehavior::Immediate;
        let transaction = self
            .connection
            .transaction_with_behavior(behavior)
            .map_err(failed)?;
        remove_people(&transaction, people)
            .and_then(|()| transaction.commit())
            .map_err(failed)?;
        self.accept()
    }

    /// Records that the store itself has changed the files.
    fn accept(&mut self) -> Result<(), StoreError> {
        self.files.accept().map_err(|source| StoreError::Look {
            path: self.path.clone(),
            source,
        })
    }
}

pub(super) fn write(connection: &mut Connection, erasure: &Erasure) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for seq in &erasure.removed {
        transaction
            .prepare_cached(statements::REMOVE_ROW)?
            .execute([seq.0.cast_signed()])?;
    }
    for (seq, id, body) in &erasure.changed {
        transaction
            .prepare_cached(statements::CHANGE_ROW)?
            .execute(params![seq.0.cast_signed(), id, body])?;
    }
    remove_people(&transaction, &erasure.people)?;
    for (key, value) in &erasure.meta {
        transaction
            .prepare_cached(statements::KEEP)?
            .execute(params![key, value])?;
    }
    transaction
        .prepare_cached(statements::KEEP)?
        .execute(params![MARK, "1"])?;
    transaction.commit()
}

pub(super) fn remove_people(connection: &Connection, people: &[PersonRow]) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(statements::REMOVE_PERSON)?;
    for person in people {
        statement.execute(params![person.platform, person.id, person.login])?;
    }
    Ok(())
}

pub(super) fn remove_session(
    connection: &mut Connection,
    session: SessionId,
    keeping: &[(RowOrigin, &str)],
    most: usize,
) -> rusqlite::Result<(usize, Tally)> {
    let session = session.0.cast_signed();
    let keeping: Vec<_> = keeping
        .iter()
        .map(|(origin, kind)| serde_json::json!([origin.as_str(), kind]))
        .collect();
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let keeping = serde_json::Value::from(keeping).to_string();
    let rows = params![session, keeping, i64::try_from(most).unwrap_or(i64::MAX)];
    let tally = Tally::of_rows(&transaction, statements::ROWS_TO_REMOVE, rows)?;
    let removed = transaction
        .prepare_cached(statements::REMOVE_ROWS)?
        .execute(rows)?;
    if removed < most {
        transaction
            .prepare_cached(statements::REMOVE_SESSION)?
            .execute([session])?;
    }
    transaction.commit()?;
    Ok((removed, tally))
}

/// Records that no erasure is unfinished.
pub(super) fn unmark(connection: &Connection) -> rusqlite::Result<()> {
    connection
        .execute(statements::REMOVE_META, [MARK])
        .map(drop)
}

/// Whether the log is empty now.
fn truncate_log(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |row| {
        let busy: i64 = row.get(0)?;
        Ok(busy == 0)
    })
}
