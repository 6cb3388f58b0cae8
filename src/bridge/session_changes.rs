//! Makes a change of sessions that was read from the journal: one write for the store, and the
//! credits of the running session as a restart would read them.

use serde_json::{Map, Value};

use super::{
    io::{Note, Now},
    journal::Write,
    later_rows::LaterRows,
    parts::{Parts, hand_on_events},
    session_plan::SessionPlan,
};
use crate::request::RequestError;

/// The outcome of a plan.
pub(super) enum Made {
    /// The fields of the reply, or why the change is not made.
    Answer(Result<Map<String, Value>, RequestError>),
    /// Another session began while the journal was read, so it has to be read again.
    OutOfDate,
}

/// Makes a change. `later` has the rows that were appended while the journal was read.
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
