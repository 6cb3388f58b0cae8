//! Answers requests of clients on the same OBS.
//!
//! A reply waits until all earlier writes are on disk. So a crash cannot undo a reported state.
//! While the store cannot write, replies are sent at once and marked as not durable. Only requests
//! whose effect must be stored are refused.

use serde_json::{Map, Value};

use super::{
    calls, corrections,
    forget_request::{self, Remaining},
    io::{Effect, Now, Pass, SettingSet},
    journal_answer::JournalAnswer,
    of_session::of_session,
    parts::Parts,
    pending_reply::{PendingReply, Promise, Sender},
    readings::{self, Waiting},
    reload,
    replies::{LARGE, Revision},
    session_changes::{self, Made},
};
use crate::request::{
    self, Call, RequestError,
    reply::{self, Body, Durability},
};

/// Carries out a request. The reply is sent at once, or when the store has caught up.
pub(super) fn receive(parts: &mut Parts, whole: &str, now: Now) {
    let Some(request) = request::read(whole) else {
        parts.base.counts.bus.other += 1;
        return;
    };
    parts.base.counts.bus.requests += 1;
    let client = request.asker.key();
    parts
        .base
        .emitter
        .subscriptions_mut()
        .received(&client, now.wall_ms);
    let promise = request
        .call
        .as_ref()
        .map_or(Promise::Nothing, |call| calls::promise(parts, call));
    let is_info = request.call == Ok(Call::GetInfo);
    let from = Sender {
        asker: request.asker,
        client: client.into(),
        unknown: request.unknown,
        bytes: whole.len(),
    };
    let answer = match request.call {
        Ok(Call::SetSetting { key, value }) => {
            set_setting(parts, key, value, from);
            return;
        }
        Ok(call) => {
            let call = match forget_request::permitted(call, &parts.base) {
                Ok(call) => readings::of_running(call, &parts.base),
                Err(error) => return send(parts, from, promise, Err(error), false),
            };
            if let Call::Forget {
                person,
                preview: false,
                permit,
            } = call
            {
                let begun = forget_request::begin(parts, person, permit, from, now);
                if let Err(refused) = begun {
                    let (from, error) = *refused;
                    send(parts, from, promise, Err(error), false);
                }
                return;
            }
            let can =
                calls::is_allowed(parts, &call).and_then(|()| calls::can_store(parts, promise));
            if can.is_ok() && readings::question(&call).is_some() {
                wait_for_journal(parts, Waiting { call, from }, now);
                return;
            }
            can.and_then(|()| answer(parts, call, &from.client, now))
        }
        Err(error) => Err(error),
    };
    send(parts, from, promise, answer, is_info);
}

/// Sends a reply at once, or when the store has caught up.
fn send(
    parts: &mut Parts,
    from: Sender,
    promise: Promise,
    answer: Result<(Body, Option<Pass>), RequestError>,
    is_info: bool,
) {
    let (answer, pass) = match answer {
        Ok((body, pass)) => (Ok(body), pass),
        Err(error) => (Err(error), None),
    };
    // A crash cannot undo anything in the reply to GetInfo or in an error. So they do not wait for
    // a slow disk.
    let is_immediate = is_info || answer.is_err();
    // A small answer has about the size of its request.
    let bytes = from.bytes;
    let pending = PendingReply {
        from,
        answer,
        promise,
        seq: parts.base.emitter.bus_seq(),
        pass,
    };
    let ready = if is_immediate {
        Some(pending)
    } else {
        parts.held.hold(pending, bytes, parts.base.out.writes())
    };
    if let Some(ready) = ready {
        reply(parts, ready);
    }
}

/// Called when the store has committed this many writes. Sends the replies that waited for them.
pub(super) fn durable(parts: &mut Parts, writes: u64, now: Now) {
    parts.base.out.writes_mut().committed(writes);
    while let Some(pending) = parts.held.next(parts.base.out.writes()) {
        reply(parts, pending);
    }
    parts.readings.go_on(&mut parts.base, now);
}

/// Answers a request from the session that was read last, or makes it wait until the journal was
/// read.
fn wait_for_journal(parts: &mut Parts, request: Waiting, now: Now) {
    if let Some(archive) = parts.readings.find(&request.call, &parts.base, now) {
        let fields = of_session(parts, request.call, &archive, now);
        send_read(parts, request.from, Promise::Credits, fields);
    } else if let Err(from) = parts.readings.wait(request, &parts.base) {
        let why = "too many requests wait for the journal at once: send this one again later";
        let refused = Err(RequestError::Unavailable(why.into()));
        send_read(parts, from, Promise::Nothing, refused);
    } else {
        parts.readings.go_on(&mut parts.base, now);
    }
}

/// Called when the journal was read. Answers the request that waited for it, and starts the next
/// one.
pub(super) fn journal_read(
    parts: &mut Parts,
    answer: Result<JournalAnswer, RequestError>,
    now: Now,
) {
    let later = parts.base.out.take_later_rows();
    if let Some(Waiting { call, from }) = parts.readings.take(&answer, &parts.base, now) {
        let promise = calls::promise(parts, &call);
        // The store may have failed while the journal was read.
        let answer = answer.and_then(|answer| {
            calls::can_store(parts, promise)?;
            Ok(answer)
        });
        let fields = match answer {
            Ok(JournalAnswer::Fields(fields)) => Ok(fields),
            Ok(JournalAnswer::Session(archive)) => of_session(parts, call, &archive, now),
            Ok(JournalAnswer::Edits(_))
                if parts.readings.is_out_of_date() || parts.readings.is_forgetting() =>
            {
                parts
                    .readings
                    .wait_again(Waiting { call, from }, &parts.base);
                parts.readings.go_on(&mut parts.base, now);
                return;
            }
            Ok(JournalAnswer::Edits(edits)) => corrections::edit_earlier(parts, *edits, call, now),
            Ok(JournalAnswer::Change(plan)) => {
                match session_changes::make(parts, *plan, later.as_ref(), now) {
                    Made::Answer(fields) => fields,
                    Made::OutOfDate => {
                        parts
                            .readings
                            .wait_again(Waiting { call, from }, &parts.base);
                        parts.readings.go_on(&mut parts.base, now);
                        return;
                    }
                }
            }
            Err(error) => Err(error),
        };
        send_read(parts, from, promise, fields);
    }
    parts.readings.go_on(&mut parts.base, now);
}

/// Called when a person was forgotten, or when that failed. Answers the request.
pub(super) fn forgotten(parts: &mut Parts, answer: Result<Box<Remaining>, RequestError>, now: Now) {
    if let Some((from, fields)) = forget_request::done(parts, answer, now) {
        send_read(parts, from, Promise::Credits, fields);
    }
    parts.readings.go_on(&mut parts.base, now);
}

/// Asks the shell to change a setting in the config file. The request waits for the result.
fn set_setting(parts: &mut Parts, key: Box<str>, value: Value, from: Sender) {
    let refused = |parts: &mut Parts, from, error| {
        send(parts, from, Promise::Lasting, Err(error), false);
    };
    if let Err(error) = parts.base.settings.permissions.check_settings() {
        refused(parts, from, error);
    } else if let Err(from) = parts.base.config.wait(from) {
        let why = "too many requests change settings at once: send this one again later";
        refused(parts, from, RequestError::Unavailable(why.into()));
    } else {
        parts.base.out.push(Effect::SetSetting { key, value });
    }
}

/// Called when a setting was changed in the config file, or when that failed. Answers the request.
/// The new setting takes effect before the reply is sent.
pub(super) fn setting_set(parts: &mut Parts, set: SettingSet, now: Now) {
    if let Some(reload) = set.reload {
        reload::apply(parts, reload, now);
    }
    if let Some(from) = parts.base.config.answered() {
        let answer = set.answer.map(|fields| (Body::Own(fields), None));
        send(parts, from, Promise::Lasting, answer, false);
    }
}

/// Sends the answer to a request that needed the journal.
fn send_read(
    parts: &mut Parts,
    from: Sender,
    promise: Promise,
    fields: Result<Map<String, Value>, RequestError>,
) {
    let answer = fields.and_then(|fields| {
        let body = Body::share(&fields)?;
        let pass = if body.len() > LARGE {
            let bytes = body.len();
            Some(parts.replies.admit(&from.client, bytes, Some(&body))?)
        } else {
            None
        };
        Ok((Body::Shared(body), pass))
    });
    send(parts, from, promise, answer, false);
}

/// Called when the store has failed. Sends the replies that wait for it.
pub(super) fn release_waiting(parts: &mut Parts, now: Now) {
    for pending in parts.held.give_up() {
        reply(parts, pending);
    }
    parts.readings.go_on(&mut parts.base, now);
}

fn reply(
    parts: &mut Parts,
    PendingReply {
        from,
        mut answer,
        promise,
        seq,
        pass,
    }: PendingReply,
) {
    let Sender {
        asker,
        client,
        unknown,
        ..
    } = from;
    let bridge = parts.base.out.bridge();
    let mut durability = Durability::Durable;
    if answer.is_ok() {
        match (parts.base.out.writes().error(), promise) {
            (_, Promise::Nothing) => {}
            (Some(why), Promise::Stored) => {
                answer = Err(RequestError::NotYetDurable(why.to_owned()));
            }
            (Some(_), _) => durability = Durability::InMemory,
            (None, Promise::Credits) if parts.base.out.writes().has_lost() => {
                durability = Durability::InMemory;
            }
            (None, _) => {}
        }
    }
    let is_error = answer.is_err();
    let written = reply::write(&bridge, &asker, seq, durability, &unknown, answer);
    parts.base.counts.bus.refused += u64::from(is_error || written.is_err());
    let written = written.or_else(|error| {
        reply::write(
            &bridge,
            &asker,
            seq,
            Durability::Durable,
            &unknown,
            Err(error),
        )
    });
    match written {
        Ok(reply) => parts.base.out.push(Effect::Reply {
            reply,
            client,
            pass,
        }),
        // This cannot be too large, because an error repeats only a bounded part of the request.
        Err(_) => parts.base.out.note_too_large(),
    }
}

/// A large answer has a pass, which [`Input::Sent`](super::io::Input::Sent) returns.
fn answer(
    parts: &mut Parts,
    call: Call,
    client: &str,
    now: Now,
) -> Result<(Body, Option<Pass>), RequestError> {
    let at = revision(parts, &call, now);
    let made = at.and_then(|at| parts.replies.find(&call, at, now));
    let bytes = made
        .as_ref()
        .map_or_else(|| estimate(parts, &call), |made| made.len());
    let pass = if bytes > LARGE {
        Some(parts.replies.admit(client, bytes, made.as_ref())?)
    } else {
        None
    };
    if let Some(made) = made {
        return Ok((Body::Shared(made), pass));
    }
    let Some(at) = at else {
        let answer = calls::act(parts, call, client, now).map(Body::Own);
        return passed(parts, answer, pass);
    };
    let body = calls::act(parts, call.clone(), client, now).and_then(|fields| Body::share(&fields));
    if let Ok(body) = &body {
        if let Some(pass) = pass {
            parts.replies.made(pass, body);
        }
        parts.replies.keep(call, at, body, now);
    }
    passed(parts, body.map(Body::Shared), pass)
}

/// Returns the pass at once if the answer is an error, because an error is small.
fn passed(
    parts: &mut Parts,
    answer: Result<Body, RequestError>,
    pass: Option<Pass>,
) -> Result<(Body, Option<Pass>), RequestError> {
    match answer {
        Ok(body) => Ok((body, pass)),
        Err(error) => {
            if let Some(pass) = pass {
                parts.replies.arrived(pass);
            }
            Err(error)
        }
    }
}

/// The state that the answer to a request depends on. `None` if equal requests may get different
/// answers.
fn revision(parts: &Parts, call: &Call, now: Now) -> Option<Revision> {
    let at = Revision {
        fold: parts.base.model.fold().changes(),
        bans: parts.base.model.fold().bans.revision(),
        ..Revision::default()
    };
    let second = now.wall_ms.div_euclid(1_000);
    match call {
        Call::GetCredits(_) => Some(Revision {
            period: Some(parts.base.model.fold().leaderboards.period(now.wall_ms)),
            ..at
        }),
        Call::GetActiveViewers { .. } => Some(Revision {
            seen: parts.base.model.fold().people.registrations(),
            since_ms: parts.base.model.session().started_ms,
            ..at
        }),
        Call::TestCredits(_) => Some(Revision { second, ..at }),
        Call::GetRoll(_) => Some(Revision {
            second,
            since_ms: parts.base.model.session().started_ms,
            ..at
        }),
        Call::GetEvents(_) => Some(Revision::default()),
        _ => None,
    }
}

/// Estimates the bytes of an answer before it is made. 0 means that the answer is never large.
fn estimate(parts: &Parts, call: &Call) -> usize {
    /// Estimated bytes of a name in a list, an object of `extended`, a viewer, an action, a line of
    /// the roll, one type of a client's subscriptions, and one client.
    const NAME: usize = 18;
    const OBJECT: usize = 240;
    const VIEWER: usize = 260;
    const ACTION: usize = 260;
    const LINE: usize = 60;
    const TYPE: usize = 24;
    const CLIENT: usize = 100;
    let credits = &parts.base.settings.credits;
    match call {
        Call::GetCredits(options) => {
            let lines = parts
                .base
                .model
                .fold()
                .session
                .lines(options.limit.or(credits.limit));
            let options = options.or(credits.spelling);
            lines * (NAME * options.spelling.lists() + if options.extended { OBJECT } else { 0 })
        }
        Call::GetActiveViewers { limit } => {
            parts
                .base
                .model
                .fold()
                .people
                .len()
                .min(limit.unwrap_or(usize::MAX))
                * VIEWER
        }
        Call::GetRoll(options) | Call::RollCredits(options) => {
            match (options.test, options.test_audience) {
                (true, Some(test_audience)) => test_audience.names * LINE,
                (true, None) => 0,
                (false, _) => parts.base.model.fold().session.lines(None) * LINE,
            }
        }
        Call::OverlayReport(report) => parts.roll.names_for(report) * LINE,
        Call::GetActions => parts.triggers.len() * ACTION,
        Call::GetStatus => {
            parts.base.emitter.subscriptions().types() * TYPE
                + parts.base.emitter.subscriptions().clients().len() * CLIENT
        }
        _ => 0,
    }
}
