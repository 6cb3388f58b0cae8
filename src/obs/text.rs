//! Text sources: which kind this OBS has, and how one comes into a scene. For `labels install`.

use obws::requests::{
    inputs::{Create, InputId},
    scene_items::CreateSceneItem,
    scenes::SceneId,
    sources::SourceId,
};
use serde_json::{Value, json};

use super::{RequestConnection, RequestError, scenes::NOT_FOUND};

/// Kinds of text sources, the best first: Windows has the first two, every system the last.
const TEXT_KINDS: [&str; 3] = ["text_gdiplus_v3", "text_gdiplus_v2", "text_ft2_source_v2"];

/// How a source came into a scene.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Installed {
    /// It was made.
    Made,
    /// It was there, in other scenes.
    Added,
    /// It was there already.
    Present,
    /// Something else has this name: its kind.
    NoText(String),
}

impl RequestConnection {
    /// The best kind of text source that this OBS has, if it has any.
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

    /// Sees to it that a text source of this name is in a scene. One that is there keeps its
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
