//! What the stand-in has instead of a studio: scenes, inputs, a stream and a recording, in memory.
//!
//! Pure: the time is an argument, and what changed comes back as events for the hub to send.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;
use uuid::Uuid;

use super::protocol::subscription;

/// An event that follows from a change.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Happened {
    pub(super) kind: &'static str,
    pub(super) intent: u64,
    pub(super) data: Value,
}

/// One input.
#[derive(Debug, Clone)]
pub(super) struct Input {
    pub(super) kind: String,
    pub(super) scene: String,
    pub(super) settings: Value,
    pub(super) item: u64,
}

/// The studio.
#[derive(Debug)]
pub(super) struct World {
    pub(super) scenes: Vec<String>,
    pub(super) program: String,
    pub(super) inputs: BTreeMap<String, Input>,
    items: u64,
    streaming_since: Option<Instant>,
}

impl Default for World {
    fn default() -> Self {
        let scenes: Vec<String> = ["Starting soon", "Game", "Credits"].map(Into::into).into();
        Self { program: "Game".into(), scenes, inputs: BTreeMap::new(), items: 0, streaming_since: None }
    }
}

/// A stable id made from a name: OBS gives each source one.
pub(super) fn uuid_of(name: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes())
}

impl World {
    /// OBS has started again: what it was doing has ended, what it saved is still there.
    pub(super) fn restart(&mut self) {
        self.streaming_since = None;
    }

    /// How long the stream has been running; `None` when there is none.
    pub(super) fn streaming_for(&self, now: Instant) -> Option<Duration> {
        self.streaming_since.map(|since| now.saturating_duration_since(since))
    }

    /// Starts the stream as if it had been running since `since`; `None` when it runs already.
    pub(super) fn start_stream(&mut self, since: Instant) -> Option<Vec<Happened>> {
        if self.streaming_since.is_some() {
            return None;
        }
        self.streaming_since = Some(since);
        Some(vec![stream_state(false, "STARTING"), stream_state(true, "STARTED")])
    }

    /// Ends the stream; `None` when there is none.
    pub(super) fn stop_stream(&mut self) -> Option<Vec<Happened>> {
        self.streaming_since.take().map(|_| vec![stream_state(false, "STOPPING"), stream_state(false, "STOPPED")])
    }

    /// Switches the program scene; `None` when there is no such scene.
    pub(super) fn switch(&mut self, scene: &str) -> Option<Vec<Happened>> {
        if !self.scenes.iter().any(|known| known == scene) {
            return None;
        }
        self.program = scene.into();
        let data = json!({"sceneName": scene, "sceneUuid": uuid_of(scene)});
        Some(vec![Happened { kind: "CurrentProgramSceneChanged", intent: subscription::SCENES, data }])
    }

    /// Adds an input and returns its scene item id; `None` when the name is taken.
    pub(super) fn add_input(&mut self, name: &str, kind: &str, scene: &str, settings: Value) -> Option<(u64, Vec<Happened>)> {
        if self.inputs.contains_key(name) {
            return None;
        }
        self.items = self.items.saturating_add(1);
        let data = json!({
            "inputName": name, "inputUuid": uuid_of(name), "inputKind": kind, "unversionedInputKind": kind,
            "inputKindCaps": 0, "inputSettings": settings, "defaultInputSettings": {},
        });
        self.inputs.insert(name.into(), Input { kind: kind.into(), scene: scene.into(), settings, item: self.items });
        Some((self.items, vec![Happened { kind: "InputCreated", intent: subscription::INPUTS, data }]))
    }

    /// Removes an input; `None` when there is none of that name.
    pub(super) fn remove_input(&mut self, name: &str) -> Option<Vec<Happened>> {
        self.inputs.remove(name)?;
        let data = json!({"inputName": name, "inputUuid": uuid_of(name)});
        Some(vec![Happened { kind: "InputRemoved", intent: subscription::INPUTS, data }])
    }
}

fn stream_state(active: bool, state: &str) -> Happened {
    let data = json!({"outputActive": active, "outputState": format!("OBS_WEBSOCKET_OUTPUT_{state}")});
    Happened { kind: "StreamStateChanged", intent: subscription::OUTPUTS, data }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_starts_once_and_ends_once() {
        let (mut world, now) = (World::default(), Instant::now());
        assert_eq!(world.streaming_for(now), None);
        let states = |events: Vec<Happened>| events.into_iter().map(|event| event.data["outputState"].clone()).collect::<Vec<_>>();
        let started = states(world.start_stream(now).unwrap());
        assert_eq!(started, ["OBS_WEBSOCKET_OUTPUT_STARTING", "OBS_WEBSOCKET_OUTPUT_STARTED"]);
        assert_eq!(world.start_stream(now), None);
        assert_eq!(world.streaming_for(now + Duration::from_secs(5)), Some(Duration::from_secs(5)));
        assert!(world.stop_stream().is_some());
        assert_eq!(world.stop_stream(), None);
    }

    #[test]
    fn only_known_scenes_go_on_air() {
        let mut world = World::default();
        assert_eq!(world.switch("Nowhere"), None);
        assert_eq!(world.switch("Credits").unwrap()[0].data["sceneName"], "Credits");
        assert_eq!(world.program, "Credits");
    }
}
