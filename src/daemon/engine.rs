//! Owns the bridge: passes inputs to it one by one, and runs the effects in their order.

use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use futures::FutureExt;
use tokio::{sync::mpsc, time::Instant};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use super::{
    Emitted, Ended, Error,
    clock::Clock,
    forget::ForgetWork,
    log,
    outbox::{Message, Outbox},
    reload::{self, SetSetting},
    state,
    tasks::{Answer, Tasks},
};
use crate::{
    bridge::{
        Bridge,
        io::{Effect, Input, ObsInfo},
        journal::Write,
        other_bridge::OtherBridge,
    },
    event::Received,
    obs::{Batch, Notice, Obs, Stop},
    store::{Asked, Jobs, StoreError, StoreHandle, StoreNotice, StoreNotices, TryWriteError},
};

/// The limits of one turn for the events of OBS, by number and by time. Then all other sources get
/// their turn.
const SLICE: usize = 64;
const SLICE_TIME: Duration = Duration::from_millis(5);
/// The limit on notices of the link that wait here.
pub(super) const NOTICES: usize = 64;
/// The limit of one turn for the inputs of each other source.
const INPUTS: usize = 16;
/// The longest time for which a stopping bridge waits for the disk, and for the replies that wait
/// for the disk.
const GRACE: Duration = Duration::from_secs(1);

/// The bridge, with everything that its effects need.
pub(super) struct Engine {
    bridge: Bridge,
    clock: Clock,
    store: StoreHandle,
    /// Writes for which the store's queue had no room, in their order. While this list is not
    /// empty, the engine takes nothing from OBS.
    unwritten: VecDeque<Write>,
    generation: state::Writer,
    outbox: Arc<Outbox>,
    emitted: Option<mpsc::Sender<Emitted>>,
    answered: mpsc::Receiver<Answer>,
    /// The results of changes of the config file. The channel is closed if the file is not watched.
    reloads: mpsc::Receiver<Input>,
    /// Requests to change the config file. The channel is closed if the file is not watched.
    settings: mpsc::Sender<SetSetting>,
    /// The state of the journal's backups. The channel is closed if none are made.
    backups: mpsc::Receiver<Input>,
    tasks: Tasks,
    jobs: Jobs,
    /// Set when a person must be forgotten before anything else happens.
    forgetting: Option<ForgetWork>,
    /// Log files from which forgotten people are removed.
    logs: Arc<[PathBuf]>,
    waiting: log::Waiting,
    repeats: log::Repeats,
    stop: CancellationToken,
    /// Notices of the link that wait for their turn. They are kept here so that the end of the link
    /// is noticed although a full disk or a slow OBS delays the rest.
    notices: VecDeque<Notice>,
    /// The batch of events that is being processed, a slice in each turn.
    batch: Option<InHand>,
    /// Set when the link has ended: until this instant, the notices before the end may delay it.
    link_ended: Option<Instant>,
    /// The outcome, once an effect has ended the run or a part has failed.
    end: Option<Result<Ended, Error>>,
}

struct InHand {
    events: std::vec::IntoIter<Received>,
    /// The batch's share of the link's bound on bytes, which is released with the batch.
    _room: Batch,
}

impl Engine {
    pub(super) fn new(
        bridge: Bridge,
        clock: Clock,
        (store, generation): (StoreHandle, state::Writer),
        (obs, outbox): (Obs, Arc<Outbox>),
        emitted: Option<mpsc::Sender<Emitted>>,
        stop: CancellationToken,
        journal: Arc<Path>,
    ) -> Self {
        let (answers, answered) = mpsc::channel(8);
        let tasks = Tasks::new(obs, answers, journal);
        let jobs = store.jobs();
        Self {
            bridge,
            clock,
            store,
            unwritten: VecDeque::new(),
            generation,
            outbox,
            emitted,
            answered,
            reloads: mpsc::channel(1).1,
            settings: mpsc::channel(1).0,
            backups: mpsc::channel(1).1,
            tasks,
            jobs,
            forgetting: None,
            logs: Arc::default(),
            waiting: log::Waiting::default(),
            repeats: log::Repeats::default(),
            stop,
            notices: VecDeque::new(),
            batch: None,
            link_ended: None,
            end: None,
        }
    }

    pub(super) fn clean_logs(&mut self, logs: Vec<PathBuf>) {
        self.logs = logs.into();
    }

    /// Connects the engine to the task that watches and changes the config file.
    pub(super) fn follow(&mut self, (reloads, settings): reload::OfEngine) {
        (self.reloads, self.settings) = (reloads, settings);
    }

    /// Connects the engine to the task that makes backups.
    pub(super) fn watch_backups(&mut self, backups: mpsc::Receiver<Input>) {
        self.backups = backups;
    }

    /// Takes over the notices that the link sent before there was an engine.
    pub(super) fn take_early(&mut self, notices: VecDeque<Notice>) {
        for notice in notices {
            self.keep(notice);
        }
    }

    /// Runs until it is asked to stop, or until it cannot go on.
    pub(super) async fn run(
        &mut self,
        first: Vec<Effect>,
        from_obs: &mut mpsc::Receiver<Notice>,
        from_store: &mut StoreNotices,
    ) -> Result<Ended, Error> {
        let outcome = self.serve(first, from_obs, from_store).await;
        if outcome.is_ok() {
            // Finish what remains: the batch in hand, replies that wait for the store, and the time
            // at which the bridge was last running.
            let last_slice = Instant::now() + GRACE / 4;
            while Instant::now() < last_slice && self.take_slice() {
                tokio::task::yield_now().await;
            }
            let owed = async {
                self.handle(Input::Stopping);
                while self.bridge.waiting() > 0 || !self.unwritten.is_empty() {
                    tokio::select! {
                        notice = from_store.recv() => self.take_store(notice)?,
                        written = Self::write_first(&self.store, self.unwritten.front()) => {
                            written?;
                            self.unwritten.pop_front();
                        }
                    }
                }
                Ok::<(), Error>(())
            };
            if tokio::time::timeout(GRACE, owed).await.is_err() {
                warn!("stopping before all replies were sent");
            }
            if !self.unwritten.is_empty() {
                return Err(Error::Store(StoreError::Stopped));
            }
        }
        outcome
    }

    /// Ends the tasks, and returns the store and the writer of the generation. The sender ends when
    /// it has sent all messages.
    pub(super) async fn finish(mut self) -> (StoreHandle, state::Writer) {
        self.tasks.end().await;
        self.outbox.close();
        (self.store, self.generation)
    }

    async fn serve(
        &mut self,
        first: Vec<Effect>,
        from_obs: &mut mpsc::Receiver<Notice>,
        from_store: &mut StoreNotices,
    ) -> Result<Ended, Error> {
        self.run_effects(first);
        loop {
            if let Some(end) = self.end.take() {
                return end;
            }
            if self.stop.is_cancelled() {
                return Ok(Ended::Stopped);
            }
            if let Some(work) = self.forgetting.take() {
                self.forget(work, from_store).await?;
                continue;
            }
            if self.turn(from_obs, from_store)? {
                // Let the sender, the link and the tasks run, too.
                tokio::task::yield_now().await;
                continue;
            }
            let due = self.clock.instant(self.bridge.due_ms());
            let due = self.link_ended.map_or(due, |ended| due.min(ended));
            tokio::select! {
                () = self.stop.cancelled() => {}
                notice = from_store.recv() => self.take_store(notice)?,
                written = Self::write_first(&self.store, self.unwritten.front()),
                    if !self.unwritten.is_empty() => {
                    written?;
                    self.unwritten.pop_front();
                }
                Some(answer) = self.answered.recv() => self.take_answer(answer),
                Some(reload) = self.reloads.recv() => self.handle(reload),
                Some(backups) = self.backups.recv() => self.handle(backups),
                notice = from_obs.recv(), if self.receives() => self.take_notice(notice)?,
                () = self.outbox.moved() => {}
                () = tokio::time::sleep_until(due) => self.handle(Input::Tick),
            }
        }
    }

    /// Waits until the bridge's rows are on disk. Then the store forgets the person, and the bridge
    /// receives the remaining rows. Meanwhile the engine takes nothing from OBS, so no event comes
    /// in between. Messages that arrive wait in the link.
    async fn forget(
        &mut self,
        work: ForgetWork,
        from_store: &mut StoreNotices,
    ) -> Result<(), Error> {
        while !self.unwritten.is_empty() {
            tokio::select! {
                () = self.stop.cancelled() => return Ok(()),
                notice = from_store.recv() => self.take_store(notice)?,
                written = Self::write_first(&self.store, self.unwritten.front()) => {
                    written?;
                    self.unwritten.pop_front();
                }
            }
        }
        let answer = tokio::select! {
            () = self.stop.cancelled() => return Ok(()),
            answer = self.jobs.run(|store| work.run(store)) => answer?,
        };
        let effects = self.bridge.forgotten(answer, self.clock.now());
        self.run_effects(effects);
        Ok(())
    }

    /// Takes the available inputs, a bounded number of each source, so that no source delays
    /// another for long. Returns whether there was an input.
    fn turn(
        &mut self,
        from_obs: &mut mpsc::Receiver<Notice>,
        from_store: &mut StoreNotices,
    ) -> Result<bool, Error> {
        let mut busy = false;
        for _ in 0..INPUTS {
            let Some(notice) = from_store.recv().now_or_never() else {
                break;
            };
            self.take_store(notice)?;
            busy = true;
        }
        busy |= self.write_on();
        for _ in 0..INPUTS {
            let Ok(answer) = self.answered.try_recv() else {
                break;
            };
            self.take_answer(answer);
            busy = true;
        }
        if let Ok(reload) = self.reloads.try_recv() {
            self.handle(reload);
            busy = true;
        }
        if let Ok(backups) = self.backups.try_recv() {
            self.handle(backups);
            busy = true;
        }
        for pass in self.outbox.take_passes() {
            self.handle(Input::Sent(pass));
            busy = true;
        }
        if self.clock.now().mono_ms >= self.bridge.due_ms() {
            self.handle(Input::Tick);
        }
        while self.receives()
            && let Ok(notice) = from_obs.try_recv()
        {
            self.take_notice(Some(notice))?;
        }
        if self.link_ended.is_some_and(|ended| Instant::now() >= ended) {
            // The disk or OBS accepts nothing, so the events before the end are not processed, but
            // the run ends.
            let end = self
                .notices
                .iter()
                .position(|notice| matches!(notice, Notice::Stopped(_)));
            if let Some(end) = end.and_then(|place| self.notices.remove(place)) {
                self.take_obs(end);
            }
            self.link_ended = None;
            return Ok(true);
        }
        for _ in 0..INPUTS {
            if self.batch.is_some() || !self.takes() || self.end.is_some() {
                break;
            }
            let Some(notice) = self.notices.pop_front() else {
                break;
            };
            self.take_obs(notice);
            busy = true;
        }
        Ok(self.take_slice() || busy)
    }

    /// Whether there is room for another notice of the link. The link limits the bytes of all
    /// waiting notices.
    fn receives(&self) -> bool {
        self.link_ended.is_none() && self.notices.len() < NOTICES
    }

    fn take_notice(&mut self, notice: Option<Notice>) -> Result<(), Error> {
        self.keep(notice.ok_or(Error::Broken("the link to OBS"))?);
        Ok(())
    }

    fn keep(&mut self, notice: Notice) {
        if matches!(notice, Notice::Stopped(_)) {
            self.link_ended = Some(Instant::now() + GRACE);
        }
        self.notices.push_back(notice);
    }

    /// Whether there is room for the effects of a message of OBS.
    fn takes(&self) -> bool {
        !self.bridge.is_full() && self.unwritten.is_empty() && !self.outbox.is_full()
    }

    /// Processes at most [`SLICE`] events of the batch. Returns whether it processed any.
    fn take_slice(&mut self) -> bool {
        let begun = Instant::now();
        let mut taken = 0;
        while taken < SLICE
            && self.takes()
            && (taken == 0 || begun.elapsed() < SLICE_TIME)
            && self.end.is_none()
            && let Some(batch) = &mut self.batch
        {
            match batch.events.next() {
                Some(event) => {
                    self.handle(Input::Received(event));
                    taken += 1;
                }
                None => self.batch = None,
            }
        }
        taken > 0
    }

    fn take_store(&mut self, notice: Option<StoreNotice>) -> Result<(), Error> {
        match notice {
            Some(StoreNotice::Committed { writes }) => self.handle(Input::Durable { writes }),
            Some(StoreNotice::Failed { error }) => self.handle(Input::StoreFailed(error)),
            Some(StoreNotice::Healed) => self.handle(Input::StoreHealed),
            Some(StoreNotice::Noted { text, lost }) => {
                self.handle(Input::StoreNoted { text, lost });
            }
            Some(StoreNotice::Claimed(Asked::GiveWay(other))) => self.make_way(other),
            Some(StoreNotice::Claimed(Asked::Stop { by })) => {
                info!(
                    process = by,
                    "another program asks the bridge to stop: stopping"
                );
                self.end = Some(Ok(Ended::Stopped));
            }
            None => return Err(Error::Broken("the store")),
        }
        Ok(())
    }

    fn take_obs(&mut self, notice: Notice) {
        match notice {
            Notice::Up(info) => {
                self.waiting.over();
                info!(
                    obs = info.version.obs,
                    websocket = info.version.websocket,
                    "connected to OBS"
                );
                if let Some(scene) = info.scene {
                    self.handle(Input::Scene(scene.into()));
                }
                let version = ObsInfo {
                    obs_version: info.version.obs.into(),
                    websocket_version: info.version.websocket.into(),
                };
                self.handle(Input::Up(version));
            }
            Notice::Received(mut batch) => {
                let events = std::mem::take(&mut batch.events).into_iter();
                self.batch = Some(InHand {
                    events,
                    _room: batch,
                });
            }
            Notice::SceneChanged(name) => self.handle(Input::Scene(name.into())),
            // Cannot happen: the bridge's link asks for the version, so `Up` comes instead.
            Notice::Connected => {}
            Notice::CollectionChanged => self.handle(Input::Collection),
            Notice::StreamChanged { active } => self.handle(Input::StreamChanged { active }),
            Notice::RecordingChanged { active, path } => {
                let path = path.into();
                self.handle(Input::RecordingChanged { active, path });
            }
            Notice::Outputs {
                streaming,
                recording,
            } => self.handle(Input::Outputs {
                streaming,
                recording,
            }),
            Notice::Down(cause) => {
                warn!("the connection to OBS is lost: {cause}");
                self.handle(Input::Down);
            }
            Notice::Waiting {
                attempt,
                delay,
                cause,
            } => self.waiting.write_line(attempt, delay, &cause),
            Notice::Stopped(Stop::Shutdown) => self.end = Some(Ok(Ended::Stopped)),
            Notice::Stopped(Stop::ObsEnded(cause)) => {
                info!("stopping together with OBS: {cause}");
                self.end = Some(Ok(Ended::ObsEnded));
            }
            Notice::Stopped(Stop::Failed(cause)) => self.end = Some(Ok(Ended::Link(cause))),
        }
    }

    fn take_answer(&mut self, answer: Answer) {
        match answer {
            Answer::Input(input) => self.handle(input),
            Answer::Forget(Ok(work)) => self.forgetting = Some(work),
            Answer::Forget(Err(error)) => {
                let effects = self.bridge.forgotten(Err(error), self.clock.now());
                self.run_effects(effects);
            }
            Answer::Journal(answer) => {
                let effects = self.bridge.journal_read(answer, self.clock.now());
                self.run_effects(effects);
            }
        }
    }

    fn handle(&mut self, input: Input) {
        let effects = self.bridge.handle(input, self.clock.now());
        self.run_effects(effects);
    }

    fn run_effects(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Write(write) => {
                    self.unwritten.push_back(write);
                    self.write_on();
                }
                Effect::Send(json) => self.outbox.push(Message::Ordered(json)),
                Effect::Reply {
                    reply,
                    client,
                    pass,
                } => self.outbox.push(Message::Reply {
                    reply,
                    client,
                    pass,
                }),
                Effect::Emitted { seq, at_ms, event } => {
                    debug!(seq, event = %event.name, "event");
                    if let Some(emitted) = &self.emitted {
                        // A receiver that is too slow misses some events. The gaps in the numbers
                        // show that.
                        if emitted.try_send(Emitted { seq, at_ms, event }).is_err() {
                            debug!(
                                seq,
                                "the receiver of events is too slow: an event was dropped"
                            );
                        }
                    }
                }
                Effect::AskStream => self.tasks.ask_stream(),
                Effect::AskRecording => self.tasks.ask_recording(),
                Effect::Subscribe(subscription) => self.tasks.subscribe(subscription),
                Effect::AskShown { scene, source } => self.tasks.ask_shown(scene, source),
                Effect::AskMusic { input } => self.tasks.ask_music(input),
                Effect::ReadLabel { place, input } => self.tasks.read_label(place, input),
                Effect::Emit(json) => self.tasks.emit(json),
                Effect::Ask { ticket, request } => self.tasks.ask(ticket, request),
                Effect::Run {
                    ticket,
                    of,
                    program,
                } => self.tasks.run(ticket, of, program),
                Effect::ReadJournal {
                    question,
                    settings,
                    now_ms,
                } => self.tasks.read_journal(question, settings, now_ms),
                Effect::Forget {
                    person,
                    permit,
                    settings,
                    now_ms,
                } => {
                    let logs = self.logs.clone();
                    self.tasks.forget(person, permit, settings, now_ms, logs);
                }
                Effect::SetSetting { key, value } => {
                    // The channel has room for every request that the bridge accepts. Sending fails
                    // only if the channel is closed.
                    if self.settings.try_send(SetSetting { key, value }).is_err() {
                        self.handle(reload::without_file());
                    }
                }
                Effect::Speaks(generation) => self.generation.note(generation),
                Effect::Note(note) => log::note(&note, &mut self.repeats),
                Effect::Yield(other) => self.make_way(other),
            }
        }
    }

    fn make_way(&mut self, other: OtherBridge) {
        if other.takeover {
            warn!("another bridge ({other}) takes over with `run --takeover`: stopping");
        } else {
            warn!("another bridge ({other}) serves this OBS: stopping");
        }
        self.end = Some(Ok(Ended::OtherBridge(other)));
    }

    /// Passes writes to the store, as far as its queue has room. Returns whether it passed any.
    fn write_on(&mut self) -> bool {
        let before = self.unwritten.len();
        while let Some(write) = self.unwritten.pop_front() {
            match self.store.try_write(write) {
                Ok(()) => {}
                Err(TryWriteError::Full(write)) => {
                    self.unwritten.push_front(write);
                    break;
                }
                Err(TryWriteError::Stopped(write)) => {
                    self.unwritten.push_front(write);
                    self.end = Some(Err(Error::Store(StoreError::Stopped)));
                    break;
                }
            }
        }
        self.unwritten.len() < before
    }

    /// Waits until the store has room for this write. The write stays in the list if the future is
    /// dropped.
    async fn write_first(store: &StoreHandle, first: Option<&Write>) -> Result<(), StoreError> {
        match first {
            Some(write) => store.write(write.clone()).await,
            None => std::future::pending().await,
        }
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}
