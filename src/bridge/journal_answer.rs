//! Answers that were read from the journal for a request.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{archive::Archive, edits_of_session::PlannedEdits, session_plan::SessionPlan};

/// The answer to a [`JournalQuestion`](super::io::JournalQuestion).
#[derive(Debug)]
pub enum JournalAnswer {
    /// The credits of a session that was read.
    Session(Arc<Archive>),
    /// A change of sessions that was planned but not carried out.
    Change(Box<SessionPlan>),
    /// Edits of a session that were planned but not carried out.
    Edits(Box<PlannedEdits>),
    /// The fields of the reply to any other question.
    Fields(Map<String, Value>),
}
