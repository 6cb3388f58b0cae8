//! Follows Twitchat's settings of its end credits: while somebody changes them, during a roll, and
//! after a restart; and the question for them.

use super::roll::{bench_with, overlay, report, sent};
use super::*;
use crate::bridge::io::{Overlay, Reload};
use crate::credits::roll::{Follow, Kind, Plan};

const CONFIGS: [&str; 2] = ["ENDING_CREDITS_CONFIGS", "ON_ENDING_CREDITS_CONFIGS"];

fn following() -> Overlay {
    Overlay {
        follow: Follow::Twitchat,
        wait_ms: 0,
        ..overlay()
    }
}

fn with(overlay: Overlay) -> Settings {
    Settings {
        overlay,
        ..settings()
    }
}

fn follow(bench: &mut Bench, name: &str) {
    let user = json!({ "id": name, "login": name, "displayName": name });
    bench.twitchat("FOLLOW", json!({ "user": user }));
}

/// Settings with two sections: followers with this title, and a text.
fn params(title: &str) -> Value {
    json!({ "scale": 30, "speed": 200, "timing": "speed", "colorTitle": "#e04e00",
        "slots": [
            { "id": "slot-1", "slotType": "follows", "label": title, "maxEntries": 100,
                "enabled": true, "layout": "col" },
            { "id": "slot-2", "slotType": "text", "label": "", "text": "Bye", "enabled": true,
                "layout": "center" },
        ] })
}

/// The roll as it would begin now.
fn roll(bench: &mut Bench) -> Value {
    bench.ask(json!({ "request": "GetRoll", "id": "roll" }))["roll"].clone()
}

fn titles(roll: &Value) -> Vec<&str> {
    let sections = roll["sections"].as_array().unwrap();
    sections
        .iter()
        .map(|section| section["title"].as_str().unwrap_or_default())
        .collect()
}

fn status(bench: &mut Bench) -> Value {
    let reply = bench.ask(json!({ "request": "GetStatus", "id": "status" }));
    reply["overlay"]["follow"].clone()
}

/// Messages to pages since the last call.
fn to_pages(bench: &mut Bench) -> Vec<Value> {
    let sent = bench.sent().into_iter();
    sent.filter(|message| message.get("overlay").is_some())
        .collect()
}

fn questions(bench: &mut Bench) -> Vec<Value> {
    let sent = bench.sent().into_iter();
    let is_question = |message: &Value| {
        ["GET_SUMMARY_DATA", "GET_ENDING_CREDITS_DATA"]
            .contains(&message["type"].as_str().unwrap_or_default())
    };
    sent.filter(is_question)
        .map(|message| message["data"].clone())
        .collect()
}

#[test]
fn the_recorded_settings_of_both_versions_move_the_page() {
    for (file, kind, speed, text) in [
        (
            "twitchat_examples.ndjson",
            CONFIGS[0],
            200.0,
            "Thanks for 3 hours of chaos",
        ),
        (
            "twitchat_v17_examples.ndjson",
            CONFIGS[1],
            200.0,
            "See you on Friday",
        ),
    ] {
        let line = fixture(file)
            .into_iter()
            .find(|line| line.contains(&format!("\"{kind}\"")));
        let mut bench = bench_with(following());
        follow(&mut bench, "Zed");
        assert_eq!(
            roll(&mut bench)["look"]["speed"],
            Value::Null,
            "the default"
        );
        bench.receive(&line.unwrap());
        let roll = roll(&mut bench);
        assert_eq!(
            (&roll["look"]["speed"], &roll["look"]["scale"]),
            (&json!(speed), &json!(0.646))
        );
        let sections = roll["sections"].as_array().unwrap();
        assert_eq!(
            (
                &sections[0]["title"],
                &sections[0]["names"][0]["name"],
                &sections[1]["text"]
            ),
            (&json!("New followers"), &json!("Zed"), &json!(text))
        );
        // Without `overlay.follow` the message changes nothing.
        let mut other = bench_with(overlay());
        follow(&mut other, "Zed");
        let before = self::roll(&mut other)["sections"].clone();
        other.receive(
            &fixture(file)
                .into_iter()
                .find(|line| line.contains(kind))
                .unwrap(),
        );
        assert_eq!(self::roll(&mut other)["sections"], before);
    }
}

#[test]
fn a_roll_that_is_on_gets_new_sections_and_a_new_look_at_once() {
    let mut bench = bench_with(following());
    follow(&mut bench, "Zed");
    bench.twitchat(CONFIGS[0], params("Followers"));
    let reply = bench.ask(json!({ "request": "RollCredits", "id": 1 }));
    report(&mut bench, "rolling", &reply["roll"], Some(40.0));
    bench.pass(10_000);
    to_pages(&mut bench);
    bench.twitchat(CONFIGS[0], params("They follow"));
    let pages = to_pages(&mut bench);
    assert_eq!(pages.len(), 1, "{pages:?}");
    let again = &pages[0]["roll"];
    assert_eq!(
        (
            &pages[0]["overlay"],
            &again["id"],
            &again["revision"],
            titles(again)
        ),
        (
            &json!("roll"),
            &reply["roll"],
            &json!(1),
            vec!["They follow", ""]
        )
    );
    assert_eq!(again["elapsedMs"], 10_000, "it goes on at the same place");
    // A change of the look alone needs no new roll.
    let mut colored = params("They follow");
    colored["colorTitle"] = "#ffffff".into();
    bench.twitchat(CONFIGS[0], colored);
    let pages = to_pages(&mut bench);
    assert_eq!(
        (
            &pages[0]["command"],
            &pages[0]["value"],
            &pages[0]["revision"]
        ),
        (
            &json!("look"),
            &json!({ "titleColor": "#ffffff" }),
            &json!(1)
        )
    );
    // A page that loads late gets the changed roll.
    let late = bench.ask(
        json!({ "request": "OverlayReport", "id": 2, "client": "late",
        "page": "credits", "state": "idle", "roll": null }),
    );
    assert_eq!(
        (
            &late["roll"]["revision"],
            &late["roll"]["look"]["titleColor"]
        ),
        (&json!(1), &json!("#ffffff"))
    );
    assert_eq!(titles(&late["roll"]), ["They follow", ""]);
}

#[test]
fn a_roll_of_another_length_goes_on_at_the_same_part_of_it() {
    let mut bench = bench_with(following());
    let timed = |seconds: u64| {
        let mut params = params("Followers");
        params["timing"] = "duration".into();
        params["duration"] = seconds.into();
        params
    };
    bench.twitchat(CONFIGS[0], timed(60));
    bench.ask(json!({ "request": "RollCredits", "id": 1 }));
    bench.pass(30_000);
    bench.twitchat(CONFIGS[0], timed(120));
    let reply = bench.ask(json!({ "request": "GetStatus", "id": 2 }));
    let roll = &reply["overlay"]["roll"];
    assert_eq!(
        (&roll["seconds"], &roll["elapsedMs"]),
        (&json!(120.0), &json!(60_000))
    );
}

#[test]
fn what_a_control_has_changed_of_the_look_stays() {
    let mut bench = bench_with(following());
    bench.twitchat(CONFIGS[0], params("Followers"));
    bench.ask(json!({ "request": "RollCredits", "id": 1, "theme": "neon" }));
    bench.ask(
        json!({ "request": "ControlCredits", "id": 2, "command": "look",
        "value": { "fade": 7 } }),
    );
    to_pages(&mut bench);
    let mut text = params("Followers");
    text["slots"][1]["text"] = "See you".into();
    bench.twitchat(CONFIGS[0], text);
    let look = &to_pages(&mut bench)[0]["roll"]["look"];
    assert_eq!((&look["fade"], &look["theme"]), (&json!(7), &json!("neon")));
}

#[test]
fn many_changes_in_a_row_are_limited_and_the_last_one_counts() {
    let mut bench = bench_with(following());
    follow(&mut bench, "Zed");
    bench.ask(json!({ "request": "RollCredits", "id": 1 }));
    to_pages(&mut bench);
    for change in 0..100 {
        bench.twitchat(CONFIGS[0], params(&format!("Title {change}")));
        bench.pass(10);
    }
    bench.pass(200);
    let pages = to_pages(&mut bench);
    assert!(
        (5..=13).contains(&pages.len()),
        "{} messages in 1.2 s",
        pages.len()
    );
    let last = pages.last().unwrap();
    assert_eq!(titles(&last["roll"]), ["Title 99", ""]);
}

#[test]
fn a_restart_keeps_twitchats_settings_and_the_config_wins_over_them() {
    let mut bench = bench_with(following());
    follow(&mut bench, "Zed");
    bench.twitchat(CONFIGS[1], params("Followers"));
    bench.pass(3_000);
    let mut after = bench.restarted_with(with(following()));
    assert_eq!(titles(&roll(&mut after)), ["Followers", ""]);
    let mut fixed = following();
    fixed.fixed = vec!["overlay.section", "overlay.speed"];
    fixed.script.look.speed = Some(33.0);
    fixed.script.sections = vec![Plan {
        title: Some("Mine".into()),
        ..Plan::of("follows", &[Kind::Follows])
    }];
    let mut fixed = bench.restarted_with(with(fixed));
    let own = roll(&mut fixed);
    assert_eq!(
        (
            titles(&own),
            &own["look"]["speed"],
            &own["look"]["titleColor"]
        ),
        (vec!["Mine"], &json!(33.0), &json!("#e04e00"))
    );
    let status = status(&mut fixed);
    assert_eq!(
        status["overridden"],
        json!(["overlay.speed", "overlay.seconds", "overlay.section"])
    );
}

#[test]
fn what_was_received_just_before_the_end_is_stored() {
    let mut bench = bench_with(following());
    for title in ["One", "Two", "Three", "Four"] {
        bench.twitchat(CONFIGS[0], params(title));
    }
    bench.input(Input::Stopping);
    let mut after = bench.restarted_with(with(following()));
    follow(&mut after, "Zed");
    assert_eq!(titles(&roll(&mut after)), ["Four", ""]);
}

#[test]
fn following_can_be_switched_on_and_off_during_a_roll() {
    let mut bench = bench_with(Overlay {
        wait_ms: 0,
        ..overlay()
    });
    follow(&mut bench, "Zed");
    bench.twitchat(CONFIGS[0], params("Followers"));
    assert_eq!(
        (&status(&mut bench)["from"], &status(&mut bench)["known"]),
        (&json!("config"), &json!(true))
    );
    bench.ask(json!({ "request": "RollCredits", "id": 1 }));
    let reload = |overlay: Overlay| {
        Input::Reloaded(Box::new(Reload {
            settings: Ok(with(overlay)),
            restart_for: Vec::new(),
        }))
    };
    to_pages(&mut bench);
    bench.input(reload(following()));
    let on = to_pages(&mut bench);
    assert_eq!(titles(&on[0]["roll"]), ["Followers", ""]);
    bench.input(reload(overlay()));
    let off = to_pages(&mut bench);
    assert_eq!(
        (&off[0]["roll"]["revision"], titles(&off[0]["roll"])),
        (&json!(2), vec!["New followers", ""])
    );
    assert_eq!(
        off[0]["roll"]["look"]["titleColor"],
        Value::Null,
        "the theme's colour again"
    );
}

/// Twitchat is there and has answered the question for the summary.
fn with_twitchat(bench: &mut Bench, third: bool) {
    bench.twitchat(
        if third {
            "ON_LABEL_OVERLAY_PLACEHOLDERS"
        } else {
            "LABEL_OVERLAY_PLACEHOLDERS"
        },
        json!({}),
    );
    let asked = questions(bench);
    assert_eq!(asked.len(), 1, "the summary first: {asked:?}");
    assert!(asked[0].get("includeParams").is_none());
    bench.twitchat(answer(third), json!({ "labels": { "no_entry": "Nobody" } }));
}

fn answer(third: bool) -> &'static str {
    if third {
        "SET_ENDING_CREDITS_DATA"
    } else {
        "SUMMARY_DATA"
    }
}

#[test]
fn the_bridge_asks_for_the_settings_and_leaves_out_reserved_sections() {
    for third in [false, true] {
        let mut bench = bench_with(following());
        with_twitchat(&mut bench, third);
        bench.pass(3_000);
        let now_ms = bench.now.wall_ms;
        let asked = questions(&mut bench);
        let key = if third {
            "includeOverlayParams"
        } else {
            "includeParams"
        };
        assert_eq!(
            (asked.len(), &asked[0][key]),
            (1, &json!(true)),
            "{asked:?}"
        );
        let since = if third { "dateOffset" } else { "offset" };
        assert!(
            asked[0][since].as_i64().unwrap() > now_ms - 5_000,
            "{asked:?}"
        );
        let user = json!({ "id": "7", "login": "zed", "displayName": "Zed" });
        bench.twitchat(
            if third { "ON_FOLLOW" } else { "FOLLOW" },
            json!({ "user": user }),
        );
        bench.twitchat(
            answer(third),
            json!({ "params": params("Followers"), "premiumWarningSlots": { "text": true },
                "labels": { "no_entry": "Nobody" } }),
        );
        assert!(
            sent(&mut bench).is_empty(),
            "the answer is no press of a button"
        );
        let roll = roll(&mut bench);
        assert_eq!(
            (titles(&roll), &roll["look"]["emptyText"]),
            (vec!["Followers"], &json!("Nobody"))
        );
        assert_eq!(status(&mut bench)["reserved"], json!(["text"]));
        // A test of Twitchat shows everything, so it says nothing about what is reserved.
        bench.twitchat(
            answer(third),
            json!({ "params": params("Followers"), "premiumWarningSlots": {},
                "resubs": [{ "uid": "5", "fromActiveSubs": true }] }),
        );
        assert_eq!(status(&mut bench)["reserved"], json!(["text"]));
        bench.twitchat(
            answer(third),
            json!({ "params": params("Followers"), "premiumWarningSlots": {},
                "follows": [{ "uid": "1", "login": "Zed" }], "labels": { "no_entry": "Nobody" } }),
        );
        assert_eq!(
            status(&mut bench)["reserved"],
            json!([]),
            "now a supporter of Twitchat"
        );
    }
}

#[test]
fn without_an_answer_the_bridge_asks_again_within_bounds_and_gets_the_summary_meanwhile() {
    let mut bench = bench_with(following());
    with_twitchat(&mut bench, false);
    let mut asked = 0;
    for _ in 0..400 {
        bench.pass(10_000);
        // Twitchat stays there.
        bench.twitchat(
            "LABEL_OVERLAY_PLACEHOLDERS",
            json!({ "n": bench.now.wall_ms }),
        );
        let questions = questions(&mut bench);
        asked += questions
            .iter()
            .filter(|data| data["includeParams"] == true)
            .count();
    }
    assert_eq!(asked, 7, "then no more");
    // The stream begins: Twitchat learns about it.
    bench.input(Input::StreamChanged { active: true });
    for _ in 0..8 {
        bench.pass(10_000);
        bench.twitchat(
            "LABEL_OVERLAY_PLACEHOLDERS",
            json!({ "n": bench.now.wall_ms }),
        );
        let questions = questions(&mut bench);
        asked += questions
            .iter()
            .filter(|data| data["includeParams"] == true)
            .count();
    }
    assert_eq!(asked, 8);
    // A roll asks for the summary in the meantime.
    bench.bridge.parts.base.settings.overlay.wait_ms = 5_000;
    bench.receive(&json!({ "request": "RollCredits", "id": 1 }).to_string());
    bench.pass(3_500);
    let questions = self::questions(&mut bench);
    assert!(
        questions
            .iter()
            .any(|data| data.get("includeParams").is_none()),
        "{questions:?}"
    );
}

#[test]
fn nobody_asks_for_settings_that_are_not_followed() {
    let mut bench = bench_with(overlay());
    with_twitchat(&mut bench, false);
    bench.pass(600_000);
    assert!(
        questions(&mut bench)
            .iter()
            .all(|data| data.get("includeParams").is_none())
    );
}

#[test]
fn a_user_who_never_set_the_overlay_up_is_no_press_and_changes_nothing() {
    let mut bench = bench_with(following());
    follow(&mut bench, "Zed");
    with_twitchat(&mut bench, false);
    bench.pass(3_000);
    assert_eq!(questions(&mut bench).len(), 1);
    let before = roll(&mut bench)["sections"].clone();
    bench.twitchat(
        "SUMMARY_DATA",
        json!({ "labels": { "no_entry": "Nobody" }, "x": 1 }),
    );
    assert_eq!(roll(&mut bench)["sections"], before);
    assert_eq!(
        status(&mut bench),
        json!({ "from": "twitchat", "known": false })
    );
}

#[test]
fn a_start_button_after_the_answer_begins_a_roll() {
    let mut bench = bench_with(following());
    report(&mut bench, "idle", &Value::Null, None);
    with_twitchat(&mut bench, false);
    bench.pass(3_000);
    assert_eq!(questions(&mut bench).len(), 1);
    let with_params =
        |n: u64| json!({ "params": params("Followers"), "labels": { "no_entry": "x" }, "n": n });
    bench.twitchat("SUMMARY_DATA", with_params(1));
    assert!(!sent(&mut bench).iter().any(|one| one.starts_with("roll")));
    bench.twitchat("SUMMARY_DATA", with_params(2));
    assert!(sent(&mut bench).iter().any(|one| one.starts_with("roll")));
}

#[test]
fn twitchats_scroll_buttons_find_the_very_section() {
    let mut bench = bench_with(following());
    follow(&mut bench, "Zed");
    let mut two = params("Followers");
    two["slots"][1] = json!({ "id": "slot-2", "slotType": "follows", "label": "Again",
        "enabled": true, "layout": "col" });
    bench.twitchat(CONFIGS[0], two);
    bench.ask(json!({ "request": "RollCredits", "id": 1 }));
    sent(&mut bench);
    bench.twitchat("ENDING_CREDITS_CONTROL", json!({ "scrollTo": "slot-2" }));
    assert_eq!(sent(&mut bench), ["goto \"follows-2\"", "pause"]);
}

#[test]
fn bots_are_left_out_as_twitchats_settings_say() {
    let mut bench = bench_with(following());
    for name in ["Zed", "nightbot", "Other_Bot"] {
        follow(&mut bench, name);
    }
    let names = |bench: &mut Bench| {
        let roll = roll(bench);
        let names = roll["sections"][0]["names"].as_array().unwrap().clone();
        names
            .iter()
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let mut own = params("Followers");
    own["ignoreBots"] = true.into();
    own["ignoreCustomBots"] = json!(["other_bot"]);
    bench.twitchat(CONFIGS[0], own.clone());
    assert_eq!(names(&mut bench), ["Zed"]);
    own["ignoreBots"] = false.into();
    bench.twitchat(CONFIGS[0], own);
    assert_eq!(names(&mut bench), ["Zed", "nightbot", "Other_Bot"]);
    let credits = bench.credits();
    assert!(
        !credits.to_string().contains("nightbot"),
        "other credits follow the config"
    );
}

#[test]
fn status_lists_parameters_without_an_equivalent() {
    let mut bench = bench_with(following());
    let mut odd = params("Followers");
    odd["sparkle"] = 1.into();
    bench.twitchat(CONFIGS[0], odd);
    let status = status(&mut bench);
    assert_eq!(
        (
            &status["from"],
            &status["known"],
            &status["sections"],
            &status["unmatched"]
        ),
        (
            &json!("twitchat"),
            &json!(true),
            &json!(2),
            &json!([{ "parameter": "sparkle", "section": null,
                "why": "this version of the bridge does not know it" }])
        )
    );
}

/// The title of the followers, as a roll has it.
fn title_of_followers(bench: &mut Bench) -> String {
    let roll = roll(bench);
    titles(&roll)
        .first()
        .copied()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn titles_are_in_twitchats_language_unless_the_config_has_another_one() {
    let mut bench = Bench::new();
    follow(&mut bench, "Zed");
    assert_eq!(title_of_followers(&mut bench), "New followers");
    bench.twitchat(
        "SUMMARY_DATA",
        json!({ "labels": { "sub_duration": "{MONTHS} mois" } }),
    );
    assert_eq!(title_of_followers(&mut bench), "Nouveaux followers");
    assert_eq!(roll(&mut bench)["look"]["language"], "fr");

    bench.pass(10_000);
    let mut later = bench.restarted_with(with(Overlay::default()));
    assert_eq!(title_of_followers(&mut later), "Nouveaux followers");

    let mut overlay = Overlay::default();
    overlay.script.look.language = "ja";
    let mut later = later.restarted_with(with(overlay));
    assert_eq!(title_of_followers(&mut later), "新しいフォロワー");
}
