//! Tests bans: replies and rolls leave banned people out and show them again after the ban, and the
//! bridge asks Twitchat for its summary because of bans.

use std::sync::atomic::{AtomicU64, Ordering};

use super::*;
use crate::credits::roll::{CreditsPlan, Kind, Plan};

const NAME: &str = "Mallory";

fn user() -> Value {
    json!({ "id": "66", "login": "mallory", "displayName": NAME })
}

fn cheer(bits: u64) -> Value {
    json!({ "channel": "1", "bits": bits, "message": "Cheer", "user": user() })
}

/// Sends a message of Twitchat with a fresh id, so that a test can repeat an event.
fn send_message(bench: &mut Bench, kind: &str, data: impl std::borrow::Borrow<Value>) {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let id = format!("bans {}", COUNT.fetch_add(1, Ordering::Relaxed));
    bench.receive(
        &json!({ "origin": "twitchat", "type": kind, "id": id, "data": data.borrow() }).to_string(),
    );
}

fn publish(bench: &mut Bench, kind: &str, data: impl serde::Serialize) -> Value {
    bench.ask(
        json!({ "request": "PublishEvent", "id": 1, "publish": { "source": "Twitch",
        "type": kind }, "data": data }),
    )
}

fn ban(bench: &mut Bench) {
    assert_eq!(
        publish(bench, "UserBanned", json!({ "user": user() }))["status"],
        "ok"
    );
}

/// A bridge that has just received Twitchat's summary.
fn bench_with(settings: Settings) -> Bench {
    let mut bench = Bench::with(settings, &[], Seq(0), &MetaValues::default(), START_MS);
    bench.input(Input::Up(info()));
    send_message(&mut bench, "LABEL_OVERLAY_PLACEHOLDERS", json!({}));
    summary(&mut bench, json!({}));
    bench
}

/// A bridge that has received the summary, with a person who has followed, cheered, redeemed a
/// reward and written.
fn bench() -> Bench {
    let mut bench = bench_with(settings());
    happens(&mut bench);
    bench
}

fn happens(bench: &mut Bench) {
    send_message(bench, "FOLLOW", json!({ "user": user() }));
    send_message(bench, "BITS", cheer(500));
    send_message(
        bench,
        "MESSAGE_FIRST",
        json!({ "channel": "1", "message": "hi", "user": user() }),
    );
    send_message(
        bench,
        "REWARD_REDEEM",
        json!({ "channel": "1", "message": "", "user": user(), "reward": { "id": "r1",
            "title": "Hydrate", "cost": 100 } }),
    );
}

/// Returns whether the bridge had asked for one.
fn summary(bench: &mut Bench, lists: Value) -> bool {
    let asked = asked(bench);
    let mut data = lists;
    data["labels"] = json!({ "no_entry": "-" });
    send_message(bench, "SUMMARY_DATA", data);
    asked > 0
}

/// How often the bridge has asked for the summary since the last call.
fn asked(bench: &mut Bench) -> usize {
    bench
        .sent()
        .iter()
        .filter(|message| message["type"] == "GET_SUMMARY_DATA")
        .count()
}

/// Makes the bridge ask for the summary again, as after a reconnect, and sends one.
fn summary_again(bench: &mut Bench, lists: Value) {
    bench.input(Input::Down);
    bench.input(Input::Up(info()));
    bench.sent();
    send_message(bench, "LABEL_OVERLAY_PLACEHOLDERS", json!({}));
    bench.pass(2_100);
    assert!(summary(bench, lists), "it was asked for");
}

fn chatter(count: u64, bans: u64, timeouts: u64) -> Value {
    json!({ "chatters": [{ "uid": "66", "login": NAME, "count": count, "bans": bans,
        "tos": timeouts, "tosDuration": 600 * timeouts }] })
}

/// The names of the replies that contain the person's name.
fn named(bench: &mut Bench) -> Vec<&'static str> {
    ["GetCredits", "TestCredits", "GetRoll", "GetActiveViewers"]
        .into_iter()
        .filter(|request| {
            let reply = bench.ask(json!({ "request": request, "id": 1, "extended": true }));
            assert_eq!(reply["status"], "ok", "{reply}");
            reply.to_string().contains(NAME)
        })
        .collect()
}

const EVERYWHERE: [&str; 4] = ["GetCredits", "TestCredits", "GetRoll", "GetActiveViewers"];

fn is_banned(bench: &mut Bench) -> bool {
    let named = named(bench);
    let after = self::named(&mut bench.restarted());
    assert_eq!(named, after, "a restart changes nothing");
    assert!(named.is_empty() || named == EVERYWHERE, "{named:?}");
    named.is_empty()
}

#[test]
fn a_published_ban_leaves_them_out_of_everything_until_it_is_lifted() {
    let mut bench = bench();
    let before = bench.credits();
    assert!(!is_banned(&mut bench));
    ban(&mut bench);
    assert!(is_banned(&mut bench));
    let credits = bench.credits();
    assert_eq!(
        (
            names(&credits["TopBits"]["All"]),
            names(&credits["TopChannelRewards"])
        ),
        (vec![], vec![]),
        "leaderboards too"
    );
    publish(
        &mut bench,
        "UserUnbanned",
        json!({ "targetUser": user(), "user": { "id": "1", "login": "a_mod", "name": "A_Mod" } }),
    );
    assert!(!is_banned(&mut bench));
    assert_eq!(bench.credits(), before);
}

#[test]
fn the_moderator_of_a_ban_is_not_banned() {
    let mut bench = bench();
    publish(
        &mut bench,
        "UserBanned",
        json!({ "user": user(), "targetUser": { "id": "67", "login": "other", "name": "Other" } }),
    );
    assert!(!is_banned(&mut bench));
}

#[test]
fn a_ban_without_an_id_is_of_whoever_has_the_name() {
    let mut bench = bench();
    publish(&mut bench, "UserBanned", json!({ "userName": "MALLORY" }));
    assert!(is_banned(&mut bench));
}

#[test]
fn a_timeout_is_no_ban_wherever_it_comes_from() {
    let mut bench = bench();
    publish(
        &mut bench,
        "UserTimedOut",
        json!({ "user": user(), "duration": 600 }),
    );
    publish(
        &mut bench,
        "UserBanned",
        json!({ "user": user(), "is_permanent": false, "ends_at": "2026-11-21T20:00:00Z" }),
    );
    summary_again(&mut bench, chatter(0, 0, 1));
    assert!(!is_banned(&mut bench));
}

#[test]
fn a_summary_bans_who_is_in_it_with_a_ban_and_nothing_else() {
    let mut bench = bench();
    let mut with_follow = chatter(0, 1, 0);
    with_follow["follows"] = json!([{ "uid": "66", "login": NAME }]);
    for (lists, expected) in [
        (chatter(3, 1, 0), false),
        (with_follow.clone(), false),
        (chatter(0, 1, 0), true),
        (with_follow, false),
    ] {
        summary_again(&mut bench, lists);
        assert_eq!(is_banned(&mut bench), expected);
    }
    summary_again(&mut bench, chatter(0, 1, 0));
    assert!(is_banned(&mut bench));
    summary_again(&mut bench, chatter(1, 1, 0));
    assert!(!is_banned(&mut bench));
}

#[test]
fn a_summary_that_was_asked_for_before_the_ban_does_not_end_it() {
    let mut bench = bench();
    bench.input(Input::Down);
    bench.input(Input::Up(info()));
    send_message(&mut bench, "LABEL_OVERLAY_PLACEHOLDERS", json!({}));
    bench.pass(2_100);
    ban(&mut bench);
    send_message(&mut bench, "SUMMARY_DATA", chatter(3, 0, 0));
    assert!(is_banned(&mut bench));
}

#[test]
fn the_ban_that_was_lifted_is_not_found_again_in_a_summary_and_a_new_one_is() {
    let mut bench = bench();
    summary_again(&mut bench, chatter(0, 1, 0));
    publish(&mut bench, "UserUnbanned", json!({ "user": user() }));
    assert!(!is_banned(&mut bench));
    summary_again(&mut bench, chatter(0, 1, 0));
    assert!(!is_banned(&mut bench));
    summary_again(&mut bench, chatter(0, 2, 0));
    assert!(is_banned(&mut bench));
}

#[test]
fn what_they_do_ends_the_ban_if_it_was_known_for_more_than_ten_seconds() {
    let tasks = [
        (
            "MESSAGE_FIRST",
            json!({ "channel": "1", "message": "I am back", "user": user() }),
        ),
        ("BITS", cheer(1)),
        (
            "SUBSCRIPTION",
            json!({ "channel": "1", "tier": 1, "user": user() }),
        ),
        ("FOLLOW", json!({ "user": user() })),
        (
            "REWARD_REDEEM",
            json!({ "channel": "1", "user": user(), "reward": { "id": "r2", "title": "Stretch",
                "cost": 5 } }),
        ),
    ];
    for (kind, data) in tasks {
        let mut bench = bench();
        ban(&mut bench);
        bench.pass(10_000);
        send_message(&mut bench, kind, &data);
        assert!(is_banned(&mut bench), "{kind}: OBS may have held it up");
        bench.pass(1);
        send_message(&mut bench, kind, &data);
        assert!(!is_banned(&mut bench), "{kind}");
    }
}

#[test]
fn a_published_chat_line_ends_the_ban_too() {
    let mut bench = bench();
    ban(&mut bench);
    bench.pass(11_000);
    publish(
        &mut bench,
        "ChatMessage",
        json!({ "user": user(), "text": "I am back" }),
    );
    assert!(!is_banned(&mut bench));
}

#[test]
fn what_is_not_their_own_deed_does_not_end_the_ban() {
    let mut bench = bench();
    ban(&mut bench);
    bench.pass(60_000);
    let other = json!({ "id": "67", "login": "other", "displayName": "Other" });
    send_message(
        &mut bench,
        "MESSAGE_DELETED",
        json!({ "channel": "1", "message": "hi", "user": user() }),
    );
    send_message(
        &mut bench,
        "MESSAGE_READ",
        json!({ "channel": "1", "message": "hi", "user": user() }),
    );
    send_message(
        &mut bench,
        "SUBSCRIPTION",
        json!({ "channel": "1", "tier": 1, "user": other, "is_gift": true, "isGift": true,
            "recipients": [user()] }),
    );
    send_message(
        &mut bench,
        "LABEL_OVERLAY_PLACEHOLDERS",
        json!({ "RAID_NAME": { "type": "string", "value": NAME } }),
    );
    for replay in [json!(true), json!("count")] {
        let message = json!({ "origin": "twitchat", "type": "FOLLOW", "id": replay.to_string(),
            "data": { "user": user() }, "replay": replay });
        bench.receive(&message.to_string());
    }
    assert!(is_banned(&mut bench));
}

#[test]
fn a_chat_line_in_another_channel_does_not_end_the_ban() {
    let settings = Settings {
        broadcaster: Person::new("1", "owner", ""),
        ..settings()
    };
    let mut bench = bench_with(settings);
    happens(&mut bench);
    ban(&mut bench);
    bench.pass(11_000);
    send_message(
        &mut bench,
        "MESSAGE_FIRST",
        json!({ "channel": "2", "message": "hi there", "user": user() }),
    );
    assert_eq!(named(&mut bench), [""; 0]);
    send_message(
        &mut bench,
        "MESSAGE_FIRST",
        json!({ "channel": "1", "message": "hi here", "user": user() }),
    );
    assert_eq!(named(&mut bench), EVERYWHERE);
}

#[test]
fn a_ban_outlives_sessions_and_so_does_its_end() {
    let mut bench = bench();
    ban(&mut bench);
    bench.pass(1_000);
    bench.ask(json!({ "request": "ClearCredits", "id": 1 }));
    assert_eq!(
        (
            bench.credits()["TopBits"]["All"].clone(),
            bench.restarted().credits()["TopBits"]["All"].clone()
        ),
        (json!([]), json!([]))
    );
    bench.pass(20_000);
    send_message(&mut bench, "BITS", cheer(5));
    assert!(!is_banned(&mut bench));
    bench.ask(json!({ "request": "ClearCredits", "id": 1 }));
    assert_eq!(
        (
            names(&bench.credits()["TopBits"]["All"]),
            names(&bench.restarted().credits()["TopBits"]["All"])
        ),
        (vec![NAME], vec![NAME])
    );
}

#[test]
fn the_setting_brings_everybody_back() {
    let mut shows = settings();
    shows.credits.ignore.banned = false;
    let mut bench = bench_with(shows);
    happens(&mut bench);
    ban(&mut bench);
    send_message(
        &mut bench,
        "MESSAGE_DELETED",
        json!({ "channel": "1", "message": "hi", "user": user() }),
    );
    assert_eq!(named(&mut bench), EVERYWHERE);
    asked(&mut bench);
    bench.pass(300_000);
    assert_eq!(asked(&mut bench), 0, "nothing to ask for");
}

#[test]
fn the_bans_section_still_lists_them_and_the_timeouts_section_does_not() {
    let plan = |kind: Kind| Plan::of(kind.name(), &[kind]);
    let script = CreditsPlan {
        sections: [Kind::Bans, Kind::Timeouts].map(plan).to_vec(),
        ..CreditsPlan::default()
    };
    let overlay = io::Overlay {
        script,
        ..io::Overlay::default()
    };
    let mut bench = bench_with(Settings {
        overlay,
        ..settings()
    });
    happens(&mut bench);
    summary_again(&mut bench, chatter(0, 1, 1));
    let roll = bench.ask(json!({ "request": "GetRoll", "id": 1 }))["roll"].clone();
    let named: Vec<_> = roll["sections"]
        .as_array()
        .unwrap()
        .iter()
        .map(|section| section["id"].as_str().unwrap())
        .collect();
    assert_eq!(named, ["bans"]);
}

#[test]
fn a_deletion_is_a_reason_to_ask_and_asking_goes_on_with_deletions() {
    let mut bench = bench();
    let delete = |bench: &mut Bench| {
        send_message(
            bench,
            "MESSAGE_DELETED",
            json!({ "channel": "1", "message": "hi", "user": user() }),
        );
    };
    // Each question gets an answer, because the bridge repeats unanswered ones.
    let count = |bench: &mut Bench, ms: u64| {
        let mut count = 0;
        for _ in 0..ms / 1_000 {
            bench.pass(1_000);
            let asked = asked(bench);
            if asked > 0 {
                send_message(
                    bench,
                    "SUMMARY_DATA",
                    json!({ "labels": { "no_entry": "-" } }),
                );
            }
            count += asked;
        }
        count
    };
    bench.pass(10_000);
    bench.sent();
    delete(&mut bench);
    assert_eq!(
        (count(&mut bench, 9_000), count(&mut bench, 2_000)),
        (0, 1),
        "ten seconds after the first"
    );
    assert_eq!(
        (count(&mut bench, 48_000), count(&mut bench, 2_000)),
        (0, 1),
        "a minute after the last"
    );
    assert_eq!(count(&mut bench, 200_000), 0);
    let mut all = 0;
    for _ in 0..60 {
        delete(&mut bench);
        all += count(&mut bench, 3_000);
    }
    assert_eq!(all, 3, "10, 70 and 130 s after the first of 180 s");
    assert_eq!(
        count(&mut bench, 200_000),
        2,
        "190 s after the first, and a minute after the last"
    );
}

#[test]
fn a_roll_asks_before_it_begins_and_each_minute_while_it_is_on() {
    let mut bench = bench();
    bench.pass(5_000);
    asked(&mut bench);
    let answer = |bench: &mut Bench| {
        let asked = asked(bench);
        if asked > 0 {
            send_message(
                bench,
                "SUMMARY_DATA",
                json!({ "labels": { "no_entry": "-" } }),
            );
        }
        asked
    };
    bench.receive(&json!({ "request": "RollCredits", "id": 1, "seconds": 300 }).to_string());
    bench.pass(10);
    assert_eq!(answer(&mut bench), 1, "before");
    let mut during = 0;
    for _ in 0..320 {
        bench.pass(1_000);
        during += answer(&mut bench);
    }
    assert_eq!(during, 4, "after 60, 120, 180 and 240 s");
    bench.ask(json!({ "request": "RollCredits", "id": 1, "test": true, "seconds": 300 }));
    bench.pass(200_000);
    assert_eq!(asked(&mut bench), 0, "a test is not worth it");
}

#[test]
fn a_running_roll_hides_and_shows_names_where_they_stand() {
    let mut bench = bench();
    send_message(
        &mut bench,
        "FOLLOW",
        json!({ "user": { "id": "67", "login": "other", "displayName": "Other" } }),
    );
    bench.pass(5_000);
    bench.receive(&json!({ "request": "RollCredits", "id": 1, "seconds": 300 }).to_string());
    bench.pass(10);
    assert!(summary(&mut bench, json!({})), "the roll waits for it");
    let late = |bench: &mut Bench| {
        let report = json!({ "request": "OverlayReport", "id": 1, "client": "late",
            "page": "credits", "state": "idle", "roll": null });
        bench.ask(report)["roll"].clone()
    };
    let follows = |roll: &Value| {
        let sections = roll["sections"].as_array().unwrap();
        let place = sections
            .iter()
            .position(|section| section["id"] == "follows")
            .unwrap();
        (place, sections[place]["names"].clone())
    };
    let before = late(&mut bench);
    let (place, names) = follows(&before);
    assert_eq!(
        (names, before.get("replaced")),
        (json!([{ "name": NAME }, { "name": "Other" }]), None)
    );

    let control = |bench: &mut Bench, publish: &str| {
        bench.sent();
        bench.receive(
            &json!({ "request": "PublishEvent", "id": 1, "publish": { "source": "Twitch",
                "type": publish }, "data": { "user": user() } })
            .to_string(),
        );
        bench
            .sent()
            .into_iter()
            .find(|message| message["overlay"] == "control")
            .unwrap_or_default()
    };
    let hides = control(&mut bench, "UserBanned");
    assert_eq!(
        (&hides["command"], &hides["roll"]),
        (&json!("replace"), &before["id"])
    );
    let of_follows = |control: &Value| {
        let list = control["value"].as_array().unwrap();
        list.iter()
            .find(|one| one["at"] == json!([place, 0]))
            .unwrap()["name"]
            .clone()
    };
    assert_eq!(of_follows(&hides), Value::Null);
    let during = late(&mut bench);
    assert!(!during.to_string().contains(NAME), "{during}");
    assert_eq!(
        (follows(&during).1, &during["replaced"]),
        (
            json!([{ "name": "\u{a0}" }, { "name": "Other" }]),
            &hides["value"]
        )
    );

    bench.pass(300);
    let shows = control(&mut bench, "UserUnbanned");
    assert_eq!(of_follows(&shows), json!({ "name": NAME }));
    assert_eq!(follows(&late(&mut bench)).1, follows(&before).1);

    // In a flood of bans, pages are informed a few times a second, and always of the last state.
    bench.pass(1_000);
    bench.sent();
    let mut controls = Vec::new();
    for round in 0..21 {
        let kind = if round % 2 == 0 {
            "UserBanned"
        } else {
            "UserUnbanned"
        };
        let request = json!({ "request": "PublishEvent", "publish": { "source": "Twitch",
            "type": kind }, "data": { "user": user() } });
        bench.receive(&request.to_string());
        bench.pass(10);
        controls.extend(
            bench
                .sent()
                .into_iter()
                .filter(|message| message["command"] == "replace"),
        );
    }
    bench.pass(1_000);
    controls.extend(
        bench
            .sent()
            .into_iter()
            .filter(|message| message["command"] == "replace"),
    );
    assert_eq!((controls.len(), of_follows(&controls[1])), (2, Value::Null));
}

#[test]
fn last_gives_the_one_before_and_labels_follow_at_once() {
    let toml = "[[label]]\nsource = \"Newest\"\ntext = \"{{ last('Follow').name }}\"\n";
    let rules = crate::automation::Rulebook::of_toml(toml).unwrap().shared();
    let mut bench = bench_with(Settings {
        rules,
        ..settings()
    });
    bench.input(Input::Done {
        ticket: io::Ticket::Label(0),
        outcome: Ok(()),
    });
    send_message(
        &mut bench,
        "FOLLOW",
        json!({ "user": { "id": "67", "login": "other", "displayName": "Other" } }),
    );
    send_message(&mut bench, "FOLLOW", json!({ "user": user() }));
    assert_eq!(written(&mut bench).as_deref(), Some(NAME));
    // `ban` cannot be used here, because it also takes the write of the label.
    let banned = json!({ "request": "PublishEvent", "publish": { "source": "Twitch",
        "type": "UserBanned" }, "data": { "user": user() } });
    bench.receive(&banned.to_string());
    assert_eq!(written(&mut bench).as_deref(), Some("Other"));
    bench.pass(11_000);
    send_message(
        &mut bench,
        "MESSAGE_FIRST",
        json!({ "channel": "1", "message": "back", "user": user() }),
    );
    assert_eq!(written(&mut bench).as_deref(), Some(NAME));
}

/// The text of the label, if it was written since the last call. Confirms the writes.
fn written(bench: &mut Bench) -> Option<String> {
    let mut text = None;
    loop {
        bench.pass(400);
        let asked =
            std::mem::take(&mut bench.effects)
                .into_iter()
                .find_map(|effect| match effect {
                    Effect::Ask {
                        ticket,
                        request: crate::automation::ObsRequest::SetInputSettings { settings, .. },
                    } => Some((ticket, settings)),
                    _ => None,
                });
        let Some((ticket, settings)) = asked else {
            return text;
        };
        text = settings["text"].as_str().map(str::to_owned);
        bench.input(Input::Done {
            ticket,
            outcome: Ok(()),
        });
    }
}
