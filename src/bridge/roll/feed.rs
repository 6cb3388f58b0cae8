//! Feeding pages that have no connection of their own: by obs-browser's vendor request, again and
//! again while the scene is on air, since a page that loads late hears nothing of what was before.

/// Between two messages of the same roll.
const AGAIN_MS: u64 = 1_000;
/// The same for a roll so large that OBS and its browser would be busy with nothing else.
const LARGE_AGAIN_MS: u64 = 5_000;
const LARGE: usize = 256 * 1024;

/// Whether and when pages are fed.
#[derive(Debug, Default)]
pub(super) struct Feed {
    due_ms: Option<u64>,
    /// This OBS has no browser sources.
    broken: bool,
}

impl Feed {
    /// There is something to feed, as far as is known.
    pub(super) fn revive(&mut self, mono_ms: u64) {
        self.due_ms = Some(mono_ms);
    }

    pub(super) fn pause(&mut self) {
        self.due_ms = None;
    }

    pub(super) fn due_ms(&self) -> Option<u64> {
        self.due_ms.filter(|_| !self.broken)
    }

    /// Whether there is something to feed, and it is time to.
    pub(super) fn is_due(&self, mono_ms: u64) -> bool {
        self.due_ms.is_some_and(|due_ms| mono_ms >= due_ms)
    }

    /// So many bytes were fed: they are fed again after a while.
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

    /// OBS refused: it has no browser sources. Gives whether that is news.
    pub(super) fn break_off(&mut self) -> bool {
        !std::mem::replace(&mut self.broken, true)
    }

    /// Another OBS may have browser sources.
    pub(super) fn mend(&mut self) {
        self.broken = false;
    }
}
