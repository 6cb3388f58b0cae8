//! Tests the Twitchat presence: probing Twitchat, asking for its summary and merging it, and
//! labels.

use super::*;

/// The message of this type that was sent since the last call.
fn question(bench: &mut Bench, kind: &str) -> Option<Value> {
    bench
        .sent()
        .into_iter()
        .find(|message| message["type"] == kind)
}

fn answered() -> Bench {
    let mut bench = Bench::up();
    assert!(
        question(&mut bench, "GET_LABEL_OVERLAY_PLACEHOLDERS").is_some(),
        "probes at once"
    );
    bench.twitchat(
        "LABEL_OVERLAY_PLACEHOLDERS",
        json!({ "RAID_NAME": { "type": "string", "value": "Old" } }),
    );
    let asked = question(&mut bench, "GET_SUMMARY_DATA").expect("asks once Twitchat is there");
    assert_eq!(asked["data"]["offset"], START_MS);
    bench
}

fn line(file: &str, number: usize) -> String {
    fixture(file).remove(number - 1)
}

#[test]
fn what_was_missed_is_filled_in_once() {
    let mut bench = answered();
    bench.receive(&line("twitchat_examples.ndjson", 121));
    let credits = bench.credits();
    insta::assert_json_snapshot!(credits);
    let rows = bench.rows.len();
    bench.input(Input::Down);
    bench.input(Input::Up(info()));
    bench.twitchat("LABEL_OVERLAY_PLACEHOLDERS", json!({}));
    bench.pass(10);
    let mut again: Value = serde_json::from_str(&line("twitchat_examples.ndjson", 121)).unwrap();
    again["id"] = json!("another");
    bench.receive(&again.to_string());
    assert_eq!((bench.rows.len(), bench.credits()), (rows, credits.clone()));
    assert_eq!(bench.restarted().credits(), credits);
}

#[test]
fn received_events_are_not_filled_again_and_a_late_one_replaces_its_entry() {
    let cheer = |bits: u64| {
        json!({ "channel": "1", "bits": bits, "user": { "id": "915500273",
        "login": "yukihana", "displayName": "雪花Yuki" } })
    };
    let mut bench = answered();
    bench.twitchat("BITS", cheer(5_000));
    bench.receive(&line("twitchat_examples.ndjson", 121));
    let cheers = |bench: &mut Bench| bench.credits()["extended"]["Cheers"].clone();
    let total = |list: &Value| {
        list.as_array()
            .unwrap()
            .iter()
            .map(|line| line["amount"].as_u64().unwrap())
            .sum::<u64>()
    };
    assert_eq!(
        total(&cheers(&mut bench)),
        5_100,
        "5000 received, 100 filled"
    );
    bench.pass(1_000);
    bench.twitchat(
        "BITS",
        json!({ "channel": "1", "bits": 100, "user": { "id": "101337420", "login": "marla_quartz",
            "displayName": "Marla_Quartz" } }),
    );
    assert_eq!(
        total(&cheers(&mut bench)),
        5_100,
        "the late live event is the filled one"
    );
    bench.twitchat(
        "BITS",
        json!({ "channel": "1", "bits": 100, "user": { "id": "101337420", "login": "marla_quartz",
            "displayName": "Marla_Quartz" } }),
    );
    assert_eq!(total(&cheers(&mut bench)), 5_200, "a second one is not");
    let credits = bench.credits();
    assert_eq!(bench.restarted().credits(), credits);
}

#[test]
fn a_live_event_adds_the_data_that_the_entry_of_the_summary_lacks() {
    let mut bench = answered();
    bench.receive(&line("twitchat_examples.ndjson", 121));
    for number in [31, 33] {
        bench.receive(&line("twitchat_examples.ndjson", number));
    }
    let credits = bench.credits();
    assert!(
        !names(&credits["Events"]["GiftSubs"]).contains(&"Pippa_Riot"),
        "a gift she continues is no gift of hers"
    );
    assert!(names(&credits["Events"]["Subs"]).contains(&"Pippa_Riot"));
    assert_eq!(
        names(&credits["TopChannelRewards"]),
        ["雪花Yuki"],
        "a summary does not contain the cost of a reward"
    );
    assert_eq!(bench.restarted().credits(), credits);
}

#[test]
fn a_cleared_credit_stays_cleared() {
    let mut bench = answered();
    bench.receive(&line("twitchat_examples.ndjson", 121));
    bench.pass(60_000);
    bench.ask(json!({ "request": "ClearCredits", "id": 1 }));
    bench.input(Input::Down);
    bench.input(Input::Up(info()));
    bench.sent();
    bench.twitchat("LABEL_OVERLAY_PLACEHOLDERS", json!({}));
    let asked = question(&mut bench, "GET_SUMMARY_DATA").unwrap();
    assert_eq!(asked["data"]["offset"], bench.bridge.session().started_ms);
    assert!(bench.bridge.session().started_ms > START_MS);
}

#[test]
fn unasked_empty_and_contested_summaries_are_left_alone() {
    let rows_of = |bench: &Bench| bench.rows.len();
    let mut bench = answered();
    bench.receive(&line("twitchat_examples.ndjson", 123));
    assert_eq!(rows_of(&bench), 0, "the empty one of the stop button");
    bench.receive(
        r#"{"origin":"twitchat","type":"GET_SUMMARY_DATA","id":"theirs","data":{"offset":0}}"#,
    );
    bench.receive(&line("twitchat_examples.ndjson", 121));
    assert_eq!(rows_of(&bench), 0, "somebody else asked too");
    bench.sent();
    bench.pass(2_500);
    assert!(
        question(&mut bench, "GET_SUMMARY_DATA").is_some(),
        "asked again"
    );
    let mut again: Value = serde_json::from_str(&line("twitchat_examples.ndjson", 121)).unwrap();
    again["id"] = json!("ours");
    bench.receive(&again.to_string());
    let filled = rows_of(&bench);
    assert!(filled > 10);
    let mut unasked: Value =
        serde_json::from_str(&line("twitchat_v17_examples.ndjson", 36)).unwrap();
    unasked["id"] = json!("unasked");
    bench.receive(&unasked.to_string());
    assert_eq!(rows_of(&bench), filled);
}

#[test]
fn one_with_settings_is_a_buttons() {
    let mut bench = answered();
    let line = line("twitchat_examples.ndjson", 122);
    bench.receive(&line);
    assert!(bench.rows.is_empty());
}

#[test]
fn twitchat_17_is_asked_with_its_own_names() {
    let mut bench = Bench::up();
    bench.sent();
    bench.twitchat("ON_LABEL_OVERLAY_PLACEHOLDERS", json!({}));
    let asked = question(&mut bench, "GET_ENDING_CREDITS_DATA").unwrap();
    assert_eq!(asked["data"]["dateOffset"], START_MS);
    assert_eq!(bench.meta["generation"], "3");
    assert_eq!(
        bench.ask(json!({ "request": "GetStatus", "id": 1 }))["twitchat"]["generation"],
        3
    );
}

#[test]
fn twitchat_that_starts_later_is_found_and_one_that_goes_is_missed() {
    let mut bench = Bench::up();
    bench.sent();
    bench.pass(95_000);
    let probes = bench
        .sent()
        .iter()
        .filter(|message| message["type"] == "GET_LABEL_OVERLAY_PLACEHOLDERS")
        .count();
    assert_eq!(probes, 3, "every 30 s");
    bench.twitchat(
        "FOLLOW",
        json!({ "user": { "id": "7", "login": "zed", "displayName": "Zed" } }),
    );
    assert!(
        question(&mut bench, "GET_SUMMARY_DATA").is_some(),
        "its first traffic asks at once"
    );
    assert!(bench.bridge.parts.presence.is_present());
    bench.pass(330_000);
    assert!(
        !bench.bridge.parts.presence.is_present(),
        "it no longer answers"
    );
}

#[test]
fn labels_report_raids_and_categories_that_have_no_event() {
    let mut bench = answered();
    let labels = |name: &str, id: &str, count: u64, game: &str| {
        json!({ "RAID_NAME": { "value": name }, "RAID_ID": { "value": id },
            "RAID_COUNT": { "value": count }, "STREAM_CATEGORY_NAME": { "value": game } })
    };
    bench.twitchat("LABEL_OVERLAY_PLACEHOLDERS", labels("Old", "1", 5, "Chess"));
    let before = bench.credits();
    bench.twitchat(
        "LABEL_OVERLAY_PLACEHOLDERS",
        labels("LanternFox", "33881177", 57, "Go"),
    );
    bench.twitchat(
        "LABEL_OVERLAY_PLACEHOLDERS",
        labels("LanternFox", "33881177", 57, "Go"),
    );
    let after = bench.credits();
    assert!(names(&before["Events"]["Raided"]).len() <= 1);
    assert!(names(&after["Events"]["Raided"]).contains(&"LanternFox"));
    assert!(names(&after["Events"]["GameUpdates"]).contains(&"Go"));
    assert_eq!(bench.restarted().credits(), after);
}

#[test]
fn triggers_are_asked_for_once_however_the_shapes_change() {
    let mut bench = answered();
    for line in fixture("twitchat_examples.ndjson").iter().take(30) {
        bench.receive(line);
    }
    let asked = bench
        .sent()
        .iter()
        .filter(|message| message["type"] == "TRIGGERS_GET_ALL")
        .count();
    assert_eq!(asked, 0, "asked when Twitchat appeared, and not again");
}

fn gaps(bench: &mut Bench) -> Value {
    bench.ask(json!({ "request": "GetStatus", "id": 1 }))["gaps"].take()
}

fn marla_cheers(bench: &mut Bench) {
    bench.twitchat(
        "BITS",
        json!({ "channel": "1", "bits": 100, "user": { "id": "101337420", "login": "marla_quartz",
            "displayName": "Marla_Quartz" } }),
    );
}

#[test]
fn the_status_counts_live_and_filled_entries_of_each_section() {
    let mut bench = answered();
    let user = json!({ "id": "915500273", "login": "yukihana", "displayName": "雪花Yuki" });
    bench.twitchat(
        "BITS",
        json!({ "channel": "1", "bits": 5_000, "user": user }),
    );
    bench.receive(
        &json!({ "request": "PublishEvent", "id": 1, "data": { "userId": "7", "userName": "fox" },
            "publish": { "source": "Twitch", "type": "PyramidSuccess" } })
        .to_string(),
    );
    bench.receive(&line("twitchat_examples.ndjson", 121));
    let sections = gaps(&mut bench)["sections"].take();
    assert_eq!(sections["Cheers"], json!({ "live": 1, "filled": 1 }));
    assert_eq!(sections["Pyramids"], json!({ "live": 1, "filled": null }));
    let credits = bench.credits();
    let follows = names(&credits["Events"]["Follows"]).len();
    assert_eq!(sections["Follows"], json!({ "live": 0, "filled": follows }));
    let gifts = credits["extended"]["GiftSubs"].as_array().unwrap().iter();
    let gifts: u64 = gifts.map(|line| line["amount"].as_u64().unwrap()).sum();
    assert_eq!(sections["GiftSubs"], json!({ "live": 0, "filled": gifts }));
    assert_eq!(gaps(&mut bench.restarted())["sections"], sections);
    bench.pass(1_000);
    marla_cheers(&mut bench);
    let cheers = |bench: &mut Bench| gaps(bench)["sections"]["Cheers"].take();
    assert_eq!(
        cheers(&mut bench),
        json!({ "live": 2, "filled": 0 }),
        "the late live event"
    );
    marla_cheers(&mut bench);
    assert_eq!(cheers(&mut bench), json!({ "live": 3, "filled": 0 }));
    bench.ask(json!({ "request": "ClearCredits", "id": 1 }));
    assert_eq!(gaps(&mut bench)["sections"], json!({}));
}

#[test]
fn the_status_lists_reasons_for_wrong_numbers() {
    let doubts = |bench: &mut Bench| gaps(bench)["doubts"].to_string();
    let mut bench = Bench::up();
    assert!(doubts(&mut bench).contains("Twitchat is not connected"));
    let mut bench = answered();
    assert!(doubts(&mut bench).contains("has not received Twitchat's summary"));
    bench.receive(&line("twitchat_examples.ndjson", 121));
    assert_eq!(doubts(&mut bench), "[]");
    let follow = |id: &str| json!({ "user": { "id": id, "login": id, "displayName": id } });
    for (kind, id) in [("FOLLOW", "zed"), ("ON_FOLLOW", "zed"), ("FOLLOW", "zoe")] {
        bench.twitchat(kind, follow(id));
    }
    assert!(doubts(&mut bench).contains("two pages of Twitchat"));
    bench.input(Input::Down);
    assert!(doubts(&mut bench).contains("OBS is not connected"));
}
