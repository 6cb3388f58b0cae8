//! Computes the credits of one session from its rows in the journal.
//!
//! `daemon::archives` reads the rows, with or without a running bridge. A new fold counts them, as
//! at the start of a bridge. So the credits are the same in both cases.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value, json};

use super::{
    bans,
    ingest::read_back,
    io::{MetaValues, Settings},
    journal::{PersonRow, Row, RowOrigin, Session, SessionId},
    model::Model,
    time::instant,
};
use crate::{
    credits::{
        Fold, PersonId, Section,
        reply::{self, Options, ReplyOptions},
        roll::{self, Given},
    },
    event::Person,
    request::{Call, RequestError, SessionQuery},
};

/// The limit on sessions that an error names.
const NAMED: usize = 5;

/// A session with its credits.
#[derive(Debug)]
pub struct Archive {
    model: Model,
}

impl Archive {
    /// An archive without rows. `session` may also be the running session.
    pub fn new(settings: &Settings, meta: &MetaValues, session: Session) -> Self {
        let mut model = Model::new(settings, meta, session.started_ms);
        let last = session.id;
        model.resume(session, last);
        Self { model }
    }

    /// Adds a person of the store. Call this before reading any row, and with the most recently
    /// seen person last.
    pub fn recall_person(&mut self, row: &PersonRow) {
        self.model.recall_person(row);
    }

    /// The caller passes rows in the order of their numbers: all rows of this session, and the rows
    /// of other sessions whose kinds are in [`LASTING`](super::ingest::LASTING).
    pub fn read(&mut self, row: &Row) {
        self.read_with(row, |_, _, _| {});
    }

    pub(super) fn read_with(
        &mut self,
        row: &Row,
        each: impl FnMut(&Fold, &crate::event::Fact, crate::credits::Outcome),
    ) {
        if self.is_wanted(row) {
            read_back(row, &mut self.model, each);
        }
    }

    /// Leaderboards stay as they were when the session ended. Names, hidden people and bans are the
    /// current ones.
    fn is_wanted(&self, row: &Row) -> bool {
        let session = self.model.session();
        let is_later = session
            .ended_ms
            .is_some_and(|ended_ms| row.at_ms > ended_ms);
        row.session == session.id
            || !is_later
            || match (row.origin, &*row.kind) {
                (RowOrigin::Edited, _) | (RowOrigin::Filled, bans::KIND) => true,
                (RowOrigin::Published, kind) => {
                    matches!(kind, "Twitch.UserBanned" | "Twitch.UserUnbanned")
                }
                _ => false,
            }
    }

    pub fn session(&self) -> &Session {
        self.model.session()
    }

    pub(super) fn fold(&self) -> &Fold {
        self.model.fold()
    }

    pub(super) fn fold_mut(&mut self) -> &mut Fold {
        self.model.fold_mut()
    }

    pub(super) fn into_model(self) -> Model {
        self.model
    }

    /// `None` if the owner of the channel is unknown.
    pub(super) fn broadcaster(&self) -> Option<Person> {
        self.model.broadcaster()
    }

    /// The leaderboards show the week and the month of this time: the end of the session, or
    /// `now_ms` while it runs.
    pub(super) fn time_ms(&self, now_ms: i64) -> i64 {
        self.session().ended_ms.unwrap_or(now_ms)
    }

    pub fn credits(
        &self,
        options: &Options,
        wanted: ReplyOptions,
        now_ms: i64,
    ) -> Map<String, Value> {
        reply::credits(self.fold(), options, wanted, self.time_ms(now_ms))
    }

    /// The reply to `GetSession`: the session, and the number of lines in each section.
    pub fn describe(&self, options: &Options, now_ms: i64) -> Map<String, Value> {
        let mut session = listed(self.session(), self.model.rows(), now_ms);
        session.insert("credits".into(), self.fold().session.facts().into());
        let games = self.fold().session.games();
        let game = games.last().cloned().unwrap_or_default();
        session.insert("title".into(), self.fold().session.title().into());
        session.insert("game".into(), game.as_str().unwrap_or_default().into());
        session.insert("channel".into(), self.channel().into());
        let wanted = ReplyOptions {
            spelling: reply::Spelling::Legacy,
            ..ReplyOptions::default()
        };
        let credits = self.credits(options, wanted, now_ms);
        let mut sections = Map::new();
        let groups = ["Events", "User", "Custom"].into_iter();
        let lists = groups
            .filter_map(|group| credits.get(group).and_then(Value::as_object))
            .flatten()
            .chain(&credits);
        for (section, list) in lists {
            let lines = list.as_array().map_or(0, Vec::len);
            // The leaderboards do not belong to this session alone.
            if lines > 0 && section != Section::TopChannelRewards.legacy() {
                sections.insert(section.clone(), lines.into());
            }
        }
        session.insert("sections".into(), sections.into());
        Map::from_iter([("session".to_owned(), session.into())])
    }

    /// The answer to `GetCredits`, `GetSession` or `GetRoll` for this session. `None` for other
    /// calls.
    pub fn answer(
        &self,
        call: &Call,
        settings: &Settings,
        now_ms: i64,
    ) -> Option<Map<String, Value>> {
        let options = &settings.credits;
        match call {
            Call::GetCredits(wanted) => {
                Some(self.credits(options, wanted.or(options.spelling), now_ms))
            }
            Call::GetSession { .. } => Some(self.describe(options, now_ms)),
            Call::GetRoll(_) => Some(self.page(settings, now_ms)),
            _ => None,
        }
    }

    /// The name of the channel; empty if it is unknown.
    fn channel(&self) -> String {
        let channel = self.model.broadcaster().map(|who| {
            if who.display.is_empty() {
                who.login
            } else {
                who.display
            }
        });
        channel.unwrap_or_default().into()
    }

    /// The roll of these credits as a page gets it, with the look of the config.
    fn page(&self, settings: &Settings, now_ms: i64) -> Map<String, Value> {
        let plan = &settings.overlay.script;
        let given = Given {
            now_ms: self.time_ms(now_ms),
            started_ms: self.session().started_ms,
            zone: settings.overlay.zone.clone(),
            channel: self.channel(),
            language: settings.overlay.language(),
        };
        let sections = roll::sections(plan, self.fold(), &settings.roll_options(), &given);
        let look = settings.overlay.look();
        let seconds = roll::length(&sections, &look, plan.height).seconds;
        let names: usize = sections.iter().map(roll::Section::len).sum();
        let roll = json!({ "id": uuid::Uuid::nil(), "test": false, "look": look,
            "sections": sections, "seconds": seconds, "elapsedMs": 0 });
        Map::from_iter([
            ("roll".to_owned(), roll),
            ("names".to_owned(), names.into()),
        ])
    }

    /// The entries of a person in this session, as `EditCredits` shows them.
    pub(super) fn entries_of(&self, options: &Options, who: PersonId, now_ms: i64) -> Vec<Value> {
        reply::lines_of(self.fold(), options, who, self.time_ms(now_ms), usize::MAX)
    }
}

/// A session as replies show it. `rows` is the number of its rows in the journal.
pub fn listed(session: &Session, rows: u64, now_ms: i64) -> Map<String, Value> {
    let end_ms = session.ended_ms.unwrap_or(now_ms);
    let fields = [
        ("id", Value::from(session.id.0)),
        ("started", instant(session.started_ms).into()),
        ("ended", session.ended_ms.map(instant).into()),
        (
            "seconds",
            ((end_ms - session.started_ms).max(0) / 1_000).into(),
        ),
        ("cause", Value::from(&*session.cause)),
        ("rows", rows.into()),
        ("running", session.ended_ms.is_none().into()),
    ];
    fields
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}

/// The reply to `ListSessions`. The last session comes first.
pub fn list(
    sessions: &[Session],
    rows: impl Fn(SessionId) -> u64,
    limit: Option<usize>,
    now_ms: i64,
) -> Map<String, Value> {
    let all = newest_first(sessions);
    let shown: Vec<_> = all
        .iter()
        .take(limit.unwrap_or(usize::MAX))
        .map(|session| listed(session, rows(session.id), now_ms))
        .collect();
    let mut reply = Map::from_iter([("count".to_owned(), all.len().into())]);
    if shown.len() < all.len() {
        reply.insert("limited".into(), true.into());
    }
    reply.insert("sessions".into(), json!(shown));
    reply
}

pub(super) fn newest_first(sessions: &[Session]) -> Vec<&Session> {
    let mut all: Vec<_> = sessions.iter().collect();
    all.sort_by_key(|session| std::cmp::Reverse((session.started_ms, session.id)));
    all
}

/// The running session, or the last one if none runs.
pub fn running(sessions: &[Session]) -> Option<&Session> {
    let runs = sessions.iter().filter(|session| session.ended_ms.is_none());
    runs.max_by_key(|session| session.id)
        .or_else(|| sessions.iter().max_by_key(|session| session.id))
}

/// Finds the session that a request names.
pub fn find<'a>(
    sessions: &'a [Session],
    query: SessionQuery,
    zone: &TimeZone,
    now_ms: i64,
) -> Result<&'a Session, RequestError> {
    let unavailable = |why: String| RequestError::Unavailable(why);
    let running = running(sessions);
    let day_of = |at_ms| {
        Timestamp::from_millisecond(at_ms)
            .map(|at| at.to_zoned(zone.clone()).date())
            .ok()
    };
    let nothing = |what: String| {
        let latest: Vec<_> = newest_first(sessions)
            .into_iter()
            .take(NAMED)
            .map(|session| named(session, zone))
            .collect();
        unavailable(format!(
            "{what}; the last ones are: {}. ListSessions shows all",
            latest.join(", ")
        ))
    };
    let date = match query {
        SessionQuery::Running => {
            return running.ok_or_else(|| unavailable("the journal has no session yet".into()));
        }
        SessionQuery::Number(number) => {
            return sessions
                .iter()
                .find(|session| session.id.0 == number)
                .ok_or_else(|| nothing(format!("there is no session {number}")));
        }
        SessionQuery::Last => {
            let earlier = newest_first(sessions)
                .into_iter()
                .find(|session| running.is_none_or(|running| running.id != session.id));
            return earlier
                .ok_or_else(|| unavailable("there is no session before the running one".into()));
        }
        SessionQuery::Today => day_of(now_ms),
        SessionQuery::Yesterday => day_of(now_ms).and_then(|today| today.yesterday().ok()),
        SessionQuery::Date(date) => Some(date),
    };
    let on_day: Vec<_> = newest_first(sessions)
        .into_iter()
        .filter(|session| day_of(session.started_ms) == date)
        .collect();
    let date = date.map(|date| date.to_string()).unwrap_or_default();
    match on_day.as_slice() {
        [one] => Ok(*one),
        [] => Err(nothing(format!("no session began on {date}"))),
        several => {
            let all: Vec<_> = several.iter().map(|one| named(one, zone)).collect();
            Err(unavailable(format!(
                "{} sessions began on {date}: {}. Name one of them by its number",
                several.len(),
                all.join(", ")
            )))
        }
    }
}

/// The form in which errors name a session: `7 (2026-11-24 20:00)`.
pub(super) fn named(session: &Session, zone: &TimeZone) -> String {
    let began = Timestamp::from_millisecond(session.started_ms)
        .map(|at| at.to_zoned(zone.clone()).strftime("%F %H:%M").to_string())
        .unwrap_or_default();
    format!("{} ({began})", session.id.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = 86_400_000;
    const HOUR_MS: i64 = 3_600_000;

    fn session(id: u64, started_ms: i64, ended_ms: Option<i64>) -> Session {
        Session {
            id: SessionId(id),
            started_ms,
            ended_ms,
            cause: "stream".into(),
        }
    }

    fn found(sessions: &[Session], query: &str) -> Result<u64, String> {
        let query = SessionQuery::parse(query).unwrap();
        find(sessions, query, &TimeZone::UTC, 3 * DAY_MS + HOUR_MS)
            .map(|session| session.id.0)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_session_is_found_by_number_by_day_and_by_its_place() {
        let sessions = [
            session(1, HOUR_MS, Some(2 * HOUR_MS)),
            session(2, DAY_MS, Some(DAY_MS + 1)),
            session(3, DAY_MS + HOUR_MS, Some(2 * DAY_MS)),
            session(4, 2 * DAY_MS, Some(3 * DAY_MS)),
            session(5, 3 * DAY_MS, None),
        ];
        for (query, id) in [
            ("2", 2),
            ("last", 4),
            ("running", 5),
            ("today", 5),
            ("yesterday", 4),
            ("1970-01-01", 1),
        ] {
            assert_eq!(found(&sessions, query), Ok(id), "{query}");
        }
        assert_eq!(
            found(&sessions, "1970-01-02").unwrap_err(),
            "2 sessions began on 1970-01-02: 3 (1970-01-02 01:00), 2 (1970-01-02 00:00). Name one \
                of them by its number"
        );
        let unknown = found(&sessions, "9").unwrap_err();
        assert!(unknown.starts_with("there is no session 9; the last ones are: 5 (1970-01-04"));
        assert!(found(&sessions, "1970-02-01").is_err());
        assert!(found(&sessions[..1], "last").is_err());
        assert!(found(&[], "running").is_err());
    }

    #[test]
    fn the_newest_session_is_listed_first() {
        let sessions = [session(1, 0, Some(5_000)), session(2, 5_000, None)];
        let reply = list(&sessions, |id| id.0 * 10, Some(1), 9_000);
        assert_eq!(
            Value::from(reply),
            json!({ "count": 2, "limited": true, "sessions": [{ "id": 2,
                "started": "1970-01-01T00:00:05Z", "ended": null, "seconds": 4, "cause": "stream",
                "rows": 20, "running": true }] })
        );
    }
}
