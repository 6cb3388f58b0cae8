//! The names of all requests, and functions that read their fields.

use serde_json::{Map, Value};

use super::{
    call::{Call, CreditsOptions, Names, Platform},
    error::RequestError,
    fields::{self, Fields},
    known, read_edit, read_roll as roll, read_session,
    roll::RollOptions,
    rule_test,
    session::{self, SessionQuery},
};
use crate::{credits::Spelling, event::EventName, input::hint};

type Reader = fn(Fields) -> Result<Call, RequestError>;

/// Every request's name, with the function that reads it. [`super::known`] has its fields.
pub(super) const REQUESTS: &[(&str, Reader)] = &[
    ("Subscribe", |fields| Ok(Call::Subscribe(names(fields)?))),
    ("UnSubscribe", |fields| {
        Ok(Call::UnSubscribe(names(fields)?))
    }),
    ("GetEvents", |mut fields| {
        Ok(Call::GetEvents(spelling(&mut fields)?.unwrap_or_default()))
    }),
    ("GetActions", |_| Ok(Call::GetActions)),
    ("DoAction", do_action),
    ("GetBroadcaster", |_| Ok(Call::GetBroadcaster)),
    ("GetCredits", |mut fields| {
        let session = session::session(&mut fields)?;
        Ok(of_session(session, Call::GetCredits(options(fields)?)))
    }),
    ("TestCredits", |fields| {
        Ok(Call::TestCredits(options(fields)?))
    }),
    ("ClearCredits", |_| Ok(Call::ClearCredits)),
    ("GetInfo", |_| Ok(Call::GetInfo)),
    ("GetActiveViewers", |mut fields| {
        Ok(Call::GetActiveViewers {
            limit: fields.count("limit")?,
        })
    }),
    ("GetStatus", |_| Ok(Call::GetStatus)),
    ("PublishEvent", publish),
    ("AddToCredits", add),
    ("EditCredits", |mut fields| {
        let session = session::session(&mut fields)?;
        Ok(of_session(session, read_edit::edit(fields)?))
    }),
    ("Undo", |mut fields| {
        let session = session::session(&mut fields)?;
        Ok(of_session(session, read_edit::undo(fields)?))
    }),
    ("FindPerson", read_edit::find),
    ("Forget", read_edit::forget),
    ("ListSessions", |mut fields| {
        Ok(Call::ListSessions {
            limit: fields.count("limit")?,
        })
    }),
    ("GetSession", |mut fields| {
        let session = session::session(&mut fields)?;
        let session = session.unwrap_or(SessionQuery::Running);
        Ok(Call::GetSession { session })
    }),
    ("ReopenSession", read_session::reopen),
    ("JoinSessions", read_session::join),
    ("SplitSession", read_session::split),
    ("DeleteSession", read_session::delete),
    ("ExplainPerson", |mut fields| {
        let session = session::session(&mut fields)?;
        Ok(Call::ExplainPerson {
            session: session.unwrap_or(SessionQuery::Running),
            person: read_edit::person(&mut fields, "person")?,
        })
    }),
    ("TestRule", |fields| {
        Ok(Call::TestRule(rule_test::read(fields)?))
    }),
    ("RollCredits", |fields| {
        roll_of_session(fields, Call::RollCredits)
    }),
    ("StopCredits", |_| Ok(Call::StopCredits)),
    ("ControlCredits", roll::control),
    ("GetRoll", |fields| roll_of_session(fields, Call::GetRoll)),
    ("OverlayReport", roll::report),
    ("SendMessage", send_message),
    ("SetSetting", set_setting),
    ("GetSettings", |_| Ok(Call::GetSettings)),
    ("Authenticate", |_| Ok(Call::Authenticate)),
    ("GetCommands", |_| Ok(Call::GetCommands)),
    ("GetCodeTriggers", |_| Ok(Call::GetCodeTriggers)),
    ("ExecuteCodeTrigger", |mut fields| {
        let trigger =
            fields.needed_text("triggerName", "triggerName", "the name of a code trigger")?;
        let args = fields
            .optional_object("args", "an object")?
            .unwrap_or_default();
        Ok(Call::ExecuteCodeTrigger {
            trigger: trigger.into(),
            args,
        })
    }),
    ("GetGlobals", |_| Ok(Call::GetGlobals)),
    ("GetGlobal", |mut fields| {
        fields.needed_text("variable", "variable", "the name of a variable")?;
        Ok(Call::GetGlobal)
    }),
    ("TwitchGetUserGlobals", |_| Ok(Call::GetUserGlobals)),
    ("TwitchGetUserGlobal", |_| Ok(Call::GetUserGlobals)),
    ("YouTubeGetUserGlobals", |_| Ok(Call::GetUserGlobals)),
    ("YouTubeGetUserGlobal", |_| Ok(Call::GetUserGlobals)),
    ("TrovoGetUserGlobals", |_| Ok(Call::GetUserGlobals)),
    ("TrovoGetUserGlobal", |_| Ok(Call::GetUserGlobals)),
    ("KickGetUserGlobals", |_| Ok(Call::GetUserGlobals)),
    ("KickGetUserGlobal", |_| Ok(Call::GetUserGlobals)),
    ("GetMonitoredYouTubeBroadcasts", |_| {
        Ok(Call::GetMonitoredYouTubeBroadcasts)
    }),
    ("TwitchGetEmotes", |_| {
        Ok(Call::GetEmotes {
            platform: Platform::Twitch,
        })
    }),
    ("YouTubeGetEmotes", |_| {
        Ok(Call::GetEmotes {
            platform: Platform::YouTube,
        })
    }),
    ("GetUserPronouns", |mut fields| {
        // Chat overlays ask for every author, including authors without a login or on an unknown
        // platform.
        let login = fields
            .text("userLogin", "a login")
            .ok()
            .flatten()
            .unwrap_or_default();
        Ok(Call::GetUserPronouns {
            login: login.into(),
        })
    }),
];

fn find(name: &str) -> Option<&'static (&'static str, Reader)> {
    REQUESTS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
}

pub fn known_names() -> impl Iterator<Item = &'static str> {
    REQUESTS.iter().map(|(name, _)| *name)
}

/// A request's name in canonical spelling, ignoring case. `None` if there is no such request.
pub(super) fn canonical(name: &str) -> Option<&'static str> {
    find(name).map(|(known, _)| *known)
}

/// Case does not matter in the name.
pub(super) fn read(name: &str, fields: Map<String, Value>) -> Result<Call, RequestError> {
    match find(name) {
        Some((known, read)) => read(Fields::of(fields, known::fields(known))),
        None => Err(unknown(name)),
    }
}

fn names(mut fields: Fields) -> Result<Names, RequestError> {
    let expected = "an object of sources with lists of types, such as \
        {\"Twitch\":[\"Follow\",\"Cheer\"],\"General\":[\"*\"]}";
    let field_error = |value: &Value| fields::field_error("events", value, expected);
    let events = fields.object("events", expected)?;
    let mut names = Names::new();
    for (source, kinds) in events {
        let Value::Array(kinds) = kinds else {
            return Err(field_error(&kinds));
        };
        let kinds: Result<_, _> = kinds
            .iter()
            .map(|kind| {
                kind.as_str()
                    .map(Into::into)
                    .ok_or_else(|| field_error(kind))
            })
            .collect();
        names.push((source.into(), kinds?));
    }
    Ok(names)
}

fn do_action(mut fields: Fields) -> Result<Call, RequestError> {
    let expected = "an object with the \"id\" or the \"name\" of an action that GetActions lists";
    let action = fields.object("action", expected)?;
    let mut action = fields.inner(action, "action.");
    let id = action.id("id")?;
    let name = action
        .text("name", expected)?
        .filter(|name| !name.is_empty());
    if id.is_none() && name.is_none() {
        return Err(RequestError::Missing {
            field: "action.id",
            expected: "the id of an action, unless `action.name` gives its name",
        });
    }
    let args = fields
        .optional_object("args", "an object")?
        .unwrap_or_default();
    Ok(Call::DoAction {
        id,
        name: name.map(Into::into),
        args,
    })
}

fn spelling(fields: &mut Fields) -> Result<Option<Spelling>, RequestError> {
    fields.one_of("spelling", "\"both\", \"legacy\" or \"current\"")
}

/// A call about a session. If no session is named, it is about the running one.
fn of_session(session: Option<SessionQuery>, call: Call) -> Call {
    match session {
        None | Some(SessionQuery::Running) => call,
        Some(session) => Call::OfSession {
            session,
            call: Box::new(call),
        },
    }
}

fn roll_of_session(
    mut fields: Fields,
    call: impl FnOnce(RollOptions) -> Call,
) -> Result<Call, RequestError> {
    let session = session::session(&mut fields)?;
    let options = roll::roll(fields)?;
    // A test roll has made-up credits, so it ignores the session.
    let session = session.filter(|_| !options.test);
    Ok(of_session(session, call(options)))
}

fn options(mut fields: Fields) -> Result<CreditsOptions, RequestError> {
    Ok(CreditsOptions {
        spelling: spelling(&mut fields)?,
        extended: fields.flag("extended")?.unwrap_or(false),
        limit: fields.count("limit")?,
    })
}

/// Maximum length of the name of an event or a section, in characters. Names are stored and
/// repeated.
const LONGEST_GIVEN_NAME: usize = 100;
/// Maximum length of an `eventId`, in bytes.
const LONGEST_EVENT_ID: usize = 256;

/// Maximum length of the name of a setting, in characters.
const LONGEST_SETTING: usize = 200;
/// Maximum length of the value of a setting, in bytes of JSON.
const LONGEST_SETTING_VALUE: usize = 64 * 1024;

fn publish(mut fields: Fields) -> Result<Call, RequestError> {
    let expected =
        "an object with \"source\" and \"type\", such as {\"source\":\"Twitch\",\"type\":\"Raid\"}";
    let publish = fields.object("publish", expected)?;
    let mut publish = fields.inner(publish, "publish.");
    let source = publish.short_text(
        "source",
        "publish.source",
        "the event's source, such as \"Twitch\"",
        LONGEST_GIVEN_NAME,
    )?;
    let kind = publish.short_text(
        "type",
        "publish.type",
        "the event's type, such as \"Raid\"",
        LONGEST_GIVEN_NAME,
    )?;
    let data = fields.object(
        "data",
        "an object, the event's data in Streamer.bot's shape",
    )?;
    let event_id = fields.id("eventId")?;
    fields::within(
        "eventId",
        event_id.as_ref().map_or(0, |id| id.len()),
        LONGEST_EVENT_ID,
        "bytes",
    )?;
    Ok(Call::PublishEvent {
        name: EventName::new(&source, &kind),
        data,
        event_id,
    })
}

fn add(mut fields: Fields) -> Result<Call, RequestError> {
    let (section, value) = read_edit::section_and_value(&mut fields)?;
    Ok(Call::AddToCredits { section, value })
}

fn set_setting(mut fields: Fields) -> Result<Call, RequestError> {
    let expected = "the name of a setting, such as \"overlay.theme\"";
    let key = fields.short_text("key", "key", expected, LONGEST_SETTING)?;
    let value = fields.take_or_null("value").ok_or(RequestError::Missing {
        field: "value",
        expected: "the new value, or null to restore the default",
    })?;
    let bytes = value.to_string().len();
    fields::within("value", bytes, LONGEST_SETTING_VALUE, "bytes")?;
    Ok(Call::SetSetting {
        key: key.trim().into(),
        value,
    })
}

fn platform(fields: &mut Fields) -> Result<Platform, RequestError> {
    let expected = "\"twitch\", \"youtube\", \"trovo\" or \"kick\"";
    let word = fields.needed_text("platform", "platform", expected)?;
    word.parse()
        .map_err(|_| fields::field_error("platform", &word.into(), expected))
}

fn send_message(mut fields: Fields) -> Result<Call, RequestError> {
    let platform = platform(&mut fields)?;
    let message = fields.needed_text("message", "message", "the text to send")?;
    Ok(Call::SendMessage {
        platform,
        message: message.into(),
    })
}

/// Maximum length of an unknown name in an error, in characters.
const LONGEST_NAME: usize = 64;

fn unknown(name: &str) -> RequestError {
    // A long name is not compared, because a comparison needs memory in proportion to the product
    // of both lengths. It is also cut, because every client on OBS receives the error.
    let (name, like) = match name.char_indices().nth(LONGEST_NAME) {
        Some((end, _)) => (
            format!("{}…", name.get(..end).unwrap_or_default()).into(),
            "",
        ),
        None => (name.into(), name),
    };
    RequestError::Unknown {
        name,
        hint: hint(like, REQUESTS.iter().map(|(known, _)| *known)),
    }
}
