//! Makes Streamer.bot's events from facts: the `data` that its overlays read, with the keys of
//! every version at once.
//!
//! Each event carries all keys that Streamer.bot has sent over the years (docs/events.md), because
//! overlays of every age are in use and none of them checks for a missing key. An unknown value is
//! an empty string, 0, `false` or an empty list; a key is never absent and never of another type.
//! `bridge` calls this with complete people, because this module looks nothing up and has no clock.

mod channel;
mod chat;
mod context;
mod gifts;
mod people;
mod platform;
mod subs;
mod support;
mod text;
mod train;

#[cfg(test)]
mod tests;

use serde_json::Value;

use self::platform::name;
pub use self::{
    context::Context,
    gifts::{gift_bomb, gift_sub},
    platform::of_platform,
};
use crate::event::{
    EmittedEvent, Fact, Person, Platform,
    fact::{Chat, Gift, PresenceEvent},
};

/// Returns `None` for facts without an event: silent presence, and the broadcaster becoming known.
pub fn event(fact: &Fact, context: &Context<'_>) -> Option<EmittedEvent> {
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
        // The fact is about nobody or several people, or its event already has a name.
        _ => Platform::default(),
    };
    shape(fact, context).map(|event| of_platform(platform, event))
}

/// The event for a fact, before it gets the name of the person's platform. A published event keeps
/// the name that its publisher gave it.
pub fn shape(fact: &Fact, context: &Context<'_>) -> Option<EmittedEvent> {
    Some(match fact {
        Fact::Follow { who } => EmittedEvent {
            name: name(who.platform, "Follow"),
            data: channel::follow(who, context),
        },
        Fact::Cheer { who, bits, chat } => {
            EmittedEvent::new("Twitch", "Cheer", chat::cheer(who, *bits, chat, context))
        }
        Fact::Subscription(sub) => subs::subscription(sub, context),
        Fact::Gift(gift) => gifted(gift, context),
        Fact::Raid {
            who,
            viewers,
            avatar,
        } => EmittedEvent {
            name: name(who.platform, "Raid"),
            data: channel::raid(who, *viewers, avatar, context),
        },
        Fact::Redemption(redemption) => channel::redemption(redemption, context),
        Fact::GoalContribution { who, points } => EmittedEvent::new(
            "Twitch",
            "CommunityGoalContribution",
            channel::goal_contribution(who, *points, context),
        ),
        Fact::Stream { category, title } => EmittedEvent::new(
            "Twitch",
            "StreamUpdate",
            channel::stream(category, title, context),
        ),
        Fact::Pyramid { who, width } => {
            EmittedEvent::new("Twitch", "PyramidSuccess", channel::pyramid(who, *width))
        }
        Fact::HypeTrain(train) => {
            EmittedEvent::new("Twitch", &train.phase, train::report(train, context))
        }
        Fact::Support(support) => EmittedEvent {
            name: support.name.clone(),
            data: support::support(support, context),
        },
        Fact::Presence(presence) => {
            let (kind, ever) = match presence.emitted_as {
                PresenceEvent::FirstWord { ever } => ("FirstWord", ever),
                PresenceEvent::ChatMessage => ("ChatMessage", false),
                PresenceEvent::Silent => return None,
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
            EmittedEvent::new("Twitch", kind, people::banned(who))
        }
        Fact::Plain { name, data } => EmittedEvent {
            name: name.clone(),
            data: Value::Object(data.clone()),
        },
    })
}

/// `FirstWord` or `ChatMessage`. `ever` is true if it is the author's first message ever on this
/// channel.
pub fn written(
    kind: &str,
    who: &Person,
    chat: &Chat,
    ever: bool,
    context: &Context<'_>,
) -> EmittedEvent {
    EmittedEvent {
        name: name(who.platform, kind),
        data: chat::message(who, chat, ever, context),
    }
}

/// A gift that no longer waits for its gift bomb: `GiftBomb` or `GiftSub`, depending on the mark in
/// the fact.
fn gifted(gift: &Gift, context: &Context<'_>) -> EmittedEvent {
    match gift.recipients.as_slice() {
        [] if !gift.bomb && gift.count <= 1 => {
            gift_sub(gift, &Person::default(), gift.of_bomb, 0, context)
        }
        [one] if !gift.bomb && gift.count <= 1 => gift_sub(gift, one, gift.of_bomb, 0, context),
        _ => gift_bomb(gift, context),
    }
}
