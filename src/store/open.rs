//! Opens the file: folders, permissions, lock, settings, migrations.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use tokio_util::sync::CancellationToken;

use super::database::{configure, connect, keep_log, migrate};
use super::examine::{Condition, Damage, examine, log_of};
use super::files::{Files, create_folder, folder_of};
use super::known::Known;
use super::lock::Lock;
use super::mark::{Content, Mark};
use super::salvage;
use super::schema::MIGRATIONS;
use super::tally::Tally;
use super::{StoreError, apply, statements};
use crate::bridge::archive;
use crate::bridge::journal::{SessionChange, Write};
use crate::files::owner_only;
use crate::input::count;

/// The store, opened but not running yet, so that it can be read at start-up.
#[derive(Debug)]
pub struct Store {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    pub(super) lock: Lock,
    pub(super) files: Files,
    pub(super) known: Known,
    pub(super) mark: Mark,
    /// What the user should know about this start.
    notes: Vec<String>,
}

impl Store {
    /// Opens the file at once; see [`Self::lock`].
    ///
    /// # Errors
    /// Those of [`Self::lock`] and [`Opening::open`].
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::lock(path)?.open(&CancellationToken::new())
    }

    /// Takes the file, or creates it together with its folders, readable by their owner only.
    /// Nothing in it is changed yet.
    ///
    /// # Errors
    /// [`StoreError::Taken`] if another bridge uses it, [`StoreError::Newer`] if a later version
    /// has written it, [`StoreError::Full`] and [`StoreError::ReadOnly`] if the disk refuses
    /// writes, [`StoreError::Damaged`] and others if the file is none of ours or cannot be used.
    pub fn lock(path: &Path) -> Result<Opening, StoreError> {
        let found = fs::metadata(path).ok().map(|file| file.len());
        create(path)?;
        let lock = Lock::take(path)?;
        let mut notes = Vec::new();
        let mark = Content::beside(path).filter(|_| !salvage::is_interrupted(path));
        match (&found, &mark) {
            (None, Some(mark)) if mark.rows > 0 => notes.push(format!(
                "{} is not there any more. It had {}; a new one begins",
                path.display(),
                count(mark.rows, "row"),
            )),
            (Some(0), None) if !salvage::is_interrupted(path) => notes.push(format!(
                "{} was empty (0 bytes), and nothing beside it says what it contained; a new \
                    journal begins in it",
                path.display()
            )),
            _ => {}
        }
        if found.is_some_and(|size| size > 0) {
            match connect(path) {
                // The log must stay as it is until the journal was examined.
                Ok(connection) => keep_log(&connection, true)
                    .map_err(|error| StoreError::database("open", path, error))?,
                Err(StoreError::Damaged { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Opening {
            path: path.to_owned(),
            lock,
            // A journal that the user has removed is not damaged.
            mark: mark.filter(|_| found.is_some()),
            notes,
        })
    }

    /// Saves what can be read of a journal that turns out to be damaged while it is read, although
    /// it was checked: the disk fails, or the journal is so large that a part was checked.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn salvage(self, found: &StoreError) -> Result<Self, StoreError> {
        let Self {
            connection,
            path,
            lock,
            mark,
            notes,
            ..
        } = self;
        let failed = |error| StoreError::database("close", &path, error);
        keep_log(&connection, true).map_err(failed)?;
        connection.flush_prepared_statement_cache();
        connection.close().map_err(|(_, error)| failed(error))?;
        drop(mark);
        let why = match found {
            StoreError::Damaged { source, .. } => source.to_string(),
            other => other.to_string(),
        };
        let log = log_of(&path)?;
        salvage::salvage(&path, Damage { why, log }, Content::beside(&path).as_ref())?;
        let opening = Opening {
            path,
            lock,
            mark: None,
            notes,
        };
        opening.open(&CancellationToken::new())
    }

    /// What the user should know about this start: whether the journal was damaged, and what was
    /// saved. Empty as a rule.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Writes to the mark that the journal has these rows more.
    pub(super) fn mark(&mut self, more: Tally) {
        let tally = self.mark.tally().plus(more);
        self.mark
            .set(tally, self.known.last.0, self.known.instance());
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Changes sessions while no bridge runs, and closes the file.
    ///
    /// # Errors Fails if the file cannot be written. Nothing has changed then.
    pub fn change_sessions(mut self, change: SessionChange) -> Result<(), StoreError> {
        let batch = [Write::ChangeSessions(Box::new(change))];
        self.mark.announce();
        let more = apply::commit(&mut self.connection, &self.path, &batch)?;
        self.known.note(&batch);
        self.mark(more);
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
            mark,
            ..
        } = self;
        connection.flush_prepared_statement_cache();
        // If the log cannot be truncated, nothing is lost: the next start reads it.
        let checkpoint = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()));
        let closed = connection
            .close()
            .map_err(|(_, error)| StoreError::database("close", &path, error));
        if closed.is_ok() {
            mark.close();
        }
        drop(lock);
        if let Err(error) = checkpoint {
            tracing::debug!(%error, "the write-ahead log was not truncated");
        }
        closed
    }
}

/// A journal that no other bridge can use any more. It is not examined yet, which takes a while if
/// it is large.
#[derive(Debug)]
pub struct Opening {
    path: PathBuf,
    lock: Lock,
    mark: Option<Content>,
    notes: Vec<String>,
}

impl Opening {
    /// Examines the journal and opens it. Of a damaged journal everything that can be read goes
    /// into a new one, and the old files are kept under other names; [`Store::notes`] says so.
    ///
    /// # Errors
    /// [`StoreError::Stopped`] if `stop` is cancelled meanwhile. Else as [`Store::lock`].
    pub fn open(self, stop: &CancellationToken) -> Result<Store, StoreError> {
        let Self {
            path,
            lock,
            mark,
            mut notes,
        } = self;
        let failed = |error| StoreError::database("open", &path, error);
        let mut is_new = salvage::finish(&path)?;
        let known = mark.as_ref().filter(|_| !is_new);
        let (mut connection, mut tally) = match examine(&path, known, stop)? {
            Condition::Sound(connection, tally) => (connection, tally),
            Condition::Damaged(damage) => {
                salvage::salvage(&path, damage, known)?;
                is_new = true;
                (connect(&path)?, Tally::default())
            }
        };
        configure(&connection).map_err(failed)?;
        migrate(&mut connection, MIGRATIONS)
            .map_err(|error| StoreError::database("bring up to date", &path, error))?;
        if is_new {
            let account = salvage::account(&connection).map_err(failed)?;
            notes.extend(account.map(|account| account.text));
            tally = Tally::of_rows(&connection, statements::ALL_ROWS, ()).map_err(failed)?;
        }
        let files = Files::of(&path).map_err(|source| StoreError::Look {
            path: path.clone(),
            source,
        })?;
        let mut store = Store {
            connection,
            lock,
            files,
            known: Known::default(),
            mark: Mark::new(&path, tally, 0, None),
            notes,
            path,
        };
        let reader = store.reader();
        let sessions = reader.sessions()?;
        let session = archive::running(&sessions).cloned();
        let known = Known::read(reader.last_seq()?, session, |key| reader.meta(key))?;
        store.known = known;
        store.mark(Tally::default());
        store.finish_erasure()?;
        Ok(store)
    }
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
