//! A published event as subscribers receive it: every documented key with the right type, filled
//! from the published data, and the publisher's other fields beside them.
//!
//! Pages check neither for a missing key nor for the type of a value. So the event is rendered like
//! an event of Twitchat. Then each of the publisher's values that has the documented type replaces
//! the rendered one. Only [`super::read`] decides which person the event is about.

use std::{collections::HashMap, sync::LazyLock};

use serde_json::{Map, Value};

use super::{
    chat::TEXT,
    feeds::feed,
    look::{at, count, text},
    people::{ANONYMOUS, WHO, platform},
    reading::Reading,
    spec::EventReader,
};
use crate::{
    event::{
        EmittedEvent, EventName, Fact, Person, Platform,
        fact::{
            Chat, Gift, HypeTrain, Presence, PresenceEvent, Redemption, SubKind, Subscription,
            Support,
        },
    },
    mapping::render,
};

/// Keys that name a person or that [`super::read`] has interpreted. The publisher's value may be
/// another account, or a name that must not be shown.
const UNDERSTOOD: &[&str] = &[
    "anonymous",
    "currency",
    "customer",
    "displayName",
    "donorName",
    "from",
    "from_broadcaster_user_id",
    "from_broadcaster_user_login",
    "from_broadcaster_user_name",
    "isAnonymous",
    "name",
    "nickname",
    "recipient",
    "recipientDisplayName",
    "recipientUserId",
    "recipientUsername",
    "recipients",
    "targetUser",
    "user",
    "userId",
    "userName",
    "user_id",
    "user_login",
    "user_name",
    "username",
];

/// The number of memberships that a person gave.
const MEMBERSHIPS: &[&str] = &[
    "count",
    "giftMembershipsCount",
    "snippet.membershipGiftingDetails.giftMembershipsCount",
];

/// The `data` of events that are not made of facts, by `Source.Type`: each key with the value for
/// "unknown".
static SHAPES: LazyLock<HashMap<Box<str>, Value>> =
    LazyLock::new(|| serde_json::from_str(include_str!("shapes.json")).unwrap_or_default());

/// Makes the event of one reading. `fact` is [`Reading::fact`], completed with the known names and
/// ids of its people.
pub fn event(
    name: &EventName,
    reading: &Reading,
    fact: &Fact,
    context: &render::Context<'_>,
) -> EmittedEvent {
    let name = EventName::new(&name.source, &name.kind);
    let mut fact = fact.clone();
    fact.each_person(add_login);
    let fact = &fact;
    let Some(Value::Object(mut documented)) =
        documented(&name, fact, context).map(|data| naming(data, &name, reading))
    else {
        return EmittedEvent {
            name,
            data: own(&reading.data),
        };
    };
    let published = reading.data.as_object();
    let is_anonymous = flag_or_nameless(fact, &reading.data);
    for (key, theirs) in published.into_iter().flatten() {
        if is_anonymous && names_somebody(key) {
            continue;
        }
        take_over(&mut documented, key, theirs);
    }
    add_text(&mut documented, reading);
    if name.is("YouTube", "MembershipGift")
        && let Some(gifts) = count(&reading.data, MEMBERSHIPS)
    {
        documented.insert("count".into(), gifts.into());
    }
    EmittedEvent {
        name,
        data: Value::Object(documented),
    }
}

/// Fills in an empty login on Twitch. It is the display name in lower case, except for names in
/// other scripts.
fn add_login(person: &mut Person) {
    let is_login = |name: &str| {
        !name.is_empty()
            && name.len() <= 25
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    if person.platform == Platform::Twitch
        && person.login.is_empty()
        && !person.is_anonymous()
        && is_login(&person.display)
    {
        person.login = person.display.to_ascii_lowercase().into();
    }
}

/// The data as an object, as Streamer.bot's schema requires. Data that is not an object is put
/// under the key `data`.
fn own(data: &Value) -> Value {
    match data {
        Value::Object(_) => data.clone(),
        Value::Null => Value::Object(Map::new()),
        other => Value::Object(Map::from_iter([("data".to_owned(), other.clone())])),
    }
}

/// Every documented key of this type, filled from the fact. `None` if the type has no documented
/// keys.
fn documented(name: &EventName, fact: &Fact, context: &render::Context<'_>) -> Option<Value> {
    let read = feed(name).map(|feed| feed.read);
    match (read, fact) {
        (None, _) => {}
        (Some(EventReader::GiftBomb), Fact::Gift(gift)) => {
            return Some(render::gift_bomb(gift, context).data);
        }
        (Some(EventReader::GiftSub), Fact::Gift(gift)) => {
            let nobody = Person::default();
            let recipient = gift.recipients.first().unwrap_or(&nobody);
            return Some(render::gift_sub(gift, recipient, gift.of_bomb, 0, context).data);
        }
        // The event does not count, and its data was not sufficient for a fact.
        (Some(read), Fact::Plain { .. } | Fact::Withdrawn { .. }) => {
            return render::shape(&blank(name, read), context).map(|event| event.data);
        }
        (Some(_), fact) => return render::shape(fact, context).map(|event| event.data),
    }
    SHAPES.get(&*name.to_string()).cloned()
}

/// Adds the person to the data of a type that is not made of facts.
fn naming(mut data: Value, name: &EventName, reading: &Reading) -> Value {
    if feed(name).is_some() {
        return data;
    }
    let Some(who) = WHO.read(&reading.data, platform(&name.source)) else {
        return data;
    };
    let shown = if who.display.is_empty() {
        &who.login
    } else {
        &who.display
    };
    let fields = [
        (&["/userId", "/user_id", "/user/id"][..], &who.id),
        (&["/userName", "/user/login"][..], &who.login),
        (&["/displayName", "/user/name"][..], shown),
    ];
    for (paths, text) in fields {
        for path in paths {
            if let Some(ours) = data.pointer_mut(path) {
                *ours = (&**text).into();
            }
        }
    }
    data
}

/// A fact without any values, for a type that is made of facts.
fn blank(name: &EventName, read: EventReader) -> Fact {
    let (who, chat) = (Person::default(), Chat::default());
    let sub = |kind| {
        Fact::Subscription(Subscription {
            kind,
            ..Subscription::default()
        })
    };
    let present = |emitted_as| {
        Fact::Presence(Presence {
            emitted_as,
            ..Presence::default()
        })
    };
    match read {
        EventReader::Follow => Fact::Follow { who },
        EventReader::Cheer => Fact::Cheer { who, bits: 0, chat },
        EventReader::Sub => sub(SubKind::New),
        EventReader::ReSub => sub(SubKind::Renewed),
        EventReader::PrimeUpgrade => sub(SubKind::PrimeUpgrade),
        EventReader::GiftUpgrade => sub(SubKind::GiftUpgrade),
        EventReader::GiftSub | EventReader::GiftBomb => Fact::Gift(Gift {
            bomb: matches!(read, EventReader::GiftBomb),
            ..Gift::default()
        }),
        EventReader::Raid => Fact::Raid {
            who,
            viewers: 0,
            avatar: Box::default(),
        },
        EventReader::Redemption { .. } | EventReader::RedemptionUpdate => {
            Fact::Redemption(Redemption {
                automatic: matches!(read, EventReader::Redemption { automatic: true }),
                ..Redemption::default()
            })
        }
        EventReader::Goal => Fact::GoalContribution { who, points: 0 },
        EventReader::Stream => Fact::Stream {
            category: Box::default(),
            title: Box::default(),
        },
        EventReader::Pyramid => Fact::Pyramid { who, width: 0 },
        EventReader::Train => Fact::HypeTrain(HypeTrain {
            phase: name.kind.clone(),
            ..HypeTrain::default()
        }),
        EventReader::FirstWord => present(PresenceEvent::FirstWord { ever: false }),
        EventReader::ChatMessage => present(PresenceEvent::ChatMessage),
        EventReader::Ban { lifted } => Fact::Ban { who, lifted },
        EventReader::Support(spec) => Fact::Support(Support {
            kind: spec.kind,
            who,
            money: None,
            what: Box::default(),
            name: name.clone(),
            id: Box::default(),
        }),
    }
}

/// An undocumented key is copied. A documented key is copied only if it has the documented type.
fn take_over(documented: &mut Map<String, Value>, key: &str, theirs: &Value) {
    let Some(ours) = documented.get_mut(key) else {
        documented.insert(key.to_owned(), theirs.clone());
        return;
    };
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            let is_person = UNDERSTOOD.contains(&key);
            if is_person && !is_same(ours, theirs) {
                return;
            }
            for (key, theirs) in theirs {
                if is_person && ours.get(key).is_some_and(|ours| !is_unknown(ours)) {
                    continue;
                }
                take_over(ours, key, theirs);
            }
        }
        (_, Value::Null) => {}
        (ours, theirs)
            if ours.is_null() || (!UNDERSTOOD.contains(&key) && is_alike(ours, theirs)) =>
        {
            *ours = theirs.clone();
        }
        (ours, theirs) if is_unknown(ours) && is_alike(ours, theirs) => *ours = theirs.clone(),
        _ => {}
    }
}

/// Whether the publisher's object is the same person as in our data, not another one such as the
/// account that receives.
fn is_same(ours: &Map<String, Value>, theirs: &Map<String, Value>) -> bool {
    let ours: Vec<&str> = ["id", "login", "name"]
        .iter()
        .filter_map(|key| ours.get(*key)?.as_str())
        .filter(|text| !text.is_empty())
        .collect();
    let mut any = [
        "id",
        "login",
        "name",
        "username",
        "displayName",
        "display_name",
        "user_name",
        "user_id",
        "first_name",
    ]
    .iter()
    .filter_map(|key| text_of(theirs.get(*key)?))
    .peekable();
    // Our data has no person, so the publisher's object is the only source.
    ours.is_empty()
        || any.peek().is_none()
        || any.any(|theirs| ours.iter().any(|ours| ours.eq_ignore_ascii_case(&theirs)))
}

fn text_of(value: &Value) -> Option<String> {
    super::look::plain(value)
}

/// The documented keys of a type, with unknown values. `None` if the type has no documented keys.
#[cfg(test)]
pub(super) fn shape(name: &EventName) -> Option<Value> {
    let context = render::Context {
        at_ms: 0,
        id: "",
        broadcaster: None,
    };
    documented(
        name,
        &Fact::Plain {
            name: name.clone(),
            data: Map::new(),
        },
        &context,
    )
}

fn is_unknown(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::Array(list) => list.is_empty(),
        Value::Bool(yes) => !yes,
        Value::Object(_) => false,
    }
}

fn is_alike(ours: &Value, theirs: &Value) -> bool {
    std::mem::discriminant(ours) == std::mem::discriminant(theirs)
}

fn flag_or_nameless(fact: &Fact, data: &Value) -> bool {
    let mut is_nameless = super::look::flag(data, ANONYMOUS);
    fact.clone()
        .each_person(|person| is_nameless |= person.is_anonymous());
    is_nameless
}

/// Whether a key of the publisher may hold the giver's name.
fn names_somebody(key: &str) -> bool {
    const MORE: &[&str] = &[
        "gifter",
        "sender",
        "donor",
        "donation",
        "from_name",
        "fromName",
        "userLogin",
        "full_name",
        "parameters",
        "attributes",
    ];
    let is_recipient = key.starts_with("recipient");
    (UNDERSTOOD.contains(&key) && !is_recipient && key != "currency")
        || MORE.contains(&key)
        || key.starts_with("chatter_user")
        || key.starts_with("user")
        || key.ends_with("Username")
        || key.ends_with("DisplayName") && !is_recipient
}

/// Fills in `message` if the publisher put the text under another key than the documented one.
/// Clears it if the text is not public.
fn add_text(documented: &mut Map<String, Value>, reading: &Reading) {
    let is_hidden = ["is_public", "isPublic"]
        .iter()
        .any(|key| at(&reading.data, key) == Some(&Value::Bool(false)));
    let Some(Value::String(message)) = documented.get_mut("message") else {
        return;
    };
    if is_hidden {
        message.clear();
    } else if message.is_empty() {
        *message = text(&reading.data, TEXT);
    }
}
