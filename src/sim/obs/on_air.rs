//! The scene on air: studio mode and scene collections, with the events that OBS sends for them.
//!
//! Pure, like `requests`. Measured on OBS 30.2.3: when studio mode is left, OBS sends
//! `CurrentProgramSceneChanged` twice, first with the scene of the preview. Until the second event,
//! `GetCurrentProgramScene` returns that scene too. When the scene collection changes, OBS sends no
//! event about a scene.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::answer::{Answer, Refusal, data, done};
use super::fields::RequestFields;
use super::protocol::{status, subscription};
use super::scenes;
use super::state::{Contents, Happened};
use super::world::{World, uuid_of};

/// The time between the two events after studio mode is left. Gaps of 0 to 200 ms were measured;
/// this one is common.
const LEAVING: Duration = Duration::from_millis(45);
/// The only scene of a new collection.
const NEW_SCENE: &str = "Scene";

fn scene_event(kind: &'static str, scene: &str) -> Happened {
    Happened::new(
        kind,
        subscription::SCENES,
        json!({"sceneName": scene, "sceneUuid": uuid_of(scene)}),
    )
}

fn collection_event(kind: &'static str, collection: &str) -> Happened {
    Happened::new(
        kind,
        subscription::CONFIG,
        json!({"sceneCollectionName": collection}),
    )
}

fn studio_event(enabled: bool) -> Happened {
    let data = json!({"studioModeEnabled": enabled});
    Happened::new("StudioModeStateChanged", subscription::UI, data)
}

impl World {
    /// The time of the next change that happens without a request; `None` if there is none.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.on_air.leaving.as_ref().map(|(_, due)| *due)
    }

    /// The events of the changes that are due.
    pub(super) fn take_due(&mut self, now: Instant) -> Vec<Happened> {
        let Some((scene, _)) = self.on_air.leaving.take_if(|(_, due)| *due <= now) else {
            return Vec::new();
        };
        self.program = scene;
        vec![
            scene_event("CurrentProgramSceneChanged", &self.program),
            studio_event(false),
        ]
    }

    /// Switches the program scene. Returns `None` if the scene does not exist.
    pub(super) fn switch(&mut self, scene: &str) -> Option<Vec<Happened>> {
        if !self.scenes.iter().any(|known| known == scene) {
            return None;
        }
        if let Some((stays, _)) = &mut self.on_air.leaving {
            *stays = scene.into();
        }
        self.program = scene.into();
        Some(vec![scene_event("CurrentProgramSceneChanged", scene)])
    }

    /// Enters or leaves studio mode.
    pub(super) fn set_studio_mode(&mut self, enabled: bool, now: Instant) -> Vec<Happened> {
        if enabled == self.on_air.preview.is_some() {
            return Vec::new();
        }
        let Some(preview) = self.on_air.preview.take() else {
            let stays = self.on_air.leaving.take().map(|(scene, _)| scene);
            self.program = stays.unwrap_or_else(|| self.program.clone());
            self.on_air.preview = Some(self.program.clone());
            return vec![studio_event(true)];
        };
        let stays = std::mem::replace(&mut self.program, preview);
        self.on_air.leaving = Some((stays, now + LEAVING));
        vec![scene_event("CurrentProgramSceneChanged", &self.program)]
    }

    /// Opens another scene collection. Creates it if it does not exist.
    fn open_collection(&mut self, name: &str) -> Vec<Happened> {
        let before = std::mem::replace(&mut self.on_air.collection, name.into());
        let empty = || Contents {
            scenes: vec![NEW_SCENE.into()],
            program: NEW_SCENE.into(),
            ..Contents::default()
        };
        let opened = self.on_air.others.remove(name).unwrap_or_else(empty);
        let closed = self.exchange(opened);
        self.on_air.leaving = None;
        if let Some(preview) = &mut self.on_air.preview {
            preview.clone_from(&self.program);
        }
        self.on_air.others.insert(before.clone(), closed);
        vec![
            collection_event("CurrentSceneCollectionChanging", &before),
            collection_event("CurrentSceneCollectionChanged", name),
        ]
    }
}

/// Carries out requests about studio mode and scene collections.
pub(super) fn answer(
    world: &mut World,
    kind: &str,
    fields: RequestFields<'_>,
    now: Instant,
) -> Answer {
    let inactive = || {
        Refusal::new(
            status::STUDIO_MODE_NOT_ACTIVE,
            "Studio mode is not enabled.",
        )
    };
    match kind {
        "GetStudioModeEnabled" => {
            data(json!({"studioModeEnabled": world.on_air.preview.is_some()}))
        }
        "SetStudioModeEnabled" => {
            let enabled = fields.any("studioModeEnabled")?.as_bool();
            let enabled = enabled.ok_or_else(|| {
                Refusal::new(
                    status::INVALID_REQUEST_FIELD_TYPE,
                    "The field value of `studioModeEnabled` must be boolean.",
                )
            })?;
            done(world.set_studio_mode(enabled, now))
        }
        "GetCurrentPreviewScene" => {
            let preview = world.on_air.preview.as_deref().ok_or_else(inactive)?;
            let uuid = uuid_of(preview);
            data(json!({
                "sceneName": preview, "sceneUuid": uuid, "currentPreviewSceneName": preview,
                    "currentPreviewSceneUuid": uuid,
            }))
        }
        "SetCurrentPreviewScene" => {
            let scene = scenes::scene(world, fields)?.to_owned();
            world
                .on_air
                .preview
                .as_mut()
                .ok_or_else(inactive)?
                .clone_from(&scene);
            done(vec![scene_event("CurrentPreviewSceneChanged", &scene)])
        }
        "TriggerStudioModeTransition" => {
            let preview = world.on_air.preview.as_mut().ok_or_else(inactive)?;
            std::mem::swap(preview, &mut world.program);
            let (preview, program) = (preview.clone(), world.program.clone());
            done(vec![
                scene_event("CurrentPreviewSceneChanged", &preview),
                scene_event("CurrentProgramSceneChanged", &program),
            ])
        }
        "GetSceneCollectionList" => {
            let names: std::collections::BTreeSet<_> = world
                .on_air
                .others
                .keys()
                .chain([&world.on_air.collection])
                .collect();
            data(
                json!({"currentSceneCollectionName": world.on_air.collection,
                    "sceneCollections": names}),
            )
        }
        "CreateSceneCollection" => {
            let name = fields.text("sceneCollectionName")?;
            if *name == world.on_air.collection || world.on_air.others.contains_key(name) {
                return Err(Refusal::new(status::RESOURCE_ALREADY_EXISTS, ""));
            }
            done(world.open_collection(name))
        }
        "SetCurrentSceneCollection" => {
            let name = fields.text("sceneCollectionName")?;
            if *name == world.on_air.collection {
                return done(Vec::new());
            }
            if !world.on_air.others.contains_key(name) {
                return Err(Refusal::new(status::RESOURCE_NOT_FOUND, ""));
            }
            done(world.open_collection(name))
        }
        _ => scenes::answer(world, kind, fields),
    }
}

#[cfg(test)]
mod tests {
    use super::super::state::FIRST_COLLECTION;
    use super::*;

    fn scenes(happened: &[Happened]) -> Vec<&str> {
        happened
            .iter()
            .filter(|one| one.kind == "CurrentProgramSceneChanged")
            .filter_map(|one| one.data["sceneName"].as_str())
            .collect()
    }

    #[test]
    fn leaving_studio_mode_names_the_preview_first() {
        let (mut world, now) = (World::default(), Instant::now());
        assert_eq!(world.set_studio_mode(false, now), []);
        world.set_studio_mode(true, now);
        world.on_air.preview = Some("Credits".into());
        assert_eq!(
            (scenes(&world.set_studio_mode(false, now)), &*world.program),
            (vec!["Credits"], "Credits")
        );
        assert_eq!(
            (world.take_due(now), world.next_due()),
            (vec![], Some(now + LEAVING))
        );
        assert_eq!(
            (
                scenes(&world.take_due(now + LEAVING)),
                &*world.program,
                world.next_due()
            ),
            (vec!["Game"], "Game", None)
        );
    }

    #[test]
    fn another_collection_has_scenes_and_inputs_of_its_own() {
        let mut world = World::default();
        world.add_input("Label", "text_ft2_source_v2", "Game", json!({}));
        assert_eq!(scenes(&world.open_collection("Other")), [""; 0]);
        assert_eq!(
            (&*world.program, world.inputs.len(), world.items.len()),
            ("Scene", 0, 0)
        );
        world.open_collection(FIRST_COLLECTION);
        assert_eq!(
            (&*world.program, world.inputs.len(), world.items.len()),
            ("Game", 1, 1)
        );
    }
}
