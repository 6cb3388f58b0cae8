//! PURE. The event model: what crosses the bus, what happened, names of events, people, amounts; and how a misspelt name is found.

pub mod fact;
pub mod heard;
pub mod name;
pub mod nearest;
pub mod person;
pub mod told;

pub use fact::Fact;
pub use heard::{Heard, Message, Peek};
pub use name::EventName;
pub use person::{Person, Platform, Roles, cut};
pub use told::Event;
