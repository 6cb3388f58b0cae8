//! Bridges that claim this OBS and rank before this bridge. This bridge asks each of them for
//! `GetInfo` and ends only when one answers: a recorded message, or one that a script sends, must
//! not stop a running bridge.

use super::other_bridge::OtherBridge;

/// Milliseconds that another bridge has for its answer. A busy bridge can be seconds behind.
const ANSWERS_WITHIN_MS: u64 = 10_000;
/// Bridges that are asked at the same time. A bridge beyond that is asked after a later Hello.
const AT_ONCE: usize = 8;

#[derive(Debug)]
struct Challenger {
    other: OtherBridge,
    /// The id of the request that it has to answer.
    request: String,
    until_ms: u64,
}

#[derive(Debug, Default)]
pub(super) struct Challengers {
    waiting: Vec<Challenger>,
    /// Bridges that did not answer in time.
    silent: u64,
}

impl Challengers {
    /// Whether the bridge with this id may be asked: it is not being asked already, and there is
    /// room.
    pub(super) fn is_new(&self, id: &str) -> bool {
        self.waiting.len() < AT_ONCE && !self.waiting.iter().any(|known| *known.other.id == *id)
    }

    /// Records that `other` was asked with the request of this id.
    pub(super) fn asked(&mut self, other: OtherBridge, request: String, mono_ms: u64) {
        self.waiting.push(Challenger {
            other,
            request,
            until_ms: mono_ms + ANSWERS_WITHIN_MS,
        });
    }

    /// Whether this is the id of a request that another bridge still has to answer.
    pub(super) fn has_asked(&self, request: &str) -> bool {
        self.waiting.iter().any(|known| known.request == request)
    }

    /// Another bridge has answered a request. Returns that bridge if it was asked with this
    /// request.
    pub(super) fn answered(&mut self, id: &str, request: &str) -> Option<OtherBridge> {
        let place = self
            .waiting
            .iter()
            .position(|known| *known.other.id == *id && known.request == request)?;
        Some(self.waiting.swap_remove(place).other)
    }

    /// Removes a bridge that did not answer in time. The flag is whether to log it: it is set
    /// for the 1st, 2nd, 4th, 8th … of them.
    pub(super) fn take_silent(&mut self, mono_ms: u64) -> Option<(OtherBridge, bool)> {
        let place = self
            .waiting
            .iter()
            .position(|known| known.until_ms <= mono_ms)?;
        self.silent += 1;
        Some((
            self.waiting.swap_remove(place).other,
            self.silent.is_power_of_two(),
        ))
    }

    /// The connection to OBS is lost, so no answer can arrive.
    pub(super) fn clear(&mut self) {
        self.waiting.clear();
    }

    /// When the next deadline ends, on the monotonic clock.
    pub(super) fn due_ms(&self) -> Option<u64> {
        self.waiting.iter().map(|known| known.until_ms).min()
    }
}
