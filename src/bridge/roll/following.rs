//! Makes the current roll again: at the same place if the plan of the credits has changed, because
//! Twitchat's settings have; and for each new pass of a loop, if the credits have changed.
//!
//! Pages get the whole roll with its old id and a higher `revision`. If only the look has changed,
//! they get a control.

use serde_json::{Map, Value};

use super::{
    Roll,
    begin::make_roll,
    context::Context,
    rolling::{REVISION, Rolling},
    send::to_pages,
};
use crate::{
    bridge::{changed_keys::changed_keys, io::Note},
    request::reply,
};

/// The keys of a roll's object that are its content.
const CONTENT: [&str; 2] = ["sections", "emotes"];

/// The key of a roll that was made again for its next pass. A page that still shows the pass before
/// shows that to its end.
const NEXT_PASS: &str = "nextPass";

impl Roll {
    /// Brings the current roll up to date with the plan in the settings. `look` has the parts of
    /// the settings' look that have changed. If the content of the roll cannot be made again, only
    /// its look changes.
    pub(in crate::bridge) fn follow_plan(
        &mut self,
        look: Map<String, Value>,
        cx: &mut Context<'_>,
    ) {
        let Some(roll) = &mut self.rolling else {
            return;
        };
        let Some(options) = roll.made.options.clone().filter(|_| roll.is_whole()) else {
            if !look.is_empty() {
                self.restyle(look, cx);
            }
            return;
        };
        let music_seconds = roll.made.music_seconds;
        let (mut object, new) = make_roll(roll.id, &options, roll.cause, None, music_seconds, cx);
        let changes = changed_keys(&roll.made.look, &new.made.look);
        if has_content_of(roll, &object) {
            roll.length_ms = scale(roll, new.made.length_ms, cx);
            (roll.made, roll.starts_ms) = (new.made, new.starts_ms);
            (roll.passes.repeat, roll.why.pace) = (new.passes.repeat, new.why.pace);
            if !changes.is_empty() {
                self.restyle(changes, cx);
            }
            return;
        }
        // What a control has changed of the look stays.
        let mut look = roll.object.get("look").and_then(Value::as_object).cloned();
        if let Some(look) = &mut look {
            look.extend(changes);
        }
        object.insert("look".into(), look.unwrap_or_default().into());
        self.replace_content(object, new, cx);
    }

    /// A pass of a loop has ended: the next one shows the credits as they are now.
    pub(super) fn renew_pass(&mut self, cx: &mut Context<'_>) {
        if !self.rolls_real_credits() {
            return;
        }
        let Some(roll) = self.rolling.as_ref().filter(|roll| roll.is_whole()) else {
            return;
        };
        let Some(options) = &roll.made.options else {
            return;
        };
        let music_seconds = roll.made.music_seconds;
        let (mut object, new) = make_roll(roll.id, options, roll.cause, None, music_seconds, cx);
        if has_content_of(roll, &object) {
            return;
        }
        if let Some(look) = roll.object.get("look") {
            object.insert("look".into(), look.clone());
        }
        object.insert(NEXT_PASS.into(), true.into());
        self.replace_content(object, new, cx);
    }

    /// Goes on with a roll that was made again, and sends it to the pages. If it is too large for
    /// OBS, the old one stays.
    fn replace_content(
        &mut self,
        mut object: Map<String, Value>,
        mut new: Rolling,
        cx: &mut Context<'_>,
    ) {
        let Some(roll) = &mut self.rolling else {
            return;
        };
        object.insert(REVISION.into(), (roll.revision() + 1).into());
        let message = to_pages(
            &cx.base.out,
            "roll",
            [("roll".to_owned(), object.clone().into())],
        );
        if let Err(error) = reply::message(&message) {
            let why = error.to_string();
            cx.base.out.note(Note::RollRefused { why });
            return;
        }
        new.length_ms = scale(roll, new.made.length_ms, cx);
        new.object = object;
        std::mem::swap(&mut new.position, &mut roll.position);
        new.held = roll.held.take();
        new.passes.last_ms = roll.passes.last_ms;
        new.why.no_music = roll.why.no_music.take();
        *roll = new;
        self.recovery.want_all();
        self.send_roll(cx);
        self.feed.revive(cx.now.mono_ms);
        self.feed_pages(cx);
    }
}

/// Whether a roll has the same content as another object.
fn has_content_of(roll: &Rolling, object: &Map<String, Value>) -> bool {
    CONTENT
        .iter()
        .all(|key| object.get(*key) == roll.object.get(*key))
}

/// Moves the position to the same part of a roll whose estimated length has changed, as pages do.
/// Returns the new length, until a page reports it.
fn scale(roll: &mut Rolling, estimate_ms: f64, cx: &Context<'_>) -> f64 {
    if roll.made.length_ms <= 0.0 {
        return estimate_ms;
    }
    let factor = estimate_ms / roll.made.length_ms;
    let at_ms = roll.position.at(cx.now.mono_ms);
    roll.position.jump(at_ms * factor, cx.now.mono_ms);
    roll.length_ms * factor
}
