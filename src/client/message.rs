//! Parses the messages that a bridge sends over OBS. Pure.

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::event::Event;
use crate::event::EventName;

#[derive(Debug)]
pub(super) enum Message<'a> {
    Event(Emitted<'a>),
    /// The reply to the request with this id, which may be any JSON.
    Reply {
        id: Value,
    },
    /// A bridge has connected to OBS, and asks its clients to subscribe again.
    Hello {
        bridge: String,
    },
    /// Any other message, such as a reply without an id.
    Other,
}

/// An event, read only as far as its name and its number.
#[derive(Debug)]
pub(super) struct Emitted<'a> {
    /// The id of the bridge's run, which is new after each restart.
    pub(super) bridge: String,
    pub(super) name: EventName,
    pub(super) seq: u64,
    timestamp: Option<&'a RawValue>,
    replay: Option<&'a RawValue>,
    data: &'a RawValue,
}

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

impl<'a> Message<'a> {
    pub(super) fn read(whole: &'a RawValue) -> Result<Self, serde_json::Error> {
        let envelope: Envelope<'_> = serde_json::from_str(whole.get())?;
        let bridge = || envelope.bridge.and_then(text).unwrap_or_default();
        let is_hello = || envelope.request.and_then(text).as_deref() == Some("Hello");
        Ok(
            if let (Some(name), Some(data)) = (&envelope.event, envelope.data) {
                Self::Event(Emitted {
                    bridge: bridge(),
                    name: EventName::new(&name.source, &name.kind),
                    seq: envelope.seq,
                    timestamp: envelope.timestamp,
                    replay: envelope.replay,
                    data,
                })
            } else if envelope.status.is_some() {
                envelope.id.map_or(Ok(Self::Other), |id| {
                    Ok(Self::Reply {
                        id: serde_json::from_str(id.get())?,
                    })
                })?
            } else if is_hello() {
                Self::Hello { bridge: bridge() }
            } else {
                Self::Other
            },
        )
    }
}

impl Emitted<'_> {
    pub(super) fn to_event(&self) -> Event {
        Event {
            name: self.name.clone(),
            seq: self.seq,
            timestamp: self
                .timestamp
                .and_then(text)
                .and_then(|time| time.parse().ok()),
            is_replay: self
                .replay
                .is_some_and(|mark| !matches!(mark.get(), "false" | "null")),
            data: self.data.to_owned().into(),
        }
    }
}

fn text(raw: &RawValue) -> Option<String> {
    serde_json::from_str(raw.get()).ok()
}
