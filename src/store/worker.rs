//! The thread that owns the connection: it commits writes in groups, repeats them when the disk
//! refuses, and checks the files from time to time.

use std::thread;
use std::time::Duration;

use tokio::sync::watch;

use super::notice::Reporter;
use super::queue::{Outlet, Taken};
use super::{Store, StoreError, apply, claim};
use crate::bridge::journal::{SessionId, Write};

/// Maximum number of writes in one transaction.
const BATCH: usize = 256;
/// How often the thread checks whether another bridge claims the journal while nothing is written.
const CLAIMS_EVERY: Duration = Duration::from_millis(500);
/// The files are checked after this number of waits without a write: every 3 s.
const LOOK_AFTER: u32 = 6;
/// The pause after the first failure. It doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// The number of failures in a row after which a bridge that stops gives up.
const LAST_ATTEMPTS: u32 = 5;

/// Writes everything that is queued until the queue is closed and empty. Then closes the file.
pub(super) fn work(
    mut store: Store,
    mut queue: Outlet,
    reporter: &Reporter,
    begun: &watch::Sender<Option<SessionId>>,
) -> Result<(), StoreError> {
    let mut batch = Vec::with_capacity(BATCH);
    let mut waits = 0;
    loop {
        let taken = queue.take(&mut batch, BATCH, CLAIMS_EVERY);
        reporter.claimed(claim::asked(&store.path));
        if batch.is_empty()
            && let Some(job) = queue.take_job()
        {
            // If the files cannot be secured now, the work also fails, and reports the error.
            drop(attempt(&mut store, &[], &queue, reporter));
            job.run(&mut store);
            continue;
        }
        waits += 1;
        if taken == Taken::Nothing && waits < LOOK_AFTER {
            continue;
        }
        waits = 0;
        persist(&mut store, &batch, &queue, reporter)?;
        reporter.committed(batch.len() as u64);
        queue.done(&batch);
        begun.send_if_modified(|running| {
            let before = *running;
            *running = before.max(store.known.running());
            // The first session of all ends no other one.
            before.is_some() && *running > before
        });
        batch.clear();
        if taken == Taken::End {
            return store.close();
        }
    }
}

/// Repeats the batch until it is on disk. Only a bridge that stops gives up.
fn persist(
    store: &mut Store,
    batch: &[Write],
    queue: &Outlet,
    reporter: &Reporter,
) -> Result<(), StoreError> {
    let mut pause = FIRST_PAUSE;
    let mut failures = 0;
    while let Err(error) = attempt(store, batch, queue, reporter) {
        failures += 1;
        reporter.claimed(claim::asked(&store.path));
        queue.grow();
        reporter.failed(failures, error.chain());
        if matches!(error, StoreError::Full { .. }) {
            store.shorten_log();
        }
        if queue.is_closed() && failures >= LAST_ATTEMPTS {
            let writes = (batch.len() + queue.queued()) as u64;
            return Err(if writes == 0 {
                error
            } else {
                StoreError::Unsaved {
                    writes,
                    source: Box::new(error),
                }
            });
        }
        // Closing the queue ends the pause early.
        thread::park_timeout(if queue.is_closed() {
            FIRST_PAUSE
        } else {
            pause
        });
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    Ok(())
}

/// Writes the batch, and ensures that the journal is still on disk afterwards. If the bridge was
/// cut off, the rest is written to the open file without this check, because a folder that was
/// deleted after that must not be created again.
fn attempt(
    store: &mut Store,
    batch: &[Write],
    queue: &Outlet,
    reporter: &Reporter,
) -> Result<(), StoreError> {
    let secure = |store: &mut Store| {
        if queue.is_abandoned() {
            Ok(false)
        } else {
            store.secure(reporter)
        }
    };
    secure(store)?;
    loop {
        if !batch.is_empty() {
            if apply::changes_rows(batch) {
                store.mark.announce();
            }
            let more = apply::commit(&mut store.connection, &store.path, batch)?;
            store.wrote(batch, more)?;
        }
        if !secure(store)? {
            return Ok(());
        }
    }
}
