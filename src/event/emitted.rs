//! An event as subscribers receive it: its name, and its data in Streamer.bot's format.
//!
//! `mapping::render` makes it from a fact. `bridge` adds its number and its time and sends it over
//! OBS.

use serde_json::Value;

use super::EventName;

#[derive(Debug, Clone, PartialEq)]
pub struct EmittedEvent {
    /// The event's source and type.
    pub name: EventName,
    /// The value of the event's `data` key.
    pub data: Value,
}

impl EmittedEvent {
    /// An event of the given `Source` and `Type`.
    pub fn new(source: &str, kind: &str, data: Value) -> Self {
        Self {
            name: EventName::new(source, kind),
            data,
        }
    }
}
