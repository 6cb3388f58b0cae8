//! Feeding pages that have no connection of their own: by obs-browser's vendor request, again and
//! again while the scene is on air, since a page that loads late hears nothing of what was before.

use serde_json::{Map, Value};

use crate::bridge::{
    Bridge,
    port::{Effect, Note, Now},
};

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

    /// Nothing rolls.
    pub(super) fn rest(&mut self) {
        self.due_ms = None;
    }

    pub(super) fn due_ms(&self) -> Option<u64> {
        self.due_ms.filter(|_| !self.broken)
    }
}

impl Bridge {
    /// Whether pages hear of us by the vendor request alone.
    fn feeds(&self) -> bool {
        self.show.shown
            && self.obs.is_some()
            && self.show.pages.count() == 0
            && !self.show.feed.broken
    }

    /// Sends the roll once more, if it is time.
    pub(super) fn feed_pages(&mut self, now: Now) {
        if self.show.rolling.is_none()
            || self
                .show
                .feed
                .due_ms
                .is_none_or(|due_ms| now.mono_ms < due_ms)
        {
            return;
        }
        if !self.feeds() {
            // Whatever changes that, revives it.
            self.show.feed.due_ms = Some(now.mono_ms + AGAIN_MS);
            return;
        }
        let Some(roll) = &self.show.rolling else {
            return;
        };
        let mut object = roll.object(now);
        object.insert("seconds".into(), roll.seconds().into());
        let message = self.to_pages("roll", [("roll".to_owned(), object.into())]);
        let size = self.emit(&message);
        self.show.feed.due_ms = Some(
            now.mono_ms
                + if size > LARGE {
                    LARGE_AGAIN_MS
                } else {
                    AGAIN_MS
                },
        );
    }

    /// A message for pages without a connection. Tells how large it is; nothing if none of them
    /// would hear it.
    pub(super) fn emit(&mut self, message: &Map<String, Value>) -> usize {
        if !self.feeds() {
            return 0;
        }
        let json = Value::Object(message.clone()).to_string();
        let size = json.len();
        self.out.push(Effect::Emit(json.into()));
        size
    }

    /// OBS refused the vendor request: not asked again on this connection.
    pub(in crate::bridge) fn feed_failed(&mut self, why: &str) {
        if !std::mem::replace(&mut self.show.feed.broken, true) {
            self.out
                .push(Effect::Note(Note::NoVendor { why: why.into() }));
        }
    }

    /// Another OBS may have browser sources.
    pub(in crate::bridge) fn feed_again(&mut self) {
        self.show.feed.broken = false;
    }
}
