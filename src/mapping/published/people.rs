//! The person that a published event is about, in every shape that Streamer.bot has had.
//!
//! The names are inconsistent: `userName` and `username` are the login, `user_name` and
//! `displayName` the display name. `user.name` is the display name, but in objects with a `display`
//! beside it, it is the login.

use serde_json::Value;

use super::look::{at, flag, list, plain, text};
use crate::event::{Person, Platform, Roles};

/// The paths of one person in an event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named {
    /// Paths of objects, or of plain text with the name.
    pub(super) objects: &'static [&'static str],
    pub(super) id: &'static [&'static str],
    pub(super) login: &'static [&'static str],
    pub(super) display: &'static [&'static str],
}

/// The person that the event is about. It is never `broadcaster{}`.
pub(super) const WHO: Named = Named {
    objects: &[
        "user",
        "targetUser",
        "follower",
        "subscriber",
        "redeemer",
        "sender",
        "authorDetails",
        "contribution.user",
    ],
    id: &[
        "userId",
        "user_id",
        "message.userId",
        "chatter_user_id",
        "uid",
    ],
    login: &[
        "user_login",
        "userLogin",
        "userName",
        "username",
        "message.username",
        "chatter_user_login",
    ],
    display: &[
        "displayName",
        "nick_name",
        "user_name",
        "message.displayName",
        "chatter_user_name",
    ],
};

/// The person who is banned. If the event names a target, the other people in the event are
/// moderators.
pub(super) const TARGET: Named = Named {
    objects: &["targetUser", "target_user", "bannedUser", "banned_user"],
    id: &["targetUserId", "target_user_id"],
    login: &["targetUserLogin", "targetUserName", "target_user_login"],
    display: &["targetUserDisplayName", "target_user_name"],
};

pub(super) const RAIDER: Named = Named {
    objects: &["user", "raid"],
    id: &["from_broadcaster_user_id", "userId", "user_id", "uid"],
    login: &[
        "from_broadcaster_user_login",
        "userName",
        "username",
        "user_login",
    ],
    display: &[
        "from_broadcaster_user_name",
        "displayName",
        "nick_name",
        "user_name",
    ],
};

pub(super) const GIFTER: Named = Named {
    objects: &["gifter", "user", "sender", "authorDetails"],
    id: &["userId", "user_id", "chatter_user_id", "uid"],
    login: &[
        "user_login",
        "userName",
        "username",
        "gifter_username",
        "chatter_user_login",
    ],
    display: &["displayName", "nick_name", "user_name", "chatter_user_name"],
};

/// The recipient of a gift.
pub(super) const RECIPIENT: Named = Named {
    objects: &["recipient", "giftee"],
    id: &[
        "recipientUserId",
        "recipient_user_id",
        "sub_gift.recipient_user_id",
    ],
    login: &[
        "recipientUsername",
        "recipientUserName",
        "recipient_user_login",
        "sub_gift.recipient_user_login",
    ],
    display: &[
        "recipientDisplayName",
        "recipient_user_name",
        "sub_gift.recipient_user_name",
    ],
};

/// A supporter on another service. On these services, `username` and `name` are the name that the
/// service shows.
pub(super) const SUPPORTER: Named = Named {
    objects: &["user"],
    id: &["userId", "user_id"],
    login: &["user_login", "userLogin"],
    display: &[
        "displayName",
        "user_name",
        "from",
        "fromName",
        "from_name",
        "username",
        "name",
        "nickname",
        "donorName",
        "donor.name",
    ],
};

/// Flags for a giver or cheerer who does not want to be named.
pub(super) const ANONYMOUS: &[&str] = &[
    "isAnonymous",
    "is_anonymous",
    "anonymous",
    "message.isAnonymous",
    "donorIsAnonymous",
    "chatter_is_anonymous",
    "user.isAnonymous",
    "user.is_anonymous",
    "gifter.isAnonymous",
    "gifter.is_anonymous",
    "sender.is_anonymous",
];

impl Named {
    /// Every path that is read; `{}` marks an object.
    pub(super) fn fields(self) -> Vec<String> {
        let objects = self.objects.iter().map(|path| format!("{path}{{}}"));
        objects
            .chain(
                self.id
                    .iter()
                    .chain(self.login)
                    .chain(self.display)
                    .map(ToString::to_string),
            )
            .collect()
    }

    /// The person, combined from all paths, because one path may have the id and another the name.
    pub(super) fn read(self, data: &Value, platform: Platform) -> Option<Person> {
        let (id, login, display) = (
            text(data, self.id),
            text(data, self.login),
            text(data, self.display),
        );
        let flat = Parts {
            platform: None,
            id,
            login,
            display,
        };
        let parts = self
            .objects
            .iter()
            .filter_map(|path| at(data, path))
            .map(Parts::of)
            .chain([flat])
            .fold(Parts::default(), Parts::or);
        Person::on(
            parts.platform.unwrap_or(platform),
            &parts.id,
            &parts.login,
            &parts.display,
        )
    }
}

/// A person in one element of a list.
pub(super) fn element(value: &Value, platform: Platform) -> Option<Person> {
    let parts = Parts::of(value);
    Person::on(
        parts.platform.unwrap_or(platform),
        &parts.id,
        &parts.login,
        &parts.display,
    )
}

/// The parts of a person at one path.
#[derive(Default)]
struct Parts {
    platform: Option<Platform>,
    id: String,
    login: String,
    display: String,
}

impl Parts {
    /// Reads an object or a plain name.
    fn of(value: &Value) -> Self {
        if let Some(display) = plain(value) {
            return Self {
                display,
                ..Self::default()
            };
        }
        let read = |paths: &[&str]| text(value, paths);
        let platform = Some(Platform::parse(&read(&["type", "platform"])))
            .filter(|platform| *platform != Platform::Other);
        let id = read(&["id", "userId", "user_id", "channelId"]);
        let shown = read(&["display", "display_name", "displayName"]);
        let slug = read(&["channel_slug"]);
        if !slug.is_empty() {
            // Kick's `username` is the display name.
            let name = read(&["username"]);
            Self {
                platform,
                id,
                login: slug,
                display: if name.is_empty() { shown } else { name },
            }
        } else if shown.is_empty() {
            let (login, display) = (
                read(&["login", "user_login", "userName", "username"]),
                read(&["name", "user_name"]),
            );
            Self {
                platform,
                id,
                login,
                display,
            }
        } else {
            Self {
                platform,
                id,
                login: read(&["login", "user_login", "userName", "username", "name"]),
                display: shown,
            }
        }
    }

    /// Fills in the missing parts from another path.
    fn or(self, other: Self) -> Self {
        let first = |ours: String, theirs: String| if ours.is_empty() { theirs } else { ours };
        Self {
            platform: self.platform.or(other.platform),
            id: first(self.id, other.id),
            login: first(self.login, other.login),
            display: first(self.display, other.display),
        }
    }
}

/// The platform of the people of a source, if an event names no other platform.
pub(super) fn platform(source: &str) -> Platform {
    match source {
        "Twitch" | "Misc" => Platform::Twitch,
        "TipeeeStream" => Platform::Tipeee,
        other => Platform::parse(other),
    }
}

/// The roles that the event shows for its person.
pub(super) fn roles(data: &Value) -> Roles {
    let numbered = ["message.role", "user.role", "role"]
        .iter()
        .filter_map(|path| plain(at(data, path)?))
        .map(|role| role_of(&role));
    let badges = list(
        data,
        &[
            "user.badges",
            "badges",
            "message.badges",
            "sender.identity.badges",
        ],
    );
    let badges = badges
        .iter()
        .map(|badge| role_of(&text(badge, &["name", "set_id", "type"])));
    let words = list(data, &["roles"])
        .iter()
        .filter_map(plain)
        .map(|role| role_of(&role));
    numbered
        .chain(badges)
        .chain(words)
        .fold(Roles::empty(), Roles::union)
        .when(
            flag(
                data,
                &[
                    "user.subscribed",
                    "message.subscriber",
                    "subscriber",
                    "isSubscribed",
                    "user.isSponsor",
                    "authorDetails.isChatSponsor",
                ],
            ),
            Roles::SUBSCRIBER,
        )
        .when(
            flag(
                data,
                &[
                    "user.isModerator",
                    "isModerator",
                    "authorDetails.isChatModerator",
                ],
            ),
            Roles::MODERATOR,
        )
        .when(flag(data, &["isVip", "user.isVip"]), Roles::VIP)
        .when(
            flag(data, &["user.isOwner", "authorDetails.isChatOwner"]),
            Roles::BROADCASTER,
        )
}

/// The role for Streamer.bot's number or word, or for a badge's name.
fn role_of(word: &str) -> Roles {
    match word.to_ascii_lowercase().as_str() {
        "4" | "broadcaster" | "streamer" => Roles::BROADCASTER,
        "3" | "moderator" | "lead_moderator" | "mod" => Roles::MODERATOR,
        "2" | "vip" => Roles::VIP,
        "subscriber" | "founder" => Roles::SUBSCRIBER,
        _ => Roles::empty(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names(named: Named, data: &Value) -> Option<(String, String, String)> {
        named
            .read(data, Platform::Twitch)
            .map(|who| (who.id.into(), who.login.into(), who.display.into()))
    }

    #[test]
    fn every_generation_names_the_same_person() {
        let anna = Some(("7".to_owned(), "anna_b".to_owned(), "Anna_B".to_owned()));
        for data in [
            json!({"userId": 7, "userName": "anna_b", "displayName": "Anna_B"}),
            json!({"user_id": "7", "user_login": "anna_b", "user_name": "Anna_B"}),
            json!({"targetUser": {"id": "7", "login": "anna_b", "name": "Anna_B",
                "type": "twitch"}}),
            json!({"user": {"id": "7", "name": "anna_b", "display": "Anna_B"}}),
            json!({"user": {"id": 7, "login": "anna_b", "display_name": "Anna_B"}}),
            json!({"message": {"userId": "7", "username": "anna_b", "displayName": "Anna_B"}}),
            json!({"userId": "7", "username": "anna_b", "displayName": "Anna_B",
                "message": "flat"}),
            json!({"user": {"name": "Anna_B"}, "userId": "7", "userName": "anna_b"}),
        ] {
            assert_eq!(names(WHO, &data), anna, "{data}");
        }
        assert_eq!(
            names(WHO, &json!({"user": "Anna_B"})),
            Some((String::new(), String::new(), "Anna_B".into()))
        );
        assert_eq!(
            names(WHO, &json!({"user": null, "userId": "", "x": 1})),
            None
        );
    }

    #[test]
    fn the_person_may_have_a_platform() {
        let data = json!({"user": {"id": "7", "name": "A", "type": "kick"}});
        assert_eq!(
            WHO.read(&data, Platform::Twitch).unwrap().platform,
            Platform::Kick
        );
        assert_eq!(
            WHO.read(&json!({"user": {"id": "7"}}), Platform::YouTube)
                .unwrap()
                .platform,
            Platform::YouTube
        );
        assert_eq!(
            (platform("Kofi"), platform("Misc"), platform("Shopify")),
            (Platform::Kofi, Platform::Twitch, Platform::Other)
        );
    }

    #[test]
    fn roles_come_as_numbers_words_flags_and_badges() {
        assert_eq!(roles(&json!({"role": 3})), Roles::MODERATOR);
        assert_eq!(
            roles(&json!({"user": {"role": "VIP", "subscribed": true}})),
            Roles::VIP | Roles::SUBSCRIBER
        );
        assert_eq!(
            roles(&json!({"message": {"badges": [{"name": "broadcaster", "version": "1"}]}})),
            Roles::BROADCASTER
        );
        assert_eq!(roles(&json!({"role": 1})), Roles::empty());
    }
}
