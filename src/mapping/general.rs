//! Twitchat's messages that are emitted without interpretation: as an event of Streamer.bot if it
//! has a matching one, else as `General.Custom`.
//!
//! Timers, countdowns and voices are states, which Twitchat sends repeatedly. Only a change of a
//! state is emitted.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::event::EmittedEvent;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The message reports an event.
    Happened,
    /// The state of a timer or countdown. Twitchat sends it at every change of any of them, and on
    /// request.
    Running,
    /// A timer or countdown has ended. Twitchat sends this message twice.
    Over,
    /// The current voice of Voicemod.
    Voice,
}

fn kind_of(kind: &str) -> Option<Kind> {
    Some(match kind {
        "CURRENT_TRACK"
        | "ON_CURRENT_TRACK"
        | "TRACK_ADDED_TO_QUEUE"
        | "ON_TRACK_ADDED_TO_QUEUE"
        | "RAFFLE_RESULT"
        | "RAFFLE_COMPLETE"
        | "ON_WHEEL_OVERLAY_ANIMATION_COMPLETE"
        | "COUNTER_UPDATE"
        | "ON_COUNTER_UPDATE"
        // This is not a tip: each goal overlay sends one, also for follows and subscriptions, and
        // without a currency.
        | "DONATION_EVENT"
        | "ON_DONATION_EVENT" => Kind::Happened,
        "TIMER_START" | "ON_TIMER_START" | "COUNTDOWN_START" | "ON_COUNTDOWN_START" => {
            Kind::Running
        }
        "TIMER_STOP" | "ON_TIMER_STOP" | "COUNTDOWN_COMPLETE" | "ON_COUNTDOWN_COMPLETE" => {
            Kind::Over
        }
        "VOICEMOD_CHANGE" | "ON_VOICEMOD_VOICE_CHANGE" => Kind::Voice,
        _ => return None,
    })
}

/// Whether messages of this type are emitted without interpretation.
pub fn is_event(kind: &str) -> bool {
    kind_of(kind).is_some()
}

/// Maximum number of states that are remembered. When there are more, all are removed, and each may
/// be emitted once more.
const STATES: usize = 256;

/// The hash of the last emitted state of each timer, countdown and voice.
#[derive(Debug, Default)]
pub struct States {
    last: HashMap<(Box<str>, Box<str>), u64>,
    replayed_ms: u64,
}

/// After a pause this long in a played-back recording, another playback may have begun.
const REPLAY_PAUSE_MS: u64 = 2_000;

impl States {
    /// The event for a message. `None` if its type has no event, or if its state was already
    /// emitted.
    pub fn event(&mut self, kind: &str, data: &Value) -> Option<EmittedEvent> {
        let is_news = match kind_of(kind)? {
            Kind::Happened => true,
            Kind::Running => self.is_news(kind, data, data),
            Kind::Over => self.is_news(kind, data, &span(data).unwrap_or_else(|| data.clone())),
            Kind::Voice => {
                let voice = voice(data)?;
                // The type has another name in each generation, and two Twitchat pages may belong
                // to different generations.
                return self
                    .is_news("VOICE", &Value::Null, &voice.into())
                    .then(|| voice_loaded(voice));
            }
        };
        is_news.then(|| {
            EmittedEvent::new(
                "General",
                "Custom",
                json!({ "source": "Twitchat", "type": kind, "data": data }),
            )
        })
    }

    /// Like [`Self::event`], for a message of a played-back recording. A recording may be played
    /// back several times, so after a pause no message counts as a repeat.
    pub fn event_replayed(
        &mut self,
        kind: &str,
        data: &Value,
        now_ms: u64,
    ) -> Option<EmittedEvent> {
        if now_ms.saturating_sub(self.replayed_ms) > REPLAY_PAUSE_MS {
            self.last.clear();
        }
        self.replayed_ms = now_ms;
        self.event(kind, data)
    }

    /// Whether a state differs from the one that was emitted last for the same type and id.
    fn is_news(&mut self, kind: &str, data: &Value, state: &Value) -> bool {
        // Apart from this prefix, the name is the same in all generations.
        let kind = kind.trim_start_matches("ON_").into();
        let id = data
            .get("id")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .into();
        if self.last.len() >= STATES {
            self.last.clear();
        }
        let mut hasher = DefaultHasher::new();
        state.hash(&mut hasher);
        let hash = hasher.finish();
        self.last.insert((kind, id), hash) != Some(hash)
    }
}

/// The start and the end of a timer or countdown. `None` if the message lacks the start or the end.
fn span(data: &Value) -> Option<Value> {
    let first = |keys: &[&str]| keys.iter().find_map(|key| data.get(key)).cloned();
    Some(json!([
        first(&["startAt_ms", "startAt"])?,
        first(&["endAt_ms", "endAt", "stopAt"])?
    ]))
}

/// The id of a voice: the field is `voice` up to Twitchat 16, and `voiceId` from Twitchat 17 on.
fn voice(data: &Value) -> Option<&str> {
    ["voiceId", "voice"]
        .iter()
        .find_map(|key| data.get(key)?.as_str())
        .filter(|voice| !voice.is_empty())
}

/// `VoiceMod.VoiceLoaded`, with the keys of Streamer.bot's trigger (`voice.id`) and with a nested
/// object. Twitchat does not report the voice's name. The name is therefore the id, which is a word
/// for Voicemod's own voices. The name is empty if the id is a UUID.
fn voice_loaded(id: &str) -> EmittedEvent {
    let name = if Uuid::parse_str(id).is_ok() { "" } else { id };
    let data = json!({ "id": id, "name": name, "voiceId": id, "voiceName": name, "voice.id": id,
        "voice.name": name,
        "voice": { "id": id, "name": name } });
    EmittedEvent::new("VoiceMod", "VoiceLoaded", data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_shapes_of_timers_are_states_too() {
        let mut states = States::default();
        let mut is_event = |kind: &str, data: Value| states.event(kind, &data).is_some();
        assert!(is_event("TIMER_START", json!({ "startAt": 1 })));
        assert!(is_event("TIMER_STOP", json!({ "startAt": 1, "stopAt": 9 })));
        assert!(!is_event(
            "TIMER_STOP",
            json!({ "startAt": 1, "stopAt": 9 })
        ));
        assert!(is_event(
            "TIMER_STOP",
            json!({ "startAt": 1, "stopAt": 10 })
        ));
        assert!(is_event(
            "COUNTDOWN_COMPLETE",
            json!({ "startAt": "22:15", "startAt_ms": 5, "endAt_ms": 9, "duration": "5:00" })
        ));
        assert!(!is_event(
            "COUNTDOWN_COMPLETE",
            json!({ "startAt": "22:15", "startAt_ms": 5, "endAt_ms": 9, "aborted": false })
        ));
        assert!(is_event("TIMER_STOP", Value::Null) && !is_event("TIMER_STOP", Value::Null));
    }

    #[test]
    fn timers_do_not_stand_in_each_others_way() {
        let mut states = States::default();
        for round in 0..2 {
            for id in ["a", "b"] {
                assert_eq!(
                    states
                        .event("TIMER_START", &json!({ "id": id, "startAt_ms": 1 }))
                        .is_some(),
                    round == 0,
                    "{id}"
                );
            }
        }
        for number in 0..10 * STATES {
            assert!(
                states
                    .event("TIMER_START", &json!({ "id": number.to_string() }))
                    .is_some()
            );
        }
        assert!(states.last.len() <= STATES);
    }

    #[test]
    fn a_state_of_two_pages_of_both_generations_is_emitted_once() {
        let mut states = States::default();
        let mut is_event = |kind: &str, data: Value| states.event(kind, &data).is_some();
        assert!(is_event("VOICEMOD_CHANGE", json!({ "voice": "baby" })));
        assert!(!is_event(
            "ON_VOICEMOD_VOICE_CHANGE",
            json!({ "voiceId": "baby" })
        ));
        assert!(is_event(
            "TIMER_STOP",
            json!({ "id": "t", "startAt_ms": 1, "endAt_ms": 2 })
        ));
        assert!(!is_event(
            "ON_TIMER_STOP",
            json!({ "id": "t", "startAt_ms": 1, "endAt_ms": 2 })
        ));
    }

    #[test]
    fn a_recording_that_is_played_back_again_emits_its_states_again() {
        let mut states = States::default();
        let stopped = json!({ "id": "t", "startAt_ms": 1, "endAt_ms": 2 });
        let is_event: Vec<_> = [10_000, 10_100, 60_000]
            .map(|at| states.event_replayed("TIMER_STOP", &stopped, at).is_some())
            .into_iter()
            .collect();
        assert_eq!(is_event, [true, false, true]);
    }

    #[test]
    fn a_message_without_a_voice_gives_no_event() {
        let mut states = States::default();
        for data in [
            Value::Null,
            json!({}),
            json!({ "voice": 7 }),
            json!({ "voiceId": "" }),
        ] {
            assert_eq!(states.event("VOICEMOD_CHANGE", &data), None, "{data}");
        }
        assert_eq!(states.event("COUNTER_LIST", &json!({})), None);
    }
}
