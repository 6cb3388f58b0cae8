//! Asks Twitchat for its summary, which contains the events that the bridge has missed.
//!
//! An answer does not name its question. So the bridge accepts an answer as its own only while no
//! question of another client is pending.

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

/// The time limit for an answer, in milliseconds. Twitchat may have to load all subscribers first.
const ANSWER_MS: u64 = 15_000;
/// If an answer could belong to another client's question, the bridge asks again after this many
/// milliseconds. The pause doubles each time, up to `AGAIN_DOUBLINGS` times.
const AGAIN_MS: u64 = 2_000;
const AGAIN_DOUBLINGS: u32 = 5;
/// The shortest time between two questions for the summary, in milliseconds. A summary may have
/// megabytes.
const EACH_MS: u64 = 2_000;
/// The limit on questions in a row without an answer.
const TRIES: u32 = 3;

#[derive(Debug)]
struct Question {
    asked_ms: u64,
    offset_ms: i64,
    /// Whether another client has asked too, or the session has changed. Then the answer may belong
    /// to another question, or may be for another time.
    unclear: bool,
}

#[derive(Debug)]
pub(super) struct Summary {
    question: Option<Question>,
    /// The time at which to ask, on the monotonic clock. `None` if there is no reason to ask.
    ask_due_ms: Option<u64>,
    /// The number of questions in a row without an answer.
    tries: u32,
    /// The number of answers in a row that could belong to another client's question.
    contested: u32,
    limit: RateLimit,
    /// The time until which an answer to another client's question may come, on the monotonic
    /// clock.
    others_until_ms: u64,
    /// Until when the bridge's own question for Twitchat's settings comes first, and until when an
    /// answer could belong to it; on the monotonic clock.
    held: (u64, u64),
    /// The time at which an answer was last merged, in Unix milliseconds.
    merged_ms: Option<i64>,
}

/// The classification of a received summary.
#[derive(Debug)]
pub(super) enum Handled {
    /// The answer to the bridge's question.
    Answer {
        summary: summary::Summary,
        offset_ms: i64,
        asked: Asked,
    },
    /// The summary may come from a button in Twitchat. If it does not, or if `always` is set, it is
    /// refused as an answer.
    Button {
        /// The reason why the summary is not the answer.
        why: &'static str,
        /// Whether the summary is refused as an answer even if it comes from a button.
        always: bool,
    },
    /// The answer to another client's question.
    Others,
    /// The summary is neither an answer nor the effect of a button. The text is the reason.
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
            held: (0, 0),
            merged_ms: None,
        }
    }
}

impl Summary {
    /// The time at which a summary was last merged, in Unix milliseconds.
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

    /// Whether another client's question may still be answered.
    pub(super) fn others_wait(&self, mono_ms: u64) -> bool {
        mono_ms < self.others_until_ms
    }

    /// The bridge has asked for Twitchat's settings, whose answer is a summary too: asks for the
    /// summary only from `until_ms` on. An answer before `doubtful_ms` is not trusted.
    pub(super) fn hold(&mut self, until_ms: u64, doubtful_ms: u64) {
        self.held = (until_ms, doubtful_ms);
    }

    /// Called when another client has asked for the summary.
    pub(super) fn others_ask(&mut self, mono_ms: u64) {
        self.others_until_ms = mono_ms + ANSWER_MS;
        self.session_changed();
    }

    /// Called when the session has changed, because a pending answer would be for the previous
    /// session.
    pub(super) fn session_changed(&mut self) {
        if let Some(question) = &mut self.question {
            question.unclear = true;
        }
    }

    /// Asks for the summary at once, if Twitchat can answer.
    pub(super) fn ask(&mut self, presence: &Presence, mono_ms: u64) {
        if can_ask(presence) {
            self.tries = 0;
            self.ask_due_ms.get_or_insert(mono_ms);
        }
    }

    /// The time at which [`Self::run`] is due; `None` if it is not due.
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

    /// The time at which to ask for the summary. `None` while an answer is pending.
    fn question_due_ms(&self) -> Option<u64> {
        let others = self.others_until_ms.max(self.held.0);
        self.ask_due_ms
            .map(|due_ms| due_ms.max(others).max(self.limit.free_ms()))
    }

    /// Called when the Twitchat presence has changed. When Twitchat appears, the bridge asks for
    /// its summary.
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

    /// Asks for the summary if that is due. The summary must report events since `offset_ms`, in
    /// Unix milliseconds.
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
                unclear: now.mono_ms < self.held.1,
            });
            let (kind, data) = question::summary(generation, offset_ms);
            out.send_action(kind, data);
        }
    }

    pub(super) fn receive(&mut self, data: Option<&RawValue>, now: Now) -> Handled {
        let others = now.mono_ms < self.others_until_ms;
        self.others_until_ms = 0;
        let Some(question) = &self.question else {
            if others {
                return Handled::Others;
            }
            return Handled::Button {
                why: "no client asked for it: it comes from a button in Twitchat, or is test data",
                always: false,
            };
        };
        if question.unclear || others {
            self.question = None;
            self.ask_due_ms = Some(now.mono_ms + (AGAIN_MS << self.contested.min(AGAIN_DOUBLINGS)));
            self.contested = self.contested.saturating_add(1);
            return Handled::Refused("another client asked at the same time; asking again");
        }
        let summary = match data.map(summary::Summary::read) {
            Some(Ok(summary)) if summary.has_params => {
                return Handled::Button {
                    why: "it contains settings, so it comes from a button in Twitchat",
                    always: true,
                };
            }
            Some(Ok(summary)) if !summary.is_empty_stop() => summary,
            Some(Ok(_)) => {
                return Handled::Button {
                    why: "it is the empty summary that Twitchat sends when the credits stop",
                    always: true,
                };
            }
            Some(Err(_)) | None => return Handled::Refused("it contains no lists"),
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

/// Whether Twitchat is connected and its generation is known. Only then it answers a question for
/// the summary.
pub(super) fn can_ask(presence: &Presence) -> bool {
    presence.is_present() && presence.generation().is_some()
}
