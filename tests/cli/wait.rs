//! `wait` on an OBS, without a bridge and with one.

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

/// A follow in the form of Twitchat 17.
fn follow(id: &str, login: &str) -> Value {
    json!({ "origin": "twitchat", "type": "ON_FOLLOW", "id": id, "data": { "user": { "id": "7",
        "login": login } } })
}

/// Waits until the program is connected. From then on it receives all messages.
async fn connected(running: &Running) {
    wait_until("it connects", || running.err().contains("connected to OBS")).await;
}

fn lines(out: &str) -> Vec<Value> {
    out.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test]
async fn a_type_of_any_generation_is_waited_for() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let [plain, mapped] =
        ["FOLLOW", "twitch.follow"].map(|kind| home.spawn(&["wait", "--for", kind]));
    connected(&plain).await;
    connected(&mapped).await;
    let mut requests = requests(&obs).await;
    requests
        .broadcast(&json!({ "origin": "twitchat", "type": "ON_RAID", "id": "r1", "data": {} }))
        .await
        .unwrap();
    requests.broadcast(&follow("f1", "anna_b")).await.unwrap();
    let (plain, mapped) = (plain.end().await.succeeds(), mapped.end().await.succeeds());
    let [printed] = &lines(&plain.out)[..] else {
        panic!("{plain:?}")
    };
    assert_eq!(
        (
            &printed["name"],
            &printed["id"],
            &printed["data"]["user"]["login"]
        ),
        (&json!("Twitchat.ON_FOLLOW"), &json!("f1"), &json!("anna_b"))
    );
    let [printed] = &lines(&mapped.out)[..] else {
        panic!("{mapped:?}")
    };
    assert_eq!(
        (
            &printed["name"],
            &printed["from"],
            &printed["data"]["userName"]
        ),
        (&json!("Twitch.Follow"), &json!("mapped"), &json!("anna_b"))
    );
}

#[tokio::test]
async fn it_counts_each_message_once_even_if_it_is_repeated() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let waiting = home.spawn(&["wait", "--for", "Twitch.Follow", "--count", "2"]);
    connected(&waiting).await;
    let mut requests = requests(&obs).await;
    let printed = json!({ "origin": "twitchat-bridge", "seq": 1, "event": { "source": "Twitch",
        "type": "Follow" }, "data": {} });
    for message in [
        follow("f1", "anna"),
        printed,
        follow("f1", "anna"),
        follow("f2", "berta"),
    ] {
        requests.broadcast(&message).await.unwrap();
    }
    let done = waiting.end().await.succeeds();
    let logins: Vec<_> = lines(&done.out)
        .iter()
        .map(|line| line["data"]["userName"].clone())
        .collect();
    assert_eq!(logins, ["anna", "berta"]);
}

#[tokio::test]
async fn a_bomb_is_one_event_and_obs_reports_its_own_events() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let bomb = home.spawn(&["wait", "--for", "Twitch.GiftBomb"]);
    let scene = home.spawn(&["wait", "--for", "Obs.SceneChanged"]);
    connected(&bomb).await;
    connected(&scene).await;
    let mut requests = requests(&obs).await;
    for to in ["1", "2", "3"] {
        let data = json!({ "tier": 1, "months": 1, "isGift": true, "giftCount": 1,
            "user": { "id": "7", "login": "anna" },
            "recipients": [{ "uid": to, "login": format!("p{to}") }] });
        requests
            .broadcast(
                &json!({ "origin": "twitchat", "type": "ON_SUBSCRIPTION", "id": to, "data": data }),
            )
            .await
            .unwrap();
    }
    assert!(obs.switch_scene("Credits"));
    assert_eq!(
        lines(&bomb.end().await.succeeds().out)[0]["data"]["gifts"],
        3
    );
    assert_eq!(
        lines(&scene.end().await.succeeds().out)[0]["data"]["obs.sceneName"],
        "Credits"
    );
}

#[tokio::test]
async fn no_event_in_time_is_5_and_a_stop_is_not_a_success() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let late = home
        .run(&["wait", "--for", "FOLLOW", "--timeout", "300ms"])
        .await;
    late.fails(5, &["no matching event within 300ms"]);
    assert_eq!(late.out, "");
    let stopped = home.spawn(&["wait", "--for", "FOLOW"]);
    connected(&stopped).await;
    assert!(
        stopped
            .err()
            .contains("FOLOW is not in any known version of Twitchat"),
        "{}",
        stopped.err()
    );
    stopped.signal("INT");
    stopped
        .end()
        .await
        .fails(1, &["stopped before a matching event"]);
}

#[tokio::test]
async fn it_goes_on_waiting_when_obs_restarts() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let waiting = home.spawn(&["wait", "--for", "FOLLOW"]);
    connected(&waiting).await;
    obs.stop().await;
    wait_until("it prints that OBS was closed", || {
        waiting.err().contains("waiting for it to come back")
    })
    .await;
    obs.start_again().await.unwrap();
    wait_until("it prints that OBS is back", || {
        waiting.err().contains("back: OBS")
    })
    .await;
    requests(&obs)
        .await
        .broadcast(&follow("f1", "anna"))
        .await
        .unwrap();
    waiting.end().await.succeeds();
}

#[tokio::test]
async fn events_that_only_a_bridge_emits_are_subscribed_to() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let waiting = home.spawn(&["wait", "--for", "Raw.Action"]);
    wait_until("nobody answers", || {
        waiting.err().contains("no bridge replies")
    })
    .await;
    let bridge = home.spawn(&["run"]);
    sessions(&obs, 4).await;
    let subscribed = || {
        obs.received().iter().any(|message| {
            message["status"] == "ok" && message["events"] == json!({ "Raw": ["Action"] })
        })
    };
    wait_until("the bridge was asked", subscribed).await;
    let mut requests = requests(&obs).await;
    requests.broadcast(&follow("f1", "anna")).await.unwrap();
    home.run(&["request", "DoAction", "action.name=SET_EMERGENCY_MODE"])
        .await
        .succeeds();
    let printed = lines(&waiting.end().await.succeeds().out);
    assert_eq!(printed[0]["name"], "Raw.Action");
    let gone = obs.received().iter().any(|message| {
        message["request"] == "UnSubscribe" && message["events"] == json!({ "Raw": ["Action"] })
    });
    assert!(gone, "the bridge tells nobody any more");
    bridge.signal("TERM");
    bridge.end().await.succeeds();
}

#[tokio::test]
async fn the_end_of_the_credits_can_be_waited_for_and_watched() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let bridge = home.spawn(&["run"]);
    sessions(&obs, 2).await;
    let waiting = home.spawn(&["wait", "--for", "Credits.Stopped", "--timeout", "20s"]);
    let watching = home.spawn(&["watch", "--type", "Credits.S*"]);
    let is_of = |message: &Value, verb: &str| {
        message["client"]
            .as_str()
            .is_some_and(|client| client.starts_with(verb))
    };
    let answered = |verb: &str| {
        obs.received()
            .iter()
            .any(|message| message["status"] == "ok" && is_of(message, verb))
    };
    wait_until("the bridge was asked", || {
        answered("twitchat-bridge wait") && answered("twitchat-bridge watch")
    })
    .await;
    home.run(&["request", "RollCredits"]).await.succeeds();
    home.run(&["request", "StopCredits"]).await.succeeds();
    assert_eq!(
        lines(&waiting.end().await.succeeds().out)[0]["name"],
        "Credits.Stopped"
    );
    wait_until("it is watched", || {
        ["Credits.Started", "Credits.Stopped"]
            .iter()
            .all(|name| watching.out().contains(name))
    })
    .await;
    watching.signal("INT");
    watching.end().await.succeeds();
    bridge.signal("TERM");
    bridge.end().await.succeeds();
}

#[tokio::test]
async fn a_condition_must_hold_too() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let waiting = home.spawn(&[
        "wait",
        "--for",
        "Twitch.Follow",
        "--where",
        "data.userName == 'berta' and event.type == 'Follow'",
    ]);
    connected(&waiting).await;
    let mut requests = requests(&obs).await;
    for message in [follow("f1", "anna"), follow("f2", "berta")] {
        requests.broadcast(&message).await.unwrap();
    }
    assert_eq!(
        lines(&waiting.end().await.succeeds().out)[0]["data"]["userName"],
        "berta"
    );
    home.run(&["wait", "--for", "FOLLOW", "--where", "data.user.login =="])
        .await
        .fails(2, &["--where"]);
}
