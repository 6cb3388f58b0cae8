//! What the interpreter makes of messages.

use crate::event::EmittedEvent;

/// An event to be emitted now.
#[derive(Debug, Clone, PartialEq)]
pub struct Emitted {
    pub event: EmittedEvent,
    /// The id of the message that it is made of; empty if that has none.
    pub id: String,
    /// Whether it had to wait for other messages.
    pub waited: bool,
}
