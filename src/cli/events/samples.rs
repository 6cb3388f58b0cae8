//! Captured messages as examples: the data of each type, and the events that the decoder makes of
//! it. The people in them are invented.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json, value::to_raw_value};
use twitchat_bridge::event::{ObsEvent, Received};
use twitchat_bridge::mapping::{obs, samples};
use twitchat_bridge::twitchat::catalogue;

use crate::cli::receiving::decode::{Decoder, From};

#[derive(Debug, Default)]
pub(super) struct Sample {
    /// The data of one such message.
    pub(super) data: Value,
    /// Whether Twitchat still sends the type in this form.
    is_current: bool,
    /// The names of the events that the decoder made of it.
    pub(super) becomes: BTreeSet<String>,
}

#[derive(Debug, Default)]
pub(super) struct SampleEvents {
    /// The data of one such event.
    pub(super) data: Value,
    /// The message types that it was made of.
    pub(super) by: BTreeSet<String>,
}

/// The data of an event of OBS as the bridge emits it. `None` for other events.
pub(super) fn of_obs(name: &str) -> Option<Value> {
    let connection = obs::connection("8aa94fb4-9e69-45ab-ae7e-c993a536db3c", "30.2.3", "5.5.2");
    let raw = |data: Value| to_raw_value(&data).ok();
    let any = |kind: &str, data: Value| {
        let event = ObsEvent {
            kind: kind.into(),
            data: raw(data),
        };
        obs::event(&connection, &event)
    };
    let path = "/home/lantern/Videos/2026-11-21 20-00-00.mkv";
    let events = [
        Some(obs::connected(&connection)),
        Some(obs::disconnected(&connection)),
        Some(obs::scene_changed(&connection, "Game", "Starting soon")),
        Some(obs::stream_changed(&connection, true)),
        Some(obs::stream_changed(&connection, false)),
        Some(obs::recording_changed(&connection, true, path)),
        Some(obs::recording_changed(&connection, false, path)),
        any(
            "InputMuteStateChanged",
            json!({ "inputName": "Mic", "inputUuid": "5a3e1c84-7f0f-4a86-a7a7-8d4a1f1d2c36",
                "inputMuted": true }),
        ),
        any(
            "VendorEvent",
            json!({ "vendorName": "AdvancedSceneSwitcher",
                "eventType": "AdvancedSceneSwitcherEvent", "eventData": { "message": "intro" } }),
        ),
        raw(json!({ "from": "deck", "button": 3 })).and_then(|whole| obs::custom_event(&whole)),
    ];
    events
        .into_iter()
        .flatten()
        .find(|event| event.name.to_string().eq_ignore_ascii_case(name))
        .map(|event| event.data)
}

#[derive(Debug, Default)]
pub(super) struct Samples {
    kinds: BTreeMap<String, Sample>,
    events: BTreeMap<String, SampleEvents>,
}

impl Samples {
    pub(super) fn read() -> Self {
        let mut samples = Self::default();
        for messages in samples::messages() {
            samples.play(messages);
        }
        samples.in_all_versions();
        samples
    }

    pub(super) fn kind(&self, kind: &str) -> Option<&Sample> {
        self.kinds.get(kind)
    }

    pub(super) fn event(&self, name: &str) -> Option<&SampleEvents> {
        self.events.get(name)
    }

    #[cfg(test)]
    pub(super) fn events(&self) -> impl Iterator<Item = &str> {
        self.events.keys().map(String::as_str)
    }

    /// Adds the counterparts of each type in other versions of Twitchat, because not every case of
    /// each version was captured.
    fn in_all_versions(&mut self) {
        for emitted in self.events.values_mut() {
            let others = emitted
                .by
                .iter()
                .filter_map(|kind| catalogue::look_up(kind))
                .flat_map(|entry| &entry.counterparts);
            let others: Vec<_> = others.map(|name| (*name).to_owned()).collect();
            emitted.by.extend(others);
        }
    }

    /// Plays messages a minute apart, so that each poll has settled and each gift bomb is complete
    /// before the next message.
    fn play(&mut self, messages: Vec<(String, bool)>) {
        let (mut decoder, mut at) = (Decoder::default(), Timestamp::UNIX_EPOCH);
        for (line, is_current) in messages {
            let Ok(received) = Received::read(&line) else {
                continue;
            };
            let Received::Twitchat(message) = &received else {
                continue;
            };
            let kind = message.kind.to_string();
            let mut emitted = decoder.receive(&received, at);
            at = at.saturating_add(1.minute()).unwrap_or(at);
            emitted.extend(decoder.tick(at));
            let sample = self.kinds.entry(kind.clone()).or_default();
            for line in emitted {
                let has_data = line.data.as_object().is_some_and(|data| !data.is_empty());
                if line.from == From::Twitchat {
                    if has_data && (sample.data.is_null() || (is_current && !sample.is_current)) {
                        (sample.data, sample.is_current) = (line.data, is_current);
                    }
                    continue;
                }
                sample.becomes.insert(line.name.clone());
                let event = self.events.entry(line.name).or_default();
                event.by.insert(kind.clone());
                if event.data.is_null() {
                    event.data = line.data;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_events_of_each_message_are_found_by_decoding_it() {
        let samples = Samples::read();
        let becomes = |kind: &str| {
            samples
                .kind(kind)
                .unwrap()
                .becomes
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            becomes("FOLLOW"),
            ["Twitch.Follow", "YouTube.NewSubscriber"]
        );
        assert_eq!(
            becomes("LABEL_OVERLAY_PLACEHOLDERS"),
            ["Twitch.Raid", "Twitch.StreamUpdate"]
        );
        assert!(
            becomes("SUBSCRIPTION").contains(&"Twitch.GiftSub")
                && becomes("ON_SUBSCRIPTION").contains(&"Twitch.ReSub")
        );
        assert!(becomes("COUNTER_LIST").is_empty());
        let cheer = samples.event("Twitch.Cheer").unwrap();
        assert_eq!(cheer.by.iter().collect::<Vec<_>>(), ["BITS", "ON_BITS"]);
        assert!(cheer.data["displayName"].is_string());
        assert!(
            samples.kind("MESSAGE_FIRST").unwrap().data["user"].is_object(),
            "not a shape that was never sent"
        );
    }
}
