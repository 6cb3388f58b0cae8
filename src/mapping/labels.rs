//! Raids and changes of the stream's title and category, which Twitchat reports only by its labels.
//!
//! Twitchat fills the "last raid" labels from its history whenever it starts. So the first map
//! gives no facts: later ones are compared with it. This module sees two equal raids in a row as
//! one; the summary has both.

use serde_json::value::RawValue;

use crate::{
    event::{Fact, Person},
    twitchat::{labels::Tags, lenient::Number},
};

/// The last known labels.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    known: Option<Known>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Known {
    raid_id: Box<str>,
    raid_name: Box<str>,
    raid_count: Box<str>,
    raid_avatar: Box<str>,
    /// The previous raider's picture, which Twitchat shows until it has loaded the new one.
    former_avatar: Box<str>,
    category: Box<str>,
    title: Box<str>,
}

impl Labels {
    /// Reads a map of labels. Some labels may be missing. Returns [`Fact::Raid`] and
    /// [`Fact::Stream`] for the changes.
    pub fn decode(&mut self, data: &RawValue) -> Vec<Fact> {
        let Some(tags) = Tags::read(data) else {
            return Vec::new();
        };
        let before = self.known.take();
        let now = before.clone().unwrap_or_default().with(tags);
        let facts = before.map_or_else(Vec::new, |before| now.since(&before));
        self.known = Some(now);
        facts
    }

    /// Treats the next map as the first one, because Twitchat was away and begins with its history.
    pub fn rebase(&mut self) {
        self.known = None;
    }
}

impl Known {
    /// Applies a map. Labels that are missing or empty keep their value, because a raid cannot be
    /// undone.
    fn with(self, tags: Tags) -> Self {
        let newer = |tag: Option<Box<str>>, known: &str| {
            tag.filter(|tag| !tag.is_empty())
                .unwrap_or_else(|| known.into())
        };
        let (raid_id, raid_name) = (
            newer(tags.raid_id, &self.raid_id),
            newer(tags.raid_name, &self.raid_name),
        );
        let is_same_raider = (&raid_id, &raid_name) == (&self.raid_id, &self.raid_name);
        let (known_avatar, former_avatar) = if is_same_raider {
            (self.raid_avatar, self.former_avatar)
        } else {
            ("".into(), self.raid_avatar)
        };
        Self {
            raid_count: newer(tags.raid_count, &self.raid_count),
            raid_avatar: newer(
                tags.raid_avatar.filter(|avatar| *avatar != former_avatar),
                &known_avatar,
            ),
            raid_id,
            raid_name,
            former_avatar,
            category: newer(tags.category, &self.category),
            title: newer(tags.title, &self.title),
        }
    }

    fn since(&self, before: &Self) -> Vec<Fact> {
        let raid = |known: &Self| {
            (
                known.raid_id.clone(),
                known.raid_name.clone(),
                known.raid_count.clone(),
            )
        };
        let stream = |known: &Self| (known.category.clone(), known.title.clone());
        let raided = (raid(self) != raid(before)).then(|| self.raid()).flatten();
        let changed = (stream(self) != stream(before)).then(|| Fact::Stream {
            category: self.category.clone(),
            title: self.title.clone(),
        });
        raided.into_iter().chain(changed).collect()
    }

    fn raid(&self) -> Option<Fact> {
        let who = Person::new(&self.raid_id, "", &self.raid_name)?.with_login_of_display();
        let viewers = Number(self.raid_count.parse().ok())
            .count()
            .unwrap_or_default();
        Some(Fact::Raid {
            who,
            viewers,
            avatar: self.raid_avatar.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receive(labels: &mut Labels, tags: &[(&str, &str)]) -> Vec<Fact> {
        let map: serde_json::Map<_, _> = tags
            .iter()
            .map(|(tag, value)| {
                (
                    (*tag).into(),
                    serde_json::json!({"type":"string","value":value}),
                )
            })
            .collect();
        labels.decode(&RawValue::from_string(serde_json::Value::Object(map).to_string()).unwrap())
    }

    fn raid(id: &str, name: &str, viewers: u64) -> Fact {
        Fact::Raid {
            who: Person::new(id, &name.to_lowercase(), name).unwrap(),
            viewers,
            avatar: "".into(),
        }
    }

    #[test]
    fn the_first_map_gives_no_facts_and_later_changes_do() {
        let mut labels = Labels::default();
        let fox = [
            ("RAID_ID", "33"),
            ("RAID_NAME", "Fox"),
            ("RAID_COUNT", "57"),
            ("STREAM_TITLE", "Day 9"),
            ("STREAM_CATEGORY_NAME", "Harbour"),
        ];
        assert_eq!(receive(&mut labels, &fox), []);
        assert_eq!(receive(&mut labels, &fox), []);
        assert_eq!(
            receive(
                &mut labels,
                &[("RAID_ID", "34"), ("RAID_NAME", "Owl"), ("RAID_COUNT", "8")]
            ),
            [raid("34", "Owl", 8)]
        );
        assert_eq!(
            receive(&mut labels, &[("RAID_COUNT", "9")]),
            [raid("34", "Owl", 9)]
        );
        let stream = Fact::Stream {
            category: "Chess".into(),
            title: "Day 9".into(),
        };
        assert_eq!(
            receive(&mut labels, &[("STREAM_CATEGORY_NAME", "Chess")]),
            [stream]
        );
    }

    fn avatars(facts: Vec<Fact>) -> Vec<Box<str>> {
        let avatar = |fact| {
            if let Fact::Raid { avatar, .. } = fact {
                Some(avatar)
            } else {
                None
            }
        };
        facts.into_iter().filter_map(avatar).collect()
    }

    #[test]
    fn a_raider_is_never_shown_with_the_picture_of_the_one_before() {
        let mut labels = Labels::default();
        receive(
            &mut labels,
            &[
                ("RAID_ID", "33"),
                ("RAID_NAME", "Fox"),
                ("RAID_COUNT", "57"),
                ("RAID_AVATAR", "https://fox"),
            ],
        );
        // Twitchat sets the name first and loads the picture later.
        let owl = [("RAID_ID", "34"), ("RAID_NAME", "Owl"), ("RAID_COUNT", "8")];
        let with = |avatar| [owl[0], owl[1], owl[2], ("RAID_AVATAR", avatar)];
        assert_eq!(
            avatars(receive(&mut labels, &with("https://fox"))),
            ["".into()]
        );
        assert_eq!(
            receive(&mut labels, &with("https://fox")),
            [],
            "still loading"
        );
        assert_eq!(
            receive(&mut labels, &with("https://owl")),
            [],
            "a picture alone is not a raid"
        );
        let again = [owl[0], owl[1], ("RAID_COUNT", "9")];
        assert_eq!(
            avatars(receive(&mut labels, &again)),
            ["https://owl".into()]
        );
        let elk = [
            ("RAID_ID", "35"),
            ("RAID_NAME", "Elk"),
            ("RAID_COUNT", "1"),
            ("RAID_AVATAR", "https://elk"),
        ];
        assert_eq!(
            avatars(receive(&mut labels, &elk)),
            ["https://elk".into()],
            "loaded in time"
        );
    }

    #[test]
    fn a_raider_has_the_login_that_the_name_shows() {
        let mut labels = Labels::default();
        receive(
            &mut labels,
            &[
                ("RAID_ID", "33"),
                ("RAID_NAME", "Fox"),
                ("RAID_COUNT", "57"),
            ],
        );
        let login = |facts: Vec<Fact>| {
            if let [Fact::Raid { who, .. }] = &*facts {
                who.login.clone()
            } else {
                panic!("{facts:?}")
            }
        };
        assert_eq!(
            &*login(receive(
                &mut labels,
                &[("RAID_ID", "34"), ("RAID_NAME", "Big_Owl7")]
            )),
            "big_owl7"
        );
        assert_eq!(
            &*login(receive(
                &mut labels,
                &[("RAID_ID", "35"), ("RAID_NAME", "雪花")]
            )),
            "",
            "nobody knows"
        );
    }

    #[test]
    fn emptied_labels_are_no_raid() {
        let mut labels = Labels::default();
        receive(
            &mut labels,
            &[
                ("RAID_ID", "33"),
                ("RAID_NAME", "Fox"),
                ("RAID_COUNT", "57"),
            ],
        );
        assert_eq!(
            receive(
                &mut labels,
                &[("RAID_ID", ""), ("RAID_NAME", ""), ("RAID_COUNT", "")]
            ),
            []
        );
        assert_eq!(
            receive(
                &mut labels,
                &[
                    ("RAID_ID", "33"),
                    ("RAID_NAME", "Fox"),
                    ("RAID_COUNT", "57")
                ]
            ),
            []
        );
    }

    #[test]
    fn after_twitchat_was_away_the_next_map_is_the_first_again() {
        let mut labels = Labels::default();
        receive(&mut labels, &[("RAID_ID", "33")]);
        labels.rebase();
        assert_eq!(receive(&mut labels, &[("RAID_ID", "34")]), []);
        assert_eq!(
            labels.decode(&RawValue::from_string("[]".into()).unwrap()),
            []
        );
        assert_eq!(
            receive(&mut labels, &[("RAID_ID", "35")]),
            [raid("35", "", 0)]
        );
    }
}
