//! What an event says beyond its fact.

use crate::event::Person;

/// What a fact does not say about itself but its event must.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// When it was heard, in milliseconds since 1970.
    pub at_ms: i64,
    /// Id of what told it; becomes `messageId`, `msgId` or `id`.
    pub id: &'a str,
    /// Whose channel it is, where known.
    pub broadcaster: Option<&'a Person>,
}
