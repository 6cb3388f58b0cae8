//! Tests that the link passes on each message once, in order and within its bounds.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::json;
use tokio::time::timeout;
use twitchat_bridge::event::Received;
use twitchat_bridge::obs::{
    EventConnection, Kind, Notice, Options, RequestConnection, RequestError,
};
use twitchat_bridge::sim;

use crate::peers::{HELLO, IDENTIFIED, websocket};
use crate::support::{Link, SOON, impatient, raw, stand_in, target};

#[tokio::test]
async fn a_broadcast_is_received_by_its_sender() {
    let obs = stand_in(sim::obs::Options {
        password: Some(SecretString::from("secret")),
        ..Default::default()
    })
    .await;
    let target = target(obs.port(), Some("secret"));
    let mut receiver = EventConnection::connect(&target, &Options::default())
        .await
        .unwrap();
    let requester = RequestConnection::connect(&target, &Options::default())
        .await
        .unwrap();
    requester
        .broadcast(&raw(&json!({"origin": "twitchat-bridge", "n": 1})))
        .await
        .unwrap();
    let batch = timeout(SOON, receiver.next()).await.unwrap().unwrap();
    assert!(
        matches!(&*batch.events, [Received::Bridge(echo)] if echo.get().contains("\"n\":1")),
        "{:?}",
        batch.events
    );
}

#[tokio::test]
async fn a_living_obs_answers_pings() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let mut receiver = EventConnection::connect(&target(obs.port(), None), &impatient())
        .await
        .unwrap();
    assert!(
        timeout(Duration::from_secs(2), receiver.next())
            .await
            .is_err(),
        "silence is no event and no end"
    );
}

#[tokio::test]
async fn broadcasts_keep_their_order_and_their_limits() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let mut link = Link::start(target(obs.port(), None), Options::default());
    link.until_up().await;
    let events: Vec<_> = (0..200).map(|n| raw(&json!({"n": n}))).collect();
    for sent in
        futures::future::join_all(events.iter().map(|event| link.obs.broadcast(event))).await
    {
        sent.unwrap();
    }
    link.received(200).await;
    assert_eq!(
        obs.received(),
        (0..200).map(|n| json!({"n": n})).collect::<Vec<_>>()
    );

    let large = raw(&json!({"text": "x".repeat(16 * 1024 * 1024)}));
    assert!(matches!(
        link.obs.broadcast(&large).await,
        Err(RequestError::TooLarge { .. })
    ));
    assert!(matches!(
        link.obs.broadcast(&raw(&json!([1]))).await,
        Err(RequestError::NotAnObject)
    ));
    let fitting = raw(
        &json!({"origin": "twitchat", "type": "T", "data": "x".repeat(16 * 1024 * 1024 - 100)}),
    );
    link.obs.broadcast(&fitting).await.unwrap();
    assert!(
        matches!(&*link.received(1).await, [Received::Twitchat(message)] if message.data.is_some())
    );
}

/// For a while the notices are not read, and far more events are sent than the bound allows.
#[tokio::test]
async fn a_burst_beyond_the_bound_is_held_back_and_nothing_is_lost() {
    const EVENTS: usize = 5_000;
    let obs = stand_in(sim::obs::Options {
        order: sim::obs::Order::All,
        ..Default::default()
    })
    .await;
    let mut link = Link::start(
        target(obs.port(), None),
        Options {
            bytes_in_flight: 64 * 1024,
            ..Options::default()
        },
    );
    link.until_up().await;
    let peer = sim::peer::Target {
        url: obs.url(),
        password: None,
    };
    let mut sender = sim::peer::RequestPeer::connect(&peer).await.unwrap();
    for n in 0..EVENTS {
        let text = "x".repeat(200);
        sender
            .pipeline(
                &json!({"origin": "twitchat", "type": "T", "id": n.to_string(), "data": text}),
            )
            .await
            .unwrap();
    }
    sender.settled().await.unwrap();

    let mut held = Vec::new();
    let mut ids = Vec::new();
    while ids.len() < EVENTS {
        // A batch uses its share of the bound until it is dropped.
        while let Ok(notice) = link.notices.try_recv() {
            if let Notice::Received(batch) = notice {
                held.push(batch);
            }
        }
        let bytes: usize = held.iter().flat_map(|batch| &batch.events).map(size).sum();
        assert!(bytes <= 64 * 1024, "{bytes} bytes in flight");
        for batch in held.drain(..) {
            ids.extend(batch.events.iter().map(id));
        }
        if ids.len() == EVENTS {
            break;
        }
        if let Notice::Received(batch) = link.next().await {
            held.push(batch);
        }
        if ids.len() + held.iter().map(|batch| batch.events.len()).sum::<usize>() >= EVENTS {
            ids.extend(
                held.drain(..)
                    .flat_map(|batch| batch.events)
                    .map(|received| id(&received)),
            );
        }
    }
    assert_eq!(ids, (0..EVENTS).map(|n| n.to_string()).collect::<Vec<_>>());
}

fn size(received: &Received) -> usize {
    if let Received::Twitchat(message) = received {
        message.data.as_ref().map_or(0, |data| data.get().len())
    } else {
        0
    }
}

fn id(received: &Received) -> String {
    if let Received::Twitchat(message) = received {
        message.id.as_deref().unwrap_or_default().to_owned()
    } else {
        panic!("{received:?}")
    }
}

#[tokio::test]
async fn bad_frames_are_counted_and_harm_nothing() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let mut receiver = EventConnection::connect(&target(obs.port(), None), &Options::default())
        .await
        .unwrap();
    for bad in ["", "not JSON", "[1,2", r#"{"op":5}"#] {
        obs.send_raw(bad);
    }
    obs.send_raw_bytes(vec![0xff, 0x00]);
    obs.send_raw(r#"{"op":5,"d":{"eventType":"CustomEvent","eventData":{"request":"GetInfo"}}}"#);
    let mut events = Vec::new();
    while events.len() < 6 {
        events.append(
            &mut timeout(SOON, receiver.next())
                .await
                .unwrap()
                .unwrap()
                .events,
        );
    }
    assert!(
        matches!(
            &*events,
            [
                Received::Bad,
                Received::Bad,
                Received::Bad,
                Received::Bad,
                Received::Bad,
                Received::Request(_)
            ]
        ),
        "{events:?}"
    );
}

/// After such a frame, the WebSocket library reads nothing more, so the event connection is opened
/// again. The request connection stays open.
#[tokio::test]
async fn a_frame_with_invalid_utf8_costs_the_connection_for_events_and_requests_go_on() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let mut link = Link::start(target(obs.port(), None), Options::default());
    link.until_up().await;
    obs.send_raw(r#"{"op":5,"d":{"eventType":"CustomEvent","eventData":{"request":"GetInfo"}}}"#);
    assert!(matches!(&*link.received(1).await, [Received::Request(_)]));
    obs.send_raw_event(b"{\"op\":5,\"d\":{\"eventType\":\"\xff\"}}".to_vec());
    let cause = link.until_down().await;
    assert!(cause.to_string().contains("invalid utf-8"), "{cause}");
    assert!(cause.to_string().contains("are missed"), "{cause}");
    link.obs.version().await.unwrap();
    link.until_up().await;
    link.obs
        .broadcast(&raw(&json!({"request": "GetInfo"})))
        .await
        .unwrap();
    assert!(matches!(&*link.received(1).await, [Received::Request(_)]));
}

#[tokio::test]
async fn close_codes_are_distinguished_while_live() {
    for (code, kind, named) in [
        (4011, Kind::Kicked, "disconnected twitchat-bridge"),
        (1001, Kind::Unreachable, "OBS was closed"),
        (
            4008,
            Kind::Unreachable,
            "closed the connection with code 4008",
        ),
    ] {
        let port = websocket(&[HELLO, IDENTIFIED], Some(code)).await;
        let mut receiver = EventConnection::connect(&target(port, None), &Options::default())
            .await
            .unwrap();
        let gone = timeout(SOON, receiver.next()).await.unwrap().unwrap_err();
        assert_eq!(gone.kind(), kind);
        assert!(gone.to_string().contains(named), "{gone}");
    }
}
