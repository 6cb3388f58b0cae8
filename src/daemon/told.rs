//! An event for the process that runs the bridge.

use crate::event::Event;

/// An event of the model, for whoever listens inside the process.
#[derive(Debug, Clone)]
pub struct Told {
    /// Its number in this run.
    pub seq: u64,
    /// When, Unix milliseconds.
    pub at_ms: i64,
    pub event: Event,
}
