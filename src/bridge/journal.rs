//! What the journal holds: rows, sessions and small facts, as the bridge makes them and the store
//! keeps them.
//!
//! The bridge numbers the rows itself, so that the same inputs always give the same journal.

/// Number of a journal row. Counts from 1, never reused, one space for all sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Seq(pub u64);

/// Number of a session. Counts from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SessionId(pub u64);

/// Where a row came from; says how to read its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum RowOrigin {
    /// A Twitchat message: the body is its `data`, without chat texts.
    /// Stores call it `heard`.
    #[strum(serialize = "heard")]
    Received,
    /// A Twitchat message that was played back from a recording and counts: it says nothing about
    /// the pages that are open.
    Played,
    /// A `PublishEvent`, or an event the bridge derived from labels: the body is the event's
    /// `data`.
    Published,
    /// A row of Twitchat's summary that nothing live accounts for: the body is that row.
    Filled,
    /// `AddToCredits`: the body is `{"section","value"}`.
    Added,
    /// A correction by the streamer, or the undoing of one: `bridge::edits` reads the body.
    Edited,
}

impl RowOrigin {
    /// The word that stands in the database.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Reads the database's word back.
    pub fn parse(word: &str) -> Option<Self> {
        word.parse().ok()
    }
}

/// A row in the making: where it comes from, what it is called, what makes a repeat harmless.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) origin: RowOrigin,
    pub(super) kind: &'a str,
    pub(super) id: Option<&'a str>,
}

impl<'a> Source<'a> {
    /// A row that the bridge makes of what it has learnt.
    pub(super) fn filled(kind: &'a str) -> Self {
        Self {
            origin: RowOrigin::Filled,
            kind,
            id: None,
        }
    }
}

/// One line of the journal. Appended, never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub seq: Seq,
    /// The session it counts in.
    pub session: SessionId,
    /// When the bridge heard it, Unix milliseconds.
    pub at_ms: i64,
    /// How to read `body`.
    pub origin: RowOrigin,
    /// Twitchat's type, the event's `Source.Type`, or the summary's list.
    pub kind: Box<str>,
    /// What makes a repeat harmless: the envelope's id, or the `eventId` of a `PublishEvent`.
    pub id: Option<Box<str>>,
    pub body: Box<str>,
}

/// A span between two resets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    /// Unix milliseconds.
    pub started_ms: i64,
    /// Unix milliseconds; `None` for the running one.
    pub ended_ms: Option<i64>,
    /// Why it was begun: `first`, `clear`, `stream`, `closed`.
    pub cause: Box<str>,
}

/// A person's lasting attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// `twitch`, `youtube`, …
    pub platform: Box<str>,
    /// Platform id; empty for somebody known by name only.
    pub id: Box<str>,
    /// Login, lower case where the platform has it so; may be empty.
    pub login: Box<str>,
    /// Display name; may be empty.
    pub display: Box<str>,
    /// When last heard of, Unix milliseconds.
    pub seen_ms: i64,
}

/// One write for the store, in the order in which the bridge made them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Append to the journal. The same row again changes nothing; another row of the same number is
    /// an error.
    Append(Row),
    /// Begin a session (and end the one before at the same instant), or correct the start of one
    /// that has begun.
    Begin(Session),
    /// Insert or update a person, keyed by platform and id (by platform and login when the id is
    /// empty).
    Person(PersonRow),
    /// Keep a small value: `alive_ms`, `generation`, …
    Keep { key: &'static str, value: Box<str> },
}
