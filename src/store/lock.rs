//! Ensures that only one bridge uses a journal, with a lock file beside the database. The lock file
//! contains the process id of its holder.
//!
//! The system releases the lock when the process ends, even after a crash. The file itself is never
//! removed, because removing it would cause a race.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::StoreError;
use super::claim;
use super::files::{Identity, create_folder, with_suffix};
use crate::files::owner_only;

/// Releases the lock when it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    database: PathBuf,
    path: PathBuf,
    file: File,
}

/// Whether a bridge uses this journal.
///
/// # Errors
/// [`StoreError::Lock`] if the lock file cannot be opened or locked.
pub fn is_in_use(database: &Path) -> Result<bool, StoreError> {
    if !with_suffix(database, ".lock").exists() {
        return Ok(false);
    }
    match Lock::take(database) {
        Ok(_) => Ok(false),
        Err(StoreError::Taken { .. }) => Ok(true),
        Err(error) => Err(error),
    }
}

impl Lock {
    pub(super) fn take(database: &Path) -> Result<Self, StoreError> {
        let path = with_suffix(database, ".lock");
        let failed = |error| failed(&path, error);
        let mut file = open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Taken {
                    path: database.to_owned(),
                    pid: read_pid(&mut file),
                });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        write_pid(&mut file).map_err(failed)?;
        claim::clear(database);
        Ok(Self {
            database: database.to_owned(),
            path,
            file,
        })
    }

    /// Takes the lock again if the lock file was replaced or deleted, because another bridge could
    /// lock the new file. Returns whether this was necessary.
    pub(super) fn renew(&mut self) -> Result<bool, StoreError> {
        let failed = |source| StoreError::Lock {
            path: self.path.clone(),
            source,
        };
        if Identity::at(&self.path).map_err(failed)?
            == Some(Identity::of_file(&self.file).map_err(failed)?)
        {
            return Ok(false);
        }
        create_folder(&self.path).map_err(|error| {
            StoreError::io(&self.path, error, |path, source| StoreError::Create {
                path,
                source,
            })
        })?;
        *self = Self::take(&self.database)?;
        Ok(true)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// Opens a lock file, and creates it if it is missing.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    owner_only(&mut options);
    options.open(path)
}

/// The error for a lock file that cannot be used.
pub(super) fn failed(path: &Path, error: io::Error) -> StoreError {
    StoreError::io(path, error, |path, source| StoreError::Lock {
        path,
        source,
    })
}

/// The process id in the lock file. `None` on Windows, which does not allow reading a file that
/// another process has locked.
fn read_pid(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

fn write_pid(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}
