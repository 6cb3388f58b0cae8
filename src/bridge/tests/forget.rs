//! Tests `Forget`: the running credits, the roll and everything that is remembered lose a person.

use super::*;
use crate::request::Guarded;

const ZED: (&str, &str) = ("1234567", "Zed_X");

fn allowed() -> Settings {
    let mut settings = settings();
    settings.permissions.allow.push(Guarded::Forget);
    settings
}

fn bench() -> Bench {
    let mut bench = Bench::with(allowed(), &[], Seq(0), &MetaValues::default(), START_MS);
    bench.input(Input::Up(info()));
    bench
}

fn user((id, name): (&str, &str)) -> Value {
    json!({ "id": id, "login": name.to_lowercase(), "displayName": name })
}

fn follow(bench: &mut Bench, who: (&str, &str)) {
    bench.twitchat("FOLLOW", json!({ "user": user(who) }));
}

fn cheer(bench: &mut Bench, who: (&str, &str)) {
    bench.twitchat(
        "BITS",
        json!({ "channel": "1", "bits": 500, "message": "Cheer", "user": user(who) }),
    );
}

/// Two sessions in which Zed and Anna do things, and a correction of each.
fn filled() -> Bench {
    let mut bench = bench();
    follow(&mut bench, ZED);
    cheer(&mut bench, ("7", "Anna"));
    bench.ask(json!({ "request": "ClearCredits", "id": 1 }));
    bench.pass(60_000);
    cheer(&mut bench, ZED);
    follow(&mut bench, ("7", "Anna"));
    bench.twitchat(
        "SUBSCRIPTION",
        json!({ "tier": 1, "months": 1, "user": user(ZED), "giftCount": 1, "isGift": true,
            "recipients": [{ "uid": "7", "login": "Anna" }] }),
    );
    for person in ["zed_x", "anna"] {
        let name = format!("Dear {person}");
        bench.ask(
            json!({ "request": "EditCredits", "id": 1, "edit": "rename", "person": person,
            "name": name }),
        );
    }
    bench
}

/// Whether a reply or a row has any trace of Zed.
fn has_zed(text: &str) -> bool {
    let text = text.to_lowercase();
    text.contains("zed") || text.contains(ZED.0)
}

fn forget(bench: &mut Bench) -> Value {
    bench.ask(json!({ "request": "Forget", "id": 1, "person": "zed_x" }))
}

#[test]
fn a_forgotten_person_is_in_no_reply_and_no_row_and_all_others_are_as_before() {
    let mut bench = filled();
    let preview = bench.ask(json!({ "request": "Forget", "id": 1, "person": "Zed_X",
        "preview": true }));
    assert_eq!(
        (
            &preview["removed"],
            &preview["changed"],
            &preview["preview"]
        ),
        (&json!(3), &json!(1), &json!(true)),
        "{preview}"
    );
    assert!(has_zed(&bench.credits().to_string()));

    let reply = forget(&mut bench);
    assert_eq!(reply["status"], "ok", "{reply}");
    assert_eq!(
        (&reply["removed"], &reply["changed"]),
        (&json!(3), &json!(1))
    );
    assert_eq!(reply["sessions"].as_array().unwrap().len(), 2);
    assert!(!has_zed(&reply.to_string()), "{reply}");
    let credits = bench.credits();
    assert!(!has_zed(&credits.to_string()), "{credits}");
    assert_eq!(names(&credits["Events"]["Follows"]), ["Dear anna"]);
    for request in [
        json!({ "request": "GetActiveViewers", "id": 1 }),
        json!({ "request": "GetCredits", "id": 1, "session": 1, "extended": true }),
        json!({ "request": "GetRoll", "id": 1 }),
        json!({ "request": "GetStatus", "id": 1 }),
        json!({ "request": "TestCredits", "id": 1 }),
    ] {
        let reply = bench.ask(&request);
        assert!(!has_zed(&reply.to_string()), "{request}: {reply}");
    }
    for row in &bench.rows {
        assert!(!has_zed(&row.body), "{row:?}");
    }
    assert!(bench.people.iter().all(|person| !has_zed(&person.login)));
    assert!(bench.meta.values().all(|value| !has_zed(value)));
    let found = bench.ask(json!({ "request": "FindPerson", "id": 1, "person": "zed_x" }));
    assert_eq!(found["count"], 0);
    assert_eq!(
        bench.restarted().credits(),
        credits,
        "a restart changes nothing"
    );
}

#[test]
fn forgetting_is_no_ban_and_a_summary_brings_back_nothing_of_before() {
    let mut bench = filled();
    forget(&mut bench);
    let summary = json!({ "follows": [{ "uid": ZED.0, "login": ZED.1 },
        { "uid": "8", "login": "Ben" }] });
    let raw = serde_json::value::to_raw_value(&summary).unwrap();
    let left = |bench: &Bench| {
        let mut summary = crate::twitchat::summary::Summary::read(&raw).unwrap();
        let parts = &bench.bridge.parts;
        parts.ingest.leave_out_forgotten(&mut summary, &parts.base);
        summary.rows.len()
    };
    assert_eq!(left(&bench), 1);
    assert_eq!(left(&bench.restarted()), 1, "also after a restart");
    follow(&mut bench, ZED);
    let follows = bench.credits()["Events"]["Follows"].clone();
    assert_eq!(names(&follows), ["Dear anna", "Zed_X"]);
    bench.ask(json!({ "request": "ClearCredits", "id": 1 }));
    assert_eq!(left(&bench), 2, "the session has ended");
    assert!(!bench.meta["forgotten"].contains('"') || bench.meta["forgotten"].contains("[]"));
}

#[test]
fn the_roll_that_is_on_loses_the_name_where_it_stands() {
    let mut bench = filled();
    bench.ask(json!({ "request": "RollCredits", "id": 1 }));
    bench.pass(6_000);
    let roll = bench.ask(json!({ "request": "GetStatus", "id": 1 }))["overlay"]["roll"].clone();
    assert_eq!(roll["state"], "rolling", "{roll}");
    bench.sent();
    bench.receive(r#"{"request":"Forget","id":9,"person":"zed_x"}"#);
    bench.pass(1_000);
    let sent = bench.sent();
    let replaced = sent.iter().find(|message| message["command"] == "replace");
    let replaced = replaced.unwrap_or_else(|| panic!("{sent:?}"));
    assert!(!has_zed(&replaced.to_string()), "{replaced}");
    let page = bench.ask(json!({ "request": "OverlayReport", "id": 1, "page": "p",
        "state": "idle" }));
    assert!(!has_zed(&page.to_string()), "{page}");
    assert!(page.to_string().contains("Dear anna"), "{page}");
}

#[test]
fn what_the_config_does_not_allow_needs_a_permit() {
    let mut bench = Bench::up();
    follow(&mut bench, ZED);
    let refused = forget(&mut bench);
    let error = refused["error"].as_str().unwrap();
    assert!(
        error.contains("bus.allow") && error.contains("forget"),
        "{error}"
    );
    let preview = json!({ "request": "Forget", "id": 1, "person": "zed_x", "preview": true });
    assert_eq!(bench.ask(preview)["status"], "error");
    assert!(has_zed(&bench.credits().to_string()));
    // Whether a permit is good is decided by the shell.
    bench.sent();
    let request = json!({ "request": "Forget", "id": 1, "person": "zed_x", "permit": "word" });
    let effects = bench.bridge.handle(
        Input::Received(Received::read(&request.to_string()).unwrap()),
        bench.now,
    );
    let permits = effects.iter().filter_map(|effect| match effect {
        Effect::Forget { permit, .. } => permit.as_deref(),
        _ => None,
    });
    assert_eq!(permits.collect::<Vec<_>>(), ["word"]);
    let again = bench.bridge.handle(
        Input::Received(Received::read(&request.to_string()).unwrap()),
        bench.now,
    );
    assert!(
        again
            .iter()
            .all(|effect| !matches!(effect, Effect::Forget { .. }))
    );
}

#[test]
fn nobody_several_people_and_the_broadcaster_are_refused() {
    let mut settings = allowed();
    settings.broadcaster = Person::new("1", "owner", "Owner");
    let mut bench = Bench::with(settings, &[], Seq(0), &MetaValues::default(), START_MS);
    bench.input(Input::Up(info()));
    follow(&mut bench, ("1", "Owner"));
    follow(&mut bench, ("8", "Ben"));
    bench.ask(json!({ "request": "PublishEvent", "id": 1,
        "publish": { "source": "Kick", "type": "Follow" },
        "data": { "user": { "id": "9", "login": "ben", "name": "Ben", "type": "kick" } } }));
    for (person, words) in [
        ("nobody", "nobody is known as \"nobody\""),
        ("ben", "2 people are known as \"ben\""),
    ] {
        let reply = bench.ask(json!({ "request": "Forget", "id": 1, "person": person }));
        let error = reply["error"].as_str().unwrap();
        assert!(error.contains(words), "{person}: {error}");
    }
    let missing = bench.ask(json!({ "request": "Forget", "id": 1 }));
    assert!(
        missing["error"]
            .as_str()
            .unwrap()
            .starts_with("`person` is missing")
    );
    let done = bench.ask(json!({ "request": "Forget", "id": 1, "person": "kick:9" }));
    assert_eq!(done["status"], "ok", "{done}");
    assert_eq!(
        bench.ask(json!({ "request": "Forget", "id": 1, "person": "ben" }))["status"],
        "ok"
    );
}

/// A time that is always due would keep the engine busy without end.
#[test]
fn after_forgetting_nothing_is_due_at_once_with_and_without_a_roll() {
    for rolls in [false, true] {
        let mut bench = filled();
        if rolls {
            bench.ask(json!({ "request": "RollCredits", "id": 1, "seconds": 60 }));
        }
        forget(&mut bench);
        bench.pass(5_000);
        let (due_ms, now_ms) = (bench.bridge.due_ms(), bench.now.mono_ms);
        assert!(due_ms > now_ms, "rolls: {rolls}, {due_ms} at {now_ms}");
    }
}
