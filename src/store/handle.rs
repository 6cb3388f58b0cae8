//! The handle by which the rest of the bridge uses the running store.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use tokio::sync::watch;

use super::queue::{self, QueueState};
use super::{Jobs, Store, StoreError, StoreNotices, notice, worker};
use crate::bridge::journal::{SessionId, Write};

pub use super::queue::TryWriteError;

/// Sends writes to the store's thread. Their order is kept.
#[derive(Debug)]
pub struct StoreHandle {
    state: QueueState,
    thread: JoinHandle<Result<(), StoreError>>,
    running: watch::Receiver<Option<SessionId>>,
    /// Whether the full queue has already been logged.
    is_logged: AtomicBool,
}

impl Store {
    /// Starts the thread that writes. From then on, the store is used through the handle, and
    /// cannot be read.
    ///
    /// # Errors
    /// [`StoreError::Thread`] if the system cannot start a thread.
    pub fn run(self) -> Result<(StoreHandle, StoreNotices), StoreError> {
        let (state, outlet) = queue::channel();
        let (reporter, notices) = notice::channel();
        let (begun, running) = watch::channel(self.known.running());
        let thread = thread::Builder::new()
            .name("store".into())
            .spawn(move || worker::work(self, outlet, &reporter, &begun))
            .map_err(StoreError::Thread)?;
        Ok((
            StoreHandle {
                state,
                thread,
                running,
                is_logged: AtomicBool::new(false),
            },
            notices,
        ))
    }
}

impl StoreHandle {
    /// Queues a write. Waits while the queue is full; the queue is larger while the disk refuses
    /// writes. A notice reports when the write is on disk.
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

    /// Logs once that the queue is full although it has grown for a disk that refuses writes.
    fn report_full(&self) {
        let Some(writes) = self.state.grown() else {
            return self.is_logged.store(false, Ordering::Relaxed);
        };
        if !self.is_logged.swap(true, Ordering::Relaxed) {
            tracing::error!(
                writes,
                "the queue of writes is full: the bridge pauses until the disk accepts writes again"
            );
        }
    }

    /// The latest session. The channel reports that a session has closed because a later one has
    /// begun, and that this is on disk.
    pub fn running(&self) -> watch::Receiver<Option<SessionId>> {
        self.running.clone()
    }

    pub fn jobs(&self) -> Jobs {
        Jobs(self.state.inlet())
    }

    /// Queues a write without waiting.
    ///
    /// # Errors
    /// Returns the write if the queue is full or the thread has ended.
    pub fn try_write(&self, write: Write) -> Result<(), TryWriteError> {
        self.state.try_put(write)
    }

    /// Waits until everything is on disk, closes the file and releases the lock.
    ///
    /// # Errors
    /// [`StoreError::Unsaved`] if the disk keeps refusing writes, [`StoreError::Stopped`] if the
    /// thread has panicked.
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
