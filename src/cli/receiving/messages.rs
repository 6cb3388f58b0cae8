//! The last messages of Twitchat, for events that are emitted later than the message that they are
//! made of.

use std::collections::VecDeque;

use serde_json::Value;

/// The number of messages that are remembered. An event of an older message has no message.
const MESSAGES: usize = 1_024;

/// The data of messages with their ids, the newest last.
#[derive(Debug, Default)]
pub(super) struct Messages(VecDeque<(String, Value)>);

impl Messages {
    /// Remembers a message. A message without an id cannot be found again.
    pub(super) fn note(&mut self, id: Option<&str>, data: &Value) {
        let Some(id) = id else { return };
        if self.0.len() == MESSAGES {
            self.0.pop_front();
        }
        self.0.push_back((id.to_owned(), data.clone()));
    }

    /// The data of the message with this id; `Null` if it is not known.
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
