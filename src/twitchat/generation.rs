//! Which of Twitchat's three dialects a message is in.

use std::str::FromStr;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{catalogue, catalogue::Class, lenient};
use crate::event::Message;

/// A span of Twitchat's versions with the same names and shapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, strum::Display)]
pub enum Generation {
    /// 0.x to 6.x: IRC tags instead of users, some names of its own.
    #[strum(to_string = "6.x or older (first generation)")]
    First,
    /// 7.x to 16.x: the names of the public API page.
    #[strum(to_string = "7.x to 16.x (second generation)")]
    Second,
    /// 17: every name begins with `ON_`, `SET_` or `GET_`.
    #[strum(to_string = "17 or newer (third generation)")]
    Third,
}

impl Generation {
    /// All of them, the oldest first.
    pub const ALL: [Self; 3] = [Self::First, Self::Second, Self::Third];

    /// 1, 2 or 3: for keeping.
    pub fn number(self) -> u8 {
        match self {
            Self::First => 1,
            Self::Second => 2,
            Self::Third => 3,
        }
    }
}

/// The text names no generation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no generation of Twitchat: use 1 (up to 6.x), 2 (7.x to 16.x) or 3 (17)")]
pub struct UnknownGeneration(pub String);

impl FromStr for Generation {
    type Err = UnknownGeneration;

    /// `1`, `2`, `3`, or a version from 4 on: `16`, `17`, `16.17.1`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let major = text.trim().split('.').next().unwrap_or_default();
        match major.parse::<u32>() {
            Ok(1 | 4..=6) => Ok(Self::First),
            Ok(2 | 7..=16) => Ok(Self::Second),
            Ok(3 | 17..) => Ok(Self::Third),
            _ => Err(UnknownGeneration(text.to_owned())),
        }
    }
}

/// The generation of whoever sent this. Only what Twitchat itself sends tells: any client may send
/// actions or play an overlay.
///
/// Names decide; a name that all generations share decides nothing, one that the first two share is
/// told apart by the shape.
pub fn generation_of(message: &Message) -> Option<Generation> {
    let entry = catalogue::look_up(&message.kind)?;
    if !matches!(entry.class, Class::Event | Class::Answer) {
        return None;
    }
    let is_in = |generation| entry.generations.contains(generation);
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

/// `{message:{channel,message,tags}}`, which nobody has sent since 7.0.
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
    lenient::object::<Outer<'_>>(data)
        .is_some_and(|outer| lenient::object::<Inner>(outer.message).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Heard;

    fn of(line: &str) -> Option<Generation> {
        let Heard::Twitchat(message) = Heard::read(line).unwrap() else {
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
    fn every_example_is_of_its_generation_or_tells_nothing() {
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
