//! The way to the store's thread: bounded by count and by bytes. Bytes count as used until they are on the disk.

use std::sync::Arc;

use tokio::sync::mpsc::{self, error::TrySendError};
use tokio::sync::{Semaphore, TryAcquireError};

use super::StoreError;
use crate::core::journal::{PersonRow, Row, Write};

/// At most this many writes wait for the disk.
const COUNT: usize = 16_384;
/// At most this many bytes of writes wait for the disk; one larger write goes alone. Enough for dozens of transactions: what comes faster
/// than the disk takes it waits in the reader, where it is smaller.
const BYTES: u32 = 4 * 1024 * 1024;

/// A write that did not fit, or came too late.
#[derive(Debug, thiserror::Error)]
pub enum TryWriteError {
    /// The queue is full: wait with [`StoreHandle::write`](super::StoreHandle::write).
    #[error("the queue of the store is full")]
    Full(Write),
    /// The thread of the store has ended.
    #[error("the store has stopped")]
    Stopped(Write),
}

/// Makes both ends.
pub(super) fn channel() -> (Intake, Outlet) {
    let (sender, receiver) = mpsc::channel(COUNT);
    let room = Arc::new(Semaphore::new(BYTES as usize));
    (Intake { sender, room: Arc::clone(&room) }, Outlet { receiver, room })
}

/// Where writes go in.
#[derive(Debug)]
pub(super) struct Intake {
    sender: mpsc::Sender<Write>,
    room: Arc<Semaphore>,
}

impl Intake {
    /// Waits for room. Nothing happens if the future is dropped before it is done.
    pub(super) async fn put(&self, write: Write) -> Result<(), StoreError> {
        let bytes = self.room.acquire_many(weight(&write)).await.map_err(|_| StoreError::Stopped)?;
        let slot = self.sender.reserve().await.map_err(|_| StoreError::Stopped)?;
        bytes.forget();
        slot.send(write);
        Ok(())
    }

    /// Puts it in now or not at all.
    pub(super) fn try_put(&self, write: Write) -> Result<(), TryWriteError> {
        let bytes = match self.room.try_acquire_many(weight(&write)) {
            Ok(bytes) => bytes,
            Err(TryAcquireError::NoPermits) => return Err(TryWriteError::Full(write)),
            Err(TryAcquireError::Closed) => return Err(TryWriteError::Stopped(write)),
        };
        match self.sender.try_send(write) {
            Ok(()) => {
                bytes.forget();
                Ok(())
            }
            Err(TrySendError::Full(write)) => Err(TryWriteError::Full(write)),
            Err(TrySendError::Closed(write)) => Err(TryWriteError::Stopped(write)),
        }
    }
}

/// Where the thread takes them out.
#[derive(Debug)]
pub(super) struct Outlet {
    receiver: mpsc::Receiver<Write>,
    room: Arc<Semaphore>,
}

impl Outlet {
    /// Waits for the next writes and takes what is there, at most `limit`. `false` once all intakes are gone and nothing is left.
    pub(super) fn take(&mut self, batch: &mut Vec<Write>, limit: usize) -> bool {
        self.receiver.blocking_recv_many(batch, limit) > 0
    }

    /// Gives the room of these writes back: they are on the disk.
    pub(super) fn done(&self, batch: &[Write]) {
        self.room.add_permits(batch.iter().map(|write| weight(write) as usize).sum());
    }

    /// Whether nothing more will come in; something may still be queued.
    pub(super) fn is_closed(&self) -> bool {
        self.receiver.is_closed()
    }

    /// What is queued now.
    pub(super) fn queued(&self) -> usize {
        self.receiver.len()
    }
}

impl Drop for Outlet {
    /// Wakes those who wait for room: there will be none.
    fn drop(&mut self) {
        self.room.close();
    }
}

/// The memory that a write takes.
fn weight(write: &Write) -> u32 {
    let text = match write {
        Write::Append(Row { kind, id, body, .. }) => kind.len() + id.as_ref().map_or(0, |id| id.len()) + body.len(),
        Write::Begin(session) => session.cause.len(),
        Write::Person(PersonRow { platform, id, login, display, .. }) => platform.len() + id.len() + login.len() + display.len(),
        Write::Keep { value, .. } => value.len(),
    };
    u32::try_from(text + size_of::<Write>()).unwrap_or(BYTES).min(BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(bytes: usize) -> Write {
        Write::Keep { key: "k", value: "x".repeat(bytes).into() }
    }

    #[test]
    fn bytes_bound_the_queue_until_they_are_on_the_disk() {
        let (intake, mut outlet) = channel();
        intake.try_put(keep(BYTES as usize / 2)).unwrap();
        assert!(matches!(intake.try_put(keep(BYTES as usize / 2)), Err(TryWriteError::Full(_))));
        let mut batch = Vec::new();
        assert!(outlet.take(&mut batch, 1));
        assert!(matches!(intake.try_put(keep(BYTES as usize / 2)), Err(TryWriteError::Full(_))));
        outlet.done(&batch);
        intake.try_put(keep(BYTES as usize / 2)).unwrap();
    }

    #[test]
    fn count_bounds_the_queue() {
        let (intake, _outlet) = channel();
        let accepted = (0..=COUNT).take_while(|_| intake.try_put(keep(0)).is_ok()).count();
        assert_eq!(accepted, COUNT);
    }

    #[test]
    fn a_write_larger_than_the_bound_goes_alone() {
        let (intake, _outlet) = channel();
        intake.try_put(keep(2 * BYTES as usize)).unwrap();
        assert!(matches!(intake.try_put(keep(0)), Err(TryWriteError::Full(_))));
    }

    #[tokio::test]
    async fn who_waits_for_room_learns_that_the_store_is_gone() {
        let (intake, outlet) = channel();
        intake.put(keep(BYTES as usize)).await.unwrap();
        let waiting = intake.put(keep(0));
        let gone = async move { drop(outlet) };
        let (waited, ()) = tokio::join!(waiting, gone);
        assert!(matches!(waited, Err(StoreError::Stopped)));
    }
}
