//! The owner of the core: takes one input after the other and runs the effects in their order.

use std::time::Duration;

use serde_json::value::RawValue;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use super::{Ended, Error, Told, clock::Clock, deeds::Deeds, log, state};
use crate::{
    core::{
        Core,
        journal::Write,
        port::{Effect, Input, ObsInfo},
    },
    obs::{Notice, Obs, Stop},
    store::{StoreError, StoreHandle, StoreNotice, StoreNotices},
};

/// Replies that may wait for the store before no more requests are taken.
const WAITING: usize = 64;
/// How long the disk and OBS may hold the engine up once the bridge is told to stop, and how long it then has for what is owed.
const GRACE: Duration = Duration::from_secs(1);

/// The core with its hands.
pub(super) struct Engine {
    core: Core,
    clock: Clock,
    store: StoreHandle,
    generation: state::Writer,
    outgoing: mpsc::Sender<Box<RawValue>>,
    told: Option<mpsc::Sender<Told>>,
    answered: mpsc::Receiver<Input>,
    deeds: Deeds,
    waiting: log::Waiting,
    stop: CancellationToken,
    /// Cancelled some time after `stop`: what cannot be had by then is not waited for.
    overdue: CancellationToken,
    /// The end, once an effect asked for it.
    end: Option<Ended>,
}

impl Engine {
    pub(super) fn new(
        core: Core,
        clock: Clock,
        (store, generation): (StoreHandle, state::Writer),
        obs: Obs,
        outgoing: mpsc::Sender<Box<RawValue>>,
        told: Option<mpsc::Sender<Told>>,
        stop: CancellationToken,
    ) -> Self {
        let (answers, answered) = mpsc::channel(8);
        let overdue = CancellationToken::new();
        let mut deeds = Deeds::new(obs, answers);
        deeds.aside("the timer of the end", cancel_later(stop.clone(), overdue.clone()));
        Self { core, clock, store, generation, outgoing, told, answered, deeds, waiting: log::Waiting::default(), stop, overdue, end: None }
    }

    /// Runs until told to stop, or until it cannot go on.
    pub(super) async fn run(
        &mut self,
        first: Vec<Effect>,
        from_obs: &mut mpsc::Receiver<Notice>,
        from_store: &mut StoreNotices,
    ) -> Result<Ended, Error> {
        let outcome = self.serve(first, from_obs, from_store).await;
        if outcome.is_ok() {
            // What is still owed: replies that wait for the store, and the stamp of when we were last alive.
            let owed = async {
                self.handle(Input::Stopping).await?;
                while self.core.waiting() > 0 {
                    self.take_store(from_store.recv().await).await?;
                }
                Ok::<(), Error>(())
            };
            if tokio::time::timeout(GRACE, owed).await.is_err() {
                warn!("some replies were not given before the end");
            }
        }
        outcome
    }

    /// Ends what it has begun, and lets go of everything but the store and the writer of the generation. The sender ends when it has sent
    /// what it has.
    pub(super) async fn finish(mut self) -> (StoreHandle, state::Writer) {
        self.deeds.end().await;
        (self.store, self.generation)
    }

    async fn serve(
        &mut self,
        first: Vec<Effect>,
        from_obs: &mut mpsc::Receiver<Notice>,
        from_store: &mut StoreNotices,
    ) -> Result<Ended, Error> {
        self.run_effects(first).await?;
        loop {
            if let Some(end) = self.end.take() {
                return Ok(end);
            }
            let takes_requests = self.core.waiting() < WAITING;
            let due = self.clock.instant(self.core.due_ms());
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return Ok(Ended::Stopped),
                notice = from_store.recv() => self.take_store(notice).await?,
                input = self.answered.recv() => if let Some(input) = input {
                    self.handle(input).await?;
                },
                notice = from_obs.recv(), if takes_requests => match notice {
                    Some(notice) => self.take_obs(notice).await?,
                    None => return Err(Error::Broken("the link to OBS")),
                },
                () = tokio::time::sleep_until(due) => self.handle(Input::Tick).await?,
            }
        }
    }

    async fn take_store(&mut self, notice: Option<StoreNotice>) -> Result<(), Error> {
        match notice {
            Some(StoreNotice::Committed { writes, .. }) => self.handle(Input::Durable { writes }).await,
            Some(StoreNotice::Failed { error, .. }) => self.handle(Input::StoreFailed(error)).await,
            Some(StoreNotice::Healed) => self.handle(Input::StoreHealed).await,
            Some(StoreNotice::Noted { text, lost }) => self.handle(Input::StoreNoted { text, lost }).await,
            None => Err(Error::Broken("the store")),
        }
    }

    async fn take_obs(&mut self, notice: Notice) -> Result<(), Error> {
        match notice {
            Notice::Up(info) => {
                self.waiting.over();
                info!(obs = info.version.obs, websocket = info.version.websocket, "connected to OBS");
                if let Some(scene) = info.scene {
                    self.handle(Input::Scene(scene.into())).await?;
                }
                let version = ObsInfo { obs_version: info.version.obs.into(), websocket_version: info.version.websocket.into() };
                self.handle(Input::Up(version)).await
            }
            Notice::Heard(mut batch) => {
                for heard in batch.events.drain(..) {
                    self.handle(Input::Heard(heard)).await?;
                }
                Ok(())
            }
            Notice::SceneChanged(name) => self.handle(Input::Scene(name.into())).await,
            Notice::StreamChanged { active } => self.handle(Input::StreamChanged { active }).await,
            Notice::Down(cause) => {
                warn!("the connection to OBS is lost: {cause}");
                self.handle(Input::Down).await
            }
            Notice::Waiting { attempt, delay, cause } => {
                self.waiting.say(attempt, delay, &cause);
                Ok(())
            }
            Notice::Stopped(Stop::Shutdown) => {
                self.end = Some(Ended::Stopped);
                Ok(())
            }
            Notice::Stopped(Stop::Failed(cause)) => {
                self.end = Some(Ended::Link(cause));
                Ok(())
            }
        }
    }

    async fn handle(&mut self, input: Input) -> Result<(), Error> {
        let effects = self.core.handle(input, self.clock.now());
        self.run_effects(effects).await
    }

    async fn run_effects(&mut self, effects: Vec<Effect>) -> Result<(), Error> {
        for effect in effects {
            match effect {
                Effect::Write(write) => self.write(write).await?,
                Effect::Send(message) => self.send(message).await?,
                Effect::Told { seq, at_ms, event } => {
                    debug!(seq, event = %event.name, "event");
                    if let Some(told) = &self.told {
                        // A listener that does not keep up misses some, and sees it by the numbers.
                        if told.try_send(Told { seq, at_ms, event }).is_err() {
                            debug!(seq, "nobody took the event");
                        }
                    }
                }
                Effect::AskStream => self.deeds.ask_stream(),
                Effect::AskShown { scene, source } => self.deeds.ask_shown(scene, source),
                Effect::AskMusic { input } => self.deeds.ask_music(input),
                Effect::Emit(json) => self.deeds.emit(json),
                Effect::Ask { ticket, request } => self.deeds.ask(ticket, request),
                Effect::Run { ticket, of, program } => self.deeds.run(ticket, of, program),
                Effect::Speaks(generation) => self.generation.note(generation),
                Effect::Note(note) => log::note(&note),
                Effect::Yield { other } => self.end = Some(Ended::OtherBridge { other }),
            }
        }
        Ok(())
    }

    /// Hands a write to the store. While its queue is full (it is larger while the disk refuses writes) the engine stands still, and OBS is
    /// pushed back in turn; told to stop then, it does not wait for a disk that may never heal.
    async fn write(&self, write: Write) -> Result<(), Error> {
        tokio::select! {
            biased;
            written = self.store.write(write) => Ok(written?),
            () = self.overdue.cancelled() => Err(Error::Store(StoreError::Stopped)),
        }
    }

    /// Hands a message to the sender. While its queue is full the engine stands still as well; told to stop while OBS hangs, it lets the
    /// message go.
    async fn send(&self, message: Box<RawValue>) -> Result<(), Error> {
        tokio::select! {
            biased;
            sent = self.outgoing.send(message) => sent.map_err(|_| Error::Broken("the sender")),
            () = self.overdue.cancelled() => {
                debug!("a message was not sent: OBS takes none and the bridge ends");
                Ok(())
            }
        }
    }
}

/// Cancels the second token some time after the first.
async fn cancel_later(stop: CancellationToken, overdue: CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(GRACE).await;
    overdue.cancel();
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}
