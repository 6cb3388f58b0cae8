//! Normalises replies for a comparison.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// Keys whose values differ in each run.
const OF_THE_RUN: [&str; 4] = ["id", "bridge", "seq", "client"];
/// Keys whose values depend on the clock.
const OF_THE_CLOCK: [&str; 4] = ["first", "last", "timestamp", "timeStamp"];
/// Lists whose order matters. All other lists are in the order of arrival, which OBS changes.
const RANKED: [&str; 3] = ["TopBits", "TopChannelRewards", "top"];

/// The content of a reply without its envelope.
pub(crate) fn credits_of(reply: &Value) -> Value {
    assert_eq!(reply["status"], "ok", "{reply}");
    let Value::Object(fields) = reply else {
        panic!("{reply}")
    };
    let kept = fields
        .iter()
        .filter(|(key, _)| !OF_THE_RUN.contains(&key.as_str()));
    comparable(&Value::Object(
        kept.map(|(key, value)| (key.clone(), value.clone()))
            .collect(),
    ))
}

/// Removes times and sorts sets. Duplicates in a list stay. 2.0 equals 2, as in JavaScript.
pub(crate) fn comparable(value: &Value) -> Value {
    compare(value, false)
}

fn compare(value: &Value, ranked: bool) -> Value {
    match value {
        Value::Array(list) => {
            let mut list: Vec<_> = list.iter().map(|item| compare(item, ranked)).collect();
            if !ranked {
                list.sort_by_cached_key(ToString::to_string);
            }
            list.into()
        }
        Value::Object(fields) => {
            let kept = fields
                .iter()
                .filter(|(key, _)| !OF_THE_CLOCK.contains(&key.as_str()));
            let kept = kept.map(|(key, value)| {
                (
                    key.clone(),
                    compare(value, ranked || RANKED.contains(&key.as_str())),
                )
            });
            Value::Object(kept.collect::<Map<_, _>>())
        }
        Value::Number(number) if number.is_f64() => {
            match number.to_string().strip_suffix(".0").map(str::parse::<i64>) {
                Some(Ok(whole)) => whole.into(),
                _ => value.clone(),
            }
        }
        other => other.clone(),
    }
}

/// The names in a list, sorted, so that duplicates are still visible.
pub(crate) fn names(list: &Value) -> Vec<String> {
    let mut names: Vec<_> = list
        .as_array()
        .unwrap_or_else(|| panic!("no list: {list}"))
        .iter()
        .map(|name| name.as_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

/// All places at which a value differs from the expected value. Both values as a whole would fill
/// screens.
pub(crate) fn differences(is: &Value, should_be: &Value) -> Vec<String> {
    let mut found = Vec::new();
    differ("", is, should_be, &mut found);
    found
}

fn differ(at: &str, is: &Value, should_be: &Value, found: &mut Vec<String>) {
    match (is, should_be) {
        (Value::Object(is), Value::Object(should_be)) => {
            let absent = Value::from("(absent)");
            let keys: BTreeSet<_> = is.keys().chain(should_be.keys()).collect();
            for key in keys {
                differ(
                    &format!("{at}/{key}"),
                    is.get(key).unwrap_or(&absent),
                    should_be.get(key).unwrap_or(&absent),
                    found,
                );
            }
        }
        _ if is == should_be => {}
        _ => found.push(format!(
            "{at}:\n    is        {is}\n    should be {should_be}"
        )),
    }
}
