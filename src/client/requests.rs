//! The requests to the bridge. Each request is a type and names the type of its reply.
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
//! let broadcaster = client.request(&GetBroadcaster::new()).await?.body;
//! assert!(broadcaster.platforms.is_empty(), "not known yet");
//!
//! let tip = json!({ "from": "Anna", "amount": 5, "currency": "EUR", "message": "a microphone" });
//! let tip = PublishEvent::new("Kofi.Donation", tip).event_id("tip 1");
//! let published = client.request(&tip).await?;
//! assert!(published.body.published.known && !published.body.published.repeat);
//! assert_eq!(client.request(&GetCredits::new()).await?.body.custom["Tips"], ["Anna"]);
//! let sample = client.request(&TestCredits::new()).await?.body;
//! assert!(!sample.events["follows"].is_empty(), "though nobody followed");
//!
//! client.request(&ClearCredits::new()).await?;
//! client.request(&AddToCredits::new("Thanks", "The moderators of the Tuesday show")).await?;
//! assert!(client.request(&GetActiveViewers::new().limit(10)).await?.body.viewers.is_empty());
//! let roll = RollCredits::new().test(true).mode("scroll").theme("neon").delay(2.0);
//! let roll_id = client.request(&roll.clone().seconds(30.0)).await?.body.roll;
//! assert_eq!(client.request(&StopCredits::new()).await?.body.roll, Some(roll_id));
//! client.request(&roll.speed(120.0)).await?;
//! let actions = client.request(&GetActions::new()).await?.body.actions;
//! assert!(actions.iter().any(|action| action.name == "STOP_TTS"));
//! # stage.follow("anna_b").await?; // Twitchat is there
//! client.request(&DoAction::new("STOP_TTS")).await?;
//! client.request(&DoAction::new("CHAT_FEED_READ").args(json!({ "count": 5 }))).await?;
//! client.request(&SendMessage::new("Thank you, Anna!")).await?;
//! # Ok(())
//! # }
//! ```
//!
//! For a request that is not in this module, define a type of your own:
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

/// A request to the bridge. [`Serialize`] writes its fields. The example [above](self) implements
/// it.
pub trait Request: Serialize {
    /// The request's name, as `docs/bus.md` lists it.
    const NAME: &'static str;
    /// The fields of the reply. The client ignores fields that this type does not have.
    type Reply: DeserializeOwned;
}

/// A reply of the bridge, with the fields that all replies have.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Reply<T> {
    /// The fields of the reply that belong to the request.
    pub body: T,
    /// An id that is new each time the bridge starts.
    pub bridge: String,
    /// The number of the last event that the reply includes, see
    /// [`Event::seq`](super::Event::seq).
    pub seq: u64,
    /// `false` if the bridge cannot write its journal at the moment. Then a crash of the bridge or
    /// of its computer may undo the reported state.
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

/// The reply to a request whose reply has only the common fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Done {}

/// Implements `Default` for requests without mandatory fields.
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

/// Declares requests: the mandatory fields in parentheses, a field with a fixed value after `with`,
/// then the optional fields. Optional texts come first, in brackets.
macro_rules! requests {
    ($(
        $(#[$meta:meta])*
        $name:ident($($must:ident: $must_type:ty),*)
            $(with $fixed:ident = $value:literal)? -> $reply:ty {
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
            $($(
                $(#[serde(rename = $key)])?
                #[serde(skip_serializing_if = "Option::is_none")]
                $text: Option<String>,
            )*)?
            $( #[serde(skip_serializing_if = "Option::is_none")] $may: Option<$may_type>, )*
        }

        impl $name {
            /// A request with its mandatory fields.
            pub fn new($($must: impl Into<$must_type>),*) -> Self {
                Self {
                    $($must: $must.into(),)*
                    $($fixed: $value,)?
                    $($($text: None,)*)?
                    $($may: None),*
                }
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
    /// Returns the credits of the running session.
    GetCredits() with spelling = "current" -> Credits {
        /// The greatest number of names in each list.
        limit: u32;
    }

    /// Returns made-up credits with the names of people that the bridge has seen, or with invented
    /// names. The stored credits do not change.
    TestCredits() with spelling = "current" -> Credits {
        /// The greatest number of names in each list.
        limit: u32;
    }

    /// Ends the session and begins another.
    ClearCredits() -> Done {}

    /// Adds an entry to a section of the credits. `value` is a text, a number or an object.
    AddToCredits(section: String, value: Value) -> Done {}

    /// Publishes an event, as if Twitchat or a service had reported it
    /// (`docs/published-events.md`). Subscribers receive it, and it counts in the credits.
    PublishEvent(publish: Name, data: Value) -> Published {
        [
            /// The bridge ignores a second event with the same id.
            event_id = "eventId";
        ]
    }

    /// Returns the state of the bridge, of its connections and of the session.
    GetStatus() -> Status {}

    /// Returns the name, the version and the id of the bridge.
    GetInfo() -> Info {}

    /// Returns the names and ids of the channel's owner.
    GetBroadcaster() -> Broadcaster {}

    /// Returns the people whom the bridge has seen in this session and who are not banned. The
    /// person seen latest is first.
    GetActiveViewers() -> ActiveViewers {
        /// The greatest number of viewers in the list.
        limit: u32;
    }

    /// Returns what [`DoAction`] can run: actions and triggers of the Twitchat that is connected,
    /// and the named actions of the bridge's config.
    GetActions() -> Actions {}

    /// Runs an action that [`GetActions`] lists. The reply means that the bridge has sent it.
    /// Twitchat does not report whether it has carried out the action.
    DoAction(action: NamedBy) -> Done {
        /// The fields of the action, as an object.
        args: Value;
    }

    /// Sends a message to the chat on Twitch, through Twitchat, as the streamer.
    SendMessage(message: String) with platform = "twitch" -> Done {}

    /// Rolls the end credits. For a field that is not set, the bridge uses its config.
    RollCredits() -> Rolling {
        [
            /// `scroll` or `slides`.
            mode;
            /// The name of a theme of the page, such as `neon`.
            theme;
        ]
        /// Whether test data is shown instead of the credits.
        test: bool;
        /// The duration of the whole roll, in seconds.
        seconds: f64;
        /// The speed, in pixels per second.
        speed: f64;
        /// How long the page waits before the roll begins, in seconds.
        delay: f64;
    }

    /// Stops the end credits on all pages.
    StopCredits() -> Stopped {}
}

/// The name of the event in [`PublishEvent`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Name {
    source: String,
    #[serde(rename = "type")]
    kind: String,
}

/// Makes a name from `Source.Type`. The bridge refuses a name without a dot, because the type is
/// missing.
impl From<&str> for Name {
    fn from(name: &str) -> Self {
        let (source, kind) = name.split_once('.').unwrap_or((name, ""));
        Self {
            source: source.into(),
            kind: kind.into(),
        }
    }
}

/// The name of the action in [`DoAction`], as [`GetActions`] lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedBy {
    name: String,
}

impl From<&str> for NamedBy {
    fn from(name: &str) -> Self {
        Self { name: name.into() }
    }
}

/// The credits, as lists of names. Each list contains a person once, in the order in which the
/// bridge has seen them. Empty lists are included. The config can leave out sections that it
/// switches off.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Credits {
    /// The keys are kinds of events: `follows`, `cheers`, `subs`, `resubs`, `giftsubs`,
    /// `giftbombs`, `raided`, `rewardredemptions`, …
    #[serde(default)]
    pub events: BTreeMap<String, Vec<String>>,
    /// `editors`, `moderators`, `subscribers`, `vips`, `users` (everybody who wrote), and `groups`:
    /// the names of the groups.
    #[serde(default)]
    pub users: BTreeMap<String, Vec<String>>,
    /// The members of the config's groups, by the name of the group.
    #[serde(default)]
    pub groups: BTreeMap<String, Vec<String>>,
    /// `Tips`, `Merch`, `Members`, and the sections of [`AddToCredits`]: texts, numbers or objects.
    #[serde(default)]
    pub custom: BTreeMap<String, Vec<Value>>,
    /// Leaderboards across sessions, with the greatest amount first: `allBits`, `monthBits`,
    /// `weekBits`, `channelRewards`.
    #[serde(default)]
    pub top: BTreeMap<String, Vec<String>>,
    /// `conductors` and `contributors` of hype trains.
    #[serde(default, rename = "hypeTrain")]
    pub hype_train: BTreeMap<String, Vec<String>>,
    /// Whether a list has more names than `limit`.
    #[serde(default)]
    pub limited: bool,
}

/// The fields of the reply to [`PublishEvent`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Published {
    /// The event as the bridge understood it.
    pub published: PublishedEvent,
}

/// A published event as the bridge understood it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct PublishedEvent {
    /// The source, in Streamer.bot's spelling where that is known.
    pub source: String,
    /// The type, in Streamer.bot's spelling where that is known.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether the bridge knows an event of that name. Clients can subscribe to known events only.
    pub known: bool,
    /// Whether an event with this id had been published before: then the bridge ignored this one.
    pub repeat: bool,
}

/// The reply to [`GetStatus`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Status {
    /// The bridge's connection to OBS.
    pub obs: ObsStatus,
    /// Whether Twitchat is open, and its version.
    pub twitchat: TwitchatStatus,
    /// The session that is running now.
    pub session: Session,
    /// All other fields of the reply, which `docs/bus.md` lists.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// The state of the bridge's connection to OBS.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct ObsStatus {
    /// Whether the bridge is connected to OBS.
    pub connected: bool,
    /// The version of OBS Studio; `None` if the bridge does not know it.
    #[serde(default)]
    pub version: Option<String>,
    /// The name of the scene that is on air.
    #[serde(default)]
    pub scene: Option<String>,
    /// Whether OBS is streaming; `None` while the bridge does not know.
    #[serde(default)]
    pub streaming: Option<bool>,
}

/// Twitchat's presence and version, as far as the bridge knows them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TwitchatStatus {
    /// Whether the bridge has received a message from Twitchat recently.
    pub present: bool,
    /// 1 for versions up to 6, 2 for 7 to 16, 3 for 17. `None` while the bridge does not know.
    pub generation: Option<u8>,
}

/// A session: the time that the credits cover.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Session {
    /// The number of the session in the journal.
    pub id: u64,
    /// The time when the session began, in ISO 8601.
    pub started: String,
    /// The number of journal entries that count in the session.
    pub credits: u64,
}

/// The fields of the reply to [`GetInfo`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Info {
    /// The bridge's description of itself.
    pub info: InfoFields,
}

/// A bridge's description of itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct InfoFields {
    /// Always `twitchat-bridge`.
    pub name: String,
    /// The version of the bridge's program.
    pub version: String,
    /// The id of the journal. It stays the same for as long as the journal exists.
    #[serde(rename = "instanceId")]
    pub instance_id: String,
}

/// The reply to [`GetBroadcaster`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Broadcaster {
    /// The names and the id of the channel's owner, by platform (`twitch`). Empty while the bridge
    /// does not know them.
    pub platforms: BTreeMap<String, Map<String, Value>>,
}

/// The reply to [`GetActiveViewers`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct ActiveViewers {
    /// The viewers as JSON objects. The one seen latest is first.
    pub viewers: Vec<Map<String, Value>>,
    /// Whether there are more viewers than `limit`.
    #[serde(default)]
    pub limited: bool,
}

/// The reply to [`GetActions`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Actions {
    /// The actions and triggers, including the ones that cannot run now.
    pub actions: Vec<ActionEntry>,
}

/// An action that [`DoAction`] can run.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ActionEntry {
    /// The id of the action. It stays the same when the bridge restarts.
    pub id: String,
    /// The name that [`DoAction::new`] takes.
    pub name: String,
    /// The group that the action belongs to.
    pub group: String,
    /// Whether it can run now.
    pub enabled: bool,
}

/// The reply to [`RollCredits`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Rolling {
    /// The id of the roll, which the page and the events `Credits.*` also have.
    pub roll: String,
    /// `rolling`, or `preparing` while the bridge waits for Twitchat's summary.
    pub state: String,
    /// The duration in seconds, if it is known.
    #[serde(default)]
    pub seconds: Option<f64>,
    /// The number of pages that have reported that they show the roll.
    pub pages: u64,
    /// Whether the scene with the page is on air; `None` if the bridge does not know the scene.
    #[serde(default)]
    pub shown: Option<bool>,
}

/// The fields of the reply to [`StopCredits`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Stopped {
    /// Whether there was a roll to stop.
    pub stopped: bool,
    /// The id of the roll that was stopped.
    #[serde(default)]
    pub roll: Option<String>,
}
