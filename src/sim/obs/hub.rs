//! The sessions, their subscriptions, and the state that they share.
//!
//! Sessions pass requests to it, and controls change its state. It never waits and does no I/O. Its
//! only mutex is never held across an await.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use tokio_websockets::Message;

use super::answer::{Answer, Refusal};
use super::fields::RequestFields;
use super::options::{Kick, Options, Order, Versions};
use super::outbox::Outbox;
use super::protocol::{Goodbye, custom_event, event, subscription};
use super::reorder::Reorder;
use super::requests::answer;
use super::state::Happened;
use super::world::World;

/// The number of a session. Numbers are never reused.
pub(super) type SessionId = u64;

#[derive(Debug)]
struct HubSession {
    outbox: Arc<Outbox>,
    /// `None` until the session is identified.
    subscriptions: Option<u64>,
}

/// A broadcast that has not been delivered yet, with its reply.
#[derive(Debug)]
struct Broadcast {
    event_data: Box<str>,
    from: SessionId,
    reply: Option<Message>,
    reply_first: bool,
}

/// A broadcast that is delivered after
/// [`Options::broadcast_takes`](super::Options::broadcast_takes).
#[derive(Debug)]
struct Late {
    due: Instant,
    from: SessionId,
    event_data: Box<str>,
    reply: Option<Message>,
}

/// The state that tests can change.
#[derive(Debug)]
pub(super) struct Controls {
    pub(super) password: Option<SecretString>,
    pub(super) versions: Versions,
    pub(super) stall_after_hello: bool,
    pub(super) not_ready: u64,
    pub(super) kick: Option<(u64, Kick)>,
    pub(super) drop_broadcasts: u64,
    pub(super) early_event: Option<(u64, Box<str>)>,
}

#[derive(Debug)]
struct HubState {
    sessions: BTreeMap<SessionId, HubSession>,
    entered: SessionId,
    world: World,
    knobs: Controls,
    reorder: Reorder<Broadcast>,
    early_replies: bool,
    broadcast_takes: Duration,
    /// The delayed broadcasts, in the order of their times, because all have the same delay.
    late: VecDeque<Late>,
    coin: fastrand::Rng,
    received: VecDeque<Box<str>>,
    witness: usize,
    delivered: u64,
}

/// The shared state of a stand-in OBS.
#[derive(Debug)]
pub(super) struct Hub {
    state: Mutex<HubState>,
    /// Notified when a broadcast was delivered or held back.
    pub(super) broadcast: Notify,
    /// Notified when a broadcast will be delivered later, or the world will change by itself.
    pub(super) delayed: Notify,
    /// Notified when no straggler is held back any more.
    pub(super) settled: Notify,
    /// Notified when a session has begun, ended or become identified.
    pub(super) changed: Notify,
    /// While it is true, nothing is read or written.
    pub(super) frozen: watch::Sender<bool>,
}

impl Hub {
    pub(super) fn new(options: &Options) -> Self {
        let knobs = Controls {
            password: options.password.clone(),
            versions: options.versions.clone(),
            stall_after_hello: false,
            not_ready: 0,
            kick: None,
            drop_broadcasts: 0,
            early_event: None,
        };
        let state = HubState {
            sessions: BTreeMap::new(),
            entered: 0,
            world: World::new(options.browser_sources),
            knobs,
            reorder: Reorder::new(options.seed, options.order != Order::All),
            early_replies: options.order == Order::Received,
            broadcast_takes: options.broadcast_takes,
            late: VecDeque::new(),
            coin: fastrand::Rng::with_seed(!options.seed),
            received: VecDeque::new(),
            witness: options.witness,
            delivered: 0,
        };
        Self {
            state: Mutex::new(state),
            broadcast: Notify::new(),
            delayed: Notify::new(),
            settled: Notify::new(),
            changed: Notify::new(),
            frozen: watch::Sender::new(false),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HubState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn turn<R>(&self, turn: impl FnOnce(&mut Controls) -> R) -> R {
        turn(&mut self.lock().knobs)
    }

    pub(super) fn enter(&self, outbox: Arc<Outbox>) -> SessionId {
        let mut state = self.lock();
        state.entered = state.entered.saturating_add(1);
        let id = state.entered;
        state.sessions.insert(
            id,
            HubSession {
                outbox,
                subscriptions: None,
            },
        );
        id
    }

    pub(super) fn leave(&self, id: SessionId) {
        if let Some(session) = self.lock().sessions.remove(&id) {
            session.outbox.abandon();
        }
        self.changed.notify_waiters();
    }

    /// Sets the subscriptions of a session. The first call identifies it.
    pub(super) fn subscribe(&self, id: SessionId, subscriptions: u64) {
        if let Some(session) = self.lock().sessions.get_mut(&id) {
            session.subscriptions = Some(subscriptions);
        }
        self.changed.notify_waiters();
    }

    /// The number of identified sessions.
    pub(super) fn identified(&self) -> usize {
        self.lock()
            .sessions
            .values()
            .filter(|session| session.subscriptions.is_some())
            .count()
    }

    pub(super) fn outboxes(&self) -> Vec<Arc<Outbox>> {
        self.lock()
            .sessions
            .values()
            .map(|session| Arc::clone(&session.outbox))
            .collect()
    }

    /// Ends sessions if a test has chosen this request of `from`. The request then gets no reply.
    pub(super) fn kicks(&self, from: SessionId) -> bool {
        let mut state = self.lock();
        let Some((left, whom)) = state.knobs.kick.take() else {
            return false;
        };
        if left > 1 {
            state.knobs.kick = Some((left - 1, whom));
            return false;
        }
        let sessions = state.sessions.iter().filter(|(id, _)| match whom {
            Kick::Everybody => true,
            Kick::Asker => **id == from,
            Kick::Others => **id != from,
        });
        sessions.for_each(|(_, session)| session.outbox.push(Goodbye::kicked().message()));
        true
    }

    /// The `eventData` of a `CustomEvent` to send before `Identified`. `None` if no test has
    /// requested it.
    pub(super) fn early_event(&self) -> Option<Box<str>> {
        self.turn(|knobs| {
            let (left, event_data) = knobs.early_event.take()?;
            if left > 1 {
                knobs.early_event = Some((left - 1, event_data.clone()));
            }
            Some(event_data)
        })
    }

    /// Returns an error if OBS is not ready for the request.
    pub(super) fn ready(&self) -> Result<(), Refusal> {
        self.turn(|knobs| match knobs.not_ready.checked_sub(1) {
            Some(left) => {
                knobs.not_ready = left;
                Err(Refusal::not_ready())
            }
            None => Ok(()),
        })
    }

    /// Carries out any request except `BroadcastCustomEvent`.
    pub(super) fn answer(&self, kind: &str, fields: RequestFields<'_>) -> Answer {
        let mut state = self.lock();
        let HubState { world, knobs, .. } = &mut *state;
        let answer = answer(world, &knobs.versions, kind, fields, Instant::now());
        if world.next_due().is_some() {
            self.delayed.notify_one();
        }
        answer
    }

    pub(super) fn look<R>(&self, look: impl FnOnce(&World) -> R) -> R {
        look(&self.lock().world)
    }

    /// Changes the world without a request, and sends the events. Returns whether anything changed.
    pub(super) fn change(&self, change: impl FnOnce(&mut World) -> Option<Vec<Happened>>) -> bool {
        let happened = change(&mut self.lock().world);
        let changed = happened.is_some();
        self.notify(&happened.unwrap_or_default());
        changed
    }

    /// Sends events to the sessions that have subscribed to them.
    pub(super) fn notify(&self, happened: &[Happened]) {
        let state = self.lock();
        for Happened { kind, intent, data } in happened {
            let message = event(kind, *intent, Some(data));
            state
                .listeners(*intent)
                .for_each(|outbox| outbox.push(message.clone()));
        }
    }

    /// Sends a message to all identified sessions.
    pub(super) fn send_raw(&self, message: &Message) {
        let state = self.lock();
        let identified = state
            .sessions
            .values()
            .filter(|session| session.subscriptions.is_some());
        identified.for_each(|session| session.outbox.push(message.clone()));
    }

    /// Sends a message to all sessions that subscribed to General events.
    pub(super) fn send_raw_event(&self, message: &Message) {
        self.lock()
            .listeners(subscription::GENERAL)
            .for_each(|outbox| outbox.push(message.clone()));
    }

    /// Ends all sessions with a close code.
    pub(super) fn dismiss(&self, goodbye: &Goodbye) {
        self.lock()
            .sessions
            .values()
            .for_each(|session| session.outbox.push(goodbye.message()));
    }

    /// Announces that OBS is about to exit.
    pub(super) fn exit_started(&self) {
        let message = event("ExitStarted", subscription::GENERAL, None);
        self.lock()
            .listeners(subscription::GENERAL)
            .for_each(|outbox| outbox.push(message.clone()));
    }

    /// Resets the state that is lost when OBS restarts.
    pub(super) fn restart(&self) {
        let mut state = self.lock();
        state.sessions.clear();
        state.world.restart();
        state.late.clear();
        drop(state.reorder.flush());
    }

    /// Delivers a broadcast, at once or after
    /// [`Options::broadcast_takes`](super::Options::broadcast_takes).
    pub(super) fn broadcast(&self, from: SessionId, event_data: Box<str>, reply: Option<Message>) {
        let mut state = self.lock();
        if state.broadcast_takes.is_zero() {
            drop(state);
            self.hand_out(from, event_data, reply);
            return;
        }
        let due = Instant::now() + state.broadcast_takes;
        state.late.push_back(Late {
            due,
            from,
            event_data,
            reply,
        });
        drop(state);
        self.delayed.notify_one();
    }

    /// The time at which the next delayed broadcast or the next change of the world is due; `None`
    /// if there is neither.
    pub(super) fn next_due(&self) -> Option<Instant> {
        let state = self.lock();
        [
            state.late.front().map(|late| late.due),
            state.world.next_due(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Delivers the broadcasts that are due, and sends the events that are due.
    pub(super) fn hand_out_due(&self, now: Instant) {
        let happened = self.lock().world.take_due(now);
        self.notify(&happened);
        let due = {
            let mut state = self.lock();
            let count = state.late.partition_point(|late| late.due <= now);
            state.late.drain(..count).collect::<Vec<_>>()
        };
        for Late {
            from,
            event_data,
            reply,
            ..
        } in due
        {
            self.hand_out(from, event_data, reply);
        }
    }

    /// Delivers a broadcast. Its reply is sent directly before or after it, or at once.
    fn hand_out(&self, from: SessionId, event_data: Box<str>, mut reply: Option<Message>) {
        let mut state = self.lock();
        let is_dropped = state.knobs.drop_broadcasts > 0;
        if (is_dropped || state.early_replies)
            && let (Some(session), Some(reply)) = (state.sessions.get(&from), reply.take())
        {
            session.outbox.push(reply);
        }
        if is_dropped {
            state.knobs.drop_broadcasts -= 1;
            return;
        }
        let reply_first = state.coin.bool();
        let out = state.reorder.push(Broadcast {
            event_data,
            from,
            reply,
            reply_first,
        });
        state.deliver(out);
        drop(state);
        self.broadcast.notify_one();
    }

    /// Delivers the stragglers if the number of broadcasts is still `before`. Returns the number of
    /// broadcasts while any straggler is held back.
    pub(super) fn settle(&self, before: Option<u64>) -> Option<u64> {
        let mut state = self.lock();
        let now = Some(state.reorder.taken()).filter(|_| !state.reorder.is_empty());
        if now.is_some() && now != before {
            return now;
        }
        let out = state.reorder.flush();
        state.deliver(out);
        drop(state);
        self.settled.notify_waiters();
        None
    }

    pub(super) fn unsettled(&self) -> bool {
        let state = self.lock();
        !state.reorder.is_empty() || !state.late.is_empty()
    }

    /// The number of broadcasts that were delivered.
    pub(super) fn delivered(&self) -> u64 {
        self.lock().delivered
    }

    /// The `eventData` of the broadcasts that were delivered, in their order. Only as many as the
    /// stand-in remembers.
    pub(super) fn received(&self) -> Vec<Value> {
        self.lock()
            .received
            .iter()
            .filter_map(|text| serde_json::from_str(text).ok())
            .collect()
    }
}

impl HubState {
    fn listeners(&self, intent: u64) -> impl Iterator<Item = &Outbox> {
        let subscribed = move |session: &&HubSession| {
            session
                .subscriptions
                .is_some_and(|subscriptions| subscriptions & intent != 0)
        };
        self.sessions
            .values()
            .filter(subscribed)
            .map(|session| &*session.outbox)
    }

    fn deliver(&mut self, out: Vec<Broadcast>) {
        for broadcast in out {
            let message = custom_event(&broadcast.event_data);
            let reply = broadcast
                .reply
                .and_then(|reply| Some((&self.sessions.get(&broadcast.from)?.outbox, reply)));
            let (first, last) = if broadcast.reply_first {
                (reply, None)
            } else {
                (None, reply)
            };
            if let Some((outbox, reply)) = first {
                outbox.push(reply);
            }
            self.listeners(subscription::GENERAL)
                .for_each(|outbox| outbox.push(message.clone()));
            if let Some((outbox, reply)) = last {
                outbox.push(reply);
            }
            self.delivered = self.delivered.saturating_add(1);
            if self.received.len() >= self.witness {
                self.received.pop_front();
            }
            if self.witness > 0 {
                self.received.push_back(broadcast.event_data);
            }
        }
    }
}
