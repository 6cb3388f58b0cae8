//! Compares the bridge's events with examples that have all of Streamer.bot's keys
//! (`examples.json`), value by value. Values that the model cannot know are compared only by type.

use serde_json::{Map, Value, json};

use super::*;
use crate::event::{
    EventName, Money, Roles,
    fact::{
        Chunk, Contribution, HypeTrain, Presence, Redemption, SubKind, Subscription, Support,
        SupportKind, Tier,
    },
    person::ANONYMOUS_GIFTER,
};

const AT: i64 = 1_795_291_200_000;

fn example(name: &str) -> Value {
    let all: Value = serde_json::from_str(include_str!("examples.json")).unwrap();
    all.get(name)
        .cloned()
        .unwrap_or_else(|| panic!("no example of {name}"))
}

fn anna() -> Person {
    Person::new("750146097", "anna_b", "Anna_B")
        .unwrap()
        .with_roles(Roles::SUBSCRIBER)
}

fn zed() -> Person {
    Person::new("988", "zed", "Zed").unwrap()
}

fn mira() -> Person {
    Person::new("989", "mira", "Mira").unwrap()
}

fn owner() -> Person {
    Person::new("123456", "mychannel", "MyChannel").unwrap()
}

fn wrote(text: &str, chunks: Vec<Chunk>) -> Chat {
    Chat {
        text: text.into(),
        chunks,
        channel: "123456".into(),
        color: "#FF69B4".into(),
        badges: vec![("subscriber".into(), "3".into())],
        ..Chat::default()
    }
}

fn sub(kind: SubKind, cumulative_months: u32, streak_months: u32, text: &str) -> Subscription {
    Subscription {
        who: anna(),
        tier: Tier::One,
        kind,
        months: 1,
        cumulative_months,
        streak_months,
        chat: wrote(text, Vec::new()),
    }
}

fn gift(gifter: Person, recipients: Vec<Person>, total: u32) -> Gift {
    let count = u32::try_from(recipients.len()).unwrap();
    Gift {
        gifter,
        tier: Tier::One,
        recipients,
        count,
        months: 1,
        cumulative_months: 1,
        bomb: count > 1,
        of_bomb: false,
        lone: false,
        total,
    }
}

fn emitted_as(fact: &Fact, id: &str, at_ms: i64) -> EmittedEvent {
    event(
        fact,
        &Context {
            at_ms,
            id,
            broadcaster: Some(&owner()),
        },
    )
    .unwrap()
}

/// Compares `ours` with the example: the same keys everywhere, and the same values, except at the
/// `loose` paths, where only the types must match.
fn alike(ours: &Value, example: &Value, loose: &[&str]) {
    compare(ours, example, "", loose, false);
}

fn compare(ours: &Value, example: &Value, path: &str, loose: &[&str], by_type: bool) {
    let by_type = by_type || loose.contains(&path);
    match (ours, example) {
        (Value::Object(ours), Value::Object(example)) => {
            let keys = |map: &Map<String, Value>| {
                map.keys()
                    .cloned()
                    .collect::<std::collections::BTreeSet<_>>()
            };
            assert_eq!(keys(ours), keys(example), "keys of {path}");
            for (key, value) in example {
                compare(
                    &ours[key],
                    value,
                    format!("{path}.{key}").trim_start_matches('.'),
                    loose,
                    by_type,
                );
            }
        }
        (Value::Array(ours), Value::Array(example)) => {
            if !by_type {
                assert_eq!(ours.len(), example.len(), "length of {path}");
            }
            for (ours, example) in ours.iter().zip(example) {
                compare(ours, example, path, loose, by_type);
            }
        }
        _ if by_type => assert_eq!(
            std::mem::discriminant(ours),
            std::mem::discriminant(example),
            "type of {path}"
        ),
        _ => assert_eq!(ours, example, "value of {path}"),
    }
}

/// Pictures and `info` of badges, which Twitchat does not send.
const BADGES: [&str; 6] = [
    "badges.imageUrl",
    "badges.info",
    "user.badges.imageUrl",
    "user.badges.info",
    "message.badges.imageUrl",
    "message.badges.info",
];
/// Fields of the gifter that are unknown: Twitchat sends no badges, colour or months with a gift.
const GIVER: [&str; 4] = [
    "badges",
    "user.badges",
    "user.color",
    "user.monthsSubscribed",
];

#[test]
fn follow() {
    let event = emitted_as(&Fact::Follow { who: anna() }, "x", AT);
    assert_eq!(
        (event.name.to_string().as_str(), event.data),
        ("Twitch.Follow", example("Twitch.Follow"))
    );
}

const MESSAGE: &str = "b2bacfe5-f660-4fc8-9033-0961682df186";

#[test]
fn cheer() {
    let chunks = vec![
        Chunk::Cheer {
            text: "Cheer100".into(),
            bits: 100,
            url: "https://d3aqoihi2n8ty8.cloudfront.net/actions/cheer/dark/animated/100/4.gif"
                .into(),
        },
        Chunk::Text(" nice one".into()),
    ];
    let fact = Fact::Cheer {
        who: anna(),
        bits: 100,
        chat: wrote("Cheer100 nice one", chunks),
    };
    alike(
        &emitted_as(&fact, MESSAGE, AT + 1_000).data,
        &example("Twitch.Cheer"),
        &BADGES,
    );
}

#[test]
fn chat_message_and_first_word() {
    let emote = Chunk::Emote {
        name: "Kappa".into(),
        url: "https://static-cdn.jtvnw.net/emoticons/v2/25/default/dark/2.0".into(),
    };
    let chat = wrote("hello Kappa", vec![Chunk::Text("hello ".into()), emote]);
    let fact = Fact::Presence(Presence {
        who: anna(),
        spoke: true,
        emitted_as: PresenceEvent::ChatMessage,
        chat,
    });
    alike(
        &emitted_as(&fact, MESSAGE, AT + 1_000).data,
        &example("Twitch.ChatMessage"),
        &BADGES,
    );

    let first = PresenceEvent::FirstWord { ever: true };
    let fact = Fact::Presence(Presence {
        who: anna(),
        spoke: true,
        emitted_as: first,
        chat: wrote("hello", Vec::new()),
    });
    let event = emitted_as(&fact, MESSAGE, AT + 1_000);
    assert_eq!(event.name.to_string(), "Twitch.FirstWord");
    alike(&event.data, &example("Twitch.FirstWord"), &BADGES);
}

const NOTICE: &str = "e80d2d4b-2583-4a31-a8f4-280d504fdd48";

#[test]
fn sub_and_resub() {
    let event = emitted_as(&Fact::Subscription(sub(SubKind::New, 1, 1, "")), NOTICE, AT);
    assert_eq!(event.name.to_string(), "Twitch.Sub");
    alike(&event.data, &example("Twitch.Sub"), &BADGES);

    let event = emitted_as(
        &Fact::Subscription(sub(SubKind::Renewed, 6, 3, "half a year!")),
        NOTICE,
        AT,
    );
    assert_eq!(event.name.to_string(), "Twitch.ReSub");
    // The example's badge shows 3 months, its `cumulativeMonths` 6.
    alike(
        &event.data,
        &example("Twitch.ReSub"),
        &[&BADGES[..], &["user.monthsSubscribed"]].concat(),
    );
}

#[test]
fn prime_is_tier_zero_in_the_old_keys_and_a_flag_in_the_new() {
    let prime = Subscription {
        tier: Tier::Prime,
        ..sub(SubKind::New, 1, 1, "")
    };
    let data = emitted_as(&Fact::Subscription(prime), NOTICE, AT).data;
    assert_eq!(
        (
            &data["subTier"],
            &data["sub_tier"],
            &data["is_prime"],
            &data["systemMessage"]
        ),
        (
            &json!(0),
            &json!("1000"),
            &json!(true),
            &json!("Anna_B subscribed with Prime.")
        )
    );
}

#[test]
fn gift_sub_and_gift_bomb() {
    let event = emitted_as(&Fact::Gift(gift(anna(), vec![zed()], 4)), NOTICE, AT);
    assert_eq!(event.name.to_string(), "Twitch.GiftSub");
    alike(&event.data, &example("Twitch.GiftSub"), &GIVER);

    let event = emitted_as(
        &Fact::Gift(gift(anna(), vec![zed(), mira()], 7)),
        NOTICE,
        AT,
    );
    assert_eq!(event.name.to_string(), "Twitch.GiftBomb");
    alike(
        &event.data,
        &example("Twitch.GiftBomb"),
        &[&GIVER[..], &["id"]].concat(),
    );

    let fact = Fact::Gift(gift(
        Person::anonymous(ANONYMOUS_GIFTER),
        vec![zed(), mira()],
        0,
    ));
    let data = emitted_as(&fact, "e80d2d4b-2583-4a31-a8f4-280d504fdd49", AT).data;
    alike(
        &data,
        &example("Twitch.GiftBomb (anonymous)"),
        &["user.color", "id"],
    );
}

#[test]
fn a_gift_of_a_bomb_is_marked_in_every_dialect() {
    let one = gift(anna(), vec![zed()], 4);
    let data = gift_sub(
        &one,
        &zed(),
        true,
        5,
        &Context {
            at_ms: AT,
            id: "wave",
            broadcaster: None,
        },
    )
    .data;
    for key in [
        "fromSubBomb",
        "fromCommunitySubGift",
        "randomCommunitySubGift",
    ] {
        assert_eq!(data[key], json!(true), "{key}");
    }
    assert_eq!(
        (&data["subBombCount"], &data["communitySubGiftCount"]),
        (&json!(5), &json!(5))
    );
}

#[test]
fn a_bomb_has_an_entry_for_each_gift_but_never_a_list_without_bounds() {
    let unnamed = Gift {
        count: 5,
        ..gift(anna(), vec![zed(), mira()], 0)
    };
    let context = Context {
        at_ms: AT,
        id: "x",
        broadcaster: None,
    };
    let data = gift_bomb(&unnamed, &context).data;
    assert_eq!(
        (
            data["gifts"].clone(),
            data["recipients"].as_array().unwrap().len()
        ),
        (json!(5), 5)
    );
    let absurd = Gift {
        count: u32::MAX,
        ..unnamed
    };
    assert_eq!(
        gift_bomb(&absurd, &context).data["recipients"]
            .as_array()
            .unwrap()
            .len(),
        1_000
    );
}

#[test]
fn raid() {
    let avatar = "https://static-cdn.jtvnw.net/jtv_user_pictures/EXAMPLE-300x300.png";
    let event = emitted_as(
        &Fact::Raid {
            who: anna(),
            viewers: 42,
            avatar: avatar.into(),
        },
        "x",
        AT,
    );
    assert_eq!(
        (event.name.to_string().as_str(), event.data),
        ("Twitch.Raid", example("Twitch.Raid"))
    );
}

fn redeemed(reward_id: &str, title: &str, cost: Option<u64>, automatic: bool) -> Fact {
    let chat = Chat::default();
    Fact::Redemption(Redemption {
        id: "".into(),
        who: anna(),
        reward_id: reward_id.into(),
        title: title.into(),
        cost,
        chat,
        automatic,
    })
}

#[test]
fn reward_redemption() {
    let fact = redeemed(
        "41f257e9-9688-4944-9bf6-28cda1c3fa1f",
        "Hydrate",
        Some(500),
        false,
    );
    let event = emitted_as(&fact, "9d0911db-7884-4e0f-8cf4-c95c5765c2e5", AT + 2_000);
    assert_eq!(event.name.to_string(), "Twitch.RewardRedemption");
    alike(
        &event.data,
        &example("Twitch.RewardRedemption"),
        &["prompt", "reward.prompt", "backgroundColor"],
    );
}

#[test]
fn twitchs_own_rewards_have_their_own_event() {
    let event = emitted_as(
        &redeemed("highlighted-message", "Highlight my message", None, true),
        "x",
        AT,
    );
    assert_eq!(event.name.to_string(), "Twitch.AutomaticRewardRedemption");
    assert_eq!(
        (&event.data["reward_type"], &event.data["reward"]["cost"]),
        (&json!("send_highlighted_message"), &json!(0))
    );
}

#[test]
fn pyramid() {
    let event = emitted_as(
        &Fact::Pyramid {
            who: anna(),
            width: 3,
        },
        "x",
        AT,
    );
    assert_eq!(event.name.to_string(), "Twitch.PyramidSuccess");
    alike(
        &event.data,
        &example("Twitch.PyramidSuccess"),
        &["total", "emote"],
    );
}

#[test]
fn hype_train_names_its_conductors_first() {
    let one = |who: Person, kind: &str, total| Contribution {
        who,
        kind: kind.into(),
        total,
    };
    let train = HypeTrain {
        phase: "HypeTrainLevelUp".into(),
        level: 3,
        percent: 40,
        conductors: vec![one(zed(), "bits", 900)],
        contributors: vec![one(anna(), "bits", 10), one(zed(), "bits", 900)],
    };
    let event = emitted_as(&Fact::HypeTrain(train), "x", AT);
    let names: Vec<_> = event.data["top_contributions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["user_name"].clone())
        .collect();
    assert_eq!(
        (event.name.to_string().as_str(), names),
        (
            "Twitch.HypeTrainLevelUp",
            vec![json!("Zed"), json!("Anna_B")]
        )
    );
}

fn supported(name: &str) -> Value {
    let (kind, money) = (SupportKind::Tip, Some(Money::of_cents(1_250, "EUR")));
    let name = EventName::parse(name).unwrap();
    emitted_as(
        &Fact::Support(Support {
            kind,
            who: anna(),
            money,
            what: "Gold".into(),
            name,
            id: "".into(),
        }),
        "x",
        AT,
    )
    .data
}

#[test]
fn support_has_the_keys_of_its_service() {
    let kofi = supported("Kofi.Donation");
    assert_eq!(
        (&kofi["from"], &kofi["amount"], &kofi["currency"]),
        (&json!("Anna_B"), &json!(12.5), &json!("EUR"))
    );
    assert_eq!(supported("StreamElements.Tip")["username"], json!("Anna_B"));
    let youtube = supported("YouTube.SuperChat");
    assert_eq!(
        (&youtube["amount"], &youtube["microAmount"]),
        (&json!("EUR12.50"), &json!(12_500_000))
    );
    assert_eq!(
        supported("Patreon.PledgeCreated")["attributes"]["will_pay_amount_cents"],
        json!(1_250)
    );
    assert_eq!(
        supported("Fourthwall.OrderPlaced")["variants"][0]["name"],
        json!("Gold")
    );
}

#[test]
fn people_of_other_chats_are_emitted_under_their_own_source() {
    let name = |fact: &Fact| emitted_as(fact, "x", AT).name.to_string();
    let presence = |platform, emitted_as| {
        let who = Person { platform, ..anna() };
        Fact::Presence(Presence {
            who,
            spoke: true,
            emitted_as,
            chat: Chat::default(),
        })
    };
    assert_eq!(
        name(&presence(Platform::YouTube, PresenceEvent::ChatMessage)),
        "YouTube.Message"
    );
    assert_eq!(
        name(&presence(
            Platform::Kick,
            PresenceEvent::FirstWord { ever: false }
        )),
        "Kick.FirstWords"
    );
    let kick = Person {
        platform: Platform::Kick,
        ..anna()
    };
    assert_eq!(
        name(&Fact::Gift(gift(kick, vec![zed(), mira()], 0))),
        "Kick.MassGiftSubscription"
    );
    let kick = Person {
        platform: Platform::Kick,
        ..anna()
    };
    assert_eq!(
        name(&Fact::Raid {
            who: kick,
            viewers: 1,
            avatar: "".into()
        }),
        "Twitch.Raid"
    );
}

/// Streamer.bot has no source for TikTok.
#[test]
fn events_of_tiktok_users_are_not_events_of_twitch() {
    let tiktok = || Person::new("7123456789012345678", "lea.t", "Lea").unwrap();
    let chat = Fact::Presence(Presence {
        who: tiktok(),
        spoke: true,
        emitted_as: PresenceEvent::ChatMessage,
        chat: Chat::default(),
    });
    let first = Fact::Presence(Presence {
        who: tiktok(),
        spoke: true,
        emitted_as: PresenceEvent::FirstWord { ever: false },
        chat: Chat::default(),
    });
    let subscribed = Fact::Subscription(Subscription {
        who: tiktok(),
        ..sub(SubKind::New, 1, 1, "")
    });
    let facts = [
        (Fact::Follow { who: tiktok() }, "Follow"),
        (chat, "ChatMessage"),
        (first, "FirstWord"),
        (subscribed, "Sub"),
        (Fact::Gift(gift(tiktok(), vec![zed()], 1)), "GiftSub"),
        (
            Fact::Raid {
                who: tiktok(),
                viewers: 3,
                avatar: "".into(),
            },
            "Raid",
        ),
    ];
    for (fact, kind) in facts {
        let event = emitted_as(&fact, "x", AT);
        assert_eq!(event.name.to_string(), "General.Custom", "{kind}");
        let about = ["source", "type", "userId", "displayName"]
            .map(|key| event.data[key].as_str().unwrap_or_default());
        assert_eq!(about, ["TikTok", kind, "7123456789012345678", "Lea"]);
        assert!(event.data["data"].is_object(), "{kind}");
    }
}

#[test]
fn silent_facts_have_no_event_and_plain_facts_pass_unchanged() {
    let context = Context {
        at_ms: AT,
        id: "x",
        broadcaster: None,
    };
    let silent = Presence {
        who: anna(),
        spoke: false,
        emitted_as: PresenceEvent::Silent,
        chat: Chat::default(),
    };
    assert_eq!(event(&Fact::Presence(silent), &context), None);
    assert_eq!(
        event(
            &Fact::Broadcaster {
                id: "1".into(),
                own: true
            },
            &context
        ),
        None
    );
    let name = EventName::new("General", "Custom");
    let data = Map::from_iter([("a".to_owned(), json!(1))]);
    assert_eq!(
        event(
            &Fact::Plain {
                name: name.clone(),
                data
            },
            &context
        ),
        Some(EmittedEvent {
            name,
            data: json!({"a": 1})
        })
    );
}

/// The field accesses of the example in Streamer.bot's WebSocket documentation, one by one. An
/// `undefined` would be shown to the audience.
#[test]
fn the_documentations_javascript_example_finds_everything() {
    let sub = emitted_as(&Fact::Subscription(sub(SubKind::New, 1, 1, "")), "x", AT).data;
    assert_eq!(sub["displayName"].as_str(), Some("Anna_B"));
    let one = emitted_as(&Fact::Gift(gift(anna(), vec![zed()], 1)), "x", AT).data;
    assert_eq!(one["recipientDisplayName"].as_str(), Some("Zed"));
    let bomb = emitted_as(&Fact::Gift(gift(anna(), vec![zed(), mira()], 1)), "x", AT).data;
    assert_eq!(
        (&bomb["isAnonymous"], &bomb["displayName"], &bomb["gifts"]),
        (&json!(false), &json!("Anna_B"), &json!(2))
    );
    let hidden = emitted_as(
        &Fact::Gift(gift(
            Person::anonymous(ANONYMOUS_GIFTER),
            vec![zed(), mira()],
            1,
        )),
        "x",
        AT,
    )
    .data;
    assert_eq!(
        (&hidden["isAnonymous"], &hidden["gifts"]),
        (&json!(true), &json!(2))
    );
    assert_eq!(
        emitted_as(&Fact::Follow { who: anna() }, "x", AT).data["displayName"].as_str(),
        Some("Anna_B")
    );
    let cheer = emitted_as(
        &Fact::Cheer {
            who: anna(),
            bits: 100,
            chat: Chat::default(),
        },
        "x",
        AT,
    )
    .data;
    assert_eq!(
        (&cheer["message"]["displayName"], &cheer["message"]["bits"]),
        (&json!("Anna_B"), &json!(100))
    );
}
