//! Looks for guests of the current roll, and sends them to the pages. See [`super::guests`].

use super::{Roll, begin::current_sections, context::Context, guests, send::to_pages};
use crate::{bridge::io::Note, request::reply};

impl Roll {
    /// When [`Self::run_guests`] is due; `None` if it is not.
    pub(super) fn guests_due_ms(&self) -> Option<u64> {
        let roll = self.rolling.as_ref();
        roll.filter(|_| self.rolls_real_credits())
            .and_then(|roll| roll.guests.due_ms())
    }

    /// Adds to the roll everybody who was counted meanwhile. Pages show those whose section is
    /// still below the picture.
    pub(in crate::bridge) fn run_guests(&mut self, cx: &mut Context<'_>) {
        let is_real = self.rolls_real_credits();
        let Some(roll) = &mut self.rolling else {
            return;
        };
        if !is_real || !roll.is_whole() {
            return;
        }
        let fold = cx.base.model.fold();
        roll.guests.notice(fold.changes());
        if !roll.guests.take(cx.now.mono_ms) {
            return;
        }
        let sections = current_sections(cx.base, cx.now);
        let joining = guests::find(&roll.object, &roll.people, &sections, fold);
        if !joining.is_empty() {
            // A page that loads later gets the whole roll with them.
            let mut whole = roll.object.clone();
            whole.insert("guests".into(), guests::names(&joining));
            let message = to_pages(&cx.base.out, "roll", [("roll".to_owned(), whole.into())]);
            if let Err(error) = reply::message(&message) {
                let why = error.to_string();
                cx.base.out.note(Note::RollRefused { why });
            } else {
                let count = roll
                    .guests
                    .join(joining, &mut roll.object, &mut roll.people);
                roll.names += count;
                self.recovery.want_all();
            }
        }
        // Pages without a connection cannot report that their roll takes longer.
        if self.pages.count() > 0 && roll.guests.take_unsent() {
            let (id, list) = (roll.id, roll.guests.list(&roll.object));
            self.put_control(Some(id), "join", list, None, cx);
        }
    }
}
