//! Requests that wait for replies, actions that wait for their echo and answer, streams of events.
//! It never waits and has no socket; the client's task feeds it.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};
use tokio::sync::oneshot;
use tracing::debug;

use super::{
    ConnectionError,
    events::{Event, Queue, Update},
};
use crate::{
    event::{EventName, Heard, Message},
    twitchat::{Generation, action::Expected, generation_of},
};

/// The fields of a message from a bridge that tell what it is.
#[derive(Debug, Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default)]
    bridge: Option<&'a RawValue>,
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    status: Option<&'a RawValue>,
    #[serde(borrow, default)]
    request: Option<&'a RawValue>,
    #[serde(default)]
    seq: u64,
    #[serde(borrow, default, rename = "timeStamp")]
    timestamp: Option<&'a RawValue>,
    #[serde(default)]
    event: Option<Name>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
    #[serde(borrow, default)]
    replay: Option<&'a RawValue>,
}

#[derive(Debug, Deserialize)]
struct Name {
    source: String,
    #[serde(rename = "type")]
    kind: String,
}

/// What a subscription is about: `Source.Type` each, with `*` for all types of a source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Names(Vec<(String, String)>);

impl Names {
    /// Reads names; gives back one that is none.
    pub(super) fn read<N: AsRef<str>>(names: impl IntoIterator<Item = N>) -> Result<Self, String> {
        let read = |name: &str| {
            let (source, kind) = name
                .split_once('.')
                .filter(|(source, kind)| !source.is_empty() && !kind.is_empty())?;
            Some((source.to_owned(), kind.to_owned()))
        };
        let names = names
            .into_iter()
            .map(|name| read(name.as_ref()).ok_or_else(|| name.as_ref().to_owned()));
        names.collect::<Result<_, _>>().map(Self)
    }

    fn want(&self, name: &EventName) -> bool {
        let is = |(source, kind): &(String, String)| match &**kind {
            "*" => source.eq_ignore_ascii_case(&name.source),
            kind => name.is(source, kind),
        };
        self.0.iter().any(is)
    }

    /// As `Subscribe` has them in `events`.
    pub(super) fn events(&self) -> Value {
        let mut events = BTreeMap::<_, Vec<_>>::new();
        for (source, kind) in &self.0 {
            events.entry(source).or_default().push(kind);
        }
        serde_json::json!(events)
    }

    fn has(&self, (source, kind): &(String, String)) -> bool {
        self.0.iter().any(|(other, kind_of_other)| {
            other.eq_ignore_ascii_case(source) && kind_of_other.eq_ignore_ascii_case(kind)
        })
    }

    fn join(&mut self, others: &Self) {
        for name in &others.0 {
            if !self.has(name) {
                self.0.push(name.clone());
            }
        }
    }

    /// Those that can be unsubscribed from although the others are still wanted. To unsubscribe
    /// from `Source.*` ends every type of the source, so it takes the place of all types of a
    /// source that nobody else wants, and stays where somebody does.
    fn not_in(self, others: &Self) -> Self {
        let mut left = Self::default();
        for (source, kind) in self.0 {
            let is_wanted = others
                .0
                .iter()
                .any(|(other, _)| other.eq_ignore_ascii_case(&source));
            match (is_wanted, &*kind) {
                (true, "*") => {}
                (true, _) if others.has(&(source.clone(), kind.clone())) => {}
                (true, _) => left.join(&Self(vec![(source, kind)])),
                (false, _) => left.join(&Self(vec![(source, "*".into())])),
            }
        }
        left
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A request that waits for its reply.
type Reply = oneshot::Sender<Result<Map<String, Value>, ConnectionError>>;

/// An action on its way.
#[derive(Debug)]
struct Action {
    id: String,
    awaits: Vec<Expected>,
    echo: Option<oneshot::Sender<Result<(), ConnectionError>>>,
    answer: Option<oneshot::Sender<Result<Value, ConnectionError>>>,
}

/// What a message asks of the client's task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    Nothing,
    /// A bridge has said Hello: it wants subscriptions to be renewed.
    Renewal,
}

/// What was known of the bridge when the streams were interrupted; `None` if a new bridge was the
/// reason.
#[derive(Debug)]
struct Before(Option<(String, u64)>);

/// A reply's receiver.
type Awaited = oneshot::Receiver<Result<Map<String, Value>, ConnectionError>>;

/// Everybody who waits.
#[derive(Debug, Default)]
pub(super) struct Hub {
    /// By the JSON of their ids; of equal ids the first one is answered first.
    replies: HashMap<String, Vec<(u64, Reply)>>,
    actions: HashMap<u64, Action>,
    streams: Vec<Arc<Queue>>,
    /// What streams were about that are gone; the bridge does not know yet.
    left: Names,
    next_ticket: u64,
    /// Whether messages arrive: what waits without a connection would wait for nothing.
    is_up: bool,
    /// The bridge that was heard last, and the number of its last event.
    bridge: Option<(String, u64)>,
    /// Set while streams are interrupted.
    interrupted: Option<Before>,
    is_over: bool,
}

impl Hub {
    /// Messages arrive from now on.
    pub(super) fn up(&mut self) {
        self.is_up = true;
    }

    /// Messages arrive no longer: nobody waits in vain.
    pub(super) fn down(&mut self, cause: &ConnectionError) {
        if std::mem::take(&mut self.is_up) {
            self.interrupt(&Update::Disconnected(cause.clone()));
            self.interrupted
                .get_or_insert_with(|| Before(self.bridge.clone()));
        }
        for (_, reply) in self.replies.drain().flat_map(|(_, replies)| replies) {
            drop(reply.send(Err(cause.clone())));
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

    /// The client ends: streams end, and requests and actions that wait fail.
    pub(super) fn end(&mut self) {
        self.is_up = false;
        self.is_over = true;
        self.replies.clear();
        self.actions.clear();
        for stream in self.streams.drain(..) {
            stream.end();
        }
    }

    /// Waits for a reply with this id. `None` while nothing arrives.
    pub(super) fn expect_reply(&mut self, id: &Value) -> Option<(u64, Awaited)> {
        let (reply, receiver) = oneshot::channel();
        let ticket = self.ticket()?;
        self.replies
            .entry(id.to_string())
            .or_default()
            .push((ticket, reply));
        Some((ticket, receiver))
    }

    pub(super) fn forget_reply(&mut self, id: &Value, ticket: u64) {
        let id = id.to_string();
        if let Some(replies) = self.replies.get_mut(&id) {
            replies.retain(|(other, _)| *other != ticket);
            if replies.is_empty() {
                self.replies.remove(&id);
            }
        }
    }

    /// Waits for a message of Twitchat's with this id, and for the first that is one of `awaits`.
    /// `None` while nothing arrives.
    pub(super) fn expect_echo(&mut self, id: &str, awaits: &[Expected]) -> Option<Expectation> {
        let ((echo, echoed), (answer, answered)) = (oneshot::channel(), oneshot::channel());
        let ticket = self.ticket()?;
        let (id, awaits) = (id.to_owned(), awaits.to_vec());
        self.actions.insert(
            ticket,
            Action {
                id,
                awaits,
                echo: Some(echo),
                answer: Some(answer),
            },
        );
        Some(Expectation {
            ticket,
            echoed,
            answered,
        })
    }

    pub(super) fn forget_echo(&mut self, ticket: u64) {
        self.actions.remove(&ticket);
    }

    fn ticket(&mut self) -> Option<u64> {
        self.next_ticket += 1;
        self.is_up.then_some(self.next_ticket)
    }

    /// Adds a stream; `false` if the client is over.
    pub(super) fn add(&mut self, stream: &Arc<Queue>) -> bool {
        if !self.is_over {
            self.streams.push(Arc::clone(stream));
        }
        !self.is_over
    }

    /// Takes a stream out. What only it wanted is found by [`take_left`](Self::take_left), when the
    /// bridge can be told.
    pub(super) fn remove(&mut self, stream: &Arc<Queue>) {
        let before = self.streams.len();
        self.streams.retain(|other| !Arc::ptr_eq(other, stream));
        if self.streams.len() < before {
            self.left.join(&stream.names);
        }
        if self.streams.is_empty() {
            self.interrupted = None;
        }
    }

    /// What all streams are about.
    pub(super) fn names(&self) -> Names {
        let mut names = Names::default();
        self.streams
            .iter()
            .for_each(|stream| names.join(&stream.names));
        names
    }

    /// What streams were about that are gone, without what others are about.
    pub(super) fn take_left(&mut self) -> Names {
        std::mem::take(&mut self.left).not_in(&self.names())
    }

    /// Everything that the bridge may still send.
    pub(super) fn all_names(&self) -> Names {
        let mut names = self.names();
        names.join(&self.left);
        names.not_in(&Names::default())
    }

    /// The bridge has confirmed the subscription of one stream in this reply.
    pub(super) fn subscribed(&mut self, reply: &Map<String, Value>) {
        let (bridge, seq) = numbered(reply);
        self.note(bridge, seq);
    }

    /// The bridge has confirmed all subscriptions in this reply.
    pub(super) fn renewed(&mut self, reply: &Map<String, Value>) {
        let (bridge, seq) = numbered(reply);
        if let Some(Before(before)) = self.interrupted.take() {
            let missed = before
                .filter(|(of, _)| of == bridge)
                .map(|(_, last)| seq.saturating_sub(last));
            self.streams.iter().for_each(|stream| stream.resume(missed));
        }
        self.note(bridge, seq);
    }

    /// One message from OBS. Also says which Twitchat it is from, if it is from one.
    pub(super) fn take(&mut self, heard: &Heard) -> (Asks, Option<Generation>) {
        match heard {
            Heard::Twitchat(message) => {
                self.twitchat(message);
                (Asks::Nothing, generation_of(message))
            }
            Heard::Bridge(whole) => (self.bridge(whole), None),
            Heard::Request(_) | Heard::Other | Heard::Bad => (Asks::Nothing, None),
        }
    }

    fn twitchat(&mut self, message: &Message) {
        for action in self.actions.values_mut() {
            if message.id.as_deref() == Some(&*action.id) {
                if let Some(echo) = action.echo.take() {
                    drop(echo.send(Ok(())));
                }
            } else if action.answer.is_some()
                && let Some(data) = answer_in(message, &action.awaits)
                && let Some(answer) = action.answer.take()
            {
                drop(answer.send(Ok(data)));
            }
        }
    }

    fn bridge(&mut self, whole: &RawValue) -> Asks {
        let envelope: Envelope<'_> = match serde_json::from_str(whole.get()) {
            Ok(envelope) => envelope,
            Err(error) => {
                debug!(%error, "a message that claims to be a bridge's cannot be read");
                return Asks::Nothing;
            }
        };
        let bridge = envelope.bridge.and_then(text).unwrap_or_default();
        if let (Some(name), Some(data)) = (&envelope.event, envelope.data) {
            self.event(&EventName::new(&name.source, &name.kind), data, &envelope);
            self.note(&bridge, envelope.seq);
        } else if envelope.status.is_some() {
            self.reply(envelope.id, whole);
        } else if envelope
            .request
            .and_then(text)
            .is_some_and(|request| request == "Hello")
        {
            if self
                .bridge
                .as_ref()
                .is_some_and(|(known, _)| *known != bridge)
            {
                self.interrupt(&Update::BridgeStarted);
                self.interrupted = Some(Before(None));
                self.bridge = Some((bridge, 0));
            }
            return Asks::Renewal;
        }
        Asks::Nothing
    }

    fn event(&self, name: &EventName, data: &RawValue, envelope: &Envelope<'_>) {
        let mut event = None;
        for stream in self.streams.iter().filter(|stream| stream.names.want(name)) {
            let event = event.get_or_insert_with(|| Event {
                name: name.clone(),
                seq: envelope.seq,
                timestamp: envelope
                    .timestamp
                    .and_then(text)
                    .and_then(|time| time.parse().ok()),
                is_replay: envelope
                    .replay
                    .is_some_and(|mark| !matches!(mark.get(), "false" | "null")),
                data: data.to_owned().into(),
            });
            stream.push(Update::Event(event.clone()));
        }
    }

    fn reply(&mut self, id: Option<&RawValue>, whole: &RawValue) {
        let Some(id) = id
            .filter(|_| !self.replies.is_empty())
            .and_then(|id| serde_json::from_str::<Value>(id.get()).ok())
        else {
            return;
        };
        let id = id.to_string();
        let Some(replies) = self.replies.get_mut(&id) else {
            return;
        };
        let whole = match serde_json::from_str(whole.get()) {
            Ok(whole) => whole,
            Err(error) => {
                debug!(%error, "a reply cannot be read");
                return;
            }
        };
        let (_, reply) = replies.remove(0);
        if replies.is_empty() {
            self.replies.remove(&id);
        }
        drop(reply.send(Ok(whole)));
    }

    /// Remembers the number of a bridge's last event.
    fn note(&mut self, bridge: &str, seq: u64) {
        match &mut self.bridge {
            Some((known, last)) if known == bridge => *last = (*last).max(seq),
            other => *other = Some((bridge.to_owned(), seq)),
        }
    }

    fn interrupt(&self, why: &Update) {
        self.streams
            .iter()
            .for_each(|stream| stream.interrupt(why.clone()));
    }
}

/// An action that was registered.
#[derive(Debug)]
pub(super) struct Expectation {
    pub(super) ticket: u64,
    pub(super) echoed: oneshot::Receiver<Result<(), ConnectionError>>,
    pub(super) answered: oneshot::Receiver<Result<Value, ConnectionError>>,
}

/// Which bridge sent a reply, and the number of its last event then.
fn numbered(reply: &Map<String, Value>) -> (&str, u64) {
    let bridge = reply
        .get("bridge")
        .and_then(Value::as_str)
        .unwrap_or_default();
    (
        bridge,
        reply.get("seq").and_then(Value::as_u64).unwrap_or_default(),
    )
}

/// A JSON string's text.
fn text(raw: &RawValue) -> Option<String> {
    serde_json::from_str(raw.get()).ok()
}

/// The data of a message if it is one of those awaited.
fn answer_in(message: &Message, awaits: &[Expected]) -> Option<Value> {
    let data = || {
        message.data.as_deref().map_or(Value::Null, |data| {
            serde_json::from_str(data.get()).unwrap_or_default()
        })
    };
    let expected = awaits
        .iter()
        .filter(|expected| expected.kinds.contains(&&*message.kind));
    expected
        .map(|expected| (expected, data()))
        .find(|(expected, data)| expected.is(&message.kind, data))
        .map(|(_, data)| data)
}
