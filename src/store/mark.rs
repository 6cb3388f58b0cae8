//! The mark: a small file beside the journal, which says what the journal must contain and whether
//! the last bridge ended in order.
//!
//! It is a file of its own, because a journal that is cut, empty or older than it was cannot say so
//! itself. It is written after each commit, without waiting for the disk: so it may be behind the
//! journal, and is never ahead of it. Only before rows are changed or removed the store waits until
//! the mark says so, because after a loss of power the numbers of before would be wrong.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::files::with_suffix;
use super::schema::MIGRATIONS;
use super::tally::{Tally, digest};
use crate::files::owner_only;

pub(super) const SUFFIX: &str = ".mark";
/// The size of the file. It never grows, so a full disk does not matter.
const BYTES: usize = 256;

/// The content of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Content {
    /// The journal's format (`PRAGMA user_version`).
    format: u32,
    /// The id of the journal; `None` before it has one.
    pub(super) instance: Option<String>,
    /// Whether the last bridge closed the journal in order.
    pub(super) clean: bool,
    /// Whether rows are just being changed or removed, so that the numbers may be wrong.
    pub(super) changing: bool,
    /// The number of the last row.
    pub(super) last: u64,
    /// The rows up to the last one.
    pub(super) rows: u64,
    sum: u64,
    /// A digest of everything else.
    check: u64,
}

impl Content {
    /// Reads the mark beside a journal. `None` if there is none, or if it is damaged itself.
    pub(super) fn beside(journal: &Path) -> Option<Self> {
        let mut text = Vec::new();
        let file = File::open(with_suffix(journal, SUFFIX)).ok()?;
        file.take(BYTES as u64).read_to_end(&mut text).ok()?;
        let mut content: Self = serde_json::from_slice(&text).ok()?;
        let check = std::mem::take(&mut content.check);
        (content.digest() == check).then_some(content)
    }

    pub(super) fn tally(&self) -> Tally {
        Tally {
            rows: self.rows,
            sum: self.sum,
        }
    }

    /// `check` must be 0.
    fn digest(&self) -> u64 {
        digest(&serde_json::to_vec(self).unwrap_or_default())
    }
}

/// The mark of an open journal.
#[derive(Debug)]
pub(super) struct Mark {
    path: PathBuf,
    /// `None` if the file cannot be written. Then the next start checks everything.
    file: Option<File>,
    content: Content,
}

impl Mark {
    /// The mark of a journal that contains these rows. It is not written yet.
    pub(super) fn new(journal: &Path, tally: Tally, last: u64, instance: Option<&str>) -> Self {
        let mut mark = Self {
            path: with_suffix(journal, SUFFIX),
            file: None,
            content: Content {
                format: u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX),
                ..Content::default()
            },
        };
        mark.hold(tally, last, instance);
        mark
    }

    pub(super) fn tally(&self) -> Tally {
        self.content.tally()
    }

    /// Writes that the journal contains these rows.
    pub(super) fn set(&mut self, tally: Tally, last: u64, instance: Option<&str>) {
        self.hold(tally, last, instance);
        self.write();
    }

    fn hold(&mut self, tally: Tally, last: u64, instance: Option<&str>) {
        let content = &mut self.content;
        (content.rows, content.sum) = (tally.rows, tally.sum);
        (content.last, content.clean, content.changing) = (last, false, false);
        if content.instance.as_deref() != instance {
            content.instance = instance.map(str::to_owned);
        }
    }

    /// Writes that rows will be changed or removed, and waits until that is on the disk.
    pub(super) fn announce(&mut self) {
        self.content.changing = true;
        self.write();
        if let Some(Err(error)) = self.file.as_ref().map(File::sync_data) {
            tracing::debug!(%error, "the mark of the journal is not on the disk yet");
        }
    }

    /// Writes that the journal was closed in order.
    pub(super) fn close(mut self) {
        self.content.clean = !self.content.changing;
        // The file may have been deleted meanwhile.
        self.file = None;
        self.write();
    }

    /// Removes the file, because another journal takes the place of this one.
    pub(super) fn remove(self) {
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::debug!(%error, "the mark of the journal could not be removed");
        }
    }

    /// Makes the file again at the next write, because the journal has moved or was deleted.
    pub(super) fn renew(&mut self) {
        self.file = None;
    }

    fn write(&mut self) {
        if let Err(error) = self.try_to_write() {
            // A mark that is out of date would accuse the journal of a loss.
            self.file = None;
            drop(fs::remove_file(&self.path));
            tracing::debug!(%error, "the mark of the journal cannot be written");
        }
    }

    fn try_to_write(&mut self) -> io::Result<()> {
        self.content.check = 0;
        let text = serde_json::to_string(&Content {
            check: self.content.digest(),
            ..self.content.clone()
        })?;
        let text = format!("{text:<width$}\n", width = BYTES - 1);
        let mut file = if let Some(file) = self.file.take() {
            file
        } else {
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(false);
            owner_only(&mut options);
            options.open(&self.path)?
        };
        file.rewind()?;
        file.write_all(text.as_bytes())?;
        self.file = Some(file);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_back_until_one_bit_of_it_changes() {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("journal.db");
        assert_eq!(Content::beside(&journal), None);
        let tally = Tally {
            rows: 3,
            sum: u64::MAX,
        };
        let mut mark = Mark::new(&journal, Tally::default(), 0, None);
        let id = "5f0c2f3e-9f0e-4b7e-8f54-7d3c0d3c6a55";
        mark.set(tally, u64::MAX, Some(id));
        let read = Content::beside(&journal).unwrap();
        assert_eq!(
            (read.tally(), read.last, read.clean),
            (tally, u64::MAX, false)
        );
        assert_eq!(read.instance.as_deref(), Some(id));
        mark.announce();
        assert!(Content::beside(&journal).unwrap().changing);
        mark.set(tally, 7, Some(id));
        mark.close();
        assert!(Content::beside(&journal).unwrap().clean);
        let path = with_suffix(&journal, SUFFIX);
        let good = fs::read(&path).unwrap();
        assert_eq!(good.len(), BYTES);
        let end = good.iter().position(|byte| *byte == b'}').unwrap();
        for place in 0..=end {
            let mut bad = good.clone();
            bad[place] ^= 1;
            fs::write(&path, bad).unwrap();
            assert_eq!(Content::beside(&journal), None, "byte {place}");
        }
    }
}
