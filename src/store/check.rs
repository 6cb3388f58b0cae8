//! Examines a journal or a copy of it, without changing anything, also while a bridge uses it.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use super::copies::real;
use super::error::is_unreadable;
use super::examine::{Damage, check_all, is_journal, log_of};
use super::lock::is_in_use;
use super::mark::Content;
use super::read_only::ReadOnlyStore;
use super::write_ahead_log::Log;
use super::{Account, StoreError, salvage};

/// A running bridge writes its rows before the mark, and a check may come in between.
const ATTEMPTS: u32 = 5;
const PAUSE: Duration = Duration::from_millis(100);

/// The content of a journal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub rows: u64,
    pub sessions: u64,
    pub people: u64,
}

/// What a check has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checked {
    Whole(Counts),
    Damaged {
        /// What is wrong, as the end of a sentence.
        why: String,
        /// What the next start of the bridge would save.
        account: Account,
    },
}

/// Reads all rows of a journal, compares them with what the bridge wrote, and has SQLite check the
/// whole file.
///
/// # Errors
/// [`StoreError::Foreign`], [`StoreError::Newer`], and [`StoreError::Damaged`] if the file is none
/// of ours; [`StoreError::Look`] if it does not exist or cannot be read.
pub fn check(path: &Path) -> Result<Checked, StoreError> {
    let unseen = |source| StoreError::Look {
        path: path.to_owned(),
        source,
    };
    fs::metadata(path).map_err(unseen)?;
    let mut why = String::new();
    for _ in 0..ATTEMPTS {
        let is_used = is_in_use(path)?;
        match look(path, is_used)? {
            Ok(counts) => return Ok(Checked::Whole(counts)),
            Err(found) => why = found,
        }
        if !is_used {
            break;
        }
        thread::park_timeout(PAUSE);
    }
    let damage = Damage {
        why: why.clone(),
        log: log_of(path)?,
    };
    let account = salvage::rehearse(path, damage, Content::beside(path).as_ref())?;
    Ok(Checked::Damaged { why, account })
}

/// The inner error is what is wrong.
fn look(path: &Path, is_used: bool) -> Result<Result<Counts, String>, StoreError> {
    let mark = Content::beside(path);
    let is_ours = mark.is_some() || is_journal(path);
    let size = fs::metadata(path).map_or(0, |file| file.len());
    if size == 0 && mark.as_ref().is_some_and(|mark| mark.rows > 0) {
        return Ok(Err("it is empty (0 bytes)".to_owned()));
    }
    let log = if is_used { None } else { log_of(path)? };
    if is_ours && log.as_ref().is_some_and(Log::is_damaged) {
        return Ok(Err("its write-ahead log is damaged".to_owned()));
    }
    let store = match ReadOnlyStore::open(path) {
        Err(StoreError::Damaged { source, .. }) if is_ours => return Ok(Err(source.to_string())),
        store => store?,
    };
    let reader = store.reader()?;
    let found = check_all(reader.connection, mark.as_ref());
    match found {
        Ok(Ok(tally)) => {
            let count = |table| {
                let statement = format!("SELECT count(*) FROM {table}");
                let count = reader
                    .connection
                    .query_row(&statement, (), |row| row.get::<_, i64>(0));
                count.map_or(0, i64::cast_unsigned)
            };
            Ok(Ok(Counts {
                rows: tally.rows,
                sessions: count("session"),
                people: count("person"),
            }))
        }
        Ok(Err(why)) => Ok(Err(why)),
        Err(error) if is_ours && is_unreadable(&error) => Ok(Err(error.to_string())),
        Err(error) => Err(StoreError::database("read", &real(path), error)),
    }
}
