//! Presence in chat: chat messages in the five layouts in which Twitchat has sent them.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    channel::{self, is_twitch_id},
    chat::{NameSource, chat as read_chat},
    missing_field::MissingField,
};
use crate::{
    event::{
        Fact, Person,
        fact::{Chat, ChatKind, Presence, PresenceEvent},
    },
    mapping::texts::PRIVATE,
    twitchat::{
        account::Account,
        lenient::{self, Loose, Rows, Text},
    },
};

/// A message with its author: in `user`, in IRC `tags`, or, in `MENTION` of the public API page, at
/// the top level.
#[derive(Deserialize, Default)]
#[serde(default)]
struct AuthoredMessage<'a> {
    #[serde(borrow)]
    channel: Text<'a>,
    /// The text, or another object with all these fields (up to 6.x, and `MESSAGE_READ` up to
    /// 16.x).
    message: Option<&'a RawValue>,
    message_chunks: Rows<'a>,
    user: Loose<Account<'a>>,
    tags: Loose<Account<'a>>,
    /// Why Twitchat's own chat hides the message (`MESSAGE_FILTERED`).
    reason: Text<'a>,
    user_id: Text<'a>,
    username: Text<'a>,
    display_name: Text<'a>,
}

/// The author, channel and text of a message, regardless of its layout.
pub(super) struct Message {
    pub(super) who: Option<Person>,
    pub(super) channel: Option<Fact>,
    pub(super) chat: Chat,
}

pub(super) fn read(data: &RawValue) -> Result<Message, MissingField> {
    let outer: AuthoredMessage<'_> = lenient::object(data).ok_or(MissingField::with("data"))?;
    let is_me = &*outer.reason.0 == "slashMe";
    let inner = outer.message.and_then(lenient::object).unwrap_or(outer);
    let room = inner.tags.0.as_ref().map_or("", |tags| &*tags.room_id.0);
    let channel = [&*inner.channel.0, room]
        .into_iter()
        .find(|id| is_twitch_id(id))
        .and_then(channel::channel);
    let account = inner
        .user
        .0
        .as_ref()
        .map(|user| (user, NameSource::User))
        .or_else(|| inner.tags.0.as_ref().map(|tags| (tags, NameSource::Tags)));
    let named = account.and_then(|(account, names)| {
        if names == NameSource::Tags {
            account.tagged_person()
        } else {
            account.person()
        }
    });
    let who =
        named.or_else(|| Person::new(&inner.user_id.0, &inner.username.0, &inner.display_name.0));
    let mut chat = read_chat(
        inner.message,
        &inner.message_chunks,
        &inner.channel.0,
        account,
    );
    if is_me {
        chat.kind = ChatKind::Me;
    }
    Ok(Message { who, channel, chat })
}

/// Reads a message that was shown in chat.
pub(super) fn chat(
    data: &RawValue,
    emitted_as: PresenceEvent,
    facts: &mut Vec<Fact>,
) -> Result<(), MissingField> {
    let message = read(data)?;
    facts.extend(message.channel);
    let who = message.who.ok_or(MissingField::with("user"))?;
    facts.push(Fact::Presence(Presence {
        who,
        spoke: true,
        emitted_as,
        chat: message.chat,
    }));
    Ok(())
}

/// Reads a message that the streamer marked as read, which may have been written long ago. A
/// whisper gives no presence, because it is not written in chat. Neither does a message without an
/// author.
pub(super) fn marked_read(data: &RawValue, facts: &mut Vec<Fact>) -> Result<(), MissingField> {
    let message = read(data)?;
    facts.extend(message.channel);
    let who = message.who.filter(|_| &*message.chat.text != PRIVATE);
    facts.extend(who.map(|who| {
        Fact::Presence(Presence {
            who,
            spoke: true,
            chat: message.chat,
            ..Presence::default()
        })
    }));
    Ok(())
}

/// Reads a message that viewers did not see. Its text is dropped.
pub(super) fn held(data: &RawValue, facts: &mut Vec<Fact>) -> Result<(), MissingField> {
    let message = read(data)?;
    facts.extend(message.channel);
    let who = message.who.ok_or(MissingField::with("user"))?;
    facts.push(Fact::Presence(Presence {
        who,
        ..Presence::default()
    }));
    Ok(())
}
