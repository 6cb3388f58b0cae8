//! SHELL. The SQLite file: journal, sessions, people, meta values of the bridge.
//!
//! Owns the database file, its lock and the only thread that writes to it. It stores the [`Write`]s
//! of `bridge` and returns their content at start-up. It does not interpret rows, assigns no
//! numbers and makes no decisions. `daemon` opens it, reads it, then calls [`Store::run`].
//!
//! Writes in a [`StoreNotice::Committed`] survive a crash of the bridge and of the machine: SQLite
//! uses WAL with `synchronous=FULL`, and the thread checks that the file still exists. If the files
//! are deleted or replaced while they are open, the thread creates a new journal from the data that
//! the connection still has.
//!
//! [`Write`]: crate::bridge::journal::Write

mod apply;
mod backup;
mod check;
mod claim;
mod copies;
mod copy_edit;
mod copy_lock;
mod database;
mod erase;
mod error;
mod examine;
mod export;
mod files;
mod handle;
mod import;
mod job;
mod jobs;
mod known;
mod line;
mod lock;
mod mark;
mod notice;
mod open;
mod pages;
mod permit;
mod queue;
mod read;
mod read_only;
mod rebuild;
mod restore;
mod salvage;
mod schema;
mod statements;
mod tally;
mod unfinished;
mod worker;
mod write_ahead_log;

pub use backup::{back_up, keep_newest};
pub use check::{Checked, Counts, check};
pub use claim::{Asked, Claim};
pub use copies::{CopyKind, JournalCopy, backups, copies};
pub use copy_edit::CopyEdit;
pub use copy_lock::CopyLock;
pub use error::{DatabaseError, StoreError};
pub use examine::is_journal;
pub use export::{ExportError, export};
pub use handle::{StoreHandle, TryWriteError};
pub use import::{ImportError, Imported};
pub use jobs::Jobs;
pub use line::Numbers;
pub use lock::is_in_use;
pub use notice::{StoreNotice, StoreNotices};
pub use open::{Opening, Store};
pub use permit::Permit;
pub use read::{Reader, Rows};
pub use read_only::ReadOnlyStore;
pub use salvage::Account;

#[cfg(test)]
mod tests;
