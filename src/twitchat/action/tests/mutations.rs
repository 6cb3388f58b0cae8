//! Captured actions with one error each. Each must be refused for the right reason, at the right
//! place.

use serde_json::{Map, Value, json};

use super::{captured, object};
use crate::twitchat::action::{Problem, prepare};

/// The expected reason of the refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    WrongType,
    OutOfRange,
    NotOneOf,
    UnknownKey,
    Missing,
}

fn reason(problem: &Problem) -> Option<Reason> {
    Some(match problem {
        Problem::WrongType { .. } => Reason::WrongType,
        Problem::OutOfRange { .. } => Reason::OutOfRange,
        Problem::NotOneOf { .. } => Reason::NotOneOf,
        Problem::UnknownKey { .. } => Reason::UnknownKey,
        Problem::Missing { .. } => Reason::Missing,
        _ => return None,
    })
}

/// A mutated action: its name, its data, the expected reason, and the parameter's path.
type Mutated = (String, Map<String, Value>, Reason, String);

/// A value of a type that the parameter cannot take. The parameter takes `value`.
fn of_another_type(value: &Value) -> Value {
    match value {
        Value::Object(_) => json!("a text"),
        Value::Array(_) => json!({ "a": 1 }),
        Value::Bool(_) => json!("perhaps"),
        Value::String(_) | Value::Number(_) | Value::Null => json!([["a"]]),
    }
}

/// The paths of all values, including those within objects.
fn paths(data: &Map<String, Value>) -> Vec<String> {
    let mut found = Vec::new();
    for (key, value) in data {
        found.push(format!("/{key}"));
        if let Value::Object(inner) = value {
            found.extend(paths(inner).into_iter().map(|path| format!("/{key}{path}")));
        }
    }
    found
}

/// Objects that may have any fields.
const OPEN: [&str; 2] = ["/user", "/labels"];

fn wrong_types() -> Vec<Mutated> {
    let mut all = Vec::new();
    for (_, name, data) in captured() {
        for path in paths(&data) {
            // In these objects only the fields that Twitchat reads are checked.
            let looked_at = [
                "id",
                "platform",
                "login",
                "displayName",
                "displayNameOriginal",
                "avatarPath",
                "name",
                "color",
            ];
            let within_open = OPEN
                .iter()
                .any(|open| path.starts_with(&format!("{open}/")));
            if within_open && !looked_at.iter().any(|key| path == format!("/user/{key}")) {
                continue;
            }
            let mut mutated = Value::Object(data.clone());
            let place = mutated.pointer_mut(&path).unwrap();
            *place = of_another_type(place);
            all.push((
                name.clone(),
                object(mutated),
                Reason::WrongType,
                path.trim_start_matches('/').replace('/', "."),
            ));
        }
    }
    all
}

fn unknown_keys() -> Vec<Mutated> {
    let with_key = |(_, name, mut data): (_, String, Map<String, Value>)| {
        data.insert("xyzzy".to_owned(), json!(1));
        (name, data, Reason::UnknownKey, "xyzzy".to_owned())
    };
    captured().into_iter().map(with_key).collect()
}

/// Parameters without which Twitchat fails, does nothing or misreads the message. This list comes
/// from Twitchat's handlers, not from the catalogue.
const LEFT_OUT: [(&str, &str); 32] = [
    ("CHAT_FEED_SELECT", "count"),
    ("WHEEL_OVERLAY_START", "items"),
    ("WHEEL_OVERLAY_START", "winner"),
    ("SET_CHAT_HIGHLIGHT_OVERLAY_MESSAGE", "message"),
    ("SET_CHAT_HIGHLIGHT_OVERLAY_MESSAGE", "params"),
    ("SHOW_CLIP", "clip"),
    ("SHOW_CLIP", "params"),
    ("EXECUTE_TRIGGER", "triggerId"),
    ("TOGGLE_TRIGGER", "triggerId"),
    ("SEND_MESSAGE", "message"),
    ("COUNTER_GET", "cid"),
    ("COUNTER_ADD", "counterId"),
    ("COUNTER_ADD", "countAdd"),
    ("TIMER_ADD", "timeAdd"),
    ("COUNTDOWN_ADD", "timeAdd"),
    ("GET_DISTORT_OVERLAY_PARAMETERS", "distortionID"),
    ("GET_BINGO_GRID_PARAMETERS", "bid"),
    ("GET_DONATION_GOALS_OVERLAY_PARAMS", "overlayId"),
    ("QNA_HIGHLIGHT", "qnaId"),
    ("ANIMATED_TEXT_SET", "overlayId"),
    ("ANIMATED_TEXT_SET", "text"),
    ("PLAY_SFXR", "params"),
    ("SET_CHAT_FEED_SCROLL", "mode"),
    ("SET_ANIMATED_TEXT_CONTENT", "queryId"),
    ("SET_COUNTER_ADD", "id"),
    ("SET_TIMER_ADD", "value"),
    ("SET_CHAT_POLL_START", "title"),
    ("SET_CHAT_POLL_START", "choices"),
    ("SET_QNA_SKIP", "id"),
    ("SET_EXECUTE_TRIGGER", "id"),
    ("SET_TRIGGER_STATE", "id"),
    ("SET_ENDING_CREDITS_DATA", "follows"),
];

fn left_out() -> Vec<Mutated> {
    let without = |(name, key): &(&str, &str)| {
        let (_, _, mut data) = captured()
            .into_iter()
            .find(|(_, line, _)| line == name)
            .unwrap();
        data.remove(*key)
            .unwrap_or_else(|| panic!("{name} has no {key}"));
        ((*name).to_owned(), data, Reason::Missing, (*key).to_owned())
    };
    LEFT_OUT.iter().map(without).collect()
}

fn out_of_bounds() -> Vec<Mutated> {
    use Reason::{NotOneOf, OutOfRange};
    let put = [
        ("GREET_FEED_READ", "count", json!(0), OutOfRange),
        ("GREET_FEED_READ", "count", json!(-1), OutOfRange),
        ("GREET_FEED_READ", "count", json!("2.5"), OutOfRange),
        ("CHAT_FEED_READ", "count", json!(0), OutOfRange),
        ("CHAT_FEED_READ", "count", json!(1.5), OutOfRange),
        ("CHAT_FEED_READ", "col", json!(-1), OutOfRange),
        ("CHAT_FEED_READ", "col", json!(101), OutOfRange),
        ("CHAT_FEED_SELECT", "count", json!(0), OutOfRange),
        (
            "CHAT_FEED_SELECT_ACTION_BAN",
            "duration",
            json!(0),
            OutOfRange,
        ),
        (
            "CHAT_FEED_SELECT_ACTION_BAN",
            "duration",
            json!(1_209_601),
            OutOfRange,
        ),
        ("SEND_MESSAGE", "message", json!(" "), OutOfRange),
        ("COUNTER_ADD", "countAdd", json!("1.5"), OutOfRange),
        ("COUNTER_ADD", "countAdd", json!(1.5), OutOfRange),
        ("EXECUTE_TRIGGER", "triggerId", json!(""), OutOfRange),
        ("GET_SUMMARY_DATA", "offset", json!(-1), OutOfRange),
        ("PLAY_SFXR", "volume", json!(100.5), OutOfRange),
        ("PLAY_SFXR", "volume", json!(-0.1), OutOfRange),
        ("WHEEL_OVERLAY_START", "items", json!([]), OutOfRange),
        ("SET_CHAT_POLL_START", "choices", json!(["One"]), OutOfRange),
        ("SET_CHAT_POLL_START", "duration", json!(0), OutOfRange),
        (
            "SET_CHAT_POLL_START",
            "maxVotePerUser",
            json!(0),
            OutOfRange,
        ),
        ("SET_GREET_FEED_READ", "messageCount", json!(0), OutOfRange),
        (
            "SET_ENDING_CREDITS_CONTROL",
            "next",
            json!(false),
            OutOfRange,
        ),
        ("SHOW_CLIP", "clip.duration", json!(-1), OutOfRange),
        ("SHOW_CLIP", "params.position", json!("top"), NotOneOf),
        (
            "SET_CHAT_HIGHLIGHT_OVERLAY_MESSAGE",
            "params.position",
            json!("BL"),
            NotOneOf,
        ),
        (
            "SET_CHAT_HIGHLIGHT_OVERLAY_MESSAGE",
            "user.platform",
            json!("irc"),
            NotOneOf,
        ),
        ("WHEEL_OVERLAY_START", "winner", json!("d"), NotOneOf),
        ("SET_WHEEL_OVERLAY_START", "winner", json!("Miu"), NotOneOf),
        ("COUNTER_ADD", "counterAction", json!("MUL"), NotOneOf),
        ("TOGGLE_TRIGGER", "triggerAction", json!("on"), NotOneOf),
        ("SET_CHAT_FEED_SCROLL", "mode", json!("lines"), NotOneOf),
        ("CUSTOM_CHAT_MESSAGE", "icon", json!("credit"), NotOneOf),
        ("CUSTOM_CHAT_MESSAGE", "style", json!("bold"), NotOneOf),
    ];
    put.into_iter()
        .map(|(name, path, value, reason)| {
            let (_, _, data) = captured()
                .into_iter()
                .find(|(_, line, _)| line == name)
                .unwrap();
            let mut data = Value::Object(data);
            *data
                .pointer_mut(&format!("/{}", path.replace('.', "/")))
                .unwrap() = value;
            (name.to_owned(), object(data), reason, path.to_owned())
        })
        .collect()
}

#[test]
fn each_is_refused_for_the_right_reason_at_the_right_place() {
    let kinds = [wrong_types(), unknown_keys(), left_out(), out_of_bounds()];
    let counts: Vec<_> = kinds.iter().map(Vec::len).collect();
    assert!(counts.iter().sum::<usize>() >= 200, "{counts:?}");
    let mut wrong = Vec::new();
    for (name, data, due, path) in kinds.into_iter().flatten() {
        match prepare(&name, data, None) {
            Ok(_) => wrong.push(format!("{name}: {path} passes, due is {due:?}")),
            Err(problem) if reason(&problem) == Some(due) && problem.parameter() == Some(&path) => {
                let error = problem.to_string();
                assert!(
                    error.contains(&path) && error.contains("For example: "),
                    "{error}"
                );
            }
            Err(problem) => wrong.push(format!("{name}: {path}, due is {due:?}: {problem}")),
        }
    }
    assert!(wrong.is_empty(), "{counts:?}\n{}", wrong.join("\n"));
}

#[test]
fn the_errors_help() {
    let error =
        |name: &str, data: Value| prepare(name, object(data), None).unwrap_err().to_string();
    let wheel = json!({ "items": [{ "id": "a", "label": "Sing" }], "winner": "Sing" });
    insta::assert_snapshot!(
        [
            error("CHAT_FEED_READ", json!({ "count": "many" })),
            error("CHAT_FEED_READ", json!({ "cuont": 5 })),
            error("POLL_TOGGLE", json!({ "show": true })),
            error(
                "SHOW_CLIP",
                json!({ "url": "https://clips.twitch.tv/Slug", "params": { "position": "top" } })
            ),
            error("SHOW_CLIP", json!({ "url": "my clip" })),
            error("WHEEL_OVERLAY_START", wheel),
            error("CUSTOM_CHAT_MESSAGE", json!({ "icon": "hart" })),
            error("TIMER_ADD", json!({ "timeAdd": "soon" })),
            error("OBS_SCENE_CHANGE", json!({})),
            error("CHAT_FED_READ", json!({})),
        ]
        .join("\n")
    );
}
