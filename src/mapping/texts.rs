//! Takes chat texts out of what is kept.
//!
//! The journal keeps raw data, so that a better mapping can read it again; what people wrote is none of its business unless the
//! streamer wants it there (`keep_texts`).

use serde_json::{Value, value::RawValue};

/// What Twitchat writes in place of a whisper's text. It is kept: it says that the message was a whisper.
pub const PRIVATE: &str = "<not set for privacy reasons>";

/// Keys that hold what somebody wrote, in Twitchat's, in Twitch's and in Streamer.bot's data.
const TEXT_KEYS: [&str; 11] =
    ["message", "message_chunks", "messageChunks", "text", "parts", "fragments", "user_input", "userInput", "input", "rawInput", "msgBody"];

/// The same JSON without chat texts, at any depth. An object under such a key is not a text and is gone through like any other.
pub fn strip_texts(raw: &RawValue) -> Box<str> {
    let json = raw.get();
    if !may_have_texts(json) {
        return json.into();
    }
    // What cannot be read again is of no use in the journal, and might hold a text.
    let Ok(mut value) = serde_json::from_str(json) else { return "{}".into() };
    strip(&mut value);
    value.to_string().into()
}

/// Whether any of the keys can be in there: an escape may hide one.
fn may_have_texts(json: &str) -> bool {
    json.contains('\\') || json.split('"').skip(1).step_by(2).any(|word| TEXT_KEYS.contains(&word))
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|key, value| !TEXT_KEYS.contains(&key.as_str()) || value.is_object() || value.as_str() == Some(PRIVATE));
            map.values_mut().for_each(strip);
        }
        Value::Array(list) => list.iter_mut().for_each(strip),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripped(json: &str) -> Box<str> {
        strip_texts(serde_json::from_str(json).unwrap())
    }

    #[test]
    fn what_has_no_texts_stays_as_it_is_written() {
        let json = r#"{ "user": {"id" : 1.50}, "title":"T" }"#;
        assert_eq!(&*stripped(json), json);
    }

    #[test]
    fn texts_go_at_any_depth_and_tags_stay() {
        let json =
            r#"{"message":{"channel":"1","message":"secret","tags":{"user-id":"7"}},"message_chunks":["secret"],"n":[{"text":"secret"}]}"#;
        assert_eq!(&*stripped(json), r#"{"message":{"channel":"1","tags":{"user-id":"7"}},"n":[{}]}"#);
        assert_eq!(&*stripped(r#"{"mess\u0061ge":"secret","a":1}"#), r#"{"a":1}"#);
        assert_eq!(
            &*stripped(r#"{"user_input":"secret","reward":{"title":"T"},"reply":{"msgBody":"secret"}}"#),
            r#"{"reply":{},"reward":{"title":"T"}}"#
        );
    }

    #[test]
    fn a_whispers_placeholder_is_no_text() {
        let json = r#"{"message":{"message":"<not set for privacy reasons>"}}"#;
        assert_eq!(&*stripped(json), json);
    }

    #[test]
    fn what_nests_too_deeply_to_be_read_is_not_kept() {
        let json = format!("{{\"message\":{}1{}}}", "[".repeat(500), "]".repeat(500));
        let raw = RawValue::from_string(json).unwrap();
        assert_eq!(&*strip_texts(&raw), "{}");
    }
}
