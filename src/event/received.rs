//! One event of OBS in the form in which the bridge receives it. For a `CustomEvent`, it holds the
//! origin and the parts that are needed later.
//!
//! The reader in `obs` parses each frame once into a [`Peek`] that borrows from it, then keeps the
//! needed parts as a [`Received`].

use std::borrow::Cow;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use super::ObsEvent;

/// `origin` of Twitchat's own messages.
pub const TWITCHAT: &str = "twitchat";
/// `origin` of a bridge's messages.
pub const BRIDGE: &str = "twitchat-bridge";

/// The top level of an `eventData`, borrowed from the frame. A value of a wrong type does not make
/// the parse fail, because all values are read as raw JSON.
#[derive(Debug, Deserialize)]
pub struct Peek<'a> {
    #[serde(borrow, default)]
    pub origin: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "type")]
    pub kind: Option<&'a RawValue>,
    /// The id of the envelope or of the request.
    #[serde(borrow, default)]
    pub id: Option<&'a RawValue>,
    /// The name of a request, as in Streamer.bot's protocol.
    #[serde(borrow, default)]
    pub request: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub data: Option<&'a RawValue>,
    /// The mark of a message that is played back from a recording.
    #[serde(borrow, default)]
    pub replay: Option<&'a RawValue>,
}

/// How a message that is played back from a recording is handled. Twitchat ignores this mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replay {
    /// `"replay":true`, or any other value except `"count"`, `false` and `null`: the message is
    /// emitted but not counted.
    EmittedOnly,
    /// `"replay":"count"`: the message is counted too, as if it happened now.
    Counted,
}

/// A Twitchat envelope: its type, id and untouched data.
#[derive(Debug, Clone)]
pub struct Message {
    /// Twitchat's type, as received.
    pub kind: Box<str>,
    /// The envelope's id. `None` in messages of the oldest clients.
    pub id: Option<Box<str>>,
    /// The envelope's `data`. `None` if it is absent or `null`.
    pub data: Option<Box<RawValue>>,
    /// `None` for a message that is not played back from a recording.
    pub replay: Option<Replay>,
}

/// An event of OBS. A `CustomEvent` is classified by its origin.
#[derive(Debug, Clone)]
pub enum Received {
    /// A message of Twitchat, or of a program that sends actions to it: `origin` is `twitchat`.
    Twitchat(Message),
    /// A message of a bridge: this one (its echo) or another. Holds the whole `eventData`.
    Bridge(Box<RawValue>),
    /// A request to the bridge: the message has another origin and a `request`. Holds the whole
    /// `eventData`.
    Request(Box<RawValue>),
    /// A message of another program that is not a request. Holds the whole `eventData`.
    Other(Box<RawValue>),
    /// An event other than a `CustomEvent`.
    Obs(ObsEvent),
    /// `origin` is `twitchat` but there is no usable `type`, or the frame cannot be read.
    Bad,
}

/// The text of a JSON string, borrowed if it has no escapes.
fn text(raw: &RawValue) -> Option<Cow<'_, str>> {
    serde_json::from_str::<Text<'_>>(raw.get())
        .ok()
        .map(|text| text.0)
}

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl Peek<'_> {
    /// Keeps the needed parts. `whole` returns the complete `eventData`. It is called only for a
    /// message that does not come from Twitchat.
    pub fn keep(&self, whole: impl FnOnce() -> Option<Box<RawValue>>) -> Received {
        let origin = self.origin.and_then(text);
        match origin.as_deref() {
            Some(TWITCHAT) => match self.kind.and_then(text) {
                Some(kind) if !kind.is_empty() => Received::Twitchat(Message {
                    kind: kind.into(),
                    id: self.id.and_then(plain_id),
                    data: self
                        .data
                        .filter(|data| data.get() != "null")
                        .map(ToOwned::to_owned),
                    replay: self.replay.and_then(Replay::read),
                }),
                _ => Received::Bad,
            },
            Some(BRIDGE) => whole().map_or(Received::Bad, Received::Bridge),
            _ if self.request.is_some() => whole().map_or(Received::Bad, Received::Request),
            _ => whole().map_or(Received::Bad, Received::Other),
        }
    }
}

/// Writes the value from which [`Peek::replay`] is read.
impl Serialize for Replay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::EmittedOnly => serializer.serialize_bool(true),
            Self::Counted => serializer.serialize_str("count"),
        }
    }
}

impl Replay {
    fn read(raw: &RawValue) -> Option<Self> {
        match raw.get() {
            "false" | "null" => None,
            r#""count""# => Some(Self::Counted),
            _ => Some(Self::EmittedOnly),
        }
    }
}

/// Maximum length of a message's id, in bytes. The id is journalled.
const LONGEST_ID: usize = 256;

/// An id as a text: the content of a string, or the digits of a number. `None` for any other value,
/// and for one that is too long.
fn plain_id(raw: &RawValue) -> Option<Box<str>> {
    match raw.get().bytes().next() {
        _ if raw.get().len() > LONGEST_ID => None,
        Some(b'"') => text(raw).filter(|id| !id.is_empty()).map(Into::into),
        Some(b'0'..=b'9' | b'-') => Some(raw.get().into()),
        _ => None,
    }
}

impl Received {
    /// Reads one `eventData` from its whole text, for tests and for tools that have no connection.
    pub fn read(event_data: &str) -> Result<Self, serde_json::Error> {
        let whole: &RawValue = serde_json::from_str(event_data)?;
        if !whole.get().starts_with('{') {
            return Ok(Self::Other(whole.to_owned()));
        }
        let peek: Peek<'_> = serde_json::from_str(event_data)?;
        Ok(peek.keep(|| Some(whole.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twitchat_keeps_type_id_and_untouched_data() {
        let Received::Twitchat(message) =
            Received::read(r#"{"data":{"a": 1.50},"id":"x","origin":"twitchat","type":"FOLLOW"}"#)
                .unwrap()
        else {
            panic!()
        };
        assert_eq!(
            (
                &*message.kind,
                message.id.as_deref(),
                message.data.unwrap().get()
            ),
            ("FOLLOW", Some("x"), r#"{"a": 1.50}"#)
        );
    }

    #[test]
    fn null_data_numeric_id_and_escapes_are_understood() {
        let Received::Twitchat(message) =
            Received::read(r#"{"origin":"twitch\u0061t","type":"A\"B","id":7,"data":null}"#)
                .unwrap()
        else {
            panic!()
        };
        assert_eq!(
            (
                &*message.kind,
                message.id.as_deref(),
                message.data.is_none()
            ),
            ("A\"B", Some("7"), true)
        );
    }

    #[test]
    fn an_id_without_end_is_none() {
        let message = format!(
            r#"{{"origin":"twitchat","type":"A","id":"{}"}}"#,
            "x".repeat(LONGEST_ID)
        );
        assert!(matches!(
            Received::read(&message).unwrap(),
            Received::Twitchat(Message { id: None, .. })
        ));
    }

    #[test]
    fn the_mark_of_a_replay_is_read() {
        let mark = |mark: &str| match Received::read(&format!(
            r#"{{"origin":"twitchat","type":"A"{mark}}}"#
        ))
        .unwrap()
        {
            Received::Twitchat(message) => message.replay,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            ["", r#","replay":null"#, r#","replay":false"#].map(mark),
            [None; 3]
        );
        assert_eq!(mark(r#","replay":"count""#), Some(Replay::Counted));
        assert_eq!(
            [
                r#","replay":true"#,
                r#","replay":"x""#,
                r#","replay":{"a":1}"#
            ]
            .map(mark),
            [Some(Replay::EmittedOnly); 3]
        );
    }

    #[test]
    fn the_origin_decides() {
        assert!(matches!(
            Received::read(r#"{"origin":"twitchat"}"#).unwrap(),
            Received::Bad
        ));
        assert!(matches!(
            Received::read(r#"{"origin":"twitchat","type":3}"#).unwrap(),
            Received::Bad
        ));
        assert!(matches!(
            Received::read(r#"{"origin":"twitchat-bridge","request":"Hello"}"#).unwrap(),
            Received::Bridge(_)
        ));
        assert!(matches!(
            Received::read(r#"{"request":"GetCredits","id":"1"}"#).unwrap(),
            Received::Request(_)
        ));
        assert!(matches!(
            Received::read(r#"{"origin":5,"request":7}"#).unwrap(),
            Received::Request(_)
        ));
        assert!(matches!(
            Received::read(r#"{"hello":"world"}"#).unwrap(),
            Received::Other(whole) if whole.get() == r#"{"hello":"world"}"#
        ));
        assert!(matches!(
            Received::read(r#"["twitchat","FOLLOW"]"#).unwrap(),
            Received::Other(_)
        ));
        assert!(Received::read("{").is_err());
    }
}
