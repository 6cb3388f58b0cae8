//! The values that rules and scripts use when no bridge is asked: nothing has happened yet, except
//! for the user's assumptions. `rules test` and `script --dry-run` use them.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use twitchat_bridge::automation::{
    BridgeState, BroadcasterNames, Context, Latest, Part, Session, Uses,
};
use twitchat_bridge::credits::{Fold, Spelling, reply};

use super::failure::Failure;

/// The help text about assumptions.
pub(crate) const HELP: &str =
    "The test assumes empty credits, an OBS that does not stream, and a connected Twitchat. \
        Fields change that:
  state.streaming:=true state.scene=Game
  last.Twitch.Follow.name=Anna
  credits.events.follows:='[\"Anna\",\"Ben\"]'";

/// The assumed state of a bridge.
#[derive(Debug)]
pub(crate) struct Supposed {
    parts: Map<String, Value>,
    latest: Arc<Latest>,
}

impl Supposed {
    /// Replaces values by the user's assumptions, under the names that templates use.
    pub(crate) fn new(said: Map<String, Value>) -> Result<Self, Failure> {
        let wish = reply::ReplyOptions {
            spelling: Spelling::Current,
            extended: false,
            limit: None,
        };
        let credits = reply::credits(&Fold::default(), &reply::Options::default(), wish, 0);
        let mut parts = json!({
            "args": {},
            "credits": credits,
            "state": BridgeState {
                obs: true,
                twitchat: true,
                generation: 2,
                ..BridgeState::default()
            },
            "session": Session { id: 1, cause: "first".into(), ..Session::default() },
            "broadcaster": BroadcasterNames::default(),
        });
        let mut latest = Latest::default();
        for (name, value) in said {
            match (name.as_str(), parts.get_mut(&name)) {
                ("last", _) => suppose_last(&mut latest, &value),
                (_, Some(part)) => merge(part, value),
                _ => {
                    let known = "args, credits, state, session, broadcaster or last";
                    return Err(Failure::Usage(format!(
                        "there is no value {name}: a field must begin with {known}"
                    )));
                }
            }
        }
        let Value::Object(parts) = parts else {
            return Ok(Self {
                parts: Map::new(),
                latest: Arc::default(),
            });
        };
        Ok(Self {
            parts,
            latest: Arc::new(latest),
        })
    }

    /// Adds the values that a template uses.
    pub(crate) fn complete(&self, mut context: Context, uses: Uses) -> Context {
        for (name, part) in self
            .parts
            .iter()
            .filter(|(name, _)| uses.intersects(Uses::named(name)))
        {
            context = context.with(name, Part::of(part));
        }
        if uses.contains(Uses::LAST) {
            context.with_last(&self.latest)
        } else {
            context
        }
    }

    /// The assumed generation of Twitchat, from `state.generation`.
    pub(crate) fn generation(&self) -> Option<u64> {
        self.parts.get("state")?.get("generation")?.as_u64()
    }
}

/// Assumptions such as `last.Twitch.Follow.name=Anna`, by source, type and field.
fn suppose_last(latest: &mut Latest, said: &Value) {
    let sources = said.as_object().into_iter().flatten();
    for (source, kinds) in sources {
        for (kind, fields) in kinds.as_object().into_iter().flatten() {
            latest.note(
                &format!("{source}.{kind}"),
                "",
                fields.as_object().cloned().unwrap_or_default(),
            );
        }
    }
}

/// Merges objects; any other value replaces the previous one.
fn merge(into: &mut Value, said: Value) {
    match (into, said) {
        (Value::Object(into), Value::Object(said)) => {
            for (key, value) in said {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, said) => *into = said,
    }
}
