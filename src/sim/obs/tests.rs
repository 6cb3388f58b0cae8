//! Tests the stand-in from outside: with obws, with the client in `peer`, and with a plain
//! WebSocket.

use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use obws::events::{Event, OutputState};
use obws::requests::EventSubscription;
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_websockets::{ClientBuilder, MaybeTlsStream, Message, WebSocketStream};

use super::{Options, Order, StandIn, Versions};
use crate::sim::peer::{EventPeer, PeerError, RequestPeer, Target};

const PASSWORD: &str = "correct horse";

async fn within<T>(future: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(60), future)
        .await
        .expect("took too long")
}

async fn start(options: Options) -> StandIn {
    StandIn::start(options).await.unwrap()
}

async fn guarded() -> StandIn {
    start(Options {
        password: Some(SecretString::from(PASSWORD)),
        ..Options::default()
    })
    .await
}

fn target(obs: &StandIn) -> Target {
    Target {
        url: obs.url(),
        password: Some(SecretString::from(PASSWORD)),
    }
}

async fn obws_client(obs: &StandIn) -> obws::Client {
    within(obws::Client::connect(
        "127.0.0.1",
        obs.port(),
        Some(PASSWORD),
    ))
    .await
    .unwrap()
}

/// A WebSocket that implements no protocol by itself.
struct Bare(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Bare {
    async fn connect(obs: &StandIn) -> Self {
        let (socket, _) = ClientBuilder::new()
            .uri(&obs.url())
            .unwrap()
            .connect()
            .await
            .unwrap();
        let mut bare = Self(socket);
        assert_eq!(bare.read().await.unwrap()["op"], 0);
        bare
    }

    async fn identified(obs: &StandIn) -> Self {
        let mut bare = Self::connect(obs).await;
        bare.send(r#"{"op":1,"d":{"rpcVersion":1,"eventSubscriptions":1}}"#)
            .await;
        assert_eq!(
            bare.read().await.unwrap(),
            json!({"op": 2, "d": {"negotiatedRpcVersion": 1}})
        );
        bare
    }

    async fn send(&mut self, text: &'static str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    /// The next message, or the close code (0 for none).
    async fn read(&mut self) -> Result<Value, u16> {
        match within(self.0.next()).await {
            Some(Ok(frame)) => match frame.as_close() {
                Some((code, _)) => Err(code.into()),
                None => Ok(serde_json::from_str(frame.as_text().unwrap()).unwrap()),
            },
            _ => Err(0),
        }
    }
}

#[tokio::test]
async fn obws_connects_asks_and_receives_its_own_broadcast() {
    let obs = guarded().await;
    let client = obws_client(&obs).await;
    assert_eq!(
        client
            .general()
            .version()
            .await
            .unwrap()
            .obs_studio_version
            .to_string(),
        "30.2.3"
    );
    client.general().stats().await.unwrap();
    assert!(!client.recording().status().await.unwrap().active);
    assert_eq!(client.scenes().list().await.unwrap().scenes.len(), 3);
    assert_eq!(
        client
            .scenes()
            .current_program_scene()
            .await
            .unwrap()
            .id
            .name,
        "Game"
    );
    let mut events = Box::pin(client.events().unwrap());
    client
        .general()
        .broadcast_custom_event(&json!({"origin": "twitchat", "type": "FOLLOW"}))
        .await
        .unwrap();
    let received = within(events.next()).await.unwrap();
    assert!(
        matches!(received, Event::CustomEvent(data) if data == json!({"origin": "twitchat",
            "type": "FOLLOW"}))
    );
    assert_eq!((obs.sessions(), obs.broadcasts()), (1, 1));
}

#[tokio::test]
async fn obws_follows_the_stream_and_the_scene() {
    let obs = guarded().await;
    let client = obws_client(&obs).await;
    client
        .reidentify(EventSubscription::SCENES | EventSubscription::OUTPUTS)
        .await
        .unwrap();
    let mut events = Box::pin(client.events().unwrap());
    client.streaming().start().await.unwrap();
    let mut states = Vec::new();
    for _ in 0..2 {
        if let Event::StreamStateChanged { active, state } = within(events.next()).await.unwrap() {
            states.push((active, state));
        }
    }
    assert_eq!(
        states,
        [(false, OutputState::Starting), (true, OutputState::Started)]
    );
    assert!(client.streaming().start().await.is_err());
    assert!(obs.stop_stream());
    assert!(obs.start_stream(Duration::from_secs(3_700)));
    let stream = client.streaming().status().await.unwrap();
    assert!(
        stream.active
            && stream.duration.whole_seconds() >= 3_700
            && stream.timecode.whole_hours() == 1
    );
    client
        .scenes()
        .set_current_program_scene("Credits")
        .await
        .unwrap();
    let switched = async {
        loop {
            if let Event::CurrentProgramSceneChanged { id } = events.next().await.unwrap() {
                return id.name;
            }
        }
    };
    assert_eq!(within(switched).await, "Credits");
}

#[tokio::test]
async fn a_wrong_or_missing_password_is_refused_with_4009() {
    let obs = guarded().await;
    for password in [Some(SecretString::from("wrong")), None] {
        let refused = EventPeer::connect(&Target {
            url: obs.url(),
            password,
        })
        .await
        .err()
        .unwrap();
        assert!(
            matches!(
                refused,
                PeerError::Closed {
                    code: Some(4009),
                    ..
                }
            ),
            "{refused:?}"
        );
    }
    assert!(
        obws::Client::connect("127.0.0.1", obs.port(), Some("wrong"))
            .await
            .is_err()
    );
    obs.set_password(None);
    assert!(
        EventPeer::connect(&Target {
            url: obs.url(),
            password: None
        })
        .await
        .is_ok()
    );
}

#[tokio::test]
async fn obws_refuses_an_obs_that_is_too_old() {
    let obs = start(Options {
        versions: Versions {
            studio: "29.1.3".into(),
            websocket: "5.2.3".into(),
        },
        ..Options::default()
    })
    .await;
    let refused = obws::Client::connect("127.0.0.1", obs.port(), None::<&str>)
        .await
        .err()
        .unwrap();
    assert!(
        matches!(refused, obws::error::Error::ObsStudioVersion(..)),
        "{refused:?}"
    );
}

#[tokio::test]
async fn bad_manners_get_the_close_codes_of_the_protocol() {
    let obs = start(Options::default()).await;
    for (text, code) in [
        ("{", 4002),
        ("[]", 4002),
        ("{}", 4006),
        (r#"{"op":77}"#, 4007),
        (
            r#"{"op":6,"d":{"requestType":"GetVersion","requestId":"1"}}"#,
            4007,
        ),
        (r#"{"op":1,"d":{}}"#, 4003),
        (r#"{"op":1,"d":{"rpcVersion":"1"}}"#, 4004),
        (r#"{"op":1,"d":{"rpcVersion":2}}"#, 4010),
    ] {
        let mut bare = Bare::connect(&obs).await;
        bare.send(text).await;
        assert_eq!(bare.read().await, Err(code), "{text}");
    }
    for (text, code) in [
        (r#"{"op":1,"d":{"rpcVersion":1}}"#, 4008),
        (r#"{"op":77,"d":{}}"#, 4006),
        (r#"{"op":6,"d":{"requestId":"1"}}"#, 4003),
        (r#"{"op":6,"d":{"requestType":"GetVersion"}}"#, 4003),
        (r#"{"op":8,"d":{"requestId":"1"}}"#, 4003),
    ] {
        let mut bare = Bare::identified(&obs).await;
        bare.send(text).await;
        assert_eq!(bare.read().await, Err(code), "{text}");
    }
}

#[tokio::test]
async fn a_batch_is_answered_in_order_and_halts_when_asked() {
    let obs = start(Options {
        order: Order::All,
        ..Options::default()
    })
    .await;
    let mut bare = Bare::identified(&obs).await;
    bare.send(
        r#"{"op":8,"d":{"requestId":"b","haltOnFailure":true,
            "requests":[{"requestType":"GetStats","requestId":"s"},
            {"requestType":"Nonsense"},{"requestType":"GetVersion"}]}}"#,
    )
    .await;
    let reply = bare.read().await.unwrap();
    assert_eq!(
        (&reply["op"], &reply["d"]["requestId"]),
        (&json!(9), &json!("b"))
    );
    let results = reply["d"]["results"].as_array().unwrap();
    let codes: Vec<_> = results
        .iter()
        .map(|result| result["requestStatus"]["code"].clone())
        .collect();
    assert_eq!(codes, [100, 204]);
    assert_eq!(results[0]["requestId"], "s");
}

#[tokio::test]
async fn only_general_subscribers_receive_broadcasts_and_all_of_them() {
    let obs = guarded().await;
    let (mut requests, mut one, mut two) = (
        RequestPeer::connect(&target(&obs)).await.unwrap(),
        EventPeer::connect(&target(&obs)).await.unwrap(),
        EventPeer::connect(&target(&obs)).await.unwrap(),
    );
    requests.broadcast(&json!({"n": 1})).await.unwrap();
    assert_eq!(
        (
            within(one.next()).await.unwrap(),
            within(two.next()).await.unwrap()
        ),
        (json!({"n": 1}), json!({"n": 1}))
    );
    assert_eq!(obs.received(), [json!({"n": 1})]);
}

/// Broadcasts numbers, and returns them in the order in which they were received.
async fn numbers(obs: &StandIn, count: u64, pipelined: bool) -> Vec<u64> {
    let (mut requests, mut receiver) = (
        RequestPeer::connect(&target(obs)).await.unwrap(),
        EventPeer::connect(&target(obs)).await.unwrap(),
    );
    let talk = async {
        for n in 0..count {
            let data = json!({"n": n});
            if pipelined {
                requests.pipeline(&data).await.unwrap();
            } else {
                requests.broadcast(&data).await.unwrap();
            }
        }
        requests.settled().await.unwrap();
    };
    let receive = async {
        let mut numbers = Vec::new();
        for _ in 0..count {
            numbers.push(receiver.next().await.unwrap()["n"].as_u64().unwrap());
        }
        numbers
    };
    tokio::join!(talk, receive).1
}

#[tokio::test]
async fn a_pipelined_burst_arrives_complete_and_out_of_order() {
    let obs = guarded().await;
    let mut received = within(numbers(&obs, 20_000, true)).await;
    let swapped = received.windows(2).filter(|pair| pair[0] > pair[1]).count();
    assert!((400..2_400).contains(&swapped), "{swapped} of 20,000");
    received.sort_unstable();
    assert!(received.into_iter().eq(0..20_000));
}

#[tokio::test]
async fn back_to_back_pairs_change_places_about_as_often_as_measured() {
    let obs = guarded().await;
    let (mut requests, mut receiver) = (
        RequestPeer::connect(&target(&obs)).await.unwrap(),
        EventPeer::connect(&target(&obs)).await.unwrap(),
    );
    let mut swapped = 0;
    for _ in 0..1_000 {
        requests.pipeline(&json!({"n": 0})).await.unwrap();
        requests.pipeline(&json!({"n": 1})).await.unwrap();
        requests.settled().await.unwrap();
        swapped += u32::from(within(receiver.next()).await.unwrap()["n"] == 1);
        within(receiver.next()).await.unwrap();
    }
    assert!((20..140).contains(&swapped), "{swapped} of 1,000");
}

#[tokio::test]
async fn one_after_the_other_nothing_changes_places() {
    let obs = guarded().await;
    assert!(
        within(numbers(&obs, 500, false))
            .await
            .into_iter()
            .eq(0..500)
    );
}

/// Under load, OBS behaves in this way: a client that waits for each reply is slow, and a client
/// that does not wait is fast.
#[tokio::test]
async fn slow_broadcasts_are_relayed_in_parallel() {
    const COUNT: u64 = 20;
    const EACH: Duration = Duration::from_millis(50);
    let took = async |pipelined| {
        let obs = start(Options {
            order: Order::All,
            broadcast_takes: EACH,
            ..Options::default()
        })
        .await;
        let begun = tokio::time::Instant::now();
        assert_eq!(
            numbers(&obs, COUNT, pipelined).await,
            (0..COUNT).collect::<Vec<_>>()
        );
        begun.elapsed()
    };
    let (pipelined, one_by_one) = (took(true).await, took(false).await);
    assert!(pipelined >= EACH, "{pipelined:?}");
    assert!(one_by_one >= EACH * 20, "{one_by_one:?}");
    assert!(pipelined < one_by_one, "{pipelined:?} {one_by_one:?}");
}

#[tokio::test]
async fn a_client_that_does_not_read_delays_nobody() {
    let obs = guarded().await;
    let _deaf = EventPeer::connect(&target(&obs)).await.unwrap();
    let big = json!({"text": "x".repeat(4_000)});
    let (mut requests, mut receiver) = (
        RequestPeer::connect(&target(&obs)).await.unwrap(),
        EventPeer::connect(&target(&obs)).await.unwrap(),
    );
    let talk = async {
        for _ in 0..5_000 {
            requests.pipeline(&big).await.unwrap();
        }
        requests.settled().await.unwrap();
    };
    let receive = async {
        for _ in 0..5_000 {
            receiver.next().await.unwrap();
        }
    };
    within(async { tokio::join!(talk, receive) }).await;
    assert_eq!(obs.sessions(), 3);
}

#[tokio::test]
async fn a_kick_a_stop_and_a_kill_end_in_their_own_ways() {
    let obs = start(Options::default()).await;
    let mut kicked = Bare::identified(&obs).await;
    obs.kick_all();
    assert_eq!(kicked.read().await, Err(4011));

    let mut stopped = Bare::identified(&obs).await;
    let (exit, ()) = tokio::join!(
        async {
            let exit = stopped.read().await.unwrap();
            assert_eq!(stopped.read().await, Err(1001));
            stopped.read().await.ok();
            exit
        },
        obs.stop()
    );
    assert_eq!(
        exit,
        json!({"op": 5, "d": {"eventType": "ExitStarted", "eventIntent": 1}})
    );
    assert!(TcpStream::connect(obs.address()).await.is_err());

    obs.start_again().await.unwrap();
    let mut killed = Bare::identified(&obs).await;
    obs.kill().await;
    assert_eq!(killed.read().await, Err(0));
    obs.start_again().await.unwrap();
    Bare::identified(&obs).await;
}

#[tokio::test]
async fn frozen_it_is_silent_and_thawed_it_goes_on() {
    let obs = start(Options::default()).await;
    let mut bare = Bare::identified(&obs).await;
    obs.freeze();
    bare.send(r#"{"op":6,"d":{"requestType":"GetStats","requestId":"1"}}"#)
        .await;
    bare.0.send(Message::ping("x")).await.unwrap();
    // The kernel accepts connections for a stopped process, but the upgrade gets no response.
    TcpStream::connect(obs.address()).await.unwrap();
    let silence = timeout(Duration::from_millis(50), bare.0.next()).await;
    assert!(silence.is_err(), "{silence:?}");
    obs.thaw();
    let frame = within(bare.0.next()).await.unwrap().unwrap();
    let reply = if frame.is_pong() {
        bare.read().await.unwrap()
    } else {
        serde_json::from_str(frame.as_text().unwrap()).unwrap()
    };
    assert_eq!(reply["d"]["requestId"], "1");
}

#[tokio::test]
async fn it_misbehaves_on_demand() {
    let obs = start(Options {
        order: Order::All,
        ..Options::default()
    })
    .await;
    obs.stall_after_hello(true);
    let mut stalled = Bare::connect(&obs).await;
    stalled.send(r#"{"op":1,"d":{"rpcVersion":1}}"#).await;
    assert!(
        timeout(Duration::from_millis(50), stalled.0.next())
            .await
            .is_err()
    );
    obs.stall_after_hello(false);

    let mut bare = Bare::identified(&obs).await;
    obs.not_ready(1);
    for code in [207, 100] {
        bare.send(r#"{"op":6,"d":{"requestType":"GetStats","requestId":"1"}}"#)
            .await;
        assert_eq!(
            bare.read().await.unwrap()["d"]["requestStatus"]["code"],
            code
        );
    }
    obs.drop_broadcasts(1);
    bare.send(
        r#"{"op":6,"d":{"requestType":"BroadcastCustomEvent","requestId":"2",
        "requestData":{"eventData":{"a":1}}}}"#,
    )
    .await;
    assert_eq!(bare.read().await.unwrap()["d"]["requestId"], "2");
    obs.send_raw("{\"not\":\"obs\"}");
    assert_eq!(bare.read().await.unwrap(), json!({"not": "obs"}));
    assert_eq!(obs.broadcasts(), 0);
}

#[tokio::test]
async fn drained_messages_have_reached_the_sockets() {
    let obs = guarded().await;
    let mut receiver = EventPeer::connect(&target(&obs)).await.unwrap();
    let mut requests = RequestPeer::connect(&target(&obs)).await.unwrap();
    for n in 0..100 {
        requests.pipeline(&json!({"n": n})).await.unwrap();
    }
    requests.settled().await.unwrap();
    within(obs.drained()).await;
    obs.kill().await;
    for _ in 0..100 {
        within(receiver.next()).await.unwrap();
    }
    assert!(matches!(
        within(receiver.next()).await,
        Err(PeerError::Closed { code: None, .. } | PeerError::Socket(_))
    ));
}
