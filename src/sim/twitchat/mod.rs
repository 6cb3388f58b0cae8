//! A stand-in Twitchat. It sends the messages of a stream to any obs-websocket server, in the form
//! of one of its three generations, and answers the same questions as the real one.
//!
//! It keeps a history, so its summary contains the events that the other side has missed. It
//! ignores messages whose ids it has already seen, including its own messages. It has no chat and
//! no overlays, and of the settings only those of the end credits. The demo's
//! [`show`](super::show) and the tests use it.

mod channel;
mod credits_settings;
mod first;
mod history;
mod labels;
mod moment;
mod speech;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tokio_util::task::{AbortOnDropHandle, TaskTracker};
use uuid::Uuid;

pub use channel::{Channel, Generation};
pub use moment::{Choice, Moment, Person, Reward, Roles, Tier, Vote, VotePhase};

use super::peer::{EventPeer, PeerError, RequestPeer, Target};
use super::watched::watched;
use channel::Outgoing;
use credits_settings::CreditsSettings;
use history::History;
use labels::Labels;
use speech::send_each;

/// The `origin` of all messages from and to Twitchat.
const ORIGIN: &str = "twitchat";
/// The number of ids that the stand-in remembers.
const SEEN_IDS: usize = 1_000;

#[derive(Debug, Clone)]
pub struct Options {
    /// The generation whose messages the stand-in sends.
    pub generation: Generation,
    /// The channel of the stand-in.
    pub channel: Channel,
    /// The delay of a cheer. Twitchat waits a second.
    pub bits_delay: Duration,
    /// How long the stand-in collects changes of labels. Twitchat takes 100 ms.
    pub label_delay: Duration,
    /// The number of open pages. Each page sends everything, with its own ids.
    pub pages: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            generation: Generation::Second,
            channel: Channel {
                id: "48210953".into(),
                login: "nordlicht_tv".into(),
            },
            bits_delay: Duration::ZERO,
            label_delay: Duration::ZERO,
            pages: 1,
        }
    }
}

/// A running stand-in Twitchat. Clones are handles to the same stand-in, which ends with the last
/// of them.
#[derive(Debug, Clone)]
pub struct StandIn(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    target: Target,
    options: Options,
    state: Mutex<TwitchatState>,
    requests: tokio::sync::Mutex<Option<RequestPeer>>,
    listening: Mutex<Option<AbortOnDropHandle<()>>>,
    /// The tasks that send messages later.
    late: TaskTracker,
}

#[derive(Debug)]
struct TwitchatState {
    generation: Generation,
    history: History,
    labels: Labels,
    labels_due: bool,
    credits: CreditsSettings,
    answering: bool,
    seen: VecDeque<String>,
    received: Vec<(String, Value)>,
}

impl StandIn {
    /// Connects to an obs-websocket server, with one request connection and one event connection.
    /// Sends nothing yet.
    pub async fn connect(target: Target, options: Options) -> Result<Self, PeerError> {
        let state = TwitchatState {
            generation: options.generation,
            history: History::default(),
            labels: Labels::new(now_ms()),
            labels_due: false,
            credits: CreditsSettings::default(),
            answering: true,
            seen: VecDeque::new(),
            received: Vec::new(),
        };
        let twitchat = Self(Arc::new(Inner {
            target,
            options,
            state: Mutex::new(state),
            requests: tokio::sync::Mutex::new(None),
            listening: Mutex::new(None),
            late: TaskTracker::new(),
        }));
        twitchat.reconnect().await?;
        Ok(twitchat)
    }

    /// Connects again after OBS was closed. The history is kept. As in Twitchat, no message
    /// announces the reconnection.
    pub async fn reconnect(&self) -> Result<(), PeerError> {
        let receiver = EventPeer::connect(&self.0.target).await?;
        *self.0.requests.lock().await = Some(RequestPeer::connect(&self.0.target).await?);
        let listening = AbortOnDropHandle::new(tokio::spawn(watched(
            "the reader of messages",
            listen(receiver, Arc::downgrade(&self.0)),
        )));
        *self
            .0
            .listening
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(listening);
        Ok(())
    }

    /// Updates Twitchat to another generation. It restarts with the same history and announces
    /// this, except in the first generation.
    pub async fn switch(&self, generation: Generation) -> Result<(), PeerError> {
        self.0.lock().generation = generation;
        let ready = match generation {
            Generation::First => return Ok(()),
            Generation::Second => "TWITCHAT_READY",
            Generation::Third => "ON_TWITCHAT_READY",
        };
        self.0.send(&[(ready, None)]).await?;
        self.0.send_labels().await
    }

    /// The stand-in remembers the moment, and sends it if this generation has a message for it. It
    /// also remembers the moment if sending fails.
    pub async fn play(&self, moment: Moment) -> Result<(), PeerError> {
        let late = matches!(moment, Moment::Cheer { .. }) && !self.0.options.bits_delay.is_zero();
        let (messages, labels) = self.0.happen(moment);
        if late {
            let (inner, delay) = (Arc::clone(&self.0), self.0.options.bits_delay);
            let telling = async move {
                tokio::time::sleep(delay).await;
                // Twitchat also ignores the error if OBS was closed meanwhile.
                drop(inner.send(&messages).await);
            };
            self.0.late.spawn(watched("a late event", telling));
        } else {
            self.0.send(&messages).await?;
        }
        if labels {
            Inner::send_labels_later(&self.0).await
        } else {
            Ok(())
        }
    }

    /// Remembers a moment without sending it, as if OBS were closed. Only the summary contains it.
    pub fn play_unreceived(&self, moment: Moment) {
        self.0.happen(moment);
    }

    /// Sends any message in Twitchat's envelope.
    pub async fn send_each(
        &self,
        kind: &'static str,
        data: Option<Value>,
    ) -> Result<(), PeerError> {
        self.0.send(&[(kind, data)]).await
    }

    /// Waits until all played moments are sent and OBS has replied to them.
    pub async fn settled(&self) -> Result<(), PeerError> {
        self.0.late.close();
        self.0.late.wait().await;
        self.0.late.reopen();
        match &mut *self.0.requests.lock().await {
            Some(requests) => requests.settled().await,
            None => Ok(()),
        }
    }

    /// Changes the settings of the end-credits overlay, as its page in Twitchat does.
    pub async fn set_credits(&self, params: Value) -> Result<(), PeerError> {
        let third = {
            let mut state = self.0.lock();
            state.credits.params = Some(params.clone());
            state.generation == Generation::Third
        };
        let kind = if third {
            "ON_ENDING_CREDITS_CONFIGS"
        } else {
            "ENDING_CREDITS_CONFIGS"
        };
        self.0.send(&[(kind, Some(params))]).await
    }

    /// The types of sections that Twitchat reserves for its supporters.
    pub fn reserve(&self, slot_types: &[&str]) {
        let slot_types = slot_types.iter().map(|one| (*one).to_owned());
        self.0.lock().credits.reserved = slot_types.collect();
    }

    /// Whether it knows the stream. Until then, version 16 does not answer questions for the
    /// settings of the end credits.
    pub fn set_knows_stream(&self, knows: bool) {
        self.0.lock().credits.lacks_stream = !knows;
    }

    pub fn set_answering(&self, answering: bool) {
        self.0.lock().answering = answering;
    }

    /// The types and data of the messages that others have sent to Twitchat, in their order,
    /// including unknown types.
    pub fn received(&self) -> Vec<(String, Value)> {
        self.0.lock().received.clone()
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, TwitchatState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers a moment and makes its messages. Returns `true` if labels changed.
    fn happen(&self, moment: Moment) -> (Vec<Outgoing>, bool) {
        let (mut state, now) = (self.lock(), now_ms());
        let messages = send_each(state.generation, &self.options.channel, &moment, now);
        let labels = state.labels.note(&moment) && state.generation != Generation::First;
        state.history.remember(now, moment);
        (messages, labels)
    }

    /// Sends messages back to back, once for each open page. Twitchat never waits for a reply.
    async fn send(&self, messages: &[Outgoing]) -> Result<(), PeerError> {
        let mut requests = self.requests.lock().await;
        let requests = requests.as_mut().ok_or_else(|| PeerError::Closed {
            code: None,
            reason: "not connected".into(),
        })?;
        for (kind, data) in messages {
            for _ in 0..self.options.pages {
                requests
                    .pipeline(&self.envelope(kind, data.clone()))
                    .await?;
            }
        }
        requests.flush().await
    }

    /// Collects changes of labels for a while before they are sent.
    async fn send_labels_later(this: &Arc<Self>) -> Result<(), PeerError> {
        let delay = this.options.label_delay;
        if delay.is_zero() {
            return this.send_labels().await;
        }
        if !std::mem::replace(&mut this.lock().labels_due, true) {
            let inner = Arc::clone(this);
            let telling = async move {
                tokio::time::sleep(delay).await;
                if std::mem::take(&mut inner.lock().labels_due) {
                    // Twitchat also ignores the error if OBS was closed meanwhile.
                    drop(inner.send_labels().await);
                }
            };
            this.late.spawn(watched("late labels", telling));
        }
        Ok(())
    }

    /// Each message has all labels. Two messages must not change places, so each waits for its
    /// reply.
    async fn send_labels(&self) -> Result<(), PeerError> {
        let (generation, data) = {
            let state = self.lock();
            (state.generation, state.labels.data())
        };
        self.send(&[(labels_kind(generation), Some(data))]).await?;
        match &mut *self.requests.lock().await {
            Some(requests) => requests.settled().await,
            None => Ok(()),
        }
    }

    fn envelope(&self, kind: &str, data: Option<Value>) -> Value {
        let id = Uuid::new_v4().to_string();
        self.lock().see(id.clone());
        let mut envelope = json!({"origin": ORIGIN, "type": kind, "id": id});
        if let Some(envelope) = envelope.as_object_mut() {
            envelope.extend(data.map(|data| ("data".to_owned(), data)));
        }
        envelope
    }

    /// Handles a broadcast, and returns the answer to it.
    fn receive(&self, envelope: &mut Value) -> Option<Outgoing> {
        if envelope.get("origin").and_then(Value::as_str) != Some(ORIGIN) {
            return None;
        }
        let kind = envelope.get("type").and_then(Value::as_str)?.to_owned();
        let mut state = self.lock();
        if let Some(id) = envelope.get("id").and_then(Value::as_str)
            && !state.see(id.to_owned())
        {
            return None;
        }
        let data = envelope
            .get_mut("data")
            .map(Value::take)
            .unwrap_or_default();
        let answer = state.answer(&kind, &data);
        state.received.push((kind, data));
        answer.filter(|_| state.answering)
    }
}

impl TwitchatState {
    /// Returns `false` if the id was already known.
    fn see(&mut self, id: String) -> bool {
        if self.seen.contains(&id) {
            return false;
        }
        if self.seen.len() >= SEEN_IDS {
            self.seen.pop_front();
        }
        self.seen.push_back(id);
        true
    }

    fn summary(&self, since_ms: i64, with_settings: bool) -> Value {
        let mut summary = self.history.summary(since_ms);
        if with_settings {
            self.credits.add_to(&mut summary);
        }
        summary
    }

    /// The first generation answers no questions. The second throws an error if a question has no
    /// data; the third accepts such a question.
    fn answer(&self, kind: &str, data: &Value) -> Option<Outgoing> {
        let since = |field: &str| data.get(field).and_then(Value::as_f64).map_or(0, whole);
        match (self.generation, kind) {
            (Generation::First, _) => None,
            (generation, "GET_LABEL_OVERLAY_PLACEHOLDERS") => {
                Some((labels_kind(generation), Some(self.labels.data())))
            }
            (Generation::Second, "GET_SUMMARY_DATA") if data.is_object() => {
                let with_settings = data["includeParams"] == true;
                if with_settings && self.credits.lacks_stream {
                    return None;
                }
                Some((
                    "SUMMARY_DATA",
                    Some(self.summary(since("offset"), with_settings)),
                ))
            }
            (Generation::Third, "GET_ENDING_CREDITS_DATA") => {
                let with_settings = data["includeOverlayParams"] == true;
                let summary = self.summary(since("dateOffset"), with_settings);
                Some(("SET_ENDING_CREDITS_DATA", Some(summary)))
            }
            (Generation::Third, "GET_GLOBAL_STATES") => Some((
                "ON_GLOBAL_STATES",
                Some(json!({"timers": [], "countdowns": []})),
            )),
            _ => None,
        }
    }
}

/// Receives messages until OBS is closed or the stand-in is dropped.
async fn listen(mut receiver: EventPeer, inner: Weak<Inner>) {
    while let Ok(mut envelope) = receiver.next().await {
        let Some(inner) = inner.upgrade() else { return };
        if let Some(answer) = inner.receive(&mut envelope) {
            // If this fails, OBS was closed, and the next read shows it.
            drop(inner.send(&[answer]).await);
        }
    }
}

fn labels_kind(generation: Generation) -> &'static str {
    if generation == Generation::Third {
        "ON_LABEL_OVERLAY_PLACEHOLDERS"
    } else {
        "LABEL_OVERLAY_PLACEHOLDERS"
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "JavaScript's numbers; a cast of a float saturates"
)]
fn whole(number: f64) -> i64 {
    number as i64
}

/// The current time in Unix milliseconds.
#[expect(
    clippy::disallowed_methods,
    reason = "the stand-in is an independent program, so it reads the clock itself"
)]
fn now_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        })
}
