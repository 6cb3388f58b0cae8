//! Tests what the sections of a roll contain, from messages and published events.

use super::{roll::bench_with, *};
use crate::{
    bridge::io::Overlay,
    credits::roll::{Amounts, CreditsPlan, Kind, Plan, Service, Sort},
};

/// A bridge whose roll has these sections.
fn bench_of(sections: Vec<Plan>) -> Bench {
    bench_with(Overlay {
        script: CreditsPlan {
            sections,
            ..CreditsPlan::default()
        },
        ..super::roll::overlay()
    })
}

fn restarted(bench: &Bench) -> Bench {
    bench.restarted_with(bench.bridge.parts.base.settings.clone())
}

fn plan(kind: Kind) -> Plan {
    Plan::of(kind.name(), &[kind])
}

fn person(name: &str) -> Value {
    json!({ "id": format!("id of {name}"), "login": name.to_lowercase(), "displayName": name })
}

/// The names of the first section of the roll that would begin now.
fn names(bench: &mut Bench) -> Vec<String> {
    let reply = bench.ask(json!({ "request": "GetRoll", "id": 1 }));
    let names = reply["roll"]["sections"][0]["names"].as_array().cloned();
    names
        .unwrap_or_default()
        .iter()
        .map(|name| name["name"].as_str().unwrap().to_owned())
        .collect()
}

/// The lines below each name of the first section of the roll that would begin now.
fn lines(bench: &mut Bench) -> Vec<String> {
    let reply = bench.ask(json!({ "request": "GetRoll", "id": 1 }));
    let names = reply["roll"]["sections"][0]["names"].as_array().cloned();
    let below = |name: &Value| {
        let lines = name["lines"].as_array().cloned().unwrap_or_default();
        assert_eq!(name["inline"] == true, !lines.is_empty(), "{name}");
        let texts = lines.iter().map(|line| line["text"].as_str().unwrap());
        texts.collect::<Vec<_>>().join(", ")
    };
    names.unwrap_or_default().iter().map(below).collect()
}

fn publish(bench: &mut Bench, name: &str, data: &Value) {
    let (source, kind) = name.split_once('.').unwrap();
    let reply = bench.ask(json!({ "request": "PublishEvent", "id": 1,
        "publish": { "source": source, "type": kind }, "data": data }));
    assert_eq!(reply["status"], "ok", "{reply}");
}

#[test]
fn whoever_writes_for_the_first_time_ever_is_a_first_time_chatter_and_nobody_else() {
    let mut bench = bench_of(vec![plan(Kind::FirstTimeChatters)]);
    let said = |name: &str| json!({ "channel": "1", "message": "hi", "user": person(name) });
    bench.twitchat("MESSAGE_FIRST", said("Today"));
    // Twitchat reports the same line twice, the message of the day first.
    bench.twitchat("MESSAGE_FIRST", said("Ever"));
    bench.twitchat("MESSAGE_FIRST_ALL_TIME", said("Ever"));
    bench.twitchat("ON_MESSAGE_FIRST_ALL_TIME", said("Ever"));
    let user = |name: &str| json!({ "id": name, "login": name, "name": name });
    for (name, first) in [("stranger", true), ("regular", false)] {
        publish(
            &mut bench,
            "Twitch.ChatMessage",
            &json!({ "user": user(name), "text": "hello", "meta": { "firstMessage": first } }),
        );
    }
    publish(
        &mut bench,
        "Twitch.FirstWord",
        &json!({ "user": user("newcomer"), "message": { "firstMessage": true } }),
    );
    for bench in [&mut restarted(&bench), &mut bench] {
        assert_eq!(names(bench), ["Ever", "stranger", "newcomer"]);
    }
    bench.ask(json!({ "request": "EditCredits", "id": 1, "edit": "hide", "person": "Ever" }));
    assert_eq!(names(&mut bench), ["stranger", "newcomer"]);
}

#[test]
fn recipients_stand_below_the_gifter_and_the_others_are_a_number() {
    let recipients = |kind, recipients| Plan {
        recipients,
        ..plan(kind)
    };
    let give = |bench: &mut Bench, gifter: &str, to: &[&str], total: u32| {
        let recipients: Vec<_> = to
            .iter()
            .map(|name| json!({ "id": name, "login": name, "name": name }))
            .collect();
        let gifter = json!({ "id": gifter, "login": gifter, "name": gifter });
        publish(
            bench,
            "Twitch.GiftBomb",
            &json!({ "user": gifter, "recipients": recipients, "total": total,
                "gifts": total, "tier": "1000" }),
        );
    };
    let given = |kind, most| {
        let mut bench = bench_of(vec![recipients(kind, most)]);
        give(&mut bench, "zoe", &["ann", "ben", "cleo"], 3);
        bench.pass(60_000);
        let one = json!({ "user": { "id": "zoe", "login": "zoe", "name": "zoe" },
            "recipient": { "id": "dora", "login": "dora", "name": "dora" }, "tier": "1000" });
        publish(&mut bench, "Twitch.GiftSub", &one);
        bench
    };
    let all = ["ann, ben, cleo, dora"];
    assert_eq!(lines(&mut given(Kind::GiftSubs, 10)), all);
    assert_eq!(lines(&mut restarted(&given(Kind::GiftSubs, 10))), all);
    assert_eq!(
        lines(&mut given(Kind::GiftSubs, 2)),
        ["ann, ben, and 2 more"]
    );
    assert_eq!(lines(&mut given(Kind::GiftBombs, 10)), ["ann, ben, cleo"]);
    assert_eq!(lines(&mut given(Kind::GiftSubs, 0)), [""]);
}

#[test]
fn a_recipient_who_is_hidden_during_the_roll_goes_from_below_the_gifter() {
    let mut bench = bench_of(vec![Plan {
        recipients: 5,
        ..plan(Kind::GiftSubs)
    }]);
    let one = json!({ "user": { "id": "zoe", "login": "zoe", "name": "zoe" },
        "recipient": { "id": "dora", "login": "dora", "name": "dora" }, "tier": "1000" });
    publish(&mut bench, "Twitch.GiftSub", &one);
    bench.ask(json!({ "request": "RollCredits", "id": 1, "seconds": 60 }));
    bench.sent();
    bench.receive(r#"{"request":"EditCredits","id":2,"edit":"hide","person":"dora"}"#);
    bench.pass(1_000);
    let replaced = bench
        .sent()
        .into_iter()
        .find(|message| message["command"] == "replace");
    assert_eq!(
        replaced.unwrap()["value"],
        json!([{ "at": [0, 0, 0], "name": null }])
    );
}

#[test]
fn a_section_of_tips_may_list_some_services_only() {
    let tips = |services: &[&str]| Plan {
        services: services
            .iter()
            .map(|word| Service::parse(word).unwrap())
            .collect(),
        ..plan(Kind::Tips)
    };
    for (services, expected) in [
        (&[][..], &["Kim", "Sam", "Fay", "A friend"][..]),
        (&["ko-fi", "Fourthwall"], &["Kim", "Fay"]),
        (&["Streamlabs"], &["Sam"]),
        (&["DonorDrive"], &[]),
    ] {
        let mut bench = bench_of(vec![tips(services)]);
        let amount = json!("5.00");
        for (name, data) in [
            (
                "Kofi.Donation",
                json!({ "from_name": "Kim", "amount": amount, "currency": "USD" }),
            ),
            (
                "Streamlabs.Donation",
                json!({ "from": "Sam", "amount": amount, "currency": "USD" }),
            ),
            (
                "Fourthwall.Donation",
                json!({ "username": "Fay", "amounts": { "total": 5.0 }, "currency": "USD" }),
            ),
        ] {
            publish(&mut bench, name, &data);
        }
        let add = json!({ "request": "AddToCredits", "id": 1, "section": "Tips",
            "value": "A friend" });
        assert_eq!(bench.ask(add)["status"], "ok");
        assert_eq!(names(&mut bench), expected, "{services:?}");
    }
}

#[test]
fn a_title_may_have_the_sum_of_all_amounts_and_currencies_stay_apart() {
    let title = |bench: &mut Bench| {
        let reply = bench.ask(json!({ "request": "GetRoll", "id": 1 }));
        reply["roll"]["sections"][0]["title"].clone()
    };
    let section = |kinds: &[Kind]| Plan {
        title: Some("{count} of {all}: {sum}".into()),
        limit: Some(1),
        sort: Sort::Amount,
        amounts: Amounts::Hidden,
        ..Plan::of("sums", kinds)
    };
    let tip = |from: &str, amount: &str, currency: &str| {
        json!({ "from_name": from, "amount": amount,
            "currency": currency })
    };
    let cheer = |name: &str, bits: u64| {
        json!({ "channel": "1", "bits": bits, "message": "Cheer",
            "user": person(name) })
    };
    for (kinds, expected) in [
        (&[Kind::Tips][..], "1 of 3: €5.50 + $7"),
        (&[Kind::Cheers], "1 of 2: 12,345 bits"),
        (
            &[Kind::Tips, Kind::Cheers],
            "1 of 5: €5.50 + $7 + 12,345 bits",
        ),
        (&[Kind::Subs], "1 of 1: "),
    ] {
        let mut bench = bench_of(vec![section(kinds)]);
        for data in [
            tip("Ann", "5", "EUR"),
            tip("Ben", "7", "USD"),
            tip("Cleo", "0.50", "€"),
        ] {
            publish(&mut bench, "Kofi.Donation", &data);
        }
        bench.twitchat("BITS", cheer("Dora", 12_000));
        bench.twitchat("BITS", cheer("Emil", 345));
        publish(
            &mut bench,
            "Twitch.Sub",
            &json!({ "userId": "5", "userName": "fox",
            "displayName": "Fox", "subTier": "1000", "cumulativeMonths": 4 }),
        );
        assert_eq!(title(&mut bench), expected);
    }
}
