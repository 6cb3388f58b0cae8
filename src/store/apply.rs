//! Writes one batch in one transaction. Every statement may be repeated without harm, because a
//! failed batch is repeated as a whole.

use std::path::Path;

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

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

/// Writes the batch. If it returns `Ok`, the batch is on disk.
pub(super) fn commit(
    connection: &mut Connection,
    path: &Path,
    batch: &[Write],
) -> Result<(), StoreError> {
    write_all(connection, batch).map_err(|failure| match failure {
        Failure::Sqlite(error) => StoreError::database("write to", path, error),
        Failure::Conflict(seq) => StoreError::Conflict {
            path: path.to_owned(),
            seq: seq.0,
        },
    })
}

fn write_all(connection: &mut Connection, batch: &[Write]) -> Result<(), Failure> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for write in batch {
        match write {
            Write::Append(row) => append(&transaction, row)?,
            Write::Begin(session) => begin(&transaction, session)?,
            Write::Person(person) => upsert(&transaction, person)?,
            Write::Keep { key, value } => keep(&transaction, key, value)?,
            Write::ChangeSessions(change) => change_sessions(&transaction, change)?,
        }
    }
    Ok(transaction.commit()?)
}

fn append(transaction: &Transaction<'_>, row: &Row) -> Result<(), Failure> {
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
    if inserted == 0 {
        let same: u32 = transaction
            .prepare_cached(statements::SAME_ROW)?
            .query_row(params![number, at_ms, origin, kind, id, body], |row| {
                row.get(0)
            })?;
        if same == 0 {
            return Err(Failure::Conflict(*seq));
        }
    }
    Ok(())
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

fn change_sessions(transaction: &Transaction<'_>, change: &SessionChange) -> rusqlite::Result<()> {
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
    change_rows(transaction, change)?;
    for (key, value) in change.meta() {
        keep(transaction, key, &value)?;
    }
    Ok(())
}

fn change_rows(transaction: &Transaction<'_>, change: &SessionChange) -> rusqlite::Result<()> {
    let last = change.last.0.cast_signed();
    match change.rows {
        RowChange::None => Ok(()),
        RowChange::Move { from, to, since_ms } => {
            let (from, to) = (from.0.cast_signed(), to.0.cast_signed());
            transaction
                .prepare_cached(statements::MOVE_ROWS)?
                .execute(params![from, to, since_ms, last])
                .map(drop)
        }
        RowChange::Delete { of, keeping } => {
            let keeping: Vec<_> = keeping
                .iter()
                .map(|(origin, kind)| serde_json::json!([origin.as_str(), kind]))
                .collect();
            let keeping = serde_json::Value::from(keeping).to_string();
            transaction
                .prepare_cached(statements::DELETE_ROWS)?
                .execute(params![of.0.cast_signed(), last, keeping])
                .map(drop)
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
