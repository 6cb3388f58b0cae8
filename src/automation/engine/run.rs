//! A run of a rule or a named action.

use std::sync::Arc;

use serde_json::Value;

use super::occurrence::Occurrence;
use crate::automation::sequence::Sequence;

/// The rule or action that a run belongs to, by its index in the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    Rule(usize),
    /// A named action.
    Action(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunId(pub u64);

/// The call of an action by a client. The client gets this back when the action has ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Called {
    /// The id of the run in messages on OBS.
    pub running: Box<str>,
    pub args: Value,
    /// When it was called, Unix milliseconds.
    pub at_ms: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RunState {
    Ready,
    Until(u64),
    Asked,
}

/// An active run of a list of steps.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) sequence: Sequence,
    pub(super) occurrence: Arc<Occurrence>,
    pub(super) called: Option<Called>,
    pub(super) state: RunState,
    pub(super) owner: Owner,
    pub(super) failed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Its rule or action, such as `rule "Raids"`.
    pub of: Box<str>,
    /// The step, such as `send SEND_MESSAGE`.
    pub step: Box<str>,
    /// The error, without data of the event.
    pub why: Box<str>,
    /// Number of failures of this rule or action so far.
    pub times: u64,
}
