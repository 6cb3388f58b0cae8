//! The tables, as a list of migrations. Append to the list; never edit an entry, because the files
//! of users were made with it.
//!
//! `PRAGMA user_version` is the number of migrations that were applied to a file.

/// Marks the file as a journal of the bridge (`PRAGMA application_id`, the letters `TwBr`).
pub(super) const APPLICATION_ID: i32 = 0x5477_4272;

/// All migrations, oldest first.
pub(super) const MIGRATIONS: &[&str] = &[FIRST];

/// `journal_by_session` and `journal_by_kind` contain the row number after their columns, so that
/// their results have the order of the journal.
const FIRST: &str = "
CREATE TABLE journal (
    seq     INTEGER PRIMARY KEY,
    session INTEGER NOT NULL,
    at_ms   INTEGER NOT NULL,
    origin  TEXT NOT NULL,
    kind    TEXT NOT NULL,
    id      TEXT,
    body    TEXT NOT NULL
) STRICT;
CREATE INDEX journal_by_session ON journal (session);
CREATE INDEX journal_by_kind ON journal (origin, kind);

CREATE TABLE session (
    id         INTEGER PRIMARY KEY,
    started_ms INTEGER NOT NULL,
    ended_ms   INTEGER,
    cause      TEXT NOT NULL
) STRICT;

CREATE TABLE person (
    platform TEXT NOT NULL,
    id       TEXT NOT NULL,
    login    TEXT NOT NULL,
    display  TEXT NOT NULL,
    seen_ms  INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX person_by_id ON person (platform, id) WHERE id <> '';
CREATE UNIQUE INDEX person_by_login ON person (platform, login) WHERE id = '';

CREATE TABLE kept (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
";
