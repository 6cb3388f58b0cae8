//! Holds the programs and requests to OBS that steps start, while they wait and while they run. The
//! shell runs them.

use std::collections::BTreeMap;

use super::{
    lanes::{Bounds, Lanes},
    run::{Failure, Owner, RunId},
};
use crate::automation::{obs_request::ObsRequest, step::Program};

const PROGRAMS: Bounds = Bounds {
    each: 8,
    all: 32,
    waiting: 100,
    bytes: 4 << 20,
};
/// OBS handles one request at a time, so several requests of one rule would only delay the requests
/// of other rules.
const REQUESTS: Bounds = Bounds {
    each: 1,
    all: usize::MAX,
    waiting: 64,
    bytes: usize::MAX,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProgramId(pub u64);

/// Counts the programs of a rule or action since the bridge started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct ProgramTally {
    pub running: usize,
    /// Programs that wait for a free slot.
    pub waiting: usize,
    /// Programs that did not run, because too many waited.
    pub dropped: u64,
    /// Programs that could not be started, failed or took too long.
    pub failed: u64,
}

#[derive(Debug, PartialEq)]
pub struct BegunProgram {
    /// The caller passes this to [`Engine::program_ended`](super::Engine::program_ended) when the
    /// program has ended.
    pub id: ProgramId,
    /// The rule or action that runs the program, such as `rule "Raids"`, for the log.
    pub of: Box<str>,
    /// The program, its arguments and its input.
    pub program: Program,
}

#[derive(Debug, PartialEq)]
pub struct BegunRequest {
    /// The caller passes this to [`Engine::request_ended`](super::Engine::request_ended) when OBS
    /// has answered.
    pub run: RunId,
    pub request: ObsRequest,
    /// The causality depth of the events that the request will cause.
    pub depth: u8,
}

/// A program was dropped, because too many waited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// The rule or action that wanted to run the program, such as `rule "Raids"`.
    pub of: Box<str>,
    /// The number of programs of this rule or action that were dropped so far.
    pub times: u64,
}

#[derive(Debug, PartialEq)]
pub enum ProgramEnd {
    /// A run waited for the program. The caller passes the outcome to
    /// [`Engine::done`](super::Engine::done).
    Step(RunId, Result<(), String>),
    /// The program ran in the background and failed.
    Failed(Failure),
    /// The program ran in the background and succeeded.
    Nothing,
}

#[derive(Debug)]
pub(super) struct Job {
    /// The run that waits for the program; `None` for a program in the background.
    pub(super) run: Option<RunId>,
    pub(super) program: Program,
}

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
    /// The number of dropped programs and the number of failed programs.
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
