//! Translates actions between the old and the new naming if not only names have changed: several
//! old actions became one action with a parameter.
//!
//! Each function takes the data of one row, with all defaults filled in, and returns the name and
//! data in the other naming.

#![expect(
    clippy::unnecessary_wraps,
    clippy::needless_pass_by_value,
    reason = "all functions in a row have the same type"
)]

use serde_json::{Map, Value, json};

/// The reason why data has no counterpart, and the closest actions.
#[derive(Debug)]
pub(super) struct Untranslated {
    pub(super) why: &'static str,
    pub(super) nearest: &'static [&'static str],
}

type Data = Map<String, Value>;
type Turned = Result<(&'static str, Data), Untranslated>;
/// A function that translates the data of an action to the other naming.
pub(super) type Turn = fn(Data) -> Turned;

/// The distance that Twitchat scrolls if `scrollBy` is 0.
const USUAL_SCROLL: f64 = 100.0;

fn data<const N: usize>(fields: [(&str, Option<Value>); N]) -> Data {
    fields
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value?)))
        .collect()
}

pub(super) fn pause(mut old: Data) -> Turned {
    Ok((
        "SET_CHAT_FEED_PAUSE_STATE",
        data([
            ("colIndex", old.remove("col")),
            ("pause", Some(json!(true))),
        ]),
    ))
}

pub(super) fn unpause(mut old: Data) -> Turned {
    Ok((
        "SET_CHAT_FEED_PAUSE_STATE",
        data([
            ("colIndex", old.remove("col")),
            ("pause", Some(json!(false))),
        ]),
    ))
}

pub(super) fn pause_state(mut new: Data) -> Turned {
    let column = data([("col", new.remove("colIndex"))]);
    match new.get("pause") {
        Some(Value::Bool(true)) => Ok(("CHAT_FEED_PAUSE", column)),
        Some(Value::Bool(false)) => Ok(("CHAT_FEED_UNPAUSE", column)),
        _ => Err(Untranslated {
            why: "it needs `pause`",
            nearest: &["CHAT_FEED_PAUSE", "CHAT_FEED_UNPAUSE"],
        }),
    }
}

/// The distance to scroll.
fn distance(data: &Data) -> f64 {
    let given = data
        .get("scrollBy")
        .and_then(Value::as_f64)
        .unwrap_or_default();
    if given == 0.0 { USUAL_SCROLL } else { given }
}

/// A JSON number. It has no decimals if it is whole, because that is easier to read.
fn number(value: f64) -> Value {
    format!("{value}")
        .parse::<i64>()
        .map_or_else(|_| json!(value), |whole| json!(whole))
}

fn set_scroll(mut old: Data, by: f64, mode: &str) -> Turned {
    let data = data([
        ("colIndex", old.remove("col")),
        ("scrollBy", Some(number(by))),
        ("mode", Some(mode.into())),
    ]);
    Ok(("SET_CHAT_FEED_SCROLL", data))
}

pub(super) fn scroll_up(old: Data) -> Turned {
    let by = -distance(&old);
    set_scroll(old, by, "pixels")
}

pub(super) fn scroll_down(old: Data) -> Turned {
    let by = distance(&old);
    set_scroll(old, by, "pixels")
}

pub(super) fn scroll(old: Data) -> Turned {
    let by = distance(&old);
    set_scroll(old, by, "messages")
}

pub(super) fn scroll_by_mode(mut new: Data) -> Turned {
    let by = distance(&new);
    let (kind, by) = match new.get("mode").and_then(Value::as_str) {
        Some("messages") => ("CHAT_FEED_SCROLL", by),
        _ if by < 0.0 => ("CHAT_FEED_SCROLL_UP", -by),
        _ => ("CHAT_FEED_SCROLL_DOWN", by),
    };
    Ok((
        kind,
        data([
            ("col", new.remove("colIndex")),
            ("scrollBy", Some(number(by))),
        ]),
    ))
}

pub(super) fn start_emergency(_: Data) -> Turned {
    Ok((
        "SET_EMERGENCY_MODE",
        data([
            ("enabled", Some(json!(true))),
            ("promptConfirmation", Some(json!(true))),
        ]),
    ))
}

pub(super) fn stop_emergency(_: Data) -> Turned {
    Ok((
        "SET_EMERGENCY_MODE",
        data([("enabled", Some(json!(false)))]),
    ))
}

/// Translates an action with a confirmation, which only Twitchat 17 has as a parameter.
pub(super) fn emergency_mode(mut new: Data) -> Turned {
    if new.remove("promptConfirmation") == Some(json!(true)) {
        Ok(("START_EMERGENCY", Data::new()))
    } else {
        Ok(("SET_EMERGENCY_MODE", new))
    }
}

pub(super) fn voice_on(_: Data) -> Turned {
    Ok((
        "SET_VOICE_CONTROL_STATE",
        data([("enabled", Some(json!(true)))]),
    ))
}

pub(super) fn voice_off(_: Data) -> Turned {
    Ok((
        "SET_VOICE_CONTROL_STATE",
        data([("enabled", Some(json!(false)))]),
    ))
}

pub(super) fn voice_state(new: Data) -> Turned {
    match new.get("enabled") {
        Some(Value::Bool(true)) => Ok(("ENABLE_STT", Data::new())),
        Some(Value::Bool(false)) => Ok(("DISABLE_STT", Data::new())),
        _ => Err(Untranslated {
            why: "it needs `enabled`",
            nearest: &["ENABLE_STT", "DISABLE_STT"],
        }),
    }
}

pub(super) fn toggle_trigger(mut old: Data) -> Turned {
    let forced = match old.get("triggerAction").and_then(Value::as_str) {
        Some("disable") => Some(json!(false)),
        Some("toggle") => None,
        _ => Some(json!(true)),
    };
    Ok((
        "SET_TRIGGER_STATE",
        data([("id", old.remove("triggerId")), ("forcedState", forced)]),
    ))
}

pub(super) fn trigger_state(mut new: Data) -> Turned {
    let action = match new.get("forcedState") {
        Some(Value::Bool(true)) => "enable",
        Some(Value::Bool(false)) => "disable",
        _ => "toggle",
    };
    Ok((
        "TOGGLE_TRIGGER",
        data([
            ("triggerId", new.remove("id")),
            ("triggerAction", Some(action.into())),
        ]),
    ))
}
