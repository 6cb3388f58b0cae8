//! Describes any message in a few words: the person, the amount, the text. `watch` and the demo
//! show it to people. Programs must not parse it.

use serde_json::Value;
use twitchat_bridge::input;

use crate::cli::out;

/// The longest summary, in characters.
const LONGEST: usize = 100;

/// JSON pointers to names, the best one first. Pointers for Streamer.bot's events come before
/// pointers for Twitchat's messages of all versions.
const NAMES: [&str; 17] = [
    "/displayName",
    "/user/displayName",
    "/user/display_name",
    "/message/displayName",
    "/message/tags/display-name",
    "/tags/display-name",
    "/user/name",
    "/user/login",
    "/user_name",
    "/display_name",
    "/from",
    "/username",
    "/login",
    "/winner/label",
    "/counter/name",
    "/connection/name",
    "/client",
];
/// JSON pointers to numbers and their units. A number is shown if it is at least 2. Of the numbers
/// with the same unit, only the first one is shown.
const AMOUNTS: [(&str, &str); 11] = [
    ("/message/bits", "bits"),
    ("/bits", "bits"),
    ("/viewers", "viewers"),
    ("/gifts", "gifts"),
    ("/giftCount", "gifts"),
    ("/cumulativeMonths", "months"),
    ("/totalSubDuration", "months"),
    ("/cost", "points"),
    ("/reward/cost", "points"),
    ("/level", "levels"),
    ("/width", "wide"),
];
/// JSON pointers to the titles of rewards, polls, games and tracks.
const TITLES: [&str; 9] = [
    "/reward/title",
    "/poll/title",
    "/prediction/title",
    "/gameName",
    "/trackName",
    "/title",
    "/formattedAmount",
    "/scene/sceneName",
    "/connection/version",
];
/// The keys of OBS's own events, whose values are shown as JSON.
const OF_OBS: [&str; 2] = ["obsEvent", "obsVendorEvent"];
/// JSON pointers to the texts that a person wrote.
const TEXTS: [&str; 4] = ["/message/message", "/message", "/text", "/error"];

pub(crate) fn of(data: &Value) -> String {
    if let Some(event) = OF_OBS.iter().find_map(|place| data.get(place)) {
        return cut(&out::clean(&event.to_string()));
    }
    let mut parts: Vec<String> = Vec::new();
    parts.extend(text(data, &NAMES).map(ToOwned::to_owned));
    let mut units: Vec<&str> = Vec::new();
    for (place, unit) in AMOUNTS {
        if !units.contains(&unit)
            && let Some(amount) = data
                .pointer(place)
                .and_then(Value::as_u64)
                .filter(|amount| *amount > 1)
        {
            units.push(unit);
            parts.push(format!("{amount} {}", input::unit(amount, unit)));
        }
    }
    parts.extend(text(data, &["/recipientDisplayName"]).map(|name| format!("to {name}")));
    parts.extend(text(data, &TITLES).map(ToOwned::to_owned));
    parts.extend(text(data, &TEXTS).map(|text| format!("\u{201c}{}\u{201d}", text.trim())));
    if parts.is_empty() && !data.is_null() {
        parts.push(data.to_string());
    }
    cut(&out::clean(&parts.join(", ")))
}

fn text<'a>(data: &'a Value, places: &[&str]) -> Option<&'a str> {
    places.iter().find_map(|place| {
        data.pointer(place)
            .and_then(Value::as_str)
            .filter(|text| !text.trim().is_empty())
    })
}

/// Shortens a text to [`LONGEST`] characters.
fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn events_of_streamer_bot_and_messages_of_every_twitchat() {
        let cheer = json!({ "displayName": "Anna_B", "message": { "bits": 100,
            "message": "Cheer100 nice one" }, "bits": 100 });
        let raid = json!({ "viewers": 42, "viewerCount": 42, "displayName": "LanternFox" });
        let reward = json!({ "user": { "login": "yuki", "displayName": "雪花Yuki" },
            "reward": { "cost": 300, "title": "Drink water" } });
        let oldest = json!({ "message": "evening!", "tags": { "username": "olle",
            "display-name": "OlleBakar" } });
        assert_eq!(
            [cheer, raid, reward, oldest].map(|data| of(&data)),
            [
                "Anna_B, 100 bits, “Cheer100 nice one”",
                "LanternFox, 42 viewers",
                "雪花Yuki, 300 points, Drink water",
                "OlleBakar, “evening!”"
            ]
        );
    }

    #[test]
    fn unknown_data_is_shown_as_json_and_empty_data_as_nothing() {
        assert_eq!(
            [json!(null), json!({ "enabled": true })].map(|data| of(&data)),
            ["", r#"{"enabled":true}"#]
        );
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let line = of(&json!({ "message": "雪".repeat(200) }));
        assert_eq!(
            (line.chars().count(), line.ends_with('…')),
            (LONGEST + 1, true)
        );
    }
}
