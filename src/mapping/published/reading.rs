use serde_json::{Map, Value};

use super::{
    audience,
    feeds::feed,
    spec::{EventReader, Spec},
    standing::Standing,
};
use crate::event::{
    EventName, Fact, Roles,
    fact::{Presence, SubKind},
};

/// One thing that happened, read from a published event.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The data without its envelope and without private values. Only this is kept and emitted.
    pub data: Value,
    /// The fact, even if it does not count. The emitted event's fields are made from it.
    pub fact: Fact,
    pub standing: Standing,
    /// The service's own id, which no other event of that service has; `None` if there is none.
    pub id: Option<String>,
    /// The pledge that the event is about. It may be pending in one event and paid in a later one.
    pub pledge: Option<String>,
    /// The [`Support::id`](crate::event::fact::Support::id) of the support that was refunded;
    /// `None` if the event reports no refund.
    pub refund_of: Option<String>,
    /// The id of the Twitch channel where the event happened; `None` if the event does not name it.
    pub channel: Option<String>,
}

impl Reading {
    /// Whether the event counts only if its [`Reading::pledge`] was pending before.
    pub fn settles(&self, name: &EventName) -> bool {
        feed(name).is_some_and(|feed| {
            matches!(feed.read, EventReader::Support(Spec { settles: true, .. }))
        })
    }

    /// The facts that count. An event that does not count gives one [`Fact::Plain`].
    pub fn facts(&self, name: &EventName) -> Vec<Fact> {
        if let Some(id) = &self.refund_of {
            return vec![Fact::Withdrawn {
                id: id.as_str().into(),
            }];
        }
        match (&self.fact, self.standing) {
            (Fact::Redemption(redemption), Standing::Withdrawn) if !redemption.id.is_empty() => {
                vec![Fact::Withdrawn {
                    id: redemption.id.clone(),
                }]
            }
            (Fact::Withdrawn { .. }, Standing::Withdrawn) => vec![self.fact.clone()],
            // Another person paid: this person is a subscriber, but did not subscribe.
            (Fact::Subscription(sub), Standing::Counts)
                if sub.kind != SubKind::GiftUpgrade && audience::is_gift(&self.data) =>
            {
                let who = sub.who.clone().with_roles(Roles::SUBSCRIBER);
                vec![Fact::Presence(Presence {
                    who,
                    chat: sub.chat.clone(),
                    ..Presence::default()
                })]
            }
            (fact, Standing::Counts) => vec![fact.clone()],
            _ => vec![plain(name, &self.data)],
        }
    }
}

/// The fact of an event that is emitted but not counted. Data that is not an object
/// (`General.Custom` may send text) becomes one, as Streamer.bot's schema requires.
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
