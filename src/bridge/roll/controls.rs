//! The numbers of the controls that are sent to pages, and the limit on how many are sent.

use crate::bridge::limit::RateLimit;

/// Limits on controls: number at once, and milliseconds between further ones. A person who controls
/// the roll by hand stays below them.
const CONTROLS: u64 = 20;
const CONTROL_EACH_MS: u64 = 100;
/// Minimum milliseconds between two messages that bring pages up to date after controls were left
/// out.
const CATCH_UP_EACH_MS: u64 = 500;

#[derive(Debug)]
pub(super) struct Controls {
    /// Number of controls that were sent in this run.
    seq: u64,
    limit: RateLimit,
    /// Limits the messages that bring pages up to date after controls were left out.
    catch_up: RateLimit,
}

impl Default for Controls {
    fn default() -> Self {
        Self {
            seq: 0,
            limit: RateLimit::new(CONTROLS, CONTROL_EACH_MS),
            catch_up: RateLimit::new(1, CATCH_UP_EACH_MS),
        }
    }
}

impl Controls {
    /// The number of the next control, which pages use to drop repeats.
    pub(super) fn next_seq(&mut self) -> u64 {
        self.seq += 1;
        self.seq
    }

    /// Whether a control may be sent now. If not, pages get the roll's state as soon as the limit
    /// allows it.
    pub(super) fn allows(&mut self, mono_ms: u64) -> bool {
        let is_allowed = !self.catch_up.is_wanted() && self.limit.allows(mono_ms);
        if !is_allowed {
            self.catch_up.want();
        }
        is_allowed
    }

    /// The roll has ended, so pages need no state of it.
    pub(super) fn forget(&mut self) {
        self.catch_up.forget();
    }

    /// When pages are to get the roll's state; `None` if no control was left out.
    pub(super) fn due_ms(&self) -> Option<u64> {
        let due_ms = self.catch_up.due_ms()?;
        Some(due_ms.max(self.limit.free_ms()))
    }

    /// Whether pages are to get the roll's state now. If so, the next call returns `false`.
    pub(super) fn take(&mut self, mono_ms: u64) -> bool {
        self.due_ms().is_some_and(|due_ms| mono_ms >= due_ms) && self.catch_up.take(mono_ms)
    }
}
