//! Tracks whether OBS streams, and determines when a session ends.
//!
//! A session ends because of a request, because OBS starts a new stream, or because the bridge was
//! closed for a long time. Its rows stay in the journal.

use super::{
    archive::running,
    base::Base,
    io::{MetaValues, Now},
    journal::Session,
    limit::RateLimit,
    output::Output,
};

/// The limits on the writes of `streamed_ms`: the number at once, and the milliseconds between
/// further writes.
const STREAMED_BURST: u64 = 2;
const STREAMED_EACH_MS: u64 = 1_000;
/// The clock was set back if it lost at least this much against the monotonic clock between two
/// inputs, in milliseconds.
const SET_BACK_MS: i64 = 1_000;

/// Whether OBS streams, and since when.
#[derive(Debug)]
pub(super) struct StreamState {
    /// The time at which the stream began, in Unix milliseconds. `None` if OBS does not stream, or
    /// if this is unknown.
    on_since_ms: Option<i64>,
    /// The last time at which OBS was known to stream, in Unix milliseconds of the present clock:
    /// it moves back with the clock.
    last_ms: Option<i64>,
    /// The difference of the wall clock and the monotonic clock at the last input.
    offset_ms: i64,
    writes: RateLimit,
}

/// Continues the running session. Begins a session if there is none, or if the bridge was closed
/// for a long time.
pub(super) fn choose(base: &mut Base, sessions: &[Session], meta: &MetaValues, now: Now) {
    let highest = sessions.iter().map(|session| session.id).max();
    let (Some(running), Some(highest)) = (running(sessions), highest) else {
        base.model
            .begin_session("first", now.wall_ms, &mut base.out);
        return;
    };
    base.model.resume(running.clone(), highest);
    // A session that was reopened while no bridge ran must continue.
    let alive_ms = meta.alive_ms.max(meta.resumed_ms);
    let closed_for_ms = alive_ms.map_or(0, |alive_ms| now.wall_ms - alive_ms);
    if closed_for_ms > base.settings.reset_after_ms {
        base.model
            .begin_session("closed", now.wall_ms, &mut base.out);
    }
}

impl StreamState {
    /// A stored time that is still to come shows that the clock was set back while no bridge ran.
    /// Such a stream counts as one that ended now.
    pub(super) fn new(meta: &MetaValues, now: Now) -> Self {
        let last_ms = meta
            .streamed_ms
            .map(|last_ms| meta.resumed_ms.map_or(last_ms, |ms| ms.max(last_ms)));
        Self {
            on_since_ms: None,
            last_ms: last_ms.map(|last_ms| last_ms.min(now.wall_ms)),
            offset_ms: offset_ms(now),
            writes: RateLimit::new(STREAMED_BURST, STREAMED_EACH_MS),
        }
    }

    /// Moves the times of the stream if the clock was set back, so that the time since the last
    /// stream stays right. A clock that was set forward looks like a computer that slept, and is
    /// believed.
    pub(super) fn follow_clock(&mut self, resumed_ms: Option<i64>, now: Now) {
        let back_ms = self.offset_ms - offset_ms(now);
        self.offset_ms -= back_ms;
        if back_ms < SET_BACK_MS {
            return;
        }
        self.on_since_ms = self.on_since_ms.map(|since_ms| since_ms - back_ms);
        self.last_ms = self
            .last_ms
            .map(|last_ms| match resumed_ms {
                // Later ones are times of the clock as it was before.
                Some(resumed_ms) if resumed_ms > now.wall_ms => last_ms.max(resumed_ms),
                _ => last_ms,
            })
            .map(|last_ms| (last_ms - back_ms).min(now.wall_ms));
        if self.last_ms.is_some() {
            self.writes.want();
        }
    }

    pub(super) fn is_on(&self) -> bool {
        self.on_since_ms.is_some()
    }

    /// How long OBS has been streaming, in seconds; 0 if it does not stream.
    pub(super) fn seconds(&self, wall_ms: i64) -> i64 {
        self.on_since_ms
            .map_or(0, |since_ms| (wall_ms - since_ms).max(0) / 1_000)
    }

    /// Called when the connection to OBS is lost, because it is unknown then whether OBS streams.
    pub(super) fn unknown(&mut self) {
        self.on_since_ms = None;
    }

    /// The time at which `last_ms` must be stored, on the monotonic clock.
    pub(super) fn due_ms(&self) -> Option<u64> {
        self.writes.due_ms()
    }

    /// Handles OBS's report of how long it has been streaming, in milliseconds. `None` means that
    /// OBS does not stream. If this is a new stream, returns the time at which the next session
    /// begins.
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
            // The first session of all begins with the stream that is already running.
            base.model.correct_start(began_ms, &mut base.out);
        }
        self.runs(began_ms, base, now)
    }

    /// Called when OBS has started or stopped streaming. If this is a new stream, returns the time
    /// at which the next session begins.
    pub(super) fn changed(&mut self, active: bool, base: &Base, now: Now) -> Option<i64> {
        if active {
            return self.runs(now.wall_ms, base, now);
        }
        self.touch(now);
        self.on_since_ms = None;
        None
    }

    /// Handles a stream that runs since `began_ms`. The stream is new if the last one ended longer
    /// ago than the grace time, and if no session was reopened since then.
    fn runs(&mut self, began_ms: i64, base: &Base, now: Now) -> Option<i64> {
        let settings = &base.settings;
        // Times that are still to come are from before the clock was set back.
        let has_been = |ms: &i64| *ms <= now.wall_ms;
        let resumed_ms = base.model.resumed_ms().filter(has_been);
        let last_ms = self
            .last_ms
            .map(|last_ms| last_ms.max(resumed_ms.unwrap_or(last_ms)));
        let started_ms = Some(base.model.session().started_ms).filter(has_been);
        let is_new = last_ms.is_some_and(|last_ms| began_ms - last_ms > settings.grace_ms);
        let begins = is_new
            && !self.is_on()
            && settings.reset_on_stream_start
            && started_ms.is_none_or(|started_ms| began_ms > started_ms);
        self.on_since_ms = Some(began_ms);
        self.touch(now);
        begins.then_some(began_ms)
    }

    /// Records that OBS streams now. So the end of the stream is known even if the bridge is closed
    /// at that time.
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

    /// The time from which the summary must report events: the later one of `from_ms` and the start
    /// of the stream. In Unix milliseconds.
    pub(super) fn summary_offset_ms(&self, from_ms: i64) -> i64 {
        from_ms.max(self.on_since_ms.unwrap_or(i64::MIN))
    }
}

fn offset_ms(now: Now) -> i64 {
    now.wall_ms
        .saturating_sub(i64::try_from(now.mono_ms).unwrap_or(i64::MAX))
}
