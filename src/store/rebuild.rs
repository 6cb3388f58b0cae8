//! Detects that the journal's files were deleted or replaced while they are open, and creates a new
//! journal with the whole content.
//!
//! A deleted file can still be read through the connection that has it open. So the new journal is
//! a copy that SQLite makes itself. If the copy fails, the new journal contains only the running
//! session and the meta values, and the note reports the loss.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::copies::NEW;
use super::database::{configure, connect, migrate};
use super::error::is_unreadable;
use super::files::{Change, Files, create_folder, with_suffix};
use super::mark::Mark;
use super::notice::Reporter;
use super::schema::MIGRATIONS;
use super::tally::Tally;
use super::{Store, StoreError, apply};
use crate::bridge::journal::{Seq, Write};
use crate::files::owner_only;

/// A journal with more pages than this is large. A page has 4 KiB, and copying this many takes a
/// fraction of a second.
const LARGE_PAGES: u32 = 2_048;

/// How much of the old journal the new one contains.
enum Copy {
    Whole,
    /// Nothing, because the old journal cannot be read any more, for this reason.
    Lost(String),
}

impl Store {
    /// Ensures that only this bridge uses the journal, and that the journal is on disk under its
    /// name. Creates a new journal if it is not on disk. Returns whether it did; the last writes
    /// may then have to be repeated.
    pub(super) fn secure(&mut self, reporter: &Reporter) -> Result<bool, StoreError> {
        if self.lock.renew()? {
            reporter.noted(
                format!(
                    "the lock file {} was deleted while the bridge runs; it was created again",
                    self.lock.path().display()
                ),
                false,
            );
        }
        let unseen = |source| StoreError::Look {
            path: self.path.clone(),
            source,
        };
        let what = match self.files.change().map_err(unseen)? {
            Change::None => return Ok(false),
            Change::Written if self.is_whole()? => {
                self.files.accept().map_err(|source| StoreError::Look {
                    path: self.path.clone(),
                    source,
                })?;
                return Ok(false);
            }
            Change::Written => {
                self.files.spoilt = true;
                "was overwritten"
            }
            Change::Deleted => "was deleted or moved",
            Change::Replaced => "was replaced by another file",
            Change::LogDeleted => {
                "has lost its write-ahead log, which was deleted, moved or replaced"
            }
        };
        let what = format!("{} {what} while the bridge runs", self.path.display());
        if self.is_large() {
            // A small copy is finished before a client that waits for a reply would notice it.
            reporter.failed(1, format!("{what}; a new journal is being created"));
        }
        let last = self.known.last;
        let (copy, moved) = self.rebuild()?;
        let text = match &copy {
            Copy::Whole => {
                format!("{what}. A new journal is in its place, and everything is in it")
            }
            Copy::Lost(why) => format!(
                "{what}, and it cannot be read any more ({why}). A new journal is in its place. No \
                    longer on disk: entries 1 to {}, so the credits of this session so far and of \
                    all sessions before it, and the names of people seen so far. The bridge has \
                    this session's credits in memory until it ends",
                last.0
            ),
        };
        let aside = moved
            .first()
            .map(|first| format!(". What was found in its place is now {}", first.display()));
        reporter.noted(
            text + &aside.unwrap_or_default(),
            matches!(copy, Copy::Lost(_)),
        );
        Ok(true)
    }

    /// Whether copying takes so long that clients should not wait for it.
    fn is_large(&self) -> bool {
        let pages = self
            .connection
            .pragma_query_value(None, "page_count", |row| row.get::<_, u32>(0));
        pages.map_or(true, |pages| pages > LARGE_PAGES)
    }

    /// Records that a batch was committed, and that the journal has so many rows more.
    pub(super) fn wrote(&mut self, batch: &[Write], more: Tally) -> Result<(), StoreError> {
        self.known.note(batch);
        self.mark(more);
        self.files.accept().map_err(|source| StoreError::Look {
            path: self.path.clone(),
            source,
        })
    }

    /// Writes the log back into the database and truncates it, because the log may take up most of
    /// the space on a small disk.
    pub(super) fn shorten_log(&mut self) {
        if let Err(error) = self
            .connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()))
        {
            tracing::debug!(%error, "the write-ahead log was not truncated");
        }
        if let Err(error) = self.files.accept() {
            tracing::debug!(%error, "the journal's files could not be checked");
        }
    }

    /// Whether the files are still the journal after another program has written to them, perhaps
    /// with SQLite.
    fn is_whole(&self) -> Result<bool, StoreError> {
        let check = || {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(&self.path, flags)?;
            // The store's own connection needs the log, so this connection must not delete it.
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
            self.known.is_in(&connection)
        };
        match check() {
            Ok(whole) => Ok(whole),
            Err(error) if is_unreadable(&error) => Ok(false),
            Err(error) => Err(StoreError::database("read", &self.path, error)),
        }
    }

    /// Creates a new journal, moves it into place, and uses it from then on.
    fn rebuild(&mut self) -> Result<(Copy, Vec<PathBuf>), StoreError> {
        create_folder(&self.path).map_err(|error| self.cannot_create(error))?;
        if !self.files.spoilt {
            // A journal that was moved away should be complete in its new place. If this fails, the
            // copy is still complete, because it is made of the database and the log.
            if let Err(error) =
                self.connection
                    .query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()))
            {
                tracing::debug!(%error, "the write-ahead log was not written back");
            }
        }
        let new = with_suffix(&self.files.place(), NEW);
        let copy = self.copy_to(&new)?;
        let in_the_way = |source| StoreError::InTheWay {
            path: self.path.clone(),
            source,
        };
        let moved = self.files.put_in_place(&new).map_err(in_the_way)?;
        let connection = connect(&self.path)?;
        configure(&connection).map_err(|error| StoreError::database("open", &self.path, error))?;
        let old = std::mem::replace(&mut self.connection, connection);
        if matches!(copy, Copy::Lost(_)) {
            self.known.last = Seq(0);
            self.mark = Mark::new(&self.path, Tally::default(), 0, None);
        }
        self.mark.renew();
        self.mark(Tally::default());
        self.files = Files::of(&self.path).map_err(|source| StoreError::Look {
            path: self.path.clone(),
            source,
        })?;
        // The last connection that is closed deletes the log by its name, and this name now belongs
        // to the new journal's log.
        let closed = old.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
        if let Err(error) = closed.and_then(|_| old.close().map_err(|(_, error)| error)) {
            tracing::debug!(%error, "the old journal could not be closed");
        }
        Ok((copy, moved))
    }

    /// Copies everything that can be read to a new file. The file is on disk when this returns.
    /// After an error the file is removed, because an incomplete journal is useless and takes up
    /// space.
    fn copy_to(&self, new: &Path) -> Result<Copy, StoreError> {
        let copy = self.copy_all_to(new);
        if copy.is_err()
            && let Err(error) = self.remove(new)
        {
            tracing::debug!(%error, "an incomplete new journal could not be removed");
        }
        copy
    }

    fn copy_all_to(&self, new: &Path) -> Result<Copy, StoreError> {
        self.create_new(new)?;
        let name = new
            .to_str()
            .ok_or_else(|| self.cannot_create(std::io::Error::other("its path is not UTF-8")))?;
        let copied = self
            .connection
            .execute("VACUUM INTO ?1", [name])
            .and_then(|_| {
                let copy = Connection::open(new)?;
                self.known.is_in(&copy)
            });
        let copy = match copied {
            Ok(true) => Copy::Whole,
            Ok(false) => Copy::Lost("its content differs from the written content".to_owned()),
            Err(error) if is_unreadable(&error) => Copy::Lost(error.to_string()),
            Err(error) => return Err(StoreError::database("copy the journal to", new, error)),
        };
        if let Copy::Lost(_) = copy {
            self.create_new(new)?;
            let failed = |error| StoreError::database("write to", new, error);
            let mut fresh = Connection::open(new).map_err(failed)?;
            fresh
                .pragma_update(None, "synchronous", "full")
                .map_err(failed)?;
            migrate(&mut fresh, MIGRATIONS).map_err(failed)?;
            apply::commit(&mut fresh, new, &self.known.writes())?;
        }
        File::open(new)
            .and_then(|file| file.sync_all())
            .map_err(|error| self.cannot_create(error))?;
        Ok(copy)
    }

    /// Creates an empty file, readable only by its owner. Removes the file of an earlier attempt.
    fn create_new(&self, new: &Path) -> Result<(), StoreError> {
        self.remove(new)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        owner_only(&mut options);
        options
            .open(new)
            .map(drop)
            .map_err(|error| self.cannot_create(error))
    }

    fn remove(&self, new: &Path) -> Result<(), StoreError> {
        for suffix in ["", "-journal"] {
            match fs::remove_file(with_suffix(new, suffix)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(self.cannot_create(error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn cannot_create(&self, error: std::io::Error) -> StoreError {
        StoreError::io(&self.path, error, |path, source| StoreError::Create {
            path,
            source,
        })
    }
}
