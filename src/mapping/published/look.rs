//! Finds values in the data of other programs. If several paths are given, the first one with a
//! value wins. Most values may have any JSON type.

use serde_json::Value;

use crate::event::{Decimal, written};

/// The value at a path such as `a.b.0.c`. `None` if it is absent or `null`.
pub(super) fn at<'a>(data: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.')
        .try_fold(data, |value, step| match value {
            Value::Array(list) => list.get(step.parse::<usize>().ok()?),
            other => other.get(step),
        })
        .filter(|value| !value.is_null())
}

/// The value at the first of the paths that holds text or a number, as text. Empty if no path does.
pub(super) fn text(data: &Value, paths: &[&str]) -> String {
    paths
        .iter()
        .find_map(|path| plain(at(data, path)?))
        .unwrap_or_default()
}

/// The text at the first of the paths that has one. `list[].key` stands for that key in all
/// elements; several texts are joined by commas.
pub(super) fn all_texts(data: &Value, paths: &[&str]) -> String {
    let of = |path: &str| match path.split_once("[].") {
        Some((list, key)) => {
            let elements = at(data, list)
                .and_then(Value::as_array)
                .map(Vec::as_slice)
                .unwrap_or_default();
            let texts: Vec<String> = elements
                .iter()
                .map(|one| text(one, &[key]))
                .filter(|text| !text.is_empty())
                .collect();
            texts.join(", ")
        }
        None => text(data, &[path]),
    };
    paths
        .iter()
        .map(|path| of(path))
        .find(|text| !text.is_empty())
        .unwrap_or_default()
}

/// The content of a string or the digits of a number. `None` for other values and empty texts.
pub(super) fn plain(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// The whole part of the number at the first of the paths that holds one. The number must not be
/// negative. It may be a text.
pub(super) fn whole(data: &Value, paths: &[&str]) -> Option<u64> {
    paths.iter().find_map(|path| match at(data, path)? {
        Value::Number(number) => {
            let double = || {
                Decimal::of_json(number)
                    .filter(|number| *number >= Decimal::ZERO)
                    .map(Decimal::count)
            };
            number.as_u64().or_else(double)
        }
        Value::String(text) => text.trim().parse().ok().or_else(|| written::count(text)),
        _ => None,
    })
}

/// Like [`whole`], for smaller counts. A number that is too large becomes the largest one.
pub(super) fn count(data: &Value, paths: &[&str]) -> Option<u32> {
    whole(data, paths).map(|number| u32::try_from(number).unwrap_or(u32::MAX))
}

/// Whether any of the paths holds `true`, `"true"` or 1.
pub(super) fn flag(data: &Value, paths: &[&str]) -> bool {
    paths.iter().any(|path| match at(data, path) {
        Some(Value::Bool(yes)) => *yes,
        Some(Value::String(word)) => word.eq_ignore_ascii_case("true") || word == "1",
        Some(Value::Number(number)) => number.as_u64() == Some(1),
        _ => false,
    })
}

/// The list at the first of the paths that holds one; empty if no path does.
pub(super) fn list<'a>(data: &'a Value, paths: &[&str]) -> &'a [Value] {
    paths
        .iter()
        .find_map(|path| at(data, path)?.as_array())
        .map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_come_as_numbers_and_as_text() {
        let data = json!({"a": "12", "b": 12.9, "c": -1, "d": "x", "e": {"f": [{"g": 7}]},
            "n": null, "big": 1e30});
        let read = |path| whole(&data, &[path]);
        assert_eq!(
            [
                read("a"),
                read("b"),
                read("c"),
                read("d"),
                read("e.f.0.g"),
                read("n")
            ],
            [Some(12), Some(12), None, None, Some(7), None]
        );
        assert_eq!(
            (whole(&data, &["n", "d", "a"]), whole(&data, &["big"])),
            (Some(12), None)
        );
        assert_eq!(
            count(&json!({"a": 5_000_000_000_u64}), &["a"]),
            Some(u32::MAX)
        );
        for (value, expected) in [
            (json!("1e3"), Some(1_000)),
            (json!(1e3), Some(1_000)),
            (json!("1_000"), Some(1_000)),
            (json!("1.000"), Some(1_000)),
            (json!("1,234"), Some(1_234)),
            (json!("٢٥٠"), Some(250)),
            (json!("５００"), Some(500)),
            (json!("12.0"), Some(12)),
            (json!(u64::MAX), Some(u64::MAX)),
            (json!(u64::MAX.to_string()), Some(u64::MAX)),
            (json!("5 bits"), None),
        ] {
            assert_eq!(whole(&json!({ "a": value }), &["a"]), expected, "{value}");
        }
    }

    #[test]
    fn text_skips_empty_values_and_objects() {
        let data = json!({"message": {"message": "hi"}, "a": "  ", "b": 5});
        assert_eq!(
            (
                text(&data, &["message", "a", "b"]),
                text(&data, &["message.message"])
            ),
            ("5".into(), "hi".into())
        );
    }

    #[test]
    fn flags_come_in_three_kinds() {
        let data = json!({"a": true, "b": "True", "c": 1, "d": 0, "e": "no"});
        assert_eq!(
            ["a", "b", "c", "d", "e", "f"].map(|path| flag(&data, &[path])),
            [true, true, true, false, false, false]
        );
    }
}
