//! The lines of an exported journal: one JSON object a line. docs/journal-export.md describes them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::bridge::journal::{PersonRow, Row, RowOrigin, Seq, Session, SessionId};

/// The version of the lines. A later version may have other fields.
pub(super) const VERSION: u32 = 1;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Line<'a> {
    /// The first line.
    #[serde(borrow)]
    Journal(Head<'a>),
    Value(ValueLine),
    Session(SessionLine),
    Person(PersonLine),
    #[serde(borrow)]
    Row(RowLine<'a>),
    /// The last line, with the numbers of all others.
    End(Numbers),
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Head<'a> {
    pub(super) version: u32,
    /// When the export was made.
    #[serde(borrow)]
    pub(super) exported: Cow<'a, str>,
    /// The version of the program that made it.
    #[serde(borrow)]
    pub(super) program: Cow<'a, str>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ValueLine {
    pub(super) key: String,
    pub(super) value: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SessionLine {
    number: u64,
    started_ms: i64,
    ended_ms: Option<i64>,
    cause: Box<str>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PersonLine {
    platform: Box<str>,
    id: Box<str>,
    login: Box<str>,
    name: Box<str>,
    seen_ms: i64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RowLine<'a> {
    number: u64,
    session: u64,
    at_ms: i64,
    origin: Origin,
    kind: Box<str>,
    id: Option<Box<str>>,
    /// The body of the row, exactly as it is in the journal.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    body: Option<&'a RawValue>,
    /// The body as a text, if it would not stay exactly the same as a part of a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body_text: Option<Box<str>>,
}

/// The words of the export for a [`RowOrigin`].
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Origin {
    Received,
    Played,
    Published,
    Filled,
    Added,
    Edited,
}

/// How many lines of each kind there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Numbers {
    pub rows: u64,
    pub sessions: u64,
    pub people: u64,
    pub values: u64,
}

impl From<&Session> for SessionLine {
    fn from(session: &Session) -> Self {
        Self {
            number: session.id.0,
            started_ms: session.started_ms,
            ended_ms: session.ended_ms,
            cause: session.cause.clone(),
        }
    }
}

impl SessionLine {
    pub(super) fn into_session(self) -> Session {
        Session {
            id: SessionId(self.number),
            started_ms: self.started_ms,
            ended_ms: self.ended_ms,
            cause: self.cause,
        }
    }
}

impl From<PersonRow> for PersonLine {
    fn from(person: PersonRow) -> Self {
        Self {
            platform: person.platform,
            id: person.id,
            login: person.login,
            name: person.display,
            seen_ms: person.seen_ms,
        }
    }
}

impl PersonLine {
    pub(super) fn into_person(self) -> PersonRow {
        PersonRow {
            platform: self.platform,
            id: self.id,
            login: self.login,
            display: self.name,
            seen_ms: self.seen_ms,
        }
    }
}

impl<'a> RowLine<'a> {
    /// `None` if the body of the row is not JSON.
    pub(super) fn of(row: &'a Row) -> Option<Self> {
        let body: &RawValue = serde_json::from_str(&row.body).ok()?;
        // A line has no line breaks, and no spaces around a value are kept.
        let is_same = body.get() == &*row.body && !row.body.contains(['\n', '\r']);
        Some(Self {
            number: row.seq.0,
            session: row.session.0,
            at_ms: row.at_ms,
            origin: Origin::of(row.origin),
            kind: row.kind.clone(),
            id: row.id.clone(),
            body: is_same.then_some(body),
            body_text: (!is_same).then(|| row.body.clone()),
        })
    }

    /// `None` if the line has no body, or one that is not JSON.
    pub(super) fn into_row(self) -> Option<Row> {
        let body = match (self.body, self.body_text) {
            (Some(body), None) => body.get().into(),
            (None, Some(text)) => {
                serde_json::from_str::<&RawValue>(&text).ok()?;
                text
            }
            _ => return None,
        };
        Some(Row {
            seq: Seq(self.number),
            session: SessionId(self.session),
            at_ms: self.at_ms,
            origin: self.origin.row_origin(),
            kind: self.kind,
            id: self.id,
            body,
        })
    }
}

impl Origin {
    fn of(origin: RowOrigin) -> Self {
        match origin {
            RowOrigin::Received => Self::Received,
            RowOrigin::Played => Self::Played,
            RowOrigin::Published => Self::Published,
            RowOrigin::Filled => Self::Filled,
            RowOrigin::Added => Self::Added,
            RowOrigin::Edited => Self::Edited,
        }
    }

    fn row_origin(self) -> RowOrigin {
        match self {
            Self::Received => RowOrigin::Received,
            Self::Played => RowOrigin::Played,
            Self::Published => RowOrigin::Published,
            Self::Filled => RowOrigin::Filled,
            Self::Added => RowOrigin::Added,
            Self::Edited => RowOrigin::Edited,
        }
    }
}
