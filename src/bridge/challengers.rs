//! Bridges that have a better claim to this OBS, until they show that they answer: a message that
//! was recorded, or that a script sends, must not stop a running bridge.

use super::other_bridge::OtherBridge;

/// How long another bridge has for its answer. A busy one may be seconds behind.
const ANSWERS_WITHIN_MS: u64 = 10_000;
/// Of more at once, the later ones have to say Hello again.
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
    /// How many did not answer.
    silent: u64,
}

impl Challengers {
    /// Whether this bridge has not been asked yet, and may be.
    pub(super) fn is_new(&self, id: &str) -> bool {
        self.waiting.len() < AT_ONCE && !self.waiting.iter().any(|known| *known.other.id == *id)
    }

    /// It is asked now, with this request.
    pub(super) fn asked(&mut self, other: OtherBridge, request: String, mono_ms: u64) {
        self.waiting.push(Challenger {
            other,
            request,
            until_ms: mono_ms + ANSWERS_WITHIN_MS,
        });
    }

    /// Whether a request is one of those that they have to answer.
    pub(super) fn has_asked(&self, request: &str) -> bool {
        self.waiting.iter().any(|known| known.request == request)
    }

    /// A bridge has answered a request. Returns it if it had to.
    pub(super) fn answered(&mut self, id: &str, request: &str) -> Option<OtherBridge> {
        let place = self
            .waiting
            .iter()
            .position(|known| *known.other.id == *id && known.request == request)?;
        Some(self.waiting.swap_remove(place).other)
    }

    /// One whose time is up, and whether it is worth a line in the log: at 1, 2, 4, 8 … of them.
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

    /// OBS is gone, and all that were on it.
    pub(super) fn clear(&mut self) {
        self.waiting.clear();
    }

    /// When the next one's time is up.
    pub(super) fn due_ms(&self) -> Option<u64> {
        self.waiting.iter().map(|known| known.until_ms).min()
    }
}
