//! Answers that were read from the journal for a request.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{archive::Archive, edits_of_session::PlannedEdits, session_plan::SessionPlan};

/// The answer to a [`JournalQuestion`](super::io::JournalQuestion).
#[derive(Debug)]
pub enum JournalAnswer {
    /// A session with its credits.
    Session(Arc<Archive>),
    /// A prepared change of sessions.
    Change(Box<SessionPlan>),
    /// Prepared edits of a session.
    Edits(Box<PlannedEdits>),
    /// The fields of the reply to any other question.
    Fields(Map<String, Value>),
}
