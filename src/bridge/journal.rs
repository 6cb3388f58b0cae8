//! The contents of the journal: rows, sessions and meta values.
//!
//! The bridge numbers the rows itself, so that the same inputs always give the same journal.

/// Number of a journal row. Counts from 1, never reused, one space for all sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Seq(pub u64);

/// Number of a session. Counts from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SessionId(pub u64);

/// The origin of a row. It determines how the body is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum RowOrigin {
    /// A message of Twitchat: the body is its `data`, without chat texts. The database calls it
    /// `heard`.
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
    /// The word that the database has for it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Parses the database's word; `None` if it is unknown.
    pub fn parse(word: &str) -> Option<Self> {
        word.parse().ok()
    }
}

/// Origin, type and id of a row that is not journalled yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) origin: RowOrigin,
    pub(super) kind: &'a str,
    pub(super) id: Option<&'a str>,
}

impl<'a> Source<'a> {
    /// A row that the bridge itself derived; it has no id.
    pub(super) fn filled(kind: &'a str) -> Self {
        Self {
            origin: RowOrigin::Filled,
            kind,
            id: None,
        }
    }
}

/// One row of the journal. Only a [`SessionChange`] changes rows: it can move them to another
/// session or delete them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub seq: Seq,
    /// The session in which it counts.
    pub session: SessionId,
    /// When the bridge received or made it, Unix milliseconds.
    pub at_ms: i64,
    /// Determines how `body` is read.
    pub origin: RowOrigin,
    /// Twitchat's type, the event's `Source.Type`, or the name of the summary's list.
    pub kind: Box<str>,
    /// The id by which a repeat is recognized: that of the message, or the `eventId` of a
    /// `PublishEvent`.
    pub id: Option<Box<str>>,
    pub body: Box<str>,
}

/// The time between two resets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    /// When it began, Unix milliseconds.
    pub started_ms: i64,
    /// When it ended, Unix milliseconds; `None` for the running session.
    pub ended_ms: Option<i64>,
    /// Why it began: `first`, `clear`, `stream`, `closed` or `split`.
    pub cause: Box<str>,
}

/// A change of sessions that exist. All values are absolute, so that writing it again changes
/// nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionChange {
    /// The sessions that change or are new, as they are afterwards.
    pub sessions: Vec<Session>,
    /// Sessions that do not exist any more.
    pub gone: Vec<SessionId>,
    /// The change of rows up to `last`.
    pub rows: RowChange,
    /// The last row when the change was made.
    pub last: Seq,
    /// The highest number that a session has had, so that it is not used again.
    pub last_session: SessionId,
    /// The new value of [`MetaValues::resumed_ms`](super::io::MetaValues::resumed_ms); `None` if it
    /// stays.
    pub resumed_ms: Option<i64>,
    /// The same for [`MetaValues::summary_from_ms`](super::io::MetaValues::summary_from_ms).
    pub summary_from_ms: Option<i64>,
}

impl SessionChange {
    /// The meta values that go with it. With them, numbers of rows and sessions that were deleted
    /// are not used again.
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
    /// They count in another session.
    Move {
        from: SessionId,
        to: SessionId,
        /// Only rows of this time and later, Unix milliseconds.
        since_ms: i64,
    },
    /// They are deleted, except those of these origins and kinds.
    Delete {
        of: SessionId,
        keeping: &'static [(RowOrigin, &'static str)],
    },
}

/// The latest names of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// `twitch`, `youtube` and so on.
    pub platform: Box<str>,
    /// The platform's id; empty for a person who is known by name only.
    pub id: Box<str>,
    /// Login, in lower case if the platform reports it in lower case; may be empty.
    pub login: Box<str>,
    /// Display name; may be empty.
    pub display: Box<str>,
    /// When the person was last seen, Unix milliseconds.
    pub seen_ms: i64,
}

/// One write for the store, in the order in which the bridge made them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Append to the journal. A row that is already there changes nothing; another row with the
    /// same number is an error.
    Append(Row),
    /// Begin a session, which ends the previous one at the same instant; or correct the start of a
    /// session that has begun.
    Begin(Session),
    /// Insert or update a person, keyed by platform and id (by platform and login when the id is
    /// empty).
    Person(PersonRow),
    /// Store a meta value, such as `alive_ms` or `generation`.
    Keep { key: &'static str, value: Box<str> },
    /// Reopen, join, split or delete sessions, all at once.
    ChangeSessions(Box<SessionChange>),
}
