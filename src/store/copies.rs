//! The copies of a journal that are beside it: backups, journals that a restore has replaced,
//! damaged ones, and files of interrupted work. Their names follow the journal's name.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::files::{INDEX, LOG, ROLLBACK, folder_of, with_suffix};

pub(super) const BACKUP: &str = ".backup-";
pub(super) const REPLACED: &str = ".replaced-";
pub(super) const DAMAGED: &str = ".damaged-";
const MOVED_ASIDE: &str = ".moved-aside-";
/// Ends the names of files that are of no use before they are complete.
pub(super) const UNFINISHED: &str = ".unfinished";
/// A new journal of what is readable in a damaged one, while it is written.
pub(super) const SALVAGING: &str = ".salvaging";
/// A new journal while it is written, because the open one was deleted.
pub(super) const NEW: &str = ".new";
/// The time in a name, and the number of its characters.
const TIME: &str = "%Y-%m-%dT%H-%M-%SZ";
const TIME_LENGTH: usize = 20;

/// What a copy is, as its name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CopyKind {
    Backup,
    /// The journal before a backup was restored.
    Replaced,
    /// A damaged journal, of which everything that could be read is in the present one.
    Damaged,
    /// A file that was found in the journal's place while the bridge ran. It may belong to another
    /// program.
    MovedAside,
    /// Left behind by work that a crash has interrupted.
    Unfinished,
}

/// A copy of the journal, with the files that SQLite has beside it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct JournalCopy {
    /// The time in the name, with a precision of a second. `None` if the name has none.
    pub at: Option<Timestamp>,
    pub kind: CopyKind,
    pub path: PathBuf,
}

impl JournalCopy {
    /// Removes the copy and the files that SQLite has beside it. A copy that is gone is no error.
    pub fn remove(&self) -> io::Result<()> {
        remove_all(&self.path)
    }

    /// In bytes; 0 if the file is gone.
    pub fn size(&self) -> u64 {
        fs::metadata(&self.path).map_or(0, |file| file.len())
    }
}

/// The copies beside a journal, oldest first.
///
/// # Errors
/// Fails if the folder cannot be read. A folder that does not exist has no copies.
pub fn copies(journal: &Path) -> io::Result<Vec<JournalCopy>> {
    let real = real(journal);
    let Some(name) = real.file_name().map(|name| name.to_string_lossy()) else {
        return Ok(Vec::new());
    };
    let entries = match fs::read_dir(folder_of(&real).unwrap_or(Path::new("."))) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut rests = BTreeSet::new();
    for entry in entries {
        let file = entry?.file_name();
        if let Some(rest) = file.to_string_lossy().strip_prefix(&*name) {
            let files = [LOG, INDEX, ROLLBACK];
            let base = files.iter().find_map(|suffix| rest.strip_suffix(suffix));
            rests.insert(base.unwrap_or(rest).to_owned());
        }
    }
    let mut copies: Vec<_> = rests.iter().filter_map(|rest| copy(&real, rest)).collect();
    copies.sort();
    Ok(copies)
}

/// The backups beside a journal, oldest first.
///
/// # Errors
/// As [`copies`].
pub fn backups(journal: &Path) -> io::Result<Vec<JournalCopy>> {
    let mut copies = copies(journal)?;
    copies.retain(|copy| copy.kind == CopyKind::Backup);
    Ok(copies)
}

/// The copy with this name, of which `rest` follows the journal's name.
fn copy(real: &Path, rest: &str) -> Option<JournalCopy> {
    let kinds = [
        (BACKUP, CopyKind::Backup),
        (REPLACED, CopyKind::Replaced),
        (DAMAGED, CopyKind::Damaged),
        (MOVED_ASIDE, CopyKind::MovedAside),
    ];
    let found = kinds
        .into_iter()
        .find_map(|(start, kind)| Some((rest.strip_prefix(start)?, kind)));
    let at = found.and_then(|(time, _)| time_of(time));
    let kind = match found {
        _ if rest.ends_with(UNFINISHED) || rest == SALVAGING || rest == NEW => CopyKind::Unfinished,
        // A user may have files with similar names.
        Some((_, CopyKind::Backup | CopyKind::Replaced)) if at.is_none() => return None,
        Some((_, kind)) => kind,
        None => return None,
    };
    let path = with_suffix(real, rest);
    Some(JournalCopy { at, kind, path })
}

fn time_of(text: &str) -> Option<Timestamp> {
    let (time, number) = text.split_at_checked(TIME_LENGTH)?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !(number.is_empty() || number.strip_prefix('-').is_some_and(is_number)) {
        return None;
    }
    let time = DateTime::strptime(TIME, time).ok()?;
    time.to_zoned(TimeZone::UTC)
        .ok()
        .map(|time| time.timestamp())
}

/// The path of the journal itself. SQLite keeps the log beside the file, not beside a symbolic
/// link, and so does the bridge with copies.
pub(super) fn real(journal: &Path) -> PathBuf {
    fs::canonicalize(journal).unwrap_or_else(|_| journal.to_owned())
}

/// A name beside the journal with a time, which no file has.
pub(super) fn free_name(real: &Path, start: &str, at: Timestamp) -> PathBuf {
    let at = at.strftime(TIME);
    let mut name = with_suffix(real, &format!("{start}{at}"));
    for number in 2..1_000 {
        let is_free = |suffix: &&str| fs::symlink_metadata(with_suffix(&name, suffix)).is_err();
        if ["", LOG, INDEX, ROLLBACK].iter().all(is_free) {
            break;
        }
        name = with_suffix(real, &format!("{start}{at}-{number}"));
    }
    name
}

/// Removes a database and the files that SQLite has beside it.
pub(super) fn remove_all(path: &Path) -> io::Result<()> {
    for suffix in ["", LOG, INDEX, ROLLBACK] {
        match fs::remove_file(with_suffix(path, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_recognized_by_their_names_and_other_files_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("journal.db");
        for rest in [
            "",
            "-wal",
            ".lock",
            ".mark",
            ".backup-2026-12-01T04-30-00Z",
            ".backup-2026-11-30T04-30-00Z-2",
            ".backup-of-mine",
            ".backup-2026-12-01T04-30-00Z-old",
            ".damaged-2026-11-29T20-48-55Z-wal",
            ".moved-aside-1",
            ".salvaging-journal",
            ".backup-.unfinished",
        ] {
            fs::write(with_suffix(&journal, rest), "").unwrap();
        }
        let name = |copy: &JournalCopy| {
            let name = copy.path.file_name().unwrap().to_string_lossy();
            let rest = name.strip_prefix("journal.db").unwrap();
            (rest.to_owned(), copy.kind)
        };
        let found: Vec<_> = copies(&journal).unwrap().iter().map(name).collect();
        let expected = [
            (".moved-aside-1", CopyKind::MovedAside),
            (".backup-.unfinished", CopyKind::Unfinished),
            (".salvaging", CopyKind::Unfinished),
            (".damaged-2026-11-29T20-48-55Z", CopyKind::Damaged),
            (".backup-2026-11-30T04-30-00Z-2", CopyKind::Backup),
            (".backup-2026-12-01T04-30-00Z", CopyKind::Backup),
        ];
        assert_eq!(found, expected.map(|(name, kind)| (name.to_owned(), kind)));
    }
}
