//! The envelopes of replies.

use std::sync::Arc;

use serde_json::{Map, Value, value::RawValue};

use super::{Asker, RequestError, Unknown};
use crate::event::received::BRIDGE;

/// Maximum length of a message to OBS, in bytes. OBS still accepts 20 MiB; 31 MiB breaks the
/// connection.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;

/// The key that is `false` in a reply whose content a crash may undo.
pub const DURABLE: &str = "durable";

/// Whether a crash may undo the content of a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// The content is on disk, or there was nothing to store.
    Durable,
    /// The content is only in memory; the reply has `"durable":false`.
    InMemory,
}

/// The fields of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// Fields of a single reply.
    Own(Map<String, Value>),
    /// Fields that all equal requests share, written once as JSON without the braces around them.
    Shared(Arc<str>),
}

impl Body {
    /// Writes the fields so that replies can share them.
    pub fn share(fields: &Map<String, Value>) -> Result<Arc<str>, RequestError> {
        let json =
            serde_json::to_string(fields).map_err(|error| RequestError::Data(error.to_string()))?;
        Ok(json
            .strip_prefix('{')
            .and_then(|json| json.strip_suffix('}'))
            .unwrap_or_default()
            .into())
    }
}

impl From<Map<String, Value>> for Body {
    fn from(fields: Map<String, Value>) -> Self {
        Self::Own(fields)
    }
}

/// A reply in two parts: its own fields, and the fields that it shares with other replies. The
/// parts are joined when the reply is sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    own: String,
    shared: Option<Arc<str>>,
}

impl Reply {
    /// The length of the whole message in bytes.
    pub fn bytes(&self) -> usize {
        self.own.len() + self.shared.as_ref().map_or(0, |shared| shared.len() + 2)
    }

    /// The memory that this reply alone takes, in bytes.
    pub fn own_bytes(&self) -> usize {
        self.own.len()
    }

    /// The shared part; `None` if there is none.
    pub fn shared(&self) -> Option<&Arc<str>> {
        self.shared.as_ref()
    }

    /// The whole message.
    pub fn join(&self) -> Result<Box<RawValue>, serde_json::Error> {
        let mut json = String::with_capacity(self.bytes());
        json.push_str(&self.own);
        if let Some(shared) = self.shared.as_deref().filter(|shared| !shared.is_empty()) {
            // The shared part is inserted before the closing brace of the envelope.
            json.pop();
            json.extend([",", shared, "}"]);
        }
        RawValue::from_string(json)
    }
}

/// Writes an answer or an error in the bridge's envelope. Fails if the message would be too long
/// for OBS.
pub fn write(
    bridge: &str,
    asker: &Asker,
    seq: u64,
    durability: Durability,
    unknown: &Unknown,
    answer: Result<Body, RequestError>,
) -> Result<Reply, RequestError> {
    let (mut envelope, shared, status) = match answer {
        Ok(Body::Own(fields)) => (fields, None, "ok"),
        Ok(Body::Shared(shared)) => (Map::new(), Some(shared), "ok"),
        Err(error) => (
            Map::from_iter([("error".to_owned(), Value::from(error.to_string()))]),
            None,
            "error",
        ),
    };
    for key in ["id", "client"] {
        envelope.remove(key);
    }
    remark(&mut envelope, unknown);
    envelope.insert("status".into(), status.into());
    envelope.insert("seq".into(), seq.into());
    envelope.insert("origin".into(), BRIDGE.into());
    envelope.insert("bridge".into(), bridge.into());
    if durability == Durability::InMemory {
        envelope.insert(DURABLE.into(), false.into());
    }
    let mut own =
        serde_json::to_string(&envelope).map_err(|error| RequestError::Data(error.to_string()))?;
    for (key, json) in [("id", &asker.id), ("client", &asker.client)] {
        if let Some(json) = json {
            own.pop();
            own.extend([",\"", key, "\":", json, "}"]);
        }
    }
    let reply = Reply { own, shared };
    if reply.bytes() > MAX_BYTES {
        Err(RequestError::TooLarge {
            size: reply.bytes(),
        })
    } else {
        Ok(reply)
    }
}

/// Names the fields that the request does not define: all of them in `unknown`, with a sentence for
/// each in `warnings`. A reply to `Subscribe` may already have events in `unknown`, which are kept.
fn remark(envelope: &mut Map<String, Value>, unknown: &Unknown) {
    if unknown.names().is_empty() {
        return;
    }
    envelope.entry("unknown").or_insert_with(|| {
        unknown
            .names()
            .iter()
            .map(|name| Value::from(&**name))
            .collect()
    });
    let warnings = envelope
        .entry("warnings")
        .or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(warnings) = warnings {
        warnings.extend(unknown.warnings().map(Value::from));
    }
}

/// A message other than a reply, as JSON. Fails if it is too long for OBS.
pub fn message(fields: &Map<String, Value>) -> Result<Box<RawValue>, RequestError> {
    let json = serde_json::value::to_raw_value(fields)
        .map_err(|error| RequestError::Data(error.to_string()))?;
    if json.get().len() > MAX_BYTES {
        Err(RequestError::TooLarge {
            size: json.get().len(),
        })
    } else {
        Ok(json)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn joined(asker: &Asker, body: Body) -> Value {
        serde_json::from_str(
            write(
                "b",
                asker,
                3,
                Durability::Durable,
                &Unknown::default(),
                Ok(body),
            )
            .unwrap()
            .join()
            .unwrap()
            .get(),
        )
        .unwrap()
    }

    #[test]
    fn a_shared_body_gives_the_same_reply_as_one_of_its_own() {
        let asker = Asker {
            id: Some("[1,{\"a\":1.50}]".into()),
            client: Some("\"me\"".into()),
        };
        for fields in [
            json!({ "Events": { "Follows": ["A"] }, "limited": true }),
            json!({}),
        ] {
            let fields = fields.as_object().unwrap();
            let shared = Body::Shared(Body::share(fields).unwrap());
            assert_eq!(
                joined(&asker, shared),
                joined(&asker, fields.clone().into())
            );
        }
        let reply = joined(&asker, Map::new().into());
        assert_eq!(
            reply,
            json!({ "origin": "twitchat-bridge", "bridge": "b", "status": "ok", "seq": 3, "id": [1,
                { "a": 1.5 }], "client": "me" })
        );
    }

    #[test]
    fn the_length_is_known_before_the_parts_are_joined() {
        let reply = write(
            "b",
            &Asker::default(),
            0,
            Durability::Durable,
            &Unknown::default(),
            Ok(Body::Shared("\"a\":1".into())),
        )
        .unwrap();
        assert!(reply.bytes() >= reply.join().unwrap().get().len());
        let large = Body::Shared("x".repeat(MAX_BYTES).into());
        assert!(matches!(
            write(
                "b",
                &Asker::default(),
                0,
                Durability::Durable,
                &Unknown::default(),
                Ok(large)
            ),
            Err(RequestError::TooLarge { .. })
        ));
    }
}
