//! What the bridge does: its effects in their order, the ids of what it sends, and how many writes
//! it has asked the store for.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::{
    io::{Effect, Note},
    journal::{Seq, Write},
    recent::{RECENT_IDS, Recent},
    writes::Writes,
};
use crate::event::received::TWITCHAT;

/// The effects of one input, until the shell takes them.
#[derive(Debug)]
pub(super) struct Output {
    bridge: Uuid,
    /// Ids that were made.
    ids: u64,
    /// Ids of messages to Twitchat: they come back.
    sent_ids: Recent,
    /// Messages that were too large for OBS.
    too_large: u64,
    writes: Writes,
    effects: Vec<Effect>,
}

impl Output {
    /// For the run with this id, and a journal with rows up to `last`.
    pub(super) fn new(bridge: Uuid, last: Seq) -> Self {
        Self {
            bridge,
            ids: 0,
            sent_ids: Recent::new(RECENT_IDS),
            too_large: 0,
            writes: Writes::new(last),
            effects: Vec::new(),
        }
    }

    /// The effects since the last call.
    pub(super) fn take(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    pub(super) fn push(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// Something for the log.
    pub(super) fn note(&mut self, note: Note) {
        self.push(Effect::Note(note));
    }

    /// This run's id on the bus.
    pub(super) fn bridge(&self) -> String {
        self.bridge.to_string()
    }

    /// Which writes are on disk.
    pub(super) fn writes(&self) -> &Writes {
        &self.writes
    }

    /// The store reports how its writes go.
    pub(super) fn writes_mut(&mut self) -> &mut Writes {
        &mut self.writes
    }

    pub(super) fn write(&mut self, write: Write) {
        self.writes.count();
        self.push(Effect::Write(write));
    }

    /// Stores a meta value.
    pub(super) fn keep(&mut self, key: &'static str, value: String) {
        self.write(Write::Keep {
            key,
            value: value.into(),
        });
    }

    /// A fresh id for something that the bridge sends: a name-based UUID below this run's own, so
    /// that the same inputs give the same ids.
    pub(super) fn fresh_id(&mut self) -> String {
        self.fresh_uuid().to_string()
    }

    pub(super) fn fresh_uuid(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::new_v5(&self.bridge, &self.ids.to_be_bytes())
    }

    /// Sends a message, unless it is too large for OBS: then the log says so, and this is `false`.
    pub(super) fn send(&mut self, message: &Map<String, Value>) -> bool {
        let written = crate::request::reply::message(message);
        if let Ok(json) = written {
            self.push(Effect::Send(json));
            return true;
        }
        self.note_too_large();
        false
    }

    /// Notes a message that was too large for OBS: at 1, 2, 4, 8 … of them.
    pub(super) fn note_too_large(&mut self) {
        self.too_large += 1;
        if self.too_large.is_power_of_two() {
            self.note(Note::TooLarge {
                times: self.too_large,
            });
        }
    }

    /// Sends Twitchat an action or a question.
    pub(super) fn send_action(&mut self, kind: &str, data: Value) {
        let id = self.fresh_id();
        self.sent_ids.insert(&id);
        let message = Map::from_iter([
            ("origin".to_owned(), Value::from(TWITCHAT)),
            ("type".to_owned(), kind.into()),
            ("id".to_owned(), id.into()),
            ("data".to_owned(), data),
        ]);
        self.send(&message);
    }

    /// Whether a message with this id was sent by [`Self::send_action`].
    pub(super) fn has_sent(&self, id: &str) -> bool {
        self.sent_ids.has(id)
    }
}
