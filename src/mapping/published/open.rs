//! Extracts the event from the data that a service sends: the whole body of a webhook, or the
//! envelope of a socket.
//!
//! An envelope is recognized by the keys beside its content. Other data is left unchanged.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::look::{at, text};

/// Maximum number of nested envelopes that are opened.
const DEPTH: usize = 4;
/// Maximum number of events in one envelope. Streamlabs sends a list, which usually has one entry.
const MOST: usize = 100;

/// The key under which the id of the delivery is kept. It makes a repeat harmless if the event has
/// no id of its own.
pub(super) const DELIVERY: &str = "delivery_id";

/// The events in an envelope, at least one.
pub(super) fn open(data: &Value) -> Vec<Cow<'_, Value>> {
    let mut found = opened(Cow::Borrowed(data), DEPTH);
    found.truncate(MOST);
    found
}

fn opened(data: Cow<'_, Value>, depth: usize) -> Vec<Cow<'_, Value>> {
    let Some(depth) = depth.checked_sub(1) else {
        return vec![data];
    };
    match step(&data) {
        Some(inner) if !inner.is_empty() => inner
            .into_iter()
            .flat_map(|one| opened(Cow::Owned(one), depth))
            .collect(),
        _ => vec![data],
    }
}

/// The content of the outermost envelope. `None` if the data is not an envelope.
fn step(data: &Value) -> Option<Vec<Value>> {
    let object = |path: &str| at(data, path).filter(|value| value.is_object());
    let has = |path: &str| at(data, path).is_some();
    // Twitch's EventSub, by socket and by webhook.
    if let Some(event) = object("payload.event")
        .or_else(|| object("event").filter(|_| object("subscription").is_some() && !has("data")))
    {
        return Some(vec![holding(event, data, &["metadata.message_id"])]);
    }
    // TipeeeStream's socket, and the events that StreamElements gives its overlays.
    if let Some(event) = object("event")
        .filter(|event| has("appKey") || has("listener") || at(event, "parameters").is_some())
    {
        return Some(vec![holding(event, data, &[])]);
    }
    // Streamlabs' socket, where `message` is a list. A chat text in pieces is not an envelope.
    if let Some(Value::Array(list)) = at(data, "message")
        && has("type")
        && list.iter().all(Value::is_object)
    {
        return Some(
            list.iter()
                .map(|one| holding(one, data, &["event_id"]))
                .collect(),
        );
    }
    // Trovo's socket.
    if let Some(Value::Array(chats)) = at(data, "data.chats").or_else(|| at(data, "chats"))
        && chats.iter().all(Value::is_object)
    {
        return Some(chats.clone());
    }
    // Pally.gg's socket.
    if let Some(tip) = object("payload.campaignTip").or_else(|| object("campaignTip")) {
        return Some(vec![holding(tip, data, &[])]);
    }
    // Fourthwall's later report about an order.
    if let Some(order) = object("order").filter(|_| has("update")) {
        return Some(vec![holding(order, data, &[])]);
    }
    // Twitch's PubSub, which the first versions of Streamer.bot used, and Shopify's API.
    let within = object("redemption").filter(|one| at(one, "reward").is_some());
    let within = within.or_else(|| {
        ["order", "shopify"]
            .iter()
            .find_map(|key| object(key))
            .filter(|one| at(one, "total_price").is_some())
    });
    if let Some(within) = within
        .or_else(|| object("payload"))
        .or_else(|| object("body"))
    {
        return Some(vec![holding(within, data, &[])]);
    }
    // A body that was forwarded as text.
    if let Some(body) = ["payload", "body"]
        .iter()
        .find_map(|key| in_text(at(data, key)?.as_str()?))
    {
        return Some(vec![holding(&body, data, &[])]);
    }
    match at(data, "data") {
        // Ko-fi posts a form with one field, which holds JSON.
        Some(Value::String(json)) => in_text(json).map(|inner| vec![inner]),
        // Patreon's JSON:API document.
        Some(member) if member.is_object() && at(member, "attributes").is_some() => {
            Some(vec![with_tier(member, data)])
        }
        // Fourthwall, StreamElements, Streamer.bot's own events, and lines of `watch`: `data` with
        // the event's type beside it.
        Some(inner) if inner.is_object() => {
            let beside = [
                "type",
                "topic",
                "testMode",
                "event",
                "name",
                "timeStamp",
                "provider",
            ]
            .iter()
            .any(|key| has(key));
            let is_all = data.as_object().is_some_and(|outer| outer.len() == 1);
            (beside || is_all).then(|| vec![holding(inner, data, &["id", "_id", "activityId"])])
        }
        // StreamElements' newer socket and DonorDrive have the tip in `donation`, beside its state.
        _ => {
            let has_values = |tip: &Value| {
                at(tip, "amount").is_some()
                    && ["user", "displayName", "donationID"]
                        .iter()
                        .any(|key| at(tip, key).is_some())
            };
            object("donation")
                .filter(|tip| has_values(tip))
                .map(|tip| vec![holding(tip, data, &[])])
        }
    }
}

/// The object in a text: JSON, JSON within a JSON text, or a form with a field `data` or `payload`,
/// in the encoding that browsers use.
fn in_text(text: &str) -> Option<Value> {
    let form = |text: &str| {
        let mut fields = text
            .trim()
            .split('&')
            .filter_map(|field| field.split_once('='));
        let (_, value) = fields.find(|(name, _)| matches!(*name, "data" | "payload"))?;
        percent_decoded(value)
    };
    let read = |text: &str| serde_json::from_str::<Value>(text).ok();
    let value = read(text).or_else(|| read(&form(text)?))?;
    let value = match &value {
        Value::String(inner) => read(inner)?,
        _ => value,
    };
    Some(value).filter(Value::is_object)
}

/// The text of a form's field. `None` if its encoding is invalid.
fn percent_decoded(value: &str) -> Option<String> {
    let mut bytes = value.bytes();
    let mut decoded = Vec::with_capacity(value.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                u8::try_from(16 * digit()? + digit()?).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(decoded).ok()
}

/// The content of an envelope, with the envelope's keys that apply to all of it: a mark for tests,
/// the state, the id of the delivery.
fn holding(inner: &Value, envelope: &Value, ids: &[&str]) -> Value {
    let Value::Object(inner) = inner else {
        return inner.clone();
    };
    let mut inner = inner.clone();
    for key in [
        "testMode",
        "isTest",
        "isMock",
        "isPreview",
        "test",
        "status",
        "approved",
        "tipId",
        "_id",
    ] {
        if let Some(value) = at(envelope, key)
            && !inner.contains_key(key)
        {
            inner.insert(key.to_owned(), value.clone());
        }
    }
    let id = text(envelope, ids);
    if !id.is_empty() && !inner.contains_key(DELIVERY) {
        inner.insert(DELIVERY.to_owned(), id.into());
    }
    Value::Object(inner)
}

/// A member, or a pledge of the first API, with two values that the document has elsewhere: the
/// title of the tier, and the name.
fn with_tier(member: &Value, document: &Value) -> Value {
    let mut entitled: Vec<String> = match at(member, "relationships.currently_entitled_tiers.data")
    {
        Some(Value::Array(tiers)) => tiers.iter().map(|tier| text(tier, &["id"])).collect(),
        _ => Vec::new(),
    };
    entitled.push(text(member, &["relationships.reward.data.id"]));
    let patron = text(
        member,
        &["relationships.patron.data.id", "relationships.user.data.id"],
    );
    let included = at(document, "included")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let of = |types: &[&str], ids: &[String], path: &str| {
        let is_it = |one: &&Value| {
            types.contains(&&*text(one, &["type"])) && ids.contains(&text(one, &["id"]))
        };
        included
            .iter()
            .find(is_it)
            .map(|one| text(one, &[path]))
            .filter(|text| !text.is_empty())
    };
    let title = of(&["tier", "reward"], &entitled, "attributes.title");
    let name = of(&["user"], &[patron], "attributes.full_name")
        .filter(|_| at(member, "attributes.full_name").is_none());
    let mut member: Map<String, Value> = member.as_object().cloned().unwrap_or_default();
    for (key, value) in [("tier", title), ("full_name", name)] {
        if let Some(value) = value {
            member.insert(key.to_owned(), value.into());
        }
    }
    Value::Object(member)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn one(data: &Value) -> Value {
        let opened = open(data);
        assert_eq!(opened.len(), 1, "{data}");
        opened[0].clone().into_owned()
    }

    #[test]
    fn envelopes_are_opened_and_keep_their_common_keys() {
        let event = json!({ "user_id": "7" });
        let socket = json!({ "metadata": { "message_id": "m" }, "payload": { "subscription": {},
            "event": event } });
        assert_eq!(one(&socket), json!({ "user_id": "7", "delivery_id": "m" }));
        assert_eq!(one(&json!({ "subscription": {}, "event": event })), event);
        let order = json!({ "testMode": true, "id": "weve_1", "type": "ORDER_PLACED",
            "data": { "id": "o1" } });
        assert_eq!(
            one(&order),
            json!({ "id": "o1", "testMode": true, "delivery_id": "weve_1" })
        );
        assert_eq!(
            one(&json!({ "data": "{\"message_id\":\"m\"}" })),
            json!({ "message_id": "m" })
        );
        let streamlabs = json!({ "type": "donation", "message": [{ "name": "A" }, { "name": "B" }],
            "event_id": "e" });
        assert_eq!(open(&streamlabs).len(), 2);
    }

    #[test]
    fn a_body_that_is_forwarded_as_text_is_opened() {
        let kofi = json!({ "message_id": "m", "from_name": "J\u{f6}" });
        let form = "data=%7B%22message_id%22%3A%22m%22%2C%22from_name%22%3A+%22J%C3%B6%22%7D&x=1";
        let json = kofi.to_string();
        for text in [json.clone(), json!(json).to_string(), form.to_owned()] {
            for key in ["data", "body", "payload"] {
                assert_eq!(one(&json!({ key: text })), kofi, "{key}: {text}");
            }
        }
        for text in [
            "data=%7", "data=%zz", "data=%ff", "{", "[1]", "\"x\"", "a=b", "",
        ] {
            let data = json!({ "data": text });
            assert_eq!(one(&data), data, "{text}");
        }
    }

    #[test]
    fn the_tier_of_a_patron_is_looked_up_in_the_document() {
        let member = json!({ "attributes": {},
            "relationships": { "currently_entitled_tiers": { "data": [{ "id": "t2" }] } } });
        let tier = |id: &str, title: &str| {
            json!({ "type": "tier", "id": id,
            "attributes": { "title": title } })
        };
        let document =
            json!({ "data": member, "included": [tier("t1", "Silver"), tier("t2", "Gold")] });
        assert_eq!(one(&document)["tier"], "Gold");
    }

    #[test]
    fn data_without_an_envelope_stays_unchanged() {
        for data in [
            json!({ "message": "hi", "user": {} }),
            json!({ "event": { "name": "Marathon" }, "donorName": "Ann" }),
            json!(7),
        ] {
            assert_eq!(one(&data), data);
        }
    }
}
