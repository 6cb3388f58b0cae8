//! Ingest: facts become rows of the journal, then credits, then events.
//!
//! Facts come from Twitchat's messages, from its summary, from its labels and from published
//! events. A row is journalled for them if credits would change; `read_back` reads the rows at
//! the next start.

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
    io::{Note, Now},
    journal::{RowOrigin, Source},
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
pub use lasting::LASTING;
use note::note_fact;
pub(super) use read_back::read_back;
use two_pages::Generations;

/// Whether events are emitted for facts that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Emission {
    /// One for each.
    Each,
    /// None: it happened earlier, or its events are made of something else.
    Silent,
}

/// What is needed to take facts once, and to know what several messages mean together.
#[derive(Debug)]
pub(super) struct Ingest {
    received_ids: Recent,
    published_ids: HashSet<u64>,
    live: Interpreter,
    recorded: Interpreter,
    generations: Generations,
    /// Credits were taken out, because two pages are proven.
    has_taken_out: bool,
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
        }
    }

    /// When something that waits for other messages is to be emitted.
    pub(super) fn due_ms(&self) -> Option<u64> {
        self.live
            .due_ms()
            .into_iter()
            .chain(self.recorded.due_ms())
            .min()
    }

    /// Takes the id of a message; `false` if it was received before.
    pub(super) fn receive_id(&mut self, id: &str) -> bool {
        self.received_ids.insert(id)
    }

    /// The id of an event that was published before this run.
    pub(super) fn recall_published(&mut self, id: &str) {
        self.published_ids.insert(recent::hash(id));
    }

    /// Whether an event with this id was published.
    pub(super) fn has_published(&self, id: &str) -> bool {
        self.published_ids.contains(&recent::hash(id))
    }

    /// Takes the next map of labels as the first one: Twitchat was away.
    pub(super) fn rebase_labels(&mut self) {
        self.live.rebase_labels();
    }

    /// Whether credits were taken out since the last call.
    pub(super) fn take_taken_out(&mut self) -> bool {
        std::mem::take(&mut self.has_taken_out)
    }

    /// One of Twitchat's events was received.
    pub(super) fn event(&mut self, message: &Message, base: &mut Base, now: Now) {
        self.note_generation(message, base, now);
        let (kind, data) = (&*message.kind, message.data.as_deref());
        for fact in self.live.votes(kind, data, &at(now, None)) {
            self.emit_fact(&fact, message.id.as_deref(), Playback::Live, base, now);
        }
        if !mapping::feeds(kind) {
            return;
        }
        let read = mapping::decode(kind, data);
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
        // A message that the streamer marks as read may have been there for long.
        let is_deed = message.replay.is_none() && !mapping::decode::is_marked_read(kind);
        let doers = if is_deed {
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

    /// A map of Twitchat's labels was received: what is new in it is journalled as if somebody had
    /// published it.
    pub(super) fn labels(&mut self, data: &RawValue, base: &mut Base, now: Now) {
        for fact in self.live.labels(data) {
            self.publish_own(fact, base, now);
        }
    }

    fn publish_own(&mut self, fact: Fact, base: &mut Base, now: Now) {
        let (id, broadcaster) = (base.out.fresh_id(), base.model.broadcaster());
        let context = render::Context {
            at_ms: now.wall_ms,
            id: &id,
            broadcaster: broadcaster.as_ref(),
        };
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

    /// Journals what Twitchat's summary has and the journal has not. Gives how many rows.
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

    /// `AddToCredits`.
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

    /// Takes facts in: a row for them if any is news, then each counts, then each is emitted. Gives
    /// whether anything was news: whether not all of it was reported before.
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

    /// Counts one fact of a row that was journalled.
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

    /// Facts that change no credits: the people in them were seen, and events are emitted.
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

    /// Emits a fact as an event, with its people as complete as they are known. Gifts wait for the
    /// rest of their bomb, chat lines for their other messages, new subscriptions for the
    /// resubscription that they may be.
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

    /// Emits what waits for no more, and polls and predictions that have ended.
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

    /// Emits a message of Twitchat's own, and the event that it is as it stands.
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

    /// A message of a recording that somebody plays back to see how overlays look: emitted as if it
    /// happened now, journalled nowhere, counted in no credits. Nothing that is known of the
    /// channel, its people or its Twitchat changes by it: a recording may be of any of them.
    pub(super) fn play_back(&mut self, message: &Message, base: &mut Base, now: Now) {
        let class = catalogue::look_up(&message.kind).map(|entry| entry.class);
        if matches!(class, Some(Class::Action | Class::Question)) {
            return;
        }
        self.emit_message(message, Playback::Recorded, base, now);
        if class == Some(Class::Event) {
            let (kind, data) = (&*message.kind, message.data.as_deref());
            let mut facts = self.recorded.votes(kind, data, &at(now, None));
            facts.extend(mapping::decode(kind, data).facts);
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

    /// A message of Twitchat's own was received. One that is played back says nothing about the
    /// pages that are open.
    fn note_generation(&mut self, message: &Message, base: &mut Base, now: Now) {
        if message.replay.is_none()
            && let Some(generation) = generation_of(message)
            && self.generations.receive(generation, now.mono_ms)
        {
            self.prove_pages("generations", base, now);
        }
    }

    /// Two pages are proven. Journals it, unless a proof of a moment ago still covers what came
    /// since.
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

/// This moment, as the interpreter takes it.
fn at(now: Now, broadcaster: Option<&Person>) -> At<'_> {
    At {
        wall_ms: now.wall_ms,
        mono_ms: now.mono_ms,
        broadcaster,
    }
}

/// The number that stands for the text of bits or a reward.
fn print(fact: &Fact) -> Option<u16> {
    match fact {
        Fact::Cheer { chat, .. } => Some(chat.print),
        Fact::Redemption(redemption) => Some(redemption.chat.print),
        _ => None,
    }
}
