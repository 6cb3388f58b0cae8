//! Asking Twitchat for its summary, which holds what the bridge missed.
//!
//! Answers carry no correlation, so one is taken as the bridge's own only while its question is the
//! only one pending.

use serde_json::value::RawValue;

use super::{
    io::{Note, Now},
    limit::RateLimit,
    output::Output,
    presence::{Changes, Presence},
};
use crate::{
    credits::bans::Asked,
    twitchat::{question, summary},
};

/// How long an answer may take: Twitchat may have to load all subscribers first.
const ANSWER_MS: u64 = 15_000;
/// Pause before asking again when an answer could not be told from somebody else's. It doubles each
/// time, up to the longest.
const AGAIN_MS: u64 = 2_000;
const AGAIN_DOUBLINGS: u32 = 5;
/// At least this long between two questions for the summary: it may have megabytes.
const EACH_MS: u64 = 2_000;
/// Questions in a row that may stay without an answer.
const TRIES: u32 = 3;

/// The bridge's question for the summary.
#[derive(Debug)]
struct Question {
    asked_ms: u64,
    offset_ms: i64,
    /// Somebody else asked too, or the session changed: whose answer comes, and for which time, is
    /// not known.
    unclear: bool,
}

/// Whether the summary is to be asked for, is asked for, or was answered.
#[derive(Debug)]
pub(super) struct Summary {
    question: Option<Question>,
    /// When to ask; nothing if there is nothing to ask.
    ask_due_ms: Option<u64>,
    /// Questions without an answer in a row.
    tries: u32,
    /// Answers in a row that could not be told from somebody else's.
    contested: u32,
    limit: RateLimit,
    /// Until when an answer to somebody else's question may come.
    others_until_ms: u64,
    /// When an answer was last merged in, Unix milliseconds.
    merged_ms: Option<i64>,
}

/// What a summary that was received is.
#[derive(Debug)]
pub(super) enum Handled {
    /// The answer to the bridge's question.
    Answer {
        summary: summary::Summary,
        offset_ms: i64,
        asked: Asked,
    },
    /// It may be a press of a button of Twitchat's. If it is none, or in any case, it is refused.
    Button {
        /// Why it is no answer.
        why: &'static str,
        /// It is refused even if it is a button.
        always: bool,
    },
    /// The answer to somebody else's question.
    Others,
    /// No answer, and no button.
    Refused(&'static str),
}

impl Default for Summary {
    fn default() -> Self {
        Self {
            question: None,
            ask_due_ms: None,
            tries: 0,
            contested: 0,
            limit: RateLimit::new(1, EACH_MS),
            others_until_ms: 0,
            merged_ms: None,
        }
    }
}

impl Summary {
    /// When a summary was last merged in, Unix milliseconds.
    pub(super) fn merged_ms(&self) -> Option<i64> {
        self.merged_ms
    }

    /// Whether an answer may still come.
    pub(super) fn is_pending(&self) -> bool {
        self.question.is_some() || self.ask_due_ms.is_some()
    }

    pub(super) fn connected(&mut self) {
        self.disconnected();
        self.tries = 0;
        self.contested = 0;
        self.others_until_ms = 0;
    }

    pub(super) fn disconnected(&mut self) {
        self.question = None;
        self.ask_due_ms = None;
    }

    /// Somebody else asks for the summary.
    pub(super) fn others_ask(&mut self, mono_ms: u64) {
        self.others_until_ms = mono_ms + ANSWER_MS;
        self.session_changed();
    }

    /// The answer that is on its way would be for the session before.
    pub(super) fn session_changed(&mut self) {
        if let Some(question) = &mut self.question {
            question.unclear = true;
        }
    }

    /// Asks for the summary at once, if there is anybody to ask.
    pub(super) fn ask(&mut self, presence: &Presence, mono_ms: u64) {
        if can_ask(presence) {
            self.tries = 0;
            self.ask_due_ms.get_or_insert(mono_ms);
        }
    }

    /// When something is to be done at the latest.
    pub(super) fn due_ms(&self, presence: &Presence) -> Option<u64> {
        if !presence.is_connected() {
            return None;
        }
        let answer = self
            .question
            .as_ref()
            .map(|question| question.asked_ms + ANSWER_MS);
        let ask = self
            .question_due_ms()
            .filter(|_| self.question.is_none() && presence.generation().is_some());
        answer.into_iter().chain(ask).min()
    }

    /// When the summary is to be asked for, unless an answer is still waited for.
    fn question_due_ms(&self) -> Option<u64> {
        self.ask_due_ms
            .map(|due_ms| due_ms.max(self.others_until_ms).max(self.limit.free_ms()))
    }

    /// Twitchat has come or gone, or is another one.
    pub(super) fn presence_changed(&mut self, changes: Changes, presence: &Presence, mono_ms: u64) {
        if changes.vanished {
            self.disconnected();
        }
        if changes.generation && self.merged_ms.is_none() {
            self.ask_due_ms = Some(mono_ms);
        }
        if changes.appeared {
            self.tries = 0;
            self.contested = 0;
            if presence.generation().is_some() {
                self.ask_due_ms = Some(mono_ms);
            }
        }
    }

    /// Asks, if it is time to. `offset_ms` is where the summary is to begin, Unix milliseconds.
    pub(super) fn run(&mut self, presence: &Presence, offset_ms: i64, out: &mut Output, now: Now) {
        if !presence.is_connected() {
            return;
        }
        if self
            .question
            .as_ref()
            .is_some_and(|question| now.mono_ms >= question.asked_ms + ANSWER_MS)
        {
            self.question = None;
            self.tries += 1;
            if self.tries < TRIES {
                self.ask_due_ms = Some(now.mono_ms + AGAIN_MS);
            } else {
                out.note(Note::SummaryUnanswered);
            }
        }
        if self
            .question_due_ms()
            .is_some_and(|due_ms| now.mono_ms >= due_ms)
            && self.question.is_none()
            && let Some(generation) = presence.generation()
            && self.limit.allows(now.mono_ms)
        {
            self.ask_due_ms = None;
            self.question = Some(Question {
                asked_ms: now.mono_ms,
                offset_ms,
                unclear: false,
            });
            let (kind, data) = question::summary(generation, offset_ms);
            out.send_action(kind, data);
        }
    }

    /// A summary was received.
    pub(super) fn receive(&mut self, data: Option<&RawValue>, now: Now) -> Handled {
        let others = now.mono_ms < self.others_until_ms;
        self.others_until_ms = 0;
        let Some(question) = &self.question else {
            if others {
                return Handled::Others;
            }
            return Handled::Button {
                why: "nobody asked for it: a button in Twitchat, or test data",
                always: false,
            };
        };
        if question.unclear || others {
            self.question = None;
            self.ask_due_ms = Some(now.mono_ms + (AGAIN_MS << self.contested.min(AGAIN_DOUBLINGS)));
            self.contested = self.contested.saturating_add(1);
            return Handled::Refused("somebody else asked at the same time; asking again");
        }
        let summary = match data.map(summary::Summary::read) {
            Some(Ok(summary)) if summary.has_params => {
                return Handled::Button {
                    why: "it comes with settings, which we never ask for: a button in Twitchat",
                    always: true,
                };
            }
            Some(Ok(summary)) if !summary.is_empty_stop() => summary,
            Some(Ok(_)) => {
                return Handled::Button {
                    why: "it is the empty one that stopping the credits sends",
                    always: true,
                };
            }
            Some(Err(_)) | None => return Handled::Refused("it holds no lists"),
        };
        let asked_ago_ms = now.mono_ms.saturating_sub(question.asked_ms);
        let received = Handled::Answer {
            summary,
            offset_ms: question.offset_ms,
            asked: Asked {
                at_ms: now
                    .wall_ms
                    .saturating_sub(i64::try_from(asked_ago_ms).unwrap_or(i64::MAX)),
                offset_ms: question.offset_ms,
            },
        };
        self.question = None;
        self.tries = 0;
        self.contested = 0;
        self.merged_ms = Some(now.wall_ms);
        received
    }
}

/// Whether there is anybody who would answer a question for the summary.
pub(super) fn can_ask(presence: &Presence) -> bool {
    presence.is_present() && presence.generation().is_some()
}
