//! Twitchat presence: whether Twitchat is connected, and its generation.
//!
//! Twitchat often starts after the bridge, and never reports that it has reconnected. So the bridge
//! sends probes until it receives a message that only Twitchat sends.

use serde_json::{Map, Value};

use super::{
    generation::InUse,
    io::{Effect, Note, Now},
    limit::RateLimit,
    output::Output,
    triggers,
};
use crate::twitchat::{Generation, question};

/// The time between two probes while no answer comes, in milliseconds.
const PROBE_MS: u64 = 30_000;
/// After this time without a message, the bridge probes a connected Twitchat again. In
/// milliseconds.
const SILENCE_MS: u64 = 300_000;
/// The time limit for the answer to a probe, in milliseconds. Without an answer, Twitchat counts as
/// not connected.
const PROBE_ANSWER_MS: u64 = 10_000;
/// The shortest time between two questions for triggers of the same type, in milliseconds.
const TRIGGERS_EACH_MS: u64 = 60_000;

/// Whether Twitchat is connected to this OBS, and which generation of it.
#[derive(Debug)]
pub(super) struct Presence {
    is_connected: bool,
    is_present: bool,
    in_use: InUse,
    /// Whether the config sets the generation.
    is_forced: bool,
    /// The time at which the last message of Twitchat was received, in Unix milliseconds.
    received_ms: Option<i64>,
    probe_due_ms: u64,
    probed_ms: Option<u64>,
    /// The two types of the question for the triggers, which depend on the generation.
    triggers: [TriggerQuestion; 2],
}

/// The changes of the Twitchat presence that a call has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Changes {
    /// Twitchat was not connected before.
    pub(super) appeared: bool,
    pub(super) vanished: bool,
    /// Another generation is in use.
    pub(super) generation: bool,
}

/// One type of the question for the user's triggers.
#[derive(Debug)]
struct TriggerQuestion {
    kind: &'static str,
    /// Whether the question was sent since Twitchat appeared, or will be sent soon.
    asked: bool,
    limit: RateLimit,
}

impl TriggerQuestion {
    fn to(generation: Generation) -> Self {
        Self {
            kind: triggers::question(generation),
            asked: false,
            limit: RateLimit::new(1, TRIGGERS_EACH_MS),
        }
    }

    /// Makes the bridge ask again when Twitchat appears the next time.
    fn reset(&mut self) {
        self.asked = false;
        self.limit.forget();
    }
}

impl Presence {
    /// `forced` is the generation in the config. `last` is the generation that was in use in the
    /// last run.
    pub(super) fn new(forced: Option<Generation>, last: Option<Generation>) -> Self {
        Self {
            is_connected: false,
            is_present: false,
            in_use: InUse::new(forced.or(last)),
            is_forced: forced.is_some(),
            received_ms: None,
            probe_due_ms: 0,
            probed_ms: None,
            triggers: [Generation::Second, Generation::Third].map(TriggerQuestion::to),
        }
    }

    pub(super) fn is_connected(&self) -> bool {
        self.is_connected
    }

    pub(super) fn is_present(&self) -> bool {
        self.is_connected && self.is_present
    }

    pub(super) fn generation(&self) -> Option<Generation> {
        self.in_use.generation()
    }

    /// The generation that was in use before this run, if the config does not force one.
    pub(super) fn recalled(&self) -> Option<Generation> {
        self.generation().filter(|_| !self.is_forced)
    }

    /// The time at which the last message of Twitchat was received, in Unix milliseconds.
    pub(super) fn received_ms(&self) -> Option<i64> {
        self.received_ms
    }

    /// Called when OBS is connected. A probe is due then, which shows whether Twitchat is connected
    /// too.
    pub(super) fn connected(&mut self, mono_ms: u64) {
        self.is_connected = true;
        self.is_present = false;
        self.probe_due_ms = mono_ms;
        self.probed_ms = None;
        self.in_use.forget_other();
        self.triggers.iter_mut().for_each(TriggerQuestion::reset);
    }

    pub(super) fn disconnected(&mut self) {
        self.is_connected = false;
        self.is_present = false;
    }

    /// The time at which [`Self::run`] is due; `None` without a connection to OBS.
    pub(super) fn due_ms(&self) -> Option<u64> {
        if !self.is_connected {
            return None;
        }
        let probe_answer = self
            .probed_ms
            .filter(|_| self.is_present)
            .map(|probed_ms| probed_ms + PROBE_ANSWER_MS);
        let triggers = self
            .triggers
            .iter()
            .filter_map(|question| question.limit.due_ms())
            .min();
        [
            Some(self.probe_due_ms),
            probe_answer,
            self.in_use.due_ms(),
            triggers,
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Called when Twitchat's page was loaded, perhaps again: the message counts as an appearance,
    /// so that the bridge asks for everything that it may have missed.
    pub(super) fn page_loaded(&mut self) {
        self.is_present = false;
    }

    /// Called when a message came that only Twitchat itself sends. `generation` is `None` if all
    /// generations send it.
    pub(super) fn receive(
        &mut self,
        generation: Option<Generation>,
        out: &mut Output,
        now: Now,
    ) -> Changes {
        self.received_ms = Some(now.wall_ms);
        self.probed_ms = None;
        self.probe_due_ms = now.mono_ms + SILENCE_MS;
        let appeared = !std::mem::replace(&mut self.is_present, true);
        let changed = generation.is_some_and(|generation| {
            !self.is_forced && self.in_use.receive(generation, now.mono_ms)
        });
        if changed {
            self.keep_generation(out);
        }
        if appeared {
            let generation = self.generation();
            self.triggers.iter_mut().for_each(TriggerQuestion::reset);
            out.note(Note::TwitchatThere { generation });
            if generation.is_none() {
                // All generations use the same name for this message. Twitchat's answer to a probe
                // shows the generation.
                self.probe_due_ms = now.mono_ms;
            }
        }
        self.want_triggers();
        Changes {
            appeared,
            vanished: false,
            generation: changed,
        }
    }

    /// Sends probes and questions that are due, and detects that Twitchat no longer answers.
    pub(super) fn run(&mut self, out: &mut Output, now: Now) -> Changes {
        let mut changes = Changes::default();
        if !self.is_connected {
            return changes;
        }
        if self.is_present
            && self
                .probed_ms
                .is_some_and(|probed_ms| now.mono_ms >= probed_ms + PROBE_ANSWER_MS)
        {
            self.is_present = false;
            changes.vanished = true;
            out.note(Note::TwitchatGone);
        }
        if !self.is_forced && self.in_use.settle(now.mono_ms) {
            changes.generation = true;
            self.keep_generation(out);
            self.want_triggers();
        }
        for question in &mut self.triggers {
            if question.limit.take(now.mono_ms) {
                out.send_action(question.kind, Value::Object(Map::new()));
            }
        }
        if now.mono_ms >= self.probe_due_ms {
            self.probe_due_ms = now.mono_ms + PROBE_MS;
            self.probed_ms = Some(now.mono_ms);
            let (kind, data) = question::probe();
            out.send_action(kind, data);
        }
        changes
    }

    /// Stores the generation in use for the next run.
    fn keep_generation(&self, out: &mut Output) {
        if let Some(generation) = self.generation() {
            out.keep("generation", generation.number().to_string());
            out.push(Effect::Speaks(generation));
        }
    }

    /// Asks for the triggers of the generation in use, unless this was done since Twitchat
    /// appeared.
    fn want_triggers(&mut self) {
        let Some(kind) = self.generation().map(triggers::question) else {
            return;
        };
        for question in self
            .triggers
            .iter_mut()
            .filter(|question| question.kind == kind && !question.asked)
        {
            question.asked = true;
            question.limit.want();
        }
    }
}
