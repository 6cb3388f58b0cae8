//! An event as subscribers hear it: its name and its data in Streamer.bot's words.
//!
//! `mapping::render` makes it of a fact; `bridge` gives it its number and its time and puts it on
//! the bus.

use serde_json::Value;

use super::EventName;

/// One event, ready to be told.
#[derive(Debug, Clone, PartialEq)]
pub struct EmittedEvent {
    /// Source and type.
    pub name: EventName,
    /// What goes into `data`.
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
