//! The place of the end-credits page in OBS: a browser source in a scene.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use twitchat_bridge::config::Config;
use twitchat_bridge::obs::RequestConnection;
use twitchat_bridge::overlay;

use crate::cli::failure::Failure;

/// The kind of input that shows a page.
const BROWSER_SOURCE: &str = "browser_source";

/// The scene and the source for the page in OBS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) scene: String,
    pub(crate) source: String,
    /// The absolute path of the page's file.
    pub(crate) page: PathBuf,
    /// In pixels; `None` for the width of OBS's canvas.
    pub(crate) width: Option<u32>,
    /// In pixels; `None` for the height of OBS's canvas.
    pub(crate) height: Option<u32>,
    pub(crate) keep_loaded: bool,
}

/// The changes in OBS that were made for the page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Placed {
    pub(crate) made_scene: bool,
    pub(crate) made_source: bool,
    /// OBS has no browser sources, so nothing was put into it.
    pub(crate) by_hand: bool,
    /// Sentences for the user: the changes, and the steps that remain.
    pub(crate) notes: Vec<String>,
}

impl Place {
    /// The place that the settings name.
    pub(crate) fn of(config: &Config, page: PathBuf) -> Self {
        Self {
            scene: config.overlay.scene.clone(),
            source: config.overlay.source.clone(),
            page,
            width: config.overlay.width,
            height: config.overlay.height,
            keep_loaded: false,
        }
    }

    /// Makes the scene, the source and its place in the scene, as far as they are not there. If OBS
    /// has no browser sources, a note lists the steps by hand.
    pub(crate) async fn put(&self, obs: &RequestConnection) -> anyhow::Result<Placed> {
        let (width, height) = match (self.width, self.height) {
            (Some(width), Some(height)) => (width, height),
            (width, height) => {
                let canvas = obs.canvas().await?;
                (width.unwrap_or(canvas.0), height.unwrap_or(canvas.1))
            }
        };
        let kinds = obs.input_kinds().await?;
        if !kinds.iter().any(|kind| kind == BROWSER_SOURCE) {
            return Ok(Placed {
                by_hand: true,
                notes: vec![self.by_hand(width, height)],
                ..Placed::default()
            });
        }
        let settings = self.settings(width, height);
        let Self { scene, source, .. } = self;
        let mut placed = Placed::default();
        if !obs.scenes().await?.contains(scene) {
            obs.create_scene(scene).await?;
            placed.made_scene = true;
            placed.notes.push(format!("made the scene {scene:?}"));
        }
        let size = format!("{width}x{height}");
        match obs.input(source).await? {
            None => {
                obs.create_input(scene, source, BROWSER_SOURCE, &settings)
                    .await?;
                placed.made_source = true;
                placed.notes.push(format!(
                    "made the browser source {source:?} in the scene {scene:?}, {size}"
                ));
            }
            Some(input) if input.kind == BROWSER_SOURCE => {
                obs.set_input(source, &settings).await?;
                if !obs.has(scene, source).await? {
                    obs.add_to_scene(scene, source).await?;
                }
                placed.notes.push(format!(
                    "updated the browser source {source:?} in the scene {scene:?}, {size}"
                ));
            }
            Some(input) => {
                let why = format!(
                    "OBS has a source {source:?} already, of the kind {}: choose another name with \
                        --source",
                    input.kind
                );
                return Err(Failure::Usage(why).into());
            }
        }
        Ok(placed)
    }

    /// The settings of the source, under OBS's names: `shutdown` is "Shutdown source when not
    /// visible", and `restart_when_active` is "Refresh browser when scene becomes active".
    fn settings(&self, width: u32, height: u32) -> Value {
        json!({
            "is_local_file": true,
            "local_file": self.page,
            "width": width,
            "height": height,
            "fps_custom": false,
            "shutdown": !self.keep_loaded,
            "restart_when_active": !self.keep_loaded,
            "reroute_audio": false,
            "css": "",
        })
    }

    /// The instructions for an OBS without browser sources, such as Debian's.
    fn by_hand(&self, width: u32, height: u32) -> String {
        format!(
            "This OBS has no browser sources (those of some Linux distributions do not; the one of \
                Flathub and of obsproject.com does).\n\
             You can show the page in another way:\n\
             \x20 1. open {}#backdrop in a browser, in a window of {width} x {height}\n\
             \x20 2. in OBS, put a window capture of it into the scene {:?}; with #backdrop=lime \
             at the end of the address\n\
             \x20    and a chroma key filter on the capture, the picture behind shows through\n\
             \x20 3. `twitchat-bridge credits test` rolls a test",
            overlay::url(&self.page),
            self.scene
        )
    }
}
