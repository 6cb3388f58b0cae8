//! Tests connecting, and the errors if it fails.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use secrecy::SecretString;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use twitchat_bridge::obs::{
    ConnectError, EventConnection, Kind, Notice, Options, RequestConnection, RequestError, Stop,
    Target,
};
use twitchat_bridge::sim;

use crate::peers::{HELLO, peer, websocket};
use crate::support::{Link, raw, stand_in, target};

#[tokio::test]
async fn every_address_of_a_host_name_is_tried() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let by_name = Target {
        host: "localhost".into(),
        ..target(obs.port(), None)
    };
    EventConnection::connect(&by_name, &Options::default())
        .await
        .unwrap();
    RequestConnection::connect(&by_name, &Options::default())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_wrong_and_a_missing_password_are_distinguished() {
    let obs = stand_in(sim::obs::Options {
        password: Some(SecretString::from("secret")),
        ..Default::default()
    })
    .await;
    for (given, missing) in [(Some("hunter2"), false), (None, true)] {
        let target = target(obs.port(), given);
        let received = EventConnection::connect(&target, &Options::default())
            .await
            .unwrap_err();
        let talked = RequestConnection::connect(&target, &Options::default())
            .await
            .unwrap_err();
        for error in [received, talked] {
            assert_eq!(
                matches!(error, ConnectError::PasswordMissing { .. }),
                missing,
                "{error}"
            );
            assert_eq!(
                (error.kind(), error.kind().exit_code()),
                (Kind::Password, 4)
            );
            assert!(!format!("{error:?}").contains("hunter2"));
        }
    }
}

#[tokio::test]
async fn an_old_obs_is_named() {
    let versions = sim::obs::Versions {
        studio: "29.1.3".into(),
        websocket: "5.2.3".into(),
    };
    let obs = stand_in(sim::obs::Options {
        versions,
        ..Default::default()
    })
    .await;
    let target = target(obs.port(), None);
    for error in [
        EventConnection::connect(&target, &Options::default())
            .await
            .unwrap_err(),
        RequestConnection::connect(&target, &Options::default())
            .await
            .unwrap_err(),
    ] {
        assert_eq!(error.kind().exit_code(), 7, "{error}");
        assert!(error.to_string().contains("OBS 29.1.3"), "{error}");
    }
    let stop = Link::start(target, Options::default())
        .until_stopped()
        .await;
    assert!(matches!(stop, Stop::Failed(cause) if cause.kind() == Kind::TooOld));
}

#[tokio::test]
async fn a_beta_of_obs_is_no_old_one() {
    let versions = sim::obs::Versions {
        studio: "32.1.0-beta2".into(),
        websocket: "5.7.0".into(),
    };
    let obs = stand_in(sim::obs::Options {
        versions,
        ..Default::default()
    })
    .await;
    let requester = RequestConnection::connect(&target(obs.port(), None), &Options::default())
        .await
        .unwrap();
    assert_eq!(requester.version().await.unwrap().obs, "32.1.0-beta2");
}

#[tokio::test]
async fn an_obs_that_is_not_ready_is_asked_again() {
    let obs = stand_in(sim::obs::Options::default()).await;
    obs.not_ready(3);
    let mut link = Link::start(target(obs.port(), None), Options::default());
    assert!(matches!(link.next().await, Notice::Up(_)));
    obs.not_ready(2);
    link.obs.broadcast(&raw(&json!({"a": 1}))).await.unwrap();
    let options = Options {
        request_within: Duration::from_millis(200),
        ..Options::default()
    };
    let requester = RequestConnection::connect(&target(obs.port(), None), &options)
        .await
        .unwrap();
    obs.not_ready(u64::MAX);
    assert!(matches!(
        requester.broadcast(&raw(&json!({"a": 1}))).await,
        Err(RequestError::NotReady { .. })
    ));
    obs.not_ready(0);
    requester.broadcast(&raw(&json!({"a": 1}))).await.unwrap();
}

#[tokio::test]
async fn events_before_identified_are_kept_and_do_not_end_the_login() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let (target, options) = (target(obs.port(), None), Options::default());
    let early = json!({"origin": "twitchat", "type": "EARLY"});

    obs.send_before_identified(1, &early);
    let mut receiver = EventConnection::connect(&target, &options).await.unwrap();
    obs.send_before_identified(2, &early);
    let requester = RequestConnection::connect(&target, &options).await.unwrap();

    requester
        .broadcast(&raw(&json!({"late": 1})))
        .await
        .unwrap();
    let mut texts = Vec::new();
    while texts.len() < 2 {
        let batch = receiver.next().await.unwrap();
        texts.extend(batch.events.iter().map(|event| format!("{event:?}")));
    }
    assert!(texts[0].contains("EARLY"), "{texts:?}");
}

#[tokio::test]
async fn an_obs_that_stalls_after_hello_is_given_up() {
    let obs = stand_in(sim::obs::Options::default()).await;
    obs.stall_after_hello(true);
    let options = Options {
        connect_within: Duration::from_millis(300),
        ..Options::default()
    };
    let error = EventConnection::connect(&target(obs.port(), None), &options)
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("logging in took longer than 0.3 s"),
        "{error}"
    );
}

#[tokio::test]
async fn a_server_that_is_not_obs_is_named() {
    let options = Options {
        connect_within: Duration::from_millis(300),
        ..Options::default()
    };
    for (answer, named) in [
        (
            &b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"[..],
            "a web server (HTTP status 404)",
        ),
        (
            &b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"[..],
            "a web server (HTTP status 200)",
        ),
        (
            &b"SSH-2.0-OpenSSH_9.6\r\n\r\n"[..],
            "a server that is not an HTTP server",
        ),
        (&b""[..], "the WebSocket handshake took longer than 0.3 s"),
    ] {
        let target = target(peer(answer).await, None);
        for error in [
            EventConnection::connect(&target, &options)
                .await
                .unwrap_err(),
            RequestConnection::connect(&target, &options)
                .await
                .unwrap_err(),
        ] {
            assert!(
                error.to_string().contains(named) || named.contains("handshake"),
                "{error}"
            );
            assert_eq!(error.kind().exit_code(), 3, "{error}");
        }
        let error = EventConnection::connect(&target, &options)
            .await
            .unwrap_err();
        assert!(error.to_string().contains(named), "{error}");
    }
}

#[tokio::test]
async fn close_codes_and_other_greetings_are_distinguished_while_connecting() {
    let options = Options {
        connect_within: Duration::from_millis(300),
        ..Options::default()
    };
    for (texts, code, exit, named) in [
        (&[][..], None, 3, "sends no Hello message"),
        (
            &[r#"{"request":"Hello","info":{}}"#][..],
            None,
            3,
            "another WebSocket server",
        ),
        (&[HELLO][..], Some(4009), 4, "refused the password"),
        (&[HELLO][..], Some(4010), 7, "no longer supports version 1"),
        (&[HELLO][..], Some(4011), 8, "disconnected twitchat-bridge"),
        (&[HELLO][..], Some(1001), 3, "closed the connection at once"),
    ] {
        let error = EventConnection::connect(&target(websocket(texts, code).await, None), &options)
            .await
            .unwrap_err();
        assert_eq!(error.kind().exit_code(), exit, "{error}");
        assert!(error.to_string().contains(named), "{error}");
    }
}

/// The errors of both kinds of connections.
async fn errors(target: &Target, options: &Options) -> [ConnectError; 2] {
    [
        EventConnection::connect(target, options).await.unwrap_err(),
        RequestConnection::connect(target, options)
            .await
            .unwrap_err(),
    ]
}

#[tokio::test]
async fn tls_to_a_server_without_it_names_the_next_step() {
    let target = Target {
        tls: true,
        ..target(peer(b"HTTP/1.1 400 Bad Request\r\n\r\n").await, None)
    };
    for error in errors(&target, &Options::default()).await {
        assert!(matches!(error, ConnectError::NoTls { .. }), "{error:?}");
        assert!(error.to_string().contains("leave out --tls"), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_closes_at_a_tls_handshake_has_no_tls() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            // The connection is closed at the end of this block, even if the client has sent more
            // data.
            drop(client.read(&mut [0; 4_096]).await);
        }
    });
    let target = Target {
        tls: true,
        ..target(port, None)
    };
    let error = EventConnection::connect(&target, &Options::default())
        .await
        .unwrap_err();
    assert!(matches!(error, ConnectError::NoTls { .. }), "{error:?}");
}

#[tokio::test]
async fn tls_to_a_silent_server_names_the_next_step() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = Target {
        tls: true,
        ..target(silent.local_addr().unwrap().port(), None)
    };
    let options = Options {
        connect_within: Duration::from_millis(300),
        ..Options::default()
    };
    let error = EventConnection::connect(&target, &options)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("leave out --tls"), "{error}");
}

#[tokio::test]
async fn a_server_that_wants_tls_is_named() {
    const ALERT: &[u8] = b"\x15\x03\x03\x00\x02\x02\x28";
    let target = target(peer(ALERT).await, None);
    for error in errors(&target, &Options::default()).await {
        assert!(matches!(error, ConnectError::NeedsTls { .. }), "{error:?}");
        assert!(error.to_string().contains("connect with --tls"), "{error}");
    }
}

/// Forwards connections to a port. Returns its own port, and the first line of each connection.
async fn relay(to: u16) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let lines = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&lines);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let seen = Arc::clone(&seen);
            tokio::spawn(async move {
                let mut client = BufReader::new(client);
                let mut line = String::new();
                client.read_line(&mut line).await.unwrap();
                seen.lock().unwrap().push(line.trim_end().to_owned());
                let mut server = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
                server.write_all(line.as_bytes()).await.unwrap();
                // Forwarding ends when either side closes.
                drop(tokio::io::copy_bidirectional(&mut client, &mut server).await);
            });
        }
    });
    (port, lines)
}

#[tokio::test]
async fn the_path_of_an_address_is_asked_for_on_both_connections() {
    let obs = stand_in(sim::obs::Options::default()).await;
    let (port, lines) = relay(obs.port()).await;
    let target = Target {
        path: "/obs/ws/ID?token=1".into(),
        ..target(port, None)
    };
    EventConnection::connect(&target, &Options::default())
        .await
        .unwrap();
    RequestConnection::connect(&target, &Options::default())
        .await
        .unwrap();
    let expected = "GET /obs/ws/ID?token=1 HTTP/1.1";
    assert_eq!(*lines.lock().unwrap(), [expected, expected]);
}

#[tokio::test]
async fn an_unknown_host_is_named() {
    let target = Target {
        host: "no-such-host.invalid".into(),
        ..target(4455, None)
    };
    let error = EventConnection::connect(&target, &Options::default())
        .await
        .unwrap_err();
    assert!(
        matches!(&error, ConnectError::NoSuchHost { host } if host == "no-such-host.invalid"),
        "{error}"
    );
}

#[test]
fn no_message_shows_debug_text_or_lacks_a_next_step() {
    let at = || "127.0.0.1:4455".to_owned();
    let io = || std::io::Error::from(std::io::ErrorKind::NetworkUnreachable);
    let all = [
        ConnectError::Refused { at: at() },
        ConnectError::NoSuchHost {
            host: "obs.local".into(),
        },
        ConnectError::NotObs {
            at: at(),
            found: "a web server (HTTP status 404)".into(),
        },
        ConnectError::PasswordMissing { at: at() },
        ConnectError::PasswordRefused { at: at() },
        ConnectError::TooOld {
            at: at(),
            found: "OBS 29.1.3".into(),
        },
        ConnectError::Kicked { at: at() },
        ConnectError::Rpc { at: at() },
        ConnectError::Tls {
            at: at(),
            source: io(),
        },
        ConnectError::NoTls { at: at() },
        ConnectError::NeedsTls { at: at() },
        ConnectError::Closed {
            at: at(),
            reason: Some("Server stopping.".into()),
        },
        ConnectError::NotReady { at: at() },
        ConnectError::Io {
            at: at(),
            source: io(),
        },
    ];
    for error in all {
        let text = error.to_string();
        assert!(
            !text.contains("Some(") && !text.contains("{ ") && !text.contains("Error"),
            "{text}"
        );
        assert!(
            text.contains(". ") && text.contains("OBS"),
            "what to do next: {text}"
        );
        println!("{text}\n");
    }
}
