//! PURE. Owns the models and takes (input, now) to effects. No I/O, clock, randomness or logging in
//! here.
//!
//! `daemon` feeds it and runs its effects; `cli::watch` and the tests drive it by hand. Same
//! inputs, same effects.
//!
//! | part | owns |
//! |---|---|
//! | [`journal`] | what is written down |
//! | [`port`] | inputs, effects, settings |
//! | `intake` | what Twitchat says, published events: journalled, counted, told |
//! | `bus` | requests, other bridges |
//! | `writes` | how many writes are on disk, and the replies that wait for them |
//! | `side`, `in_use` | whether Twitchat is there, its generation, asking for its summary |
//! | `limit`, `objections` | limits in time for what is sent or written because of something received |
//! | [`replies`] | large replies: made once, few at a time |
//! | `roll` | the end credits: when they roll, who shows them, Twitchat's buttons |
//! | [`pages`] | two pages of Twitchat at once: when that is proven, rows of their own |
//! | `sessions` | when a session ends and the next begins |
//! | `subscriptions`, `telling` | who hears which events, and how they are told |
//! | `actions`, `answers` | Streamer.bot's other requests |
//! | [`bans`] | who is banned: rows of their own, questions to Twitchat, what changes for labels and the roll |
//! | `replay` | what is played back from a recording: told, never counted |
//! | `rules`, `label`, `latest` | rules, named actions and labels at work; the last event of each kind |
//! | [`recent`] | ids heard lately |

mod actions;
mod answers;
pub mod bans;
mod bus;
mod in_use;
mod intake;
pub mod journal;
mod label;
mod latest;
mod limit;
mod objections;
pub mod pages;
pub mod port;
pub mod recent;
mod replay;
pub mod replies;
mod roll;
mod rules;
mod sessions;
mod side;
mod status;
mod subscriptions;
mod telling;
mod writes;

use std::collections::HashSet;

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    credits::{Fold, Origin},
    event::{Fact, Heard, Person},
    mapping::{self, Interpreter, interpreter::Playback},
};
use journal::{PersonRow, Row, RowOrigin, Seq, Session, SessionId, Write};
use port::{Counts, Effect, Input, Kept, Note, Now, ObsInfo, Run, Settings, Ticket};
use recent::{RECENT_IDS, Recent};
use replies::Replies;
use side::Side;
use subscriptions::Subscriptions;
use writes::Writes;

/// The longest time without a tick.
const HEARTBEAT_MS: u64 = 2_000;
/// A tick that comes this much later than it was due: the process had been frozen.
const FROZEN_MS: u64 = 5_000;

/// The bridge's whole state.
#[derive(Debug)]
pub struct Bridge {
    settings: Settings,
    run: Run,
    rules: rules::Rules,
    fold: Fold,
    session: Session,
    writes: Writes<bus::Pending>,
    replies: Replies,
    heard_ids: Recent,
    sent_ids: Recent,
    published_ids: HashSet<u64>,
    side: Side,
    live: Interpreter,
    recorded: Interpreter,
    generations: pages::Generations,
    stream: sessions::StreamState,
    obs: Option<(ObsInfo, i64)>,
    scene: Option<Box<str>>,
    counts: Counts,
    told: u64,
    /// Events that were too large for OBS.
    too_large: u64,
    objections: objections::Objections,
    /// Number of the last event put on OBS.
    bus_seq: u64,
    subscriptions: Subscriptions,
    triggers: Vec<actions::Trigger>,
    last: Option<(Box<str>, i64)>,
    /// Since when we are the bridge on this OBS: the start, or the end of a freeze.
    since_ms: i64,
    show: roll::Show,
    ban_watch: bans::Watch,
    sent: u64,
    alive_due_ms: u64,
    tick_ms: Option<u64>,
    out: Vec<Effect>,
}

impl Bridge {
    /// A bridge for a store that holds `sessions`, rows up to `last`, and these kept values. Decides
    /// which session runs: replay rows after this.
    pub fn new(
        settings: Settings,
        run: Run,
        sessions: &[Session],
        last: Seq,
        kept: &Kept,
        now: Now,
    ) -> Self {
        let mut fold = Fold::new(settings.calendar.clone());
        fold.broadcaster.configured = settings
            .broadcaster
            .as_ref()
            .map(|who| who.id.clone())
            .filter(|id| !id.is_empty());
        fold.people
            .anonymous
            .clone_from(&settings.credits.anonymous);
        let side = Side::new(settings.generation.or_else(|| {
            kept.generation
                .as_deref()
                .and_then(|word| word.parse().ok())
        }));
        let mut bridge = Self {
            rules: rules::Rules::new(&settings.rules, kept.once.as_deref()),
            fold,
            session: Session {
                id: SessionId(0),
                started_ms: now.wall_ms,
                ended_ms: None,
                cause: "first".into(),
            },
            writes: Writes::new(last),
            replies: Replies::default(),
            heard_ids: Recent::new(RECENT_IDS),
            sent_ids: Recent::new(RECENT_IDS),
            published_ids: HashSet::new(),
            side,
            live: Interpreter::new(Playback::Live),
            recorded: Interpreter::new(Playback::Recorded),
            generations: pages::Generations::default(),
            stream: sessions::StreamState::new(kept),
            obs: None,
            scene: None,
            counts: Counts::default(),
            told: 0,
            too_large: 0,
            objections: objections::Objections::default(),
            bus_seq: 0,
            subscriptions: Subscriptions::recall(kept.subscriptions.as_deref()),
            triggers: Vec::new(),
            last: None,
            since_ms: run.started_ms,
            show: roll::Show::default(),
            ban_watch: bans::Watch::default(),
            sent: 0,
            alive_due_ms: now.mono_ms,
            tick_ms: None,
            out: Vec::new(),
            settings,
            run,
        };
        bridge.list_names();
        if let Some(json) = &kept.listed {
            bridge.fold.people.recall_listed(json);
        }
        bridge.recall_channels(kept.channels.as_deref());
        bridge.recall_latest(kept.latest.as_deref());
        bridge.choose_session(sessions, kept, now);
        bridge
    }

    /// Whoever has a name that the config lists stays listed by id.
    fn list_names(&mut self) {
        let credits = &self.settings.credits;
        let listed = &mut self.fold.people.listed;
        listed.add_names(credits.ignore.names());
        listed.add_names(
            credits
                .editors
                .iter()
                .chain(credits.groups.values().flatten())
                .map(|name| &**name),
        );
        listed.add_names(
            self.settings
                .overlay
                .script
                .sections
                .iter()
                .flat_map(|plan| &plan.ignore)
                .map(|name| &**name),
        );
    }

    fn recall_channels(&mut self, json: Option<&str>) {
        if let Some(json) = json {
            self.fold.broadcaster.recall(json);
        }
    }

    /// What is to be done before the first input.
    pub fn start(&mut self) -> Vec<Effect> {
        let learned = self
            .side
            .generation()
            .filter(|_| self.settings.generation.is_none());
        self.out.extend(learned.map(Effect::Speaks));
        std::mem::take(&mut self.out)
    }

    /// A write of the shell's own, counted like the bridge's.
    pub fn adopt(&mut self, write: Write) -> Effect {
        self.writes.count();
        Effect::Write(write)
    }

    /// The running session.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// People from earlier runs, before any row.
    pub fn recall_person(&mut self, row: &PersonRow) {
        let platform = crate::event::Platform::parse(&row.platform);
        if let Some(person) = Person::on(platform, &row.id, &row.login, &row.display) {
            self.fold.people.recall(&person, row.seen_ms);
        }
    }

    /// Ids of the last rows, oldest first: a repeat is dropped although the bridge was restarted in
    /// between.
    pub fn recall_id(&mut self, id: &str) {
        self.heard_ids.insert(id);
    }

    /// Ids of published events.
    pub fn recall_published(&mut self, id: &str) {
        self.published_ids.insert(recent::hash(id));
    }

    /// A row of the journal, in order; those of one earlier session after the other, then those of
    /// the running one. Between sessions call [`Self::replay_next_session`].
    pub fn replay(&mut self, row: &Row) {
        // Rows of earlier versions hold whatever came.
        let shortened = mapping::shorten(&row.body).map(|body| Row {
            body: body.into(),
            ..row.clone()
        });
        let row = shortened.as_ref().unwrap_or(row);
        let facts = facts_of(row);
        if self.is_elsewhere(&facts) {
            return;
        }
        for fact in facts {
            let key = mapping::summary::keys_of(&fact);
            let origin = fold_origin(row.origin, row.id.is_some());
            self.fold.apply(&fact, key, origin, row.at_ms, |_| {});
            self.note_fact(&fact, row.at_ms);
        }
        if row.origin == RowOrigin::Filled
            && &*row.kind == mapping::rest::KIND
            && let Some(rest) = mapping::Rest::read(&row.body)
        {
            self.fold.join(rest, row.at_ms);
        }
        if row.origin == RowOrigin::Filled && &*row.kind == bans::KIND {
            self.read_bans(&row.body, row.at_ms);
        }
        if row.origin == RowOrigin::Filled && &*row.kind == pages::KIND {
            self.fold.prove_pages(row.at_ms);
        }
        if row.origin == RowOrigin::Added
            && let Some((section, value)) = intake::read_added(&row.body)
        {
            self.fold.add_custom(&section, value);
        }
        if row.session == self.session.id {
            self.counts.journal += 1;
        }
    }

    /// The rows that follow belong to another session.
    pub fn replay_next_session(&mut self) {
        self.fold.begin_session();
    }

    /// Takes one input. The effects are to be run in their order.
    pub fn handle(&mut self, input: Input, now: Now) -> Vec<Effect> {
        self.fold.people.recalled();
        self.notice_freeze(now);
        match input {
            Input::Up(info) => self.up(info, now),
            Input::Down => self.down(now),
            Input::Heard(heard) => self.heard(heard, now),
            Input::Unreadable => self.counts.unreadable += 1,
            Input::Stream(status) => self.stream_status(status, now),
            Input::StreamChanged { active } => self.stream_changed(active, now),
            Input::Scene(name) => self.scene_changed(&name, now),
            Input::Collection => self.collection_changed(now),
            Input::Shown { scene, shown } => self.scene_shows(&scene, shown, now),
            Input::Music(seconds) => self.music(seconds, now),
            Input::LabelRead { place, found } => self.label_read(place, found, now),
            Input::FeedFailed(why) => self.feed_failed(&why),
            Input::Durable { writes } => self.durable(writes),
            Input::StoreFailed(why) => {
                if self.writes.failed(&why) {
                    self.out.push(Effect::Note(Note::StoreFailed(why)));
                }
                self.release_waiting();
            }
            Input::StoreNoted { text, lost } => self.store_noted(text, lost, now),
            Input::StoreHealed => {
                self.writes.healed();
                self.out.push(Effect::Note(Note::StoreHealed));
            }
            Input::Done {
                ticket: Ticket::Run(run),
                outcome,
            } => self.request_done(run, outcome),
            Input::Done {
                ticket: Ticket::Program(program),
                outcome,
            } => self.program_done(program, outcome),
            Input::Done {
                ticket: Ticket::Label(place),
                outcome,
            } => self.label_written(place, outcome, now),
            Input::Sent(pass) => self.sent(pass),
            Input::Tick => {}
            Input::Stopping => {
                self.keep("alive_ms", now.wall_ms.to_string());
                self.keep_streamed();
                self.keep_latest();
                self.keep_ledger(now);
                if let Some(json) = self.subscriptions.take_last() {
                    self.keep("subscriptions", json);
                }
            }
        }
        if self.fold.people.listed.take_new() {
            self.keep("listed", self.fold.people.listed_json());
        }
        self.timers(now);
        self.run_rules(now);
        self.run_labels(now);
        std::mem::take(&mut self.out)
    }

    /// When [`Input::Tick`] is due at the latest, on the monotonic clock. Never far away: that it
    /// did not come shows a freeze.
    pub fn due_ms(&self) -> u64 {
        let heartbeat = self.tick_ms.map(|tick_ms| tick_ms + HEARTBEAT_MS);
        [
            self.side.due_ms(),
            self.live.due_ms(),
            self.recorded.due_ms(),
            self.show.due_ms(),
            self.ban_watch.due_ms(),
            self.rules.due_ms(),
            self.objections.due_ms(),
            self.stream.due_ms(),
            self.subscriptions.due_ms(),
            heartbeat,
            Some(self.alive_due_ms),
        ]
        .into_iter()
        .flatten()
        .min()
        .unwrap_or(self.alive_due_ms)
    }

    /// Replies that wait for the store.
    pub fn waiting(&self) -> usize {
        self.writes.waiting()
    }

    /// Whether so many replies wait for the store that no more inputs from the bus are to be taken.
    pub fn is_full(&self) -> bool {
        self.writes.is_full()
    }

    fn heard(&mut self, heard: Heard, now: Now) {
        self.counts.heard += 1;
        match heard {
            Heard::Twitchat(message) => self.twitchat(&message, now),
            Heard::Bridge(whole) => self.bridge(whole.get()),
            Heard::Request(whole) => self.request(whole.get(), now),
            Heard::Other => self.counts.other += 1,
            Heard::Bad => self.counts.bad += 1,
        }
    }

    fn up(&mut self, info: ObsInfo, now: Now) {
        self.obs = Some((info, now.wall_ms));
        self.rules.labels.forget();
        self.out.push(Effect::AskStream);
        self.say_hello(now);
        self.tell_obs(mapping::obs::connected(&self.connection()), now);
        self.side.connected(now.mono_ms);
        self.feed_again();
        self.show_up(now);
    }

    fn down(&mut self, now: Now) {
        let connection = self.connection();
        self.obs = None;
        self.tell_obs(mapping::obs::disconnected(&connection), now);
        self.side.disconnected();
        self.objections.clear();
        self.show_down();
        self.stream.unknown();
    }

    /// A long gap between two inputs although a tick was due: the process was frozen. Another
    /// bridge may have taken over.
    fn notice_freeze(&mut self, now: Now) {
        let due = self.due_ms();
        let was = self.tick_ms.replace(now.mono_ms);
        if was.is_some_and(|was| now.mono_ms.saturating_sub(was.max(due)) > FROZEN_MS) {
            self.since_ms = now.wall_ms;
            self.out.push(Effect::Note(Note::Thawed));
            if self.obs.is_some() {
                self.say_hello(now);
            }
        }
    }

    fn timers(&mut self, now: Now) {
        if now.mono_ms >= self.alive_due_ms {
            const ALIVE_MS: u64 = 60_000;
            self.alive_due_ms = now.mono_ms + ALIVE_MS;
            self.keep("alive_ms", now.wall_ms.to_string());
            self.note_stream(now);
            self.expire_subscriptions(now);
            self.keep_latest();
            self.replies.forget(now);
        }
        self.keep_subscriptions(now);
        self.run_side(now);
        self.run_objections(now);
        self.run_stream(now);
        self.run_roll(now);
        self.run_bans(now);
        self.release(Playback::Live, now);
        self.release(Playback::Recorded, now);
    }

    /// Something happened to the journal that the operator should know.
    fn store_noted(&mut self, text: String, lost: bool, now: Now) {
        self.writes.note(&text, lost, now.wall_ms);
        self.out.push(Effect::Note(Note::StoreNoted { text, lost }));
    }

    fn write(&mut self, write: Write) {
        self.writes.count();
        self.out.push(Effect::Write(write));
    }

    fn keep(&mut self, key: &'static str, value: String) {
        self.write(Write::Keep {
            key,
            value: value.into(),
        });
    }

    /// A fresh id for something we send: a name-based UUID below this run's own, so that same
    /// inputs give same ids.
    fn fresh_id(&mut self) -> String {
        self.fresh_uuid().to_string()
    }

    fn fresh_uuid(&mut self) -> Uuid {
        self.sent += 1;
        Uuid::new_v5(&self.run.bridge, &self.sent.to_be_bytes())
    }

    /// Sends a message; tells whether OBS can carry it. One that is too large is never sent, and
    /// the log says so.
    fn send(&mut self, message: &Map<String, Value>) -> bool {
        let written = crate::request::reply::message(message);
        if let Ok(json) = written {
            self.out.push(Effect::Send(json));
            return true;
        }
        self.note_too_large();
        false
    }

    fn note_too_large(&mut self) {
        self.too_large += 1;
        if self.too_large.is_power_of_two() {
            self.out.push(Effect::Note(Note::TooLarge {
                times: self.too_large,
            }));
        }
    }
}

fn fold_origin(origin: RowOrigin, has_id: bool) -> Origin {
    match origin {
        RowOrigin::Filled => Origin::Filled,
        // Two reports with an id each are of two pages.
        RowOrigin::Heard if has_id => Origin::Page,
        RowOrigin::Heard | RowOrigin::Played | RowOrigin::Published | RowOrigin::Added => {
            Origin::Live
        }
    }
}

/// The facts in a row's body: the same ones as when it was heard.
fn facts_of(row: &Row) -> Vec<Fact> {
    match row.origin {
        RowOrigin::Heard | RowOrigin::Played => {
            let data = serde_json::from_str::<&serde_json::value::RawValue>(&row.body).ok();
            mapping::heard(&row.kind, data.filter(|data| data.get() != "null")).facts
        }
        RowOrigin::Published => intake::read_published(&row.kind, &row.body),
        RowOrigin::Filled => mapping::filled(&row.kind, &row.body),
        RowOrigin::Added => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
