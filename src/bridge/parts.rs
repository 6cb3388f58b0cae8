//! The components of the bridge, and the few functions that involve several components.
//!
//! A component owns its state, and its methods receive all other state as arguments. Work that
//! spans several components is a function over [`Parts`], in the file of its topic: messages,
//! requests, actions, steps.

use super::{
    automation::Automation,
    bans,
    base::Base,
    following::Following,
    ingest::Ingest,
    io::Now,
    labels::Labels,
    peers::Peers,
    pending_reply::PendingReply,
    presence::Presence,
    readings::Readings,
    replies::Replies,
    roll::{self, Roll},
    sessions::StreamState,
    summary::Summary,
    triggers::Trigger,
    writes::Held,
};
use crate::{automation::Cause, event::EmittedEvent, mapping::interpreter::Playback};

#[derive(Debug)]
pub(super) struct Parts {
    pub(super) base: Base,
    pub(super) presence: Presence,
    pub(super) summary: Summary,
    pub(super) stream: StreamState,
    pub(super) ingest: Ingest,
    pub(super) bans: bans::Watch,
    pub(super) roll: Roll,
    pub(super) following: Following,
    pub(super) automation: Automation,
    pub(super) labels: Labels,
    pub(super) triggers: Vec<Trigger>,
    pub(super) peers: Peers,
    pub(super) replies: Replies,
    pub(super) readings: Readings,
    pub(super) held: Held<PendingReply>,
}

pub(super) fn emit(parts: &mut Parts, event: EmittedEvent, now: Now) {
    let base = &mut parts.base;
    base.emitter.emit(event, Playback::Live, &mut base.out, now);
}

/// Calls `act` for a run. Events that `act` emits count as caused by the run.
pub(super) fn caused<T>(parts: &mut Parts, depth: u8, act: impl FnOnce(&mut Parts) -> T) -> T {
    let before = parts.base.emitter.set_cause(Cause::Run(depth));
    let outcome = act(parts);
    parts.base.emitter.set_cause(before);
    outcome
}

/// Calls `act` with the end credits. Then asks for Twitchat's summary if the end credits need it.
pub(super) fn with_roll<T>(
    parts: &mut Parts,
    now: Now,
    act: impl FnOnce(&mut Roll, &mut roll::Context<'_>) -> T,
) -> T {
    let mut cx = roll::Context {
        base: &mut parts.base,
        presence: &parts.presence,
        is_asking: parts.summary.is_pending(),
        now,
    };
    let done = act(&mut parts.roll, &mut cx);
    if parts.roll.take_summary_question() {
        parts.summary.ask(&parts.presence, now.mono_ms);
    }
    done
}

/// Passes the emitted events to rules and labels.
pub(super) fn hand_on_events(parts: &mut Parts, now: Now) {
    let occurrences = parts.base.emitter.take_occurrences();
    if parts.automation.take_in(occurrences, now.mono_ms) {
        parts.labels.touch();
    }
}

/// Ends the running session and begins another.
pub(super) fn begin_session(parts: &mut Parts, cause: &'static str, started_ms: i64, now: Now) {
    hand_on_events(parts, now);
    let base = &mut parts.base;
    base.model.begin_session(cause, started_ms, &mut base.out);
    parts.ingest.session_begun(base);
    parts.summary.session_changed();
    parts.automation.keep_last_events(&mut base.out);
    parts.labels.touch();
}
