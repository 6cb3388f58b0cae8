//! Removes data from a copy of the journal, so that no byte of it stays in the copy.
//!
//! The change is made in a further copy, which then takes the place of the first one. So a crash
//! leaves the old copy or the new one, and a copy is never without the pages that it needs.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::copies::{UNFINISHED, remove_all};
use super::database::connect;
use super::examine::check_all;
use super::files::{LOG, with_suffix};
use super::unfinished::Unfinished;
use super::{Reader, StoreError, erase};
use crate::bridge::forget::Erasure;
use crate::bridge::journal::{PersonRow, RowOrigin, SessionId};

/// A change of a copy. Dropping it leaves the copy as it is.
#[derive(Debug)]
pub struct CopyEdit {
    connection: Connection,
    new: Unfinished,
    path: PathBuf,
}

impl CopyEdit {
    /// Reads a copy, and checks that it is whole.
    ///
    /// # Errors
    /// [`StoreError::Foreign`], [`StoreError::Newer`], [`StoreError::Damaged`] and
    /// [`StoreError::NotWhole`] if the copy cannot be changed, [`StoreError::Full`] and others if
    /// the disk refuses writes.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let new = Unfinished::create(with_suffix(path, UNFINISHED))
            .map_err(|error| cannot_write(path, error))?;
        let content = |suffix| -> io::Result<()> {
            let mut old = match File::open(with_suffix(path, suffix)) {
                Err(error) if !suffix.is_empty() && error.kind() == io::ErrorKind::NotFound => {
                    return Ok(());
                }
                old => old?,
            };
            let mut options = OpenOptions::new();
            options.write(true).create(true);
            crate::files::owner_only(&mut options);
            let mut new = options.open(with_suffix(new.path(), suffix))?;
            io::copy(&mut old, &mut new).map(drop)
        };
        content("")
            .and_then(|()| content(LOG))
            .map_err(|error| cannot_write(path, error))?;
        let connection = connect(new.path())?;
        let failed = |error| StoreError::database("change the copy", path, error);
        let checked = check_all(&connection, None).map_err(failed)?;
        checked.map_err(|why| StoreError::NotWhole {
            path: path.to_owned(),
            why,
        })?;
        // The copy is of no use before it is complete, and is synced as a whole.
        connection
            .pragma_update(None, "synchronous", "off")
            .and_then(|()| {
                connection.pragma_update_and_check(None, "journal_mode", "delete", |_| Ok(()))
            })
            .and_then(|()| {
                connection.pragma_update_and_check(None, "secure_delete", "on", |_| Ok(()))
            })
            .map_err(failed)?;
        Ok(Self {
            connection,
            new,
            path: path.to_owned(),
        })
    }

    pub fn reader(&self) -> Reader<'_> {
        Reader {
            connection: &self.connection,
            path: &self.path,
        }
    }

    /// Carries out an erasure.
    ///
    /// # Errors
    /// [`StoreError::Full`] and others if the disk refuses writes.
    pub fn erase(&mut self, erasure: &Erasure) -> Result<(), StoreError> {
        erase::write(&mut self.connection, erasure).map_err(|error| self.failed(error))
    }

    /// Removes a session that has ended. Rows of the kinds in `keeping` stay.
    ///
    /// # Errors
    /// As [`Self::erase`].
    pub fn remove_session(
        &mut self,
        session: SessionId,
        keeping: &[(RowOrigin, &str)],
    ) -> Result<(), StoreError> {
        erase::remove_session(&mut self.connection, session, keeping, usize::MAX)
            .map(drop)
            .map_err(|error| self.failed(error))
    }

    /// Removes the stored names and ids of people.
    ///
    /// # Errors
    /// As [`Self::erase`].
    pub fn remove_people(&mut self, people: &[PersonRow]) -> Result<(), StoreError> {
        erase::remove_people(&self.connection, people).map_err(|error| self.failed(error))
    }

    /// Rewrites the file without the removed data, and puts it in place of the copy.
    ///
    /// # Errors
    /// As [`Self::erase`].
    pub fn finish(self) -> Result<(), StoreError> {
        erase::unmark(&self.connection).map_err(|error| self.failed(error))?;
        let rewritten = self.connection.execute_batch("VACUUM");
        rewritten.map_err(|error| self.failed(error))?;
        let Self {
            connection,
            new,
            path,
        } = self;
        connection.flush_prepared_statement_cache();
        connection
            .close()
            .map_err(|(_, error)| StoreError::database("change the copy", &path, error))?;
        // The new copy has no log. An old log with its name would change it.
        match fs::remove_file(with_suffix(&path, LOG)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(cannot_write(&path, error));
            }
            Ok(()) => remove_all(&path).map_err(|error| cannot_write(&path, error))?,
            Err(_) => {}
        }
        new.put(&path).map_err(|error| cannot_write(&path, error))
    }

    fn failed(&self, error: rusqlite::Error) -> StoreError {
        StoreError::database("change the copy", &self.path, error)
    }
}

fn cannot_write(path: &Path, error: io::Error) -> StoreError {
    StoreError::io(path, error, |path, source| StoreError::BackUp {
        path,
        source,
    })
}
