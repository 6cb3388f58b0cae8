//! Tracks whether OBS streams, and determines when a session ends.
//!
//! A session ends by a reset: by a request, because OBS starts a new stream, or because the bridge
//! was closed for long. Its rows stay in the journal.

use super::{
    archive::running,
    base::Base,
    io::{MetaValues, Now},
    journal::Session,
    limit::RateLimit,
    output::Output,
};

/// Limits on the writes of `streamed_ms`: number at once, and milliseconds between further ones.
const STREAMED_BURST: u64 = 2;
const STREAMED_EACH_MS: u64 = 1_000;

/// The state of OBS's stream.
#[derive(Debug)]
pub(super) struct StreamState {
    /// When the stream began, Unix milliseconds; `None` if OBS does not stream or it is unknown.
    on_since_ms: Option<i64>,
    /// When OBS was last known to stream, Unix milliseconds.
    last_ms: Option<i64>,
    /// Limits the writes of `last_ms`.
    writes: RateLimit,
}

/// Continues the session that runs. Begins a session if there is none, or if the bridge was closed
/// for long.
pub(super) fn choose(base: &mut Base, sessions: &[Session], meta: &MetaValues, now: Now) {
    let highest = sessions.iter().map(|session| session.id).max();
    let (Some(running), Some(highest)) = (running(sessions), highest) else {
        base.model
            .begin_session("first", now.wall_ms, &mut base.out);
        return;
    };
    base.model.resume(running.clone(), highest);
    // A session that was reopened while no bridge ran is to go on.
    let alive_ms = meta.alive_ms.max(meta.resumed_ms);
    let closed_for_ms = alive_ms.map_or(0, |alive_ms| now.wall_ms - alive_ms);
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

    /// Seconds that OBS has been streaming; 0 if it does not stream.
    pub(super) fn seconds(&self, wall_ms: i64) -> i64 {
        self.on_since_ms
            .map_or(0, |since_ms| (wall_ms - since_ms).max(0) / 1_000)
    }

    /// The connection to OBS is lost, so it is unknown whether OBS streams.
    pub(super) fn unknown(&mut self) {
        self.on_since_ms = None;
    }

    /// When `last_ms` is to be stored, on the monotonic clock.
    pub(super) fn due_ms(&self) -> Option<u64> {
        self.writes.due_ms()
    }

    /// OBS reports for how many milliseconds it has been streaming; `None` if it does not stream.
    /// Returns when the next session begins, if this is a new stream.
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
            // The very first session begins with the stream that was already running.
            base.model.correct_start(began_ms, &mut base.out);
        }
        self.runs(began_ms, base, now)
    }

    /// OBS started or stopped streaming. Returns when the next session begins, if this is a new
    /// stream.
    pub(super) fn changed(&mut self, active: bool, base: &Base, now: Now) -> Option<i64> {
        if active {
            return self.runs(now.wall_ms, base, now);
        }
        self.touch(now);
        self.on_since_ms = None;
        None
    }

    /// OBS has been streaming since `began_ms`. The stream is new if the last one ended longer ago
    /// than the grace time, and no session was reopened since then.
    fn runs(&mut self, began_ms: i64, base: &Base, now: Now) -> Option<i64> {
        let settings = &base.settings;
        let last_ms = self
            .last_ms
            .map(|last_ms| last_ms.max(base.model.resumed_ms().unwrap_or(last_ms)));
        let is_new = last_ms.is_some_and(|last_ms| began_ms - last_ms > settings.grace_ms);
        let begins = is_new
            && !self.is_on()
            && settings.reset_on_stream_start
            && began_ms > base.model.session().started_ms;
        self.on_since_ms = Some(began_ms);
        self.touch(now);
        begins.then_some(began_ms)
    }

    /// Notes that OBS streams now, so that the end of the stream is known even if the bridge is
    /// closed at that time.
    pub(super) fn touch(&mut self, now: Now) {
        if self.is_on() {
            self.last_ms = Some(now.wall_ms);
            self.writes.want();
        }
    }

    /// Stores `last_ms` if it is due.
    pub(super) fn run(&mut self, out: &mut Output, now: Now) {
        if self.writes.take(now.mono_ms) {
            self.keep(out);
        }
    }

    /// Stores `last_ms` at the end of the run, if it has changed.
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

    /// The time from which a summary is asked for: `from_ms` or the start of the stream, whichever
    /// is later. Unix milliseconds.
    pub(super) fn summary_offset_ms(&self, from_ms: i64) -> i64 {
        from_ms.max(self.on_since_ms.unwrap_or(i64::MIN))
    }
}
