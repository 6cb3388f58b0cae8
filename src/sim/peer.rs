//! A small obs-websocket client, independent of the bridge's own client. The stand-in Twitchat and
//! other clients use it, both with a stand-in OBS and with a real one.
//!
//! It has two connections, because a connection that is used in both directions waits 40 ms for
//! delayed acknowledgements: a [`RequestPeer`] that only sends, and an [`EventPeer`] that only
//! receives.

use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt as _, StreamExt as _};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;
use tokio_websockets::{ClientBuilder, MaybeTlsStream, Message, WebSocketStream};

use super::obs::auth::answer_to;
use super::obs::protocol::{message, op, subscription};
use super::watched::watched;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// The address of an obs-websocket server.
#[derive(Debug, Clone)]
pub struct Target {
    /// `ws://host:port`.
    pub url: String,
    /// The password; `None` if the server does not require one.
    pub password: Option<SecretString>,
}

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PeerError {
    #[error("`{0}` is not a WebSocket URL")]
    Url(String),
    /// The connection could not be opened, or it has failed.
    #[error("the connection to OBS failed")]
    Socket(#[from] tokio_websockets::Error),
    /// OBS has closed the connection.
    #[error("OBS ended the connection ({code:?}): {reason}")]
    Closed {
        /// The close code; `None` if the stream ended without one.
        code: Option<u16>,
        reason: String,
    },
    /// The message does not have the form of an obs-websocket message.
    #[error("OBS sent a message that is not part of obs-websocket's protocol")]
    NotObs,
}

async fn connect(target: &Target, subscriptions: u64) -> Result<Socket, PeerError> {
    let builder = ClientBuilder::new()
        .uri(&target.url)
        .map_err(|_| PeerError::Url(target.url.clone()))?;
    let (mut socket, _response) = builder.connect().await?;
    let hello = read(socket.next().await)?;
    let mut identify = json!({"rpcVersion": 1, "eventSubscriptions": subscriptions});
    let lock = hello.pointer("/d/authentication").and_then(|lock| {
        Some((
            lock.get("challenge")?.as_str()?,
            lock.get("salt")?.as_str()?,
        ))
    });
    if let (Some((challenge, salt)), Some(password), Some(identify)) =
        (lock, &target.password, identify.as_object_mut())
    {
        identify.insert(
            "authentication".into(),
            answer_to(challenge, salt, password).into(),
        );
    }
    socket.send(message(op::IDENTIFY, &identify)).await?;
    loop {
        let message = read(socket.next().await)?;
        match message.get("op").and_then(Value::as_u64) {
            Some(op::IDENTIFIED) => break,
            // OBS may send events before Identified.
            Some(op::EVENT) => {}
            _ => return Err(PeerError::NotObs),
        }
    }
    acknowledge_at_once(&socket);
    Ok(socket)
}

/// Makes the kernel acknowledge packets at once. Otherwise the first event after the login is 40 ms
/// late, because OBS holds it back until `Identified` is acknowledged.
#[cfg(target_os = "linux")]
fn acknowledge_at_once(socket: &Socket) {
    if let MaybeTlsStream::Plain(tcp) = socket.get_ref() {
        // If this fails, events are only late.
        drop(socket2::SockRef::from(tcp).set_tcp_quickack(true));
    }
}

/// Does nothing, because only Linux has the option.
#[cfg(not(target_os = "linux"))]
fn acknowledge_at_once(_socket: &Socket) {}

fn read(frame: Option<Result<Message, tokio_websockets::Error>>) -> Result<Value, PeerError> {
    let frame = open(frame)?;
    let text = frame.as_text().ok_or(PeerError::NotObs)?;
    serde_json::from_str(text).map_err(|_| PeerError::NotObs)
}

/// Returns the frame, or the reason why there is none.
fn open(frame: Option<Result<Message, tokio_websockets::Error>>) -> Result<Message, PeerError> {
    let frame = frame.ok_or_else(|| PeerError::Closed {
        code: None,
        reason: String::new(),
    })??;
    match frame.as_close() {
        Some((code, reason)) => Err(PeerError::Closed {
            code: Some(code.into()),
            reason: reason.into(),
        }),
        None => Ok(frame),
    }
}

/// The connection that only sends.
#[derive(Debug)]
pub struct RequestPeer {
    sink: SplitSink<Socket, Message>,
    sent: u64,
    replies: watch::Receiver<u64>,
    _reader: AbortOnDropHandle<()>,
}

impl RequestPeer {
    /// Connects without event subscriptions.
    pub async fn connect(target: &Target) -> Result<Self, PeerError> {
        let (sink, mut stream) = connect(target, subscription::NONE).await?.split();
        let (count, replies) = watch::channel(0u64);
        let reading = async move {
            while let Ok(frame) = read(stream.next().await) {
                if frame.get("op").and_then(Value::as_u64) == Some(op::REQUEST_RESPONSE) {
                    count.send_modify(|count| *count = count.saturating_add(1));
                }
            }
        };
        let reader = tokio::spawn(watched("the reader of replies", reading));
        Ok(Self {
            sink,
            sent: 0,
            replies,
            _reader: AbortOnDropHandle::new(reader),
        })
    }

    /// Broadcasts and waits for the reply. Such broadcasts stay in order.
    pub async fn broadcast(&mut self, event_data: &Value) -> Result<(), PeerError> {
        self.pipeline(event_data).await?;
        self.settled().await
    }

    /// Broadcasts without waiting for the reply. Such broadcasts may change places. Call
    /// [`settled`](Self::settled) at the end.
    pub async fn pipeline(&mut self, event_data: &Value) -> Result<(), PeerError> {
        self.sent = self.sent.saturating_add(1);
        let request = json!({
            "requestType": "BroadcastCustomEvent", "requestId": self.sent.to_string(),
                "requestData": {"eventData": event_data},
        });
        Ok(self.sink.feed(message(op::REQUEST, &request)).await?)
    }

    /// Broadcasts a text unchanged and without waiting. It need not be JSON. OBS does not reply to
    /// a text that it cannot parse, so after such a text [`settled`](Self::settled) never returns.
    pub async fn pipeline_text(&mut self, event_data: &str) -> Result<(), PeerError> {
        self.sent = self.sent.saturating_add(1);
        let (op, id) = (op::REQUEST, self.sent);
        let request = format!(
            r#"{{"op":{op},"d":{{"requestType":"BroadcastCustomEvent","requestId":"{id}",
                "requestData":{{"eventData":{event_data}}}}}}}"#
        );
        Ok(self.sink.feed(Message::text(request)).await?)
    }

    /// Sends everything that is buffered, without waiting for replies.
    pub async fn flush(&mut self) -> Result<(), PeerError> {
        Ok(self.sink.flush().await?)
    }

    /// Waits for the replies to everything that was sent.
    pub async fn settled(&mut self) -> Result<(), PeerError> {
        self.flush().await?;
        let sent = self.sent;
        match self.replies.wait_for(|replies| *replies >= sent).await {
            Ok(_) => Ok(()),
            Err(_) => Err(PeerError::Closed {
                code: None,
                reason: "a reply was still missing".into(),
            }),
        }
    }
}

/// The connection that only receives.
#[derive(Debug)]
pub struct EventPeer {
    stream: SplitStream<Socket>,
    /// The responses to pings are sent through it, so it must not be dropped.
    _sink: SplitSink<Socket, Message>,
}

impl EventPeer {
    /// Connects and subscribes to General events.
    pub async fn connect(target: &Target) -> Result<Self, PeerError> {
        let (sink, stream) = connect(target, subscription::GENERAL).await?.split();
        Ok(Self {
            stream,
            _sink: sink,
        })
    }

    /// The next frame without parsing, for time measurements, because parsing would change them.
    pub async fn next_frame(&mut self) -> Result<Message, PeerError> {
        open(self.stream.next().await)
    }

    /// The next broadcast's `eventData`.
    pub async fn next(&mut self) -> Result<Value, PeerError> {
        loop {
            let mut frame = read(self.stream.next().await)?;
            if frame.pointer("/d/eventType").and_then(Value::as_str) == Some("CustomEvent")
                && let Some(data) = frame.pointer_mut("/d/eventData")
            {
                return Ok(data.take());
            }
        }
    }
}
