//! Tests rules, named actions and labels within the bridge.

use super::*;
use crate::automation::Rulebook;

pub(super) fn settings_with(toml: &str) -> Settings {
    Settings {
        rules: Rulebook::of_toml(toml).unwrap().shared(),
        tell: false,
        ..settings()
    }
}

/// A bridge with these rules that is connected to OBS and to Twitchat 16.
pub(super) fn bench(toml: &str) -> Bench {
    let mut bench = Bench::with(
        settings_with(toml),
        &[],
        Seq(0),
        &MetaValues::default(),
        START_MS,
    );
    bench.input(Input::Up(info()));
    bench.twitchat("LABEL_OVERLAY_PLACEHOLDERS", json!({}));
    bench.sent();
    bench
}

/// Publishes a raid, as another program does, because Twitchat does not report raids when they
/// happen.
pub(super) fn raid(bench: &mut Bench, viewers: u32) {
    let data =
        json!({ "userId": "7", "userName": "fox", "displayName": "Fox", "viewers": viewers });
    bench.receive(
        &json!({ "request": "PublishEvent", "id": viewers, "publish": { "source": "Twitch",
            "type": "Raid" }, "data": data })
        .to_string(),
    );
}

/// The messages to Twitchat since the last call, as `TYPE data`.
pub(super) fn acted(bench: &mut Bench) -> Vec<String> {
    let sent = bench.sent();
    sent.iter()
        .filter(|message| message["origin"] == "twitchat")
        .map(|message| format!("{} {}", message["type"].as_str().unwrap(), message["data"]))
        .collect()
}

/// The requests to OBS since the last call, with their tickets.
fn asked(bench: &mut Bench) -> Vec<(io::Ticket, crate::automation::ObsRequest)> {
    let effects = std::mem::take(&mut bench.effects);
    effects
        .into_iter()
        .filter_map(|effect| {
            if let Effect::Ask { ticket, request } = effect {
                Some((ticket, request))
            } else {
                None
            }
        })
        .collect()
}

fn notes(bench: &Bench) -> Vec<String> {
    bench
        .effects
        .iter()
        .filter_map(|effect| {
            if let Effect::Note(note) = effect {
                Some(note.to_string())
            } else {
                None
            }
        })
        .collect()
}

const THANKS: &str = r#"
    [[rule]]
    name = "thanks"
    on = "Twitch.Raid"
    when = "data.viewers >= 10"
    do = [
        { send = "SEND_MESSAGE", data.message = """\
            Welcome {{ data.displayName }}, {{ data.viewers }} of you!""" },
    ]
"#;

#[test]
fn a_raid_is_thanked_for_although_nobody_has_subscribed() {
    let mut bench = bench(THANKS);
    raid(&mut bench, 57);
    raid(&mut bench, 3);
    assert_eq!(
        acted(&mut bench),
        [r#"SEND_MESSAGE {"message":"Welcome Fox, 57 of you!"}"#]
    );
}

#[test]
fn the_action_has_the_names_of_the_connected_twitchat() {
    let mut bench = bench(THANKS);
    bench.twitchat("ON_LABEL_OVERLAY_PLACEHOLDERS", json!({}));
    bench.sent();
    raid(&mut bench, 57);
    assert_eq!(
        acted(&mut bench),
        [r#"SET_SEND_MESSAGE {"message":"Welcome Fox, 57 of you!"}"#]
    );
}

#[test]
fn published_events_twitchats_own_and_obs_have_rules_too() {
    let mut bench = bench(
        r#"
        [[rule]]
        on = ["Acme.Boom", "Twitchat.MESSAGE_*", "Obs.SceneChanged"]
        do = [
            { publish = "Custom.Heard", data = { what = "{{ event.name }}", data = "{{ data }}" } },
        ]
        "#,
    );
    bench.ask(json!({ "request": "Subscribe", "id": 1, "events": { "Custom": ["*"] } }));
    bench.ask(
        json!({ "request": "PublishEvent", "id": 2, "publish": { "source": "Acme",
        "type": "Boom" }, "data": { "n": 1 } }),
    );
    bench.sent();
    bench.receive(
        &json!({ "request": "PublishEvent", "id": 2, "publish": { "source": "Acme",
            "type": "Boom" }, "data": { "n": 1 } })
        .to_string(),
    );
    bench.input(Input::Scene("A".into()));
    bench.input(Input::Scene("B".into()));
    let emitted: Vec<_> = bench
        .sent()
        .into_iter()
        .filter(|message| message["event"]["type"] == "Heard")
        .map(|message| message["data"].clone())
        .collect();
    assert_eq!(
        emitted[0],
        json!({ "what": "Acme.Boom", "data": { "n": 1 } })
    );
    assert_eq!(
        (
            emitted[1]["what"].as_str(),
            emitted[1]["data"]["scene"]["name"].as_str(),
            emitted.len()
        ),
        (Some("Obs.SceneChanged"), Some("B"), 2)
    );
}

#[test]
fn a_refusal_of_obs_is_logged_and_ends_the_run() {
    let mut bench = bench(
        r#"
        [[rule]]
        name = "stop"
        on = "Twitch.Raid"
        do = [
            { obs = "SetCurrentProgramScene", data.sceneName = "Thanks {{ data.displayName }}" },
            { obs = "StopStream" },
        ]
        "#,
    );
    raid(&mut bench, 1);
    let asked_for = asked(&mut bench);
    let [(ticket, request)] = &asked_for[..] else {
        panic!("{asked_for:?}")
    };
    assert_eq!(
        format!("{request:?}"),
        r#"SetCurrentProgramScene { scene: "Thanks Fox" }"#
    );
    bench.input(Input::Done {
        ticket: *ticket,
        outcome: Err("OBS refused it".into()),
    });
    assert_eq!(
        notes(&bench),
        [r#"rule "stop" failed at obs SetCurrentProgramScene: OBS refused it"#]
    );
    assert!(asked(&mut bench).is_empty());
    let status = bench.ask(json!({ "request": "GetStatus", "id": 1 }));
    assert_eq!(
        status["rules"],
        json!([{ "name": "stop", "enabled": true, "runs": 1, "running": 0, "waiting": 0,
            "skipped": 0, "failed": 1, "lastError": "obs SetCurrentProgramScene: OBS refused it",
            "programs": { "running": 0, "waiting": 0, "dropped": 0, "failed": 0 } }])
    );
}

#[test]
fn what_a_rule_brings_about_triggers_no_rule_unless_it_wants_to() {
    let run = |own: bool| {
        let mut bench = bench(&format!(
            r#"
            [[rule]]
            name = "there and back"
            on = "Obs.SceneChanged"
            on_own = {own}
            do = [{{ obs = "SetCurrentProgramScene", data.sceneName = """\
                {{{{ 'B' if data.scene.name == 'A' else 'A' }}}}""" }}]
            "#
        ));
        bench.input(Input::Scene("A".into()));
        bench.input(Input::Scene("B".into()));
        let (mut scenes, mut sent) = (0, Vec::new());
        for _ in 0..100 {
            sent.extend(notes(&bench));
            for (ticket, request) in asked(&mut bench) {
                let crate::automation::ObsRequest::SetCurrentProgramScene { scene } = request
                else {
                    panic!("{request:?}")
                };
                scenes += 1;
                bench.input(Input::Scene(scene.into()));
                bench.input(Input::Done {
                    ticket,
                    outcome: Ok(()),
                });
            }
        }
        (scenes, sent.len())
    };
    assert_eq!(
        run(false),
        (1, 0),
        "the scene that somebody else chose counts, its own does not"
    );
    assert_eq!(
        run(true),
        (1 + usize::from(crate::automation::DEEPEST), 1),
        "and one that wants its own is cut off, and says so"
    );
}

#[test]
fn a_rule_that_publishes_its_own_event_is_cut_off_and_logged_once() {
    let mut bench = bench(
        "[[rule]]\nname = \"echo\"\non = \"Acme.Ping\"\non_own = true\ndo = [{ publish = \
            \"Acme.Ping\" }]",
    );
    bench.receive(
        &json!({ "request": "PublishEvent", "id": 1, "publish": { "source": "Acme",
        "type": "Ping" }, "data": {} })
        .to_string(),
    );
    assert_eq!(
        notes(&bench),
        [r#"rule "echo" was cut off: rules cause one another endlessly"#]
    );
    bench.effects.clear();
    bench.receive(
        &json!({ "request": "PublishEvent", "id": 2, "publish": { "source": "Acme",
        "type": "Ping" }, "data": {} })
        .to_string(),
    );
    assert_eq!(notes(&bench), [""; 0]);
    let status = bench.ask(json!({ "request": "GetStatus", "id": 1 }));
    assert_eq!(
        status["rules"][0]["runs"],
        2 * (u64::from(crate::automation::DEEPEST) + 1)
    );
}

#[test]
fn ten_thousand_events_at_once_do_not_pile_up() {
    let mut bench =
        bench("[[rule]]\nname = \"boom\"\non = \"Acme.Boom\"\ndo = [{ send = \"STOP_TTS\" }]");
    let mut sent = 0;
    for id in 0..10_000 {
        bench.receive(
            &json!({ "request": "PublishEvent", "id": id, "publish": { "source": "Acme",
                "type": "Boom" }, "data": {} })
            .to_string(),
        );
        sent += acted(&mut bench).len();
    }
    assert_eq!(sent, 30);
    bench.pass(60_000);
    sent += acted(&mut bench)
        .iter()
        .filter(|line| line.starts_with("STOP_TTS"))
        .count();
    let status = bench.ask(json!({ "request": "GetStatus", "id": 1 }));
    assert_eq!(
        (
            sent,
            status["rules"][0]["skipped"].as_u64(),
            status["rules"][0]["waiting"].as_u64()
        ),
        (130, Some(9_870), Some(0))
    );
}

#[test]
fn conditions_see_credits_state_and_the_last_events() {
    let mut bench = bench(
        r#"
        [[rule]]
        on = "Twitch.Raid"
        when = """state.scene == 'Game' and not state.streaming
            and 'Anna' in credits.events.follows and last('Follow').name == 'Anna'"""
        do = [{ send = "SEND_MESSAGE", data.message = """\
            {{ session.cause }} {{ state.twitchat }} \
            {{ credits.events.follows | join(', ') }}""" }]
        "#,
    );
    raid(&mut bench, 1);
    bench.input(Input::Scene("Game".into()));
    bench.twitchat(
        "FOLLOW",
        json!({ "user": { "id": "1", "login": "anna", "displayName": "Anna" } }),
    );
    raid(&mut bench, 2);
    assert_eq!(
        acted(&mut bench),
        [r#"SEND_MESSAGE {"message":"first True Anna"}"#]
    );
}

#[test]
fn named_actions_are_listed_called_and_reported() {
    let mut bench = bench(
        r#"
        [[action]]
        name = "Party"
        group = "Fun"
        do = [
            { wait = "2s" },
            { send = "SEND_MESSAGE", data = { message = "Party with {{ args.who }}" } },
        ]
        "#,
    );
    let list = bench.ask(json!({ "request": "GetActions", "id": 1 }));
    let party = list["actions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|action| action["name"] == "Party")
        .unwrap()
        .clone();
    assert_eq!(
        (
            party["group"].as_str(),
            party["subaction_count"].as_u64(),
            party["enabled"].as_bool()
        ),
        (Some("Fun"), Some(2), Some(true))
    );
    bench.ask(
        json!({ "request": "Subscribe", "id": 1, "events": { "Raw": ["*"], "Custom": ["Event"] } }),
    );
    let reply = bench.ask(
        json!({ "request": "DoAction", "id": 2, "action": { "id": party["id"] },
            "args": { "who": "Anna", "sbClientResponse": "done" } }),
    );
    assert_eq!(
        (reply["status"].as_str(), &reply["actionId"]),
        (Some("ok"), &party["id"])
    );
    bench.sent();
    bench.pass(2_500);
    let sent = bench.sent();
    let emitted = |kind: &str| {
        sent.iter()
            .find(|message| message["event"]["type"] == kind)
            .unwrap()["data"]
            .clone()
    };
    let message = sent
        .iter()
        .find(|message| message["type"] == "SEND_MESSAGE")
        .unwrap();
    assert_eq!(message["data"], json!({ "message": "Party with Anna" }));
    let completed = emitted("ActionCompleted");
    assert_eq!(
        (completed["success"].as_bool(), &completed["id"]),
        (Some(true), &reply["runningActionId"])
    );
    assert!(completed["duration"].as_f64().unwrap() >= 2_000.0);
    assert_eq!(
        emitted("Event"),
        json!({ "eventName": "done", "args": { "success": true, "actionName": "Party" } })
    );
}

#[test]
fn once_per_person_survives_a_crash_a_second_later() {
    let toml =
        "[[rule]]\non = \"Twitch.Raid\"\nonce_per = \"person\"\ndo = [{ send = \"STOP_TTS\" }]";
    let mut first = bench(toml);
    raid(&mut first, 5);
    assert_eq!(acted(&mut first).len(), 1);
    first.pass(1_100);
    let mut meta = first.meta();
    assert!(meta.once.as_deref().unwrap().contains("id 7"));
    meta.alive_ms = None;
    let mut after = Bench::with(
        settings_with(toml),
        &first.sessions,
        Seq(10),
        &meta,
        first.now.wall_ms,
    );
    after.input(Input::Up(info()));
    after.twitchat("LABEL_OVERLAY_PLACEHOLDERS", json!({}));
    after.sent();
    raid(&mut after, 6);
    assert_eq!(acted(&mut after), [""; 0]);
}

#[test]
fn a_label_follows_what_happens_is_written_seldom_and_again_after_obs_was_away() {
    let toml =
        "[[label]]\nsource = \"Newest\"\ntext = \"Latest follower: {{ last('Follow').name }}\"";
    let mut bench = Bench::with(
        settings_with(toml),
        &[],
        Seq(0),
        &MetaValues::default(),
        START_MS,
    );
    bench.input(Input::Up(info()));
    let text = |(_, request): &(io::Ticket, crate::automation::ObsRequest)| match request {
        crate::automation::ObsRequest::SetInputSettings { settings, .. } => {
            settings["text"].as_str().unwrap().to_owned()
        }
        other => panic!("{other:?}"),
    };
    let first = asked(&mut bench);
    assert_eq!(
        first.iter().map(text).collect::<Vec<_>>(),
        ["Latest follower: "]
    );
    bench.input(Input::Done {
        ticket: first[0].0,
        outcome: Ok(()),
    });
    let mut written = Vec::new();
    for id in 0..50 {
        bench.twitchat(
            "FOLLOW",
            json!({ "user": { "id": id.to_string(), "login": format!("p{id}"),
            "displayName": format!("P{id}") } }),
        );
        bench.pass(20);
        for line in asked(&mut bench) {
            written.push(text(&line));
            bench.input(Input::Done {
                ticket: line.0,
                outcome: Ok(()),
            });
        }
    }
    bench.pass(1_000);
    written.extend(asked(&mut bench).iter().map(text));
    assert_eq!(
        written.last().map(String::as_str),
        Some("Latest follower: P49")
    );
    assert!(
        (3..=5).contains(&written.len()),
        "a second of changes: {written:?}"
    );
    bench.input(Input::Down);
    bench.input(Input::Up(info()));
    assert_eq!(
        asked(&mut bench).iter().map(text).collect::<Vec<_>>(),
        ["Latest follower: P49"]
    );
}

#[test]
fn a_label_with_credits_follows_edits_renames_and_the_calendar() {
    let toml = r#"
        [[label]]
        source = "Credits"
        text = """{{ credits.events.follows | join(', ') }}; \
            month: {{ credits.top.monthBits | join(', ') }}"""
        "#;
    let meta = MetaValues::default();
    let mut bench = Bench::with(settings_with(toml), &[], Seq(0), &meta, START_MS);
    bench.input(Input::Up(info()));
    let user = |login: &str| json!({ "id": "7", "login": login, "displayName": login });
    bench.twitchat("FOLLOW", json!({ "user": user("anna") }));
    let cheer = json!({ "channel": "1", "bits": 300, "message": "", "user": user("anna") });
    bench.twitchat("BITS", cheer);
    let mut shown = String::new();
    // Returns the text of the source after all pending writes.
    let mut follow = |bench: &mut Bench, rounds: u64| {
        for _ in 0..rounds {
            bench.pass(1_000);
            for (ticket, request) in asked(bench) {
                if let crate::automation::ObsRequest::SetInputSettings { settings, .. } = request {
                    settings["text"].as_str().unwrap().clone_into(&mut shown);
                }
                let outcome = Ok(());
                bench.input(Input::Done { ticket, outcome });
            }
        }
        shown.clone()
    };
    assert_eq!(follow(&mut bench, 3), "anna; month: anna");

    let rename = json!({ "request": "EditCredits", "id": 1, "edit": "rename", "person": { "id": 7 },
        "name": "Ada" });
    bench.receive(&rename.to_string());
    assert_eq!(follow(&mut bench, 3), "Ada; month: Ada");

    bench.receive(&json!({ "request": "Undo", "id": 1 }).to_string());
    bench.twitchat(
        "MESSAGE_FIRST",
        json!({ "channel": "1", "message": "hi", "user": user("annie") }),
    );
    assert_eq!(follow(&mut bench, 3), "annie; month: annie");

    bench.now.wall_ms += 32 * 86_400_000;
    assert_eq!(follow(&mut bench, 60), "annie; month: ");
}

#[test]
fn a_missing_source_of_a_label_is_logged_once_and_tried_again() {
    let mut bench = Bench::with(
        settings_with("[[label]]\nsource = \"Nowhere\"\ntext = \"x\""),
        &[],
        Seq(0),
        &MetaValues::default(),
        START_MS,
    );
    bench.input(Input::Up(info()));
    let mut tries = 0;
    let mut sent = 0;
    for _ in 0..30 {
        for (ticket, _) in asked(&mut bench) {
            tries += 1;
            bench.input(Input::Done {
                ticket,
                outcome: Err("no such source".into()),
            });
        }
        sent += notes(&bench).len();
        bench.effects.clear();
        bench.input(Input::LabelRead {
            place: 0,
            found: Ok(None),
        });
        sent += notes(&bench).len();
        bench.effects.clear();
        bench.pass(1_000);
    }
    assert_eq!(
        (tries, sent),
        (1, 2),
        "OBS's words, and then that there is no such source"
    );
    bench.effects.clear();
    bench.pass(2_000);
    bench.input(Input::LabelRead {
        place: 0,
        found: Ok(Some("old".into())),
    });
    assert_eq!(
        asked(&mut bench).len(),
        1,
        "it is written once its source is there"
    );
}

#[test]
fn the_last_follower_survives_a_restart_and_a_new_session() {
    let toml = "[[label]]\nsource = \"Newest\"\ntext = \"{{ last('Follow').name }}\"";
    let mut first = Bench::with(
        settings_with(toml),
        &[],
        Seq(0),
        &MetaValues::default(),
        START_MS,
    );
    first.input(Input::Up(info()));
    first.twitchat(
        "FOLLOW",
        json!({ "user": { "id": "1", "login": "anna", "displayName": "Anna" } }),
    );
    let shown = |bench: &mut Bench| match asked(bench).pop() {
        Some((_, crate::automation::ObsRequest::SetInputSettings { settings, .. })) => {
            settings["text"].clone()
        }
        other => panic!("{other:?}"),
    };
    let restarted = |old: &Bench| {
        let mut next = Bench::with(
            settings_with(toml),
            &old.sessions,
            Seq(100),
            &old.meta(),
            old.now.wall_ms,
        );
        let running = next.bridge.session().id;
        for row in old.rows.iter().filter(|row| row.session == running) {
            next.bridge.replay(row);
        }
        next.input(Input::Up(info()));
        next
    };
    assert_eq!(shown(&mut restarted(&first)), "Anna", "by the journal");
    first.ask(json!({ "request": "ClearCredits", "id": 1 }));
    assert_eq!(shown(&mut restarted(&first)), "Anna", "by what was kept");
}

#[test]
fn a_rule_can_fill_the_credits_and_call_a_programs_effect() {
    let mut bench = bench(
        r#"
        [[rule]]
        on = "Twitch.Raid"
        do = [
          { request = "AddToCredits", data.section = "Thanks", data.value = """\
              {{ data.displayName }}""" },
          { run = ["notify", "{{ data.displayName }}"], timeout = "3s" },
          { publish = "Custom.After" },
        ]
        "#,
    );
    raid(&mut bench, 5);
    let runs: Vec<_> = bench
        .effects
        .iter()
        .filter_map(|effect| {
            if let Effect::Run {
                ticket, program, ..
            } = effect
            {
                Some((*ticket, program.clone()))
            } else {
                None
            }
        })
        .collect();
    let [(ticket, program)] = &runs[..] else {
        panic!("{runs:?}")
    };
    assert_eq!(
        (
            &*program.program,
            program.args.as_slice(),
            program.within.as_secs()
        ),
        ("notify", &["Fox".to_owned()][..], 3)
    );
    let input: Value = serde_json::from_str(&program.input).unwrap();
    assert_eq!(
        (
            input["event"]["name"].as_str(),
            input["data"]["viewers"].as_u64()
        ),
        (Some("Twitch.Raid"), Some(5))
    );
    let ticket = *ticket;
    assert_eq!(bench.bridge.parts.base.counts.credits.published, 1);
    bench.input(Input::Done {
        ticket,
        outcome: Ok(()),
    });
    assert_eq!(bench.bridge.parts.base.counts.credits.published, 2);
    assert_eq!(names(&bench.credits()["Custom"]["Thanks"]), ["Fox"]);
}

#[test]
fn while_the_store_fails_rules_and_actions_do_all_that_needs_no_disk() {
    let mut bench = bench(
        r#"
        [[action]]
        name = "Goodbye"
        do = [{ obs = "StartRecord" }]
        [[action]]
        name = "Roll"
        do = [{ request = "RollCredits" }]
        [[action]]
        name = "Tell"
        do = [{ publish = "Custom.After" }]
        [[action]]
        name = "Thank"
        do = [{ request = "AddToCredits", data = { section = "Thanks", value = "x" } }]
        [[action]]
        name = "Publish"
        do = [{ publish = "Twitch.Raid", data = { userId = "7", userName = "fox", viewers = 5 } }]
        "#,
    );
    bench.input(Input::StoreFailed("disk full".into()));
    bench.commits = false;
    for name in ["Goodbye", "Roll", "Tell", "Thank", "Publish"] {
        let reply =
            bench.ask(json!({ "request": "DoAction", "id": name, "action": { "name": name } }));
        assert_eq!(
            (&reply["status"], &reply["durable"]),
            (&json!("ok"), &json!(false)),
            "{reply}"
        );
    }
    let status = bench.ask(json!({ "request": "GetStatus", "id": 1 }));
    let failed: Vec<_> = status["actions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|action| action["failed"].as_u64().unwrap())
        .collect();
    assert_eq!(failed, [0, 0, 0, 1, 1], "{status}");
    let why = status["actions"][3]["lastError"].as_str().unwrap();
    assert!(
        why.contains("cannot store this") && why.contains("disk full"),
        "{why}"
    );
    assert!(!status["overlay"]["roll"].is_null(), "{status}");
}

#[test]
fn a_rule_rolls_the_credits_and_another_stops_the_stream_when_they_are_over() {
    let mut bench = bench(
        r#"
        [[rule]]
        on = "Acme.Goodbye"
        do = [{ request = "RollCredits" }]
        [[rule]]
        on = "Credits.Started"
        do = [{ obs = "StartRecord" }]
        [[rule]]
        on = "Credits.Completed"
        when = "not data.test"
        do = [{ obs = "StopStream" }]
        "#,
    );
    let report = |state: &str, roll: &Value| {
        json!({ "request": "OverlayReport", "id": "p",
        "client": "page", "page": "credits", "roll": roll, "state": state })
    };
    bench.ask(report("idle", &Value::Null));
    bench.twitchat(
        "FOLLOW",
        json!({ "user": { "id": "1", "login": "anna", "displayName": "Anna" } }),
    );
    bench.sent();
    bench.receive(
        &json!({ "request": "PublishEvent", "id": 1, "publish": { "source": "Acme",
        "type": "Goodbye" }, "data": {} })
        .to_string(),
    );
    let mut roll = Value::Null;
    for _ in 0..100 {
        if let Some(message) = bench
            .sent()
            .into_iter()
            .find(|message| message["overlay"] == "roll")
        {
            roll = message["roll"]["id"].clone();
            break;
        }
        bench.pass(200);
    }
    assert!(roll.is_string(), "a roll begins");
    bench.ask(report("rolling", &roll));
    assert!(
        asked(&mut bench).is_empty(),
        "that it began is the rule's own doing"
    );
    bench.receive(&report("complete", &roll).to_string());
    let requests: Vec<_> = asked(&mut bench)
        .into_iter()
        .map(|(_, request)| request.name())
        .collect();
    assert_eq!(requests, ["StopStream"]);
}

#[test]
fn a_track_is_emitted_by_name_and_as_custom_and_remembered() {
    let mut bench = bench(
        r#"
        [[rule]]
        on = ["Twitchat.CURRENT_TRACK", "General.Custom"]
        do = [{ request = "AddToCredits", data.section = "Heard", data.value = """\
            {{ event.name }} {{ last('Twitchat.CURRENT_TRACK').data.trackName }}""" }]
        "#,
    );
    bench.twitchat("CURRENT_TRACK", json!({ "trackName": "Glass Harbour" }));
    let received = bench.credits()["Custom"]["Heard"].clone();
    assert_eq!(
        names(&received),
        [
            "Twitchat.CURRENT_TRACK Glass Harbour",
            "General.Custom Glass Harbour"
        ]
    );
}

#[test]
fn what_is_played_back_runs_no_rule_unless_it_wants_to() {
    let run = |wants: bool| {
        let mut bench = bench(&format!(
            "[[rule]]\non = \"Twitch.Follow\"\non_replay = {wants}\ndo = [{{ send = \"STOP_TTS\" \
                }}]"
        ));
        let follow = json!({ "origin": "twitchat", "type": "FOLLOW", "id": "f", "replay": true,
            "data": { "user": { "id": "7", "login": "zed" } } });
        bench.receive(&follow.to_string());
        acted(&mut bench).len()
    };
    assert_eq!((run(false), run(true)), (0, 1));
}

/// The programs that were started since the last call, with their tickets.
fn programs(bench: &mut Bench) -> Vec<(io::Ticket, String)> {
    let effects = std::mem::take(&mut bench.effects);
    effects
        .into_iter()
        .filter_map(|effect| {
            if let Effect::Run {
                ticket, program, ..
            } = effect
            {
                Some((ticket, program.program.into()))
            } else {
                None
            }
        })
        .collect()
}

fn happens(bench: &mut Bench, kind: &str, id: u64) {
    bench.receive(
        &json!({ "request": "PublishEvent", "id": id, "publish": { "source": "Acme",
        "type": kind }, "data": {} })
        .to_string(),
    );
}

#[test]
fn background_programs_of_one_rule_do_not_delay_those_of_another_and_are_counted() {
    let mut bench = bench(
        r#"
        [[rule]]
        name = "slow"
        on = "Acme.Slow"
        do = [{ run = ["sleep", "20"], background = true }]
        [[rule]]
        name = "quick"
        on = "Acme.Quick"
        do = [{ run = ["true"] }]
        "#,
    );
    let mut running = Vec::new();
    for id in 0..400 {
        happens(&mut bench, "Slow", id);
        running.extend(programs(&mut bench));
        bench.pass(400);
        running.extend(programs(&mut bench));
    }
    assert_eq!(running.len(), 8, "of one rule");
    happens(&mut bench, "Quick", 400);
    let quick = programs(&mut bench);
    assert_eq!(
        quick
            .iter()
            .map(|(_, name)| name.as_str())
            .collect::<Vec<_>>(),
        ["true"],
        "at once"
    );
    bench.input(Input::Done {
        ticket: quick[0].0,
        outcome: Ok(()),
    });
    bench.input(Input::Done {
        ticket: running[0].0,
        outcome: Err("exit status: 1".into()),
    });
    assert_eq!(
        notes(&bench),
        [r#"rule "slow" failed at run sleep: exit status: 1"#]
    );
    assert_eq!(programs(&mut bench).len(), 1, "the next one begins");
    let status = bench.ask(json!({ "request": "GetStatus", "id": 1 }));
    assert_eq!(
        status["rules"][0]["programs"],
        json!({ "running": 8, "waiting": 99, "dropped": 292, "failed": 1 })
    );
    assert_eq!(status["rules"][0]["lastError"], "run sleep: exit status: 1");
    assert_eq!(
        status["rules"][1]["programs"],
        json!({ "running": 0, "waiting": 0, "dropped": 0, "failed": 0 })
    );
}

#[test]
fn programs_that_are_dropped_are_logged_at_1_2_4_8() {
    let mut bench = bench(
        "[[rule]]\nname = \"slow\"\non = \"Acme.Slow\"\ndo = [{ run = [\"sleep\", \"20\"], \
            background = true }]",
    );
    let mut sent = Vec::new();
    for id in 0..140 {
        happens(&mut bench, "Slow", id);
        bench.pass(400);
        sent.extend(
            notes(&bench)
                .into_iter()
                .filter(|note| note.contains("dropped")),
        );
        bench.effects.clear();
    }
    let times: Vec<_> = sent
        .iter()
        .map(|note| note.split(' ').nth(2).unwrap())
        .collect();
    assert_eq!(
        (times, sent[0].starts_with(r#"rule "slow": "#)),
        (vec!["1", "2", "4", "8", "16", "32"], true),
        "{sent:?}"
    );
}

#[test]
fn a_run_waits_for_its_program_also_behind_others() {
    let mut bench = bench(
        r#"
        [[rule]]
        on = "Acme.Go"
        at_once = 64
        do = [{ run = ["sleep", "1"] }, { send = "STOP_TTS" }]
        "#,
    );
    for id in 0..10 {
        happens(&mut bench, "Go", id);
    }
    let first = programs(&mut bench);
    assert_eq!(first.len(), 8);
    for (ticket, _) in first {
        bench.input(Input::Done {
            ticket,
            outcome: Ok(()),
        });
    }
    let sent = bench
        .effects
        .iter()
        .filter(|effect| matches!(effect, Effect::Send(json) if json.get().contains("STOP_TTS")))
        .count();
    assert_eq!((sent, programs(&mut bench).len()), (8, 2));
}

#[test]
fn one_rules_requests_reach_obs_one_after_the_other() {
    let mut bench = bench(
        r#"
        [[rule]]
        on = "Acme.Flood"
        at_once = 64
        do = [{ obs = "SaveReplayBuffer" }]
        [[rule]]
        on = "Acme.Other"
        do = [{ obs = "StopRecord" }]
        "#,
    );
    for id in 0..30 {
        happens(&mut bench, "Flood", id);
    }
    let mut open = asked(&mut bench);
    assert_eq!(
        open.len(),
        1,
        "OBS takes one at a time: more would delay others"
    );
    happens(&mut bench, "Other", 30);
    assert_eq!(
        asked(&mut bench)
            .iter()
            .map(|(_, request)| request.name())
            .collect::<Vec<_>>(),
        ["StopRecord"]
    );
    let mut made = 1;
    while let Some((ticket, _)) = open.pop() {
        bench.input(Input::Done {
            ticket,
            outcome: Ok(()),
        });
        open = asked(&mut bench);
        made += open.len();
    }
    assert_eq!(made, 30);
}

#[test]
fn many_labels_are_written_a_few_at_a_time_and_all_in_the_end() {
    let toml = (0..20)
        .map(|label| format!("[[label]]\nsource = \"L{label}\"\ntext = \"x\"\n"))
        .collect::<Vec<_>>()
        .concat();
    let mut bench = Bench::with(
        settings_with(&toml),
        &[],
        Seq(0),
        &MetaValues::default(),
        START_MS,
    );
    bench.input(Input::Up(info()));
    let (mut open, mut written, mut most) = (asked(&mut bench), 0, 0);
    while let Some((ticket, _)) = open.pop() {
        most = most.max(open.len() + 1);
        written += 1;
        bench.input(Input::Done {
            ticket,
            outcome: Ok(()),
        });
        open.extend(asked(&mut bench));
    }
    assert_eq!((written, most), (20, 4));
}
