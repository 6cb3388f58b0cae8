use std::sync::Arc;

use serde_json::Value;

use super::occurrence::Occurrence;
use crate::automation::sequence::Sequence;

/// The rule or action that a run belongs to. The number is its index in the rulebook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    Rule(usize),
    Action(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunId(pub u64);

/// A client's call of an action. [`Turn::Over`](super::Turn::Over) returns it when the run has
/// ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Called {
    /// The id of the run in replies and events.
    pub running: Box<str>,
    pub args: Value,
    /// The time of the call in Unix milliseconds.
    pub at_ms: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RunState {
    Ready,
    Until(u64),
    Asked,
}

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
    /// The rule or action of the failed step, such as `rule "Raids"`.
    pub of: Box<str>,
    /// A summary of the step, such as `send SEND_MESSAGE`.
    pub step: Box<str>,
    /// The error, without data of the event.
    pub why: Box<str>,
    /// The number of failures of this rule or action so far.
    pub times: u64,
}
