//! PURE. Requests to the bridge over OBS, and the envelopes of replies.
//!
//! A request is an `eventData` with a text in `request`; other keys do not matter. Every error
//! names the field. This module does not know the state that answers a request.

mod call;
mod depth;
mod edit;
mod error;
mod fields;
mod known;
mod permission;
mod read;
mod read_edit;
mod read_roll;
mod read_session;
pub mod reply;
mod roll;
mod rule_test;
mod session;
mod session_command;
pub mod status_keys;

use serde_json::{Map, Value};

use crate::event::unique;
use depth::{DEEPEST, depth};
use fields::{Fields, RawFields};

pub use call::{Call, CreditsOptions, Names, Platform};
pub use edit::{By, EditRequest, PersonQuery, SessionEdit};
pub use error::RequestError;
pub use known::Unknown;
pub use permission::{Guarded, Permissions};
pub use read::known_names;
pub use roll::{Command, PageState, Place, Report, RollOptions};
pub use rule_test::{RuleTest, SUPPOSED};
pub use session::{SESSION, SessionQuery};
pub use session_command::{SPLIT_TIME, SessionCommand, SplitTime};

/// Maximum length of an `id` that a reply repeats, in bytes of JSON.
const LONGEST_ID: usize = 64 * 1024;
/// Maximum length of a `client`, in bytes of JSON. It is stored with its subscriptions and shown in
/// `GetStatus`.
const LONGEST_CLIENT: usize = 1024;
/// The sender of a request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asker {
    /// The request's id as JSON text, as received. `None` if it has no id, or an id that a reply
    /// cannot repeat.
    pub id: Option<Box<str>>,
    /// A name that the client has chosen, as JSON text. `None` if it has no name, or a name that a
    /// reply cannot repeat.
    pub client: Option<Box<str>>,
}

impl Asker {
    /// The client's name in one canonical JSON spelling. Empty for all clients without a name.
    pub fn key(&self) -> String {
        let name = self
            .client
            .as_deref()
            .and_then(|json| serde_json::from_str::<Value>(json).ok());
        name.as_ref().map(ToString::to_string).unwrap_or_default()
    }
}

/// If the request has an error, `call` contains the error.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    pub asker: Asker,
    /// The name as received.
    pub name: Box<str>,
    /// The request with its fields, or why it cannot be answered.
    pub call: Result<Call, RequestError>,
    /// Fields that this request does not define.
    pub unknown: Unknown,
}

/// Returns `None` if the text is not a request; then no reply is sent.
pub fn read(whole: &str) -> Option<Request> {
    let RawFields {
        request,
        id,
        client,
        rest,
        twice,
    } = RawFields::read(whole)?;
    let name: Box<str> = serde_json::from_str(request?.get()).ok()?;
    let (mut asker, mut call) = (Asker::default(), Ok(()));
    for (field, raw, most, kept) in [
        ("id", id, LONGEST_ID, &mut asker.id),
        ("client", client, LONGEST_CLIENT, &mut asker.client),
    ] {
        match raw.map_or(Ok(()), |raw| repeatable(raw.get(), most)) {
            Ok(()) => *kept = raw.map(|raw| raw.get().into()),
            Err(why) => call = Err(RequestError::Unrepeatable { field, why }),
        }
    }
    if let Some(field) = twice {
        call = Err(RequestError::Unreadable(unique::twice(field)));
    }
    let (call, unknown) = match call.and_then(|()| Fields::read(rest)) {
        Ok(fields) => {
            let unknown = Unknown::of(read::canonical(&name), &fields);
            (read::read(&name, fields), unknown)
        }
        Err(error) => (Err(error), Unknown::default()),
    };
    Some(Request {
        asker,
        name,
        call,
        unknown,
    })
}

/// Whether a reply can contain this JSON. The library for OBS parses each message once more before
/// it sends it.
fn repeatable(json: &str, most: usize) -> Result<(), String> {
    if json.len() > most {
        return Err(format!(
            "must have at most {most} bytes of JSON (got {})",
            json.len()
        ));
    }
    if depth(json) > DEEPEST {
        return Err(format!("must nest at most {DEEPEST} levels deep"));
    }
    serde_json::from_str::<Value>(json)
        .map(drop)
        .map_err(|error| format!("cannot be read ({error})"))
}

/// Reads a request from a step of a rule instead of from OBS.
pub fn of(name: &str, fields: Map<String, Value>) -> Result<Call, RequestError> {
    read::read(name, fields)
}

/// The fields in `fields` that the request does not define.
pub fn unknown(name: &str, fields: &Map<String, Value>) -> Unknown {
    Unknown::of(read::canonical(name), fields)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::credits::Spelling;

    fn error(request: &Value) -> String {
        read(&request.to_string())
            .unwrap()
            .call
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn a_message_without_a_request_text_is_not_a_request() {
        for text in [
            "{}",
            "[]",
            "7",
            "",
            r#"{"request":7}"#,
            r#"{"request":null}"#,
            r#"{"request":{"a":1}}"#,
            "{\"request\":\"GetInfo\"",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn id_and_client_come_back_as_they_were_and_case_does_not_matter() {
        let request = read(
            r#"{"request":"getcredits","id":[1,{"a":null}],"client":7,"extended":true,
                    "limit":5,"spelling":"SEED"}"#,
        )
        .unwrap();
        assert_eq!(
            request.asker,
            Asker {
                id: Some(r#"[1,{"a":null}]"#.into()),
                client: Some("7".into())
            }
        );
        let options = CreditsOptions {
            spelling: Some(Spelling::Legacy),
            extended: true,
            limit: Some(5),
        };
        assert_eq!(request.call, Ok(Call::GetCredits(options)));
    }

    #[test]
    fn a_request_with_an_unreadable_number_gets_a_reply() {
        let deep = format!(
            r#"{{"request":"GetInfo","id":"a","x":{}1{}}}"#,
            "[".repeat(10_000),
            "]".repeat(10_000)
        );
        let others = [
            r#"{"request":"GetInfo","id":"a","x":1e999}"#,
            r#"{"x":"\ud800","request":"GetInfo","id":"a"}"#,
            r#"{"\ud800":1,"request":"GetInfo","id":"a"}"#,
        ];
        for text in [&*deep].into_iter().chain(others) {
            let request = read(text).unwrap();
            assert_eq!(request.asker.id.as_deref(), Some("\"a\""));
            assert!(
                matches!(request.call, Err(RequestError::Unreadable(_))),
                "{:?}",
                request.call
            );
        }
        assert_eq!(read(r#"{"request":["GetInfo"],"x":1e999}"#), None);
    }

    #[test]
    fn an_id_comes_back_as_it_is_written_however_deep_it_nests() {
        let id = format!("{}1.50{}", "[".repeat(DEEPEST), "]".repeat(DEEPEST));
        let request = read(&format!(r#"{{"request":"GetInfo","id":{id}}}"#)).unwrap();
        assert_eq!(
            (request.asker.id.as_deref(), request.call),
            (Some(&*id), Ok(Call::GetInfo))
        );
    }

    #[test]
    fn an_id_or_a_client_that_no_reply_can_repeat_is_an_error() {
        let deep = format!("{}1{}", "[".repeat(20_000), "]".repeat(20_000));
        let long = format!("\"{}\"", "x".repeat(LONGEST_ID));
        for (id, why) in [
            (&*deep, "at most 100 levels deep"),
            (&long, "at most 65536 bytes"),
            ("\"\\udc00\"", "cannot be read"),
            ("1e999", "cannot be read"),
        ] {
            let request = read(&format!(
                r#"{{"client":"c","id":{id},"request":"GetInfo"}}"#
            ))
            .unwrap();
            assert_eq!(
                (request.asker.id.as_deref(), request.asker.client.as_deref()),
                (None, Some("\"c\""))
            );
            let error = request.call.unwrap_err().to_string();
            assert!(error.starts_with("`id` ") && error.contains(why), "{error}");
        }
        let client = format!("\"{}\"", "x".repeat(LONGEST_CLIENT));
        let request = read(&format!(
            r#"{{"client":{client},"id":7,"request":"GetInfo"}}"#
        ))
        .unwrap();
        assert_eq!(
            (request.asker.id.as_deref(), request.asker.client),
            (Some("7"), None)
        );
        assert!(
            request
                .call
                .unwrap_err()
                .to_string()
                .starts_with("`client` must have at most 1024 bytes")
        );
    }

    #[test]
    fn a_client_is_the_same_however_its_name_is_spelled() {
        let key = |client: &str| {
            read(&format!(r#"{{"client":{client},"request":"GetInfo"}}"#))
                .unwrap()
                .asker
                .key()
        };
        assert_eq!(key(r#"{"a": 1, "b":"\u0041"}"#), key(r#"{"b":"A","a":1}"#));
        assert_eq!(read(r#"{"request":"GetInfo"}"#).unwrap().asker.key(), "");
    }

    #[test]
    fn values_are_read_as_those_of_actions() {
        let text = json!({ "request": "GetCredits", "limit": "5", "extended": "true" });
        let number = json!({ "request": "GetCredits", "limit": 5.0, "extended": true });
        let wanted = read(&number.to_string()).unwrap().call.unwrap();
        let Call::GetCredits(options) = &wanted else {
            panic!("{wanted:?}")
        };
        assert_eq!((options.limit, options.extended), (Some(5), true));
        assert_eq!(read(&text.to_string()).unwrap().call, Ok(wanted));
        let speed = json!({ "request": "RollCredits", "speed": "80" });
        assert_eq!(
            read(&speed.to_string()).unwrap().call,
            read(r#"{"request":"RollCredits","speed":80}"#)
                .unwrap()
                .call
        );
    }

    #[test]
    fn part_of_a_name_suggests_the_request() {
        assert_eq!(
            error(&json!({ "request": "Emotes" })),
            "unknown request \"Emotes\"; did you mean TwitchGetEmotes?"
        );
    }

    #[test]
    fn the_error_that_the_docs_show_is_the_one_of_the_program() {
        let error = error(&json!({ "request": "GetCredits", "limit": "ten" }));
        let error = json!({ "error": error }).to_string();
        let shown = error.trim_matches(['{', '}']);
        let docs = include_str!("../../docs/bus.md");
        assert!(docs.contains(shown), "docs/bus.md has no {shown}");
    }

    #[test]
    fn a_name_without_end_is_cut() {
        let text = error(&json!({ "request": "é".repeat(10 << 20) }));
        assert!(
            text.len() < 1_000 && text.contains("é…"),
            "{} bytes",
            text.len()
        );
    }

    #[test]
    fn errors_name_the_field_and_the_allowed_values() {
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
                json!({ "request": "PublishEvent", "publish": { "source": "Twitch",
                    "type": "Raid" } }),
                json!({ "request": "PublishEvent", "publish": { "source": "Twitch",
                    "type": "Raid" }, "data": [] }),
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
