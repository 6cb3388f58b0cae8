//! The values for the templates of rules and scripts without a bridge. They are the values of a
//! bridge without any events, changed by the user's assumptions. `rules test` and `script
//! --dry-run` use them.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use twitchat_bridge::automation::{BridgeState, BroadcasterNames, Context, Part, Session, Uses};
use twitchat_bridge::credits::{Fold, Spelling, reply};
use twitchat_bridge::request::SUPPOSED;
use twitchat_bridge::twitchat::Generation;

use super::failure::Failure;

const GENERATION: Generation = Generation::Second;

pub(crate) const HELP: &str =
    "The test assumes empty credits, an OBS that does not stream, and a connected Twitchat. \
        Fields change that:
  state.streaming:=true state.scene=Game
  last.Twitch.Follow.name=Anna
  credits.events.follows:='[\"Anna\",\"Ben\"]'";

#[derive(Debug)]
pub(crate) struct Supposed {
    /// The values of a bridge without any events.
    parts: Map<String, Value>,
    assumed: Map<String, Value>,
}

impl Supposed {
    pub(crate) fn new(assumed: Map<String, Value>) -> Result<Self, Failure> {
        let is_known = |name: &&String| *name == "args" || SUPPOSED.contains(&name.as_str());
        if let Some(name) = assumed.keys().find(|name| !is_known(name)) {
            let known = SUPPOSED.join(", ");
            return Err(Failure::Usage(format!(
                "there is no value {name}: a field must begin with args, {known}"
            )));
        }
        let wish = reply::ReplyOptions {
            spelling: Spelling::Current,
            extended: false,
            limit: None,
        };
        let credits = reply::credits(&Fold::default(), &reply::Options::default(), wish, 0);
        let state = BridgeState {
            obs: true,
            twitchat: true,
            generation: GENERATION.number(),
            ..BridgeState::default()
        };
        let session = Session {
            id: 1,
            cause: "first".into(),
            ..Session::default()
        };
        let parts = Map::from_iter([
            ("args".to_owned(), json!({})),
            ("credits".to_owned(), credits.into()),
            ("state".to_owned(), json!(state)),
            ("session".to_owned(), json!(session)),
            ("broadcaster".to_owned(), json!(BroadcasterNames::default())),
        ]);
        Ok(Self { parts, assumed })
    }

    pub(crate) fn complete(&self, mut context: Context, uses: Uses) -> Context {
        for (name, part) in self
            .parts
            .iter()
            .filter(|(name, _)| uses.intersects(Uses::named(name)))
        {
            context = context.with(name, Part::of(part));
        }
        if uses.contains(Uses::LAST) {
            context = context.with_last(&Arc::default());
        }
        context.suppose(&self.assumed)
    }

    /// The generation in `state.generation`. `None` if the user assumes that it is unknown.
    pub(crate) fn generation(&self) -> Option<Generation> {
        let assumed = self
            .assumed
            .get("state")
            .and_then(|state| state.get("generation"));
        let Some(assumed) = assumed else {
            return Some(GENERATION);
        };
        let is_it = |generation: &Generation| assumed.as_u64() == Some(generation.number().into());
        Generation::ALL.into_iter().find(is_it)
    }
}
