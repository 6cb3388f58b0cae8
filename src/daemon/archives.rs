//! Reads sessions from the journal, while a bridge runs and while none runs. While none runs, it
//! changes sessions too.

use std::{collections::HashMap, ops::ControlFlow, path::Path, sync::Arc};

use super::{
    clock::Clock,
    settings,
    startup::{PEOPLE, meta_values},
};
use serde_json::{Map, Value};

use crate::{
    bridge::{
        archive::{self, Archive},
        edits_of_session::PlannedEdits,
        explanation::Explanation,
        ingest::LASTING,
        io::{JournalQuestion, MetaValues, Settings},
        journal::{PersonRow, Row, RowOrigin, Session, SessionId},
        journal_answer::JournalAnswer,
        session_plan::{SessionPlan, SessionTable},
    },
    config::Config,
    request::{Call, RequestError, SessionCommand, SessionQuery},
    store::{ReadOnlyStore, Reader, Rows, Store, StoreError},
};

/// Answers a question from the journal at this path, without changing the journal.
///
/// # Errors
/// If there is no such session or person, or the journal cannot be read.
pub(super) fn read(
    path: &Path,
    question: &JournalQuestion,
    settings: &Settings,
    now_ms: i64,
) -> Result<JournalAnswer, RequestError> {
    let store = ReadOnlyStore::open(path).map_err(|error| unreadable(&error))?;
    let reader = store.reader().map_err(|error| unreadable(&error))?;
    let sessions = reader.sessions().map_err(|error| unreadable(&error))?;
    let find = |query| archive::find(&sessions, query, &settings.overlay.zone, now_ms).cloned();
    Ok(match question {
        JournalQuestion::Sessions { limit } => {
            let rows: HashMap<_, _> = reader
                .rows_of_sessions()
                .map_err(|error| unreadable(&error))?;
            let rows_of = |session| rows.get(&session).copied().unwrap_or_default();
            JournalAnswer::Fields(archive::list(&sessions, rows_of, *limit, now_ms))
        }
        JournalQuestion::Session(query) => {
            let source = Source::of(reader, find(*query)?, settings, PEOPLE)?;
            JournalAnswer::Session(Arc::new(source.archive()?))
        }
        JournalQuestion::Forget { .. } => {
            let why = "forgetting a person is not a question about sessions";
            return Err(RequestError::Unavailable(why.into()));
        }
        JournalQuestion::Explain { session, person } => {
            let source = Source::of(reader, find(*session)?, settings, PEOPLE)?;
            let mut explanation =
                Explanation::of(source.archive()?, person, settings, &source.meta)?;
            for row in source.people.iter().rev() {
                explanation.recall_person(row);
            }
            source.rows(|row| explanation.read(row))?;
            JournalAnswer::Fields(explanation.into_reply(&settings.credits, now_ms))
        }
        JournalQuestion::Edit { session, edit } => {
            let source = Source::of(reader, find(*session)?, settings, PEOPLE)?;
            let edits = PlannedEdits::of(source.archive()?, edit.clone(), settings, now_ms)?;
            JournalAnswer::Edits(Box::new(edits))
        }
        JournalQuestion::Change(command) => {
            let mut plan = plan(reader, *command, settings, now_ms)?;
            if !plan.is_preview() {
                let source = Source::of(reader, plan.running().clone(), settings, PEOPLE)?;
                plan.collect(source.empty());
                for row in source.people.iter().rev() {
                    plan.recall_person(row);
                }
                rows(reader, &plan.sessions(), &LASTING, |row| plan.read(row))?;
            }
            JournalAnswer::Change(Box::new(plan))
        }
    })
}

/// Only plans the change: no rows are read yet.
fn plan(
    reader: Reader<'_>,
    command: SessionCommand,
    settings: &Settings,
    now_ms: i64,
) -> Result<SessionPlan, RequestError> {
    let table = || -> Result<_, StoreError> {
        Ok((
            reader.sessions()?,
            reader.rows_of_sessions()?,
            meta_values(reader)?.last_session,
            reader.last_seq()?,
        ))
    };
    let (sessions, rows, last_session, last) = table().map_err(|error| unreadable(&error))?;
    let table = SessionTable {
        sessions: &sessions,
        rows: &rows,
        last_session,
        last,
    };
    table.plan(command, &settings.overlay.zone, now_ms)
}

/// Changes sessions in the journal of this config while no bridge runs.
///
/// # Errors
/// The errors that the running bridge reports, and an error if the journal is in use or cannot be
/// written.
pub fn change(
    config: &Config,
    command: SessionCommand,
) -> Result<Map<String, Value>, RequestError> {
    let settings = settings::of(config, false);
    let now_ms = Clock::new().now().wall_ms;
    let store = Store::open(&config.store.path).map_err(|error| match error {
        StoreError::Taken { path, .. } => RequestError::Unavailable(format!(
            "a bridge uses {}, but it did not answer over OBS: open OBS so that the bridge can \
                answer, or stop the bridge first",
            path.display()
        )),
        error => unreadable(&error),
    })?;
    for note in store.notes() {
        tracing::error!("{note}");
    }
    let reader = store.reader();
    let mut plan = plan(reader, command, &settings, now_ms)?;
    if !plan.is_preview() {
        rows(reader, &plan.sessions(), &[], |row| plan.read(row))?;
        plan.finish(
            reader.last_seq().map_err(|error| unreadable(&error))?,
            now_ms,
        );
        let change = plan.change().clone();
        store
            .change_sessions(change)
            .map_err(|error| unreadable(&error))?;
    }
    Ok(plan.reply(now_ms))
}

/// Reads rows in the order of their numbers.
fn rows(
    reader: Reader<'_>,
    sessions: &[SessionId],
    kinds: &[(RowOrigin, &str)],
    mut each: impl FnMut(&Row),
) -> Result<(), RequestError> {
    reader
        .rows(Rows { sessions, kinds }, |row| {
            each(&row);
            ControlFlow::Continue(())
        })
        .map(drop)
        .map_err(|error| unreadable(&error))
}

/// Answers a request from the journal of this config while no bridge runs.
///
/// `None` if only a running bridge can answer it.
///
/// # Errors Those of a running bridge, and an error if the journal cannot be read.
pub fn answer(config: &Config, call: Call) -> Option<Result<Map<String, Value>, RequestError>> {
    let (question, call) = match call {
        Call::GetCredits(_) | Call::GetRoll(_) => {
            (JournalQuestion::Session(SessionQuery::Running), call)
        }
        Call::OfSession { session, call } => (JournalQuestion::Session(session), *call),
        Call::GetSession { session } => (JournalQuestion::Session(session), call),
        Call::ListSessions { limit } => (JournalQuestion::Sessions { limit }, call),
        Call::ExplainPerson {
            session,
            ref person,
        } => {
            let person = person.clone();
            (JournalQuestion::Explain { session, person }, call)
        }
        _ => return None,
    };
    let settings = settings::of(config, false);
    let now_ms = Clock::new().now().wall_ms;
    let read = read(&config.store.path, &question, &settings, now_ms);
    match read {
        Ok(JournalAnswer::Fields(fields)) => Some(Ok(fields)),
        Ok(JournalAnswer::Session(archive)) => archive.answer(&call, &settings, now_ms).map(Ok),
        // Only a running bridge makes edits, and `change` makes changes.
        Ok(JournalAnswer::Change(_) | JournalAnswer::Edits(_)) => None,
        Err(error) => Some(Err(error)),
    }
}

fn unreadable(error: &StoreError) -> RequestError {
    RequestError::Unavailable(error.chain())
}

pub(super) struct Source<'a> {
    reader: Reader<'a>,
    session: Session,
    settings: &'a Settings,
    meta: MetaValues,
    /// The people in the store, the most recently seen first.
    people: Vec<PersonRow>,
}

impl<'a> Source<'a> {
    /// Reads at most `limit` people.
    pub(super) fn of(
        reader: Reader<'a>,
        session: Session,
        settings: &'a Settings,
        limit: usize,
    ) -> Result<Self, RequestError> {
        let mut people = Vec::new();
        reader
            .people(limit, |row| people.push(row))
            .map_err(|error| unreadable(&error))?;
        Ok(Self {
            meta: meta_values(reader).map_err(|error| unreadable(&error))?,
            reader,
            session,
            settings,
            people,
        })
    }

    fn empty(&self) -> Archive {
        Archive::new(self.settings, &self.meta, self.session.clone())
    }

    pub(super) fn archive(&self) -> Result<Archive, RequestError> {
        let mut archive = self.empty();
        for row in self.people.iter().rev() {
            archive.recall_person(row);
        }
        self.rows(|row| archive.read(row))?;
        Ok(archive)
    }

    fn rows(&self, each: impl FnMut(&Row)) -> Result<(), RequestError> {
        rows(self.reader, &[self.session.id], &LASTING, each)
    }
}
