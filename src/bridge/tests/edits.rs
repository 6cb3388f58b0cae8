//! Tests corrections of the credits: they change replies and the current roll, an undo brings
//! everything back, and a restart changes nothing.

use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;

use super::*;

/// Sends a message of Twitchat with a fresh id, so that a test can repeat an event.
fn send_message(bench: &mut Bench, kind: &str, data: &Value) {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let id = format!("edits {}", COUNT.fetch_add(1, Ordering::Relaxed));
    bench.receive(
        &json!({ "origin": "twitchat", "type": kind, "id": id, "data": data }).to_string(),
    );
}

fn follow(bench: &mut Bench, id: &str, name: &str) {
    send_message(
        bench,
        "FOLLOW",
        &json!({ "user": { "id": id, "login": name.to_lowercase(), "displayName": name } }),
    );
}

fn cheer(bench: &mut Bench, id: &str, name: &str, bits: u64) {
    let user = json!({ "id": id, "login": name.to_lowercase(), "displayName": name });
    send_message(
        bench,
        "BITS",
        &json!({ "channel": "1", "bits": bits, "message": "Cheer", "user": user }),
    );
}

fn edit(bench: &mut Bench, fields: impl std::borrow::Borrow<Value>) -> Value {
    let mut request = json!({ "request": "EditCredits", "id": 1 });
    let all = request.as_object_mut().unwrap();
    all.extend(fields.borrow().as_object().unwrap().clone());
    bench.ask(request)
}

fn edits(bench: &mut Bench, fields: impl std::borrow::Borrow<Value>) {
    let reply = edit(bench, fields);
    assert_eq!(reply["status"], "ok", "{reply}");
}

fn undo(bench: &mut Bench, steps: u64) -> Value {
    bench.ask(json!({ "request": "Undo", "id": 1, "steps": steps }))
}

/// Two people who follow, one of whom cheers.
fn bench() -> Bench {
    let mut bench = Bench::up();
    follow(&mut bench, "7", "Anna");
    follow(&mut bench, "8", "Ben");
    cheer(&mut bench, "7", "Anna", 300);
    bench
}

fn follows(bench: &mut Bench) -> Vec<String> {
    let credits = bench.credits();
    let now = names(&credits["Events"]["Follows"])
        .into_iter()
        .map(str::to_owned)
        .collect();
    assert_eq!(
        bench.restarted().credits(),
        credits,
        "a restart changes nothing"
    );
    now
}

#[test]
fn a_hidden_person_is_left_out_everywhere_until_they_are_shown_again() {
    let mut bench = bench();
    let before = bench.credits();
    edits(&mut bench, json!({ "edit": "hide", "person": "anna" }));
    assert_eq!(follows(&mut bench), ["Ben"]);
    for request in ["GetCredits", "TestCredits", "GetRoll"] {
        let reply = bench.ask(json!({ "request": request, "id": 1, "extended": true }));
        assert!(!reply.to_string().contains("Anna"), "{reply}");
    }
    edits(&mut bench, json!({ "edit": "show", "person": "twitch:7" }));
    assert_eq!(bench.credits(), before);
}

#[test]
fn a_renamed_person_keeps_the_name_when_they_come_again() {
    let mut bench = bench();
    edits(
        &mut bench,
        json!({ "edit": "rename", "person": { "id": 7 }, "name": "Änna the First" }),
    );
    cheer(&mut bench, "7", "Anna", 5);
    assert_eq!(follows(&mut bench), ["Änna the First", "Ben"]);
    let found = bench.ask(json!({ "request": "FindPerson", "id": 1, "person": "the first" }));
    assert_eq!(found["people"][0]["person"], "twitch:7", "{found}");
}

#[test]
fn merged_people_stand_once_with_their_sums() {
    let mut bench = bench();
    cheer(&mut bench, "8", "Ben", 50);
    let merge = json!({ "edit": "merge", "person": "Anna", "into": "Ben", "preview": true });
    let preview = edit(&mut bench, merge);
    let line = |reply: &Value| {
        let entries = reply["entries"].as_array().unwrap();
        let cheers = entries.iter().find(|line| line["section"] == "Cheers");
        (
            cheers.unwrap()["name"].clone(),
            cheers.unwrap()["amount"].clone(),
        )
    };
    assert_eq!(line(&preview), (json!("Ben"), json!(350)));
    assert_eq!(
        follows(&mut bench),
        ["Anna", "Ben"],
        "a preview changes nothing"
    );
    let merge = json!({ "edit": "merge", "person": "Anna", "into": "Ben" });
    assert_eq!(line(&edit(&mut bench, merge.clone())), line(&preview));
    assert_eq!(follows(&mut bench), ["Ben"]);
    let credits = bench.credits();
    assert_eq!(names(&credits["TopBits"]["All"]), ["Ben"]);
    let again = edit(&mut bench, merge);
    assert!(
        again["error"].as_str().unwrap().contains("same person"),
        "{again}"
    );
    undo(&mut bench, 1);
    assert_eq!(follows(&mut bench), ["Anna", "Ben"]);
}

#[test]
fn a_removed_entry_is_found_by_its_id_and_others_of_the_person_stay() {
    let mut bench = bench();
    let credits = bench.credits();
    let entry = credits["extended"]["Cheers"][0]["entry"].clone();
    assert_eq!(
        bench.restarted().credits()["extended"]["Cheers"][0]["entry"],
        entry
    );
    edits(&mut bench, json!({ "edit": "remove", "entry": entry }));
    let credits = bench.credits();
    assert_eq!(credits["Events"]["Cheers"], json!([]));
    assert_eq!(follows(&mut bench), ["Anna", "Ben"]);
    let unknown = edit(&mut bench, json!({ "edit": "remove", "entry": "cheers-0" }));
    let error = unknown["error"].as_str().unwrap();
    assert!(error.contains("credits explain"), "{error}");
}

#[test]
fn what_was_added_can_be_removed_and_undone() {
    let mut bench = bench();
    let thanks = |bench: &mut Bench| bench.credits()["Custom"]["Thanks"].clone();
    edits(
        &mut bench,
        json!({ "edit": "add", "section": "Thanks", "value": "Mum" }),
    );
    bench.ask(json!({ "request": "AddToCredits", "id": 1, "section": "Thanks", "value": "Mum" }));
    assert_eq!(thanks(&mut bench), json!(["Mum"]));
    let entry = bench.credits()["extended"]["Custom"]["Thanks"][0]["entry"].clone();
    edits(&mut bench, json!({ "edit": "remove", "entry": entry }));
    assert_eq!(thanks(&mut bench), Value::Null);
    undo(&mut bench, 2);
    assert_eq!(
        thanks(&mut bench),
        json!(["Mum"]),
        "an overlay added it too"
    );
    follows(&mut bench);
}

#[test]
fn an_undo_leaves_later_events_as_they_are() {
    let mut bench = bench();
    edits(&mut bench, json!({ "edit": "hide", "person": "Anna" }));
    cheer(&mut bench, "7", "Anna", 44);
    follow(&mut bench, "9", "Cleo");
    let undone = undo(&mut bench, 1);
    assert_eq!(undone["undone"][0]["edit"], "hide", "{undone}");
    assert_eq!(undone["left"], 0);
    assert_eq!(follows(&mut bench), ["Anna", "Ben", "Cleo"]);
    assert_eq!(bench.credits()["extended"]["Cheers"][0]["amount"], 344);
    let nothing = undo(&mut bench, 1);
    assert!(
        nothing["error"]
            .as_str()
            .unwrap()
            .contains("nothing to undo"),
        "{nothing}"
    );
}

#[test]
fn edits_of_people_outlive_their_session_and_edits_of_entries_do_not() {
    let mut bench = bench();
    edits(&mut bench, json!({ "edit": "hide", "person": "Ben" }));
    edits(
        &mut bench,
        json!({ "edit": "rename", "person": "Anna", "name": "Queen" }),
    );
    edits(
        &mut bench,
        json!({ "edit": "add", "section": "Thanks", "value": "Mum" }),
    );
    let entry = bench.credits()["extended"]["Follows"][0]["entry"].clone();
    edits(&mut bench, json!({ "edit": "remove", "entry": entry }));
    bench.ask(json!({ "request": "ClearCredits", "id": 1 }));
    follow(&mut bench, "7", "Anna");
    follow(&mut bench, "8", "Ben");
    assert_eq!(follows(&mut bench), ["Queen"]);
    assert_eq!(bench.credits()["Custom"], json!({}));
    undo(&mut bench, 1);
    assert_eq!(follows(&mut bench), ["Anna"]);
}

#[test]
fn a_name_that_several_people_have_is_an_error_with_each_of_them() {
    let mut bench = bench();
    bench.ask(json!({ "request": "PublishEvent", "id": 1,
        "publish": { "source": "YouTube", "type": "NewSponsor" },
        "data": { "user": { "id": "UC5678901234567890123456", "name": "Anna" } } }));
    let reply = edit(&mut bench, json!({ "edit": "hide", "person": "ANNA" }));
    let error = reply["error"].as_str().unwrap();
    for choice in [
        "2 people",
        "twitch:7 (Anna)",
        "youtube:UC5678901234567890123456 (Anna)",
    ] {
        assert!(error.contains(choice), "{choice}: {error}");
    }
    let reply = edit(&mut bench, json!({ "edit": "hide", "person": "Ann" }));
    let error = reply["error"].as_str().unwrap();
    assert!(error.contains("people with similar names: "), "{error}");
}

#[test]
fn a_person_whom_a_setting_leaves_out_stays_out_with_a_warning() {
    let mut settings = settings();
    settings.credits.ignore.own.insert("ben".into());
    let mut bench = Bench::with(settings, &[], Seq(0), &MetaValues::default(), START_MS);
    bench.input(Input::Up(info()));
    follow(&mut bench, "8", "Ben");
    let reply = edit(&mut bench, json!({ "edit": "show", "person": "Ben" }));
    let warning = reply["warnings"][0].as_str().unwrap();
    assert!(warning.contains("credits.ignore"), "{reply}");
}

/// The names that the page shows in the section of followers; `None` for a hidden one.
fn shown(bench: &mut Bench) -> Vec<Option<String>> {
    bench.pass(1_000);
    let report = json!({ "request": "OverlayReport", "id": 1, "client": "late",
        "page": "credits", "state": "idle", "roll": null });
    let roll = bench.ask(report)["roll"].clone();
    let sections = roll["sections"].as_array().unwrap();
    let follows = sections.iter().find(|section| section["id"] == "follows");
    let names = follows.unwrap()["names"].as_array().unwrap();
    names
        .iter()
        .map(|name| name["name"].as_str().unwrap().trim().to_owned())
        .map(|name| (!name.is_empty()).then_some(name))
        .collect()
}

fn some(names: &[&str]) -> Vec<Option<String>> {
    let name = |name: &&str| (!name.is_empty()).then(|| (*name).to_owned());
    names.iter().map(name).collect()
}

#[test]
fn a_roll_that_is_on_follows_each_edit_where_the_name_stands() {
    let mut settings = settings();
    settings.overlay.wait_ms = 0;
    let mut bench = Bench::with(settings, &[], Seq(0), &MetaValues::default(), START_MS);
    bench.input(Input::Up(info()));
    follow(&mut bench, "7", "Anna");
    follow(&mut bench, "8", "Ben");
    let roll = json!({ "request": "RollCredits", "id": 1, "seconds": 300 });
    assert_eq!(bench.ask(roll)["status"], "ok");
    assert_eq!(shown(&mut bench), some(&["Anna", "Ben"]));
    let steps = [
        (json!({ "edit": "hide", "person": "Anna" }), ["", "Ben"]),
        (
            json!({ "edit": "rename", "person": "Ben", "name": "Benny" }),
            ["", "Benny"],
        ),
        (
            json!({ "edit": "show", "person": "Anna" }),
            ["Anna", "Benny"],
        ),
        (
            json!({ "edit": "merge", "person": "Ben", "into": "Anna" }),
            ["Anna", ""],
        ),
    ];
    for (fields, expected) in steps {
        edits(&mut bench, fields.clone());
        assert_eq!(shown(&mut bench), some(&expected), "{fields}");
    }
    let entry = bench.credits()["extended"]["Follows"][0]["entry"].clone();
    edits(&mut bench, json!({ "edit": "remove", "entry": entry }));
    assert_eq!(shown(&mut bench), some(&["", ""]));
    let back = [
        ["Anna", ""],
        ["Anna", "Benny"],
        ["", "Benny"],
        ["", "Ben"],
        ["Anna", "Ben"],
    ];
    for expected in back {
        undo(&mut bench, 1);
        assert_eq!(shown(&mut bench), some(&expected));
    }
}

#[derive(Debug, Clone)]
enum Step {
    Follow(u8),
    Cheer(u8),
    Hide(u8),
    Show(u8),
    Rename(u8),
    Merge(u8, u8),
    Add(u8),
    RemoveFirst,
    Undo(u8),
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..4_u8;
    prop_oneof![
        who.clone().prop_map(Step::Follow),
        who.clone().prop_map(Step::Cheer),
        who.clone().prop_map(Step::Hide),
        who.clone().prop_map(Step::Show),
        who.clone().prop_map(Step::Rename),
        (who.clone(), who.clone()).prop_map(|(who, into)| Step::Merge(who, into)),
        who.clone().prop_map(Step::Add),
        Just(Step::RemoveFirst),
        (1..4_u8).prop_map(Step::Undo),
        Just(Step::Restart),
    ]
}

/// Carries out the steps. Without `with_edits`, only the events happen.
fn after(steps: &[Step], with_edits: bool) -> Bench {
    let mut bench = Bench::up();
    let id = |who: &u8| (u32::from(*who) + 7).to_string();
    let name = |who: &u8| format!("Person{who}");
    for step in steps {
        let fields = match step {
            Step::Follow(who) => {
                follow(&mut bench, &id(who), &name(who));
                continue;
            }
            Step::Cheer(who) => {
                cheer(&mut bench, &id(who), &name(who), 100);
                continue;
            }
            Step::Restart => {
                bench = bench.restarted();
                continue;
            }
            _ if !with_edits => continue,
            Step::Undo(steps) => {
                undo(&mut bench, u64::from(*steps));
                continue;
            }
            Step::Hide(who) => json!({ "edit": "hide", "person": { "id": id(who) } }),
            Step::Show(who) => json!({ "edit": "show", "person": { "id": id(who) } }),
            Step::Rename(who) => json!({ "edit": "rename", "person": { "id": id(who) },
                "name": format!("New{who}") }),
            Step::Merge(who, into) => json!({ "edit": "merge", "person": { "id": id(who) },
                "into": { "id": id(into) } }),
            Step::Add(who) => json!({ "edit": "add", "section": "Thanks", "value": who }),
            Step::RemoveFirst => {
                let credits = bench.credits();
                let entry = credits["extended"]["Cheers"][0]["entry"].clone();
                json!({ "edit": "remove", "entry": entry })
            }
        };
        edit(&mut bench, fields);
    }
    bench
}

/// Requests take a moment, so the times of later events differ.
fn without_times(mut credits: Value) -> Value {
    for lines in credits["extended"].as_object_mut().unwrap().values_mut() {
        for line in lines.as_array_mut().into_iter().flatten() {
            let line = line.as_object_mut().unwrap();
            line.remove("first");
            line.remove("last");
        }
    }
    credits
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn edits_events_restarts_and_undos_in_any_order_lose_nothing(
        steps in proptest::collection::vec(step(), 1..30),
    ) {
        let mut bench = after(&steps, true);
        let credits = bench.credits();
        prop_assert_eq!(bench.restarted().credits(), credits);
        undo(&mut bench, 1_000);
        let events = without_times(after(&steps, false).credits());
        prop_assert_eq!(without_times(bench.credits()), events);
    }
}
