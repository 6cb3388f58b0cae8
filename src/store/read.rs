//! Reads the store at start-up. Rows are passed on one at a time, because the journal may be larger
//! than the memory.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::Path;

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};
use rusqlite::{Connection, OptionalExtension, Params, Row as Columns};

use super::{Store, StoreError, statements};
use crate::bridge::journal::{PersonRow, Row, RowOrigin, Seq, Session, SessionId};

/// The rows to read: the rows of these sessions, and in all sessions the rows with one of these
/// origins and kinds.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    pub sessions: &'a [SessionId],
    pub kinds: &'a [(RowOrigin, &'a str)],
}

#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    pub(super) connection: &'a Connection,
    pub(super) path: &'a Path,
}

impl Store {
    pub fn reader(&self) -> Reader<'_> {
        Reader {
            connection: &self.connection,
            path: &self.path,
        }
    }
}

impl Reader<'_> {
    /// All sessions, oldest first.
    pub fn sessions(&self) -> Result<Vec<Session>, StoreError> {
        let mut sessions = Vec::new();
        self.each(statements::SESSIONS, (), |row| {
            let (id, started_ms, ended_ms, cause): (i64, _, _, Box<str>) = row.try_into()?;
            sessions.push(Session {
                id: SessionId(id.cast_unsigned()),
                started_ms,
                ended_ms,
                cause,
            });
            Ok(())
        })?;
        Ok(sessions)
    }

    pub fn rows_of_sessions(&self) -> Result<HashMap<SessionId, u64>, StoreError> {
        let mut rows = HashMap::new();
        self.each(statements::ROWS_OF_SESSIONS, (), |row| {
            let (session, count): (i64, i64) = row.try_into()?;
            rows.insert(SessionId(session.cast_unsigned()), count.cast_unsigned());
            Ok(())
        })?;
        Ok(rows)
    }

    /// The number of the last row; 0 if there is none.
    pub fn last_seq(&self) -> Result<Seq, StoreError> {
        let last: rusqlite::Result<i64> =
            self.connection
                .query_row(statements::LAST_SEQ, (), |row| row.get(0));
        last.map(|last| Seq(last.cast_unsigned()))
            .map_err(|error| self.unreadable(error))
    }

    /// A value that [`Write::Keep`](crate::bridge::journal::Write::Keep) has stored.
    pub fn meta(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.connection
            .query_row(statements::META, [key], |row| row.get(0))
            .optional()
            .map_err(|error| self.unreadable(error))
    }

    /// Reads rows in the order of their numbers, until there are no more rows or `each` breaks.
    pub fn rows(
        &self,
        what: Rows<'_>,
        mut each: impl FnMut(Row) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, StoreError> {
        let sessions: Vec<_> = what.sessions.iter().map(|session| session.0).collect();
        let kinds: Vec<_> = what
            .kinds
            .iter()
            .map(|(origin, kind)| serde_json::json!([origin.as_str(), kind]))
            .collect();
        self.each_until(
            statements::ROWS,
            [
                serde_json::Value::from(sessions).to_string(),
                serde_json::Value::from(kinds).to_string(),
            ],
            |columns| {
                let row = readable(journal_row(columns))?;
                Ok(row.map_or(ControlFlow::Continue(()), &mut each))
            },
        )
    }

    /// Reads all rows in the order of their numbers.
    pub fn all_rows(&self, mut each: impl FnMut(Row)) -> Result<(), StoreError> {
        self.each(statements::ALL_ROWS, (), |columns| {
            let row = readable(journal_row(columns))?;
            row.into_iter().for_each(&mut each);
            Ok(())
        })
    }

    /// Reads all rows in the order of their numbers, until `each` breaks.
    pub fn all_rows_until(
        &self,
        mut each: impl FnMut(Row) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, StoreError> {
        self.each_until(statements::ALL_ROWS, (), |columns| {
            let row = readable(journal_row(columns))?;
            Ok(row.map_or(ControlFlow::Continue(()), &mut each))
        })
    }

    /// Counts rows that cannot be read, too.
    pub fn number_of_rows(&self) -> Result<u64, StoreError> {
        self.connection
            .query_row(statements::NUMBER_OF_ROWS, (), |row| row.get::<_, i64>(0))
            .map(i64::cast_unsigned)
            .map_err(|error| self.unreadable(error))
    }

    /// Calls `each` with the key and the text of each meta value.
    pub fn values(&self, mut each: impl FnMut(String, String)) -> Result<(), StoreError> {
        self.each(statements::VALUES, (), |row| {
            each(row.get(0)?, row.get(1)?);
            Ok(())
        })
    }

    /// Calls `each` with all people, in the order in which they were first seen.
    pub fn all_people(&self, mut each: impl FnMut(PersonRow)) -> Result<(), StoreError> {
        self.each(statements::ALL_PEOPLE, (), |row| {
            each(person_row(row)?);
            Ok(())
        })
    }

    /// The ids of the last `count` rows that have an id, oldest first.
    pub fn recent_ids(&self, count: usize) -> Result<Vec<Box<str>>, StoreError> {
        let mut ids = Vec::new();
        self.each(
            statements::RECENT_IDS,
            [i64::try_from(count).unwrap_or(i64::MAX)],
            |row| {
                ids.push(row.get(0)?);
                Ok(())
            },
        )?;
        Ok(ids)
    }

    /// Calls `each` with the ids of the published rows, in no particular order.
    pub fn published_ids(&self, mut each: impl FnMut(&str)) -> Result<(), StoreError> {
        self.each(statements::PUBLISHED_IDS, (), |row| {
            each(row.get_ref(0)?.as_str()?);
            Ok(())
        })
    }

    /// Calls `each` with at most `limit` people. The most recently seen people come first.
    pub fn people(&self, limit: usize, mut each: impl FnMut(PersonRow)) -> Result<(), StoreError> {
        self.each(
            statements::PEOPLE,
            [i64::try_from(limit).unwrap_or(i64::MAX)],
            |row| {
                each(person_row(row)?);
                Ok(())
            },
        )
    }

    fn each<P: Params>(
        &self,
        sql: &str,
        with: P,
        mut read: impl FnMut(&Columns<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), StoreError> {
        self.each_until(sql, with, |row| read(row).map(ControlFlow::Continue))
            .map(|_| ())
    }

    fn each_until<P: Params>(
        &self,
        sql: &str,
        with: P,
        mut read: impl FnMut(&Columns<'_>) -> rusqlite::Result<ControlFlow<()>>,
    ) -> Result<ControlFlow<()>, StoreError> {
        let read_all = || {
            let mut statement = self.connection.prepare_cached(sql)?;
            let mut rows = statement.query(with)?;
            while let Some(row) = rows.next()? {
                if read(row)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            Ok(ControlFlow::Continue(()))
        };
        read_all().map_err(|error| self.unreadable(error))
    }

    fn unreadable(&self, error: rusqlite::Error) -> StoreError {
        StoreError::database("read", self.path, error)
    }
}

/// Leaves out a row whose columns make no sense, because one row must not keep the bridge from all
/// others. The next start sets the journal aside and saves the other rows (`store::examine`).
fn readable(row: rusqlite::Result<Row>) -> rusqlite::Result<Option<Row>> {
    use rusqlite::Error::{FromSqlConversionFailure, InvalidColumnType, Utf8Error};
    match row {
        Err(error @ (FromSqlConversionFailure(..) | InvalidColumnType(..) | Utf8Error(..))) => {
            tracing::warn!(%error, "a row of the journal cannot be read, and is left out");
            Ok(None)
        }
        row => row.map(Some),
    }
}

fn journal_row(columns: &Columns<'_>) -> rusqlite::Result<Row> {
    let Origin(origin) = columns.get(3)?;
    Ok(Row {
        seq: Seq(columns.get::<_, i64>(0)?.cast_unsigned()),
        session: SessionId(columns.get::<_, i64>(1)?.cast_unsigned()),
        at_ms: columns.get(2)?,
        origin,
        kind: columns.get(4)?,
        id: columns.get(5)?,
        body: columns.get(6)?,
    })
}

fn person_row(columns: &Columns<'_>) -> rusqlite::Result<PersonRow> {
    let (platform, id, login, display, seen_ms) = columns.try_into()?;
    Ok(PersonRow {
        platform,
        id,
        login,
        display,
        seen_ms,
    })
}

/// The database's spelling of a [`RowOrigin`].
struct Origin(RowOrigin);

impl FromSql for Origin {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let word = value.as_str()?;
        RowOrigin::parse(word)
            .map(Self)
            .ok_or_else(|| FromSqlError::other(UnknownOrigin(word.into())))
    }
}

/// The error for a row whose origin this program does not know.
#[derive(Debug, thiserror::Error)]
#[error("unknown origin {0:?}")]
struct UnknownOrigin(Box<str>);
