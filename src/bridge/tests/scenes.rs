//! Tests the scenes that begin and end a roll.

use super::{
    roll::{bench, bench_with, emitted, overlay, report, scene, sent},
    *,
};
use crate::bridge::io::Overlay;

#[test]
fn a_scene_with_the_page_starts_the_credits_and_ends_them() {
    let mut bench = bench();
    scene(&mut bench, "Credits", true);
    assert_eq!(emitted(&mut bench), ["Started"]);
    bench.sent();
    scene(&mut bench, "Game", false);
    assert_eq!(
        (emitted(&mut bench), sent(&mut bench)),
        (vec!["Stopped".to_owned()], vec!["stop".to_owned()])
    );
    // Any scene with the source counts, whatever its name is.
    bench.input(Input::Scene("Ending".into()));
    let asked = bench.effects.iter().any(|effect| {
        matches!(effect, Effect::AskShown { scene,
            source } if &**scene == "Ending" && &**source == "End credits")
    });
    assert!(asked);
    bench.input(Input::Shown {
        scene: "Somewhere else".into(),
        shown: Ok(true),
    });
    assert_eq!(
        emitted(&mut bench),
        [""; 0],
        "an answer that is out of date"
    );
    bench.input(Input::Shown {
        scene: "Ending".into(),
        shown: Ok(true),
    });
    assert_eq!(emitted(&mut bench), ["Started"]);
    bench.sent();
    // A roll that was requested goes on when the scene leaves.
    bench.ask(json!({ "request": "RollCredits", "id": 1 }));
    scene(&mut bench, "Game", false);
    assert_eq!(emitted(&mut bench), [""; 0]);
}

#[test]
fn a_scene_that_was_on_air_already_starts_nothing() {
    let mut bench = Bench::with(
        Settings {
            overlay: overlay(),
            ..settings()
        },
        &[],
        Seq(0),
        &MetaValues::default(),
        START_MS,
    );
    bench.input(Input::Scene("Credits".into()));
    bench.input(Input::Up(info()));
    bench.input(Input::Shown {
        scene: "Credits".into(),
        shown: Ok(true),
    });
    assert_eq!(
        (
            emitted(&mut bench),
            bench.bridge.parts.roll.status(bench.now)["shown"].clone()
        ),
        (vec![], json!(true))
    );
    let mut off = bench_with(Overlay {
        autostart: false,
        ..overlay()
    });
    scene(&mut off, "Credits", true);
    assert_eq!(emitted(&mut off), [""; 0]);
}

#[test]
fn an_error_of_obs_neither_stops_the_credits_nor_loses_the_scene() {
    let mut bench = bench();
    let asked = |bench: &Bench| {
        bench
            .effects
            .iter()
            .filter(|effect| matches!(effect, Effect::AskShown { .. }))
            .count()
    };
    let refused = || Err("status 207".to_owned());
    scene(&mut bench, "Credits", true);
    assert_eq!(emitted(&mut bench), ["Started"]);
    bench.effects.clear();
    bench.input(Input::Scene("Game".into()));
    for wait_ms in [1_000, 2_000, 4_000] {
        bench.input(Input::Shown {
            scene: "Game".into(),
            shown: refused(),
        });
        bench.pass(wait_ms);
    }
    assert_eq!(
        (asked(&bench), emitted(&mut bench)),
        (4, vec![]),
        "asked again and again"
    );
    bench.input(Input::Shown {
        scene: "Game".into(),
        shown: Ok(false),
    });
    assert_eq!(emitted(&mut bench), ["Stopped"]);
    bench.effects.clear();
    bench.input(Input::Scene("Credits".into()));
    bench.input(Input::Shown {
        scene: "Credits".into(),
        shown: refused(),
    });
    bench.pass(2_000);
    bench.input(Input::Shown {
        scene: "Credits".into(),
        shown: Ok(true),
    });
    assert_eq!(
        emitted(&mut bench),
        ["Started"],
        "it is still a scene that went on air"
    );
}

#[test]
fn another_collection_is_looked_at_although_its_scene_has_the_same_name() {
    let mut bench = bench();
    scene(&mut bench, "Credits", false);
    bench.input(Input::Scene("Credits".into()));
    bench.input(Input::Collection);
    bench.input(Input::Shown {
        scene: "Credits".into(),
        shown: Ok(true),
    });
    assert_eq!(emitted(&mut bench), ["Started"]);
    bench.effects.clear();
    bench.input(Input::Collection);
    bench.input(Input::Shown {
        scene: "Credits".into(),
        shown: Ok(true),
    });
    assert_eq!(
        emitted(&mut bench),
        [""; 0],
        "it goes on where both show it"
    );
    bench.input(Input::Collection);
    bench.input(Input::Shown {
        scene: "Credits".into(),
        shown: Ok(false),
    });
    assert_eq!(emitted(&mut bench), ["Stopped"]);
}

#[test]
fn a_scene_of_that_name_is_not_enough_but_with_a_page_that_reports() {
    let mut bench = bench();
    scene(&mut bench, "Credits", false);
    assert_eq!(
        (emitted(&mut bench), sent(&mut bench)),
        (vec![], vec![]),
        "somebody else's scene"
    );
    scene(&mut bench, "Game", false);
    report(&mut bench, "idle", &Value::Null, None);
    scene(&mut bench, "Credits", false);
    assert_eq!(emitted(&mut bench), ["Started"]);
}
