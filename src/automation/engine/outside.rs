//! Keeps the programs and requests to OBS that steps leave to the shell, while they wait and while
//! they run.

use std::collections::BTreeMap;

use super::{
    lanes::{Bounds, Lanes},
    run::{Failure, Owner, RunId},
};
use crate::automation::{obs_request::ObsRequest, step::Program};

/// Limits for programs.
const PROGRAMS: Bounds = Bounds {
    each: 8,
    all: 32,
    waiting: 100,
    bytes: 4 << 20,
};
/// Limits for requests to OBS. OBS handles one at a time, so several requests of one rule would
/// only delay those of other rules.
const REQUESTS: Bounds = Bounds {
    each: 1,
    all: usize::MAX,
    waiting: 64,
    bytes: usize::MAX,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProgramId(pub u64);

/// Counters for the programs of a rule or action since the bridge started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct ProgramTally {
    pub running: usize,
    /// Programs that wait for a free slot.
    pub waiting: usize,
    /// Programs that were not run, because too many waited.
    pub dropped: u64,
    /// Programs that could not be started, failed or took too long.
    pub failed: u64,
}

/// A program to start now.
#[derive(Debug, PartialEq)]
pub struct BegunProgram {
    /// To be passed to [`Engine::program_ended`](super::Engine::program_ended).
    pub id: ProgramId,
    /// Its rule or action, such as `rule "Raids"`, for the log.
    pub of: Box<str>,
    /// The program, its arguments and its input.
    pub program: Program,
}

/// A request to make now.
#[derive(Debug, PartialEq)]
pub struct BegunRequest {
    /// To be passed to [`Engine::request_ended`](super::Engine::request_ended).
    pub run: RunId,
    pub request: ObsRequest,
    /// The causality depth of the events that this will cause.
    pub depth: u8,
}

/// A program was dropped, because too many waited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// Its rule or action, such as `rule "Raids"`.
    pub of: Box<str>,
    /// Number of programs that this rule or action has lost in this way so far.
    pub times: u64,
}

/// The consequence of the end of a program.
#[derive(Debug, PartialEq)]
pub enum ProgramEnd {
    /// A run waited for it: the outcome goes to [`Engine::done`](super::Engine::done).
    Step(RunId, Result<(), String>),
    /// It failed in the background.
    Failed(Failure),
    /// No run waited for it, and it succeeded.
    Nothing,
}

#[derive(Debug)]
pub(super) struct Job {
    /// The run that waits for its end; `None` for a program in the background.
    pub(super) run: Option<RunId>,
    pub(super) program: Program,
}

/// A running program.
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
    /// Numbers of dropped and of failed programs.
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
