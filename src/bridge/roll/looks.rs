//! Decides when to ask OBS whether the scene on air shows the page.

use crate::bridge::limit::RateLimit;

/// Limits on questions about scenes: number at once, and milliseconds between further ones.
const LOOKS: u64 = 10;
const LOOK_EACH_MS: u64 = 250;
/// Milliseconds after an error before OBS is asked again. The pause doubles each time, up to
/// `AGAIN_DOUBLINGS` times.
const AGAIN_MS: u64 = 1_000;
const AGAIN_DOUBLINGS: u32 = 5;

/// A question about one scene.
#[derive(Debug, Clone)]
pub(super) struct Look {
    scene: Box<str>,
    /// Whether the scene has just gone on air.
    pub(super) went_on_air: bool,
    /// When it may be asked, on the monotonic clock.
    from_ms: u64,
}

/// The questions whether the scene on air shows the page.
#[derive(Debug)]
pub(super) struct Looks {
    limit: RateLimit,
    next: Option<Look>,
    /// The question that OBS has not answered yet.
    asked: Option<Look>,
    /// Number of errors in a row.
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
    /// When OBS is to be asked, on the monotonic clock; `None` if there is no question.
    pub(super) fn due_ms(&self) -> Option<u64> {
        self.next
            .as_ref()
            .map(|next| next.from_ms.max(self.limit.free_ms()))
    }

    /// The connection to OBS is lost, so no answer will come.
    pub(super) fn forget(&mut self) {
        (self.next, self.asked, self.errors) = (None, None, 0);
    }

    /// Plans a question about this scene, because it has gone on air or may have changed. It
    /// replaces an earlier question that is not asked yet.
    pub(super) fn want(&mut self, scene: &str, went_on_air: bool, mono_ms: u64) {
        let unanswered = [self.next.take(), self.asked.clone()]
            .into_iter()
            .flatten()
            .any(|look| look.went_on_air && *look.scene == *scene);
        self.next = Some(Look {
            scene: scene.into(),
            went_on_air: went_on_air || unanswered,
            from_ms: mono_ms,
        });
    }

    /// The scene to ask OBS about, if the question is due. A scene that was on air only for a
    /// moment, among many others, is never asked about.
    pub(super) fn take(&mut self, mono_ms: u64) -> Option<Box<str>> {
        let is_due = self
            .next
            .as_ref()
            .is_some_and(|next| mono_ms >= next.from_ms);
        if !is_due || !self.limit.allows(mono_ms) {
            return None;
        }
        self.asked = self.next.take();
        self.asked.as_ref().map(|look| look.scene.clone())
    }

    /// OBS has answered about a scene. Returns the question, or `None` if it was not asked.
    pub(super) fn answered(&mut self, scene: &str) -> Option<Look> {
        self.asked.take_if(|asked| *asked.scene == *scene)
    }

    /// The answer was no error.
    pub(super) fn succeeded(&mut self) {
        self.errors = 0;
    }

    /// The answer was an error, so OBS is asked again. Returns whether it is the first error in a
    /// row.
    pub(super) fn failed(&mut self, look: Look, mono_ms: u64) -> bool {
        let from_ms = mono_ms + (AGAIN_MS << self.errors.min(AGAIN_DOUBLINGS));
        let is_first = self.errors == 0;
        self.errors = self.errors.saturating_add(1);
        self.next.get_or_insert(Look { from_ms, ..look });
        is_first
    }
}
