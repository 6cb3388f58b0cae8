//! A bridge for tests, and the captured messages.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::*;
use crate::{
    bridge::{
        archive::Archive,
        edits_of_session::PlannedEdits,
        explanation::Explanation,
        forget::{Forgetting, KEYS},
        forget_request::Remaining,
        ingest::LASTING,
        io::JournalQuestion,
        journal::SessionChange,
        session_plan::{self, SessionTable},
    },
    request::{PersonQuery, RequestError},
};

pub(super) const START_MS: i64 = 1_780_000_000_000;

/// A bridge with a store that commits each write at once. With `commits` unset, the test itself
/// confirms the writes.
pub(super) struct Bench {
    pub(super) bridge: Box<Bridge>,
    pub(super) now: Now,
    pub(super) effects: Vec<Effect>,
    pub(super) rows: Vec<Row>,
    pub(super) sessions: Vec<Session>,
    pub(super) meta: std::collections::BTreeMap<&'static str, String>,
    pub(super) people: Vec<journal::PersonRow>,
    pub(super) writes: u64,
    pub(super) commits: bool,
    /// How often the journal was read for a request.
    pub(super) readings: u64,
    /// Whether the journal is read at once when a request needs it.
    pub(super) reads: bool,
    /// The number of the last row, deleted ones included.
    pub(super) last: Seq,
}

pub(super) fn settings() -> Settings {
    let mut settings = Settings {
        reset_on_stream_start: true,
        grace_ms: 1_800_000,
        reset_after_ms: 43_200_000,
        tell: true,
        ..Settings::default()
    };
    settings.credits.ignore.bots = true;
    settings.credits.ignore.broadcaster = true;
    settings.credits.ignore.banned = true;
    settings
}

pub(super) fn run(name: &str) -> Run {
    Run {
        bridge: Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()),
        instance: "store".into(),
        started_ms: START_MS,
        takeover: false,
        process: 7,
        computer: "stream-pc".into(),
        os_version: "6.1.0".into(),
        autostart: crate::bridge::io::Autostart::Login,
    }
}

pub(super) fn info() -> ObsInfo {
    ObsInfo {
        obs_version: "30.2.3".into(),
        websocket_version: "5.5.2".into(),
    }
}

impl Bench {
    pub(super) fn new() -> Self {
        Self::with(settings(), &[], Seq(0), &MetaValues::default(), START_MS)
    }

    pub(super) fn with(
        settings: Settings,
        sessions: &[Session],
        last: Seq,
        meta: &MetaValues,
        wall_ms: i64,
    ) -> Self {
        let mut bench = Self::unstarted(settings, sessions, last, meta, wall_ms);
        bench.start(meta);
        bench
    }

    fn start(&mut self, meta: &MetaValues) {
        let first = self.bridge.start(meta, self.now);
        self.take(first);
    }

    /// A bridge that has not read its journal yet.
    fn unstarted(
        settings: Settings,
        sessions: &[Session],
        last: Seq,
        meta: &MetaValues,
        wall_ms: i64,
    ) -> Self {
        let now = Now {
            wall_ms,
            mono_ms: 1_000_000,
        };
        let bridge = Bridge::new(settings, run("ours"), sessions, last, meta, now);
        Self {
            bridge: Box::new(bridge),
            now,
            effects: Vec::new(),
            rows: Vec::new(),
            sessions: sessions.to_vec(),
            meta: std::collections::BTreeMap::new(),
            people: Vec::new(),
            writes: 0,
            commits: true,
            readings: 0,
            reads: true,
            last,
        }
    }

    pub(super) fn up() -> Self {
        let mut bench = Self::new();
        bench.input(Input::Up(info()));
        bench
    }

    pub(super) fn take(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if let Effect::Write(write) = &effect {
                self.writes += 1;
                match write.clone() {
                    Write::Append(row) => {
                        self.last = row.seq;
                        self.rows.push(row);
                    }
                    Write::Begin(session) => {
                        self.sessions.retain(|known| known.id != session.id);
                        for earlier in &mut self.sessions {
                            earlier.ended_ms.get_or_insert(session.started_ms);
                        }
                        self.sessions.push(session);
                    }
                    Write::Keep { key, value } => drop(self.meta.insert(key, value.into())),
                    Write::Person(person) => self.people.push(person),
                    Write::ChangeSessions(change) => self.change_sessions(&change),
                }
            }
            self.effects.push(effect);
        }
    }

    /// Changes sessions as the store does.
    fn change_sessions(&mut self, change: &SessionChange) {
        let is_kept = |session: &Session| {
            let changed = change.sessions.iter().any(|one| one.id == session.id);
            !changed && !change.gone.contains(&session.id)
        };
        self.sessions.retain(is_kept);
        self.sessions.extend(change.sessions.iter().cloned());
        self.rows
            .retain_mut(|row| match session_plan::place(change, row) {
                Some(session) => {
                    row.session = session;
                    true
                }
                None => false,
            });
        self.meta.extend(change.meta());
    }

    pub(super) fn input(&mut self, input: Input) {
        let effects = self.bridge.handle(input, self.now);
        self.take(effects);
        if self.commits {
            self.commit();
        }
        while let Some(person) = self.next_forgetting() {
            let answer = self.forget(&person);
            let effects = self.bridge.forgotten(answer, self.now);
            self.take(effects);
            if self.commits {
                self.commit();
            }
        }
        while self.reads && self.read() {}
    }

    /// Reads the journal for the next request that waits for it; `false` if none does.
    pub(super) fn read(&mut self) -> bool {
        let Some(question) = self.next_question() else {
            return false;
        };
        self.readings += 1;
        let answer = self.read_journal(&question);
        self.journal_read(answer);
        true
    }

    pub(super) fn journal_read(&mut self, answer: Result<JournalAnswer, RequestError>) {
        let effects = self.bridge.journal_read(answer, self.now);
        self.take(effects);
        if self.commits {
            self.commit();
        }
    }

    /// The next question to the journal that the bridge has asked.
    pub(super) fn next_question(&mut self) -> Option<JournalQuestion> {
        let is_one = |effect: &Effect| matches!(effect, Effect::ReadJournal { .. });
        let place = self.effects.iter().position(is_one)?;
        match self.effects.remove(place) {
            Effect::ReadJournal { question, .. } => Some(question),
            _ => None,
        }
    }

    /// The next person whom the bridge wants to be forgotten.
    fn next_forgetting(&mut self) -> Option<PersonQuery> {
        let is_one = |effect: &Effect| matches!(effect, Effect::Forget { .. });
        let place = self.effects.iter().position(is_one)?;
        match self.effects.remove(place) {
            Effect::Forget { person, .. } => Some(person),
            _ => None,
        }
    }

    fn archive(&self, session: Session) -> Archive {
        let mut archive = Archive::new(&settings(), &self.meta(), session);
        self.people
            .iter()
            .for_each(|row| archive.recall_person(row));
        self.rows.iter().for_each(|row| archive.read(row));
        archive
    }

    /// Plans as `daemon::forget` does.
    fn plan(&self, person: &PersonQuery) -> Result<Forgetting, RequestError> {
        let running = archive::running(&self.sessions).unwrap().clone();
        let id = running.id;
        let mut forgetting = Forgetting::of(&self.archive(running), person)?;
        for row in &self.rows {
            forgetting.learn(row);
        }
        self.rows.iter().for_each(|row| forgetting.row(row));
        self.people
            .iter()
            .for_each(|row| forgetting.person(row.clone()));
        for key in KEYS {
            if let Some(json) = self.meta.get(key) {
                forgetting.meta(key, json);
            }
        }
        forgetting.remember(self.meta().forgotten.as_deref(), id, "store");
        Ok(forgetting)
    }

    fn forget(&mut self, person: &PersonQuery) -> Result<Box<Remaining>, RequestError> {
        let forgetting = self.plan(person)?;
        let reply = forgetting.report(&self.sessions, self.now.wall_ms);
        let erasure = forgetting.erasure();
        self.rows.retain(|row| !erasure.removed.contains(&row.seq));
        for (seq, id, body) in &erasure.changed {
            let row = self.rows.iter_mut().find(|row| row.seq == *seq).unwrap();
            (row.id, row.body) = (id.clone(), body.clone());
        }
        self.people
            .retain(|person| !erasure.people.contains(person));
        let meta = erasure.meta.iter();
        self.meta
            .extend(meta.map(|(key, value)| (*key, value.to_string())));
        let running = archive::running(&self.sessions).unwrap().clone();
        Ok(Box::new(Remaining {
            archive: self.archive(running),
            meta: self.meta(),
            identity: forgetting.into_identity(),
            reply,
        }))
    }

    /// Answers a question as `daemon::archives` does.
    pub(super) fn read_journal(
        &self,
        question: &JournalQuestion,
    ) -> Result<JournalAnswer, RequestError> {
        let now_ms = self.now.wall_ms;
        let settings = settings();
        let find = |query| archive::find(&self.sessions, query, &TimeZone::UTC, now_ms).cloned();
        let archive = |session: Session| self.archive(session);
        Ok(match question {
            JournalQuestion::Sessions { limit } => {
                let rows = |session| {
                    let rows = self.rows.iter().filter(|row| row.session == session);
                    rows.count() as u64
                };
                JournalAnswer::Fields(archive::list(&self.sessions, rows, *limit, now_ms))
            }
            JournalQuestion::Session(query) => {
                JournalAnswer::Session(Arc::new(archive(find(*query)?)))
            }
            JournalQuestion::Forget { person, .. } => {
                let mut reply = self.plan(person)?.report(&self.sessions, now_ms);
                reply.insert("preview".into(), true.into());
                JournalAnswer::Fields(reply)
            }
            JournalQuestion::Explain { session, person } => {
                let whole = archive(find(*session)?);
                let mut explanation = Explanation::of(whole, person, &settings, &self.meta())?;
                self.people
                    .iter()
                    .for_each(|row| explanation.recall_person(row));
                self.rows.iter().for_each(|row| explanation.read(row));
                JournalAnswer::Fields(explanation.into_reply(&settings.credits, now_ms))
            }
            JournalQuestion::Edit { session, edit } => {
                let whole = archive(find(*session)?);
                let edits = PlannedEdits::of(whole, edit.clone(), &settings, now_ms)?;
                JournalAnswer::Edits(Box::new(edits))
            }
            JournalQuestion::Change(command) => {
                let mut counts = std::collections::HashMap::new();
                for row in &self.rows {
                    *counts.entry(row.session).or_default() += 1;
                }
                let table = SessionTable {
                    sessions: &self.sessions,
                    rows: &counts,
                    last_session: self.meta().last_session,
                    last: self.last,
                };
                let mut plan = table.plan(*command, &TimeZone::UTC, now_ms)?;
                let running = plan.running().clone();
                plan.collect(Archive::new(&settings, &self.meta(), running));
                self.people.iter().for_each(|row| plan.recall_person(row));
                let sessions = plan.sessions();
                for row in &self.rows {
                    let is_lasting = LASTING.contains(&(row.origin, &*row.kind));
                    if sessions.contains(&row.session) || is_lasting {
                        plan.read(row);
                    }
                }
                JournalAnswer::Change(Box::new(plan))
            }
        })
    }

    fn commit(&mut self) {
        let effects = self.bridge.handle(
            Input::Durable {
                writes: self.writes,
            },
            self.now,
        );
        self.take(effects);
    }

    pub(super) fn receive(&mut self, event_data: &str) {
        self.input(Input::Received(Received::read(event_data).unwrap()));
    }

    pub(super) fn twitchat(&mut self, kind: &str, data: impl std::borrow::Borrow<Value>) {
        let data = data.borrow();
        let id = Uuid::new_v5(
            &Uuid::NAMESPACE_URL,
            format!("{kind}{data}{}", self.writes).as_bytes(),
        )
        .to_string();
        self.receive(
            &json!({ "origin": "twitchat", "type": kind, "id": id, "data": data }).to_string(),
        );
    }

    /// Advances the clock, and sends a tick whenever one is due, as the shell does.
    pub(super) fn pass(&mut self, ms: u64) {
        let end = self.now.mono_ms + ms;
        while self.bridge.due_ms() < end {
            let step = self.bridge.due_ms().max(self.now.mono_ms + 1) - self.now.mono_ms;
            self.now.mono_ms += step;
            self.now.wall_ms += i64::try_from(step).unwrap();
            self.input(Input::Tick);
        }
        self.now.wall_ms += i64::try_from(end - self.now.mono_ms).unwrap();
        self.now.mono_ms = end;
        self.input(Input::Tick);
    }

    /// The messages and replies that were sent since the last call.
    pub(super) fn sent(&mut self) -> Vec<Value> {
        let effects = std::mem::take(&mut self.effects);
        effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Send(json) => Some(serde_json::from_str(json.get()).unwrap()),
                Effect::Reply { reply, .. } => {
                    Some(serde_json::from_str(reply.join().unwrap().get()).unwrap())
                }
                _ => None,
            })
            .collect()
    }

    pub(super) fn ask(&mut self, request: impl std::borrow::Borrow<Value>) -> Value {
        let request = request.borrow();
        self.sent();
        self.receive(&request.to_string());
        let mut replies: Vec<_> = self
            .sent()
            .into_iter()
            .filter(|message| message.get("status").is_some())
            .collect();
        assert_eq!(replies.len(), 1, "{request}");
        replies.remove(0)
    }

    pub(super) fn credits(&mut self) -> Value {
        let mut reply = self.ask(json!({ "request": "GetCredits", "id": "credits",
            "spelling": "seed", "extended": true }));
        for key in ["seq", "bridge", "origin", "id", "status"] {
            reply.as_object_mut().unwrap().remove(key);
        }
        reply
    }

    pub(super) fn meta(&self) -> MetaValues {
        let number = |key| self.meta.get(key).and_then(|text| text.parse().ok());
        MetaValues {
            alive_ms: number("alive_ms"),
            streamed_ms: number("streamed_ms"),
            generation: self.meta.get("generation").cloned(),
            channels: self.meta.get("channels").cloned(),
            subscriptions: self.meta.get("subscriptions").cloned(),
            once: self.meta.get("once").cloned(),
            latest: self.meta.get("latest").cloned(),
            roll: self.meta.get("roll").cloned(),
            roll_content: self.meta.get("roll_content").cloned(),
            twitchat: LearntMeta {
                credits: self.meta.get("twitchat_credits").cloned(),
                language: self.meta.get("twitchat_language").cloned(),
            },
            listed: self.meta.get("listed").cloned(),
            forgotten: self.meta.get("forgotten").cloned(),
            resumed_ms: number("resumed_ms"),
            summary_from_ms: number("summary_from_ms"),
            last_session: number("last_session").map(i64::cast_unsigned),
        }
    }

    /// A new run of the bridge with everything that this one has stored.
    pub(super) fn restarted(&self) -> Self {
        self.restarted_with(settings())
    }

    /// Like [`Self::restarted`], with other settings.
    pub(super) fn restarted_with(&self, settings: Settings) -> Self {
        self.restarted_at(settings, self.now.wall_ms)
    }

    /// Like [`Self::restarted_with`], at another time in Unix milliseconds.
    pub(super) fn restarted_at(&self, settings: Settings, wall_ms: i64) -> Self {
        let meta = self.meta();
        let mut next = Self::unstarted(settings, &self.sessions, self.last, &meta, wall_ms);
        self.people
            .iter()
            .for_each(|person| next.bridge.recall_person(person));
        for row in &self.rows {
            next.bridge.replay(row);
            if let Some(id) = &row.id {
                next.bridge.recall_id(id);
                if row.origin == journal::RowOrigin::Published {
                    next.bridge.recall_published(id);
                }
            }
        }
        next.start(&meta);
        next.rows.clone_from(&self.rows);
        next.people.clone_from(&self.people);
        for (key, value) in &self.meta {
            next.meta.entry(*key).or_insert_with(|| value.clone());
        }
        next.input(Input::Up(info()));
        next
    }
}

pub(super) fn fixture(name: &str) -> Vec<String> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name);
    std::fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(ToOwned::to_owned)
        .collect()
}

pub(super) fn names(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect()
}

/// The captured messages of both generations without the summaries.
pub(super) fn show() -> Vec<String> {
    let second = fixture("twitchat_examples.ndjson")
        .into_iter()
        .enumerate()
        .filter(|(line, _)| !(120..124).contains(line));
    let third = fixture("twitchat_v17_examples.ndjson")
        .into_iter()
        .enumerate()
        .filter(|(line, _)| !(35..37).contains(line));
    second.chain(third).map(|(_, line)| line).collect()
}
