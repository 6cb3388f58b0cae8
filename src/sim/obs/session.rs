//! One connection, from the upgrade to its end: reads frames, passes requests to the hub, and
//! writes the messages in the outbox.
//!
//! Reading and writing are independent, as in OBS: the stand-in also processes messages of a client
//! that does not read.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use futures::{Sink, SinkExt as _, Stream, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tokio_websockets::{Error, Message};

use super::answer::Refusal;
use super::auth::Lock;
use super::fields::RequestFields;
use super::handshake::accept;
use super::hub::{Hub, SessionId};
use super::outbox::Outbox;
use super::protocol::{Goodbye, custom_event, event, message, op, status, subscription};
use super::requests::event_data;
use super::state::Happened;

/// The only version of obs-websocket's RPC.
const RPC_VERSION: u64 = 1;
/// How long the client may take to answer a close frame.
const CLOSE_ANSWER_MILLIS: u64 = 1_000;

/// Serves one connection until it ends or `killed` is cancelled.
pub(super) async fn serve(stream: TcpStream, hub: Arc<Hub>, killed: CancellationToken) {
    let Some(Ok(socket)) = killed.run_until_cancelled(accept(stream)).await else {
        return;
    };
    let (sink, frames) = socket.split();
    let outbox = Arc::new(Outbox::default());
    let id = hub.enter(Arc::clone(&outbox));
    let session = Session::new(id, Arc::clone(&hub), Arc::clone(&outbox));
    let written = async {
        write(sink, &outbox, &hub).await;
        tokio::time::sleep(Duration::from_millis(CLOSE_ANSWER_MILLIS)).await;
    };
    tokio::select! {
        () = killed.cancelled() => {}
        () = session.read(frames) => {}
        () = written => {}
    }
    hub.leave(id);
}

/// Writes the messages in the outbox until it has written a close frame or the socket fails.
async fn write(mut sink: impl Sink<Message, Error = Error> + Unpin, outbox: &Outbox, hub: &Hub) {
    loop {
        for message in outbox.take().await {
            thawed(hub).await;
            let last = message.is_close();
            if sink.feed(message).await.is_err() {
                return;
            }
            if last {
                drop(sink.flush().await);
                return;
            }
        }
        if sink.flush().await.is_err() {
            return;
        }
        outbox.written();
    }
}

/// Waits while the stand-in is frozen.
pub(super) async fn thawed(hub: &Hub) {
    // An error would mean that the hub was dropped, which is impossible, because it is borrowed
    // here.
    drop(hub.frozen.subscribe().wait_for(|frozen| !frozen).await);
}

/// The state of the reading side.
#[derive(Debug)]
struct Session {
    id: SessionId,
    hub: Arc<Hub>,
    outbox: Arc<Outbox>,
    lock: Option<Lock>,
    identified: bool,
    stalled: bool,
}

impl Session {
    fn new(id: SessionId, hub: Arc<Hub>, outbox: Arc<Outbox>) -> Self {
        let (lock, versions, stalled) = hub.turn(|knobs| {
            (
                knobs.password.clone().map(Lock::new),
                knobs.versions.clone(),
                knobs.stall_after_hello,
            )
        });
        let mut hello = json!({"obsStudioVersion": versions.studio,
            "obsWebSocketVersion": versions.websocket, "rpcVersion": RPC_VERSION});
        if let (Some(hello), Some(lock)) = (hello.as_object_mut(), &lock) {
            hello.insert("authentication".into(), lock.hello());
        }
        outbox.push(message(op::HELLO, &hello));
        Self {
            id,
            hub,
            outbox,
            lock,
            identified: false,
            stalled,
        }
    }

    /// Reads until the client has disconnected. After a close frame is queued, it only waits for
    /// that.
    async fn read(mut self, mut frames: impl Stream<Item = Result<Message, Error>> + Unpin) {
        let mut frozen = self.hub.frozen.subscribe();
        let mut over = false;
        loop {
            if frozen.wait_for(|frozen| !frozen).await.is_err() {
                return;
            }
            let frame = tokio::select! {
                _ = frozen.wait_for(|frozen| *frozen) => continue,
                frame = frames.next() => frame,
            };
            let Some(Ok(frame)) = frame else { return };
            if over || self.stalled || frame.is_ping() || frame.is_pong() || frame.is_close() {
                continue;
            }
            if let ControlFlow::Break(goodbye) = self.receive(frame.as_text()) {
                over = true;
                self.outbox.push(goodbye.message());
            }
        }
    }

    fn receive(&mut self, text: Option<&str>) -> ControlFlow<Goodbye> {
        let parsed = text.map(serde_json::from_str::<Value>);
        let Some(Ok(mut frame)) = parsed else {
            return ControlFlow::Break(Goodbye::undecodable(
                "The received payload could not be decoded.",
            ));
        };
        if !frame.is_object() {
            return ControlFlow::Break(Goodbye::undecodable("You sent a non-object payload."));
        }
        let kind = frame.get("op").and_then(Value::as_u64);
        let data = frame.get_mut("d").map(Value::take).unwrap_or_default();
        if !self.identified && kind.is_some() && kind != Some(op::IDENTIFY) {
            return ControlFlow::Break(Goodbye::not_identified());
        }
        match kind {
            Some(op::IDENTIFY) => self.identify(&data),
            Some(op::REIDENTIFY) => {
                self.subscribe(&data);
                ControlFlow::Continue(())
            }
            Some(op::REQUEST) => self.request(&data),
            Some(op::REQUEST_BATCH) => self.batch(&data),
            _ => ControlFlow::Break(Goodbye::unknown_op()),
        }
    }

    fn identify(&mut self, data: &Value) -> ControlFlow<Goodbye> {
        if self.identified {
            return ControlFlow::Break(Goodbye::already_identified());
        }
        if let Some(lock) = &self.lock
            && !data
                .get("authentication")
                .and_then(Value::as_str)
                .is_some_and(|answer| lock.opens_with(answer))
        {
            return ControlFlow::Break(Goodbye::unauthenticated());
        }
        match data.get("rpcVersion").map(Value::as_u64) {
            None => return ControlFlow::Break(Goodbye::missing("rpcVersion")),
            Some(None) => return ControlFlow::Break(Goodbye::type_error("rpcVersion")),
            Some(Some(RPC_VERSION)) => {}
            Some(Some(_)) => return ControlFlow::Break(Goodbye::old_rpc()),
        }
        self.identified = true;
        if let Some(event_data) = self.hub.early_event() {
            self.outbox.push(early_event(data, &event_data));
        }
        self.subscribe(data);
        ControlFlow::Continue(())
    }

    /// Queues `Identified` before any event, except the events of
    /// [`StandIn::send_before_identified`](super::StandIn::send_before_identified).
    fn subscribe(&self, data: &Value) {
        self.outbox.push(message(
            op::IDENTIFIED,
            &json!({"negotiatedRpcVersion": RPC_VERSION}),
        ));
        self.hub.subscribe(
            self.id,
            data.get("eventSubscriptions")
                .and_then(Value::as_u64)
                .unwrap_or(subscription::ALL),
        );
    }

    fn request(&self, data: &Value) -> ControlFlow<Goodbye> {
        let Some(kind) = data.get("requestType").and_then(Value::as_str) else {
            return ControlFlow::Break(Goodbye::missing("requestType"));
        };
        let Some(id) = data.get("requestId").and_then(Value::as_str) else {
            return ControlFlow::Break(Goodbye::missing("requestId"));
        };
        if self.hub.kicks(self.id) {
            return ControlFlow::Continue(());
        }
        let fields = RequestFields(data.get("requestData"));
        let reply = |outcome| message(op::REQUEST_RESPONSE, &response(kind, Some(id), outcome));
        if kind == "BroadcastCustomEvent" {
            match self.hub.ready().and_then(|()| event_data(fields)) {
                Ok(text) => self
                    .hub
                    .broadcast(self.id, text.into(), Some(reply(Ok(None)))),
                Err(refusal) => self.outbox.push(reply(Err(refusal))),
            }
        } else {
            let (outcome, happened) = self.answer(kind, fields);
            self.outbox.push(reply(outcome));
            self.hub.notify(&happened);
        }
        ControlFlow::Continue(())
    }

    /// Carries out the requests one after the other; the execution type is ignored.
    fn batch(&self, data: &Value) -> ControlFlow<Goodbye> {
        let Some(id) = data.get("requestId").and_then(Value::as_str) else {
            return ControlFlow::Break(Goodbye::missing("requestId"));
        };
        let Some(requests) = data.get("requests").and_then(Value::as_array) else {
            return ControlFlow::Break(Goodbye::missing("requests"));
        };
        let halt = data
            .get("haltOnFailure")
            .and_then(Value::as_bool)
            .unwrap_or(false);
        let mut results = Vec::new();
        for request in requests {
            let kind = request
                .get("requestType")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let fields = RequestFields(request.get("requestData"));
            let (outcome, happened) = if kind == "BroadcastCustomEvent" {
                let checked = self.hub.ready().and_then(|()| event_data(fields));
                (
                    checked.map(|text| {
                        self.hub.broadcast(self.id, text.into(), None);
                        None
                    }),
                    Vec::new(),
                )
            } else {
                self.answer(kind, fields)
            };
            self.hub.notify(&happened);
            let failed = outcome.is_err();
            results.push(response(
                kind,
                request.get("requestId").and_then(Value::as_str),
                outcome,
            ));
            if failed && halt {
                break;
            }
        }
        self.outbox.push(message(
            op::REQUEST_BATCH_RESPONSE,
            &json!({"requestId": id, "results": results}),
        ));
        ControlFlow::Continue(())
    }

    fn answer(
        &self,
        kind: &str,
        fields: RequestFields<'_>,
    ) -> (Result<Option<Value>, Refusal>, Vec<Happened>) {
        match self
            .hub
            .ready()
            .and_then(|()| self.hub.answer(kind, fields))
        {
            Ok((data, happened)) => (Ok(data), happened),
            Err(refusal) => (Err(refusal), Vec::new()),
        }
    }
}

/// An event for a session that has not received `Identified` yet.
fn early_event(identify: &Value, event_data: &str) -> Message {
    let subscriptions = identify
        .get("eventSubscriptions")
        .and_then(Value::as_u64)
        .unwrap_or(subscription::ALL);
    if subscriptions & subscription::GENERAL != 0 {
        return custom_event(event_data);
    }
    let stopped = json!({"outputActive": false, "outputPath": null,
        "outputState": "OBS_WEBSOCKET_OUTPUT_STOPPED"});
    event("RecordStateChanged", subscription::OUTPUTS, Some(&stopped))
}

/// The data of a `RequestResponse`.
fn response(kind: &str, id: Option<&str>, outcome: Result<Option<Value>, Refusal>) -> Value {
    let (status, data) = match outcome {
        Ok(data) => (json!({"result": true, "code": status::SUCCESS}), data),
        Err(refusal) => (
            json!({"result": false, "code": refusal.code, "comment": refusal.comment}),
            None,
        ),
    };
    let mut body = json!({"requestType": kind, "requestStatus": status});
    if let Some(body) = body.as_object_mut() {
        body.extend(id.map(|id| ("requestId".to_owned(), id.into())));
        body.extend(data.map(|data| ("responseData".to_owned(), data)));
    }
    body
}
