//! The channel that a message comes from.

use crate::event::{Fact, person::is_placeholder};

/// The channel that a message comes from. `None` unless `id` is a Twitch user id.
pub(super) fn channel(id: &str) -> Option<Fact> {
    is_twitch_id(id).then(|| Fact::Broadcaster {
        id: id.into(),
        own: false,
    })
}

/// Whether this is the id of a user of Twitch, and not a placeholder.
pub(in crate::mapping) fn is_twitch_id(id: &str) -> bool {
    !is_placeholder(id) && id.bytes().all(|byte| byte.is_ascii_digit())
}
