//! Applies a config file that has changed while the bridge runs. If the file has an error, the old
//! settings stay.

use super::{
    changed_keys::look_changes,
    io::{Note, Now, Reload, Settings},
    labels::Labels,
    parts::{Parts, with_roll},
    roll::Roll,
    twitchat_settings,
};
use crate::credits::roll::Follow;

/// Applies the new settings, or logs why they are refused.
pub(super) fn apply(parts: &mut Parts, reload: Reload, now: Now) {
    let settings = match reload.settings {
        Ok(settings) => settings,
        Err(why) => {
            if parts.base.config.refuse(&why) {
                parts.base.out.note(Note::ConfigRefused { why });
            }
            return;
        }
    };
    parts.base.config.accept(reload.restart_for);
    let mut settings = with_fixed(settings, &parts.base.settings);
    parts.following.reconfigure(&mut settings);
    let before = std::mem::replace(&mut parts.base.settings, settings);
    let base = &mut parts.base;
    base.model.reconfigure(&base.settings);
    let book = &base.settings.rules;
    let mut ended = 0;
    if **book != *before.rules {
        ended = parts.automation.replace(book);
        base.emitter.replace(book);
        parts.labels = Labels::new(book);
    }
    parts.labels.touch();
    let look = look_changes(&before, &base.settings);
    let scene_changed = before.overlay.scene != base.settings.overlay.scene
        || before.overlay.source != base.settings.overlay.source;
    base.out.note(Note::Reloaded {
        restart_for: base.config.restart_for().to_vec(),
        ended,
    });
    let follows = |settings: &Settings| settings.overlay.follow == Follow::Twitchat;
    if follows(&before) || follows(&parts.base.settings) {
        twitchat_settings::apply(parts, &before, now);
    } else if !look.is_empty() {
        with_roll(parts, now, |roll, cx| roll.restyle(look, cx));
    }
    if !follows(&before) {
        twitchat_settings::ask(parts, now);
    }
    if scene_changed {
        with_roll(parts, now, Roll::scene_renamed);
    }
}

/// The new settings, except that settings which hold for the whole run keep their old values.
fn with_fixed(new: Settings, old: &Settings) -> Settings {
    Settings {
        calendar: old.calendar.clone(),
        broadcaster: old.broadcaster.clone(),
        generation: old.generation,
        tell: old.tell,
        ..new
    }
}
