//! Reads events that other programs publish, in Streamer.bot's format, into facts: a Ko-fi hook, a
//! raid, a pyramid.
//!
//! One table ([`FEEDS`]) lists the types that count and the paths of their fields. Values are read
//! leniently: any of Streamer.bot's shapes over the years, numbers as text, `null` for absent. Only
//! the necessary fields are required: a person, and for a cheer, a gift bomb or a stream update the
//! number of bits, the number of gifts or the category. `bridge` calls this for `PublishEvent`.

mod audience;
mod chat;
mod emitted;
mod error;
mod feeds;
mod identity;
mod look;
mod money;
mod open;
mod people;
mod private;
mod reader;
mod reading;
mod services;
mod spec;
mod standing;
mod stream;

#[cfg(test)]
mod documented;
#[cfg(test)]
mod properties;
#[cfg(test)]
pub(crate) mod tests;

use serde_json::Value;

pub use self::{
    emitted::event,
    error::Error,
    feeds::{FEEDS, Feed},
    reading::Reading,
    standing::Standing,
};
use self::{
    feeds::feed,
    reader::Reader,
    reading::plain,
    spec::{EventReader, Spec},
};
use crate::event::{
    EventName, Fact, Person,
    fact::{SubKind, Support},
};

/// Donation, membership and shop services, which send whole orders and patrons.
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

/// Whether events of this name are counted.
pub fn feeds(name: &EventName) -> bool {
    feed(name).is_some()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Amounts {
    Readable,
    /// The event counts without an amount.
    ReadableOrNone,
}

/// Returns one reading for each thing that happened, because an envelope may hold several.
pub fn read(name: &EventName, data: &Value) -> Result<Vec<Reading>, Error> {
    read_as(name, data, Amounts::Readable)
}

/// The event was counted when it was published, so it still counts. If its amount cannot be read
/// any more, it counts without an amount.
pub fn journalled(name: &EventName, data: &Value) -> Vec<Fact> {
    let readings = read_as(name, data, Amounts::ReadableOrNone).unwrap_or_default();
    readings
        .iter()
        .flat_map(|reading| reading.facts(name))
        .collect()
}

fn read_as(name: &EventName, data: &Value, amounts: Amounts) -> Result<Vec<Reading>, Error> {
    let name = &EventName::new(&name.source, &name.kind);
    let origin = match &*name.source {
        "Patreon" => private::Origin::Patreon,
        source if SERVICES.contains(&source) => private::Origin::Service,
        _ => private::Origin::Other,
    };
    let Some(feed) = feed(name) else {
        let data = private::without_private(data, origin);
        let fact = plain(name, &data);
        return Ok(vec![Reading {
            data,
            fact,
            standing: Standing::Uncounted,
            id: None,
            pledge: None,
            refund_of: None,
            channel: None,
        }]);
    };
    if !data.is_object() {
        return Err(Error::NotAnObject {
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

/// The facts of a published event that count. Some events are emitted but not counted, and give one
/// [`Fact::Plain`]: types that feed no section, tests, payments that did not arrive, events of
/// another channel, and bans that end by themselves.
pub fn facts(name: &EventName, data: &Value) -> Result<Vec<Fact>, Error> {
    Ok(read(name, data)?
        .iter()
        .flat_map(|reading| reading.facts(name))
        .collect())
}

/// Reads data that has been taken out of its envelope.
fn one(
    name: &EventName,
    feed: &Feed,
    data: Value,
    id: Option<String>,
    amounts: Amounts,
) -> Result<Reading, Error> {
    let standing = standing_of(feed, &data, id.is_some());
    let mut fact = match fact(name, feed, &data, amounts) {
        Ok(fact) => fact,
        // An event that does not count may be incomplete.
        Err(_) if !matches!(standing, Standing::Counts) => plain(name, &data),
        Err(error) => return Err(error),
    };
    let is_refund = standing == Standing::Unpaid;
    let standing = if matches!(fact, Fact::Plain { .. }) && !is_refund {
        Standing::Uncounted
    } else {
        standing
    };
    let channel = standing::channel(&name.source, &data);
    let pledge = identity::pledge(name, &data);
    let refundable = if matches!(feed.read, EventReader::Support(_)) {
        identity::refundable(name, &data, id.as_deref())
    } else {
        None
    };
    if let Fact::Support(support) = &mut fact {
        support.id = refundable.clone().unwrap_or_default().into();
    }
    let refund_of =
        refundable.filter(|_| standing == Standing::Unpaid && standing::is_refunded(&data));
    Ok(Reading {
        data,
        fact,
        standing,
        id,
        pledge,
        refund_of,
        channel,
    })
}

/// Whether an event of this type counts.
fn standing_of(feed: &Feed, data: &Value, has_id: bool) -> Standing {
    let is_redemption = matches!(
        feed.read,
        EventReader::Redemption { .. } | EventReader::RedemptionUpdate
    );
    match feed.read {
        _ if standing::is_test(data) => Standing::Test,
        _ if standing::is_guest(data) => Standing::Guest,
        _ if is_redemption && standing::is_withdrawn(data) => Standing::Withdrawn,
        // The reward was paid with bits, not with channel points.
        EventReader::Redemption { automatic: true } if audience::is_paid_with_bits(data) => {
            Standing::Uncounted
        }
        EventReader::Support(_) if standing::is_unpaid(data) => Standing::Unpaid,
        EventReader::Support(_) if standing::is_pending(data) => Standing::Pending,
        EventReader::Support(Spec { needs_id: true, .. }) if !has_id => Standing::Uncounted,
        EventReader::RedemptionUpdate | EventReader::Support(Spec { refunds: true, .. }) => {
            Standing::Uncounted
        }
        _ if feed.is_other(data) => Standing::Uncounted,
        _ => Standing::Counts,
    }
}

fn fact(name: &EventName, feed: &Feed, data: &Value, amounts: Amounts) -> Result<Fact, Error> {
    let event = &Reader { name, data };
    match feed.read {
        EventReader::Follow => audience::follow(event),
        EventReader::Cheer => audience::cheer(event),
        EventReader::Sub => audience::subscription(event, SubKind::New),
        EventReader::ReSub => audience::subscription(event, SubKind::Renewed),
        EventReader::PrimeUpgrade => audience::subscription(event, SubKind::PrimeUpgrade),
        EventReader::GiftUpgrade => audience::subscription(event, SubKind::GiftUpgrade),
        EventReader::GiftSub => audience::gift_sub(event),
        EventReader::GiftBomb => audience::gift_bomb(event),
        EventReader::Raid => audience::raid(event),
        EventReader::Redemption { automatic } => audience::redemption(event, automatic),
        EventReader::RedemptionUpdate => {
            let id = look::text(data, identity::OF_REDEMPTION);
            Ok(if id.is_empty() {
                plain(name, data)
            } else {
                Fact::Withdrawn { id: id.into() }
            })
        }
        EventReader::Goal => audience::goal(event),
        EventReader::Stream => stream::update(event),
        EventReader::Pyramid => audience::pyramid(event),
        EventReader::Train => Ok(audience::train(event)),
        EventReader::FirstWord => chat::presence(event, true),
        EventReader::ChatMessage => chat::presence(event, false),
        EventReader::Ban { lifted } => chat::ban(event, lifted),
        EventReader::Support(spec) => support(event, &spec, amounts).map_err(|error| match error {
            // At least one of these is required: the person, the amount or the goods.
            Error::Missing { event, field, .. } => Error::Missing {
                event,
                field,
                looked_for: feed.fields().join(", "),
            },
            other => other,
        }),
    }
}

/// Reads support of another service. Anonymous support gets a person without a name, even if the
/// event contains a name. Support without a person but with an amount or goods gets one too, so
/// that the sum is not lost.
fn support(event: &Reader<'_>, spec: &Spec, amounts: Amounts) -> Result<Fact, Error> {
    let money = match spec.money.read(event.data) {
        Err(problem) if amounts == Amounts::Readable => {
            return Err(Error::Amount {
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
