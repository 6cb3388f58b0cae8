//! Connects other Rust programs to a bridge, over OBS.
//!
//! A [`Client`] connects to OBS, which the bridge is connected to as well, and offers three things:
//!
//! - [`Client::subscribe`] receives the events that the bridge emits, as a
//!   [`Stream`](futures::Stream) of [`Update`]s.
//! - [`Client::request`] makes a request to the bridge, for example for the credits, or to roll
//!   them. [`requests`] lists the requests.
//! - [`Client::send`] sends Twitchat an action, such as marking messages as read. [`actions`] lists
//!   the actions.
//!
//! ```
//! use twitchat_bridge::client::{Client, Options, Update, events::Typed, requests::GetCredits};
//!
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/doctest.rs"));
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let stage = Stage::new().await?;
//! # let (port, password) = (stage.port(), stage.password());
//! let client = Client::connect(Options::new("127.0.0.1", port).password(password)).await?;
//! let mut events = client.subscribe(["Twitch.Follow", "Twitch.Cheer"]).await?;
//! # stage.follow("anna_b").await?;
//! while let Some(update) = events.next().await {
//!     match update {
//!         Update::Event(event) => match event.typed()? {
//!             Typed::Follow(follow) => println!("{} follows", follow.user.name),
//!             Typed::Cheer(cheer) => println!("{} cheered {} bits", cheer.user.name, cheer.bits),
//!             _ => println!("{} {}", event.name(), event.json()),
//!         },
//!         Update::Missed { events } => println!("this program was too slow for {events} events"),
//!         other => println!("{other:?}"),
//!     }
//!     let credits = client.request(&GetCredits::new().limit(100)).await?;
//!     println!("{} new followers", credits.body.events["follows"].len());
//! #   break;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # When OBS goes away
//!
//! The client reconnects automatically for as long as it exists. It retries after 0.25 s to 2 s, or
//! after 30 s if OBS refuses the password. It gives up only if OBS's user disconnects it in OBS's
//! list of sessions, or if OBS is too old. Meanwhile:
//!
//! - Streams yield [`Update::Disconnected`], and later [`Update::Resumed`] with the number of
//!   events that may be missing. The client renews the subscriptions then. It also renews them when
//!   the bridge was restarted, and every hour, because bridges forget clients that are silent for a
//!   day.
//! - A new request or action waits for the connection, within [`Options::timeout`].
//! - A request or action that has been sent fails with [`Error::Disconnected`]. The bridge or
//!   Twitchat may have carried it out, so the client does not send it a second time.
//!
//! # When this program is slow
//!
//! The client always reads from OBS. A stream that nobody reads delays neither other streams nor
//! replies. A stream keeps up to 8,192 events or 16 MiB. It counts the events beyond that, and
//! yields the number in their place as [`Update::Missed`].

mod action;
mod connection;
mod error;
mod event;
pub mod events;
mod hub;
mod message;
mod names;
mod options;
mod queue;
pub mod requests;
mod task;
#[cfg(test)]
mod tests;
mod typed;

use std::{sync::Arc, time::Duration};

use serde_json::{Map, Value};

pub use action::{Action, NamedAction, Sent, actions};
pub use error::{ActionError, ConnectionError, ConnectionErrorKind, Error, ObsError};
pub use events::{Event, Events, Update};
pub use options::Options;
pub use requests::{Reply, Request};

pub use crate::twitchat::Generation;

use crate::{
    obs::Obs,
    twitchat::action::{Expected, Prepared},
};
use connection::{Handle, Link};
use names::Names;
use queue::Queue;

/// A connection to OBS and, through OBS, to a bridge and to Twitchat. Clones are cheap and share
/// the connection. It ends with the last clone and the last of their [`Events`].
#[derive(Debug, Clone)]
pub struct Client {
    handle: Handle,
    timeout: Duration,
}

impl Client {
    /// Connects to OBS. The bridge does not need to run yet.
    ///
    /// ```
    /// use twitchat_bridge::client::{Client, ConnectionErrorKind, Error, Options};
    ///
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/doctest.rs"));
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let stage = Stage::new().await?;
    /// # let (port, password) = (stage.port(), stage.password());
    /// let client = Client::connect(Options::new("127.0.0.1", port).password(password)).await?;
    ///
    /// let options = Options::new("127.0.0.1", port).password("a wrong one");
    /// let Err(Error::Connect(refused)) = Client::connect(options).await else {
    ///     panic!("OBS accepted a wrong password");
    /// };
    /// assert_eq!(refused.kind(), ConnectionErrorKind::Password);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Connect`] if OBS is not reachable (see [`Options::wait_for_obs`]), does not accept
    /// the password, or is too old.
    pub async fn connect(options: Options) -> Result<Self, Error> {
        let (wait, timeout) = (options.wait_for_obs, options.timeout);
        let handle = task::start(options);
        let is_decided = |link: &Link| match link {
            Link::Connecting => false,
            Link::Down(_) => !wait,
            Link::Up | Link::Stopped(_) => true,
        };
        match handle.connection.until(is_decided).await {
            Link::Up => Ok(Self { handle, timeout }),
            Link::Down(cause) | Link::Stopped(Some(cause)) => Err(Error::Connect(cause)),
            Link::Connecting | Link::Stopped(None) => Err(Error::Closed),
        }
    }

    /// A handle to the same connection with another timeout, see [`Options::timeout`].
    ///
    /// ```
    /// use std::time::Duration;
    /// use twitchat_bridge::client::{Client, Error, requests::GetStatus};
    ///
    /// async fn is_bridge_running(client: &Client) -> bool {
    ///     let client = client.with_timeout(Duration::from_millis(500));
    ///     client.request(&GetStatus::new()).await.is_ok()
    /// }
    /// ```
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        Self {
            timeout,
            ..self.clone()
        }
    }

    /// Makes a request to the bridge. [`requests`] lists the requests, and shows how to define
    /// others.
    ///
    /// ```
    /// use twitchat_bridge::client::{Client, Error, Options, requests::{AddToCredits, GetCredits}};
    ///
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/doctest.rs"));
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let stage = Stage::new().await?;
    /// # let client = Client::connect(stage.options()).await?;
    /// client.request(&AddToCredits::new("Thanks", "The moderators of the Tuesday show")).await?;
    /// let credits = client.request(&GetCredits::new()).await?;
    /// assert!(credits.durable);
    /// assert_eq!(credits.body.custom["Thanks"], ["The moderators of the Tuesday show"]);
    ///
    /// let refused = client.request(&AddToCredits::new("", "nobody")).await;
    /// assert!(matches!(refused, Err(Error::Refused { .. })));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] if the bridge replies with an error, [`Error::NoReply`] if no bridge
    /// replies, [`Error::Reply`] if the reply does not have the shape of `R::Reply`, and
    /// [`Error::Disconnected`], [`Error::Obs`] or [`Error::Closed`] if the connection fails.
    pub async fn request<R: Request>(&self, request: &R) -> Result<Reply<R::Reply>, Error> {
        let Ok(Value::Object(mut fields)) = serde_json::to_value(request) else {
            return Err(Error::Fields {
                request: R::NAME.into(),
            });
        };
        fields.insert("client".into(), self.handle.connection.name.as_str().into());
        Reply::read(R::NAME, self.request_raw(R::NAME, fields).await?)
    }

    /// Makes a request by its name and fields, which `docs/bus.md` lists. Returns the reply as it
    /// came, including the common fields `bridge`, `status`, `id`, `seq` and `durable`. The client
    /// adds an `id` to the fields unless they have one.
    ///
    /// ```
    /// use serde_json::{Map, json};
    /// # use twitchat_bridge::client::{Client, Options};
    ///
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/doctest.rs"));
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let stage = Stage::new().await?;
    /// # let client = Client::connect(stage.options()).await?;
    /// let fields = Map::from_iter([("spelling".to_owned(), json!("current"))]);
    /// let reply = client.request_raw("GetEvents", fields).await?;
    /// let types = reply["events"]["Twitch"].as_array().unwrap();
    /// assert!(types.contains(&json!("Follow")));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`request`](Self::request), except [`Error::Reply`].
    pub async fn request_raw(
        &self,
        name: &str,
        fields: Map<String, Value>,
    ) -> Result<Map<String, Value>, Error> {
        self.handle
            .connection
            .request(name, fields, self.timeout)
            .await
    }

    /// Sends Twitchat an action, and waits until OBS has relayed it to all its clients. OBS does
    /// not know whether Twitchat is open, so the client does not know either. [`actions`] lists the
    /// actions as types; [`NamedAction`] sends them by name.
    ///
    /// The client checks the action first and translates it for the version of Twitchat that is in
    /// use, see [`Options::twitchat_version`]. Some actions cannot be undone, such as a ban:
    /// [`Action::prepare`] shows which, without sending anything.
    ///
    /// ```
    /// use twitchat_bridge::client::{Client, Error, NamedAction, Options, actions::ChatFeedRead};
    ///
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/doctest.rs"));
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let stage = Stage::new().await?;
    /// let options = stage.options().twitchat_version("17".parse()?);
    /// let client = Client::connect(options).await?;
    /// let sent = client.send(&ChatFeedRead::new().count(3)).await?;
    /// assert_eq!(sent.kind, "SET_CHAT_FEED_READ", "as Twitchat 17 calls it");
    /// client.send(&NamedAction::new("CHAT_FEED_READ").field("count", 3)).await?;
    ///
    /// let wrong = client.send(&NamedAction::new("CHAT_FEED_READ").field("count", "three")).await;
    /// assert!(matches!(wrong, Err(Error::Action(why)) if why.field() == Some("count")));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Action`] if the action is wrong: then nothing was sent. [`Error::NotRelayed`] if
    /// OBS does not relay it in time. [`Error::Disconnected`], [`Error::Obs`] or [`Error::Closed`]
    /// if the connection fails.
    pub async fn send(&self, action: &(impl Action + ?Sized)) -> Result<Sent, Error> {
        let prepared = self.prepare(action)?;
        self.deliver(&prepared, &[]).await.map(|(sent, _)| sent)
    }

    /// Sends Twitchat a question, such as [`CounterGet`](actions::CounterGet), and returns the data
    /// of the first answer.
    ///
    /// ```
    /// use twitchat_bridge::client::{Client, Options, actions::CounterGet};
    ///
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/doctest.rs"));
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let stage = Stage::new().await?;
    /// # let client = Client::connect(stage.options()).await?;
    /// # stage.answer_counters().await?;
    /// let answer = client.query(&CounterGet::new("the id of a counter")).await?;
    /// assert_eq!(answer["counter"]["value"], 7);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Unanswerable`] if Twitchat never answers this action, [`Error::NoAnswer`] if no
    /// answer comes within the timeout, and the errors of [`send`](Self::send).
    pub async fn query(&self, action: &(impl Action + ?Sized)) -> Result<Value, Error> {
        let prepared = self.prepare(action)?;
        if prepared.answers.is_empty() {
            return Err(Error::Unanswerable {
                action: prepared.kind,
            });
        }
        let (_, answer) = self.deliver(&prepared, &prepared.answers).await?;
        Ok(answer.unwrap_or_default())
    }

    /// The version of Twitchat that actions are translated for. It is the version in the options,
    /// or else the version of the Twitchat that last sent the client a message. `None` before the
    /// first message.
    ///
    /// ```
    /// # use twitchat_bridge::client::{Client, Options};
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/doctest.rs"));
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let stage = Stage::new().await?;
    /// let options = stage.options().twitchat_version("16.7".parse()?);
    /// let client = Client::connect(options).await?;
    /// assert_eq!(client.twitchat_version(), Some("16".parse()?));
    /// # Ok(())
    /// # }
    /// ```
    pub fn twitchat_version(&self) -> Option<Generation> {
        *self.handle.connection.twitchat.borrow()
    }

    /// Subscribes to events by name: `Source.Type` or `Source.*`, in any case. Examples are
    /// `Twitch.Follow`, `Twitch.*`, and `Twitchat.FOLLOW` for Twitchat's own message. Returns when
    /// the bridge has confirmed the subscription.
    ///
    /// ```
    /// use twitchat_bridge::client::{Client, Error, Options, requests::PublishEvent};
    /// use serde_json::json;
    ///
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/doctest.rs"));
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let stage = Stage::new().await?;
    /// # let client = Client::connect(stage.options()).await?;
    /// let mut events = client.subscribe(["Twitch.Raid"]).await?;
    /// let user = json!({ "id": "33881177", "login": "lanternfox", "name": "LanternFox" });
    /// let raid = json!({ "user": user, "viewers": 57 });
    /// client.request(&PublishEvent::new("Twitch.Raid", raid)).await?;
    /// let event = events.next_event().await.ok_or("the stream is open")?;
    /// assert_eq!((event.name().as_str(), event.seq()), ("Twitch.Raid", 1));
    ///
    /// let misspelt = client.subscribe(["Twitch.Foilow"]).await;
    /// let Err(Error::UnknownEvents { names }) = misspelt else {
    ///     panic!("nobody noticed the typo");
    /// };
    /// assert_eq!(names, ["Twitch.Foilow"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::EventName`] or [`Error::UnknownEvents`] if a name is wrong, and the errors of
    /// [`request`](Self::request). After an error there is no subscription.
    pub async fn subscribe<N: AsRef<str>>(
        &self,
        names: impl IntoIterator<Item = N>,
    ) -> Result<Events, Error> {
        let names = Names::read(names).map_err(|name| Error::EventName { name })?;
        let queue = Arc::new(Queue::new(names));
        // After an error the stream is dropped, which ends the subscription.
        let events = Events::new(Arc::clone(&queue), self.handle.clone());
        self.handle
            .connection
            .subscribe(&queue, self.timeout)
            .await?;
        Ok(events)
    }

    /// Waits until the connection to OBS is lost, and returns why. Returns at once if there is no
    /// connection.
    ///
    /// ```
    /// use std::time::Duration;
    /// use twitchat_bridge::client::Client;
    ///
    /// /// Waits for a while, or until the connection is lost.
    /// async fn pause(client: &Client, time: Duration) {
    ///     tokio::select! {
    ///         () = tokio::time::sleep(time) => {}
    ///         cause = client.disconnected() => eprintln!("{cause}"),
    ///     }
    /// }
    /// ```
    pub async fn disconnected(&self) -> Error {
        self.handle.connection.until_disconnected().await
    }

    /// Ends the connection for all clones, and waits until it has ended. The client unsubscribes
    /// from everything, streams end, and requests that wait for a reply fail with
    /// [`Error::Closed`]. When the last handle is dropped, the same happens in the background.
    ///
    /// ```
    /// # use twitchat_bridge::client::{Client, Error, requests::GetInfo};
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/doctest.rs"));
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let stage = Stage::new().await?;
    /// let client = Client::connect(stage.options()).await?;
    /// let clone = client.clone();
    /// client.close().await;
    /// assert!(matches!(clone.request(&GetInfo::new()).await, Err(Error::Closed)));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn close(self) {
        self.handle.connection.close().await;
    }

    /// The connection for requests to OBS itself.
    #[doc(hidden)]
    pub fn obs(&self) -> &Obs {
        &self.handle.connection.obs
    }

    /// Sends an action. Waits until OBS has relayed it and, if `expected` is not empty, until one
    /// of these messages has come.
    #[doc(hidden)]
    pub async fn deliver(
        &self,
        prepared: &Prepared,
        expected: &[Expected],
    ) -> Result<(Sent, Option<Value>), Error> {
        self.handle
            .connection
            .deliver(prepared, expected, self.timeout)
            .await
    }

    fn prepare(&self, action: &(impl Action + ?Sized)) -> Result<Prepared, Error> {
        action
            .prepare(self.twitchat_version())
            .map_err(Error::Action)
    }
}
