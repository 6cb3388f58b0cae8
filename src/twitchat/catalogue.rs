//! Every message type that Twitchat's three generations know, with its class and description.
//!
//! The table is `catalogue.tsv`: the public API page, all of 16.17.1, and the 198 names of 17.0.0.
//! Types that are not in it are passed on unchanged.

use std::{collections::HashMap, fmt, sync::LazyLock};

use super::Generation;

/// The purpose of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::EnumString)]
#[strum(serialize_all = "lowercase")]
pub enum Class {
    /// Twitchat reports that something happened.
    Event,
    /// A client asks Twitchat or one of its overlays to do something. Twitchat itself sends some of
    /// these to its overlays.
    Action,
    /// A client asks for information.
    Question,
    /// Twitchat reports a state, on request and often also when it changes.
    Answer,
    /// An overlay reports that it is open, on request or by itself.
    Announcement,
    /// Must never be sent over OBS: Twitchat 17 sends some of these on endlessly, and Twitchat 16
    /// takes them for OBS's own events.
    Forbidden,
}

bitflags::bitflags! {
    /// A set of generations. The position of each bit is the generation's number.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub struct Generations: u8 {
        const FIRST = 1 << 1;
        const SECOND = 1 << 2;
        const THIRD = 1 << 3;
    }
}

impl From<Generation> for Generations {
    fn from(generation: Generation) -> Self {
        Self::from_bits_truncate(1 << generation.number())
    }
}

impl Generations {
    /// The numbers of the generations in the set.
    pub fn numbers(self) -> Vec<u8> {
        Generation::ALL
            .into_iter()
            .filter(|generation| self.has(*generation))
            .map(Generation::number)
            .collect()
    }

    /// Whether the generation is in the set.
    pub fn has(self, generation: Generation) -> bool {
        self.contains(generation.into())
    }
}

impl fmt::Display for Generations {
    /// Shows the versions in words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match *self.numbers() {
            [1, 2, 3] => "all versions",
            [1, 2] => "up to 16.x",
            [2, 3] => "from 7.x on",
            [1] => "up to 6.x",
            [2] => "7.x to 16.x",
            [3] => "from 17 on",
            _ => "no version",
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageType {
    /// The name that messages have in `type`.
    pub name: &'static str,
    /// The purpose of the type.
    pub class: Class,
    /// The generations that know the type.
    pub generations: Generations,
    /// The names of the same message before or after the renaming in Twitchat 17. There are several
    /// if one name replaced many.
    pub counterparts: Vec<&'static str>,
    /// A description of an event or answer; empty for actions and questions, which `action`
    /// describes.
    pub about: &'static str,
}

/// The table. A test checks that all of its lines can be read.
static ENTRIES: LazyLock<Vec<MessageType>> = LazyLock::new(|| {
    include_str!("catalogue.tsv")
        .lines()
        .filter_map(entry)
        .collect()
});

static INDEX: LazyLock<HashMap<&'static str, &'static MessageType>> =
    LazyLock::new(|| ENTRIES.iter().map(|entry| (entry.name, entry)).collect());

fn entry(line: &'static str) -> Option<MessageType> {
    let mut cells = line.split('\t');
    let (name, generations, class) = (cells.next()?, cells.next()?, cells.next()?);
    let class = class.parse().ok()?;
    let generation = |digit: char| {
        digit
            .to_digit(4)
            .map(|bit| Generations::from_bits_truncate(1 << bit))
    };
    let generations = generations.chars().filter_map(generation).collect();
    let counterparts = cells
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    Some(MessageType {
        name,
        class,
        generations,
        counterparts,
        about: cells.next().unwrap_or_default(),
    })
}

/// Every known type, sorted by name.
pub fn entries() -> &'static [MessageType] {
    &ENTRIES
}

/// Case matters, as in Twitchat. Returns `None` for an unknown type.
pub fn look_up(kind: &str) -> Option<&'static MessageType> {
    INDEX.get(kind).copied()
}

/// A description of an event or answer under any of its names. Empty for other types.
pub fn about(kind: &str) -> &'static str {
    let has_text = |entry: &&MessageType| {
        matches!(
            entry.class,
            Class::Event | Class::Answer | Class::Announcement
        )
    };
    let Some(entry) = look_up(kind).filter(has_text) else {
        return "";
    };
    let described =
        std::iter::once(entry).chain(entry.counterparts.iter().filter_map(|name| look_up(name)));
    described
        .map(|entry| entry.about)
        .find(|about| !about.is_empty())
        .unwrap_or_default()
}

/// Whether a type must never be sent over OBS. Unknown types may be forbidden too. The bridge
/// neither sends such messages nor passes them on.
pub fn is_forbidden(kind: &str) -> bool {
    let starts_with = |prefix: &str| {
        kind.get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    starts_with("OBS_") || starts_with("ON_OBS_") || kind.eq_ignore_ascii_case("CustomEvent")
}

/// Returns `None` if that generation has no counterpart, or if the type is unknown.
pub fn name_in(kind: &str, generation: Generation) -> Option<&'static str> {
    let entry = look_up(kind)?;
    let is_in = |entry: &MessageType| entry.generations.has(generation);
    if is_in(entry) {
        return Some(entry.name);
    }
    entry
        .counterparts
        .iter()
        .copied()
        .find(|name| look_up(name).is_some_and(is_in))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Received;

    fn kinds(lines: &str) -> Vec<Box<str>> {
        let kind = |line: &str| match Received::read(line).unwrap() {
            Received::Twitchat(message) => message.kind,
            other => panic!("{other:?}"),
        };
        lines.lines().map(kind).collect()
    }

    fn class(kind: &str) -> Class {
        look_up(kind)
            .unwrap_or_else(|| panic!("{kind} is not in the catalogue"))
            .class
    }

    #[test]
    fn every_line_is_read_and_no_name_stands_twice() {
        assert_eq!(
            entries().len(),
            include_str!("catalogue.tsv")
                .lines()
                .filter(|line| !line.starts_with('#'))
                .count()
        );
        assert_eq!(INDEX.len(), entries().len());
        assert!(
            entries()
                .iter()
                .all(|entry| entry.generations != Generations::default())
        );
        assert!(
            entries()
                .iter()
                .flat_map(|entry| &entry.counterparts)
                .all(|name| look_up(name).is_some())
        );
    }

    #[test]
    fn every_event_has_a_description_of_its_own() {
        for entry in entries() {
            let has_text = matches!(
                entry.class,
                Class::Event | Class::Answer | Class::Announcement
            );
            assert_eq!(!about(entry.name).is_empty(), has_text, "{}", entry.name);
        }
        let mut texts: Vec<_> = entries()
            .iter()
            .map(|entry| entry.about)
            .filter(|about| !about.is_empty())
            .collect();
        let all = texts.len();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), all);
    }

    #[test]
    fn it_holds_all_of_each_generation() {
        let count = |generation| {
            entries()
                .iter()
                .filter(|entry| entry.generations.has(generation))
                .count()
        };
        assert_eq!(count(Generation::Third), 198);
        // 22 events, two polls and 31 actions of the public API page, and four names that were
        // removed in 7.0.
        assert_eq!(count(Generation::First), 22 + 2 + 31 + 4);
    }

    #[test]
    fn forbidden_are_all_that_look_like_obs_and_nothing_else() {
        for entry in entries() {
            assert_eq!(
                is_forbidden(entry.name),
                entry.class == Class::Forbidden,
                "{}",
                entry.name
            );
        }
        assert!(is_forbidden("on_obs_anything") && is_forbidden("Obs_New"));
        assert!(!is_forbidden("OBSERVE") && !is_forbidden("é") && !is_forbidden(""));
    }

    #[test]
    fn messages_of_twitchat_are_not_actions_except_to_its_overlays() {
        let orders = |lines| {
            kinds(lines)
                .into_iter()
                .filter(|kind| matches!(class(kind), Class::Action | Class::Question))
                .collect::<Vec<_>>()
        };
        let mut old = orders(include_str!(
            "../../tests/fixtures/twitchat_examples.ndjson"
        ));
        old.dedup();
        let expected = [
            "ENDING_CREDITS_CONTROL",
            "SET_CHAT_HIGHLIGHT_OVERLAY_MESSAGE",
            "GET_WHEEL_OVERLAY_PRESENCE",
            "CHAT_FEED_SELECT_ACTION_CANCEL",
        ];
        assert_eq!(old, expected.map(Box::<str>::from));
        let new = orders(include_str!(
            "../../tests/fixtures/twitchat_v17_examples.ndjson"
        ));
        assert_eq!(
            new,
            [
                "SET_WHEEL_OVERLAY_START",
                "SET_ENDING_CREDITS_CONTROL",
                "SET_CHAT_HIGHLIGHT_OVERLAY_MESSAGE"
            ]
            .map(Box::<str>::from)
        );
    }

    #[test]
    fn messages_to_twitchat_are_actions_except_for_overlays_and_answers() {
        let others = |lines| {
            kinds(lines)
                .into_iter()
                .filter(|kind| !matches!(class(kind), Class::Action | Class::Question))
                .collect::<Vec<_>>()
        };
        assert!(others(include_str!("../../tests/fixtures/twitchat_actions.ndjson")).is_empty());
        let expected = [
            "SET_ENDING_CREDITS_PRESENCE",
            "SET_CHAT_HIGHLIGHT_OVERLAY_PRESENCE",
            "SET_BINGO_GRID_OVERLAY_PRESENCE",
            "SET_ENDING_CREDITS_DATA",
        ];
        assert_eq!(
            others(include_str!(
                "../../tests/fixtures/twitchat_v17_actions.ndjson"
            )),
            expected.map(Box::<str>::from)
        );
    }

    #[test]
    fn names_are_found_on_either_side_of_the_renaming() {
        assert_eq!(name_in("FOLLOW", Generation::Third), Some("ON_FOLLOW"));
        assert_eq!(
            name_in("SET_SEND_MESSAGE", Generation::Second),
            Some("SEND_MESSAGE")
        );
        assert_eq!(
            name_in("STOP_EMERGENCY", Generation::Third),
            Some("SET_EMERGENCY_MODE")
        );
        assert_eq!(
            name_in("GET_CURRENT_TRACK", Generation::Third),
            Some("GET_CURRENT_TRACK")
        );
        assert_eq!(
            (
                name_in("RAFFLE_END", Generation::Third),
                name_in("NEW", Generation::Second)
            ),
            (None, None)
        );
    }
}
