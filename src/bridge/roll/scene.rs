//! Asks whether the scene on air shows the page, and begins and ends rolls with the scene.
//!
//! The link reports a scene only when OBS has settled on it. So a scene in the preview, or one that
//! was on air for a moment between two others, neither begins nor ends a roll. After an error the
//! roll stays as it is, and OBS is asked again.

use super::{Roll, context::Context, rolling::Cause};
use crate::{
    bridge::io::{Effect, Note},
    request::RollOptions,
};

impl Roll {
    /// Plans to ask OBS whether this scene shows the page, because it has gone on air or may have
    /// changed.
    pub(in crate::bridge) fn look_at_scene(
        &mut self,
        scene: &str,
        went_on_air: bool,
        cx: &mut Context<'_>,
    ) {
        self.looks.want(scene, went_on_air, cx.now.mono_ms);
        self.run_look(cx);
    }

    /// The settings name another scene or source for the page.
    pub(in crate::bridge) fn scene_renamed(&mut self, cx: &mut Context<'_>) {
        if let Some(scene) = cx.base.obs.scene().map(ToOwned::to_owned)
            && cx.base.obs.is_up()
        {
            self.look_at_scene(&scene, false, cx);
        }
    }

    /// Asks OBS about the scene on air, if that is due.
    pub(super) fn run_look(&mut self, cx: &mut Context<'_>) {
        if let Some(scene) = self.looks.take(cx.now.mono_ms) {
            let source = cx.base.settings.overlay.source.clone();
            cx.base.out.push(Effect::AskShown { scene, source });
        }
    }

    /// OBS has answered whether the scene contains the page's source.
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
        // A page may be captured from a browser window. Then the scene does not contain the source,
        // but the page reports, and the scene's name has to suffice. The name alone does not
        // suffice: other people have scenes of that name too, with Twitchat's own overlay in them.
        let shown =
            has_source || (scene == &*cx.base.settings.overlay.scene && self.pages.count() > 0);
        let before = std::mem::replace(&mut self.shown, shown);
        if shown && !before {
            self.feed.revive(cx.now.mono_ms);
            let is_on = self.rolling.is_some() || self.pending.is_some();
            if look.went_on_air && cx.base.settings.overlay.autostart && !is_on {
                // The only error is a roll that is too large for OBS.
                drop(self.start(RollOptions::default(), Cause::Scene, None, cx));
            }
        } else if !shown {
            // The scene may also have left while the bridge or OBS was away.
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
