/// A message lacks a required field. Such messages are counted; they never stop the bridge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("no usable `{field}` in the message")]
pub struct MissingField {
    /// The current name of the field; `data` if the message has no data at all.
    pub field: &'static str,
}

impl MissingField {
    pub(super) fn with(field: &'static str) -> Self {
        Self { field }
    }
}
