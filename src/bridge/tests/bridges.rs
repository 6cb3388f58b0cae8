//! Two bridges on one OBS.

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
        .any(|effect| matches!(effect, Effect::Yield { .. }))
}

#[test]
fn the_later_start_goes_and_the_earlier_objects() {
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
    assert!(yields(&mut bench));
}

#[test]
fn our_own_echo_and_objections_to_others_are_nothing() {
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
    assert!(yields(&mut bench));
}

#[test]
fn one_that_does_not_say_since_when_is_nobody_to_yield_to() {
    let mut bench = Bench::up();
    bench.sent();
    bench.receive(r#"{"origin":"twitchat-bridge","bridge":"x","request":"Hello"}"#);
    bench.receive(r#"{"origin":"twitchat-bridge","bridge":"x","request":"Hello","takeover":true}"#);
    assert!(!yields(&mut bench) && bench.sent().is_empty());
}

#[test]
fn who_takes_over_stays() {
    let mut bench = Bench::up();
    bench.receive(&hello("later", START_MS + 5, true));
    assert!(yields(&mut bench));
}

#[test]
fn one_thawed_from_a_freeze_yields() {
    let mut bench = Bench::up();
    bench.pass(1_000);
    bench.now.mono_ms += 20_000;
    bench.now.wall_ms += 20_000;
    bench.sent();
    bench.receive(&hello("later", START_MS + 10_000, false));
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
