//! The waiting callers of a client: requests wait for replies, actions for their echo and answer,
//! streams for events. The hub never waits itself and has no socket; the client's task passes it
//! the messages.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use serde_json::{Map, Value, value::RawValue};
use tokio::sync::oneshot;
use tracing::debug;

use super::{
    ConnectionError, ConnectionErrorKind,
    event::Update,
    message::{Emitted, Message},
    names::Names,
    queue::Queue,
};
use crate::{
    event::{self, Received},
    twitchat::{Generation, action::Expected, generation_of},
};

type Outcome<T> = Result<T, ConnectionError>;
/// A reply of the bridge, as it came.
type Reply = Map<String, Value>;

/// A request that waits for its reply. Tickets distinguish requests with equal ids.
#[derive(Debug)]
struct PendingRequest {
    ticket: u64,
    reply: oneshot::Sender<Outcome<Reply>>,
}

/// An action that waits for its echo, and for an answer if it expects one.
#[derive(Debug)]
struct PendingAction {
    id: String,
    expected: Vec<Expected>,
    echo: Option<oneshot::Sender<Outcome<()>>>,
    answer: Option<oneshot::Sender<Outcome<Value>>>,
}

/// The other ends of a [`PendingAction`].
#[derive(Debug)]
pub(super) struct ActionReceivers {
    pub(super) ticket: u64,
    pub(super) echo: oneshot::Receiver<Outcome<()>>,
    pub(super) answer: oneshot::Receiver<Outcome<Value>>,
}

/// The work that the client's task must do after a message was routed.
#[derive(Debug, Default)]
pub(super) struct Consequences {
    /// Whether a bridge has asked its clients to renew all subscriptions.
    pub(super) renew: bool,
    /// The version of the Twitchat that sent the message.
    pub(super) twitchat: Option<Generation>,
}

/// How far a bridge's events have been received.
#[derive(Debug, Clone)]
struct Position {
    /// The id of the bridge's run, which is new after each restart.
    bridge: String,
    /// The number of the last event that was received from it.
    seq: u64,
}

#[derive(Debug)]
struct Interruption {
    /// The position before the interruption; `None` if it began because a new bridge has started.
    before: Option<Position>,
}

#[derive(Debug, Default)]
pub(super) struct Hub {
    /// The keys are the ids of the requests, as JSON text. Of requests with equal ids the first one
    /// gets the first reply.
    requests: HashMap<String, VecDeque<PendingRequest>>,
    /// The keys are tickets.
    actions: HashMap<u64, PendingAction>,
    streams: Vec<Arc<Queue>>,
    /// Names of streams that were dropped. The bridge still sends these events.
    dropped: Names,
    next_ticket: u64,
    /// Whether OBS sends messages. Without a connection, nothing is registered, because no reply
    /// could come.
    is_connected: bool,
    position: Option<Position>,
    /// Set while streams are interrupted.
    interruption: Option<Interruption>,
    is_over: bool,
}

impl Hub {
    pub(super) fn connected(&mut self) {
        self.is_connected = true;
    }

    /// Records that OBS sends no more messages. All requests and actions fail, and streams are
    /// interrupted.
    pub(super) fn disconnected(&mut self, cause: &ConnectionError) {
        let was_connected = std::mem::take(&mut self.is_connected);
        if was_connected || cause.kind() == ConnectionErrorKind::Panicked {
            self.interrupt(&Update::Disconnected(cause.clone()));
            self.interruption.get_or_insert_with(|| Interruption {
                before: self.position.clone(),
            });
        }
        for request in self.requests.drain().flat_map(|(_, requests)| requests) {
            drop(request.reply.send(Err(cause.clone())));
        }
        for (_, action) in self.actions.drain() {
            if let Some(echo) = action.echo {
                drop(echo.send(Err(cause.clone())));
            }
            if let Some(answer) = action.answer {
                drop(answer.send(Err(cause.clone())));
            }
        }
    }

    /// Ends the client, for a cause or because it was closed: requests and actions fail, and
    /// streams end.
    pub(super) fn end(&mut self, cause: Option<&ConnectionError>) {
        if let Some(cause) = cause {
            self.disconnected(cause);
        }
        self.is_connected = false;
        self.is_over = true;
        self.requests.clear();
        self.actions.clear();
        for stream in self.streams.drain(..) {
            stream.end();
        }
    }

    /// `None` without a connection.
    pub(super) fn add_request(
        &mut self,
        id: &Value,
    ) -> Option<(u64, oneshot::Receiver<Outcome<Reply>>)> {
        let (reply, receiver) = oneshot::channel();
        let ticket = self.ticket()?;
        self.requests
            .entry(id.to_string())
            .or_default()
            .push_back(PendingRequest { ticket, reply });
        Some((ticket, receiver))
    }

    pub(super) fn remove_request(&mut self, id: &Value, ticket: u64) {
        let id = id.to_string();
        if let Some(requests) = self.requests.get_mut(&id) {
            requests.retain(|request| request.ticket != ticket);
            if requests.is_empty() {
                self.requests.remove(&id);
            }
        }
    }

    /// Registers an action with this id, which is answered by the first message that is `expected`.
    /// `None` without a connection.
    pub(super) fn add_action(
        &mut self,
        id: &str,
        expected: &[Expected],
    ) -> Option<ActionReceivers> {
        let ((echo, echoed), (answer, answered)) = (oneshot::channel(), oneshot::channel());
        let ticket = self.ticket()?;
        let action = PendingAction {
            id: id.to_owned(),
            expected: expected.to_vec(),
            echo: Some(echo),
            answer: Some(answer),
        };
        self.actions.insert(ticket, action);
        Some(ActionReceivers {
            ticket,
            echo: echoed,
            answer: answered,
        })
    }

    pub(super) fn remove_action(&mut self, ticket: u64) {
        self.actions.remove(&ticket);
    }

    fn ticket(&mut self) -> Option<u64> {
        self.next_ticket += 1;
        self.is_connected.then_some(self.next_ticket)
    }

    /// Returns `false` if the client has ended.
    pub(super) fn add_stream(&mut self, stream: &Arc<Queue>) -> bool {
        if !self.is_over {
            self.streams.push(Arc::clone(stream));
        }
        !self.is_over
    }

    /// [`take_unwanted`](Self::take_unwanted) returns the names to unsubscribe from.
    pub(super) fn remove_stream(&mut self, stream: &Arc<Queue>) {
        let before = self.streams.len();
        self.streams.retain(|other| !Arc::ptr_eq(other, stream));
        if self.streams.len() < before {
            self.dropped.extend(&stream.names);
        }
        if self.streams.is_empty() {
            self.interruption = None;
        }
    }

    /// The names that all streams want.
    pub(super) fn names(&self) -> Names {
        let mut names = Names::default();
        self.streams
            .iter()
            .for_each(|stream| names.extend(&stream.names));
        names
    }

    /// The names that only dropped streams wanted. The next call returns only the names of streams
    /// that are dropped later.
    pub(super) fn take_unwanted(&mut self) -> Names {
        std::mem::take(&mut self.dropped).without(&self.names())
    }

    /// The names of everything that the bridge may still send.
    pub(super) fn all_names(&self) -> Names {
        let mut names = self.names();
        names.extend(&self.dropped);
        names.without(&Names::default())
    }

    /// Records that the bridge has confirmed the subscription of one stream with this reply.
    pub(super) fn subscribed(&mut self, reply: &Reply) {
        self.advance(position_in(reply));
    }

    /// Records that the bridge has confirmed all subscriptions with this reply.
    pub(super) fn renewed(&mut self, reply: &Reply) {
        let now = position_in(reply);
        if let Some(interruption) = self.interruption.take() {
            let missed = interruption
                .before
                .filter(|before| before.bridge == now.bridge)
                .map(|before| now.seq.saturating_sub(before.seq));
            self.streams.iter().for_each(|stream| stream.resume(missed));
        }
        self.advance(now);
    }

    /// Passes a message from OBS to the requests, actions and streams that wait for it.
    pub(super) fn route(&mut self, message: &Received) -> Consequences {
        match message {
            Received::Twitchat(message) => {
                self.route_twitchat(message);
                Consequences {
                    twitchat: generation_of(message),
                    ..Consequences::default()
                }
            }
            Received::Bridge(whole) => Consequences {
                renew: self.route_bridge(whole),
                ..Consequences::default()
            },
            Received::Request(_) | Received::Other(_) | Received::Obs(_) | Received::Bad => {
                Consequences::default()
            }
        }
    }

    fn route_twitchat(&mut self, message: &event::Message) {
        for action in self.actions.values_mut() {
            if message.id.as_deref() == Some(&*action.id) {
                if let Some(echo) = action.echo.take() {
                    drop(echo.send(Ok(())));
                }
            } else if action.answer.is_some()
                && let Some(data) = answer_in(message, &action.expected)
                && let Some(answer) = action.answer.take()
            {
                drop(answer.send(Ok(data)));
            }
        }
    }

    /// Returns whether all subscriptions must be renewed.
    fn route_bridge(&mut self, whole: &RawValue) -> bool {
        match Message::read(whole) {
            Ok(Message::Event(event)) => {
                self.route_event(&event);
                self.advance(Position {
                    bridge: event.bridge,
                    seq: event.seq,
                });
            }
            Ok(Message::Reply { id }) => self.route_reply(&id, whole),
            Ok(Message::Hello { bridge }) => {
                let known = self.position.as_ref();
                if known.is_some_and(|known| known.bridge != bridge) {
                    self.interrupt(&Update::BridgeStarted);
                    self.interruption = Some(Interruption { before: None });
                    self.position = Some(Position { bridge, seq: 0 });
                }
                return true;
            }
            Ok(Message::Other) => {}
            Err(error) => debug!(%error, "cannot read a message of a bridge"),
        }
        false
    }

    fn route_event(&self, emitted: &Emitted<'_>) {
        let mut event = None;
        let wants = |stream: &&Arc<Queue>| stream.names.match_event(&emitted.name);
        for stream in self.streams.iter().filter(wants) {
            let event = event.get_or_insert_with(|| emitted.to_event());
            stream.push(Update::Event(event.clone()));
        }
    }

    fn route_reply(&mut self, id: &Value, whole: &RawValue) {
        let id = id.to_string();
        let Some(requests) = self.requests.get_mut(&id) else {
            return;
        };
        match serde_json::from_str(whole.get()) {
            Ok(reply) => {
                if let Some(request) = requests.pop_front() {
                    drop(request.reply.send(Ok(reply)));
                }
                if requests.is_empty() {
                    self.requests.remove(&id);
                }
            }
            Err(error) => debug!(%error, "cannot read a reply"),
        }
    }

    /// Remembers how far a bridge's events have been received.
    fn advance(&mut self, to: Position) {
        match &mut self.position {
            Some(known) if known.bridge == to.bridge => known.seq = known.seq.max(to.seq),
            other => *other = Some(to),
        }
    }

    fn interrupt(&self, why: &Update) {
        self.streams
            .iter()
            .for_each(|stream| stream.interrupt(why.clone()));
    }
}

/// The position of the bridge that sent a reply.
fn position_in(reply: &Reply) -> Position {
    let bridge = reply.get("bridge").and_then(Value::as_str);
    Position {
        bridge: bridge.unwrap_or_default().to_owned(),
        seq: reply.get("seq").and_then(Value::as_u64).unwrap_or_default(),
    }
}

/// `None` if the message is not one of the expected messages.
fn answer_in(message: &event::Message, expected: &[Expected]) -> Option<Value> {
    let data = || {
        message.data.as_deref().map_or(Value::Null, |data| {
            serde_json::from_str(data.get()).unwrap_or_default()
        })
    };
    let of_this_kind = expected
        .iter()
        .filter(|expected| expected.kinds.contains(&&*message.kind));
    of_this_kind
        .map(|expected| (expected, data()))
        .find(|(expected, data)| expected.is(&message.kind, data))
        .map(|(_, data)| data)
}
