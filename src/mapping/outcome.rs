//! The output of the interpreter.

use crate::event::EmittedEvent;

/// An event that must be emitted now.
#[derive(Debug, Clone, PartialEq)]
pub struct Emitted {
    pub event: EmittedEvent,
    /// The id of the message that the event is made from; empty if that message has none.
    pub id: String,
    /// Whether the event was held back to wait for other messages.
    pub waited: bool,
}

impl Emitted {
    /// An event that was held back, with the id of its message.
    pub(super) fn late(event: EmittedEvent, id: &str) -> Self {
        Self {
            event,
            id: id.to_owned(),
            waited: true,
        }
    }
}
