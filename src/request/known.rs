//! The fields of each request. A field that a request does not define has no effect, so the reply
//! names it.

use serde_json::{Map, Value};

use crate::{event::cut, input::nearest};

/// Fields that every request may have. `id` and `client` are read before the others.
const ALWAYS: [&str; 4] = ["request", "id", "client", "origin"];

/// Maximum number of unknown fields that a reply names. `LONGEST` limits the characters of each
/// name.
const MOST: usize = 32;
const LONGEST: usize = 64;

const CREDITS: &[&str] = &["spelling", "extended", "limit"];
const CREDITS_OF_SESSION: &[&str] = &["session", "spelling", "extended", "limit"];
const EDIT: &[&str] = &[
    "session",
    "edit",
    "preview",
    "person.platform",
    "person.id",
    "person.name",
    "person.login",
    "into.platform",
    "into.id",
    "into.name",
    "into.login",
    "name",
    "entry",
    "section",
    "value",
];
const EVENTS: &[&str] = &["events"];
const EXPLAIN: &[&str] = &[
    "person.platform",
    "person.id",
    "person.name",
    "person.login",
    "session",
];
const ROLL: &[&str] = &[
    "session",
    "test",
    "testAudience.names",
    "testAudience.seed",
    "testAudience.long",
    "testAudience.rtl",
    "testAudience.emoji",
    "testAudience.mixedCurrency",
    "crowd.names",
    "crowd.seed",
    "crowd.long",
    "crowd.rtl",
    "crowd.emoji",
    "crowd.mixedCurrency",
    "seconds",
    "speed",
    "delay",
    "mode",
    "theme",
    "loop",
];

/// The fields of a request, by its canonical name. The fields of an object have its name and a
/// point before them. Fields that Streamer.bot documents but the bridge does not use, such as
/// `persisted`, are included, because Streamer.bot's clients send them.
pub(super) fn fields(request: &str) -> &'static [&'static str] {
    match request {
        "Subscribe" | "UnSubscribe" => EVENTS,
        "GetEvents" => &["spelling"],
        "DoAction" => &["action.id", "action.name", "args"],
        "GetCredits" => CREDITS_OF_SESSION,
        "TestCredits" => CREDITS,
        "GetSession" | "ReopenSession" => &["session"],
        "JoinSessions" => &["sessions"],
        "SplitSession" => &["session", "at"],
        "DeleteSession" => &["session", "preview"],
        "ExplainPerson" => EXPLAIN,
        "GetActiveViewers" | "ListSessions" => &["limit"],
        "PublishEvent" => &["publish.source", "publish.type", "data", "eventId"],
        "AddToCredits" => &["section", "value"],
        "EditCredits" => EDIT,
        "Undo" => &["session", "steps"],
        "Forget" => &[
            "person.platform",
            "person.id",
            "person.name",
            "person.login",
            "preview",
            "permit",
        ],
        "FindPerson" => &[
            "person.platform",
            "person.id",
            "person.name",
            "person.login",
            "limit",
        ],
        "TestRule" => &["name", "data", "rule", "suppose"],
        "RollCredits" | "GetRoll" => ROLL,
        "ControlCredits" => &["command", "value", "at"],
        "OverlayReport" => &[
            "page",
            "state",
            "roll",
            "seconds",
            "elapsedMs",
            "rate",
            "test",
            "names",
            "pace",
            "warnings",
        ],
        "SendMessage" => &[
            "platform",
            "message",
            "bot",
            "internal",
            "replyId",
            "broadcastId",
        ],
        "SetSetting" => &["key", "value"],
        "Authenticate" => &["authentication"],
        "ExecuteCodeTrigger" => &["triggerName", "args"],
        "GetGlobals" => &["persisted"],
        "GetGlobal" => &["variable", "persisted"],
        "GetUserPronouns" => &["platform", "userLogin"],
        name if name.ends_with("GetUserGlobals") => &["variable", "persisted"],
        name if name.ends_with("GetUserGlobal") => &["userId", "variable", "persisted"],
        _ => &[],
    }
}

/// The fields of a request that the request does not define.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unknown {
    request: &'static str,
    fields: Vec<Box<str>>,
    /// The number of further unknown fields, beyond the maximum.
    more: usize,
}

impl Unknown {
    /// The unknown fields in `given`. Empty for an unknown request, because its error is
    /// sufficient.
    pub(super) fn of(request: Option<&'static str>, given: &Map<String, Value>) -> Self {
        let Some(request) = request else {
            return Self::default();
        };
        let mut unknown = Self {
            request,
            ..Self::default()
        };
        for (field, value) in given {
            let within = || {
                fields(request)
                    .iter()
                    .filter_map(|known| known.strip_prefix(&**field)?.strip_prefix('.'))
            };
            if within().next().is_some() {
                let inner = value
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(inner, _)| inner);
                inner
                    .filter(|inner| !within().any(|known| known == *inner))
                    .for_each(|inner| unknown.add(&format!("{field}.{inner}")));
            } else if !fields(request).contains(&field.as_str())
                && !ALWAYS.contains(&field.as_str())
            {
                unknown.add(field);
            }
        }
        unknown
    }

    fn add(&mut self, field: &str) {
        if self.fields.len() < MOST {
            self.fields.push(cut(field, LONGEST).into());
        } else {
            self.more += 1;
        }
    }

    /// The names of the fields. A field of an object has the object's name before it:
    /// `publish.sorce`.
    pub fn names(&self) -> &[Box<str>] {
        &self.fields
    }

    /// One sentence for each name, and one for the number of further fields.
    pub fn warnings(&self) -> impl Iterator<Item = String> {
        let request = self.request;
        let one = move |field: &str| {
            let hint = nearest(field, fields(request).iter().copied())
                .map(|near| format!("; did you mean \"{near}\"?"));
            format!(
                "{request} has no field \"{field}\", so it has no effect{}",
                hint.unwrap_or_default()
            )
        };
        let more = (self.more > 0).then(|| {
            format!(
                "{} further fields of {request} have no effect either",
                self.more
            )
        });
        self.fields.iter().map(move |field| one(field)).chain(more)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::request::read;

    fn unknown(request: &Value) -> Vec<String> {
        read(&request.to_string())
            .unwrap()
            .unknown
            .names()
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn a_request_names_the_fields_that_it_does_not_have() {
        for (name, _) in super::super::read::REQUESTS {
            let request = json!({ "request": name.to_lowercase(), "id": 1, "client": "c",
                "origin": "overlay", "limmit": 3 });
            assert_eq!(unknown(&request), ["limmit"], "{name}");
        }
        assert!(
            unknown(&json!({ "request": "Dance", "limmit": 3 })).is_empty(),
            "the request itself is unknown"
        );
        let misspelt = read(r#"{"request":"GetCredits","limmit":3,"zzz":1}"#).unwrap();
        assert!(misspelt.call.is_ok());
        assert_eq!(
            misspelt.unknown.warnings().collect::<Vec<_>>(),
            [
                "GetCredits has no field \"limmit\", so it has no effect; did you mean \
                    \"limit\"?",
                "GetCredits has no field \"zzz\", so it has no effect"
            ]
        );
    }

    #[test]
    fn fields_of_fixed_objects_are_checked_but_never_the_callers_own_data() {
        let publish = json!({ "request": "PublishEvent", "publish": { "source": "A", "typ": "B" },
            "data": { "any": { "thing": 1 } } });
        assert_eq!(unknown(&publish), ["publish.typ"]);
        let action =
            json!({ "request": "DoAction", "action": { "nmae": "x" }, "args": { "own": 1 } });
        assert_eq!(unknown(&action), ["action.nmae"]);
        assert_eq!(
            unknown(&json!({ "request": "RollCredits", "crowd": { "name": 3 }, "sped": 2 })),
            ["crowd.name", "sped"]
        );
        assert!(
            unknown(&json!({ "request": "AddToCredits", "section": "A", "value": { "own": 1 } }))
                .is_empty()
        );
        assert!(unknown(&json!({ "request": "GetRoll", "crowd": true })).is_empty());
        assert!(unknown(&json!({ "request": "GetRoll", "testAudience": true })).is_empty());
    }

    /// The requests that @streamerbot/client 1.12 sends.
    #[test]
    fn requests_of_streamer_bots_own_client_are_known() {
        for request in [
            json!({ "request": "Authenticate", "authentication": "x" }),
            json!({ "request": "Subscribe", "events": { "Twitch": ["Follow"] } }),
            json!({ "request": "UnSubscribe", "events": { "Twitch": ["Follow"] } }),
            json!({ "request": "DoAction", "action": { "id": "a", "name": "b" }, "args": {} }),
            json!({ "request": "ExecuteCodeTrigger", "triggerName": "x", "args": {} }),
            json!({ "request": "GetGlobals", "persisted": true }),
            json!({ "request": "GetGlobal", "variable": "x", "persisted": true }),
            json!({ "request": "TwitchGetUserGlobals", "variable": null, "persisted": true }),
            json!({ "request": "KickGetUserGlobal", "userId": "7", "variable": null,
                "persisted": true }),
            json!({ "request": "SendMessage", "platform": "twitch", "message": "x", "bot": false,
                "internal": true, "replyId": "1" }),
            json!({ "request": "SendMessage", "platform": "youtube", "message": "x", "bot": false,
                "internal": true, "broadcastId": "1" }),
            json!({ "request": "GetUserPronouns", "platform": "twitch", "userLogin": "x" }),
        ] {
            assert!(unknown(&request).is_empty(), "{request}");
        }
    }

    #[test]
    fn a_reply_repeats_a_bounded_part_of_unknown_fields() {
        let mut request: Map<String, Value> = (0..1_000)
            .map(|number| (format!("{number:0>200}"), json!(1)))
            .collect();
        request.insert("request".into(), "GetInfo".into());
        let unknown = read(&Value::Object(request).to_string()).unwrap().unknown;
        assert_eq!(
            (unknown.names().len(), unknown.warnings().last().unwrap()),
            (
                32,
                "968 further fields of GetInfo have no effect either".into()
            )
        );
        assert!(
            unknown
                .names()
                .iter()
                .all(|name| name.chars().count() <= LONGEST + 1)
        );
    }
}
