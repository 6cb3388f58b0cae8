//! Writes one batch in one transaction. Every statement may be repeated without harm, because a
//! failed batch is repeated as a whole.

use std::path::Path;

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::{StoreError, statements};
use crate::bridge::journal::{PersonRow, Row, Seq, Session, Write};

/// Why a batch was not written.
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

/// Writes the batch. When it returns `Ok`, the batch is on disk.
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
            Write::Keep { key, value } => {
                transaction
                    .prepare_cached(statements::KEEP)?
                    .execute(params![key, value])?;
            }
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
    let values = params![
        seq.0.cast_signed(),
        session.0.cast_signed(),
        at_ms,
        origin.as_str(),
        kind,
        id,
        body
    ];
    if transaction
        .prepare_cached(statements::APPEND)?
        .execute(values)?
        == 0
    {
        let same: u32 = transaction
            .prepare_cached(statements::SAME_ROW)?
            .query_row(values, |row| row.get(0))?;
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
