//! An event that the bridge has emitted, for the process that runs the bridge.

use crate::event::EmittedEvent;

/// One of the bridge's events, for other parts of this process.
#[derive(Debug, Clone)]
pub struct Emitted {
    /// The number of the event in this run, from 1.
    pub seq: u64,
    /// The time in Unix milliseconds.
    pub at_ms: i64,
    pub event: EmittedEvent,
}
