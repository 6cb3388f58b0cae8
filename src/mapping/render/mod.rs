//! Facts into Streamer.bot's events: the `data` that its overlays read, in the words of every
//! version at once.
//!
//! Each event carries the superset of keys that Streamer.bot has sent over the years
//! (docs/events.md), because overlays of every age are in use and none of them guards against a
//! missing key. What is not known is an empty string, 0, `false` or an empty list: never absent,
//! never of another type. Called by `bridge` with people already resolved; it must not look anything
//! up, and it has no clock.

mod channel;
mod chat;
mod gifts;
mod people;
mod subs;
mod support;
mod text;
mod train;

#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

pub use self::gifts::{gift_bomb, gift_sub};
use crate::event::{
    Event, EventName, Fact, Person, Platform,
    fact::{Chat, Gift, Told},
};

/// What a fact does not say about itself but its event must.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// When it was heard, in milliseconds since 1970.
    pub at_ms: i64,
    /// Id of what told it; becomes `messageId`, `msgId` or `id`.
    pub id: &'a str,
    /// Whose channel it is, where known.
    pub broadcaster: Option<&'a Person>,
}

/// The event that is emitted for a fact. `None` for what is not emitted: silent presence, and the
/// broadcaster becoming known.
pub fn event(fact: &Fact, context: &Context<'_>) -> Option<Event> {
    let platform = match fact {
        Fact::Follow { who }
        | Fact::Cheer { who, .. }
        | Fact::Raid { who, .. }
        | Fact::GoalContribution { who, .. }
        | Fact::Pyramid { who, .. }
        | Fact::Ban { who, .. } => who.platform,
        Fact::Subscription(sub) => sub.who.platform,
        Fact::Gift(gift) => gift.gifter.platform,
        Fact::Redemption(redemption) => redemption.who.platform,
        Fact::Presence(presence) => presence.who.platform,
        // About nobody, about several people, or named already.
        _ => Platform::default(),
    };
    shape(fact, context).map(|event| of_platform(platform, event))
}

/// The same before it is known who emits it: a published event keeps the name that its publisher
/// gave it.
pub fn shape(fact: &Fact, context: &Context<'_>) -> Option<Event> {
    Some(match fact {
        Fact::Follow { who } => Event {
            name: name(who.platform, "Follow"),
            data: channel::follow(who, context),
        },
        Fact::Cheer { who, bits, chat } => {
            Event::new("Twitch", "Cheer", chat::cheer(who, *bits, chat, context))
        }
        Fact::Subscription(sub) => subs::subscription(sub, context),
        Fact::Gift(gift) => gifted(gift, context),
        Fact::Raid {
            who,
            viewers,
            avatar,
        } => Event {
            name: name(who.platform, "Raid"),
            data: channel::raid(who, *viewers, avatar, context),
        },
        Fact::Redemption(redemption) => channel::redemption(redemption, context),
        Fact::GoalContribution { who, points } => Event::new(
            "Twitch",
            "CommunityGoalContribution",
            channel::goal_contribution(who, *points, context),
        ),
        Fact::Stream { category, title } => Event::new(
            "Twitch",
            "StreamUpdate",
            channel::stream(category, title, context),
        ),
        Fact::Pyramid { who, width } => {
            Event::new("Twitch", "PyramidSuccess", channel::pyramid(who, *width))
        }
        Fact::HypeTrain(train) => Event::new("Twitch", &train.phase, train::report(train, context)),
        Fact::Support(support) => Event {
            name: support.name.clone(),
            data: support::support(support, context),
        },
        Fact::Presence(presence) => {
            let (kind, ever) = match presence.told {
                Told::FirstWord { ever } => ("FirstWord", ever),
                Told::ChatMessage => ("ChatMessage", false),
                Told::Silent => return None,
            };
            written(kind, &presence.who, &presence.chat, ever, context)
        }
        Fact::Broadcaster { .. } | Fact::Withdrawn { .. } => return None,
        Fact::Ban { who, lifted } => {
            let kind = if *lifted {
                "UserUnbanned"
            } else {
                "UserBanned"
            };
            Event::new("Twitch", kind, people::banned(who))
        }
        Fact::Plain { name, data } => Event {
            name: name.clone(),
            data: Value::Object(data.clone()),
        },
    })
}

/// `FirstWord` or `ChatMessage`; `ever` when it is the author's first message on this channel at
/// all.
pub fn written(kind: &str, who: &Person, chat: &Chat, ever: bool, context: &Context<'_>) -> Event {
    Event {
        name: name(who.platform, kind),
        data: chat::message(who, chat, ever, context),
    }
}

/// An event in the name of its person's platform. Streamer.bot has no events of TikTok, and a page
/// that thanks for `Twitch.Follow` must not get one of those: they are `General.Custom`, with the
/// platform, Twitch's word for what happened, and the data of Twitch's event.
pub fn of_platform(platform: Platform, event: Event) -> Event {
    if platform != Platform::TikTok || &*event.name.source != "Twitch" {
        return event;
    }
    let Event { name, data } = event;
    let mut custom = Map::new();
    // Who it was, where every event has it.
    for key in ["userId", "userName", "displayName", "user"] {
        let nested = data
            .get("message")
            .and_then(|message| message.get(if key == "userName" { "username" } else { key }));
        custom.extend(
            data.get(key)
                .or(nested)
                .map(|value| (key.to_owned(), value.clone())),
        );
    }
    custom.extend([
        ("source".into(), platform.label().into()),
        ("type".into(), (&*name.kind).into()),
        ("data".into(), data),
    ]);
    Event::new("General", "Custom", custom.into())
}

/// A gift that nobody gathers into a wave any more: told as what it says of itself.
fn gifted(gift: &Gift, context: &Context<'_>) -> Event {
    match gift.recipients.as_slice() {
        [] if !gift.bomb && gift.count <= 1 => {
            gift_sub(gift, &Person::default(), gift.of_bomb, 0, context)
        }
        [one] if !gift.bomb && gift.count <= 1 => gift_sub(gift, one, gift.of_bomb, 0, context),
        _ => gift_bomb(gift, context),
    }
}

/// The name of a Twitch event as the platform of its person has it. A platform that has no such
/// event has Twitch's.
fn name(platform: Platform, twitch: &str) -> EventName {
    let own = match (platform, twitch) {
        (Platform::YouTube, "Follow") => Some(EventName::new("YouTube", "NewSubscriber")),
        (Platform::YouTube, "ChatMessage") => Some(EventName::new("YouTube", "Message")),
        (Platform::YouTube, "FirstWord") => Some(EventName::new("YouTube", "FirstWords")),
        (Platform::Kick, kind) => Some(EventName::new("Kick", word(kind))),
        (Platform::Trovo, kind) => Some(EventName::new("Trovo", word(kind))),
        _ => None,
    };
    own.filter(EventName::is_known)
        .unwrap_or_else(|| EventName::new("Twitch", twitch))
}

/// What Kick and Trovo call a Twitch event.
fn word(twitch: &str) -> &str {
    match twitch {
        "FirstWord" => "FirstWords",
        "Sub" => "Subscription",
        "ReSub" => "Resubscription",
        "GiftSub" => "GiftSubscription",
        "GiftBomb" => "MassGiftSubscription",
        same => same,
    }
}
