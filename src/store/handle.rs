//! What the rest of the bridge holds of the running store.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use super::queue::{self, QueueState};
use super::{Store, StoreError, StoreNotices, notice, worker};
use crate::bridge::journal::Write;

pub use super::queue::TryWriteError;

/// Sends writes to the store's thread. Writes are kept in the order in which they are sent.
#[derive(Debug)]
pub struct StoreHandle {
    state: QueueState,
    thread: JoinHandle<Result<(), StoreError>>,
    /// It was said that the queue is full although it has grown.
    said: AtomicBool,
}

impl Store {
    /// Starts the thread that writes. Reading is over: everything after this goes through the
    /// handle.
    ///
    /// # Errors
    /// [`StoreError::Thread`] if the system gives no thread.
    pub fn run(self) -> Result<(StoreHandle, StoreNotices), StoreError> {
        let (state, outlet) = queue::channel();
        let (reporter, notices) = notice::channel();
        let thread = thread::Builder::new()
            .name("store".into())
            .spawn(move || worker::work(self, outlet, &reporter))
            .map_err(StoreError::Thread)?;
        Ok((
            StoreHandle {
                state,
                thread,
                said: AtomicBool::new(false),
            },
            notices,
        ))
    }
}

impl StoreHandle {
    /// Hands one write over; waits while the queue is full, which is larger while the disk refuses
    /// writes. That it is on the disk comes as a notice.
    ///
    /// # Errors
    /// [`StoreError::Stopped`] if the thread has ended.
    pub async fn write(&self, write: Write) -> Result<(), StoreError> {
        match self.state.try_put(write) {
            Ok(()) => Ok(()),
            Err(TryWriteError::Stopped(_)) => Err(StoreError::Stopped),
            Err(TryWriteError::Full(write)) => {
                self.report_full();
                self.state.put(write).await
            }
        }
    }

    /// Says once that no more can wait for a disk that refuses writes.
    fn report_full(&self) {
        let Some(writes) = self.state.grown() else {
            return self.said.store(false, Ordering::Relaxed);
        };
        if !self.said.swap(true, Ordering::Relaxed) {
            tracing::error!(
                writes,
                "no more writes can wait for the disk: the bridge stands still until it accepts \
                    them"
            );
        }
    }

    /// Hands one write over without waiting.
    ///
    /// # Errors
    /// Gives the write back if there is no room or no store.
    pub fn try_write(&self, write: Write) -> Result<(), TryWriteError> {
        self.state.try_put(write)
    }

    /// Waits until everything is on the disk, closes the file and gives up the lock.
    ///
    /// # Errors
    /// [`StoreError::Unsaved`] if the disk keeps refusing, [`StoreError::Stopped`] if the thread
    /// had panicked.
    pub async fn close(self) -> Result<(), StoreError> {
        let Self { state, thread, .. } = self;
        state.close();
        thread.thread().unpark();
        let joined = tokio::task::spawn_blocking(move || thread.join()).await;
        match joined {
            Ok(Ok(closed)) => closed,
            Ok(Err(_)) | Err(_) => Err(StoreError::Stopped),
        }
    }
}
