//! The connection that the handles of a client share. It sends requests, actions and subscriptions,
//! and waits for the replies.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::{Map, Value, value::to_raw_value};
use tokio::{
    sync::{Notify, watch},
    time::timeout,
};
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};
use uuid::Uuid;

use super::{ConnectionError, Error, Generation, Sent, hub::Hub, names::Names, queue::Queue};
use crate::{
    obs::{Batch, Obs, RequestError},
    twitchat::action::{Expected, Prepared},
};

/// How long to wait for the cause when OBS accepts no more messages.
const CAUSE_WITHIN: Duration = Duration::from_secs(2);
/// How long to wait for the reply to an `UnSubscribe`. A bridge that did not receive it ends the
/// subscription later by itself.
const UNSUBSCRIBED_WITHIN: Duration = Duration::from_secs(1);

/// The state of the connection to OBS.
#[derive(Debug, Clone)]
pub(super) enum Link {
    Connecting,
    Up,
    Down(ConnectionError),
    /// It has ended for good; `None` if the client was closed.
    Stopped(Option<ConnectionError>),
}

/// Keeps a connection open. The connection ends when the last handle is dropped.
#[derive(Debug, Clone)]
pub(super) struct Handle {
    pub(super) connection: Arc<Connection>,
    _open: Arc<DropGuard>,
}

#[derive(Debug)]
pub(super) struct Connection {
    /// The name under which the bridge knows this client.
    pub(super) name: String,
    pub(super) obs: Obs,
    hub: Mutex<Hub>,
    /// Changes together with the hub, while that is locked.
    link: watch::Sender<Link>,
    /// The version in the options, or else the version of the Twitchat that last sent a message.
    pub(super) twitchat: watch::Sender<Option<Generation>>,
    /// Whether the options left the version of Twitchat open.
    follows_twitchat: bool,
    /// Notified when the subscriptions must be renewed.
    pub(super) renewal: Notify,
    pub(super) stream_dropped: Notify,
    subscribing: tokio::sync::Mutex<()>,
    pub(super) stop: CancellationToken,
    pub(super) tasks: TaskTracker,
}

impl Handle {
    pub(super) fn new(connection: Arc<Connection>) -> Self {
        let open = connection.stop.clone().drop_guard();
        Self {
            connection,
            _open: Arc::new(open),
        }
    }
}

impl Connection {
    pub(super) fn new(
        name: &str,
        obs: Obs,
        twitchat: Option<Generation>,
        tasks: TaskTracker,
    ) -> Self {
        let id = Uuid::new_v4();
        Self {
            name: if name.is_empty() {
                id.to_string()
            } else {
                format!("{name} {id}")
            },
            obs,
            hub: Mutex::default(),
            link: watch::Sender::new(Link::Connecting),
            twitchat: watch::Sender::new(twitchat),
            follows_twitchat: twitchat.is_none(),
            renewal: Notify::new(),
            stream_dropped: Notify::new(),
            subscribing: tokio::sync::Mutex::default(),
            stop: CancellationToken::new(),
            tasks,
        }
    }

    fn hub(&self) -> MutexGuard<'_, Hub> {
        self.hub.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the reply as it came. An error in the reply becomes [`Error::Refused`].
    pub(super) async fn request(
        &self,
        name: &str,
        mut fields: Map<String, Value>,
        within: Duration,
    ) -> Result<Map<String, Value>, Error> {
        let id = fields
            .entry("id")
            .or_insert_with(|| Uuid::new_v4().to_string().into())
            .clone();
        fields.insert("request".into(), name.into());
        let message = to_raw_value(&fields).map_err(|_| Error::Fields {
            request: name.into(),
        })?;
        let (ticket, reply) = self.registered(within, |hub| hub.add_request(&id)).await?;
        let _remove = OnDrop(|| self.hub().remove_request(&id, ticket));
        if let Err(error) = self.obs.broadcast(&message).await {
            return Err(self.explained(error).await);
        }
        let no_reply = |_| Error::NoReply {
            request: name.into(),
            within,
        };
        let reply = timeout(within, reply).await.map_err(no_reply)?;
        let reply = reply
            .map_err(|_| Error::Closed)?
            .map_err(Error::Disconnected)?;
        if reply.get("status").and_then(Value::as_str) == Some("ok") {
            return Ok(reply);
        }
        let reason = reply
            .get("error")
            .and_then(Value::as_str)
            .unwrap_or("the reply gives no reason")
            .to_owned();
        Err(Error::Refused {
            request: name.into(),
            reason,
        })
    }

    /// Waits until OBS has relayed it and, if `expected` is not empty, for the first message that
    /// is one of these.
    pub(super) async fn deliver(
        &self,
        prepared: &Prepared,
        expected: &[Expected],
        within: Duration,
    ) -> Result<(Sent, Option<Value>), Error> {
        let id = Uuid::new_v4().to_string();
        let action = || prepared.kind.clone();
        let message = to_raw_value(&prepared.envelope(&id))
            .map_err(|_| Error::Fields { request: action() })?;
        let receivers = self
            .registered(within, |hub| hub.add_action(&id, expected))
            .await?;
        let _remove = OnDrop(|| self.hub().remove_action(receivers.ticket));
        let mut is_relayed = false;
        let delivery = async {
            // OBS's reply, the echo and the answer come in any order; the channels keep each until
            // it is received here.
            if let Err(error) = self.obs.broadcast(&message).await {
                return Err(self.explained(error).await);
            }
            receivers
                .echo
                .await
                .map_err(|_| Error::Closed)?
                .map_err(Error::Disconnected)?;
            is_relayed = true;
            if expected.is_empty() {
                return Ok(None);
            }
            receivers
                .answer
                .await
                .map_err(|_| Error::Closed)?
                .map_err(Error::Disconnected)
                .map(Some)
        };
        match timeout(within, delivery).await {
            Ok(delivered) => {
                let answer = delivered?;
                Ok((
                    Sent {
                        kind: action(),
                        id,
                        dropped: prepared.dropped.clone(),
                    },
                    answer,
                ))
            }
            Err(_) if is_relayed => Err(Error::NoAnswer {
                action: action(),
                within,
            }),
            Err(_) => Err(Error::NotRelayed {
                action: action(),
                within,
            }),
        }
    }

    pub(super) async fn subscribe(
        &self,
        stream: &Arc<Queue>,
        within: Duration,
    ) -> Result<(), Error> {
        let _turn = self.subscribing.lock().await;
        // Added before the request is sent: the first event may come before the reply.
        if !self.hub().add_stream(stream) {
            return Err(lost(&self.link.borrow()).unwrap_or(Error::Closed));
        }
        let reply = self
            .request("Subscribe", self.subscription(&stream.names), within)
            .await?;
        let unknown = unknown(&reply);
        if unknown.is_empty() {
            self.hub().subscribed(&reply);
            Ok(())
        } else {
            Err(Error::UnknownEvents { names: unknown })
        }
    }

    /// Sends one request with all subscriptions, and waits until the bridge has confirmed it.
    pub(super) async fn renew(&self, within: Duration) -> Result<(), Error> {
        let _turn = self.subscribing.lock().await;
        let names = self.hub().names();
        if names.is_empty() {
            return Ok(());
        }
        let reply = self
            .request("Subscribe", self.subscription(&names), within)
            .await?;
        self.hub().renewed(&reply);
        Ok(())
    }

    /// Ends the subscriptions that only dropped streams wanted.
    pub(super) async fn unsubscribe(&self) {
        let _turn = self.subscribing.lock().await;
        let names = self.hub().take_unwanted();
        if !names.is_empty() {
            let fields = self.subscription(&names);
            // Nothing depends on the reply.
            drop(
                self.request("UnSubscribe", fields, UNSUBSCRIBED_WITHIN)
                    .await,
            );
        }
    }

    /// The stream's subscription ends in the background.
    pub(super) fn remove_stream(&self, stream: &Arc<Queue>) {
        self.hub().remove_stream(stream);
        self.stream_dropped.notify_one();
    }

    /// Passes messages from OBS to the requests, actions and streams that wait for them.
    pub(super) fn route(&self, batch: &Batch) {
        let mut hub = self.hub();
        for message in &batch.events {
            let consequences = hub.route(message);
            if consequences.renew {
                self.renewal.notify_one();
            }
            if let Some(version) = consequences.twitchat.filter(|_| self.follows_twitchat) {
                self.twitchat
                    .send_if_modified(|known| known.replace(version) != Some(version));
            }
        }
    }

    /// Records that OBS sends messages from now on.
    pub(super) fn set_up(&self) {
        let mut hub = self.hub();
        hub.connected();
        self.link.send_replace(Link::Up);
        self.renewal.notify_one();
    }

    /// Records that OBS sends no messages until the next [`set_up`](Self::set_up).
    pub(super) fn set_down(&self, cause: ConnectionError) {
        let mut hub = self.hub();
        hub.disconnected(&cause);
        self.link.send_replace(Link::Down(cause));
    }

    /// Records that the connection has ended for good, for a cause or because the client was
    /// closed. All waiting callers get an error. Does nothing if it had ended before.
    pub(super) fn set_stopped(&self, cause: Option<ConnectionError>) {
        let mut hub = self.hub();
        if !matches!(*self.link.borrow(), Link::Stopped(_)) {
            hub.end(cause.as_ref());
            self.link.send_replace(Link::Stopped(cause));
        }
    }

    /// Waits for the state of the connection to be as `wanted`.
    pub(super) async fn until(&self, wanted: impl FnMut(&Link) -> bool) -> Link {
        let mut link = self.link.subscribe();
        // It does not fail: this connection holds the sender.
        let found = link.wait_for(wanted).await.map(|link| link.clone());
        found.unwrap_or(Link::Stopped(None))
    }

    /// Waits until the connection has ended for good.
    pub(super) async fn until_stopped(&self) {
        self.until(|link| matches!(link, Link::Stopped(_))).await;
    }

    /// Also ends all subscriptions and streams. Returns when the client's tasks have ended.
    pub(super) async fn close(&self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }

    /// Ends all subscriptions, without waiting for the bridge's reply.
    pub(super) async fn unsubscribe_from_all(&self) {
        let names = self.hub().all_names();
        if names.is_empty() || !matches!(*self.link.borrow(), Link::Up) {
            return;
        }
        let mut fields = self.subscription(&names);
        fields.insert("request".into(), "UnSubscribe".into());
        if let Ok(message) = to_raw_value(&fields) {
            drop(timeout(UNSUBSCRIBED_WITHIN, self.obs.broadcast(&message)).await);
        }
    }

    fn subscription(&self, names: &Names) -> Map<String, Value> {
        Map::from_iter([
            ("events".to_owned(), names.to_json()),
            ("client".to_owned(), self.name.as_str().into()),
        ])
    }

    /// Registers a message with the hub before it is sent. Waits for the connection if there is
    /// none.
    async fn registered<T>(
        &self,
        within: Duration,
        register: impl Fn(&mut Hub) -> Option<T>,
    ) -> Result<T, Error> {
        let registered = async {
            loop {
                match self
                    .until(|link| matches!(link, Link::Up | Link::Stopped(_)))
                    .await
                {
                    Link::Stopped(Some(cause)) => return Err(Error::Disconnected(cause)),
                    Link::Stopped(None) => return Err(Error::Closed),
                    // The hub refuses if the connection was lost at this moment. The next iteration
                    // sees that in the link.
                    Link::Up | Link::Down(_) | Link::Connecting => {
                        if let Some(registered) = register(&mut self.hub()) {
                            return Ok(registered);
                        }
                    }
                }
            }
        };
        match timeout(within, registered).await {
            Ok(registered) => registered,
            Err(_) => {
                Err(lost(&self.link.borrow())
                    .unwrap_or(Error::Obs(RequestError::NotConnected.into())))
            }
        }
    }

    /// Waits until there is no connection, and returns why.
    pub(super) async fn until_disconnected(&self) -> Error {
        let link = self
            .until(|link| matches!(link, Link::Down(_) | Link::Stopped(_)))
            .await;
        lost(&link).unwrap_or(Error::Closed)
    }

    /// The error of a message that OBS did not accept. A lost connection shows in the request
    /// first, and its cause is known a moment later.
    async fn explained(&self, error: RequestError) -> Error {
        match error {
            RequestError::NotConnected => timeout(CAUSE_WITHIN, self.until_disconnected())
                .await
                .unwrap_or_else(|_| Error::Obs(RequestError::NotConnected.into())),
            error => Error::Obs(error.into()),
        }
    }
}

/// `None` while there is a connection, and before the first one.
fn lost(link: &Link) -> Option<Error> {
    match link {
        Link::Down(cause) | Link::Stopped(Some(cause)) => Some(Error::Disconnected(cause.clone())),
        Link::Stopped(None) => Some(Error::Closed),
        Link::Up | Link::Connecting => None,
    }
}

/// The events that the bridge does not know, as `Source.Type`.
fn unknown(reply: &Map<String, Value>) -> Vec<String> {
    let names = |(source, kinds): (&String, &Value)| -> Vec<_> {
        kinds
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|kind| Some(format!("{source}.{}", kind.as_str()?)))
            .collect()
    };
    reply
        .get("unknown")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .flat_map(names)
        .collect()
}

/// Calls a function when it is dropped: after the reply was received, or when the caller has
/// stopped waiting for it.
struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        self.0();
    }
}
