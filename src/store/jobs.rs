//! Work on the store other than writing and reading entries: forgetting a person, removing old
//! sessions. The store's thread does this work while no write is waiting.

use tokio::sync::oneshot;

use super::job::Job;
use super::queue::Inlet;
use super::{Store, StoreError};

/// Sends work to the store's thread.
#[derive(Debug, Clone)]
pub struct Jobs(pub(super) Inlet);

impl Jobs {
    /// Does some work on the store's thread when all earlier writes are on disk. Meanwhile nothing
    /// else is written, so the work should be short.
    ///
    /// # Errors [`StoreError::Stopped`] if the thread ends first.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Store) -> T + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, receiver) = oneshot::channel();
        let job = Job::new(move |store: &mut Store| {
            // If the caller no longer waits, nobody needs the result.
            drop(sender.send(work(store)));
        });
        self.0.add(job)?;
        receiver.await.map_err(|_| StoreError::Stopped)
    }
}
