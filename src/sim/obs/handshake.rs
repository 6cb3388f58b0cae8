//! The HTTP upgrade of one connection, with the sub-protocol that the client asked for.
//!
//! tokio-websockets fixes the headers of its response before it reads the request, and a browser
//! refuses a sub-protocol that it did not ask for. So this module reads the head of the request
//! first, and then passes it to tokio-websockets.

use std::io::{self, Cursor};

use tokio::io::{AsyncReadExt as _, Chain, Join};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio_websockets::{Config, Limits, ServerBuilder, WebSocketStream};

/// The header with the sub-protocols.
const PROTOCOLS: &str = "sec-websocket-protocol";
/// The sub-protocol of the stand-in. OBS also has `obswebsocket.msgpack`, which the stand-in does
/// not select, so use the JSON build of obs-websocket-js (`obs-websocket-js/json`).
const JSON: &str = "obswebsocket.json";
/// The longest head that is read. No obs-websocket client sends a longer one.
const HEAD_LIMIT_BYTES: usize = 16 * 1024;
/// The largest message. OBS disconnects a client that sends a larger one. The limit is the default
/// of websocketpp.
const MESSAGE_LIMIT_BYTES: usize = 32_000_000;
/// The number of bytes that are collected before they are written to the socket.
const FLUSH_BYTES: usize = 64 * 1024;

/// The stream of a session: first the head that was already read, then the socket.
pub(super) type Socket =
    WebSocketStream<Join<Chain<Cursor<Vec<u8>>, OwnedReadHalf>, OwnedWriteHalf>>;

pub(super) async fn accept(stream: TcpStream) -> io::Result<Socket> {
    let (mut read, write) = stream.into_split();
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if head.len() > HEAD_LIMIT_BYTES || read.read_buf(&mut head).await? == 0 {
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
    let mut builder = ServerBuilder::new()
        .config(Config::default().flush_threshold(FLUSH_BYTES))
        .limits(Limits::default().max_payload_len(Some(MESSAGE_LIMIT_BYTES)));
    if asks_for_json(&head) {
        builder = builder
            .add_header(
                PROTOCOLS.parse().map_err(io::Error::other)?,
                JSON.parse().map_err(io::Error::other)?,
            )
            .map_err(io::Error::other)?;
    }
    let stream = tokio::io::join(Cursor::new(head).chain(read), write);
    let (_request, socket) = builder.accept(stream).await.map_err(io::Error::other)?;
    Ok(socket)
}

/// Whether [`JSON`] is among the sub-protocols in the head.
fn asks_for_json(head: &[u8]) -> bool {
    String::from_utf8_lossy(head)
        .lines()
        .filter_map(|line| line.split_once(':'))
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case(PROTOCOLS))
        .flat_map(|(_, value)| value.split(','))
        .any(|protocol| protocol.trim() == JSON)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sub_protocol_is_selected_only_when_asked_for() {
        assert!(asks_for_json(
            b"GET / HTTP/1.1\r\nsec-websocket-protocol: obswebsocket.msgpack, \
            obswebsocket.json\r\n\r\n"
        ));
        assert!(!asks_for_json(
            b"GET / HTTP/1.1\r\nSec-WebSocket-Protocol: obswebsocket.msgpack\r\n\r\n"
        ));
        assert!(!asks_for_json(
            b"GET / HTTP/1.1\r\nHost: obswebsocket.json\r\n\r\n"
        ));
    }
}
