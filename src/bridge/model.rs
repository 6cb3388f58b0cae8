//! The credits as they are now, the session that they are of, and the rows and people that make
//! them lasting.

use super::{
    io::{MetaValues, Note, Settings},
    journal::{PersonRow, Row, RowOrigin, Seq, Session, SessionId, Source, Write},
    output::Output,
};
use crate::{
    credits::{Fold, Origin, PersonId},
    event::{Fact, Person, Platform, Roles, fact::Presence},
};

/// What the journal gives, without the journal.
#[derive(Debug)]
pub(super) struct Model {
    fold: Fold,
    session: Session,
    /// Rows of the running session.
    rows: u64,
    /// Whose channel this is, if the config says.
    broadcaster: Option<Person>,
}

impl Model {
    /// Nothing counts yet. The session is one before the first.
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
        }
    }

    pub(super) fn fold(&self) -> &Fold {
        &self.fold
    }

    pub(super) fn fold_mut(&mut self) -> &mut Fold {
        &mut self.fold
    }

    /// The running session.
    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    /// Rows of the running session.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// How long ago the session began.
    pub(super) fn session_seconds(&self, wall_ms: i64) -> i64 {
        (wall_ms - self.session.started_ms).max(0) / 1_000
    }

    /// Takes up a session of an earlier run.
    pub(super) fn resume(&mut self, session: Session) {
        self.session = session;
    }

    /// Ends the running session and begins another.
    pub(super) fn begin_session(&mut self, cause: &'static str, started_ms: i64, out: &mut Output) {
        let id = SessionId(self.session.id.0 + 1);
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

    /// The running session began earlier than was known.
    pub(super) fn correct_start(&mut self, started_ms: i64, out: &mut Output) {
        self.session.started_ms = started_ms;
        out.write(Write::Begin(self.session.clone()));
    }

    /// Whose channel this is, as far as it is known.
    pub(super) fn broadcaster(&self) -> Option<Person> {
        let mut person = match &self.broadcaster {
            Some(configured) => configured.clone(),
            // Two channels that both sent polls: no telling which is meant.
            None => match self.fold.broadcaster.ids().as_slice() {
                [id] => Person::on(Platform::Twitch, id, "", "")?,
                _ => return None,
            },
        };
        self.fold.people.complete(&mut person);
        Some(person.with_roles(Roles::BROADCASTER))
    }

    /// Whether a message is of another channel that is open in Twitchat. Known only when the config
    /// says whose bridge this is: a learnt channel would make it depend on what came first.
    pub(super) fn is_elsewhere(&self, facts: &[Fact]) -> bool {
        let Some(own) = &self.fold.broadcaster.configured else {
            return false;
        };
        matches!(facts.first(), Some(Fact::Broadcaster { id, own: false }) if id != own)
    }

    /// Whether credits would change: somebody who is already in chat with these roles is no news.
    pub(super) fn is_new(&self, fact: &Fact) -> bool {
        match fact {
            Fact::Presence(Presence { who, spoke, .. }) => self
                .fold
                .people
                .find(who)
                .is_none_or(|id| self.fold.session.is_new(id, who.roles, *spoke)),
            // Kept aside, for all sessions.
            Fact::Broadcaster { .. } => false,
            _ => fact.counts(),
        }
    }

    /// Journals a row of the running session. Gives its number.
    pub(super) fn append(
        &mut self,
        source: Source<'_>,
        at_ms: i64,
        body: Box<str>,
        out: &mut Output,
    ) -> Seq {
        let seq = out.writes_mut().number_row();
        self.rows += 1;
        out.write(Write::Append(Row {
            seq,
            session: self.session.id,
            at_ms,
            origin: source.origin,
            kind: source.kind.into(),
            id: source.id.map(Into::into),
            body,
        }));
        seq
    }

    /// A row of the journal was read back.
    pub(super) fn count_row(&mut self, session: SessionId) {
        self.rows += u64::from(session == self.session.id);
    }

    /// Stores people whose names have changed.
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

    /// Stores the accounts that were seen with a name that the config lists, if there are more.
    pub(super) fn keep_listed(&mut self, out: &mut Output) {
        if self.fold.people.listed.take_new() {
            out.keep("listed", self.fold.people.listed_json());
        }
    }

    /// A person from an earlier run, before any row.
    pub(super) fn recall_person(&mut self, row: &PersonRow) {
        let platform = Platform::parse(&row.platform);
        if let Some(person) = Person::on(platform, &row.id, &row.login, &row.display) {
            self.fold.people.recall(&person, row.seen_ms);
        }
    }
}

/// Somebody with a name that the config lists stays listed by id.
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

/// How the fold takes the facts of a row with this origin.
pub(super) fn fold_origin(origin: RowOrigin, has_id: bool) -> Origin {
    match origin {
        RowOrigin::Filled => Origin::Filled,
        // Two reports with an id each are of two pages.
        RowOrigin::Received if has_id => Origin::Page,
        RowOrigin::Received
        | RowOrigin::Played
        | RowOrigin::Published
        | RowOrigin::Added
        | RowOrigin::Edited => Origin::Live,
    }
}
