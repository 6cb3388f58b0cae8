//! What a published event says, and what of it counts.

use serde_json::{Map, Value};

use super::{
    audience,
    feeds::feed,
    spec::{EventReader, Spec},
    standing::Standing,
};
use crate::event::{
    EventName, Fact, Roles,
    fact::{Presence, PresenceEvent, SubKind},
};

/// One thing that happened, as a published event tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The data without its envelope and without what is private: what is kept and passed on.
    pub data: Value,
    /// What it says, whether it counts or not. The fields of the emitted event are made of it.
    pub says: Fact,
    /// Whether it counts.
    pub standing: Standing,
    /// The service's own id, which no other event of that service has.
    pub id: Option<String>,
    /// The pledge that it is about, which may be pending in one event and paid in a later one.
    pub pledge: Option<String>,
    /// What was refunded, as [`Support::id`](crate::event::fact::Support::id) has it, if this says
    /// that something was.
    pub refund_of: Option<String>,
    /// The Twitch channel that it is of, where the event says so.
    pub channel: Option<String>,
}

impl Reading {
    /// Whether it counts only where it settles what was pending, as [`Reading::pledge`] tells.
    pub fn settles(&self, name: &EventName) -> bool {
        feed(name).is_some_and(|feed| {
            matches!(feed.read, EventReader::Support(Spec { settles: true, .. }))
        })
    }

    /// What counts of it; what does not is one [`Fact::Plain`].
    pub fn facts(&self, name: &EventName) -> Vec<Fact> {
        if let Some(id) = &self.refund_of {
            return vec![Fact::Withdrawn {
                id: id.as_str().into(),
            }];
        }
        match (&self.says, self.standing) {
            (Fact::Redemption(redemption), Standing::Withdrawn) if !redemption.id.is_empty() => {
                vec![Fact::Withdrawn {
                    id: redemption.id.clone(),
                }]
            }
            (Fact::Withdrawn { .. }, Standing::Withdrawn) => vec![self.says.clone()],
            // Somebody else paid: they are a subscriber and have not subscribed.
            (Fact::Subscription(sub), Standing::Counts)
                if sub.kind != SubKind::GiftUpgrade && audience::is_gift(&self.data) =>
            {
                let who = sub.who.clone().with_roles(Roles::SUBSCRIBER);
                vec![Fact::Presence(Presence {
                    who,
                    spoke: false,
                    emitted_as: PresenceEvent::Silent,
                    chat: sub.chat.clone(),
                })]
            }
            (says, Standing::Counts) => vec![says.clone()],
            _ => vec![plain(name, &self.data)],
        }
    }
}

/// An event that is told and not counted. Data that is no object (`General.Custom` may send text)
/// becomes one, as Streamer.bot's schema has it.
pub(super) fn plain(name: &EventName, data: &Value) -> Fact {
    let data = match data {
        Value::Object(data) => data.clone(),
        Value::Null => Map::new(),
        other => Map::from_iter([("data".to_owned(), other.clone())]),
    };
    Fact::Plain {
        name: name.clone(),
        data,
    }
}
