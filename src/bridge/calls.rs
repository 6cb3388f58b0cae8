//! Carries out requests and `request` steps, and decides what each reply promises about the store.

use serde_json::{Map, Value, json};

use super::{
    actions, corrections,
    ingest::Ingest,
    io::Now,
    lookups,
    parts::{Parts, begin_session, with_roll},
    peers,
    pending_reply::Promise,
    person_search,
    roll::{self, Cause, Roll},
    rule_test, status, subscriptions,
};
use crate::{
    credits::{self, sample},
    event::{EventName, Fact},
    mapping::published,
    request::{Call, Guarded, Names, RequestError, SessionCommand},
};

/// The note for a refund or a cancelled redemption without an effect.
const NOT_FOUND: &str = "nothing to take back: no redemption, and no support of the running \
    session, counts with this id";

/// The promise about the store that the reply to this call makes.
pub(super) fn promise(parts: &Parts, call: &Call) -> Promise {
    match call {
        Call::GetInfo | Call::GetStatus | Call::TestRule(_) => Promise::Nothing,
        Call::GetCredits(_)
        | Call::GetActiveViewers { .. }
        | Call::EditCredits { preview: true, .. }
        | Call::FindPerson { .. }
        | Call::ListSessions { .. }
        | Call::GetSession { .. }
        | Call::ExplainPerson { .. }
        | Call::Forget { preview: true, .. }
        | Call::ChangeSessions(SessionCommand::Delete { preview: true, .. })
        | Call::RollCredits(_)
        | Call::GetRoll(_) => Promise::Credits,
        Call::OfSession { call, .. } => self::promise(parts, call),
        Call::ClearCredits
        | Call::ChangeSessions(_)
        | Call::AddToCredits { .. }
        | Call::EditCredits { preview: false, .. }
        | Call::Forget { preview: false, .. }
        | Call::Undo { .. } => Promise::Stored,
        Call::PublishEvent {
            name,
            data,
            event_id,
        } => promise_of_event(parts, name, data, event_id.as_deref()),
        // Subscriptions are stored too. Losing one does no harm, because clients subscribe again
        // when the bridge sends Hello.
        Call::Subscribe(_)
        | Call::UnSubscribe(_)
        | Call::SetSetting { .. }
        | Call::GetSettings
        | Call::TestCredits(_)
        | Call::GetEvents(_)
        | Call::GetActions
        | Call::DoAction { .. }
        | Call::GetBroadcaster
        | Call::SendMessage { .. }
        | Call::GetEmotes { .. }
        | Call::GetCommands
        | Call::GetCodeTriggers
        | Call::GetGlobals
        | Call::GetUserGlobals
        | Call::GetMonitoredYouTubeBroadcasts
        | Call::ExecuteCodeTrigger { .. }
        | Call::GetGlobal
        | Call::GetUserPronouns { .. }
        | Call::StopCredits
        | Call::ControlCredits(_)
        | Call::OverlayReport(_)
        | Call::Authenticate => Promise::Lasting,
    }
}

/// The promise about the store that the reply to `PublishEvent` makes. The event is stored if it is
/// not a repeat, and either has an id or counts in the credits.
pub(super) fn promise_of_event(
    parts: &Parts,
    name: &EventName,
    data: &Map<String, Value>,
    event_id: Option<&str>,
) -> Promise {
    let is_stored = match event_id {
        Some(id) => !parts.ingest.has_published(id),
        None => published::read(name, &Value::Object(data.clone())).is_ok_and(|readings| {
            readings.iter().any(|reading| {
                parts.ingest.is_new(reading) && reading.facts(name).iter().any(Fact::counts)
            })
        }),
    };
    if is_stored {
        Promise::Stored
    } else {
        Promise::Lasting
    }
}

/// Refuses a call that the config file does not allow.
pub(super) fn is_allowed(parts: &Parts, call: &Call) -> Result<(), RequestError> {
    match call {
        Call::ChangeSessions(SessionCommand::Delete { .. }) => {
            let permissions = &parts.base.settings.permissions;
            permissions.check(Guarded::DeleteSession)
        }
        _ => Ok(()),
    }
}

/// Refuses a call whose outcome must be stored while the store cannot write.
pub(super) fn can_store(parts: &Parts, promise: Promise) -> Result<(), RequestError> {
    match parts.base.out.writes().error() {
        Some(why) if promise == Promise::Stored => Err(RequestError::NotDurable(why.to_owned())),
        _ => Ok(()),
    }
}

/// Carries out a request or a step, and returns the fields of its reply.
pub(super) fn act(
    parts: &mut Parts,
    call: Call,
    client: &str,
    now: Now,
) -> Result<Map<String, Value>, RequestError> {
    let base = &mut parts.base;
    let options = &base.settings.credits;
    Ok(match call {
        Call::GetCredits(wanted) => credits::reply::credits(
            base.model.fold(),
            options,
            wanted.or(options.spelling),
            now.wall_ms,
        ),
        Call::TestCredits(wanted) => {
            let test = sample::credits(base.model.fold(), &options.ignore, now.wall_ms);
            credits::reply::credits(&test, options, wanted.or(options.spelling), now.wall_ms)
        }
        Call::ClearCredits => {
            begin_session(parts, "clear", now.wall_ms, now);
            Map::new()
        }
        Call::PublishEvent {
            name,
            data,
            event_id,
        } => publish(parts, &name, data, event_id.as_deref(), now)?,
        Call::AddToCredits { section, value } => {
            Ingest::add(&section, value, base, now);
            Map::new()
        }
        Call::EditCredits { edit, preview } => corrections::edit(parts, edit, preview, now)?,
        Call::Undo { steps } => corrections::undo(parts, steps, now)?,
        Call::FindPerson { person, limit } => {
            person_search::find(base.model.fold(), options, &person, limit)
        }
        Call::Subscribe(names) => subscribe(parts, client, &names, now)?,
        Call::UnSubscribe(names) => unsubscribe(parts, client, &names),
        Call::GetEvents(spelling) => lookups::get_events(spelling),
        Call::GetActions => actions::get_actions(parts),
        Call::DoAction { id, name, args } => {
            actions::do_action(parts, id.as_deref(), name.as_deref(), args, now)?
        }
        Call::GetBroadcaster => lookups::get_broadcaster(base),
        Call::GetActiveViewers { limit } => lookups::get_active_viewers(base, limit),
        Call::SendMessage { platform, message } => {
            actions::send_message(parts, platform, &message, now)?
        }
        Call::GetEmotes { platform } => lookups::get_emotes(platform),
        Call::GetCommands => lookups::empty("commands"),
        Call::GetCodeTriggers => lookups::empty("triggers"),
        Call::GetGlobals | Call::GetGlobal => lookups::empty("variables"),
        Call::GetUserGlobals => Map::from_iter([
            ("variables".to_owned(), json!([])),
            ("count".to_owned(), 0.into()),
        ]),
        Call::GetMonitoredYouTubeBroadcasts => lookups::empty("broadcasts"),
        Call::ExecuteCodeTrigger { trigger, args } => {
            actions::execute_code_trigger(parts, &trigger, &args, now)
        }
        Call::GetUserPronouns { login } => lookups::no_pronouns(&login),
        Call::RollCredits(options) => with_roll(parts, now, |roll, cx| {
            roll.start(options, Cause::Asked, None, cx)
        })?,
        Call::StopCredits => with_roll(parts, now, Roll::stop),
        Call::ControlCredits(command) => {
            with_roll(parts, now, |roll, cx| roll.control(&command, cx))?
        }
        Call::GetRoll(options) => with_roll(parts, now, |_, cx| roll::get_roll(&options, None, cx)),
        Call::OverlayReport(report) => {
            with_roll(parts, now, |roll, cx| roll.page_report(client, report, cx))
        }
        Call::GetInfo => Map::from_iter([("info".to_owned(), peers::info(base))]),
        Call::GetStatus => status::status(parts, now),
        Call::TestRule(wanted) => rule_test::test(parts, wanted, now)?,
        Call::ListSessions { .. }
        | Call::GetSession { .. }
        | Call::ExplainPerson { .. }
        | Call::ChangeSessions(_)
        | Call::OfSession { .. } => {
            let why = "this must be read from the journal, which takes longer than a rule's step \
                may: send the request over OBS";
            return Err(RequestError::Unavailable(why.into()));
        }
        Call::Forget { .. } => {
            let why = "a step of a rule cannot forget a person: send the request over OBS, or use \
                the verb `forget`";
            return Err(RequestError::Unavailable(why.into()));
        }
        Call::SetSetting { .. } => {
            let why = "this writes the config file, which takes longer than a step of a rule may: \
                send the request over OBS";
            return Err(RequestError::Unavailable(why.into()));
        }
        Call::GetSettings => lookups::get_settings(base),
        Call::Authenticate => Map::new(),
    })
}

fn publish(
    parts: &mut Parts,
    name: &EventName,
    data: Map<String, Value>,
    event_id: Option<&str>,
    now: Now,
) -> Result<Map<String, Value>, RequestError> {
    let done = parts
        .ingest
        .publish(name, data, event_id, &mut parts.base, now)
        .map_err(|wrong| RequestError::Data(wrong.to_string()))?;
    let mut event = Map::from_iter([
        ("source".to_owned(), json!(name.source)),
        ("type".to_owned(), json!(name.kind)),
        ("known".to_owned(), name.is_known().into()),
        ("repeat".to_owned(), done.is_repeat.into()),
    ]);
    if done.taken_back > 0 {
        event.insert("takenBack".into(), done.taken_back.into());
    }
    if done.not_found > 0 {
        event.insert("note".into(), NOT_FOUND.into());
    }
    // The key is `published` and not `event`, because a page would handle the reply as the event.
    Ok(Map::from_iter([("published".to_owned(), event.into())]))
}

fn subscribe(
    parts: &mut Parts,
    client: &str,
    names: &Names,
    now: Now,
) -> Result<Map<String, Value>, RequestError> {
    let subscriptions = parts.base.emitter.subscriptions_mut();
    let sorted = subscriptions.add(client, names, now.wall_ms)?;
    let mut reply = Map::from_iter([("events".to_owned(), json!(sorted.accepted))]);
    if !sorted.unknown.is_empty() {
        reply.insert("unknown".into(), json!(sorted.unknown));
    }
    let doubts = subscriptions::doubts(names);
    if !doubts.is_empty() {
        reply.insert("warnings".into(), doubts.into());
    }
    Ok(reply)
}

fn unsubscribe(parts: &mut Parts, client: &str, names: &Names) -> Map<String, Value> {
    let sorted = parts.base.emitter.subscriptions_mut().remove(client, names);
    // Legacy replies have a flat list of types.
    let types: Vec<_> = sorted
        .accepted
        .into_values()
        .flatten()
        .map(|kind| Value::from(&*kind))
        .collect();
    let mut reply = Map::from_iter([("events".to_owned(), types.into())]);
    if !sorted.unknown.is_empty() {
        reply.insert("unknown".into(), json!(sorted.unknown));
    }
    reply
}
