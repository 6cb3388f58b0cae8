//! Tests that gift events wait for the rest of their gift bomb.

use super::*;

fn emitted(bench: &mut Bench) -> Vec<(String, Value)> {
    std::mem::take(&mut bench.effects)
        .into_iter()
        .filter_map(|effect| match effect {
            Effect::Emitted { event, .. } => Some((event.name.to_string(), event.data)),
            _ => None,
        })
        .collect()
}

fn gift(bench: &mut Bench, to: &str) {
    bench.twitchat(
        "SUBSCRIPTION",
        json!({ "tier": 1, "months": 1, "user": { "id": "10", "login": "gil" },
            "recipients": [{ "uid": to, "login": format!("p{to}") }],
            "giftCount": 1, "isGift": true }),
    );
}

#[test]
fn a_bomb_is_emitted_whole_and_before_its_gifts() {
    let mut bench = Bench::up();
    emitted(&mut bench);
    for to in ["1", "2", "2", "3"] {
        gift(&mut bench, to);
        bench.pass(500);
    }
    assert!(emitted(&mut bench).is_empty(), "held back");
    bench.pass(2_000);
    let events = emitted(&mut bench);
    let kinds: Vec<_> = events.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        kinds,
        [
            "Twitch.GiftBomb",
            "Twitch.GiftSub",
            "Twitch.GiftSub",
            "Twitch.GiftSub"
        ]
    );
    assert_eq!(
        (
            events[0].1["gifts"].as_u64(),
            events[1].1["fromSubBomb"].as_bool()
        ),
        (Some(3), Some(true))
    );
    let credits = bench.credits();
    assert_eq!(
        (
            &credits["extended"]["GiftSubs"][0]["amount"],
            &credits["extended"]["GiftBombs"][0]["amount"]
        ),
        (&json!(3), &json!(3))
    );
    assert_eq!(bench.restarted().credits(), credits);
}

#[test]
fn a_lone_gift_is_no_bomb() {
    let mut bench = Bench::up();
    emitted(&mut bench);
    gift(&mut bench, "1");
    bench.pass(2_100);
    let events = emitted(&mut bench);
    assert_eq!(
        (
            events.len(),
            events[0].0.as_str(),
            events[0].1["fromSubBomb"].as_bool()
        ),
        (1, "Twitch.GiftSub", Some(false))
    );
    assert!(names(&bench.credits()["Events"]["GiftBombs"]).is_empty());
}
