//! PURE. Owns the models, and computes effects from an input and the time. It has no I/O, no clock,
//! no randomness and no logging.
//!
//! `daemon` passes inputs to it and runs its effects; tests do the same without a shell. The same
//! inputs always give the same effects.
//!
//! [`Bridge`] only routes. The fields of a component are private, and its methods receive all other
//! state as arguments. Work that spans several components is a function over `parts::Parts`, in the
//! file of its topic.
//!
//! | topic | files | |---|---|
//! | inputs, effects, settings; rows of the journal | [`io`], [`journal`] |
//! | the components, and the state that all of them use | `parts`, `base` |
//! | effects in order, writes and their durability | `output`, `writes` |
//! | the credits, the session, the journal | `model` |
//! | changed settings | `reload`, `config_state` |
//! | OBS and its events | `connection`, `obs_events` |
//! | emitting events | `emitter`, `subscriptions` |
//! | turning facts into rows, credits and events; two pages of Twitchat | [`ingest`] |
//! | messages of Twitchat, its presence | `messages`, `presence`, `generation` |
//! | its summary and its triggers | `summary`, `triggers` |
//! | bans | [`bans`] |
//! | corrections of the credits; finding a person | `edits`, `corrections`, `person_search` |
//! | the ends of sessions | `sessions` |
//! | sessions that have ended | [`archive`], `readings`, `of_session` |
//! | edits of them; answers of the journal | [`edits_of_session`], [`journal_answer`] |
//! | changes of sessions | [`session_plan`], `session_changes`, `later_rows` |
//! | the events behind an entry | [`explanation`] |
//! | forgetting a person | [`forget`], [`forget_request`] |
//! | requests | `requests`, `calls`, `lookups`, `actions`, `status` |
//! | replies | [`replies`], `pending_reply` |
//! | other bridges | `peers`, `objections`, `challengers`, [`other_bridge`] |
//! | the end credits | `roll` |
//! | Twitchat's settings of them | `following`, `twitchat_settings`, `settings_question` |
//! | rules, named actions, labels | `automation`, `steps`, `last_events`, `labels` |
//! | rate limits on messages, questions and writes | `limit` |

mod actions;
pub mod archive;
mod automation;
pub mod bans;
mod base;
mod calls;
mod challengers;
mod changed_keys;
mod config_state;
mod connection;
mod corrections;
mod counts;
mod edits;
pub mod edits_of_session;
mod emitter;
pub mod explanation;
mod following;
pub mod forget;
pub mod forget_request;
mod gap_filling;
mod generation;
pub mod ingest;
pub mod io;
pub mod journal;
pub mod journal_answer;
mod labels;
mod last_events;
mod later_rows;
mod limit;
mod lookups;
mod messages;
mod model;
mod objections;
mod obs_events;
mod of_session;
pub mod other_bridge;
mod output;
mod parts;
mod peers;
mod pending_reply;
mod person_search;
mod presence;
mod readings;
pub mod recent;
mod reload;
pub mod replies;
mod requests;
mod roll;
mod rule_test;
mod session_changes;
pub mod session_plan;
mod sessions;
mod settings_question;
mod status;
mod steps;
mod subscriptions;
mod summary;
mod time;
mod triggers;
mod twitchat_settings;
mod writes;

use crate::{event::Received, mapping, request::RequestError};
use automation::{Automation, View};
use base::Base;
use config_state::ConfigState;
use connection::Connection;
use counts::Counts;
use emitter::Emitter;
use following::Following;
use forget_request::Remaining;
use ingest::Ingest;
use io::{Effect, Input, MetaValues, Note, Now, ObsInfo, Run, Settings, Ticket};
use journal::{PersonRow, Row, Seq, Session, Write};
use journal_answer::JournalAnswer;
use labels::Labels;
use model::Model;
use obs_events::emit_obs;
use output::Output;
use parts::{Parts, emit, hand_on_events, with_roll};
use peers::Peers;
use presence::Presence;
use readings::Readings;
use replies::Replies;
use roll::Roll;
use sessions::StreamState;
use subscriptions::Subscriptions;
use summary::Summary;
use writes::Held;

/// The longest time without a tick, in milliseconds.
const HEARTBEAT_MS: u64 = 2_000;
/// A tick that is this many milliseconds late shows that the process was frozen.
const FROZEN_MS: u64 = 5_000;
/// The time between two writes of `alive_ms`, in milliseconds.
const ALIVE_MS: u64 = 60_000;

#[derive(Debug)]
pub struct Bridge {
    parts: Parts,
    alive_due_ms: u64,
    tick_ms: Option<u64>,
}

impl Bridge {
    /// Makes a bridge for a store with `sessions`, rows up to `last`, and these meta values, and
    /// chooses the running session. After this the caller replays the rows.
    pub fn new(
        settings: Settings,
        run: Run,
        sessions: &[Session],
        last: Seq,
        meta: &MetaValues,
        now: Now,
    ) -> Self {
        let rules = &settings.rules;
        let subscriptions = Subscriptions::recall(meta.subscriptions.as_deref());
        let generation = meta
            .generation
            .as_deref()
            .and_then(|word| word.parse().ok());
        let mut parts = Parts {
            presence: Presence::new(settings.generation, generation),
            summary: Summary::default(),
            stream: StreamState::new(meta, now),
            ingest: Ingest::new(),
            bans: bans::Watch::default(),
            roll: Roll::default(),
            following: Following::recall(&meta.twitchat),
            automation: Automation::new(rules, meta.once.as_deref(), meta.latest.as_deref()),
            labels: Labels::new(rules),
            triggers: Vec::new(),
            peers: Peers::new(run.started_ms),
            replies: Replies::default(),
            readings: Readings::default(),
            held: Held::default(),
            base: Base {
                obs: Connection::default(),
                model: Model::new(&settings, meta, now.wall_ms),
                emitter: Emitter::new(run.bridge, settings.tell, rules, subscriptions),
                out: Output::new(run.bridge, last),
                config: ConfigState::default(),
                counts: Counts::default(),
                last: None,
                settings,
                run,
            },
        };
        parts.following.reconfigure(&mut parts.base.settings);
        sessions::choose(&mut parts.base, sessions, meta, now);
        let session = parts.base.model.session().id;
        parts
            .ingest
            .recall_forgotten(meta.forgotten.as_deref(), session);
        Self {
            parts,
            alive_due_ms: now.mono_ms,
            tick_ms: None,
        }
    }

    /// The effects to run before the first input. Call this when all rows were replayed. Continues
    /// the roll in the meta values.
    pub fn start(&mut self, meta: &MetaValues, now: Now) -> Vec<Effect> {
        self.parts.roll.recall(meta, &mut self.parts.base, now);
        let out = &mut self.parts.base.out;
        if let Some(generation) = self.parts.presence.recalled() {
            out.push(Effect::Speaks(generation));
        }
        self.parts.base.emitter.subscribe_to_obs(false, out);
        out.take()
    }

    /// Counts a write that the shell has made up, like the bridge's own writes. Returns its effect.
    pub fn adopt(&mut self, write: Write) -> Effect {
        self.parts.base.out.writes_mut().count();
        Effect::Write(write)
    }

    /// Remembers for `GetStatus` what has become of the journal's files before the start.
    pub fn note_journal(&mut self, text: &str, now: Now) {
        let writes = self.parts.base.out.writes_mut();
        writes.note(text, false, now.wall_ms);
    }

    pub fn session(&self) -> &Session {
        self.parts.base.model.session()
    }

    /// Adds a person of earlier runs. Call this before any row is replayed.
    pub fn recall_person(&mut self, row: &PersonRow) {
        self.parts.base.model.recall_person(row);
    }

    /// Adds the id of an earlier message, so that its repeat is dropped even after a restart. The
    /// caller passes the ids of the last rows, oldest first.
    pub fn recall_id(&mut self, id: &str) {
        self.parts.ingest.receive_id(id);
    }

    /// Adds the id of an event that was published in an earlier run.
    pub fn recall_published(&mut self, id: &str) {
        self.parts.ingest.recall_published(id);
    }

    /// The caller passes rows in the order of their numbers: all rows of the running session, and
    /// the rows of other sessions whose kinds are in [`ingest::LASTING`].
    pub fn replay(&mut self, row: &Row) {
        let base = &mut self.parts.base;
        let is_noted = base.emitter.notes();
        let mut facts = Vec::new();
        ingest::read_back(row, &mut base.model, |_, fact, _| {
            facts.extend(is_noted.then(|| fact.clone()));
        });
        for fact in facts {
            ingest::note_fact(base, &fact, row.at_ms);
        }
        let now = Now {
            wall_ms: row.at_ms,
            mono_ms: 0,
        };
        hand_on_events(&mut self.parts, now);
    }

    /// The caller must run the effects in their order.
    pub fn handle(&mut self, input: Input, now: Now) -> Vec<Effect> {
        self.parts.base.model.fold_mut().people.recalled();
        self.notice_freeze(now);
        let resumed_ms = self.parts.base.model.resumed_ms();
        self.parts.stream.follow_clock(resumed_ms, now);
        self.route(input, now);
        let base = &mut self.parts.base;
        base.model.keep_listed(&mut base.out);
        self.run_due(now);
        self.run_automation(now);
        self.parts.base.out.take()
    }

    /// The answer to [`Effect::Forget`]: the store has forgotten a person, or has failed. The
    /// caller must run the effects in their order.
    pub fn forgotten(
        &mut self,
        answer: Result<Box<Remaining>, RequestError>,
        now: Now,
    ) -> Vec<Effect> {
        requests::forgotten(&mut self.parts, answer, now);
        self.run_automation(now);
        self.parts.base.out.take()
    }

    /// The answer to [`Effect::ReadJournal`], or the reason why there is none. It is not an
    /// [`Input`], because an answer contains parts of the bridge, which use inputs and effects
    /// themselves. The caller must run the effects in their order.
    pub fn journal_read(
        &mut self,
        answer: Result<JournalAnswer, RequestError>,
        now: Now,
    ) -> Vec<Effect> {
        requests::journal_read(&mut self.parts, answer, now);
        self.parts.base.out.take()
    }

    /// The latest time for the next [`Input::Tick`], on the monotonic clock. It is at most
    /// [`HEARTBEAT_MS`] away, so that a late tick shows that the process was frozen.
    pub fn due_ms(&self) -> u64 {
        let parts = &self.parts;
        let heartbeat = self.tick_ms.map(|tick_ms| tick_ms + HEARTBEAT_MS);
        [
            parts.presence.due_ms(),
            parts.summary.due_ms(&parts.presence),
            parts.ingest.due_ms(),
            parts.roll.due_ms(),
            parts.following.due_ms(&parts.presence, &parts.summary),
            parts.bans.due_ms(),
            parts.automation.due_ms(),
            parts.labels.due_ms(),
            parts.peers.due_ms(),
            parts.stream.due_ms(),
            parts.base.emitter.subscriptions().due_ms(),
            heartbeat,
        ]
        .into_iter()
        .flatten()
        .min()
        .map_or(self.alive_due_ms, |due_ms| due_ms.min(self.alive_due_ms))
    }

    /// The number of replies that wait for the store.
    pub fn waiting(&self) -> usize {
        self.parts.held.len()
    }

    /// Whether too many replies wait for the store. Then the shell must take no more inputs from
    /// OBS.
    pub fn is_full(&self) -> bool {
        self.parts.held.is_full()
    }

    fn route(&mut self, input: Input, now: Now) {
        let parts = &mut self.parts;
        let out = &mut parts.base.out;
        match input {
            Input::Up(info) => up(parts, info, now),
            Input::Down => down(parts, now),
            Input::Received(received) => on_event(parts, received, now),
            Input::Unreadable => parts.base.counts.bus.unreadable += 1,
            Input::Stream(status) => {
                let begins = parts.stream.reported(status, &mut parts.base, now);
                obs_events::on_stream(parts, begins, now);
            }
            Input::StreamChanged { active } => obs_events::stream_changed(parts, active, now),
            Input::RecordingChanged { active, path } => {
                obs_events::recording_changed(parts, active, &path, now);
            }
            Input::Outputs {
                streaming,
                recording,
            } => obs_events::outputs(parts, streaming, recording, now),
            Input::Scene(name) => on_scene(parts, &name, now),
            Input::Collection => {
                parts.labels.forget();
                look_at_scene(parts, true, now);
            }
            Input::Shown { scene, shown } => {
                with_roll(parts, now, |roll, cx| roll.scene_shows(&scene, shown, cx));
            }
            Input::Music(seconds) => with_roll(parts, now, |roll, cx| roll.music(seconds, cx)),
            Input::LabelRead { place, found } => parts.labels.read(place, found, out, now),
            Input::FeedFailed(why) => parts.roll.feed_failed(&why, out),
            Input::Durable { writes } => requests::durable(parts, writes, now),
            Input::StoreFailed(why) => {
                if out.writes_mut().failed(&why) {
                    out.note(Note::StoreFailed(why));
                }
                requests::release_waiting(parts, now);
            }
            Input::StoreNoted { text, lost } => {
                out.writes_mut().note(&text, lost, now.wall_ms);
                out.note(Note::StoreNoted { text, lost });
            }
            Input::Backups(backups) => out.writes_mut().backed_up(backups),
            Input::StoreHealed => {
                out.writes_mut().healed();
                out.note(Note::StoreHealed);
            }
            Input::Done { ticket, outcome } => match ticket {
                Ticket::Run(run) => parts.automation.request_done(run, outcome, out),
                Ticket::Program(program) => parts.automation.program_done(program, outcome, out),
                Ticket::Label(place) => parts.labels.written(place, outcome, out, now),
            },
            Input::Sent(pass) => parts.replies.arrived(pass),
            Input::Reloaded(reload) => reload::apply(parts, *reload, now),
            Input::SettingSet(set) => requests::setting_set(parts, *set, now),
            Input::Tick => {}
            Input::Stopping => stop(parts, now),
        }
    }

    /// Detects from a late tick that the process was frozen, and announces the bridge again,
    /// because another bridge may have taken over.
    fn notice_freeze(&mut self, now: Now) {
        let due = self.due_ms();
        let was = self.tick_ms.replace(now.mono_ms);
        if was.is_some_and(|was| now.mono_ms.saturating_sub(was.max(due)) > FROZEN_MS) {
            let Parts { base, peers, .. } = &mut self.parts;
            peers.thawed(now.wall_ms);
            base.out.note(Note::Thawed);
            if base.obs.is_up() {
                peers.send_hello(base, now);
            }
        }
    }

    /// Carries out all work that is due after an input.
    fn run_due(&mut self, now: Now) {
        let parts = &mut self.parts;
        if now.mono_ms >= self.alive_due_ms {
            self.alive_due_ms = now.mono_ms + ALIVE_MS;
            each_minute(parts, now);
        }
        let base = &mut parts.base;
        base.emitter.subscribe_to_obs(false, &mut base.out);
        if let Some(json) = base.emitter.subscriptions_mut().take_due(now.mono_ms) {
            base.out.keep("subscriptions", json);
        }
        let changes = parts.presence.run(&mut base.out, now);
        messages::presence_changed(parts, changes, now);
        let base = &mut parts.base;
        let offset_ms = parts.stream.summary_offset_ms(base.model.summary_from_ms());
        parts
            .summary
            .run(&parts.presence, offset_ms, &mut base.out, now);
        twitchat_settings::run(parts, now);
        let base = &mut parts.base;
        parts.peers.run(base, now);
        parts.stream.run(&mut base.out, now);
        with_roll(parts, now, Roll::run);
        run_bans(parts, now);
        parts.ingest.release(&mut parts.base, now);
    }

    fn run_automation(&mut self, now: Now) {
        let parts = &mut self.parts;
        steps::run(parts, now);
        if parts.ingest.take_taken_out() {
            parts.labels.touch();
        }
        if let Some(uses) = parts.labels.due(now).filter(|_| parts.base.obs.is_up()) {
            let view = View {
                base: &parts.base,
                presence: &parts.presence,
                stream: &parts.stream,
            };
            let context = parts.automation.context(uses, None, view, now);
            parts.labels.run(&context, &mut parts.base.out, now);
        }
    }
}

fn up(parts: &mut Parts, info: ObsInfo, now: Now) {
    parts.base.obs.up(info, now.wall_ms);
    parts.base.emitter.connected(true);
    parts.labels.forget();
    parts.base.out.push(Effect::AskStream);
    parts.base.out.push(Effect::AskRecording);
    parts.peers.send_hello(&mut parts.base, now);
    emit_obs(parts, mapping::obs::connected, now);
    parts.presence.connected(now.mono_ms);
    parts.summary.connected();
    with_roll(parts, now, Roll::connected);
}

fn down(parts: &mut Parts, now: Now) {
    let obs = parts.base.obs.object(&parts.base.run.instance);
    parts.base.obs.down();
    parts.base.emitter.connected(false);
    if parts.base.emitter.is_needed() {
        emit(parts, mapping::obs::disconnected(&obs), now);
    }
    parts.presence.disconnected();
    parts.summary.disconnected();
    parts.following.disconnected();
    parts.peers.disconnected();
    parts.roll.disconnected();
    parts.stream.unknown();
}

fn on_event(parts: &mut Parts, received: Received, now: Now) {
    if !matches!(received, Received::Obs(_)) {
        parts.base.counts.bus.received += 1;
    }
    match received {
        Received::Twitchat(message) => messages::receive(parts, &message, now),
        Received::Bridge(whole) => parts.peers.receive(whole.get(), &mut parts.base, now),
        // OBS also sends the bridge's own question back. That question is for another bridge.
        Received::Request(whole) if parts.peers.has_asked(whole.get()) => {
            parts.base.counts.bus.echoes += 1;
        }
        Received::Request(whole) => requests::receive(parts, whole.get(), now),
        Received::Other(whole) => obs_events::receive_custom(parts, &whole, now),
        Received::Obs(event) => obs_events::receive(parts, &event, now),
        Received::Bad => parts.base.counts.bus.invalid += 1,
    }
}

fn on_scene(parts: &mut Parts, name: &str, now: Now) {
    let before = parts.base.obs.show(name);
    if before.as_deref() == Some(name) {
        return;
    }
    if let Some(before) = &before {
        let event = |obs: &_| mapping::obs::scene_changed(obs, name, before);
        emit_obs(parts, event, now);
    }
    look_at_scene(parts, before.is_some(), now);
}

/// Begins or ends the roll if the scene on air requires it.
fn look_at_scene(parts: &mut Parts, went_on_air: bool, now: Now) {
    let obs = &parts.base.obs;
    if let Some(scene) = obs.scene().filter(|_| obs.is_up()).map(ToOwned::to_owned) {
        with_roll(parts, now, |roll, cx| {
            roll.look_at_scene(&scene, went_on_air, cx);
        });
    }
}

fn each_minute(parts: &mut Parts, now: Now) {
    hand_on_events(parts, now);
    let base = &mut parts.base;
    base.out.keep("alive_ms", now.wall_ms.to_string());
    parts.stream.touch(now);
    base.emitter.subscriptions_mut().expire(now.wall_ms);
    base.emitter.subscribe_to_obs(true, &mut base.out);
    parts.automation.keep_last_events(&mut base.out);
    parts.replies.forget(now);
    parts.readings.forget(now);
}

/// Asks for the summary and updates labels and the roll, as far as bans make this necessary.
fn run_bans(parts: &mut Parts, now: Now) {
    let rolls = parts.roll.rolls_real_credits();
    let due = parts.bans.run(rolls, &parts.base, now);
    if due.asks {
        // If Twitchat cannot answer now, a later summary contains the bans.
        parts.summary.ask(&parts.presence, now.mono_ms);
    }
    if due.changed {
        parts.labels.touch();
        parts.roll.hide_banned(&parts.base);
    }
    with_roll(parts, now, Roll::run_hidden);
    with_roll(parts, now, Roll::run_guests);
}

/// Stores the state that the bridge would otherwise store later.
fn stop(parts: &mut Parts, now: Now) {
    hand_on_events(parts, now);
    let base = &mut parts.base;
    base.out.keep("alive_ms", now.wall_ms.to_string());
    parts.stream.stop(&mut base.out);
    parts.following.keep(&mut base.out);
    parts.automation.keep_last_events(&mut base.out);
    parts.automation.keep_once_log(&mut base.out, now);
    if let Some(json) = base.emitter.subscriptions_mut().take_last() {
        base.out.keep("subscriptions", json);
    }
}

#[cfg(test)]
mod tests;
