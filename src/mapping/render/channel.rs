//! Events around a channel: follows, raids, channel points, goals, the stream's category, pyramids.

use serde_json::{Value, json};

use super::{
    context::Context,
    people::{base, display, utc},
    platform::name,
    text::pieces,
};
use crate::event::{EmittedEvent, Person, Roles, fact::Redemption};

pub(super) fn follow(who: &Person, context: &Context<'_>) -> Value {
    json!({
        "userId": who.id,
        "userName": who.login,
        "displayName": display(who),
        "user_id": who.id,
        "user_login": who.login,
        "user_name": display(who),
        "followed_at": utc(context.at_ms),
        "targetUser": base(who),
        "user": base(who),
        "isTest": false,
        "is_test": false,
    })
}

pub(super) fn raid(who: &Person, viewers: u64, avatar: &str, context: &Context<'_>) -> Value {
    let nobody = Person::default();
    let here = context.broadcaster.unwrap_or(&nobody);
    json!({
        "viewerCount": viewers,
        "viewers": viewers,
        "profileImage": avatar,
        "userId": who.id,
        "userName": who.login,
        "displayName": display(who),
        "role": who.roles.number(),
        "from_broadcaster_user_id": who.id,
        "from_broadcaster_user_login": who.login,
        "from_broadcaster_user_name": display(who),
        "to_broadcaster_user_id": here.id,
        "to_broadcaster_user_login": here.login,
        "to_broadcaster_user_name": display(here),
        "user": base(who),
        "isTest": false,
    })
}

/// `RewardRedemption`, or `AutomaticRewardRedemption` for Twitch's own rewards. An unknown cost is
/// 0, because no reward is free.
pub(super) fn redemption(redemption: &Redemption, context: &Context<'_>) -> EmittedEvent {
    let (who, at, cost) = (
        &redemption.who,
        utc(context.at_ms),
        redemption.cost.unwrap_or_default(),
    );
    let channel = context
        .broadcaster
        .map_or("", |broadcaster| &broadcaster.id);
    let mut data = json!({
        "id": context.id,
        "user_id": who.id,
        "user_login": who.login,
        "user_name": display(who),
        "user_input": redemption.chat.text,
        "status": "unfulfilled",
        "reward": {"id": redemption.reward_id, "title": redemption.title, "cost": cost,
            "prompt": ""},
        "redeemed_at": at,
        "dateTime": at,
        "userId": who.id,
        "userName": who.login,
        "displayName": display(who),
        "channelId": channel,
        "cost": cost,
        "rewardId": redemption.reward_id,
        "title": redemption.title,
        "prompt": "",
        "inputRequired": !redemption.chat.text.is_empty(),
        "backgroundColor": "",
        "enabled": true,
        "paused": false,
        "subOnly": false,
        "user": base(who),
        "isTest": false,
    });
    if redemption.automatic {
        let kind = reward_type(&redemption.reward_id);
        let more = json!({
            "reward": {
                "id": redemption.reward_id, "type": kind, "title": redemption.title, "cost": cost,
                    "prompt": "", "unlocked_emote": null,
            },
            "reward_type": kind,
            "gigantified_emote": null,
            "message": {"text": redemption.chat.text, "emotes": pieces(&redemption.chat).emotes},
            "status": "fulfilled",
        });
        if let (Value::Object(data), Value::Object(more)) = (&mut data, more) {
            data.extend(more);
        }
        return EmittedEvent::new("Twitch", "AutomaticRewardRedemption", data);
    }
    EmittedEvent {
        name: name(who.platform, "RewardRedemption"),
        data,
    }
}

/// `EventSub`'s name for one of Twitch's own rewards. Twitchat reports one of them under another
/// name.
fn reward_type(reward_id: &str) -> String {
    if reward_id == "highlighted-message" {
        "send_highlighted_message".into()
    } else {
        reward_id.replace('-', "_")
    }
}

pub(super) fn goal_contribution(who: &Person, points: u64, context: &Context<'_>) -> Value {
    let at = utc(context.at_ms);
    json!({
        "dateTime": at,
        "channelId": context.broadcaster.map_or("", |broadcaster| &broadcaster.id),
        "id": context.id,
        "title": "",
        "description": "",
        "inStock": true,
        "amount": 0,
        "contributed": 0,
        "duration": 0,
        "startedAt": at,
        "endsAt": at,
        "daysLeft": 0,
        "userId": who.id,
        "userName": who.login,
        "displayName": display(who),
        "userContributed": points,
        "userStreamContributed": points,
        "userTotalContributed": points,
        "user": base(who),
        "isTest": false,
    })
}

/// `data` of a stream update. The game's id and the previous game and title are unknown: overlays
/// that compare must remember them.
pub(super) fn stream(category: &str, title: &str, context: &Context<'_>) -> Value {
    let nobody = Person::default();
    let here = context.broadcaster.unwrap_or(&nobody);
    json!({
        "channelId": here.id,
        "channel": here.login,
        "status": title,
        "oldStatus": "",
        "game": {"id": "", "name": category},
        "oldGame": {"id": "", "name": ""},
        "gameId": "",
        "gameName": category,
        "title": title,
        "category_id": "",
        "category_name": category,
        "isTest": false,
    })
}

/// `data` of a pyramid. In this event `user.name` is the login. The emote, and how many pyramids
/// the user has built, are unknown.
pub(super) fn pyramid(who: &Person, width: u32) -> Value {
    json!({
        "total": 1,
        "width": width,
        "emote": "",
        "user": {
            "display": display(who),
            "display_name": display(who),
            "id": who.id,
            "login": who.login,
            "name": who.login,
            "role": who.roles.number(),
            "subscribed": who.roles.contains(Roles::SUBSCRIBER),
            "type": who.platform.as_str(),
        },
    })
}
