//! The messages that a `broadcast` step may send: any object that is neither a request to the
//! bridge nor a message in the bridge's own name.

use serde_json::{Map, Value};

use super::template::Shape;
use crate::{
    event::received::{BRIDGE, TWITCHAT},
    twitchat::catalogue::is_forbidden,
};

/// These keys decide whether a message may be sent.
const DECISIVE: [&str; 4] = ["origin", "request", "type", "id"];

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BroadcastProblem {
    #[error("`origin` must not be {BRIDGE:?}: clients would take the message for the bridge's own")]
    OfBridge,
    #[error(
        "`request` must not be there: the message would be a request to the bridge, which the \
            step `request` makes"
    )]
    Request,
    #[error("`type` {0}; it must be a text, because `origin` is {TWITCHAT:?}")]
    Type(&'static str),
    #[error("`type` must not begin with OBS_ or ON_OBS_, and must not be CustomEvent (got {0:?})")]
    Forbidden(String),
    #[error(
        "`id` must not be there, because `origin` is {TWITCHAT:?}: the bridge gives each message \
            to Twitchat a fresh id"
    )]
    Id,
}

/// Whether a message has the origin of Twitchat's own messages.
pub fn is_of_twitchat(message: &Map<String, Value>) -> bool {
    message
        .get("origin")
        .is_some_and(|origin| *origin == TWITCHAT)
}

/// Checks a message whose templates are filled in.
pub fn check_broadcast(message: &Map<String, Value>) -> Result<(), BroadcastProblem> {
    if message
        .get("origin")
        .is_some_and(|origin| *origin == BRIDGE)
    {
        return Err(BroadcastProblem::OfBridge);
    }
    if !is_of_twitchat(message) {
        return if message.contains_key("request") {
            Err(BroadcastProblem::Request)
        } else {
            Ok(())
        };
    }
    match message.get("type") {
        None => Err(BroadcastProblem::Type("is missing")),
        Some(Value::String(kind)) if is_forbidden(kind) => {
            Err(BroadcastProblem::Forbidden(kind.clone()))
        }
        Some(Value::String(kind)) if !kind.is_empty() => {
            if message.contains_key("id") {
                Err(BroadcastProblem::Id)
            } else {
                Ok(())
            }
        }
        Some(_) => Err(BroadcastProblem::Type("is not a text, or is empty")),
    }
}

/// Checks a message before its templates are filled in. This is possible only if the [`DECISIVE`]
/// keys have no templates.
pub(super) fn check_shape(shape: &Shape) -> Result<(), BroadcastProblem> {
    let fields = shape.fields();
    let is_open = |(key, value): &(&str, Option<&Value>)| DECISIVE.contains(key) && value.is_none();
    if fields.iter().any(is_open) {
        return Ok(());
    }
    let known = fields
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value.cloned().unwrap_or_default()));
    check_broadcast(&known.collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(message: &Value) -> Result<(), String> {
        check_broadcast(message.as_object().unwrap()).map_err(|problem| problem.to_string())
    }

    fn refused(message: &Value) -> String {
        check(message).unwrap_err()
    }

    #[test]
    fn an_object_that_clients_cannot_misread_is_sent() {
        for message in [
            json!({}),
            json!({ "origin": "my-overlay", "type": 7, "id": 1 }),
            json!({ "origin": 5, "data": { "request": "ClearCredits" } }),
            json!({ "origin": "twitchat", "type": "MY_OVERLAY", "request": "x" }),
        ] {
            assert_eq!(check(&message), Ok(()), "{message}");
        }
    }

    #[test]
    fn a_message_that_pretends_to_be_another_is_refused_with_the_reason() {
        assert!(refused(&json!({ "origin": "twitchat-bridge" })).starts_with("`origin` must not"));
        assert!(refused(&json!({ "request": null })).contains("the step `request` makes"));
        assert_eq!(
            refused(&json!({ "origin": "twitchat" })),
            "`type` is missing; it must be a text, because `origin` is \"twitchat\""
        );
        assert!(refused(&json!({ "origin": "twitchat", "type": "" })).contains("or is empty"));
        assert!(
            refused(&json!({ "origin": "twitchat", "type": "on_obs_scene" }))
                .ends_with("(got \"on_obs_scene\")")
        );
        let with_id = json!({ "origin": "twitchat", "type": "A", "id": "1" });
        assert!(refused(&with_id).starts_with("`id` must not be there"));
    }
}
