//! The live link: hands on what both connections bring until either ends. Used by `supervise`.

use std::{collections::VecDeque, future::pending, sync::Arc, time::Duration};

use futures::{FutureExt, StreamExt, future::Fuse};
use obws::events::{Event, EventStream};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until},
};
use tracing::debug;

use super::{Gone, Info, Listener, Notice, RequestError, StreamStatus, Talker, settle::Settling};

/// When `talk` ends, how long `listen` has to tell why: obws hides close codes, and OBS closes all
/// its sessions within this time.
pub(super) const VERDICT_WITHIN: Duration = Duration::from_secs(1);
/// Notices of `talk` that may wait for the daemon; beyond that they wait in obws.
const OUTBOX: usize = 64;
/// Pause before OBS is asked again which scene is on air, when it refused to answer.
const AGAIN: Duration = Duration::from_secs(1);

/// Both connections, identified.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) listener: Listener,
    pub(super) talker: Arc<Talker>,
    events: Events,
    outbox: VecDeque<Notice>,
    settling: Settling,
    /// obws dropped events that were not taken in time.
    lagged: bool,
    talk_end: Option<TalkEnd>,
}

/// How `talk` ended, and until when `listen` may explain it.
#[derive(Debug, Clone, Copy)]
struct TalkEnd {
    closed_by_obs: bool,
    until: Instant,
}

/// obws's event stream, which has no `Debug`.
struct Events(EventStream);

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Events")
    }
}

/// Why a session has not begun.
#[derive(Debug)]
pub(super) enum Unmet {
    /// The first request brought nothing.
    Request(RequestError),
    /// The connection for requests ended.
    Gone(Gone),
}

impl From<RequestError> for Unmet {
    fn from(error: RequestError) -> Self {
        Self::Request(error)
    }
}

/// The daemon does not listen any more.
#[derive(Debug)]
pub(super) struct NobodyHears;

impl Session {
    /// Asks what OBS is and does. Subscribes first, so that no change is missed in between.
    pub(super) async fn begin(listener: Listener, talker: Talker) -> Result<(Self, Info), Unmet> {
        let events = Events(talker.events().ok_or(RequestError::NotConnected)?);
        let mut session = Self {
            listener,
            talker: Arc::new(talker),
            events,
            outbox: VecDeque::new(),
            settling: Settling::default(),
            lagged: false,
            talk_end: None,
        };
        let version = match session.talker.version().await {
            Ok(version) => version,
            Err(RequestError::NotConnected) => return Err(Unmet::Gone(session.explained().await)),
            Err(error) => {
                return Err(session
                    .listener
                    .end_within(Duration::ZERO)
                    .await
                    .map_or(Unmet::Request(error), Unmet::Gone));
            }
        };
        let (scene, stream) = look(&session.talker).await;
        Ok((
            session,
            Info {
                version,
                scene,
                stream,
            },
        ))
    }

    /// Why `talk` ended before it was of any use: `listen` says it, or says nothing.
    async fn explained(&mut self) -> Gone {
        let told = self.listener.end_within(VERDICT_WITHIN).await;
        // Only now: a request can fail before obws reports why.
        while let Some(event) = self.events.0.next().now_or_never() {
            self.take_event(event.as_ref());
            if self.talk_end.is_some() {
                break;
            }
        }
        told.unwrap_or_else(|| self.verdict())
    }

    /// Hands on notices until the link is lost.
    pub(super) async fn serve(
        &mut self,
        notices: &mpsc::Sender<Notice>,
    ) -> Result<Gone, NobodyHears> {
        let talker = Arc::clone(&self.talker);
        let mut stream_status = Box::pin(Fuse::terminated());
        let mut settled_scene = Box::pin(Fuse::terminated());
        loop {
            // No verdict while `listen` has no room to read in: how OBS ended may be among what it
            // has not read yet.
            let full = self.listener.is_full();
            let verdict_due = self.talk_end.filter(|_| !full).map(|end| end.until);
            let ended = tokio::select! {
                slot = notices.reserve(), if self.has_notice() => {
                    let slot = slot.map_err(|_| NobodyHears)?;
                    if let Some(notice) = self.take_notice() {
                        slot.send(notice);
                    }
                    None
                }
                filled = self.listener.fill() => filled.err(),
                event = self.events.0.next(),
                    if self.talk_end.is_none() && self.outbox.len() < OUTBOX => {
                    self.take_event(event.as_ref());
                    None
                }
                stream = &mut stream_status => {
                    let stream: Result<StreamStatus, RequestError> = stream;
                    self.outbox.extend(stream.ok().map(|stream| Notice::StreamChanged { active: stream.active }));
                    None
                }
                () = wait_until(self.settling.due()) => {
                    self.settling.ask();
                    settled_scene.set(talker.program_scene().fuse());
                    None
                }
                scene = &mut settled_scene => {
                    self.take_scene(scene);
                    None
                }
                gone = talker.stuck() => Some(self.known_end().unwrap_or(gone)),
                () = wait_until(verdict_due) => match self.listener.read_on() {
                    Some(read) => read.err(),
                    None => Some(self.verdict()),
                }
            };
            if std::mem::take(&mut self.lagged) {
                // What was missed is gone: ask how things are now.
                self.settling.collection_event(Instant::now());
                stream_status.set(talker.stream_status().fuse());
            }
            if let (true, Some(end)) = (full, &mut self.talk_end) {
                end.until = Instant::now() + VERDICT_WITHIN;
            }
            self.listener.rest().await;
            if let Some(gone) = ended {
                if !gone.leaves_requests() {
                    talker.end();
                }
                self.hand_over_the_rest(notices).await?;
                return Ok(gone);
            }
        }
    }

    /// Hands on what was received before the end. Waits for the reader, as long as it takes.
    async fn hand_over_the_rest(
        &mut self,
        notices: &mpsc::Sender<Notice>,
    ) -> Result<(), NobodyHears> {
        loop {
            while let Some(notice) = self.take_notice() {
                notices.send(notice).await.map_err(|_| NobodyHears)?;
            }
            if !self.listener.is_full() {
                return Ok(());
            }
            self.listener.take_waiting().await;
        }
    }

    fn has_notice(&self) -> bool {
        !self.outbox.is_empty() || self.listener.has_batch()
    }

    fn take_notice(&mut self) -> Option<Notice> {
        self.outbox.pop_front().or_else(|| {
            self.listener
                .has_batch()
                .then(|| Notice::Heard(self.listener.take()))
        })
    }

    fn take_event(&mut self, event: Option<&Event>) {
        match event {
            Some(Event::CurrentProgramSceneChanged { .. }) => {
                self.settling.scene_event(Instant::now());
            }
            Some(Event::CurrentSceneCollectionChanged { .. }) => {
                self.settling.collection_event(Instant::now());
            }
            Some(Event::StreamStateChanged { active, .. }) => self
                .outbox
                .push_back(Notice::StreamChanged { active: *active }),
            Some(Event::ServerStopping) => self.end_talk(true),
            Some(Event::ServerStopped) => self.end_talk(false),
            Some(_) => {}
            // Lagging ends obws's stream although the connection stands.
            None => match self.talker.events() {
                Some(events) => {
                    self.events = Events(events);
                    self.lagged = true;
                }
                None => self.end_talk(false),
            },
        }
    }

    /// Takes OBS's answer which scene is on air, unless an event that came with it says that OBS
    /// has not settled.
    fn take_scene(&mut self, scene: Result<String, RequestError>) {
        while self.outbox.len() < OUTBOX && self.talk_end.is_none() && !self.lagged {
            let Some(event) = self.events.0.next().now_or_never() else {
                break;
            };
            self.take_event(event.as_ref());
        }
        match scene {
            Ok(scene) => {
                if !self.lagged
                    && let Some(other_collection) = self.settling.answered()
                {
                    self.outbox.push_back(Notice::SceneChanged(scene));
                    self.outbox
                        .extend(other_collection.then_some(Notice::CollectionChanged));
                }
            }
            // Without the connection nothing is asked again; the next one begins with a look of its
            // own.
            Err(RequestError::NotConnected) => {}
            Err(error) => {
                debug!(%error, "OBS does not say which scene is on air; asking again");
                self.settling.scene_event(Instant::now() + AGAIN);
            }
        }
    }

    fn end_talk(&mut self, closed_by_obs: bool) {
        self.talk_end.get_or_insert(TalkEnd {
            closed_by_obs,
            until: Instant::now() + VERDICT_WITHIN,
        });
    }

    /// How `listen` ended, if it has: it knows best.
    fn known_end(&mut self) -> Option<Gone> {
        let read = self.listener.read_on().and_then(Result::err);
        read.or_else(|| self.listener.take_end())
    }

    /// `talk` has ended and `listen` still stands. When OBS ends, both end; when OBS closed only
    /// this one, the user did it.
    fn verdict(&mut self) -> Gone {
        if let Some(gone) = self.listener.take_end() {
            return gone;
        }
        match self.talk_end {
            _ if self.listener.is_exiting() => Gone::Closed,
            Some(TalkEnd {
                closed_by_obs: true,
                ..
            }) => Gone::Kicked,
            _ => Gone::Broke(None),
        }
    }
}

/// The program scene and the stream, as far as OBS says.
async fn look(talker: &Talker) -> (Option<String>, Option<StreamStatus>) {
    (
        talker.program_scene().await.ok(),
        talker.stream_status().await.ok(),
    )
}

async fn wait_until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => pending().await,
    }
}
