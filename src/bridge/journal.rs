//! The contents of the journal: rows, sessions and meta values.
//!
//! The bridge numbers the rows itself, so that the same inputs always produce the same journal.

/// The number of a journal row, from 1. All sessions share the numbers, and no number is used
/// twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Seq(pub u64);

/// The number of a session, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SessionId(pub u64);

/// The origin determines the format of the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum RowOrigin {
    /// A message of Twitchat. The body is its `data`, without chat texts. The word in the database
    /// is `heard`.
    #[strum(serialize = "heard")]
    Received,
    /// A message of Twitchat that was played back from a recording and counts. It does not show
    /// which pages are open.
    Played,
    /// An event that was published, or that the bridge derived from Twitchat's labels: the body is
    /// the event's `data`.
    Published,
    /// An entry of Twitchat's summary that matches no live event, or a row that the bridge derived:
    /// the body is that entry or row.
    Filled,
    /// `AddToCredits`: the body is `{"section","value"}`.
    Added,
    /// A correction by the streamer, or the undoing of one: `bridge::edits` reads the body.
    Edited,
}

impl RowOrigin {
    /// The word for it in the database.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// `None` if the word in the database is unknown.
    pub fn parse(word: &str) -> Option<Self> {
        word.parse().ok()
    }
}

/// The origin, the type and the id of a row to journal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) origin: RowOrigin,
    pub(super) kind: &'a str,
    pub(super) id: Option<&'a str>,
}

impl<'a> Source<'a> {
    /// The source of a row that the bridge itself derived. It has no id.
    pub(super) fn filled(kind: &'a str) -> Self {
        Self {
            origin: RowOrigin::Filled,
            kind,
            id: None,
        }
    }
}

/// Only a [`SessionChange`] changes rows. It can move them to another session or delete them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub seq: Seq,
    /// The session in which the row counts.
    pub session: SessionId,
    /// The time at which the bridge received or made the row, in Unix milliseconds.
    pub at_ms: i64,
    /// Determines the format of `body`.
    pub origin: RowOrigin,
    /// Twitchat's type, the event's `Source.Type`, or the name of the summary's list.
    pub kind: Box<str>,
    /// The id by which a repeat is recognized. It is the id of the message, or the `eventId` of a
    /// `PublishEvent`.
    pub id: Option<Box<str>>,
    pub body: Box<str>,
}

/// A session: the time that the credits cover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    /// The time at which the session began, in Unix milliseconds.
    pub started_ms: i64,
    /// The time at which the session ended, in Unix milliseconds. `None` for the running session.
    pub ended_ms: Option<i64>,
    /// The reason for its beginning: `first`, `clear`, `stream`, `closed` or `split`.
    pub cause: Box<str>,
}

/// All values are absolute, so that writing the change twice has the same effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionChange {
    /// The changed and new sessions, with their new values.
    pub sessions: Vec<Session>,
    /// The sessions that no longer exist after the change.
    pub gone: Vec<SessionId>,
    /// The change of the rows with numbers up to `last`.
    pub rows: RowChange,
    /// The last row when the change was made.
    pub last: Seq,
    /// The highest number of any session so far, so that it is not used again.
    pub last_session: SessionId,
    /// The new value of [`MetaValues::resumed_ms`](super::io::MetaValues::resumed_ms); `None` if it
    /// stays.
    pub resumed_ms: Option<i64>,
    /// The new value of [`MetaValues::summary_from_ms`](super::io::MetaValues::summary_from_ms);
    /// `None` if it stays.
    pub summary_from_ms: Option<i64>,
}

impl SessionChange {
    /// The meta values to store with the change. They prevent the numbers of deleted rows and
    /// sessions from being used again.
    pub fn meta(&self) -> impl Iterator<Item = (&'static str, String)> {
        let numbers = [
            ("last_row", self.last.0.to_string()),
            ("last_session", self.last_session.0.to_string()),
        ];
        let times = [
            ("resumed_ms", self.resumed_ms),
            ("summary_from_ms", self.summary_from_ms),
        ];
        let times = times
            .into_iter()
            .filter_map(|(key, at_ms)| Some((key, at_ms?.to_string())));
        numbers.into_iter().chain(times)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowChange {
    None,
    /// The rows count in another session.
    Move {
        from: SessionId,
        to: SessionId,
        /// Only rows from this time on move, in Unix milliseconds.
        since_ms: i64,
    },
    /// The rows are deleted, except for rows of these origins and kinds.
    Delete {
        of: SessionId,
        keeping: &'static [(RowOrigin, &'static str)],
    },
}

/// The latest names of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// The platform in lower case, such as `twitch` or `youtube`.
    pub platform: Box<str>,
    /// The platform's id; empty for a person who is known by name only.
    pub id: Box<str>,
    /// The login in the platform's own case; may be empty.
    pub login: Box<str>,
    /// The display name; may be empty.
    pub display: Box<str>,
    /// The time at which the person was last seen, in Unix milliseconds.
    pub seen_ms: i64,
}

/// The store must keep the order of the writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Append to the journal. Writing the same row again changes nothing. Another row with the same
    /// number is an error.
    Append(Row),
    /// Begin a session, which ends the previous one at the same time. For a session that exists,
    /// correct its start.
    Begin(Session),
    /// Insert or update a person. The key is the platform and the id, or the platform and the login
    /// if the id is empty.
    Person(PersonRow),
    /// Store a meta value, such as `alive_ms` or `generation`.
    Keep { key: &'static str, value: Box<str> },
    /// Reopen, join, split or delete sessions, all at once.
    ChangeSessions(Box<SessionChange>),
}
