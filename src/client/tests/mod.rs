//! A client on the stand-in OBS, with a bridge whose messages the test chooses.

mod panics;

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;

use super::{requests::GetInfo, *};
use crate::sim::{
    obs::{Options as ObsOptions, StandIn},
    peer::{EventPeer, RequestPeer, Target},
};

const SOON: Duration = Duration::from_secs(20);
const PASSWORD: &str = "correct horse";

async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    timeout(SOON, future)
        .await
        .unwrap_or_else(|_| panic!("{what}: not in time"))
}

async fn stand_in() -> StandIn {
    StandIn::start(ObsOptions {
        password: Some(PASSWORD.into()),
        ..ObsOptions::default()
    })
    .await
    .unwrap()
}

fn options(obs: &StandIn) -> Options {
    Options::new("127.0.0.1", obs.port())
        .password(PASSWORD)
        .timeout(SOON)
}

async fn connect(obs: &StandIn) -> Client {
    soon("connect", Client::connect(options(obs)))
        .await
        .unwrap()
}

/// Sends the messages of a bridge over OBS.
struct Bridge {
    hearer: EventPeer,
    requests: RequestPeer,
    id: &'static str,
    seq: u64,
}

impl Bridge {
    async fn on(obs: &StandIn, id: &'static str, seq: u64) -> Self {
        let target = Target {
            url: obs.url(),
            password: Some(PASSWORD.into()),
        };
        let (hearer, requests) = (
            EventPeer::connect(&target).await.unwrap(),
            RequestPeer::connect(&target).await.unwrap(),
        );
        Self {
            hearer,
            requests,
            id,
            seq,
        }
    }

    async fn send_message(&mut self, mut message: Value) {
        message["origin"] = "twitchat-bridge".into();
        message["bridge"] = self.id.into();
        self.requests.broadcast(&message).await.unwrap();
    }

    async fn hello(&mut self) {
        self.send_message(json!({ "request": "Hello" })).await;
    }

    async fn request(&mut self, name: &str) -> Value {
        soon(name, async {
            loop {
                let received = self.hearer.next().await.unwrap();
                if received["origin"] != "twitchat-bridge" && received["request"] == name {
                    return received;
                }
            }
        })
        .await
    }

    async fn reply(&mut self, to: &Value, more: Value) {
        let mut reply = json!({ "id": to["id"], "status": "ok", "seq": self.seq });
        reply
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        self.send_message(reply).await;
    }

    /// Confirms the next subscription.
    async fn confirm(&mut self) -> Value {
        let request = self.request("Subscribe").await;
        self.reply(&request, json!({ "events": request["events"] }))
            .await;
        request
    }

    async fn emit(&mut self, source: &str, kind: &str) {
        self.seq += 1;
        let time = "2026-11-21T20:00:00.1230000+00:00";
        self.send_message(
            json!({ "seq": self.seq, "timeStamp": time, "event": { "source": source,
            "type": kind }, "data": { "n": self.seq } }),
        )
        .await;
    }
}

async fn subscribe(client: &Client, bridge: &mut Bridge, names: &[&str]) -> Events {
    let (events, _) = tokio::join!(client.subscribe(names), bridge.confirm());
    events.unwrap()
}

async fn next(events: &mut Events) -> Option<Update> {
    soon("the next update", events.next()).await
}

async fn next_event(events: &mut Events) -> Event {
    match next(events).await {
        Some(Update::Event(event)) => event,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn events_of_the_subscription_come_as_the_bridge_numbered_them() {
    let obs = stand_in().await;
    let mut bridge = Bridge::on(&obs, "a", 0).await;
    let client = connect(&obs).await;
    let mut follows = subscribe(&client, &mut bridge, &["twitch.follow"]).await;
    let mut all = subscribe(&client, &mut bridge, &["Twitch.*"]).await;
    for (source, kind) in [
        ("Twitch", "Cheer"),
        ("Kofi", "Donation"),
        ("Twitch", "Follow"),
    ] {
        bridge.emit(source, kind).await;
    }
    let event = next_event(&mut follows).await;
    assert_eq!(
        (event.name().as_str(), event.seq(), event.json()),
        ("Twitch.Follow", 3, r#"{"n":3}"#)
    );
    assert_eq!(
        event.timestamp().unwrap().to_string(),
        "2026-11-21T20:00:00.123Z"
    );
    assert_eq!(
        [next_event(&mut all).await, next_event(&mut all).await].map(|event| event.seq()),
        [1, 3]
    );
}

#[tokio::test]
async fn after_a_restart_of_obs_the_stream_reports_the_missed_events_and_goes_on() {
    let obs = stand_in().await;
    let mut bridge = Bridge::on(&obs, "a", 0).await;
    let client = connect(&obs).await;
    let mut events = subscribe(&client, &mut bridge, &["Twitch.Follow"]).await;
    bridge.emit("Twitch", "Follow").await;
    assert_eq!(next_event(&mut events).await.seq(), 1);
    obs.kill().await;
    assert!(matches!(
        next(&mut events).await,
        Some(Update::Disconnected(_))
    ));
    obs.start_again().await.unwrap();
    let mut bridge = Bridge::on(&obs, "a", 5).await;
    bridge.confirm().await;
    assert!(matches!(
        next(&mut events).await,
        Some(Update::Resumed { missed: Some(4) })
    ));
    bridge.emit("Twitch", "Follow").await;
    assert_eq!(next_event(&mut events).await.seq(), 6);
}

#[tokio::test]
async fn another_bridge_is_reported_and_asked_for_the_same_events() {
    let obs = stand_in().await;
    let mut bridge = Bridge::on(&obs, "a", 0).await;
    let client = connect(&obs).await;
    bridge.hello().await;
    let mut events = subscribe(&client, &mut bridge, &["Twitch.Follow", "General.*"]).await;
    let mut other = Bridge::on(&obs, "b", 0).await;
    other.hello().await;
    assert_eq!(
        other.confirm().await["events"],
        json!({ "Twitch": ["Follow"], "General": ["*"] })
    );
    assert!(matches!(
        next(&mut events).await,
        Some(Update::BridgeStarted)
    ));
    assert!(matches!(
        next(&mut events).await,
        Some(Update::Resumed { missed: None })
    ));
    other.emit("General", "Custom").await;
    assert_eq!(next_event(&mut events).await.seq(), 1);
}

#[tokio::test]
async fn a_request_on_its_way_fails_with_the_connection_and_a_new_one_waits_for_the_next() {
    let obs = stand_in().await;
    let mut bridge = Bridge::on(&obs, "a", 0).await;
    let client = connect(&obs).await;
    let lost = tokio::spawn({
        let client = client.clone();
        async move { client.request(&GetInfo::new()).await }
    });
    bridge.request("GetInfo").await;
    obs.kill().await;
    assert!(matches!(
        soon("the end", lost).await.unwrap(),
        Err(Error::Disconnected(_))
    ));
    let waiting = tokio::spawn(async move { client.request_raw("GetStatus", Map::new()).await });
    obs.start_again().await.unwrap();
    let mut bridge = Bridge::on(&obs, "a", 0).await;
    let request = bridge.request("GetStatus").await;
    bridge.reply(&request, json!({ "fine": true })).await;
    assert_eq!(
        soon("the reply", waiting).await.unwrap().unwrap()["fine"],
        true
    );
}

#[tokio::test]
async fn a_request_without_a_bridge_fails_with_advice() {
    let obs = stand_in().await;
    let client = connect(&obs).await.with_timeout(Duration::from_millis(50));
    let error = client.request(&GetInfo::new()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "no bridge answered GetInfo within 0.05 s. Is `twitchat-bridge run` running, connected \
            to the same OBS?"
    );
    assert!(matches!(
        client.subscribe(["Twitch.Follow"]).await,
        Err(Error::NoReply { .. })
    ));
    assert!(matches!(client.subscribe(["Follow"]).await,
            Err(Error::EventName { name }) if name == "Follow"));
}

#[tokio::test]
async fn replies_find_their_requests_by_id_in_any_order_and_two_may_share_one() {
    let obs = stand_in().await;
    let mut bridge = Bridge::on(&obs, "a", 0).await;
    let client = connect(&obs).await;
    let ask = |id: Value| {
        let client = client.clone();
        tokio::spawn(async move {
            client
                .request_raw("GetInfo", Map::from_iter([("id".to_owned(), id)]))
                .await
                .unwrap()
        })
    };
    let mut asked = Vec::new();
    for id in [
        json!(1),
        json!([1, { "b": 2, "a": 1.5 }]),
        json!("1"),
        json!("1"),
    ] {
        asked.push((ask(id.clone()), bridge.request("GetInfo").await));
    }
    for (number, (_, request)) in asked.iter().enumerate().rev().take(3) {
        bridge.reply(request, json!({ "number": number })).await;
    }
    bridge.reply(&asked[0].1, json!({ "number": 0 })).await;
    let mut numbers = Vec::new();
    for (reply, _) in asked {
        numbers.push(
            soon("a reply", reply).await.unwrap()["number"]
                .as_u64()
                .unwrap(),
        );
    }
    // Of two requests with equal ids, the first one gets the first reply.
    assert_eq!(numbers, [0, 1, 3, 2]);
}

#[tokio::test]
async fn a_client_that_the_user_disconnects_stays_disconnected_with_a_reason() {
    let obs = stand_in().await;
    let mut bridge = Bridge::on(&obs, "a", 0).await;
    let client = connect(&obs).await;
    let mut events = subscribe(&client, &mut bridge, &["Twitch.Follow"]).await;
    obs.kick_all();
    let is_kick = |cause: &ConnectionError| cause.kind() == ConnectionErrorKind::Kicked;
    assert!(
        matches!(next(&mut events).await, Some(Update::Disconnected(cause)) if is_kick(&cause))
    );
    assert!(next(&mut events).await.is_none());
    assert!(matches!(soon("the cause", client.disconnected()).await,
            Error::Disconnected(cause) if is_kick(&cause)));
    assert!(matches!(client.request(&GetInfo::new()).await,
            Err(Error::Disconnected(cause)) if is_kick(&cause)));
    assert!(matches!(client.subscribe(["Twitch.Follow"]).await,
            Err(Error::Disconnected(cause)) if is_kick(&cause)));
}

#[tokio::test]
async fn a_dropped_stream_ends_the_subscriptions_that_no_other_stream_wants() {
    let obs = stand_in().await;
    let mut bridge = Bridge::on(&obs, "a", 0).await;
    let client = connect(&obs).await;
    let first = subscribe(
        &client,
        &mut bridge,
        &["Twitch.Follow", "Twitch.Cheer", "Kofi.Donation"],
    )
    .await;
    let second = subscribe(&client, &mut bridge, &["Twitch.cheer"]).await;
    drop(first);
    let ended = bridge.request("UnSubscribe").await;
    assert_eq!(
        ended["events"],
        json!({ "Twitch": ["Follow"], "Kofi": ["*"] })
    );
    bridge.reply(&ended, json!({})).await;
    drop(second);
    assert_eq!(
        bridge.request("UnSubscribe").await["events"],
        json!({ "Twitch": ["*"] })
    );
}

#[tokio::test]
async fn the_last_handle_ends_subscriptions_and_connections() {
    let obs = stand_in().await;
    let mut bridge = Bridge::on(&obs, "a", 0).await;
    let client = connect(&obs).await;
    let events = subscribe(&client, &mut bridge, &["Twitch.Follow"]).await;
    drop(client);
    bridge.emit("Twitch", "Follow").await;
    let mut events = events;
    assert_eq!(next_event(&mut events).await.seq(), 1);
    drop(events);
    assert_eq!(
        bridge.request("UnSubscribe").await["events"],
        json!({ "Twitch": ["*"] })
    );
    soon("only the bridge is left", obs.until_sessions(2)).await;
}

#[tokio::test]
async fn a_client_that_is_closed_ends_streams_and_requests() {
    let obs = stand_in().await;
    let mut bridge = Bridge::on(&obs, "a", 0).await;
    let client = connect(&obs).await;
    let mut events = subscribe(&client, &mut bridge, &["Twitch.Follow"]).await;
    let waiting = tokio::spawn({
        let client = client.clone();
        async move { client.request(&GetInfo::new()).await }
    });
    bridge.request("GetInfo").await;
    soon("the end", client.clone().close()).await;
    assert!(matches!(
        soon("the request", waiting).await.unwrap(),
        Err(Error::Closed)
    ));
    assert!(next(&mut events).await.is_none());
    assert!(matches!(
        client.request(&GetInfo::new()).await,
        Err(Error::Closed)
    ));
    soon("only the bridge is left", obs.until_sessions(2)).await;
}

#[tokio::test]
async fn connecting_to_a_missing_obs_fails_unless_the_client_waits_for_it() {
    let obs = stand_in().await;
    obs.stop().await;
    let refused = soon("the error", Client::connect(options(&obs)))
        .await
        .unwrap_err();
    assert!(
        matches!(&refused,
            Error::Connect(cause) if cause.kind() == ConnectionErrorKind::Unreachable),
        "{refused}"
    );
    assert!(
        refused.to_string().contains("the connection was refused"),
        "{refused}"
    );
    let waiting = tokio::spawn(Client::connect(options(&obs).wait_for_obs(true)));
    obs.start_again().await.unwrap();
    soon("the connection", waiting).await.unwrap().unwrap();
}

#[tokio::test]
async fn actions_are_translated_for_the_twitchat_that_sent_a_message() {
    let obs = stand_in().await;
    let mut twitchat = Bridge::on(&obs, "", 0).await;
    let client = connect(&obs).await;
    let read = actions::ChatFeedRead::new().count(3);
    assert_eq!(client.send(&read).await.unwrap().kind, "CHAT_FEED_READ");
    twitchat
        .requests
        .broadcast(&json!({ "origin": "twitchat", "type": "ON_FOLLOW", "id": "1", "data": {} }))
        .await
        .unwrap();
    soon("the version of Twitchat", async {
        while client.twitchat_version() != Some(Generation::Third) {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let sent = client.send(&read).await.unwrap();
    assert_eq!(sent.kind, "SET_CHAT_FEED_READ");
    let last = obs.received().pop().unwrap();
    assert_eq!(
        last,
        json!({ "origin": "twitchat", "type": "SET_CHAT_FEED_READ", "id": sent.id,
            "data": { "count": 3, "colIndex": 0 } })
    );
}

#[tokio::test]
async fn an_action_that_nobody_gets_or_answers_is_an_error() {
    let obs = stand_in().await;
    let client = connect(&obs).await.with_timeout(Duration::from_millis(100));
    let track = NamedAction::new("GET_CURRENT_TRACK");
    assert!(matches!(
        client.query(&track).await,
        Err(Error::NoAnswer { .. })
    ));
    assert!(matches!(
        client.query(&NamedAction::new("SHOUTOUT")).await,
        Err(Error::Unanswerable { .. })
    ));
    obs.drop_broadcasts(1);
    assert!(matches!(
        client.send(&track).await,
        Err(Error::NotRelayed { .. })
    ));
    assert!(matches!(
        client.send(&NamedAction::new("OBS_MUTE_TOGGLE")).await,
        Err(Error::Action(_))
    ));
}
