//! Remembers Twitchat's last messages for events that are emitted some time after their message.

use std::collections::VecDeque;

use serde_json::Value;

/// The limit on messages that are remembered. For an older message, the event's line has no data of
/// the message.
const MESSAGES: usize = 1_024;

/// The messages with their ids. The newest message is last.
#[derive(Debug, Default)]
pub(super) struct Messages(VecDeque<(String, Value)>);

impl Messages {
    /// A message without an id cannot be found again.
    pub(super) fn note(&mut self, id: Option<&str>, data: &Value) {
        let Some(id) = id else { return };
        if self.0.len() == MESSAGES {
            self.0.pop_front();
        }
        self.0.push_back((id.to_owned(), data.clone()));
    }

    /// `Null` if no message with this id is remembered.
    pub(super) fn find(&self, id: &Value) -> Value {
        let Some(id) = id.as_str() else {
            return Value::Null;
        };
        self.0
            .iter()
            .rev()
            .find(|(known, _)| known == id)
            .map(|(_, data)| data.clone())
            .unwrap_or_default()
    }
}
