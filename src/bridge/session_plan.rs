//! Plans a change of sessions: the new sessions, the session in which each row counts, and the
//! credits of the running session.
//!
//! `daemon::archives` plans a change and reads the rows, with or without a running bridge. A
//! running bridge then adds the rows that came meanwhile and finishes the plan. It replaces its
//! credits with the credits of the plan, which are the same as after a restart.

use std::collections::HashMap;

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value, json};

use super::{
    archive::{Archive, find, listed, named, newest_first, running},
    ingest::BEYOND_DELETION,
    journal::{PersonRow, Row, RowChange, Seq, Session, SessionChange, SessionId},
};
use crate::{
    input::count,
    request::{RequestError, SessionCommand, SessionQuery, SplitTime},
};

/// The sessions of a journal before a change.
#[derive(Debug)]
pub struct SessionTable<'a> {
    pub sessions: &'a [Session],
    /// The number of rows of each session. Sessions without rows may be missing.
    pub rows: &'a HashMap<SessionId, u64>,
    /// The value of [`MetaValues::last_session`](super::io::MetaValues::last_session).
    pub last_session: Option<u64>,
    /// The last row of the journal.
    pub last: Seq,
}

/// The kind of a change, for the reply and the log.
#[derive(Debug)]
enum Kind {
    Reopen {
        /// Whether the running session has no rows, and began when this session ended.
        undoes_clear: bool,
    },
    Join {
        gone: SessionId,
    },
    Split,
    Delete {
        deleted: Session,
        rows: u64,
        preview: bool,
    },
}

/// A prepared change of sessions.
#[derive(Debug)]
pub struct SessionPlan {
    kind: Kind,
    change: SessionChange,
    /// The running session before the change.
    before: SessionId,
    /// The running session after the change.
    running: Session,
    /// The session that ends because another one is reopened.
    ends: Option<Session>,
    /// The number of rows of each session after the change, as far as rows were read.
    rows: HashMap<SessionId, u64>,
    /// The credits of `running`; `None` if no bridge needs them.
    credits: Option<Archive>,
    /// The last row in the journal at the time of reading.
    seen: Seq,
}

impl SessionTable<'_> {
    /// # Errors
    /// Fails if the session does not exist, or if the change is not possible for it.
    pub fn plan(
        &self,
        command: SessionCommand,
        zone: &TimeZone,
        now_ms: i64,
    ) -> Result<SessionPlan, RequestError> {
        let find = |query: SessionQuery| find(self.sessions, query, zone, now_ms).cloned();
        match command {
            SessionCommand::Reopen { session } => self.reopen(find(session)?),
            SessionCommand::Join { sessions: [a, b] } => self.join(find(a)?, find(b)?, zone),
            SessionCommand::Split { session, at } => {
                let session = find(session)?;
                let at_ms = split_ms(&session, at, zone, now_ms)?;
                self.split(session, at_ms)
            }
            SessionCommand::Delete { session, preview } => self.delete(find(session)?, preview),
        }
    }

    fn reopen(&self, session: Session) -> Result<SessionPlan, RequestError> {
        let ends = running(self.sessions).filter(|running| running.ended_ms.is_none());
        if ends.is_some_and(|running| running.id == session.id) {
            let why = format!("session {} is already running", session.id.0);
            return Err(RequestError::Unavailable(why));
        }
        let undoes_clear = ends.is_some_and(|ends| Some(ends.started_ms) == session.ended_ms);
        let session = Session {
            ended_ms: None,
            ..session
        };
        let mut plan = self.of(Kind::Reopen { undoes_clear }, vec![session.clone()])?;
        plan.running = session;
        plan.ends = ends.cloned();
        Ok(plan)
    }

    fn join(&self, a: Session, b: Session, zone: &TimeZone) -> Result<SessionPlan, RequestError> {
        if a.id == b.id {
            let why = format!("both are the same session: {}", named(&a, zone));
            return Err(RequestError::Unavailable(why));
        }
        let mut two = [a, b];
        two.sort_by_key(|session| (session.started_ms, session.id));
        let [first, second] = two;
        let is_between = |session: &&Session| {
            let key = |session: &Session| (session.started_ms, session.id);
            key(&first) < key(session) && key(session) < key(&second)
        };
        let all = newest_first(self.sessions);
        let between: Vec<_> = all.into_iter().filter(is_between).collect();
        if let Some(next) = between.last() {
            let names: Vec<_> = between.iter().map(|one| named(one, zone)).collect();
            return Err(RequestError::Unavailable(format!(
                "sessions {} and {} are not adjacent: between them there is {}. Join {} with {} \
                    first",
                first.id.0,
                second.id.0,
                names.join(", "),
                first.id.0,
                next.id.0
            )));
        }
        let joined = Session {
            ended_ms: first
                .ended_ms
                .zip(second.ended_ms)
                .map(|(one, other)| one.max(other)),
            ..first
        };
        let mut plan = self.of(Kind::Join { gone: second.id }, vec![joined.clone()])?;
        plan.change.gone.push(second.id);
        plan.change.rows = RowChange::Move {
            from: second.id,
            to: joined.id,
            since_ms: i64::MIN,
        };
        if joined.ended_ms.is_none() {
            plan.running = joined;
            // The time between the two belonged to neither of them.
            plan.change.summary_from_ms = Some(second.started_ms);
        }
        Ok(plan)
    }

    fn split(&self, session: Session, at_ms: i64) -> Result<SessionPlan, RequestError> {
        let second = Session {
            id: SessionId(self.last_session().0 + 1),
            started_ms: at_ms,
            ended_ms: session.ended_ms,
            cause: "split".into(),
        };
        let first = Session {
            ended_ms: Some(at_ms),
            ..session
        };
        let rows = RowChange::Move {
            from: first.id,
            to: second.id,
            since_ms: at_ms,
        };
        let mut plan = self.of(Kind::Split, vec![first, second.clone()])?;
        plan.change.rows = rows;
        plan.change.last_session = second.id;
        if second.ended_ms.is_none() {
            plan.running = second;
        }
        Ok(plan)
    }

    fn delete(&self, deleted: Session, preview: bool) -> Result<SessionPlan, RequestError> {
        if deleted.ended_ms.is_none() {
            return Err(RequestError::Unavailable(format!(
                "session {} is the running one, which cannot be deleted: begin another one first \
                    with ClearCredits (`credits clear`)",
                deleted.id.0
            )));
        }
        let (id, rows) = (deleted.id, self.rows.get(&deleted.id).copied());
        let kind = Kind::Delete {
            deleted,
            rows: rows.unwrap_or_default(),
            preview,
        };
        let mut plan = self.of(kind, Vec::new())?;
        plan.change.gone.push(id);
        plan.change.rows = RowChange::Delete {
            of: id,
            keeping: &BEYOND_DELETION,
        };
        Ok(plan)
    }

    /// Makes a plan in which these sessions change.
    fn of(&self, kind: Kind, sessions: Vec<Session>) -> Result<SessionPlan, RequestError> {
        let running = running(self.sessions)
            .ok_or_else(|| RequestError::Unavailable("the journal has no session yet".into()))?;
        Ok(SessionPlan {
            kind,
            change: SessionChange {
                sessions,
                gone: Vec::new(),
                rows: RowChange::None,
                last: Seq(0),
                last_session: self.last_session(),
                resumed_ms: None,
                summary_from_ms: None,
            },
            before: running.id,
            running: running.clone(),
            ends: None,
            rows: HashMap::new(),
            credits: None,
            seen: self.last,
        })
    }

    fn last_session(&self) -> SessionId {
        let ids = self.sessions.iter().map(|session| session.id);
        ids.chain(self.last_session.map(SessionId))
            .max()
            .unwrap_or_default()
    }
}

impl SessionPlan {
    /// Whether the request only asks for the effect of the change.
    pub fn is_preview(&self) -> bool {
        matches!(self.kind, Kind::Delete { preview: true, .. })
    }

    /// The session that ran when the change was planned.
    pub(super) fn before(&self) -> SessionId {
        self.before
    }

    pub fn running(&self) -> &Session {
        &self.running
    }

    /// The last row in the journal at the time of reading.
    pub(super) fn seen(&self) -> Seq {
        self.seen
    }

    /// The sessions whose rows must be read.
    pub fn sessions(&self) -> Vec<SessionId> {
        let changed = self.change.sessions.iter().map(|session| session.id);
        let ends = self.ends.iter().map(|session| session.id);
        changed
            .chain(ends)
            .chain(self.change.gone.iter().copied())
            .chain([self.running.id])
            .collect()
    }

    /// Makes the plan compute the credits of the running session from the rows. `credits` has no
    /// rows yet.
    pub fn collect(&mut self, credits: Archive) {
        self.credits = Some(credits);
    }

    /// Adds a person of the store, as [`Archive::recall_person`] does.
    pub fn recall_person(&mut self, row: &PersonRow) {
        if let Some(credits) = &mut self.credits {
            credits.recall_person(row);
        }
    }

    /// Reads a row in its state before the change. The caller passes rows in the order of their
    /// numbers: all rows of [`Self::sessions`]. If credits are computed, it also passes the rows of
    /// other sessions whose kinds are in [`LASTING`](super::ingest::LASTING).
    pub fn read(&mut self, row: &Row) {
        let Some(session) = place(&self.change, row) else {
            return;
        };
        *self.rows.entry(session).or_default() += 1;
        let Some(credits) = &mut self.credits else {
            return;
        };
        if session == row.session {
            credits.read(row);
        } else {
            credits.read(&Row {
                session,
                ..row.clone()
            });
        }
    }

    /// `last` is the last row of the journal. All rows up to it must have been read.
    pub fn finish(&mut self, last: Seq, now_ms: i64) {
        self.change.last = last;
        if let Kind::Reopen { undoes_clear } = self.kind {
            self.change.resumed_ms = Some(now_ms);
            let is_empty = self
                .ends
                .as_ref()
                .is_none_or(|ends| !self.rows.contains_key(&ends.id));
            // Earlier events in Twitchat's summary may count in other sessions.
            if !(undoes_clear && is_empty) {
                self.change.summary_from_ms = Some(now_ms);
            }
        }
        let Some(ends) = &mut self.ends else {
            return;
        };
        ends.ended_ms = Some(now_ms);
        if self.rows.contains_key(&ends.id) {
            self.change.sessions.push(ends.clone());
        } else {
            // No event ever counted in this session.
            self.change.gone.push(ends.id);
        }
    }

    pub fn change(&self) -> &SessionChange {
        &self.change
    }

    pub(super) fn take_credits(&mut self) -> Option<Archive> {
        self.credits.take()
    }

    /// Call this after [`Self::finish`], except for a preview.
    pub fn reply(&self, now_ms: i64) -> Map<String, Value> {
        let rows = |id| self.rows.get(&id).copied().unwrap_or_default();
        let shown = |session: &Session| listed(session, rows(session.id), now_ms);
        let first = self.change.sessions.first().map(shown);
        let fields = match &self.kind {
            Kind::Reopen { .. } => {
                let ended = self.change.sessions.get(1).map(shown);
                json!({ "session": first, "ended": ended })
            }
            Kind::Join { gone } => json!({ "session": first, "gone": gone.0 }),
            Kind::Split => {
                let sessions: Vec<_> = self.change.sessions.iter().map(shown).collect();
                json!({ "sessions": sessions })
            }
            Kind::Delete {
                deleted,
                rows,
                preview,
            } => {
                let deleted = listed(deleted, *rows, now_ms);
                if *preview {
                    json!({ "deleted": deleted, "preview": true })
                } else {
                    json!({ "deleted": deleted })
                }
            }
        };
        match fields {
            Value::Object(fields) => fields,
            _ => Map::new(),
        }
    }

    /// Describes the change in a sentence for the log.
    pub(super) fn sentence(&self) -> String {
        let id = |place: usize| self.change.sessions.get(place).map_or(0, |one| one.id.0);
        match &self.kind {
            Kind::Reopen { .. } => match self.change.sessions.get(1) {
                Some(ended) => format!("session {} continues; session {} ended", id(0), ended.id.0),
                None => format!("session {} continues", id(0)),
            },
            Kind::Join { gone } => {
                format!("session {} was joined to session {}", gone.0, id(0))
            }
            Kind::Split => format!("session {} was split: the rest is session {}", id(0), id(1)),
            Kind::Delete { deleted, rows, .. } => {
                format!(
                    "session {} was deleted, with {}",
                    deleted.id.0,
                    count(*rows, "row")
                )
            }
        }
    }
}

/// The session in which an existing row counts after a change; `None` if the row is deleted.
pub(super) fn place(change: &SessionChange, row: &Row) -> Option<SessionId> {
    match change.rows {
        RowChange::Move { from, to, since_ms } if row.session == from && row.at_ms >= since_ms => {
            Some(to)
        }
        RowChange::Delete { of, keeping } if row.session == of => keeping
            .contains(&(row.origin, &*row.kind))
            .then_some(row.session),
        _ => Some(row.session),
    }
}

/// The time at which to split a session, in Unix milliseconds.
fn split_ms(
    session: &Session,
    at: SplitTime,
    zone: &TimeZone,
    now_ms: i64,
) -> Result<i64, RequestError> {
    let zoned = |ms| Timestamp::from_millisecond(ms).map(|at| at.to_zoned(zone.clone()));
    // When the clocks go back, an hour comes twice: the first time within the session counts.
    let local = |at: jiff::civil::DateTime| {
        let ambiguous = zone.to_ambiguous_timestamp(at);
        let first = ambiguous.compatible()?;
        if first.as_millisecond() > session.started_ms {
            Ok(first)
        } else {
            ambiguous.later()
        }
    };
    let time = match at {
        SplitTime::Instant(at) => Ok(at),
        SplitTime::Local(at) => local(at),
        SplitTime::TimeOfDay(time) => zoned(session.started_ms).and_then(|began| {
            let same_day = local(began.date().to_datetime(time))?;
            if same_day.as_millisecond() > session.started_ms {
                Ok(same_day)
            } else {
                local(began.date().tomorrow()?.to_datetime(time))
            }
        }),
    };
    let end_ms = session.ended_ms.unwrap_or(now_ms);
    let show = |ms| {
        let shown = zoned(ms).map(|at| at.strftime("%F %T").to_string());
        shown.unwrap_or_default()
    };
    match time.map(Timestamp::as_millisecond) {
        Ok(at_ms) if session.started_ms < at_ms && at_ms < end_ms => Ok(at_ms),
        found => Err(RequestError::Wrong {
            field: "at",
            found: found.map_or_else(|_| "a time that does not exist".into(), show),
            expected: format!(
                "within session {}, after {} and before {}",
                session.id.0,
                show(session.started_ms),
                show(end_ms)
            )
            .into(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::journal::SessionId;

    /// The time of the split in UTC, of a session from `started` for 12 hours in Berlin.
    fn split(started: &str, at: &str) -> String {
        let started_ms = started.parse::<Timestamp>().unwrap().as_millisecond();
        let session = Session {
            id: SessionId(1),
            started_ms,
            ended_ms: Some(started_ms + 12 * 3_600_000),
            cause: "stream".into(),
        };
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let time = SplitTime::TimeOfDay(at.parse().unwrap());
        let at_ms = split_ms(&session, time, &zone, 0).unwrap();
        Timestamp::from_millisecond(at_ms).unwrap().to_string()
    }

    #[test]
    fn a_time_that_comes_twice_when_the_clocks_go_back_means_the_first_within_the_session() {
        // The clocks go back from 03:00 to 02:00 at 01:00 UTC.
        for (started, at, expected) in [
            ("2026-10-24T22:00:00Z", "02:30", "2026-10-25T00:30:00Z"),
            ("2026-10-25T00:45:00Z", "02:30", "2026-10-25T01:30:00Z"),
            ("2026-10-25T01:10:00Z", "02:30", "2026-10-25T01:30:00Z"),
            ("2026-10-25T01:10:00Z", "04:00", "2026-10-25T03:00:00Z"),
        ] {
            assert_eq!(split(started, at), expected, "{at} after {started}");
        }
    }

    #[test]
    fn a_time_that_is_left_out_when_the_clocks_go_forward_is_an_hour_later() {
        // The clocks go forward from 02:00 to 03:00 at 01:00 UTC.
        for (at, expected) in [
            ("01:30", "2026-03-29T00:30:00Z"),
            ("02:30", "2026-03-29T01:30:00Z"),
            ("03:30", "2026-03-29T01:30:00Z"),
        ] {
            assert_eq!(split("2026-03-28T23:00:00Z", at), expected, "{at}");
        }
    }
}
