//! Every statement that runs on the tables of `schema`. Each is prepared once and cached.

/// Does nothing if a row with this number exists; [`SAME_ROW`] tests whether it is the same row.
pub(super) const APPEND: &str = "
INSERT INTO journal (seq, session, at_ms, origin, kind, id, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, \
?7)
ON CONFLICT (seq) DO NOTHING";

/// The session is not compared, because a later change of sessions may have moved the row.
pub(super) const SAME_ROW: &str = "
SELECT count(*) FROM journal
WHERE seq = ?1 AND at_ms = ?2 AND origin = ?3 AND kind = ?4 AND id IS ?5 AND body = ?6";

/// Ends only earlier sessions, because later ones already exist when a batch is repeated.
pub(super) const END_RUNNING: &str =
    "UPDATE session SET ended_ms = ?1 WHERE ended_ms IS NULL AND id < ?2";

/// If the session exists, this only corrects its start.
pub(super) const BEGIN_SESSION: &str = "
INSERT INTO session (id, started_ms, ended_ms, cause) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (id) DO UPDATE SET started_ms = ?2";

/// The state of a session after a change.
pub(super) const PUT_SESSION: &str = "
INSERT INTO session (id, started_ms, ended_ms, cause) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (id) DO UPDATE SET started_ms = ?2, ended_ms = ?3, cause = ?4";

pub(super) const DELETE_SESSION: &str = "DELETE FROM session WHERE id = ?1";

pub(super) const MOVE_ROWS: &str =
    "UPDATE journal SET session = ?2 WHERE session = ?1 AND at_ms >= ?3 AND seq <= ?4";

pub(super) const ROWS_TO_MOVE: &str =
    "SELECT seq FROM journal WHERE session = ?1 AND at_ms >= ?2 AND seq <= ?3";

/// The rows of [`DELETE_ROWS`].
pub(super) const ROWS_TO_DELETE: &str = "
SELECT seq, session, at_ms, origin, kind, id, body FROM journal
WHERE session = ?1 AND seq <= ?2 AND NOT EXISTS (
    SELECT 1 FROM json_each(?3) AS kept
    WHERE origin = kept.value ->> 0 AND kind = kept.value ->> 1
)";

/// `?3` is a JSON array of `[origin, kind]`; these rows stay.
pub(super) const DELETE_ROWS: &str = "
DELETE FROM journal
WHERE session = ?1 AND seq <= ?2 AND NOT EXISTS (
    SELECT 1 FROM json_each(?3) AS kept
    WHERE origin = kept.value ->> 0 AND kind = kept.value ->> 1
)";

pub(super) const PERSON_BY_ID: &str = "
INSERT INTO person (platform, id, login, display, seen_ms) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (platform, id) WHERE id <> '' DO UPDATE SET login = ?3, display = ?4, seen_ms = \
max(seen_ms, ?5)";

pub(super) const PERSON_BY_LOGIN: &str = "
INSERT INTO person (platform, id, login, display, seen_ms) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (platform, login) WHERE id = '' DO UPDATE SET display = ?4, seen_ms = max(seen_ms, ?5)";

pub(super) const KEEP: &str = "
INSERT INTO kept (key, value) VALUES (?1, ?2)
ON CONFLICT (key) DO UPDATE SET value = ?2";

pub(super) const SESSIONS: &str = "SELECT id, started_ms, ended_ms, cause FROM session ORDER BY id";

pub(super) const ROWS_OF_SESSIONS: &str = "SELECT session, count(*) FROM journal GROUP BY session";

/// The last row may have been deleted with its session.
pub(super) const LAST_SEQ: &str = "
SELECT max(
    coalesce(max(seq), 0),
    coalesce((SELECT CAST(value AS INTEGER) FROM kept WHERE key = 'last_row'), 0)
) FROM journal";

pub(super) const META: &str = "SELECT value FROM kept WHERE key = ?1";

/// `?1` is a JSON array of sessions, `?2` is a JSON array of `[origin, kind]`. The inner query
/// selects row numbers only, so that SQLite does not hold rows in memory to sort them.
pub(super) const ROWS: &str = "
SELECT seq, session, at_ms, origin, kind, id, body FROM journal
WHERE seq IN (
    SELECT seq FROM json_each(?1) AS wanted
    CROSS JOIN journal ON session = wanted.value
    UNION ALL
    SELECT seq FROM json_each(?2) AS wanted
    CROSS JOIN journal ON origin = wanted.value ->> 0 AND kind = wanted.value ->> 1
)
ORDER BY seq";

pub(super) const RECENT_IDS: &str = "
SELECT id FROM (SELECT seq, id FROM journal WHERE id IS NOT NULL ORDER BY seq DESC LIMIT ?1) ORDER \
BY seq";

pub(super) const PUBLISHED_IDS: &str =
    "SELECT id FROM journal WHERE origin = 'published' AND id IS NOT NULL";

pub(super) const PEOPLE: &str = "
SELECT platform, id, login, display, seen_ms FROM person ORDER BY seen_ms DESC, rowid DESC LIMIT \
?1";

pub(super) const ALL_ROWS: &str =
    "SELECT seq, session, at_ms, origin, kind, id, body FROM journal ORDER BY seq";

pub(super) const REMOVE_ROW: &str = "DELETE FROM journal WHERE seq = ?1";

pub(super) const CHANGE_ROW: &str = "UPDATE journal SET id = ?2, body = ?3 WHERE seq = ?1";

pub(super) const REMOVE_PERSON: &str =
    "DELETE FROM person WHERE platform = ?1 AND id = ?2 AND login = ?3";

pub(super) const REMOVE_META: &str = "DELETE FROM kept WHERE key = ?1";

/// `?2` is a JSON array of `[origin, kind]`, whose rows stay; `?3` is the maximum number of rows to
/// remove.
pub(super) const REMOVE_ROWS: &str = "
DELETE FROM journal WHERE seq IN (
    SELECT seq FROM journal WHERE session = ?1 AND NOT EXISTS (
        SELECT 1 FROM json_each(?2) AS kept
        WHERE origin = kept.value ->> 0 AND kind = kept.value ->> 1
    )
    ORDER BY seq LIMIT ?3
)";

/// The rows of [`REMOVE_ROWS`].
pub(super) const ROWS_TO_REMOVE: &str = "
SELECT seq, session, at_ms, origin, kind, id, body FROM journal
WHERE session = ?1 AND NOT EXISTS (
    SELECT 1 FROM json_each(?2) AS kept
    WHERE origin = kept.value ->> 0 AND kind = kept.value ->> 1
)
ORDER BY seq LIMIT ?3";

/// The running session has no end, and stays.
pub(super) const REMOVE_SESSION: &str =
    "DELETE FROM session WHERE id = ?1 AND ended_ms IS NOT NULL";

/// If there is a value already, it stays.
pub(super) const KEEP_FIRST: &str = "INSERT OR IGNORE INTO kept (key, value) VALUES (?1, ?2)";

pub(super) const KEEP_HIGHEST: &str = "
INSERT INTO kept (key, value) VALUES (?1, ?2)
ON CONFLICT (key) DO UPDATE
SET value = CAST(max(CAST(value AS INTEGER), CAST(?2 AS INTEGER)) AS TEXT)";

pub(super) const VALUES: &str = "SELECT key, value FROM kept ORDER BY key";

/// In the order in which they came, which decides between people who were seen at the same time.
pub(super) const ALL_PEOPLE: &str =
    "SELECT platform, id, login, display, seen_ms FROM person ORDER BY rowid";

pub(super) const NUMBER_OF_ROWS: &str = "SELECT count(*) FROM journal";

pub(super) const REMOVE_SESSIONS: &str = "DELETE FROM session";

pub(super) const SESSION: &str = "SELECT started_ms, cause FROM session WHERE id = ?1";

/// Only the last session may run. Another one ends when the next one begins.
pub(super) const END_EARLIER: &str = "
UPDATE session SET ended_ms = (SELECT min(started_ms) FROM session AS next WHERE next.id > \
session.id)
WHERE ended_ms IS NULL AND id < (SELECT max(id) FROM session)";

/// Of two copies of the same session or person in a damaged journal, the first one counts.
pub(super) const SALVAGE_SESSION: &str =
    "INSERT OR IGNORE INTO session (id, started_ms, ended_ms, cause) VALUES (?1, ?2, ?3, ?4)";

pub(super) const SALVAGE_PERSON: &str = "
INSERT OR IGNORE INTO person (platform, id, login, display, seen_ms) VALUES (?1, ?2, ?3, ?4, ?5)";

/// They have ended, unless there is no other session: a wrong bit in a row may have made a session
/// that never was.
pub(super) const MAKE_SESSIONS: &str = "
INSERT INTO session (id, started_ms, ended_ms, cause)
SELECT
    session,
    min(at_ms),
    CASE
        WHEN session < (SELECT max(session) FROM journal) OR EXISTS (SELECT 1 FROM session)
        THEN max(at_ms)
    END,
    'clear'
FROM journal
WHERE session NOT IN (SELECT id FROM session)
GROUP BY session";

pub(super) const KEEP_LAST_SESSION: &str = "
INSERT INTO kept (key, value)
SELECT 'last_session', CAST(max(
    coalesce((SELECT max(id) FROM session), 0),
    coalesce((SELECT CAST(value AS INTEGER) FROM kept WHERE key = 'last_session'), 0)
) AS TEXT)
WHERE true
ON CONFLICT (key) DO UPDATE SET value = excluded.value";
