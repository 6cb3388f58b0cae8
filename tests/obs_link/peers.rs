//! Servers that are not OBS, or that behave in ways that the stand-in does not support.

use std::sync::Arc;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_websockets::{CloseCode, Message, ServerBuilder};

pub(crate) async fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// Sends `answer` on each connection after the first bytes were received, and keeps the connection
/// open.
pub(crate) async fn peer(answer: &'static [u8]) -> u16 {
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

/// A WebSocket server that sends `texts`. If there is a `code`, it then closes with it, else it
/// sends nothing more.
pub(crate) async fn websocket(texts: &'static [&'static str], code: Option<u16>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let Ok((_, mut socket)) = ServerBuilder::new().accept(stream).await else {
                    return;
                };
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

pub(crate) const HELLO: &str = r#"{"op":0,"d":{"obsWebSocketVersion":"5.5.2","rpcVersion":1}}"#;

pub(crate) const IDENTIFIED: &str = r#"{"op":2,"d":{"negotiatedRpcVersion":1}}"#;

/// Answers like OBS, to one request session and one session for General events. When notified, it
/// closes the request session with code 4011.
pub(crate) async fn obs_that_kicks_talk(kick: Arc<tokio::sync::Notify>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let kick = Arc::clone(&kick);
            tokio::spawn(async move {
                let Ok((_, mut socket)) = ServerBuilder::new().accept(stream).await else {
                    return;
                };
                socket.send(Message::text(HELLO)).await.unwrap();
                let mut talks = false;
                loop {
                    let frame = tokio::select! {
                        () = kick.notified(), if talks => Err(CloseCode::try_from(4011).unwrap()),
                        frame = socket.next() => Ok(frame),
                    };
                    let text = match &frame {
                        Err(code) => {
                            socket
                                .send(Message::close(
                                    Some(*code),
                                    "Your session has been invalidated.",
                                ))
                                .await
                                .unwrap();
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
                            json!({"op": 7, "d": {"requestType": message["d"]["requestType"],
                                "requestId": message["d"]["requestId"],
                            "requestStatus": {"result": true, "code": 100},
                                "responseData": {"obsVersion": "30.2.3",
                            "obsWebSocketVersion": "5.5.2", "rpcVersion": 1,
                                "availableRequests": [], "supportedImageFormats": [],
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
