//! A run of a rule or a named action.

use std::sync::Arc;

use serde_json::Value;

use super::occurrence::Occurrence;
use crate::automation::sequence::Sequence;

/// Whose run it is: a rule or an action, by its place in the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    Rule(usize),
    /// A named action.
    Action(usize),
}

/// A run's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunId(pub u64);

/// What an action's caller wants to know of it at its end.
#[derive(Debug, Clone, PartialEq)]
pub struct Called {
    /// The run's id on the bus.
    pub running: Box<str>,
    /// What it was called with.
    pub args: Value,
    /// When, Unix milliseconds.
    pub at_ms: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RunState {
    Ready,
    Until(u64),
    Asked,
}

/// A list of steps that is being gone through, or waits to be.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) sequence: Sequence,
    pub(super) occurrence: Arc<Occurrence>,
    pub(super) called: Option<Called>,
    pub(super) state: RunState,
    pub(super) owner: Owner,
    pub(super) failed: bool,
}

/// A step that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// `rule "Raids"`
    pub of: Box<str>,
    /// `send SEND_MESSAGE`
    pub step: Box<str>,
    /// In words, without data.
    pub why: Box<str>,
    /// How often this rule has failed so far.
    pub times: u64,
}
