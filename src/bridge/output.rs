//! Collects the effects of an input in their order, makes ids for messages, and counts the writes
//! for the store.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::{
    io::{Effect, Note},
    journal::{Seq, Write},
    later_rows::LaterRows,
    recent::{RECENT_IDS, Recent},
    writes::Writes,
};
use crate::event::received::TWITCHAT;

/// Holds the effects of one input until the shell takes them.
#[derive(Debug)]
pub(super) struct Output {
    bridge: Uuid,
    /// The number of ids that were made so far.
    ids: u64,
    /// Ids of messages that were sent to Twitchat. OBS sends them back to the bridge.
    sent_ids: Recent,
    /// The number of messages that were too large for OBS.
    too_large: u64,
    writes: Writes,
    /// The rows that were appended since the journal began to be read for a change of sessions.
    /// `None` while it is not read for one.
    later_rows: Option<LaterRows>,
    effects: Vec<Effect>,
}

impl Output {
    /// `bridge` is the id of the run; the journal has rows up to `last`.
    pub(super) fn new(bridge: Uuid, last: Seq) -> Self {
        Self {
            bridge,
            ids: 0,
            sent_ids: Recent::new(RECENT_IDS),
            too_large: 0,
            writes: Writes::new(last),
            later_rows: None,
            effects: Vec::new(),
        }
    }

    pub(super) fn take(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    pub(super) fn push(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// Adds an entry for the log.
    pub(super) fn note(&mut self, note: Note) {
        self.push(Effect::Note(note));
    }

    pub(super) fn bridge(&self) -> String {
        self.bridge.to_string()
    }

    /// The writes for the store, on disk or not.
    pub(super) fn writes(&self) -> &Writes {
        &self.writes
    }

    /// Gives a report of the store access to the writes.
    pub(super) fn writes_mut(&mut self) -> &mut Writes {
        &mut self.writes
    }

    pub(super) fn write(&mut self, write: Write) {
        self.writes.count();
        if let (Some(later), Write::Append(row)) = (&mut self.later_rows, &write) {
            later.add(row);
        }
        self.push(Effect::Write(write));
    }

    /// Remembers the rows that are appended from now on.
    pub(super) fn follow_rows(&mut self) {
        self.later_rows = Some(LaterRows::new(self.writes.last_row()));
    }

    /// Returns the rows since [`Self::follow_rows`], and forgets them.
    pub(super) fn take_later_rows(&mut self) -> Option<LaterRows> {
        self.later_rows.take()
    }

    /// Stores a meta value.
    pub(super) fn keep(&mut self, key: &'static str, value: String) {
        self.write(Write::Keep {
            key,
            value: value.into(),
        });
    }

    /// A new id for a message of the bridge. It is a name-based UUID in the namespace of this run's
    /// id. So the same inputs give the same ids.
    pub(super) fn fresh_id(&mut self) -> String {
        self.fresh_uuid().to_string()
    }

    pub(super) fn fresh_uuid(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::new_v5(&self.bridge, &self.ids.to_be_bytes())
    }

    /// Returns `false` and logs this if the message is too large for OBS.
    pub(super) fn send(&mut self, message: &Map<String, Value>) -> bool {
        let written = crate::request::reply::message(message);
        if let Ok(json) = written {
            self.push(Effect::Send(json));
            return true;
        }
        self.note_too_large();
        false
    }

    /// Counts a message that was too large for OBS, and logs the 1st, 2nd, 4th, 8th … such message.
    pub(super) fn note_too_large(&mut self) {
        self.too_large += 1;
        if self.too_large.is_power_of_two() {
            self.note(Note::TooLarge {
                times: self.too_large,
            });
        }
    }

    /// A new id for a message with Twitchat's origin. When OBS sends the message back, the bridge
    /// recognizes it by this id.
    pub(super) fn fresh_sent_id(&mut self) -> String {
        let id = self.fresh_id();
        self.sent_ids.insert(&id);
        id
    }

    pub(super) fn send_action(&mut self, kind: &str, data: Value) {
        let id = self.fresh_sent_id();
        let message = Map::from_iter([
            ("origin".to_owned(), Value::from(TWITCHAT)),
            ("type".to_owned(), kind.into()),
            ("id".to_owned(), id.into()),
            ("data".to_owned(), data),
        ]);
        self.send(&message);
    }

    /// Whether the id comes from [`Self::fresh_sent_id`].
    pub(super) fn has_sent(&self, id: &str) -> bool {
        self.sent_ids.has(id)
    }
}
