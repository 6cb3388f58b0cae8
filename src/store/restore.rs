//! Puts a backup in the place of the journal, and keeps the journal that was there.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::Connection;
use tokio_util::sync::CancellationToken;

use super::backup;
use super::copies::{REPLACED, UNFINISHED, free_name, real};
use super::files::{INDEX, LOG, with_suffix};
use super::read_only::ReadOnlyStore;
use super::unfinished::Unfinished;
use super::{Store, StoreError, statements};
use crate::bridge::journal::Seq;

/// The name of the new journal while it is incomplete.
const RESTORING: &str = ".restoring";

impl Store {
    /// Replaces the journal by a copy of a backup, in one step, and closes it. Numbers of rows and
    /// sessions go on after those of the present journal. Returns the new path of the present
    /// journal; `None` if it had no rows.
    ///
    /// # Errors
    /// Those of [`ReadOnlyStore::open`] and [`StoreError::NotWhole`] for the backup,
    /// [`StoreError::StillRead`] if another program reads the journal, [`StoreError::Full`] and
    /// others if the disk refuses writes. The journal has not changed then.
    pub fn restore(self, backup: &Path) -> Result<Option<PathBuf>, StoreError> {
        let reader = self.reader();
        let last = reader.last_seq()?;
        let last_session = reader.sessions()?.last().map_or(0, |session| session.id.0);
        let rows = self.mark.tally().rows;
        let path = real(&self.path);
        let failed = |error| {
            StoreError::io(&path, error, |path, source| StoreError::Restore {
                path,
                source,
            })
        };
        let new = with_suffix(&path, &format!("{RESTORING}{UNFINISHED}"));
        let new = Unfinished::create(new).map_err(failed)?;
        let source = ReadOnlyStore::open(backup)?;
        backup::copy_to(
            source.reader()?.connection,
            backup,
            new.path(),
            &CancellationToken::new(),
        )?;
        continue_numbers(new.path(), last, last_session)
            .map_err(|error| StoreError::database("write to", new.path(), error))?;
        let Self {
            connection,
            lock,
            mark,
            ..
        } = self;
        connection.flush_prepared_statement_cache();
        connection
            .close()
            .map_err(|(_, error)| StoreError::database("close", &path, error))?;
        let log = with_suffix(&path, LOG);
        // With a log of the old journal the new one would be damaged.
        if fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
            return Err(StoreError::StillRead { path });
        }
        drop(fs::remove_file(&log));
        drop(fs::remove_file(with_suffix(&path, INDEX)));
        // The mark says what the old journal has.
        mark.remove();
        let aside = free_name(&path, REPLACED, Timestamp::now());
        if rows > 0 && fs::hard_link(&path, &aside).is_err() {
            // The disk has no hard links.
            fs::rename(&path, &aside).map_err(failed)?;
        }
        new.put(&path).map_err(failed)?;
        drop(lock);
        Ok((rows > 0).then_some(aside))
    }
}

/// Makes sure that no number is used for two rows or sessions.
fn continue_numbers(new: &Path, last: Seq, last_session: u64) -> rusqlite::Result<()> {
    let connection = Connection::open(new)?;
    connection.pragma_update(None, "synchronous", "off")?;
    for (key, number) in [("last_row", last.0), ("last_session", last_session)] {
        connection.execute(statements::KEEP_HIGHEST, (key, number.to_string()))?;
    }
    connection.close().map_err(|(_, error)| error)
}
