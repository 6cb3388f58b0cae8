//! Updates the current roll after bans and edits.

use super::{
    Roll,
    begin::{current_sections, known},
    context::Context,
    hidden::Current,
};
use crate::{
    bridge::{base::Base, forget::Identity, io::Now},
    credits::{Fold, LeftOut, PersonId},
};

impl Roll {
    /// Whether a roll with the credits of the running session is on.
    pub(in crate::bridge) fn rolls_real_credits(&self) -> bool {
        self.rolling
            .as_ref()
            .is_some_and(|roll| !roll.test && !roll.made.of_earlier)
    }

    /// Bans have changed: hides or shows names in the current roll.
    pub(in crate::bridge) fn hide_banned(&mut self, base: &Base) {
        let Some(roll) = &mut self.rolling else {
            return;
        };
        if !base.settings.credits.ignore.banned {
            return;
        }
        let fold = base.model.fold();
        let current = Current {
            fold,
            left_out: &LeftOut::new(fold, &base.settings.credits.ignore),
            sections: None,
        };
        roll.people.follow_bans(&roll.object, &current);
    }

    /// The credits were edited: updates the current roll.
    pub(in crate::bridge) fn follow_edits(&mut self, base: &Base, now: Now) {
        let Some(roll) = &mut self.rolling else {
            return;
        };
        let fold = base.model.fold();
        if !roll.people.lacks_edits(fold) {
            return;
        }
        let sections = (!roll.test && !roll.made.of_earlier).then(|| current_sections(base, now));
        let current = Current {
            fold,
            left_out: &LeftOut::new(fold, &base.settings.credits.ignore),
            sections: sections.as_deref(),
        };
        roll.people.follow_edits(&roll.object, &current);
    }

    /// A person was forgotten, and people have other ids from now on: `same` returns the new one,
    /// or `None` for the person. Their name goes from the roll that is on, also from what a page
    /// gets that comes late. `fold` is the new one.
    pub(in crate::bridge) fn forget(
        &mut self,
        identity: &Identity,
        fold: &Fold,
        same: impl Fn(PersonId) -> Option<PersonId>,
    ) {
        if let Some(roll) = &mut self.rolling {
            roll.people.forget(&mut roll.object, identity, same);
            roll.people.edits_are_of(fold);
            self.recovery.want_all();
        }
        self.recovery.forget_old();
    }

    /// Sessions have changed, so the credits were read again, and people have other ids. The roll
    /// keeps its names. With `is_other`, another session runs now, so entries of the roll are not
    /// compared with its credits any more.
    pub(in crate::bridge) fn credits_replaced(
        &mut self,
        before: &Fold,
        is_other: bool,
        base: &Base,
        now: Now,
    ) {
        if let Some(roll) = &mut self.rolling {
            let live = base.model.fold();
            roll.people.rename_ids(|who| known(live, before, who));
            roll.made.of_earlier |= is_other;
        }
        self.follow_edits(base, now);
        self.hide_banned(base);
    }

    /// Sends pages which names are hidden, if that has changed.
    pub(in crate::bridge) fn run_hidden(&mut self, cx: &mut Context<'_>) {
        let Some(roll) = &mut self.rolling else {
            return;
        };
        if roll.people.take(cx.now.mono_ms) {
            let (id, replaced) = (roll.id, roll.people.replaced());
            self.put_control(Some(id), "replace", replaced, None, cx);
        }
    }
}
