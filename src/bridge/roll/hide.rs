//! Updates the roll when bans change.

use super::{Roll, context::Context};
use crate::bridge::base::Base;

impl Roll {
    /// Whether a roll is on that is no test.
    pub(in crate::bridge) fn rolls_real_credits(&self) -> bool {
        self.rolling.as_ref().is_some_and(|roll| !roll.test)
    }

    /// Bans have changed: hides or shows names in the current roll.
    pub(in crate::bridge) fn hide_banned(&mut self, base: &Base) {
        if !base.settings.credits.ignore.banned {
            return;
        }
        let people = &base.model.fold().people;
        let banned = base.model.fold().bans.roots(people);
        let Some(roll) = &mut self.rolling else {
            return;
        };
        roll.people.update(|who| banned.contains(&people.root(who)));
    }

    /// Sends pages which names are hidden, if that has changed.
    pub(in crate::bridge) fn run_hidden(&mut self, cx: &mut Context<'_>) {
        let Some(roll) = &mut self.rolling else {
            return;
        };
        if roll.people.take(cx.now.mono_ms) {
            let (id, replaced) = (roll.id, roll.people.replaced(&roll.object));
            self.put_control(Some(id), "replace", replaced, None, cx);
        }
    }
}
