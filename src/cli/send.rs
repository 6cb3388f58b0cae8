//! `send`: give Twitchat an order.

use std::process::ExitCode;

use serde_json::{Map, Value};
use twitchat_bridge::event::heard::TWITCHAT;
use twitchat_bridge::twitchat::catalogue;
use uuid::Uuid;

use super::bus::Patience;
use super::context::Context;
use super::failure::Failure;
use super::fields::{self, Fields};
use super::out;

const EXAMPLES: &str = "Examples:
  twitchat-bridge send send-message message='Hello everybody'
  twitchat-bridge send TIMER_ADD timeAdd=30
  echo '{\"message\":\"Hi\"}' | twitchat-bridge send SEND_MESSAGE --data -

The bridge need not run for this, and neither need Twitchat: what is proved is that OBS relayed the action.";

/// Send Twitchat an action, such as a chat message
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{}\n\n{EXAMPLES}", fields::HELP))]
pub(crate) struct Args {
    /// The action's name, in any case, with - or _
    #[arg(value_name = "ACTION", value_parser = name)]
    action: String,
    #[command(flatten)]
    fields: Fields,
    #[command(flatten)]
    patience: Patience,
}

/// A name as Twitchat spells it.
fn name(text: &str) -> Result<String, String> {
    let name = text.trim().to_uppercase().replace('-', "_");
    if name.is_empty() {
        Err("it is empty".into())
    } else if catalogue::is_forbidden(&name) {
        Err("types that begin with OBS_ or ON_OBS_ are never sent: Twitchat 17 sends some of them on without end".into())
    } else if name.chars().any(|c| c.is_whitespace() || c == '=') {
        Err("it is a name such as SEND_MESSAGE; fields come after it".into())
    } else {
        Ok(name)
    }
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let kind = self.action;
        let data = self.fields.object(context)?;
        if catalogue::look_up(&kind).is_none() {
            out::note(format_args!("{kind} is in no version of Twitchat that is known here; it is sent as it is"));
        }
        let id = Uuid::new_v4().to_string();
        let envelope = envelope(&kind, &id, data);
        context.bus().await?.tell(&kind, &id, &envelope, self.patience).await.map_err(too_large)?;
        out::line(format_args!(
            "sent {kind} (id {id}): OBS has relayed it to everybody who listens. Whether Twitchat is open and acted on it, this does not tell."
        ))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Both `id` and `data` must be there: older Twitchats throw without them.
fn envelope(kind: &str, id: &str, data: Map<String, Value>) -> Map<String, Value> {
    Map::from_iter([
        ("origin".to_owned(), TWITCHAT.into()),
        ("type".to_owned(), kind.into()),
        ("id".to_owned(), id.into()),
        ("data".to_owned(), data.into()),
    ])
}

/// What the user gave does not fit through OBS: that is their usage.
fn too_large(error: anyhow::Error) -> anyhow::Error {
    match error.downcast_ref() {
        Some(twitchat_bridge::obs::RequestError::TooLarge { .. }) => Failure::Usage(format!("{error:#}")).into(),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_what_twitchat_calls_them() {
        assert_eq!(name(" send-message"), Ok("SEND_MESSAGE".into()));
        assert_eq!(name("Set_Timer_Add"), Ok("SET_TIMER_ADD".into()));
    }

    #[test]
    fn what_must_never_be_sent_is_refused() {
        for word in ["OBS_MUTE_TOGGLE", "on-obs-scene-change", "obs-x"] {
            assert!(name(word).unwrap_err().contains("never sent"), "{word}");
        }
        assert!(name("message=hi").is_err() && name("").is_err());
    }

    #[test]
    fn the_envelope_always_has_id_and_data() {
        assert_eq!(
            Value::from(envelope("X", "1", Map::new())),
            serde_json::json!({ "origin": "twitchat", "type": "X", "id": "1", "data": {} })
        );
    }
}
