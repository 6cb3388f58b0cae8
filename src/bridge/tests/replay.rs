//! Tests recordings that are played back.

use super::*;

/// A line of a recording as `replay` sends it, with a fresh id and the mark of a replay.
fn marked(line: &str, mark: &Value) -> String {
    let mut message: Value = serde_json::from_str(line).unwrap();
    message["id"] = Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("{mark}{line}").as_bytes())
        .to_string()
        .into();
    message["replay"] = mark.clone();
    message.to_string()
}

/// Name and data of the events that were sent on OBS since the last call, and whether they are
/// marked as a replay.
fn emitted(bench: &mut Bench) -> Vec<(String, Value, bool)> {
    let events = bench
        .sent()
        .into_iter()
        .filter(|message| message.get("event").is_some());
    events
        .map(|message| {
            let name = format!(
                "{}.{}",
                message["event"]["source"].as_str().unwrap(),
                message["event"]["type"].as_str().unwrap()
            );
            (name, message["data"].clone(), message["replay"] == true)
        })
        .collect()
}

fn subscribed(settings: Settings) -> Bench {
    let mut bench = Bench::with(settings, &[], Seq(0), &MetaValues::default(), START_MS);
    bench.input(Input::Up(info()));
    bench.ask(
        json!({ "request": "Subscribe", "id": 1, "client": "alerts", "events": { "Twitch": ["*"],
            "Twitchat": ["*"], "General": ["*"] } }),
    );
    bench
}

#[test]
fn a_replay_is_emitted_and_leaves_no_trace() {
    let mut real = subscribed(settings());
    let mut replayed = subscribed(settings());
    let (before, credits, writes) = (
        replayed.restarted().credits(),
        replayed.credits(),
        replayed.writes,
    );
    emitted(&mut real);
    emitted(&mut replayed);
    for line in show() {
        real.receive(&line);
        real.pass(700);
        replayed.receive(&marked(&line, &json!(true)));
        replayed.pass(700);
    }
    real.pass(5_000);
    replayed.pass(5_000);
    let (real_events, events) = (emitted(&mut real), emitted(&mut replayed));
    assert!(
        events.iter().all(|(.., marked)| *marked)
            && !real_events.iter().any(|(.., marked)| *marked)
    );
    let names = |events: &[(String, Value, bool)]| {
        let mut names: Vec<_> = events.iter().map(|(name, ..)| name.clone()).collect();
        names.sort();
        names.dedup();
        names
    };
    // A recording emits no follows and similar events of labels, because labels come from the
    // Twitchat that is really there.
    assert_eq!(names(&events), names(&real_events));
    assert_eq!(replayed.credits(), credits);
    assert_eq!(
        (
            replayed.rows.len(),
            replayed.people.len(),
            replayed.restarted().credits()
        ),
        (0, 0, before)
    );
    let alive_stamps = 3;
    assert!(
        replayed.writes - writes <= alive_stamps,
        "{} writes",
        replayed.writes - writes
    );
    let status = replayed.ask(json!({ "request": "GetStatus", "id": 1 }));
    assert_eq!(
        (
            &status["twitchat"]["present"],
            &status["twitchat"]["generation"]
        ),
        (&json!(false), &Value::Null)
    );
    assert_eq!(
        (&status["counts"]["replayed"], &status["counts"]["events"]),
        (&json!(show().len()), &json!(0))
    );
    assert!(
        !replayed
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Note(io::Note::TwitchatThere { .. })))
    );
}

#[test]
fn a_replay_that_is_to_count_counts() {
    let (mut real, mut counted) = (Bench::up(), Bench::up());
    for line in show() {
        real.receive(&line);
        counted.receive(&marked(&line, &json!("count")));
    }
    assert_eq!(counted.credits(), real.credits());
    assert_eq!(
        (
            real.bridge.parts.base.counts.messages.replayed,
            counted.bridge.parts.base.counts.messages.replayed
        ),
        (0, show().len() as u64)
    );
    assert_eq!(counted.restarted().credits(), real.credits());
}

#[test]
fn a_replayed_bomb_and_a_real_gift_stay_apart() {
    let mut bench = subscribed(settings());
    let gift = |to: &str| {
        json!({ "origin": "twitchat", "type": "SUBSCRIPTION", "id": to, "data": { "tier": 1,
            "months": 1, "user": { "id": "10", "login": "gil" },
            "recipients": [{ "uid": to, "login": format!("p{to}") }], "giftCount": 1,
                "isGift": true } })
        .to_string()
    };
    emitted(&mut bench);
    bench.receive(&marked(&gift("1"), &json!(true)));
    bench.receive(&gift("2"));
    bench.receive(&marked(&gift("3"), &json!(true)));
    bench.pass(3_000);
    let events = emitted(&mut bench);
    let of = |wanted: bool| -> Vec<_> {
        events
            .iter()
            .filter(|(name, _, marked)| *marked == wanted && name.starts_with("Twitch."))
            .map(|(name, ..)| name.as_str())
            .collect()
    };
    assert_eq!(
        of(true),
        ["Twitch.GiftBomb", "Twitch.GiftSub", "Twitch.GiftSub"]
    );
    assert_eq!(of(false), ["Twitch.GiftSub"]);
    assert_eq!(names(&bench.credits()["Events"]["GiftSubs"]), ["gil"]);
    assert!(names(&bench.credits()["Events"]["GiftBombs"]).is_empty());
}

#[test]
fn a_recording_of_another_channel_is_emitted_too() {
    let mut bench = subscribed(Settings {
        broadcaster: Person::new("1", "somebody_else", ""),
        ..settings()
    });
    emitted(&mut bench);
    let follow = fixture("twitchat_examples.ndjson")
        .into_iter()
        .find(|line| line.contains(r#""type":"FOLLOW""#))
        .unwrap();
    bench.receive(&marked(&follow, &json!(true)));
    assert!(
        emitted(&mut bench)
            .iter()
            .any(|(name, ..)| name == "Twitch.Follow")
    );
}
