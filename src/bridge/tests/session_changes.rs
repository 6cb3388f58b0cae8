//! Tests sessions that are reopened, joined, split and deleted: their credits afterwards, and that
//! a restart changes nothing.

use std::borrow::Borrow;

use super::*;
use crate::request::{Guarded, Permissions};

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

/// Makes a request that must succeed.
fn done(bench: &mut Bench, request: impl Borrow<Value>) -> Value {
    let request = request.borrow();
    let reply = bench.ask(request);
    assert_eq!(reply["status"], "ok", "{request}: {reply}");
    reply
}

fn error(bench: &mut Bench, request: impl Borrow<Value>) -> String {
    let request = request.borrow();
    let reply = bench.ask(request);
    let error = reply["error"].as_str();
    error.unwrap_or_else(|| panic!("{request}: {reply}")).into()
}

fn clear(bench: &mut Bench) {
    bench.pass(60_000);
    done(bench, json!({ "request": "ClearCredits", "id": 1 }));
    bench.pass(60_000);
}

fn reopen(bench: &mut Bench, session: impl Into<Value>) -> Value {
    let session = session.into();
    done(
        bench,
        json!({ "request": "ReopenSession", "id": 1, "session": session }),
    )
}

fn credits_of(bench: &mut Bench, session: u64) -> Value {
    let mut reply = done(
        bench,
        json!({ "request": "GetCredits", "id": "credits", "spelling": "legacy", "extended": true,
            "session": session }),
    );
    for key in ["seq", "bridge", "origin", "id", "status"] {
        reply.as_object_mut().unwrap().remove(key);
    }
    reply
}

fn follows_of(bench: &mut Bench, session: u64) -> Value {
    credits_of(bench, session)["Events"]["Follows"].clone()
}

/// The number of each listed session, whether it runs, and its number of rows.
fn listed(bench: &mut Bench) -> Vec<(u64, bool, u64)> {
    let reply = done(bench, json!({ "request": "ListSessions", "id": 1 }));
    let sessions = reply["sessions"].as_array().unwrap().iter();
    sessions
        .map(|session| {
            let number = |key: &str| session[key].as_u64().unwrap();
            let runs = session["running"].as_bool().unwrap();
            (number("id"), runs, number("rows"))
        })
        .collect()
}

/// The sessions, and the credits of each of them.
fn everything(bench: &mut Bench) -> Value {
    let sessions = listed(bench);
    let credits: Vec<_> = sessions
        .iter()
        .map(|(id, ..)| credits_of(bench, *id))
        .collect();
    json!([sessions, credits])
}

/// Asserts that a restart changes nothing, and returns the credits.
fn checked(bench: &mut Bench) -> Value {
    let before = everything(bench);
    assert_eq!(everything(&mut bench.restarted()), before, "a restart");
    bench.credits()
}

/// Two sessions that have ended, and a running one.
fn bench() -> Bench {
    let mut settings = settings();
    settings.permissions = Permissions {
        allow: vec![Guarded::DeleteSession],
        ..Permissions::default()
    };
    let mut bench = Bench::with(settings, &[], Seq(0), &MetaValues::default(), START_MS);
    bench.input(Input::Up(info()));
    follow(&mut bench, "7", "Anna");
    cheer(&mut bench, "7", "Anna", 300);
    clear(&mut bench);
    follow(&mut bench, "8", "Ben");
    cheer(&mut bench, "8", "Ben", 50);
    clear(&mut bench);
    follow(&mut bench, "9", "Cleo");
    bench
}

#[test]
fn a_reopened_session_goes_on_and_the_one_that_ran_keeps_what_counted_in_it() {
    let mut bench = bench();
    let first = credits_of(&mut bench, 1);
    let reply = reopen(&mut bench, 1);
    assert_eq!(
        (
            &reply["session"]["id"],
            &reply["session"]["running"],
            &reply["session"]["ended"]
        ),
        (&json!(1), &json!(true), &Value::Null)
    );
    assert_eq!(
        (&reply["ended"]["id"], &reply["ended"]["rows"]),
        (&json!(3), &json!(1))
    );
    let now = checked(&mut bench);
    assert_eq!(now["Events"], first["Events"]);
    assert_eq!(names(&now["TopBits"]["All"]), ["Anna", "Ben"]);
    follow(&mut bench, "10", "Dora");
    cheer(&mut bench, "7", "Anna", 5);
    assert_eq!(follows_of(&mut bench, 1), json!(["Anna", "Dora"]));
    let credits = checked(&mut bench);
    assert_eq!(credits["extended"]["Cheers"][0]["amount"], 305);
    assert_eq!(follows_of(&mut bench, 3), json!(["Cleo"]));
    assert_eq!(
        listed(&mut bench),
        [(3, false, 1), (2, false, 2), (1, true, 4)]
    );
    clear(&mut bench);
    assert_eq!(bench.bridge.session().id.0, 4, "no number is used twice");
    assert_eq!(follows_of(&mut bench, 1), json!(["Anna", "Dora"]));
    checked(&mut bench);
}

#[test]
fn reopening_the_last_session_takes_a_clear_back() {
    let mut bench = bench();
    let before = everything(&mut bench);
    done(&mut bench, json!({ "request": "ClearCredits", "id": 1 }));
    let reply = reopen(&mut bench, "last");
    assert_eq!(reply["ended"], Value::Null, "nothing counted in it");
    assert_eq!(everything(&mut bench), before);
    checked(&mut bench);
    clear(&mut bench);
    assert_eq!(bench.bridge.session().id.0, 5);
}

#[test]
fn adjacent_sessions_become_one() {
    let mut bench = bench();
    let reply = done(
        &mut bench,
        json!({ "request": "JoinSessions", "id": 1, "sessions": [2, "1"] }),
    );
    assert_eq!(
        (
            &reply["session"]["id"],
            &reply["session"]["rows"],
            &reply["gone"]
        ),
        (&json!(1), &json!(4), &json!(2))
    );
    assert_eq!(follows_of(&mut bench, 1), json!(["Anna", "Ben"]));
    checked(&mut bench);
    done(
        &mut bench,
        json!({ "request": "JoinSessions", "id": 1, "sessions": ["last", "running"] }),
    );
    assert_eq!(listed(&mut bench), [(1, true, 5)]);
    follow(&mut bench, "10", "Dora");
    let credits = checked(&mut bench);
    assert_eq!(
        names(&credits["Events"]["Follows"]),
        ["Anna", "Ben", "Cleo", "Dora"]
    );
    assert_eq!(bench.bridge.session().started_ms, START_MS);
}

#[test]
fn only_adjacent_sessions_are_joined() {
    let mut bench = bench();
    let join =
        |sessions: Value| json!({ "request": "JoinSessions", "id": 1, "sessions": sessions });
    let far = error(&mut bench, join(json!([1, 3])));
    assert!(
        far.starts_with("sessions 1 and 3 are not adjacent: between them there is 2 (")
            && far.ends_with("Join 1 with 2 first"),
        "{far}"
    );
    let same = error(&mut bench, join(json!([3, "running"])));
    assert!(same.starts_with("both are the same session: 3 ("), "{same}");
    let unknown = error(&mut bench, join(json!([1, 9])));
    assert!(unknown.starts_with("there is no session 9"), "{unknown}");
    assert_eq!(
        listed(&mut bench),
        [(3, true, 1), (2, false, 2), (1, false, 2)]
    );
}

#[test]
fn a_session_is_split_at_a_time_and_joined_again() {
    let mut bench = bench();
    bench.pass(600_000);
    let before = everything(&mut bench);
    let at_ms = bench.now.wall_ms - 300_000;
    follow(&mut bench, "10", "Dora");
    let reply = done(
        &mut bench,
        json!({ "request": "SplitSession", "id": 1, "session": 3,
            "at": time::instant(at_ms) }),
    );
    let shown = |place: usize, key: &str| reply["sessions"][place][key].clone();
    assert_eq!(
        (shown(0, "id"), shown(0, "rows"), shown(0, "running")),
        (json!(3), json!(1), json!(false))
    );
    assert_eq!(
        (shown(1, "id"), shown(1, "rows"), shown(1, "running")),
        (json!(4), json!(1), json!(true))
    );
    assert_eq!(
        (shown(0, "ended"), shown(1, "cause")),
        (shown(1, "started"), json!("split"))
    );
    let credits = checked(&mut bench);
    assert_eq!(names(&credits["Events"]["Follows"]), ["Dora"]);
    assert_eq!(follows_of(&mut bench, 3), json!(["Cleo"]));
    let first = json!({ "request": "SplitSession", "id": 1, "session": 1,
        "at": time::instant(START_MS + 30_000) });
    done(&mut bench, first);
    assert_eq!(follows_of(&mut bench, 5), json!([]));
    assert_eq!(follows_of(&mut bench, 1), json!(["Anna"]));
    checked(&mut bench);
    for sessions in [json!([1, 5]), json!([3, 4])] {
        done(
            &mut bench,
            json!({ "request": "JoinSessions", "id": 1, "sessions": sessions }),
        );
    }
    assert_eq!(
        listed(&mut bench),
        [(3, true, 2), (2, false, 2), (1, false, 2)]
    );
    assert_eq!(everything(&mut bench)[1][1], before[1][1]);
    assert_eq!(everything(&mut bench)[1][2], before[1][2]);
    checked(&mut bench);
}

#[test]
fn a_time_to_split_at_lies_within_the_session() {
    let mut bench = bench();
    let mut split = |at: &str| {
        error(
            &mut bench,
            json!({ "request": "SplitSession", "id": 1, "session": 2, "at": at }),
        )
    };
    let early = split("2026-01-01T00:00:00Z");
    assert!(
        early.starts_with("`at` must be within session 2, after 2026-05-28 20:27:40 and before ")
            && early.ends_with("(got 2026-01-01 00:00:00)"),
        "{early}"
    );
    let late = split("20:00");
    assert!(late.ends_with("(got 2026-05-29 20:00:00)"), "{late}");
}

#[test]
fn a_deleted_session_leaves_the_leaderboards_and_edits_and_bans_stay() {
    let mut bench = bench();
    let ban = json!({ "request": "PublishEvent", "id": 1,
        "publish": { "source": "Twitch", "type": "UserBanned" },
        "data": { "targetUser": { "id": "11", "login": "troll", "name": "Troll" } } });
    done(&mut bench, ban);
    let edit = |edit: Value| {
        let mut request = json!({ "request": "EditCredits", "id": 1 });
        let all = request.as_object_mut().unwrap();
        all.extend(edit.as_object().unwrap().clone());
        request
    };
    done(
        &mut bench,
        edit(json!({ "edit": "rename", "person": "twitch:7", "name": "Queen" })),
    );
    cheer(&mut bench, "9", "Cleo", 1_000);
    clear(&mut bench);
    follow(&mut bench, "7", "Anna");
    let delete = |session: u64| json!({ "request": "DeleteSession", "id": 1, "session": session });
    let mut preview = delete(3);
    preview["preview"] = true.into();
    let would_go = done(&mut bench, preview);
    assert_eq!(
        (&would_go["deleted"]["rows"], &would_go["preview"]),
        (&json!(4), &json!(true))
    );
    assert_eq!(listed(&mut bench).len(), 4, "a preview changes nothing");
    let deleted = done(&mut bench, delete(3));
    assert_eq!(deleted["deleted"]["id"], 3);
    assert_eq!(
        listed(&mut bench),
        [(4, true, 1), (2, false, 2), (1, false, 2)]
    );
    for bench in [&mut bench.restarted(), &mut bench] {
        let troll = json!({ "request": "FindPerson", "id": 1, "person": "twitch:11" });
        assert_eq!(done(bench, troll)["people"][0]["banned"], true);
    }
    let credits = checked(&mut bench);
    assert_eq!(names(&credits["Events"]["Follows"]), ["Queen"]);
    assert_eq!(names(&credits["TopBits"]["All"]), ["Queen", "Ben"]);
    done(&mut bench, json!({ "request": "Undo", "id": 1 }));
    let credits = checked(&mut bench);
    assert_eq!(names(&credits["Events"]["Follows"]), ["Anna"]);
}

#[test]
fn numbers_of_deleted_rows_and_sessions_are_not_used_again() {
    let mut bench = bench();
    let last = bench.last;
    done(&mut bench, json!({ "request": "ClearCredits", "id": 1 }));
    reopen(&mut bench, 2);
    let delete = json!({ "request": "DeleteSession", "id": 1, "session": 3 });
    done(&mut bench, delete);
    assert_eq!(listed(&mut bench), [(2, true, 2), (1, false, 2)]);
    let mut bench = bench.restarted();
    follow(&mut bench, "12", "Eve");
    assert_eq!(bench.rows.last().unwrap().seq, Seq(last.0 + 1));
    clear(&mut bench);
    assert_eq!(bench.bridge.session().id.0, 5);
}

#[test]
fn the_running_session_cannot_be_deleted_nor_any_without_permission() {
    let mut bench = bench();
    let delete = json!({ "request": "DeleteSession", "id": 1, "session": "running" });
    let running = error(&mut bench, delete.clone());
    assert!(running.contains("ClearCredits"), "{running}");
    let mut bench = bench.restarted();
    for preview in [false, true] {
        let mut delete = delete.clone();
        (delete["session"], delete["preview"]) = (1.into(), preview.into());
        let refused = error(&mut bench, delete);
        assert!(refused.contains("`bus.allow`"), "{refused}");
    }
    assert_eq!(listed(&mut bench).len(), 3);
}

#[test]
fn what_arrives_while_the_journal_is_read_counts_where_it_belongs() {
    for request in [
        json!({ "request": "ReopenSession", "id": "change", "session": 2 }),
        json!({ "request": "JoinSessions", "id": "change", "sessions": [2, 3] }),
        json!({ "request": "SplitSession", "id": "change", "session": 3,
            "at": time::instant(START_MS + 250_000) }),
        json!({ "request": "DeleteSession", "id": "change", "session": 2 }),
    ] {
        let mut bench = bench();
        bench.pass(60_000);
        bench.reads = false;
        bench.receive(&request.to_string());
        follow(&mut bench, "10", "Dora");
        let question = bench.next_question().unwrap();
        let answer = bench.read_journal(&question);
        follow(&mut bench, "11", "Emil");
        bench.journal_read(answer);
        follow(&mut bench, "12", "Fay");
        bench.reads = true;
        let replies = bench.sent();
        let reply = replies.iter().find(|reply| reply["id"] == "change");
        assert_eq!(reply.unwrap()["status"], "ok", "{request}: {reply:?}");
        let names = listed(&mut bench)
            .iter()
            .flat_map(|(id, ..)| {
                let follows = follows_of(&mut bench, *id);
                follows.as_array().unwrap().clone()
            })
            .collect::<Vec<_>>();
        for name in ["Dora", "Emil", "Fay"] {
            let times = names.iter().filter(|one| *one == name).count();
            assert_eq!(times, 1, "{name} in {names:?} after {request}");
        }
        checked(&mut bench);
    }
}

#[test]
fn a_session_that_begins_while_the_journal_is_read_makes_it_be_read_again() {
    let mut bench = bench();
    let before = bench.readings;
    bench.reads = false;
    bench.receive(r#"{"request":"ReopenSession","id":"change","session":1}"#);
    let question = bench.next_question().unwrap();
    let answer = bench.read_journal(&question);
    bench.receive(r#"{"request":"ClearCredits","id":"clear"}"#);
    follow(&mut bench, "10", "Dora");
    bench.journal_read(answer);
    assert_eq!(bench.bridge.session().id.0, 4, "not yet");
    assert!(bench.read());
    bench.reads = true;
    assert_eq!(
        (bench.readings, bench.bridge.session().id.0),
        (before + 1, 1)
    );
    assert_eq!(
        listed(&mut bench),
        [(4, false, 1), (3, false, 1), (2, false, 2), (1, true, 2)]
    );
    checked(&mut bench);
}

#[test]
fn a_change_waits_until_what_came_before_it_is_on_disk() {
    let mut bench = bench();
    bench.commits = false;
    follow(&mut bench, "10", "Dora");
    bench.receive(r#"{"request":"JoinSessions","id":"change","sessions":[2,3]}"#);
    assert_eq!(listed_without_asking(&bench), [1, 2, 3]);
    bench.commits = true;
    bench.input(Input::Tick);
    assert_eq!(listed_without_asking(&bench), [1, 2]);
    let credits = checked(&mut bench);
    assert_eq!(
        names(&credits["Events"]["Follows"]),
        ["Ben", "Cleo", "Dora"]
    );
}

fn listed_without_asking(bench: &Bench) -> Vec<u64> {
    let mut ids: Vec<_> = bench.sessions.iter().map(|session| session.id.0).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn a_change_is_refused_while_the_store_fails_also_if_it_fails_meanwhile() {
    let mut bench = bench();
    let join = json!({ "request": "JoinSessions", "id": "change", "sessions": [1, 2] });
    bench.reads = false;
    bench.receive(&join.to_string());
    let question = bench.next_question().unwrap();
    let answer = bench.read_journal(&question);
    bench.commits = false;
    bench.input(Input::StoreFailed("disk full".into()));
    bench.sent();
    bench.journal_read(answer);
    let reply = bench.sent().remove(0);
    let refused = |reply: &Value| reply["error"].as_str().unwrap().contains("disk full");
    assert!(refused(&reply), "{reply}");
    bench.reads = true;
    let reply = bench.ask(&join);
    assert!(refused(&reply), "{reply}");
    bench.input(Input::StoreHealed);
    bench.commits = true;
    assert_eq!(listed(&mut bench).len(), 3);
    done(&mut bench, join);
    checked(&mut bench);
}

#[test]
fn a_summary_does_not_bring_back_what_counts_in_another_session() {
    let offset_ms = |bench: &Bench| {
        let from_ms = bench.bridge.parts.base.model.summary_from_ms();
        assert_eq!(
            bench.restarted().bridge.parts.base.model.summary_from_ms(),
            from_ms
        );
        from_ms
    };
    let mut bench = bench();
    let third_ms = offset_ms(&bench);
    done(&mut bench, json!({ "request": "ClearCredits", "id": 1 }));
    reopen(&mut bench, "last");
    assert_eq!(offset_ms(&bench), third_ms, "nothing counted meanwhile");
    bench.pass(60_000);
    reopen(&mut bench, 1);
    assert_eq!(offset_ms(&bench), bench.now.wall_ms);
    bench.pass(60_000);
    clear(&mut bench);
    let started_ms = bench.bridge.session().started_ms;
    let sessions = json!(["last", "running"]);
    done(
        &mut bench,
        json!({ "request": "JoinSessions", "id": 1, "sessions": sessions }),
    );
    assert_eq!(offset_ms(&bench), started_ms);
}

#[test]
fn a_stream_that_begins_soon_after_a_session_was_reopened_stays_in_it() {
    for (pause_ms, expected) in [(29 * 60_000, 1), (31 * 60_000, 4)] {
        let mut bench = bench();
        bench.input(Input::StreamChanged { active: true });
        bench.input(Input::StreamChanged { active: false });
        bench.pass(3 * 3_600_000);
        reopen(&mut bench, 1);
        bench.pass(pause_ms);
        let mut bench = bench.restarted();
        bench.input(Input::StreamChanged { active: true });
        assert_eq!(bench.bridge.session().id.0, expected);
    }
}

#[test]
fn a_session_that_was_reopened_while_no_bridge_ran_goes_on_at_the_next_start() {
    let mut bench = bench();
    bench.input(Input::Stopping);
    bench.now.wall_ms += 20 * 3_600_000;
    let reopened_ms = bench.now.wall_ms;
    for session in &mut bench.sessions {
        session.ended_ms = (session.id.0 != 2).then_some(reopened_ms);
    }
    bench.meta.insert("resumed_ms", reopened_ms.to_string());
    bench.now.wall_ms += 3_600_000;
    assert_eq!(bench.restarted().bridge.session().id.0, 2);
    bench.now.wall_ms += 12 * 3_600_000;
    let later = bench.restarted();
    assert_eq!(
        (later.bridge.session().id.0, &*later.bridge.session().cause),
        (4, "closed")
    );
}

#[test]
fn a_roll_goes_on_through_a_change_and_follows_later_edits() {
    let mut bench = bench();
    let roll = json!({ "request": "RollCredits", "id": 1, "seconds": 300 });
    done(&mut bench, roll);
    bench.pass(6_000);
    let shown = |bench: &mut Bench| {
        bench.pass(1_000);
        let report = json!({ "request": "OverlayReport", "id": 1, "client": "late",
            "page": "credits", "state": "idle", "roll": null });
        bench.ask(report)["roll"]["sections"].to_string()
    };
    let begun = shown(&mut bench);
    assert!(begun.contains("Cleo"), "{begun}");
    reopen(&mut bench, 1);
    assert_eq!(shown(&mut bench), begun);
    done(
        &mut bench,
        json!({ "request": "EditCredits", "id": 1, "edit": "rename", "person": "twitch:9",
            "name": "Cleopatra" }),
    );
    let renamed = shown(&mut bench);
    assert!(renamed.contains("Cleopatra"), "{renamed}");
    done(
        &mut bench,
        json!({ "request": "EditCredits", "id": 1, "edit": "hide", "person": "twitch:9" }),
    );
    assert!(!shown(&mut bench).contains("Cleo"));
}

#[test]
fn people_who_wrote_nothing_that_counts_stay_active_viewers() {
    let mut bench = bench();
    bench.pass(60_000);
    // A second message of the same person makes no row.
    for _ in 0..2 {
        bench.twitchat(
            "MESSAGE",
            json!({ "channel": "1", "message": "hi", "user": user("9", "Cleo") }),
        );
        bench.pass(60_000);
    }
    let viewers = |bench: &mut Bench| {
        let reply = done(bench, json!({ "request": "GetActiveViewers", "id": 1 }));
        reply["viewers"].clone()
    };
    let before = viewers(&mut bench);
    done(
        &mut bench,
        json!({ "request": "JoinSessions", "id": 1, "sessions": [1, 2] }),
    );
    assert_eq!(viewers(&mut bench), before);
}

#[test]
fn a_rule_cannot_change_sessions() {
    let mut bench = bench();
    let call = crate::request::read(r#"{"request":"ReopenSession","session":1}"#)
        .unwrap()
        .call
        .unwrap();
    let error = calls::act(&mut bench.bridge.parts, call, "", bench.now).unwrap_err();
    assert!(error.to_string().contains("over OBS"), "{error}");
}
