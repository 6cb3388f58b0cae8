//! Reads a text frame of an identified session in one parse that borrows from it. Used by
//! `event_connection` for up to 70,000 frames a second.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::event::{ObsEvent, Peek, Received};

#[derive(Debug)]
pub(super) enum Frame {
    Custom(Received),
    /// OBS is starting to shut down.
    ExitStarted,
    /// An event other than a `CustomEvent`. OBS sends it only to connections that have subscribed
    /// to it.
    Event(ObsEvent),
    /// A message that is not an event.
    Other,
    /// A text that is not JSON, or does not have obs-websocket's form.
    Bad,
}

#[derive(Deserialize)]
struct Outer<'a> {
    #[serde(borrow)]
    d: Inner<'a>,
}

/// OBS writes keys in alphabetical order, so `eventData` comes before the type, which decides
/// whether the data matters.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Inner<'a> {
    #[serde(default)]
    event_type: &'a str,
    #[serde(borrow, default)]
    event_data: Option<Peek<'a>>,
}

pub(super) fn read(text: &str) -> Frame {
    let Ok(Outer { d }) = serde_json::from_str::<Outer<'_>>(text) else {
        return Frame::Bad;
    };
    match (d.event_type, d.event_data) {
        ("CustomEvent", Some(peek)) => Frame::Custom(peek.keep(|| whole(text))),
        ("CustomEvent", None) => Frame::Bad,
        ("ExitStarted", _) => Frame::ExitStarted,
        ("", _) => Frame::Other,
        (kind, data) => Frame::Event(ObsEvent {
            kind: kind.into(),
            data: data.and_then(|_| whole(text)),
        }),
    }
}

/// The complete `eventData`, found by a second parse, because only few messages need it.
fn whole(text: &str) -> Option<Box<RawValue>> {
    #[derive(Deserialize)]
    struct Outer<'a> {
        #[serde(borrow)]
        d: Inner<'a>,
    }
    #[derive(Deserialize)]
    struct Inner<'a> {
        #[serde(borrow, rename = "eventData")]
        event_data: &'a RawValue,
    }
    serde_json::from_str::<Outer<'_>>(text)
        .ok()
        .map(|outer| outer.d.event_data.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A frame in the form that OBS 30.2 sends.
    fn custom(event_data: &str) -> String {
        format!(
            r#"{{"d":{{"eventData":{event_data},"eventIntent":1,"eventType":"CustomEvent"}},
                "op":5}}"#
        )
    }

    #[test]
    fn twitchat_is_kept_in_parts() {
        let Frame::Custom(Received::Twitchat(message)) = read(&custom(
            r#"{"data":{"a":1},"id":"7","origin":"twitchat","type":"FOLLOW"}"#,
        )) else {
            panic!()
        };
        assert_eq!(
            (
                &*message.kind,
                message.id.as_deref(),
                message.data.unwrap().get()
            ),
            ("FOLLOW", Some("7"), r#"{"a":1}"#)
        );
    }

    #[test]
    fn requests_and_bridges_are_kept_whole() {
        let request = r#"{"id":"1", "request":"GetCredits"}"#;
        assert!(matches!(read(&custom(request)),
                Frame::Custom(Received::Request(raw)) if raw.get() == request));
        let hello = r#"{"origin":"twitchat-bridge","request":"Hello"}"#;
        let frame = custom(hello);
        let Frame::Custom(Received::Bridge(raw)) = read(&frame) else {
            panic!("{hello} is a message of a bridge");
        };
        assert_eq!(raw.get(), hello);
    }

    #[test]
    fn other_events_are_distinguished() {
        assert!(matches!(
            read(r#"{"d":{"eventIntent":1,"eventType":"ExitStarted"},"op":5}"#),
            Frame::ExitStarted
        ));
        assert!(matches!(
            read(r#"{"d":{"eventType":"VendorEvent","eventData":{"eventType":"x"}},"op":5}"#),
            Frame::Event(ObsEvent { kind, data: Some(data) })
                if &*kind == "VendorEvent" && data.get() == r#"{"eventType":"x"}"#
        ));
        assert!(matches!(
            read(r#"{"d":{"eventType":"StudioModeStateChanged"},"op":5}"#),
            Frame::Event(ObsEvent { data: None, .. })
        ));
        assert!(matches!(
            read(r#"{"op":7,"d":{"requestId":"1","requestStatus":{"code":100,"result":true}}}"#),
            Frame::Other
        ));
        for bad in [
            "",
            "{",
            "[]",
            "null",
            r#"{"op":5}"#,
            &custom("7"),
            &custom("null"),
            r#"{"op":5,"d":3}"#,
        ] {
            assert!(matches!(read(bad), Frame::Bad), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in ".*", event_data in ".*") {
            let _frame = read(&text);
            let _frame = read(&custom(&event_data));
        }
    }
}
