//! Waits until OBS has settled on a scene. Used by `serve`.
//!
//! Leaving studio mode makes OBS send two `CurrentProgramSceneChanged`, up to 200 ms apart. The
//! first one names the scene of the preview, which does not go on air, and `GetCurrentProgramScene`
//! answers with that scene too until the second one. After a change of the scene collection OBS
//! sends no event about the scene at all. So after an event the bridge asks OBS for the scene, but
//! only when no other event has arrived for [`QUIET`].

use std::time::Duration;

use tokio::time::Instant;

/// OBS counts as settled when it has sent no event about scenes for this long. This is twice the
/// longest gap that was measured.
pub(super) const QUIET: Duration = Duration::from_millis(400);

/// Whether and when to ask OBS for the scene on air.
#[derive(Debug, Default)]
pub(super) struct Settling {
    due: Option<Instant>,
    other_collection: bool,
}

impl Settling {
    /// Records that the scene on air may have changed.
    pub(super) fn scene_event(&mut self, now: Instant) {
        self.due = Some(now + QUIET);
    }

    /// Records that another scene collection is open.
    pub(super) fn collection_event(&mut self, now: Instant) {
        self.scene_event(now);
        self.other_collection = true;
    }

    /// The time at which to ask OBS; `None` if there is no reason to ask.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Records that OBS is being asked now.
    pub(super) fn ask(&mut self) {
        self.due = None;
    }

    /// Records OBS's reply. Returns `None` if an event has arrived since OBS was asked: the reply
    /// is out of date, and the bridge will ask again. Otherwise returns whether another scene
    /// collection was opened since the last reply.
    pub(super) fn answered(&mut self) -> Option<bool> {
        self.due
            .is_none()
            .then(|| std::mem::take(&mut self.other_collection))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_event_puts_the_question_off() {
        let (mut settling, now) = (Settling::default(), Instant::now());
        assert_eq!(settling.due(), None);
        settling.scene_event(now);
        settling.scene_event(now + Duration::from_millis(200));
        assert_eq!(
            settling.due(),
            Some(now + Duration::from_millis(200) + QUIET)
        );
        settling.ask();
        assert_eq!((settling.due(), settling.answered()), (None, Some(false)));
    }

    #[test]
    fn an_answer_is_of_no_use_after_another_event_and_the_collection_is_not_forgotten() {
        let (mut settling, now) = (Settling::default(), Instant::now());
        settling.collection_event(now);
        settling.ask();
        settling.scene_event(now);
        assert_eq!(settling.answered(), None);
        settling.ask();
        assert_eq!(
            (settling.answered(), settling.answered()),
            (Some(true), Some(false))
        );
    }
}
