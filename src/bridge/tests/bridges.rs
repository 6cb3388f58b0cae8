//! Tests two bridges on one OBS.

use super::*;

fn hello(name: &str, since: i64, takeover: bool) -> String {
    let bridge = run(name).bridge;
    json!({ "origin": "twitchat-bridge", "bridge": bridge, "request": "Hello", "since": since,
        "takeover": takeover })
    .to_string()
}

fn yields(bench: &mut Bench) -> bool {
    bench
        .effects
        .iter()
        .any(|effect| matches!(effect, Effect::Yield(_)))
}

/// The ids of the questions that the bridge has sent to other bridges since the last call.
fn questions(bench: &mut Bench) -> Vec<Value> {
    let sent = bench.sent();
    let questions = sent.iter().filter(|sent| sent["request"] == "GetInfo");
    questions.map(|question| question["id"].clone()).collect()
}

/// Another bridge's reply to `GetInfo`.
fn reply(name: &str, id: &Value) -> String {
    json!({ "origin": "twitchat-bridge", "bridge": run(name).bridge, "id": id, "status": "ok" })
        .to_string()
}

/// Sends the answer of another bridge to the bridge's question.
fn answer(bench: &mut Bench, name: &str) {
    let questions = questions(bench);
    assert_eq!(questions.len(), 1);
    bench.receive(&reply(name, &questions[0]));
}

#[test]
fn the_later_bridge_ends_and_the_earlier_one_objects() {
    let mut bench = Bench::up();
    bench.sent();
    bench.receive(&hello("later", START_MS + 5, false));
    assert!(!yields(&mut bench));
    let sent = bench.sent();
    assert_eq!(
        (sent[0]["status"].as_str(), sent[0]["to"].clone()),
        (Some("taken"), json!(run("later").bridge))
    );
    bench.receive(&hello("earlier", START_MS - 5, false));
    answer(&mut bench, "earlier");
    assert!(yields(&mut bench));
}

#[test]
fn the_own_echo_and_objections_to_others_have_no_effect() {
    let mut bench = Bench::up();
    bench.sent();
    bench.receive(&hello("ours", START_MS, false));
    let objection = |to: &str| {
        json!({ "origin": "twitchat-bridge", "bridge": run("other").bridge,
        "to": run(to).bridge, "status": "taken", "since": START_MS - 5 })
    };
    bench.receive(&objection("third").to_string());
    assert!(!yields(&mut bench) && bench.sent().is_empty());
    bench.receive(&objection("ours").to_string());
    answer(&mut bench, "other");
    assert!(yields(&mut bench));
}

#[test]
fn a_bridge_without_since_is_ignored() {
    let mut bench = Bench::up();
    bench.sent();
    bench.receive(r#"{"origin":"twitchat-bridge","bridge":"x","request":"Hello"}"#);
    bench.receive(r#"{"origin":"twitchat-bridge","bridge":"x","request":"Hello","takeover":true}"#);
    assert!(!yields(&mut bench) && bench.sent().is_empty());
}

#[test]
fn a_bridge_with_takeover_stays() {
    let mut bench = Bench::up();
    bench.sent();
    bench.receive(&hello("later", START_MS + 5, true));
    answer(&mut bench, "later");
    assert!(yields(&mut bench));
}

#[test]
fn a_bridge_yields_after_a_freeze() {
    let mut bench = Bench::up();
    bench.pass(1_000);
    bench.now.mono_ms += 20_000;
    bench.now.wall_ms += 20_000;
    bench.sent();
    bench.receive(&hello("later", START_MS + 10_000, false));
    answer(&mut bench, "later");
    assert!(yields(&mut bench), "the other started while we were frozen");
}

#[test]
fn a_busy_bridge_is_not_taken_for_a_frozen_one() {
    let mut bench = Bench::up();
    for _ in 0..100 {
        bench.pass(5_000);
    }
    bench.receive(&hello("later", START_MS + 60_000, false));
    assert!(!yields(&mut bench));
}

#[test]
fn a_hello_from_something_that_does_not_answer_stops_no_bridge() {
    let mut bench = Bench::up();
    bench.receive(&hello("recorded", START_MS + 5, true));
    bench.pass(20_000);
    assert!(!yields(&mut bench));
    let silent = |effect: &&Effect| matches!(effect, Effect::Note(Note::SilentBridge { .. }));
    assert_eq!(bench.effects.iter().filter(silent).count(), 1);
}

#[test]
fn an_answer_that_comes_too_late_stops_no_bridge() {
    let mut bench = Bench::up();
    bench.sent();
    bench.receive(&hello("slow", START_MS + 5, true));
    bench.pass(20_000);
    answer(&mut bench, "slow");
    assert!(!yields(&mut bench));
}

#[test]
fn only_the_bridge_that_was_asked_can_answer() {
    let mut bench = Bench::up();
    bench.sent();
    bench.receive(&hello("recorded", START_MS + 5, true));
    answer(&mut bench, "third");
    assert!(!yields(&mut bench));
}

#[test]
fn a_bridge_does_not_answer_its_own_question() {
    let mut bench = Bench::up();
    bench.sent();
    bench.receive(&hello("recorded", START_MS + 5, true));
    let id = questions(&mut bench).remove(0);
    bench.receive(&json!({ "request": "GetInfo", "id": id }).to_string());
    assert_eq!(bench.sent(), Vec::<Value>::new());
}

#[test]
fn hellos_that_are_repeated_are_asked_once_and_many_are_asked_in_turn() {
    let mut bench = Bench::up();
    bench.sent();
    for number in 0..1_000 {
        bench.receive(&hello("recorded", START_MS + 5, true));
        bench.receive(&hello(&format!("recorded {number}"), START_MS + 5, true));
        bench.pass(1);
    }
    assert_eq!(questions(&mut bench).len(), 8);
}

#[test]
fn the_bridge_that_makes_way_knows_which_process_on_which_computer_took_over() {
    let mut bench = Bench::up();
    bench.sent();
    let mut hello: Value = serde_json::from_str(&hello("later", START_MS + 5, true)).unwrap();
    hello["process"] = 812.into();
    hello["computer"] = "lap\u{1b}top".into();
    bench.receive(&hello.to_string());
    answer(&mut bench, "later");
    let made_way = bench.effects.iter().find_map(|effect| match effect {
        Effect::Yield(other) => Some(other.to_string()),
        _ => None,
    });
    assert_eq!(made_way.as_deref(), Some("process 812 on laptop"));
}

#[test]
fn an_echo_is_known_whatever_id_a_client_gave_its_request() {
    let mut bench = Bench::up();
    let before = bench.bridge.parts.base.counts.bus.echoes;
    for id in [json!(7), json!("a\"b"), json!(null), json!({ "a": 1 })] {
        let echo = json!({ "origin": "twitchat-bridge", "bridge": run("ours").bridge,
            "id": id, "status": "ok" });
        bench.receive(&echo.to_string());
    }
    assert_eq!(bench.bridge.parts.base.counts.bus.echoes, before + 4);
}
