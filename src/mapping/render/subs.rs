//! Subscriptions for oneself: `Sub`, `ReSub`, `PrimePaidUpgrade`, `GiftPaidUpgrade`; `Subscription`
//! and `Resubscription` on Kick and Trovo.
//!
//! `subTier` is the old number in `Sub` and today's `"1000"` in `ReSub`, as in Streamer.bot's own
//! events.

use serde_json::{Map, Value, json};

use super::{
    context::Context,
    people::{Shown, display, tier_number, tier_text},
    platform::name,
    text::pieces,
};
use crate::event::{
    EmittedEvent,
    fact::{SubKind, Subscription, Tier},
};

pub(super) fn subscription(sub: &Subscription, context: &Context<'_>) -> EmittedEvent {
    let (kind, data) = match sub.kind {
        SubKind::New => ("Sub", new(sub, context)),
        SubKind::Renewed => ("ReSub", renewed(sub, context)),
        SubKind::PrimeUpgrade => ("PrimePaidUpgrade", new(sub, context)),
        SubKind::GiftUpgrade => ("GiftPaidUpgrade", gift_upgrade(sub, context)),
    };
    EmittedEvent {
        name: name(sub.who.platform, kind),
        data: Value::Object(data),
    }
}

fn new(sub: &Subscription, context: &Context<'_>) -> Map<String, Value> {
    let how = if sub.kind == SubKind::PrimeUpgrade {
        "converted from a Prime sub to"
    } else {
        "subscribed"
    };
    let mut data = common(sub, &sentence(sub, how), context);
    data.insert("subTier".into(), tier_number(sub.tier).into());
    data.insert("sub_tier".into(), tier_text(sub.tier).into());
    data.insert("duration_months".into(), sub.months.into());
    data
}

fn renewed(sub: &Subscription, context: &Context<'_>) -> Map<String, Value> {
    let months = sub.known_months();
    let system = match months {
        0 => sentence(sub, "subscribed"),
        1 => format!(
            "{} They've subscribed for 1 month!",
            sentence(sub, "subscribed")
        ),
        _ => format!(
            "{} They've subscribed for {months} months!",
            sentence(sub, "subscribed")
        ),
    };
    let mut data = common(sub, &system, context);
    let more = json!({
        "cumulativeMonths": months,
        "shareStreak": sub.streak_months > 1,
        "streakMonths": sub.streak_months,
        "subTier": tier_text(sub.tier),
        "text": sub.chat.text,
        "parts": pieces(&sub.chat).parts,
        "durationMonths": sub.months,
        "isPrime": sub.tier == Tier::Prime,
        "isGift": false,
        "gifterIsAnonymous": false,
        "gifter": null,
    });
    if let Value::Object(more) = more {
        data.extend(more);
    }
    data
}

/// `data` of a gift upgrade. Twitchat does not report the giver of the original subscription.
fn gift_upgrade(sub: &Subscription, context: &Context<'_>) -> Map<String, Value> {
    let mut data = new(sub, context);
    data.insert(
        "systemMessage".into(),
        format!("{} is continuing a gifted sub.", display(&sub.who)).into(),
    );
    data.insert("gifterIsAnonymous".into(), false.into());
    data.insert("gifter".into(), Value::Null);
    data
}

/// The line that Twitch shows in chat, in Streamer.bot's wording.
fn sentence(sub: &Subscription, how: &str) -> String {
    let name = display(&sub.who);
    let number = tier_number(sub.tier);
    match (sub.tier, how) {
        (Tier::Prime, how) => format!("{name} {how} with Prime."),
        (_, "subscribed") => format!("{name} subscribed at Tier {number}."),
        (_, how) => format!("{name} {how} a Tier {number} sub!"),
    }
}

/// The keys of every subscription: the oldest keys, and the keys of today's chat notifications.
fn common(sub: &Subscription, system_message: &str, context: &Context<'_>) -> Map<String, Value> {
    let shown = Shown::writing(&sub.who, &sub.chat).subscribed(sub.tier, sub.known_months());
    let data = json!({
        "userId": sub.who.id,
        "userName": sub.who.login,
        "displayName": display(&sub.who),
        "role": sub.who.roles.number(),
        "color": sub.chat.color,
        "emotes": pieces(&sub.chat).emotes,
        "badges": shown.badges,
        "message": sub.chat.text,
        "user": shown.user(),
        "messageId": context.id,
        "systemMessage": system_message,
        "isTest": false,
        "isInSharedChat": false,
        "isSharedChatHost": false,
        "isFromSharedChatGuest": false,
        "is_prime": sub.tier == Tier::Prime,
    });
    if let Value::Object(data) = data {
        data
    } else {
        Map::new()
    }
}
