//! What steps let the shell do, as [`Engine`] begins and ends it.

use super::{
    Engine,
    outside::{
        BegunProgram, BegunRequest, Dropped, Job, Open, ProgramEnd, ProgramId, ProgramTally,
    },
    run::{Failure, Owner, RunId},
};
use crate::automation::{obs_request::ObsRequest, step::Program};

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
