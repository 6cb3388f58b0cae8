//! One event, and the other items of a stream.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{ConnectionError, Error};
use crate::event::EventName;

/// An event that the bridge emitted, under the name and with the data that Streamer.bot's clients
/// know (`docs/events.md` lists the keys).
///
/// ```
/// use twitchat_bridge::client::Event;
///
/// fn log_line(event: &Event) -> String {
///     let when = event.timestamp().map(|at| at.to_string()).unwrap_or_default();
///     let from = if event.is_replay() { " (played back)" } else { "" };
///     format!("{} {when}{from} {}: {}", event.seq(), event.name(), event.json())
/// }
///
/// fn is_raid(event: &Event) -> bool {
///     // The same as `event.source() == "Twitch" && event.kind() == "Raid"`.
///     event.is("twitch.raid")
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Event {
    pub(super) name: EventName,
    pub(super) seq: u64,
    pub(super) timestamp: Option<jiff::Timestamp>,
    pub(super) is_replay: bool,
    pub(super) data: Arc<RawValue>,
}

impl Event {
    /// The source, such as `Twitch`, in Streamer.bot's spelling.
    pub fn source(&self) -> &str {
        &self.name.source
    }

    /// The type, such as `Follow`, in Streamer.bot's spelling.
    #[doc(alias = "type")]
    pub fn kind(&self) -> &str {
        &self.name.kind
    }

    /// `Source.Type`, such as `Twitch.Follow`.
    pub fn name(&self) -> String {
        self.name.to_string()
    }

    /// Whether this is the event of that `Source.Type`, in any case.
    pub fn is(&self, name: &str) -> bool {
        name.split_once('.')
            .is_some_and(|(source, kind)| self.name.is(source, kind))
    }

    /// Counts the events that this bridge has emitted to all its subscribers, from 1, without gaps.
    /// OBS may deliver two events that were emitted within milliseconds of each other in the wrong
    /// order; `seq` has the right one.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The time at which the bridge emitted it; `None` if the time in the message is not valid.
    pub fn timestamp(&self) -> Option<jiff::Timestamp> {
        self.timestamp
    }

    /// Whether it comes from a recording that is being played back.
    pub fn is_replay(&self) -> bool {
        self.is_replay
    }

    /// The data in a shape of your own: any type that [`serde::Deserialize`] can make from the
    /// event's keys. [`typed`](Self::typed) has ready-made ones.
    ///
    /// ```
    /// # use twitchat_bridge::client::{Error, Event};
    /// #[derive(serde::Deserialize)]
    /// struct HypeTrain {
    ///     level: u32,
    ///     percent: f64,
    /// }
    ///
    /// fn level(event: &Event) -> Result<u32, Error> {
    ///     let train: HypeTrain = event.data()?;
    ///     Ok(train.level)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Data`] if the data does not have this shape.
    pub fn data<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_str(self.data.get()).map_err(|source| Error::Data {
            event: self.name(),
            source,
        })
    }

    /// The data as JSON text, as the bridge sent it.
    pub fn json(&self) -> &str {
        self.data.get()
    }
}

/// An item of an [`Events`](super::events::Events) stream.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Update {
    /// The bridge emitted an event.
    Event(Event),
    /// This program read the stream too slowly, so the client dropped events at this place in the
    /// stream. At most 8,192 events or 16 MiB wait for the reader of a stream.
    Missed {
        /// The number of events of this subscription that were dropped.
        events: u64,
    },
    /// The connection to OBS is lost. The client reconnects automatically, unless this is the end
    /// of the stream. Events that the bridge emits before [`Resumed`](Self::Resumed) are lost.
    Disconnected(ConnectionError),
    /// Another bridge answers on this OBS, or the bridge was started again. Events that happened
    /// between the two are lost.
    BridgeStarted,
    /// The bridge has confirmed the subscription again, after [`Disconnected`](Self::Disconnected)
    /// or [`BridgeStarted`](Self::BridgeStarted).
    Resumed {
        /// The number of events that the bridge emitted meanwhile, to all its subscribers. At most
        /// this many events of this subscription were lost. `None` if the bridge was restarted
        /// meanwhile, because it does not know the number then.
        missed: Option<u64>,
    },
}

impl Update {
    /// The event; `None` for all other updates.
    ///
    /// ```
    /// use futures::{Stream, StreamExt, future::ready};
    /// use twitchat_bridge::client::{Event, Events, Update};
    ///
    /// fn without_interruptions(events: Events) -> impl Stream<Item = Event> {
    ///     events.filter_map(|update| ready(update.into_event()))
    /// }
    /// ```
    pub fn into_event(self) -> Option<Event> {
        match self {
            Self::Event(event) => Some(event),
            _ => None,
        }
    }
}
