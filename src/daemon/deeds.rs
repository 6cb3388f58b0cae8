//! What the core asks the shell to do beside its own work: requests to OBS, programs. Each in a task of its own, so that the core goes on
//! meanwhile; how it went comes back as an input. They end with the engine.

use std::sync::Arc;

use tokio::{sync::mpsc, task::JoinSet};
use tracing::{debug, warn};

use super::program::Programs;
use crate::{
    core::port::{Input, Ticket},
    obs::Obs,
    rule::{ObsRequest, Program},
};

#[derive(Debug)]
pub(super) struct Deeds {
    obs: Obs,
    answers: mpsc::Sender<Input>,
    programs: Arc<Programs>,
    /// Dropped with the engine: then they are cut off, and programs killed.
    tasks: JoinSet<()>,
}

impl Deeds {
    pub(super) fn new(obs: Obs, answers: mpsc::Sender<Input>) -> Self {
        Self { obs, answers, programs: Arc::default(), tasks: JoinSet::new() }
    }

    /// Makes a request to OBS.
    pub(super) fn ask(&mut self, ticket: Ticket, request: ObsRequest) {
        let (obs, answers) = (self.obs.clone(), self.answers.clone());
        self.spawn(async move {
            let outcome = obs.act(&request).await.map_err(|error| error.to_string());
            answer(&answers, ticket, outcome).await;
        });
    }

    /// Runs a program.
    pub(super) fn run(&mut self, ticket: Option<Ticket>, of: Box<str>, program: Program) {
        let (programs, answers) = (Arc::clone(&self.programs), self.answers.clone());
        self.spawn(async move {
            let outcome = programs.run(&program).await;
            match (&outcome, ticket) {
                (Ok(()), _) => debug!(program = %program.program, "{of}: the program is done"),
                // Of one that is waited for, the core says it.
                (Err(error), None) => warn!("{of}: {error}"),
                (Err(_), Some(_)) => {}
            }
            if let Some(ticket) = ticket {
                answer(&answers, ticket, outcome.map_err(|error| error.to_string())).await;
            }
        });
    }

    fn spawn(&mut self, deed: impl Future<Output = ()> + Send + 'static) {
        while self.tasks.try_join_next().is_some() {}
        self.tasks.spawn(deed);
    }
}

async fn answer(answers: &mpsc::Sender<Input>, ticket: Ticket, outcome: Result<(), String>) {
    if answers.send(Input::Done { ticket, outcome }).await.is_err() {
        debug!("a step was done too late: the bridge ends");
    }
}
