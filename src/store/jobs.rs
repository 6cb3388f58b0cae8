//! Work on the store that is neither a write of the bridge nor reading: forgetting a person,
//! removing old sessions. The store's thread does it while no write waits.

use tokio::sync::oneshot;

use super::job::Job;
use super::queue::Inlet;
use super::{Store, StoreError};

/// Passes work to the store's thread.
#[derive(Debug, Clone)]
pub struct Jobs(pub(super) Inlet);

impl Jobs {
    /// Does some work on the store's thread, once everything that was written before is on disk.
    /// Meanwhile nothing else is written, so the work should be short.
    ///
    /// # Errors
    /// [`StoreError::Stopped`] if the thread ends before.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Store) -> T + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, receiver) = oneshot::channel();
        let job = Job::new(move |store: &mut Store| {
            // If nobody waits any more, the result is of no use.
            drop(sender.send(work(store)));
        });
        self.0.add(job)?;
        receiver.await.map_err(|_| StoreError::Stopped)
    }
}
