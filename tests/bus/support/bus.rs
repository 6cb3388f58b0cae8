//! Another client on OBS, such as an overlay or a script, with one request connection and one event
//! connection.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json, value::RawValue};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::task::AbortOnDropHandle;
use twitchat_bridge::event::Received;
use twitchat_bridge::obs::{EventConnection, Options, RequestConnection};
use twitchat_bridge::sim;
use uuid::Uuid;

use super::{SOON, Site, wait_until};

/// A client that receives all messages and sends requests to the bridge.
#[derive(Debug)]
pub(crate) struct Bus {
    requester: RequestConnection,
    receiver: EventConnection,
    received: VecDeque<Received>,
    asked: u64,
    /// A part of each request's id, because this client also receives the replies to other clients.
    name: Uuid,
}

impl Bus {
    pub(crate) async fn connect(site: &Site) -> Self {
        let (target, options) = (site.target(), Options::default());
        let receiver = EventConnection::connect(&target, &options).await.unwrap();
        let requester = RequestConnection::connect(&target, &options).await.unwrap();
        Self {
            requester,
            receiver,
            received: VecDeque::new(),
            asked: 0,
            name: Uuid::new_v4(),
        }
    }

    /// The next message of a bridge.
    async fn next_of_bridge(&mut self) -> Value {
        loop {
            while let Some(received) = self.received.pop_front() {
                if let Received::Bridge(whole) = received {
                    return serde_json::from_str(whole.get()).unwrap();
                }
            }
            self.received.extend(
                self.receiver
                    .next()
                    .await
                    .expect("OBS is there")
                    .events
                    .drain(..),
            );
        }
    }

    /// Waits for a message of this type in the form of Twitchat's messages. Earlier messages are
    /// dropped.
    pub(crate) async fn twitchat(&mut self, kind: &str) {
        let found = async {
            loop {
                while let Some(received) = self.received.pop_front() {
                    if matches!(&received, Received::Twitchat(message) if &*message.kind == kind) {
                        return;
                    }
                }
                self.received.extend(
                    self.receiver
                        .next()
                        .await
                        .expect("OBS is there")
                        .events
                        .drain(..),
                );
            }
        };
        timeout(SOON, found)
            .await
            .unwrap_or_else(|_| panic!("{kind}: not received within {SOON:?}"));
    }

    /// The next message of a bridge that `fits` accepts. Earlier messages are dropped.
    pub(crate) async fn until(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let found = async {
            loop {
                let message = self.next_of_bridge().await;
                if fits(&message) {
                    return message;
                }
            }
        };
        timeout(SOON, found)
            .await
            .unwrap_or_else(|_| panic!("{what}: not received within {SOON:?}"))
    }

    /// Names of the events that the bridge emits within this time, such as `Credits.Started`.
    pub(crate) async fn events_within(&mut self, within: Duration) -> Vec<String> {
        let (end, mut events) = (Instant::now() + within, Vec::new());
        while let Ok(message) = timeout_at(end, self.next_of_bridge()).await {
            let event = &message["event"];
            if let (Some(source), Some(kind)) = (event["source"].as_str(), event["type"].as_str()) {
                events.push(format!("{source}.{kind}"));
            }
        }
        events
    }

    /// Waits for a bridge's Hello. After it, the bridge receives all messages.
    pub(crate) async fn hello(&mut self) {
        self.until("a bridge's Hello", |message| message["request"] == "Hello")
            .await;
    }

    /// Sends a request and returns the bridge's reply, even if its status is an error.
    pub(crate) async fn ask(&mut self, request: Value) -> Value {
        let (Value::Object(mut request), id) =
            (request, format!("ask-{}-{}", self.name, self.asked))
        else {
            panic!("a request is an object")
        };
        self.asked += 1;
        request.insert("id".into(), id.as_str().into());
        let request = raw(&Value::Object(request));
        let reply = async {
            loop {
                while let Some(received) = self.received.pop_front() {
                    if let Received::Bridge(whole) = received
                        && whole.get().contains(&id)
                    {
                        let message: Value = serde_json::from_str(whole.get()).unwrap();
                        if message["id"] == *id && message.get("status").is_some() {
                            return message;
                        }
                    }
                }
                self.received.extend(
                    self.receiver
                        .next()
                        .await
                        .expect("OBS is there")
                        .events
                        .drain(..),
                );
            }
        };
        let (sent, reply) = tokio::join!(self.requester.broadcast(&request), timeout(SOON, reply));
        sent.unwrap();
        reply.unwrap_or_else(|_| panic!("no reply to {} within {SOON:?}", request.get()))
    }

    /// The reply to `GetStatus`.
    pub(crate) async fn status(&mut self) -> Value {
        self.ask(json!({ "request": "GetStatus" })).await
    }

    /// A reply to `GetCredits` in `legacy` spelling.
    pub(crate) async fn credits(&mut self) -> Value {
        self.ask(json!({ "request": "GetCredits", "spelling": "seed" }))
            .await
    }
}

fn raw(value: &Value) -> Box<RawValue> {
    serde_json::value::to_raw_value(value).unwrap()
}

/// Broadcasts all messages without waiting, like Twitchat, so OBS changes their order. Returns when
/// OBS has replied to each of them.
pub(crate) async fn play(site: &Site, messages: impl IntoIterator<Item = Value>) {
    let messages: Vec<_> = messages
        .into_iter()
        .map(|message| message.to_string())
        .collect();
    let mut requester = sim::peer::RequestPeer::connect(&site.peer()).await.unwrap();
    for message in &messages {
        requester.pipeline_text(message).await.unwrap();
    }
    timeout(4 * SOON, requester.settled())
        .await
        .expect("OBS replies")
        .unwrap();
}

/// Records all replies on OBS to any client.
#[derive(Debug)]
pub(crate) struct Witness {
    replies: Arc<Mutex<Vec<Value>>>,
    _task: AbortOnDropHandle<()>,
}

impl Witness {
    pub(crate) async fn on(site: &Site) -> Self {
        let mut receiver = EventConnection::connect(&site.target(), &Options::default())
            .await
            .unwrap();
        let replies = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&replies);
        let task = tokio::spawn(async move {
            while let Ok(mut batch) = receiver.next().await {
                for received in batch.events.drain(..) {
                    let Received::Bridge(whole) = received else {
                        continue;
                    };
                    let Ok(message) = serde_json::from_str::<Value>(whole.get()) else {
                        continue;
                    };
                    // Messages without a bridge id come from a test.
                    if message.get("status").is_some() && message["bridge"].is_string() {
                        noted.lock().unwrap().push(message);
                    }
                }
            }
        });
        Self {
            replies,
            _task: AbortOnDropHandle::new(task),
        }
    }

    /// The replies so far, in order.
    pub(crate) fn replies(&self) -> Vec<Value> {
        self.replies.lock().unwrap().clone()
    }

    /// The `client` of each reply so far, in order.
    pub(crate) fn clients(&self) -> Vec<String> {
        let replies = self.replies.lock().unwrap();
        replies
            .iter()
            .filter_map(|reply| reply["client"].as_str().map(str::to_owned))
            .collect()
    }

    /// Waits for the reply to this client.
    pub(crate) async fn until_replied_to(&self, client: &str) {
        let look = async || {
            self.replies
                .lock()
                .unwrap()
                .iter()
                .any(|reply| reply["client"] == client)
                .then_some(())
        };
        wait_until("a reply that all receive", SOON, look).await;
    }
}
