//! Captured messages of Twitchat as examples, and the events that are made of them. The people in
//! them are invented.

use std::{collections::BTreeMap, sync::LazyLock};

use serde_json::{Value, json};

use super::{
    decode,
    interpreter::{At, Interpreter, Playback},
};
use crate::{
    event::{EmittedEvent, EventName, Message, Received, name::TWITCHAT},
    twitchat::question,
};

const OLD: &str = include_str!("../../tests/fixtures/twitchat_examples.ndjson");
const OLD_INDEX: &str = include_str!("../../tests/fixtures/twitchat_examples_index.tsv");
const NEW: &str = include_str!("../../tests/fixtures/twitchat_v17_examples.ndjson");
/// Time between two messages. It is long enough for each poll to settle and for each gift bomb to
/// be complete.
const APART_MS: u64 = 60_000;

static EVENTS: LazyLock<BTreeMap<String, Value>> = LazyLock::new(|| {
    let mut events = BTreeMap::new();
    for messages in messages() {
        for event in play(&messages) {
            if event.data.as_object().is_some_and(|data| !data.is_empty()) {
                events.entry(event.name.to_string()).or_insert(event.data);
            }
        }
    }
    events
});

/// An example of the data of an event. `None` if no message of Twitchat leads to this event.
pub fn data_of(name: &EventName) -> Option<&'static Value> {
    EVENTS.get(&name.to_string())
}

/// The messages of Twitchat up to 16, and the messages of Twitchat 17. The flag of each is whether
/// Twitchat still sends its type in this form.
pub fn messages() -> [Vec<(String, bool)>; 2] {
    // The first line of the index is its header.
    let is_current = OLD_INDEX.lines().skip(1).map(|line| {
        line.split('\t')
            .nth(2)
            .is_some_and(|variant| variant.contains("current"))
    });
    [
        with_changes(OLD.lines().zip(is_current)),
        with_changes(NEW.lines().map(|line| (line, true))),
    ]
}

fn with_changes<'a>(lines: impl Iterator<Item = (&'a str, bool)>) -> Vec<(String, bool)> {
    let mut lines: Vec<_> = lines
        .map(|(line, is_current)| (line.to_owned(), is_current))
        .collect();
    let changed: Vec<_> = lines
        .iter()
        .filter_map(|(line, _)| Some((with_a_raid(line)?, false)))
        .collect();
    lines.extend(changed);
    lines
}

/// The same labels after a raid and with another category, because only a change of labels makes an
/// event.
fn with_a_raid(line: &str) -> Option<String> {
    let mut message: Value = serde_json::from_str(line).ok()?;
    question::label_answer(message.get("type")?.as_str()?)?;
    let labels = message.get_mut("data")?.as_object_mut()?;
    for (label, value) in [
        ("RAID_ID", "220194871"),
        ("RAID_NAME", "TobiWanders"),
        ("STREAM_CATEGORY_NAME", "Chess"),
    ] {
        labels.insert(label.into(), json!({ "value": value, "type": "string" }));
    }
    labels.insert(
        "RAID_COUNT".into(),
        json!({ "value": 12, "type": "number" }),
    );
    Some(message.to_string())
}

/// The events that are made of messages, and the messages themselves as events.
fn play(lines: &[(String, bool)]) -> Vec<EmittedEvent> {
    let mut interpreter = Interpreter::new(Playback::Live);
    let mut events = Vec::new();
    let mut mono_ms = 0;
    for (line, _) in lines {
        let Ok(Received::Twitchat(message)) = Received::read(line) else {
            continue;
        };
        receive(&mut interpreter, &message, mono_ms, &mut events);
        mono_ms += APART_MS;
        let at = at(mono_ms);
        for fact in interpreter.settle(&at) {
            events.extend(
                interpreter
                    .emit(fact, "", &at)
                    .into_iter()
                    .map(|of| of.event),
            );
        }
        events.extend(interpreter.release(&at).into_iter().map(|of| of.event));
    }
    events
}

fn receive(
    interpreter: &mut Interpreter,
    message: &Message,
    mono_ms: u64,
    events: &mut Vec<EmittedEvent>,
) {
    let (kind, raw) = (&*message.kind, message.data.as_deref());
    let data: Value = raw
        .and_then(|raw| serde_json::from_str(raw.get()).ok())
        .unwrap_or_default();
    let at = at(mono_ms);
    events.extend(interpreter.state(kind, &data, mono_ms));
    let read = decode(kind, raw);
    let mut facts = interpreter.votes(read.vote, &at);
    if let Some(raw) = raw.filter(|_| question::label_answer(kind).is_some()) {
        facts.extend(interpreter.labels(raw));
    }
    facts.extend(read.facts);
    for fact in facts {
        events.extend(
            interpreter
                .emit(fact, "", &at)
                .into_iter()
                .map(|of| of.event),
        );
    }
    events.push(EmittedEvent {
        name: EventName::new(TWITCHAT, kind),
        data,
    });
}

fn at(mono_ms: u64) -> At<'static> {
    At {
        wall_ms: i64::try_from(mono_ms).unwrap_or(i64::MAX),
        mono_ms,
        broadcaster: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_an_example_of_every_common_event() {
        for (name, key) in [
            ("Twitch.Follow", "displayName"),
            ("Twitch.Raid", "viewers"),
            ("Twitch.Cheer", "bits"),
            ("Twitch.GiftBomb", "gifts"),
            ("Twitchat.FOLLOW", "user"),
        ] {
            let data = data_of(&EventName::parse(name).unwrap());
            assert!(
                data.is_some_and(|data| data.get(key).is_some()),
                "{name}: {data:?}"
            );
        }
        assert_eq!(data_of(&EventName::new("Kofi", "Donation")), None);
    }
}
