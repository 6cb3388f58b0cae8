//! Reads the fields of requests that change sessions.

use serde_json::Value;

use super::{
    call::Call,
    error::RequestError,
    fields::{self, Fields},
    session::{self, SESSION, SessionQuery},
    session_command::{SPLIT_TIME, SessionCommand, SplitTime},
};

pub(super) fn reopen(mut fields: Fields) -> Result<Call, RequestError> {
    let session = named(&mut fields)?;
    Ok(Call::ChangeSessions(SessionCommand::Reopen { session }))
}

pub(super) fn join(mut fields: Fields) -> Result<Call, RequestError> {
    let expected = "a list of two sessions, such as [6, 7]";
    let (field, missing) = (
        "sessions",
        RequestError::Missing {
            field: "sessions",
            expected,
        },
    );
    let value = fields.take(field).ok_or(missing)?;
    let list = value.as_array().map(Vec::as_slice);
    let Some([first, second]) = list else {
        return Err(fields::field_error(field, &value, expected));
    };
    let read = |one: &Value| {
        session::query(one).ok_or_else(|| {
            let expected = format!("a list of two sessions, each of them {SESSION}");
            fields::field_error(field, one, expected)
        })
    };
    let sessions = [read(first)?, read(second)?];
    Ok(Call::ChangeSessions(SessionCommand::Join { sessions }))
}

pub(super) fn split(mut fields: Fields) -> Result<Call, RequestError> {
    let session = named(&mut fields)?;
    let text = fields.needed_text("at", "at", SPLIT_TIME)?;
    let at = SplitTime::parse(&text)
        .ok_or_else(|| fields::field_error("at", &text.into(), SPLIT_TIME))?;
    Ok(Call::ChangeSessions(SessionCommand::Split { session, at }))
}

pub(super) fn delete(mut fields: Fields) -> Result<Call, RequestError> {
    let session = named(&mut fields)?;
    let preview = fields.flag("preview")?.unwrap_or(false);
    let command = SessionCommand::Delete { session, preview };
    Ok(Call::ChangeSessions(command))
}

/// Reads the field `session`, which is required for a change.
fn named(fields: &mut Fields) -> Result<SessionQuery, RequestError> {
    session::session(fields)?.ok_or(RequestError::Missing {
        field: "session",
        expected: SESSION,
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::Time;
    use serde_json::json;

    use super::*;
    use crate::request::read;

    fn command(request: &Value) -> Result<SessionCommand, String> {
        match read(&request.to_string()).unwrap().call {
            Ok(Call::ChangeSessions(command)) => Ok(command),
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn each_change_names_its_sessions() {
        let number = SessionQuery::Number;
        let at = SplitTime::TimeOfDay(Time::constant(21, 30, 0, 0));
        let cases = [
            (
                json!({ "request": "ReopenSession", "session": "last" }),
                SessionCommand::Reopen {
                    session: SessionQuery::Last,
                },
            ),
            (
                json!({ "request": "JoinSessions", "sessions": [6, "7"] }),
                SessionCommand::Join {
                    sessions: [number(6), number(7)],
                },
            ),
            (
                json!({ "request": "SplitSession", "session": 7, "at": "21:30" }),
                SessionCommand::Split {
                    session: number(7),
                    at,
                },
            ),
            (
                json!({ "request": "DeleteSession", "session": 7, "preview": true }),
                SessionCommand::Delete {
                    session: number(7),
                    preview: true,
                },
            ),
        ];
        for (request, expected) in cases {
            assert_eq!(command(&request), Ok(expected), "{request}");
        }
    }

    #[test]
    fn a_change_that_lacks_a_field_or_has_a_wrong_one_is_an_error_that_names_it() {
        let cases = [
            (
                json!({ "request": "ReopenSession" }),
                "`session` is missing; it must be a number, \"last\"",
            ),
            (
                json!({ "request": "JoinSessions", "sessions": [6] }),
                "`sessions` must be a list of two sessions, such as [6, 7] (got a list",
            ),
            (
                json!({ "request": "JoinSessions", "sessions": [6, "tomorrow"] }),
                "`sessions` must be a list of two sessions, each of them a number, \"last\"",
            ),
            (
                json!({ "request": "JoinSessions" }),
                "`sessions` is missing",
            ),
            (
                json!({ "request": "SplitSession", "session": 7 }),
                "`at` is missing; it must be a time such as \"21:30\"",
            ),
            (
                json!({ "request": "SplitSession", "session": 7, "at": "half past nine" }),
                "`at` must be a time such as \"21:30\"",
            ),
            (
                json!({ "request": "DeleteSession", "session": -7 }),
                "`session` must be a number",
            ),
        ];
        for (request, expected) in cases {
            let error = command(&request).unwrap_err();
            assert!(error.starts_with(expected), "{request}: {error}");
        }
    }
}
