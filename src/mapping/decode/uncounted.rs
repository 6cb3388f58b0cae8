//! Messages that are emitted as an event but not counted.

use serde::Deserialize;
use serde_json::{Map, Value, json, value::RawValue};

use super::{missing_field::MissingField, presence};
use crate::{
    event::{EmittedEvent, Fact, Person},
    mapping::render::of_platform,
    twitchat::{
        account::Account,
        lenient::{self, Loose, Number},
    },
};

/// A message was deleted. Twitchat names neither the message nor the person who deleted it: the
/// `user` is the message's author.
pub(super) fn deleted(data: &RawValue, facts: &mut Vec<Fact>) -> Result<(), MissingField> {
    let message = presence::read(data)?;
    let who = message.who.ok_or(MissingField::with("user"))?;
    let mut event = person_fields(&who);
    event.extend(fields(json!({
        "targetUserId": who.id, "targetUserName": who.login, "targetUserDisplayName": who.name(),
        "target_user_id": who.id, "target_user_login": who.login, "target_user_name": who.name(),
        "messageId": message.chat.message_id, "targetMessageId": message.chat.message_id,
        "message": message.chat.text, "text": message.chat.text, "role": who.roles.number(),
    })));
    facts.push(plain("ChatMessageDeleted", &who, event));
    Ok(())
}

/// A whisper was received or sent. Twitchat does not send its text; if it ever did, the bridge
/// would drop it.
pub(super) fn whisper(data: &RawValue, facts: &mut Vec<Fact>) -> Result<(), MissingField> {
    #[derive(Deserialize, Default)]
    #[serde(default, rename_all = "camelCase")]
    struct Whisper<'a> {
        #[serde(borrow)]
        user: Loose<Account<'a>>,
        unread_count: Number,
    }
    let whisper: Whisper<'_> = lenient::object(data).ok_or(MissingField::with("data"))?;
    let who = whisper
        .user
        .0
        .and_then(|user| user.person())
        .ok_or(MissingField::with("user"))?;
    let mut event = person_fields(&who);
    event.extend(fields(json!({
        "message": { "msgId": "", "userId": who.id, "username": who.login,
            "displayName": who.name(), "role": who.roles.number(),
            "message": "", "emotes": [], "badges": [] },
        "text": "", "unreadCount": whisper.unread_count.count().unwrap_or_default(),
    })));
    facts.push(plain("Whisper", &who, event));
    Ok(())
}

fn person_fields(who: &Person) -> Map<String, Value> {
    fields(json!({
        "user": { "id": who.id, "login": who.login, "name": who.name(),
            "type": who.platform.as_str() },
        "userId": who.id, "userName": who.login, "displayName": who.name(), "isTest": false,
    }))
}

fn plain(kind: &str, who: &Person, data: Map<String, Value>) -> Fact {
    let EmittedEvent { name, data } =
        of_platform(who.platform, EmittedEvent::new("Twitch", kind, data.into()));
    Fact::Plain {
        name,
        data: fields(data),
    }
}

fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
