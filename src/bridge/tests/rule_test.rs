//! Tests `TestRule`: it shows what rules would do, and does nothing.

use super::rules::{acted, bench, raid, settings_with};
use super::*;

const RULES: &str = r#"
    [[rule]]
    name = "thanks"
    on = "Twitch.Raid"
    when = "data.viewers >= 10 and not state.streaming"
    once_per = "person"
    do = [
        { send = "SEND_MESSAGE", data.message = "Welcome {{ data.displayName }}!" },
        { wait = "5s" },
        { publish = "Custom.Thanked", data.first = "{{ last('Follow').name }}" },
    ]

    [[rule]]
    name = "broken"
    on = "Twitch.Raid"
    cooldown = "1m"
    do = [{ send = "SEND_MESSAGE", data.message = "{{ data.nothing }}" }]

    [[rule]]
    name = "off"
    on = "Twitch.Raid"
    enabled = false
    do = [{ wait = "5s" }]

    [[rule]]
    name = "follow"
    on = "Twitch.Follow"
    do = [{ wait = "5s" }]
"#;

fn trial(bench: &mut Bench, fields: impl std::borrow::Borrow<Value>) -> Value {
    let mut request = json!({ "request": "TestRule", "id": 1 });
    request
        .as_object_mut()
        .unwrap()
        .extend(fields.borrow().as_object().unwrap().clone());
    bench.ask(request)
}

fn fox(viewers: u32) -> Value {
    json!({ "userId": "7", "userName": "fox", "displayName": "Fox", "viewers": viewers })
}

fn decisions(reply: &Value) -> Vec<(&str, &str)> {
    let rules = reply["rules"]
        .as_array()
        .unwrap_or_else(|| panic!("{reply}"));
    let text = |rule: &'_ Value, key: &str| rule[key].as_str().unwrap().to_owned();
    assert!(
        rules
            .iter()
            .all(|rule| rule["runs"] == (text(rule, "decision") == "runs"))
    );
    rules
        .iter()
        .map(|rule| {
            (
                rule["rule"].as_str().unwrap(),
                rule["decision"].as_str().unwrap(),
            )
        })
        .collect()
}

#[test]
fn each_rule_for_the_event_is_shown_with_its_filled_in_steps() {
    let mut bench = bench(RULES);
    let fields = json!({ "name": "twitch.raid", "data": fox(57),
        "suppose": { "last": { "Twitch": { "Follow": { "name": "Anna" } } } } });
    let reply = trial(&mut bench, fields);
    assert_eq!(
        decisions(&reply),
        [
            ("thanks", "runs"),
            ("broken", "runs"),
            ("off", "is switched off")
        ]
    );
    assert_eq!(
        (
            &reply["name"],
            &reply["sample"],
            &reply["otherRules"],
            &reply["data"]
        ),
        (&json!("Twitch.Raid"), &json!(false), &json!(1), &fox(57))
    );
    assert_eq!(
        reply["rules"][0]["steps"],
        json!([
            { "step": "send SEND_MESSAGE",
                "does": { "send": "SEND_MESSAGE", "data": { "message": "Welcome Fox!" } } },
            { "step": "wait 5s", "does": { "wait": "5s" } },
            { "step": "publish Custom.Thanked", "does": { "publish": "Custom.Thanked",
                "data": { "first": "Anna" }, "id": null } },
        ])
    );
    let error = reply["rules"][1]["steps"][0]["error"].as_str().unwrap();
    assert!(error.contains("data.nothing"), "{error}");
}

#[test]
fn nothing_is_done_and_nothing_counts_as_having_run() {
    let mut bench = bench(RULES);
    let rows = bench.rows.len();
    for _ in 0..3 {
        let reply = trial(
            &mut bench,
            json!({ "name": "Twitch.Raid", "data": fox(57) }),
        );
        assert_eq!(decisions(&reply)[0], ("thanks", "runs"));
    }
    bench.pass(60_000);
    assert!(
        acted(&mut bench)
            .iter()
            .all(|sent| !sent.starts_with("SEND"))
    );
    assert_eq!(bench.rows.len(), rows);
    let status = bench.ask(json!({ "request": "GetStatus", "id": 1 }));
    assert_eq!(
        (&status["rules"][0]["runs"], &status["rules"][1]["failed"]),
        (&0.into(), &0.into())
    );
    raid(&mut bench, 57);
    assert_eq!(
        acted(&mut bench),
        [r#"SEND_MESSAGE {"message":"Welcome Fox!"}"#]
    );
}

#[test]
fn the_state_of_the_running_bridge_decides() {
    let mut bench = bench(RULES);
    raid(&mut bench, 57);
    let reply = trial(
        &mut bench,
        json!({ "name": "Twitch.Raid", "data": fox(57) }),
    );
    let decisions_now = decisions(&reply);
    assert_eq!(
        decisions_now[0].1,
        "ran for this person in this session already"
    );
    assert!(
        decisions_now[1].1.starts_with("cools down for another"),
        "{decisions_now:?}"
    );
    bench.ask(json!({ "request": "ClearCredits", "id": 1 }));
    bench.input(Input::Stream(Some(0)));
    let reply = trial(
        &mut bench,
        json!({ "name": "Twitch.Raid", "data": fox(57) }),
    );
    assert_eq!(decisions(&reply)[0].1, "its condition is false");
    let supposed = json!({ "name": "Twitch.Raid", "data": fox(57),
        "suppose": { "state": { "streaming": false } } });
    assert_eq!(decisions(&trial(&mut bench, supposed))[0].1, "runs");
}

#[test]
fn one_rule_and_an_example_of_the_event_can_be_chosen() {
    let mut bench = bench(RULES);
    let reply = trial(
        &mut bench,
        json!({ "name": "Twitch.Raid", "rule": "follow" }),
    );
    assert_eq!(decisions(&reply), [("follow", "reacts to other events")]);
    let reply = trial(
        &mut bench,
        json!({ "name": "Twitch.Raid", "rule": "thanks" }),
    );
    assert_eq!(reply["sample"], true, "{reply}");
    assert_eq!(
        reply["rules"][0]["steps"][0]["does"]["data"]["message"],
        "Welcome TobiWanders!"
    );
}

#[test]
fn what_speaks_against_a_trial_is_a_warning() {
    let mut bench = Bench::with(
        settings_with(RULES),
        &[],
        Seq(0),
        &MetaValues::default(),
        START_MS,
    );
    bench.input(Input::Up(info()));
    let reply = trial(&mut bench, json!({ "name": "Twitch.Raid" }));
    let warnings = reply["warnings"].to_string();
    assert!(warnings.contains("Twitchat is not connected"), "{reply}");
    let reply = trial(&mut bench, json!({ "name": "Twitch.AdRun", "data": {} }));
    assert_eq!(
        (&reply["rules"], &reply["otherRules"]),
        (&json!([]), &json!(4))
    );
    let warnings = reply["warnings"].to_string();
    assert!(warnings.contains("never emits Twitch.AdRun"), "{reply}");
}

#[test]
fn errors_of_a_trial_name_the_field() {
    let mut bench = bench(RULES);
    let mut error = |fields: Value| {
        let reply = trial(&mut bench, fields);
        reply["error"]
            .as_str()
            .unwrap_or_else(|| panic!("{reply}"))
            .to_owned()
    };
    insta::assert_snapshot!(
        [
            json!({}),
            json!({ "name": "Raid" }),
            json!({ "name": 7 }),
            json!({ "name": "Twitch.Raid", "data": [] }),
            json!({ "name": "Kofi.Donation" }),
            json!({ "name": "Twitch.Raid", "rule": "thank" }),
            json!({ "name": "Twitch.Raid", "rule": 7 }),
            json!({ "name": "Twitch.Raid", "suppose": 7 }),
            json!({ "name": "Twitch.Raid", "suppose": { "x": {} } }),
        ]
        .map(&mut error)
        .join("\n"),
        @r#"
    `name` is missing; it must be the name of an event such as "Twitch.Raid"
    `name` must be the name of an event such as "Twitch.Raid" (got the text "Raid")
    `name` must be the name of an event such as "Twitch.Raid" (got 7)
    `data` must be an object (got a list)
    `data` is missing; it must be an object, because the bridge has no example of this event
    `rule` must be the name of a rule: "thanks", "broken", "off", "follow" (got "thank")
    `rule` must be the name of a rule (got 7)
    `suppose` must be an object with credits, state, session, broadcaster or last (got 7)
    `suppose` must be an object with credits, state, session, broadcaster or last (got the key "x")
    "#
    );
}
