//! Compares the catalogue of actions with the catalogue of types and with captured messages, and
//! tests the translation in both directions.

mod mutations;
mod page;
mod typed;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::twitchat::{
    Generation,
    catalogue::{self, Class},
};

fn object(value: Value) -> Map<String, Value> {
    let Value::Object(object) = value else {
        panic!("no object: {value}")
    };
    object
}

/// Every line of the captured actions, with the generation of Twitchat that it is for.
fn captured() -> Vec<(Generation, String, Map<String, Value>)> {
    let read = |generation, lines: &'static str| {
        lines.lines().map(move |line| {
            let mut line: Value = serde_json::from_str(line).unwrap();
            let data = line.get_mut("data").map_or_else(|| json!({}), Value::take);
            (
                generation,
                line["type"].as_str().unwrap().to_owned(),
                object(data),
            )
        })
    };
    let old = read(
        Generation::Second,
        include_str!("../../../../tests/fixtures/twitchat_actions.ndjson"),
    );
    let new = read(
        Generation::Third,
        include_str!("../../../../tests/fixtures/twitchat_v17_actions.ndjson"),
    );
    old.chain(new).collect()
}

#[test]
fn every_action_and_question_of_every_generation_has_its_row() {
    for entry in catalogue::entries()
        .iter()
        .filter(|entry| matches!(entry.class, Class::Action | Class::Question))
    {
        let action = find(entry.name).unwrap_or_else(|| panic!("{} has no row", entry.name));
        assert!(action.names.all().any(|name| name == entry.name));
    }
}

#[test]
fn rows_and_catalogue_have_the_same_names() {
    let mut seen = Vec::new();
    for action in actions() {
        for (naming, generations) in [
            (Naming::Old, &[Generation::First, Generation::Second][..]),
            (Naming::New, &[Generation::Third]),
        ] {
            let Some(name) = action.names.of(naming) else {
                continue;
            };
            let entry =
                catalogue::look_up(name).unwrap_or_else(|| panic!("{name} is in no version"));
            assert!(
                generations
                    .iter()
                    .any(|generation| entry.generations.has(*generation)),
                "{name} in {naming:?}"
            );
            seen.push(name);
        }
        // If an action has one name in each naming, the catalogue of types must have the same
        // names.
        if let (Some(old), Some(new)) = (action.names.old, action.names.new)
            && old != new
        {
            assert!(
                catalogue::look_up(old).unwrap().counterparts.contains(&new),
                "{old} {new}"
            );
            assert!(
                catalogue::look_up(new).unwrap().counterparts.contains(&old),
                "{new} {old}"
            );
        }
        for answer in action.answers {
            assert!(
                !answer.kinds(action.since()).is_empty()
                    || action.since() == Some(Generation::First),
                "{}",
                answer.kind
            );
            assert!(
                answer
                    .kinds(None)
                    .iter()
                    .all(|kind| catalogue::look_up(kind).is_some()),
                "{}",
                answer.kind
            );
            assert!(
                answer
                    .same
                    .is_none_or(|(key, _)| action.params.iter().any(|param| param.key == key)),
                "{}",
                action.name()
            );
        }
        assert!(
            action.akin.iter().all(|akin| find(akin).is_some()),
            "{}",
            action.name()
        );
        assert!(
            action
                .drops
                .iter()
                .all(|drop| action.params.iter().any(|param| param.key == *drop)),
            "{}",
            action.name()
        );
        assert!(
            !action.about.is_empty() && action.params.iter().all(|param| !param.about.is_empty())
        );
    }
    seen.sort_unstable();
    let all = seen.len();
    seen.dedup_by(|a, b| {
        a == b && find(a).is_some_and(|action| action.names.old == action.names.new)
    });
    let shared = all - seen.len();
    let unique: std::collections::BTreeSet<_> = seen.iter().collect();
    assert_eq!(
        (unique.len(), shared),
        (
            seen.len(),
            actions()
                .filter(|action| action.names.old == action.names.new)
                .count()
        )
    );
}

#[test]
fn every_example_and_every_default_passes_its_own_checks() {
    for action in actions() {
        for (naming, name) in [Naming::Old, Naming::New]
            .into_iter()
            .filter_map(|naming| Some((naming, action.names.of(naming)?)))
        {
            let example = action.example(naming);
            let checked =
                prepare(name, example.clone(), None).unwrap_or_else(|problem| panic!("{problem}"));
            assert!(
                example
                    .iter()
                    .all(|(key, value)| checked.data.get(key) == Some(value)),
                "{name}"
            );
            for param in action.params_in(naming) {
                let (Some(default), Some(key)) = (param.default, param.keys.of(naming)) else {
                    continue;
                };
                let mut data = example.clone();
                data.insert(key.to_owned(), serde_json::from_str(default).unwrap());
                prepare(name, data, None).unwrap_or_else(|problem| panic!("{problem}"));
            }
        }
    }
}

#[test]
fn every_captured_action_passes_the_checks_and_stays_as_it_is() {
    let captured = captured();
    assert_eq!(captured.len(), 91 + 94);
    for (generation, name, data) in captured {
        for target in [None, Some(generation)] {
            let prepared =
                prepare(&name, data.clone(), target).unwrap_or_else(|problem| panic!("{problem}"));
            assert_eq!(
                (&prepared.kind, &prepared.data, &prepared.dropped),
                (&name, &data, &Vec::new())
            );
        }
    }
}

#[test]
fn a_translation_there_and_back_changes_nothing() {
    let (mut both, mut one_way) = (0, Vec::new());
    for (generation, name, data) in captured() {
        let other = if generation == Generation::Third {
            Generation::Second
        } else {
            Generation::Third
        };
        match prepare(&name, data.clone(), Some(other)) {
            Ok(there) => {
                assert!(
                    prepare(&there.kind, there.data.clone(), Some(other))
                        .is_ok_and(|again| again.data == there.data),
                    "{name}"
                );
                if !there.dropped.is_empty() {
                    one_way.push(format!("{name} loses {}", there.dropped.join(" ")));
                    continue;
                }
                let back = prepare(&there.kind, there.data.clone(), Some(generation))
                    .unwrap_or_else(|problem| panic!("{name}: {problem}"));
                let with_defaults = |data: &Map<String, Value>| {
                    let mut data = data.clone();
                    let naming = Naming::of(generation);
                    for param in find(&name).unwrap().params_in(naming) {
                        let Some(default) = param.default else {
                            continue;
                        };
                        data.entry(param.keys.of(naming).unwrap())
                            .or_insert_with(|| serde_json::from_str(default).unwrap());
                    }
                    data
                };
                // Twitchat 16 has two actions for this, so the translation back gives the other
                // one.
                let (name, data) = if name == "STOP_EMERGENCY" {
                    ("SET_EMERGENCY_MODE", object(json!({ "enabled": false })))
                } else {
                    (name.as_str(), with_defaults(&data))
                };
                assert_eq!(
                    (back.kind.as_str(), with_defaults(&back.data)),
                    (name, data)
                );
                both += 1;
            }
            Err(Problem::Untranslatable {
                parameter, nearest, ..
            }) => {
                one_way.push(format!(
                    "{name} {} {}",
                    parameter.unwrap_or_default(),
                    nearest.join(" ")
                ));
            }
            Err(Problem::Missing { spot }) => {
                one_way.push(format!("{name} needs {}", spot.parameter));
            }
            Err(other) => panic!("{other}"),
        }
    }
    insta::assert_snapshot!(format!(
        "{both} there and back; not:\n{}",
        one_way.join("\n")
    ));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        ".{0,12}".prop_map(Value::from),
        prop::sample::select(vec![
            "a",
            "tl",
            "trigger",
            "-4",
            "1e400",
            "https://clips.twitch.tv/x"
        ])
        .prop_map(Value::from),
    ];
    let keys = prop::sample::select(vec![
        "id",
        "url",
        "clip",
        "data",
        "params",
        "position",
        "user",
        "display_name",
        "items",
        "winner",
        "count",
    ]);
    leaf.prop_recursive(3, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((keys.clone(), inner), 0..4).prop_map(|fields| Value::Object(
                fields
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect()
            )),
        ]
    })
}

proptest! {
    /// Any data is either refused with a message or accepted. Accepted data is accepted again
    /// without changes.
    #[test]
    fn nothing_panics_and_accepted_data_stays(
        name in prop::sample::select(
            actions().flat_map(|action| action.names.all()).collect::<Vec<_>>()
        ),
        data in any_json().prop_filter_map("an object",
            |value| if let Value::Object(data) = value { Some(data) } else { None }),
        generation in prop::option::of(prop::sample::select(Generation::ALL.to_vec())),
    ) {
        match prepare(name, data, generation) {
            Err(problem) => prop_assert!(!problem.to_string().is_empty()),
            Ok(prepared) => {
                let again = prepare(&prepared.kind, prepared.data.clone(), generation);
                prop_assert_eq!(again.map(|again| (again.kind, again.data)), Ok((prepared.kind,
                    prepared.data)));
            }
        }
    }
}

#[test]
fn texts_that_hold_numbers_are_read_as_such() {
    let data = object(json!({ "count": " 5 ", "col": "1" }));
    assert_eq!(
        Value::from(prepare("CHAT_FEED_READ", data, None).unwrap().data),
        json!({ "count": 5, "col": 1 })
    );
    let data = object(json!({ "enabled": "false" }));
    assert_eq!(
        Value::from(prepare("SET_EMERGENCY_MODE", data, None).unwrap().data),
        json!({ "enabled": false })
    );
    // A text parameter keeps a number as text.
    let data = object(json!({ "message": "5" }));
    assert_eq!(
        Value::from(prepare("SEND_MESSAGE", data, None).unwrap().data),
        json!({ "message": "5" })
    );
}

#[test]
fn actions_of_the_public_page_work_on_17() {
    let third = |name: &str, data: Value| {
        let prepared = prepare(name, object(data), Some(Generation::Third))
            .unwrap_or_else(|problem| panic!("{problem}"));
        (prepared.kind, Value::from(prepared.data))
    };
    let (kind, data) = third(
        "SET_CHAT_HIGHLIGHT_OVERLAY_MESSAGE",
        json!({ "message": "hi", "params": { "position": "m" },
            "user": { "id": "1", "login": "anna", "display_name": "Anna",
                "profile_image_url": "https://example.com/a.png" } }),
    );
    assert_eq!(
        (kind.as_str(), &data["user"]["displayNameOriginal"]),
        ("SET_CHAT_HIGHLIGHT_OVERLAY_MESSAGE", &json!("Anna"))
    );
    assert!(
        data["message_id"].is_string()
            && data["user"]["avatarPath"] == "https://example.com/a.png"
            && data["user"]["platform"] == "twitch"
    );
    let (kind, data) = third(
        "WHEEL_OVERLAY_START",
        json!({ "items": [{ "id": "a", "label": "A", "data": 1 }], "winner": "a" }),
    );
    assert!(kind == "SET_WHEEL_OVERLAY_START" && data["sessionId"].is_string());
    assert_eq!(
        third("CHAT_FEED_SCROLL_UP", json!({ "scrollBy": 0 })),
        (
            "SET_CHAT_FEED_SCROLL".into(),
            json!({ "scrollBy": -100, "colIndex": 0, "mode": "pixels" })
        )
    );
    assert_eq!(
        third("START_EMERGENCY", json!({})),
        (
            "SET_EMERGENCY_MODE".into(),
            json!({ "enabled": true, "promptConfirmation": true })
        )
    );
}

#[test]
fn actions_that_6_does_not_have_are_reported() {
    let problem = prepare(
        "SEND_MESSAGE",
        object(json!({ "message": "hi" })),
        Some(Generation::First),
    )
    .unwrap_err();
    assert!(
        matches!(
            &problem,
            Problem::Untranslatable {
                generation: Generation::First,
                ..
            }
        ),
        "{problem}"
    );
    assert!(
        prepare(
            "SET_CHAT_FEED_READ",
            object(json!({ "count": 2 })),
            Some(Generation::First)
        )
        .is_ok()
    );
}
