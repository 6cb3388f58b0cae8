//! Writes one batch in one transaction. Every statement may be repeated without harm, because a
//! failed batch is repeated as a whole.

use std::path::Path;

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::tally::Tally;
use super::{StoreError, statements};
use crate::bridge::journal::{PersonRow, Row, RowChange, Seq, Session, SessionChange, Write};

#[derive(Debug)]
enum Failure {
    Sqlite(rusqlite::Error),
    /// The journal has a different row with this number.
    Conflict(Seq),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// Writes the batch. If it returns `Ok`, the batch is on disk. Returns the rows that the journal
/// has more than before; of rows that were removed or changed, the difference.
pub(super) fn commit(
    connection: &mut Connection,
    path: &Path,
    batch: &[Write],
) -> Result<Tally, StoreError> {
    write_all(connection, batch).map_err(|failure| match failure {
        Failure::Sqlite(error) => StoreError::database("write to", path, error),
        Failure::Conflict(seq) => StoreError::Conflict {
            path: path.to_owned(),
            seq: seq.0,
        },
    })
}

fn write_all(connection: &mut Connection, batch: &[Write]) -> Result<Tally, Failure> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut more = Tally::default();
    for write in batch {
        match write {
            Write::Append(row) => more = more.plus(append(&transaction, row)?),
            Write::Begin(session) => begin(&transaction, session)?,
            Write::Person(person) => upsert(&transaction, person)?,
            Write::Keep { key, value } => keep(&transaction, key, value)?,
            Write::ChangeSessions(change) => {
                more = more.plus(change_sessions(&transaction, change)?);
            }
        }
    }
    transaction.commit()?;
    Ok(more)
}

/// Whether rows that are in the journal already are changed or removed by this batch.
pub(super) fn changes_rows(batch: &[Write]) -> bool {
    batch.iter().any(|write| match write {
        Write::ChangeSessions(change) => change.rows != RowChange::None,
        _ => false,
    })
}

/// What has become of a row that was to be appended.
pub(super) enum Appended {
    New,
    /// The journal had the row already.
    Known,
    /// The journal has another row with this number.
    Conflict,
}

/// Appends a row, unless the journal has one with its number.
pub(super) fn append_row(transaction: &Transaction<'_>, row: &Row) -> rusqlite::Result<Appended> {
    let Row {
        seq,
        session,
        at_ms,
        origin,
        kind,
        id,
        body,
    } = row;
    let (number, origin) = (seq.0.cast_signed(), origin.as_str());
    let session = session.0.cast_signed();
    let inserted = transaction
        .prepare_cached(statements::APPEND)?
        .execute(params![number, session, at_ms, origin, kind, id, body])?;
    if inserted > 0 {
        return Ok(Appended::New);
    }
    let same: u32 = transaction
        .prepare_cached(statements::SAME_ROW)?
        .query_row(params![number, at_ms, origin, kind, id, body], |row| {
            row.get(0)
        })?;
    Ok(if same == 0 {
        Appended::Conflict
    } else {
        Appended::Known
    })
}

fn append(transaction: &Transaction<'_>, row: &Row) -> Result<Tally, Failure> {
    match append_row(transaction, row)? {
        Appended::New => Ok(Tally::of(row)),
        Appended::Known => Ok(Tally::default()),
        Appended::Conflict => Err(Failure::Conflict(row.seq)),
    }
}

fn begin(transaction: &Transaction<'_>, session: &Session) -> rusqlite::Result<()> {
    let Session {
        id,
        started_ms,
        ended_ms,
        cause,
    } = session;
    let id = id.0.cast_signed();
    transaction
        .prepare_cached(statements::END_RUNNING)?
        .execute(params![started_ms, id])?;
    transaction
        .prepare_cached(statements::BEGIN_SESSION)?
        .execute(params![id, started_ms, ended_ms, cause])
        .map(drop)
}

fn keep(transaction: &Transaction<'_>, key: &str, value: &str) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(statements::KEEP)?
        .execute(params![key, value])
        .map(drop)
}

fn change_sessions(
    transaction: &Transaction<'_>,
    change: &SessionChange,
) -> rusqlite::Result<Tally> {
    for session in &change.sessions {
        let Session {
            id,
            started_ms,
            ended_ms,
            cause,
        } = session;
        transaction
            .prepare_cached(statements::PUT_SESSION)?
            .execute(params![id.0.cast_signed(), started_ms, ended_ms, cause])?;
    }
    for id in &change.gone {
        transaction
            .prepare_cached(statements::DELETE_SESSION)?
            .execute([id.0.cast_signed()])?;
    }
    let more = change_rows(transaction, change)?;
    for (key, value) in change.meta() {
        keep(transaction, key, &value)?;
    }
    Ok(more)
}

fn change_rows(transaction: &Transaction<'_>, change: &SessionChange) -> rusqlite::Result<Tally> {
    let last = change.last.0.cast_signed();
    match change.rows {
        RowChange::None => Ok(Tally::default()),
        RowChange::Move { from, to, since_ms } => {
            let mut more = Tally::default();
            let rows = params![from.0.cast_signed(), since_ms, last];
            let mut moving = transaction.prepare_cached(statements::ROWS_TO_MOVE)?;
            let mut moving = moving.query(rows)?;
            while let Some(row) = moving.next()? {
                let seq = Seq(row.get::<_, i64>(0)?.cast_unsigned());
                more = more.plus(Tally::moved(seq, from, to));
            }
            let (from, to) = (from.0.cast_signed(), to.0.cast_signed());
            transaction
                .prepare_cached(statements::MOVE_ROWS)?
                .execute(params![from, to, since_ms, last])?;
            Ok(more)
        }
        RowChange::Delete { of, keeping } => {
            let keeping: Vec<_> = keeping
                .iter()
                .map(|(origin, kind)| serde_json::json!([origin.as_str(), kind]))
                .collect();
            let keeping = serde_json::Value::from(keeping).to_string();
            let rows = params![of.0.cast_signed(), last, keeping];
            let removed = Tally::of_rows(transaction, statements::ROWS_TO_DELETE, rows)?;
            transaction
                .prepare_cached(statements::DELETE_ROWS)?
                .execute(rows)?;
            Ok(Tally::default().minus(removed))
        }
    }
}

fn upsert(transaction: &Transaction<'_>, person: &PersonRow) -> rusqlite::Result<()> {
    let PersonRow {
        platform,
        id,
        login,
        display,
        seen_ms,
    } = person;
    let statement = if id.is_empty() {
        statements::PERSON_BY_LOGIN
    } else {
        statements::PERSON_BY_ID
    };
    transaction
        .prepare_cached(statement)?
        .execute(params![platform, id, login, display, seen_ms])
        .map(drop)
}
