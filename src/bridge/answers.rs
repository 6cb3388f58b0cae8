//! Answers to requests: made once for all equal ones, and large ones only a few at a time.

use super::{
    calls,
    io::{Now, Pass},
    parts::Parts,
    replies::{LARGE, Revision},
};
use crate::request::{Call, RequestError, reply::Body};

/// Answers a request. A large answer comes with a pass, which
/// [`Input::Sent`](super::io::Input::Sent) gives back.
pub(super) fn answer(
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
            period: Some(parts.base.model.fold().boards.period(now.wall_ms)),
            ..at
        }),
        Call::GetActiveViewers { .. } => Some(Revision {
            seen: parts.base.model.fold().people.meetings(),
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
        Call::GetCredits(wish) => {
            let lines = parts
                .base
                .model
                .fold()
                .session
                .lines(wish.limit.or(credits.limit));
            let wish = wish.or(credits.spelling);
            lines * (NAME * wish.spelling.lists() + if wish.extended { OBJECT } else { 0 })
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
        Call::GetRoll(wish) | Call::RollCredits(wish) => match (wish.test, wish.crowd) {
            (true, Some(crowd)) => crowd.names * LINE,
            (true, None) => 0,
            (false, _) => parts.base.model.fold().session.lines(None) * LINE,
        },
        Call::OverlayReport(report) => parts.roll.names_for(report) * LINE,
        Call::GetActions => parts.triggers.len() * ACTION,
        Call::GetStatus => {
            parts.base.emitter.subscriptions().types() * TYPE
                + parts.base.emitter.subscriptions().clients().len() * CLIENT
        }
        _ => 0,
    }
}
