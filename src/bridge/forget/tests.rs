//! Tests the decisions for rows, people and meta values.

use serde_json::{Value, json};

use super::*;
use crate::{
    bridge::{ingest::facts_of, journal::RowOrigin},
    credits::People,
};

fn identity(person: &Person) -> Identity {
    let mut people = People::default();
    let who = people.register(person, 1).who;
    Identity::of(&people, who)
}

fn zed() -> Identity {
    identity(&Person::new("1234567", "zed_x", "Zed_X").unwrap())
}

fn row(origin: RowOrigin, kind: &str, body: &Value) -> Row {
    Row {
        seq: Seq(1),
        session: SessionId(1),
        at_ms: 0,
        origin,
        kind: kind.into(),
        id: Some("m1".into()),
        body: body.to_string().into(),
    }
}

fn fate(origin: RowOrigin, kind: &str, body: &Value) -> Fate {
    row::fate(&row(origin, kind, body), &zed())
}

/// The body of a row that stays.
fn changed(origin: RowOrigin, kind: &str, body: &Value) -> Value {
    match fate(origin, kind, body) {
        Fate::Change { body, .. } => serde_json::from_str(&body).unwrap(),
        other => panic!("{other:?}"),
    }
}

fn people(row: &Row) -> Vec<Person> {
    let mut people = Vec::new();
    for mut fact in facts_of(row) {
        fact.each_person(|person| people.push(person.clone()));
    }
    people.sort_by(|a, b| (&a.id, &a.login, &a.display).cmp(&(&b.id, &b.login, &b.display)));
    people.dedup();
    people
}

/// Every message and event that has an example in this repository.
fn examples() -> Vec<Row> {
    let lines = [
        include_str!("../../../tests/fixtures/twitchat_examples.ndjson"),
        include_str!("../../../tests/fixtures/twitchat_v17_examples.ndjson"),
    ];
    let mut rows = Vec::new();
    for line in lines.iter().flat_map(|text| text.lines()) {
        let message: Value = serde_json::from_str(line).unwrap();
        if let Some(data) = message.get("data") {
            let kind = message["type"].as_str().unwrap();
            rows.push(row(RowOrigin::Received, kind, data));
        }
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/services");
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let body: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let mut parts = name.split('-');
        let kind = format!("{}.{}", parts.next().unwrap(), parts.next().unwrap());
        rows.push(row(RowOrigin::Published, &kind, &body["body"]));
    }
    rows
}

#[test]
fn each_person_of_every_example_can_be_forgotten_and_all_others_stay() {
    let (mut removed, mut changed) = (0, 0);
    let mut wrong = Vec::new();
    for row in examples() {
        let all = people(&row);
        for person in all.iter().filter(|person| !person.is_anonymous()) {
            let identity = identity(person);
            let others: Vec<_> = all
                .iter()
                .filter(|other| !identity.is(other) && !other.is_anonymous())
                .collect();
            match row::fate(&row, &identity) {
                Fate::Keep => wrong.push(format!("{} keeps {person:?}", row.kind)),
                Fate::Remove if !others.is_empty() => {
                    wrong.push(format!("{} without {person:?} loses {others:?}", row.kind));
                }
                Fate::Remove => removed += 1,
                Fate::Change { body, id } => {
                    let row = Row {
                        id,
                        body,
                        ..row.clone()
                    };
                    if identity.strike(&row.body).is_some() {
                        wrong.push(format!("{} still has {person:?}: {}", row.kind, row.body));
                    }
                    let left = people(&row);
                    let lost = others.iter().filter(|other| !left.contains(other));
                    wrong.extend(lost.map(|one| format!("{} lost {one:?}", row.kind)));
                    changed += 1;
                }
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
    assert!(
        removed > 50 && changed > 5,
        "{removed} removed, {changed} changed"
    );
}

#[test]
fn a_row_that_concerns_only_the_person_is_removed() {
    let user = json!({ "id": "1234567", "login": "zed_x", "displayName": "Zed_X" });
    for (origin, kind, body) in [
        (RowOrigin::Received, "FOLLOW", json!({ "user": user })),
        (
            RowOrigin::Filled,
            "follows",
            json!({ "uid": "1234567", "login": "Zed_X" }),
        ),
        (
            RowOrigin::Added,
            "Thanks",
            json!({ "section": "Thanks", "value": "my mod zed_x" }),
        ),
        (
            RowOrigin::Edited,
            "hide",
            json!({ "person": { "platform": "twitch", "id": "1234567", "login": "former" } }),
        ),
        (
            RowOrigin::Filled,
            "bans",
            json!({ "banned": [{ "platform": "twitch", "id": "1234567" }], "ended": [],
                "counted": [] }),
        ),
    ] {
        assert_eq!(fate(origin, kind, &body), Fate::Remove, "{kind}: {body}");
    }
    let other = json!({ "user": { "id": "7", "login": "zed_x2", "displayName": "Zed" } });
    assert_eq!(fate(RowOrigin::Received, "FOLLOW", &other), Fate::Keep);
}

#[test]
fn the_recipients_of_a_gift_stay_and_so_does_the_gifter_of_a_recipient() {
    let zed = json!({ "id": "1234567", "login": "zed_x", "displayName": "Zed_X" });
    let anna = json!({ "id": "7", "login": "anna", "displayName": "Anna" });
    let gift = |gifter: &Value, recipients: Value| {
        json!({ "user": gifter, "tier": 1, "months": 1, "recipients": recipients, "giftCount": 1,
            "isGift": true })
    };
    let body = changed(
        RowOrigin::Received,
        "SUBSCRIPTION",
        &gift(&zed, json!([{ "uid": "7", "login": "anna" }])),
    );
    assert_eq!(body["recipients"], json!([{ "uid": "7", "login": "anna" }]));
    let left = people(&row(RowOrigin::Received, "SUBSCRIPTION", &body));
    assert!(left.iter().any(Person::is_anonymous), "{left:?}");
    let two = json!([{ "uid": "1234567", "login": "Zed_X" }, { "uid": "8", "login": "ben" }]);
    let body = changed(RowOrigin::Received, "SUBSCRIPTION", &gift(&anna, two));
    assert_eq!(body["user"], anna);
    assert_eq!(body["recipients"], json!([{ "uid": "8", "login": "ben" }]));
}

#[test]
fn lists_of_a_summary_lose_only_the_person() {
    let body = json!({ "chatters": [{ "uid": "1234567", "login": "Zed_X", "count": 9 },
        { "uid": "7", "login": "Anna", "count": 1_234_567 }], "polls": [{ "title": "zed_x?" }] });
    assert_eq!(
        changed(RowOrigin::Filled, "rest", &body),
        json!({ "chatters": [{ "uid": "7", "login": "Anna", "count": 1_234_567 }],
            "polls": [{ "title": "*****?" }] })
    );
}

#[test]
fn a_game_and_a_platform_of_the_same_name_stay() {
    let celeste = identity(&Person::new("1234567", "celeste", "Celeste").unwrap());
    let row = row(
        RowOrigin::Received,
        "STREAM_INFO_UPDATE",
        &json!({ "title": "No talk", "category": "Celeste", "platform": "celeste" }),
    );
    assert_eq!(row::fate(&row, &celeste), Fate::Keep);
}

#[test]
fn an_account_that_has_a_former_name_of_the_person_stays() {
    let mut zed = zed();
    assert!(zed.learn(&Person::new("1234567", "former", "").unwrap()));
    let user = json!({ "id": "9", "login": "former", "displayName": "Former" });
    let row = row(RowOrigin::Received, "FOLLOW", &json!({ "user": user }));
    assert_eq!(row::fate(&row, &zed), Fate::Keep);
}

#[test]
fn names_are_found_in_any_case_and_escaped() {
    let body = r#"{"user":{"id":"7","login":"anna"},"reply":"hi \u005aED_X"}"#;
    let row = Row {
        body: body.into(),
        ..row(RowOrigin::Received, "FOLLOW", &Value::Null)
    };
    let Fate::Change { body, .. } = row::fate(&row, &zed()) else {
        panic!("it names somebody else");
    };
    assert!(body.contains("hi *****"), "{body}");
}

#[test]
fn meta_values_lose_the_person() {
    let zed = zed();
    let erase = |key, value: Value| {
        let json = meta::erase(key, &value.to_string(), &zed).unwrap();
        serde_json::from_str::<Value>(&json).unwrap()
    };
    let event = |id: &str, name: &str| json!({ "event": "Twitch.Follow", "id": id, "name": name });
    let latest = json!({ "a": event("7", "Anna"), "b": event("1234567", ""),
        "c": [event("", "ZED_X"), event("7", "Anna")] });
    assert_eq!(
        erase("latest", latest),
        json!({ "a": event("7", "Anna"), "c": [event("7", "Anna")] })
    );
    let once =
        json!({ "session": 1_234_567, "rules": { "hi": ["id 1234567", "id 7", "name zed_x"] } });
    assert_eq!(
        erase("once", once),
        json!({ "session": 1_234_567, "rules": { "hi": ["id 7"] } })
    );
    let listed = json!([{ "platform": "twitch", "id": "1234567", "names": ["bot"] },
        { "platform": "kick", "id": "1234567", "names": [] }]);
    assert_eq!(
        erase("listed", listed),
        json!([{ "platform": "kick", "id": "1234567", "names": [] }])
    );
    assert_eq!(
        meta::erase("latest", r#"{"a":{"name":"Anna"}}"#, &zed),
        None
    );
    let roll = |name: &str| json!({ "object": { "sections": [{ "names": [{ "name": name }] }] } });
    let erased = |name: &str| meta::erase("roll_content", &roll(name).to_string(), &zed);
    assert_eq!(erased("Zed_X"), Some(String::new()));
    assert_eq!(erased("Anna"), None);
}
