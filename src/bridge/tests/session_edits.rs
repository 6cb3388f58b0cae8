//! Tests corrections of sessions that have ended.

use std::borrow::Borrow;

use super::*;

fn user(id: &str, name: &str) -> Value {
    json!({ "id": id, "login": name.to_lowercase(), "displayName": name })
}

fn follow(bench: &mut Bench, id: &str, name: &str) {
    bench.twitchat("FOLLOW", json!({ "user": user(id, name) }));
}

fn ask(bench: &mut Bench, request: &str, fields: impl Borrow<Value>) -> Value {
    let mut whole = json!({ "request": request, "id": "ask" });
    let all = whole.as_object_mut().unwrap();
    all.extend(fields.borrow().as_object().unwrap().clone());
    bench.ask(whole)
}

/// Makes a request that must succeed.
fn done(bench: &mut Bench, request: &str, fields: impl Borrow<Value>) -> Value {
    let reply = ask(bench, request, fields);
    assert_eq!(reply["status"], "ok", "{reply}");
    reply
}

/// A session with two people that has ended, and a running one with both of them.
fn bench() -> Bench {
    let mut bench = Bench::up();
    follow(&mut bench, "7", "Anna");
    follow(&mut bench, "8", "Ben");
    done(&mut bench, "ClearCredits", json!({}));
    follow(&mut bench, "7", "Anna");
    follow(&mut bench, "8", "Ben");
    bench
}

/// The followers of the first session and of the running one. Checks that a restart does not change
/// them.
fn follows(bench: &mut Bench) -> [Value; 2] {
    let read = |bench: &mut Bench| {
        [json!({ "session": 1 }), json!({})].map(|fields| {
            let credits = done(bench, "GetCredits", fields);
            credits["events"]["follows"].clone()
        })
    };
    let now = read(bench);
    assert_eq!(read(&mut bench.restarted()), now, "a restart");
    now
}

/// The id of the first entry of the first session's followers.
fn entry(bench: &mut Bench) -> Value {
    let fields = json!({ "session": 1, "extended": true });
    done(bench, "GetCredits", fields)["extended"]["Follows"][0]["entry"].clone()
}

#[test]
fn an_entry_is_left_out_of_its_session_alone_until_it_is_undone_there() {
    let mut bench = bench();
    let both = json!(["Anna", "Ben"]);
    let entry = entry(&mut bench);
    let remove = json!({ "session": 1, "edit": "remove", "entry": entry });
    let mut preview = remove.clone();
    preview["preview"] = true.into();
    let reply = done(&mut bench, "EditCredits", preview);
    assert_eq!(
        (&reply["session"], &reply["preview"]),
        (&json!(1), &json!(true))
    );
    assert_eq!(follows(&mut bench), [both.clone(), both.clone()]);
    let reply = done(&mut bench, "EditCredits", remove);
    assert_eq!(reply["edit"]["of"]["name"], "Anna", "{reply}");
    assert_eq!(follows(&mut bench), [json!(["Ben"]), both.clone()]);
    let nothing = ask(&mut bench, "Undo", json!({}));
    assert!(
        nothing["error"].as_str().unwrap().contains("to undo"),
        "the running session has no edits: {nothing}"
    );
    let reply = done(&mut bench, "Undo", json!({ "session": "last", "steps": 5 }));
    assert_eq!(
        (
            &reply["undone"][0]["edit"],
            &reply["left"],
            &reply["session"]
        ),
        (&json!("remove"), &json!(0), &json!(1))
    );
    assert_eq!(follows(&mut bench), [both.clone(), both]);
    let nothing = ask(&mut bench, "Undo", json!({ "session": 1 }));
    let error = nothing["error"].as_str().unwrap();
    assert!(
        error.contains("no edit is in effect in session 1"),
        "{error}"
    );
}

#[test]
fn a_value_is_added_to_an_earlier_session() {
    let mut bench = bench();
    let add = json!({ "session": 1, "edit": "add", "section": "Thanks", "value": "Mum" });
    done(&mut bench, "EditCredits", add);
    for bench in [&mut bench.restarted(), &mut bench] {
        let earlier = done(bench, "GetCredits", json!({ "session": 1 }));
        assert_eq!(earlier["custom"]["Thanks"], json!(["Mum"]), "{earlier}");
        assert_eq!(bench.credits()["Custom"], json!({}));
    }
}

#[test]
fn an_edit_of_a_person_applies_to_all_sessions_with_a_warning() {
    let mut bench = bench();
    let rename = json!({ "session": 1, "edit": "rename", "person": "anna", "name": "Queen" });
    let reply = done(&mut bench, "EditCredits", rename);
    assert_eq!(
        reply["warnings"],
        json!(["an edit of a person applies to all sessions"])
    );
    assert_eq!(reply["entries"][0]["name"], "Queen", "{reply}");
    let renamed = json!(["Queen", "Ben"]);
    assert_eq!(follows(&mut bench), [renamed.clone(), renamed]);
    let hide = json!({ "session": 1, "edit": "hide", "person": "ben" });
    done(&mut bench, "EditCredits", hide);
    assert_eq!(follows(&mut bench), [json!(["Queen"]), json!(["Queen"])]);
    let reply = done(&mut bench, "Undo", json!({ "session": 1, "steps": 2 }));
    assert_eq!(
        reply["warnings"],
        json!(["an edit of a person is undone in all sessions"])
    );
    let both = json!(["Anna", "Ben"]);
    assert_eq!(follows(&mut bench), [both.clone(), both]);
}

#[test]
fn edits_stay_with_their_entries_when_sessions_are_joined() {
    let mut bench = bench();
    let entry = entry(&mut bench);
    let remove = json!({ "session": 1, "edit": "remove", "entry": entry });
    done(&mut bench, "EditCredits", remove);
    done(&mut bench, "JoinSessions", json!({ "sessions": [1, 2] }));
    let joined = |bench: &mut Bench| bench.credits()["Events"]["Follows"].clone();
    assert_eq!(joined(&mut bench), json!(["Ben"]));
    assert_eq!(joined(&mut bench.restarted()), json!(["Ben"]));
    done(&mut bench, "Undo", json!({}));
    assert_eq!(joined(&mut bench), json!(["Anna", "Ben"]));
    assert_eq!(joined(&mut bench.restarted()), json!(["Anna", "Ben"]));
}

#[test]
fn a_session_that_runs_is_corrected_at_once_however_it_is_named() {
    let mut bench = bench();
    let day = time::instant(START_MS);
    let (day, _) = day.split_once('T').unwrap();
    done(&mut bench, "JoinSessions", json!({ "sessions": [1, 2] }));
    for session in [json!(1), json!("running"), json!(day)] {
        let hide = json!({ "session": session, "edit": "hide", "person": "ben" });
        let reply = done(&mut bench, "EditCredits", hide);
        assert_eq!(reply.get("session"), None, "{reply}");
        assert_eq!(names(&bench.credits()["Events"]["Follows"]), ["Anna"]);
        let undo = json!({ "session": session });
        done(&mut bench, "Undo", undo);
    }
    assert_eq!(
        names(&bench.credits()["Events"]["Follows"]),
        ["Anna", "Ben"]
    );
}

#[test]
fn an_edit_of_an_earlier_session_is_refused_while_the_store_fails() {
    let mut bench = bench();
    bench.commits = false;
    bench.input(Input::StoreFailed("disk full".into()));
    let add = json!({ "session": 1, "edit": "add", "section": "Thanks", "value": "Mum" });
    let reply = ask(&mut bench, "EditCredits", add);
    let error = reply["error"].as_str().unwrap();
    assert!(error.contains("disk full"), "{error}");
}
