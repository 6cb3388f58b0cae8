//! Presses of Twitchat's buttons, and messages that the overlay is there.

use crate::{bridge::limit::RateLimit, twitchat::Generation};

/// Answers to whoever asks for that: so many at once, and the pause between further ones.
const PRESENCES: u64 = 3;
const PRESENCE_EACH_MS: u64 = 1_000;
/// Presses of Twitchat's buttons that begin a roll: so many at once, and the pause between further
/// ones. A roll may have megabytes.
const PRESSES: u64 = 2;
const PRESS_EACH_MS: u64 = 3_000;

/// Presses of the buttons that begin a roll.
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

    /// A button was pressed that begins a roll; it takes the place of one that waits.
    pub(super) fn press(&mut self, button: Button) {
        self.next = Some(button);
    }

    /// The roll of a press that waits is not wanted any more.
    pub(super) fn forget(&mut self) {
        self.next = None;
    }

    /// The last press, if it is time to begin its roll.
    pub(super) fn take(&mut self, mono_ms: u64) -> Option<Button> {
        self.next?;
        if self.limit.allows(mono_ms) {
            self.next.take()
        } else {
            None
        }
    }
}

/// Messages that the overlay is there, in the words of Twitchat 16 and of 17.
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

/// What a button in Twitchat was pressed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Button {
    Start,
    Test,
    Stop,
}
