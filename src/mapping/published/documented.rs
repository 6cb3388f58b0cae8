//! Checks that events of every type have the keys that docs/events.md lists: no key is missing, and
//! none has another type, even if the published event has almost no data.

use std::collections::BTreeMap;

use serde_json::json;

use super::{emitted::shape, feeds::feed, tests::same_as_docs, *};
use crate::{
    event::name::catalogue,
    mapping::{Interpreter, interpreter::At, render},
};

/// Every type with documented keys. Types that count come first.
fn documented() -> Vec<(EventName, Value)> {
    let counted = FEEDS
        .iter()
        .map(|feed| EventName::new(feed.source, feed.kind));
    let others = catalogue()
        .iter()
        .flat_map(|(source, kinds)| kinds.iter().map(|kind| EventName::new(source, kind)));
    let names = counted.chain(others.filter(|name| feed(name).is_none()));
    names
        .filter_map(|name| shape(&name).map(|shape| (name, shape)))
        .collect()
}

/// The least data that is accepted for a type, in several variants.
fn least(name: &EventName) -> Vec<Value> {
    let Some(feed) = feed(name) else {
        return vec![json!({})];
    };
    let someone = json!({ "user": "Anna" });
    let mut least = match feed.read {
        EventReader::Cheer => vec![
            json!({ "bits": 1 }),
            json!({ "user": "Anna", "bits": "1", "message": "hi" }),
        ],
        EventReader::GiftSub => vec![
            json!({ "isAnonymous": true }),
            json!({ "recipient": "Zed" }),
            someone,
        ],
        EventReader::GiftBomb => vec![
            json!({ "gifts": 2 }),
            json!({ "recipients": [{ "name": "Zed" }] }),
        ],
        EventReader::Stream => vec![json!({ "title": "x" }), json!({ "game": "Chess" })],
        EventReader::Train | EventReader::RedemptionUpdate => vec![json!({})],
        EventReader::Support(spec) => {
            let money = spec
                .money
                .paths()
                .next()
                .map(|_| json!({ "amount": "12.50", "username": "Anna" }));
            let what = json!({ "product": "Mug", "tier": "Gold", "levelName": "Fan",
                "title": "Pizza", "line_items": [{ "title": "Mug" }] });
            vec![
                money.unwrap_or_else(|| what.clone()),
                json!({ "displayName": "Anna", "from": "Anna", "username": "Anna", "id": 1 }),
            ]
        }
        _ => vec![
            someone,
            json!({ "userId": 7 }),
            json!({ "user": { "id": "7", "login": "anna" }, "text": "hi", "message": "hi" }),
        ],
    };
    least.push(json!({ "isTest": true }));
    // For every key, one case with a value of another type than the documented one, and one without
    // a value.
    let shape = shape(name).unwrap();
    for odd in [json!(null), json!([]), json!({}), json!("x"), json!(3)] {
        let mut all = least[0].clone();
        for key in shape
            .as_object()
            .unwrap()
            .keys()
            .filter(|key| least[0].get(key.as_str()).is_none())
        {
            all[key] = odd.clone();
        }
        least.push(all);
    }
    least
}

fn emitted(name: &EventName, data: &Value) -> Option<Value> {
    let readings = read(name, data).ok()?;
    let context = render::Context {
        at_ms: 1_795_291_200_000,
        id: "x",
        broadcaster: None,
    };
    assert_eq!(readings.len(), 1, "{name} {data}");
    Some(event(name, &readings[0], &readings[0].fact, &context).data)
}

/// Collects the paths of a shape that are missing in the data or have another type. If the shape
/// has `null`, any value is allowed.
fn lacking(shape: &Value, data: &Value, path: &str, problems: &mut Vec<String>) {
    match (shape, data) {
        (Value::Object(shape), Value::Object(data)) => {
            for (key, shape) in shape {
                match data.get(key) {
                    Some(data) => lacking(shape, data, &format!("{path}.{key}"), problems),
                    None => problems.push(format!("{path}.{key} is missing")),
                }
            }
        }
        (Value::Null, _) => {}
        (shape, data) if std::mem::discriminant(shape) != std::mem::discriminant(data) => {
            problems.push(format!("{path} is {data}"));
        }
        _ => {}
    }
}

#[test]
fn every_type_has_every_documented_key_however_little_is_published() {
    let mut problems = Vec::new();
    let mut accepted = 0;
    for (name, shape) in documented() {
        for (place, data) in least(&name).iter().enumerate() {
            match emitted(&name, data) {
                Some(emitted) => {
                    accepted += 1;
                    let mut lack = Vec::new();
                    lacking(&shape, &emitted, "", &mut lack);
                    problems.extend(lack.iter().map(|lack| format!("{name} of {data}: {lack}")));
                }
                // The least data of each type must be accepted. Data with unusual values may be
                // refused.
                None if place == 0 => problems.push(format!("{name}: {data} is refused")),
                None => {}
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(accepted > 400, "{accepted}");
}

#[test]
fn a_publishers_own_fields_stand_beside_the_documented_ones() {
    let name = EventName::new("Twitch", "Raid");
    let data = json!({ "userId": "33881177", "userName": "lanternfox", "displayName": "LanternFox",
        "viewers": 57, "mood": { "is": "good" } });
    let emitted_as = emitted(&name, &data).unwrap();
    assert_eq!(
        (
            &emitted_as["mood"],
            &emitted_as["viewers"],
            &emitted_as["viewerCount"]
        ),
        (&json!({ "is": "good" }), &json!(57), &json!(57))
    );
    assert_eq!(
        (
            &emitted_as["from_broadcaster_user_name"],
            &emitted_as["user"]["name"]
        ),
        (&json!("LanternFox"), &json!("LanternFox"))
    );
    let train = json!({ "level": 2, "progress": 700, "goal": 1_600, "id": "t",
        "top_contributions": [{ "user_id": "1", "user_name": "A" }] });
    let emitted_as = emitted(&EventName::new("Twitch", "HypeTrainUpdate"), &train).unwrap();
    assert_eq!(
        (
            &emitted_as["progress"],
            &emitted_as["goal"],
            &emitted_as["percent"]
        ),
        (&json!(700), &json!(1_600), &json!(43)),
        "the points, if reported"
    );
}

#[test]
fn a_chat_line_of_a_name_and_a_text_is_whole() {
    let emitted_as = emitted(
        &EventName::new("Twitch", "ChatMessage"),
        &json!({ "user": "Anna_B", "text": "hi" }),
    )
    .unwrap();
    let user = &emitted_as["user"];
    assert_eq!(
        (
            &user["name"],
            &user["login"],
            &emitted_as["message"]["message"]
        ),
        (&json!("Anna_B"), &json!("anna_b"), &json!("hi"))
    );
    assert_eq!(
        (&emitted_as["parts"], &emitted_as["user"]["badges"]),
        (&json!([{ "type": "text", "text": "hi" }]), &json!([]))
    );
}

#[test]
fn the_receiving_account_and_hidden_names_do_not_come_back_through_the_publishers_fields() {
    let tip = json!({ "user": { "id": "900100", "username": "channel" },
        "parameters": { "username": "Ludmila", "amount": "5", "currency": "EUR" } });
    let emitted_as = emitted(&EventName::new("TipeeeStream", "Donation"), &tip).unwrap();
    assert_eq!(
        (
            &emitted_as["user"]["name"],
            &emitted_as["username"],
            emitted_as["user"].get("username")
        ),
        (&json!("Ludmila"), &json!("Ludmila"), None)
    );
    let hidden = json!({ "isAnonymous": true, "user": { "id": "7", "login": "anna_b",
        "name": "Anna_B" }, "userName": "anna_b", "gifts": 3 });
    let emitted_as = emitted(&EventName::new("Twitch", "GiftBomb"), &hidden).unwrap();
    assert!(
        !emitted_as.to_string().to_lowercase().contains("anna_b"),
        "{emitted_as}"
    );
    assert_eq!(
        (
            &emitted_as["isAnonymous"],
            emitted_as["recipients"].as_array().map(Vec::len)
        ),
        (&json!(true), Some(3))
    );
}

/// Checks the keys of events that are made of Twitchat's messages, with captured messages of all
/// generations.
#[test]
fn events_of_twitchats_messages_have_every_documented_key_too() {
    let mut problems = Vec::new();
    let mut names = std::collections::BTreeSet::new();
    for file in [
        include_str!("../../../tests/fixtures/twitchat_examples.ndjson"),
        include_str!("../../../tests/fixtures/twitchat_v17_examples.ndjson"),
    ] {
        let mut interpreter = Interpreter::default();
        let at = At {
            wall_ms: 1_795_291_200_000,
            ..At::default()
        };
        for message in crate::mapping::decode::tests::lines(file) {
            let (kind, data) = (&*message.kind, message.data.as_deref());
            let read = crate::mapping::decode(kind, data);
            let mut facts = interpreter.votes(read.vote, &at);
            facts.extend(read.facts);
            for fact in facts {
                let Some(event) = render::event(&fact, &at.context("x")) else {
                    continue;
                };
                let Some(shape) = shape(&event.name) else {
                    continue;
                };
                let mut lack = Vec::new();
                lacking(&shape, &event.data, "", &mut lack);
                problems.extend(
                    lack.iter()
                        .map(|lack| format!("{} of {kind}: {lack}", event.name)),
                );
                names.insert(event.name.to_string());
            }
        }
    }
    problems.dedup();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(names.len() > 15, "{names:?}");
}

/// Compares the list of keys in docs/events.md. `UPDATE_DOCS=1` rewrites it.
#[test]
fn the_documented_keys_are_those_that_are_emitted() {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (name, shape) in documented() {
        let keys = keys(&shape).join(", ");
        let place = *places.entry(keys.clone()).or_insert(groups.len());
        if place == groups.len() {
            groups.push((keys, Vec::new()));
        }
        groups[place].1.push(name.to_string());
    }
    let rows: Vec<String> = groups
        .iter()
        .map(|(keys, names)| format!("| {} | {keys} |\n", names.join(", ")))
        .collect();
    same_as_docs(
        "docs/events.md",
        &format!(
            "{}{}",
            include_str!("../render/events_head.md"),
            rows.concat()
        ),
    );
}

/// Top-level keys, and each object's own keys one level deep.
fn keys(data: &Value) -> Vec<String> {
    let inner = |value: &Value| match value {
        Value::Object(map) => format!("{{{}}}", map.keys().cloned().collect::<Vec<_>>().join(", ")),
        Value::Array(_) => "[]".to_owned(),
        _ => String::new(),
    };
    data.as_object()
        .unwrap()
        .iter()
        .map(|(key, value)| format!("`{key}{}`", inner(value)))
        .collect()
}
