//! The link to OBS from outside, against the stand-in OBS and against peers that are no OBS at all.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test that fails must say where")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Value, json, value::RawValue};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use twitchat_bridge::event::Heard;
use twitchat_bridge::obs::{ConnectError, Gone, Kind, Listener, Notice, Obs, Options, RequestError, Stop, Talker, Target, start};
use twitchat_bridge::sim;

/// Nothing here takes nearly as long.
const SOON: Duration = Duration::from_secs(20);

fn password(text: &str) -> SecretString {
    SecretString::from(text)
}

fn target(port: u16, password: Option<&str>) -> Target {
    Target { host: "127.0.0.1".into(), port, tls: false, password: password.map(SecretString::from) }
}

async fn stand_in(options: sim::obs::Options) -> sim::obs::StandIn {
    sim::obs::StandIn::start(options).await.unwrap()
}

fn raw(value: &Value) -> Box<RawValue> {
    serde_json::value::to_raw_value(value).unwrap()
}

/// A link under supervision. Ends with the test.
struct Link {
    obs: Obs,
    notices: Receiver<Notice>,
    cancel: CancellationToken,
    tasks: TaskTracker,
    target: Arc<Mutex<Target>>,
}

impl Link {
    fn start(target: Target, options: Options) -> Self {
        let (cancel, tasks, target) = (CancellationToken::new(), TaskTracker::new(), Arc::new(Mutex::new(target)));
        let current = Arc::clone(&target);
        let (obs, notices) = start(move || std::future::ready(current.lock().unwrap().clone()), options, cancel.clone(), &tasks);
        Self { obs, notices, cancel, tasks, target }
    }

    async fn next(&mut self) -> Notice {
        timeout(SOON, self.notices.recv()).await.expect("a notice in time").expect("a notice before the end")
    }

    /// Skips notices until one is picked.
    async fn until<T>(&mut self, mut pick: impl FnMut(Notice) -> Option<T>) -> T {
        loop {
            if let Some(picked) = pick(self.next().await) {
                return picked;
            }
        }
    }

    async fn until_up(&mut self) -> twitchat_bridge::obs::Info {
        self.until(|notice| if let Notice::Up(info) = notice { Some(info) } else { None }).await
    }

    async fn until_down(&mut self) -> Arc<twitchat_bridge::obs::Cause> {
        self.until(|notice| if let Notice::Down(cause) = notice { Some(cause) } else { None }).await
    }

    async fn until_stopped(&mut self) -> Stop {
        self.until(|notice| if let Notice::Stopped(stop) = notice { Some(stop) } else { None }).await
    }

    async fn until_waiting(&mut self) -> (u32, Arc<twitchat_bridge::obs::Cause>) {
        self.until(|notice| if let Notice::Waiting { attempt, cause, .. } = notice { Some((attempt, cause)) } else { None }).await
    }

    /// The next events, at least `count` of them.
    async fn heard(&mut self, count: usize) -> Vec<Heard> {
        let mut all = Vec::new();
        while all.len() < count {
            if let Notice::Heard(mut batch) = self.next().await {
                all.append(&mut batch.events);
            }
        }
        all
    }
}

/// Options under which a frozen OBS is noticed at once.
fn impatient() -> Options {
    Options { ping_after: Duration::from_millis(100), dead_after: Duration::from_millis(100), ..Options::default() }
}

#[tokio::test]
async fn a_broadcast_is_heard_by_its_sender() {
    let obs = stand_in(sim::obs::Options { password: Some(password("secret")), ..Default::default() }).await;
    let target = target(obs.port(), Some("secret"));
    let mut listener = Listener::connect(&target, &Options::default()).await.unwrap();
    let talker = Talker::connect(&target, &Options::default()).await.unwrap();
    talker.broadcast(&raw(&json!({"origin": "twitchat-bridge", "n": 1}))).await.unwrap();
    let batch = timeout(SOON, listener.next()).await.unwrap().unwrap();
    assert!(matches!(&*batch.events, [Heard::Bridge(echo)] if echo.get().contains("\"n\":1")), "{:?}", batch.events);
}

#[tokio::test]
async fn every_address_of_a_host_name_is_tried() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let by_name = Target { host: "localhost".into(), ..target(obs.port(), None) };
    Listener::connect(&by_name, &Options::default()).await.unwrap();
    Talker::connect(&by_name, &Options::default()).await.unwrap();
}

#[tokio::test]
async fn a_wrong_and_a_missing_password_are_told_apart() {
    let obs = stand_in(sim::obs::Options { password: Some(password("secret")), ..Default::default() }).await;
    for (given, missing) in [(Some("hunter2"), false), (None, true)] {
        let target = target(obs.port(), given);
        let heard = Listener::connect(&target, &Options::default()).await.unwrap_err();
        let talked = Talker::connect(&target, &Options::default()).await.unwrap_err();
        for error in [heard, talked] {
            assert_eq!(matches!(error, ConnectError::PasswordMissing { .. }), missing, "{error}");
            assert_eq!((error.kind(), error.kind().exit_code()), (Kind::Password, 4));
            assert!(!format!("{error:?}").contains("hunter2"));
        }
    }
}

#[tokio::test]
async fn an_old_obs_is_named() {
    let versions = sim::obs::Versions { studio: "29.1.3".into(), websocket: "5.2.3".into() };
    let obs = stand_in(sim::obs::Options { versions, ..Default::default() }).await;
    let target = target(obs.port(), None);
    for error in [
        Listener::connect(&target, &Options::default()).await.unwrap_err(),
        Talker::connect(&target, &Options::default()).await.unwrap_err(),
    ] {
        assert_eq!(error.kind().exit_code(), 7, "{error}");
        assert!(error.to_string().contains("OBS 29.1.3"), "{error}");
    }
    let stop = Link::start(target, Options::default()).until_stopped().await;
    assert!(matches!(stop, Stop::Failed(cause) if cause.kind() == Kind::TooOld));
}

#[tokio::test]
async fn a_beta_of_obs_is_no_old_one() {
    let versions = sim::obs::Versions { studio: "32.1.0-beta2".into(), websocket: "5.7.0".into() };
    let obs = stand_in(sim::obs::Options { versions, ..Default::default() }).await;
    let talker = Talker::connect(&target(obs.port(), None), &Options::default()).await.unwrap();
    assert_eq!(talker.version().await.unwrap().obs, "32.1.0-beta2");
}

#[tokio::test]
async fn the_link_tells_scenes_and_the_stream() {
    let obs = stand_in(sim::obs::Options::default()).await;
    obs.start_stream(Duration::from_secs(90));
    let mut link = Link::start(target(obs.port(), None), Options::default());
    let info = link.until_up().await;
    assert_eq!((&*info.version.obs, &*info.version.websocket), ("30.2.3", "5.5.2"));
    assert!(info.stream.is_some_and(|stream| stream.active && stream.duration_ms >= 90_000), "{info:?}");
    assert!(link.obs.stream_status().await.unwrap().active);
    assert!(obs.switch_scene("Credits"));
    assert!(matches!(link.next().await, Notice::SceneChanged(scene) if scene == "Credits"));
    assert!(obs.stop_stream());
    link.until(|notice| matches!(notice, Notice::StreamChanged { active: false }).then_some(())).await;
}

#[tokio::test]
async fn an_obs_that_starts_later_is_met_and_one_that_restarts_is_met_again() {
    let obs = stand_in(sim::obs::Options::default()).await;
    obs.kill().await;
    let mut link = Link::start(target(obs.port(), None), Options::default());
    let (attempt, cause) = link.until_waiting().await;
    assert_eq!((attempt, cause.kind()), (1, Kind::Unreachable));
    assert!(cause.to_string().contains("the connection was refused"), "{cause}");
    assert!(matches!(link.obs.version().await, Err(RequestError::NotConnected)));
    obs.start_again().await.unwrap();
    link.until_up().await;
    obs.kill().await;
    assert_eq!(link.until_down().await.kind(), Kind::Unreachable);
    obs.start_again().await.unwrap();
    link.until_up().await;
    link.obs.broadcast(&raw(&json!({"request": "GetInfo"}))).await.unwrap();
    assert!(matches!(&*link.heard(1).await, [Heard::Request(_)]));
}

#[tokio::test]
async fn an_obs_that_closes_says_so() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let mut link = Link::start(target(obs.port(), None), Options::default());
    link.until_up().await;
    obs.stop().await;
    assert_eq!(link.until_down().await.to_string(), Gone::Closed.to_string());
}

#[tokio::test]
async fn a_kick_ends_the_link() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let mut link = Link::start(target(obs.port(), None), Options::default());
    link.until_up().await;
    obs.kick_all();
    assert_eq!(link.until_down().await.kind(), Kind::Kicked);
    assert!(matches!(link.until_stopped().await, Stop::Failed(cause) if cause.kind().exit_code() == 8));
    assert!(link.notices.recv().await.is_none());
    timeout(SOON, obs.until_sessions(0)).await.unwrap();
}

#[tokio::test]
async fn a_frozen_obs_is_noticed_and_met_again_when_it_thaws() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let mut link = Link::start(target(obs.port(), None), impatient());
    link.until_up().await;
    obs.freeze();
    let cause = link.until_down().await;
    assert!(cause.to_string().contains("no sign of life"), "{cause}");
    obs.thaw();
    link.until_up().await;
}

#[tokio::test]
async fn a_living_obs_answers_pings() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let mut listener = Listener::connect(&target(obs.port(), None), &impatient()).await.unwrap();
    assert!(timeout(Duration::from_secs(2), listener.next()).await.is_err(), "silence is no event and no end");
}

#[tokio::test]
async fn a_request_that_gets_no_reply_costs_the_link() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let options = Options { request_within: Duration::from_millis(100), ..Options::default() };
    let mut link = Link::start(target(obs.port(), None), options);
    link.until_up().await;
    obs.freeze();
    let event = raw(&json!({"a": 1}));
    let (first, second) = tokio::join!(link.obs.broadcast(&event), link.obs.broadcast(&event));
    assert!(matches!(first, Err(RequestError::TimedOut { request: "BroadcastCustomEvent", .. })), "{first:?}");
    assert!(matches!(second, Err(RequestError::NotConnected)), "{second:?}");
    assert!(link.until_down().await.to_string().contains("did not reply"));
    obs.thaw();
    link.until_up().await;
}

#[tokio::test]
async fn a_changed_password_is_met() {
    let obs = stand_in(sim::obs::Options { password: Some(password("old")), ..Default::default() }).await;
    let mut link = Link::start(target(obs.port(), Some("old")), Options::default());
    link.until_up().await;
    obs.set_password(Some(password("new")));
    obs.kill().await;
    link.until_down().await;
    obs.start_again().await.unwrap();
    link.until(|notice| matches!(notice, Notice::Waiting { cause, .. } if cause.kind() == Kind::Password).then_some(())).await;
    *link.target.lock().unwrap() = target(obs.port(), Some("new"));
    link.until_up().await;
}

#[tokio::test]
async fn a_password_refused_at_the_very_first_connect_ends_the_link() {
    let obs = stand_in(sim::obs::Options { password: Some(password("secret")), ..Default::default() }).await;
    let mut link = Link::start(target(obs.port(), Some("wrong")), Options::default());
    assert!(matches!(link.until_stopped().await, Stop::Failed(cause) if cause.kind() == Kind::Password));
}

#[tokio::test]
async fn an_obs_that_is_not_ready_is_asked_again() {
    let obs = stand_in(sim::obs::Options::default()).await;
    obs.not_ready(3);
    let mut link = Link::start(target(obs.port(), None), Options::default());
    assert!(matches!(link.next().await, Notice::Up(_)));
    obs.not_ready(2);
    link.obs.broadcast(&raw(&json!({"a": 1}))).await.unwrap();
    let options = Options { request_within: Duration::from_millis(200), ..Options::default() };
    let talker = Talker::connect(&target(obs.port(), None), &options).await.unwrap();
    obs.not_ready(u64::MAX);
    assert!(matches!(talker.broadcast(&raw(&json!({"a": 1}))).await, Err(RequestError::NotReady { .. })));
    obs.not_ready(0);
    talker.broadcast(&raw(&json!({"a": 1}))).await.unwrap();
}

#[tokio::test]
async fn an_obs_that_stalls_after_hello_is_given_up() {
    let obs = stand_in(sim::obs::Options::default()).await;
    obs.stall_after_hello(true);
    let options = Options { connect_within: Duration::from_millis(300), ..Options::default() };
    let error = Listener::connect(&target(obs.port(), None), &options).await.unwrap_err();
    assert!(error.to_string().contains("logging in took longer than 0.3 s"), "{error}");
}

#[tokio::test]
async fn broadcasts_keep_their_order_and_their_limits() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let mut link = Link::start(target(obs.port(), None), Options::default());
    link.until_up().await;
    let events: Vec<_> = (0..200).map(|n| raw(&json!({"n": n}))).collect();
    for sent in futures::future::join_all(events.iter().map(|event| link.obs.broadcast(event))).await {
        sent.unwrap();
    }
    link.heard(200).await;
    assert_eq!(obs.heard(), (0..200).map(|n| json!({"n": n})).collect::<Vec<_>>());

    let large = raw(&json!({"text": "x".repeat(16 * 1024 * 1024)}));
    assert!(matches!(link.obs.broadcast(&large).await, Err(RequestError::TooLarge { .. })));
    assert!(matches!(link.obs.broadcast(&raw(&json!([1]))).await, Err(RequestError::NotAnObject)));
    let fitting = raw(&json!({"origin": "twitchat", "type": "T", "data": "x".repeat(16 * 1024 * 1024 - 100)}));
    link.obs.broadcast(&fitting).await.unwrap();
    assert!(matches!(&*link.heard(1).await, [Heard::Twitchat(message)] if message.data.is_some()));
}

/// The daemon does nothing for a while; far more comes than may be in flight.
#[tokio::test]
async fn a_burst_beyond_the_bound_is_held_back_and_nothing_is_lost() {
    const EVENTS: usize = 5_000;
    let obs = stand_in(sim::obs::Options { reorder: false, ..Default::default() }).await;
    let mut link = Link::start(target(obs.port(), None), Options { bytes_in_flight: 64 * 1024, ..Options::default() });
    link.until_up().await;
    let peer = sim::peer::Target { url: obs.url(), password: None };
    let mut sender = sim::peer::Talker::connect(&peer).await.unwrap();
    for n in 0..EVENTS {
        let text = "x".repeat(200);
        sender.pipeline(&json!({"origin": "twitchat", "type": "T", "id": n.to_string(), "data": text})).await.unwrap();
    }
    sender.settled().await.unwrap();

    let mut held = Vec::new();
    let mut ids = Vec::new();
    while ids.len() < EVENTS {
        // Holding a batch back keeps its bytes in the bound.
        while let Ok(notice) = link.notices.try_recv() {
            if let Notice::Heard(batch) = notice {
                held.push(batch);
            }
        }
        let bytes: usize = held.iter().flat_map(|batch| &batch.events).map(size).sum();
        assert!(bytes <= 64 * 1024, "{bytes} bytes in flight");
        for batch in held.drain(..) {
            ids.extend(batch.events.iter().map(id));
        }
        if let Notice::Heard(batch) = link.next().await {
            held.push(batch);
        }
        if ids.len() + held.iter().map(|batch| batch.events.len()).sum::<usize>() >= EVENTS {
            ids.extend(held.drain(..).flat_map(|batch| batch.events).map(|heard| id(&heard)));
        }
    }
    assert_eq!(ids, (0..EVENTS).map(|n| n.to_string()).collect::<Vec<_>>());
}

fn size(heard: &Heard) -> usize {
    if let Heard::Twitchat(message) = heard { message.data.as_ref().map_or(0, |data| data.get().len()) } else { 0 }
}

fn id(heard: &Heard) -> String {
    if let Heard::Twitchat(message) = heard { message.id.as_deref().unwrap_or_default().to_owned() } else { panic!("{heard:?}") }
}

#[tokio::test]
async fn bad_frames_are_counted_and_harm_nothing() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let mut listener = Listener::connect(&target(obs.port(), None), &Options::default()).await.unwrap();
    for bad in ["", "not JSON", "[1,2", r#"{"op":5}"#] {
        obs.send_raw(bad);
    }
    obs.send_raw_bytes(vec![0xff, 0x00]);
    obs.send_raw(r#"{"op":5,"d":{"eventType":"CustomEvent","eventData":{"request":"GetInfo"}}}"#);
    let mut events = Vec::new();
    while events.len() < 6 {
        events.append(&mut timeout(SOON, listener.next()).await.unwrap().unwrap().events);
    }
    assert!(matches!(&*events, [Heard::Bad, Heard::Bad, Heard::Bad, Heard::Bad, Heard::Bad, Heard::Request(_)]), "{events:?}");
}

#[tokio::test]
async fn shutdown_ends_the_task_in_every_state() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let mut live = Link::start(target(obs.port(), None), Options::default());
    live.until_up().await;
    obs.freeze();
    let connecting = Link::start(target(obs.port(), None), Options::default());
    let mut waiting = Link::start(target(closed_port().await, None), Options::default());
    waiting.until_waiting().await;
    for mut link in [live, connecting, waiting] {
        link.cancel.cancel();
        link.tasks.close();
        timeout(SOON, link.tasks.wait()).await.unwrap();
        assert!(matches!(link.until_stopped().await, Stop::Shutdown));
        assert!(matches!(link.obs.version().await, Err(RequestError::NotConnected)));
    }
}

async fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

/// Answers each connection with `answer` after the first bytes came; keeps it open.
async fn peer(answer: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = [0; 1024];
            if stream.read(&mut bytes).await.is_ok() && stream.write_all(answer).await.is_ok() {
                open.push(stream);
            }
        }
    });
    port
}

#[tokio::test]
async fn what_is_no_obs_is_named() {
    let options = Options { connect_within: Duration::from_millis(300), ..Options::default() };
    for (answer, named) in [
        (&b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"[..], "a web server (HTTP status 404)"),
        (&b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"[..], "a web server (HTTP status 200)"),
        (&b"SSH-2.0-OpenSSH_9.6\r\n\r\n"[..], "something that speaks no HTTP"),
        (&b""[..], "the WebSocket handshake took longer than 0.3 s"),
    ] {
        let target = target(peer(answer).await, None);
        for error in [Listener::connect(&target, &options).await.unwrap_err(), Talker::connect(&target, &options).await.unwrap_err()] {
            assert!(error.to_string().contains(named) || named.contains("handshake"), "{error}");
            assert_eq!(error.kind().exit_code(), 3, "{error}");
        }
        let error = Listener::connect(&target, &options).await.unwrap_err();
        assert!(error.to_string().contains(named), "{error}");
    }
}

/// A WebSocket server that says `texts`, then closes with `code` if there is one, else stays silent.
async fn websocket(texts: &'static [&'static str], code: Option<u16>) -> u16 {
    use futures::{SinkExt, StreamExt};
    use tokio_websockets::{CloseCode, Message, ServerBuilder};
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let Ok((_, mut socket)) = ServerBuilder::new().accept(stream).await else { return };
                for text in texts {
                    let _sent = socket.send(Message::text(*text)).await;
                }
                if let Some(code) = code {
                    let code = CloseCode::try_from(code).unwrap();
                    let _sent = socket.send(Message::close(Some(code), "")).await;
                }
                while let Some(Ok(_)) = socket.next().await {}
            });
        }
    });
    port
}

const HELLO: &str = r#"{"op":0,"d":{"obsWebSocketVersion":"5.5.2","rpcVersion":1}}"#;
const IDENTIFIED: &str = r#"{"op":2,"d":{"negotiatedRpcVersion":1}}"#;

#[tokio::test]
async fn close_codes_and_other_greetings_are_told_apart_while_connecting() {
    let options = Options { connect_within: Duration::from_millis(300), ..Options::default() };
    for (texts, code, exit, named) in [
        (&[][..], None, 3, "does not greet"),
        (&[r#"{"request":"Hello","info":{}}"#][..], None, 3, "another WebSocket server"),
        (&[HELLO][..], Some(4009), 4, "refused the password"),
        (&[HELLO][..], Some(4010), 7, "does not speak version 1"),
        (&[HELLO][..], Some(4011), 8, "disconnected twitchat-bridge"),
        (&[HELLO][..], Some(1001), 3, "closed the connection at once"),
    ] {
        let error = Listener::connect(&target(websocket(texts, code).await, None), &options).await.unwrap_err();
        assert_eq!(error.kind().exit_code(), exit, "{error}");
        assert!(error.to_string().contains(named), "{error}");
    }
}

#[tokio::test]
async fn close_codes_are_told_apart_while_live() {
    for (code, kind, named) in [
        (4011, Kind::Kicked, "disconnected twitchat-bridge"),
        (1001, Kind::Unreachable, "OBS was closed"),
        (4008, Kind::Unreachable, "closed the connection with code 4008"),
    ] {
        let port = websocket(&[HELLO, IDENTIFIED], Some(code)).await;
        let mut listener = Listener::connect(&target(port, None), &Options::default()).await.unwrap();
        let gone = timeout(SOON, listener.next()).await.unwrap().unwrap_err();
        assert_eq!(gone.kind(), kind);
        assert!(gone.to_string().contains(named), "{gone}");
    }
}

#[tokio::test]
async fn tls_where_there_is_none_says_what_to_do() {
    let target = Target { tls: true, ..target(peer(b"HTTP/1.1 400 Bad Request\r\n\r\n").await, None) };
    let error = Listener::connect(&target, &Options::default()).await.unwrap_err();
    assert!(matches!(error, ConnectError::Tls { .. }), "{error:?}");
    let error = Talker::connect(&target, &Options::default()).await.unwrap_err();
    assert!(matches!(error, ConnectError::Tls { .. }), "{error:?}");
}

#[tokio::test]
async fn an_unknown_host_is_named() {
    let target = Target { host: "no-such-host.invalid".into(), ..target(4455, None) };
    let error = Listener::connect(&target, &Options::default()).await.unwrap_err();
    assert!(matches!(&error, ConnectError::NoSuchHost { host } if host == "no-such-host.invalid"), "{error}");
}

/// obws drops events when they are more than it holds, and its stream ends: the link asks anew how things are.
#[tokio::test]
async fn scene_changes_beyond_any_buffer_end_with_the_right_scene() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let mut link = Link::start(target(obs.port(), None), Options::default());
    link.until_up().await;
    for _ in 0..1_000 {
        assert!(obs.switch_scene("Game") && obs.switch_scene("Credits"));
    }
    // The reply comes after all these events on the same connection: by then they have passed through obws.
    link.obs.version().await.unwrap();
    assert!(obs.start_stream(Duration::ZERO));
    let mut scene = None;
    while scene.as_deref() != Some("Credits") || !link.notices.is_empty() {
        if let Notice::SceneChanged(name) = link.next().await {
            scene = Some(name);
        }
    }
    assert!(obs.switch_scene("Starting soon"));
    link.until(|notice| matches!(notice, Notice::SceneChanged(name) if name == "Starting soon").then_some(())).await;
}

/// Answers as OBS does, a session for requests and one for General events; closes the first with code 4011 on a signal.
async fn obs_that_kicks_talk(kick: Arc<tokio::sync::Notify>) -> u16 {
    use futures::{SinkExt, StreamExt};
    use tokio_websockets::{CloseCode, Message, ServerBuilder};
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let kick = Arc::clone(&kick);
            tokio::spawn(async move {
                let Ok((_, mut socket)) = ServerBuilder::new().accept(stream).await else { return };
                socket.send(Message::text(HELLO)).await.unwrap();
                let mut talks = false;
                loop {
                    let frame = tokio::select! {
                        () = kick.notified(), if talks => Err(CloseCode::try_from(4011).unwrap()),
                        frame = socket.next() => Ok(frame),
                    };
                    let text = match &frame {
                        Err(code) => {
                            socket.send(Message::close(Some(*code), "Your session has been invalidated.")).await.unwrap();
                            continue;
                        }
                        Ok(Some(Ok(message))) => message.as_text().unwrap_or("null"),
                        Ok(_) => return,
                    };
                    let message: Value = serde_json::from_str(text).unwrap();
                    let reply = match message["op"].as_u64() {
                        Some(1) => {
                            talks = message["d"]["eventSubscriptions"] != 1;
                            IDENTIFIED.to_owned()
                        }
                        Some(6) => {
                            json!({"op": 7, "d": {"requestType": message["d"]["requestType"], "requestId": message["d"]["requestId"],
                            "requestStatus": {"result": true, "code": 100}, "responseData": {"obsVersion": "30.2.3",
                            "obsWebSocketVersion": "5.5.2", "rpcVersion": 1, "availableRequests": [], "supportedImageFormats": [],
                            "platform": "ubuntu", "platformDescription": "a test"}}})
                            .to_string()
                        }
                        _ => continue,
                    };
                    socket.send(Message::text(reply)).await.unwrap();
                }
            });
        }
    });
    port
}

/// OBS lists our two sessions, and the user may disconnect either. obws hides the close code, so the link infers it.
#[tokio::test]
async fn a_kick_of_the_session_for_requests_ends_the_link_too() {
    let kick = Arc::new(tokio::sync::Notify::new());
    let mut link = Link::start(target(obs_that_kicks_talk(Arc::clone(&kick)).await, None), Options::default());
    let info = link.until_up().await;
    assert_eq!((info.version.platform.as_str(), info.scene, info.stream), ("a test", None, None));
    kick.notify_one();
    assert!(matches!(link.until_stopped().await, Stop::Failed(cause) if cause.kind() == Kind::Kicked));
}

#[test]
fn no_message_shows_debug_text_or_lacks_a_next_step() {
    let at = || "127.0.0.1:4455".to_owned();
    let io = || std::io::Error::from(std::io::ErrorKind::NetworkUnreachable);
    let all = [
        ConnectError::Refused { at: at() },
        ConnectError::NoSuchHost { host: "obs.local".into() },
        ConnectError::NotObs { at: at(), found: "a web server (HTTP status 404)".into() },
        ConnectError::PasswordMissing { at: at() },
        ConnectError::PasswordRefused { at: at() },
        ConnectError::TooOld { at: at(), found: "OBS 29.1.3".into() },
        ConnectError::Kicked { at: at() },
        ConnectError::Rpc { at: at() },
        ConnectError::Tls { at: at(), source: io() },
        ConnectError::Closed { at: at(), reason: Some("Server stopping.".into()) },
        ConnectError::NotReady { at: at() },
        ConnectError::Io { at: at(), source: io() },
    ];
    for error in all {
        let text = error.to_string();
        assert!(!text.contains("Some(") && !text.contains("{ ") && !text.contains("Error"), "{text}");
        assert!(text.contains(". ") && text.contains("OBS"), "what to do next: {text}");
        println!("{text}\n");
    }
}
