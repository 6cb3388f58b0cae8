//! The credits, the running session, and their rows and people for the store.

use super::{
    io::{MetaValues, Note, Settings},
    journal::{PersonRow, Row, RowOrigin, Seq, Session, SessionChange, SessionId, Source, Write},
    output::Output,
};
use crate::{
    credits::{Fold, Origin, PersonId},
    event::{Fact, Person, Platform, Roles},
};

/// The state that follows from the journal.
#[derive(Debug)]
pub(super) struct Model {
    fold: Fold,
    session: Session,
    /// The number of rows of the running session.
    rows: u64,
    /// The owner of the channel; `None` if the config does not name one.
    broadcaster: Option<Person>,
    /// The highest number of any session so far.
    last_session: SessionId,
    resumed_ms: Option<i64>,
    summary_from_ms: Option<i64>,
}

impl Model {
    /// The session of the new model has the id 0, which comes before the first real session.
    pub(super) fn new(settings: &Settings, meta: &MetaValues, wall_ms: i64) -> Self {
        let mut fold = Fold::new(settings.calendar.clone());
        fold.broadcaster.configured = settings
            .broadcaster
            .as_ref()
            .map(|who| who.id.clone())
            .filter(|id| !id.is_empty());
        fold.people
            .anonymous
            .clone_from(&settings.credits.anonymous);
        list_names(&mut fold, settings);
        if let Some(json) = &meta.listed {
            fold.people.recall_listed(json);
        }
        if let Some(json) = &meta.channels {
            fold.broadcaster.recall(json);
        }
        Self {
            fold,
            session: Session {
                id: SessionId(0),
                started_ms: wall_ms,
                ended_ms: None,
                cause: "first".into(),
            },
            rows: 0,
            broadcaster: settings.broadcaster.clone(),
            last_session: SessionId(meta.last_session.unwrap_or_default()),
            resumed_ms: meta.resumed_ms,
            summary_from_ms: meta.summary_from_ms,
        }
    }

    /// Applies the changed settings that can take effect while the bridge runs.
    pub(super) fn reconfigure(&mut self, settings: &Settings) {
        let anonymous = &settings.credits.anonymous;
        self.fold.people.anonymous.clone_from(anonymous);
        list_names(&mut self.fold, settings);
        self.fold.settings_changed();
    }

    pub(super) fn fold(&self) -> &Fold {
        &self.fold
    }

    pub(super) fn fold_mut(&mut self) -> &mut Fold {
        &mut self.fold
    }

    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    pub(super) fn session_seconds(&self, wall_ms: i64) -> i64 {
        (wall_ms - self.session.started_ms).max(0) / 1_000
    }

    /// The time at which a session was last reopened, in Unix milliseconds.
    pub(super) fn resumed_ms(&self) -> Option<i64> {
        self.resumed_ms
    }

    /// The time from which Twitchat's summary may fill gaps of the running session, in Unix
    /// milliseconds.
    pub(super) fn summary_from_ms(&self) -> i64 {
        self.session
            .started_ms
            .max(self.summary_from_ms.unwrap_or(i64::MIN))
    }

    /// `last` is the highest number of any session.
    pub(super) fn resume(&mut self, session: Session, last: SessionId) {
        self.session = session;
        self.last_session = self.last_session.max(last);
    }

    /// Ends the running session and begins another.
    pub(super) fn begin_session(&mut self, cause: &'static str, started_ms: i64, out: &mut Output) {
        let id = SessionId(self.last_session.max(self.session.id).0 + 1);
        self.last_session = id;
        self.session = Session {
            id,
            started_ms,
            ended_ms: None,
            cause: cause.into(),
        };
        self.fold.begin_session();
        self.rows = 0;
        out.write(Write::Begin(self.session.clone()));
        out.note(Note::SessionBegun { id: id.0, cause });
    }

    /// Sets an earlier start of the running session.
    pub(super) fn correct_start(&mut self, started_ms: i64, out: &mut Output) {
        self.session.started_ms = started_ms;
        out.write(Write::Begin(self.session.clone()));
    }

    /// Called when sessions have changed. Continues with the new credits of the running session,
    /// and returns the former credits.
    pub(super) fn replace(
        &mut self,
        mut next: Self,
        change: &SessionChange,
        settings: &Settings,
    ) -> Fold {
        next.fold.replaces(&mut self.fold);
        next.broadcaster.clone_from(&self.broadcaster);
        next.last_session = self.last_session.max(change.last_session);
        next.resumed_ms = change.resumed_ms.or(self.resumed_ms);
        next.summary_from_ms = change.summary_from_ms.or(self.summary_from_ms);
        next.reconfigure(settings);
        std::mem::replace(self, next).fold
    }

    /// The owner of the channel from the config, or else from Twitchat's messages. `None` if it is
    /// unknown.
    pub(super) fn broadcaster(&self) -> Option<Person> {
        let mut person = match &self.broadcaster {
            Some(configured) => configured.clone(),
            // If two channels have sent polls, the owner is unclear.
            None => match self.fold.broadcaster.ids().as_slice() {
                [id] => Person::on(Platform::Twitch, id, "", "")?,
                _ => return None,
            },
        };
        self.fold.people.complete(&mut person);
        Some(person.with_roles(Roles::BROADCASTER))
    }

    /// Whether a message comes from another channel that is open in Twitchat. Always `false` unless
    /// the config names the broadcaster. Otherwise the result would depend on the order of
    /// messages.
    pub(super) fn is_elsewhere(&self, facts: &[Fact]) -> bool {
        let Some(own) = &self.fold.broadcaster.configured else {
            return false;
        };
        matches!(facts.first(), Some(Fact::Broadcaster { id, own: false }) if id != own)
    }

    /// Whether this fact would change the credits. A chat line of a person who has already written
    /// with these roles would not.
    pub(super) fn is_new(&self, fact: &Fact) -> bool {
        match fact {
            Fact::Presence(presence) => self
                .fold
                .people
                .find(&presence.who)
                .is_none_or(|id| self.fold.session.is_new(id, presence)),
            // It is kept outside the session, for all sessions.
            Fact::Broadcaster { .. } => false,
            _ => fact.counts(),
        }
    }

    /// Journals a row of the running session. Returns the row's number.
    pub(super) fn append(
        &mut self,
        source: Source<'_>,
        at_ms: i64,
        body: Box<str>,
        out: &mut Output,
    ) -> Seq {
        self.rows += 1;
        let row = new_row(self.session.id, source, at_ms, body, out);
        let seq = row.seq;
        out.write(Write::Append(row));
        seq
    }

    /// Counts a row of the running session that was read back from the journal.
    pub(super) fn count_row(&mut self) {
        self.rows += 1;
    }

    /// Stores the names of these people.
    pub(super) fn keep_people(&self, changed: &[PersonId], out: &mut Output) {
        for who in changed {
            let Some(known) = self.fold.people.known(*who) else {
                continue;
            };
            let row = PersonRow {
                platform: known.platform.as_str().into(),
                id: known.id.clone(),
                login: known.login.clone(),
                display: known.display.clone(),
                seen_ms: known.seen_ms,
            };
            out.write(Write::Person(row));
        }
    }

    /// Stores the accounts that were seen with a name from the config, if there are new ones.
    pub(super) fn keep_listed(&mut self, out: &mut Output) {
        if self.fold.people.listed.take_new() {
            out.keep("listed", self.fold.people.listed_json());
        }
    }

    /// Adds a person of an earlier run. Call this before reading any row.
    pub(super) fn recall_person(&mut self, row: &PersonRow) {
        let platform = Platform::parse(&row.platform);
        if let Some(person) = Person::on(platform, &row.id, &row.login, &row.display) {
            self.fold.people.recall(&person, row.seen_ms);
        }
    }
}

/// Makes a row of a session with the next number. The caller must write it.
pub(super) fn new_row(
    session: SessionId,
    source: Source<'_>,
    at_ms: i64,
    body: Box<str>,
    out: &mut Output,
) -> Row {
    Row {
        seq: out.writes_mut().number_row(),
        session,
        at_ms,
        origin: source.origin,
        kind: source.kind.into(),
        id: source.id.map(Into::into),
        body,
    }
}

/// Registers the names in the config. An account that is seen with one of these names stays listed
/// by its id.
fn list_names(fold: &mut Fold, settings: &Settings) {
    let credits = &settings.credits;
    let listed = &mut fold.people.listed;
    listed.add_names(credits.ignore.names());
    listed.add_names(
        credits
            .editors
            .iter()
            .chain(credits.groups.values().flatten())
            .map(|name| &**name),
    );
    listed.add_names(
        settings
            .overlay
            .script
            .sections
            .iter()
            .flat_map(|plan| &plan.ignore)
            .map(|name| &**name),
    );
}

/// The origin of the facts of a row, for the fold.
pub(super) fn fold_origin(origin: RowOrigin, has_id: bool) -> Origin {
    match origin {
        RowOrigin::Filled => Origin::Filled,
        // Reports with an id come from a page. So a pair of them comes from two pages.
        RowOrigin::Received if has_id => Origin::Page,
        RowOrigin::Received
        | RowOrigin::Played
        | RowOrigin::Published
        | RowOrigin::Added
        | RowOrigin::Edited => Origin::Live,
    }
}
