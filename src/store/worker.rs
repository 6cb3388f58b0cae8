//! The thread that owns the connection: group commit, patience with a disk that refuses, and a look
//! at the files now and then.

use std::thread;
use std::time::Duration;

use super::notice::Reporter;
use super::queue::{Outlet, Taken};
use super::{Store, StoreError, apply, claim};
use crate::bridge::journal::Write;

/// At most this many writes in one transaction.
const BATCH: usize = 256;
/// Whether another bridge claims the journal is looked at this often when nothing is written.
const CLAIMS_EVERY: Duration = Duration::from_millis(500);
/// The files are looked at after so many such waits when nothing is written: every 3 s.
const LOOK_AFTER: u32 = 6;
/// The pause after the first failure; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Failures in a row after which a bridge that closes gives up.
const LAST_ATTEMPTS: u32 = 5;

/// Writes whatever is queued until all handles are gone and nothing is left, then closes the file.
pub(super) fn work(
    mut store: Store,
    mut queue: Outlet,
    reporter: &Reporter,
) -> Result<(), StoreError> {
    let mut batch = Vec::with_capacity(BATCH);
    let mut waits = 0;
    loop {
        let taken = queue.take(&mut batch, BATCH, CLAIMS_EVERY);
        reporter.claimed(claim::asked(&store.path));
        waits += 1;
        if taken == Taken::Nothing && waits < LOOK_AFTER {
            continue;
        }
        waits = 0;
        persist(&mut store, &batch, &queue, reporter)?;
        reporter.committed(batch.len() as u64);
        queue.done(&batch);
        batch.clear();
        if taken == Taken::End {
            return store.close();
        }
    }
}

/// Tries until the batch is on the disk; only a bridge that closes gives up.
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
        // Closing wakes the thread early.
        thread::park_timeout(if queue.is_closed() {
            FIRST_PAUSE
        } else {
            pause
        });
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    Ok(())
}

/// Writes the batch, into a journal that is still there when it is written. What is left of a
/// bridge that was cut off goes into the file as it is: a folder that was deleted after it must not
/// come back.
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
            apply::commit(&mut store.connection, &store.path, batch)?;
            store.wrote(batch)?;
        }
        if !secure(store)? {
            return Ok(());
        }
    }
}
