//! What Twitchat's messages mean together: chat lines that arrive as several messages, gifts that
//! make a bomb, subscriptions that turn out to be resubscriptions, polls and predictions, labels,
//! states of timers. The bridge has one for what happens and one for what is played back from a
//! recording; so has each verb that listens.

use serde_json::{Value, value::RawValue};

pub use super::outcome::Emitted;
use super::{
    Gifts, Labels, Lines, Polls, Predictions, Subs,
    general::{self, States},
    lines, render,
};
use crate::event::{EmittedEvent, Fact, Person};

/// Whether something happens now or is played back from a recording.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Playback {
    /// It happens now.
    #[default]
    Live,
    /// It is played back.
    Recorded,
}

/// When and where something is read.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    /// Unix milliseconds: the time that events bear.
    pub wall_ms: i64,
    /// Milliseconds of a clock that never goes back: it measures how long something waits.
    pub mono_ms: u64,
    /// Whose channel it is, as far as that is known.
    pub broadcaster: Option<&'a Person>,
}

/// The messages of one Twitchat, or of one recording.
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
    /// When a poll or prediction that was cleared may be told as ended, on the clock that never
    /// goes back.
    ballots_due_ms: Option<u64>,
}

impl Interpreter {
    /// One that has read nothing.
    pub fn new(playback: Playback) -> Self {
        Self {
            playback,
            ..Self::default()
        }
    }

    /// What a message says of a poll or a prediction.
    pub fn votes(&mut self, kind: &str, data: Option<&RawValue>, at: &At<'_>) -> Vec<Fact> {
        if !Polls::accepts(kind) && !Predictions::accepts(kind) {
            return Vec::new();
        }
        let mut facts = self.polls.decode(kind, data, at.wall_ms);
        facts.extend(self.predictions.decode(kind, data, at.wall_ms));
        self.plan_votes(at);
        facts
    }

    /// What a map of labels says that the one before did not.
    pub fn labels(&mut self, data: &RawValue) -> Vec<Fact> {
        self.labels.decode(data)
    }

    /// Takes the next map of labels as the first one: Twitchat was away.
    pub fn rebase_labels(&mut self) {
        self.labels.rebase();
    }

    /// Whether [`Self::state`] makes events of messages of this type.
    pub fn has_states(kind: &str) -> bool {
        general::is_event(kind)
    }

    /// The event that a message becomes as it is, if its state is news.
    pub fn state(&mut self, kind: &str, data: &Value, mono_ms: u64) -> Option<EmittedEvent> {
        match self.playback {
            Playback::Live => self.states.event(kind, data),
            Playback::Recorded => self.states.event_replayed(kind, data, mono_ms),
        }
    }

    /// The events of a fact, whose people are as complete as they are known. What has to wait for
    /// other messages, [`Self::release`] gives.
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
        // A line that is deleted must not come after its deletion.
        let mut emitted = if matches!(fact, Fact::Plain { .. }) {
            self.lines.release_all(at.wall_ms, at.broadcaster)
        } else {
            Vec::new()
        };
        let context = render::Context {
            at_ms: at.wall_ms,
            id,
            broadcaster: at.broadcaster,
        };
        emitted.extend(render::event(&fact, &context).map(|event| Emitted {
            event,
            id: id.to_owned(),
            waited: false,
        }));
        emitted
    }

    /// The events that have waited for long enough.
    pub fn release(&mut self, at: &At<'_>) -> Vec<Emitted> {
        let mut emitted = self.gifts.release(at.mono_ms, at.wall_ms, at.broadcaster);
        emitted.extend(self.lines.release(at.mono_ms, at.wall_ms, at.broadcaster));
        emitted.extend(self.subs.release(at.mono_ms, at.wall_ms, at.broadcaster));
        emitted
    }

    /// Polls and predictions that time alone has ended.
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
        // A whole second at most: the wall clock may be set meanwhile.
        self.ballots_due_ms = due.map(|due_ms| {
            at.mono_ms + u64::try_from((due_ms - at.wall_ms).clamp(1, 1_000)).unwrap_or(1)
        });
    }

    /// When [`Self::release`] or [`Self::settle`] has something to do.
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
