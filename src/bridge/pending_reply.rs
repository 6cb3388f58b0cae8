//! A reply that waits for the store.

use super::io::Pass;
use crate::request::{Asker, RequestError, Unknown, reply::Body};

/// The state of the store that a reply guarantees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Promise {
    /// The reply promises nothing, because it describes the bridge itself.
    Nothing,
    /// A crash cannot undo the state that the reply reports.
    Lasting,
    /// Like [`Self::Lasting`], for a reply whose content comes from the journal, such as the
    /// credits.
    Credits,
    /// The effect of the request is stored.
    Stored,
}

/// The sender of a request, and the fields that its reply repeats.
#[derive(Debug)]
pub(super) struct Sender {
    pub(super) asker: Asker,
    pub(super) client: Box<str>,
    pub(super) unknown: Unknown,
    pub(super) bytes: usize,
}

/// An answer, and the client that receives it.
#[derive(Debug)]
pub(super) struct PendingReply {
    pub(super) from: Sender,
    pub(super) answer: Result<Body, RequestError>,
    pub(super) promise: Promise,
    pub(super) seq: u64,
    /// `None` if the answer is not large.
    pub(super) pass: Option<Pass>,
}
