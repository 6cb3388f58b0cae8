//! Tests what the sections of a roll contain, from messages and published events.

use super::{roll::bench_with, *};
use crate::{
    bridge::io::Overlay,
    credits::roll::{CreditsPlan, Kind, Plan},
};

/// A bridge whose roll has these sections.
fn bench_of(sections: Vec<Plan>) -> Bench {
    bench_with(Overlay {
        script: CreditsPlan {
            sections,
            ..CreditsPlan::default()
        },
        ..super::roll::overlay()
    })
}

fn restarted(bench: &Bench) -> Bench {
    bench.restarted_with(bench.bridge.parts.base.settings.clone())
}

fn plan(kind: Kind) -> Plan {
    Plan::of(kind.name(), &[kind])
}

fn person(name: &str) -> Value {
    json!({ "id": format!("id of {name}"), "login": name.to_lowercase(), "displayName": name })
}

/// The names of the first section of the roll that would begin now.
fn names(bench: &mut Bench) -> Vec<String> {
    let reply = bench.ask(json!({ "request": "GetRoll", "id": 1 }));
    let names = reply["roll"]["sections"][0]["names"].as_array().cloned();
    names
        .unwrap_or_default()
        .iter()
        .map(|name| name["name"].as_str().unwrap().to_owned())
        .collect()
}

fn publish(bench: &mut Bench, name: &str, data: &Value) {
    let (source, kind) = name.split_once('.').unwrap();
    let reply = bench.ask(json!({ "request": "PublishEvent", "id": 1,
        "publish": { "source": source, "type": kind }, "data": data }));
    assert_eq!(reply["status"], "ok", "{reply}");
}

#[test]
fn whoever_writes_for_the_first_time_ever_is_a_first_time_chatter_and_nobody_else() {
    let mut bench = bench_of(vec![plan(Kind::FirstTimeChatters)]);
    let said = |name: &str| json!({ "channel": "1", "message": "hi", "user": person(name) });
    bench.twitchat("MESSAGE_FIRST", said("Today"));
    // Twitchat reports the same line twice, the message of the day first.
    bench.twitchat("MESSAGE_FIRST", said("Ever"));
    bench.twitchat("MESSAGE_FIRST_ALL_TIME", said("Ever"));
    bench.twitchat("ON_MESSAGE_FIRST_ALL_TIME", said("Ever"));
    let user = |name: &str| json!({ "id": name, "login": name, "name": name });
    for (name, first) in [("stranger", true), ("regular", false)] {
        publish(
            &mut bench,
            "Twitch.ChatMessage",
            &json!({ "user": user(name), "text": "hello", "meta": { "firstMessage": first } }),
        );
    }
    publish(
        &mut bench,
        "Twitch.FirstWord",
        &json!({ "user": user("newcomer"), "message": { "firstMessage": true } }),
    );
    for bench in [&mut restarted(&bench), &mut bench] {
        assert_eq!(names(bench), ["Ever", "stranger", "newcomer"]);
    }
    bench.ask(json!({ "request": "EditCredits", "id": 1, "edit": "hide", "person": "Ever" }));
    assert_eq!(names(&mut bench), ["stranger", "newcomer"]);
}
