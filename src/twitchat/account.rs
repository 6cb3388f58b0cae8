//! A person's account in all forms that Twitchat has ever sent: today's `user`, users of 2022, and
//! IRC tags.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::lenient::{Flag, Loose, Text};
use crate::event::{Person, Platform, Roles};

/// A `user`, an element of `recipients`, or a message's `tags`. It has the fields of all versions.
/// If several fields have the same meaning, the first one with a value counts.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Account<'a> {
    /// The person's id in today's messages. In tags this is the message's id.
    #[serde(borrow)]
    pub id: Text<'a>,
    uid: Text<'a>,
    user_id: Text<'a>,
    #[serde(rename = "user-id")]
    tag_user_id: Text<'a>,
    login: Text<'a>,
    username: Text<'a>,
    #[serde(rename = "displayName")]
    display_name: Text<'a>,
    #[serde(rename = "display_name")]
    old_display_name: Text<'a>,
    #[serde(rename = "display-name")]
    tag_display_name: Text<'a>,
    platform: Text<'a>,
    /// The colour, `#RRGGBB`. Only tags and users of 2022 have it.
    pub color: Text<'a>,
    /// The channel's id. Only tags have it.
    #[serde(rename = "room-id")]
    pub room_id: Text<'a>,
    badges: Option<&'a RawValue>,
    #[serde(rename = "mod")]
    moderator: Flag,
    subscriber: Flag,
    vip: Flag,
}

impl Account<'_> {
    /// The person, with the roles that badges and flags show. `None` if there is neither an id nor
    /// a name.
    pub fn person(&self) -> Option<Person> {
        let id = first([&self.user_id, &self.tag_user_id, &self.uid, &self.id]);
        self.named(id)
    }

    /// The person in IRC tags, where `id` is the message's id.
    pub fn tagged_person(&self) -> Option<Person> {
        self.named(first([&self.tag_user_id, &self.user_id]))
    }

    fn named(&self, id: &str) -> Option<Person> {
        let login = first([&self.login, &self.username]);
        let display = first([
            &self.display_name,
            &self.old_display_name,
            &self.tag_display_name,
        ]);
        let person = if self.platform.is_empty() {
            Person::new(id, login, display)
        } else {
            Person::on(Platform::parse(&self.platform.0), id, login, display)
        };
        person.map(|person| person.with_roles(self.roles()))
    }

    fn roles(&self) -> Roles {
        let badges = self
            .badges()
            .iter()
            .fold(Roles::empty(), |roles, (name, _)| {
                roles
                    .when(&**name == "broadcaster", Roles::BROADCASTER)
                    .when(
                        matches!(&**name, "moderator" | "lead_moderator"),
                        Roles::MODERATOR,
                    )
                    .when(&**name == "vip", Roles::VIP)
                    .when(
                        matches!(&**name, "subscriber" | "founder"),
                        Roles::SUBSCRIBER,
                    )
            });
        badges
            .when(self.moderator.0, Roles::MODERATOR)
            .when(self.subscriber.0, Roles::SUBSCRIBER)
            .when(self.vip.0, Roles::VIP)
    }

    /// Badge names and versions: from an object, from a list of objects, or from IRC's own
    /// `vip/1,subscriber/12`.
    pub fn badges(&self) -> Vec<(Box<str>, Box<str>)> {
        self.badges.map_or_else(Vec::new, badges)
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Badge<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    name: Text<'a>,
    set_id: Text<'a>,
    version: Text<'a>,
}

fn badges(raw: &RawValue) -> Vec<(Box<str>, Box<str>)> {
    let json = raw.get();
    match json.bytes().next() {
        Some(b'{') => {
            let named: BTreeMap<Box<str>, Text<'_>> =
                serde_json::from_str(json).unwrap_or_default();
            named
                .into_iter()
                .map(|(name, version)| (name, version.0.into()))
                .collect()
        }
        Some(b'[') => {
            let list: Vec<Loose<Badge<'_>>> = serde_json::from_str(json).unwrap_or_default();
            let named = list.into_iter().filter_map(|badge| badge.0);
            named
                .map(|badge| {
                    (
                        first([&badge.set_id, &badge.name, &badge.id]).into(),
                        (&*badge.version.0).into(),
                    )
                })
                .collect()
        }
        _ => {
            let text: Text<'_> = serde_json::from_str(json).unwrap_or_default();
            text.0
                .split(',')
                .filter_map(|badge| badge.split_once('/'))
                .map(|(name, version)| (name.into(), version.into()))
                .collect()
        }
    }
}

/// The first text that is not empty. Empty if all texts are empty.
fn first<'t, const N: usize>(texts: [&'t Text<'_>; N]) -> &'t str {
    texts
        .into_iter()
        .map(|text| &*text.0)
        .find(|text| !text.trim().is_empty())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Account<'_> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn all_three_ways_name_the_same_person() {
        let expected = Person::new("7", "anna", "Anna");
        assert_eq!(
            read(r#"{"id":"7","login":"anna","displayName":"Anna"}"#).person(),
            expected
        );
        assert_eq!(
            read(r#"{"user_id":7,"username":"anna","display_name":"Anna"}"#).person(),
            expected
        );
        assert_eq!(
            read(r#"{"user-id":"7","username":"anna","display-name":"Anna","id":"msg"}"#)
                .tagged_person(),
            expected
        );
        assert_eq!(
            read(r#"{"uid":"7","login":"anna","displayName":null}"#).person(),
            Person::new("7", "anna", "")
        );
        assert_eq!(read(r#"{"id":{},"login":[]}"#).person(), None);
        assert_eq!(read(r#"{"id":"x"}"#).tagged_person(), None);
    }

    #[test]
    fn badges_give_roles_in_every_way_they_are_written() {
        let expected = Roles::VIP | Roles::SUBSCRIBER;
        for badges in [
            r#"{"vip":"1","subscriber":12}"#,
            r#""vip/1,founder/0""#,
            r#"[{"set_id":"vip","version":"1"},{"id":"subscriber"}]"#,
        ] {
            let json = format!(r#"{{"user-id":"7","badges":{badges}}}"#);
            assert_eq!(
                read(&json).tagged_person().unwrap().roles,
                expected,
                "{badges}"
            );
        }
        assert_eq!(
            read(r#"{"id":"7","badges":5,"mod":"1"}"#)
                .person()
                .unwrap()
                .roles,
            Roles::MODERATOR
        );
        assert_eq!(
            read(r#"{"badges":{"vip":"1"}}"#).badges(),
            [("vip".into(), "1".into())]
        );
    }

    #[test]
    fn the_id_or_the_message_decides_the_platform() {
        assert_eq!(
            read(r#"{"id":"UCq3fXh0cJm1vZr8yXb2kQeg"}"#)
                .person()
                .unwrap()
                .platform,
            Platform::YouTube
        );
        assert_eq!(
            read(r#"{"id":"7","platform":"tiktok"}"#)
                .person()
                .unwrap()
                .platform,
            Platform::TikTok
        );
    }
}
