//! Runs a program a limited number of times at once. Other events wait in a queue. When the queue
//! is full, new events are dropped.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use twitchat_bridge::daemon::program::{Executable, RunError};
use twitchat_bridge::input;

use crate::cli::out;

/// The limit on the bytes of all waiting events. A single event may have up to 16 MiB.
const WAITING_BYTES: usize = 64 * 1024 * 1024;

#[derive(Debug)]
pub(crate) struct Job {
    /// The name of the event, for messages to the user.
    pub(crate) about: String,
    /// The text for standard input.
    pub(crate) input: Vec<u8>,
    pub(crate) variables: Vec<(String, String)>,
}

/// Counts runs by their outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Tally {
    pub(crate) succeeded: u64,
    pub(crate) failed: u64,
    pub(crate) dropped: u64,
    /// The number of runs that were ended because the verb ended.
    pub(crate) ended: u64,
}

impl Tally {
    pub(crate) fn runs(self) -> u64 {
        self.succeeded + self.failed + self.ended
    }
}

#[derive(Debug)]
pub(crate) struct Jobs {
    program: Arc<Executable>,
    at_once: usize,
    room: usize,
    queue: VecDeque<Job>,
    /// The total bytes of the waiting events.
    bytes: usize,
    running: JoinSet<(String, Result<(), RunError>)>,
    stop: CancellationToken,
    tally: Tally,
}

impl Jobs {
    pub(crate) fn new(program: Executable, at_once: usize, room: usize) -> Self {
        Self {
            program: Arc::new(program),
            at_once,
            room,
            queue: VecDeque::new(),
            bytes: 0,
            running: JoinSet::new(),
            stop: CancellationToken::new(),
            tally: Tally::default(),
        }
    }

    /// Starts a run now, or queues it until another one has ended.
    pub(crate) fn take(&mut self, job: Job) {
        if self.running.len() < self.at_once {
            self.begin(job);
        } else if self.queue.len() < self.room && self.bytes + job.input.len() <= WAITING_BYTES {
            self.bytes += job.input.len();
            self.queue.push_back(job);
        } else {
            self.tally.dropped += 1;
            if self.tally.dropped.is_power_of_two() {
                let (dropped, waiting) =
                    (input::count(self.tally.dropped, "event"), self.queue.len());
                out::warn(&format!(
                    "{dropped} dropped: {waiting} wait already. --jobs lets more programs run at \
                        once, --queue more events wait"
                ));
            }
        }
    }

    fn begin(&mut self, job: Job) {
        let (program, stop) = (Arc::clone(&self.program), self.stop.clone());
        self.running.spawn(async move {
            let Job {
                about,
                input,
                variables,
            } = job;
            let ended = program.run(input, variables, &stop).await;
            (about, ended)
        });
    }

    /// Waits for the next run to end and returns whether it succeeded. Never returns while none is
    /// running. The future may be dropped and the method called again.
    pub(crate) async fn next(&mut self) -> bool {
        let Some(joined) = self.running.join_next().await else {
            return std::future::pending().await;
        };
        if let Some(job) = self.queue.pop_front() {
            self.bytes -= job.input.len();
            self.begin(job);
        }
        match joined {
            Ok((_, Ok(()))) => {
                self.tally.succeeded += 1;
                true
            }
            Ok((about, Err(error))) => {
                self.tally.failed += 1;
                let program = self.program.name.to_string_lossy();
                out::warn(&format!(
                    "{program} failed for {about}: {:#}",
                    anyhow::Error::from(error)
                ));
                false
            }
            Err(error) => {
                self.tally.failed += 1;
                out::warn(&format!("a run failed: {error}"));
                false
            }
        }
    }

    /// Drops the waiting events, asks all runs to end, and waits for them.
    pub(crate) async fn end(&mut self) {
        self.tally.dropped += u64::try_from(self.queue.len()).unwrap_or(u64::MAX);
        self.queue.clear();
        self.stop.cancel();
        while let Some(joined) = self.running.join_next().await {
            match joined {
                Ok((_, Ok(()))) => self.tally.succeeded += 1,
                Ok((_, Err(RunError::Stopped))) => self.tally.ended += 1,
                Ok((_, Err(_))) => self.tally.failed += 1,
                Err(error) => {
                    self.tally.failed += 1;
                    out::warn(&format!("a run failed: {error}"));
                }
            }
        }
    }

    pub(crate) fn tally(&self) -> Tally {
        self.tally
    }
}
