//! What can be asked of the bridge, each request as a type with the type of its reply.
//! `docs/bus.md` explains all of them.
//!
//! ```
//! use serde_json::json;
//! use twitchat_bridge::client::{Client, Options, requests::*};
//!
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/doctest.rs"));
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let stage = Stage::new().await?;
//! let client = Client::connect(stage.options()).await?;
//! assert_eq!(client.request(&GetInfo::new()).await?.body.info.name, "twitchat-bridge");
//! assert!(client.request(&GetStatus::new()).await?.body.obs.connected);
//! assert!(client.request(&GetBroadcaster::new()).await?.body.platforms.is_empty(), "not known yet");
//!
//! let tip = json!({ "from": "Anna", "amount": 5, "currency": "EUR", "message": "for the new microphone" });
//! let published = client.request(&PublishEvent::new("Kofi.Donation", tip).event_id("tip 1")).await?;
//! assert!(published.body.published.known && !published.body.published.repeat);
//! assert_eq!(client.request(&GetCredits::new()).await?.body.custom["Tips"], ["Anna"]);
//! assert!(!client.request(&TestCredits::new()).await?.body.events["follows"].is_empty(), "though nobody followed");
//!
//! client.request(&ClearCredits::new()).await?;
//! assert!(client.request(&GetActiveViewers::new().limit(10)).await?.body.viewers.is_empty());
//! let roll = client.request(&RollCredits::new().test(true).seconds(30.0)).await?.body.roll;
//! assert_eq!(client.request(&StopCredits::new()).await?.body.roll, Some(roll));
//! assert!(client.request(&GetActions::new()).await?.body.actions.iter().any(|action| action.name == "STOP_TTS"));
//! # stage.follow("anna_b").await?; // Twitchat is there
//! client.request(&DoAction::new("STOP_TTS")).await?;
//! client.request(&SendMessage::new("Thank you, Anna!")).await?;
//! # Ok(())
//! # }
//! ```
//!
//! A request that is not here needs no more than a type of your own:
//!
//! ```
//! use std::collections::BTreeMap;
//! use twitchat_bridge::client::{Client, Request};
//!
//! #[derive(serde::Serialize)]
//! struct GetEvents {
//!     spelling: &'static str,
//! }
//!
//! #[derive(serde::Deserialize)]
//! struct Known {
//!     events: BTreeMap<String, Vec<String>>,
//! }
//!
//! impl Request for GetEvents {
//!     const NAME: &'static str = "GetEvents";
//!     type Reply = Known;
//! }
//!
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/doctest.rs"));
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let stage = Stage::new().await?;
//! # let client = Client::connect(stage.options()).await?;
//! let known = client.request(&GetEvents { spelling: "current" }).await?;
//! assert!(known.body.events["Twitch"].contains(&"Follow".to_owned()));
//! # Ok(())
//! # }
//! ```

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::Error;

/// A request to the bridge: its fields are those of the type, as [`Serialize`] writes them.
pub trait Request: Serialize {
    /// Its name.
    const NAME: &'static str;
    /// What the reply holds. Fields that this type does not have are ignored.
    type Reply: DeserializeOwned;
}

/// A reply of the bridge.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Reply<T> {
    /// The answer.
    pub body: T,
    /// The id of the bridge's run.
    pub bridge: String,
    /// The number of the last event that the answer includes, see
    /// [`Event::seq`](super::Event::seq).
    pub seq: u64,
    /// `false` if a crash of the bridge or of its computer may take back what the answer says,
    /// because the bridge cannot write its journal right now.
    pub durable: bool,
}

impl<T: DeserializeOwned> Reply<T> {
    pub(super) fn read(request: &str, reply: Map<String, Value>) -> Result<Self, Error> {
        let bridge = reply
            .get("bridge")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let seq = reply.get("seq").and_then(Value::as_u64).unwrap_or_default();
        let durable = reply.get("durable") != Some(&Value::Bool(false));
        let body = serde_json::from_value(reply.into()).map_err(|source| Error::Reply {
            request: request.to_owned(),
            source,
        })?;
        Ok(Self {
            body,
            bridge,
            seq,
            durable,
        })
    }
}

/// The answer of a request that has nothing to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Done {}

/// What needs nothing can be made of nothing.
macro_rules! default {
    ($name:ident) => {
        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }
    };
    ($name:ident $($must:ident)+) => {};
}

/// Requests: what each must have, what is the same in all of its kind, and what it may have: texts
/// in brackets, then the rest.
macro_rules! requests {
    ($(
        $(#[$meta:meta])*
        $name:ident($($must:ident: $must_type:ty),*) $(with $fixed:ident = $value:literal)? -> $reply:ty {
            $([ $( $(#[$about_text:meta])* $text:ident $(= $key:literal)?; )* ])?
            $( $(#[$about:meta])* $may:ident: $may_type:ty; )*
        }
    )+) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[must_use]
        pub struct $name {
            $( $must: $must_type, )*
            $( $fixed: &'static str, )?
            $($( $(#[serde(rename = $key)])? #[serde(skip_serializing_if = "Option::is_none")] $text: Option<String>, )*)?
            $( #[serde(skip_serializing_if = "Option::is_none")] $may: Option<$may_type>, )*
        }

        impl $name {
            /// With what it cannot do without.
            pub fn new($($must: impl Into<$must_type>),*) -> Self {
                Self { $($must: $must.into(),)* $($fixed: $value,)? $($($text: None,)*)? $($may: None),* }
            }

            $($( $(#[$about_text])*
            pub fn $text(mut self, $text: impl Into<String>) -> Self {
                self.$text = Some($text.into());
                self
            } )*)?

            $( $(#[$about])*
            pub fn $may(mut self, $may: $may_type) -> Self {
                self.$may = Some($may);
                self
            } )*
        }

        default!($name $($must)*);

        impl Request for $name {
            const NAME: &'static str = stringify!($name);
            type Reply = $reply;
        }
    )+ };
}

requests! {
    /// The credits of the running session.
    GetCredits() with spelling = "current" -> Credits {
        /// The most names in each list.
        limit: u32;
    }

    /// Credits of people that the bridge has seen, or of invented ones. Nothing that is stored
    /// changes.
    TestCredits() with spelling = "current" -> Credits {
        /// The most names in each list.
        limit: u32;
    }

    /// Ends the session and begins another.
    ClearCredits() -> Done {}

    /// Puts a line into a section of the credits. `value` is a text, a number or an object.
    AddToCredits(section: String, value: Value) -> Done {}

    /// Feeds an event into the bridge, as if Twitchat or a service had reported it
    /// (`docs/published-events.md`). Subscribers receive it, and it counts in the credits.
    PublishEvent(publish: Name, data: Value) -> Published {
        [
            /// Makes a repeat harmless: of two events with the same id the second one does nothing.
            event_id = "eventId";
        ]
    }

    /// How the bridge is doing.
    GetStatus() -> Status {}

    /// Which bridge this is.
    GetInfo() -> Info {}

    /// Whose channel this is.
    GetBroadcaster() -> Broadcaster {}

    /// Everybody of whom the bridge received something in this session, the latest first.
    GetActiveViewers() -> ActiveViewers {
        /// The most viewers in the list.
        limit: u32;
    }

    /// What [`DoAction`] can do: actions and triggers of the Twitchat that is there, and the named
    /// actions of the bridge's config.
    GetActions() -> Actions {}

    /// Runs an action that [`GetActions`] lists. The reply means that it was sent; Twitchat does
    /// not say whether it did it.
    DoAction(action: NamedBy) -> Done {
        /// What the action takes, as an object.
        args: Value;
    }

    /// Writes into the chat on Twitch, through Twitchat, as the streamer.
    SendMessage(message: String) with platform = "twitch" -> Done {}

    /// Rolls the end credits. What is not given here follows the bridge's config.
    RollCredits() -> Rolling {
        [
            /// `scroll` or `slides`.
            mode;
            /// The name of a theme.
            theme;
        ]
        /// Test data instead of the credits.
        test: bool;
        /// How many seconds the roll takes.
        seconds: f64;
        /// How many pixels it moves in a second.
        speed: f64;
        /// How many seconds pass before it begins.
        delay: f64;
    }

    /// Stops the end credits.
    StopCredits() -> Stopped {}
}

/// An event's name, as [`PublishEvent`] has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Name {
    source: String,
    #[serde(rename = "type")]
    kind: String,
}

/// `Source.Type`; without a dot, the bridge refuses it because the type is missing.
impl From<&str> for Name {
    fn from(name: &str) -> Self {
        let (source, kind) = name.split_once('.').unwrap_or((name, ""));
        Self {
            source: source.into(),
            kind: kind.into(),
        }
    }
}

/// An action's name, as [`DoAction`] has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedBy {
    name: String,
}

impl From<&str> for NamedBy {
    fn from(name: &str) -> Self {
        Self { name: name.into() }
    }
}

/// The credits: lists of names, each person once, the first one seen first. Every list is there,
/// empty or not, unless the config leaves out sections that are switched off.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Credits {
    /// By kind of event: `follows`, `cheers`, `subs`, `resubs`, `giftsubs`, `giftbombs`, `raided`,
    /// `rewardredemptions`, …
    #[serde(default)]
    pub events: BTreeMap<String, Vec<String>>,
    /// `editors`, `moderators`, `subscribers`, `vips`, `users` (everybody who wrote), and `groups`:
    /// the names of the groups.
    #[serde(default)]
    pub users: BTreeMap<String, Vec<String>>,
    /// The members of the config's groups, by the name of the group.
    #[serde(default)]
    pub groups: BTreeMap<String, Vec<String>>,
    /// `Tips`, `Merch`, `Members`, and what [`AddToCredits`] put in: texts, numbers or objects.
    #[serde(default)]
    pub custom: BTreeMap<String, Vec<Value>>,
    /// Leaderboards across sessions, most first: `allBits`, `monthBits`, `weekBits`,
    /// `channelRewards`.
    #[serde(default)]
    pub top: BTreeMap<String, Vec<String>>,
    /// `conductors` and `contributors` of hype trains.
    #[serde(default, rename = "hypeTrain")]
    pub hype_train: BTreeMap<String, Vec<String>>,
    /// Whether `limit` cut a list.
    #[serde(default)]
    pub limited: bool,
}

/// What became of a [`PublishEvent`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Published {
    /// The event as the bridge took it.
    pub published: PublishedEvent,
}

/// An event as the bridge took it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct PublishedEvent {
    /// The source, in Streamer.bot's spelling where that is known.
    pub source: String,
    /// The type, in Streamer.bot's spelling where that is known.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether the bridge knows an event of that name: only such can be subscribed to.
    pub known: bool,
    /// Whether it had been published before, and did nothing this time.
    pub repeat: bool,
}

/// How the bridge is doing. `other` has what `docs/bus.md` lists beside these.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Status {
    /// The bridge's connection to OBS.
    pub obs: ObsStatus,
    /// Twitchat, as the bridge sees it.
    pub twitchat: TwitchatStatus,
    /// The running session.
    pub session: Session,
    /// Everything else, and the fields around it.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// The bridge's connection to OBS.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct ObsStatus {
    /// Whether there is one.
    pub connected: bool,
    /// OBS Studio's version.
    #[serde(default)]
    pub version: Option<String>,
    /// The scene that is on air.
    #[serde(default)]
    pub scene: Option<String>,
    /// Whether OBS streams; `None` while it did not say.
    #[serde(default)]
    pub streaming: Option<bool>,
}

/// Twitchat, as the bridge sees it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TwitchatStatus {
    /// Whether the bridge has received something from it lately.
    pub present: bool,
    /// 1: up to version 6. 2: 7 to 16. 3: 17. `None` while it is not known.
    pub generation: Option<u8>,
}

/// A session: what the credits are about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Session {
    /// Its number in the journal.
    pub id: u64,
    /// When it began, in ISO 8601.
    pub started: String,
    /// How many entries of the journal count in it.
    pub credits: u64,
}

/// Which bridge this is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Info {
    /// What it says of itself.
    pub info: InfoFields,
}

/// What a bridge says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct InfoFields {
    /// `twitchat-bridge`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The id of its journal, which stays the same for as long as there is that journal.
    #[serde(rename = "instanceId")]
    pub instance_id: String,
}

/// Whose channel this is.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Broadcaster {
    /// By platform (`twitch`), the names and the id; empty while they are not known.
    pub platforms: BTreeMap<String, Map<String, Value>>,
}

/// Everybody of whom the bridge received something.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct ActiveViewers {
    /// The latest first.
    pub viewers: Vec<Map<String, Value>>,
    /// Whether `limit` cut the list.
    #[serde(default)]
    pub limited: bool,
}

/// What [`DoAction`] can do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Actions {
    /// All of them.
    pub actions: Vec<ActionEntry>,
}

/// One thing that [`DoAction`] can do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ActionEntry {
    /// Its id, which stays the same.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it belongs to.
    pub group: String,
    /// Whether it can run.
    pub enabled: bool,
}

/// A roll that has begun.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Rolling {
    /// The roll's id.
    pub roll: String,
    /// `rolling`, or `preparing` while the bridge asks Twitchat what is missing.
    pub state: String,
    /// How many seconds it takes, as far as that is known.
    #[serde(default)]
    pub seconds: Option<f64>,
    /// How many pages report that they show it.
    pub pages: u64,
    /// Whether the scene with the page is on air; `None` if the bridge does not know the scene.
    #[serde(default)]
    pub shown: Option<bool>,
}

/// What [`StopCredits`] did.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Stopped {
    /// Whether something was stopped.
    pub stopped: bool,
    /// The roll's id, if there was one.
    #[serde(default)]
    pub roll: Option<String>,
}
