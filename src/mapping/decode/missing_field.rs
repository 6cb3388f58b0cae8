//! A message that lacks what it is about.

/// A message lacks what it is about. Counted, never fatal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("no usable `{field}` in the message")]
pub struct MissingField {
    /// The field, in today's spelling; `data` when there is nothing at all.
    pub field: &'static str,
}

impl MissingField {
    pub(super) fn with(field: &'static str) -> Self {
        Self { field }
    }
}
