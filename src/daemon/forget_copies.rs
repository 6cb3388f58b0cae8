//! Forgets a person in the copies of the journal: backups, journals that a restore has replaced,
//! files that were moved aside. A copy that cannot be searched is deleted.
//!
//! The copies come before the journal. After a crash the journal then still has the person, so that
//! the person can be forgotten again.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

use serde_json::{Map, Value};

use super::forget_scan::{collect, remember};
use crate::{
    bridge::{
        archive,
        forget::{Forgetting, Identity},
    },
    store::{self, CopyEdit, CopyKind, CopyLock, JournalCopy, ReadOnlyStore, StoreError},
};

/// The number of bytes that are searched at once, and how many of them are searched again with the
/// next ones. No name is longer.
const BLOCK: usize = 1024 * 1024;
const OVERLAP: i64 = 4 * 1024;

/// What became of the copies. While it exists, no further copy is made.
#[derive(Debug)]
pub(super) struct Struck {
    /// The copies from which the person was removed.
    changed: Vec<String>,
    /// The copies that were deleted, because they cannot be searched or changed.
    deleted: Vec<String>,
    warnings: Vec<String>,
    _lock: CopyLock,
}

impl Struck {
    /// Adds the lists to the reply.
    pub(super) fn add_to(self, reply: &mut Map<String, Value>) {
        reply.insert("copies".into(), self.changed.into());
        reply.insert("deletedCopies".into(), self.deleted.into());
        warn(reply, self.warnings);
    }

    fn delete(&mut self, copy: &JournalCopy) {
        let path = copy.path.display();
        match copy.remove() {
            Ok(()) => self.deleted.push(path.to_string()),
            Err(error) => self.warnings.push(format!(
                "{path} may still name the person, and it cannot be deleted: {error}. Delete it by \
                    hand"
            )),
        }
    }
}

/// Adds warnings to those of a reply.
pub(super) fn warn(reply: &mut Map<String, Value>, warnings: Vec<String>) {
    if warnings.is_empty() {
        return;
    }
    let all = reply
        .entry("warnings")
        .or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(all) = all {
        all.extend(warnings.into_iter().map(Value::from));
    }
}

/// Adds to a preview which copies will be searched, and which will be deleted.
///
/// # Errors
/// If the folder cannot be read.
pub(super) fn announce(journal: &Path, report: &mut Map<String, Value>) -> Result<(), StoreError> {
    let (mut searched, mut deleted) = (Vec::new(), Vec::new());
    for copy in of(journal)? {
        let path = copy.path.display().to_string();
        match copy.kind {
            CopyKind::Damaged | CopyKind::Unfinished => deleted.push(path),
            CopyKind::Backup | CopyKind::Replaced | CopyKind::MovedAside => searched.push(path),
        }
    }
    report.insert("copies".into(), searched.into());
    report.insert("deletedCopies".into(), deleted.into());
    Ok(())
}

/// Removes the person from all copies of the journal.
///
/// # Errors
/// [`StoreError::CopiesInUse`], and if the folder cannot be read. If one copy cannot be changed,
/// this is no error: it is deleted.
pub(super) fn erase(journal: &Path, identity: &Identity) -> Result<Struck, StoreError> {
    let mut struck = Struck {
        changed: Vec::new(),
        deleted: Vec::new(),
        warnings: Vec::new(),
        _lock: CopyLock::take(journal)?,
    };
    for copy in of(journal)? {
        if matches!(copy.kind, CopyKind::Damaged | CopyKind::Unfinished) {
            struck.delete(&copy);
            continue;
        }
        match strike(&copy.path, identity) {
            Ok(true) => struck.changed.push(copy.path.display().to_string()),
            Ok(false) => {}
            // A file of another program is none of the bridge's business.
            Err(_) if copy.kind == CopyKind::MovedAside && !store::is_journal(&copy.path) => {}
            Err(error) => {
                tracing::warn!(
                    path = %copy.path.display(),
                    "a copy of the journal cannot be changed, and is deleted: {}",
                    error.chain()
                );
                struck.delete(&copy);
            }
        }
    }
    Ok(struck)
}

fn of(journal: &Path) -> Result<Vec<JournalCopy>, StoreError> {
    store::copies(journal).map_err(|source| StoreError::Look {
        path: journal.to_owned(),
        source,
    })
}

/// Removes the person from one copy. Returns whether it named the person.
fn strike(path: &Path, identity: &Identity) -> Result<bool, StoreError> {
    let store = ReadOnlyStore::open(path)?;
    store.check()?;
    let mut forgetting = Forgetting::elsewhere(identity);
    let reader = store.reader()?;
    collect(reader, &mut forgetting)?;
    let names_person = !forgetting.erasure().is_empty();
    if names_person && let Some(running) = archive::running(&reader.sessions()?) {
        remember(reader, &mut forgetting, running.id)?;
    }
    drop(store);
    let unseen = |source| StoreError::Look {
        path: path.to_owned(),
        source,
    };
    // Free space may have older values.
    if names_person || may_contain(path, forgetting.identity()).map_err(unseen)? {
        let mut edit = CopyEdit::open(path)?;
        edit.erase(forgetting.erasure())?;
        edit.finish()?;
    }
    Ok(names_person)
}

/// Whether any byte of a file may belong to a name or an id of the person.
fn may_contain(path: &Path, identity: &Identity) -> io::Result<bool> {
    let mut file = File::open(path)?;
    let mut block = Vec::with_capacity(BLOCK);
    loop {
        block.clear();
        let read = file.by_ref().take(BLOCK as u64).read_to_end(&mut block)?;
        if identity.may_be_in(&String::from_utf8_lossy(&block)) {
            return Ok(true);
        }
        if read < BLOCK {
            return Ok(false);
        }
        file.seek(SeekFrom::Current(-OVERLAP))?;
    }
}
