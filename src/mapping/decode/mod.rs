//! One Twitchat message into facts, whatever generation it is from.
//!
//! Stateless: the same message always gives the same facts, live and when the journal is replayed.
//! What needs a memory is elsewhere: polls, predictions, labels, the summary; gift bombs are
//! rebuilt by who counts. Called by `bridge` for each message.

mod channel;
mod chat;
mod missing_field;
mod presence;
mod support;
mod uncounted;

use serde_json::value::RawValue;

pub(super) use support::{automatic, giver, tier, total_months};

pub use missing_field::MissingField;

use crate::event::{Fact, fact::PresenceEvent};

/// What a message says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Decoded {
    /// What happened. A message that names its channel begins with [`Fact::Broadcaster`], so that
    /// another channel's can be left out.
    pub facts: Vec<Fact>,
    /// Set when the message should have said more than it does.
    pub missing: Option<MissingField>,
}

/// Types that say the same thing, by their names in all generations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Follow,
    Bits,
    Subscription,
    Reward,
    Chat(PresenceEvent),
    /// Somebody's message was marked as read by the streamer.
    MarkedRead,
    /// `AutoMod` holds a message back: nobody saw it.
    Held,
    Deleted,
    Whisper,
    /// Only the owner's own account is taken from these; the rest is for [`super::Polls`] and
    /// [`super::Predictions`].
    Vote,
}

fn family(kind: &str) -> Option<Family> {
    Some(match kind {
        "FOLLOW" | "ON_FOLLOW" => Family::Follow,
        "BITS" | "ON_BITS" => Family::Bits,
        "SUBSCRIPTION" | "ON_SUBSCRIPTION" => Family::Subscription,
        "REWARD_REDEEM" | "ON_REWARD_REDEEM" => Family::Reward,
        "MESSAGE_FIRST" | "ON_MESSAGE_FIRST_TODAY" => {
            Family::Chat(PresenceEvent::FirstWord { ever: false })
        }
        "MESSAGE_FIRST_ALL_TIME" | "ON_MESSAGE_FIRST_ALL_TIME" => {
            Family::Chat(PresenceEvent::FirstWord { ever: true })
        }
        "MENTION"
        | "ON_MENTION"
        | "MESSAGE_NON_FOLLOWER"
        | "ON_MESSAGE_FROM_NON_FOLLOWER"
        | "MESSAGE_FILTERED" => Family::Chat(PresenceEvent::ChatMessage),
        "MESSAGE_READ" | "ON_MESSAGE_MARKED_AS_READ" => Family::MarkedRead,
        "ON_AUTOMOD_MESSAGE_HELD" => Family::Held,
        "MESSAGE_DELETED" | "ON_MESSAGE_DELETED" => Family::Deleted,
        "MESSAGE_WHISPER" | "ON_MESSAGE_WHISPER" => Family::Whisper,
        "POLL"
        | "POLL_PROGRESS"
        | "ON_POLL_PROGRESS"
        | "PREDICTION"
        | "PREDICTION_PROGRESS"
        | "ON_PREDICTION_PROGRESS" => Family::Vote,
        _ => return None,
    })
}

/// Whether messages of this type can say anything at all: all others need not be read. By the name
/// alone, so it costs next to nothing.
pub fn feeds(kind: &str) -> bool {
    family(kind).is_some()
}

/// Whether messages of this type say that a chat line was deleted.
pub fn is_deletion(kind: &str) -> bool {
    family(kind) == Some(Family::Deleted)
}

/// Whether messages of this type say that the streamer has read something.
pub fn is_marked_read(kind: &str) -> bool {
    family(kind) == Some(Family::MarkedRead)
}

/// Reads a message. Types that say nothing to the model give nothing.
pub fn decode(kind: &str, data: Option<&RawValue>) -> Decoded {
    let Some(family) = family(kind) else {
        return Decoded::default();
    };
    let Some(data) = data else {
        // Cleared polls and predictions come with nothing.
        let missing = (family != Family::Vote).then_some(MissingField::with("data"));
        return Decoded {
            facts: Vec::new(),
            missing,
        };
    };
    let mut facts = Vec::new();
    let read = match family {
        Family::Follow => support::follow(data, &mut facts),
        Family::Bits => support::bits(data, &mut facts),
        Family::Subscription => support::subscription(data, &mut facts),
        Family::Reward => support::reward(data, &mut facts),
        Family::Chat(emitted_as) => presence::chat(data, emitted_as, &mut facts),
        Family::MarkedRead => presence::marked_read(data, &mut facts),
        Family::Held => presence::held(data, &mut facts),
        Family::Deleted => uncounted::deleted(data, &mut facts),
        Family::Whisper => uncounted::whisper(data, &mut facts),
        Family::Vote => {
            facts.extend(channel::owner(data));
            Ok(())
        }
    };
    Decoded {
        facts,
        missing: read.err(),
    }
}

#[cfg(test)]
pub(in crate::mapping) mod tests;
