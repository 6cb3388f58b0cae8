//! The queue to the store's thread. It is bounded by bytes, and so by count, because each write
//! counts as at least [`LEAST`] bytes. Bytes count until they are on disk. While the disk refuses
//! writes, the bound is [`GROWN`], so that the bridge can continue to work.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, TryAcquireError};

use super::StoreError;
use super::job::Job;
use crate::bridge::journal::{PersonRow, Row, SessionChange, Write};

/// Maximum number of bytes of writes that wait for the disk. This is enough for dozens of
/// transactions; a larger write waits alone. While the queue is full, the bridge accepts no more
/// events. They wait in the event connection, where they need less memory.
const BYTES: u32 = 4 * 1024 * 1024;
/// The bound while the disk refuses writes.
const GROWN: u32 = 64 * 1024 * 1024;
const EXTRA: usize = (GROWN - BYTES) as usize;
/// The minimum number of bytes that a write counts as: at most 16,384 writes fit in [`BYTES`], and
/// 262,144 in [`GROWN`].
const LEAST: u32 = 256;
/// Maximum number of writes that wait for the disk while it does not refuse them.
pub(super) const USUAL: u32 = BYTES / LEAST;

#[derive(Debug, thiserror::Error)]
pub enum TryWriteError {
    /// The queue is full: wait with [`StoreHandle::write`](super::StoreHandle::write).
    #[error("the queue of the store is full")]
    Full(Write),
    /// The store's thread has ended.
    #[error("the store has stopped")]
    Stopped(Write),
}

pub(super) fn channel() -> (QueueState, Outlet) {
    let shared = Arc::new(Shared {
        room: Semaphore::new(BYTES as usize),
        grown: AtomicBool::new(false),
        queue: Mutex::default(),
        arrived: Condvar::new(),
    });
    (
        QueueState {
            shared: Arc::clone(&shared),
        },
        Outlet { shared },
    )
}

#[derive(Debug)]
struct Shared {
    room: Semaphore,
    grown: AtomicBool,
    queue: Mutex<Queue>,
    arrived: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    writes: VecDeque<Write>,
    /// Work to do while no write is waiting.
    jobs: VecDeque<Job>,
    closed: bool,
    /// Whether [`QueueState::close`] closed the queue. Its caller waits for the end.
    in_order: bool,
}

impl Shared {
    /// Ignores poisoning: no code panics while it holds the lock, so the queue is always
    /// consistent.
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end of the queue where writes are added.
#[derive(Debug)]
pub(super) struct QueueState {
    shared: Arc<Shared>,
}

impl QueueState {
    /// Waits for room and adds a write. If the future is dropped before that, nothing is added.
    pub(super) async fn put(&self, write: Write) -> Result<(), StoreError> {
        let bytes = self
            .shared
            .room
            .acquire_many(weight(&write))
            .await
            .map_err(|_| StoreError::Stopped)?;
        bytes.forget();
        self.push(write);
        Ok(())
    }

    /// Adds a write if there is room. Otherwise returns it at once.
    pub(super) fn try_put(&self, write: Write) -> Result<(), TryWriteError> {
        match self.shared.room.try_acquire_many(weight(&write)) {
            Ok(bytes) => bytes.forget(),
            Err(TryAcquireError::NoPermits) => return Err(TryWriteError::Full(write)),
            Err(TryAcquireError::Closed) => return Err(TryWriteError::Stopped(write)),
        }
        self.push(write);
        Ok(())
    }

    /// The number of queued writes if the queue has grown because the disk refuses writes; else
    /// `None`.
    pub(super) fn grown(&self) -> Option<usize> {
        self.shared
            .grown
            .load(Ordering::Relaxed)
            .then(|| self.shared.queue().writes.len())
    }

    /// Announces that no more writes follow, and that the caller waits until all writes are on
    /// disk.
    pub(super) fn close(self) {
        self.shared.queue().in_order = true;
    }

    fn push(&self, write: Write) {
        self.shared.queue().writes.push_back(write);
        self.shared.arrived.notify_one();
    }
}

impl Drop for QueueState {
    fn drop(&mut self) {
        self.shared.queue().closed = true;
        self.shared.arrived.notify_one();
    }
}

/// Another end of the queue, for work other than writes. It does not keep the queue open.
#[derive(Debug, Clone)]
pub(super) struct Inlet {
    shared: Arc<Shared>,
}

impl QueueState {
    pub(super) fn inlet(&self) -> Inlet {
        Inlet {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl Inlet {
    /// Adds work behind earlier work.
    ///
    /// # Errors
    /// [`StoreError::Stopped`] if the queue is closed.
    pub(super) fn add(&self, job: Job) -> Result<(), StoreError> {
        let mut queue = self.shared.queue();
        if queue.closed {
            return Err(StoreError::Stopped);
        }
        queue.jobs.push_back(job);
        self.shared.arrived.notify_one();
        Ok(())
    }
}

/// The result of [`Outlet::take`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    Writes,
    /// No write arrived in time.
    Nothing,
    /// The queue is empty and closed.
    End,
}

/// The end of the queue from which the thread takes writes.
#[derive(Debug)]
pub(super) struct Outlet {
    shared: Arc<Shared>,
}

impl Outlet {
    /// Waits up to `patience` for the next writes, and takes at most `limit` of them.
    pub(super) fn take(
        &mut self,
        batch: &mut Vec<Write>,
        limit: usize,
        patience: Duration,
    ) -> Taken {
        let nothing =
            |queue: &mut Queue| queue.writes.is_empty() && queue.jobs.is_empty() && !queue.closed;
        let waited = self
            .shared
            .arrived
            .wait_timeout_while(self.shared.queue(), patience, nothing);
        let (mut queue, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let count = limit.min(queue.writes.len());
        batch.extend(queue.writes.drain(..count));
        match (count, queue.closed) {
            (0, true) => Taken::End,
            (0, false) => Taken::Nothing,
            _ => Taken::Writes,
        }
    }

    /// Takes the next piece of work, unless a write is waiting.
    pub(super) fn take_job(&self) -> Option<Job> {
        let mut queue = self.shared.queue();
        if queue.writes.is_empty() {
            queue.jobs.pop_front()
        } else {
            None
        }
    }

    /// Releases the room of these writes, which are on disk.
    pub(super) fn done(&self, batch: &[Write]) {
        self.shared
            .room
            .add_permits(batch.iter().map(|write| weight(write) as usize).sum());
        self.shrink();
    }

    /// Enlarges the queue, because the disk refuses writes.
    pub(super) fn grow(&self) {
        if !self.shared.grown.swap(true, Ordering::Relaxed) {
            self.shared.room.add_permits(EXTRA);
        }
    }

    /// Removes the extra room when the queued writes fit without it, so that no caller has to wait
    /// for this.
    fn shrink(&self) {
        if !self.shared.grown.load(Ordering::Relaxed)
            || self.shared.room.available_permits() < EXTRA
        {
            return;
        }
        let taken = self.shared.room.forget_permits(EXTRA);
        if taken < EXTRA {
            // Another task has used the room meanwhile.
            self.shared.room.add_permits(taken);
            return;
        }
        self.shared.grown.store(false, Ordering::Relaxed);
        self.shared.queue().writes.shrink_to(USUAL as usize);
    }

    /// Whether no more writes will be added. Some writes may still be queued.
    pub(super) fn is_closed(&self) -> bool {
        self.shared.queue().closed
    }

    /// Whether the queue was dropped without [`QueueState::close`]: the bridge was cut off, and its
    /// files may have been deleted on purpose.
    pub(super) fn is_abandoned(&self) -> bool {
        let queue = self.shared.queue();
        queue.closed && !queue.in_order
    }

    pub(super) fn queued(&self) -> usize {
        self.shared.queue().writes.len()
    }
}

impl Drop for Outlet {
    /// Makes the calls that wait for room fail, because there will be none.
    fn drop(&mut self) {
        self.shared.room.close();
        // Unfinished work also fails when it is dropped.
        let mut queue = self.shared.queue();
        queue.closed = true;
        queue.jobs.clear();
    }
}

fn weight(write: &Write) -> u32 {
    let text = match write {
        Write::Append(Row { kind, id, body, .. }) => {
            kind.len() + id.as_ref().map_or(0, |id| id.len()) + body.len()
        }
        Write::Begin(session) => session.cause.len(),
        Write::Person(PersonRow {
            platform,
            id,
            login,
            display,
            ..
        }) => platform.len() + id.len() + login.len() + display.len(),
        Write::Keep { value, .. } => value.len(),
        Write::ChangeSessions(_) => size_of::<SessionChange>(),
    };
    u32::try_from((text + size_of::<Write>()).max(LEAST as usize))
        .unwrap_or(BYTES)
        .min(BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(bytes: usize) -> Write {
        Write::Keep {
            key: "k",
            value: "x".repeat(bytes).into(),
        }
    }

    #[test]
    fn bytes_bound_the_queue_until_they_are_on_the_disk() {
        let (state, mut outlet) = channel();
        state.try_put(keep(BYTES as usize / 2)).unwrap();
        assert!(matches!(
            state.try_put(keep(BYTES as usize / 2)),
            Err(TryWriteError::Full(_))
        ));
        let mut batch = Vec::new();
        assert_eq!(outlet.take(&mut batch, 1, Duration::ZERO), Taken::Writes);
        assert!(matches!(
            state.try_put(keep(BYTES as usize / 2)),
            Err(TryWriteError::Full(_))
        ));
        outlet.done(&batch);
        state.try_put(keep(BYTES as usize / 2)).unwrap();
    }

    #[test]
    fn count_bounds_the_queue() {
        let (state, _outlet) = channel();
        assert_eq!(accepted(&state), 16_384);
    }

    fn accepted(state: &QueueState) -> usize {
        (0..1_000_000)
            .take_while(|_| state.try_put(keep(0)).is_ok())
            .count()
    }

    #[test]
    fn while_the_disk_refuses_more_may_wait_and_no_more_than_before_once_it_is_written() {
        let (state, mut outlet) = channel();
        assert_eq!(accepted(&state), 16_384);
        outlet.grow();
        outlet.grow();
        assert_eq!(
            (state.grown(), accepted(&state)),
            (Some(16_384), 262_144 - 16_384)
        );
        let mut batch = Vec::new();
        assert_eq!(
            outlet.take(&mut batch, 262_144 - 16_384, Duration::ZERO),
            Taken::Writes
        );
        outlet.done(&batch[1..]);
        assert!(state.grown().is_some(), "one more than fits");
        outlet.done(&batch[..1]);
        assert_eq!((state.grown(), accepted(&state)), (None, 0));
    }

    #[test]
    fn a_write_larger_than_the_bound_goes_alone() {
        let (state, _outlet) = channel();
        state.try_put(keep(2 * BYTES as usize)).unwrap();
        assert!(matches!(
            state.try_put(keep(0)),
            Err(TryWriteError::Full(_))
        ));
    }

    #[tokio::test]
    async fn a_caller_that_waits_for_room_gets_an_error_when_the_store_ends() {
        let (state, outlet) = channel();
        state.put(keep(BYTES as usize)).await.unwrap();
        let waiting = state.put(keep(0));
        let gone = async move { drop(outlet) };
        let (waited, ()) = tokio::join!(waiting, gone);
        assert!(matches!(waited, Err(StoreError::Stopped)));
    }
}
