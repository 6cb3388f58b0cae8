//! `[overlay]`: the end-credits page and its content. `credits::roll` has the plan itself and the
//! settings that the page needs; this module reads and checks the sections.

pub(super) mod section;
pub(super) mod section_key;
pub(super) mod section_text;

use std::time::Duration;

use super::read;
use crate::{
    credits::roll::{CreditsPlan, Follow},
    input::{Field, settings},
};

settings! {
    "overlay",
    /// `[overlay]` and its sections.
    #[derive(Debug, Clone)]
    pub struct OverlaySettings {
        scene: String = "Credits".into(), Field::word, "TWITCHAT_BRIDGE_OVERLAY_SCENE",
            "The scene in OBS that shows the end credits.";
        source: String = "End credits".into(), Field::word, "TWITCHAT_BRIDGE_OVERLAY_SOURCE",
            "The browser source in OBS that is the page of the end credits: `overlay install` \
                makes it.";
        width: Option<u32> = None, Field::whole(1, u32::MAX), "TWITCHAT_BRIDGE_OVERLAY_WIDTH",
            "The width of the page in pixels. Without it, the page is as wide as \
                OBS's canvas.", "1920";
        height: Option<u32> = None, Field::whole(1, u32::MAX), "TWITCHAT_BRIDGE_OVERLAY_HEIGHT",
            "The height of the page in pixels. Without it, the page is as high as \
                OBS's canvas.", "1080";
        music: Option<String> = None, read::text, "TWITCHAT_BRIDGE_OVERLAY_MUSIC",
            "A media source in OBS. The credits take as long as the file that it plays. Use it \
                instead of seconds.", "\"Credits music\"", bus = true;
        autostart: bool = true, Field::flag, "TWITCHAT_BRIDGE_OVERLAY_AUTOSTART",
            "Whether the credits roll by themselves when the scene with the page goes on air.";
        twitchat: bool = true, Field::flag, "TWITCHAT_BRIDGE_OVERLAY_TWITCHAT",
            "Whether Twitchat's own buttons for the end credits work on the page.";
        follow: Follow = Follow::Config, Follow::read, "TWITCHAT_BRIDGE_OVERLAY_FOLLOW",
            "Whose settings the credits have: \"twitchat\" for those of the end credits in \
                Twitchat itself, or \"config\". What this file has wins over Twitchat's settings.",
            bus = true;
        wait: Duration = Duration::from_secs(5), read::time, "TWITCHAT_BRIDGE_OVERLAY_WAIT",
            "How long the credits wait for Twitchat's summary and for the length of the music \
                before they roll.";
    }
    and {
        /// The plan of the credits, with the look of the page.
        script: CreditsPlan = CreditsPlan::default();
        /// The sections of the file, also the disabled ones, as `GetSettings` lists them; `None`
        /// if the file has none.
        listed: Option<Vec<serde_json::Value>> = None;
    }
}
