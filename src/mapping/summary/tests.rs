//! Tests of the multiset match: against live messages of all kinds, twice, and in any order.

use std::collections::HashMap;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::mapping::{decode, decode::tests::lines, filled};

type Known = HashMap<Key, u32>;

fn know(known: &mut Known, fact: &Fact) {
    if let Some((key, n)) = keys_of(fact) {
        *known.entry(key).or_default() += n;
    }
}

fn known_of<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Known {
    let mut known = Known::new();
    for fact in facts {
        know(&mut known, fact);
    }
    known
}

fn summary(value: &serde_json::Value) -> Summary {
    Summary::read(&RawValue::from_string(value.to_string()).unwrap()).unwrap()
}

fn find(summary: &Summary, known: &Known) -> Vec<Missing> {
    missing(summary, |key| known.get(&key).copied().unwrap_or_default())
}

/// Adds the missing rows to the counts of the journal.
fn apply(known: &mut Known, missing: &[Missing]) {
    for one in missing {
        let facts = filled(one.list, &one.row);
        assert_eq!(
            facts.iter().filter_map(keys_of).collect::<Vec<_>>(),
            [(one.key, one.n)],
            "{one:?}"
        );
        for fact in &facts {
            know(known, fact);
        }
    }
}

fn live(kind: &str, data: &serde_json::Value) -> Vec<Fact> {
    let raw = RawValue::from_string(data.to_string()).unwrap();
    decode(kind, Some(&raw)).facts
}

#[test]
fn every_live_message_accounts_for_its_row() {
    let user = json!({"id": "7", "login": "anna", "displayName": "Anna"});
    let sub = |flag: &str| {
        let mut data = json!({"user": user, "tier": 1, "isResub": false});
        data[flag] = json!(true);
        data
    };
    let row = |more: serde_json::Value| {
        let mut row = json!({"uid": "7", "login": "Anna"});
        row.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        row
    };
    let cases = [
        ("FOLLOW", json!({"user": user}), "follows", row(json!({}))),
        (
            "BITS",
            json!({"user": user, "bits": "50"}),
            "bits",
            row(json!({"bits": 50})),
        ),
        (
            "SUBSCRIPTION",
            json!({"user": user, "tier": "prime"}),
            "subs",
            row(json!({"tier": "prime", "platform": "twitch"})),
        ),
        (
            "ON_SUBSCRIPTION",
            sub("isPrimeUpgrade"),
            "subs",
            row(json!({"tier": 1})),
        ),
        (
            "SUBSCRIPTION",
            sub("isResub"),
            "resubs",
            row(json!({"tier": 1})),
        ),
        (
            "SUBSCRIPTION",
            sub("isGift"),
            "subgifts",
            row(json!({"tier": 1, "total": 1})),
        ),
        (
            "SUBSCRIPTION",
            sub("isGiftUpgrade"),
            "subgifts",
            row(json!({"tier": 1, "total": 1})),
        ),
        (
            "REWARD_REDEEM",
            json!({"user": user, "reward": {"id": "r", "title": "R", "cost": 5}}),
            "rewards",
            row(json!({"reward": {"id": "r", "name": "R"}})),
        ),
        (
            "MESSAGE_FIRST",
            json!({"user": user, "message": "hi"}),
            "chatters",
            row(json!({"count": 3})),
        ),
    ];
    for (kind, data, list, row) in cases {
        let facts = live(kind, &data);
        let once = summary(&json!({ list: [row] }));
        assert_eq!(find(&once, &known_of(&facts)), [], "{kind} {data}");
        assert_eq!(find(&once, &Known::new()).len(), 1, "{kind}");
        assert_eq!(
            find(&summary(&json!({ list: [row, row] })), &known_of(&facts)).len(),
            1,
            "{kind}"
        );
    }
}

#[test]
fn rows_of_the_example_are_found_once_and_then_never_again() {
    for number in [121, 124] {
        let data = lines(include_str!(
            "../../../tests/fixtures/twitchat_examples.ndjson"
        ))[number - 1]
            .data
            .clone()
            .unwrap();
        let summary = Summary::read(&data).unwrap();
        let mut known = Known::new();
        let first = find(&summary, &known);
        assert!(first.len() >= 10);
        apply(&mut known, &first);
        assert_eq!(find(&summary, &known), []);
    }
}

#[test]
fn only_the_missing_gifts_of_a_bomb_are_filled() {
    let gift = |to: &str| {
        live(
            "SUBSCRIPTION",
            &json!({"user": {"id": "7"}, "tier": 1, "isGift": true, "recipients": [{"uid": to}],
                "giftCount": 1}),
        )
    };
    let known = known_of(&[gift("1"), gift("2")].concat());
    let wave = json!({"uid": "7", "login": "Anna", "tier": 1, "total": 5});
    let found = find(&summary(&json!({"subgifts": [wave]})), &known);
    assert_eq!((found.len(), found[0].n), (1, 3));
    assert_eq!(
        serde_json::from_str::<Value>(&found[0].row).unwrap()["missing"],
        3
    );
}

#[test]
fn roles_that_the_journal_does_not_know_are_filled() {
    let known = known_of(&live(
        "MESSAGE_FIRST",
        &json!({"user": {"id": "7", "login": "anna"}}),
    ));
    let found = find(
        &summary(&json!({"chatters": [{"uid": "7", "login": "Anna", "count": 2, "vip": true}]})),
        &known,
    );
    assert_eq!(found.len(), 1);
}

#[test]
fn the_earliest_event_is_journalled_first() {
    let found = find(
        &summary(&json!({"follows": [{"uid": "2"}, {"uid": "1"}]})),
        &Known::new(),
    );
    assert_eq!(
        found.iter().map(|one| &*one.row).collect::<Vec<_>>(),
        [r#"{"uid":"1"}"#, r#"{"uid":"2"}"#]
    );
}

fn rows() -> impl Strategy<Value = Vec<(&'static str, serde_json::Value)>> {
    let row =
        (0..4_u8, 1..4_u32, any::<bool>(), 0..7_usize).prop_map(|(uid, number, flag, list)| {
            let (list, more) = [
                ("follows", json!({})),
                ("raids", json!({"raiders": number})),
                ("subs", json!({"tier": number, "fromActiveSubs": flag})),
                ("subgifts", json!({"tier": 1, "total": number})),
                ("bits", json!({"bits": number * 100})),
                ("chatters", json!({"count": number - 1, "vip": flag})),
                (
                    "tips",
                    json!({"amount": number, "currency": "EUR", "platform": "kofi"}),
                ),
            ][list]
                .clone();
            let mut row = json!({"uid": uid.to_string(), "login": format!("Name{uid}")});
            row.as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            (list, row)
        });
    prop::collection::vec(row, 0..40)
}

fn summary_of(rows: &[(&'static str, serde_json::Value)]) -> Summary {
    let mut lists = json!({});
    for (list, row) in rows {
        if lists[list].is_null() {
            lists[list] = json!([]);
        }
        lists[list].as_array_mut().unwrap().push(row.clone());
    }
    summary(&lists)
}

fn sums(missing: &[Missing]) -> Known {
    let mut sums = Known::new();
    for one in missing {
        *sums.entry(one.key).or_default() += one.n;
    }
    sums
}

proptest! {
    #[test]
    fn applied_twice_changes_nothing_and_order_does_not_matter(rows in rows(),
        split in 0..40_usize, seed in any::<u64>()) {
        // The journal has some of them already.
        let mut known = Known::new();
        apply(&mut known, &find(&summary_of(&rows[..split.min(rows.len())]), &Known::new()));
        let mut shuffled = rows.clone();
        shuffled.sort_by_key(|row| hash(&(seed, row.1.to_string())));
        let (found, other) = (find(&summary_of(&rows), &known), find(&summary_of(&shuffled),
            &known));
        prop_assert_eq!(sums(&found), sums(&other));
        apply(&mut known, &found);
        prop_assert!(find(&summary_of(&shuffled), &known).is_empty());
    }
}
