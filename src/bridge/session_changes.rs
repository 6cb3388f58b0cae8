//! Carries out a planned change of sessions. It becomes one write for the store. The credits of the
//! running session become those that a restart would read.

use serde_json::{Map, Value};

use super::{
    io::{Note, Now},
    journal::Write,
    later_rows::LaterRows,
    parts::{Parts, hand_on_events},
    session_plan::SessionPlan,
};
use crate::request::RequestError;

/// The result of carrying out a plan.
pub(super) enum Made {
    /// The fields of the reply, or the reason why the change was not made.
    Answer(Result<Map<String, Value>, RequestError>),
    /// Another session began while the journal was read. The journal must be read again.
    OutOfDate,
}

/// `later` contains the rows that were appended while the journal was read.
pub(super) fn make(
    parts: &mut Parts,
    mut plan: SessionPlan,
    later: Option<&LaterRows>,
    now: Now,
) -> Made {
    let base = &mut parts.base;
    if plan.is_preview() {
        return Made::Answer(Ok(plan.reply(now.wall_ms)));
    }
    let is_stale = parts.readings.is_out_of_date() || parts.readings.is_forgetting();
    if is_stale || plan.before() != base.model.session().id {
        return Made::OutOfDate;
    }
    let later = later.and_then(|later| later.since(plan.seen()));
    let Some(later) = later else {
        let why = "too much was written while the journal was read, so nothing was changed: send \
            the request again when fewer events arrive";
        return Made::Answer(Err(RequestError::Unavailable(why.into())));
    };
    later.for_each(|row| plan.read(row));
    plan.finish(base.out.writes().last_row(), now.wall_ms);
    let Some(credits) = plan.take_credits() else {
        let why = "the journal was read without the credits, so nothing was changed";
        return Made::Answer(Err(RequestError::Unavailable(why.into())));
    };
    hand_on_events(parts, now);
    let base = &mut parts.base;
    let change = plan.change();
    let is_other = plan.running().id != plan.before();
    let before = base
        .model
        .replace(credits.into_model(), change, &base.settings);
    let write = Write::ChangeSessions(Box::new(change.clone()));
    base.out.write(write);
    let what = plan.sentence();
    base.out.note(Note::SessionsChanged { what });
    parts.automation.keep_last_events(&mut base.out);
    parts.summary.session_changed();
    parts.readings.clear();
    parts.labels.touch();
    parts
        .roll
        .credits_replaced(&before, is_other, &parts.base, now);
    Made::Answer(Ok(plan.reply(now.wall_ms)))
}
