//! Tests with every line of the examples, with their stripped rows in the journal, and with
//! malformed data.

use proptest::prelude::*;
use serde_json::{Map, Value};

use super::*;
use crate::{
    event::{Message, Person, Received, Roles, fact::Contribution},
    mapping::texts::strip_texts,
};

const OLD: &str = include_str!("../../../tests/fixtures/twitchat_examples.ndjson");
const NEW: &str = include_str!("../../../tests/fixtures/twitchat_v17_examples.ndjson");
const ORDERS: [&str; 2] = [
    include_str!("../../../tests/fixtures/twitchat_actions.ndjson"),
    include_str!("../../../tests/fixtures/twitchat_v17_actions.ndjson"),
];

pub(in crate::mapping) fn lines(file: &str) -> Vec<Message> {
    let read = |line: &str| match Received::read(line).unwrap() {
        Received::Twitchat(message) => message,
        other => panic!("{other:?}"),
    };
    file.lines().map(read).collect()
}

/// Names of the events among the facts.
pub(in crate::mapping) fn names(facts: &[Fact]) -> Vec<String> {
    facts
        .iter()
        .filter_map(|fact| {
            if let Fact::Plain { name, .. } = fact {
                Some(name.to_string())
            } else {
                None
            }
        })
        .collect()
}

fn person(who: &Person) -> String {
    let roles = [
        (Roles::SUBSCRIBER, "sub"),
        (Roles::VIP, "vip"),
        (Roles::MODERATOR, "mod"),
        (Roles::BROADCASTER, "owner"),
    ];
    let roles: String = roles
        .iter()
        .filter(|(role, _)| who.roles.contains(*role))
        .flat_map(|(_, word)| [" ", word])
        .collect();
    let platform = if who.platform == crate::event::Platform::Twitch {
        ""
    } else {
        who.platform.as_str()
    };
    format!(
        "{platform}<{}/{}/{}>{roles}",
        who.id, who.login, who.display
    )
}

/// The data of each event among the facts.
pub(in crate::mapping) fn event_data(facts: &[Fact]) -> Vec<&Map<String, Value>> {
    facts
        .iter()
        .filter_map(|fact| {
            if let Fact::Plain { data, .. } = fact {
                Some(data)
            } else {
                None
            }
        })
        .collect()
}

/// A fact in one line, without chat texts.
pub(in crate::mapping) fn describe(fact: &Fact) -> String {
    let contribution =
        |one: &Contribution| format!("{} {} {}", person(&one.who), one.total, one.kind);
    match fact {
        Fact::Follow { who } => format!("follow {}", person(who)),
        Fact::Cheer { who, bits, .. } => format!("cheer {bits} {}", person(who)),
        Fact::Subscription(sub) => format!(
            "sub {:?} {:?} {} months={} total={} streak={}",
            sub.kind,
            sub.tier,
            person(&sub.who),
            sub.months,
            sub.cumulative_months,
            sub.streak_months
        ),
        Fact::Gift(gift) => format!(
            "gift x{} {:?} {} months={} bomb={} to [{}]",
            gift.count,
            gift.tier,
            person(&gift.gifter),
            gift.months,
            gift.bomb,
            gift.recipients
                .iter()
                .map(person)
                .collect::<Vec<_>>()
                .join(", ")
        ),
        Fact::Raid { who, viewers, .. } => format!("raid {viewers} {}", person(who)),
        Fact::Redemption(redemption) => format!(
            "reward {} {:?} cost={:?} automatic={} {}",
            redemption.reward_id,
            redemption.title,
            redemption.cost,
            redemption.automatic,
            person(&redemption.who)
        ),
        Fact::HypeTrain(train) => format!(
            "{} level={} percent={} [{}]",
            train.phase,
            train.level,
            train.percent,
            train
                .conductors
                .iter()
                .map(contribution)
                .collect::<Vec<_>>()
                .join(", ")
        ),
        Fact::Support(support) => {
            format!(
                "{:?} {} {} {:?} {:?}",
                support.kind,
                support.name,
                person(&support.who),
                support.money,
                support.what
            )
        }
        Fact::Presence(presence) => format!(
            "{:?} spoke={} {}",
            presence.emitted_as,
            presence.spoke,
            person(&presence.who)
        ),
        Fact::Broadcaster { id, own } => format!("channel {id} own={own}"),
        Fact::Plain { name, data } => format!("event {name} {}", Value::Object(data.clone())),
        other => format!("{other:?}"),
    }
}
fn table(file: &str) -> String {
    let line = |(place, message): (usize, &Message)| {
        let read = decode(&message.kind, message.data.as_deref());
        let facts: Vec<_> = read
            .facts
            .iter()
            .map(describe)
            .chain(read.missing.map(|missing| missing.to_string()))
            .collect();
        let nothing = facts.is_empty();
        (!nothing).then(|| {
            format!(
                "{} {}\n    {}",
                place + 1,
                message.kind,
                facts.join("\n    ")
            )
        })
    };
    lines(file)
        .iter()
        .enumerate()
        .filter_map(line)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn every_line_up_to_16_gives_the_expected_facts() {
    insta::assert_snapshot!(table(OLD));
}

#[test]
fn every_line_of_17_gives_the_expected_facts() {
    insta::assert_snapshot!(table(NEW));
}

#[test]
fn texts_and_tags_of_each_generation_are_kept_until_they_are_stripped() {
    let all = lines(OLD);
    let chat = |number: usize| match decode(&all[number - 1].kind, all[number - 1].data.as_deref())
        .facts
        .pop()
    {
        Some(Fact::Presence(presence)) => presence.chat,
        other => panic!("{other:?}"),
    };
    let tagged = chat(9);
    assert_eq!(
        (&*tagged.text, &*tagged.message_id),
        ("evening everyone!", "225ccb5a-4859-5a95-ac0d-56b0caaaac91")
    );
    assert_eq!(tagged.badges, [("vip".into(), "1".into())]);
    let nested = chat(6);
    assert_eq!(
        (&*nested.channel, &*nested.color, &*nested.text),
        ("#nordlicht_tv", "#8A2BE2", "what game is this?")
    );
}

#[test]
fn actions_give_no_facts() {
    for message in ORDERS.iter().flat_map(|file| lines(file)) {
        assert_eq!(
            decode(&message.kind, message.data.as_deref()),
            Decoded::default(),
            "{}",
            message.kind
        );
        assert!(!feeds(&message.kind), "{}", message.kind);
    }
}

#[test]
fn types_with_facts_are_known_by_name_and_in_the_catalogue() {
    for message in [OLD, NEW].into_iter().flat_map(lines) {
        let has_facts = decode(&message.kind, message.data.as_deref()) != Decoded::default();
        assert!(!has_facts || feeds(&message.kind), "{}", message.kind);
        assert!(
            !feeds(&message.kind) || crate::twitchat::catalogue::look_up(&message.kind).is_some()
        );
    }
    // These messages are emitted but never counted. Code that looks only for credits must not drop
    // them.
    assert!(feeds("MESSAGE_WHISPER") && feeds("ON_MESSAGE_DELETED") && !feeds("TIMER_START"));
}

/// The stripped row in the journal gives the same facts again, except for the texts.
#[test]
fn stripped_rows_give_the_same_facts() {
    for message in [OLD, NEW].into_iter().flat_map(lines) {
        let Some(data) = message.data else { continue };
        let kept = RawValue::from_string(strip_texts(&data).into()).unwrap();
        let facts_of = |data: &RawValue| {
            let read = decode(&message.kind, Some(data));
            (
                read.facts
                    .iter()
                    .filter(|fact| fact.counts())
                    .map(describe)
                    .collect::<Vec<_>>(),
                read.missing,
            )
        };
        assert_eq!(facts_of(&data), facts_of(&kept), "{}", message.kind);
        if feeds(&message.kind) && matches!(family(&message.kind), Some(Family::Chat(_))) {
            assert!(!kept.get().contains("game is this"), "{kept}");
        }
    }
}

#[test]
fn unusable_data_names_the_field() {
    let missing = |kind: &str, json: &str| {
        decode(kind, Some(serde_json::from_str(json).unwrap()))
            .missing
            .map(|missing| missing.field)
    };
    assert_eq!(missing("FOLLOW", r#"{"user":{"id":null}}"#), Some("user"));
    assert_eq!(missing("FOLLOW", "[]"), Some("data"));
    assert_eq!(
        missing("BITS", r#"{"user":{"id":"1"},"bits":"many"}"#),
        Some("bits")
    );
    assert_eq!(missing("BITS", r#"{"user":{"id":"1"},"bits":"5"}"#), None);
    assert_eq!(
        missing("REWARD_REDEEM", r#"{"user":{"id":"1"}}"#),
        Some("reward")
    );
    assert_eq!(missing("SUBSCRIPTION", r#"{"user":7}"#), Some("user"));
    assert_eq!(
        missing("MESSAGE_FIRST", r#"{"message":"hi"}"#),
        Some("user")
    );
    assert_eq!(
        decode("FOLLOW", None).missing.map(|missing| missing.field),
        Some("data")
    );
    assert_eq!(missing("WHAT_EVER", "5"), None);
}

#[test]
fn a_giver_without_a_name_is_twitchs_anonymous_gifter() {
    for user in [
        "null",
        r#"{"login":"ananonymousgifter"}"#,
        r#"{"id":"274598607","login":"ananonymousgifter"}"#,
    ] {
        let json =
            format!(r#"{{"user":{user},"tier":1,"isGift":true,"recipients":[{{"uid":"1"}}]}}"#);
        let facts = decode("SUBSCRIPTION", Some(serde_json::from_str(&json).unwrap())).facts;
        let [Fact::Gift(gift)] = facts.as_slice() else {
            panic!("{facts:?}")
        };
        assert_eq!(
            (&*gift.gifter.id, &*gift.gifter.display),
            ("274598607", "AnAnonymousGifter")
        );
    }
}

fn json() -> impl Strategy<Value = Value> {
    let keys = [
        "user",
        "message",
        "tags",
        "id",
        "login",
        "bits",
        "recipients",
        "reward",
        "poll",
        "choices",
        "tier",
        "badges",
        "x",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(keys.to_vec()), inner), 0..6).prop_map(
                |fields| fields
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect::<Map<_, _>>()
                    .into()
            )
        ]
    })
}

/// Replaces the nth value by `other`.
fn mutate(value: &mut Value, nth: &mut usize, other: &Value) {
    if *nth == 0 {
        *value = other.clone();
    }
    *nth = nth.wrapping_sub(1);
    match value {
        Value::Array(list) => list.iter_mut().for_each(|inner| mutate(inner, nth, other)),
        Value::Object(map) => map.values_mut().for_each(|inner| mutate(inner, nth, other)),
        _ => {}
    }
}

fn everything_reads(kind: &str, data: &Value) {
    let raw = RawValue::from_string(data.to_string()).unwrap();
    let read = decode(kind, Some(&raw));
    strip_texts(&raw);
    crate::mapping::Interpreter::default()
        .votes(read.vote, &crate::mapping::interpreter::At::default());
    crate::mapping::Labels::default().decode(&raw);
    if let Ok(summary) = crate::twitchat::summary::Summary::read(&raw) {
        crate::mapping::summary::missing(&summary, |_| 0);
    }
    for list in crate::twitchat::summary::List::ALL
        .iter()
        .map(|list| list.as_str())
    {
        crate::mapping::filled(list, raw.get());
    }
}

proptest! {
    #[test]
    fn rubbish_never_panics(kind in prop::sample::select(vec!["FOLLOW", "BITS", "SUBSCRIPTION",
        "REWARD_REDEEM", "MESSAGE_FIRST", "MESSAGE_READ", "MENTION", "MESSAGE_WHISPER",
            "MESSAGE_DELETED", "POLL_PROGRESS", "PREDICTION", "ON_AUTOMOD_MESSAGE_HELD"]),
                data in json()) {
        everything_reads(kind, &data);
    }

    #[test]
    fn mutated_examples_never_panic(place in any::<prop::sample::Index>(), nth in 0..60_usize,
        other in json()) {
        let all: Vec<_> = [OLD, NEW].into_iter().flat_map(lines).collect();
        let message = place.get(&all);
        let mut data = message.data.as_deref().map_or(Value::Null,
            |data| serde_json::from_str(data.get()).unwrap());
        mutate(&mut data, &mut { nth }, &other);
        everything_reads(&message.kind, &data);
    }
}
