//! SHELL. The SQLite file: journal, sessions, people, small facts about the bridge.
//!
//! Owns the database file, its lock and the one thread that writes to it. It keeps what `bridge`
//! hands over as [`Write`]s and gives it back at start-up; it does not know what a row means,
//! numbers nothing and decides nothing. `daemon` opens it, reads it, then calls [`Store::run`].
//!
//! What is [`StoreNotice::Committed`] survives a crash of the bridge and of the machine: WAL with
//! `synchronous=FULL`, in a file that is still there. If somebody deletes or replaces the files
//! while they are open, a new journal is made of what the connection still has.
//!
//! [`Write`]: crate::bridge::journal::Write

mod apply;
mod claim;
mod error;
mod files;
mod handle;
mod known;
mod lock;
mod notice;
mod open;
mod queue;
mod read;
mod rebuild;
mod schema;
mod statements;
mod worker;

pub use claim::{Asked, Claim};
pub use error::{DatabaseError, StoreError};
pub use handle::{StoreHandle, TryWriteError};
pub use lock::is_in_use;
pub use notice::{StoreNotice, StoreNotices};
pub use open::Store;
pub use read::Replay;

#[cfg(test)]
mod tests;
