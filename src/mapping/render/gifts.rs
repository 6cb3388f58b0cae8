//! Subscriptions given away: `GiftSub` and `GiftBomb`; `GiftSubscription` and
//! `MassGiftSubscription` on Kick and Trovo.

use serde_json::{Value, json};

use super::{
    context::Context,
    people::{Shown, base, display, tier_number, tier_text},
    platform::name,
};
use crate::event::{EmittedEvent, Person, fact::Gift};

/// Maximum number of recipients in an event. Twitch sells at most 100 gifts at once; the limit
/// prevents a huge list if another program publishes an absurd number.
const RECIPIENTS_MAX: usize = 1_000;

/// A whole gift bomb: `gift` with all its recipients. Overlays count gifts by `recipients.length`,
/// so there is one entry per gift.
pub fn gift_bomb(gift: &Gift, context: &Context<'_>) -> EmittedEvent {
    let gifter = &gift.gifter;
    let anonymous = gifter.is_anonymous();
    let known = gift.recipients.len();
    let gifts = usize::try_from(gift.count).unwrap_or(usize::MAX).max(known);
    let nobody = Person::default();
    let mut recipients: Vec<Value> = gift.recipients.iter().map(base).collect();
    recipients.resize(gifts.min(RECIPIENTS_MAX).max(known), base(&nobody));
    let tier = tier_number(gift.tier);
    let system = if anonymous {
        format!("An anonymous user is gifting {gifts} Tier {tier} Subs!")
    } else {
        format!(
            "{} is gifting {gifts} Tier {tier} Subs to the community!",
            display(gifter)
        )
    };
    let total = if anonymous { 0 } else { gift.total };
    let data = json!({
        "userId": gifter.id,
        "userName": gifter.login,
        "displayName": display(gifter),
        "role": gifter.roles.number(),
        "isAnonymous": anonymous,
        "gifts": gifts,
        "totalGifts": total,
        "subTier": tier,
        "user": Shown::silent(gifter).user(),
        "messageId": context.id,
        "systemMessage": system,
        "isTest": false,
        "isInSharedChat": false,
        "isSharedChatHost": false,
        "isFromSharedChatGuest": false,
        "id": context.id,
        "total": gifts,
        "cumulative_total": (total > 0).then_some(total),
        "sub_tier": tier_text(gift.tier),
        "recipients": recipients,
    });
    EmittedEvent {
        name: name(gifter.platform, "GiftBomb"),
        data,
    }
}

/// One gift to one recipient. `bomb_count` is the size of its gift bomb, 0 if there is none. The
/// gift bomb's own id is unknown, because Twitchat has none.
pub fn gift_sub(
    gift: &Gift,
    recipient: &Person,
    from_bomb: bool,
    bomb_count: u32,
    context: &Context<'_>,
) -> EmittedEvent {
    let gifter = &gift.gifter;
    let anonymous = gifter.is_anonymous();
    let total = if anonymous { 0 } else { gift.total };
    let giver = if anonymous {
        "An anonymous user"
    } else {
        display(gifter)
    };
    let shown = Shown::silent(gifter);
    let data = json!({
        "userId": gifter.id,
        "userName": gifter.login,
        "displayName": display(gifter),
        "role": gifter.roles.number(),
        "isAnonymous": anonymous,
        "totalSubsGifted": total,
        "cumulativeMonths": gift.cumulative_months,
        "monthsGifted": gift.months,
        "fromSubBomb": from_bomb,
        "subBombCount": bomb_count,
        "recipientUserId": recipient.id,
        "recipientUsername": recipient.login,
        "recipientDisplayName": display(recipient),
        "subTier": tier_text(gift.tier),
        "emotes": [],
        "badges": shown.badges,
        "user": shown.user(),
        "messageId": context.id,
        "systemMessage": format!("{giver} gifted a Tier {} sub to {}!", tier_number(gift.tier),
            display(recipient)),
        "isTest": false,
        "isInSharedChat": false,
        "isSharedChatHost": false,
        "isFromSharedChatGuest": false,
        "durationMonths": gift.months,
        "cumlativeTotal": total,
        "recipient": base(recipient),
        "communityGiftId": null,
        "fromCommunitySubGift": from_bomb,
        "randomCommunitySubGift": from_bomb,
        "communitySubGiftCount": bomb_count,
        "communitySubGiftCumulativeTotal": if from_bomb { total } else { 0 },
    });
    EmittedEvent {
        name: name(gifter.platform, "GiftSub"),
        data,
    }
}
