//! Property tests: events that the bridge emits can be published again and give the same facts, and
//! no published data makes the bridge panic.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::{
    event::{
        Money, Platform, Roles,
        fact::{
            Chat, Contribution, Gift, HypeTrain, Presence, PresenceEvent, Redemption, Subscription,
            Tier,
        },
        name::catalogue,
    },
    mapping::render,
};

fn on(platform: Platform) -> impl Strategy<Value = Person> {
    (
        "[1-9][0-9]{0,11}",
        "[a-z][a-z0-9_]{2,11}",
        "[A-Za-z雪あé0-9][A-Za-z雪あé0-9_ ]{0,10}[A-Za-z雪あé0-9]",
    )
        .prop_map(move |(id, login, display)| Person::on(platform, &id, &login, &display).unwrap())
}

fn twitch() -> impl Strategy<Value = Person> {
    on(Platform::Twitch)
}

fn chatter() -> impl Strategy<Value = Person> {
    prop::sample::select(vec![
        Platform::Twitch,
        Platform::YouTube,
        Platform::Kick,
        Platform::Trovo,
    ])
    .prop_flat_map(on)
}

fn streamer() -> impl Strategy<Value = Person> {
    prop::sample::select(vec![Platform::Twitch, Platform::Kick, Platform::Trovo]).prop_flat_map(on)
}

fn subscription() -> impl Strategy<Value = Fact> {
    let kind = prop::sample::select(vec![
        SubKind::New,
        SubKind::Renewed,
        SubKind::PrimeUpgrade,
        SubKind::GiftUpgrade,
    ]);
    let tier = prop::sample::select(vec![Tier::Prime, Tier::One, Tier::Two, Tier::Three]);
    (streamer(), kind, tier, 1..7_u32, 0..40_u32).prop_map(
        |(mut who, kind, tier, months, total)| {
            let cumulative_months = match kind {
                SubKind::New => 1,
                // 0 means unknown, but 1 is a number of months.
                SubKind::Renewed => total,
                // The event does not report it.
                SubKind::PrimeUpgrade | SubKind::GiftUpgrade => 0,
            };
            if matches!(kind, SubKind::PrimeUpgrade | SubKind::GiftUpgrade) {
                who.platform = Platform::Twitch;
            }
            Fact::Subscription(Subscription {
                who,
                tier,
                kind,
                months,
                cumulative_months,
                streak_months: 0,
                chat: Chat::default(),
            })
        },
    )
}

fn gift() -> impl Strategy<Value = Fact> {
    let tier = prop::sample::select(vec![Tier::One, Tier::Two, Tier::Three]);
    (
        streamer(),
        prop::collection::vec(streamer(), 0..4),
        tier,
        0..9_u32,
        0..50_u32,
        any::<bool>(),
    )
        .prop_map(|(gifter, recipients, tier, more, total, of_bomb)| {
            let count = (u32::try_from(recipients.len()).unwrap() + more).max(1);
            let bomb = count > 1;
            let of_bomb = of_bomb && !bomb;
            Fact::Gift(Gift {
                gifter,
                tier,
                recipients,
                count,
                months: 1,
                cumulative_months: 0,
                bomb,
                of_bomb,
                lone: !bomb && !of_bomb,
                total,
            })
        })
}

fn train() -> impl Strategy<Value = Fact> {
    let phase = prop::sample::select(vec![
        "HypeTrainStart",
        "HypeTrainUpdate",
        "HypeTrainLevelUp",
        "HypeTrainEnd",
    ]);
    let one = (twitch(), any::<bool>(), 1..u64::MAX).prop_map(|(who, bits, total)| {
        let kind = if bits { "bits" } else { "subs" };
        Contribution {
            who,
            kind: kind.into(),
            total,
        }
    });
    (
        phase,
        prop::collection::vec(one, 0..5),
        1..9_u32,
        0..100_u32,
    )
        .prop_map(|(phase, all, level, percent)| {
            let is_first = |index: usize| {
                all.iter().position(|one| one.kind == all[index].kind) == Some(index)
            };
            let pick = |first: bool| {
                (0..all.len())
                    .filter(move |index| is_first(*index) == first)
                    .map(|index| all[index].clone())
            };
            let conductors: Vec<_> = pick(true).collect();
            let contributors = conductors.iter().cloned().chain(pick(false)).collect();
            Fact::HypeTrain(HypeTrain {
                phase: phase.into(),
                level,
                percent,
                conductors,
                contributors,
            })
        })
}

fn supported() -> impl Strategy<Value = Fact> {
    let of_feed = |(feed, who, cents, currency): (&Feed, Person, i64, &str)| {
        let EventReader::Support(spec) = feed.read else {
            unreachable!()
        };
        // The won has no minor unit.
        let cents = if currency == "KRW" {
            cents * 100
        } else {
            cents
        };
        let money = (spec.money.paths().count() > 0).then(|| Money::of_cents(cents, currency));
        let what = if spec.what.is_empty() { "" } else { "Gold" };
        let mut who = Person {
            platform: people::platform(feed.source),
            ..who
        };
        if matches!(feed.source, "Streamlabs" | "TipeeeStream") {
            // Their ids may belong to the account that receives.
            (who.id, who.login) = ("".into(), "".into());
        }
        Fact::Support(Support {
            kind: spec.kind,
            who,
            money,
            what: what.into(),
            name: EventName::new(feed.source, feed.kind),
            id: "".into(),
        })
    };
    let feeds: Vec<&Feed> = FEEDS
        .iter()
        .filter(|feed| matches!(feed.read, EventReader::Support(Spec { refunds: false, .. })))
        .collect();
    let currency = prop::sample::select(vec!["EUR", "$", "zł", "", "KRW", "KWD", "₿"]);
    (
        prop::sample::select(feeds),
        twitch(),
        1..1_000_000_000_000_i64,
        currency,
    )
        .prop_map(of_feed)
}

fn redemption() -> impl Strategy<Value = Fact> {
    (
        twitch(),
        "[a-z][a-z-]{3,12}",
        "[A-Z][a-z ]{2,9}[a-z]",
        prop::option::of(1..u64::MAX),
        any::<bool>(),
    )
        .prop_map(|(who, reward_id, title, cost, automatic)| {
            let (reward_id, title) = (reward_id.into(), title.into());
            Fact::Redemption(Redemption {
                id: "".into(),
                who,
                reward_id,
                title,
                cost,
                chat: Chat::default(),
                automatic,
            })
        })
}

fn present() -> impl Strategy<Value = Fact> {
    let emitted_as = prop::sample::select(vec![
        PresenceEvent::FirstWord { ever: true },
        PresenceEvent::FirstWord { ever: false },
        PresenceEvent::ChatMessage,
    ]);
    (chatter(), emitted_as).prop_map(|(who, emitted_as)| {
        Fact::Presence(Presence {
            who,
            spoke: true,
            emitted_as,
            chat: Chat::default(),
        })
    })
}

fn countable() -> impl Strategy<Value = Fact> {
    prop_oneof![
        chatter().prop_map(|who| Fact::Follow { who }),
        (twitch(), 1..u64::MAX).prop_map(|(who, bits)| Fact::Cheer {
            who,
            bits,
            chat: Chat::default()
        }),
        subscription(),
        gift(),
        (twitch(), any::<u64>()).prop_map(|(who, viewers)| Fact::Raid {
            who,
            viewers,
            avatar: "https://a".into()
        }),
        redemption(),
        (twitch(), any::<u64>()).prop_map(|(who, points)| Fact::GoalContribution { who, points }),
        ("[A-Z][a-z]{1,9}", "[a-z]{0,9}").prop_map(|(category, title)| Fact::Stream {
            category: category.into(),
            title: title.into()
        }),
        (twitch(), any::<u32>()).prop_map(|(who, width)| Fact::Pyramid { who, width }),
        train(),
        supported(),
        present(),
    ]
}

/// The fact without the values that an event adds: ids of messages, the channel, roles that badges
/// show.
fn bare(mut fact: Fact) -> Fact {
    fact.each_person(|who| who.roles = Roles::empty());
    match &mut fact {
        Fact::Cheer { chat, .. } => *chat = Chat::default(),
        Fact::Subscription(sub) => sub.chat = Chat::default(),
        Fact::Redemption(redemption) => {
            redemption.chat = Chat::default();
            redemption.id = "".into();
        }
        Fact::Presence(presence) => presence.chat = Chat::default(),
        Fact::Support(support) => support.id = "".into(),
        _ => {}
    }
    fact
}

/// Data with the keys that the readers look for, and any values.
fn anything() -> impl Strategy<Value = Value> {
    let mut words: BTreeSet<String> = FEEDS
        .iter()
        .flat_map(Feed::fields)
        .flat_map(|field| {
            field
                .replace("{}", "")
                .replace("[]", "")
                .split('.')
                .map(ToOwned::to_owned)
                .collect::<Vec<_>>()
        })
        .collect();
    words.extend(
        [
            "id",
            "login",
            "display",
            "value",
            "decimal_places",
            "parts",
            "type",
            "role",
            "goal",
            "progress",
        ]
        .map(Into::into),
    );
    let words: Vec<String> = words.into_iter().collect();
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "[$€]?[0-9]{1,25}[.,]?[0-9]{0,5} ?€?".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 60, 12, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(words.clone()), inner), 0..14)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn emitted_events_can_be_published_again(fact in countable()) {
        let broadcaster = Person::new("123456", "mychannel", "MyChannel").unwrap();
        let context = render::Context { at_ms: 1_795_291_200_000, id: "x",
            broadcaster: Some(&broadcaster) };
        let event = render::event(&fact, &context).unwrap();
        let back = facts(&event.name, &event.data).unwrap();
        prop_assert_eq!(back.into_iter().map(bare).collect::<Vec<_>>(), vec![fact], "{}",
            event.data);
    }

    #[test]
    fn no_data_of_any_type_makes_it_panic(data in anything()) {
        for (source, kinds) in catalogue() {
            for kind in kinds {
                let name = EventName { source: source.clone(), kind: kind.clone() };
                let Ok(readings) = read(&name, &data) else { continue };
                prop_assert!(!readings.is_empty());
                // Every reading must give an event of limited size.
                let context = render::Context { at_ms: i64::MIN, id: "", broadcaster: None };
                for reading in readings {
                    prop_assert!(!reading.facts(&name).is_empty());
                    prop_assert!(event(&name, &reading, &reading.fact, &context).data.is_object());
                }
            }
        }
    }
}
