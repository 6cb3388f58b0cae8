//! Events with a chat text: `ChatMessage`, `FirstWord` and `Cheer`.
//!
//! For years Streamer.bot sent these as `message:{…}`, later with flat keys; the bridge sends both.
//! For `Cheer`, Streamer.bot's TypeScript types declare `message` as the text, but no capture shows
//! that. In the bridge's event it is the object that the oldest example overlay reads.

use serde_json::{Value, json};

use super::{
    context::Context,
    people::{Shown, base, display, offset},
    text::pieces,
};
use crate::event::{
    Person,
    fact::{Chat, ChatKind},
};

/// `data` of a chat message. `first` is true if it is the author's first message ever on this
/// channel.
pub(super) fn message(who: &Person, chat: &Chat, first: bool, context: &Context<'_>) -> Value {
    written(&Shown::writing(who, chat), chat, 0, first, context)
}

/// `data` of a cheer: the keys of a chat message and the bits. The message's keys are also at the
/// top level, as the types declare.
pub(super) fn cheer(who: &Person, bits: u64, chat: &Chat, context: &Context<'_>) -> Value {
    let shown = Shown::writing(who, chat);
    let mut data = written(&shown, chat, bits, false, context);
    let flat = json!({
        "internal": false,
        "msgId": message_id(chat, context),
        "userId": who.id,
        "username": who.login,
        "role": who.roles.number(),
        "subscriber": shown.is_subscriber(),
        "displayName": display(who),
        "channel": channel(chat, context),
        "isHighlighted": false,
        "isMe": false,
        "isCustomReward": false,
        "isAnonymous": who.is_anonymous(),
        "firstMessage": false,
        "hasBits": bits > 0,
        "badges": shown.badges,
        "monthsSubscribed": shown.months,
        "bits": bits,
        "cheerEmotes": pieces(chat).cheer_emotes,
    });
    if let (Value::Object(data), Value::Object(flat)) = (&mut data, flat) {
        data.extend(flat);
    }
    data
}

/// The keys that all three events share.
fn written(shown: &Shown<'_>, chat: &Chat, bits: u64, first: bool, context: &Context<'_>) -> Value {
    let who = shown.who;
    let pieces = pieces(chat);
    let (id, at) = (message_id(chat, context), offset(context.at_ms));
    json!({
        "message": {
            "internal": false,
            "msgId": id,
            "userId": who.id,
            "username": who.login,
            "role": who.roles.number(),
            "subscriber": shown.is_subscriber(),
            "subscriptionTier": shown.tier_text(),
            "displayName": display(who),
            "color": chat.color,
            "channel": channel(chat, context),
            "message": chat.text,
            "isHighlighted": chat.kind == ChatKind::Highlighted,
            "isMe": chat.kind == ChatKind::Me,
            "isCustomReward": chat.kind == ChatKind::Reward,
            "isAnonymous": who.is_anonymous(),
            "isReply": false,
            "bits": bits,
            "firstMessage": first,
            "returningChatter": false,
            "hasBits": bits > 0,
            "emotes": pieces.emotes,
            "cheerEmotes": pieces.cheer_emotes,
            "badges": shown.badges,
            "monthsSubscribed": shown.months,
            "isTest": false,
            "isInSharedChat": false,
            "isFromSharedChatGuest": false,
        },
        "user": shown.user(),
        "messageId": id,
        "meta": {
            "internal": false,
            "firstMessage": first,
            "firstMessageTimestamp": at,
            "returningChatter": false,
            "isHighlighted": chat.kind == ChatKind::Highlighted,
            "isMe": chat.kind == ChatKind::Me,
            "isCustomReward": chat.kind == ChatKind::Reward,
            "isInSharedChat": false,
            "isSharedChatHost": false,
            "isFromSharedChatGuest": false,
            "createdAt": at,
            "isTest": false,
        },
        "anonymous": who.is_anonymous(),
        "text": chat.text,
        "emotes": pieces.emotes,
        "parts": pieces.parts,
        "isReply": false,
        "reply": null,
        "isTest": false,
        "sharedChatSource": null,
        "isInSharedChat": false,
        "isSharedChatHost": false,
        "isFromSharedChatGuest": false,
        "broadcaster": base(context.broadcaster.unwrap_or(&Person::default())),
        "createdAt": at,
    })
}

fn message_id<'a>(chat: &'a Chat, context: &Context<'a>) -> &'a str {
    if chat.message_id.is_empty() {
        context.id
    } else {
        &chat.message_id
    }
}

/// The channel's login, which Streamer.bot sends. Newer Twitchat versions report the channel's id.
/// If it is the broadcaster's id, the login replaces it.
fn channel<'a>(chat: &'a Chat, context: &Context<'a>) -> &'a str {
    match (chat.channel.strip_prefix('#'), context.broadcaster) {
        (Some(login), _) => login,
        (None, Some(broadcaster)) if chat.channel.is_empty() || chat.channel == broadcaster.id => {
            &broadcaster.login
        }
        (None, _) => &chat.channel,
    }
}
