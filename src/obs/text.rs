//! Finds the kind of text source that this OBS has, and adds a text source to a scene. Used by
//! `labels install`.

use obws::requests::{
    inputs::{Create, InputId},
    scene_items::CreateSceneItem,
    scenes::SceneId,
    sources::SourceId,
};
use serde_json::{Value, json};

use super::{RequestConnection, RequestError, scenes::NOT_FOUND};

/// The kinds of text sources, the best one first. The first two exist on Windows, the last one on
/// every system.
const TEXT_KINDS: [&str; 3] = ["text_gdiplus_v3", "text_gdiplus_v2", "text_ft2_source_v2"];

/// How the source was added to the scene.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Installed {
    /// It was created.
    Made,
    /// It existed in other scenes and was added to this one.
    Added,
    /// It was already in the scene.
    Present,
    /// The source of this name is not a text source. Holds its kind.
    NoText(String),
}

impl RequestConnection {
    /// The best kind of text source that this OBS has; `None` if it has none.
    #[doc(alias = "GetInputKindList")]
    pub async fn text_kind(&self) -> Result<Option<&'static str>, RequestError> {
        let kinds = self
            .ask("GetInputKindList", || async {
                self.client().inputs().list_kinds(false).await
            })
            .await?;
        Ok(TEXT_KINDS
            .into_iter()
            .find(|wanted| kinds.iter().any(|kind| kind == wanted)))
    }

    /// Makes sure that a text source of this name is in a scene. A source that exists keeps its
    /// settings.
    pub async fn install_text(
        &self,
        scene: &str,
        name: &str,
        kind: &str,
        text: &str,
    ) -> Result<Installed, RequestError> {
        let settings = || async {
            self.client()
                .inputs()
                .settings::<Value>(InputId::Name(name))
                .await
        };
        match self.ask("GetInputSettings", settings).await {
            Ok(input) if !input.kind.starts_with("text_") => {
                return Ok(Installed::NoText(input.kind));
            }
            Ok(_) => {}
            Err(RequestError::Refused {
                status: NOT_FOUND, ..
            }) => {
                let settings = json!({ "text": text });
                let create = || async {
                    let create = Create {
                        scene: SceneId::Name(scene),
                        input: name,
                        kind,
                        settings: Some(&settings),
                        enabled: Some(true),
                    };
                    self.client().inputs().create(create).await
                };
                return self
                    .ask("CreateInput", create)
                    .await
                    .map(|_| Installed::Made);
            }
            Err(error) => return Err(error),
        }
        let items = self
            .ask("GetSceneItemList", || async {
                self.client().scene_items().list(SceneId::Name(scene)).await
            })
            .await?;
        if items.iter().any(|item| item.source_name == name) {
            return Ok(Installed::Present);
        }
        let add = || async {
            let item = CreateSceneItem {
                scene: SceneId::Name(scene),
                source: SourceId::Name(name),
                enabled: Some(true),
            };
            self.client().scene_items().create(item).await
        };
        self.ask("CreateSceneItem", add)
            .await
            .map(|_| Installed::Added)
    }
}
