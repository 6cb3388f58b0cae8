//! When one session ends and the next begins.
//!
//! A session ends by a reset: a request, OBS starting a new stream, or the bridge having been
//! closed for long. What it held stays.

use super::{
    Bridge,
    journal::{Session, SessionId, Write},
    limit::RateLimit,
    port::{Effect, Kept, Note, Now},
};
use crate::mapping;

/// Writes of when OBS was last known to stream: so many at once, and the pause between further
/// ones.
const STREAMED_BURST: u64 = 2;
const STREAMED_EACH_MS: u64 = 1_000;

/// What is known of OBS's stream.
#[derive(Debug)]
pub(super) struct StreamState {
    /// Since when it runs; `None` when it does not, or nobody knows.
    on_since_ms: Option<i64>,
    /// When it was last known to run.
    last_ms: Option<i64>,
    /// Writes of that.
    writes: RateLimit,
}

impl StreamState {
    pub(super) fn new(kept: &Kept) -> Self {
        Self {
            on_since_ms: None,
            last_ms: kept.streamed_ms,
            writes: RateLimit::new(STREAMED_BURST, STREAMED_EACH_MS),
        }
    }

    pub(super) fn is_on(&self) -> bool {
        self.on_since_ms.is_some()
    }

    /// Since when it runs, Unix milliseconds.
    pub(super) fn on_since_ms(&self) -> Option<i64> {
        self.on_since_ms
    }

    pub(super) fn unknown(&mut self) {
        self.on_since_ms = None;
    }

    /// When its last sign is to be written down.
    pub(super) fn due_ms(&self) -> Option<u64> {
        self.writes.due_ms()
    }
}

impl Bridge {
    /// Takes up the session that ran, or begins the first one, or the next one if the bridge was
    /// closed for long.
    pub(super) fn choose_session(&mut self, sessions: &[Session], kept: &Kept, now: Now) {
        let Some(last) = sessions.iter().max_by_key(|session| session.id) else {
            self.begin_session("first", now.wall_ms);
            return;
        };
        self.session = last.clone();
        let closed_for_ms = kept.alive_ms.map_or(0, |alive_ms| now.wall_ms - alive_ms);
        if closed_for_ms > self.settings.reset_after_ms {
            self.begin_session("closed", now.wall_ms);
        }
    }

    /// Ends the running session and begins another.
    pub(super) fn begin_session(&mut self, cause: &'static str, started_ms: i64) {
        let id = SessionId(self.session.id.0 + 1);
        self.session = Session {
            id,
            started_ms,
            ended_ms: None,
            cause: cause.into(),
        };
        self.fold.begin_session();
        self.counts.journal = 0;
        self.side.session_changed();
        self.write(Write::Begin(self.session.clone()));
        self.keep_latest();
        self.rules.labels.touch();
        self.out
            .push(Effect::Note(Note::SessionBegun { id: id.0, cause }));
    }

    /// OBS says whether it streams, and for how long.
    pub(super) fn stream_status(&mut self, running_for_ms: Option<i64>, now: Now) {
        let Some(running_for_ms) = running_for_ms else {
            self.stream.on_since_ms = None;
            return;
        };
        let began_ms = now.wall_ms - running_for_ms.max(0);
        let is_first = &*self.session.cause == "first" && self.stream.last_ms.is_none();
        if is_first && began_ms < self.session.started_ms {
            // The first session of all began with the stream that was already running.
            self.session.started_ms = began_ms;
            self.write(Write::Begin(self.session.clone()));
        }
        self.stream_runs(began_ms, now);
    }

    /// OBS began or ended a stream.
    pub(super) fn stream_changed(&mut self, active: bool, now: Now) {
        self.tell_obs(
            mapping::obs::stream_changed(&self.connection(), active),
            now,
        );
        if active {
            self.stream_runs(now.wall_ms, now);
        } else {
            if self.stream.is_on() {
                self.note_stream(now);
            }
            self.stream.on_since_ms = None;
        }
    }

    /// A stream runs since then: a new one if the last one ended more than the grace time before.
    fn stream_runs(&mut self, began_ms: i64, now: Now) {
        let is_new = self
            .stream
            .last_ms
            .is_some_and(|last_ms| began_ms - last_ms > self.settings.grace_ms);
        if is_new
            && !self.stream.is_on()
            && self.settings.reset_on_stream_start
            && began_ms > self.session.started_ms
        {
            self.begin_session("stream", began_ms);
        }
        self.stream.on_since_ms = Some(began_ms);
        self.note_stream(now);
    }

    /// Notes that the stream runs, so that its end is known even if the bridge is not there to see
    /// it.
    pub(super) fn note_stream(&mut self, now: Now) {
        if self.stream.is_on() {
            self.stream.last_ms = Some(now.wall_ms);
            self.stream.writes.want();
        }
    }

    /// Writes down when the stream was last known to run, if it is time to.
    pub(super) fn run_stream(&mut self, now: Now) {
        if self.stream.writes.take(now.mono_ms) {
            self.write_streamed();
        }
    }

    /// The same at the end of the run, at once.
    pub(super) fn keep_streamed(&mut self) {
        if self.stream.writes.is_wanted() {
            self.stream.writes.forget();
            self.write_streamed();
        }
    }

    fn write_streamed(&mut self) {
        if let Some(last_ms) = self.stream.last_ms {
            self.keep("streamed_ms", last_ms.to_string());
        }
    }

    /// Where a summary is to begin: the session's start or the stream's, whichever is later.
    pub(super) fn summary_offset_ms(&self) -> i64 {
        self.session
            .started_ms
            .max(self.stream.on_since_ms.unwrap_or(i64::MIN))
    }
}
