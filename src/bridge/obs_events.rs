//! Emits events about OBS: its scene, its outputs, and any other event that a client, a rule or a
//! label needs. Also emits the messages that other programs send over OBS.

use serde_json::{Value, value::RawValue};

use super::{
    io::Now,
    parts::{Parts, begin_session, caused, emit},
    twitchat_settings,
};
use crate::{
    event::{EmittedEvent, ObsEvent},
    mapping::obs,
};

pub(super) fn emit_obs(parts: &mut Parts, event: impl FnOnce(&Value) -> EmittedEvent, now: Now) {
    if parts.base.emitter.is_needed() {
        let obs = parts.base.obs.object(&parts.base.run.instance);
        emit(parts, event(&obs), now);
    }
}

/// Handles an event of OBS to which the bridge has subscribed.
pub(super) fn receive(parts: &mut Parts, event: &ObsEvent, now: Now) {
    parts.base.counts.bus.obs_events += 1;
    if parts.base.emitter.needs_of_obs(obs::kind_of(event)) {
        let connection = parts.base.obs.object(&parts.base.run.instance);
        let event = obs::event(&connection, event);
        if event
            .as_ref()
            .is_some_and(|event| is_of_label(parts, event))
        {
            caused(parts, 1, |parts| emit_readable(parts, event, now));
        } else {
            emit_readable(parts, event, now);
        }
    }
}

/// Whether the event reports a change of a label's source. The bridge itself makes these changes.
fn is_of_label(parts: &Parts, event: &EmittedEvent) -> bool {
    let text = |place: &str| event.data.pointer(place).and_then(Value::as_str);
    text("/obsEvent/event") == Some("InputSettingsChanged")
        && text("/obsEvent/inputName").is_some_and(|input| parts.labels.has_source(input))
}

/// Handles a message of another program that is not a request.
pub(super) fn receive_custom(parts: &mut Parts, whole: &RawValue, now: Now) {
    parts.base.counts.bus.other += 1;
    if parts.base.emitter.needs_of_obs(obs::CUSTOM_EVENT) {
        emit_readable(parts, obs::custom_event(whole), now);
    }
}

fn emit_readable(parts: &mut Parts, event: Option<EmittedEvent>, now: Now) {
    match event {
        Some(event) => emit(parts, event, now),
        None => parts.base.counts.bus.invalid += 1,
    }
}

pub(super) fn recording_changed(parts: &mut Parts, active: bool, path: &str, now: Now) {
    parts.base.obs.set_recording(active);
    emit_obs(
        parts,
        |connection| obs::recording_changed(connection, active, path),
        now,
    );
}

pub(super) fn stream_changed(parts: &mut Parts, active: bool, now: Now) {
    emit_obs(
        parts,
        |connection| obs::stream_changed(connection, active),
        now,
    );
    let begins = parts.stream.changed(active, &parts.base, now);
    on_stream(parts, begins, now);
    if active {
        twitchat_settings::stream_begins(parts, now);
    }
}

/// Handles OBS's report whether it streams and records. If a state has changed, its event was lost.
pub(super) fn outputs(
    parts: &mut Parts,
    streaming: Option<bool>,
    recording: Option<bool>,
    now: Now,
) {
    if let Some(active) = streaming.filter(|active| *active != parts.stream.is_on()) {
        stream_changed(parts, active, now);
    }
    let Some(active) = recording else {
        return;
    };
    match parts.base.obs.recording() {
        Some(before) if before != active => recording_changed(parts, active, "", now),
        _ => parts.base.obs.set_recording(active),
    }
}

/// Begins a session if OBS has started a new stream.
pub(super) fn on_stream(parts: &mut Parts, session_begins_ms: Option<i64>, now: Now) {
    if let Some(started_ms) = session_begins_ms {
        begin_session(parts, "stream", started_ms, now);
    }
}
