//! Passes each message of Twitchat to the components that need it.

use serde_json::value::RawValue;

use super::{
    bans,
    io::{Note, Now},
    parts::{Parts, with_roll},
    presence::Changes,
    summary::Handled,
    triggers, twitchat_settings,
};
use crate::{
    event::{Message, cut, received::Replay},
    mapping::{self, interpreter::Playback},
    twitchat::{Generation, catalogue, catalogue::Class, generation_of, question},
};

/// The greatest length of an unknown type in `GetStatus`, in characters.
const LONGEST_KIND: usize = 100;

/// Handles a message with `"origin":"twitchat"`: an event, an answer, an action or a question.
pub(super) fn receive(parts: &mut Parts, message: &Message, now: Now) {
    if !admit(parts, message) {
        return;
    }
    if message.replay == Some(Replay::EmittedOnly) {
        parts.ingest.play_back(message, &mut parts.base, now);
        return;
    }
    twitchat_settings::receive(parts, message, now);
    with_roll(parts, now, |roll, cx| roll.play_overlay(message, cx));
    let class = catalogue::look_up(&message.kind).map(|entry| entry.class);
    if !matches!(class, Some(Class::Action | Class::Question)) {
        parts
            .ingest
            .emit_message(message, Playback::Live, &mut parts.base, now);
    }
    // The message was emitted unchanged. Stored texts are limited in length.
    let shortened = shortened(message);
    let message = shortened.as_ref().unwrap_or(message);
    let counts = &mut parts.base.counts.messages;
    match class {
        Some(Class::Action | Class::Announcement | Class::Forbidden) => counts.actions += 1,
        Some(Class::Question) => {
            counts.actions += 1;
            if question::is_summary_question(&message.kind) {
                parts.summary.others_ask(now.mono_ms);
            }
        }
        Some(Class::Answer) => {
            counts.answers += 1;
            answer(parts, message, now);
        }
        Some(Class::Event) => {
            counts.events += 1;
            event(parts, message, now);
        }
        None => {
            counts.unknown += 1;
            parts.base.last = Some((cut(&message.kind, LONGEST_KIND).into(), now.wall_ms));
        }
    }
}

/// Returns whether to handle the message. Counts and rejects repeats, the bridge's own messages,
/// and messages that Twitchat would not send.
fn admit(parts: &mut Parts, message: &Message) -> bool {
    let counts = &mut parts.base.counts;
    if catalogue::is_forbidden(&message.kind) {
        counts.messages.forbidden += 1;
        return false;
    }
    if let Some(id) = &message.id {
        if parts.base.out.has_sent(id) {
            counts.bus.echoes += 1;
            return false;
        }
        if !parts.ingest.receive_id(id) {
            counts.messages.duplicates += 1;
            return false;
        }
    }
    counts.messages.replayed += u64::from(message.replay.is_some());
    true
}

fn answer(parts: &mut Parts, message: &Message, now: Now) {
    let data = message.data.as_deref();
    if question::label_answer(&message.kind).is_some() {
        present(parts, generation_of(message), now);
        if let Some(data) = data {
            parts.ingest.labels(data, &mut parts.base, now);
        }
    } else if triggers::is_list(&message.kind) {
        present(parts, generation_of(message), now);
        parts.triggers = data.map(triggers::read).unwrap_or_default();
    } else if question::is_summary_answer(&message.kind) {
        present(parts, generation_of(message), now);
        summary(parts, data, now);
    } else {
        event(parts, message, now);
    }
}

fn event(parts: &mut Parts, message: &Message, now: Now) {
    if question::is_ready(&message.kind) {
        parts.presence.page_loaded();
    }
    present(parts, generation_of(message), now);
    let settings = &parts.base.settings;
    parts.bans.note_deletion(message, settings, now);
    parts.base.last = Some((message.kind.clone(), now.wall_ms));
    parts.ingest.event(message, &mut parts.base, now);
}

/// Called when a message came that only Twitchat itself sends. Then Twitchat is connected.
fn present(parts: &mut Parts, generation: Option<Generation>, now: Now) {
    let out = &mut parts.base.out;
    let changes = parts.presence.receive(generation, out, now);
    presence_changed(parts, changes, now);
}

/// Passes changes of the Twitchat presence on to the components that need them.
pub(super) fn presence_changed(parts: &mut Parts, changes: Changes, now: Now) {
    parts
        .summary
        .presence_changed(changes, &parts.presence, now.mono_ms);
    if changes.appeared || changes.generation {
        twitchat_settings::ask(parts, now);
    }
    if changes.appeared {
        parts.ingest.rebase_labels();
    }
}

/// Handles a summary of Twitchat. The bridge may or may not have asked for it.
fn summary(parts: &mut Parts, data: Option<&RawValue>, now: Now) {
    if twitchat_settings::answer(parts, data, now) {
        return;
    }
    let refusal = match parts.summary.receive(data, now) {
        Handled::Answer {
            mut summary,
            offset_ms,
            asked,
        } => {
            let base = &mut parts.base;
            parts.ingest.leave_out_forgotten(&mut summary, base);
            let filled = parts.ingest.merge(&summary, offset_ms, base, now);
            bans::judge(base, &summary, asked, now);
            base.out.note(Note::SummaryMerged { filled });
            return;
        }
        Handled::Others => return,
        Handled::Refused(why) => why,
        Handled::Button { why, always } => {
            let is_button = with_roll(parts, now, |roll, cx| roll.press(data, cx));
            if is_button && !always {
                return;
            }
            why
        }
    };
    parts.base.out.note(Note::SummaryRefused { why: refusal });
}

/// Cuts the long texts of a message; `None` if it has none.
fn shortened(message: &Message) -> Option<Message> {
    let data = message
        .data
        .as_deref()
        .and_then(|data| mapping::shorten(data.get()))?;
    // Cutting texts leaves the JSON valid.
    let data = RawValue::from_string(data).ok();
    Some(Message {
        data,
        ..message.clone()
    })
}
