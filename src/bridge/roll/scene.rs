//! Whether the scene on air shows the page, and the rolls that begin and end with it.
//!
//! The link names a scene only when OBS has settled on it: what was in the preview, or on air for a
//! moment between two others, neither begins nor ends a roll. An error is no answer: the roll goes
//! on as it is, and OBS is asked again.

use super::{Roll, context::Context, rolling::Cause};
use crate::{
    bridge::io::{Effect, Note},
    request::RollOptions,
};

impl Roll {
    /// Asks whether the scene on air shows the page, now that it has gone on air, or because it may
    /// have changed.
    pub(in crate::bridge) fn look_at_scene(
        &mut self,
        scene: &str,
        went_on_air: bool,
        cx: &mut Context<'_>,
    ) {
        self.looks.want(scene, went_on_air, cx.now.mono_ms);
        self.run_look(cx);
    }

    /// Asks OBS about the scene that is on air, if it is time to.
    pub(super) fn run_look(&mut self, cx: &mut Context<'_>) {
        if let Some(scene) = self.looks.take(cx.now.mono_ms) {
            let source = cx.base.settings.overlay.source.clone();
            cx.base.out.push(Effect::AskShown { scene, source });
        }
    }

    /// The answer: whether the page's source is in that scene.
    pub(in crate::bridge) fn scene_shows(
        &mut self,
        scene: &str,
        has_source: Result<bool, String>,
        cx: &mut Context<'_>,
    ) {
        let Some(look) = self.looks.answered(scene) else {
            return;
        };
        let has_source = match has_source {
            Ok(has_source) => has_source,
            Err(why) => {
                if self.looks.failed(look, cx.now.mono_ms) {
                    cx.base.out.note(Note::SceneUnknown {
                        scene: scene.into(),
                        why,
                    });
                }
                return;
            }
        };
        self.looks.succeeded();
        // A page may be captured from a browser: then it reports, and the scene's name must do. The
        // name alone does not: others have scenes of that name too, and Twitchat's own overlay in
        // them.
        let shown =
            has_source || (scene == &*cx.base.settings.overlay.scene && self.pages.count() > 0);
        let before = std::mem::replace(&mut self.shown, shown);
        if shown && !before {
            self.feed.revive(cx.now.mono_ms);
            let is_on = self.rolling.is_some() || self.pending.is_some();
            if look.went_on_air && cx.base.settings.overlay.autostart && !is_on {
                // It can only be too large for OBS, which is in the log.
                drop(self.start(RollOptions::default(), Cause::Scene, cx));
            }
        } else if before && !shown {
            let began_so = |cause: Cause| cause == Cause::Scene;
            let of_scene = self
                .rolling
                .as_ref()
                .is_some_and(|roll| began_so(roll.cause))
                || self
                    .pending
                    .as_ref()
                    .is_some_and(|pending| began_so(pending.cause));
            if of_scene {
                self.stop(cx);
            }
        }
    }
}
