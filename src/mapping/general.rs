//! Messages of Twitchat that are also told as `General.Custom`: Streamer.bot has no events of its own for them.

use serde_json::{Value, json};

use crate::event::Event;

const CUSTOM: [&str; 9] = [
    "CURRENT_TRACK",
    "ON_CURRENT_TRACK",
    "TRACK_ADDED_TO_QUEUE",
    "ON_TRACK_ADDED_TO_QUEUE",
    "RAFFLE_RESULT",
    "RAFFLE_COMPLETE",
    "ON_WHEEL_OVERLAY_ANIMATION_COMPLETE",
    "COUNTER_UPDATE",
    "ON_COUNTER_UPDATE",
];

/// Whether messages of this type are.
pub fn is_custom(kind: &str) -> bool {
    CUSTOM.contains(&kind)
}

/// Such a message as an event.
pub fn custom(kind: &str, data: &Value) -> Event {
    Event::new("General", "Custom", json!({ "source": "Twitchat", "type": kind, "data": data }))
}
