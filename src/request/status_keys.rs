//! Keys of the `GetStatus` reply that were renamed.
//!
//! The bridge sends both names, so that scripts that use the old name continue to work. A client
//! adds whichever name is missing, so that it can read the reply of an older bridge.

use serde_json::Value;

/// The current name of each key, and its name in earlier versions.
const RENAMED: [(&str, &str); 4] = [
    ("received", "heard"),
    ("invalid", "bad"),
    ("lastReceived", "lastHeard"),
    ("error", "trouble"),
];

/// Adds the missing name to every object in `value` that has one of the two names, at any depth.
/// Other objects do not change.
pub fn add_both_names(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (name, old_name) in RENAMED {
                let (there, missing) = if object.contains_key(name) {
                    (name, old_name)
                } else {
                    (old_name, name)
                };
                if !object.contains_key(missing)
                    && let Some(value) = object.get(there).cloned()
                {
                    object.insert(missing.into(), value);
                }
            }
            object.values_mut().for_each(add_both_names);
        }
        Value::Array(list) => list.iter_mut().for_each(add_both_names),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_old_name_and_a_new_name_lead_to_the_same_keys() {
        let both = json!({ "counts": { "received": 3, "heard": 3, "invalid": 1, "bad": 1 },
            "labels": [{ "error": "no source", "trouble": "no source" }] });
        let of_new_bridge = json!({ "counts": { "received": 3, "invalid": 1 },
            "labels": [{ "error": "no source" }] });
        let of_old_bridge = json!({ "counts": { "heard": 3, "bad": 1 },
            "labels": [{ "trouble": "no source" }] });
        for mut status in [of_new_bridge, of_old_bridge, both.clone()] {
            add_both_names(&mut status);
            assert_eq!(status, both);
        }
    }

    #[test]
    fn a_reply_without_renamed_keys_stays_as_it_is() {
        let mut status = json!({ "obs": { "connected": true }, "people": 3 });
        let before = status.clone();
        add_both_names(&mut status);
        assert_eq!(status, before);
    }
}
