//! The state of the stand-in in memory: scenes, inputs and outputs.
//!
//! Pure: the time is an argument, and changes are returned as events, which the hub sends.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;
use uuid::Uuid;

use super::protocol::subscription;
use super::recording::Recording;
use super::state::{Contents, Happened, Input, Item, OnAir};

#[derive(Debug)]
pub(super) struct World {
    pub(super) scenes: Vec<String>,
    pub(super) program: String,
    pub(super) inputs: BTreeMap<String, Input>,
    pub(super) items: Vec<Item>,
    /// Whether this OBS was built with browser sources.
    pub(super) browser_sources: bool,
    /// The texts that vendor requests sent to browser sources.
    pub(super) emitted: Vec<Value>,
    last_item: u64,
    streaming_since: Option<Instant>,
    pub(super) recording: Option<Recording>,
    pub(super) on_air: OnAir,
}

impl Default for World {
    fn default() -> Self {
        Self::new(true)
    }
}

/// A stable id that is made from a name, because OBS assigns an id to each source.
pub(super) fn uuid_of(name: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes())
}

impl World {
    /// A world of three empty scenes.
    pub(super) fn new(browser_sources: bool) -> Self {
        Self {
            scenes: ["Starting soon", "Game", "Credits"].map(Into::into).into(),
            program: "Game".into(),
            inputs: BTreeMap::new(),
            items: Vec::new(),
            browser_sources,
            emitted: Vec::new(),
            last_item: 0,
            streaming_since: None,
            recording: None,
            on_air: OnAir::default(),
        }
    }

    /// Resets the state like a restart of OBS: the outputs are stopped, and everything that OBS
    /// saves stays.
    pub(super) fn restart(&mut self) {
        self.streaming_since = None;
        self.recording = None;
    }

    /// How long the stream has been running; `None` if it is not running.
    pub(super) fn streaming_for(&self, now: Instant) -> Option<Duration> {
        self.streaming_since
            .map(|since| now.saturating_duration_since(since))
    }

    /// Starts the stream as if it had been running since `since`. Returns `None` if it is already
    /// running.
    pub(super) fn start_stream(&mut self, since: Instant) -> Option<Vec<Happened>> {
        if self.streaming_since.is_some() {
            return None;
        }
        self.streaming_since = Some(since);
        Some(vec![
            stream_state(false, "STARTING"),
            stream_state(true, "STARTED"),
        ])
    }

    /// Returns `None` if the stream is not running.
    pub(super) fn stop_stream(&mut self) -> Option<Vec<Happened>> {
        self.streaming_since.take().map(|_| {
            vec![
                stream_state(false, "STOPPING"),
                stream_state(false, "STOPPED"),
            ]
        })
    }

    /// Replaces the open collection by another one, and returns its content.
    pub(super) fn exchange(&mut self, opened: Contents) -> Contents {
        let Contents {
            scenes,
            program,
            inputs,
            items,
        } = opened;
        Contents {
            scenes: std::mem::replace(&mut self.scenes, scenes),
            program: std::mem::replace(&mut self.program, program),
            inputs: std::mem::replace(&mut self.inputs, inputs),
            items: std::mem::replace(&mut self.items, items),
        }
    }

    /// Adds a scene. Returns `None` if the name is already in use.
    pub(super) fn create_scene(&mut self, name: &str) -> Option<Vec<Happened>> {
        if self.scenes.iter().any(|known| known == name) || self.inputs.contains_key(name) {
            return None;
        }
        self.scenes.push(name.into());
        let data = json!({"sceneName": name, "sceneUuid": uuid_of(name), "isGroup": false});
        Some(vec![Happened::new(
            "SceneCreated",
            subscription::SCENES,
            data,
        )])
    }

    /// Removes a scene with its items, and the items that show it in other scenes.
    pub(super) fn remove_scene(&mut self, name: &str) -> Vec<Happened> {
        self.scenes.retain(|known| known != name);
        self.items
            .retain(|item| item.scene != name && item.source != name);
        let data = json!({"sceneName": name, "sceneUuid": uuid_of(name), "isGroup": false});
        vec![Happened::new("SceneRemoved", subscription::SCENES, data)]
    }

    pub(super) fn add_item(&mut self, scene: &str, source: &str, enabled: bool) -> u64 {
        self.last_item = self.last_item.saturating_add(1);
        self.items.push(Item {
            id: self.last_item,
            scene: scene.into(),
            source: source.into(),
            enabled,
        });
        self.last_item
    }

    /// Adds an input whose name must be free, and returns its scene item id.
    pub(super) fn add_input(
        &mut self,
        name: &str,
        kind: &str,
        scene: &str,
        settings: Value,
    ) -> (u64, Vec<Happened>) {
        let data = json!({
            "inputName": name, "inputUuid": uuid_of(name), "inputKind": kind,
                "unversionedInputKind": kind,
            "inputKindCaps": 0, "inputSettings": settings, "defaultInputSettings": {},
        });
        self.inputs.insert(
            name.into(),
            Input {
                kind: kind.into(),
                settings,
                media_ms: None,
                file_ms: None,
            },
        );
        (
            self.add_item(scene, name, true),
            vec![Happened::new("InputCreated", subscription::INPUTS, data)],
        )
    }

    /// Whether an input or a scene has this name.
    pub(super) fn has_source(&self, name: &str) -> bool {
        self.inputs.contains_key(name) || self.scenes.iter().any(|scene| scene == name)
    }

    /// The new name must be free.
    pub(super) fn rename_input(&mut self, name: &str, new: &str) -> Vec<Happened> {
        if let Some(input) = self.inputs.remove(name) {
            self.inputs.insert(new.into(), input);
        }
        for item in self.items.iter_mut().filter(|item| item.source == name) {
            item.source = new.into();
        }
        let data = json!({"inputUuid": uuid_of(name), "oldInputName": name, "inputName": new});
        vec![Happened::new(
            "InputNameChanged",
            subscription::INPUTS,
            data,
        )]
    }

    /// Returns `None` if no input has this name.
    pub(super) fn remove_input(&mut self, name: &str) -> Option<Vec<Happened>> {
        self.inputs.remove(name)?;
        self.items.retain(|item| item.source != name);
        let data = json!({"inputName": name, "inputUuid": uuid_of(name)});
        Some(vec![Happened::new(
            "InputRemoved",
            subscription::INPUTS,
            data,
        )])
    }
}

fn stream_state(active: bool, state: &str) -> Happened {
    let data =
        json!({"outputActive": active, "outputState": format!("OBS_WEBSOCKET_OUTPUT_{state}")});
    Happened::new("StreamStateChanged", subscription::OUTPUTS, data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_starts_once_and_ends_once() {
        let (mut world, now) = (World::default(), Instant::now());
        assert_eq!(world.streaming_for(now), None);
        let states = |events: Vec<Happened>| {
            events
                .into_iter()
                .map(|event| event.data["outputState"].clone())
                .collect::<Vec<_>>()
        };
        let started = states(world.start_stream(now).unwrap());
        assert_eq!(
            started,
            [
                "OBS_WEBSOCKET_OUTPUT_STARTING",
                "OBS_WEBSOCKET_OUTPUT_STARTED"
            ]
        );
        assert_eq!(world.start_stream(now), None);
        assert_eq!(
            world.streaming_for(now + Duration::from_secs(5)),
            Some(Duration::from_secs(5))
        );
        assert!(world.stop_stream().is_some());
        assert_eq!(world.stop_stream(), None);
    }

    #[test]
    fn only_known_scenes_go_on_air() {
        let mut world = World::default();
        assert_eq!(world.switch("Nowhere"), None);
        assert_eq!(
            world.switch("Credits").unwrap()[0].data["sceneName"],
            "Credits"
        );
        assert_eq!(world.program, "Credits");
    }
}
