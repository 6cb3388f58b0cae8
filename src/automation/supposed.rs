//! Replaces values that templates and conditions read with assumed values, for trials of rules.

use serde_json::{Map, Value};

use super::latest::Latest;

/// Merges objects; any other value replaces the previous one.
pub(super) fn merge(into: &mut Value, assumed: &Value) {
    match (into, assumed) {
        (Value::Object(into), Value::Object(assumed)) => {
            for (key, value) in assumed {
                merge(into.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (into, assumed) => *into = assumed.clone(),
    }
}

/// Adds assumed events, by source, type and field: `{"Twitch":{"Follow":{"name":"Anna"}}}`.
pub(super) fn suppose_last(latest: &mut Latest, assumed: &Value) {
    let sources = assumed.as_object().into_iter().flatten();
    for (source, kinds) in sources {
        for (kind, fields) in kinds.as_object().into_iter().flatten() {
            latest.note(
                &format!("{source}.{kind}"),
                "",
                fields.as_object().cloned().unwrap_or_else(Map::new),
            );
        }
    }
}
