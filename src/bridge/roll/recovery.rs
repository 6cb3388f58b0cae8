//! Rolls that this run of the bridge did not begin, and the state that decides about them.

use std::collections::VecDeque;

use uuid::Uuid;

use super::rolling::Rolling;
use crate::bridge::limit::RateLimit;

/// Milliseconds that pages get to report after OBS was connected. Only then does the bridge assume
/// by itself that a roll of an earlier run has ended.
const REPORTS_WITHIN_MS: u64 = 5_000;
/// Number of ended rolls that are remembered.
const ENDED: usize = 16;

/// Limits on writes of the content and of the movement: number at once, and milliseconds between
/// further ones.
const CONTENTS: (u64, u64) = (2, 2_000);
const MOVEMENTS: (u64, u64) = (4, 250);

#[derive(Debug)]
pub(super) struct Recovery {
    /// The stored roll, if it is old.
    old: Option<Box<Rolling>>,
    /// Rolls that have ended. Reports that pages sent before they received the end do not bring
    /// them back.
    ended: VecDeque<Uuid>,
    /// Until when the end of the roll is not assumed, on the monotonic clock.
    waits_until_ms: Option<u64>,
    content: RateLimit,
    movement: RateLimit,
}

impl Default for Recovery {
    fn default() -> Self {
        Self {
            old: None,
            ended: VecDeque::new(),
            waits_until_ms: None,
            content: RateLimit::new(CONTENTS.0, CONTENTS.1),
            movement: RateLimit::new(MOVEMENTS.0, MOVEMENTS.1),
        }
    }
}

impl Recovery {
    pub(super) fn ended(&mut self, id: Uuid) {
        self.waits_until_ms = None;
        self.content.forget();
        self.movement.forget();
        self.ended.truncate(ENDED - 1);
        self.ended.push_front(id);
    }

    /// The roll has begun, or its look has changed: all of it has to be stored.
    pub(super) fn want_all(&mut self) {
        self.content.want();
        self.movement.want();
    }

    /// The roll moves in another way, which has to be stored.
    pub(super) fn want_movement(&mut self) {
        self.movement.want();
    }

    /// When something has to be stored.
    pub(super) fn due_ms(&self) -> Option<u64> {
        let limits = [&self.content, &self.movement];
        limits.into_iter().filter_map(RateLimit::due_ms).min()
    }

    pub(super) fn remember(&mut self, old: Rolling) {
        self.old = Some(Box::new(old));
    }

    /// The stored roll, if it has this id. It is forgotten in any case, because another roll is on.
    pub(super) fn take_old(&mut self, id: Uuid) -> Option<Rolling> {
        self.old.take().map(|old| *old).filter(|old| old.id == id)
    }

    /// A person was forgotten: the old roll, which may name them, is dropped.
    pub(super) fn forget_old(&mut self) {
        self.old = None;
    }

    pub(super) fn has_ended(&self, id: Uuid) -> bool {
        self.ended.contains(&id)
    }

    /// A roll of an earlier run goes on: its end is not assumed before OBS is connected and pages
    /// had time to report.
    pub(super) fn wait(&mut self) {
        self.waits_until_ms = Some(u64::MAX);
    }

    /// Whether the content has to be stored now. If so, the next call returns `false`.
    pub(super) fn take_content(&mut self, mono_ms: u64) -> bool {
        self.content.take(mono_ms)
    }

    /// Whether the movement has to be stored now. If so, the next call returns `false`.
    pub(super) fn take_movement(&mut self, mono_ms: u64) -> bool {
        self.movement.take(mono_ms)
    }

    /// When the end of a roll that ends at this time may be assumed; `None` while OBS is not
    /// connected.
    pub(super) fn assumes_end_ms(&self, end_ms: u64) -> Option<u64> {
        match self.waits_until_ms {
            None => Some(end_ms),
            Some(u64::MAX) => None,
            Some(until_ms) => Some(end_ms.max(until_ms)),
        }
    }

    /// OBS is connected: pages have some seconds to report.
    pub(super) fn connected(&mut self, mono_ms: u64) {
        if self.waits_until_ms == Some(u64::MAX) {
            self.waits_until_ms = Some(mono_ms + REPORTS_WITHIN_MS);
        }
    }
}
