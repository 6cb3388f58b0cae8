//! What steps let the shell do: programs and requests to OBS. Which of them begins, what waits, and
//! what has become of it.

use std::collections::BTreeMap;

use super::{
    Engine, Failure, Owner, RunId,
    lanes::{Bounds, Lanes},
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
    /// Under way.
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
    /// For [`Engine::program_ended`].
    pub id: ProgramId,
    /// Whose it is, for the log.
    pub of: Box<str>,
    /// What to run.
    pub program: Program,
}

/// A request that is made now.
#[derive(Debug, PartialEq)]
pub struct BegunRequest {
    /// For [`Engine::request_ended`].
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
    /// A run waited for it: [`Engine::done`] is to be told.
    Step(RunId, Result<(), String>),
    /// It failed in the background.
    Failed(Failure),
    /// Nobody waited for it, and it did its work.
    Nothing,
}

#[derive(Debug)]
struct Job {
    /// The run that waits for its end.
    run: Option<RunId>,
    program: Program,
}

/// A program that is under way.
#[derive(Debug)]
struct Open {
    owner: Owner,
    run: Option<RunId>,
    name: Box<str>,
}

#[derive(Debug)]
pub(super) struct Outside {
    programs: Lanes<Job>,
    open: BTreeMap<ProgramId, Open>,
    begun: u64,
    /// Dropped and failed.
    lost: BTreeMap<Owner, (u64, u64)>,
    requests: Lanes<BegunRequest>,
    asked: BTreeMap<RunId, Owner>,
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

impl Engine {
    /// A step wants a program to be run. It begins when its turn comes: see [`Self::next_program`].
    pub fn want_program(&mut self, run: RunId, program: Program) -> Result<(), Dropped> {
        let Some(owner) = self.runs.get(&run).map(|run| run.owner) else {
            return Ok(());
        };
        let bytes = program.input.len() + program.args.iter().map(String::len).sum::<usize>();
        let job = Job {
            run: (!program.background).then_some(run),
            program,
        };
        if self.outside.programs.put(owner, job, bytes) {
            return Ok(());
        }
        let (dropped, _) = self.outside.lost.entry(owner).or_default();
        *dropped += 1;
        Err(Dropped {
            times: *dropped,
            of: self.name_of(owner).into(),
        })
    }

    /// The next program that begins now. To be called until there is none.
    pub fn next_program(&mut self) -> Option<BegunProgram> {
        let (owner, Job { run, program }) = self.outside.programs.begin()?;
        self.outside.begun += 1;
        let id = ProgramId(self.outside.begun);
        self.outside.open.insert(
            id,
            Open {
                owner,
                run,
                name: program.program.clone(),
            },
        );
        Some(BegunProgram {
            id,
            of: self.name_of(owner).into(),
            program,
        })
    }

    /// A program has ended.
    pub fn program_ended(&mut self, id: ProgramId, outcome: Result<(), String>) -> ProgramEnd {
        let Some(Open { owner, run, name }) = self.outside.open.remove(&id) else {
            return ProgramEnd::Nothing;
        };
        self.outside.programs.ended(owner);
        if outcome.is_err() {
            let (_, failed) = self.outside.lost.entry(owner).or_default();
            *failed += 1;
        }
        match (run, outcome) {
            (Some(run), outcome) => ProgramEnd::Step(run, outcome),
            (None, Ok(())) => ProgramEnd::Nothing,
            (None, Err(why)) => {
                let step = format!("run {name}");
                let times = self.pace(owner).failed(&format!("{step}: {why}"));
                ProgramEnd::Failed(Failure {
                    of: self.name_of(owner).into(),
                    step: step.into(),
                    why: why.into(),
                    times,
                })
            }
        }
    }

    /// A step wants to ask OBS. It is asked when its turn comes: see [`Self::next_request`].
    /// `false` if there is no room, which a run that waits for each of its requests never sees.
    pub fn want_request(&mut self, run: RunId, request: ObsRequest, depth: u8) -> bool {
        let Some(owner) = self.runs.get(&run).map(|run| run.owner) else {
            return false;
        };
        self.outside.requests.put(
            owner,
            BegunRequest {
                run,
                request,
                depth,
            },
            0,
        )
    }

    /// The next request that is made now. To be called until there is none.
    pub fn next_request(&mut self) -> Option<BegunRequest> {
        let (owner, begun) = self.outside.requests.begin()?;
        self.outside.asked.insert(begun.run, owner);
        Some(begun)
    }

    /// OBS has answered a request: [`Self::done`] is to be told as well.
    pub fn request_ended(&mut self, run: RunId) {
        if let Some(owner) = self.outside.asked.remove(&run) {
            self.outside.requests.ended(owner);
        }
    }

    /// How the programs of a rule or action have fared.
    pub fn programs(&self, owner: Owner) -> ProgramTally {
        let (running, waiting) = self.outside.programs.count(owner);
        let (dropped, failed) = self.outside.lost.get(&owner).copied().unwrap_or_default();
        ProgramTally {
            running,
            waiting,
            dropped,
            failed,
        }
    }
}
