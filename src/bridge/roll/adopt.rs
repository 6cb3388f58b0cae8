//! Goes on with rolls that this run of the bridge did not begin: one that an earlier run has
//! stored, and one that a page shows although the store does not have it.
//!
//! A roll that was stored a short time ago goes on at once. An older one, which may have been left
//! behind days ago, goes on only if a page reports that it still shows it.

use super::{
    Roll,
    context::Context,
    rolling::Rolling,
    stored::{self, CONTENT, MOVEMENT},
};
use crate::{
    bridge::{
        base::Base,
        io::{MetaValues, Note, Now},
    },
    request::{PageState, Report},
};

/// Milliseconds for which a bridge may have been closed so that its roll goes on at once.
const CLOSED_FOR_MS: i64 = 600_000;
impl Roll {
    /// Goes on with the roll that an earlier run has stored. To be called when people and rows are
    /// known.
    pub(in crate::bridge) fn recall(&mut self, meta: &MetaValues, base: &mut Base, now: Now) {
        let (Some(movement), Some(content)) = (&meta.roll, &meta.roll_content) else {
            return;
        };
        let Some(found) = stored::read(movement, content, base.model.fold(), now) else {
            return;
        };
        let alive_ms = meta.alive_ms.unwrap_or(found.at_ms).max(found.at_ms);
        if now.wall_ms.saturating_sub(alive_ms) > CLOSED_FOR_MS {
            self.recovery.remember(found.rolling);
            return;
        }
        self.recovery.wait();
        base.out.note(Note::RollGoesOn {
            test: found.rolling.test,
        });
        self.rolling = Some(found.rolling);
        self.follow_edits(base, now);
        self.hide_banned(base);
    }

    /// A page shows a roll although none is on: the bridge goes on with that roll.
    pub(super) fn adopt(&mut self, report: &Report, cx: &mut Context<'_>) {
        let Some(id) = report.roll.filter(|_| report.shows_roll()) else {
            return;
        };
        let is_free = self.rolling.is_none() && self.pending.is_none();
        if !is_free || self.recovery.has_ended(id) {
            return;
        }
        let old = self.recovery.take_old(id);
        let mut roll = old.unwrap_or_else(|| Rolling::reported(id, report, cx.now));
        roll.position.jump(
            report
                .elapsed_ms
                .unwrap_or_else(|| roll.position.at(cx.now.mono_ms)),
            cx.now.mono_ms,
        );
        roll.position
            .speed(report.rate.unwrap_or(1.0), cx.now.mono_ms);
        roll.position
            .pause(report.state == PageState::Paused, cx.now.mono_ms);
        cx.base.out.note(Note::RollGoesOn { test: roll.test });
        self.rolling = Some(roll);
        self.follow_edits(cx.base, cx.now);
        self.hide_banned(cx.base);
        self.recovery.want_all();
    }

    /// Stores what has changed of the roll, as far as that is due.
    pub(super) fn store(&mut self, cx: &mut Context<'_>) {
        let Some(roll) = &self.rolling else {
            return;
        };
        let mono_ms = cx.now.mono_ms;
        if self.recovery.take_content(mono_ms) {
            let content = stored::content(roll, cx.base.model.fold());
            cx.base.out.keep(CONTENT, content);
        }
        if self.recovery.take_movement(mono_ms) {
            let movement = stored::movement(roll, cx.now);
            cx.base.out.keep(MOVEMENT, movement);
        }
    }

    /// Stores that no roll is on.
    pub(super) fn store_end(cx: &mut Context<'_>) {
        cx.base.out.keep(MOVEMENT, String::new());
        cx.base.out.keep(CONTENT, String::new());
    }
}
