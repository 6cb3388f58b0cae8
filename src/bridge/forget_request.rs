//! `Forget`: the shell removes a person from the store, and the bridge continues with the remaining
//! data.
//!
//! Meanwhile the shell takes nothing from OBS. So no event comes between removing the rows and
//! reading the new credits. The new credits are the same as after a restart. Everything else that
//! the bridge remembers about people is also read again, or loses the person.

use serde_json::{Map, Value};

use super::{
    archive::Archive,
    base::Base,
    calls,
    forget::Identity,
    io::{Effect, MetaValues, Note, Now},
    parts::{Parts, with_roll},
    pending_reply::{Promise, Sender},
    roll::Roll,
};
use crate::{
    credits::{Fold, PersonId},
    event::Person,
    request::{Call, Guarded, PersonQuery, RequestError},
};

/// The data of the store without the person.
#[derive(Debug)]
pub struct Remaining {
    pub identity: Identity,
    /// The running session, read again from the store.
    pub archive: Archive,
    pub meta: MetaValues,
    pub reply: Map<String, Value>,
}

/// The sender of a request, and the fields of the reply.
type Answered = (Sender, Result<Map<String, Value>, RequestError>);

/// Refuses a call that the config does not allow, unless it has a permit. The shell checks the
/// permit.
pub(super) fn permitted(call: Call, base: &Base) -> Result<Call, RequestError> {
    let Call::Forget {
        person,
        preview,
        permit,
    } = call
    else {
        return Ok(call);
    };
    let permit = match base.settings.permissions.check(Guarded::Forget) {
        Ok(()) => None,
        Err(error) if permit.is_none() => return Err(error),
        Err(_) => permit,
    };
    Ok(Call::Forget {
        person,
        preview,
        permit,
    })
}

/// Asks the shell to forget a person. If that is not possible now, returns the sender and the
/// error.
pub(super) fn begin(
    parts: &mut Parts,
    person: PersonQuery,
    permit: Option<Box<str>>,
    from: Sender,
    now: Now,
) -> Result<(), Box<(Sender, RequestError)>> {
    if let Err(error) = calls::can_store(parts, Promise::Stored) {
        return Err(Box::new((from, error)));
    }
    if let Err(from) = parts.readings.begin_forgetting(from) {
        let why = "another person is being forgotten: send this request again later";
        return Err(Box::new((from, RequestError::Unavailable(why.into()))));
    }
    let base = &mut parts.base;
    // Store the last events first, so that the shell can also remove the person from them.
    parts.automation.keep_last_events(&mut base.out);
    parts.automation.keep_once_log(&mut base.out, now);
    base.model.keep_listed(&mut base.out);
    parts.following.keep(&mut base.out);
    base.out.push(Effect::Forget {
        person,
        permit,
        settings: Box::new(base.settings.clone()),
        now_ms: now.wall_ms,
    });
    Ok(())
}

/// Called when the shell has forgotten a person or has failed. Returns the request's sender and its
/// reply.
pub(super) fn done(
    parts: &mut Parts,
    answer: Result<Box<Remaining>, RequestError>,
    now: Now,
) -> Option<Answered> {
    let from = parts.readings.end_forgetting()?;
    let remaining = match answer {
        Ok(remaining) => *remaining,
        Err(error) => return Some((from, Err(error))),
    };
    let Remaining {
        identity,
        archive,
        meta,
        mut reply,
    } = remaining;
    // The reply has no names, because every client on OBS receives it and may log it. Only the
    // preview has the names.
    for key in ["person", "accounts", "names"] {
        reply.remove(key);
    }
    let base = &mut parts.base;
    let mut model = archive.into_model();
    model.fold_mut().people.recalled();
    let same = |who| same_person(base.model.fold(), model.fold(), &identity, who);
    parts.roll.forget(&identity, model.fold(), same);
    base.model = model;
    parts
        .automation
        .recall(meta.once.as_deref(), meta.latest.as_deref());
    parts
        .ingest
        .recall_forgotten(meta.forgotten.as_deref(), base.model.session().id);
    parts.following.replace(meta.twitchat.credits.as_deref());
    parts.replies.clear();
    parts.readings.clear();
    parts.labels.touch();
    let number = |key: &str| reply.get(key).and_then(Value::as_u64).unwrap_or_default();
    base.out.note(Note::Forgotten {
        removed: number("removed"),
        changed: number("changed"),
    });
    with_roll(parts, now, Roll::run_hidden);
    Some((from, Ok(reply)))
}

fn same_person(
    before: &Fold,
    after: &Fold,
    identity: &Identity,
    who: PersonId,
) -> Option<PersonId> {
    let known = before.people.known(who)?;
    let person = Person::on(known.platform, &known.id, &known.login, &known.display)?;
    if identity.is(&person) {
        return None;
    }
    after.people.find(&person)
}
