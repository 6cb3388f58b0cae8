//! Waits until OBS has settled on a scene. Used by `serve`.
//!
//! Leaving studio mode makes OBS send two `CurrentProgramSceneChanged`, up to 200 ms apart. The
//! first one names the scene of the preview, which does not go on air, and `GetCurrentProgramScene`
//! answers with that scene too until the second one. After a change of the scene collection OBS
//! sends no event about the scene at all. So an event is only a reason to ask, once no other has
//! come for [`QUIET`].

use std::time::Duration;

use tokio::time::Instant;

/// OBS has settled when it has sent no event about scenes for this long: twice the longest gap that
/// was measured.
pub(super) const QUIET: Duration = Duration::from_millis(400);

/// Whether OBS is to be asked which scene is on air, and when.
#[derive(Debug, Default)]
pub(super) struct Settling {
    due: Option<Instant>,
    other_collection: bool,
}

impl Settling {
    /// The scene on air may be another one.
    pub(super) fn scene_event(&mut self, now: Instant) {
        self.due = Some(now + QUIET);
    }

    /// Another scene collection is open.
    pub(super) fn collection_event(&mut self, now: Instant) {
        self.scene_event(now);
        self.other_collection = true;
    }

    /// When OBS is to be asked.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// OBS is asked now.
    pub(super) fn ask(&mut self) {
        self.due = None;
    }

    /// OBS has answered. `None` if an event has come since it was asked: it will be asked again,
    /// and the answer is of no use. Otherwise, whether another scene collection is open since the
    /// last answer.
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
