//! What the verbs of `store` say about files.

use std::path::Path;

use twitchat_bridge::input;
use twitchat_bridge::store::Counts;

use crate::cli::failure::Failure;

/// Such as `3 sessions, 1,200 rows, 40 people`.
pub(super) fn content(counts: Counts) -> String {
    let people = match counts.people {
        1 => "1 person".to_owned(),
        people => format!("{people} people"),
    };
    format!(
        "{}, {}, {people}",
        input::count(counts.sessions, "session"),
        input::count(counts.rows, "row"),
    )
}

/// Such as `1.5 MB`.
pub(super) fn size(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100_000);
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

/// Refuses to overwrite a file, unless the user wants it.
pub(super) fn refuse_existing(file: &Path, force: bool) -> anyhow::Result<()> {
    if !force && file.exists() {
        let why = format!(
            "{} exists already: choose another name, or replace it with --force",
            file.display()
        );
        anyhow::bail!(Failure::Usage(why));
    }
    Ok(())
}

/// Fails if there is no journal.
pub(super) fn require_journal(journal: &Path) -> anyhow::Result<()> {
    if !journal.exists() {
        anyhow::bail!(
            "there is no journal at {}: the bridge makes it at its first start",
            journal.display()
        );
    }
    Ok(())
}
