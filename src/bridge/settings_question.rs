//! When to ask Twitchat for the settings of its end-credits overlay.
//!
//! The answer is a summary with the settings. Twitchat 16 does not answer before it knows the
//! stream, and says nothing about that. So the question is one of its own, apart from the one for
//! the events: that one is answered in any case.

use super::{io::Now, output::Output, presence::Presence};
use crate::twitchat::question;

/// Milliseconds that an answer may take: Twitchat may have to load all subscribers first.
const ANSWER_MS: u64 = 15_000;
/// Milliseconds for which the question for the summary waits for the answer.
const HOLDS_MS: u64 = 3_000;
/// Milliseconds before the bridge asks again after no answer. The pause doubles each time.
const AGAIN_MS: u64 = 15_000;
/// Number of questions in a row that may stay without an answer. After them the bridge asks when
/// Twitchat appears again, or when the stream begins.
const TRIES: u32 = 7;

#[derive(Debug, Default)]
pub(super) struct SettingsQuestion {
    /// When it was asked, on the monotonic clock; `None` if no answer is awaited.
    asked_ms: Option<u64>,
    due_ms: Option<u64>,
    tries: u32,
}

impl SettingsQuestion {
    /// There is a reason to ask.
    pub(super) fn want(&mut self, mono_ms: u64) {
        self.tries = 0;
        self.due_ms = Some(mono_ms);
    }

    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Whether an answer may still come.
    pub(super) fn is_open(&self) -> bool {
        self.asked_ms.is_some()
    }

    pub(super) fn answered(&mut self) {
        self.forget();
    }

    /// When [`Self::run`] is due. `may_ask` says whether Twitchat would answer now.
    pub(super) fn due_ms(&self, may_ask: bool) -> Option<u64> {
        match self.asked_ms {
            Some(asked_ms) => Some(asked_ms + ANSWER_MS),
            None => self.due_ms.filter(|_| may_ask),
        }
    }

    /// Asks if that is due. Returns until when the question for the summary has to wait, and until
    /// when an answer could be the one to this question.
    pub(super) fn run(
        &mut self,
        presence: &Presence,
        may_ask: bool,
        out: &mut Output,
        now: Now,
    ) -> Option<(u64, u64)> {
        let mono_ms = now.mono_ms;
        if self
            .asked_ms
            .is_some_and(|asked_ms| mono_ms >= asked_ms + ANSWER_MS)
        {
            self.asked_ms = None;
            self.tries += 1;
            let again_ms = AGAIN_MS << self.tries.min(TRIES);
            self.due_ms = (self.tries < TRIES).then_some(mono_ms + again_ms);
        }
        let is_due = self.due_ms.is_some_and(|due_ms| mono_ms >= due_ms);
        if !is_due || !may_ask || self.is_open() {
            return None;
        }
        let generation = presence.generation()?;
        (self.due_ms, self.asked_ms) = (None, Some(mono_ms));
        let (kind, data) = question::credits_settings(generation, now.wall_ms);
        out.send_action(kind, data);
        Some((mono_ms + HOLDS_MS, mono_ms + ANSWER_MS))
    }
}
