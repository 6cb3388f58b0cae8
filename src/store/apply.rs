//! Puts one batch of writes into one transaction. Every statement may be repeated without harm: a failed batch is tried again whole.

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::statements;
use crate::core::journal::{PersonRow, Row, Session, Write};

/// Writes the batch; when it returns `Ok`, the batch is on the disk.
pub(super) fn commit<'a>(connection: &mut Connection, batch: impl IntoIterator<Item = &'a Write>) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for write in batch {
        match write {
            Write::Append(row) => append(&transaction, row)?,
            Write::Begin(session) => begin(&transaction, session)?,
            Write::Person(person) => upsert(&transaction, person)?,
            Write::Keep { key, value } => {
                transaction.prepare_cached(statements::KEEP)?.execute(params![key, value])?;
            }
        }
    }
    transaction.commit()
}

fn append(transaction: &Transaction<'_>, row: &Row) -> rusqlite::Result<()> {
    let Row { seq, session, at_ms, origin, kind, id, body } = row;
    let mut statement = transaction.prepare_cached(statements::APPEND)?;
    statement.execute(params![seq.0.cast_signed(), session.0.cast_signed(), at_ms, origin.as_str(), kind, id, body]).map(drop)
}

fn begin(transaction: &Transaction<'_>, session: &Session) -> rusqlite::Result<()> {
    let Session { id, started_ms, ended_ms, cause } = session;
    let id = id.0.cast_signed();
    transaction.prepare_cached(statements::END_RUNNING)?.execute(params![started_ms, id])?;
    transaction.prepare_cached(statements::BEGIN_SESSION)?.execute(params![id, started_ms, ended_ms, cause]).map(drop)
}

fn upsert(transaction: &Transaction<'_>, person: &PersonRow) -> rusqlite::Result<()> {
    let PersonRow { platform, id, login, display, seen_ms } = person;
    let statement = if id.is_empty() { statements::PERSON_BY_LOGIN } else { statements::PERSON_BY_ID };
    transaction.prepare_cached(statement)?.execute(params![platform, id, login, display, seen_ms]).map(drop)
}
