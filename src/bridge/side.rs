//! Twitchat's side: is it there, which generation does it speak, and what did it see that we
//! missed.
//!
//! Answers carry no correlation, so one is taken as ours only while ours is the only question
//! pending. Twitchat often starts after the bridge and never says when it reconnects: it is probed
//! until something of it is heard, and asked for its summary at once then.

use serde_json::{Value, value::RawValue};

use super::{
    Bridge, actions,
    in_use::InUse,
    intake::{Source, Telling},
    journal::RowOrigin,
    limit::RateLimit,
    port::{Effect, Note, Now},
};
use crate::{
    credits::bans::Asked,
    event::heard::TWITCHAT,
    mapping,
    twitchat::{Generation, question, summary::Summary},
};

/// Between two probes while nothing answers.
const PROBE_MS: u64 = 30_000;
/// Silence after which Twitchat is probed again although it was there.
const SILENCE_MS: u64 = 300_000;
/// How long an answer may take: Twitchat may have to load all subscribers first.
const ANSWER_MS: u64 = 15_000;
/// A probe that is not answered within this time means that nobody is there.
const PROBE_ANSWER_MS: u64 = 10_000;
/// Pause before asking again when an answer could not be told from somebody else's. It doubles each
/// time, up to the longest.
const AGAIN_MS: u64 = 2_000;
const AGAIN_DOUBLINGS: u32 = 5;
/// At least this long between two questions for the summary: it may have megabytes.
const SUMMARY_EACH_MS: u64 = 2_000;
/// At least this long between two questions for the triggers in the same words.
const TRIGGERS_EACH_MS: u64 = 60_000;
/// Questions in a row that may stay without an answer.
const TRIES: u32 = 3;

/// Our question for the summary.
#[derive(Debug)]
struct Question {
    asked_ms: u64,
    offset_ms: i64,
    /// Somebody else asked too, or the session changed: whose answer comes, and for which time, is
    /// not known.
    unclear: bool,
}

/// What is known of Twitchat.
#[derive(Debug)]
pub(super) struct Side {
    connected: bool,
    present: bool,
    in_use: InUse,
    last_heard_ms: Option<i64>,
    heard_mono_ms: u64,
    probe_due_ms: u64,
    probed_ms: Option<u64>,
    question: Option<Question>,
    /// When to ask for the summary; nothing if there is nothing to ask.
    ask_due_ms: Option<u64>,
    tries: u32,
    /// Answers in a row that could not be told from somebody else's.
    contested: u32,
    summaries: RateLimit,
    /// Until when an answer to somebody else's question may come.
    others_until_ms: u64,
    merged_ms: Option<i64>,
    /// Questions for the triggers, one of each wording.
    triggers: [TriggerQuestion; 2],
}

/// The question for the user's triggers in one wording.
#[derive(Debug)]
struct TriggerQuestion {
    kind: &'static str,
    /// It was asked, or is going to be, since Twitchat appeared.
    asked: bool,
    limit: RateLimit,
}

impl TriggerQuestion {
    fn to(generation: Generation) -> Self {
        Self {
            kind: actions::trigger_question(generation),
            asked: false,
            limit: RateLimit::new(1, TRIGGERS_EACH_MS),
        }
    }

    /// Asked before or not, it is to be asked once Twitchat is there.
    fn reset(&mut self) {
        self.asked = false;
        self.limit.forget();
    }
}

impl Side {
    pub(super) fn new(generation: Option<Generation>) -> Self {
        Self {
            connected: false,
            present: false,
            in_use: InUse::new(generation),
            last_heard_ms: None,
            heard_mono_ms: 0,
            probe_due_ms: 0,
            probed_ms: None,
            question: None,
            ask_due_ms: None,
            tries: 0,
            contested: 0,
            summaries: RateLimit::new(1, SUMMARY_EACH_MS),
            others_until_ms: 0,
            merged_ms: None,
            triggers: [Generation::Second, Generation::Third].map(TriggerQuestion::to),
        }
    }

    pub(super) fn is_present(&self) -> bool {
        self.connected && self.present
    }

    pub(super) fn generation(&self) -> Option<Generation> {
        self.in_use.generation()
    }

    pub(super) fn last_heard_ms(&self) -> Option<i64> {
        self.last_heard_ms
    }

    pub(super) fn merged_ms(&self) -> Option<i64> {
        self.merged_ms
    }

    pub(super) fn connected(&mut self, mono_ms: u64) {
        self.connected = true;
        self.present = false;
        self.probe_due_ms = mono_ms;
        self.probed_ms = None;
        self.question = None;
        self.ask_due_ms = None;
        self.tries = 0;
        self.contested = 0;
        self.others_until_ms = 0;
        self.in_use.forget_other();
        self.triggers.iter_mut().for_each(TriggerQuestion::reset);
    }

    pub(super) fn disconnected(&mut self) {
        self.connected = false;
        self.present = false;
        self.question = None;
        self.ask_due_ms = None;
    }

    /// Somebody else asks for the summary.
    pub(super) fn heard_question(&mut self, mono_ms: u64) {
        self.others_until_ms = mono_ms + ANSWER_MS;
        if let Some(question) = &mut self.question {
            question.unclear = true;
        }
    }

    /// The answer that is on its way would be for the session before.
    pub(super) fn session_changed(&mut self) {
        if let Some(question) = &mut self.question {
            question.unclear = true;
        }
    }

    /// When something is to be done at the latest.
    pub(super) fn due_ms(&self) -> Option<u64> {
        if !self.connected {
            return None;
        }
        let answer = self
            .question
            .as_ref()
            .map(|question| question.asked_ms + ANSWER_MS);
        let probe_answer = self
            .probed_ms
            .filter(|_| self.present)
            .map(|probed_ms| probed_ms + PROBE_ANSWER_MS);
        let ask = self
            .summary_due_ms()
            .filter(|_| self.question.is_none() && self.generation().is_some());
        let triggers = self
            .triggers
            .iter()
            .filter_map(|question| question.limit.due_ms())
            .min();
        [
            Some(self.probe_due_ms),
            answer,
            probe_answer,
            ask,
            self.in_use.due_ms(),
            triggers,
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// When the summary is to be asked for, unless an answer is still waited for.
    fn summary_due_ms(&self) -> Option<u64> {
        self.ask_due_ms.map(|due_ms| {
            due_ms
                .max(self.others_until_ms)
                .max(self.summaries.free_ms())
        })
    }

    /// The triggers of the generation in use are to be asked for, unless they were since Twitchat
    /// appeared.
    fn want_triggers(&mut self) {
        let Some(kind) = self.generation().map(actions::trigger_question) else {
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

impl Bridge {
    /// Something that only Twitchat itself sends was heard.
    pub(super) fn present(&mut self, generation: Option<Generation>, now: Now) {
        let side = &mut self.side;
        side.last_heard_ms = Some(now.wall_ms);
        side.heard_mono_ms = now.mono_ms;
        side.probed_ms = None;
        side.probe_due_ms = now.mono_ms + SILENCE_MS;
        let appeared = !std::mem::replace(&mut side.present, true);
        let is_free = self.settings.generation.is_none();
        if generation
            .is_some_and(|generation| is_free && side.in_use.receive(generation, now.mono_ms))
        {
            self.generation_changed(now);
        }
        if appeared {
            let generation = self.side.generation();
            self.live.rebase_labels();
            self.side.tries = 0;
            self.side.contested = 0;
            self.side
                .triggers
                .iter_mut()
                .for_each(TriggerQuestion::reset);
            self.out
                .push(Effect::Note(Note::TwitchatThere { generation }));
            if generation.is_some() {
                self.side.ask_due_ms = Some(now.mono_ms);
            } else {
                // It speaks, but a name that all generations share: its answer to the probe will
                // tell.
                self.side.probe_due_ms = now.mono_ms;
            }
        }
        self.side.want_triggers();
    }

    /// Another generation is in use: it is kept, and asked for what only it answers.
    fn generation_changed(&mut self, now: Now) {
        let Some(generation) = self.side.generation() else {
            return;
        };
        self.keep("generation", generation.number().to_string());
        self.out.push(Effect::Speaks(generation));
        if self.side.merged_ms.is_none() {
            self.side.ask_due_ms = Some(now.mono_ms);
        }
        self.side.want_triggers();
    }

    /// What is due on Twitchat's side.
    pub(super) fn run_side(&mut self, now: Now) {
        if !self.side.connected {
            return;
        }
        if self.side.present
            && self
                .side
                .probed_ms
                .is_some_and(|probed_ms| now.mono_ms >= probed_ms + PROBE_ANSWER_MS)
        {
            self.side.present = false;
            self.side.question = None;
            self.side.ask_due_ms = None;
            self.out.push(Effect::Note(Note::TwitchatGone));
        }
        if self.settings.generation.is_none() && self.side.in_use.settle(now.mono_ms) {
            self.generation_changed(now);
        }
        let kinds = self
            .side
            .triggers
            .iter_mut()
            .filter_map(|question| question.limit.take(now.mono_ms).then_some(question.kind));
        for kind in kinds.collect::<Vec<_>>() {
            self.send_action(kind, Value::Object(serde_json::Map::new()));
        }
        if now.mono_ms >= self.side.probe_due_ms {
            self.side.probe_due_ms = now.mono_ms + PROBE_MS;
            self.side.probed_ms = Some(now.mono_ms);
            let (kind, data) = question::probe();
            self.send_action(kind, data);
        }
        if self
            .side
            .question
            .as_ref()
            .is_some_and(|question| now.mono_ms >= question.asked_ms + ANSWER_MS)
        {
            self.side.question = None;
            self.side.tries += 1;
            if self.side.tries < TRIES {
                self.side.ask_due_ms = Some(now.mono_ms + AGAIN_MS);
            } else {
                self.out.push(Effect::Note(Note::SummaryUnanswered));
            }
        }
        if self
            .side
            .summary_due_ms()
            .is_some_and(|due_ms| now.mono_ms >= due_ms)
            && self.side.question.is_none()
            && let Some(generation) = self.side.generation()
            && self.side.summaries.allows(now.mono_ms)
        {
            let offset_ms = self.summary_offset_ms();
            self.side.ask_due_ms = None;
            self.side.question = Some(Question {
                asked_ms: now.mono_ms,
                offset_ms,
                unclear: false,
            });
            let (kind, data) = question::summary(generation, offset_ms);
            self.send_action(kind, data);
        }
    }

    /// A summary was heard: ours, or one that nobody here asked for.
    pub(super) fn summary(&mut self, data: Option<&RawValue>, now: Now) {
        let others = now.mono_ms < self.side.others_until_ms;
        self.side.others_until_ms = 0;
        let Some(question) = &self.side.question else {
            if !others && !self.pressed(data, now) {
                self.refuse_summary("nobody asked for it: a button in Twitchat, or test data");
            }
            return;
        };
        if question.unclear || others {
            self.side.question = None;
            self.side.ask_due_ms =
                Some(now.mono_ms + (AGAIN_MS << self.side.contested.min(AGAIN_DOUBLINGS)));
            self.side.contested = self.side.contested.saturating_add(1);
            self.refuse_summary("somebody else asked at the same time; asking again");
            return;
        }
        let offset_ms = question.offset_ms;
        let asked_ago_ms =
            i64::try_from(now.mono_ms.saturating_sub(question.asked_ms)).unwrap_or(i64::MAX);
        let summary = match data.map(Summary::read) {
            Some(Ok(summary)) if summary.has_params => {
                self.pressed(data, now);
                return self.refuse_summary(
                    "it comes with settings, which we never ask for: a button in Twitchat",
                );
            }
            Some(Ok(summary)) if !summary.is_empty_stop() => summary,
            Some(Ok(_)) => {
                self.pressed(data, now);
                return self.refuse_summary("it is the empty one that stopping the credits sends");
            }
            Some(Err(_)) | None => return self.refuse_summary("it holds no lists"),
        };
        self.side.question = None;
        self.side.tries = 0;
        self.side.contested = 0;
        self.side.merged_ms = Some(now.wall_ms);
        let filled = self.merge(&summary, offset_ms, now);
        self.judge_bans(
            &summary,
            Asked {
                at_ms: now.wall_ms.saturating_sub(asked_ago_ms),
                offset_ms,
            },
            now,
        );
        self.out.push(Effect::Note(Note::SummaryMerged { filled }));
    }

    /// Asks for the summary at once, if there is anybody to ask. Tells whether an answer may come.
    pub(super) fn ask_summary_now(&mut self, now: Now) -> bool {
        let side = &mut self.side;
        if !side.is_present() || side.generation().is_none() {
            return false;
        }
        side.tries = 0;
        side.ask_due_ms.get_or_insert(now.mono_ms);
        true
    }

    /// Whether an answer may still come.
    pub(super) fn is_asking_summary(&self) -> bool {
        self.side.connected && (self.side.question.is_some() || self.side.ask_due_ms.is_some())
    }

    fn refuse_summary(&mut self, why: &'static str) {
        self.out.push(Effect::Note(Note::SummaryRefused { why }));
    }

    /// Journals what the summary has and the journal has not.
    fn merge(&mut self, summary: &Summary, offset_ms: i64, now: Now) -> usize {
        let known = self.fold.session.known_since(offset_ms);
        let missing =
            mapping::summary::missing(summary, |key| known.get(&key).copied().unwrap_or_default());
        let filled = missing.len();
        for row in missing {
            let facts = mapping::filled(row.list, &row.row);
            let source = Source {
                origin: RowOrigin::Filled,
                kind: row.list,
                id: None,
            };
            self.take(facts, source, Telling::Silent, now, || row.row);
            self.counts.filled += 1;
        }
        if self.fold.join(mapping::Rest::of(summary), now.wall_ms) {
            let source = Source {
                origin: RowOrigin::Filled,
                kind: mapping::rest::KIND,
                id: None,
            };
            self.append(source, now, mapping::rest::body(summary));
        }
        filled
    }

    /// Sends Twitchat an action or a question.
    pub(super) fn send_action(&mut self, kind: &str, data: Value) {
        let id = self.fresh_id();
        self.sent_ids.insert(&id);
        let message = serde_json::Map::from_iter([
            ("origin".to_owned(), Value::from(TWITCHAT)),
            ("type".to_owned(), kind.into()),
            ("id".to_owned(), id.into()),
            ("data".to_owned(), data),
        ]);
        self.send(&message);
    }
}
