//! Numbers and message forms of obs-websocket v5, from its protocol document.

use serde_json::{Value, json};
use tokio_websockets::{CloseCode, Message};

/// The message types (`op`).
pub(in crate::sim) mod op {
    pub(in crate::sim) const HELLO: u64 = 0;
    pub(in crate::sim) const IDENTIFY: u64 = 1;
    pub(in crate::sim) const IDENTIFIED: u64 = 2;
    pub(in crate::sim) const REIDENTIFY: u64 = 3;
    pub(in crate::sim) const EVENT: u64 = 5;
    pub(in crate::sim) const REQUEST: u64 = 6;
    pub(in crate::sim) const REQUEST_RESPONSE: u64 = 7;
    pub(in crate::sim) const REQUEST_BATCH: u64 = 8;
    pub(in crate::sim) const REQUEST_BATCH_RESPONSE: u64 = 9;
}

/// The bits of event subscriptions.
pub(in crate::sim) mod subscription {
    pub(in crate::sim) const NONE: u64 = 0;
    pub(in crate::sim) const GENERAL: u64 = 1;
    pub(in crate::sim) const CONFIG: u64 = 1 << 1;
    pub(in crate::sim) const SCENES: u64 = 1 << 2;
    pub(in crate::sim) const INPUTS: u64 = 1 << 3;
    pub(in crate::sim) const OUTPUTS: u64 = 1 << 6;
    pub(in crate::sim) const VENDORS: u64 = 1 << 9;
    pub(in crate::sim) const UI: u64 = 1 << 10;
    /// Everything except the high-volume events. This is the default for clients.
    pub(in crate::sim) const ALL: u64 = (1 << 11) - 1;
}

/// The status codes of requests.
pub(super) mod status {
    pub(in crate::sim) const SUCCESS: u16 = 100;
    pub(in crate::sim) const UNKNOWN_REQUEST_TYPE: u16 = 204;
    pub(in crate::sim) const NOT_READY: u16 = 207;
    pub(in crate::sim) const MISSING_REQUEST_FIELD: u16 = 300;
    pub(in crate::sim) const MISSING_REQUEST_DATA: u16 = 301;
    pub(in crate::sim) const INVALID_REQUEST_FIELD_TYPE: u16 = 401;
    pub(in crate::sim) const REQUEST_FIELD_EMPTY: u16 = 403;
    pub(in crate::sim) const OUTPUT_RUNNING: u16 = 500;
    pub(in crate::sim) const OUTPUT_NOT_RUNNING: u16 = 501;
    pub(in crate::sim) const OUTPUT_PAUSED: u16 = 502;
    pub(in crate::sim) const OUTPUT_NOT_PAUSED: u16 = 503;
    pub(in crate::sim) const STUDIO_MODE_NOT_ACTIVE: u16 = 506;
    pub(in crate::sim) const RESOURCE_NOT_FOUND: u16 = 600;
    pub(in crate::sim) const RESOURCE_ALREADY_EXISTS: u16 = 601;
    pub(in crate::sim) const INVALID_INPUT_KIND: u16 = 605;
}

/// The close code with which OBS ends a session, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Goodbye {
    pub(super) code: u16,
    pub(super) reason: String,
}

impl Goodbye {
    fn new(code: u16, reason: impl Into<String>) -> Self {
        Self {
            code,
            reason: reason.into(),
        }
    }

    pub(super) fn going_away() -> Self {
        Self::new(1001, "Server stopping.")
    }

    pub(super) fn undecodable(why: &str) -> Self {
        Self::new(4002, why)
    }

    pub(super) fn missing(field: &str) -> Self {
        Self::new(
            4003,
            format!("Your payload's data is missing an `{field}`."),
        )
    }

    pub(super) fn type_error(field: &str) -> Self {
        Self::new(4004, format!("Your `{field}` is not of the right type."))
    }

    pub(super) fn unknown_op() -> Self {
        Self::new(4006, "Your payload has an unknown or missing `op`.")
    }

    pub(super) fn not_identified() -> Self {
        Self::new(
            4007,
            "You attempted to send a non-Identify message while not identified.",
        )
    }

    pub(super) fn already_identified() -> Self {
        Self::new(
            4008,
            "You are already Identified with the obs-websocket server.",
        )
    }

    pub(super) fn unauthenticated() -> Self {
        Self::new(4009, "Authentication failed.")
    }

    pub(super) fn old_rpc() -> Self {
        Self::new(
            4010,
            "Your requested RPC version is not supported by this server.",
        )
    }

    pub(super) fn kicked() -> Self {
        Self::new(4011, "Your session has been invalidated.")
    }

    /// The close frame for the session.
    pub(super) fn message(&self) -> Message {
        Message::close(CloseCode::try_from(self.code).ok(), &self.reason)
    }
}

pub(in crate::sim) fn message(op: u64, data: &Value) -> Message {
    Message::text(json!({"d": data, "op": op}).to_string())
}

/// `data` is `None` for events without data.
pub(super) fn event(kind: &str, intent: u64, data: Option<&Value>) -> Message {
    let mut body = json!({"eventIntent": intent, "eventType": kind});
    if let (Some(body), Some(data)) = (body.as_object_mut(), data) {
        body.insert("eventData".into(), data.clone());
    }
    message(op::EVENT, &body)
}

/// `event_data` is already JSON text, because most messages are broadcasts.
pub(super) fn custom_event(event_data: &str) -> Message {
    Message::text(format!(
        "{{\"d\":{{\"eventData\":{event_data},\"eventIntent\":{},\
            \"eventType\":\"CustomEvent\"}},\"op\":{}}}",
        subscription::GENERAL,
        op::EVENT
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_write_a_custom_event_agree() {
        let data = json!({"origin": "twitchat", "a": [1, null]});
        let plain = event("CustomEvent", subscription::GENERAL, Some(&data));
        assert_eq!(custom_event(&data.to_string()).as_text(), plain.as_text());
    }

    #[test]
    fn reasons_fit_a_close_frame() {
        assert_eq!(
            Goodbye::kicked()
                .message()
                .as_close()
                .map(|(code, _)| u16::from(code)),
            Some(4011)
        );
    }
}
