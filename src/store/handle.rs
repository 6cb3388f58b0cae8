//! What the rest of the bridge holds of the running store.

use std::thread::{self, JoinHandle};

use super::queue::{self, Intake};
use super::{Store, StoreError, StoreNotices, notice, worker};
use crate::core::journal::{Seq, Write};

pub use super::queue::TryWriteError;

/// Sends writes to the store's thread. Writes are kept in the order in which they are sent.
#[derive(Debug)]
pub struct StoreHandle {
    intake: Intake,
    thread: JoinHandle<Result<(), StoreError>>,
}

pub(super) fn start(store: Store, last: Seq) -> Result<(StoreHandle, StoreNotices), StoreError> {
    let (intake, outlet) = queue::channel();
    let (reporter, notices) = notice::channel(last);
    let thread =
        thread::Builder::new().name("store".into()).spawn(move || worker::work(store, outlet, &reporter)).map_err(StoreError::Thread)?;
    Ok((StoreHandle { intake, thread }, notices))
}

impl StoreHandle {
    /// Hands one write over; waits while the queue is full. That it is on the disk comes as a notice.
    ///
    /// # Errors
    /// [`StoreError::Stopped`] if the thread has ended.
    pub async fn write(&self, write: Write) -> Result<(), StoreError> {
        self.intake.put(write).await
    }

    /// Hands several over, in their order. Dropping the future leaves out the rest of them.
    ///
    /// # Errors
    /// [`StoreError::Stopped`] if the thread has ended.
    pub async fn write_all(&self, writes: Vec<Write>) -> Result<(), StoreError> {
        for write in writes {
            self.intake.put(write).await?;
        }
        Ok(())
    }

    /// Hands one write over without waiting.
    ///
    /// # Errors
    /// Gives the write back if there is no room or no store.
    pub fn try_write(&self, write: Write) -> Result<(), TryWriteError> {
        self.intake.try_put(write)
    }

    /// Waits until everything is on the disk, closes the file and gives up the lock.
    ///
    /// # Errors
    /// [`StoreError::Unsaved`] if the disk keeps refusing, [`StoreError::Stopped`] if the thread had panicked.
    pub async fn close(self) -> Result<(), StoreError> {
        let Self { intake, thread } = self;
        drop(intake);
        thread.thread().unpark();
        let joined = tokio::task::spawn_blocking(move || thread.join()).await;
        match joined {
            Ok(Ok(closed)) => closed,
            Ok(Err(_)) | Err(_) => Err(StoreError::Stopped),
        }
    }
}
