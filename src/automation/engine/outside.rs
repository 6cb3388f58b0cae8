//! What steps let the shell do: programs and requests to OBS. Which of them begins, what waits, and
//! what has become of it.

use std::collections::BTreeMap;

use super::{
    lanes::{Bounds, Lanes},
    run::{Failure, Owner, RunId},
};
use crate::automation::{obs_request::ObsRequest, step::Program};

/// Programs of one rule or action at once, and of all together beside the first of each.
const PROGRAMS: Bounds = Bounds {
    each: 8,
    all: 32,
    waiting: 100,
    bytes: 4 << 20,
};
/// Requests to OBS of one rule or action: OBS takes one at a time, so that more would only delay
/// those of others.
const REQUESTS: Bounds = Bounds {
    each: 1,
    all: usize::MAX,
    waiting: 64,
    bytes: usize::MAX,
};

/// A program's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProgramId(pub u64);

/// What has become of a rule's or action's programs since the bridge started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct ProgramTally {
    pub running: usize,
    /// Waiting for their turn.
    pub waiting: usize,
    /// Not run: too many waited already.
    pub dropped: u64,
    /// They could not be started, failed, or took too long.
    pub failed: u64,
}

/// A program that begins now.
#[derive(Debug, PartialEq)]
pub struct BegunProgram {
    /// For [`Engine::program_ended`](super::Engine::program_ended).
    pub id: ProgramId,
    /// Whose it is, for the log.
    pub of: Box<str>,
    /// What to run.
    pub program: Program,
}

/// A request that is made now.
#[derive(Debug, PartialEq)]
pub struct BegunRequest {
    /// For [`Engine::request_ended`](super::Engine::request_ended).
    pub run: RunId,
    /// What to ask.
    pub request: ObsRequest,
    /// How deep what it causes will be.
    pub depth: u8,
}

/// A program that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// `rule "Raids"`
    pub of: Box<str>,
    /// How many of this rule or action were left out so far.
    pub times: u64,
}

/// What comes of a program's end.
#[derive(Debug, PartialEq)]
pub enum ProgramEnd {
    /// A run waited for it: [`Engine::done`](super::Engine::done) takes
    /// its outcome.
    Step(RunId, Result<(), String>),
    /// It failed in the background.
    Failed(Failure),
    /// Nobody waited for it, and it did its work.
    Nothing,
}

#[derive(Debug)]
pub(super) struct Job {
    /// The run that waits for its end.
    pub(super) run: Option<RunId>,
    pub(super) program: Program,
}

/// A program that is under way.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) owner: Owner,
    pub(super) run: Option<RunId>,
    pub(super) name: Box<str>,
}

#[derive(Debug)]
pub(super) struct Outside {
    pub(super) programs: Lanes<Job>,
    pub(super) open: BTreeMap<ProgramId, Open>,
    pub(super) begun: u64,
    /// Dropped and failed.
    pub(super) lost: BTreeMap<Owner, (u64, u64)>,
    pub(super) requests: Lanes<BegunRequest>,
    pub(super) asked: BTreeMap<RunId, Owner>,
}

impl Default for Outside {
    fn default() -> Self {
        Self {
            programs: Lanes::new(PROGRAMS),
            open: BTreeMap::new(),
            begun: 0,
            lost: BTreeMap::new(),
            requests: Lanes::new(REQUESTS),
            asked: BTreeMap::new(),
        }
    }
}
