//! Whether OBS streams, and which sessions follow from that.
//!
//! A session ends by a reset: a request, OBS starting a new stream, or the bridge having been
//! closed for long. What it held stays.

use super::{
    base::Base,
    io::{MetaValues, Now},
    journal::Session,
    limit::RateLimit,
    output::Output,
};

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

/// Takes up the session that ran, or begins the first one, or the next one if the bridge was closed
/// for long.
pub(super) fn choose(base: &mut Base, sessions: &[Session], meta: &MetaValues, now: Now) {
    let Some(last) = sessions.iter().max_by_key(|session| session.id) else {
        base.model
            .begin_session("first", now.wall_ms, &mut base.out);
        return;
    };
    base.model.resume(last.clone());
    let closed_for_ms = meta.alive_ms.map_or(0, |alive_ms| now.wall_ms - alive_ms);
    if closed_for_ms > base.settings.reset_after_ms {
        base.model
            .begin_session("closed", now.wall_ms, &mut base.out);
    }
}

impl StreamState {
    pub(super) fn new(meta: &MetaValues) -> Self {
        Self {
            on_since_ms: None,
            last_ms: meta.streamed_ms,
            writes: RateLimit::new(STREAMED_BURST, STREAMED_EACH_MS),
        }
    }

    pub(super) fn is_on(&self) -> bool {
        self.on_since_ms.is_some()
    }

    /// For how long OBS has been streaming; 0 if it does not.
    pub(super) fn seconds(&self, wall_ms: i64) -> i64 {
        self.on_since_ms
            .map_or(0, |since_ms| (wall_ms - since_ms).max(0) / 1_000)
    }

    /// OBS is gone.
    pub(super) fn unknown(&mut self) {
        self.on_since_ms = None;
    }

    /// When its last sign is to be written down.
    pub(super) fn due_ms(&self) -> Option<u64> {
        self.writes.due_ms()
    }

    /// OBS reports whether it streams, and for how long. Gives when the next session begins, if it
    /// is a new stream.
    pub(super) fn reported(
        &mut self,
        running_for_ms: Option<i64>,
        base: &mut Base,
        now: Now,
    ) -> Option<i64> {
        let Some(running_for_ms) = running_for_ms else {
            self.on_since_ms = None;
            return None;
        };
        let began_ms = now.wall_ms - running_for_ms.max(0);
        let session = base.model.session();
        let is_first = &*session.cause == "first" && self.last_ms.is_none();
        if is_first && began_ms < session.started_ms {
            // The first session of all began with the stream that was already running.
            base.model.correct_start(began_ms, &mut base.out);
        }
        self.runs(began_ms, base, now)
    }

    /// OBS began or ended a stream. Gives when the next session begins, if it is a new stream.
    pub(super) fn changed(&mut self, active: bool, base: &Base, now: Now) -> Option<i64> {
        if active {
            return self.runs(now.wall_ms, base, now);
        }
        self.touch(now);
        self.on_since_ms = None;
        None
    }

    /// A stream runs since then: a new one if the last one ended more than the grace time before.
    fn runs(&mut self, began_ms: i64, base: &Base, now: Now) -> Option<i64> {
        let settings = &base.settings;
        let is_new = self
            .last_ms
            .is_some_and(|last_ms| began_ms - last_ms > settings.grace_ms);
        let begins = is_new
            && !self.is_on()
            && settings.reset_on_stream_start
            && began_ms > base.model.session().started_ms;
        self.on_since_ms = Some(began_ms);
        self.touch(now);
        begins.then_some(began_ms)
    }

    /// Notes that the stream runs, so that its end is known even if the bridge is not there to see
    /// it.
    pub(super) fn touch(&mut self, now: Now) {
        if self.is_on() {
            self.last_ms = Some(now.wall_ms);
            self.writes.want();
        }
    }

    /// Stores when the stream was last known to run, if it is time to.
    pub(super) fn run(&mut self, out: &mut Output, now: Now) {
        if self.writes.take(now.mono_ms) {
            self.keep(out);
        }
    }

    /// The same at the end of the run, at once.
    pub(super) fn stop(&mut self, out: &mut Output) {
        if self.writes.is_wanted() {
            self.writes.forget();
            self.keep(out);
        }
    }

    fn keep(&self, out: &mut Output) {
        if let Some(last_ms) = self.last_ms {
            out.keep("streamed_ms", last_ms.to_string());
        }
    }

    /// Where a summary is to begin: the session's start or the stream's, whichever is later.
    pub(super) fn summary_offset_ms(&self, session: &Session) -> i64 {
        session.started_ms.max(self.on_since_ms.unwrap_or(i64::MIN))
    }
}
