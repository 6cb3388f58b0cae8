//! Reads an event from a file: a message of Twitchat, an event of a bridge, a line of `watch
//! --json`, a `PublishEvent`, or an event of obs-websocket.

use jiff::Timestamp;
use serde_json::{
    Map, Value,
    value::{RawValue, to_raw_value},
};
use twitchat_bridge::event::received::{Received, TWITCHAT};
use twitchat_bridge::event::{EventName, ObsEvent};
use twitchat_bridge::mapping::published;

use crate::cli::receiving::decode::Decoder;

#[derive(Debug, thiserror::Error)]
pub(super) enum NoEvent {
    #[error("the text is not JSON: {0}")]
    NoJson(#[from] serde_json::Error),
    #[error("the text is empty")]
    Empty,
    #[error(
        "this is not an event: {0}. It may be Twitchat's message \
         ({{\"origin\":\"twitchat\",\"type\",\"data\"}}), a bridge's event \
         ({{\"event\":{{\"source\",\"type\"}},\"data\"}}), a line of `watch --json` \
         ({{\"name\",\"data\"}}), a PublishEvent, or an event of OBS \
         ({{\"eventType\",\"eventData\"}}). A message of another program is the data of \
         Obs.CustomEvent"
    )]
    Unknown(String),
    #[error("no event for rules is made of it")]
    Silent,
    #[error("a bridge refuses this PublishEvent: {0}")]
    Refused(#[from] published::Error),
}

/// One event, ready for rules.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Example {
    pub(super) name: EventName,
    pub(super) data: Value,
}

/// All events of a text, in their order. The text is a sequence of JSON values.
pub(super) fn read(text: &str, decoder: &mut Decoder) -> Result<Vec<Example>, NoEvent> {
    let mut examples = Vec::new();
    let mut any = false;
    for value in serde_json::Deserializer::from_str(text).into_iter::<Map<String, Value>>() {
        any = true;
        examples.extend(of(&value?, decoder)?);
    }
    if any {
        Ok(examples)
    } else {
        Err(NoEvent::Empty)
    }
}

fn of(value: &Map<String, Value>, decoder: &mut Decoder) -> Result<Vec<Example>, NoEvent> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(ToOwned::to_owned);
    let data = || {
        value
            .get("data")
            .cloned()
            .unwrap_or_else(|| Value::Object(Map::new()))
    };
    if text(value.get("origin")).as_deref() == Some(TWITCHAT) {
        return of_received(
            &Received::read(&Value::from(value.clone()).to_string())?,
            decoder,
        );
    }
    if let Some(kind) = text(value.get("eventType")) {
        let data = value.get("eventData").map(to_raw_value).transpose()?;
        return of_received(&of_obs(&kind, data)?, decoder);
    }
    let named = value.get("event").or_else(|| value.get("publish"));
    let (source, kind) = named
        .map(|named| (text(named.get("source")), text(named.get("type"))))
        .unwrap_or_default();
    let name = match (source, kind) {
        (Some(source), Some(kind)) => Some(EventName::new(&source, &kind)),
        _ => text(value.get("name")).and_then(|name| EventName::parse(&name)),
    };
    // A bridge makes events of a PublishEvent.
    if let (Some(name), true) = (
        &name,
        value.contains_key("publish") && !value.contains_key("event"),
    ) {
        let lines = decoder.publish(name, &data(), None, Timestamp::now())?;
        return Ok(lines
            .into_iter()
            .map(|line| Example {
                name: name.clone(),
                data: line.data,
            })
            .collect());
    }
    let keys = || value.keys().take(6).cloned().collect::<Vec<_>>().join(", ");
    let name = name.ok_or_else(|| NoEvent::Unknown(format!("an object with {}", keys())))?;
    Ok(vec![Example { name, data: data() }])
}

/// An event of obs-websocket, in the shape of its protocol document.
fn of_obs(kind: &str, data: Option<Box<RawValue>>) -> Result<Received, NoEvent> {
    Ok(match data {
        Some(data) if kind == "CustomEvent" => Received::read(data.get())?,
        data => Received::Obs(ObsEvent {
            kind: kind.into(),
            data,
        }),
    })
}

fn of_received(received: &Received, decoder: &mut Decoder) -> Result<Vec<Example>, NoEvent> {
    let lines = decoder.receive(received, Timestamp::now());
    let examples: Vec<_> = lines
        .into_iter()
        .filter_map(|line| {
            Some(Example {
                name: EventName::parse(&line.name)?,
                data: line.data,
            })
        })
        .collect();
    if examples.is_empty() {
        Err(NoEvent::Silent)
    } else {
        Ok(examples)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        read(text, &mut Decoder::default())
            .unwrap()
            .into_iter()
            .map(|example| example.name.to_string())
            .collect()
    }

    #[test]
    fn an_event_is_read_in_every_form_that_is_sent() {
        assert_eq!(
            names(r#"{"event":{"source":"twitch","type":"raid"},"data":{"viewers":3}}"#),
            ["Twitch.Raid"]
        );
        assert_eq!(
            names(
                r#"{"name":"Twitch.Raid","data":{}}
                    {"request":"PublishEvent","publish":{"source":"Acme","type":"Boom"}}"#
            ),
            ["Twitch.Raid", "Acme.Boom"]
        );
        let follow = r#"{"origin":"twitchat","type":"FOLLOW","id":"1",
            "data":{"user":{"id":"7","login":"anna"}}}"#;
        assert_eq!(names(follow), ["Twitchat.FOLLOW", "Twitch.Follow"]);
    }

    #[test]
    fn an_event_of_obs_is_read_as_obs_sends_it() {
        assert_eq!(
            names(r#"{"eventType":"InputMuteStateChanged","eventData":{"inputName":"Mic"}}"#),
            ["Obs.Event"]
        );
        assert_eq!(
            names(r#"{"eventType":"CustomEvent","eventData":{"from":"deck"}}"#),
            ["Obs.CustomEvent"]
        );
        let vendor = r#"{"eventType":"VendorEvent","eventData":{"vendorName":"move",
            "eventType":"done","eventData":{}}}"#;
        assert_eq!(names(vendor), ["Obs.VendorEvent"]);
        assert_eq!(
            names(r#"{"name":"Obs.CustomEvent","data":{"from":"deck"}}"#),
            ["Obs.CustomEvent"]
        );
    }

    /// Uses the example in `request --help`, and the fields that the first rule of docs/rules.md
    /// reads.
    #[test]
    fn a_published_event_is_completed_as_a_bridge_does() {
        let raid = r#"{"request":"PublishEvent","publish":{"source":"Twitch","type":"Raid"},
            "data":{"user":{"name":"Anna","id":"750146097"},"viewers":12}}"#;
        let raid = read(raid, &mut Decoder::default()).unwrap().remove(0).data;
        assert_eq!(
            (
                raid["displayName"].as_str(),
                raid["viewers"].as_u64(),
                raid["userName"].as_str()
            ),
            (Some("Anna"), Some(12), Some("anna"))
        );
        let refused = read(
            r#"{"publish":{"source":"Twitch","type":"Raid"},"data":{}}"#,
            &mut Decoder::default(),
        )
        .unwrap_err();
        assert!(
            refused.to_string().contains("looked for user{}"),
            "{refused}"
        );
    }

    #[test]
    fn a_text_without_an_event_is_an_error_with_the_reason() {
        let error = |text: &str| read(text, &mut Decoder::default()).unwrap_err().to_string();
        assert_eq!(error(""), "the text is empty");
        assert!(error("{").starts_with("the text is not JSON: EOF"));
        assert!(error(r#"{"hello":1}"#).starts_with("this is not an event: an object with hello."));
    }
}
