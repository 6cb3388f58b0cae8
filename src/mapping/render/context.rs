use crate::event::Person;

/// Data that an event needs but its fact does not have.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// When the message was received, in milliseconds since 1970.
    pub at_ms: i64,
    /// Id of the message that the fact comes from; becomes `messageId`, `msgId` or `id`.
    pub id: &'a str,
    /// The channel's owner; `None` if unknown.
    pub broadcaster: Option<&'a Person>,
}
