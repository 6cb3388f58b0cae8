//! Decides when to send the roll to pages without a connection of their own. They receive it by
//! obs-browser's vendor request. It is sent again and again while the scene is on air, because a
//! page that loads late has missed the earlier messages.

/// Milliseconds between two messages about the same roll.
const AGAIN_MS: u64 = 1_000;
/// Milliseconds between two messages about the same roll of more than `LARGE` bytes, which would
/// otherwise keep OBS and its browser busy all the time.
const LARGE_AGAIN_MS: u64 = 5_000;
const LARGE: usize = 256 * 1024;

/// Whether and when pages are fed.
#[derive(Debug, Default)]
pub(super) struct Feed {
    due_ms: Option<u64>,
    /// Whether OBS has refused the request because it has no browser sources.
    broken: bool,
}

impl Feed {
    /// A roll has to be sent now.
    pub(super) fn revive(&mut self, mono_ms: u64) {
        self.due_ms = Some(mono_ms);
    }

    pub(super) fn pause(&mut self) {
        self.due_ms = None;
    }

    pub(super) fn due_ms(&self) -> Option<u64> {
        self.due_ms.filter(|_| !self.broken)
    }

    /// Whether the roll is to be sent now.
    pub(super) fn is_due(&self, mono_ms: u64) -> bool {
        self.due_ms.is_some_and(|due_ms| mono_ms >= due_ms)
    }

    /// The roll was sent with this many bytes; it is sent again after a pause.
    pub(super) fn fed(&mut self, bytes: usize, mono_ms: u64) {
        let again_ms = if bytes > LARGE {
            LARGE_AGAIN_MS
        } else {
            AGAIN_MS
        };
        self.due_ms = Some(mono_ms + again_ms);
    }

    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }

    /// OBS refused the request because it has no browser sources. Returns whether this is new.
    pub(super) fn break_off(&mut self) -> bool {
        !std::mem::replace(&mut self.broken, true)
    }

    /// OBS is connected again, and it may have browser sources now.
    pub(super) fn mend(&mut self) {
        self.broken = false;
    }
}
