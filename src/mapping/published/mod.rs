//! Events that somebody else publishes, in Streamer.bot's words, into facts: a Ko-fi hook, a raid, a pyramid.
//!
//! Which types count and where their fields are looked for is one table ([`FEEDS`]). Everything is read leniently: any of Streamer.bot's
//! shapes over the years, numbers as text, `null` for absent. Only what makes an event mean something is asked for: somebody, and for a
//! cheer, a bomb or a stream update how many bits, how many gifts, which category. Called by `core` for `PublishEvent`.

mod audience;
mod chat;
mod feeds;
mod look;
mod money;
mod people;
mod stream;

#[cfg(test)]
mod properties;
#[cfg(test)]
pub(crate) mod tests;

use serde_json::{Map, Value};
use thiserror::Error;

pub use self::feeds::{FEEDS, Feed};
use self::{
    feeds::{Read, Spec, feed},
    look::flag,
    people::{ANONYMOUS, Named, WHO},
};
use crate::event::{
    EventName, Fact, Person, Platform,
    fact::{SubKind, Support},
};

/// Why a published event cannot be counted. Names the fields, never their content.
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
}

impl Wrong {
    /// The field that is wrong.
    pub fn field(&self) -> &'static str {
        match self {
            Self::NotAnObject { .. } => "data",
            Self::Missing { field, .. } => field,
        }
    }
}

/// Whether events of this name are counted.
pub fn feeds(name: &EventName) -> bool {
    feed(name).is_some()
}

/// What a published event says. Types that feed no section, tests (`isTest`), and bans that end by themselves are told but not counted: one
/// [`Fact::Plain`].
pub fn facts(name: &EventName, data: &Value) -> Result<Vec<Fact>, Wrong> {
    let name = &EventName::new(&name.source, &name.kind);
    let Some(feed) = feed(name).filter(|feed| !is_test(data) && !feed.is_other(data)) else {
        return Ok(vec![plain(name, data)]);
    };
    if !data.is_object() {
        return Err(Wrong::NotAnObject { event: name.clone() });
    }
    let event = &Reader { name, data };
    let fact = match feed.read {
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
        Read::Goal => audience::goal(event),
        Read::Stream => stream::update(event),
        Read::Pyramid => audience::pyramid(event),
        Read::Train => Ok(audience::train(event)),
        Read::FirstWord => chat::presence(event, true),
        Read::ChatMessage => chat::presence(event, false),
        Read::Ban { lifted } => chat::ban(event, lifted),
        Read::Support(spec) => support(event, &spec),
    };
    fact.map(|fact| vec![fact])
}

fn is_test(data: &Value) -> bool {
    flag(data, &["isTest", "is_test", "meta.isTest", "message.isTest"])
}

/// An event that is told and not counted. Data that is no object (`General.Custom` may send text) becomes one, as Streamer.bot's schema has it.
fn plain(name: &EventName, data: &Value) -> Fact {
    let data = match data {
        Value::Object(data) => data.clone(),
        Value::Null => Map::new(),
        other => Map::from_iter([("data".to_owned(), other.clone())]),
    };
    Fact::Plain { name: name.clone(), data }
}

/// Support of another service. Who gives anonymously is called that, whatever name the event still carries.
fn support(event: &Reader<'_>, spec: &Spec) -> Result<Fact, Wrong> {
    let who = if flag(event.data, &ANONYMOUS) { Person::on(event.platform(), "", "", "Anonymous") } else { None };
    Ok(Fact::Support(Support {
        kind: spec.kind,
        who: who.map_or_else(|| event.person(spec.who), Ok)?,
        money: spec.money.read(event.data),
        what: look::text(event.data, spec.what).into(),
        name: event.name.clone(),
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
        person.map(|who| who.with_roles(people::roles(self.data))).ok_or_else(|| Wrong::Missing {
            event: self.name.clone(),
            field: "user",
            looked_for: named.fields().join(", "),
        })
    }

    /// Where people of this source have their accounts.
    fn platform(&self) -> Platform {
        people::platform(&self.name.source)
    }

    fn missing(&self, field: &'static str, looked_for: &[&str]) -> Wrong {
        Wrong::Missing { event: self.name.clone(), field, looked_for: looked_for.join(", ") }
    }
}
