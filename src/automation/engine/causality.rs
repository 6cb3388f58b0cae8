//! Distinguishes events that rules themselves caused from all others.
//!
//! A step certainly causes the events that the bridge emits during the step. Other events arrive
//! later from OBS or Twitchat, which do not report the cause. For these the engine remembers which
//! event it expects, and for how long.

use std::{
    collections::{BTreeMap, VecDeque},
    hash::{DefaultHasher, Hash, Hasher},
};

use serde_json::{Map, Value};

use super::obs_effects::ObsEffects;
use crate::{
    automation::obs_request::ObsRequest,
    event::{EventName, name::TWITCHAT},
    mapping::obs::CUSTOM_EVENT,
    twitchat::action::Prepared,
};

/// The limit on expected effects that are remembered.
const TRACES: usize = 256;
/// Within this time, in milliseconds, OBS reports the effect of a request.
const OBS_MS: u64 = 10_000;
/// Within this time, in milliseconds, OBS reports that a stream or a recording began or ended. OBS
/// may have to wait for the service or for the file.
const STREAM_MS: u64 = 60_000;
/// Within this time, in milliseconds, Twitchat answers, and a chat message that it sent comes back.
const TWITCHAT_MS: u64 = 15_000;
/// Within this time, in milliseconds, a roll of the credits begins or ends.
const CREDITS_MS: u64 = 10_000;
/// JSON pointers to the chat text in an event's data.
const WORDS: [&str; 6] = [
    "/message",
    "/message/message",
    "/message/text",
    "/text",
    "/content",
    "/data/message",
];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedEffect {
    what: What,
    within_ms: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    /// If `place` is set, the data must have this text at this JSON pointer.
    Event {
        name: EventName,
        place: Option<(&'static str, Box<str>)>,
    },
    /// An event with this chat text.
    Words(Box<str>),
    OfObs(ObsEffects),
    /// The `CustomEvent` with this [`fingerprint`].
    Message(u64),
}

#[derive(Debug)]
struct Expected {
    what: What,
    depth: u8,
    until_ms: u64,
}

#[derive(Debug, Default)]
pub(super) struct Causality {
    expected: VecDeque<Expected>,
}

impl ExpectedEffect {
    fn event(source: &str, kind: &str, within_ms: u64) -> Self {
        Self {
            what: What::Event {
                name: EventName::new(source, kind),
                place: None,
            },
            within_ms,
        }
    }

    /// The expected effects of an action that was sent to Twitchat: its answers, and its text if it
    /// writes into the chat.
    pub fn of_action(action: &Prepared) -> Vec<Self> {
        let kinds = action.answers.iter().flat_map(|answer| &answer.kinds);
        let mut causality: Vec<_> = kinds
            .map(|kind| Self::event(TWITCHAT, kind, TWITCHAT_MS))
            .collect();
        if let Some(Value::String(words)) = action.data.get("message") {
            causality.push(Self {
                what: What::Words(words.trim().into()),
                within_ms: TWITCHAT_MS,
            });
        }
        causality
    }

    /// OBS sends a broadcast message back to the bridge as well, which is the expected effect.
    pub fn of_broadcast(message: &Map<String, Value>) -> Self {
        Self {
            what: What::Message(fingerprint(message)),
            within_ms: OBS_MS,
        }
    }

    pub fn of_obs(request: &ObsRequest) -> Vec<Self> {
        let in_general = ObsEffects::of(request).map(|effects| Self {
            what: What::OfObs(effects),
            within_ms: OBS_MS,
        });
        Self::of_obs_by_name(request)
            .into_iter()
            .chain(in_general)
            .collect()
    }

    fn of_obs_by_name(request: &ObsRequest) -> Vec<Self> {
        let (started, stopped) = ("StreamingStarted", "StreamingStopped");
        let (records, no_longer) = ("RecordingStarted", "RecordingStopped");
        match request {
            ObsRequest::SetCurrentProgramScene { scene } => {
                let name = EventName::new("Obs", "SceneChanged");
                vec![Self {
                    what: What::Event {
                        name,
                        place: Some(("/scene/name", scene.as_str().into())),
                    },
                    within_ms: OBS_MS,
                }]
            }
            ObsRequest::TriggerStudioModeTransition
            | ObsRequest::SetCurrentSceneCollection { .. } => {
                vec![Self::event("Obs", "SceneChanged", OBS_MS)]
            }
            ObsRequest::StartStream => vec![Self::event("Obs", started, STREAM_MS)],
            ObsRequest::StopStream => vec![Self::event("Obs", stopped, STREAM_MS)],
            ObsRequest::ToggleStream => vec![
                Self::event("Obs", started, STREAM_MS),
                Self::event("Obs", stopped, STREAM_MS),
            ],
            ObsRequest::StartRecord => vec![Self::event("Obs", records, STREAM_MS)],
            ObsRequest::StopRecord => vec![Self::event("Obs", no_longer, STREAM_MS)],
            ObsRequest::ToggleRecord => vec![
                Self::event("Obs", records, STREAM_MS),
                Self::event("Obs", no_longer, STREAM_MS),
            ],
            _ => Vec::new(),
        }
    }

    /// `None` if the event may have one of several names.
    pub(super) fn name(&self) -> Option<EventName> {
        match &self.what {
            What::Event { name, .. } => Some(name.clone()),
            What::Words(_) => None,
            What::OfObs(effects) => Some(effects.name()),
            What::Message(_) => Some(EventName::new("Obs", CUSTOM_EVENT)),
        }
    }

    /// The expected effects of a request to the bridge itself. A roll may begin later, because it
    /// waits for Twitchat's summary. The normal end of a roll does not count as caused by a rule.
    pub fn of_request(name: &str) -> Vec<Self> {
        let emitted: &[&str] = match name.to_ascii_lowercase().as_str() {
            "rollcredits" => &["Started"],
            "stopcredits" => &["Stopped"],
            "controlcredits" => &["Paused", "Resumed", "Stopped"],
            _ => &[],
        };
        emitted
            .iter()
            .map(|kind| Self::event("Credits", kind, CREDITS_MS))
            .collect()
    }
}

impl Causality {
    pub(super) fn expect(
        &mut self,
        causality: impl IntoIterator<Item = ExpectedEffect>,
        depth: u8,
        now_ms: u64,
    ) {
        for ExpectedEffect { what, within_ms } in causality {
            if self.expected.len() == TRACES {
                self.expected.pop_front();
            }
            self.expected.push_back(Expected {
                what,
                depth,
                until_ms: now_ms.saturating_add(within_ms),
            });
        }
    }

    /// The depth of the run that caused this event; `None` if the event was not expected. An
    /// expected event is found only once, with two exceptions. A chat text can be in several
    /// events, and one request can cause several of OBS's own events.
    pub(super) fn find(&mut self, name: &EventName, data: &Value, now_ms: u64) -> Option<u8> {
        self.expected.retain(|expected| expected.until_ms > now_ms);
        let at = self
            .expected
            .iter()
            .position(|expected| expected.what.is(name, data))?;
        let found = self.expected.get(at)?;
        let (depth, once) = (
            found.depth,
            matches!(found.what, What::Event { .. } | What::Message(_)),
        );
        if once {
            self.expected.remove(at);
        }
        Some(depth)
    }
}

impl What {
    fn is(&self, event: &EventName, data: &Value) -> bool {
        match self {
            Self::Event { name, place } => {
                let says = |(place, text): &(&str, Box<str>)| {
                    data.pointer(place).and_then(Value::as_str) == Some(text)
                };
                event.is(&name.source, &name.kind) && place.as_ref().is_none_or(says)
            }
            Self::OfObs(effects) => *event == effects.name() && effects.contain(data),
            Self::Message(expected) => {
                event.is("Obs", CUSTOM_EVENT)
                    && data
                        .as_object()
                        .is_some_and(|message| fingerprint(message) == *expected)
            }
            Self::Words(words) => {
                !words.is_empty()
                    && WORDS.iter().any(|place| {
                        data.pointer(place)
                            .and_then(Value::as_str)
                            .is_some_and(|text| text.trim() == &**words)
                    })
            }
        }
    }
}

/// A hash that stays the same when OBS passes the message on. OBS sorts the keys and changes the
/// spelling of numbers.
fn fingerprint(message: &Map<String, Value>) -> u64 {
    let mut hasher = DefaultHasher::new();
    hash_object(message, &mut hasher);
    hasher.finish()
}

fn hash_object(object: &Map<String, Value>, hasher: &mut DefaultHasher) {
    let sorted: BTreeMap<_, _> = object.iter().collect();
    hasher.write_usize(sorted.len());
    for (key, value) in sorted {
        key.hash(hasher);
        hash_value(value, hasher);
    }
}

fn hash_value(value: &Value, hasher: &mut DefaultHasher) {
    match value {
        Value::Null => hasher.write_u8(0),
        Value::Bool(flag) => (1_u8, flag).hash(hasher),
        Value::Number(number) => {
            let number = number.as_f64().unwrap_or_default();
            (2_u8, number.to_bits()).hash(hasher);
        }
        Value::String(text) => (3_u8, text).hash(hasher),
        Value::Array(items) => {
            (4_u8, items.len()).hash(hasher);
            for item in items {
                hash_value(item, hasher);
            }
        }
        Value::Object(object) => {
            hasher.write_u8(5);
            hash_object(object, hasher);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(name: &str) -> EventName {
        EventName::parse(name).unwrap()
    }

    #[test]
    fn a_requested_scene_change_is_self_caused_only_once() {
        let mut causality = Causality::default();
        causality.expect(
            ExpectedEffect::of_obs(&ObsRequest::SetCurrentProgramScene {
                scene: "Credits".into(),
            }),
            1,
            0,
        );
        let scene = |name: &str| json!({ "scene": { "name": name } });
        assert_eq!(
            causality.find(&event("Obs.SceneChanged"), &scene("Game"), 5),
            None
        );
        assert_eq!(
            causality.find(&event("Obs.SceneChanged"), &scene("Credits"), 5),
            Some(1)
        );
        assert_eq!(
            causality.find(&event("Obs.SceneChanged"), &scene("Credits"), 6),
            None
        );
    }

    #[test]
    fn an_event_that_comes_too_late_is_not_self_caused() {
        let mut causality = Causality::default();
        causality.expect(ExpectedEffect::of_obs(&ObsRequest::StopStream), 3, 0);
        assert_eq!(
            causality.find(&event("Obs.StreamingStopped"), &json!({}), STREAM_MS),
            None
        );
    }

    #[test]
    fn a_chat_text_of_a_rule_may_come_back_in_several_events() {
        let mut causality = Causality::default();
        let sent = crate::twitchat::action::prepare(
            "SEND_MESSAGE",
            json!({ "message": "Welcome!" })
                .as_object()
                .cloned()
                .unwrap(),
            None,
        )
        .unwrap();
        causality.expect(ExpectedEffect::of_action(&sent), 1, 0);
        assert_eq!(
            causality.find(
                &event("Twitch.ChatMessage"),
                &json!({ "message": { "message": "Welcome! " } }),
                9
            ),
            Some(1)
        );
        assert_eq!(
            causality.find(
                &event("Twitchat.ON_MESSAGE_FROM_NON_FOLLOWER"),
                &json!({ "message": "Welcome!" }),
                9
            ),
            Some(1)
        );
        assert_eq!(
            causality.find(&event("Twitch.ChatMessage"), &json!({ "text": "Hello" }), 9),
            None
        );
    }

    #[test]
    fn an_answer_to_a_step_is_self_caused() {
        let mut causality = Causality::default();
        causality.expect(
            ExpectedEffect::of_action(
                &crate::twitchat::action::prepare(
                    "GET_CURRENT_TRACK",
                    serde_json::Map::new(),
                    None,
                )
                .unwrap(),
            ),
            2,
            0,
        );
        assert_eq!(
            causality.find(&event("Twitchat.CURRENT_TRACK"), &json!({}), 9),
            Some(2)
        );
    }

    #[test]
    fn a_broadcast_is_self_caused_once_even_if_obs_rewrites_it() {
        let mut causality = Causality::default();
        let sent = json!({ "b": [1, true, null], "a": { "x": 1.0, "y": "z" } });
        causality.expect(
            [ExpectedEffect::of_broadcast(sent.as_object().unwrap())],
            2,
            0,
        );
        let name = event("Obs.CustomEvent");
        let other = json!({ "b": [1, true, null], "a": { "x": 1.5, "y": "z" } });
        let came: Value =
            serde_json::from_str(r#"{"a":{"y":"z","x":1},"b":[1.0,true,null]}"#).unwrap();
        assert_eq!(causality.find(&name, &other, 5), None);
        assert_eq!(causality.find(&name, &came, 5), Some(2));
        assert_eq!(causality.find(&name, &came, 6), None);
    }

    #[test]
    fn a_request_to_obs_causes_several_events_of_obs() {
        let mut causality = Causality::default();
        causality.expect(ExpectedEffect::of_obs(&ObsRequest::StartRecord), 1, 0);
        let state = |state: &str| {
            let event = json!({ "event": "RecordStateChanged", "outputState": state });
            json!({ "obsEvent": event })
        };
        for one in ["STARTING", "STARTED"] {
            assert_eq!(
                causality.find(&event("Obs.Event"), &state(one), 5),
                Some(1),
                "{one}"
            );
        }
        assert_eq!(
            causality.find(&event("Obs.RecordingStarted"), &json!({}), 5),
            Some(1)
        );
        assert_eq!(
            causality.find(&event("Obs.RecordingStopped"), &json!({}), 5),
            None
        );
    }

    #[test]
    fn traces_are_bounded() {
        let mut causality = Causality::default();
        for _ in 0..2 * TRACES {
            causality.expect(ExpectedEffect::of_obs(&ObsRequest::StopStream), 1, 0);
        }
        assert_eq!(causality.expected.len(), TRACES, "two for each request");
    }
}
