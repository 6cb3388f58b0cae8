//! PURE. Requests to the bridge as they travel over OBS: reading them, and the envelopes of replies.
//!
//! A request is an `eventData` with a text in `request`, whatever else is in it. All that is wrong with it becomes an error that names the
//! field; nothing here knows the state that answers it.

mod call;
mod fields;
pub mod reply;
mod roll;

use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};

use fields::Fields;

pub use call::{Call, CreditsWish, Names, Platform};
pub use roll::{Command, PageState, Place, Report, RollWish};

/// Who asks, and how to tell them apart.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Asker {
    /// The request's id as it came; nothing if it had none.
    pub id: Option<Value>,
    /// A name of the asker's choice.
    pub client: Option<Value>,
}

/// A request, and what is wrong with it if something is.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Who asks.
    pub asker: Asker,
    /// The name as it came.
    pub name: Box<str>,
    /// What is asked for.
    pub call: Result<Call, RequestError>,
}

/// Why a request cannot be answered. The texts stand in the reply's `error`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// JSON that cannot be taken apart: nested too deeply, a number too large, half a character.
    #[error("the request cannot be read: {0}")]
    Unreadable(String),
    /// No such request.
    #[error("unknown request \"{name}\"; {hint}")]
    Unknown {
        /// The name as it came.
        name: Box<str>,
        /// The nearest name, or all of them.
        hint: String,
    },
    /// A field that must be there is not.
    #[error("field \"{field}\" is missing: {expected}")]
    Missing {
        /// Its path.
        field: &'static str,
        /// What belongs there.
        expected: &'static str,
    },
    /// A field holds something else than it must.
    #[error("field \"{field}\" is {found}: {expected}")]
    Wrong {
        /// Its path.
        field: &'static str,
        /// What it holds.
        found: &'static str,
        /// What belongs there.
        expected: &'static str,
    },
    /// A published event lacks what its section needs.
    #[error("field \"data\": {0}")]
    Data(String),
    /// What is asked for is not to be had here.
    #[error("{0}")]
    Unavailable(String),
    /// The reply would be too large for OBS.
    #[error("the reply would be {size} bytes, and OBS carries 16 MiB at most: set \"limit\" to the number of names you want per list")]
    TooLarge {
        /// Its size.
        size: usize,
    },
    /// What has to be stored cannot be, because the journal cannot be written. Nothing was done.
    #[error("the bridge cannot write its journal right now, so it cannot store this: try again later ({0})")]
    NotDurable(String),
    /// The journal cannot be written any more, and what was asked for is done already.
    #[error(
        "this is done, and it is counted in memory, but it is not on disk yet: the bridge cannot write its journal right now, and stores it as soon as it can. Do not send it again ({0})"
    )]
    NotYetDurable(String),
}

/// Reads a request. Nothing if it is none: then nobody waits for a reply.
pub fn read(whole: &str) -> Option<Request> {
    let mut map = match serde_json::from_str::<Value>(whole) {
        Ok(Value::Object(map)) => map,
        Ok(_) => return None,
        Err(error) => return unreadable(whole, &error),
    };
    let Some(Value::String(name)) = map.remove("request") else { return None };
    let asker = Asker { id: map.remove("id"), client: map.remove("client") };
    let call = call::read(&name, Fields(map));
    Some(Request { asker, name: name.into(), call })
}

/// Reads a request that does not come over OBS but from a step of a rule: its name and its fields.
pub fn of(name: &str, fields: Map<String, Value>) -> Result<Call, RequestError> {
    call::read(name, Fields(fields))
}

/// Somewhere in it is something that no value can hold. Who asked still waits for a reply.
fn unreadable(whole: &str, error: &serde_json::Error) -> Option<Request> {
    #[derive(Deserialize)]
    struct Outline<'a> {
        #[serde(borrow)]
        request: &'a RawValue,
        #[serde(borrow, default)]
        id: Option<&'a RawValue>,
        #[serde(borrow, default)]
        client: Option<&'a RawValue>,
    }
    let outline: Outline<'_> = serde_json::from_str(whole).ok()?;
    let name: Box<str> = serde_json::from_str(outline.request.get()).ok()?;
    let value = |raw: Option<&RawValue>| raw.and_then(|raw| serde_json::from_str(raw.get()).ok());
    let asker = Asker { id: value(outline.id), client: value(outline.client) };
    Some(Request { asker, name, call: Err(RequestError::Unreadable(error.to_string())) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::credits::Spelling;

    fn error(request: &Value) -> String {
        read(&request.to_string()).unwrap().call.unwrap_err().to_string()
    }

    #[test]
    fn what_has_no_request_text_is_no_request() {
        for text in ["{}", "[]", "7", "", r#"{"request":7}"#, r#"{"request":null}"#, r#"{"request":{"a":1}}"#, "{\"request\":\"GetInfo\""] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn id_and_client_come_back_as_they_were_and_case_does_not_matter() {
        let request =
            read(r#"{"request":"getcredits","id":[1,{"a":null}],"client":7,"extended":true,"limit":5,"spelling":"SEED"}"#).unwrap();
        assert_eq!(request.asker, Asker { id: Some(json!([1, { "a": null }])), client: Some(json!(7)) });
        let wish = CreditsWish { spelling: Some(Spelling::Seed), extended: true, limit: Some(5) };
        assert_eq!(request.call, Ok(Call::GetCredits(wish)));
    }

    #[test]
    fn what_no_value_can_hold_is_still_answered() {
        let deep = format!(r#"{{"request":"GetInfo","id":"a","x":{}1{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
        let others = [r#"{"request":"GetInfo","id":"a","x":1e999}"#, r#"{"x":"\ud800","request":"GetInfo","id":"a"}"#];
        for text in [&*deep].into_iter().chain(others) {
            let request = read(text).unwrap();
            assert_eq!(request.asker.id, Some(json!("a")));
            assert!(matches!(request.call, Err(RequestError::Unreadable(_))), "{:?}", request.call);
        }
        assert_eq!(read(r#"{"request":"GetInfo","id":"\udc00"}"#).unwrap().asker, Asker::default());
        assert_eq!(read(r#"{"request":["GetInfo"],"x":1e999}"#), None);
    }

    #[test]
    fn a_name_without_end_is_cut() {
        let text = error(&json!({ "request": "é".repeat(10 << 20) }));
        assert!(text.len() < 1_000 && text.contains("é…"), "{} bytes", text.len());
    }

    #[test]
    fn errors_name_the_field_and_what_belongs_there() {
        insta::assert_snapshot!(
            [
                json!({ "request": "GetCredit" }),
                json!({ "request": "Dance" }),
                json!({ "request": "GetCredits", "spelling": 3 }),
                json!({ "request": "GetCredits", "spelling": "upside down" }),
                json!({ "request": "GetCredits", "limit": -1 }),
                json!({ "request": "GetCredits", "extended": "yes" }),
                json!({ "request": "PublishEvent" }),
                json!({ "request": "PublishEvent", "publish": "Twitch.Raid" }),
                json!({ "request": "PublishEvent", "publish": { "source": "Twitch" } }),
                json!({ "request": "PublishEvent", "publish": { "source": "Twitch", "type": "Raid" } }),
                json!({ "request": "PublishEvent", "publish": { "source": "Twitch", "type": "Raid" }, "data": [] }),
                json!({ "request": "AddToCredits", "value": "x" }),
                json!({ "request": "AddToCredits", "section": " ", "value": "x" }),
                json!({ "request": "AddToCredits", "section": "Thanks" }),
                json!({ "request": "AddToCredits", "section": "Thanks", "value": [1] }),
                json!({ "request": "Subscribe" }),
                json!({ "request": "Subscribe", "events": { "Twitch": "Follow" } }),
                json!({ "request": "UnSubscribe", "events": { "Twitch": [7] } }),
                json!({ "request": "DoAction" }),
                json!({ "request": "DoAction", "action": {} }),
                json!({ "request": "DoAction", "action": { "name": "STOP_TTS" }, "args": "x" }),
                json!({ "request": "SendMessage", "platform": "twitch" }),
                json!({ "request": "SendMessage", "platform": "carrier pigeon", "message": "hi" }),
                json!({ "request": "GetGlobal" }),
                json!({ "request": "ExecuteCodeTrigger" }),
                json!({ "request": "GetUserPronouns", "platform": "twitch" }),
                json!({ "request": "RollCredits", "seconds": "long" }),
                json!({ "request": "RollCredits", "seconds": 0 }),
                json!({ "request": "RollCredits", "mode": "sideways" }),
                json!({ "request": "RollCredits", "crowd": 7 }),
                json!({ "request": "RollCredits", "crowd": { "names": 0 } }),
                json!({ "request": "ControlCredits" }),
                json!({ "request": "ControlCredits", "command": "dance" }),
                json!({ "request": "ControlCredits", "command": "speed" }),
                json!({ "request": "ControlCredits", "command": "goto" }),
                json!({ "request": "ControlCredits", "command": "goto", "value": -1 }),
                json!({ "request": "ControlCredits", "command": "look", "value": "neon" }),
                json!({ "request": "OverlayReport" }),
                json!({ "request": "OverlayReport", "state": "asleep" }),
                json!({ "request": "OverlayReport", "state": "idle", "roll": "x" }),
            ]
            .iter()
            .map(error)
            .collect::<Vec<_>>()
            .join("\n")
        );
    }
}
