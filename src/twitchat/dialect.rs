//! Detects which of Twitchat's three generations sent a message.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Generation, catalogue, catalogue::Class, lenient};
use crate::event::Message;

/// The generation of the Twitchat that sent this message. `None` for messages that other clients
/// may send too: actions, and messages of overlays.
///
/// The name decides, unless all generations share it. If only the first two generations share it,
/// the shape of the message decides.
pub fn generation_of(message: &Message) -> Option<Generation> {
    let entry = catalogue::look_up(&message.kind)?;
    if !matches!(entry.class, Class::Event | Class::Answer) {
        return None;
    }
    let is_in = |generation| entry.generations.has(generation);
    match [Generation::First, Generation::Second, Generation::Third].map(is_in) {
        [true, true, false] if message.data.as_deref().is_some_and(has_nested_tags) => {
            Some(Generation::First)
        }
        [_, true, false] => Some(Generation::Second),
        [true, false, false] => Some(Generation::First),
        [false, false, true] => Some(Generation::Third),
        _ => None,
    }
}

/// Whether the data has the shape `{message:{channel,message,tags}}`, which no version has sent
/// since 7.0.
fn has_nested_tags(data: &RawValue) -> bool {
    #[derive(Deserialize)]
    struct Outer<'a> {
        #[serde(borrow)]
        message: &'a RawValue,
    }
    #[derive(Deserialize)]
    struct Inner {
        #[serde(rename = "tags")]
        _tags: serde::de::IgnoredAny,
    }
    // Nearly no message has tags, and a search for the key is faster than parsing the data. JSON
    // could write the key with an escape, but Twitchat does not.
    data.get().contains("\"tags\"")
        && lenient::object::<Outer<'_>>(data)
            .is_some_and(|outer| lenient::object::<Inner>(outer.message).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Received;

    fn of(line: &str) -> Option<Generation> {
        let Received::Twitchat(message) = Received::read(line).unwrap() else {
            panic!("not Twitchat's: {line}")
        };
        generation_of(&message)
    }

    #[test]
    fn versions_and_numbers_are_understood() {
        let read = |text: &str| text.parse::<Generation>().ok();
        assert_eq!(["1", "2", "3", "16", "17", " 16.17.1", "6"].map(read), {
            use Generation::{First, Second, Third};
            [First, Second, Third, Second, Third, Second, First].map(Some)
        });
        assert_eq!(["", "0", "x", "-3"].map(read), [None; 4]);
    }

    #[test]
    fn names_decide_and_shared_names_do_not() {
        assert_eq!(
            of(r#"{"origin":"twitchat","type":"ON_FOLLOW"}"#),
            Some(Generation::Third)
        );
        assert_eq!(
            of(r#"{"origin":"twitchat","type":"BITS"}"#),
            Some(Generation::Second)
        );
        assert_eq!(
            of(r#"{"origin":"twitchat","type":"POLL"}"#),
            Some(Generation::First)
        );
        assert_eq!(
            of(r#"{"origin":"twitchat","type":"MESSAGE_FIRST","data":{"message":{"tags":{}}}}"#),
            Some(Generation::First)
        );
        assert_eq!(
            of(r#"{"origin":"twitchat","type":"MESSAGE_FIRST","data":{"message":"hi"}}"#),
            Some(Generation::Second)
        );
        assert_eq!(
            of(r#"{"origin":"twitchat","type":"SET_CHAT_HIGHLIGHT_OVERLAY_MESSAGE"}"#),
            None
        );
        assert_eq!(
            of(r#"{"origin":"twitchat","type":"SET_SEND_MESSAGE"}"#),
            None
        );
        assert_eq!(of(r#"{"origin":"twitchat","type":"WHO_KNOWS"}"#), None);
    }

    #[test]
    fn every_example_is_of_its_generation_or_shows_none() {
        let old: Vec<_> = include_str!("../../tests/fixtures/twitchat_examples.ndjson")
            .lines()
            .map(of)
            .collect();
        assert!(!old.contains(&Some(Generation::Third)));
        assert_eq!(
            old.iter()
                .filter(|one| **one == Some(Generation::First))
                .count(),
            5
        );
        let new: Vec<_> = include_str!("../../tests/fixtures/twitchat_v17_examples.ndjson")
            .lines()
            .map(of)
            .collect();
        assert!(
            new.iter()
                .all(|one| one.is_none_or(|one| one == Generation::Third))
        );
        assert!(new.iter().filter(|one| one.is_some()).count() > 40);
    }
}
