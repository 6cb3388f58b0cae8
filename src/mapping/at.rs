use super::render;
use crate::event::Person;

/// The time and the channel of a message that is being interpreted.
#[derive(Debug, Clone, Copy, Default)]
pub struct At<'a> {
    /// Unix milliseconds. Events have this time.
    pub wall_ms: i64,
    /// Milliseconds of a monotonic clock, which measures waiting times.
    pub mono_ms: u64,
    /// The channel's owner; `None` if unknown.
    pub broadcaster: Option<&'a Person>,
}

impl<'a> At<'a> {
    /// The context of an event that comes from the message with this id.
    pub fn context(&self, id: &'a str) -> render::Context<'a> {
        render::Context {
            at_ms: self.wall_ms,
            id,
            broadcaster: self.broadcaster,
        }
    }
}
