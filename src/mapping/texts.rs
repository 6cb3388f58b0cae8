//! Removes chat texts from data before it is stored.
//!
//! The journal keeps raw data, so that a later mapping can read it again. It keeps chat texts only
//! if the streamer wants that (`keep_texts`).

use serde_json::value::RawValue;

use crate::event::entries::{self, Entries};

/// The text that Twitchat sends in place of a whisper's text. It is kept, because it marks the
/// message as a whisper.
pub const PRIVATE: &str = "<not set for privacy reasons>";

/// The key of a text's hash in the journal, for bits and rewards.
pub const PRINT: &str = "textPrint";

/// A hash of a text: 1 to 65,535, or 0 for a blank text. The algorithm (FNV-1a) must not change,
/// because the journal stores the hash.
pub fn print(text: &str) -> u16 {
    let text = text.trim();
    if text.is_empty() {
        return 0;
    }
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    u16::try_from(hash % 65_535).unwrap_or_default() + 1
}

/// Adds the hash to JSON without texts, if there was a text.
pub fn with_print(stripped: &str, print: u16) -> Box<str> {
    match stripped.trim_start().strip_prefix('{') {
        Some(rest) if print > 0 && rest.trim_start().starts_with('}') => {
            format!("{{\"{PRINT}\":{print}{rest}").into()
        }
        Some(rest) if print > 0 => format!("{{\"{PRINT}\":{print},{rest}").into(),
        _ => stripped.into(),
    }
}

/// Maximum depth that is searched. Real data nests five levels deep.
const DEPTH: usize = 32;

/// The same JSON without chat texts, at any depth. An object under the key of a text is searched
/// like any other.
pub fn strip_texts(raw: &RawValue) -> Box<str> {
    let json = raw.get();
    if !may_have_texts(json) {
        return json.into();
    }
    let mut kept = String::with_capacity(json.len());
    match strip(raw, &mut kept, DEPTH) {
        Some(()) => kept.into(),
        // Data that cannot be parsed is of no use in the journal, and might contain a text.
        None => "{}".into(),
    }
}

/// Whether the JSON may contain one of the keys. An escape may hide a key, so it counts as one.
fn may_have_texts(json: &str) -> bool {
    json.contains('\\') || json.split('"').skip(1).step_by(2).any(is_text_key)
}

/// Whether this key holds a text that a person wrote, in Twitchat's, Twitch's or Streamer.bot's
/// data.
fn is_text_key(key: &str) -> bool {
    matches!(
        key,
        "message"
            | "message_chunks"
            | "messageChunks"
            | "text"
            | "parts"
            | "fragments"
            | "user_input"
            | "userInput"
            | "input"
            | "rawInput"
            | "msgBody"
            | PRINT
            | "content"
            | "formattedMessage"
            | "displayMessage"
            | "messageText"
            | "userComment"
            | "tipMessage"
            | "merchMessage"
            | "donorMessage"
            | "donationMessage"
            | "charityDonationMessage"
            | "merchandiseMessage"
            | "statmessageus"
            | "systemMessage"
    )
}

/// Appends a value without its texts. `None` if the value cannot be parsed. A value without texts
/// is copied unchanged.
fn strip(raw: &RawValue, kept: &mut String, depth: usize) -> Option<()> {
    let json = raw.get();
    match json.bytes().next() {
        Some(b'{' | b'[') if may_have_texts(json) && depth == 0 => return None,
        Some(b'{') if may_have_texts(json) => {
            kept.push('{');
            let start = kept.len();
            for (key, value) in serde_json::from_str::<Entries<'_>>(json).ok()?.0 {
                if is_text(key, value) {
                    continue;
                }
                if kept.len() > start {
                    kept.push(',');
                }
                kept.push_str(key.get());
                kept.push(':');
                strip(value, kept, depth - 1)?;
            }
            kept.push('}');
        }
        Some(b'[') if may_have_texts(json) => {
            kept.push('[');
            for (place, value) in serde_json::from_str::<Vec<&RawValue>>(json)
                .ok()?
                .into_iter()
                .enumerate()
            {
                if place > 0 {
                    kept.push(',');
                }
                strip(value, kept, depth - 1)?;
            }
            kept.push(']');
        }
        _ => kept.push_str(json),
    }
    Some(())
}

fn is_text(key: &RawValue, value: &RawValue) -> bool {
    is_text_key(&entries::name(key))
        && !value.get().starts_with('{')
        && value.get().trim_matches('"') != PRIVATE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripped(json: &str) -> Box<str> {
        strip_texts(serde_json::from_str(json).unwrap())
    }

    #[test]
    fn json_without_texts_stays_unchanged() {
        let json = r#"{ "user": {"id" : 1.50}, "title":"T" }"#;
        assert_eq!(&*stripped(json), json);
    }

    #[test]
    fn texts_go_at_any_depth_and_tags_stay() {
        let json = r#"{"message":{"channel":"1","message":"secret","tags":{"user-id":"7"}},
            "message_chunks":["secret"],"n":[{"text":"secret"}]}"#;
        assert_eq!(
            &*stripped(json),
            r#"{"message":{"channel":"1","tags":{"user-id":"7"}},"n":[{}]}"#
        );
        assert_eq!(
            &*stripped(r#"{"mess\u0061ge":"secret","a":1}"#),
            r#"{"a":1}"#
        );
        assert_eq!(
            &*stripped(
                r#"{"user_input":"secret","reward":{"title":"T"},"reply":{"msgBody":"secret"}}"#
            ),
            r#"{"reward":{"title":"T"},"reply":{}}"#
        );
    }

    #[test]
    fn a_whispers_placeholder_is_no_text() {
        let json = r#"{"message":{"message":"<not set for privacy reasons>"}}"#;
        assert_eq!(&*stripped(json), json);
    }

    #[test]
    fn deeply_nested_json_is_not_kept() {
        let json = format!("{{\"message\":{}1{}}}", "[".repeat(500), "]".repeat(500));
        let raw = RawValue::from_string(json).unwrap();
        assert_eq!(&*strip_texts(&raw), "{}");
    }
}
