//! `watch` and nobody who answers: on a bus without a bridge.

use serde_json::{Value, json};
use twitchat_bridge::sim::peer::{RequestPeer, Target};

use crate::program::{Home, PASSWORD, obs, sessions, wait_until};

#[tokio::test]
async fn nobody_answers_is_5_and_says_what_to_do() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    for verb in [
        &["status"][..],
        &["request", "GetInfo"],
        &["credits"],
        &["credits", "clear"],
    ] {
        let done = home.run(&[verb, &["--timeout", "0.2"]].concat()).await;
        done.fails(
            5,
            &["no bridge answered", "within 0.2 s", "twitchat-bridge run"],
        );
    }
}

#[tokio::test]
async fn watch_decodes_what_is_on_the_bus_and_filters_it() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let all = home.spawn(&["watch", "--json"]);
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
    let told: Vec<_> = lines
        .iter()
        .map(|line| format!("{} {} {}", line["from"], line["name"], line["id"]))
        .collect();
    assert_eq!(
        told,
        [
            r#""obs" "Obs.Connected" null"#,
            r#""twitchat" "Twitchat.FOLLOW" "f1""#,
            r#""mapped" "Twitch.Follow" "f1""#,
            r#""client" "Request.GetCredits" 5"#,
            r#""other" "Other.Message" null"#
        ]
    );
    assert_eq!(lines[1]["data"]["user"], user);
}
