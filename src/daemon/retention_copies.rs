//! Removes sessions that ended long ago from the copies of the journal: backups, and journals that
//! a restore has replaced. A copy that is older than that is deleted as a whole.

use std::path::Path;

use tracing::warn;

use crate::{
    bridge::{
        forget::Unnamed,
        ingest::BEYOND_DELETION,
        journal::{PersonRow, Session},
    },
    store::{self, CopyEdit, CopyKind, CopyLock, JournalCopy, ReadOnlyStore, Reader, StoreError},
};

/// Removes from each copy the sessions that ended before this time, and the people who occur in
/// nothing that is left. Returns the number of copies that were changed or deleted. A copy that
/// cannot be changed stays, and is reported in the log.
///
/// # Errors
/// [`StoreError::CopiesInUse`], and if the folder cannot be read.
pub(super) fn remove(journal: &Path, before_ms: i64) -> Result<usize, StoreError> {
    let _lock = CopyLock::take(journal)?;
    let copies = store::copies(journal).map_err(|source| StoreError::Look {
        path: journal.to_owned(),
        source,
    })?;
    let mut changed = 0;
    for copy in copies {
        match remove_from(&copy, before_ms) {
            Ok(is_changed) => changed += usize::from(is_changed),
            Err(error) => warn!(
                path = %copy.path.display(),
                "store.retention: old sessions could not be removed from a copy of the journal: {}",
                error.chain()
            ),
        }
    }
    Ok(changed)
}

/// Returns whether the copy was changed or deleted.
fn remove_from(copy: &JournalCopy, before_ms: i64) -> Result<bool, StoreError> {
    let is_old = copy.at.is_some_and(|at| at.as_millisecond() < before_ms);
    match copy.kind {
        CopyKind::Backup | CopyKind::Replaced | CopyKind::Damaged if is_old => {
            copy.remove().map_err(|source| StoreError::BackUp {
                path: copy.path.clone(),
                source,
            })?;
            return Ok(true);
        }
        CopyKind::Backup | CopyKind::Replaced => {}
        CopyKind::Damaged | CopyKind::MovedAside | CopyKind::Unfinished => return Ok(false),
    }
    let store = ReadOnlyStore::open(&copy.path)?;
    let sessions = store.reader()?.sessions()?;
    let mut ended = ended_before(&sessions, before_ms).peekable();
    if ended.peek().is_none() {
        return Ok(false);
    }
    drop(store);
    let mut edit = CopyEdit::open(&copy.path)?;
    for session in ended {
        edit.remove_session(session.id, &BEYOND_DELETION)?;
    }
    let people = unnamed(edit.reader(), before_ms)?;
    edit.remove_people(&people)?;
    edit.finish()?;
    Ok(true)
}

/// The sessions to remove: never the running one, and never the newest, from which the next
/// session's number follows.
pub(super) fn ended_before(sessions: &[Session], before_ms: i64) -> impl Iterator<Item = &Session> {
    let newest = sessions.iter().map(|session| session.id).max();
    sessions.iter().filter(move |session| {
        Some(session.id) != newest
            && session
                .ended_ms
                .is_some_and(|ended_ms| ended_ms < before_ms)
    })
}

/// The people who were last seen before this time and occur in no row.
pub(super) fn unnamed(reader: Reader<'_>, before_ms: i64) -> Result<Vec<PersonRow>, StoreError> {
    let mut unnamed = Unnamed::default();
    reader.people(usize::MAX, |person| {
        if person.seen_ms < before_ms {
            unnamed.add(person);
        }
    })?;
    if !unnamed.is_empty() {
        reader.all_rows(|row| unnamed.row(&row))?;
    }
    Ok(unnamed.into_people())
}
