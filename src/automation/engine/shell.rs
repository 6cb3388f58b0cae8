//! The methods of [`Engine`] for tasks that steps leave to the shell.

use super::{
    Engine,
    outside::{
        BegunProgram, BegunRequest, Dropped, Job, Open, ProgramEnd, ProgramId, ProgramTally,
    },
    run::{Failure, Owner, RunId},
};
use crate::automation::{obs_request::ObsRequest, step::Program};

impl Engine {
    /// Queues a program of a step, which [`Self::next_program`] starts later. Fails if too many
    /// programs wait.
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

    /// Starts the next program that may run now. Call this until it returns `None`.
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
                let times = self.rate_limit(owner).failed(&format!("{step}: {why}"));
                ProgramEnd::Failed(Failure {
                    of: self.name_of(owner).into(),
                    step: step.into(),
                    why: why.into(),
                    times,
                })
            }
        }
    }

    /// Queues a step's request to OBS, which [`Self::next_request`] starts later. Returns `false`
    /// if there is no room. This cannot happen while each run waits for the answer to its request.
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

    /// Starts the next request that may be made now. Call this until it returns `None`.
    pub fn next_request(&mut self) -> Option<BegunRequest> {
        let (owner, begun) = self.outside.requests.begin()?;
        self.outside.asked.insert(begun.run, owner);
        Some(begun)
    }

    /// Call this when OBS has answered a request. Pass the outcome to [`Self::done`] as well.
    pub fn request_ended(&mut self, run: RunId) {
        if let Some(owner) = self.outside.asked.remove(&run) {
            self.outside.requests.ended(owner);
        }
    }

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
