//! The lines of `status` about Twitchat's settings of its end credits.

use serde_json::Value;
use twitchat_bridge::input::count;

use super::out;
use super::overlay::offered;

/// The most parameters without an equivalent that are listed.
const LISTED: usize = 5;

/// The lines for `follow` of the status; none if there is nothing to say.
pub(super) fn lines(follow: &Value) -> Vec<String> {
    let is = |key: &str| follow.get(key) == Some(&Value::Bool(true));
    let sections = follow
        .get("sections")
        .and_then(Value::as_u64)
        .unwrap_or_default();
    if follow.get("from").and_then(Value::as_str) != Some("twitchat") {
        let sections = usize::try_from(sections).unwrap_or(usize::MAX);
        return is("offered")
            .then(|| offered(sections))
            .into_iter()
            .collect();
    }
    if !is("known") {
        return vec![
            "waits for Twitchat's settings: they come when Twitchat knows the stream, or when its \
                settings page of the end credits is opened"
                .into(),
        ];
    }
    let mut lines = vec![format!(
        "follows Twitchat's settings ({})",
        count(sections, "section")
    )];
    let words = |key: &str| {
        let list = follow
            .get(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let words: Vec<_> = list.filter_map(Value::as_str).map(out::clean).collect();
        words.join(", ")
    };
    for (key, what) in [
        (
            "reserved",
            "reserved for Twitchat's supporters, so left out",
        ),
        ("overridden", "set in the config, so not followed"),
    ] {
        let words = words(key);
        if !words.is_empty() {
            lines.push(format!("{what}: {words}"));
        }
    }
    let unmatched = follow.get("unmatched").and_then(Value::as_array);
    let unmatched = unmatched.map(Vec::as_slice).unwrap_or_default();
    lines.extend(unmatched.iter().take(LISTED).map(without_equivalent));
    if unmatched.len() > LISTED {
        let more = u64::try_from(unmatched.len() - LISTED).unwrap_or(u64::MAX);
        lines.push(format!(
            "and {} more: `status --json` lists all",
            count(more, "parameter")
        ));
    }
    lines
}

fn without_equivalent(one: &Value) -> String {
    let text = |key: &str| out::clean(one.get(key).and_then(Value::as_str).unwrap_or_default());
    let section = match text("section") {
        section if section.is_empty() => String::new(),
        section => format!(" of {section}"),
    };
    format!(
        "no equivalent for {}{section}: {}",
        text("parameter"),
        text("why")
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_followed_is_listed_with_what_is_not() {
        let unmatched: Vec<Value> = (0..7)
            .map(|number| {
                json!({ "parameter": format!("p{number}"), "section": "Cheers\u{1b}[2J",
                "why": "it is new" })
            })
            .collect();
        let follow = json!({ "from": "twitchat", "known": true, "sections": 3,
            "reserved": ["rewards", "polls"], "overridden": ["overlay.scale"],
            "unmatched": unmatched });
        insta::assert_snapshot!(lines(&follow).join("\n"));
    }

    #[test]
    fn following_is_offered_only_where_the_config_leaves_it_open() {
        let of = |offered: bool| {
            lines(&json!({ "from": "config", "known": true, "sections": 3, "offered": offered }))
        };
        assert_eq!(of(false), [""; 0]);
        assert_eq!(of(true).len(), 1);
        assert_eq!(lines(&Value::Null), [""; 0]);
        let waiting = lines(&json!({ "from": "twitchat", "known": false }));
        assert!(
            waiting[0].starts_with("waits for Twitchat's settings"),
            "{waiting:?}"
        );
    }
}
