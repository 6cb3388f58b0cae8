//! Rate limits for presses of Twitchat's buttons, and for messages that announce the overlay.

use crate::{bridge::limit::RateLimit, twitchat::Generation};

/// Limits on answers about the overlay's presence: number at once, and milliseconds between further
/// ones.
const PRESENCES: u64 = 3;
const PRESENCE_EACH_MS: u64 = 1_000;
/// Limits on rolls that Twitchat's buttons begin: number at once, and milliseconds between further
/// ones. A roll can have megabytes.
const PRESSES: u64 = 2;
const PRESS_EACH_MS: u64 = 3_000;

/// The last press of a button that begins a roll, until its roll begins.
#[derive(Debug)]
pub(super) struct Buttons {
    limit: RateLimit,
    next: Option<Button>,
}

impl Default for Buttons {
    fn default() -> Self {
        Self {
            limit: RateLimit::new(PRESSES, PRESS_EACH_MS),
            next: None,
        }
    }
}

impl Buttons {
    pub(super) fn due_ms(&self) -> Option<u64> {
        self.next.map(|_| self.limit.free_ms())
    }

    /// A button that begins a roll was pressed. It replaces an earlier press whose roll has not
    /// begun.
    pub(super) fn press(&mut self, button: Button) {
        self.next = Some(button);
    }

    /// Drops the press whose roll has not begun.
    pub(super) fn forget(&mut self) {
        self.next = None;
    }

    /// Takes the last press if the limit allows its roll to begin.
    pub(super) fn take(&mut self, mono_ms: u64) -> Option<Button> {
        self.next?;
        if self.limit.allows(mono_ms) {
            self.next.take()
        } else {
            None
        }
    }
}

/// Limits the messages that announce the overlay, for Twitchat 16 and for Twitchat 17.
#[derive(Debug)]
pub(super) struct OverlayPresence([(Generation, RateLimit); 2]);

impl Default for OverlayPresence {
    fn default() -> Self {
        Self(
            [Generation::Second, Generation::Third]
                .map(|generation| (generation, RateLimit::new(PRESENCES, PRESENCE_EACH_MS))),
        )
    }
}

impl OverlayPresence {
    pub(super) fn want(&mut self, generation: Generation) {
        let generation = generation.max(Generation::Second);
        self.0
            .iter_mut()
            .filter(|(known, _)| *known == generation)
            .for_each(|(_, limit)| limit.want());
    }

    pub(super) fn take(&mut self, mono_ms: u64) -> Vec<Generation> {
        self.0
            .iter_mut()
            .filter_map(|(generation, limit)| limit.take(mono_ms).then_some(*generation))
            .collect()
    }

    pub(super) fn forget(&mut self) {
        self.0.iter_mut().for_each(|(_, limit)| limit.forget());
    }

    pub(super) fn due_ms(&self) -> Option<u64> {
        self.0.iter().filter_map(|(_, limit)| limit.due_ms()).min()
    }
}

/// A button in Twitchat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Button {
    Start,
    Test,
    Stop,
}
