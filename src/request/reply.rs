//! The envelopes of replies.

use serde_json::{Map, Value, value::RawValue};

use super::{Asker, RequestError};
use crate::event::heard::BRIDGE;

/// The most that a message on OBS may hold: 20 MiB still arrives there, 31 MiB breaks the connection.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Stands as `false` in a reply whose content a crash may take back.
pub const DURABLE: &str = "durable";

/// A reply: the fields of an answer, or an error, in the bridge's envelope.
pub fn envelope(bridge: &str, asker: &Asker, seq: u64, answer: Result<Map<String, Value>, RequestError>) -> Map<String, Value> {
    let (mut reply, status) = match answer {
        Ok(fields) => (fields, "ok"),
        Err(error) => (Map::from_iter([("error".to_owned(), Value::from(error.to_string()))]), "error"),
    };
    for (key, value) in [("id", &asker.id), ("client", &asker.client)] {
        if let Some(value) = value {
            reply.insert(key.into(), value.clone());
        }
    }
    reply.insert("status".into(), status.into());
    reply.insert("seq".into(), seq.into());
    reply.insert("origin".into(), BRIDGE.into());
    reply.insert("bridge".into(), bridge.into());
    reply
}

/// As JSON, if OBS can carry it.
pub fn write(reply: &Map<String, Value>) -> Result<Box<RawValue>, RequestError> {
    let json = serde_json::value::to_raw_value(reply).map_err(|error| RequestError::Data(error.to_string()))?;
    if json.get().len() > MAX_BYTES { Err(RequestError::TooLarge { size: json.get().len() }) } else { Ok(json) }
}
