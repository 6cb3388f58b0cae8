//! Handles bridges that claim this OBS and rank before this bridge. This bridge asks each of them
//! for `GetInfo`, and ends only when one of them answers. So a recorded message, or a message of a
//! script, cannot stop a running bridge.

use super::other_bridge::OtherBridge;

/// The time limit for another bridge's answer, in milliseconds. A busy bridge may answer seconds
/// later.
const ANSWERS_WITHIN_MS: u64 = 10_000;
/// The limit on bridges that are asked at the same time. Another bridge is asked after a later
/// Hello.
const AT_ONCE: usize = 8;

#[derive(Debug)]
struct Challenger {
    other: OtherBridge,
    /// The id of the request that the other bridge must answer.
    request: String,
    until_ms: u64,
}

#[derive(Debug, Default)]
pub(super) struct Challengers {
    waiting: Vec<Challenger>,
    /// The number of bridges that did not answer in time.
    silent: u64,
}

impl Challengers {
    /// Whether this bridge may ask the one with this id. It may if it is not asking it already, and
    /// if the limit is not reached.
    pub(super) fn is_new(&self, id: &str) -> bool {
        self.waiting.len() < AT_ONCE && !self.waiting.iter().any(|known| *known.other.id == *id)
    }

    pub(super) fn asked(&mut self, other: OtherBridge, request: String, mono_ms: u64) {
        self.waiting.push(Challenger {
            other,
            request,
            until_ms: mono_ms + ANSWERS_WITHIN_MS,
        });
    }

    /// Whether this is the id of a request that another bridge must still answer.
    pub(super) fn has_asked(&self, request: &str) -> bool {
        self.waiting.iter().any(|known| known.request == request)
    }

    /// Called when a bridge has answered a request. Returns the bridge if it was asked with this
    /// request.
    pub(super) fn answered(&mut self, id: &str, request: &str) -> Option<OtherBridge> {
        let place = self
            .waiting
            .iter()
            .position(|known| *known.other.id == *id && known.request == request)?;
        Some(self.waiting.swap_remove(place).other)
    }

    /// Removes a bridge that did not answer in time. The flag decides whether to log this. It is
    /// `true` for the 1st, 2nd, 4th, 8th … such bridge.
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

    /// Called when the connection to OBS is lost, because no answer can arrive then.
    pub(super) fn clear(&mut self) {
        self.waiting.clear();
    }

    /// The time of the next deadline, on the monotonic clock.
    pub(super) fn due_ms(&self) -> Option<u64> {
        self.waiting.iter().map(|known| known.until_ms).min()
    }
}
