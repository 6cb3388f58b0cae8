//! Tests the rate limits: received messages cause only a limited number of messages, writes and log
//! entries, and the last message still has its effect.

use super::*;
use crate::{automation::Rulebook, bridge::io::Overlay, twitchat::Generation};

fn count(bench: &Bench, is: impl Fn(&Effect) -> bool) -> usize {
    bench.effects.iter().filter(|effect| is(effect)).count()
}

/// The number of messages of these types that were sent to Twitchat.
fn sent_of(bench: &Bench, kinds: &[&str]) -> usize {
    count(bench, |effect| {
        let Effect::Send(json) = effect else {
            return false;
        };
        let message: Value = serde_json::from_str(json.get()).unwrap();
        kinds.iter().any(|kind| message["type"] == *kind)
    })
}

const TRIGGER_QUESTIONS: [&str; 2] = ["TRIGGERS_GET_ALL", "GET_TRIGGER_LIST"];

/// An answer in the format of Twitchat 16 or of Twitchat 17, with `number` as its id.
fn labels_of(third: bool, number: usize) -> String {
    let kind = if third {
        "ON_LABEL_OVERLAY_PLACEHOLDERS"
    } else {
        "LABEL_OVERLAY_PLACEHOLDERS"
    };
    format!(r#"{{"origin":"twitchat","type":"{kind}","id":"{number}","data":{{}}}}"#)
}

#[test]
fn both_generations_on_one_obs_cost_a_handful_of_questions_and_writes() {
    let mut bench = Bench::up();
    for number in 0..100_000 {
        let received =
            Input::Received(Received::read(&labels_of(number % 2 == 1, number)).unwrap());
        let effects = bench.bridge.handle(received, bench.now);
        bench.effects.extend(effects);
        (bench.now.mono_ms, bench.now.wall_ms) = (bench.now.mono_ms + 1, bench.now.wall_ms + 1);
    }
    let generations = count(&bench, |effect| {
        matches!(
            effect,
            Effect::Write(Write::Keep {
                key: "generation",
                ..
            })
        )
    });
    let files = count(&bench, |effect| matches!(effect, Effect::Speaks(_)));
    assert!(
        sent_of(&bench, &TRIGGER_QUESTIONS) <= 4,
        "{} questions",
        sent_of(&bench, &TRIGGER_QUESTIONS)
    );
    assert!(generations <= 2, "{generations} writes to the journal");
    assert!(files <= 2, "{files} writes of the file");
}

#[test]
fn of_two_generations_the_one_that_stays_is_used_a_few_seconds_after_the_other_is_gone() {
    for stays in [false, true] {
        let mut bench = Bench::up();
        for number in 0..1_000 {
            bench.receive(&labels_of(number % 2 == 1, number));
            bench.pass(1);
        }
        for number in 1_000..1_005 {
            bench.pass(4_000);
            bench.receive(&labels_of(stays, number));
        }
        let expected = if stays {
            Generation::Third
        } else {
            Generation::Second
        };
        assert_eq!(bench.bridge.parts.presence.generation(), Some(expected));
        assert_eq!(
            bench.meta["generation"],
            expected.number().to_string(),
            "and kept"
        );
    }
}

#[test]
fn while_both_generations_go_on_none_of_them_is_left_again() {
    let mut bench = Bench::up();
    let mut used = std::collections::BTreeSet::new();
    for number in 0..200 {
        // The order of the two changes, as on a real OBS.
        let third_first = number % 3 == 0;
        bench.receive(&labels_of(third_first, 2 * number));
        bench.pass(30);
        bench.receive(&labels_of(!third_first, 2 * number + 1));
        bench.pass(20_000);
        if number > 0 {
            used.insert(bench.bridge.parts.presence.generation());
        }
    }
    assert_eq!(used.len(), 1, "{used:?}");
}

#[test]
fn an_update_of_twitchat_is_noticed_at_once() {
    let mut bench = Bench::up();
    bench.receive(&labels_of(false, 1));
    bench.pass(3_600_000);
    bench.receive(&labels_of(true, 2));
    assert_eq!(
        bench.bridge.parts.presence.generation(),
        Some(Generation::Third)
    );
    assert_eq!(
        sent_of(&bench, &["GET_TRIGGER_LIST"]),
        1,
        "and its triggers are asked for"
    );
}

#[test]
fn a_flood_of_other_bridges_hellos_is_answered_a_few_times_and_each_of_a_few_once() {
    let hello = |name: &str| {
        json!({ "origin": "twitchat-bridge", "bridge": run(name).bridge, "request": "Hello",
            "since": START_MS + 5, "takeover": false })
        .to_string()
    };
    let objections = |bench: &mut Bench| {
        bench
            .sent()
            .into_iter()
            .filter(|message| message["status"] == "taken")
            .collect::<Vec<_>>()
    };
    let mut bench = Bench::up();
    for _ in 0..1_000 {
        bench.receive(&hello("later"));
        bench.pass(1);
    }
    let notes = count(&bench, |effect| {
        matches!(effect, Effect::Note(Note::OtherBridge { .. }))
    });
    assert!(notes <= 10, "{notes} notes");
    let first = objections(&mut bench).len();
    assert!((1..=10).contains(&first), "{first} objections");
    bench.pass(60_000);
    bench.sent();
    let names: Vec<_> = (0..8).map(|number| format!("later {number}")).collect();
    for name in &names {
        bench.receive(&hello(name));
    }
    bench.pass(20_000);
    let emitted: std::collections::BTreeSet<_> = objections(&mut bench)
        .iter()
        .map(|message| message["to"].to_string())
        .collect();
    assert_eq!(
        emitted.len(),
        names.len(),
        "each of them receives an objection"
    );
}

fn credits_bench() -> Bench {
    let overlay = Overlay {
        scene: "Credits".into(),
        source: "End credits".into(),
        wait_ms: 0,
        ..Overlay::default()
    };
    let mut bench = Bench::with(
        Settings {
            overlay,
            ..settings()
        },
        &[],
        Seq(0),
        &MetaValues::default(),
        START_MS,
    );
    bench.input(Input::Scene("Game".into()));
    bench.input(Input::Up(info()));
    bench.receive(&labels_of(false, 1));
    bench.ask(
        json!({ "request": "OverlayReport", "id": 1, "client": "page", "page": "credits",
        "state": "idle" }),
    );
    bench.pass(30_000);
    bench.effects.clear();
    bench
}

#[test]
fn a_flood_of_questions_for_the_credits_overlay_is_answered_seldom_and_at_its_end() {
    let mut bench = credits_bench();
    for number in 0..950 {
        let question = json!({ "origin": "twitchat", "type": "GET_CREDITS_OVERLAY_PRESENCE",
            "id": format!("q{number}"), "data": {} });
        bench.receive(&question.to_string());
        bench.pass(1);
    }
    let answers = sent_of(&bench, &["CREDITS_OVERLAY_PRESENCE"]);
    assert!((1..=5).contains(&answers), "{answers} answers");
    bench.effects.clear();
    bench.pass(2_000);
    assert_eq!(
        sent_of(&bench, &["CREDITS_OVERLAY_PRESENCE"]),
        1,
        "whoever asked last gets an answer too"
    );
}

#[test]
fn a_flood_of_scene_changes_asks_obs_seldom_and_of_the_last_scene() {
    let mut bench = credits_bench();
    for number in 0..1_000 {
        bench.input(Input::Scene(format!("Scene {number}").into()));
        bench.pass(1);
    }
    let asked = count(&bench, |effect| matches!(effect, Effect::AskShown { .. }));
    assert!((1..=20).contains(&asked), "{asked} questions");
    bench.pass(1_000);
    let last = bench.effects.iter().rev().find_map(|effect| {
        if let Effect::AskShown { scene, .. } = effect {
            Some(&**scene)
        } else {
            None
        }
    });
    assert_eq!(last, Some("Scene 999"));
}

#[test]
fn a_flood_of_twitchats_controls_is_passed_on_in_part_and_pages_get_the_last_state() {
    let mut bench = credits_bench();
    bench.twitchat(
        "FOLLOW",
        json!({ "user": { "id": "7", "login": "zed", "displayName": "Zed" } }),
    );
    bench.ask(json!({ "request": "RollCredits", "id": 1, "seconds": 600 }));
    for number in 0..1_000 {
        let data = json!({ "speed": f64::from(number % 7) });
        bench.receive(
            &json!({ "origin": "twitchat", "type": "ENDING_CREDITS_CONTROL", "data": data })
                .to_string(),
        );
        bench.pass(1);
    }
    let controls = |bench: &mut Bench| {
        let sent = bench.sent();
        sent.into_iter()
            .filter(|message| message["overlay"] == "control")
            .collect::<Vec<_>>()
    };
    let flood = controls(&mut bench).len();
    assert!((1..=50).contains(&flood), "{flood} controls");
    bench.pass(2_000);
    let last: Vec<_> = controls(&mut bench);
    let speed = last
        .iter()
        .find(|control| control["command"] == "speed")
        .expect("the speed after the flood");
    assert_eq!(speed["value"], json!(1.0 + f64::from(999 % 7)));
    let elapsed_ms = last
        .iter()
        .find(|control| control["command"] == "goto")
        .expect("the place after the flood")["at"]
        .as_u64();
    assert!(elapsed_ms > Some(1_000), "{elapsed_ms:?}");
}

#[test]
fn a_flood_of_presses_of_twitchats_start_button_begins_few_rolls() {
    let mut bench = credits_bench();
    let begun = |bench: &Bench| {
        count(bench, |effect| {
            matches!(effect, Effect::Note(Note::RollBegins { .. }))
        })
    };
    for number in 0..1_000 {
        let data = json!({ "follows": [{ "uid": number.to_string(), "login": "Zed" }],
            "labels": { "no_entry": "x" }, "params": { "slots": [] } });
        bench.receive(
            &json!({ "origin": "twitchat", "type": "SUMMARY_DATA", "data": data }).to_string(),
        );
        bench.pass(1);
    }
    assert!((1..=5).contains(&begun(&bench)), "{} rolls", begun(&bench));
    bench.effects.clear();
    bench.pass(5_000);
    assert_eq!(begun(&bench), 1, "the last press counts");
}

#[test]
fn a_repeated_error_is_logged_at_1_2_4_8() {
    let toml = "[[rule]]\nname = \"odd\"\non = \"Acme.Boom\"\nwhen = \"data.n + 'x' > 3\"\ndo = [{ \
        send = \"STOP_TTS\" }]\n\
        [[label]]\nsource = \"Odd\"\ntext = \"{{ last('Boom').data.n + 1 }} {{ \
        last('Boom').data[last('Boom').data.key] }}\"";
    let settings = Settings {
        rules: Rulebook::of_toml(toml).unwrap().shared(),
        tell: false,
        ..settings()
    };
    let mut bench = Bench::with(settings, &[], Seq(0), &MetaValues::default(), START_MS);
    bench.input(Input::Up(info()));
    for number in 0..1_000 {
        // The label's error changes with each event.
        let data = if number % 2 == 0 {
            json!({ "n": "x" })
        } else {
            json!({ "n": 1, "key": "gone" })
        };
        bench.receive(
            &json!({ "request": "PublishEvent", "id": number, "publish": { "source": "Acme",
                "type": "Boom" }, "data": data })
            .to_string(),
        );
        bench.pass(1);
    }
    let unclear = count(&bench, |effect| {
        matches!(effect, Effect::Note(Note::RuleUnclear { .. }))
    });
    let labels = count(&bench, |effect| {
        matches!(effect, Effect::Note(Note::LabelFailed { .. }))
    });
    assert_eq!(unclear, 9, "1, 2, 4 … 256 of 500");
    assert!((1..=12).contains(&labels), "{labels} notes of the label");
}

#[test]
fn an_obs_whose_stream_flaps_does_not_fill_the_journal() {
    let mut bench = Bench::up();
    for number in 0..1_000 {
        bench.input(Input::StreamChanged {
            active: number % 2 == 0,
        });
        bench.pass(1);
    }
    let writes = count(&bench, |effect| {
        matches!(
            effect,
            Effect::Write(Write::Keep {
                key: "streamed_ms",
                ..
            })
        )
    });
    assert!((1..=10).contains(&writes), "{writes} writes");
    let end_ms = bench.now.wall_ms - 1;
    bench.pass(2_000);
    assert_eq!(
        bench.meta["streamed_ms"],
        end_ms.to_string(),
        "the last one is kept"
    );
}
