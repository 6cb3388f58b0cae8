//! `record` and `replay`.

use serde_json::{Value, json};
use twitchat_bridge::sim::obs::StandIn;
use twitchat_bridge::sim::peer::{RequestPeer, Target};

use crate::program::{Home, PASSWORD, Running, obs, sessions, wait_until};

async fn requests(obs: &StandIn) -> RequestPeer {
    RequestPeer::connect(&Target {
        url: obs.url(),
        password: Some(PASSWORD.into()),
    })
    .await
    .unwrap()
}

fn follow(id: &str, login: &str) -> Value {
    json!({ "origin": "twitchat", "type": "FOLLOW", "id": id, "data": { "user": { "id": login,
        "login": login, "displayName": login } } })
}

async fn begin(home: &Home, arguments: &[&str]) -> Running {
    let running = home.spawn(&[&["record"], arguments].concat());
    wait_until("it connects", || running.err().contains("connected to OBS")).await;
    running
}

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn write(home: &Home, name: &str, lines: &[Value]) {
    let text: Vec<_> = lines.iter().map(ToString::to_string).collect();
    std::fs::write(home.path(name), text.join("\n")).unwrap();
}

#[tokio::test]
async fn received_messages_are_recorded_with_their_time_and_the_gap() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let running = begin(&home, &["tape.ndjson"]).await;
    let read = || std::fs::read_to_string(home.path("tape.ndjson")).unwrap_or_default();
    let request = json!({ "request": "GetInfo", "id": 1 });
    let mut first = requests(&obs).await;
    for message in [
        follow("f1", "anna"),
        request.clone(),
        json!({ "hello": "world" }),
    ] {
        first.broadcast(&message).await.unwrap();
    }
    wait_until("it is on disk at once", || read().lines().count() == 3).await;
    obs.stop().await;
    wait_until("the gap begins", || read().lines().count() == 4).await;
    obs.start_again().await.unwrap();
    wait_until("the gap ends", || read().lines().count() == 5).await;
    requests(&obs)
        .await
        .broadcast(&follow("f2", "berta"))
        .await
        .unwrap();
    wait_until("it goes on", || read().lines().count() == 6).await;
    running.signal("INT");
    let done = running.end().await.succeeds();
    assert!(done.err.contains("recorded 3 messages in "), "{done:?}");
    assert_eq!(done.out, "");
    let tape = lines(&read());
    assert_eq!(tape[0]["recording"], 1);
    assert_eq!(
        [
            &tape[1]["message"],
            &tape[2]["message"],
            &tape[5]["message"]
        ],
        [&follow("f1", "anna"), &request, &follow("f2", "berta")]
    );
    assert_eq!([&tape[3]["gap"], &tape[4]["gap"]], ["begins", "ends"]);
    let times: Vec<_> = tape[1..]
        .iter()
        .map(|line| line["ms"].as_u64().unwrap())
        .collect();
    assert!(times.is_sorted() && times[4] > times[0] + 250, "{times:?}");
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(home.path("tape.ndjson"))
            .unwrap()
            .permissions(),
    );
    assert_eq!(mode & 0o777, 0o600, "it holds what people wrote");

    home.run(&["record", "tape.ndjson"])
        .await
        .fails(2, &["tape.ndjson is there already", "--force"]);
}

#[tokio::test]
async fn types_are_chosen_and_standard_output_will_do() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let running = begin(&home, &["-", "--for", "ON_FOLLOW", "--for", "Request.*"]).await;
    let mut requests = requests(&obs).await;
    let raid = json!({ "origin": "twitchat", "type": "ON_RAID", "id": "r", "data": {} });
    for message in [raid, follow("f1", "anna"), json!({ "request": "GetInfo" })] {
        requests.broadcast(&message).await.unwrap();
    }
    wait_until("two are recorded", || running.out().lines().count() == 3).await;
    running.signal("INT");
    let tape = lines(&running.end().await.succeeds().out);
    assert_eq!(
        (&tape[1]["message"]["type"], &tape[2]["message"]["request"]),
        (&json!("FOLLOW"), &json!("GetInfo"))
    );
    home.run(&["record", "-", "--for", "Twitch.Follow"])
        .await
        .fails(2, &["Twitch.Follow is not a message on OBS"]);
}

#[tokio::test]
async fn a_replay_has_fresh_ids_the_mark_and_events_only() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let message = |ms: u64, message: Value| json!({ "ms": ms, "message": message });
    let lines = [
        json!({ "recording": 1 }),
        message(1_000, follow("f1", "anna")),
        message(1_010, json!({ "request": "ClearCredits", "id": 1 })),
        message(
            1_020,
            json!({ "origin": "twitchat", "type": "SEND_MESSAGE", "id": "a1",
                "data": { "message": "hi" } }),
        ),
        message(
            1_030,
            json!({ "origin": "twitchat", "type": "ON_OBS_SCENE_CHANGE", "id": "o1", "data": {} }),
        ),
        message(
            1_400,
            json!({ "origin": "twitchat", "type": "POLL_PROGRESS", "id": "p1" }),
        ),
    ];
    write(&home, "tape.ndjson", &lines);
    let done = home.run(&["replay", "tape.ndjson"]).await.succeeds();
    assert!(
        done.err
            .ends_with("played 2 messages; left out 3 that are not Twitchat events\n"),
        "{done:?}"
    );
    assert_eq!(done.out, "");
    let received = obs.received();
    let [played, poll] = &received[..] else {
        panic!("{received:?}")
    };
    let expected = json!({ "origin": "twitchat", "type": "FOLLOW", "id": played["id"],
        "data": follow("f1", "anna")["data"], "replay": true });
    assert_eq!((played, played["id"] == "f1"), (&expected, false));
    assert_eq!(
        *poll,
        json!({ "origin": "twitchat", "type": "POLL_PROGRESS", "id": poll["id"], "replay": true })
    );

    home.run(&[
        "replay",
        "tape.ndjson",
        "--for",
        "SET_SEND_MESSAGE",
        "--for",
        "*OBS*",
        "--speed",
        "max",
    ])
    .await
    .succeeds();
    let received = obs.received();
    assert_eq!(
        (received.len(), &received[2]["type"]),
        (3, &json!("SEND_MESSAGE"))
    );
    let nothing = home.run(&["replay", "tape.ndjson", "--for", "RAID"]).await;
    nothing.fails(1, &["nothing in tape.ndjson is played"]);
}

#[tokio::test]
async fn it_takes_the_time_that_the_recording_took_or_less_or_another() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let tape = |step: u64| {
        (0..3)
            .map(|n| json!({ "ms": n * step, "message": follow(&n.to_string(), "anna") }))
            .collect::<Vec<_>>()
    };
    write(&home, "short.ndjson", &tape(200));
    write(&home, "long.ndjson", &tape(30_000));
    write(
        &home,
        "plain.ndjson",
        &tape(0)
            .into_iter()
            .map(|line| line["message"].clone())
            .collect::<Vec<_>>(),
    );
    let longest = 20_000;
    for (arguments, at_least) in [
        (&["short.ndjson"][..], 400),
        (&["long.ndjson", "--speed", "200"], 300),
        (&["long.ndjson", "--speed", "0"], 0),
        (&["long.ndjson", "--every", "150ms"], 300),
        (&["plain.ndjson", "--speed", "4"], 500),
    ] {
        let begun = tokio::time::Instant::now();
        home.run(&[&["replay"], arguments].concat())
            .await
            .succeeds();
        let took = begun.elapsed().as_millis();
        assert!(
            (at_least..longest).contains(&took),
            "{arguments:?}: {took} ms"
        );
    }
}

#[tokio::test]
async fn a_broken_recording_is_not_played_at_all_unless_its_lines_are_skipped() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    std::fs::write(
        home.path("broken.ndjson"),
        format!(
            "{}\n{{\"private words\n{}\n",
            follow("1", "anna"),
            follow("2", "berta")
        ),
    )
    .unwrap();
    let refused = home.run(&["replay", "broken.ndjson"]).await;
    refused.fails(1, &["broken.ndjson cannot be played: line 2 is not JSON"]);
    assert!(
        obs.received().is_empty() && !refused.err.contains("private"),
        "{refused:?}"
    );
    let skipped = home
        .run(&["replay", "broken.ndjson", "--skip-broken", "--speed", "max"])
        .await
        .succeeds();
    assert!(
        skipped.err.contains("warning: line 2 is not JSON")
            && skipped.err.contains("played 2 messages; left out 1"),
        "{skipped:?}"
    );
    assert_eq!(obs.received().len(), 2);

    let input = std::fs::read_to_string(home.path("broken.ndjson")).unwrap();
    home.feed(&["replay", "-", "--speed", "max"], &input)
        .await
        .fails(1, &["line 2 is not JSON"]);
    assert_eq!(obs.received().len(), 3, "what came before it was played");
    home.feed(&["replay", "-", "--loop"], "")
        .await
        .fails(2, &["--loop needs a file"]);
    home.run(&["replay", "no-such-file"])
        .await
        .fails(1, &["no-such-file cannot be played"]);
}

#[tokio::test]
async fn it_waits_for_an_obs_that_restarts_and_loops_until_it_is_stopped() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    write(
        &home,
        "tape.ndjson",
        &[follow("1", "anna"), follow("2", "berta")],
    );
    let running = home.spawn(&["replay", "tape.ndjson", "--every", "20ms", "--loop"]);
    let played = || obs.received().len();
    wait_until("it begins again", || played() > 4).await;
    obs.kill().await;
    let before = played();
    wait_until("it prints that OBS was closed", || {
        running.err().contains("waiting for it to come back")
    })
    .await;
    obs.start_again().await.unwrap();
    wait_until("it goes on", || played() > before + 4).await;
    running.signal("INT");
    running.end().await.succeeds();
    let ids: std::collections::HashSet<_> = obs
        .received()
        .iter()
        .map(|message| message["id"].to_string())
        .collect();
    // OBS may accept a message but be killed before it confirms the message. The message is then
    // sent again with the same id.
    let played = played();
    assert!(
        (played - 1..=played).contains(&ids.len()),
        "each time another id: {} of {played}",
        ids.len()
    );
}

#[tokio::test]
async fn a_replay_is_emitted_but_counts_only_with_the_flag() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let bridge = home.spawn(&["run"]);
    sessions(&obs, 2).await;
    home.run(&[
        "request",
        "Subscribe",
        "client=test",
        r#"events:={"Twitch":["*"]}"#,
    ])
    .await
    .succeeds();
    write(&home, "tape.ndjson", &[follow("1", "anna")]);
    home.run(&["replay", "tape.ndjson"]).await.succeeds();
    let emitted = || {
        obs.received()
            .into_iter()
            .filter(|message| message["event"]["type"] == "Follow")
            .collect::<Vec<_>>()
    };
    wait_until("it is emitted", || emitted().len() == 1).await;
    assert_eq!(
        (&emitted()[0]["replay"], &emitted()[0]["data"]["userName"]),
        (&json!(true), &json!("anna"))
    );
    assert_eq!(home.run(&["credits"]).await.succeeds().out, "");
    home.run(&["replay", "tape.ndjson", "--count"])
        .await
        .succeeds();
    wait_until("it is emitted again", || emitted().len() == 2).await;
    assert_eq!(emitted()[1].get("replay"), None);
    assert_eq!(
        home.run(&["credits"]).await.succeeds().out,
        "New followers\n  anna\n"
    );
    let status: Value =
        serde_json::from_str(&home.run(&["status", "--json"]).await.succeeds().out).unwrap();
    assert_eq!(
        (&status["counts"]["replayed"], &status["counts"]["events"]),
        (&json!(2), &json!(1))
    );
    bridge.signal("TERM");
    bridge.end().await.succeeds();
}
