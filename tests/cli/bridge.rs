//! `run` and the verbs that send requests to it; the demo.

use serde_json::{Value, json};

use crate::program::{Home, Running, obs, sessions, wait_until};

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one sequence of steps")]
async fn a_bridge_is_asked_fed_shown_and_cleared() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let bridge = home.spawn(&["run"]);
    sessions(&obs, 2).await;

    let empty = home.run(&["credits"]).await.succeeds();
    assert_eq!(
        (
            empty.out.as_str(),
            empty.err.contains("Nobody is in the credits yet")
        ),
        ("", true)
    );

    let publish = [
        "request",
        "publishevent",
        "publish.source=Twitch",
        "publish.type=Raid",
        "data.viewers:=12",
    ];
    let raider = [
        "data.userId=7",
        "data.userName=lantern",
        "data.displayName=Lantern_Fox",
    ];
    let reply = json_of(
        &home
            .run(&[&publish[..], &raider].concat())
            .await
            .succeeds()
            .out,
    );
    assert_eq!(
        (&reply["status"], &reply["published"]["type"]),
        (&json!("ok"), &json!("Raid"))
    );
    home.run(&["request", "AddToCredits", "section=Thanks", "value=Mum"])
        .await
        .succeeds();

    let shown = home.run(&["credits"]).await.succeeds();
    assert_eq!(
        shown.out,
        "Raids\n  Lantern_Fox (12 viewers)\n\nThanks\n  Mum\n"
    );
    assert_eq!(
        home.run(&["credits", "--extended"]).await.succeeds().out,
        "Raids\n  Lantern_Fox (12 viewers)\n\nThanks\n  Mum\n"
    );
    let markdown = home
        .run(&["credits", "get", "--format", "markdown"])
        .await
        .succeeds();
    assert_eq!(
        markdown.out,
        "## Raids\n\n- Lantern\\_Fox\n\n## Thanks\n\n- Mum\n"
    );
    let seed = json_of(
        &home
            .run(&["credits", "--format", "json"])
            .await
            .succeeds()
            .out,
    );
    assert_eq!(
        (
            &seed["Events"]["Raided"],
            seed.get("events"),
            seed.get("id")
        ),
        (&json!(["Lantern_Fox"]), None, None)
    );
    let current = json_of(
        &home
            .run(&["credits", "--format", "json", "--spelling", "current"])
            .await
            .succeeds()
            .out,
    );
    assert_eq!(
        (&current["events"]["raided"], current.get("Events")),
        (&json!(["Lantern_Fox"]), None)
    );
    assert!(
        home.run(&["credits", "get", "--test"])
            .await
            .succeeds()
            .out
            .contains("New followers\n")
    );

    let status = json_of(&home.run(&["status", "--json"]).await.succeeds().out);
    assert_eq!(
        (&status["obs"]["version"], &status["counts"]["published"]),
        (&json!("30.2.3"), &json!(1))
    );
    let table = home.run(&["status"]).await.succeeds().out;
    assert!(
        table.contains("30.2.3 (obs-websocket 5.5.2)") && table.contains("published events 1"),
        "{table}"
    );

    let refused = home.run(&["request", "GetCredits", "limit:=0"]).await;
    refused.fails(1, &["the bridge refused GetCredits", "limit"]);
    assert_eq!(refused.out, "");
    home.run(&["request", "Dance"])
        .await
        .fails(1, &["unknown request"]);

    home.run(&["credits", "clear"]).await.fails(
        2,
        &["no terminal to ask on", "nothing was changed", "--yes"],
    );
    assert!(!home.run(&["credits"]).await.succeeds().out.is_empty());
    home.run(&["credits", "clear", "--yes"]).await.succeeds();
    assert_eq!(home.run(&["credits"]).await.succeeds().out, "");

    bridge.signal("TERM");
    let done = bridge.end().await.succeeds();
    assert_eq!(done.out, "");
}

#[tokio::test]
async fn a_second_bridge_on_the_same_store_is_refused_with_6() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let first = home.spawn(&["run"]);
    sessions(&obs, 2).await;
    home.run(&["run"])
        .await
        .fails(6, &["another bridge", "store.path"]);
    first.signal("INT");
    first.end().await.succeeds();
}

#[tokio::test]
async fn a_second_bridge_on_the_same_obs_yields_unless_it_takes_over() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let first = home.spawn(&["run"]);
    sessions(&obs, 2).await;
    home.run(&["request", "GetInfo"]).await.succeeds();
    home.run(&["--store", "second.db", "run"])
        .await
        .fails(6, &["another bridge", "--takeover"]);
    let third = home.spawn(&["--store", "third.db", "run", "--takeover"]);
    first.end().await.fails(6, &["another bridge"]);
    third.signal("INT");
    third.end().await.succeeds();
}

#[tokio::test]
async fn the_demo_plays_and_prints_the_credits() {
    let home = Home::new();
    let done = home.run(&["demo", "--speed", "50"]).await.succeeds();
    assert_eq!(done.err, "");
    for expected in [
        "Twitch.GiftBomb",
        "Twitch.PollCompleted",
        "Raids\n  ",
        "New followers\n  ",
        "Gift bombs\n  ",
    ] {
        assert!(done.out.contains(expected), "{expected}: {}", done.out);
    }
    assert_eq!(
        std::fs::read_dir(home.folder()).unwrap().count(),
        0,
        "it leaves nothing behind"
    );
}

/// The program runs as in a container without other files.
#[tokio::test]
async fn the_demo_needs_no_folder_for_temporary_files() {
    let home = Home::new();
    let mut demo = home.command(&["demo", "--speed", "1000"]);
    let demo = demo.env("TMPDIR", home.path("missing"));
    Running::start(demo).end().await.succeeds();
    assert_eq!(std::fs::read_dir(home.folder()).unwrap().count(), 0);
}

#[tokio::test]
async fn the_kept_demo_prints_how_to_connect_and_can_be_used() {
    let home = Home::new();
    let demo = home.spawn(&["demo", "--keep", "--speed", "1000"]);
    wait_until("it prints how to connect", || {
        demo.out().contains("Ctrl-C ends it")
    })
    .await;
    let output = demo.out();
    let after = |words: &str| {
        output
            .split_once(words)
            .and_then(|(_, rest)| rest.split_whitespace().next())
            .unwrap()
    };
    let (password, port) = (after("OBS_PASSWORD="), after("--port "));
    let status = home
        .command(&["--port", port, "status"])
        .env("OBS_PASSWORD", password)
        .output()
        .unwrap();
    assert!(
        String::from_utf8(status.stdout)
            .unwrap()
            .contains("Twitchat")
    );
    demo.signal("INT");
    demo.end().await.succeeds();
    assert_eq!(
        std::fs::read_dir(home.folder()).unwrap().count(),
        0,
        "it leaves nothing behind"
    );
}
