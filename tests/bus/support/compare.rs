//! Replies, brought into a form in which two of them can be compared.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// Belongs to one run.
const OF_THE_RUN: [&str; 4] = ["id", "bridge", "seq", "client"];
/// Belongs to a run's clock.
const OF_THE_CLOCK: [&str; 4] = ["first", "last", "timestamp", "timeStamp"];
/// Lists whose order means something; in all others it is the order of arrival, which OBS does not
/// keep.
const RANKED: [&str; 3] = ["TopBits", "TopChannelRewards", "top"];

/// What a reply says, without what belongs to this one reply.
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

/// Drops the clock's times and puts sets in one order; how often something stands in a list still
/// counts. 2.0 is 2, as in JavaScript.
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

/// A list of names as a sorted list: a set in which doubles still show.
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

/// Every place in which a value differs from what it should be: the whole of both would fill
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
