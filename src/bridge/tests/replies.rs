//! Tests large replies, requests that are too long to repeat in a reply, and very long texts.

use super::*;
use crate::{
    bridge::writes::{WAITING, WAITING_BYTES},
    request::reply::Reply,
};

const PEOPLE: usize = 3_000;

fn follow(bench: &mut Bench, number: usize) {
    let name = format!("viewer_{number}");
    bench.twitchat(
        "FOLLOW",
        json!({ "user": { "id": number.to_string(), "login": name, "displayName": name } }),
    );
}

/// A bridge with enough people for a large reply.
fn crowded() -> Bench {
    let mut bench = Bench::up();
    (1..=PEOPLE).for_each(|number| follow(&mut bench, number));
    bench.sent();
    bench
}

/// Replies since the last call with their passes, as the shell gets them. The passes are not
/// returned.
fn replies(bench: &mut Bench) -> Vec<(Reply, Option<io::Pass>)> {
    let replies =
        std::mem::take(&mut bench.effects)
            .into_iter()
            .filter_map(|effect| match effect {
                Effect::Reply { reply, pass, .. } => Some((reply, pass)),
                _ => None,
            });
    replies.collect()
}

fn value(reply: &Reply) -> Value {
    serde_json::from_str(reply.join().unwrap().get()).unwrap()
}

fn errors(replies: &[(Reply, Option<io::Pass>)]) -> Vec<String> {
    let error = |(reply, _): &(Reply, _)| value(reply)["error"].as_str().map(ToOwned::to_owned);
    replies.iter().filter_map(error).collect()
}

#[test]
fn equal_requests_share_one_text_until_the_credits_change() {
    let mut bench = crowded();
    let ask = |bench: &mut Bench, request: &str| {
        bench.receive(request);
        let (reply, pass) = replies(bench).remove(0);
        if let Some(pass) = pass {
            bench.input(Input::Sent(pass));
        }
        std::sync::Arc::clone(reply.shared().unwrap())
    };
    for request in [
        "GetCredits",
        "GetActiveViewers",
        "GetRoll",
        "TestCredits",
        "GetEvents",
    ] {
        let request = format!(r#"{{"request":"{request}","id":1}}"#);
        let first = ask(&mut bench, &request);
        assert!(
            std::sync::Arc::ptr_eq(&first, &ask(&mut bench, &request)),
            "{request}"
        );
    }
    let first = ask(&mut bench, r#"{"request":"GetCredits"}"#);
    bench.receive(r#"{"request":"GetInfo","id":"reads only"}"#);
    bench.pass(5_000);
    bench.sent();
    assert!(std::sync::Arc::ptr_eq(
        &first,
        &ask(&mut bench, r#"{"request":"GetCredits","client":"another"}"#)
    ));
    assert!(
        !std::sync::Arc::ptr_eq(
            &first,
            &ask(&mut bench, r#"{"request":"GetCredits","limit":2999}"#)
        ),
        "another wish"
    );
    follow(&mut bench, PEOPLE + 1);
    assert!(ask(&mut bench, r#"{"request":"GetCredits"}"#).contains("viewer_3001"));
}

#[test]
fn whatever_a_reply_shows_makes_it_anew() {
    let mut bench = crowded();
    let shown = |bench: &mut Bench| {
        let reply =
            bench.ask(json!({ "request": "GetCredits", "id": 1, "limit": 2, "extended": true }));
        (
            reply["Events"].clone(),
            reply["User"].clone(),
            reply["Custom"].clone(),
            reply["TopBits"].clone(),
            reply["extended"].clone(),
        )
    };
    let changes: [(&str, Value); 4] = [
        (
            "BITS",
            json!({ "bits": 100, "user": { "id": "1", "login": "viewer_1",
                "displayName": "viewer_1" } }),
        ),
        (
            "FOLLOW",
            json!({ "user": { "id": "1", "login": "renamed", "displayName": "Renamed" } }),
        ),
        ("POLL_PROGRESS", json!({ "poll": {} })),
        (
            "FOLLOW",
            json!({ "user": { "id": "2", "login": "nightbot", "displayName": "Nightbot" } }),
        ),
    ];
    for (kind, data) in changes {
        let before = shown(&mut bench);
        assert_eq!(shown(&mut bench), before);
        bench.twitchat(kind, &data);
        assert_eq!(
            shown(&mut bench) == before,
            kind == "POLL_PROGRESS",
            "{kind} {data}"
        );
    }
    let before = shown(&mut bench);
    bench.ask(json!({ "request": "AddToCredits", "id": 1, "section": "Thanks", "value": "All" }));
    assert_ne!(shown(&mut bench), before);
    let before = shown(&mut bench);
    bench.now.wall_ms += 40 * 24 * 3_600_000;
    assert_ne!(shown(&mut bench), before, "another month");
    let before = shown(&mut bench);
    bench.ask(json!({ "request": "ClearCredits", "id": 1 }));
    assert_ne!(shown(&mut bench), before);
}

#[test]
fn active_viewers_are_made_again_after_each_message_of_a_viewer() {
    let mut bench = crowded();
    let first = |bench: &mut Bench| {
        bench.ask(json!({ "request": "GetActiveViewers", "id": 1,
            "limit": 1 }))["viewers"][0]["login"]
            .clone()
    };
    let before = first(&mut bench);
    bench.pass(1_000);
    follow(&mut bench, 77);
    assert_eq!(
        (first(&mut bench), before != "viewer_77"),
        (json!("viewer_77"), true)
    );
}

#[test]
fn a_client_has_four_large_replies_on_their_way_and_all_together_sixteen() {
    let mut bench = crowded();
    for client in 0..6 {
        (0..5).for_each(|id| {
            bench.receive(
                &json!({ "request": "GetCredits", "id": id, "client": client }).to_string(),
            );
        });
    }
    let all = replies(&mut bench);
    let passes: Vec<_> = all.iter().filter_map(|(_, pass)| *pass).collect();
    let refused = errors(&all);
    assert_eq!((all.len(), passes.len(), refused.len()), (30, 16, 14));
    assert_eq!(
        refused[0],
        "too many large replies at once: this `client` already wait for 4 of them, the limit for \
            one client; send this request again when one of them has arrived"
    );
    assert!(
        refused[13].contains("all clients together already wait for 16 of them"),
        "{}",
        refused[13]
    );
    assert_eq!(bench.bridge.parts.base.counts.bus.refused, 14);
    bench.input(Input::Sent(passes[0]));
    bench.receive(r#"{"request":"GetCredits","id":9,"client":0}"#);
    assert_eq!(errors(&replies(&mut bench)), [""; 0], "there is room again");
}

#[test]
fn what_is_refused_was_not_made_and_a_small_reply_is_never_refused() {
    let mut bench = crowded();
    for limit in 0..20 {
        bench.receive(&json!({ "request": "GetCredits", "limit": 2_900 + limit }).to_string());
    }
    assert_eq!(errors(&replies(&mut bench)).len(), 16);
    for request in ["GetActiveViewers", "GetRoll", "RollCredits"] {
        bench.receive(&json!({ "request": request }).to_string());
        let refused = errors(&replies(&mut bench));
        assert!(
            refused.len() == 1
                && refused[0].contains("requests without a `client` already wait for 4"),
            "{request} {refused:?}"
        );
    }
    for request in ["GetInfo", "GetStatus", "GetEvents", "TestCredits"] {
        (0..20).for_each(|_| bench.receive(&json!({ "request": request }).to_string()));
        assert_eq!(errors(&replies(&mut bench)), [""; 0], "{request}");
    }
    (1..20).for_each(|limit| {
        bench.receive(&json!({ "request": "GetCredits", "limit": limit }).to_string());
    });
    (1..20).for_each(|limit| {
        bench.receive(&json!({ "request": "GetActiveViewers", "limit": limit }).to_string());
    });
    assert_eq!(errors(&replies(&mut bench)), [""; 0]);
}

#[test]
fn a_reply_shows_the_credits_as_they_were_when_its_request_came() {
    let mut bench = crowded();
    bench.commits = false;
    for request in ["GetCredits", "ClearCredits", "GetCredits"] {
        bench
            .receive(&json!({ "request": request, "id": request, "spelling": "seed" }).to_string());
    }
    bench.input(Input::Durable {
        writes: bench.writes,
    });
    let replies: Vec<_> = replies(&mut bench)
        .iter()
        .map(|(reply, _)| value(reply))
        .collect();
    let follows = |reply: &Value| reply["Events"]["Follows"].as_array().unwrap().len();
    assert_eq!((follows(&replies[0]), follows(&replies[2])), (PEOPLE, 0));
}

#[test]
fn a_store_that_fails_gives_the_passes_back() {
    let mut bench = crowded();
    bench.commits = false;
    follow(&mut bench, PEOPLE + 1);
    (0..4).for_each(|id| bench.receive(&json!({ "request": "GetCredits", "id": id }).to_string()));
    bench.input(Input::StoreFailed("disk full".into()));
    for (_, pass) in replies(&mut bench) {
        bench.input(Input::Sent(pass.unwrap()));
    }
    bench.input(Input::StoreHealed);
    bench.input(Input::Durable {
        writes: bench.writes,
    });
    bench.commits = true;
    assert_eq!(
        bench.ask(json!({ "request": "GetCredits", "id": 1 }))["status"],
        "ok"
    );
}

#[test]
fn the_version_of_the_system_is_a_version() {
    let info = Bench::up().ask(json!({ "request": "GetInfo", "id": 1 }))["info"].clone();
    assert_eq!(info["osVersion"], "6.1.0");
}

#[test]
fn get_info_does_not_wait_for_the_disk() {
    let mut bench = Bench::new();
    bench.commits = false;
    bench.input(Input::Up(info()));
    bench.sent();
    bench.receive(r#"{"request":"GetStatus","id":"status"}"#);
    bench.receive(r#"{"request":"GetInfo","id":"info"}"#);
    let replied: Vec<_> = bench
        .sent()
        .into_iter()
        .filter(|message| message.get("status").is_some())
        .map(|reply| reply["id"].clone())
        .collect();
    assert_eq!(replied, ["info"]);
}

#[test]
fn waiting_replies_are_bounded_by_count_and_by_bytes() {
    let mut bench = Bench::up();
    bench.commits = false;
    follow(&mut bench, 1);
    let asked = (0..1_000).take_while(|id| {
        bench.receive(&json!({ "request": "GetStatus", "id": id }).to_string());
        !bench.bridge.is_full()
    });
    assert_eq!(asked.count(), WAITING - 1);
    bench.input(Input::Durable {
        writes: bench.writes,
    });
    assert!(!bench.bridge.is_full() && bench.bridge.waiting() == 0);
    follow(&mut bench, 2);
    bench.receive(&json!({ "request": "GetStatus", "x": "x".repeat(WAITING_BYTES) }).to_string());
    assert!(bench.bridge.is_full());
    bench.input(Input::Durable {
        writes: bench.writes,
    });
    assert!(!bench.bridge.is_full());
}

#[test]
fn active_viewers_follow_the_limit() {
    let mut bench = Bench::up();
    for number in 1..=5 {
        follow(&mut bench, number);
        bench.pass(1_000);
    }
    let reply = bench.ask(json!({ "request": "GetActiveViewers", "id": 1, "limit": 2 }));
    let logins: Vec<_> = reply["viewers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|viewer| viewer["login"].as_str().unwrap())
        .collect();
    assert_eq!(
        (logins, &reply["count"], &reply["limited"]),
        (vec!["viewer_5", "viewer_4"], &json!(2), &json!(true))
    );
    assert!(
        bench
            .ask(json!({ "request": "GetActiveViewers", "id": 1, "limit": 5 }))
            .get("limited")
            .is_none()
    );
}

#[test]
fn a_request_with_a_deeply_nested_id_gets_a_reply() {
    let mut bench = Bench::up();
    bench.sent();
    for depth in [1_usize, 100, 101, 127, 1_000, 100_000] {
        let id = format!("{}7{}", "[".repeat(depth), "]".repeat(depth));
        bench.receive(&format!(
            r#"{{"client":"c","id":{id},"request":"GetInfo"}}"#
        ));
        let reply = bench.sent().remove(0);
        let echoed = serde_json::from_str::<Value>(&id).is_ok_and(|id| reply["id"] == id);
        assert_eq!(
            (echoed, &reply["client"]),
            (depth <= 100, &json!("c")),
            "{depth}"
        );
        assert_eq!(reply["status"] == "ok", depth <= 100);
    }
}

#[test]
fn subscribing_is_written_seldom_and_no_reply_waits_for_it() {
    let mut bench = Bench::up();
    bench.commits = false;
    bench.input(Input::Durable {
        writes: bench.writes,
    });
    let before = bench.writes;
    bench.sent();
    for client in 0..10_000 {
        bench.receive(
            &json!({ "request": "Subscribe", "id": client, "client": client,
            "events": { "Twitch": ["Follow"] } })
            .to_string(),
        );
        bench.input(Input::Durable {
            writes: bench.writes,
        });
        if client % 1_000 == 0 {
            bench.pass(1_000);
        }
    }
    let replies: Vec<_> = bench.sent();
    assert_eq!(
        replies
            .iter()
            .filter(|reply| reply["status"] == "ok")
            .count(),
        10_000
    );
    assert!(
        bench.writes - before <= 8,
        "{} writes for 10 s",
        bench.writes - before
    );
    bench.commits = true;
    assert_eq!(
        bench.ask(json!({ "request": "GetStatus", "id": 1 }))["counts"]["clientsPushedOut"],
        9_000
    );
    bench.input(Input::Stopping);
    assert_eq!(
        bench
            .restarted()
            .bridge
            .parts
            .base
            .emitter
            .subscriptions()
            .clients()
            .len(),
        1_000
    );
}

#[test]
fn a_text_without_end_is_neither_stored_nor_repeated() {
    let mut bench = Bench::up();
    let long = "x".repeat(15 << 20);
    let user = json!({ "id": "7", "login": long, "displayName": long });
    bench.twitchat("FOLLOW", json!({ "user": user }));
    bench.twitchat(
        "BITS",
        json!({ "bits": 100, "user": user, "message": long }),
    );
    bench.twitchat(
        "REWARD_REDEEM",
        json!({ "user": user, "reward": { "id": long, "title": long, "cost": 5 }, "channel": "1" }),
    );
    bench.ask(
        json!({ "request": "PublishEvent", "id": 1, "publish": { "source": "Kofi",
        "type": "Donation" },
        "data": { "from": long, "amount": "5.00", "currency": long, "message": long } }),
    );
    bench.twitchat(&"UNKNOWN".repeat(1 << 20), json!({}));
    let stored: usize = bench
        .rows
        .iter()
        .map(|row| row.body.len() + row.kind.len())
        .sum();
    let people: usize = bench
        .people
        .iter()
        .map(|person| person.id.len() + person.login.len() + person.display.len())
        .sum();
    assert!(
        stored < 100_000 && people < 10_000,
        "{stored} bytes of rows, {people} of people"
    );
    for request in ["GetCredits", "GetActiveViewers", "GetStatus", "GetRoll"] {
        let reply = bench
            .ask(json!({ "request": request, "id": 1, "extended": true }))
            .to_string();
        assert!(reply.len() < 20_000, "{request}: {} bytes", reply.len());
    }
    let before = bench.credits();
    assert_eq!(bench.restarted().credits(), before);
    for refused in [
        json!({ "request": "PublishEvent", "publish": { "source": long, "type": "x" },
            "data": {} }),
        json!({ "request": "PublishEvent", "publish": { "source": "x", "type": "x" }, "data": {},
            "eventId": long }),
        json!({ "request": "AddToCredits", "section": long, "value": 1 }),
        json!({ "request": "AddToCredits", "section": "x", "value": long }),
        json!({ "request": "RollCredits", "theme": long }),
        json!({ "request": "ControlCredits", "command": "look", "value": { "theme": long } }),
    ] {
        let error = bench.ask(refused)["error"].as_str().unwrap().to_owned();
        assert!(error.contains("must have at most"), "{error}");
    }
}

#[test]
fn an_old_row_with_a_text_without_end_is_cut_when_it_is_read() {
    let long = "x".repeat(15 << 20);
    let body = json!({ "user": { "id": "7", "login": "zed", "displayName": long } }).to_string();
    let mut bench = Bench::up();
    let row = Row {
        seq: Seq(1),
        session: bench.bridge.session().id,
        at_ms: START_MS,
        origin: RowOrigin::Received,
        kind: "FOLLOW".into(),
        id: None,
        body: body.into(),
    };
    bench.bridge.replay(&row);
    let name = bench.credits()["Events"]["Follows"][0]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        (name.chars().count(), name.ends_with('…')),
        (crate::event::person::LONGEST_NAME, true)
    );
}

#[test]
fn a_reply_names_the_fields_that_the_request_does_not_have_and_what_never_comes() {
    let mut bench = Bench::up();
    let reply = bench.ask(json!({ "request": "GetCredits", "limmit": 3 }));
    assert_eq!(
        (&reply["status"], &reply["unknown"]),
        (&json!("ok"), &json!(["limmit"]))
    );
    assert_eq!(
        reply["warnings"],
        json!(["GetCredits has no field \"limmit\", so it has no effect; did you mean \"limit\"?"])
    );
    assert!(reply["Events"].is_object(), "the shared part is there too");
    let reply = bench.ask(json!({ "request": "AddToCredits", "secton": "Thanks", "value": "Mum" }));
    assert_eq!(
        (&reply["status"], &reply["unknown"]),
        (&json!("error"), &json!(["secton"]))
    );
    let reply = bench.ask(json!({ "request": "GetCredits", "limit": 3 }));
    assert_eq!((reply.get("unknown"), reply.get("warnings")), (None, None));

    let events = json!({ "twitch": ["Follow", "ShoutoutCreated"] });
    let reply = bench.ask(json!({ "request": "Subscribe", "events": events, "evnets": {} }));
    assert_eq!(
        (&reply["events"], &reply["unknown"]),
        (&events, &json!(["evnets"]))
    );
    assert_eq!(
        reply["warnings"],
        json!([
            "the bridge itself never emits Twitch.ShoutoutCreated: it comes only when another \
                program publishes it with PublishEvent",
            "Subscribe has no field \"evnets\", so it has no effect; did you mean \"events\"?"
        ])
    );
    // Unknown events are reported in the same field. Then only the warning names the unknown field.
    let reply = bench
        .ask(json!({ "request": "Subscribe", "events": { "Twitch": ["Folow"] }, "evnets": {} }));
    assert_eq!(reply["unknown"], json!({ "Twitch": ["Folow"] }));
    assert!(reply["warnings"].to_string().contains("evnets"));
    let reply =
        bench.ask(json!({ "request": "UnSubscribe", "events": { "Twitch": ["Follow", "Folow"] } }));
    assert_eq!(
        (&reply["events"], &reply["unknown"]),
        (&json!(["Follow"]), &json!({ "Twitch": ["Folow"] }))
    );
}
