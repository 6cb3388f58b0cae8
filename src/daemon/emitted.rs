//! An event for the process that runs the bridge.

use crate::event::EmittedEvent;

/// An event of the model, for whoever listens inside the process.
#[derive(Debug, Clone)]
pub struct Emitted {
    /// Its number in this run.
    pub seq: u64,
    /// When, Unix milliseconds.
    pub at_ms: i64,
    pub event: EmittedEvent,
}
