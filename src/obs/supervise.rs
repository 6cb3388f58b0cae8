//! Maintains the link: runs the state machine of `link`, opens both connections, and sends
//! [`Notice`]s. It is one task, which the daemon starts.

use std::{future::Future, sync::Arc, time::Duration};

use futures::future::{Either, select};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep_until},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    Cause, ConnectError, EventConnection, Gone, Info, Notice, Options, RequestConnection,
    RequestError, Stop, StreamStatus, Target, Version,
    batch::Budget,
    error::Step,
    serve::{BeginError, CAUSE_WITHIN, NobodyReceives, Session},
};
use crate::event::ObsSubscription;
use crate::obs::link::{Departure, Effect, Input, Jitter, LinkState};

/// The maximum number of notices that wait for the daemon. Further events are collected in one
/// batch up to the bound on bytes.
const NOTICES_IN_FLIGHT: usize = 64;

/// Sends requests over the link while it is live. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Obs {
    requests: watch::Receiver<Option<Arc<RequestConnection>>>,
    subscription: watch::Sender<ObsSubscription>,
}

impl Obs {
    /// Changes the events of OBS that [`Notice::Received`] contains, on this connection and on
    /// later ones. Without a connection the change takes effect with the next one, otherwise a
    /// moment later.
    #[doc(alias = "Reidentify")]
    pub fn subscribe(&self, subscription: ObsSubscription) {
        self.subscription.send_replace(subscription);
    }

    fn requests(&self) -> Result<Arc<RequestConnection>, RequestError> {
        self.requests
            .borrow()
            .clone()
            .ok_or(RequestError::NotConnected)
    }

    /// [`RequestConnection::broadcast`] over the live link. Broadcasts are sent in the order in
    /// which their futures were first polled.
    pub async fn broadcast(
        &self,
        event_data: &serde_json::value::RawValue,
    ) -> Result<(), RequestError> {
        self.requests()?.broadcast(event_data).await
    }

    /// [`RequestConnection::version`] over the live link.
    pub async fn version(&self) -> Result<Version, RequestError> {
        self.requests()?.version().await
    }

    /// [`RequestConnection::stream_status`] over the live link.
    pub async fn stream_status(&self) -> Result<StreamStatus, RequestError> {
        self.requests()?.stream_status().await
    }

    /// [`RequestConnection::recording`] over the live link.
    pub async fn recording(&self) -> Result<bool, RequestError> {
        self.requests()?.recording().await
    }

    /// [`RequestConnection::shows`] over the live link.
    pub async fn shows(&self, scene: &str, source: &str) -> Result<bool, RequestError> {
        self.requests()?.shows(scene, source).await
    }

    /// [`RequestConnection::input`] over the live link.
    pub async fn input(&self, name: &str) -> Result<Option<super::InputState>, RequestError> {
        self.requests()?.input(name).await
    }

    /// [`RequestConnection::media_seconds`] over the live link.
    pub async fn media_seconds(&self, input: &str) -> Result<Option<f64>, RequestError> {
        self.requests()?.media_seconds(input).await
    }

    /// [`RequestConnection::emit`] over the live link.
    pub async fn emit(&self, json: &str) -> Result<(), RequestError> {
        self.requests()?.emit(json).await
    }

    /// [`RequestConnection::act`] over the live link.
    pub async fn act(&self, request: &crate::automation::ObsRequest) -> Result<(), RequestError> {
        self.requests()?.act(request).await
    }

    /// [`RequestConnection::program_scene`] over the live link.
    pub async fn program_scene(&self) -> Result<String, RequestError> {
        self.requests()?.program_scene().await
    }
}

/// Starts to maintain a link to the OBS that `target` returns. The task calls `target` before each
/// attempt, so that the link uses a password that was changed in OBS's own settings. The link ends
/// when `cancel` is cancelled, when the receiver is dropped, or when another attempt would be
/// useless; the last notice gives the reason. If the receiver ends without [`Notice::Stopped`], the
/// task has panicked.
pub fn start<T, F>(
    target: T,
    options: Options,
    cancel: CancellationToken,
    tracker: &TaskTracker,
) -> (Obs, mpsc::Receiver<Notice>)
where
    T: Fn() -> F + Send + Sync + 'static,
    F: Future<Output = Target> + Send,
{
    let (notices, receiver) = mpsc::channel(NOTICES_IN_FLIGHT + 1);
    let last = place_for_the_last(&notices);
    let (live, requests) = watch::channel(None);
    let subscription = watch::Sender::default();
    let budget = Budget::new(options.bytes_in_flight);
    let supervisor = Supervisor {
        target,
        options,
        budget,
        notices,
        live,
        subscription: subscription.clone(),
        begun: Instant::now(),
    };
    tracker.spawn(async move {
        let end = tokio::select! {
            () = cancel.cancelled() => Some(Stop::Shutdown),
            end = supervisor.run() => end.ok(),
        };
        supervisor.end_requests();
        if let Some(stop) = end {
            last.send(Notice::Stopped(stop));
        }
    });
    let obs = Obs {
        requests,
        subscription,
    };
    (obs, receiver)
}

/// Reserves a place in the channel for [`Notice::Stopped`]. So the notice arrives even if many
/// notices wait before it, and a link that is shut down does not wait for a reader.
#[expect(clippy::expect_used, reason = "a new channel has room")]
fn place_for_the_last(notices: &mpsc::Sender<Notice>) -> mpsc::OwnedPermit<Notice> {
    notices
        .clone()
        .try_reserve_owned()
        .expect("a new channel has room")
}

struct Supervisor<T> {
    target: T,
    options: Options,
    budget: Budget,
    notices: mpsc::Sender<Notice>,
    live: watch::Sender<Option<Arc<RequestConnection>>>,
    subscription: watch::Sender<ObsSubscription>,
    begun: Instant,
}

impl<T> Supervisor<T> {
    /// Makes all requests fail from now on, including running ones.
    fn end_requests(&self) {
        if let Some(requests) = self.live.send_replace(None) {
            requests.end();
        }
    }
}

impl<T, F> Supervisor<T>
where
    T: Fn() -> F + Send + Sync,
    F: Future<Output = Target> + Send,
{
    /// Carries out the effects of the state machine, one after the other.
    async fn run(&self) -> Result<Stop, NobodyReceives> {
        let mut session = None;
        let mut subscription = self.subscription.subscribe();
        let mut cause = None;
        let mut departure = Departure::new(self.options.when_obs_ends);
        let (mut state, mut effect) = LinkState::Idle.step(Input::Start, self.now(), jitter());
        loop {
            let input = match effect {
                Effect::Rest => Input::Start,
                Effect::Connect => match self.connect(&mut subscription).await {
                    Ok((connected, info)) => {
                        self.live
                            .send_replace(Some(Arc::clone(&connected.request_connection)));
                        self.notify(info.map_or(Notice::Connected, Notice::Up))
                            .await?;
                        session = Some(connected);
                        departure.connected();
                        Input::Connected
                    }
                    Err(error) => {
                        self.end_requests();
                        let failed = Cause::from(error);
                        let error = failed.error();
                        let ended = departure.failed(failed.is_refusal(), self.now());
                        let failed = Arc::new(failed);
                        if ended {
                            return Ok(Stop::ObsEnded(failed));
                        }
                        cause = Some(failed);
                        Input::Failed(error)
                    }
                },
                Effect::Serve => {
                    let gone = match &mut session {
                        Some(session) => {
                            session
                                .serve(&self.notices, &mut subscription, self.options.when_obs_ends)
                                .await?
                        }
                        None => Gone::Broke(None),
                    };
                    session = None;
                    if !gone.leaves_requests() {
                        self.end_requests();
                    }
                    let lost = Arc::new(Cause::from(gone));
                    let error = lost.error();
                    self.notify(Notice::Down(Arc::clone(&lost))).await?;
                    if departure.lost(error, self.now()) {
                        return Ok(Stop::ObsEnded(lost));
                    }
                    cause = Some(lost);
                    Input::Lost(error)
                }
                Effect::Sleep { until } => {
                    sleep_until(self.begun + until).await;
                    Input::Tick
                }
                Effect::Finish(_) => return Ok(cause.map_or(Stop::Shutdown, Stop::Failed)),
            };
            let now = self.now();
            (state, effect) = state.step(input, now, jitter());
            if let LinkState::Waiting { until, .. } = &mut state {
                *until = departure.next_attempt(*until, now);
                effect = state.effect();
            }
            if let (LinkState::Waiting { until, attempt, .. }, Some(cause), false) =
                (state, &cause, input == Input::Tick)
            {
                let delay = until.saturating_sub(now);
                self.notify(Notice::Waiting {
                    attempt,
                    delay,
                    cause: Arc::clone(cause),
                })
                .await?;
            }
        }
    }

    /// Opens both connections at the same time, under one deadline. If both fail, the error of
    /// `event_connection` is returned, because it has the most precise cause.
    async fn connect(
        &self,
        subscription: &mut watch::Receiver<ObsSubscription>,
    ) -> Result<(Session, Option<Info>), ConnectError> {
        let subscription = *subscription.borrow_and_update();
        let target = (self.target)().await;
        let deadline = Instant::now() + self.options.connect_within;
        let event_connection = EventConnection::connect_with(
            &target,
            &self.options,
            &self.budget,
            deadline,
            subscription,
        );
        let request_connection =
            RequestConnection::connect_within(&target, &self.options, deadline);
        let both = select(Box::pin(event_connection), Box::pin(request_connection)).await;
        let (mut events, requests) = match both {
            Either::Left((events, request_connection)) => (events?, request_connection.await),
            Either::Right((requests, event_connection)) => (event_connection.await?, requests),
        };
        let at = target.to_string();
        let requests = match requests {
            Ok(requests) => requests,
            Err(error) => {
                // obws does not report why OBS closes a connection, and `event_connection` may have
                // ended while its task was busy.
                let moment = if matches!(error, ConnectError::Closed { .. }) {
                    CAUSE_WITHIN
                } else {
                    Duration::ZERO
                };
                let kicked = matches!(events.end_within(moment).await, Some(Gone::Kicked));
                return Err(if kicked {
                    ConnectError::Kicked { at }
                } else {
                    error
                });
            }
        };
        self.begin(events, requests)
            .await
            .map_err(|unmet| match unmet {
                BeginError::Gone(Gone::Kicked) => ConnectError::Kicked { at },
                BeginError::Request(RequestError::NotReady { .. }) => ConnectError::NotReady { at },
                BeginError::Request(RequestError::TimedOut { after, .. }) => {
                    ConnectError::TimedOut {
                        at,
                        doing: Step::Ask,
                        within: after,
                    }
                }
                BeginError::Gone(_) | BeginError::Request(_) => {
                    ConnectError::Closed { at, reason: None }
                }
            })
    }

    async fn begin(
        &self,
        events: EventConnection,
        requests: RequestConnection,
    ) -> Result<(Session, Option<Info>), BeginError> {
        let mut session = Session::new(events, requests)?;
        let info = if self.options.wants_info {
            Some(session.ask().await?)
        } else {
            None
        };
        Ok((session, info))
    }

    async fn notify(&self, notice: Notice) -> Result<(), NobodyReceives> {
        self.notices.send(notice).await.map_err(|_| NobodyReceives)
    }

    fn now(&self) -> Duration {
        self.begun.elapsed()
    }
}

/// A random number for the backoff.
fn jitter() -> Jitter {
    Jitter(fastrand::u16(..))
}
