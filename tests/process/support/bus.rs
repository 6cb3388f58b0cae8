//! A client on OBS that remembers all messages that it receives, with their times.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::sync::watch;
use tokio::time::{Instant, timeout};
use tokio_util::task::AbortOnDropHandle;
use twitchat_bridge::event::Received;
use twitchat_bridge::obs::{EventConnection, Options, RequestConnection, Target};
use uuid::Uuid;

use super::{SOON, wait_until, within};

/// The time after which a request is repeated while the bridge is starting.
const ASK_AGAIN: Duration = Duration::from_millis(250);

/// Two connections to OBS: a request connection, and an event connection that is read without
/// delay.
#[derive(Debug)]
pub(crate) struct Bus {
    requester: RequestConnection,
    received: Arc<Mutex<Vec<(Instant, Received)>>>,
    grown: watch::Receiver<usize>,
    _reader: AbortOnDropHandle<()>,
}

impl Bus {
    pub(crate) async fn connect(target: &Target) -> Self {
        let options = Options::default();
        let mut receiver = Box::pin(EventConnection::connect(target, &options))
            .await
            .unwrap();
        let requester = Box::pin(RequestConnection::connect(target, &options))
            .await
            .unwrap();
        let messages = Arc::new(Mutex::new(Vec::new()));
        let (grow, grown) = watch::channel(0);
        let all = Arc::clone(&messages);
        let reader = tokio::spawn(async move {
            while let Ok(mut batch) = receiver.next().await {
                let now = Instant::now();
                let mut all = all.lock().unwrap();
                all.extend(batch.events.drain(..).map(|event| (now, event)));
                grow.send_replace(all.len());
            }
        });
        Self {
            requester,
            received: messages,
            grown,
            _reader: AbortOnDropHandle::new(reader),
        }
    }

    /// Broadcasts and waits for OBS's reply. Such messages stay in order.
    pub(crate) async fn broadcast(&self, message: &Value) {
        self.requester
            .broadcast(&serde_json::value::to_raw_value(message).unwrap())
            .await
            .unwrap();
    }

    /// The number of messages that were received so far.
    pub(crate) fn position(&self) -> usize {
        *self.grown.borrow()
    }

    /// The values that `pick` returns for the messages from a position on.
    pub(crate) fn received_since<T>(
        &self,
        position: usize,
        mut pick: impl FnMut(Instant, &Received) -> Option<T>,
    ) -> Vec<T> {
        self.received
            .lock()
            .unwrap()
            .iter()
            .skip(position)
            .filter_map(|(at, received)| pick(*at, received))
            .collect()
    }

    /// Sends a request and returns the reply, which must be `ok`.
    pub(crate) async fn ask(&self, name: &str) -> Value {
        self.ask_with(name, json!({})).await
    }

    pub(crate) async fn ask_with(&self, name: &str, fields: Value) -> Value {
        let reply = self
            .ask_within(name, fields, SOON)
            .await
            .unwrap_or_else(|| panic!("no reply to {name} within {SOON:?}"));
        assert_eq!(reply["status"], "ok", "{reply}");
        reply
    }

    /// Sends a request once. Returns `None` if there is no reply in time.
    pub(crate) async fn ask_within(
        &self,
        name: &str,
        fields: Value,
        limit: Duration,
    ) -> Option<Value> {
        let id = Uuid::new_v4().to_string();
        let mut request: Map<String, Value> = serde_json::from_value(fields).unwrap();
        request.extend([
            ("request".to_owned(), name.into()),
            ("id".to_owned(), id.as_str().into()),
        ]);
        let from = self.position();
        self.broadcast(&request.into()).await;
        timeout(
            limit,
            self.until_received(from, |received| {
                reply(received).filter(|reply| reply["id"] == id)
            }),
        )
        .await
        .ok()
    }

    /// Waits for a message from a position on for which `pick` returns a value.
    pub(crate) async fn until_received<T>(
        &self,
        from: usize,
        mut pick: impl FnMut(&Received) -> Option<T>,
    ) -> T {
        let (mut grown, mut looked) = (self.grown.clone(), from);
        loop {
            let now = *grown.borrow_and_update();
            let found = self
                .received
                .lock()
                .unwrap()
                .iter()
                .take(now)
                .skip(looked)
                .find_map(|(_, received)| pick(received));
            if let Some(found) = found {
                return found;
            }
            looked = now;
            grown.changed().await.expect("OBS is gone");
        }
    }

    /// Repeats a request until a bridge replies. Returns how long that took.
    pub(crate) async fn until_answered(&self, limit: Duration) -> Duration {
        let begun = Instant::now();
        within("a bridge answers", limit, async {
            while self
                .ask_within("GetInfo", json!({}), ASK_AGAIN)
                .await
                .is_none()
            {}
        })
        .await;
        begun.elapsed()
    }

    /// Requests the status until the condition holds.
    pub(crate) async fn until_status(&self, what: &str, mut holds: impl FnMut(&Value) -> bool) {
        within(what, SOON, async {
            while !holds(&self.ask("GetStatus").await) {}
        })
        .await;
    }

    /// A reply to `GetCredits` in `legacy` spelling, with `extended` lists.
    pub(crate) async fn credits(&self) -> Value {
        self.ask_with(
            "GetCredits",
            json!({ "spelling": "seed", "extended": true }),
        )
        .await
    }

    /// Waits until OBS has closed the connection.
    pub(crate) async fn until_gone(&self) {
        wait_until("OBS is gone", SOON, || self.grown.has_changed().is_err()).await;
    }
}

/// The reply of a bridge. `None` for any other message.
pub(crate) fn reply(received: &Received) -> Option<Value> {
    let Received::Bridge(whole) = received else {
        return None;
    };
    let message: Value = serde_json::from_str(whole.get()).ok()?;
    message.get("id").is_some().then_some(message)
}
