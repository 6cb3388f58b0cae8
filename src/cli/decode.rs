//! What was heard on the bus, decoded by the library: Twitchat's messages with the events they map to, requests, the bridge's messages.
//! For `watch`. It keeps who is who, polls and predictions, as the bridge does; it counts nothing.

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use twitchat_bridge::{
    credits::People,
    event::{EventName, Fact, Heard, Message, Person},
    mapping::{self, Labels, Polls, Predictions, render},
    twitchat::question,
};

/// Who says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum From {
    /// Twitchat, or somebody who gives it an order.
    Twitchat,
    /// Nobody on the bus: the event that Twitchat's message maps to.
    Mapped,
    /// A bridge.
    Bridge,
    /// Somebody who asks the bridge.
    Client,
    /// Somebody else.
    Other,
}

/// One message: what a line of `watch --json` holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Line {
    /// When it was heard.
    #[serde(serialize_with = "iso")]
    pub(crate) at: jiff::Timestamp,
    pub(crate) from: From,
    /// `Source.Type`.
    pub(crate) name: String,
    /// The message's or request's id, `null` if it has none.
    pub(crate) id: Value,
    /// Twitchat's or the event's data; of requests and bridges the whole message.
    pub(crate) data: Value,
}

/// ISO 8601 in UTC, to the millisecond.
fn iso<S: serde::Serializer>(at: &jiff::Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{at:.3}"))
}

/// Decodes message after message.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    broadcaster: Option<Person>,
    people: People,
    polls: Polls,
    predictions: Predictions,
    labels: Labels,
}

impl Decoder {
    /// A decoder for the channel of this broadcaster, if the config says whose it is.
    pub(crate) fn new(broadcaster: Option<Person>) -> Self {
        Self { broadcaster, ..Self::default() }
    }

    /// One message, and the events that it maps to.
    pub(crate) fn hear(&mut self, heard: &Heard, at: jiff::Timestamp) -> Vec<Line> {
        match heard {
            Heard::Twitchat(message) => self.twitchat(message, at),
            Heard::Bridge(whole) => vec![bridge(whole, at)],
            Heard::Request(whole) => vec![request(whole, at)],
            Heard::Other => vec![Line { at, from: From::Other, name: "Other.Message".into(), id: Value::Null, data: Value::Null }],
            Heard::Bad => vec![Line { at, from: From::Other, name: "Other.Unreadable".into(), id: Value::Null, data: Value::Null }],
        }
    }

    /// What time alone brings: a poll that has settled is over.
    pub(crate) fn tick(&mut self, at: jiff::Timestamp) -> Vec<Line> {
        let mut facts = self.polls.tick(at.as_millisecond());
        facts.extend(self.predictions.tick(at.as_millisecond()));
        facts.into_iter().filter_map(|fact| self.mapped(fact, None, at)).collect()
    }

    fn twitchat(&mut self, message: &Message, at: jiff::Timestamp) -> Vec<Line> {
        let (kind, data) = (&*message.kind, message.data.as_deref());
        let id = message.id.as_deref().map_or(Value::Null, Value::from);
        let mut lines =
            vec![Line { at, from: From::Twitchat, name: format!("Twitchat.{kind}"), id, data: data.map_or(Value::Null, value) }];
        let mut facts = self.polls.heard(kind, data, at.as_millisecond());
        facts.extend(self.predictions.heard(kind, data, at.as_millisecond()));
        if question::label_answer(kind).is_some() {
            facts.extend(data.map(|data| self.labels.heard(data)).unwrap_or_default());
        }
        facts.extend(mapping::heard(kind, data).facts);
        lines.extend(facts.into_iter().filter_map(|fact| self.mapped(fact, message.id.as_deref(), at)));
        lines
    }

    /// The event that tells a fact, with people completed from what was heard of them before.
    fn mapped(&mut self, mut fact: Fact, id: Option<&str>, at: jiff::Timestamp) -> Option<Line> {
        fact.each_person(|person| {
            self.people.meet(person, at.as_millisecond());
            self.people.complete(person);
        });
        let context = render::Context { at_ms: at.as_millisecond(), id: id.unwrap_or_default(), broadcaster: self.broadcaster.as_ref() };
        let event = render::event(&fact, &context)?;
        Some(Line { at, from: From::Mapped, name: event.name.to_string(), id: json!(id), data: event.data })
    }
}

fn value(raw: &RawValue) -> Value {
    serde_json::from_str(raw.get()).unwrap_or_default()
}

/// A bridge's event, Hello, reply, or something that only bridges understand.
fn bridge(whole: &RawValue, at: jiff::Timestamp) -> Line {
    let data = value(whole);
    let word = |place: &str| data.pointer(place).and_then(Value::as_str);
    let name = match (word("/event/source"), word("/event/type"), word("/request"), word("/status")) {
        (Some(source), Some(kind), ..) => EventName::new(source, kind).to_string(),
        (_, _, Some(request), _) => format!("Bridge.{request}"),
        (_, _, _, Some("taken")) => "Bridge.Taken".into(),
        (_, _, _, Some(_)) => "Bridge.Reply".into(),
        _ => "Bridge.Message".into(),
    };
    let id = data.get("id").cloned().unwrap_or_default();
    Line { at, from: From::Bridge, name, id, data }
}

fn request(whole: &RawValue, at: jiff::Timestamp) -> Line {
    let data = value(whole);
    let name = format!("Request.{}", data.get("request").and_then(Value::as_str).unwrap_or("?"));
    let id = data.get("id").cloned().unwrap_or_default();
    Line { at, from: From::Client, name, id, data }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(decoder: &mut Decoder, message: &Value) -> Vec<(From, String)> {
        let heard = Heard::read(&message.to_string()).unwrap();
        decoder.hear(&heard, jiff::Timestamp::UNIX_EPOCH).into_iter().map(|line| (line.from, line.name)).collect()
    }

    #[test]
    fn everybody_on_the_bus_is_told_apart() {
        let mut decoder = Decoder::default();
        let mut one = |message: Value| names(&mut decoder, &message);
        let follow = json!({ "origin": "twitchat", "type": "FOLLOW", "id": "1", "data": { "user": { "id": "7", "login": "anna" } } });
        assert_eq!(one(follow), [(From::Twitchat, "Twitchat.FOLLOW".into()), (From::Mapped, "Twitch.Follow".into())]);
        let event = json!({ "origin": "twitchat-bridge", "event": { "source": "twitch", "type": "raid" }, "data": {} });
        assert_eq!(one(event), [(From::Bridge, "Twitch.Raid".into())]);
        assert_eq!(one(json!({ "origin": "twitchat-bridge", "request": "Hello" })), [(From::Bridge, "Bridge.Hello".into())]);
        assert_eq!(one(json!({ "origin": "twitchat-bridge", "status": "ok" })), [(From::Bridge, "Bridge.Reply".into())]);
        assert_eq!(one(json!({ "request": "GetInfo", "id": 3 })), [(From::Client, "Request.GetInfo".into())]);
        assert_eq!(one(json!({ "hello": "world" })), [(From::Other, "Other.Message".into())]);
        assert_eq!(one(json!({ "origin": "twitchat" })), [(From::Other, "Other.Unreadable".into())]);
    }

    #[test]
    fn people_are_completed_from_what_was_heard_of_them() {
        let mut decoder = Decoder::default();
        let user = json!({ "id": "7", "login": "anna", "displayName": "Anna_B" });
        names(&mut decoder, &json!({ "origin": "twitchat", "type": "FOLLOW", "id": "1", "data": { "user": user } }));
        let sub = json!({ "origin": "twitchat", "type": "SUBSCRIPTION", "id": "2",
            "data": { "tier": 1, "months": 1, "user": { "id": "7", "login": "anna" }, "recipients": [], "isGift": false } });
        let lines = decoder.hear(&Heard::read(&sub.to_string()).unwrap(), jiff::Timestamp::UNIX_EPOCH);
        let told = lines.iter().find(|line| line.from == From::Mapped).unwrap();
        assert_eq!((told.name.as_str(), &told.id, &told.data["displayName"]), ("Twitch.Sub", &json!("2"), &json!("Anna_B")));
    }

    #[test]
    fn the_json_of_a_line_has_the_keys_that_help_promises() {
        let line = Decoder::default().hear(&Heard::read(r#"{"request":"GetInfo","id":3}"#).unwrap(), jiff::Timestamp::UNIX_EPOCH);
        assert_eq!(
            serde_json::to_string(&line[0]).unwrap(),
            r#"{"at":"1970-01-01T00:00:00.000Z","from":"client","name":"Request.GetInfo","id":3,"data":{"id":3,"request":"GetInfo"}}"#
        );
    }
}
