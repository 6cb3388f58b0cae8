//! Chat texts, presence and bans, of every chat that Streamer.bot supports.

use serde_json::Value;

use super::{
    error::Error,
    look::{at, flag, list, text, whole},
    people::TARGET,
    reader::Reader,
};
use crate::event::{
    Fact,
    fact::{Chat, ChatKind, Chunk, Presence, PresenceEvent},
};

/// Presence from a first word or a chat message: its author, with the roles that the event shows. A
/// chat message that is the author's first one ever is a first word too.
pub(super) fn presence(event: &Reader<'_>, first: bool) -> Result<Fact, Error> {
    let ever = flag(
        event.data,
        &["meta.firstMessage", "message.firstMessage", "firstMessage"],
    );
    let emitted_as = if first || ever {
        PresenceEvent::FirstWord { ever }
    } else {
        PresenceEvent::ChatMessage
    };
    Ok(Fact::Presence(Presence {
        who: event.who()?,
        spoke: true,
        emitted_as,
        chat: chat(event.data),
    }))
}

/// A ban or its end.
pub(super) fn ban(event: &Reader<'_>, lifted: bool) -> Result<Fact, Error> {
    let target = TARGET.read(event.data, event.platform());
    Ok(Fact::Ban {
        who: target.map_or_else(|| event.who(), Ok)?,
        lifted,
    })
}

/// Whether a ban ends by itself, which makes it a timeout.
pub(super) fn is_timeout(data: &Value) -> bool {
    let is = |path: &str, value: &Value| at(data, path) == Some(value);
    let ends = ["endsAt", "ends_at", "expiresAt", "expires_at"]
        .iter()
        .any(|path| !text(data, &[path]).is_empty());
    ends || ["isPermanent", "is_permanent"]
        .iter()
        .any(|path| is(path, &Value::Bool(false)))
        || whole(data, &["duration"]).is_some_and(|seconds| seconds > 0)
}

/// The paths of a chat text.
pub(super) const TEXT: &[&str] = &[
    "text",
    "user_input",
    "message.message",
    "message.text",
    "message",
    "content",
    "parameters.message",
    "tipMessage",
    "merchMessage",
    "donorMessage",
    "donationMessage",
    "charityDonationMessage",
    "merchandiseMessage",
    "statmessageus",
    "donation.message",
    "snippet.displayMessage",
    "snippet.textMessageDetails.messageText",
    "snippet.superChatDetails.userComment",
];

/// The text that a person wrote along with an event.
pub(super) fn chat(data: &Value) -> Chat {
    let id = text(data, &["broadcaster.id", "channelId"]);
    let channel = text(data, &["message.channel", "channel"]);
    let badge = |badge: &Value| {
        (
            text(badge, &["name", "set_id"]).into(),
            text(badge, &["version", "id"]).into(),
        )
    };
    Chat {
        text: text(data, TEXT).into(),
        print: 0,
        chunks: list(data, &["parts"]).iter().filter_map(chunk).collect(),
        message_id: text(data, &["message.msgId", "messageId", "msgId", "message_id"]).into(),
        channel: if id.is_empty() && !channel.is_empty() {
            format!("#{}", channel.trim_start_matches('#')).into()
        } else {
            id.into()
        },
        color: text(data, &["user.color", "message.color", "color"]).into(),
        badges: list(data, &["user.badges", "badges", "message.badges"])
            .iter()
            .map(badge)
            .collect(),
        // The kind is not needed, because subscribers receive the publisher's own data.
        kind: ChatKind::Plain,
    }
}

/// Reads one of Streamer.bot's `parts`. A part keeps its spaces, unlike other texts.
fn chunk(part: &Value) -> Option<Chunk> {
    let written: Box<str> = part.get("text")?.as_str()?.into();
    let url = text(part, &["imageUrl"]).into();
    Some(match text(part, &["type"]).as_str() {
        "emote" => Chunk::Emote { name: written, url },
        "mention" => Chunk::Mention {
            text: written,
            login: text(part, &["userLogin"]).into(),
        },
        "cheer" => {
            let bits = whole(part, &["bits"]).unwrap_or(0);
            let text = if written.ends_with(|c: char| c.is_ascii_digit()) {
                written
            } else {
                format!("{written}{bits}").into()
            };
            Chunk::Cheer { text, bits, url }
        }
        _ => Chunk::Text(written),
    })
}
