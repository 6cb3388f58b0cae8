//! The channel that a message comes from.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    event::{Fact, person::is_placeholder},
    twitchat::lenient::{self, Loose, Text},
};

/// The channel that a message comes from. `None` unless `id` is a Twitch user id.
pub(super) fn channel(id: &str) -> Option<Fact> {
    is_twitch_id(id).then(|| Fact::Broadcaster {
        id: id.into(),
        own: false,
    })
}

pub(super) fn is_twitch_id(id: &str) -> bool {
    !is_placeholder(id) && id.bytes().all(|byte| byte.is_ascii_digit())
}

/// The owner of a poll or prediction. Twitchat sends only those of the channel that the bridge
/// works for.
pub(super) fn owner(data: &RawValue) -> Option<Fact> {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Channel<'a> {
        #[serde(borrow)]
        channel_id: Text<'a>,
        broadcaster_id: Text<'a>,
    }
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Wrapped<'a> {
        #[serde(borrow)]
        poll: Loose<Channel<'a>>,
        prediction: Loose<Channel<'a>>,
    }
    let wrapped: Wrapped<'_> = lenient::object(data)?;
    let channel = wrapped
        .poll
        .0
        .or(wrapped.prediction.0)
        .or_else(|| lenient::object(data))?;
    let id = [channel.channel_id, channel.broadcaster_id]
        .into_iter()
        .find(|id| is_twitch_id(&id.0))?;
    Some(Fact::Broadcaster {
        id: id.0.into(),
        own: true,
    })
}
