//! Events that somebody else publishes, in Streamer.bot's words, into facts: a Ko-fi hook, a raid,
//! a pyramid.
//!
//! Which types count and where their fields are looked for is one table ([`FEEDS`]). Everything is
//! read leniently: any of Streamer.bot's shapes over the years, numbers as text, `null` for absent.
//! Only what makes an event mean something is asked for: somebody, and for a cheer, a bomb or a
//! stream update how many bits, how many gifts, which category. Called by `bridge` for
//! `PublishEvent`.

mod audience;
mod chat;
mod emitted;
mod feeds;
mod identity;
mod look;
mod money;
mod open;
mod people;
mod private;
mod standing;
mod stream;

#[cfg(test)]
mod documented;
#[cfg(test)]
mod properties;
#[cfg(test)]
pub(crate) mod tests;

use serde_json::{Map, Value};
use thiserror::Error;

pub use self::{
    emitted::event,
    feeds::{FEEDS, Feed},
    standing::Standing,
};
use self::{
    feeds::{Read, Spec, feed},
    look::flag,
    people::{ANONYMOUS, Named, WHO},
};
use crate::event::{
    EventName, Fact, Person, Platform, Roles,
    fact::{Presence, SubKind, Support, Told},
    written::Unreadable,
};

/// Services that send whole orders and patrons.
const SERVICES: &[&str] = &[
    "DonorDrive",
    "Fourthwall",
    "Kofi",
    "Pallygg",
    "Patreon",
    "Shopify",
    "StreamElements",
    "Streamlabs",
    "TipeeeStream",
    "TreatStream",
];

/// Why a published event cannot be counted. Names the fields, never what viewers wrote.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Wrong {
    /// The type is one that counts, but `data` is no object.
    #[error("{event}: \"data\" must be an object")]
    NotAnObject {
        /// The event's name.
        event: EventName,
    },
    /// Something without which the event means nothing.
    #[error("{event}: \"data\" does not say {field}; looked for {looked_for}")]
    Missing {
        /// The event's name.
        event: EventName,
        /// What is missing, as Streamer.bot calls it today.
        field: &'static str,
        /// All places where it may be.
        looked_for: String,
    },
    /// An amount that is no number, or that has two readings.
    #[error("{event}: the amount {problem}")]
    Amount {
        /// The event's name.
        event: EventName,
        /// What is wrong with it. Of the event's content this is the one text that an error
        /// repeats: nobody can correct what they do not see.
        #[source]
        problem: Unreadable,
    },
}

impl Wrong {
    /// The field that is wrong.
    pub fn field(&self) -> &'static str {
        match self {
            Self::NotAnObject { .. } => "data",
            Self::Missing { field, .. } => field,
            Self::Amount { .. } => "amount",
        }
    }
}

/// Whether events of this name are counted.
pub fn feeds(name: &EventName) -> bool {
    feed(name).is_some()
}

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
    /// What was refunded, as [`Support::id`] has it, if this says that something was.
    pub refund_of: Option<String>,
    /// The Twitch channel that it is of, where the event says so.
    pub channel: Option<String>,
}

impl Reading {
    /// Whether it counts only where it settles what was pending, as [`Reading::pledge`] tells.
    pub fn settles(&self, name: &EventName) -> bool {
        feed(name)
            .is_some_and(|feed| matches!(feed.read, Read::Support(Spec { settles: true, .. })))
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
                    told: Told::Silent,
                    chat: sub.chat.clone(),
                })]
            }
            (says, Standing::Counts) => vec![says.clone()],
            _ => vec![plain(name, &self.data)],
        }
    }
}

/// What becomes of an amount that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Amounts {
    /// It is an error.
    Readable,
    /// The event counts without an amount.
    ReadableOrNone,
}

/// What a published event says, once for each thing that happened: an envelope may hold several.
pub fn read(name: &EventName, data: &Value) -> Result<Vec<Reading>, Wrong> {
    read_as(name, data, Amounts::Readable)
}

/// The facts of an event that is in the journal. It was counted when it was published: if its
/// amount cannot be read today, it counts without one.
pub fn journalled(name: &EventName, data: &Value) -> Vec<Fact> {
    let readings = read_as(name, data, Amounts::ReadableOrNone).unwrap_or_default();
    readings
        .iter()
        .flat_map(|reading| reading.facts(name))
        .collect()
}

fn read_as(name: &EventName, data: &Value, amounts: Amounts) -> Result<Vec<Reading>, Wrong> {
    let name = &EventName::new(&name.source, &name.kind);
    let origin = match &*name.source {
        "Patreon" => private::Origin::Patreon,
        source if SERVICES.contains(&source) => private::Origin::Service,
        _ => private::Origin::Other,
    };
    let Some(feed) = feed(name) else {
        let data = private::without_private(data, origin);
        let says = plain(name, &data);
        return Ok(vec![Reading {
            data,
            says,
            standing: Standing::Told,
            id: None,
            pledge: None,
            refund_of: None,
            channel: None,
        }]);
    };
    if !data.is_object() {
        return Err(Wrong::NotAnObject {
            event: name.clone(),
        });
    }
    let read = |data: std::borrow::Cow<'_, Value>| {
        let data = identity::with_hashed_payment(feed.read, data);
        let id = identity::id(name, feed.read, &data);
        let data = private::without_private(&data, origin);
        one(name, feed, data, id, amounts)
    };
    open::open(data).into_iter().map(read).collect()
}

/// What a published event says that counts. Types that feed no section, tests, what was not paid,
/// what another channel received, and bans that end by themselves are told but not counted: one
/// [`Fact::Plain`].
pub fn facts(name: &EventName, data: &Value) -> Result<Vec<Fact>, Wrong> {
    Ok(read(name, data)?
        .iter()
        .flat_map(|reading| reading.facts(name))
        .collect())
}

/// Reads what is in no envelope any more.
fn one(
    name: &EventName,
    feed: &Feed,
    data: Value,
    id: Option<String>,
    amounts: Amounts,
) -> Result<Reading, Wrong> {
    let standing = standing_of(feed, &data, id.is_some());
    let mut says = match fact(name, feed, &data, amounts) {
        Ok(fact) => fact,
        // Nothing is lost by not understanding what does not count.
        Err(_) if !matches!(standing, Standing::Counts) => plain(name, &data),
        Err(wrong) => return Err(wrong),
    };
    let is_refund = standing == Standing::Unpaid;
    let standing = if matches!(says, Fact::Plain { .. }) && !is_refund {
        Standing::Told
    } else {
        standing
    };
    let channel = standing::channel(&name.source, &data);
    let pledge = identity::pledge(name, &data);
    let refundable = if matches!(feed.read, Read::Support(_)) {
        identity::refundable(name, &data, id.as_deref())
    } else {
        None
    };
    if let Fact::Support(support) = &mut says {
        support.id = refundable.clone().unwrap_or_default().into();
    }
    let refund_of =
        refundable.filter(|_| standing == Standing::Unpaid && standing::is_refunded(&data));
    Ok(Reading {
        data,
        says,
        standing,
        id,
        pledge,
        refund_of,
        channel,
    })
}

/// Whether an event of this type counts.
fn standing_of(feed: &Feed, data: &Value, has_id: bool) -> Standing {
    let is_redemption = matches!(feed.read, Read::Redemption { .. } | Read::RedemptionUpdate);
    match feed.read {
        _ if standing::is_test(data) => Standing::Test,
        _ if standing::is_guest(data) => Standing::Guest,
        _ if is_redemption && standing::is_withdrawn(data) => Standing::Withdrawn,
        // Paid with bits, not with points.
        Read::Redemption { automatic: true } if audience::is_paid_with_bits(data) => Standing::Told,
        Read::Support(_) if standing::is_unpaid(data) => Standing::Unpaid,
        Read::Support(_) if standing::is_pending(data) => Standing::Pending,
        Read::Support(Spec { needs_id: true, .. }) if !has_id => Standing::Told,
        Read::RedemptionUpdate | Read::Support(Spec { refunds: true, .. }) => Standing::Told,
        _ if feed.is_other(data) => Standing::Told,
        _ => Standing::Counts,
    }
}

fn fact(name: &EventName, feed: &Feed, data: &Value, amounts: Amounts) -> Result<Fact, Wrong> {
    let event = &Reader { name, data };
    match feed.read {
        Read::Follow => audience::follow(event),
        Read::Cheer => audience::cheer(event),
        Read::Sub => audience::subscription(event, SubKind::New),
        Read::ReSub => audience::subscription(event, SubKind::Renewed),
        Read::PrimeUpgrade => audience::subscription(event, SubKind::PrimeUpgrade),
        Read::GiftUpgrade => audience::subscription(event, SubKind::GiftUpgrade),
        Read::GiftSub => audience::gift_sub(event),
        Read::GiftBomb => audience::gift_bomb(event),
        Read::Raid => audience::raid(event),
        Read::Redemption { automatic } => audience::redemption(event, automatic),
        Read::RedemptionUpdate => {
            let id = look::text(data, identity::OF_REDEMPTION);
            Ok(if id.is_empty() {
                plain(name, data)
            } else {
                Fact::Withdrawn { id: id.into() }
            })
        }
        Read::Goal => audience::goal(event),
        Read::Stream => stream::update(event),
        Read::Pyramid => audience::pyramid(event),
        Read::Train => Ok(audience::train(event)),
        Read::FirstWord => chat::presence(event, true),
        Read::ChatMessage => chat::presence(event, false),
        Read::Ban { lifted } => chat::ban(event, lifted),
        Read::Support(spec) => support(event, &spec, amounts).map_err(|wrong| match wrong {
            // Who, how much or for what: one of them would do.
            Wrong::Missing { event, field, .. } => Wrong::Missing {
                event,
                field,
                looked_for: feed.fields().join(", "),
            },
            other => other,
        }),
    }
}

/// An event that is told and not counted. Data that is no object (`General.Custom` may send text)
/// becomes one, as Streamer.bot's schema has it.
fn plain(name: &EventName, data: &Value) -> Fact {
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

/// Support of another service. Who gives anonymously is called that, whatever name the event still
/// carries; so is who gives something and is not named: the sum is not lost.
fn support(event: &Reader<'_>, spec: &Spec, amounts: Amounts) -> Result<Fact, Wrong> {
    let money = match spec.money.read(event.data) {
        Err(problem) if amounts == Amounts::Readable => {
            return Err(Wrong::Amount {
                event: event.name.clone(),
                problem,
            });
        }
        read => read.unwrap_or_default(),
    };
    let what = look::all_texts(event.data, spec.what);
    let nameless = || Person::nameless(event.platform());
    let who = match event.person(spec.who) {
        _ if event.is_anonymous() => nameless(),
        Err(_)
            if money.is_some()
                || !what.is_empty()
                || !look::text(event.data, spec.enough).is_empty() =>
        {
            nameless()
        }
        who => who?,
    };
    Ok(Fact::Support(Support {
        kind: spec.kind,
        who,
        money,
        what: what.into(),
        name: event.name.clone(),
        id: Box::default(),
    }))
}

/// A published event being read.
struct Reader<'a> {
    name: &'a EventName,
    data: &'a Value,
}

impl Reader<'_> {
    /// Who the event is about, with the roles that it shows.
    fn who(&self) -> Result<Person, Wrong> {
        self.person(WHO)
    }

    /// Somebody, with the roles that the event shows.
    fn person(&self, named: Named) -> Result<Person, Wrong> {
        let person = named.read(self.data, self.platform());
        person
            .map(|who| who.with_roles(people::roles(self.data)))
            .ok_or_else(|| Wrong::Missing {
                event: self.name.clone(),
                field: "user",
                looked_for: named.fields().join(", "),
            })
    }

    /// Whether whoever gives does not want to be named.
    fn is_anonymous(&self) -> bool {
        flag(self.data, ANONYMOUS)
    }

    /// Where people of this source have their accounts.
    fn platform(&self) -> Platform {
        people::platform(&self.name.source)
    }

    fn missing(&self, field: &'static str, looked_for: &[&str]) -> Wrong {
        Wrong::Missing {
            event: self.name.clone(),
            field,
            looked_for: looked_for.join(", "),
        }
    }
}
