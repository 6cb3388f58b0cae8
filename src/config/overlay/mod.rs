//! `[overlay]`: the end-credits page and what rolls on it. The plan itself is `credits::roll`'s;
//! here it is read and checked.

pub(super) mod keys;
mod section;

use std::time::Duration;

use crate::credits::roll::Script;

/// `[overlay]` and its sections.
#[derive(Debug, Clone)]
pub struct OverlaySettings {
    /// The scene that shows the page.
    pub scene: String,
    /// The browser source that is the page.
    pub source: String,
    /// Width of the page; `None`: as wide as OBS's canvas.
    pub width: Option<u32>,
    /// Height of the page; `None`: as high as OBS's canvas.
    pub height: Option<u32>,
    /// A media source of OBS: the roll takes as long as what it plays.
    pub music: Option<String>,
    /// The credits roll by themselves when the scene with the page goes on air.
    pub autostart: bool,
    /// Twitchat's own buttons start, stop and steer the roll.
    pub twitchat: bool,
    /// How long a roll waits for Twitchat's summary before it begins.
    pub wait: Duration,
    /// What rolls and how.
    pub script: Script,
}

impl Default for OverlaySettings {
    fn default() -> Self {
        Self {
            scene: "Credits".into(),
            source: "End credits".into(),
            width: None,
            height: None,
            music: None,
            autostart: true,
            twitchat: true,
            wait: Duration::from_secs(5),
            script: Script::default(),
        }
    }
}
