//! Whether the scene on air shows the page, and the rolls that begin and end with it.
//!
//! The link names a scene only when OBS has settled on it: what was in the preview, or on air for a
//! moment between two others, neither begins nor ends a roll. An error is no answer: the roll goes
//! on as it is, and OBS is asked again.

use super::Cause;
use crate::{
    bridge::{
        Bridge,
        limit::RateLimit,
        port::{Effect, Note, Now},
    },
    request::RollWish,
};

/// Questions about scenes: so many at once, and the pause between further ones.
const LOOKS: u64 = 10;
const LOOK_EACH_MS: u64 = 250;
/// After an error OBS is asked again so much later. It doubles each time, up to the longest.
const AGAIN_MS: u64 = 1_000;
const AGAIN_DOUBLINGS: u32 = 5;

/// A question about one scene.
#[derive(Debug, Clone)]
struct Look {
    scene: Box<str>,
    /// It has just gone on air.
    went_on_air: bool,
    /// Not before this, on the monotonic clock.
    from_ms: u64,
}

/// Questions whether the scene on air shows the page.
#[derive(Debug)]
pub(super) struct Looks {
    limit: RateLimit,
    next: Option<Look>,
    /// What OBS was asked and has not answered yet.
    asked: Option<Look>,
    /// Errors in a row.
    errors: u32,
}

impl Default for Looks {
    fn default() -> Self {
        Self {
            limit: RateLimit::new(LOOKS, LOOK_EACH_MS),
            next: None,
            asked: None,
            errors: 0,
        }
    }
}

impl Looks {
    /// When OBS is to be asked.
    pub(super) fn due_ms(&self) -> Option<u64> {
        self.next
            .as_ref()
            .map(|next| next.from_ms.max(self.limit.free_ms()))
    }

    /// OBS is gone: nothing is asked and no answer comes.
    pub(super) fn forget(&mut self) {
        (self.next, self.asked, self.errors) = (None, None, 0);
    }
}

impl Bridge {
    /// Asks whether the scene on air shows the page, now that it has gone on air, or because it may
    /// have changed.
    pub(in crate::bridge) fn look_at_scene(&mut self, scene: &str, went_on_air: bool, now: Now) {
        let looks = &mut self.show.looks;
        let of_this = |look: &Look| look.went_on_air && *look.scene == *scene;
        let unanswered = [looks.next.take(), looks.asked.clone()]
            .into_iter()
            .flatten()
            .any(|look| of_this(&look));
        looks.next = Some(Look {
            scene: scene.into(),
            went_on_air: went_on_air || unanswered,
            from_ms: now.mono_ms,
        });
        self.run_look(now);
    }

    /// Asks OBS about the scene that is on air, if it is time to. A scene that was on air for a
    /// moment only, among many, is left out.
    pub(super) fn run_look(&mut self, now: Now) {
        let looks = &mut self.show.looks;
        if looks
            .next
            .as_ref()
            .is_some_and(|next| now.mono_ms >= next.from_ms)
            && looks.limit.allows(now.mono_ms)
            && let Some(look) = looks.next.take()
        {
            self.out.push(Effect::AskShown {
                scene: look.scene.clone(),
                source: self.settings.overlay.source.clone(),
            });
            looks.asked = Some(look);
        }
    }

    /// The answer: whether the page's source is in that scene.
    pub(in crate::bridge) fn scene_shows(
        &mut self,
        scene: &str,
        has_source: Result<bool, String>,
        now: Now,
    ) {
        let looks = &mut self.show.looks;
        let Some(look) = looks.asked.take_if(|asked| *asked.scene == *scene) else {
            return;
        };
        let has_source = match has_source {
            Ok(has_source) => has_source,
            Err(why) => {
                let from_ms = now.mono_ms + (AGAIN_MS << looks.errors.min(AGAIN_DOUBLINGS));
                if looks.errors == 0 {
                    self.out.push(Effect::Note(Note::SceneUnknown {
                        scene: scene.into(),
                        why,
                    }));
                }
                looks.errors = looks.errors.saturating_add(1);
                looks.next.get_or_insert(Look { from_ms, ..look });
                return;
            }
        };
        looks.errors = 0;
        // A page may be captured from a browser: then it reports, and the scene's name must do. The
        // name alone does not: others have scenes of that name too, and Twitchat's own overlay in
        // them.
        let shown =
            has_source || (scene == &*self.settings.overlay.scene && self.show.pages.count() > 0);
        let before = std::mem::replace(&mut self.show.shown, shown);
        if shown && !before {
            self.show.feed.revive(now.mono_ms);
            let is_on = self.show.rolling.is_some() || self.show.pending.is_some();
            if look.went_on_air && self.settings.overlay.autostart && !is_on {
                // It can only be too large for OBS, which is in the log.
                drop(self.roll_credits(RollWish::default(), Cause::Scene, now));
            }
        } else if before && !shown {
            let began_so = |cause: Cause| cause == Cause::Scene;
            let of_scene = self
                .show
                .rolling
                .as_ref()
                .is_some_and(|roll| began_so(roll.cause))
                || self
                    .show
                    .pending
                    .as_ref()
                    .is_some_and(|pending| began_so(pending.cause));
            if of_scene {
                self.stop_credits(now);
            }
        }
    }
}
