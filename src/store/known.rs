use rusqlite::Connection;

use super::StoreError;
use super::schema::APPLICATION_ID;
use super::statements;
use crate::bridge::journal::{Seq, Session, SessionId, Write};

/// The content that the journal must have, even if its file is lost. It follows from everything
/// that was written to the journal and read from it.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The number of the last row.
    pub(super) last: Seq,
    session: Option<Session>,
    meta: Vec<(&'static str, Box<str>)>,
    /// The id of the journal, which distinguishes it from other journals; `None` before it is
    /// written.
    instance: Option<String>,
}

/// The key of the journal's id.
const INSTANCE: &str = "instance";
/// The keys of the meta values that a new journal gets. Values of later versions are left out.
/// `last_row` is left out too, because a new journal may lack all rows.
const KEYS: [&str; 13] = [
    "alive_ms",
    "streamed_ms",
    "generation",
    "channels",
    "subscriptions",
    "once",
    "latest",
    "listed",
    "forgotten",
    "resumed_ms",
    "summary_from_ms",
    "last_session",
    INSTANCE,
];

impl Known {
    /// Reads the content of an opened journal. `meta` reads the value of a key.
    pub(super) fn read(
        last: Seq,
        session: Option<Session>,
        meta: impl Fn(&str) -> Result<Option<String>, StoreError>,
    ) -> Result<Self, StoreError> {
        let mut known = Self {
            last,
            session,
            ..Self::default()
        };
        for key in KEYS {
            known
                .meta
                .extend(meta(key)?.map(|value| (key, value.into())));
        }
        known.instance = meta(INSTANCE)?;
        Ok(known)
    }

    /// Records that these writes are in the journal.
    pub(super) fn note(&mut self, batch: &[Write]) {
        for write in batch {
            match write {
                Write::Append(row) => self.last = self.last.max(row.seq),
                Write::Begin(session) => self.session = Some(session.clone()),
                Write::Keep { key, value } => self.keep(key, value),
                Write::ChangeSessions(change) => {
                    let running = change.sessions.iter().find(|one| one.ended_ms.is_none());
                    if let Some(running) = running {
                        self.session = Some(running.clone());
                    }
                    for (key, value) in change.meta().filter(|(key, _)| KEYS.contains(key)) {
                        self.keep(key, &value);
                    }
                }
                Write::Person(_) => {}
            }
        }
    }

    /// The session that runs; `None` before the first one.
    pub(super) fn running(&self) -> Option<SessionId> {
        self.session.as_ref().map(|session| session.id)
    }

    /// The id of the journal; `None` before it has one.
    pub(super) fn instance(&self) -> Option<&str> {
        self.instance.as_deref()
    }

    fn keep(&mut self, key: &'static str, value: &str) {
        if key == INSTANCE {
            self.instance = Some(value.to_owned());
        }
        match self.meta.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => *known = value.into(),
            None => self.meta.push((key, value.into())),
        }
    }

    /// The writes that can be repeated without the old journal.
    pub(super) fn writes(&self) -> Vec<Write> {
        let meta = self.meta.iter().map(|(key, value)| Write::Keep {
            key,
            value: value.clone(),
        });
        self.session
            .clone()
            .map(Write::Begin)
            .into_iter()
            .chain(meta)
            .collect()
    }

    /// Whether a database is intact and is the expected journal.
    pub(super) fn is_in(&self, connection: &Connection) -> rusqlite::Result<bool> {
        let application: i32 =
            connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
        if application != APPLICATION_ID {
            return Ok(false);
        }
        let sound: String =
            connection.query_row("PRAGMA integrity_check(1)", (), |row| row.get(0))?;
        let last: i64 = connection.query_row(statements::LAST_SEQ, (), |row| row.get(0))?;
        let mut instance = connection.prepare(statements::META)?;
        let instance: Option<String> = instance
            .query_map([INSTANCE], |row| row.get(0))?
            .next()
            .transpose()?;
        Ok(sound == "ok" && last.cast_unsigned() >= self.last.0 && instance == self.instance)
    }
}
