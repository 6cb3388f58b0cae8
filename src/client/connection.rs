//! What the handles of a client share: everything that is sent, and the waiting for what comes
//! back.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::{Map, Value, value::to_raw_value};
use tokio::{
    sync::{Notify, watch},
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

use super::{ConnectionError, Error, Generation, Sent, events::Queue, hub::Hub};
use crate::{
    obs::{Obs, RequestError},
    twitchat::action::{Expected, Prepared},
};

/// When OBS takes no message any more, how long the link has to find out why.
const CAUSE_WITHIN: Duration = Duration::from_secs(2);
/// How long a bridge has to confirm that a subscription ended. Without it the bridge ends it by
/// itself, later.
const UNSUBSCRIBED_WITHIN: Duration = Duration::from_secs(1);

/// Where the connection to OBS stands.
#[derive(Debug, Clone)]
pub(super) enum Link {
    Connecting,
    Up,
    Down(ConnectionError),
    /// For good; `None` if nothing failed.
    Stopped(Option<ConnectionError>),
}

#[derive(Debug)]
pub(super) struct Connection {
    /// The name under which the bridge knows this client.
    pub(super) name: String,
    pub(super) obs: Obs,
    pub(super) hub: Mutex<Hub>,
    /// Changes with the hub, and only while that is locked.
    pub(super) link: watch::Receiver<Link>,
    /// Fixed by the options, else that of the Twitchat which was heard last.
    pub(super) twitchat: watch::Sender<Option<Generation>>,
    /// A bridge wants the subscriptions to be renewed.
    pub(super) renewal: Notify,
    /// A stream was dropped.
    pub(super) leaving: Notify,
    /// One change of the subscriptions after the other, so that none overtakes another.
    subscribing: tokio::sync::Mutex<()>,
    pub(super) stop: CancellationToken,
    pub(super) tasks: TaskTracker,
}

impl Connection {
    pub(super) fn new(
        name: &str,
        obs: Obs,
        link: watch::Receiver<Link>,
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
            link,
            twitchat: watch::Sender::new(twitchat),
            renewal: Notify::new(),
            leaving: Notify::new(),
            subscribing: tokio::sync::Mutex::default(),
            stop: CancellationToken::new(),
            tasks,
        }
    }

    pub(super) fn hub(&self) -> MutexGuard<'_, Hub> {
        self.hub.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a request to the bridge; the reply as it came, unless it is an error.
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
        let (ticket, reply) = self.registered(within, |hub| hub.expect_reply(&id)).await?;
        let _forget = Forget(|| self.hub().forget_reply(&id, ticket));
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
            .unwrap_or("it does not say why")
            .to_owned();
        Err(Error::Refused {
            request: name.into(),
            reason,
        })
    }

    /// Sends an action; waits until OBS has relayed it and, if `awaits` is not empty, for the first
    /// message that is one of these.
    pub(super) async fn deliver(
        &self,
        prepared: &Prepared,
        awaits: &[Expected],
        within: Duration,
    ) -> Result<(Sent, Option<Value>), Error> {
        let id = Uuid::new_v4().to_string();
        let action = || prepared.kind.clone();
        let message = to_raw_value(&prepared.envelope(&id))
            .map_err(|_| Error::Fields { request: action() })?;
        let expected = self
            .registered(within, |hub| hub.expect_echo(&id, awaits))
            .await?;
        let _forget = Forget(|| self.hub().forget_echo(expected.ticket));
        let mut is_relayed = false;
        let delivery = async {
            // OBS keeps no order between its reply, the echo and the answer; the hub keeps each
            // until it is looked for.
            if let Err(error) = self.obs.broadcast(&message).await {
                return Err(self.explained(error).await);
            }
            expected
                .echoed
                .await
                .map_err(|_| Error::Closed)?
                .map_err(Error::Disconnected)?;
            is_relayed = true;
            if awaits.is_empty() {
                return Ok(None);
            }
            expected
                .answered
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

    /// Adds a stream and has the bridge confirm it.
    pub(super) async fn subscribe(
        &self,
        stream: &Arc<Queue>,
        within: Duration,
    ) -> Result<(), Error> {
        let _turn = self.subscribing.lock().await;
        // Before it is asked for: the first event may come before the reply.
        if !self.hub().add(stream) {
            return Err(self.lost().unwrap_or(Error::Closed));
        }
        let reply = self
            .request("Subscribe", self.events(stream.names.events()), within)
            .await?;
        let unknown = unknown(&reply);
        if unknown.is_empty() {
            self.hub().subscribed(&reply);
            Ok(())
        } else {
            Err(Error::UnknownEvents { names: unknown })
        }
    }

    /// Has the bridge confirm all subscriptions again.
    pub(super) async fn renew(&self, within: Duration) -> Result<(), Error> {
        let _turn = self.subscribing.lock().await;
        let names = self.hub().names();
        if names.is_empty() {
            return Ok(());
        }
        let reply = self
            .request("Subscribe", self.events(names.events()), within)
            .await?;
        self.hub().renewed(&reply);
        Ok(())
    }

    /// Ends what only streams wanted that are gone. A bridge that does not hear of it ends it by
    /// itself, later.
    pub(super) async fn unsubscribe(&self) {
        let _turn = self.subscribing.lock().await;
        let names = self.hub().take_left();
        if !names.is_empty() {
            drop(
                self.request(
                    "UnSubscribe",
                    self.events(names.events()),
                    UNSUBSCRIBED_WITHIN,
                )
                .await,
            );
        }
    }

    /// Takes a stream out; the bridge is told in the background.
    pub(super) fn leave(&self, stream: &Arc<Queue>) {
        self.hub().remove(stream);
        self.leaving.notify_one();
    }

    /// Waits until the connection has ended for good.
    pub(super) async fn ended(&self) {
        // An error means that the task is gone.
        drop(
            self.link
                .clone()
                .wait_for(|link| matches!(link, Link::Stopped(_)))
                .await,
        );
    }

    /// Ends everything, and waits until it has ended.
    pub(super) async fn close(&self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }

    /// Ends all subscriptions at the bridge, without waiting for its reply.
    pub(super) async fn say_goodbye(&self) {
        let names = self.hub().all_names();
        if names.is_empty() || !matches!(*self.link.borrow(), Link::Up) {
            return;
        }
        let mut fields = self.events(names.events());
        fields.insert("request".into(), "UnSubscribe".into());
        if let Ok(message) = to_raw_value(&fields) {
            drop(timeout(UNSUBSCRIBED_WITHIN, self.obs.broadcast(&message)).await);
        }
    }

    fn events(&self, events: Value) -> Map<String, Value> {
        Map::from_iter([
            ("events".to_owned(), events),
            ("client".to_owned(), self.name.as_str().into()),
        ])
    }

    /// Registers with the hub what is about to be sent, waiting for the connection if there is
    /// none.
    async fn registered<T>(
        &self,
        within: Duration,
        register: impl Fn(&mut Hub) -> Option<T>,
    ) -> Result<T, Error> {
        let mut link = self.link.clone();
        let registered = async {
            loop {
                let found = link
                    .wait_for(|link| matches!(link, Link::Up | Link::Stopped(_)))
                    .await
                    .map(|link| link.clone());
                match found {
                    Ok(Link::Stopped(Some(cause))) => return Err(Error::Disconnected(cause)),
                    Ok(Link::Stopped(None)) | Err(_) => return Err(Error::Closed),
                    // The hub refuses if the connection was lost at this moment: then the link says
                    // so too.
                    Ok(_) => {
                        if let Some(registered) = register(&mut self.hub()) {
                            return Ok(registered);
                        }
                    }
                }
            }
        };
        match timeout(within, registered).await {
            Ok(registered) => registered,
            Err(_) => Err(self
                .lost()
                .unwrap_or(Error::Obs(RequestError::NotConnected.into()))),
        }
    }

    /// Waits until there is no connection.
    pub(super) async fn disconnected(&self) -> Error {
        // An error means that the task is gone.
        drop(
            self.link
                .clone()
                .wait_for(|link| matches!(link, Link::Down(_) | Link::Stopped(_)))
                .await,
        );
        self.lost().unwrap_or(Error::Closed)
    }

    /// Why there is no connection, if there is none.
    fn lost(&self) -> Option<Error> {
        match &*self.link.borrow() {
            Link::Down(cause) | Link::Stopped(Some(cause)) => {
                Some(Error::Disconnected(cause.clone()))
            }
            Link::Stopped(None) => Some(Error::Closed),
            Link::Up | Link::Connecting => None,
        }
    }

    /// Why OBS did not take a message. A lost connection shows here first, and its cause a moment
    /// later.
    async fn explained(&self, error: RequestError) -> Error {
        match error {
            RequestError::NotConnected => timeout(CAUSE_WITHIN, self.disconnected())
                .await
                .unwrap_or_else(|_| Error::Obs(RequestError::NotConnected.into())),
            error => Error::Obs(error.into()),
        }
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

/// Takes out of the hub what nobody waits for any more.
struct Forget<F: FnMut()>(F);

impl<F: FnMut()> Drop for Forget<F> {
    fn drop(&mut self) {
        self.0();
    }
}
