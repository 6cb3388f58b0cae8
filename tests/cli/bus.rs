//! `watch`, and verbs that get no reply, on an OBS without a bridge.

use serde_json::{Value, json};
use twitchat_bridge::sim::peer::{RequestPeer, Target};

use crate::program::{Home, PASSWORD, obs, sessions, wait_until};

#[tokio::test]
async fn no_answer_is_5_and_the_error_names_the_next_step() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    for verb in [
        &["status"][..],
        &["request", "GetInfo"],
        &["credits"],
        &["credits", "clear", "--yes"],
    ] {
        let done = home.run(&[verb, &["--timeout", "0.2"]].concat()).await;
        done.fails(
            5,
            &["no bridge answered", "within 0.2 s", "twitchat-bridge run"],
        );
    }
}

#[tokio::test]
async fn watch_decodes_and_filters_messages_on_the_bus() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let all = home.spawn(&["watch", "--json", "--all"]);
    let some = home.spawn(&["watch", "--type", "twitch.*", "--type", "request.?et*"]);
    sessions(&obs, 4).await;
    let target = Target {
        url: obs.url(),
        password: Some(PASSWORD.into()),
    };
    let mut requests = RequestPeer::connect(&target).await.unwrap();
    let user = json!({ "id": "7", "login": "anna_b", "displayName": "Anna\u{1b}[31m_B" });
    for message in [
        json!({ "origin": "twitchat", "type": "FOLLOW", "id": "f1", "data": { "user": user } }),
        json!({ "request": "GetCredits", "id": 5, "client": "overlay" }),
        json!({ "hello": "world" }),
    ] {
        requests.broadcast(&message).await.unwrap();
    }
    wait_until("the last message is shown", || {
        all.out().lines().count() == 5 && some.out().lines().count() == 2
    })
    .await;
    all.signal("INT");
    some.signal("TERM");
    let (all, some) = (all.end().await.succeeds(), some.end().await.succeeds());
    assert!(
        some.out.contains("Twitch.Follow") && some.out.contains("Request.GetCredits"),
        "{some:?}"
    );
    let lines: Vec<Value> = all
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let printed: Vec<_> = lines
        .iter()
        .map(|line| format!("{} {} {}", line["from"], line["name"], line["id"]))
        .collect();
    assert_eq!(
        printed,
        [
            r#""obs" "Obs.Connected" null"#,
            r#""twitchat" "Twitchat.FOLLOW" "f1""#,
            r#""mapped" "Twitch.Follow" "f1""#,
            r#""client" "Request.GetCredits" 5"#,
            r#""other" "Obs.CustomEvent" null"#
        ]
    );
    assert_eq!(lines[4]["data"], json!({ "hello": "world" }));
    assert_eq!(lines[1]["data"]["user"], user);
}

/// The names of the events in the output of `watch`.
fn watched(out: &str) -> Vec<String> {
    out.lines()
        .map(|line| line.split_whitespace().nth(1).unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn watch_shows_each_thing_once() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let bridge = home.spawn(&["run"]);
    sessions(&obs, 2).await;
    home.run(&[
        "request",
        "Subscribe",
        "client=overlay",
        "events.Twitch:=[\"*\"]",
    ])
    .await
    .succeeds();
    let (once, all) = (home.spawn(&["watch"]), home.spawn(&["watch", "--all"]));
    sessions(&obs, 6).await;
    let target = Target {
        url: obs.url(),
        password: Some(PASSWORD.into()),
    };
    let mut requester = RequestPeer::connect(&target).await.unwrap();
    let user = json!({ "id": "7", "login": "anna_b", "displayName": "Anna_B" });
    let follow =
        json!({ "origin": "twitchat", "type": "FOLLOW", "id": "f1", "data": { "user": user } });
    for message in [&follow, &follow, &json!({ "the": "end" })] {
        requester.broadcast(message).await.unwrap();
    }
    let count = |out: &str, name: &str| watched(out).iter().filter(|shown| *shown == name).count();
    wait_until("the bridge has emitted the follow", || {
        count(&all.out(), "Twitch.Follow") >= 2 && once.out().contains("Obs.CustomEvent")
    })
    .await;
    for running in [bridge] {
        running.signal("INT");
        running.end().await.succeeds();
    }
    once.signal("INT");
    let once = once.end().await.succeeds().out;
    assert_eq!(count(&once, "Twitch.Follow"), 1, "{once}");
    assert_eq!(count(&once, "Twitchat.FOLLOW"), 0, "{once}");
    assert_eq!(count(&all.out(), "Twitchat.FOLLOW"), 2);
    all.signal("INT");
    all.end().await.succeeds();
}
