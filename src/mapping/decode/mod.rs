//! Reads one Twitchat message of any generation into facts.
//!
//! Stateless: the same message always gives the same facts, live and when the journal is read back.
//! Other modules handle messages that need a memory: polls, predictions, labels, the summary, and
//! gift bombs. `bridge` calls this for each message.

pub(super) mod channel;
mod chat;
mod missing_field;
mod presence;
mod support;
mod uncounted;

use serde_json::value::RawValue;

pub(super) use support::{automatic, giver, tier, total_months};

pub use missing_field::MissingField;

use super::vote::{self, VoteKind, VoteReport};
use crate::event::{Fact, fact::PresenceEvent};

/// The facts of one message.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Decoded {
    /// The facts in the message. If the message names its channel, [`Fact::Broadcaster`] comes
    /// first, so that messages of other channels can be left out.
    pub facts: Vec<Fact>,
    /// Set if the message lacks a required field.
    pub missing: Option<MissingField>,
    /// Set if the message is about a poll or a prediction. [`super::Interpreter::votes`] follows
    /// polls and predictions.
    pub vote: Option<Box<VoteReport>>,
}

/// Groups of types with the same meaning, under their names in all generations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Follow,
    Bits,
    Subscription,
    Reward,
    Chat(PresenceEvent),
    /// The streamer marked somebody's message as read.
    MarkedRead,
    /// `AutoMod` holds a message back, so viewers did not see it.
    Held,
    Deleted,
    Whisper,
    Vote(VoteKind),
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
        "POLL" | "POLL_PROGRESS" | "ON_POLL_PROGRESS" => Family::Vote(VoteKind::Poll),
        "PREDICTION" | "PREDICTION_PROGRESS" | "ON_PREDICTION_PROGRESS" => {
            Family::Vote(VoteKind::Prediction)
        }
        _ => return None,
    })
}

/// Whether messages of this type can give facts. Other messages need not be parsed. The check
/// compares the name alone, so it is cheap.
pub fn feeds(kind: &str) -> bool {
    family(kind).is_some()
}

/// Whether messages of this type report that a chat line was deleted.
pub fn is_deletion(kind: &str) -> bool {
    family(kind) == Some(Family::Deleted)
}

/// Whether messages of this type report that the streamer marked a message as read.
pub fn is_marked_read(kind: &str) -> bool {
    family(kind) == Some(Family::MarkedRead)
}

/// Reads a message. Types without a family give no facts.
pub fn decode(kind: &str, data: Option<&RawValue>) -> Decoded {
    let Some(family) = family(kind) else {
        return Decoded::default();
    };
    // Twitchat clears polls and predictions with an empty message.
    if let Family::Vote(kind) = family {
        let (message, owner) = vote::read(data);
        return Decoded {
            facts: owner.into_iter().collect(),
            vote: Some(Box::new(VoteReport { kind, message })),
            ..Decoded::default()
        };
    }
    let mut facts = Vec::new();
    let read = match data {
        None => Err(MissingField::with("data")),
        Some(data) => facts_of(family, data, &mut facts),
    };
    Decoded {
        facts,
        missing: read.err(),
        vote: None,
    }
}

fn facts_of(family: Family, data: &RawValue, facts: &mut Vec<Fact>) -> Result<(), MissingField> {
    match family {
        Family::Follow => support::follow(data, facts),
        Family::Bits => support::bits(data, facts),
        Family::Subscription => support::subscription(data, facts),
        Family::Reward => support::reward(data, facts),
        Family::Chat(emitted_as) => presence::chat(data, emitted_as, facts),
        Family::MarkedRead => presence::marked_read(data, facts),
        Family::Held => presence::held(data, facts),
        Family::Deleted => uncounted::deleted(data, facts),
        Family::Whisper => uncounted::whisper(data, facts),
        Family::Vote(_) => Ok(()),
    }
}

#[cfg(test)]
pub(in crate::mapping) mod tests;
