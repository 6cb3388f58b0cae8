//! Carries out the steps of rules and named actions, here or by an effect for the shell.

use serde_json::{Map, Value};

use super::{
    actions,
    automation::{View, step_failed},
    calls,
    io::{Effect, Note, Now},
    parts::{Parts, caused, hand_on_events},
};
use crate::{
    automation::{self, ExpectedEffect, RunId, StepEffect, Turn},
    event::EventName,
    request,
};

/// Evaluates the rules for all new events, and advances every run until all runs wait.
pub(super) fn run(parts: &mut Parts, now: Now) {
    loop {
        hand_on_events(parts, now);
        let Parts {
            base,
            presence,
            stream,
            automation,
            ..
        } = parts;
        let view = View {
            base,
            presence,
            stream,
        };
        let notes = automation.judge_all(view, now);
        let turn = automation.turn(view, now);
        for note in notes {
            base.out.note(note);
        }
        match turn {
            None => break,
            Some(Turn::Nothing) => {}
            Some(Turn::Failed(failure)) => step_failed(failure, &mut base.out),
            Some(Turn::Over {
                owner,
                called,
                success,
            }) => actions::run_over(parts, owner, called, success, now),
            Some(Turn::Do { run, effect, depth }) => {
                if let Some(outcome) = perform(parts, run, effect, depth, now) {
                    parts
                        .automation
                        .step_done(run, outcome, &mut parts.base.out);
                }
            }
        }
    }
    parts.automation.run(&mut parts.base.out, now);
}

/// Carries out a step. Returns its outcome, or `None` if the outcome arrives later.
fn perform(
    parts: &mut Parts,
    run: RunId,
    effect: StepEffect,
    depth: u8,
    now: Now,
) -> Option<Result<(), String>> {
    let outcome = match effect {
        StepEffect::Send {
            kind,
            data,
            check,
            yes,
        } => send(parts, &kind, data, check, yes, depth, now),
        StepEffect::Publish { name, data, id } => {
            publish(parts, &name, data, id.as_deref(), depth, now)
        }
        StepEffect::Broadcast(message) => broadcast(parts, message, depth, now),
        StepEffect::Request { name, data } => request(parts, &name, data, depth, now),
        StepEffect::Obs(_) if !parts.base.obs.is_up() => Err("OBS is not connected".to_owned()),
        StepEffect::Obs(request) => {
            if parts.automation.want_request(run, request, depth) {
                return None;
            }
            Err("too many requests to OBS wait already".to_owned())
        }
        StepEffect::Run(program) => {
            let background = program.background;
            match parts.automation.want_program(run, program) {
                Ok(()) if !background => return None,
                Ok(()) => Ok(()),
                Err(dropped) => {
                    if dropped.times.is_power_of_two() {
                        parts.base.out.note(Note::ProgramDropped(dropped));
                    }
                    // The outcome of a step does not depend on a program in the background.
                    if background {
                        Ok(())
                    } else {
                        Err("too many programs wait already".to_owned())
                    }
                }
            }
        }
        // The engine itself handles the wait.
        StepEffect::Wait(_) => Ok(()),
    };
    Some(outcome)
}

fn send(
    parts: &mut Parts,
    kind: &str,
    data: Map<String, Value>,
    check: bool,
    yes: bool,
    depth: u8,
    now: Now,
) -> Result<(), String> {
    if !parts.base.obs.is_up() || !parts.presence.is_present() {
        return Err("Twitchat is not connected to this OBS, so it cannot run the action".into());
    }
    let prepared = automation::prepare(kind, data, check, yes, parts.presence.generation())
        .map_err(|refused| refused.to_string())?;
    let causality = ExpectedEffect::of_action(&prepared);
    parts.automation.expect(causality, depth, now);
    parts
        .base
        .out
        .send_action(&prepared.kind, prepared.data.into());
    Ok(())
}

fn publish(
    parts: &mut Parts,
    name: &EventName,
    data: Map<String, Value>,
    id: Option<&str>,
    depth: u8,
    now: Now,
) -> Result<(), String> {
    let promise = calls::promise_of_event(parts, name, &data, id);
    calls::can_store(parts, promise).map_err(|error| error.to_string())?;
    caused(parts, depth, |parts| {
        parts
            .ingest
            .publish(name, data, id, &mut parts.base, now)
            .map(drop)
            .map_err(|wrong| wrong.to_string())
    })
}

/// Sends a message to all clients of OBS. When a message with Twitchat's origin comes back, the
/// bridge ignores it. Any other message counts as caused by a rule when it comes back.
fn broadcast(
    parts: &mut Parts,
    mut message: Map<String, Value>,
    depth: u8,
    now: Now,
) -> Result<(), String> {
    if !parts.base.obs.is_up() {
        return Err("OBS is not connected".into());
    }
    automation::check_broadcast(&message).map_err(|problem| problem.to_string())?;
    let is_of_twitchat = automation::is_of_twitchat(&message);
    if is_of_twitchat {
        message.insert("id".into(), parts.base.out.fresh_sent_id().into());
    }
    let json = request::reply::message(&message)
        .map_err(|_| "the message must have at most 16 MiB, the limit of OBS")?;
    if !is_of_twitchat {
        let causality = vec![ExpectedEffect::of_broadcast(&message)];
        parts.automation.expect(causality, depth, now);
    }
    parts.base.out.push(Effect::Send(json));
    Ok(())
}

fn request(
    parts: &mut Parts,
    name: &str,
    data: Map<String, Value>,
    depth: u8,
    now: Now,
) -> Result<(), String> {
    let call = request::of(name, data).map_err(|error| error.to_string())?;
    let promise = calls::promise(parts, &call);
    calls::can_store(parts, promise).map_err(|error| error.to_string())?;
    parts
        .automation
        .expect(ExpectedEffect::of_request(name), depth, now);
    caused(parts, depth, |parts| calls::act(parts, call, "", now))
        .map(drop)
        .map_err(|error| error.to_string())
}
