//! Tests of published events, in the shapes that are documented and that were observed in use, and
//! in the bridge's own.

use std::collections::BTreeSet;

use serde_json::{Map, json};

use super::{people::WHO, *};
use crate::event::{
    Money, Platform, Roles,
    fact::{Contribution, PresenceEvent, SupportKind, Tier},
    person::{ANONYMOUS_CHEERER, ANONYMOUS_GIFTER},
};

mod services;

/// Compares a committed page with the generated one. `UPDATE_DOCS=1` writes the page instead.
pub(crate) fn same_as_docs(path: &str, page: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, page).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(&path).unwrap_or_default(),
        page,
        "UPDATE_DOCS=1 cargo test writes {}",
        path.display()
    );
}

fn read(name: &str, data: &Value) -> Result<Fact, Error> {
    facts(&EventName::parse(name).unwrap(), data).map(|facts| facts.into_iter().next().unwrap())
}

fn anna() -> Person {
    Person::new("750146097", "anna_b", "Anna_B").unwrap()
}

#[test]
fn the_documented_table_is_the_one_that_is_read() {
    let listed = |fields: &[String]| {
        fields
            .iter()
            .map(|field| format!("`{field}`"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let groups = [
        ("who", WHO),
        ("target", people::TARGET),
        ("raider", people::RAIDER),
        ("giver", people::GIFTER),
        ("recipient", people::RECIPIENT),
        ("supporter", people::SUPPORTER),
    ]
    .map(|(group, named)| (group, listed(&named.fields())));
    let people: Vec<String> = groups
        .iter()
        .map(|(group, fields)| format!("| *{group}* | {fields} |\n"))
        .collect();
    let rows: Vec<String> = FEEDS
        .iter()
        .map(|feed| {
            let fields = groups
                .iter()
                .fold(listed(&feed.fields()), |fields, (group, all)| {
                    fields.replace(all, &format!("*{group}*"))
                });
            format!(
                "| {}.{} | {} | {fields} |\n",
                feed.source,
                feed.kind,
                feed.section()
            )
        })
        .collect();
    let (head, rest) = include_str!("table_head.md")
        .split_once("<!-- people -->\n")
        .unwrap();
    let (types, services) = rest.split_once("<!-- types -->\n").unwrap();
    let page = format!(
        "{head}{}{types}{}{services}{}",
        people.concat(),
        rows.concat(),
        services::table()
    );
    same_as_docs("docs/published-events.md", &page);
}

#[test]
fn every_feed_is_in_the_catalogue_once() {
    let names: BTreeSet<String> = FEEDS
        .iter()
        .map(|feed| format!("{}.{}", feed.source, feed.kind))
        .collect();
    assert_eq!(names.len(), FEEDS.len());
    for name in names {
        let known = EventName::parse(&name).unwrap();
        assert!(known.is_known() && known.to_string() == name, "{name}");
        assert!(
            feeds(&EventName {
                source: known.source.to_uppercase().into(),
                kind: known.kind.to_lowercase().into()
            }),
            "{name}"
        );
    }
    assert!(!feeds(&EventName::new("Twitch", "Whisper")));
}

#[test]
fn a_missing_person_and_a_missing_object_are_named() {
    for feed in FEEDS.iter().filter(|feed| {
        !matches!(
            feed.read,
            EventReader::Train | EventReader::RedemptionUpdate
        )
    }) {
        let name = EventName::new(feed.source, feed.kind);
        if matches!(
            feed.read,
            EventReader::Support(Spec { needs_id: true, .. } | Spec { refunds: true, .. })
        ) {
            continue;
        }
        let error = facts(&name, &json!({})).unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains(&name.to_string())
                && text.contains(error.field())
                && text.contains("looked for "),
            "{text}"
        );
        assert_eq!(facts(&name, &json!("x")).unwrap_err().field(), "data");
    }
    let error = read("Twitch.Cheer", &json!({"userId": "1"})).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Twitch.Cheer: \"data\" has no bits; the bridge looked for bits, message.bits"
    );
}

#[test]
fn tests_and_types_without_a_section_are_plain() {
    assert_eq!(
        read("twitch.whisper", &json!({"a": 1})),
        Ok(Fact::Plain {
            name: EventName::new("Twitch", "Whisper"),
            data: Map::from_iter([("a".into(), json!(1))])
        })
    );
    let Ok(Fact::Plain { data, .. }) = read("General.Custom", &json!("Hello, world!")) else {
        panic!()
    };
    assert_eq!(Value::Object(data), json!({"data": "Hello, world!"}));
    for test in [
        json!({"userId": "1", "isTest": true}),
        json!({"userId": "1", "is_test": true}),
        json!({"userId": "1", "meta": {"isTest": true}}),
    ] {
        assert!(matches!(
            read("Twitch.Follow", &test),
            Ok(Fact::Plain { .. })
        ));
    }
}

#[test]
fn every_superset_example_names_its_people() {
    let examples: Value = serde_json::from_str(include_str!("../render/examples.json")).unwrap();
    for (name, data) in examples.as_object().unwrap() {
        let name = name.trim_end_matches(" (anonymous)");
        let mut fact = read(name, data).unwrap();
        let mut people = Vec::new();
        fact.each_person(|who| {
            people.push((
                who.id.to_string(),
                who.login.to_string(),
                who.display.to_string(),
            ));
        });
        for (id, login, display) in people {
            assert!(
                !id.is_empty() && login == display.to_lowercase(),
                "{name}: {id} {login} {display}"
            );
        }
    }
}

#[test]
fn cheer_in_four_generations() {
    for data in [
        json!({"message": {"userId": 750_146_097, "username": "anna_b", "displayName": "Anna_B",
            "bits": 100, "message": "hi"}}),
        json!({"userId": "750146097", "username": "anna_b", "displayName": "Anna_B", "bits": 100,
            "message": "hi"}),
        json!({"user": {"id": "750146097", "login": "anna_b", "name": "Anna_B"}, "bits": "100",
            "text": "hi"}),
        json!({"user_id": "750146097", "user_login": "anna_b", "user_name": "Anna_B", "bits": 100,
            "message": "hi", "is_anonymous": false}),
    ] {
        let Ok(Fact::Cheer { who, bits, chat }) = read("Twitch.Cheer", &data) else {
            panic!("{data}")
        };
        assert_eq!((who, bits, &*chat.text), (anna(), 100, "hi"), "{data}");
    }
}

#[test]
fn an_anonymous_person_gets_no_name_even_if_the_event_has_it() {
    let named = json!({"isAnonymous": true, "userId": "750146097", "userName": "anna_b",
        "displayName": "Anna_B", "bits": 5, "gifts": 2});
    let Ok(Fact::Cheer { who, .. }) = read("Twitch.Cheer", &named) else {
        panic!()
    };
    assert_eq!(who, Person::anonymous(ANONYMOUS_CHEERER));
    let Ok(Fact::Gift(gift)) = read("Twitch.GiftBomb", &named) else {
        panic!()
    };
    assert_eq!(gift.gifter, Person::anonymous(ANONYMOUS_GIFTER));
    let Ok(Fact::Gift(gift)) = read(
        "Twitch.GiftSub",
        &json!({"user": null, "anonymous": true, "recipient": {"id": "1"}}),
    ) else {
        panic!()
    };
    assert!(gift.gifter.is_anonymous());
    let Ok(Fact::Support(support)) = read("Kofi.Donation", &named) else {
        panic!()
    };
    assert_eq!((&*support.who.id, &*support.who.display), ("", "Anonymous"));
}

#[test]
fn subscriptions_in_old_and_new_keys() {
    let old = json!({"userId": "750146097", "userName": "anna_b", "displayName": "Anna_B",
        "subTier": 0, "cumulativeMonths": 6, "streakMonths": "3"});
    let Ok(Fact::Subscription(sub)) = read("Twitch.ReSub", &old) else {
        panic!()
    };
    assert_eq!(
        (
            sub.tier,
            sub.kind,
            sub.cumulative_months,
            sub.streak_months,
            sub.months
        ),
        (Tier::Prime, SubKind::Renewed, 6, 3, 1)
    );
    let new = json!({"user": {"id": "750146097", "login": "anna_b", "name": "Anna_B", "role": 3,
        "subscribed": true}, "sub_tier": "3000", "is_prime": false, "duration_months": 3});
    let Ok(Fact::Subscription(sub)) = read("Twitch.Sub", &new) else {
        panic!()
    };
    assert_eq!(
        (sub.tier, sub.months, sub.who),
        (
            Tier::Three,
            3,
            anna().with_roles(Roles::MODERATOR | Roles::SUBSCRIBER)
        )
    );
    let Ok(Fact::Subscription(sub)) = read(
        "Kick.Resubscription",
        &json!({"user": {"id": 9, "name": "Kim"}, "duration": 4}),
    ) else {
        panic!()
    };
    assert_eq!(
        (sub.who.platform, &*sub.who.id, sub.cumulative_months),
        (Platform::Kick, "9", 4)
    );
}

#[test]
fn gifts_and_bombs() {
    let data = json!({"userName": "anna_b", "recipientUsername": "zed", "recipientUserId": 988,
        "recipientDisplayName": "Zed", "fromSubBomb": true, "subTier": "2000"});
    let Ok(Fact::Gift(gift)) = read("Twitch.GiftSub", &data) else {
        panic!()
    };
    assert_eq!(
        (gift.of_bomb, gift.bomb, gift.count, gift.tier),
        (true, false, 1, Tier::Two)
    );
    assert_eq!(gift.recipients, [Person::new("988", "zed", "Zed").unwrap()]);
    let data = json!({"user": {"name": "Kim"}, "recipients": [{"name": "A"}, {"id": "2"}, {}]});
    let Ok(Fact::Gift(gift)) = read("Kick.MassGiftSubscription", &data) else {
        panic!()
    };
    assert_eq!((gift.bomb, gift.count, gift.recipients.len()), (true, 3, 2));
    assert_eq!(
        read("Twitch.GiftBomb", &json!({"userName": "anna_b"}))
            .unwrap_err()
            .field(),
        "gifts"
    );
}

#[test]
fn raids_and_trains_and_streams() {
    let data = json!({"from_broadcaster_user_id": "750146097",
        "from_broadcaster_user_login": "anna_b", "from_broadcaster_user_name": "Anna_B",
            "viewers": 42});
    assert_eq!(
        read("Twitch.Raid", &data),
        Ok(Fact::Raid {
            who: anna(),
            viewers: 42,
            avatar: "".into()
        })
    );
    let top = json!({"level": 2, "progress": 50, "goal": 100, "top_contributions": [
        {"user_id": "1", "user_name": "A", "type": "bits", "total": 5}, {"user_id": "2",
            "user_name": "B", "type": "bits", "total": 3},
        {"user_id": "3", "user_name": "C", "type": "subscription", "total": 500}, {}]});
    let Ok(Fact::HypeTrain(train)) = read("twitch.hypetrainend", &top) else {
        panic!()
    };
    let ids = |list: &[Contribution]| {
        list.iter()
            .map(|one| one.who.id.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (
            ids(&train.conductors),
            train.contributors.len(),
            train.percent
        ),
        (vec!["1".to_owned(), "3".to_owned()], 3, 50)
    );
    assert_eq!(&*train.phase, "HypeTrainEnd");
    let data = json!({"game": {"id": "1", "name": "Chess"}, "status": "hi"});
    assert_eq!(
        read("Twitch.StreamUpdate", &data),
        Ok(Fact::Stream {
            category: "Chess".into(),
            title: "hi".into()
        })
    );
    let data =
        json!({"user": {"id": "750146097", "name": "anna_b", "display": "Anna_B"}, "width": 3});
    assert_eq!(
        read("Misc.PyramidSuccess", &data),
        Ok(Fact::Pyramid {
            who: anna(),
            width: 3
        })
    );
}

#[test]
fn twitchs_own_reward_is_the_same_one_as_twitchats() {
    let data = json!({"user_id": "750146097", "user_login": "anna_b", "user_name": "Anna_B",
        "reward_type": "send_highlighted_message", "reward": {"type": "send_highlighted_message",
            "cost": 0}, "message": {"text": "LOOK", "emotes": []}});
    let Ok(Fact::Redemption(redemption)) = read("Twitch.AutomaticRewardRedemption", &data) else {
        panic!()
    };
    assert_eq!(
        (&*redemption.reward_id, &*redemption.title, redemption.cost),
        ("highlighted-message", "send highlighted message", None)
    );
    assert_eq!(&*redemption.chat.text, "LOOK");
}

#[test]
fn chat_shows_roles_and_text() {
    let data = json!({"message": {"userId": "750146097", "username": "anna_b",
        "displayName": "Anna_B", "role": 2, "subscriber": true, "message": "hi",
            "channel": "mychannel", "msgId": "m"}});
    let Ok(Fact::Presence(presence)) = read("Twitch.ChatMessage", &data) else {
        panic!()
    };
    assert_eq!(presence.who.roles, Roles::VIP | Roles::SUBSCRIBER);
    assert_eq!(
        (
            &*presence.chat.text,
            &*presence.chat.channel,
            &*presence.chat.message_id
        ),
        ("hi", "#mychannel", "m")
    );
    let first = json!({"message": "hello", "action": false, "user": {"id": 750_146_097,
        "login": "anna_b", "display_name": "Anna_B"}});
    let Ok(Fact::Presence(presence)) = read("Twitch.FirstWord", &first) else {
        panic!()
    };
    assert_eq!(
        (presence.who, presence.emitted_as),
        (anna(), PresenceEvent::FirstWord { ever: false })
    );
    let youtube = json!({"user": {"id": "UCabcdefghijklmnopqrstuv", "name": "Yu",
        "isModerator": true, "isSponsor": true}, "message": "hi"});
    let Ok(Fact::Presence(presence)) = read("YouTube.Message", &youtube) else {
        panic!()
    };
    assert_eq!(
        (presence.who.platform, presence.who.roles),
        (Platform::YouTube, Roles::MODERATOR | Roles::SUBSCRIBER)
    );
}

#[test]
fn points_are_found_in_every_version_and_bits_are_none() {
    let who = json!({"id": "7", "login": "mia", "display_name": "Mia"});
    let redeemed = [
        json!({"user": who, "reward": {"id": "w", "title": "T", "cost": 300}}),
        json!({"user": who, "rewardId": "w", "title": "T", "cost": "300"}),
        json!({"user": who, "reward": {"type": "send_highlighted_message", "channel_points": 300}}),
        json!({"type": "reward-redeemed", "data": {"redemption": {"id": "r", "user": who,
            "reward": {"id": "w", "title": "T", "cost": 300}, "status": "UNFULFILLED"}}}),
    ];
    for data in redeemed {
        let Ok(Fact::Redemption(redemption)) = read("Twitch.RewardRedemption", &data) else {
            panic!("{data}")
        };
        assert_eq!(
            (redemption.cost, &*redemption.who.display),
            (Some(300), "Mia"),
            "{data}"
        );
    }
    let given = [
        json!({"user": who, "userContributed": 150, "amount": 10_000, "contributed": 9_000,
            "userTotalContributed": 900}),
        json!({"user": who, "user_contributed": "150"}),
        json!({"type": "community-goal-contribution",
            "data": {"contribution": {"goal": {"points_contributed": 9_000}, "user": who,
                "amount": 150, "total_contribution": 900}}}),
    ];
    for data in given {
        let Ok(Fact::GoalContribution { who, points }) =
            read("Twitch.CommunityGoalContribution", &data)
        else {
            panic!("{data}")
        };
        assert_eq!((&*who.display, points), ("Mia", 150), "{data}");
    }
    let power_up = json!({"user": who, "reward": {"type": "gigantify_an_emote", "cost": 50}});
    assert!(matches!(
        read("Twitch.AutomaticRewardRedemption", &power_up),
        Ok(Fact::Plain { .. })
    ));
}

#[test]
fn a_chat_notification_gives_the_same_fact_as_its_own_event() {
    let chatter = json!({"chatter_user_id": "7", "chatter_user_login": "mia",
        "chatter_user_name": "Mia", "chatter_is_anonymous": false, "message": {"text": "",
            "fragments": []}});
    let with = |key: &str, value: Value| {
        let mut data = chatter.clone();
        data[key] = value;
        data
    };
    let bomb = with(
        "community_sub_gift",
        json!({"id": "222", "total": 5, "sub_tier": "2000", "cumulative_total": 9}),
    );
    let Ok(Fact::Gift(gift)) = read("Twitch.GiftBomb", &bomb) else {
        panic!()
    };
    assert_eq!(
        (gift.count, gift.tier, gift.total, &*gift.gifter.display),
        (5, Tier::Two, 9, "Mia")
    );
    let one = with(
        "sub_gift",
        json!({"recipient_user_id": "8", "recipient_user_name": "Zed", "sub_tier": "2000",
            "community_gift_id": "222"}),
    );
    let Ok(Fact::Gift(gift)) = read("Twitch.GiftSub", &one) else {
        panic!()
    };
    assert_eq!((gift.of_bomb, &*gift.recipients[0].display), (true, "Zed"));
    let resub = with(
        "resub",
        json!({"cumulative_months": 10, "duration_months": 1, "streak_months": null,
            "sub_tier": "3000", "is_gift": false}),
    );
    let Ok(Fact::Subscription(sub)) = read("Twitch.ReSub", &resub) else {
        panic!()
    };
    assert_eq!((sub.cumulative_months, sub.tier), (10, Tier::Three));
    let raid = with(
        "raid",
        json!({"user_id": "9", "user_name": "Fox", "user_login": "fox", "viewer_count": 12,
            "profile_image_url": "p"}),
    );
    let Ok(Fact::Raid {
        who,
        viewers,
        avatar,
    }) = read("Twitch.Raid", &raid)
    else {
        panic!()
    };
    assert_eq!((&*who.display, viewers, &*avatar), ("Fox", 12, "p"));
}

#[test]
fn repeated_alerts_and_declined_charges_do_not_count() {
    let alert = json!({"type": "donation", "message": [{"id": 1, "from": "Ann", "amount": "5.00",
        "currency": "USD", "repeat": true}]});
    assert!(matches!(
        read("Streamlabs.Donation", &alert),
        Ok(Fact::Plain { .. })
    ));
    let pledge = |declined: Value| {
        json!({"data": {"type": "pledge", "id": "1", "attributes": {"amount_cents": 500,
            "declined_since": declined},
            "relationships": {"patron": {"data": {"id": "u", "type": "user"}},
                "reward": {"data": {"id": "r", "type": "reward"}}}},
            "included": [{"type": "user", "id": "u", "attributes": {"full_name": "Paula",
                "email": "p@example.test"}},
                {"type": "reward", "id": "r", "attributes": {"title": "Gold"}}]})
    };
    let Ok(Fact::Support(support)) = read("Patreon.PledgeCreated", &pledge(Value::Null)) else {
        panic!()
    };
    assert_eq!(
        (
            &*support.who.display,
            &*support.what,
            support.money.map(|money| money.text())
        ),
        ("Paula", "Gold", Some("5.00".into()))
    );
    assert!(matches!(
        read("Patreon.PledgeCreated", &pledge(json!("2026-11-01"))),
        Ok(Fact::Plain { .. })
    ));
}

#[test]
fn a_body_that_is_not_understood_is_refused_with_all_fields_that_were_looked_for() {
    let error = read(
        "Kofi.Donation",
        &json!({"weird": {"payload": 1}, "id": "5"}),
    )
    .unwrap_err()
    .to_string();
    for field in ["from_name", "amount", "amounts.total"] {
        assert!(error.contains(field), "{field} is not in {error}");
    }
}

fn types_that_count_as_support() -> BTreeSet<String> {
    let counts =
        |feed: &&Feed| matches!(feed.read, EventReader::Support(Spec { refunds: false, .. }));
    FEEDS
        .iter()
        .filter(counts)
        .map(|feed| format!("{}.{}", feed.source, feed.kind))
        .collect()
}

/// Shapes from overlays in use and from the services' documentation.
#[test]
#[expect(clippy::too_many_lines, reason = "one sequence of steps")]
fn support_of_every_service() {
    use SupportKind::{Member, Merch, Tip};
    let table = [
        (
            "Kofi.Donation",
            json!({"from": "Ann", "amount": "3.00", "currency": "USD", "message": "m"}),
            Tip,
            "Ann",
            300,
            "USD",
            "",
        ),
        (
            "Kofi.Subscription",
            json!({"from": "Ann", "amount": "5", "currency": "EUR", "tier": "Gold"}),
            Member,
            "Ann",
            500,
            "EUR",
            "Gold",
        ),
        (
            "Kofi.Resubscription",
            json!({"from": "Ann", "tier": "Gold"}),
            Member,
            "Ann",
            0,
            "",
            "Gold",
        ),
        (
            "Kofi.ShopOrder",
            json!({"from": "Ann", "amount": 0, "items": [{"name": "Mug"}]}),
            Merch,
            "Ann",
            0,
            "",
            "Mug",
        ),
        (
            "Kofi.Commission",
            json!({"from": "Ann", "amount": "20,00", "currency": "EUR"}),
            Merch,
            "Ann",
            2_000,
            "EUR",
            "",
        ),
        (
            "Streamlabs.Donation",
            json!({"from": "Ann", "amount": 5, "formattedAmount": "$5.00", "currency": "USD"}),
            Tip,
            "Ann",
            500,
            "USD",
            "",
        ),
        (
            "Streamlabs.CharityDonation",
            json!({"from": "Ann", "formattedAmount": "$5.00"}),
            Tip,
            "Ann",
            500,
            "$",
            "",
        ),
        (
            "Streamlabs.Merchandise",
            json!({"from": "Ann", "product": "Mug", "message": ""}),
            Merch,
            "Ann",
            0,
            "",
            "Mug",
        ),
        (
            "StreamElements.Tip",
            json!({"username": "ann", "amount": 4.2, "currency": "EUR"}),
            Tip,
            "ann",
            420,
            "EUR",
            "",
        ),
        (
            "StreamElements.Tip",
            json!({"tipUsername": "ann", "tipAmount": 5, "tipCurrency": "EUR"}),
            Tip,
            "ann",
            500,
            "EUR",
            "",
        ),
        (
            "StreamElements.Merch",
            json!({"username": "ann", "amount": 45, "items": [{"name": "Mug"}]}),
            Merch,
            "ann",
            4_500,
            "",
            "Mug",
        ),
        (
            "TipeeeStream.Donation",
            json!({"username": "Ann", "amount": 12.5, "currency": "EUR"}),
            Tip,
            "Ann",
            1_250,
            "EUR",
            "",
        ),
        (
            "DonorDrive.Donation",
            json!({"donorName": "Ann", "donorAmount": 10}),
            Tip,
            "Ann",
            1_000,
            "",
            "",
        ),
        (
            "DonorDrive.Donation",
            json!({"donorName": null, "donorIsAnonymous": true, "donorAmount": 10}),
            Tip,
            "Anonymous",
            1_000,
            "",
            "",
        ),
        (
            "TreatStream.Treat",
            json!({"sender": "Ann", "title": "Pizza"}),
            Tip,
            "Ann",
            0,
            "",
            "Pizza",
        ),
        (
            "Pallygg.CampaignTip",
            json!({"displayName": "Ann", "grossAmountInCents": 550, "netAmountInCents": 500}),
            Tip,
            "Ann",
            550,
            "",
            "",
        ),
        (
            "Patreon.PledgeCreated",
            json!({"attributes": {"full_name": "Ann", "will_pay_amount_cents": 500}}),
            Member,
            "Ann",
            500,
            "",
            "",
        ),
        (
            "Shopify.OrderCreated",
            json!({"name": "#1001", "total_price": "12.50", "currency": "USD",
                "customer": {"first_name": "Ann", "last_name": "Secret"},
                    "line_items": [{"title": "Mug"}]}),
            Merch,
            "Ann",
            1_250,
            "USD",
            "Mug",
        ),
        (
            "Patreon.PledgeUpdated",
            json!({"attributes": {"full_name": "Ann", "will_pay_amount_cents": 500}}),
            Member,
            "Ann",
            500,
            "",
            "",
        ),
        (
            "Shopify.OrderPaid",
            json!({"id": 7, "total_price": "12.50", "currency": "USD", "financial_status": "paid",
                "customer": {"first_name": "Ann"}, "line_items": [{"title": "Mug"},
                    {"title": "Hat"}]}),
            Merch,
            "Ann",
            1_250,
            "USD",
            "Mug, Hat",
        ),
        (
            "Fourthwall.Donation",
            json!({"username": "Ann", "amount": 5, "currency": "USD"}),
            Tip,
            "Ann",
            500,
            "USD",
            "",
        ),
        (
            "Fourthwall.OrderPlaced",
            json!({"username": "Ann", "total": 25.99, "currency": "USD",
                "variants": [{"name": "Hat"}]}),
            Merch,
            "Ann",
            2_599,
            "USD",
            "Hat",
        ),
        (
            "Fourthwall.GiftPurchase",
            json!({"username": "Ann", "total": 20, "offer": {"name": "Hat"}, "gifts": [{}]}),
            Merch,
            "Ann",
            2_000,
            "",
            "Hat",
        ),
        (
            "Fourthwall.SubscriptionPurchased",
            json!({"nickname": "Ann", "amount": 5, "currency": "USD"}),
            Member,
            "Ann",
            500,
            "USD",
            "",
        ),
        (
            "Twitch.CharityDonation",
            json!({"user_id": "1", "user_login": "ann", "user_name": "Ann",
                "amount": {"value": 550, "decimal_places": 2, "currency": "USD"},
                    "charity_name": "X"}),
            Tip,
            "Ann",
            550,
            "USD",
            "X",
        ),
        (
            "YouTube.SuperChat",
            json!({"user": {"id": "UC1", "name": "Ann"}, "amount": "$5.00", "currencyCode": "USD",
                "microAmount": 5_000_000}),
            Tip,
            "Ann",
            500,
            "USD",
            "",
        ),
        (
            "YouTube.SuperSticker",
            json!({"user": {"id": "UC1", "name": "Ann"}, "amount": "€2,00"}),
            Tip,
            "Ann",
            200,
            "€",
            "",
        ),
        (
            "YouTube.NewSponsor",
            json!({"user": {"id": "UC1", "name": "Ann"}, "levelName": "Fan"}),
            Member,
            "Ann",
            0,
            "",
            "Fan",
        ),
        (
            "YouTube.MemberMileStone",
            json!({"user": {"id": "UC1", "name": "Ann"}, "levelName": "Fan"}),
            Member,
            "Ann",
            0,
            "",
            "Fan",
        ),
        (
            "YouTube.MembershipGift",
            json!({"user": {"id": "UC1", "name": "Ann"}, "tier": "Fan", "count": 5}),
            Member,
            "Ann",
            0,
            "",
            "Fan",
        ),
    ];
    let of_feeds = types_that_count_as_support();
    assert_eq!(
        table
            .iter()
            .map(|row| row.0.to_owned())
            .collect::<BTreeSet<_>>(),
        of_feeds,
        "a row for each"
    );
    for (name, data, kind, display, cents, currency, what) in table {
        let Ok(Fact::Support(support)) = read(name, &data) else {
            panic!("{name} {data}")
        };
        let money = (cents > 0).then(|| Money::of_cents(cents, currency));
        assert_eq!(
            (
                support.kind,
                &*support.who.display,
                support.money,
                &*support.what
            ),
            (kind, display, money, what),
            "{name} {data}"
        );
        assert_eq!(support.name.to_string(), name);
    }
}
