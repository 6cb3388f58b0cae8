//! Interprets messages that belong together: chat lines that arrive as several messages, gifts that
//! form a gift bomb, new subscriptions that turn out to be resubscriptions, polls and predictions,
//! labels, and states of timers. The bridge has one interpreter for live messages and one for
//! recordings that are played back. Each verb that receives messages has one too.

use serde_json::{Value, value::RawValue};

use super::{
    Gifts, Labels, Lines, Polls, Predictions, Subs,
    general::{self, States},
    lines, render,
    vote::{VoteKind, VoteReport},
};
pub use super::{at::At, outcome::Emitted};
use crate::event::{EmittedEvent, Fact};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Playback {
    #[default]
    Live,
    Recorded,
}

/// Interprets the messages of one Twitchat instance, or of one recording.
#[derive(Debug, Default)]
pub struct Interpreter {
    playback: Playback,
    polls: Polls,
    predictions: Predictions,
    labels: Labels,
    gifts: Gifts,
    lines: Lines,
    subs: Subs,
    states: States,
    /// When a poll or prediction that was cleared counts as ended, on the monotonic clock.
    ballots_due_ms: Option<u64>,
}

impl Interpreter {
    /// An interpreter that has read no message.
    pub fn new(playback: Playback) -> Self {
        Self {
            playback,
            ..Self::default()
        }
    }

    /// The events of a message about a poll or a prediction.
    pub fn votes(&mut self, report: Option<Box<VoteReport>>, at: &At<'_>) -> Vec<Fact> {
        let Some(VoteReport { kind, message }) = report.map(|report| *report) else {
            return Vec::new();
        };
        let facts = match kind {
            VoteKind::Poll => self.polls.take(message, at.wall_ms),
            VoteKind::Prediction => self.predictions.take(message, at.wall_ms),
        };
        self.plan_votes(at);
        facts
    }

    /// The changes in a map of labels since the previous one.
    pub fn labels(&mut self, data: &RawValue) -> Vec<Fact> {
        self.labels.decode(data)
    }

    /// Treats the next map of labels as the first one, because Twitchat was away.
    pub fn rebase_labels(&mut self) {
        self.labels.rebase();
    }

    /// Whether [`Self::state`] can make events of messages of this type.
    pub fn has_states(kind: &str) -> bool {
        general::is_event(kind)
    }

    /// The event of a message that is emitted without interpretation. `None` if its state has not
    /// changed.
    pub fn state(&mut self, kind: &str, data: &Value, mono_ms: u64) -> Option<EmittedEvent> {
        match self.playback {
            Playback::Live => self.states.event(kind, data),
            Playback::Recorded => self.states.event_replayed(kind, data, mono_ms),
        }
    }

    /// Returns the events of a fact. The caller has already filled in the known names and ids of
    /// its people. Events that have to wait for other messages are returned by [`Self::release`].
    pub fn emit(&mut self, fact: Fact, id: &str, at: &At<'_>) -> Vec<Emitted> {
        let fact = match fact {
            Fact::Gift(gift) => {
                self.gifts.hold(gift, id, at.mono_ms);
                return Vec::new();
            }
            Fact::Subscription(subscription) if self.subs.hold(&subscription, id, at.mono_ms) => {
                return Vec::new();
            }
            other => other,
        };
        if let Some(line) = lines::line_of(&fact) {
            self.lines.hold(line, id, at.mono_ms);
            if matches!(fact, Fact::Presence(_)) {
                return Vec::new();
            }
        }
        // A line must be emitted before its deletion.
        let mut emitted = if matches!(fact, Fact::Plain { .. }) {
            self.lines.release_all(at)
        } else {
            Vec::new()
        };
        emitted.extend(render::event(&fact, &at.context(id)).map(|event| Emitted {
            event,
            id: id.to_owned(),
            waited: false,
        }));
        emitted
    }

    /// The events that have waited long enough.
    pub fn release(&mut self, at: &At<'_>) -> Vec<Emitted> {
        let mut emitted = self.gifts.release(at);
        emitted.extend(self.lines.release(at));
        emitted.extend(self.subs.release(at));
        emitted
    }

    /// Ends the polls and predictions that were cleared long enough ago.
    pub fn settle(&mut self, at: &At<'_>) -> Vec<Fact> {
        let mut ended = self.polls.tick(at.wall_ms);
        ended.extend(self.predictions.tick(at.wall_ms));
        self.plan_votes(at);
        ended
    }

    fn plan_votes(&mut self, at: &At<'_>) {
        let due = [self.polls.due_ms(), self.predictions.due_ms()]
            .into_iter()
            .flatten()
            .min();
        // At most one second, because the wall clock may be set in the meantime.
        self.ballots_due_ms = due.map(|due_ms| {
            at.mono_ms + u64::try_from((due_ms - at.wall_ms).clamp(1, 1_000)).unwrap_or(1)
        });
    }

    /// When [`Self::release`] or [`Self::settle`] has something to do, on the monotonic clock.
    pub fn due_ms(&self) -> Option<u64> {
        [
            self.gifts.due_ms(),
            self.lines.due_ms(),
            self.subs.due_ms(),
            self.ballots_due_ms,
        ]
        .into_iter()
        .flatten()
        .min()
    }
}
