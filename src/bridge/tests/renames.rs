//! Tests renamed people, and subscriptions with unknown data.

use super::*;
use crate::credits::roll::Plan;

fn user(id: &str, login: &str, display: &str) -> Value {
    if display.is_empty() {
        json!({ "id": id, "login": login })
    } else {
        json!({ "id": id, "login": login, "displayName": display })
    }
}

fn follow(bench: &mut Bench, id: &str, login: &str, display: &str) {
    bench.twitchat("FOLLOW", json!({ "user": user(id, login, display) }));
}

fn sub(bench: &mut Bench, id: &str, more: &Value) {
    let mut data = json!({ "tier": 1, "months": 1, "user": user(id, &format!("p{id}"), ""),
        "message": "", "recipients": [],
        "streakMonths": 1, "giftCount": 0, "isGift": false, "isResub": true });
    data.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    bench.twitchat("SUBSCRIPTION", data);
}

fn emitted(bench: &mut Bench) -> Vec<(String, Value)> {
    let events = std::mem::take(&mut bench.effects)
        .into_iter()
        .filter_map(|effect| match effect {
            Effect::Emitted { event, .. } => Some((event.name.kind.to_string(), event.data)),
            _ => None,
        });
    events.collect()
}

/// The amounts in a section of the end credits.
fn amounts(bench: &mut Bench, section: &str) -> Vec<String> {
    let roll = bench.ask(json!({ "request": "GetRoll" }))["roll"].clone();
    let sections = roll["sections"].as_array().unwrap();
    let Some(found) = sections.iter().find(|one| one["id"] == section) else {
        return Vec::new();
    };
    found["names"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name["amount"].as_str().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn a_message_with_a_new_login_and_no_display_name_shows_the_new_login() {
    let mut bench = Bench::up();
    follow(&mut bench, "1", "oldname", "OldName");
    emitted(&mut bench);
    sub(
        &mut bench,
        "1",
        &json!({ "user": user("1", "newname", ""), "totalSubDuration": 4 }),
    );
    let resub = emitted(&mut bench).remove(0).1;
    assert_eq!(
        (&resub["userName"], &resub["displayName"]),
        (&json!("newname"), &json!("newname"))
    );
    let credits = bench.credits();
    assert_eq!(
        (
            names(&credits["Events"]["ReSubs"]),
            names(&credits["Events"]["Follows"])
        ),
        (vec!["newname"], vec!["newname"])
    );
    assert_eq!(bench.restarted().credits(), credits);
}

#[test]
fn a_rename_without_a_row_in_the_journal_survives_a_restart() {
    let mut bench = Bench::up();
    follow(&mut bench, "1", "oldname", "OldName");
    for login in ["oldname", "newname"] {
        bench.twitchat(
            "MESSAGE_FIRST",
            json!({ "channel": "9", "message": "hi", "user": user("1", login, "") }),
        );
    }
    let credits = bench.credits();
    assert_eq!(names(&credits["Events"]["Follows"]), ["newname"]);
    assert_eq!(bench.restarted().credits(), credits);
}

/// A bridge whose config lists `oldname` as an editor and in a group.
fn with_listed_names() -> Bench {
    let mut settings = settings();
    settings.credits.groups = [("regulars".into(), vec!["OldName".into()])].into();
    settings.credits.editors = vec!["OldName".into()];
    let mut bench = Bench::with(settings, &[], Seq(0), &MetaValues::default(), START_MS);
    bench.input(Input::Up(info()));
    bench
}

fn settings_that_ignore() -> Settings {
    let mut settings = settings();
    settings.credits.ignore.own = ["oldname".into()].into();
    settings
}

#[test]
fn grouped_people_stay_grouped_by_id_after_a_rename() {
    let mut bench = with_listed_names();
    let listed = |bench: &mut Bench| {
        let credits = bench.credits();
        (
            names(&credits["User"]["regulars"]).join(","),
            names(&credits["User"]["Editors"]).join(","),
        )
    };
    assert_eq!(
        listed(&mut bench),
        ("OldName".into(), "OldName".into()),
        "as written"
    );
    follow(&mut bench, "1", "oldname", "OldName");
    follow(&mut bench, "1", "newname", "");
    assert_eq!(listed(&mut bench), ("newname".into(), "newname".into()));
    let mut after = bench.restarted_with(with_listed_names().bridge.parts.base.settings);
    assert_eq!(listed(&mut after), ("newname".into(), "newname".into()));
    follow(&mut after, "2", "oldname", "OldName");
    assert_eq!(
        listed(&mut after).0,
        "newname,OldName",
        "whoever has the name now is listed too"
    );
}

#[test]
fn ignored_people_stay_ignored_by_id_after_a_rename() {
    let mut bench = Bench::with(
        settings_that_ignore(),
        &[],
        Seq(0),
        &MetaValues::default(),
        START_MS,
    );
    bench.input(Input::Up(info()));
    follow(&mut bench, "1", "oldname", "OldName");
    follow(&mut bench, "1", "newname", "NewName");
    follow(&mut bench, "2", "zed", "Zed");
    assert_eq!(names(&bench.credits()["Events"]["Follows"]), ["Zed"]);
    let mut after = bench.restarted_with(settings_that_ignore());
    follow(&mut after, "1", "newname", "NewName");
    assert_eq!(names(&after.credits()["Events"]["Follows"]), ["Zed"]);
    after.ask(json!({ "request": "ClearCredits" }));
    let mut much_later = after.restarted_with(settings_that_ignore());
    follow(&mut much_later, "1", "third", "Third");
    assert!(names(&much_later.credits()["Events"]["Follows"]).is_empty());
    let mut unlisted = much_later.restarted();
    assert_eq!(
        names(&unlisted.credits()["Events"]["Follows"]),
        ["Third"],
        "no longer listed, no longer ignored"
    );
}

#[test]
fn a_section_of_the_roll_that_ignores_somebody_ignores_them_by_id_after_a_rename() {
    let mut settings = settings();
    let kind = crate::credits::roll::Kind::Follows;
    settings.overlay.script.sections = vec![Plan {
        ignore: ["oldname".into()].into(),
        ..Plan::of("follows", &[kind])
    }];
    settings.overlay.script.hide_empty = false;
    let mut bench = Bench::with(settings, &[], Seq(0), &MetaValues::default(), START_MS);
    bench.input(Input::Up(info()));
    follow(&mut bench, "1", "oldname", "OldName");
    follow(&mut bench, "1", "newname", "NewName");
    assert_eq!(amounts(&mut bench, "follows").len(), 0);
}

#[test]
fn a_resubscriber_of_unknown_months_shows_none_or_the_streak() {
    let mut bench = Bench::up();
    let unknown = [
        json!({}),
        json!({ "totalSubDuration": 0 }),
        json!({ "totalSubDuration": null }),
        json!({ "totalSubDuration": -1 }),
    ];
    for (id, more) in (1..).zip(&unknown) {
        sub(&mut bench, &id.to_string(), more);
    }
    sub(
        &mut bench,
        "7",
        &json!({ "totalSubDuration": 0, "streakMonths": 5 }),
    );
    sub(
        &mut bench,
        "8",
        &json!({ "totalSubDuration": 9, "streakMonths": 5 }),
    );
    assert_eq!(
        amounts(&mut bench, "resubs"),
        ["", "", "", "", "5 months", "9 months"]
    );
    let credits = bench.credits();
    let amounts: Vec<_> = credits["extended"]["ReSubs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["amount"].as_u64().unwrap())
        .collect();
    assert_eq!(amounts, [0, 0, 0, 0, 5, 9]);
}

#[test]
fn no_text_mentions_one_month_if_the_total_is_unknown() {
    let mut bench = Bench::up();
    emitted(&mut bench);
    sub(&mut bench, "1", &json!({ "totalSubDuration": 0 }));
    sub(
        &mut bench,
        "2",
        &json!({ "totalSubDuration": 0, "streakMonths": 3 }),
    );
    sub(
        &mut bench,
        "3",
        &json!({ "totalSubDuration": 6, "streakMonths": 3 }),
    );
    let texts: Vec<_> = emitted(&mut bench)
        .into_iter()
        .map(|(_, data)| {
            (
                data["systemMessage"].clone(),
                data["cumulativeMonths"].clone(),
            )
        })
        .collect();
    assert_eq!(
        texts,
        [
            (json!("p1 subscribed at Tier 1."), json!(0)),
            (
                json!("p2 subscribed at Tier 1. They've subscribed for 3 months!"),
                json!(3)
            ),
            (
                json!("p3 subscribed at Tier 1. They've subscribed for 6 months!"),
                json!(6)
            ),
        ]
    );
    let label = "[[label]]\nsource = \"Last\"\ntext = \"{{ last('ReSub').amount }}!\"\n";
    let rules = crate::automation::Rulebook::of_toml(label)
        .unwrap()
        .shared();
    let mut labelled = Bench::with(
        Settings {
            rules,
            ..settings()
        },
        &[],
        Seq(0),
        &MetaValues::default(),
        START_MS,
    );
    labelled.input(Input::Up(info()));
    sub(&mut labelled, "1", &json!({ "totalSubDuration": 0 }));
    labelled.input(Input::Stopping);
    let latest = &labelled.meta["latest"];
    assert!(
        latest.contains("Twitch.ReSub") && !latest.contains(r#""amount":0"#),
        "{latest}"
    );
    let published = |more: &str| {
        format!(
            r#"{{"request":"PublishEvent","publish":{{"source":"Twitch","type":"ReSub"}},
                "data":{{"userId":"4","userName":"p4"{more}}}}}"#
        )
    };
    bench.receive(&published(""));
    assert_eq!(amounts(&mut bench, "resubs")[3], "");
}

#[test]
fn a_manual_resub_that_arrives_as_sub_and_as_resub_is_one_resub() {
    for order in [[false, true], [true, false]] {
        let mut bench = Bench::up();
        emitted(&mut bench);
        for is_resub in order {
            let total = if is_resub { 5 } else { 1 };
            sub(
                &mut bench,
                "1",
                &json!({ "isResub": is_resub, "totalSubDuration": total }),
            );
            bench.pass(400);
        }
        bench.pass(2_000);
        let kinds: Vec<_> = emitted(&mut bench)
            .into_iter()
            .map(|(kind, _)| kind)
            .filter(|kind| kind.contains("Sub"))
            .collect();
        assert_eq!(kinds, ["ReSub"], "{order:?}");
        let credits = bench.credits();
        assert!(names(&credits["Events"]["Subs"]).is_empty(), "{order:?}");
        assert_eq!(credits["extended"]["ReSubs"][0]["count"], 1, "{order:?}");
        assert_eq!(
            bench.bridge.parts.base.model.fold().session.facts(),
            1,
            "{order:?}"
        );
        assert_eq!(bench.restarted().credits(), credits, "{order:?}");
    }
}

#[test]
fn a_sub_and_a_resub_more_than_a_second_apart_are_two() {
    let mut bench = Bench::up();
    emitted(&mut bench);
    sub(&mut bench, "1", &json!({ "isResub": false }));
    bench.pass(1_001);
    sub(&mut bench, "1", &json!({ "totalSubDuration": 5 }));
    let kinds: Vec<_> = emitted(&mut bench)
        .into_iter()
        .map(|(kind, _)| kind)
        .filter(|kind| kind.contains("Sub"))
        .collect();
    assert_eq!(kinds, ["Sub", "ReSub"]);
    let credits = bench.credits();
    assert_eq!(
        (
            names(&credits["Events"]["Subs"]),
            names(&credits["Events"]["ReSubs"])
        ),
        (vec!["p1"], vec!["p1"])
    );
}
