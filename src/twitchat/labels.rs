//! Twitchat's label placeholders: a map of some 200 labels, which Twitchat sends whenever one of
//! them changes.
//!
//! The bridge reads only the labels for which Twitchat has no event: raids, and the stream's title
//! and category.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::lenient::{self, Loose, Text};

/// The labels that the bridge reads. A label is `None` if the map does not contain it; an empty
/// text is a value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "Twitchat's own words")]
pub struct Tags {
    pub raid_id: Option<Box<str>>,
    pub raid_name: Option<Box<str>>,
    pub raid_avatar: Option<Box<str>>,
    pub raid_count: Option<Box<str>>,
    pub category: Option<Box<str>>,
    pub title: Option<Box<str>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "SCREAMING_SNAKE_CASE")]
struct Map<'a> {
    #[serde(borrow)]
    raid_id: Loose<Tag<'a>>,
    raid_name: Loose<Tag<'a>>,
    raid_avatar: Loose<Tag<'a>>,
    raid_count: Loose<Tag<'a>>,
    stream_category_name: Loose<Tag<'a>>,
    stream_title: Loose<Tag<'a>>,
}

#[derive(Deserialize)]
struct Tag<'a> {
    #[serde(borrow, default)]
    value: Text<'a>,
}

impl Tags {
    /// Reads `data` of `LABEL_OVERLAY_PLACEHOLDERS` or `ON_LABEL_OVERLAY_PLACEHOLDERS`. `None` if
    /// it is not an object.
    pub fn read(data: &RawValue) -> Option<Self> {
        let map: Map<'_> = lenient::object(data)?;
        let value = |tag: Loose<Tag<'_>>| tag.0.map(|tag| tag.value.0.trim().into());
        Some(Self {
            raid_id: value(map.raid_id),
            raid_name: value(map.raid_name),
            raid_avatar: value(map.raid_avatar),
            raid_count: value(map.raid_count),
            category: value(map.stream_category_name),
            title: value(map.stream_title),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Received;

    #[test]
    fn the_tags_that_matter_are_picked_out() {
        let line = include_str!("../../tests/fixtures/twitchat_examples.ndjson")
            .lines()
            .nth(112)
            .unwrap();
        let Received::Twitchat(message) = Received::read(line).unwrap() else {
            panic!("{line}")
        };
        let tags = Tags::read(message.data.as_deref().unwrap()).unwrap();
        let some = |text: &str| Some(text.into());
        assert_eq!(
            (tags.raid_id, tags.raid_name, tags.raid_count),
            (some("33881177"), some("LanternFox"), some("57"))
        );
        assert_eq!(
            (tags.category, tags.title),
            (some("Hollow Harbour"), some("No-hit attempts, day 9"))
        );
    }

    #[test]
    fn missing_and_misshapen_tags_are_no_tags() {
        let read = |json: &str| Tags::read(serde_json::from_str(json).unwrap());
        assert_eq!(read("{}"), Some(Tags::default()));
        assert_eq!(
            read(r#"{"RAID_ID":"33","RAID_COUNT":{"value":null}}"#),
            Some(Tags {
                raid_count: Some("".into()),
                ..Tags::default()
            })
        );
        assert_eq!(read("[]"), None);
    }
}
