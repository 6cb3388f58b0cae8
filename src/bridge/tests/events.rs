//! Tests subscriptions, events on OBS, and Streamer.bot's other requests.

use super::*;

fn events(bench: &mut Bench) -> Vec<Value> {
    bench
        .sent()
        .into_iter()
        .filter(|message| message.get("event").is_some())
        .collect()
}

fn name(event: &Value) -> String {
    format!(
        "{}.{}",
        event["event"]["source"].as_str().unwrap(),
        event["event"]["type"].as_str().unwrap()
    )
}

fn subscribe(bench: &mut Bench, client: &str, events: &Value) -> Value {
    bench.ask(json!({ "request": "Subscribe", "id": "s", "client": client, "events": events }))
}

fn follow(bench: &mut Bench, id: u32) {
    bench.twitchat(
        "FOLLOW",
        json!({ "user": { "id": id.to_string(), "login": format!("p{id}"),
        "displayName": format!("P{id}") } }),
    );
}

#[test]
fn nothing_is_emitted_before_a_client_subscribes_and_then_the_union() {
    let mut bench = Bench::up();
    follow(&mut bench, 1);
    assert!(events(&mut bench).is_empty());
    let reply = subscribe(
        &mut bench,
        "a",
        &json!({ "twitch": ["follow", "Nonsense"] }),
    );
    assert_eq!(
        (&reply["events"], &reply["unknown"]),
        (
            &json!({ "twitch": ["follow"] }),
            &json!({ "twitch": ["Nonsense"] })
        )
    );
    subscribe(
        &mut bench,
        "b",
        &json!({ "Twitch": ["Cheer"], "Twitchat": ["FOLLOW"] }),
    );
    follow(&mut bench, 2);
    bench.twitchat(
        "BITS",
        json!({ "bits": 5, "user": { "id": "2", "login": "p2" } }),
    );
    let emitted = events(&mut bench);
    assert_eq!(
        emitted.iter().map(name).collect::<Vec<_>>(),
        ["Twitchat.FOLLOW", "Twitch.Follow", "Twitch.Cheer"]
    );
    assert_eq!(
        emitted
            .iter()
            .map(|event| event["seq"].as_u64().unwrap())
            .collect::<Vec<_>>(),
        [1, 2, 3],
        "without gaps"
    );
    assert_eq!(
        (
            emitted[1]["data"]["displayName"].as_str(),
            emitted[0]["data"]["user"]["login"].as_str()
        ),
        (Some("P2"), Some("p2"))
    );
    let time = emitted[1]["timeStamp"].as_str().unwrap();
    assert!(
        time.ends_with("+00:00") && time.len() == "2026-05-28T20:26:40.0000000+00:00".len(),
        "{time}"
    );
}

#[test]
fn unsubscribing_answers_a_flat_list_and_ends_it() {
    let mut bench = Bench::up();
    subscribe(&mut bench, "a", &json!({ "Twitch": ["Follow", "Cheer"] }));
    let reply = bench.ask(json!({ "request": "UnSubscribe", "id": "u", "client": "a",
        "events": { "Twitch": ["Follow"] } }));
    assert_eq!(reply["events"], json!(["Follow"]));
    follow(&mut bench, 1);
    assert!(events(&mut bench).is_empty());
}

#[test]
fn subscriptions_survive_a_restart_and_end_when_not_renewed() {
    let mut bench = Bench::up();
    subscribe(&mut bench, "a", &json!({ "Twitch": ["*"] }));
    bench.pass(1_000);
    let mut after = bench.restarted();
    follow(&mut after, 1);
    assert_eq!(events(&mut after).len(), 1);
    after.pass(130_000);
    follow(&mut after, 2);
    assert!(
        events(&mut after).is_empty(),
        "a minute after the Hello nobody had renewed it"
    );
}

#[test]
fn pyramids_are_emitted_under_the_subscribed_source() {
    let mut bench = Bench::up();
    subscribe(&mut bench, "old", &json!({ "misc": ["PyramidSuccess"] }));
    let user = json!({ "id": "7", "name": "zed", "display": "Zed" });
    bench.receive(
        &json!({ "request": "PublishEvent", "id": 1, "publish": { "source": "Twitch",
            "type": "PyramidSuccess" },
        "data": { "user": user, "width": 3, "emote": "Kappa" } })
        .to_string(),
    );
    assert_eq!(
        events(&mut bench).iter().map(name).collect::<Vec<_>>(),
        ["Misc.PyramidSuccess"]
    );
}

#[test]
fn events_of_obs_and_tracks_are_emitted_too() {
    let mut bench = Bench::up();
    subscribe(
        &mut bench,
        "a",
        &json!({ "Obs": ["*"], "General": ["Custom"] }),
    );
    bench.input(Input::Scene("Intro".into()));
    bench.input(Input::Scene("Game".into()));
    bench.input(Input::StreamChanged { active: true });
    bench.twitchat("CURRENT_TRACK", json!({ "trackName": "Glass Harbour" }));
    bench.input(Input::Down);
    bench.input(Input::Up(info()));
    let emitted = events(&mut bench);
    assert_eq!(
        emitted.iter().map(name).collect::<Vec<_>>(),
        [
            "Obs.SceneChanged",
            "Obs.StreamingStarted",
            "General.Custom",
            "Obs.Connected"
        ]
    );
    assert_eq!(
        (
            emitted[0]["data"]["scene"]["name"].as_str(),
            emitted[2]["data"]["data"]["trackName"].as_str()
        ),
        (Some("Game"), Some("Glass Harbour"))
    );
}

#[test]
fn events_are_listed_in_both_spellings() {
    let mut bench = Bench::up();
    let events = bench.ask(json!({ "request": "GetEvents", "id": 1 }))["events"].clone();
    assert_eq!(events["Twitch"], events["twitch"]);
    assert_eq!(events["SpeechToText"], events["speechToText"]);
    assert!(
        names(&events["Twitch"]).contains(&"GiftBomb")
            && names(&events["Twitchat"]).contains(&"ON_FOLLOW")
    );
}

#[test]
fn actions_are_twitchats_and_do_action_sends_them() {
    let mut bench = Bench::up();
    let refused = bench
        .ask(json!({ "request": "DoAction", "id": 1, "action": { "name": "CHAT_FEED_READ" } }));
    assert!(
        refused["error"].as_str().unwrap().contains("not connected"),
        "Twitchat is not connected: {refused}"
    );
    bench.twitchat("LABEL_OVERLAY_PLACEHOLDERS", json!({}));
    bench.twitchat(
        "TRIGGER_LIST",
        json!({ "triggers": [{ "id": "t-1", "name": "Play airhorn" }] }),
    );
    let list = bench.ask(json!({ "request": "GetActions", "id": 1 }));
    let actions = list["actions"].as_array().unwrap();
    assert_eq!(list["count"], actions.len());
    let find = |name: &str| {
        actions
            .iter()
            .find(|action| action["name"] == name)
            .unwrap()
    };
    let (read, horn) = (find("CHAT_FEED_READ"), find("Play airhorn"));
    assert_eq!(
        (read["group"].as_str(), horn["group"].as_str()),
        (Some("Twitchat"), Some("Twitchat triggers"))
    );
    let names: Vec<_> = actions
        .iter()
        .map(|action| action["name"].as_str().unwrap().to_lowercase())
        .collect();
    assert!(names.is_sorted());

    subscribe(
        &mut bench,
        "a",
        &json!({ "Raw": ["Action"], "Custom": ["Event"] }),
    );
    bench.sent();
    let request = json!({ "request": "DoAction", "id": 2, "action": { "id": read["id"] },
        "args": { "count": 3, "sbClientResponse": "r1" } });
    bench.receive(&request.to_string());
    let sent = bench.sent();
    let action = sent
        .iter()
        .find(|message| message["type"] == "CHAT_FEED_READ")
        .unwrap();
    assert_eq!(
        (&action["data"], &action["origin"]),
        (&json!({ "count": 3 }), &json!("twitchat"))
    );
    let emitted: Vec<_> = sent
        .iter()
        .filter(|message| message.get("event").is_some())
        .map(name)
        .collect();
    assert_eq!(emitted, ["Raw.Action", "Custom.Event"]);
    bench.receive(
        &json!({ "request": "DoAction", "id": 3, "action": { "name": "play AIRHORN" } })
            .to_string(),
    );
    assert!(bench.sent().iter().any(
        |message| message["type"] == "EXECUTE_TRIGGER" && message["data"]["triggerId"] == "t-1"
    ));
    let unknown =
        bench.ask(json!({ "request": "DoAction", "id": 4, "action": { "name": "Dance" } }));
    assert_eq!(unknown["status"], "error");
}

#[test]
fn actions_of_another_generation_are_translated_and_wrong_arguments_refused() {
    let mut bench = Bench::up();
    bench.twitchat("CHAT_FEED_READ", json!({}));
    bench.twitchat("LABEL_OVERLAY_PLACEHOLDERS", json!({}));
    let old = bench.ask(json!({ "request": "GetActions", "id": 1 }));
    let read = old["actions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|action| action["name"] == "CHAT_FEED_READ")
        .unwrap()["id"]
        .clone();
    bench.twitchat("ON_LABEL_OVERLAY_PLACEHOLDERS", json!({}));
    bench.sent();
    for action in [json!({ "id": read }), json!({ "name": "chat-feed-read" })] {
        bench.receive(
            &json!({ "request": "DoAction", "id": 2, "action": action, "args": { "count": 3 } })
                .to_string(),
        );
        let sent = bench.sent();
        let action = sent
            .iter()
            .find(|message| message["type"] == "SET_CHAT_FEED_READ")
            .unwrap();
        assert_eq!(action["data"], json!({ "count": 3, "colIndex": 0 }));
    }
    for (action, args, words) in [
        (
            "SET_CHAT_FEED_READ",
            json!({ "count": "many" }),
            "count is a text",
        ),
        (
            "SHOW_CLIP",
            json!({ "url": "https://clips.twitch.tv/x", "params": { "position": "top" } }),
            "one of tl, t, tr",
        ),
        ("STOP_RAFFLE", json!({}), "SET_RAFFLE_PICK_WINNER"),
    ] {
        let refused = bench.ask(
            json!({ "request": "DoAction", "id": 3, "action": { "name": action }, "args": args }),
        );
        assert!(
            refused["error"].as_str().unwrap().contains(words),
            "{refused}"
        );
    }
}

#[test]
fn chat_is_written_through_twitchat_in_the_names_of_its_generation() {
    let mut bench = Bench::up();
    bench.twitchat("ON_LABEL_OVERLAY_PLACEHOLDERS", json!({}));
    bench.sent();
    bench.receive(
        &json!({ "request": "SendMessage", "id": 1, "platform": "twitch", "message": "hello" })
            .to_string(),
    );
    assert!(
        bench
            .sent()
            .iter()
            .any(|message| message["type"] == "SET_SEND_MESSAGE"
                && message["data"]["message"] == "hello")
    );
    assert_eq!(
        bench.ask(
            json!({ "request": "SendMessage", "id": 2, "platform": "kick", "message": "hello" })
        )["status"],
        "error"
    );
}

#[test]
fn the_broadcaster_is_learnt_and_viewers_are_listed() {
    let mut bench = Bench::up();
    assert_eq!(
        bench.ask(json!({ "request": "GetBroadcaster", "id": 1 }))["connected"],
        json!([])
    );
    for line in fixture("twitchat_examples.ndjson")
        .iter()
        .enumerate()
        .filter(|(line, _)| !(120..124).contains(line))
        .map(|(_, line)| line)
    {
        bench.receive(line);
    }
    let twitch =
        bench.ask(json!({ "request": "GetBroadcaster", "id": 1 }))["platforms"]["twitch"].clone();
    assert_eq!(
        (
            &twitch["broadcastUserId"],
            &twitch["broadcastUser"],
            &twitch["learned"]
        ),
        (&json!(48_210_953), &json!("Nordlicht_TV"), &json!(true))
    );
    let viewers = bench.ask(json!({ "request": "GetActiveViewers", "id": 1 }));
    let list = viewers["viewers"].as_array().unwrap();
    assert_eq!(viewers["count"], list.len());
    let olle = list
        .iter()
        .find(|viewer| viewer["login"] == "olle_bakar")
        .unwrap();
    assert_eq!(
        (
            &olle["role"],
            &olle["subscribed"],
            &olle["channelPointsUsed"]
        ),
        (&json!("VIP"), &json!(true), &json!(2000))
    );
    let pippa = list
        .iter()
        .find(|viewer| viewer["login"] == "pippa_riot")
        .unwrap();
    assert_eq!(pippa["subscribed"], true, "she went on with a gifted one");
    let owner = list
        .iter()
        .find(|viewer| viewer["id"] == "48210953")
        .unwrap();
    assert_eq!(
        (&owner["role"], &owner["exempt"]),
        (&json!("Broadcaster"), &json!(true))
    );
}

#[test]
fn replies_about_missing_features_are_empty() {
    let mut bench = Bench::up();
    for request in [
        "Authenticate",
        "GetCommands",
        "GetCodeTriggers",
        "GetGlobals",
        "GetMonitoredYouTubeBroadcasts",
        "TwitchGetEmotes",
        "YouTubeGetEmotes",
        "TwitchGetUserGlobals",
        "YouTubeGetUserGlobals",
        "TrovoGetUserGlobals",
        "KickGetUserGlobals",
        "TwitchGetUserGlobal",
        "KickGetUserGlobal",
    ] {
        assert_eq!(
            bench.ask(json!({ "request": request, "id": 1 }))["status"],
            "ok",
            "{request}"
        );
    }
}

#[test]
fn an_event_too_large_for_obs_is_logged_and_leaves_no_gap() {
    let mut bench = Bench::up();
    subscribe(
        &mut bench,
        "a",
        &json!({ "Twitch": ["Follow"], "Twitchat": ["*"] }),
    );
    bench.twitchat("SOMETHING_NEW", json!({ "long": "x".repeat(16 << 20) }));
    assert!(
        bench
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Note(io::Note::TooLarge { times: 1 })))
    );
    follow(&mut bench, 1);
    let emitted = events(&mut bench);
    assert_eq!(
        emitted
            .iter()
            .map(|event| event["seq"].as_u64().unwrap())
            .collect::<Vec<_>>(),
        [1, 2]
    );
}
