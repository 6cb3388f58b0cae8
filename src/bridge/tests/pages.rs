//! Tests the behaviour on which pages for Streamer.bot rely: each request gets a reply, each chat
//! line is emitted once, and timers and voices are emitted.

use super::*;

fn subscribe(bench: &mut Bench, events: &Value) {
    let reply =
        bench.ask(json!({ "request": "Subscribe", "id": 1, "client": "page", "events": events }));
    assert_eq!(reply["status"], "ok");
}

/// Names and data of the events that were sent on OBS since the last call.
fn events(bench: &mut Bench) -> Vec<(String, Value)> {
    let sent = bench
        .sent()
        .into_iter()
        .filter(|message| message.get("event").is_some());
    sent.map(|message| {
        let name = format!(
            "{}.{}",
            message["event"]["source"].as_str().unwrap(),
            message["event"]["type"].as_str().unwrap()
        );
        (name, message["data"].clone())
    })
    .collect()
}

fn event_names(events: &[(String, Value)]) -> Vec<&str> {
    events.iter().map(|(name, _)| name.as_str()).collect()
}

/// Sends a message of Twitchat with the given id. Two pages would use different ids.
fn message(bench: &mut Bench, id: &str, kind: &str, data: &Value) {
    bench.receive(
        &json!({ "origin": "twitchat", "type": kind, "id": id, "data": data }).to_string(),
    );
}

fn line(who: &str, text: &str) -> Value {
    json!({ "channel": "123456", "message": text, "user": { "id": format!("id of {who}"),
        "login": who.to_lowercase(), "displayName": who } })
}

/// A bridge with a page that subscribes to all events of three sources.
fn watched() -> Bench {
    let mut bench = Bench::up();
    subscribe(
        &mut bench,
        &json!({ "Twitch": ["*"], "General": ["*"], "VoiceMod": ["*"] }),
    );
    bench.sent();
    bench
}

#[test]
fn pronouns_are_answered_as_not_found_in_streamer_bots_shape() {
    let mut bench = Bench::up();
    let reply = bench.ask(
        json!({ "request": "GetUserPronouns", "id": 1, "platform": "twitch", "userLogin": "zed" }),
    );
    assert_eq!(
        (&reply["status"], &reply["userLogin"]),
        (&json!("ok"), &json!("zed"))
    );
    let pronoun = reply["pronoun"].as_object().unwrap();
    assert_eq!(pronoun["userFound"], json!(false));
    let texts: Vec<_> = pronoun
        .iter()
        .filter(|(_, value)| **value == json!(""))
        .map(|(key, _)| key.as_str())
        .collect();
    assert_eq!((texts.len(), pronoun.len()), (18, 19));
    // Overlays ask for everybody who writes, whatever they know about the person.
    for asked in [
        json!({ "platform": "tiktok", "userLogin": "zed" }),
        json!({ "platform": "twitch" }),
        json!({ "userLogin": 7 }),
    ] {
        let mut request = json!({ "request": "GetUserPronouns", "id": 1 });
        request
            .as_object_mut()
            .unwrap()
            .extend(asked.as_object().unwrap().clone());
        assert_eq!(
            bench.ask(&request)["pronoun"]["userFound"],
            json!(false),
            "{asked}"
        );
    }
}

#[test]
fn a_variable_that_there_is_not_is_found_missing_by_the_client_itself() {
    let mut bench = Bench::up();
    let reply =
        bench.ask(json!({ "request": "GetGlobal", "id": 1, "variable": "x", "persisted": true }));
    assert_eq!(
        (&reply["status"], &reply["variables"], &reply["count"]),
        (&json!("ok"), &json!({}), &json!(0))
    );
}

#[test]
fn a_code_trigger_is_an_event_and_its_caller_is_answered() {
    let mut bench = Bench::up();
    let execute = json!({ "request": "ExecuteCodeTrigger", "id": 2, "triggerName": "vote_removed",
        "args": { "n": 3, "sbClientResponse": "r1" } });
    bench.sent();
    bench.receive(&execute.to_string());
    let sent = bench.sent();
    assert_eq!(
        sent.iter().find(|message| message["id"] == 2).unwrap()["status"],
        "ok"
    );
    let answer = sent
        .iter()
        .find(|message| message["event"] == json!({ "source": "Custom", "type": "Event" }))
        .unwrap();
    assert_eq!(
        answer["data"],
        json!({ "eventName": "r1", "args": { "triggerName": "vote_removed", "handled": false } })
    );
    subscribe(&mut bench, &json!({ "Custom": ["CodeEvent"] }));
    bench.sent();
    bench.receive(&execute.to_string());
    let emitted = events(&mut bench);
    let (_, data) = emitted
        .iter()
        .find(|(name, _)| name == "Custom.CodeEvent")
        .unwrap();
    assert_eq!(
        *data,
        json!({ "eventName": "vote_removed", "args": { "n": 3, "sbClientResponse": "r1" } })
    );
}

#[test]
fn a_client_that_waits_for_an_actions_answer_gets_it_before_it_subscribes() {
    let mut bench = Bench::up();
    bench.twitchat("LABEL_OVERLAY_PLACEHOLDERS", json!({}));
    bench.sent();
    let action = json!({ "request": "DoAction", "id": 1, "action": { "name": "CHAT_FEED_READ" },
        "args": { "count": 3, "sbClientResponse": "r1" } });
    bench.receive(&action.to_string());
    let emitted = events(&mut bench);
    assert_eq!(event_names(&emitted), ["Custom.Event"]);
    assert_eq!(emitted[0].1["eventName"], "r1");
}

#[test]
fn what_needs_no_disk_is_answered_while_the_journal_cannot_be_written() {
    let mut bench = Bench::up();
    bench.input(Input::StoreFailed("disk full".into()));
    for request in [
        json!({ "request": "Subscribe", "id": 1, "events": { "Twitch": ["Cheer"] } }),
        json!({ "request": "UnSubscribe", "id": 1, "events": { "Twitch": ["Cheer"] } }),
        json!({ "request": "GetEvents", "id": 1 }),
        json!({ "request": "GetActions", "id": 1 }),
        json!({ "request": "GetBroadcaster", "id": 1 }),
        json!({ "request": "GetUserPronouns", "id": 1, "platform": "twitch", "userLogin": "zed" }),
        json!({ "request": "TwitchGetEmotes", "id": 1 }),
        json!({ "request": "TestCredits", "id": 1 }),
        json!({ "request": "GetCredits", "id": 1 }),
        json!({ "request": "GetActiveViewers", "id": 1 }),
    ] {
        assert_eq!(bench.ask(&request)["status"], "ok", "{request}");
    }
    assert_eq!(
        bench.ask(json!({ "request": "ClearCredits", "id": 1 }))["status"],
        "error"
    );
}

#[test]
fn a_line_that_five_messages_report_is_one_chat_message_and_one_first_word() {
    for kinds in [
        [
            "MESSAGE_NON_FOLLOWER",
            "MENTION",
            "MESSAGE_FIRST",
            "MESSAGE_FIRST_ALL_TIME",
            "MESSAGE_FILTERED",
        ],
        [
            "ON_MENTION",
            "ON_MESSAGE_FROM_NON_FOLLOWER",
            "ON_MESSAGE_FIRST_TODAY",
            "ON_MESSAGE_FIRST_ALL_TIME",
            "ON_MESSAGE_FROM_NON_FOLLOWER",
        ],
    ] {
        let mut bench = watched();
        for (place, kind) in kinds.iter().enumerate() {
            message(
                &mut bench,
                &format!("m{place}"),
                kind,
                &line("Anna_B", "hello @me"),
            );
            bench.pass(3);
        }
        bench.pass(3_000);
        let emitted = events(&mut bench);
        assert_eq!(
            event_names(&emitted),
            ["Twitch.FirstWord", "Twitch.ChatMessage"],
            "{kinds:?}"
        );
        for (_, data) in &emitted {
            assert_eq!(
                (&data["text"], &data["user"]["name"]),
                (&json!("hello @me"), &json!("Anna_B"))
            );
            assert_eq!(
                (&data["meta"]["firstMessage"], &data["messageId"]),
                (&json!(true), &json!("m0")),
                "the last message says so"
            );
        }
    }
}

#[test]
fn the_messages_of_two_twitchat_pages_are_one_line_too() {
    let mut bench = watched();
    for (page, prefix) in [("browser", ""), ("dock", "ON_")] {
        let kinds = if prefix.is_empty() {
            ["MENTION", "MESSAGE_FIRST"]
        } else {
            ["ON_MENTION", "ON_MESSAGE_FIRST_TODAY"]
        };
        for kind in kinds {
            message(
                &mut bench,
                &format!("{page} {kind}"),
                kind,
                &line("Anna_B", "hello"),
            );
            bench.pass(600);
        }
    }
    bench.pass(3_000);
    let emitted = events(&mut bench);
    assert_eq!(
        emitted
            .iter()
            .filter(|(name, _)| name == "Twitch.ChatMessage")
            .count(),
        1
    );
    assert_eq!(
        emitted
            .iter()
            .filter(|(name, _)| name == "Twitch.FirstWord")
            .count(),
        1
    );
}

#[test]
fn other_people_other_texts_and_the_same_text_later_are_lines_of_their_own() {
    let mut bench = watched();
    for (id, who, text) in [
        ("1", "Anna_B", "hi"),
        ("2", "Zed", "hi"),
        ("3", "Anna_B", "hi!"),
        ("4", "Zed", "hi"),
    ] {
        message(&mut bench, id, "MENTION", &line(who, text));
    }
    bench.pass(2_100);
    message(&mut bench, "5", "MENTION", &line("Anna_B", "hi"));
    bench.pass(200);
    let emitted = events(&mut bench);
    let lines: Vec<_> = emitted
        .iter()
        .map(|(_, data)| {
            (
                data["user"]["name"].as_str().unwrap(),
                data["text"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            ("Anna_B", "hi"),
            ("Zed", "hi"),
            ("Anna_B", "hi!"),
            ("Anna_B", "hi")
        ]
    );
    assert!(emitted.iter().all(|(name, _)| name == "Twitch.ChatMessage"));
}

#[test]
fn a_late_first_word_is_emitted_and_the_line_is_not_repeated() {
    let mut bench = watched();
    message(&mut bench, "1", "MENTION", &line("Anna_B", "hello"));
    bench.pass(1_000);
    assert_eq!(event_names(&events(&mut bench)), ["Twitch.ChatMessage"]);
    message(&mut bench, "2", "MESSAGE_FIRST", &line("Anna_B", "hello"));
    message(
        &mut bench,
        "3",
        "MESSAGE_FIRST_ALL_TIME",
        &line("Anna_B", "hello"),
    );
    bench.pass(3_000);
    assert_eq!(event_names(&events(&mut bench)), ["Twitch.FirstWord"]);
}

#[test]
fn a_reward_with_a_text_is_a_line_as_streamer_bot_marks_it() {
    let mut bench = watched();
    let reward = |id: &str, cost: i64, text: &str| {
        let mut data = line("Anna_B", text);
        data["reward"] = json!({ "id": id, "cost": cost, "title": "A reward" });
        data
    };
    message(
        &mut bench,
        "1",
        "REWARD_REDEEM",
        &reward("hydrate", 500, "please drink"),
    );
    message(
        &mut bench,
        "2",
        "ON_REWARD_REDEEM",
        &reward("highlighted-message", -1, "look at me"),
    );
    message(&mut bench, "3", "ON_MENTION", &line("Anna_B", "look at me"));
    message(
        &mut bench,
        "4",
        "REWARD_REDEEM",
        &reward("stretch", 100, ""),
    );
    bench.pass(500);
    let emitted = events(&mut bench);
    let lines: Vec<_> = emitted
        .iter()
        .filter(|(name, _)| name == "Twitch.ChatMessage")
        .map(|(_, data)| data.clone())
        .collect();
    let marks: Vec<_> = lines
        .iter()
        .map(|data| {
            (
                data["text"].as_str().unwrap(),
                &data["meta"]["isCustomReward"],
                &data["meta"]["isHighlighted"],
            )
        })
        .collect();
    assert_eq!(
        marks,
        [
            ("please drink", &json!(true), &json!(false)),
            ("look at me", &json!(false), &json!(true))
        ]
    );
    assert_eq!(
        emitted
            .iter()
            .filter(|(name, _)| name.ends_with("RewardRedemption"))
            .count(),
        3
    );
}

#[test]
fn what_nobody_saw_in_chat_or_wrote_long_ago_is_no_line() {
    let mut bench = watched();
    message(
        &mut bench,
        "1",
        "ON_AUTOMOD_MESSAGE_HELD",
        &line("Anna_B", "held back"),
    );
    message(
        &mut bench,
        "2",
        "ON_MESSAGE_MARKED_AS_READ",
        &line("Anna_B", "an old line"),
    );
    message(
        &mut bench,
        "3",
        "MESSAGE_READ",
        &json!({ "manual": true, "selected": true, "message": line("Anna_B", "an old line") }),
    );
    message(&mut bench, "4", "MESSAGE_FIRST", &line("Zed", ""));
    bench.pass(3_000);
    assert_eq!(
        event_names(&events(&mut bench)),
        ["Twitch.FirstWord"],
        "a first word without a text"
    );
    message(
        &mut bench,
        "5",
        "BITS",
        &json!({ "channel": "123456", "message": "Cheer1 hi", "user": line("Zed", "")["user"],
            "bits": 1 }),
    );
    bench.pass(3_000);
    assert_eq!(
        event_names(&events(&mut bench)),
        ["Twitch.Cheer"],
        "Streamer.bot emits a cheer only as a cheer"
    );
}

#[test]
fn a_line_comes_before_its_deletion() {
    let mut bench = watched();
    message(&mut bench, "1", "MENTION", &line("Anna_B", "buy followers"));
    message(
        &mut bench,
        "2",
        "MESSAGE_DELETED",
        &line("Anna_B", "buy followers"),
    );
    bench.pass(500);
    assert_eq!(
        event_names(&events(&mut bench)),
        ["Twitch.ChatMessage", "Twitch.ChatMessageDeleted"]
    );
}

#[test]
fn chat_lines_leave_no_text_in_the_journal_and_a_restart_repeats_none() {
    let mut bench = watched();
    message(&mut bench, "1", "MENTION", &line("Anna_B", "a secret"));
    message(
        &mut bench,
        "2",
        "REWARD_REDEEM",
        &json!({ "channel": "123456", "message": "a secret", "user": line("Zed", "")["user"],
        "reward": { "id": "r", "cost": 5, "title": "R" } }),
    );
    bench.pass(500);
    assert!(
        bench.rows.iter().all(|row| !row.body.contains("secret")),
        "{:?}",
        bench.rows
    );
    assert!(bench.meta.values().all(|value| !value.contains("secret")));
    let mut after = bench.restarted();
    after.pass(3_000);
    assert!(
        event_names(&events(&mut after))
            .iter()
            .all(|name| !name.starts_with("Twitch."))
    );
}

#[test]
fn a_replayed_line_and_a_real_one_stay_apart() {
    let mut bench = watched();
    message(&mut bench, "1", "MENTION", &line("Anna_B", "hello"));
    bench.receive(
        &json!({ "origin": "twitchat", "type": "MENTION", "id": "2", "replay": true,
        "data": line("Anna_B", "hello") })
        .to_string(),
    );
    bench.pass(500);
    let sent: Vec<_> = bench
        .sent()
        .into_iter()
        .filter(|message| message["event"]["type"] == "ChatMessage")
        .collect();
    assert_eq!(
        sent.iter()
            .map(|message| message["replay"] == true)
            .collect::<Vec<_>>(),
        [false, true]
    );
}

#[test]
fn a_flood_of_lines_keeps_the_bridge_small_and_loses_none() {
    let mut bench = watched();
    let count = 3_000;
    for number in 0..count {
        message(
            &mut bench,
            &format!("m{number}"),
            "MENTION",
            &line("Anna_B", &format!("line {number}")),
        );
    }
    bench.pass(500);
    assert_eq!(events(&mut bench).len(), count);
}

#[test]
fn timers_and_countdowns_are_custom_events_once_for_each_change() {
    let timer = |more: Value| {
        let mut data = json!({ "id": "t1", "type": "timer", "title": "Timer", "paused": false,
            "offset_ms": 0, "duration_ms": 0 });
        data.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        data
    };
    for [start, stop, countdown, complete] in [
        [
            "TIMER_START",
            "TIMER_STOP",
            "COUNTDOWN_START",
            "COUNTDOWN_COMPLETE",
        ],
        [
            "ON_TIMER_START",
            "ON_TIMER_STOP",
            "ON_COUNTDOWN_START",
            "ON_COUNTDOWN_COMPLETE",
        ],
    ] {
        let mut bench = watched();
        let (idle, running) = (timer(json!({})), timer(json!({ "startAt_ms": 1_000 })));
        let stopped = timer(json!({ "startAt_ms": 1_000, "endAt_ms": 5_000 }));
        let messages = [
            (start, &idle),
            (start, &running),
            (start, &running),
            (stop, &stopped),
            (stop, &stopped),
            (start, &idle),
            (countdown, &running),
            (countdown, &running),
            (complete, &stopped),
            (complete, &stopped),
        ];
        for (place, (kind, data)) in messages.into_iter().enumerate() {
            message(&mut bench, &format!("{kind} {place}"), kind, data);
        }
        let emitted = events(&mut bench);
        assert!(
            emitted
                .iter()
                .all(|(name, data)| name == "General.Custom" && data["source"] == "Twitchat")
        );
        let kinds: Vec<_> = emitted
            .iter()
            .map(|(_, data)| data["type"].as_str().unwrap())
            .collect();
        assert_eq!(kinds, [start, start, stop, start, countdown, complete]);
        assert_eq!(
            (&emitted[1].1["data"], &emitted[2].1["data"]),
            (&running, &stopped)
        );
    }
}

#[test]
fn a_voice_of_voicemod_is_emitted_with_streamer_bots_keys() {
    for (kind, key) in [
        ("VOICEMOD_CHANGE", "voice"),
        ("ON_VOICEMOD_VOICE_CHANGE", "voiceId"),
    ] {
        let mut bench = watched();
        for (id, voice) in [
            ("1", "cathedral"),
            ("2", "cathedral"),
            ("3", "5d0a2f3c-0f2b-4c1e-9f43-6f2a6f0f7b11"),
        ] {
            message(&mut bench, id, kind, &json!({ key: voice }));
        }
        let emitted = events(&mut bench);
        assert_eq!(
            event_names(&emitted),
            ["VoiceMod.VoiceLoaded", "VoiceMod.VoiceLoaded"]
        );
        assert_eq!(
            (
                &emitted[0].1["voice.id"],
                &emitted[0].1["voice.name"],
                &emitted[0].1["voice"]["id"]
            ),
            (
                &json!("cathedral"),
                &json!("cathedral"),
                &json!("cathedral")
            )
        );
        assert_eq!(
            (
                &emitted[1].1["voiceName"],
                emitted[1].1["voiceId"].as_str().unwrap().len()
            ),
            (&json!(""), 36),
            "an id is no name"
        );
    }
}

#[test]
fn a_donation_goal_is_a_custom_event_and_never_a_tip() {
    let mut bench = watched();
    for (place, (kind, amount)) in [
        ("DONATION_EVENT", "12.5"),
        ("ON_DONATION_EVENT", "1"),
        ("DONATION_EVENT", "5 tier 1"),
    ]
    .into_iter()
    .enumerate()
    {
        message(
            &mut bench,
            &format!("d{place}"),
            kind,
            &json!({ "username": "Kasper W", "amount": amount, "overlayId": "goal" }),
        );
    }
    let emitted = events(&mut bench);
    let data: Vec<_> = emitted
        .iter()
        .map(|(name, data)| (name.as_str(), data["data"]["amount"].as_str().unwrap()))
        .collect();
    assert_eq!(
        data,
        [
            ("General.Custom", "12.5"),
            ("General.Custom", "1"),
            ("General.Custom", "5 tier 1")
        ]
    );
    let rows = bench
        .rows
        .iter()
        .filter(|row| &*row.kind != crate::bridge::ingest::two_pages::KIND)
        .count();
    assert_eq!((&bench.credits()["Custom"], rows), (&json!({}), 0));
}

#[test]
fn each_page_chooses_the_spelling_of_the_events_list_too() {
    let mut bench = Bench::up();
    let mut keys = |spelling: &str| -> Vec<String> {
        let reply = bench.ask(json!({ "request": "GetEvents", "id": 1, "spelling": spelling }));
        reply["events"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect()
    };
    let (both, current, legacy) = (keys("both"), keys("current"), keys("legacy"));
    assert_eq!(
        (both.len(), current.len()),
        (2 * current.len(), legacy.len())
    );
    assert!(current.contains(&"SpeechToText".into()) && legacy.contains(&"speechToText".into()));
    assert!(!current.contains(&"twitch".into()) && !legacy.contains(&"Twitch".into()));
    assert_eq!(keys("seed"), legacy, "what the bridge called it before");
}
