//! Requests for the end-credits page: OBS's scenes, sources and canvas, events for its browser
//! sources, and the duration of media.

use std::collections::HashSet;
use std::time::Duration;

use obws::{
    common::MediaAction,
    requests::{
        general::CallVendorRequest,
        inputs::{Create, InputId, SetSettings},
        scenes::SceneId,
        sources::SourceId,
    },
    responses::scene_items::SourceType,
};
use serde_json::{Value, json};

use super::{RequestConnection, RequestError};

/// The name of the event that the page receives with `window.addEventListener`.
pub const PAGE_EVENT: &str = "twitchat-bridge";
/// The name of the plugin that provides browser sources.
const BROWSER: &str = "obs-browser";
/// obs-websocket's status if an input, a scene or a vendor does not exist.
pub(super) const NOT_FOUND: u16 = 600;
/// The depth to which scenes within scenes are searched.
const DEPTH: u8 = 4;

/// How often OBS is asked for the length of a file that it opens, and the pause in between.
const OPENING: u32 = 10;
const OPENING_EACH: Duration = Duration::from_millis(100);

/// An input and its settings, as OBS reports them.
#[derive(Debug, Clone, PartialEq)]
pub struct InputState {
    /// The kind of the input, such as `browser_source`.
    pub kind: String,
    pub settings: Value,
}

impl RequestConnection {
    /// The kinds of inputs that this OBS can create, without versions.
    #[doc(alias = "GetInputKindList")]
    pub async fn input_kinds(&self) -> Result<Vec<String>, RequestError> {
        self.ask("GetInputKindList", || async {
            self.client.inputs().list_kinds(true).await
        })
        .await
    }

    #[doc(alias = "GetSceneList")]
    pub async fn scenes(&self) -> Result<Vec<String>, RequestError> {
        let scenes = self
            .ask("GetSceneList", || async {
                self.client.scenes().list().await
            })
            .await?;
        Ok(scenes
            .scenes
            .into_iter()
            .map(|scene| scene.id.name)
            .collect())
    }

    /// Fails if a source or scene already has this name.
    #[doc(alias = "CreateScene")]
    pub async fn create_scene(&self, name: &str) -> Result<(), RequestError> {
        self.ask("CreateScene", || async {
            self.client.scenes().create(name).await
        })
        .await
        .map(drop)
    }

    /// The size of OBS's canvas in pixels.
    #[doc(alias = "GetVideoSettings")]
    pub async fn canvas(&self) -> Result<(u32, u32), RequestError> {
        let video = self
            .ask("GetVideoSettings", || async {
                self.client.config().video_settings().await
            })
            .await?;
        Ok((video.base_width, video.base_height))
    }

    /// The input with this name; `None` if there is none.
    #[doc(alias = "GetInputSettings")]
    pub async fn input(&self, name: &str) -> Result<Option<InputState>, RequestError> {
        let found = self
            .ask("GetInputSettings", || async {
                self.client
                    .inputs()
                    .settings::<Value>(InputId::Name(name))
                    .await
            })
            .await;
        match found {
            Ok(input) => Ok(Some(InputState {
                kind: input.kind,
                settings: input.settings,
            })),
            Err(RequestError::Refused {
                status: NOT_FOUND, ..
            }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    #[doc(alias = "CreateInput")]
    pub async fn create_input(
        &self,
        scene: &str,
        name: &str,
        kind: &str,
        settings: &Value,
    ) -> Result<(), RequestError> {
        let create = || async {
            let create = Create {
                scene: SceneId::Name(scene),
                input: name,
                kind,
                settings: Some(settings),
                enabled: Some(true),
            };
            self.client.inputs().create(create).await
        };
        self.ask("CreateInput", create).await.map(drop)
    }

    /// Changes settings of an input. Other settings do not change.
    #[doc(alias = "SetInputSettings")]
    pub async fn set_input(&self, name: &str, settings: &Value) -> Result<(), RequestError> {
        let set = || async {
            self.client
                .inputs()
                .set_settings(SetSettings {
                    input: InputId::Name(name),
                    settings,
                    overlay: Some(true),
                })
                .await
        };
        self.ask("SetInputSettings", set).await
    }

    #[doc(alias = "CreateSceneItem")]
    pub async fn add_to_scene(&self, scene: &str, source: &str) -> Result<(), RequestError> {
        let create = || async {
            let item = obws::requests::scene_items::CreateSceneItem {
                scene: SceneId::Name(scene),
                source: obws::requests::sources::SourceId::Name(source),
                enabled: Some(true),
            };
            self.client.scene_items().create(item).await
        };
        self.ask("CreateSceneItem", create).await.map(drop)
    }

    /// Removes an input from OBS and from all scenes.
    #[doc(alias = "RemoveInput")]
    pub async fn remove_input(&self, name: &str) -> Result<(), RequestError> {
        self.ask("RemoveInput", || async {
            self.client.inputs().remove(InputId::Name(name)).await
        })
        .await
    }

    /// The sources of the scene stay if other scenes contain them.
    #[doc(alias = "RemoveScene")]
    pub async fn remove_scene(&self, name: &str) -> Result<(), RequestError> {
        self.ask("RemoveScene", || async {
            self.client.scenes().remove(SceneId::Name(name)).await
        })
        .await
    }

    /// The names of the sources that are directly in a scene.
    pub async fn sources(&self, scene: &str) -> Result<Vec<String>, RequestError> {
        let items = self.items(scene, false).await?;
        Ok(items.into_iter().map(|item| item.source_name).collect())
    }

    /// Whether a source is directly in a scene, visible or not. Scenes within the scene are not
    /// searched.
    pub async fn has(&self, scene: &str, source: &str) -> Result<bool, RequestError> {
        Ok(self
            .items(scene, false)
            .await?
            .iter()
            .any(|item| item.source_name == source))
    }

    /// Whether a scene shows a source: among its own visible items, or among the visible items of
    /// scenes and groups within it.
    #[doc(alias = "GetSceneItemList")]
    pub async fn shows(&self, scene: &str, source: &str) -> Result<bool, RequestError> {
        let mut seen = HashSet::from([scene.to_owned()]);
        let mut level = vec![(scene.to_owned(), false)];
        for _ in 0..DEPTH {
            let mut below = Vec::new();
            for (scene, is_group) in level {
                let items = self.items(&scene, is_group).await?;
                for item in items {
                    let is_inner = item.source_type == SourceType::Scene;
                    if (item.source_name == source
                        || (is_inner && !seen.contains(&item.source_name)))
                        && self.is_on(&scene, item.id).await?
                    {
                        if item.source_name == source {
                            return Ok(true);
                        }
                        seen.insert(item.source_name.clone());
                        below.push((item.source_name, item.is_group.unwrap_or(false)));
                    }
                }
            }
            level = below;
        }
        Ok(false)
    }

    async fn items(
        &self,
        scene: &str,
        is_group: bool,
    ) -> Result<Vec<obws::responses::scene_items::SceneItem>, RequestError> {
        if is_group {
            let list = || async {
                self.client
                    .scene_items()
                    .list_group(SceneId::Name(scene))
                    .await
            };
            return self.ask("GetGroupSceneItemList", list).await;
        }
        self.ask("GetSceneItemList", || async {
            self.client.scene_items().list(SceneId::Name(scene)).await
        })
        .await
    }

    async fn is_on(&self, scene: &str, item: i64) -> Result<bool, RequestError> {
        self.ask("GetSceneItemEnabled", || async {
            self.client
                .scene_items()
                .enabled(SceneId::Name(scene), item)
                .await
        })
        .await
    }

    /// The duration of a media source's medium, in seconds; `None` if it has none.
    ///
    /// OBS reports it only while the source plays or is paused. So a source that is not on air, and
    /// that nobody can hear, is paused for a moment, which makes OBS open its file, and stopped.
    #[doc(alias = "GetMediaInputStatus")]
    pub async fn media_seconds(&self, input: &str) -> Result<Option<f64>, RequestError> {
        let known = self.open_media_seconds(input).await?;
        if known.is_some() || self.is_active(input).await? {
            return Ok(known);
        }
        self.media_action(input, MediaAction::Pause).await?;
        let mut seconds = None;
        for _ in 0..OPENING {
            seconds = self.open_media_seconds(input).await?;
            if seconds.is_some() {
                break;
            }
            tokio::time::sleep(OPENING_EACH).await;
        }
        self.media_action(input, MediaAction::Stop).await?;
        Ok(seconds)
    }

    async fn is_active(&self, input: &str) -> Result<bool, RequestError> {
        let call = || async { self.client.sources().active(SourceId::Name(input)).await };
        let active = self.ask("GetSourceActive", call).await?;
        Ok(active.active || active.showing)
    }

    async fn media_action(&self, input: &str, action: MediaAction) -> Result<(), RequestError> {
        self.ask("TriggerMediaInputAction", || async {
            self.client
                .media_inputs()
                .trigger_action(InputId::Name(input), action)
                .await
        })
        .await
    }

    /// The duration of a medium that plays or is paused.
    async fn open_media_seconds(&self, input: &str) -> Result<Option<f64>, RequestError> {
        let status = self
            .ask("GetMediaInputStatus", || async {
                self.client
                    .media_inputs()
                    .status(InputId::Name(input))
                    .await
            })
            .await?;
        let Some(duration) = status.duration else {
            return Ok(None);
        };
        Ok(Some(duration.as_seconds_f64()).filter(|seconds| *seconds > 0.0))
    }

    /// Sends a JSON text to all browser sources, as the field `json` of the event [`PAGE_EVENT`].
    /// It is one text because a vendor request accepts lists of objects only.
    #[doc(alias = "CallVendorRequest")]
    #[doc(alias = "emit_event")]
    pub async fn emit(&self, json: &str) -> Result<(), RequestError> {
        let call = || async {
            let data = json!({ "event_name": PAGE_EVENT, "event_data": { "json": json } });
            let request = CallVendorRequest {
                vendor_name: BROWSER,
                request_type: "emit_event",
                request_data: &data,
            };
            self.client
                .general()
                .call_vendor_request::<_, Value>(request)
                .await
        };
        self.ask("CallVendorRequest", call).await.map(drop)
    }
}
