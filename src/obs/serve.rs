//! Serves the live link: passes on the messages of both connections until one of them ends. Used by
//! `supervise`.

use std::{collections::VecDeque, future::pending, sync::Arc, time::Duration};

use futures::{FutureExt, StreamExt, future::Fuse};
use obws::events::{Event, EventStream, OutputState};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep_until},
};
use tracing::debug;

use super::{
    EventConnection, Gone, Info, Notice, RequestConnection, RequestError, link::WhenObsEnds,
    settle::Settling,
};
use crate::event::ObsSubscription;

/// The time within which `event_connection` must show the cause after `request_connection` has
/// ended. obws hides close codes, and OBS closes all its sessions within this time.
pub(super) const CAUSE_WITHIN: Duration = Duration::from_secs(1);
/// The time within which OBS must end the connection after it has reported its exit, if the link
/// ends together with OBS. An OBS that hangs in its exit takes longer.
const EXITS_WITHIN: Duration = Duration::from_secs(2);
/// The maximum number of notices of `request_connection` that wait for the daemon. Further ones
/// wait in obws.
const OUTBOX: usize = 64;
/// The pause before the bridge asks OBS for the scene on air again, after OBS refused to answer.
const AGAIN: Duration = Duration::from_secs(1);

/// Both connections, after their login.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) event_connection: EventConnection,
    pub(super) request_connection: Arc<RequestConnection>,
    events: Events,
    outbox: VecDeque<Notice>,
    settling: Settling,
    /// Whether obws dropped events because the bridge did not read them in time.
    lagged: bool,
    request_connection_end: Option<RequestConnectionEnd>,
}

/// How `request_connection` ended, and how long to wait for `event_connection` to show the cause.
#[derive(Debug, Clone, Copy)]
struct RequestConnectionEnd {
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

#[derive(Debug)]
pub(super) enum BeginError {
    Request(RequestError),
    /// The request connection ended.
    Gone(Gone),
}

impl From<RequestError> for BeginError {
    fn from(error: RequestError) -> Self {
        Self::Request(error)
    }
}

/// The daemon has dropped the receiver of the notices.
#[derive(Debug)]
pub(super) struct NobodyReceives;

impl Session {
    /// Subscribes to events before the first request, so that no later change is missed.
    pub(super) fn new(
        event_connection: EventConnection,
        request_connection: RequestConnection,
    ) -> Result<Self, BeginError> {
        Ok(Self {
            events: Events(
                request_connection
                    .events()
                    .ok_or(RequestError::NotConnected)?,
            ),
            event_connection,
            request_connection: Arc::new(request_connection),
            outbox: VecDeque::new(),
            settling: Settling::default(),
            lagged: false,
            request_connection_end: None,
        })
    }

    /// Asks OBS for its version and its scene.
    pub(super) async fn ask(&mut self) -> Result<Info, BeginError> {
        match self.request_connection.version().await {
            Ok(version) => Ok(Info {
                version,
                scene: self.request_connection.program_scene().await.ok(),
            }),
            Err(RequestError::NotConnected) => Err(BeginError::Gone(self.explained().await)),
            Err(error) => Err(self
                .event_connection
                .end_within(Duration::ZERO)
                .await
                .map_or(BeginError::Request(error), BeginError::Gone)),
        }
    }

    /// Why `request_connection` ended before it was ready. If `event_connection` has also ended,
    /// its cause is returned.
    async fn explained(&mut self) -> Gone {
        let end = self.event_connection.end_within(CAUSE_WITHIN).await;
        // The events are read only now, because a request can fail before obws reports why.
        while let Some(event) = self.events.0.next().now_or_never() {
            self.take_event(event.as_ref());
            if self.request_connection_end.is_some() {
                break;
            }
        }
        end.unwrap_or_else(|| self.cause_of_end())
    }

    /// Passes on notices until the link is lost.
    pub(super) async fn serve(
        &mut self,
        notices: &mpsc::Sender<Notice>,
        subscription: &mut watch::Receiver<ObsSubscription>,
        when_obs_ends: WhenObsEnds,
    ) -> Result<Gone, NobodyReceives> {
        let request_connection = Arc::clone(&self.request_connection);
        let mut outputs_now = Box::pin(Fuse::terminated());
        let mut settled_scene = Box::pin(Fuse::terminated());
        let mut exit_due = None;
        loop {
            // The cause is not decided while `event_connection` has no room to read, because the
            // frames that it has not read yet may show how OBS ended.
            let full = self.event_connection.is_full();
            let verdict_due = self
                .request_connection_end
                .filter(|_| !full)
                .map(|end| end.until);
            let ended = tokio::select! {
                slot = notices.reserve(), if self.has_notice() => {
                    let slot = slot.map_err(|_| NobodyReceives)?;
                    if let Some(notice) = self.take_notice() {
                        slot.send(notice);
                    }
                    None
                }
                filled = self.event_connection.fill() => filled.err(),
                event = self.events.0.next(),
                    if self.request_connection_end.is_none() && self.outbox.len() < OUTBOX => {
                    self.take_event(event.as_ref());
                    None
                }
                notice = &mut outputs_now => {
                    self.outbox.push_back(notice);
                    None
                }
                () = wait_until(self.settling.due()) => {
                    self.settling.ask();
                    settled_scene.set(request_connection.program_scene().fuse());
                    None
                }
                scene = &mut settled_scene => {
                    self.take_scene(scene);
                    None
                }
                () = wait_until(exit_due) => Some(Gone::Exited),
                // The supervisor owns the sender, so the sender exists as long as this function
                // runs.
                Ok(()) = subscription.changed() => {
                    let subscription = *subscription.borrow_and_update();
                    self.event_connection.subscribe(subscription).await;
                    None
                }
                gone = request_connection.stuck() => Some(self.known_end().unwrap_or(gone)),
                () = wait_until(verdict_due) => match self.event_connection.read_on() {
                    Some(read) => read.err(),
                    None => Some(self.cause_of_end()),
                }
            };
            if when_obs_ends != WhenObsEnds::Wait && self.event_connection.is_exiting() {
                exit_due.get_or_insert_with(|| Instant::now() + EXITS_WITHIN);
            }
            if std::mem::take(&mut self.lagged) {
                // The dropped events are lost, so ask for the current state.
                self.settling.collection_event(Instant::now());
                outputs_now.set(outputs(&request_connection).fuse());
            }
            if let (true, Some(end)) = (full, &mut self.request_connection_end) {
                end.until = Instant::now() + CAUSE_WITHIN;
            }
            self.event_connection.wait_for_turn().await;
            if let Some(gone) = ended {
                if !gone.leaves_requests() {
                    request_connection.end();
                }
                self.hand_over_remaining(notices).await?;
                return Ok(gone);
            }
        }
    }

    /// Passes on everything that was received before the end. Waits for the reader without a limit.
    async fn hand_over_remaining(
        &mut self,
        notices: &mpsc::Sender<Notice>,
    ) -> Result<(), NobodyReceives> {
        loop {
            while let Some(notice) = self.take_notice() {
                notices.send(notice).await.map_err(|_| NobodyReceives)?;
            }
            if !self.event_connection.is_full() {
                return Ok(());
            }
            self.event_connection.take_waiting().await;
        }
    }

    fn has_notice(&self) -> bool {
        !self.outbox.is_empty() || self.event_connection.has_batch()
    }

    fn take_notice(&mut self) -> Option<Notice> {
        self.outbox.pop_front().or_else(|| {
            self.event_connection
                .has_batch()
                .then(|| Notice::Received(self.event_connection.take()))
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
            Some(Event::StreamStateChanged { state, .. }) => {
                let notice = changed(*state).map(|active| Notice::StreamChanged { active });
                self.outbox.extend(notice);
            }
            Some(Event::RecordStateChanged { state, path, .. }) => {
                let notice = changed(*state).map(|active| Notice::RecordingChanged {
                    active,
                    path: path.clone().unwrap_or_default(),
                });
                self.outbox.extend(notice);
            }
            Some(Event::ServerStopping) => self.end_request_connection(true),
            Some(Event::ServerStopped) => self.end_request_connection(false),
            Some(_) => {}
            // obws's stream ends when events were dropped, although the connection is still open.
            None => match self.request_connection.events() {
                Some(events) => {
                    self.events = Events(events);
                    self.lagged = true;
                }
                None => self.end_request_connection(false),
            },
        }
    }

    /// Accepts OBS's reply about the scene on air, unless an event that arrived meanwhile shows
    /// that OBS has not settled.
    fn take_scene(&mut self, scene: Result<String, RequestError>) {
        while self.outbox.len() < OUTBOX && self.request_connection_end.is_none() && !self.lagged {
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
            // Without the connection, nothing is asked again. The next connection asks first.
            Err(RequestError::NotConnected) => {}
            Err(error) => {
                debug!(%error, "OBS did not report the scene on air; asking again");
                self.settling.scene_event(Instant::now() + AGAIN);
            }
        }
    }

    fn end_request_connection(&mut self, closed_by_obs: bool) {
        self.request_connection_end
            .get_or_insert(RequestConnectionEnd {
                closed_by_obs,
                until: Instant::now() + CAUSE_WITHIN,
            });
    }

    /// How `event_connection` ended; `None` if it has not. It has the most precise cause.
    fn known_end(&mut self) -> Option<Gone> {
        let read = self.event_connection.read_on().and_then(Result::err);
        read.or_else(|| self.event_connection.take_end())
    }

    /// Called when `request_connection` has ended and `event_connection` is still open. When OBS
    /// ends, both end. If only this one was closed, the user disconnected it in OBS.
    fn cause_of_end(&mut self) -> Gone {
        if let Some(gone) = self.event_connection.take_end() {
            return gone;
        }
        match self.request_connection_end {
            _ if self.event_connection.is_exiting() => Gone::Exited,
            Some(RequestConnectionEnd {
                closed_by_obs: true,
                ..
            }) => Gone::Kicked,
            _ => Gone::Broke(None),
        }
    }
}

/// Whether an output is active after this change; `None` while it starts, stops, is paused or
/// reconnects: OBS reports all of these as inactive, although the output continues.
fn changed(state: OutputState) -> Option<bool> {
    match state {
        OutputState::Started => Some(true),
        OutputState::Stopped => Some(false),
        _ => None,
    }
}

/// Asks OBS whether it is streaming and recording.
async fn outputs(request_connection: &RequestConnection) -> Notice {
    let stream = request_connection.stream_status().await.ok();
    Notice::Outputs {
        streaming: stream.map(|stream| stream.active),
        recording: request_connection.recording().await.ok(),
    }
}

async fn wait_until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => pending().await,
    }
}
