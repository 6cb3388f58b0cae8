//! The difference between two JSON objects.

use serde_json::{Map, Value, json};

use super::io::Settings;

/// The keys of `after` whose value is another one in `before`, and null for each key that `after`
/// does not have any more.
pub(super) fn changed_keys(
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Map<String, Value> {
    let gone = before.keys().filter(|key| !after.contains_key(*key));
    let gone = gone.map(|key| (key.clone(), Value::Null));
    let changed = after
        .iter()
        .filter(|(key, value)| before.get(*key) != Some(value));
    changed
        .map(|(key, value)| (key.clone(), value.clone()))
        .chain(gone)
        .collect()
}

/// The parts of the page's look that have changed.
pub(super) fn look_changes(before: &Settings, after: &Settings) -> Map<String, Value> {
    let look = |settings: &Settings| json!(settings.overlay.look());
    match (look(before), look(after)) {
        (Value::Object(before), Value::Object(after)) => changed_keys(&before, &after),
        _ => Map::new(),
    }
}
