//! Reads everything in a journal, or in a copy of it, that names a person who is to be forgotten.

use crate::{
    bridge::{
        forget::{FORGOTTEN, Forgetting, KEYS},
        journal::SessionId,
    },
    store::{Reader, StoreError},
};

/// Collects everything that names the person.
pub(super) fn collect(reader: Reader<'_>, forgetting: &mut Forgetting) -> Result<(), StoreError> {
    // A row may have a name by which another row without an id is recognized.
    reader.all_rows(|row| {
        forgetting.learn(&row);
    })?;
    reader.all_rows(|row| forgetting.row(&row))?;
    reader.people(usize::MAX, |row| forgetting.person(row))?;
    for key in KEYS {
        if let Some(json) = reader.meta(key)? {
            forgetting.meta(key, &json);
        }
    }
    Ok(())
}

/// Records in the journal's running session that the person was forgotten.
pub(super) fn remember(
    reader: Reader<'_>,
    forgetting: &mut Forgetting,
    running: SessionId,
) -> Result<(), StoreError> {
    let stored = reader.meta(FORGOTTEN)?;
    let instance = reader.meta("instance")?.unwrap_or_default();
    forgetting.remember(stored.as_deref(), running, &instance);
    Ok(())
}
