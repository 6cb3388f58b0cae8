//! Passes Twitchat's messages about its settings of the end credits to `following`, and changes of
//! the plan to the roll.

use serde_json::value::RawValue;

use super::{
    changed_keys::look_changes,
    io::{Now, Settings},
    parts::{Parts, with_roll},
};
use crate::{
    credits::roll::{Follow, Language},
    event::Message,
    twitchat::{
        credits_settings::{self, CONFIGS, InSummary},
        summary::Summary,
    },
};

/// Milliseconds after which Twitchat knows a stream that has begun.
const KNOWS_STREAM_MS: u64 = 60_000;

/// Looks for settings in a message of Twitchat that is no summary.
pub(super) fn receive(parts: &mut Parts, message: &Message, now: Now) {
    let is_about_settings = CONFIGS.contains(&&*message.kind) && message.replay.is_none();
    let data = message.data.as_deref().filter(|_| is_about_settings);
    if let Some(params) = data.and_then(credits_settings::read) {
        parts.following.learn(params, None, None, now);
        take_changes(parts, now);
    }
}

/// Looks for settings in a summary. Returns whether it is the answer to the bridge's question for
/// them.
pub(super) fn answer(parts: &mut Parts, data: Option<&RawValue>, now: Now) -> bool {
    let Some(data) = data else {
        return false;
    };
    let InSummary {
        params,
        reserved,
        no_entry,
        months,
    } = credits_settings::in_summary(data);
    let received = Summary::read(data).unwrap_or_default();
    // A test shows all sections, also those that are reserved.
    let is_test = params.is_some() && received.is_test();
    if let Some(language) = Language::of_months(&months) {
        parts.following.learn_language(language);
    }
    if let Some(params) = params {
        let no_entry = Some(no_entry).filter(|text| !text.is_empty());
        let reserved = Some(reserved).filter(|_| !is_test);
        parts.following.learn(params, reserved, no_entry, now);
    }
    let is_answer = parts.following.awaits_answer()
        && !is_test
        && !received.is_empty_stop()
        && !parts.summary.others_wait(now.mono_ms);
    if is_answer {
        parts.following.answered();
        parts.summary.hold(0, 0);
    }
    // A roll that a button begins has the new plan.
    take_changes(parts, now);
    is_answer
}

/// Asks Twitchat for its settings soon, if the credits follow them.
pub(super) fn ask(parts: &mut Parts, now: Now) {
    ask_at(parts, now.mono_ms);
}

/// Twitchat learns of the stream soon. Until then version 16 may have sent no answer.
pub(super) fn stream_begins(parts: &mut Parts, now: Now) {
    ask_at(parts, now.mono_ms + KNOWS_STREAM_MS);
}

fn ask_at(parts: &mut Parts, mono_ms: u64) {
    if parts.base.settings.overlay.follow == Follow::Twitchat {
        parts.following.ask(mono_ms);
    }
}

/// Does everything that is due.
pub(super) fn run(parts: &mut Parts, now: Now) {
    let out = &mut parts.base.out;
    let asked = parts
        .following
        .run(&parts.presence, &parts.summary, out, now);
    if let Some((until_ms, doubtful_ms)) = asked {
        parts.summary.hold(until_ms, doubtful_ms);
    }
    take_changes(parts, now);
}

/// Puts settings that have changed into the plan, unless there were too many changes.
fn take_changes(parts: &mut Parts, now: Now) {
    if parts.following.take_change(now.mono_ms) {
        let before = parts.base.settings.clone();
        parts.following.put_into(&mut parts.base.settings.overlay);
        apply(parts, &before, now);
    }
}

/// The plan may have changed: brings the roll that is on up to date.
pub(super) fn apply(parts: &mut Parts, before: &Settings, now: Now) {
    let after = &parts.base.settings;
    let is_same = (&before.overlay.script, &before.overlay.followed)
        == (&after.overlay.script, &after.overlay.followed);
    if is_same {
        return;
    }
    let look = look_changes(before, after);
    parts.replies.clear();
    with_roll(parts, now, |roll, cx| roll.follow_plan(look, cx));
}
