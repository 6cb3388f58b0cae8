//! PURE. The event model: what crosses the bus, events with their sources and types, people, amounts.

pub mod heard;

pub use heard::{Heard, Message, Peek};
