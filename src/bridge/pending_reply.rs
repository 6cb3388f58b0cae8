//! A reply that waits for the store.

use super::io::Pass;
use crate::request::{Asker, RequestError, Unknown, reply::Body};

/// What a reply promises, beside what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Promise {
    /// Nothing: it is about the bridge itself.
    Nothing,
    /// That nothing it says is taken back by a crash.
    Lasting,
    /// The same, of entries that the journal holds: the credits.
    Credits,
    /// That what was asked for is stored.
    Stored,
}

/// An answer, and whom it is for.
#[derive(Debug)]
pub(super) struct PendingReply {
    pub(super) asker: Asker,
    pub(super) client: Box<str>,
    pub(super) unknown: Unknown,
    pub(super) answer: Result<Body, RequestError>,
    pub(super) promise: Promise,
    pub(super) seq: u64,
    /// Of a large answer.
    pub(super) pass: Option<Pass>,
}
