//! The reader of events: a connection that only receives. Used by `supervise`, and on its own by
//! the verbs of the CLI.
//!
//! It always receives General events. It receives other events of OBS only while the bridge needs
//! them. It sends only its login, pings, and its subscriptions. It must be read without delay, see
//! `batch`.

use std::{
    future::{pending, poll_fn},
    pin::Pin,
    time::Duration,
};

use futures::{FutureExt, SinkExt, StreamExt};
use tokio::{
    task::{coop::unconstrained, yield_now},
    time::{Instant, Sleep, sleep_until, timeout},
};
use tokio_websockets::{Error as WsError, Message};
use tracing::trace;

use super::{
    Options, Target,
    batch::{Batch, Budget, Waiting},
    dial::{self, Addresses, Clock, Socket},
    error::{ConnectError, Gone, Step, close_code},
    frame::{self, Frame},
    hello::{self, Greeting},
    keepalive::{Keepalive, KeepaliveStep},
    shown::Shown,
    subscription,
};
use crate::event::{ObsEvent, ObsSubscription, Received};

/// The maximum number of events before Identified, and the maximum number of their bytes.
const EARLY_EVENTS: usize = 1_000;
const EARLY_BYTES: usize = 64 * 1024 * 1024;
/// The maximum number of frames that are read in one go before other tasks get a turn.
const BURST: usize = 512;

#[derive(Debug)]
pub struct EventConnection {
    socket: Socket,
    /// The events that OBS sent before `Identified`.
    early: std::vec::IntoIter<Message>,
    keepalive: Keepalive,
    alarm: Pin<Box<Sleep>>,
    budget: Budget,
    batch: Batch,
    /// An event that was read when there was no room for it.
    waiting: Option<Waiting>,
    /// Whether OBS has announced that it is closing.
    exiting: bool,
    /// How the connection ended, kept until all events before the end have been taken.
    gone: Option<Gone>,
    /// Whether more frames may be available than were read in one go.
    busy: bool,
    /// The events that this connection receives in addition to General events.
    subscription: ObsSubscription,
}

impl EventConnection {
    /// Connects and logs in. Tries every address of the host.
    pub async fn connect(target: &Target, options: &Options) -> Result<Self, ConnectError> {
        let budget = Budget::new(options.bytes_in_flight);
        Self::connect_with(
            target,
            options,
            &budget,
            Instant::now() + options.connect_within,
            ObsSubscription::default(),
        )
        .await
    }

    pub(super) async fn connect_with(
        target: &Target,
        options: &Options,
        budget: &Budget,
        deadline: Instant,
        subscription: ObsSubscription,
    ) -> Result<Self, ConnectError> {
        let mut addresses = Addresses::of(target, deadline).await?;
        while let Some((address, deadline)) = addresses.next() {
            let clock = Clock::new(target, deadline);
            let identified = match dial::open(target, address, deadline).await {
                Ok(socket) => identify(socket, target, &clock, subscription).await,
                Err(error) => Err(dial::explain(error, target, address).await),
            };
            match identified {
                Ok((socket, early)) => {
                    let mut connected = Self::over(socket, early, options, budget.clone());
                    connected.subscription = subscription;
                    return Ok(connected);
                }
                Err(error) => addresses.failed(error)?,
            }
        }
        Err(addresses.into_error())
    }

    fn over(socket: Socket, early: Vec<Message>, options: &Options, budget: Budget) -> Self {
        let now = Instant::now();
        Self {
            socket,
            early: early.into_iter(),
            keepalive: Keepalive::new(options.ping_after, options.dead_after, now),
            alarm: Box::pin(sleep_until(now + options.ping_after)),
            budget,
            batch: Batch::default(),
            waiting: None,
            exiting: false,
            gone: None,
            busy: false,
            subscription: ObsSubscription::default(),
        }
    }

    /// Whether OBS has announced that it is closing.
    pub(super) fn is_exiting(&self) -> bool {
        self.exiting
    }

    /// Waits for the next events, and for room while the batches that were not dropped yet use up
    /// [`Options::bytes_in_flight`]. The future may be dropped and the method called again: nothing
    /// is lost.
    pub async fn next(&mut self) -> Result<Batch, Gone> {
        while self.batch.is_empty() {
            self.fill().await?;
        }
        self.wait_for_turn().await;
        Ok(self.take())
    }

    /// How the connection ends. `None` if it does not end within `moment`. Events that arrive
    /// meanwhile are dropped.
    pub(super) async fn end_within(&mut self, moment: Duration) -> Option<Gone> {
        let end = async {
            loop {
                if let Err(gone) = self.fill().await {
                    return gone;
                }
                drop(self.take());
                self.wait_for_turn().await;
            }
        };
        timeout(moment, end).await.ok()
    }

    pub(super) fn has_batch(&self) -> bool {
        !self.batch.is_empty()
    }

    /// Whether the bound on bytes is reached. Then nothing is read until a batch is dropped, so the
    /// end of the connection is not noticed either.
    pub(super) fn is_full(&self) -> bool {
        self.waiting.is_some()
    }

    /// Adds the waiting event as soon as there is room, and reads no others. The future may be
    /// dropped and the method called again: nothing is lost.
    pub(super) async fn take_waiting(&mut self) {
        self.batch.push_later(&mut self.waiting, &self.budget).await;
    }

    /// Lets the other tasks of the thread run if more frames can be read. OBS may send without a
    /// pause, and then [`fill`](Self::fill) never waits.
    pub(super) async fn wait_for_turn(&mut self) {
        if std::mem::take(&mut self.busy) {
            yield_now().await;
        }
    }

    /// Reads on without waiting. `None` if there is nothing to read at the moment.
    pub(super) fn read_on(&mut self) -> Option<Result<(), Gone>> {
        unconstrained(self.fill()).now_or_never()
    }

    /// How the connection has ended; `None` if that is not known.
    pub(super) fn take_end(&mut self) -> Option<Gone> {
        self.gone.take()
    }

    pub(super) fn take(&mut self) -> Batch {
        std::mem::take(&mut self.batch)
    }

    /// Adds the next events to the batch. The future may be dropped and the method called again:
    /// nothing is lost.
    ///
    /// The end of the connection is returned only when the batch has been taken. Until then there
    /// is nothing to add, and this future stays pending. If it returned at once, a loop around it
    /// would block the task that takes the batch.
    pub(super) async fn fill(&mut self) -> Result<(), Gone> {
        if self.waiting.is_some() {
            self.take_waiting().await;
            self.keepalive.received(Instant::now());
            self.busy = self.take_available();
            return Ok(());
        }
        if self.gone.is_none() {
            let first = self.next_frame().await;
            self.take_in(first);
            self.keepalive.received(Instant::now());
            self.busy = self.take_available();
        } else if !self.batch.is_empty() {
            return pending().await;
        }
        if self.batch.is_empty() && self.waiting.is_none() {
            self.gone.take().map_or(Ok(()), Err)
        } else {
            Ok(())
        }
    }

    /// Reads the frames that are available without waiting. Returns whether more may be available.
    fn take_available(&mut self) -> bool {
        for _ in 1..BURST {
            if self.waiting.is_some() || self.gone.is_some() {
                return false;
            }
            let frame = match self.early.next() {
                Some(early) => Some(Ok(early)),
                None => match self.socket.next().now_or_never() {
                    Some(frame) => frame,
                    None => return false,
                },
            };
            self.take_in(frame);
        }
        true
    }

    /// Waits for a frame. Sends a ping if OBS is silent.
    async fn next_frame(&mut self) -> Option<Result<Message, WsError>> {
        if let Some(early) = self.early.next() {
            return Some(Ok(early));
        }
        loop {
            tokio::select! {
                // Frames that have arrived count before the silence, because this computer may have
                // been suspended for longer than OBS was silent.
                biased;
                frame = self.socket.next() => return frame,
                () = &mut self.alarm => match self.keepalive.check(Instant::now()) {
                    KeepaliveStep::Rest(until) => self.alarm.as_mut().reset(until),
                    KeepaliveStep::Ask(until) => {
                        self.alarm.as_mut().reset(until);
                        self.ping().await;
                    }
                    KeepaliveStep::Dead(after) => {
                        self.gone = Some(Gone::Silent { after });
                        return None;
                    }
                }
            }
        }
    }

    /// Changes the events that are received in addition to General events. The change takes effect
    /// when OBS has read the message.
    pub(super) async fn subscribe(&mut self, subscription: ObsSubscription) {
        if self.subscription != subscription {
            self.subscription = subscription;
            let categories = subscription::categories(subscription);
            self.send(Message::text(hello::reidentify(categories)))
                .await;
        }
    }

    async fn ping(&mut self) {
        self.send(Message::ping(&b""[..])).await;
    }

    /// Sends a message as far as the socket accepts it. Reading flushes the rest, and reports
    /// failures.
    async fn send(&mut self, message: Message) {
        if self.socket.feed(message).await.is_ok() {
            poll_fn(|cx| std::task::Poll::Ready(self.socket.poll_flush_unpin(cx).is_ready())).await;
        }
        dial::acknowledge_at_once(&self.socket);
    }

    fn take_in(&mut self, frame: Option<Result<Message, WsError>>) {
        match frame {
            Some(Ok(message)) => self.receive(&message),
            Some(Err(error)) => self.end(|exiting| match error {
                _ if exiting => Gone::Exited,
                WsError::Io(source) => Gone::Broke(Some(source)),
                other => Gone::Unreadable(other),
            }),
            None => self.end(|exiting| {
                if exiting {
                    Gone::Exited
                } else {
                    Gone::Broke(None)
                }
            }),
        }
    }

    fn end(&mut self, why: impl FnOnce(bool) -> Gone) {
        if self.gone.is_none() {
            self.gone = Some(why(self.exiting));
        }
    }

    fn receive(&mut self, message: &Message) {
        if let Some(text) = message.as_text() {
            trace!(json = %Shown(text), "received");
            match frame::read(text) {
                Frame::Custom(received) => self.keep(received, text.len()),
                Frame::Bad => self.keep(Received::Bad, 0),
                Frame::Event(event) => self.keep(Received::Obs(event), text.len()),
                Frame::ExitStarted => self.exit_started(text.len()),
                Frame::Other => {}
            }
        } else if let Some((code, _)) = message.as_close() {
            let code = u16::from(code);
            self.end(|exiting| match code {
                close_code::SESSION_INVALIDATED => Gone::Kicked,
                _ if exiting => Gone::Exited,
                close_code::GOING_AWAY | close_code::NO_STATUS => Gone::Closed,
                code => Gone::ClosedWith { code },
            });
        } else if message.is_binary() {
            self.keep(Received::Bad, 0);
        } else {
            // This is a pong, or a ping, which the library answers. In both cases this side has
            // sent something.
            dial::acknowledge_at_once(&self.socket);
        }
    }

    /// `ExitStarted` is a General event, so it is always received.
    fn exit_started(&mut self, bytes: usize) {
        self.exiting = true;
        if self.subscription.events {
            let event = ObsEvent {
                kind: "ExitStarted".into(),
                data: None,
            };
            self.keep(Received::Obs(event), bytes);
        }
    }

    fn keep(&mut self, received: Received, bytes: usize) {
        self.waiting = self.batch.push(received, bytes, &self.budget).err();
    }
}

/// Reads Hello, sends Identify and reads Identified. Also returns the events before Identified: OBS
/// treats the session as identified before it has sent Identified, and sends events on other
/// threads.
async fn identify(
    mut socket: Socket,
    target: &Target,
    clock: &Clock<'_>,
    subscription: ObsSubscription,
) -> Result<(Socket, Vec<Message>), ConnectError> {
    let at = || target.to_string();
    let not_obs = |found: &str| ConnectError::NotObs {
        at: at(),
        found: found.to_owned(),
    };

    let hello = match clock.limit(Step::Identify, text(&mut socket, target)).await {
        Err(ConnectError::TimedOut { .. }) => {
            return Err(not_obs(
                "a WebSocket server that sends no Hello message (obs-websocket 4, of OBS 27 or \
                    older, is one)",
            ));
        }
        other => other??,
    };
    let Some(greeting) = hello.as_text().and_then(Greeting::read) else {
        return Err(not_obs("another WebSocket server"));
    };
    if let Some(found) = greeting.too_old() {
        return Err(ConnectError::TooOld { at: at(), found });
    }

    let identify = greeting
        .identify(
            target.password.as_ref(),
            subscription::categories(subscription),
        )
        .map_err(|_| ConnectError::PasswordMissing { at: at() })?;
    clock
        .limit(Step::Identify, socket.send(Message::text(identify)))
        .await?
        .map_err(|error| broken(at(), error))?;
    let mut early = Vec::new();
    let mut bytes = 0;
    loop {
        let message = clock
            .limit(Step::Identify, self::text(&mut socket, target))
            .await??;
        match message.as_text().and_then(hello::Login::read) {
            Some(hello::Login::Identified) => break,
            Some(hello::Login::Event) if early.len() < EARLY_EVENTS && bytes < EARLY_BYTES => {
                bytes += message.as_payload().len();
                early.push(message);
            }
            _ => {
                return Err(not_obs(
                    "a WebSocket server that only begins like obs-websocket",
                ));
            }
        }
    }
    dial::acknowledge_at_once(&socket);
    Ok((socket, early))
}

/// The next text frame during the login.
async fn text(socket: &mut Socket, target: &Target) -> Result<Message, ConnectError> {
    let at = || target.to_string();
    loop {
        let message = match socket.next().await {
            Some(Ok(message)) => message,
            Some(Err(error)) => return Err(broken(at(), error)),
            None => {
                return Err(ConnectError::Closed {
                    at: at(),
                    reason: None,
                });
            }
        };
        if let Some((code, reason)) = message.as_close() {
            return Err(ConnectError::from_close(at(), code.into(), reason));
        }
        if message.is_text() {
            return Ok(message);
        }
    }
}

fn broken(at: String, error: WsError) -> ConnectError {
    match error {
        WsError::Io(source) => dial::from_io(at, source),
        WsError::AlreadyClosed => ConnectError::Closed { at, reason: None },
        other => ConnectError::NotObs {
            at,
            found: format!("something that breaks the WebSocket protocol ({other})"),
        },
    }
}
