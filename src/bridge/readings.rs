//! Handles requests that need the journal: about sessions, changes of sessions, and the events
//! behind an entry.
//!
//! The shell reads the journal on another thread, because a session may have many rows. The request
//! waits, and the bridge continues meanwhile. The last read session is kept for a while, for
//! further requests about it.

use std::{collections::VecDeque, sync::Arc};

use super::{
    archive::Archive,
    base::Base,
    io::{Effect, JournalQuestion, Now},
    journal::SessionId,
    journal_answer::JournalAnswer,
    pending_reply::Sender,
};
use crate::request::{Call, RequestError, SessionEdit, SessionQuery};

/// The limit on requests that wait at the same time.
const WAITING: usize = 64;
/// A session that was read is used for further requests within this time, in milliseconds. The time
/// is short, because people's names may change.
const KEPT_MS: u64 = 60_000;

/// A request that waits until the journal was read.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) call: Call,
    pub(super) from: Sender,
}

/// The state that a session from the journal depends on, in addition to its own rows.
type Revision = (SessionId, u64, u64);

#[derive(Debug)]
struct LastRead {
    query: SessionQuery,
    archive: Arc<Archive>,
    at: Revision,
    read_ms: u64,
}

/// The requests that wait, and the session that was read last.
#[derive(Debug, Default)]
pub(super) struct Readings {
    /// The requests that wait, each with the number of writes that must be on disk before the
    /// journal is read for it.
    waiting: VecDeque<(Waiting, u64)>,
    is_reading: bool,
    /// Whether the first request is a change of sessions. Then new rows are remembered for it.
    is_following: bool,
    /// Whether credits were replaced since the journal began to be read.
    is_out_of_date: bool,
    kept: Option<LastRead>,
    /// The request that waits until a person is forgotten.
    forgetting: Option<Sender>,
}

impl Readings {
    /// Drops the kept session if it was read long ago.
    pub(super) fn forget(&mut self, now: Now) {
        if self
            .kept
            .as_ref()
            .is_some_and(|kept| now.mono_ms >= kept.read_ms + KEPT_MS)
        {
            self.kept = None;
        }
    }

    /// The kept session for this call. `None` if it is another session, too old, or no longer
    /// current.
    pub(super) fn find(&mut self, call: &Call, base: &Base, now: Now) -> Option<Arc<Archive>> {
        let JournalQuestion::Session(query) = question(call)? else {
            return None;
        };
        self.forget(now);
        let kept = self.kept.as_ref()?;
        let is_day = matches!(query, SessionQuery::Today | SessionQuery::Yesterday);
        let is_it = (kept.query == query && !is_day)
            || query == SessionQuery::Number(kept.archive.session().id.0);
        // The running session changes all the time.
        let is_current = kept.at == revision(base) && kept.archive.session().ended_ms.is_some();
        if !is_it || !is_current {
            return None;
        }
        Some(Arc::clone(&kept.archive))
    }

    /// Drops the kept session, and makes the session that is being read invalid.
    pub(super) fn clear(&mut self) {
        self.kept = None;
        self.is_out_of_date |= self.is_reading;
    }

    /// Makes a request wait until a person is forgotten. Returns its sender if another request
    /// already waits.
    pub(super) fn begin_forgetting(&mut self, from: Sender) -> Result<(), Sender> {
        if self.forgetting.is_some() {
            return Err(from);
        }
        self.forgetting = Some(from);
        Ok(())
    }

    /// Whether a person is being forgotten.
    pub(super) fn is_forgetting(&self) -> bool {
        self.forgetting.is_some()
    }

    /// Removes and returns the sender of the waiting request.
    pub(super) fn end_forgetting(&mut self) -> Option<Sender> {
        self.forgetting.take()
    }

    /// Makes a request wait for the journal. Returns its sender if too many requests already wait.
    pub(super) fn wait(&mut self, request: Waiting, base: &Base) -> Result<(), Sender> {
        if self.waiting.len() >= WAITING {
            return Err(request.from);
        }
        self.waiting.push_back((request, base.out.writes().asked()));
        Ok(())
    }

    /// Makes a request wait again, before all others, because its answer is out of date.
    pub(super) fn wait_again(&mut self, request: Waiting, base: &Base) {
        let needs = base.out.writes().asked();
        self.waiting.push_front((request, needs));
    }

    /// Whether other code has replaced the credits since the journal began to be read. Then the
    /// result must not replace them.
    pub(super) fn is_out_of_date(&self) -> bool {
        self.is_out_of_date
    }

    /// Asks the shell to read the journal for the next request, once all writes before that request
    /// are on disk.
    pub(super) fn go_on(&mut self, base: &mut Base, now: Now) {
        let Some((request, needs)) = self.waiting.front_mut().filter(|_| !self.is_reading) else {
            return;
        };
        let is_change = matches!(request.call, Call::ChangeSessions(_));
        let is_edit =
            matches!(&request.call, Call::OfSession { call, .. } if edit_of(call).is_some());
        if (is_change || is_edit) && self.forgetting.is_some() {
            return;
        }
        if is_change && !self.is_following {
            self.is_following = true;
            base.out.follow_rows();
            *needs = base.out.writes().asked();
        }
        let writes = base.out.writes();
        if !writes.has_committed(*needs) && writes.error().is_none() {
            return;
        }
        let Some(question) = question(&request.call) else {
            return;
        };
        self.is_reading = true;
        self.is_out_of_date = false;
        let settings = Box::new(base.settings.clone());
        base.out.push(Effect::ReadJournal {
            question,
            settings,
            now_ms: now.wall_ms,
        });
    }

    /// Called when the journal was read. Returns the request that waited for it.
    pub(super) fn take(
        &mut self,
        answer: &Result<JournalAnswer, RequestError>,
        base: &Base,
        now: Now,
    ) -> Option<Waiting> {
        self.is_reading = false;
        self.is_following = false;
        let (request, _) = self.waiting.pop_front()?;
        if let (Ok(JournalAnswer::Session(archive)), Some(JournalQuestion::Session(query))) =
            (answer, question(&request.call))
        {
            self.kept = Some(LastRead {
                query,
                archive: Arc::clone(archive),
                at: revision(base),
                read_ms: now.mono_ms,
            });
        }
        Some(request)
    }
}

fn revision(base: &Base) -> Revision {
    let fold = base.model.fold();
    let session = base.model.session().id;
    (session, fold.edits().revision(), fold.bans.revision())
}

/// `None` if the call is answered from memory.
pub(super) fn question(call: &Call) -> Option<JournalQuestion> {
    Some(match call {
        Call::ListSessions { limit } => JournalQuestion::Sessions { limit: *limit },
        Call::GetSession { session } => JournalQuestion::Session(*session),
        Call::OfSession { session, call } => match edit_of(call) {
            Some(edit) => JournalQuestion::Edit {
                session: *session,
                edit,
            },
            None => JournalQuestion::Session(*session),
        },
        Call::ChangeSessions(command) => JournalQuestion::Change(*command),
        Call::ExplainPerson { session, person } => JournalQuestion::Explain {
            session: *session,
            person: person.clone(),
        },
        Call::Forget {
            person,
            preview: true,
            permit,
        } => JournalQuestion::Forget {
            person: person.clone(),
            permit: permit.clone(),
        },
        _ => return None,
    })
}

/// The correction in a call; `None` for other calls.
fn edit_of(call: &Call) -> Option<SessionEdit> {
    match call {
        Call::EditCredits { edit, preview } => Some(SessionEdit::Edit {
            edit: edit.clone(),
            preview: *preview,
        }),
        Call::Undo { steps } => Some(SessionEdit::Undo { steps: *steps }),
        _ => None,
    }
}

/// Removes the session from a call that names the running session by its number. So the call is
/// answered from memory.
pub(super) fn of_running(call: Call, base: &Base) -> Call {
    match call {
        Call::OfSession {
            session: SessionQuery::Number(number),
            call,
        } if number == base.model.session().id.0 => *call,
        call => call,
    }
}
