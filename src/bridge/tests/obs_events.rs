//! Tests events of OBS itself, messages of other programs, and the step `broadcast`.

use serde_json::value::RawValue;

use super::*;
use crate::{
    automation::Rulebook,
    event::{ObsEvent, ObsSubscription},
};

fn bench(toml: &str) -> Bench {
    let settings = Settings {
        rules: Rulebook::of_toml(toml).unwrap().shared(),
        tell: false,
        ..settings()
    };
    let mut bench = Bench::with(settings, &[], Seq(0), &MetaValues::default(), START_MS);
    bench.input(Input::Up(info()));
    bench
}

/// The subscriptions that the bridge has requested since the last call, as flags for events and for
/// vendors.
fn asked(bench: &mut Bench) -> Vec<(bool, bool)> {
    let effects = std::mem::take(&mut bench.effects);
    let subscription = |effect| match effect {
        Effect::Subscribe(ObsSubscription { events, vendors }) => Some((events, vendors)),
        _ => None,
    };
    effects.into_iter().filter_map(subscription).collect()
}

/// Name and data of the events that were emitted since the last call.
fn emitted(bench: &mut Bench) -> Vec<(String, Value)> {
    let event = |message: Value| {
        let name = |key: &str| message["event"][key].as_str().map(ToOwned::to_owned);
        Some((
            format!("{}.{}", name("source")?, name("type")?),
            message["data"].clone(),
        ))
    };
    bench.sent().into_iter().filter_map(event).collect()
}

fn request(bench: &mut Bench, name: &str, kinds: &[&str]) {
    let request = json!({ "request": name, "id": "s", "client": "a", "events": { "Obs": kinds } });
    bench.receive(&request.to_string());
}

fn subscribed(kinds: &[&str]) -> Bench {
    let mut bench = Bench::up();
    request(&mut bench, "Subscribe", kinds);
    bench.sent();
    bench
}

fn of_obs(bench: &mut Bench, kind: &str, data: &Value) {
    let data = RawValue::from_string(data.to_string()).unwrap();
    bench.input(Input::Received(Received::Obs(ObsEvent {
        kind: kind.into(),
        data: Some(data),
    })));
}

fn muted(bench: &mut Bench, input: &str) {
    let data = json!({ "inputName": input, "inputMuted": true });
    of_obs(bench, "InputMuteStateChanged", &data);
}

/// Messages to all clients of OBS that are neither events nor replies of the bridge.
fn broadcasts(bench: &mut Bench) -> Vec<Value> {
    let mut sent = bench.sent();
    sent.retain(|message| message["origin"] != "twitchat-bridge");
    sent
}

fn runs(bench: &mut Bench) -> u64 {
    bench.ask(json!({ "request": "GetStatus", "id": 1 }))["rules"][0]["runs"]
        .as_u64()
        .unwrap()
}

fn notes(bench: &mut Bench) -> Vec<String> {
    let effects = std::mem::take(&mut bench.effects);
    let note = |effect| match effect {
        Effect::Note(note) => Some(note.to_string()),
        _ => None,
    };
    effects.into_iter().filter_map(note).collect()
}

#[test]
fn obs_is_asked_for_its_events_while_a_client_wants_them_and_up_to_a_minute_longer() {
    let mut bench = Bench::up();
    assert_eq!(asked(&mut bench), []);
    request(&mut bench, "Subscribe", &["SceneChanged", "CustomEvent"]);
    assert_eq!(asked(&mut bench), []);
    request(&mut bench, "Subscribe", &["Event"]);
    assert_eq!(asked(&mut bench), [(true, false)]);
    request(&mut bench, "Subscribe", &["*"]);
    assert_eq!(asked(&mut bench), [(true, true)]);
    for _ in 0..1_000 {
        request(&mut bench, "UnSubscribe", &["*"]);
        request(&mut bench, "Subscribe", &["Event"]);
    }
    assert_eq!(
        asked(&mut bench),
        [],
        "clients that come and go cost nothing"
    );
    bench.pass(61_000);
    assert_eq!(asked(&mut bench), [(true, false)]);
    request(&mut bench, "UnSubscribe", &["*"]);
    assert_eq!(asked(&mut bench), []);
    bench.pass(61_000);
    assert_eq!(asked(&mut bench), [(false, false)]);
}

#[test]
fn obs_is_asked_for_the_events_that_a_rule_or_a_label_needs() {
    let of = |toml: &str| asked(&mut bench(toml));
    let rule = |on: &str| format!("[[rule]]\non = \"{on}\"\ndo = [{{ wait = 1 }}]");
    assert_eq!(of(&rule("Obs.SceneChanged")), []);
    assert_eq!(of(&rule("Obs.Event")), [(true, false)]);
    assert_eq!(of(&rule("Obs.*")), [(true, true)]);
    assert_eq!(of(&format!("{}\nenabled = false", rule("Obs.Event"))), []);
    let label = "[[label]]\nsource = \"A\"\ntext = \"{{ last('Obs.VendorEvent').at }}\"";
    assert_eq!(of(label), [(false, true)]);
}

#[test]
fn events_of_obs_are_emitted_with_the_fields_of_obs() {
    let mut bench = subscribed(&["Event", "VendorEvent"]);
    muted(&mut bench, "Mic");
    let vendor = json!({ "vendorName": "move", "eventType": "done", "eventData": { "a": 1 } });
    of_obs(&mut bench, "VendorEvent", &vendor);
    let emitted = emitted(&mut bench);
    let names: Vec<_> = emitted.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["Obs.Event", "Obs.VendorEvent"]);
    assert_eq!(
        (&emitted[0].1["obsEvent"], &emitted[1].1["obsVendorEvent"]),
        (
            &json!({ "event": "InputMuteStateChanged", "inputName": "Mic", "inputMuted": true }),
            &json!({ "vendor": "move", "event": "done", "data": { "a": 1 } })
        )
    );
    assert_eq!(emitted[0].1["connection"]["version"], "30.2.3");
    let status = bench.ask(json!({ "request": "GetStatus", "id": 1 }));
    assert_eq!(status["counts"]["obsEvents"], 2);
}

#[test]
fn events_of_obs_that_nobody_needs_any_more_are_not_emitted() {
    let mut bench = subscribed(&["Event"]);
    request(&mut bench, "UnSubscribe", &["*"]);
    request(&mut bench, "Subscribe", &["SceneChanged"]);
    bench.sent();
    muted(&mut bench, "Mic");
    assert_eq!(emitted(&mut bench), []);
}

#[test]
fn a_recording_is_emitted_with_its_file_and_is_in_the_status() {
    let mut bench = subscribed(&["RecordingStarted", "RecordingStopped"]);
    let recording = |bench: &mut Bench| {
        bench.ask(json!({ "request": "GetStatus", "id": 1 }))["obs"]["recording"].clone()
    };
    assert_eq!(recording(&mut bench), Value::Null, "not known yet");
    let outputs = |recording| Input::Outputs {
        streaming: None,
        recording,
    };
    bench.input(outputs(Some(false)));
    assert_eq!(recording(&mut bench), false);
    for active in [true, false] {
        bench.input(Input::RecordingChanged {
            active,
            path: "/a.mkv".into(),
        });
        let emitted = emitted(&mut bench);
        let [(name, data)] = &emitted[..] else {
            panic!("{emitted:?}")
        };
        let expected = if active {
            "Obs.RecordingStarted"
        } else {
            "Obs.RecordingStopped"
        };
        assert_eq!(
            (&**name, &data["outputActive"], &data["outputPath"]),
            (expected, &json!(active), &json!("/a.mkv"))
        );
        assert_eq!(recording(&mut bench), active);
    }
}

#[test]
fn outputs_that_changed_while_events_were_lost_are_emitted_and_others_are_not() {
    let mut bench = subscribed(&["*"]);
    let outputs = |streaming, recording| Input::Outputs {
        streaming: Some(streaming),
        recording: Some(recording),
    };
    bench.input(outputs(false, false));
    assert_eq!(emitted(&mut bench), []);
    bench.input(outputs(true, true));
    bench.input(outputs(true, true));
    bench.input(outputs(true, false));
    let names: Vec<_> = emitted(&mut bench)
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(
        names,
        [
            "Obs.StreamingStarted",
            "Obs.RecordingStarted",
            "Obs.RecordingStopped"
        ]
    );
}

#[test]
fn a_rule_reads_whether_obs_records() {
    let mut bench = bench(
        "[[rule]]\non = \"Obs.SceneChanged\"\nwhen = \"state.recording\"\ndo = [{ wait = 1 }]",
    );
    bench.input(Input::Scene("A".into()));
    bench.input(Input::Scene("B".into()));
    assert_eq!(runs(&mut bench), 0);
    bench.input(Input::RecordingChanged {
        active: true,
        path: Box::default(),
    });
    bench.input(Input::Scene("A".into()));
    assert_eq!(runs(&mut bench), 1);
}

#[test]
fn a_request_of_a_rule_causes_no_run_for_the_events_that_follow_from_it() {
    let mut bench = bench(
        r#"
        [[rule]]
        on = "Obs.Event"
        when = "data.obsEvent.event == 'InputMuteStateChanged'"
        do = [{ obs = "SetInputMute", data = { inputName = "Music", inputMuted = true } }]
        "#,
    );
    muted(&mut bench, "Mic");
    assert_eq!(runs(&mut bench), 1);
    for _ in 0..3 {
        muted(&mut bench, "Music");
    }
    assert_eq!(runs(&mut bench), 1);
    muted(&mut bench, "Mic");
    assert_eq!(runs(&mut bench), 2, "somebody else did that");
}

#[test]
fn the_text_of_a_label_causes_no_run() {
    let mut bench = bench(
        r#"
        [[rule]]
        on = "Obs.Event"
        do = [{ wait = 1 }]
        [[label]]
        source = "Newest"
        text = "{{ last('Obs.Event').at }}"
        "#,
    );
    let changed = |input: &str| json!({ "inputName": input, "inputSettings": {} });
    of_obs(&mut bench, "InputSettingsChanged", &changed("Newest"));
    assert_eq!(runs(&mut bench), 0);
    of_obs(&mut bench, "InputSettingsChanged", &changed("Other"));
    assert_eq!(runs(&mut bench), 1);
}

#[test]
fn messages_of_other_programs_are_events_for_clients_and_rules() {
    let mut bench = bench(
        r#"
        [[rule]]
        on = "Obs.CustomEvent"
        when = "data.origin == 'deck' and data.button > 3"
        do = [{ publish = "Custom.Pressed", data = { button = "{{ data.button }}" } }]
        "#,
    );
    request(&mut bench, "Subscribe", &["CustomEvent"]);
    bench.sent();
    let message = json!({ "origin": "deck", "button": 4 });
    bench.receive(&message.to_string());
    assert_eq!(
        emitted(&mut bench),
        [("Obs.CustomEvent".to_owned(), message)]
    );
    bench.receive(r#"{"origin":"deck","button":3}"#);
    bench.receive(r#"{"origin":"elsewhere","button":9}"#);
    bench.receive(r#"{"origin":"twitchat","type":"X","button":9}"#);
    assert_eq!(runs(&mut bench), 1);
}

#[test]
fn a_message_that_nests_too_deeply_is_counted_as_invalid() {
    let mut bench = subscribed(&["CustomEvent"]);
    let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(500), "]".repeat(500));
    bench.receive(&deep);
    assert_eq!(emitted(&mut bench), []);
    let counts = bench.ask(json!({ "request": "GetStatus", "id": 1 }))["counts"].clone();
    assert_eq!(
        (&counts["other"], &counts["invalid"]),
        (&json!(1), &json!(1))
    );
}

#[test]
fn a_broadcast_sends_any_object_with_its_templates_filled_in() {
    let mut bench = bench(
        r#"
        [[rule]]
        on = "Obs.CustomEvent"
        [[rule.do]]
        broadcast = { origin = "rules", list = [1, "{{ data.n }}"], to = { a = "{{ data.n }}!" } }
        "#,
    );
    bench.sent();
    bench.receive(r#"{"n":7}"#);
    assert_eq!(
        broadcasts(&mut bench),
        [json!({ "origin": "rules", "list": [1, 7], "to": { "a": "7!" } })]
    );
}

/// Every message comes back, as OBS sends it to all its clients. Returns how many were sent.
fn with_echoes(bench: &mut Bench) -> usize {
    let mut count = 0;
    for _ in 0..100 {
        for message in broadcasts(bench) {
            count += 1;
            bench.receive(&message.to_string());
        }
    }
    count
}

#[test]
fn a_broadcast_that_comes_back_runs_no_rule_unless_the_rule_wants_it_and_then_not_without_end() {
    let run = |on_own: bool| {
        let mut bench = bench(&format!(
            "[[rule]]\non = \"Obs.CustomEvent\"\non_own = {on_own}\ndo = [{{ broadcast = \
                {{ n = 1.5 }} }}]"
        ));
        bench.sent();
        bench.receive(r#"{"begin":true}"#);
        with_echoes(&mut bench)
    };
    assert_eq!(run(false), 1);
    assert_eq!(run(true), usize::from(crate::automation::DEEPEST) + 1);
}

#[test]
fn a_broadcast_in_twitchats_name_has_a_fresh_id_and_is_left_alone_when_it_comes_back() {
    let mut bench = bench(
        r#"
        [[rule]]
        on = "Obs.CustomEvent"
        [[rule.do]]
        broadcast.origin = "twitchat"
        broadcast.type = "FOLLOW"
        broadcast.data.user = { id = "7", login = "anna" }
        [[rule]]
        on = "Twitch.Follow"
        on_own = true
        do = [{ wait = 1 }]
        "#,
    );
    bench.sent();
    bench.receive("{}");
    let sent = broadcasts(&mut bench);
    assert_eq!(sent.len(), 1);
    assert!(sent[0]["id"].is_string());
    bench.receive(&sent[0].to_string());
    assert!(names(&bench.credits()["Events"]["Follows"]).is_empty());
    let status = bench.ask(json!({ "request": "GetStatus", "id": 1 }));
    assert_eq!(status["rules"][1]["runs"], 0);
}

#[test]
fn a_broadcast_that_cannot_be_sent_fails_its_step_with_the_reason() {
    let why = |message: &str, is_up: bool| {
        let mut bench = bench(&format!(
            "[[rule]]\nname = \"tell\"\non = [\"Obs.Disconnected\", \"Obs.CustomEvent\"]\ndo = \
                [{{ broadcast = {message} }}]"
        ));
        bench.effects.clear();
        bench.input(if is_up {
            Input::Received(Received::read(r#"{"o":"twitchat-bridge"}"#).unwrap())
        } else {
            Input::Down
        });
        notes(&mut bench).remove(0)
    };
    assert_eq!(
        why("{ a = 1 }", false),
        r#"rule "tell" failed at broadcast: OBS is not connected"#
    );
    assert!(
        why("{ origin = \"{{ data.o }}\" }", true)
            .contains("`origin` must not be \"twitchat-bridge\"")
    );
}
