//! People, badges, tiers and times in Streamer.bot's format: the parts that many events share.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::event::{
    Person, Roles,
    fact::{Chat, Tier},
};

/// `TwitchBaseUser`: id, login, name, type. `name` is the display name.
pub(super) fn base(person: &Person) -> Value {
    json!({"id": person.id, "login": person.login, "name": display(person),
        "type": person.platform.as_str()})
}

/// The display name. If it is empty, the login or else the id, because viewers see the result.
pub(super) fn display(person: &Person) -> &str {
    person.name()
}

/// `data` of a ban or its end. Twitchat reports neither the moderator nor the reason.
pub(super) fn banned(who: &Person) -> Value {
    json!({
        "userId": who.id, "userName": who.login, "displayName": display(who), "isTest": false,
        "user": base(who), "targetUser": base(who),
        "targetUserId": who.id, "targetUserName": who.login, "targetUserDisplayName": display(who),
    })
}

/// A person in one event, with the data that only this event reports about them.
pub(super) struct Shown<'a> {
    pub(super) who: &'a Person,
    pub(super) badges: Vec<Value>,
    pub(super) color: &'a str,
    /// The tier of the person's subscription; `None` if this event does not report it.
    pub(super) tier: Option<Tier>,
    /// How many months the person has been subscribed, 0 if unknown.
    pub(super) months: u32,
}

impl<'a> Shown<'a> {
    /// The person as the author of a chat text.
    pub(super) fn writing(who: &'a Person, chat: &'a Chat) -> Self {
        Self {
            who,
            badges: badges(who, chat),
            color: &chat.color,
            tier: None,
            months: months(chat),
        }
    }

    /// The person without a chat text.
    pub(super) fn silent(who: &'a Person) -> Self {
        Self {
            who,
            badges: role_badges(who),
            color: "",
            tier: None,
            months: 0,
        }
    }

    /// Sets the subscription. The number of months is only raised, never lowered.
    pub(super) fn subscribed(mut self, tier: Tier, months: u32) -> Self {
        self.tier = Some(tier);
        self.months = self.months.max(months);
        self
    }

    /// Whether the person subscribes to the channel.
    pub(super) fn is_subscriber(&self) -> bool {
        self.tier.is_some() || self.who.roles.contains(Roles::SUBSCRIBER)
    }

    /// `"1000"`, `"2000"` or `"3000"`. A subscriber of unknown tier gets tier 1, by far the most
    /// common; everybody else gets an empty text.
    pub(super) fn tier_text(&self) -> &'static str {
        if self.is_subscriber() {
            tier_text(self.tier.unwrap_or_default())
        } else {
            ""
        }
    }

    /// `TwitchUser`: the keys of `TwitchBaseUser`, and role, badges, colour and subscription.
    pub(super) fn user(&self) -> Value {
        json!({
            "id": self.who.id,
            "login": self.who.login,
            "name": display(self.who),
            "type": self.who.platform.as_str(),
            "role": self.who.roles.number(),
            "badges": self.badges,
            "color": self.color,
            "subscribed": self.is_subscriber(),
            "subscriptionTier": self.tier_text(),
            "monthsSubscribed": self.months,
        })
    }
}

/// Today's spelling of a tier. Prime is `"1000"`, with `is_prime` beside it.
pub(super) fn tier_text(tier: Tier) -> &'static str {
    match tier {
        Tier::Prime | Tier::One => "1000",
        Tier::Two => "2000",
        Tier::Three => "3000",
    }
}

/// The old spelling of a tier: Prime is 0.
pub(super) fn tier_number(tier: Tier) -> u8 {
    match tier {
        Tier::Prime => 0,
        Tier::One => 1,
        Tier::Two => 2,
        Tier::Three => 3,
    }
}

/// The badges that the message shows. If it shows none, badges that follow from the roles.
fn badges(who: &Person, chat: &Chat) -> Vec<Value> {
    if chat.badges.is_empty() {
        role_badges(who)
    } else {
        chat.badges
            .iter()
            .map(|(name, version)| badge(name, version))
            .collect()
    }
}

/// Badges that follow from the roles, because overlays show them beside the name.
fn role_badges(who: &Person) -> Vec<Value> {
    [
        (Roles::BROADCASTER, "broadcaster"),
        (Roles::MODERATOR, "moderator"),
        (Roles::VIP, "vip"),
        (Roles::SUBSCRIBER, "subscriber"),
    ]
    .into_iter()
    .filter(|(role, _)| who.roles.contains(*role))
    .map(|(_, name)| badge(name, "1"))
    .collect()
}

/// Pictures are known only for Twitch's own global badges; the pictures of a channel's badges would
/// need a request to Twitch.
fn badge(name: &str, version: &str) -> Value {
    let picture = match name {
        "broadcaster" => {
            "https://static-cdn.jtvnw.net/badges/v1/5527c58c-fb7d-422d-b71b-f309dcb85cc1/3"
        }
        "moderator" => {
            "https://static-cdn.jtvnw.net/badges/v1/3267646d-33f0-4b17-b3df-f923a41db1d0/3"
        }
        "vip" => "https://static-cdn.jtvnw.net/badges/v1/b817aba4-fad8-49e2-b88a-7cc744dfa6ec/3",
        "subscriber" => {
            "https://static-cdn.jtvnw.net/badges/v1/5d9f2208-5dd8-11e7-8513-2ff4adfae661/3"
        }
        _ => "",
    };
    json!({"name": name, "version": version, "imageUrl": picture, "info": ""})
}

/// Months that the subscriber badge stands for: its version modulo 1000 (3006 is tier 3, 6 months).
/// The real number may be higher.
fn months(chat: &Chat) -> u32 {
    chat.badges
        .iter()
        .find(|(name, _)| &**name == "subscriber")
        .and_then(|(_, version)| version.parse().ok())
        .map_or(0, |version: u32| version % 1000)
}

/// `2026-11-21T20:00:00.0000000Z`, as .NET writes a UTC `DateTime`.
pub(super) fn utc(at_ms: i64) -> String {
    instant(at_ms)
        .strftime("%Y-%m-%dT%H:%M:%S.%7fZ")
        .to_string()
}

/// `2026-11-21T20:00:00.0000000+00:00`, as .NET writes a `DateTimeOffset`. Chat messages have this
/// format.
pub(super) fn offset(at_ms: i64) -> String {
    instant(at_ms)
        .strftime("%Y-%m-%dT%H:%M:%S.%7f+00:00")
        .to_string()
}

/// The instant; 1970 if the number is not a valid time.
fn instant(at_ms: i64) -> Timestamp {
    Timestamp::from_millisecond(at_ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_seven_digits_and_never_fail() {
        assert_eq!(utc(1_795_291_200_123), "2026-11-21T20:00:00.1230000Z");
        assert_eq!(
            offset(1_795_291_201_000),
            "2026-11-21T20:00:01.0000000+00:00"
        );
        assert_eq!(utc(i64::MAX), "1970-01-01T00:00:00.0000000Z");
    }

    #[test]
    fn months_come_from_the_subscriber_badge() {
        let with = |version: &str| Chat {
            badges: vec![
                ("vip".into(), "1".into()),
                ("subscriber".into(), version.into()),
            ],
            ..Chat::default()
        };
        assert_eq!(
            [
                months(&with("6")),
                months(&with("3006")),
                months(&with("x")),
                months(&Chat::default())
            ],
            [6, 6, 0, 0]
        );
    }

    #[test]
    fn roles_become_badges_where_the_message_has_none() {
        let who = Person::new("1", "a", "A")
            .unwrap()
            .with_roles(Roles::MODERATOR | Roles::SUBSCRIBER);
        let names: Vec<_> = Shown::silent(&who)
            .badges
            .iter()
            .map(|badge| badge["name"].clone())
            .collect();
        assert_eq!(names, ["moderator", "subscriber"]);
    }
}
