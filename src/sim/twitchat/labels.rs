//! Label placeholders: the only live messages that show raids and the category.
//!
//! Twitchat sends all tags every time. When Twitchat starts, its "last" tags come from its history,
//! so they contain a raid of an earlier day. Pure.

use serde_json::{Map, Value, json};

use super::moment::Moment;

/// The tags that the stand-in sets.
#[derive(Debug)]
pub(super) struct Labels(Map<String, Value>);

impl Labels {
    pub(super) fn new(started_ms: i64) -> Self {
        let mut labels = Self(Map::new());
        labels.set("STREAM_TITLE", "string", "A stand-in stream");
        labels.set("STREAM_CATEGORY_NAME", "string", "Just Chatting");
        labels.set("STREAM_DURATION", "duration", started_ms);
        labels.set("VIEWER_COUNT_TWITCH", "number", 128);
        labels.raid("33881177", "LastWeeksRaider", 12);
        labels
    }

    /// Changes the labels for a moment. Returns whether Twitchat sends them.
    pub(super) fn note(&mut self, moment: &Moment) -> bool {
        match moment {
            Moment::Raid { who, viewers } => self.raid(&who.id, &who.display, *viewers),
            Moment::Category { name } => self.set("STREAM_CATEGORY_NAME", "string", name.as_str()),
            Moment::Follow { who } => {
                self.set("FOLLOWER_NAME", "string", who.display.as_str());
                self.set("FOLLOWER_ID", "string", who.id.as_str());
            }
            Moment::Cheer { who, bits, .. } => {
                self.set("CHEER_NAME", "string", who.display.as_str());
                self.set("CHEER_ID", "string", who.id.as_str());
                self.set("CHEER_AMOUNT", "number", *bits);
            }
            _ => return false,
        }
        true
    }

    pub(super) fn data(&self) -> Value {
        Value::Object(self.0.clone())
    }

    fn raid(&mut self, id: &str, name: &str, viewers: u64) {
        self.set("RAID_ID", "string", id);
        self.set("RAID_NAME", "string", name);
        self.set(
            "RAID_AVATAR",
            "image",
            "https://cdn.example/raider-300x300.png",
        );
        self.set("RAID_COUNT", "number", viewers);
    }

    fn set(&mut self, tag: &str, kind: &str, value: impl Into<Value>) {
        self.0
            .insert(tag.to_owned(), json!({"type": kind, "value": value.into()}));
    }
}
