//! Converts facts to rows of the journal, to credits, and to events.
//!
//! Facts come from Twitchat's messages, from its summary, from its labels and from published
//! events. A row is journalled for facts that would change the credits; `read_back` reads the rows
//! at the next start.

mod lasting;
mod note;
mod published;
mod read_back;
pub mod two_pages;

use std::collections::HashSet;

use serde_json::{Value, value::RawValue};

use super::{
    bans,
    base::Base,
    emitter::JsonData,
    forget::{FORGOTTEN, Forgotten},
    io::{Note, Now},
    journal::{RowOrigin, SessionId, Source},
    model::fold_origin,
    recent::{self, RECENT_IDS, Recent},
};
use crate::{
    credits::{Outcome, PersonId},
    event::{EmittedEvent, Fact, Message, Person},
    mapping::{
        self, Interpreter,
        interpreter::{At, Emitted, Playback},
        render,
    },
    twitchat::{catalogue, catalogue::Class, generation_of, summary::Summary},
};
pub use lasting::{BEYOND_DELETION, LASTING};
pub(super) use note::note_fact;
pub(super) use read_back::{facts_of, read_back};
use two_pages::Generations;

/// Whether events are emitted for facts that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Emission {
    /// The bridge emits an event for each fact.
    Each,
    /// The bridge emits no events, because the facts happened earlier, or because other code makes
    /// the events.
    Silent,
}

/// The ids of ingested messages and events, and the interpreters, which combine messages.
#[derive(Debug)]
pub(super) struct Ingest {
    received_ids: Recent,
    published_ids: HashSet<u64>,
    live: Interpreter,
    recorded: Interpreter,
    generations: Generations,
    /// Whether credits were removed because two pages are proven.
    has_taken_out: bool,
    /// The people who were forgotten in the running session.
    forgotten: Forgotten,
}

impl Ingest {
    pub(super) fn new() -> Self {
        Self {
            received_ids: Recent::new(RECENT_IDS),
            published_ids: HashSet::new(),
            live: Interpreter::new(Playback::Live),
            recorded: Interpreter::new(Playback::Recorded),
            generations: Generations::default(),
            has_taken_out: false,
            forgotten: Forgotten::default(),
        }
    }

    /// The time at which [`Self::release`] is due. `None` if no event waits for other messages.
    pub(super) fn due_ms(&self) -> Option<u64> {
        self.live
            .due_ms()
            .into_iter()
            .chain(self.recorded.due_ms())
            .min()
    }

    /// Registers the id of a message. Returns `false` if the id was received before.
    pub(super) fn receive_id(&mut self, id: &str) -> bool {
        self.received_ids.insert(id)
    }

    /// Registers the id of an event that was published in an earlier run.
    pub(super) fn recall_published(&mut self, id: &str) {
        self.published_ids.insert(recent::hash(id));
    }

    pub(super) fn has_published(&self, id: &str) -> bool {
        self.published_ids.contains(&recent::hash(id))
    }

    /// Reads the stored list of people who were forgotten in this session.
    pub(super) fn recall_forgotten(&mut self, json: Option<&str>, session: SessionId) {
        self.forgotten = Forgotten::recall(json, session);
    }

    /// Called when another session has begun. Then entries of forgotten people count again.
    pub(super) fn session_begun(&mut self, base: &mut Base) {
        let session = base.model.session().id;
        let before = std::mem::replace(&mut self.forgotten, Forgotten::recall(None, session));
        if !before.is_empty() {
            base.out.keep(FORGOTTEN, self.forgotten.to_json());
        }
    }

    /// Removes the entries of forgotten people from a summary.
    pub(super) fn leave_out_forgotten(&self, summary: &mut Summary, base: &Base) {
        self.forgotten.leave_out(summary, &base.run.instance);
    }

    /// Makes the next map of labels the base for later ones, because Twitchat was away.
    pub(super) fn rebase_labels(&mut self) {
        self.live.rebase_labels();
    }

    /// Whether credits were removed since the last call because two pages are proven.
    pub(super) fn take_taken_out(&mut self) -> bool {
        std::mem::take(&mut self.has_taken_out)
    }

    /// Ingests one of Twitchat's messages.
    pub(super) fn event(&mut self, message: &Message, base: &mut Base, now: Now) {
        self.note_generation(message, base, now);
        let (kind, data) = (&*message.kind, message.data.as_deref());
        if !mapping::feeds(kind) {
            return;
        }
        let read = mapping::decode(kind, data);
        for fact in self.live.votes(read.vote, &at(now, None)) {
            self.emit_fact(&fact, message.id.as_deref(), Playback::Live, base, now);
        }
        if let Some(missing) = read.missing {
            base.counts.bus.invalid += 1;
            if base.counts.bus.invalid.is_power_of_two() {
                base.out.note(Note::BadData {
                    kind: kind.into(),
                    why: missing.to_string(),
                });
            }
        }
        if base.model.is_elsewhere(&read.facts) {
            base.counts.messages.elsewhere += 1;
            return;
        }
        // The streamer may mark an old message as read. Marking it is not a new act of the
        // message's author.
        let is_act = message.replay.is_none() && !mapping::decode::is_marked_read(kind);
        let doers = if is_act {
            bans::doers(base.model.fold(), &read.facts)
        } else {
            Vec::new()
        };
        let origin = if message.replay.is_none() {
            RowOrigin::Received
        } else {
            RowOrigin::Played
        };
        let source = Source {
            origin,
            kind,
            id: message.id.as_deref(),
        };
        let keep_texts = base.settings.keep_texts;
        let print = read.facts.iter().find_map(print).unwrap_or_default();
        self.take(
            read.facts,
            source,
            Emission::Each,
            base,
            now,
            || match data {
                None => "null".into(),
                Some(data) if keep_texts => data.get().into(),
                Some(data) => mapping::texts::with_print(&mapping::strip_texts(data), print),
            },
        );
        bans::note_acts(base, &doers, now);
    }

    /// Compares a map of Twitchat's labels with the previous map. Journals the changes like
    /// published events.
    pub(super) fn labels(&mut self, data: &RawValue, base: &mut Base, now: Now) {
        for fact in self.live.labels(data) {
            self.publish_own(fact, base, now);
        }
    }

    fn publish_own(&mut self, fact: Fact, base: &mut Base, now: Now) {
        let (id, broadcaster) = (base.out.fresh_id(), base.model.broadcaster());
        let context = at(now, broadcaster.as_ref()).context(&id);
        let Some(EmittedEvent { name, data }) = render::event(&fact, &context) else {
            return;
        };
        let kind = name.to_string();
        base.last = Some((kind.as_str().into(), now.wall_ms));
        let source = Source {
            origin: RowOrigin::Published,
            kind: &kind,
            id: Some(&id),
        };
        self.take(vec![fact], source, Emission::Each, base, now, || {
            data.to_string().into()
        });
    }

    /// Journals the entries of Twitchat's summary that are missing in the journal. Returns their
    /// number.
    pub(super) fn merge(
        &mut self,
        summary: &Summary,
        offset_ms: i64,
        base: &mut Base,
        now: Now,
    ) -> usize {
        let known = base.model.fold().session.known_since(offset_ms);
        let missing =
            mapping::summary::missing(summary, |key| known.get(&key).copied().unwrap_or_default());
        let filled = missing.len();
        for row in missing {
            let facts = mapping::filled(row.list, &row.row);
            let source = Source::filled(row.list);
            self.take(facts, source, Emission::Silent, base, now, || row.row);
            base.counts.credits.filled += 1;
        }
        let rest = mapping::SummaryExtras::of(summary);
        if base.model.fold_mut().join(rest, now.wall_ms) {
            let source = Source::filled(mapping::summary_extras::KIND);
            let body = mapping::summary_extras::body(summary);
            base.model.append(source, now.wall_ms, body, &mut base.out);
        }
        filled
    }

    /// `AddToCredits`: journals the value and adds it to the custom section.
    pub(super) fn add(section: &str, value: Value, base: &mut Base, now: Now) {
        let body = serde_json::json!({ "section": section, "value": value }).to_string();
        let source = Source {
            origin: RowOrigin::Added,
            kind: section,
            id: None,
        };
        base.model
            .append(source, now.wall_ms, body.into(), &mut base.out);
        base.model.fold_mut().add_custom(section, value);
    }

    /// If any fact is new, appends one row for all of them, counts each of them, and emits their
    /// events. Returns whether any fact was new, that is, not already reported by a second page.
    fn take(
        &mut self,
        facts: Vec<Fact>,
        source: Source<'_>,
        emission: Emission,
        base: &mut Base,
        now: Now,
        body: impl FnOnce() -> Box<str>,
    ) -> bool {
        learn_channels(&facts, base);
        if !facts.iter().any(|fact| base.model.is_new(fact)) {
            return self.pass_on(facts, source.id, emission, base, now);
        }
        base.model
            .append(source, now.wall_ms, body(), &mut base.out);
        let mut is_new = false;
        for fact in facts {
            let outcome = self.count(&fact, source, base, now);
            match (outcome, emission) {
                (Outcome::Counted, Emission::Silent) => note_fact(base, &fact, now.wall_ms),
                (Outcome::Counted, Emission::Each) => {
                    self.emit_fact(&fact, source.id, Playback::Live, base, now);
                }
                (Outcome::Repeat | Outcome::Part, _) => base.counts.credits.repeats += 1,
                (Outcome::Twin, _) => base.counts.credits.twins += 1,
            }
            is_new |= outcome != Outcome::Twin && !matches!(fact, Fact::Broadcaster { .. });
        }
        is_new
    }

    /// Counts one fact of a journalled row. Stores the people whose names change.
    fn count(&mut self, fact: &Fact, source: Source<'_>, base: &mut Base, now: Now) -> Outcome {
        let key = mapping::summary::keys_of(fact);
        let mut changed: Vec<PersonId> = Vec::new();
        let origin = fold_origin(source.origin, source.id.is_some());
        let fold = base.model.fold_mut();
        let outcome = fold.apply(fact, key, origin, now.wall_ms, |met| {
            if met.changed {
                changed.push(met.who);
            }
        });
        let is_proof = fold.take_proof();
        base.model.keep_people(&changed, &mut base.out);
        if is_proof {
            self.prove_pages("events", base, now);
            if base.model.fold().last_is_twin() {
                return Outcome::Twin;
            }
        }
        outcome
    }

    /// Handles facts that do not change the credits. Records that their people were seen, and emits
    /// events. Returns whether there are any facts.
    fn pass_on(
        &mut self,
        facts: Vec<Fact>,
        id: Option<&str>,
        emission: Emission,
        base: &mut Base,
        now: Now,
    ) -> bool {
        let is_new = !facts.is_empty();
        for mut fact in facts {
            let mut changed = Vec::new();
            let people = &mut base.model.fold_mut().people;
            fact.each_person(|person| {
                let met = people.register(person, now.wall_ms);
                if met.changed {
                    changed.push(met.who);
                }
            });
            base.model.keep_people(&changed, &mut base.out);
            if emission == Emission::Each {
                self.emit_fact(&fact, id, Playback::Live, base, now);
            }
        }
        is_new
    }

    /// Emits a fact as an event, with everything that is known about its people. Some events wait.
    /// Gifts wait for the rest of their gift bomb, and chat lines for their other messages. New
    /// subscriptions wait, because they may turn out to be resubscriptions.
    fn emit_fact(
        &mut self,
        fact: &Fact,
        id: Option<&str>,
        playback: Playback,
        base: &mut Base,
        now: Now,
    ) {
        if !base.emitter.is_needed() {
            return;
        }
        let mut fact = fact.clone();
        fact.each_person(|person| base.model.fold().people.complete(person));
        let id = id.map_or_else(|| base.out.fresh_id(), ToOwned::to_owned);
        let broadcaster = base.model.broadcaster();
        let emitted = self
            .interpreter(playback)
            .emit(fact, &id, &at(now, broadcaster.as_ref()));
        emit_all(emitted, playback, base, now);
    }

    /// Emits the events that have waited long enough, and the ends of polls and predictions.
    pub(super) fn release(&mut self, base: &mut Base, now: Now) {
        for playback in [Playback::Live, Playback::Recorded] {
            if self
                .interpreter(playback)
                .due_ms()
                .is_none_or(|due_ms| now.mono_ms < due_ms)
            {
                continue;
            }
            let broadcaster = base.model.broadcaster();
            let at = at(now, broadcaster.as_ref());
            let emitted = self.interpreter(playback).release(&at);
            let ended = self.interpreter(playback).settle(&at);
            emit_all(emitted, playback, base, now);
            for fact in ended {
                self.emit_fact(&fact, None, playback, base, now);
            }
        }
    }

    /// Emits a message of Twitchat unchanged. If its type reports a state, also emits the event for
    /// a new state.
    pub(super) fn emit_message(
        &mut self,
        message: &Message,
        playback: Playback,
        base: &mut Base,
        now: Now,
    ) {
        let (kind, data) = (&*message.kind, JsonData::of(message));
        base.emitter
            .emit_message(kind, &data, playback, &mut base.out, now);
        if Interpreter::has_states(kind)
            && base.emitter.is_needed()
            && let Some(event) = self
                .interpreter(playback)
                .state(kind, data.value(), now.mono_ms)
        {
            base.emitter.emit(event, playback, &mut base.out, now);
        }
    }

    /// Emits a message of a recording that is played back for testing overlays. It is not
    /// journalled and does not count. It changes no knowledge about the channel, its people and its
    /// Twitchat, because the recording may come from another channel.
    pub(super) fn play_back(&mut self, message: &Message, base: &mut Base, now: Now) {
        let class = catalogue::look_up(&message.kind).map(|entry| entry.class);
        if matches!(class, Some(Class::Action | Class::Question)) {
            return;
        }
        self.emit_message(message, Playback::Recorded, base, now);
        if class == Some(Class::Event) {
            let (kind, data) = (&*message.kind, message.data.as_deref());
            let read = mapping::decode(kind, data);
            let mut facts = self.recorded.votes(read.vote, &at(now, None));
            facts.extend(read.facts);
            for fact in facts {
                self.emit_fact(&fact, message.id.as_deref(), Playback::Recorded, base, now);
            }
        }
    }

    fn interpreter(&mut self, playback: Playback) -> &mut Interpreter {
        match playback {
            Playback::Live => &mut self.live,
            Playback::Recorded => &mut self.recorded,
        }
    }

    /// Records the generation that sent a message. This may prove that two pages are open. Messages
    /// of a recording are ignored.
    fn note_generation(&mut self, message: &Message, base: &mut Base, now: Now) {
        if message.replay.is_none()
            && let Some(generation) = generation_of(message)
            && self.generations.receive(generation, now.mono_ms)
        {
            self.prove_pages("generations", base, now);
        }
    }

    /// Journals a proof of two pages, unless a recent proof still covers the current time.
    fn prove_pages(&mut self, by: &'static str, base: &mut Base, now: Now) {
        if two_pages::is_covered(base.model.fold(), now.wall_ms) {
            return;
        }
        if !base.model.fold().has_two_pages(now.wall_ms) {
            base.out.note(Note::TwoPages { by });
        }
        let body = serde_json::json!({ "by": by }).to_string();
        let source = Source::filled(two_pages::KIND);
        base.model
            .append(source, now.wall_ms, body.into(), &mut base.out);
        let taken_out = base.model.fold_mut().prove_pages(now.wall_ms);
        base.counts.credits.twins += u64::try_from(taken_out).unwrap_or_default();
        self.has_taken_out |= taken_out > 0;
    }
}

fn learn_channels(facts: &[Fact], base: &mut Base) {
    for fact in facts {
        if let Fact::Broadcaster { id, own } = fact {
            let broadcaster = &mut base.model.fold_mut().broadcaster;
            if broadcaster.learn(id, *own) {
                base.out.keep("channels", broadcaster.to_json());
            }
        }
    }
}

fn emit_all(emitted: Vec<Emitted>, playback: Playback, base: &mut Base, now: Now) {
    for Emitted { event, .. } in emitted {
        base.emitter.emit(event, playback, &mut base.out, now);
    }
}

/// The current time and the broadcaster, for the interpreter.
fn at(now: Now, broadcaster: Option<&Person>) -> At<'_> {
    At {
        wall_ms: now.wall_ms,
        mono_ms: now.mono_ms,
        broadcaster,
    }
}

/// A hash of the text of a cheer or a redemption; see `textPrint`.
fn print(fact: &Fact) -> Option<u16> {
    match fact {
        Fact::Cheer { chat, .. } => Some(chat.print),
        Fact::Redemption(redemption) => Some(redemption.chat.print),
        _ => None,
    }
}
