//! Limits the number of active runs of one rule or action, and the rate at which runs start. Up to
//! 100 more runs wait, and further runs are only counted.

use std::collections::VecDeque;

use super::run::Run;

/// The number of runs that may start in one burst.
const BURST: u64 = 30;
/// The time between two starts after a burst, in milliseconds.
const EACH_MS: u64 = 333;
/// The limit on waiting runs.
const QUEUE: usize = 100;

/// Counts the runs of a rule or action since the bridge started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    pub runs: u64,
    pub running: usize,
    /// Runs that wait for a free slot.
    pub waiting: usize,
    /// Runs that were not started, because too many were active or waiting.
    pub skipped: u64,
    /// The number of steps that failed.
    pub failed: u64,
    /// Runs that were not started, because rules had caused one another too often.
    pub too_deep: u64,
    /// Runs that were not started, because the condition could not be evaluated.
    pub unclear: u64,
}

#[derive(Debug)]
pub(super) enum Admission {
    Now(Box<Run>),
    Later,
    Never,
}

#[derive(Debug)]
pub(super) struct RateLimit {
    at_once: usize,
    tally: Tally,
    queue: VecDeque<Run>,
    /// The time at which the next run would start if all runs started at even intervals.
    steady_ms: u64,
    cooling_until_ms: u64,
    last_error: Option<Box<str>>,
}

impl RateLimit {
    pub(super) fn new(at_once: usize) -> Self {
        Self {
            at_once,
            tally: Tally::default(),
            queue: VecDeque::new(),
            steady_ms: 0,
            cooling_until_ms: 0,
            last_error: None,
        }
    }

    /// The earliest time at which the rate allows a run to start.
    fn free_ms(&self) -> u64 {
        self.steady_ms.saturating_sub((BURST - 1) * EACH_MS)
    }

    fn is_free(&self, now_ms: u64) -> bool {
        self.tally.running < self.at_once && self.free_ms() <= now_ms
    }

    fn count(&mut self, now_ms: u64) {
        self.steady_ms = self.steady_ms.max(now_ms) + EACH_MS;
        self.tally.runs += 1;
        self.tally.running += 1;
    }

    pub(super) fn admit(&mut self, run: Run, now_ms: u64) -> Admission {
        if self.queue.is_empty() && self.is_free(now_ms) {
            self.count(now_ms);
            Admission::Now(Box::new(run))
        } else if !self.is_full() {
            self.queue.push_back(run);
            Admission::Later
        } else {
            self.tally.skipped += 1;
            Admission::Never
        }
    }

    /// Whether a new run could neither start nor wait.
    pub(super) fn is_full(&self) -> bool {
        self.queue.len() >= QUEUE
    }

    /// Takes the waiting runs that may start now.
    pub(super) fn release(&mut self, now_ms: u64) -> Vec<Run> {
        let mut freed = Vec::new();
        while self.is_free(now_ms)
            && let Some(run) = self.queue.pop_front()
        {
            self.count(now_ms);
            freed.push(run);
        }
        freed
    }

    /// The time at which a waiting run may start. `None` if no run waits, or if an active run must
    /// end first.
    pub(super) fn due_ms(&self) -> Option<u64> {
        (!self.queue.is_empty() && self.tally.running < self.at_once).then(|| self.free_ms())
    }

    pub(super) fn ended(&mut self) {
        self.tally.running = self.tally.running.saturating_sub(1);
    }

    pub(super) fn failed(&mut self, why: &str) -> u64 {
        self.last_error = Some(why.into());
        self.tally.failed += 1;
        self.tally.failed
    }

    pub(super) fn last_error(&self) -> Option<&str> {
        self.last_error.as_deref()
    }

    pub(super) fn too_deep(&mut self) {
        self.tally.too_deep += 1;
    }

    pub(super) fn unclear(&mut self) {
        self.tally.unclear += 1;
    }

    pub(super) fn cool(&mut self, until_ms: u64) {
        self.cooling_until_ms = until_ms;
    }

    pub(super) fn cooling(&self, now_ms: u64) -> Option<u64> {
        self.cooling_until_ms
            .checked_sub(now_ms)
            .filter(|left_ms| *left_ms > 0)
    }

    pub(super) fn tally(&self) -> Tally {
        Tally {
            waiting: self.queue.len(),
            ..self.tally
        }
    }
}
