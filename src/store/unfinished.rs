//! A database file that is being made under a temporary name.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::copies::remove_all;
use super::files::sync_folder;
use crate::files::owner_only;

/// Dropping it removes the file, because an incomplete database is useless and takes up space.
#[derive(Debug)]
pub(super) struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    /// Creates an empty file that only its owner can read. Removes the file of an earlier attempt.
    pub(super) fn create(path: PathBuf) -> io::Result<Self> {
        remove_all(&path)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        owner_only(&mut options);
        options.open(&path)?;
        Ok(Self { path })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the complete file its name, in place of a file that has it. When this returns, the
    /// file is on disk.
    pub(super) fn put(self, place: &Path) -> io::Result<()> {
        // Windows syncs only files that are open for writing.
        OpenOptions::new()
            .write(true)
            .open(&self.path)
            .and_then(|file| File::sync_all(&file))?;
        fs::rename(&self.path, place)?;
        sync_folder(place)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Err(error) = remove_all(&self.path) {
            tracing::debug!(%error, "an incomplete copy of the journal could not be removed");
        }
    }
}
