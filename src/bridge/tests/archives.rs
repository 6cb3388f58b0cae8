//! Tests requests about sessions that have ended, and about the events behind a person's entries.

use super::*;
use crate::request;

fn user(id: &str, name: &str) -> Value {
    json!({ "id": id, "login": name.to_lowercase(), "displayName": name })
}

fn follow(bench: &mut Bench, id: &str, name: &str) {
    bench.twitchat("FOLLOW", json!({ "user": user(id, name) }));
}

fn cheer(bench: &mut Bench, id: &str, name: &str, bits: u64) {
    bench.twitchat(
        "BITS",
        json!({ "channel": "1", "bits": bits, "message": "Cheer", "user": user(id, name) }),
    );
}

fn clear(bench: &mut Bench) {
    bench.pass(60_000);
    assert_eq!(
        bench.ask(json!({ "request": "ClearCredits", "id": 1 }))["status"],
        "ok"
    );
    bench.pass(60_000);
}

/// The credits of a session, without the envelope.
fn credits_of(bench: &mut Bench, session: impl Into<Value>) -> Value {
    let session = session.into();
    let mut reply = bench.ask(json!({ "request": "GetCredits", "id": "credits",
        "spelling": "legacy", "extended": true, "session": session }));
    for key in ["seq", "bridge", "origin", "id", "status"] {
        reply.as_object_mut().unwrap().remove(key);
    }
    reply
}

/// A bridge with two ended sessions and a running one, and the last credits of the ended ones.
fn bench() -> (Bench, Value, Value) {
    let mut bench = Bench::up();
    follow(&mut bench, "7", "Anna");
    cheer(&mut bench, "7", "Anna", 300);
    bench.ask(json!({ "request": "AddToCredits", "id": 1, "section": "Thanks", "value": "Mum" }));
    let first = bench.credits();
    clear(&mut bench);
    follow(&mut bench, "8", "Ben");
    cheer(&mut bench, "8", "Ben", 50);
    let second = bench.credits();
    clear(&mut bench);
    cheer(&mut bench, "8", "Ben", 5_000);
    (bench, first, second)
}

#[test]
fn a_session_that_has_ended_has_the_credits_that_it_had_and_so_it_has_after_a_restart() {
    let (mut bench, first, second) = bench();
    let now = bench.credits();
    for bench in [&mut bench.restarted(), &mut bench] {
        assert_eq!(credits_of(bench, 1), first);
        assert_eq!(credits_of(bench, "last"), second);
        assert_eq!(credits_of(bench, 3), now);
        assert_eq!(bench.credits(), now, "the running one is as before");
    }
}

#[test]
fn what_is_known_of_people_now_holds_in_a_session_that_has_ended() {
    let (mut bench, ..) = bench();
    let edit = |bench: &mut Bench, fields: Value| {
        let mut request = json!({ "request": "EditCredits", "id": 1 });
        let all = request.as_object_mut().unwrap();
        all.extend(fields.as_object().unwrap().clone());
        assert_eq!(bench.ask(request)["status"], "ok");
    };
    let follows = |bench: &mut Bench| credits_of(bench, 1)["Events"]["Follows"].clone();
    assert_eq!(follows(&mut bench), json!(["Anna"]));
    edit(
        &mut bench,
        json!({ "edit": "rename", "person": "anna", "name": "Änna" }),
    );
    assert_eq!(follows(&mut bench), json!(["Änna"]));
    edit(&mut bench, json!({ "edit": "hide", "person": "anna" }));
    assert_eq!(follows(&mut bench), json!([]));
    assert_eq!(follows(&mut bench.restarted()), json!([]));
    bench.ask(json!({ "request": "Undo", "id": 1, "steps": 2 }));
    bench.ask(json!({ "request": "PublishEvent", "id": 1,
            "publish": { "source": "Twitch", "type": "UserBanned" },
            "data": { "targetUser": { "id": "7", "login": "anna", "name": "Anna" } } }));
    assert_eq!(follows(&mut bench), json!([]), "a ban counts too");
}

#[test]
fn a_session_is_read_once_for_several_requests_until_something_changes() {
    let (mut bench, ..) = bench();
    let before = bench.readings;
    credits_of(&mut bench, 1);
    bench.ask(json!({ "request": "GetSession", "id": 1, "session": 1 }));
    follow(&mut bench, "9", "Cleo");
    credits_of(&mut bench, 1);
    assert_eq!(bench.readings, before + 1);
    bench.ask(json!({ "request": "EditCredits", "id": 1, "edit": "hide", "person": "Anna" }));
    credits_of(&mut bench, 1);
    assert_eq!(bench.readings, before + 2);
    bench.pass(61_000);
    credits_of(&mut bench, 1);
    assert_eq!(bench.readings, before + 3);
    credits_of(&mut bench, 3);
    assert_eq!(bench.readings, before + 3, "the running one is in memory");
    let third = bench.credits();
    credits_of(&mut bench, "last");
    bench.ask(json!({ "request": "ClearCredits", "id": 1 }));
    assert_eq!(
        credits_of(&mut bench, "last"),
        third,
        "another one is the last now"
    );
}

#[test]
fn sessions_are_listed_and_described() {
    let (mut bench, ..) = bench();
    let reply = bench.ask(json!({ "request": "ListSessions", "id": 1 }));
    let ids: Vec<_> = reply["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|session| (&session["id"], &session["running"]))
        .collect();
    let expected = [(json!(3), true), (json!(2), false), (json!(1), false)]
        .map(|(id, running)| (id, json!(running)));
    assert_eq!(
        ids,
        expected
            .iter()
            .map(|(id, running)| (id, running))
            .collect::<Vec<_>>()
    );
    let session = bench.ask(json!({ "request": "GetSession", "id": 1, "session": "1" }));
    let session = &session["session"];
    assert_eq!(
        (&session["id"], &session["rows"], &session["sections"]),
        (
            &json!(1),
            &json!(3),
            &json!({ "Cheers": 1, "Follows": 1, "Thanks": 1 })
        )
    );
    let unknown = bench.ask(json!({ "request": "GetSession", "id": 1, "session": 9 }));
    let error = unknown["error"].as_str().unwrap();
    assert!(
        error.contains("there is no session 9; the last ones are: 3 ("),
        "{error}"
    );
}

#[test]
fn the_credits_of_an_earlier_session_roll_and_hide_whoever_is_hidden_then() {
    let (mut bench, ..) = bench();
    let running = bench.ask(json!({ "request": "GetRoll", "id": 1 }));
    assert!(!running["roll"].to_string().contains("Anna"), "{running}");
    let earlier = bench.ask(json!({ "request": "GetRoll", "id": 1, "session": 1 }));
    assert!(
        earlier["roll"]["sections"].to_string().contains("Anna"),
        "{earlier}"
    );
    let begun = bench.ask(json!({ "request": "RollCredits", "id": 1, "session": 1 }));
    assert_eq!(begun["status"], "ok", "{begun}");
    let report = json!({ "request": "OverlayReport", "id": 1, "state": "idle" });
    let shown = bench.ask(&report)["roll"]["sections"].to_string();
    assert!(shown.contains("Anna") && shown.contains("Mum"), "{shown}");
    bench.ask(json!({ "request": "EditCredits", "id": 1, "edit": "hide", "person": "Anna" }));
    let shown = bench.ask(&report)["roll"]["sections"].to_string();
    assert!(!shown.contains("Anna") && shown.contains("Mum"), "{shown}");
}

#[test]
fn every_event_behind_the_entries_of_a_person_is_explained() {
    let (mut bench, ..) = bench();
    cheer(&mut bench, "8", "Ben", 70);
    follow(&mut bench, "7", "Anna");
    bench.ask(
        json!({ "request": "EditCredits", "id": 1, "edit": "rename", "person": "ben",
            "name": "B" }),
    );
    let credits = bench.credits();
    let entry = credits["extended"]["Cheers"][0]["entry"].clone();
    for bench in [&mut bench.restarted(), &mut bench] {
        let reply = bench.ask(json!({ "request": "ExplainPerson", "id": 1, "person": "twitch:8" }));
        assert_eq!(reply["person"]["name"], "B", "{reply}");
        assert_eq!(reply["entries"][0]["entry"], entry);
        let events: Vec<_> = reply["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| (event["kind"].as_str().unwrap(), event["sections"].clone()))
            .collect();
        let cheers = json!([{ "section": "Cheers", "entry": entry }]);
        assert_eq!(
            events,
            [
                ("BITS", cheers.clone()),
                ("BITS", cheers),
                ("rename", Value::Null)
            ]
        );
        let earlier = bench.ask(
            json!({ "request": "ExplainPerson", "id": 1, "person": "twitch:8", "session": 2 }),
        );
        assert_eq!(earlier["events"].as_array().unwrap().len(), 2, "{earlier}");
        assert_eq!(earlier["events"][0]["source"], "Twitchat");
    }
    let nobody = bench.ask(json!({ "request": "ExplainPerson", "id": 1, "person": "Zoe" }));
    assert!(
        nobody["error"]
            .as_str()
            .unwrap()
            .contains("nobody is known"),
        "{nobody}"
    );
}

#[test]
fn an_event_that_does_not_count_says_why() {
    let mut bench = Bench::up();
    let raid = json!({ "request": "PublishEvent", "id": 1,
        "publish": { "source": "Twitch", "type": "Raid" },
        "data": { "userId": "42", "userName": "fox", "displayName": "Fox", "viewers": 12 } });
    bench.ask(&raid);
    bench.ask(&raid);
    let reply = bench.ask(json!({ "request": "ExplainPerson", "id": 1, "person": "fox" }));
    let counted: Vec<_> = reply["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["counted"].clone())
        .collect();
    // A repeat that changes nothing has no row.
    assert!(counted.first() == Some(&json!(true)), "{reply}");
}

#[test]
fn a_request_waits_until_what_came_before_it_is_on_disk_and_others_do_not() {
    let (mut bench, first, _) = bench();
    bench.commits = false;
    follow(&mut bench, "9", "Cleo");
    bench.sent();
    bench.receive(r#"{"request":"GetCredits","id":"old","session":1,"spelling":"legacy"}"#);
    assert_eq!(bench.readings, 0);
    bench.receive(r#"{"request":"GetInfo","id":"info"}"#);
    let ids: Vec<_> = bench
        .sent()
        .iter()
        .map(|reply| reply["id"].clone())
        .collect();
    assert!(
        ids.contains(&json!("info")) && !ids.contains(&json!("old")),
        "{ids:?}"
    );
    bench.commits = true;
    bench.input(Input::Tick);
    let replies = bench.sent();
    let old = replies.iter().find(|reply| reply["id"] == "old").unwrap();
    assert_eq!(old["Events"], first["Events"]);
}

#[test]
fn a_rule_cannot_wait_for_the_journal() {
    let (mut bench, ..) = bench();
    let call = request::read(r#"{"request":"GetCredits","session":1}"#)
        .unwrap()
        .call
        .unwrap();
    let error = calls::act(&mut bench.bridge.parts, call, "", bench.now).unwrap_err();
    assert!(error.to_string().contains("over OBS"), "{error}");
}
