//! Requests of clients on the same OBS, and the replies to them.
//!
//! A reply waits until all that was written before it is on disk: what the bridge reports, a crash
//! cannot take back. While the journal cannot be written, replies go out at once and say that they
//! are not durable; only what has to be stored is refused.

use super::{
    calls,
    io::{Effect, Now, Pass},
    parts::Parts,
    pending_reply::{PendingReply, Promise},
    replies::{LARGE, Revision},
};
use crate::request::{
    self, Call, RequestError,
    reply::{self, Body, Durability},
};

/// A request was received.
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
    let answer = request.call.and_then(|call| {
        calls::can_store(parts, promise)?;
        answer(parts, call, &client, now)
    });
    let (answer, pass) = match answer {
        Ok((body, pass)) => (Ok(body), pass),
        Err(error) => (Err(error), None),
    };
    // Neither GetInfo nor an error shows anything that a crash could take back: a slow disk
    // keeps nobody waiting for them.
    let is_immediate = is_info || answer.is_err();
    let (asker, unknown, client) = (request.asker, request.unknown, client.into());
    let pending = PendingReply {
        asker,
        client,
        unknown,
        answer,
        promise,
        seq: parts.base.emitter.bus_seq(),
        pass,
    };
    // An answer that is no large one is of the size of its request.
    let ready = if is_immediate {
        Some(pending)
    } else {
        parts
            .held
            .hold(pending, whole.len(), parts.base.out.writes())
    };
    if let Some(ready) = ready {
        reply(parts, ready);
    }
}

/// So many writes are on disk.
pub(super) fn durable(parts: &mut Parts, writes: u64) {
    parts.base.out.writes_mut().committed(writes);
    while let Some(pending) = parts.held.next(parts.base.out.writes()) {
        reply(parts, pending);
    }
}

/// The store failed: nobody who waits is left without an answer.
pub(super) fn release_waiting(parts: &mut Parts) {
    for pending in parts.held.give_up() {
        reply(parts, pending);
    }
}

fn reply(
    parts: &mut Parts,
    PendingReply {
        asker,
        client,
        unknown,
        mut answer,
        promise,
        seq,
        pass,
    }: PendingReply,
) {
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
        // An error as large as that cannot be: what it repeats is bounded.
        Err(_) => parts.base.out.note_too_large(),
    }
}

/// Answers a request. A large answer comes with a pass, which
/// [`Input::Sent`](super::io::Input::Sent) gives back.
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

/// An error is small, whatever was asked for.
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

/// What the answer to a request depends on, if equal requests get equal answers.
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

/// About how many bytes an answer will have, before it is made. Small where it never is more
/// than that.
fn estimate(parts: &Parts, call: &Call) -> usize {
    /// A name in a list; an object of `extended`; a viewer; an action; a line of the roll; one
    /// type of a client's subscriptions.
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
