//! A reply that waits for the store.

use super::io::Pass;
use crate::request::{Asker, RequestError, Unknown, reply::Body};

/// The promise about the store that a reply makes besides its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Promise {
    /// Nothing: the reply is about the bridge itself.
    Nothing,
    /// Nothing that the reply reports is lost in a crash.
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

/// An answer and the client that asked for it.
#[derive(Debug)]
pub(super) struct PendingReply {
    pub(super) from: Sender,
    pub(super) answer: Result<Body, RequestError>,
    pub(super) promise: Promise,
    pub(super) seq: u64,
    /// `None` if the answer is not large.
    pub(super) pass: Option<Pass>,
}
