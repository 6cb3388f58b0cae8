//! Reads sessions from the journal, beside the bridge or without one.

use std::{collections::HashMap, ops::ControlFlow, path::Path, sync::Arc};

use super::{
    clock::Clock,
    settings,
    startup::{PEOPLE, meta_values},
};
use serde_json::{Map, Value};

use crate::{
    bridge::{
        archive::{self, Archive, JournalAnswer},
        explanation::Explanation,
        ingest::LASTING,
        io::{JournalQuestion, MetaValues, Settings},
        journal::{PersonRow, Row, Session},
    },
    config::Config,
    request::{Call, RequestError, SessionQuery},
    store::{ReadOnlyStore, Reader, Rows, StoreError},
};

/// Answers a question from the journal at this path. The journal is not changed.
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
            let why = "forgetting a person is no question about sessions";
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
    })
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
        Err(error) => Some(Err(error)),
    }
}

fn unreadable(error: &StoreError) -> RequestError {
    RequestError::Unavailable(error.chain())
}

/// The parts from which an [`Archive`] is built.
pub(super) struct Source<'a> {
    reader: Reader<'a>,
    session: Session,
    settings: &'a Settings,
    meta: MetaValues,
    /// People of the store, the most recently seen first.
    people: Vec<PersonRow>,
}

impl<'a> Source<'a> {
    /// Reads the meta values, and at most `limit` people.
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

    pub(super) fn archive(&self) -> Result<Archive, RequestError> {
        let mut archive = Archive::new(self.settings, &self.meta, self.session.clone());
        for row in self.people.iter().rev() {
            archive.recall_person(row);
        }
        self.rows(|row| archive.read(row))?;
        Ok(archive)
    }

    fn rows(&self, mut each: impl FnMut(&Row)) -> Result<(), RequestError> {
        let wanted = Rows {
            sessions: &[self.session.id],
            kinds: &LASTING,
        };
        self.reader
            .rows(wanted, |row| {
                each(&row);
                ControlFlow::Continue(())
            })
            .map(drop)
            .map_err(|error| unreadable(&error))
    }
}
