//! The thread that owns the connection: group commit, and patience with a disk that refuses.

use std::thread;
use std::time::Duration;

use super::notice::Reporter;
use super::queue::Outlet;
use super::{Store, StoreError, apply};
use crate::core::journal::{Seq, Write};

/// At most this many writes in one transaction.
const BATCH: usize = 256;
/// The pause after the first failure; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Failures in a row after which a bridge that closes gives up.
const LAST_ATTEMPTS: u32 = 5;

/// Writes whatever is queued until all handles are gone and nothing is left, then closes the file.
pub(super) fn work(mut store: Store, mut queue: Outlet, reporter: &Reporter) -> Result<(), StoreError> {
    let mut batch = Vec::with_capacity(BATCH);
    while queue.take(&mut batch, BATCH) {
        persist(&mut store, &batch, &queue, reporter)?;
        reporter.committed(batch.iter().filter_map(number).max(), batch.len() as u64);
        queue.done(&batch);
        batch.clear();
    }
    store.close()
}

/// Tries until the batch is on the disk; only a bridge that closes gives up.
fn persist(store: &mut Store, batch: &[Write], queue: &Outlet, reporter: &Reporter) -> Result<(), StoreError> {
    let mut pause = FIRST_PAUSE;
    for attempt in 1.. {
        let Err(error) = apply::commit(&mut store.connection, &store.path, batch) else { break };
        reporter.failed(attempt, error.chain());
        if queue.is_closed() && attempt >= LAST_ATTEMPTS {
            return Err(StoreError::Unsaved { writes: (batch.len() + queue.queued()) as u64, source: Box::new(error) });
        }
        // Closing wakes the thread early.
        thread::park_timeout(if queue.is_closed() { FIRST_PAUSE } else { pause });
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    Ok(())
}

fn number(write: &Write) -> Option<Seq> {
    match write {
        Write::Append(row) => Some(row.seq),
        Write::Begin(_) | Write::Person(_) | Write::Keep { .. } => None,
    }
}
