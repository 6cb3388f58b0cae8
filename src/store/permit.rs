//! A permit: a small file beside the journal. With it a program proves that it runs as the same
//! user as the bridge. Requests over OBS may come from anywhere, but only a user who could also
//! delete the journal can write this file.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::files::with_suffix;
use crate::files::owner_only;

const SUFFIX: &str = ".permit";

/// A permit for one request. Dropping it withdraws the permit.
#[derive(Debug)]
pub struct Permit {
    path: PathBuf,
    word: String,
}

impl Permit {
    pub fn write(database: &Path) -> io::Result<Self> {
        let permit = Self {
            path: with_suffix(database, SUFFIX),
            word: Uuid::new_v4().to_string(),
        };
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        owner_only(&mut options);
        options
            .open(&permit.path)?
            .write_all(permit.word.as_bytes())?;
        Ok(permit)
    }

    /// The word that the request must contain.
    pub fn word(&self) -> &str {
        &self.word
    }

    /// Whether a request contains the word of the permit beside the journal. A permit is valid for
    /// one request, so this function removes it.
    pub fn take(database: &Path, word: &str) -> bool {
        let path = with_suffix(database, SUFFIX);
        let is_it = fs::read_to_string(&path).is_ok_and(|found| !found.is_empty() && found == word);
        is_it && fs::remove_file(&path).is_ok()
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let is_ours = fs::read_to_string(&self.path).is_ok_and(|found| found == self.word);
        if is_ours {
            // If this fails, nobody knows the word, so the file permits nothing.
            drop(fs::remove_file(&self.path));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permit_is_good_for_one_request_with_its_word() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("journal.db");
        assert!(!Permit::take(&database, ""));
        let permit = Permit::write(&database).unwrap();
        assert!(!Permit::take(&database, "another"));
        assert!(Permit::take(&database, permit.word()));
        assert!(!Permit::take(&database, permit.word()));
        drop(permit);
        drop(Permit::write(&database).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
