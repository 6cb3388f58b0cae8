//! Invalid messages: changed versions of captured messages and requests, and invented messages.

use std::sync::LazyLock;

use proptest::prelude::RngExt;
use proptest::test_runner::{RngAlgorithm, TestRng};
use serde_json::{Map, Value, json};

use super::fixture;

/// The messages that are changed: captured messages, and as many requests.
static MODELS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let files = [
        "twitchat_examples",
        "twitchat_v17_examples",
        "twitchat_actions",
        "twitchat_v17_actions",
    ];
    let mut models: Vec<_> = files
        .iter()
        .flat_map(|name| fixture(&format!("{name}.ndjson")))
        .collect();
    models.extend(
        requests()
            .into_iter()
            .cycle()
            .take(models.len())
            .collect::<Vec<_>>(),
    );
    models
});

/// Unusual values.
static VALUES: LazyLock<Vec<Value>> = LazyLock::new(|| {
    vec![
        json!(null),
        json!(true),
        json!(""),
        json!(" "),
        json!("\u{0}\u{202e}\u{1F9D1}\u{200D}\u{1F680}e\u{301}\u{feff}"),
        json!("NaN"),
        json!("-1"),
        json!("99999999999999999999999999"),
        json!("2025-13-45T99:99:99Z"),
        json!("null"),
        json!("x".repeat(10_000)),
        json!(0),
        json!(-1),
        json!(-0.0),
        json!(0.1),
        json!(1e308),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(9_007_199_254_740_993_u64),
        json!([]),
        json!({}),
        json!([[], {}, null, 1, "a"]),
        json!({ "": { "__proto__": [1], "user": { "id": {} } } }),
        (0..60).fold(json!(1), |inner, _| Value::Array(vec![inner])),
        (0..60).fold(json!({}), |inner, _| {
            Value::Object(Map::from_iter([("data".to_owned(), inner)]))
        }),
    ]
});

/// Generates messages. The same seed gives the same messages.
#[derive(Debug)]
pub(crate) struct Odd(TestRng);

impl Odd {
    pub(crate) fn seeded(seed: u8) -> Self {
        Self(TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]))
    }

    /// The next message: an object with any content.
    pub(crate) fn message(&mut self) -> Map<String, Value> {
        let mut message = if self.0.random_range(0..5) == 0 {
            self.invention()
        } else {
            self.model()
        };
        for _ in 0..self.0.random_range(0..4) {
            self.change(&mut message);
        }
        let Value::Object(message) = message else {
            return Map::from_iter([("request".to_owned(), message)]);
        };
        message
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.0.random_range(0..list.len())]
    }

    fn model(&mut self) -> Value {
        self.pick(&MODELS).clone()
    }

    /// A message with known keys and random values.
    fn invention(&mut self) -> Value {
        let keys = [
            "origin", "type", "id", "data", "request", "publish", "section", "value", "spelling",
            "limit", "bridge", "status", "to",
        ];
        let words = [
            "twitchat",
            "twitchat-bridge",
            "FOLLOW",
            "ON_BITS",
            "GetInfo",
            "GetCredits",
            "seed",
            "GET_SUMMARY_DATA",
            "SUMMARY_DATA",
        ];
        let count = self.0.random_range(0..6);
        let fields = (0..count).map(|_| {
            let key = *self.pick(&keys);
            let value = if self.0.random() {
                Value::from(*self.pick(&words))
            } else {
                self.value()
            };
            (key.to_owned(), value)
        });
        Value::Object(fields.collect())
    }

    fn value(&mut self) -> Value {
        self.pick(&VALUES).clone()
    }

    /// Makes a change at a random place.
    fn change(&mut self, value: &mut Value) {
        // More often than not, the change is made in a child.
        let deeper = self.0.random_range(0..4) > 0;
        match value {
            Value::Object(fields) if deeper && !fields.is_empty() => {
                let place = self.0.random_range(0..fields.len());
                if let Some((_, child)) = fields.iter_mut().nth(place) {
                    self.change(child);
                }
            }
            Value::Array(items) if deeper && !items.is_empty() => {
                let place = self.0.random_range(0..items.len());
                self.change(&mut items[place]);
            }
            _ => self.replace(value),
        }
    }

    fn replace(&mut self, value: &mut Value) {
        let other = self.value();
        match (self.0.random_range(0..6), &mut *value) {
            (0, Value::Object(fields)) => {
                let key = fields
                    .keys()
                    .nth(self.0.random_range(0..=fields.len()))
                    .cloned();
                key.and_then(|key| fields.remove(&key));
            }
            (1, Value::Object(fields)) => {
                let key = fields
                    .keys()
                    .nth(self.0.random_range(0..=fields.len()))
                    .cloned()
                    .unwrap_or_default();
                fields.insert(key.to_uppercase(), other);
            }
            (2, Value::Array(items)) => items.extend([other, json!(null), json!(7)]),
            (3, Value::Number(number)) => *value = number.to_string().into(),
            (3, Value::String(text)) => *value = json!(text.len()),
            (4, inner) => *value = json!([inner.take()]),
            (5, inner) => *value = json!({ "user": inner.take() }),
            _ => *value = other,
        }
    }
}

/// One valid request of each kind.
pub(crate) fn requests() -> Vec<Value> {
    vec![
        json!({ "request": "GetCredits", "id": 1, "spelling": "seed", "limit": 3 }),
        json!({ "request": "GetCredits", "id": "credits", "extended": true, "limit": 3,
            "spelling": "current" }),
        json!({ "request": "TestCredits", "id": { "a": [1] }, "spelling": "seed" }),
        json!({ "request": "ClearCredits", "id": null }),
        json!({ "request": "GetInfo" }),
        json!({ "request": "GetStatus", "id": true }),
        json!({ "request": "PublishEvent", "id": 2, "publish": { "source": "Twitch",
            "type": "Raid" },
            "data": { "userId": "42", "userName": "fox", "displayName": "Fox", "viewers": 12 } }),
        json!({ "request": "PublishEvent", "id": 3, "eventId": "tip-7",
            "publish": { "source": "Kofi", "type": "Donation" },
            "data": { "from": "Zed", "amount": "5.00", "currency": "EUR", "message": "hi" } }),
        json!({ "request": "PublishEvent", "id": 4, "publish": { "source": "Twitch",
            "type": "Cheer" },
            "data": { "userId": "7", "userName": "zed", "displayName": "Zed", "bits": 100,
                "isAnonymous": false } }),
        json!({ "request": "AddToCredits", "id": 5, "section": "Thanks",
            "value": { "name": "Everyone" } }),
        json!({ "request": "Dance", "id": 6 }),
        json!({ "request": "Subscribe", "id": 7, "events": { "Twitch": ["Follow", "*"],
            "general": ["custom"], "Twitchat": ["ON_FOLLOW"] } }),
        json!({ "request": "UnSubscribe", "id": 8, "events": { "Twitch": ["Follow"] } }),
        json!({ "request": "GetEvents", "id": 9 }),
        json!({ "request": "GetActions", "id": 10 }),
        json!({ "request": "DoAction", "id": 11, "action": { "id": "x", "name": "STOP_TTS" },
            "args": { "sbClientResponse": "r" } }),
        json!({ "request": "GetBroadcaster", "id": 12 }),
        json!({ "request": "GetActiveViewers", "id": 13 }),
        json!({ "request": "SendMessage", "id": 14, "platform": "twitch", "message": "hello" }),
        json!({ "request": "GetGlobal", "id": 15, "variable": "x" }),
        json!({ "request": "KickGetUserGlobals", "id": 16 }),
        json!({ "request": "ExecuteCodeTrigger", "id": 17, "triggerName": "x" }),
        json!({ "request": "GetUserPronouns", "id": 18, "platform": "twitch", "userLogin": "zed" }),
        json!({ "request": "RollCredits", "id": 19, "crowd": { "names": 20, "seed": 7 },
            "seconds": 30, "mode": "slides" }),
        json!({ "request": "ControlCredits", "id": 20, "command": "goto", "value": "cheers" }),
        json!({ "request": "ControlCredits", "id": 21, "command": "speed", "value": -2.5 }),
        json!({ "request": "GetRoll", "id": 22, "test": true }),
        json!({ "request": "OverlayReport", "id": 23, "page": "credits", "state": "rolling",
            "roll": null, "seconds": 12.5, "warnings": ["x"] }),
        json!({ "request": "StopCredits", "id": 24 }),
    ]
}

/// Whether the bridge replies to the message.
pub(crate) fn is_request(message: &Map<String, Value>) -> bool {
    let others = message
        .get("origin")
        .is_some_and(|origin| origin == "twitchat" || origin == "twitchat-bridge");
    !others && message.get("request").is_some_and(Value::is_string)
}
