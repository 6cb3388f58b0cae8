//! The parts that run beside the engine, and how they end: in reverse order of their start, each
//! within its time limit, whatever failed before.

use std::time::Duration;

use tokio::{task::JoinHandle, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{error, warn};

use super::{Ended, Error, state, watched::Panicked};
use crate::store::StoreHandle;

/// The time limits within which each part must end. Together with the two seconds of the engine,
/// the parts take at most five seconds.
const GENERATION_ENDS: Duration = Duration::from_millis(250);
const SENDER_ENDS: Duration = Duration::from_secs(1);
const LINK_ENDS: Duration = Duration::from_millis(250);
const STORE_ENDS: Duration = Duration::from_millis(1_500);

pub(super) type SenderTask = JoinHandle<Result<(), Panicked>>;

#[derive(Debug)]
pub(super) struct Parts {
    pub(super) generation: state::Writer,
    pub(super) sender: SenderTask,
    pub(super) link_stop: CancellationToken,
    pub(super) link: TaskTracker,
    pub(super) store: StoreHandle,
}

impl Parts {
    /// Returns the first error. If `so_far` is an error, it is the first one.
    pub(super) async fn end(self, so_far: Result<Ended, Error>) -> Result<Ended, Error> {
        let Self {
            generation,
            mut sender,
            link_stop,
            link,
            store,
        } = self;
        if timeout(GENERATION_ENDS, generation.end()).await.is_err() {
            warn!("the file with the version of Twitchat was not written in time");
        }
        // The messages that wait for OBS are sent first; then the link ends, then the store.
        let sent = match timeout(SENDER_ENDS, &mut sender).await {
            Ok(Ok(Ok(()))) => Ok(()),
            Ok(Ok(Err(_)) | Err(_)) => Err(Error::Broken("the sender")),
            Err(_) => {
                warn!("OBS did not accept the last replies in time");
                sender.abort();
                Ok(())
            }
        };
        end_link(&link_stop, &link).await;
        let closed = timeout(STORE_ENDS, store.close())
            .await
            .unwrap_or_else(|_| {
                warn!("the store did not close in time; acknowledged entries are on disk");
                Ok(())
            });
        first(first(so_far, sent), closed.map_err(Error::from))
    }
}

pub(super) async fn end_link(stop: &CancellationToken, link: &TaskTracker) {
    stop.cancel();
    if timeout(LINK_ENDS, link.wait()).await.is_err() {
        warn!("the connection to OBS did not close in time");
    }
}

/// Returns `so_far`, unless it is a success and `later` is an error.
fn first(so_far: Result<Ended, Error>, later: Result<(), Error>) -> Result<Ended, Error> {
    match (so_far, later) {
        (Ok(ended), later) => later.map(|()| ended),
        (Err(first), later) => {
            if let Err(later) = later {
                error!("while stopping: {later}");
            }
            Err(first)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    };

    use super::*;
    use crate::{
        bridge::journal::Write,
        daemon::watched::watched,
        store::{Store, StoreError},
    };

    /// All parts, with the given sender, and a flag which is set when the link has ended in order.
    fn parts(folder: &tempfile::TempDir, sender: SenderTask) -> (Parts, Arc<AtomicBool>) {
        let (link_stop, link, ended) = (
            CancellationToken::new(),
            TaskTracker::new(),
            Arc::new(AtomicBool::new(false)),
        );
        let (stopped, has_ended) = (link_stop.clone(), Arc::clone(&ended));
        link.spawn(async move {
            stopped.cancelled().await;
            has_ended.store(true, Ordering::SeqCst);
        });
        link.close();
        let journal = folder.path().join("journal.db");
        let (store, _notices) = Store::open(&journal).unwrap().run().unwrap();
        (
            Parts {
                generation: state::Writer::beside(&journal),
                sender,
                link_stop,
                link,
                store,
            },
            ended,
        )
    }

    #[tokio::test]
    async fn a_sender_that_panics_does_not_keep_link_and_store_from_their_end() {
        let folder = tempfile::tempdir().unwrap();
        let sender = tokio::spawn(watched("the sender", async { panic!("broken") }));
        let (parts, link_ended) = parts(&folder, sender);
        parts
            .store
            .write(Write::Keep {
                key: "alive_ms",
                value: "77".into(),
            })
            .await
            .unwrap();
        let outcome = parts.end(Ok(Ended::Stopped)).await;
        assert!(
            matches!(outcome, Err(Error::Broken("the sender"))),
            "{outcome:?}"
        );
        assert!(link_ended.load(Ordering::SeqCst), "the link was stopped");
        let again = Store::open(&folder.path().join("journal.db")).expect("the store was closed");
        assert_eq!(
            again.reader().meta("alive_ms").unwrap().as_deref(),
            Some("77"),
            "and what it was given is on disk"
        );
    }

    #[tokio::test]
    async fn the_first_error_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let sender = tokio::spawn(watched("the sender", async { panic!("broken") }));
        let (parts, _) = parts(&folder, sender);
        let outcome = parts.end(Err(Error::Store(StoreError::Stopped))).await;
        assert!(
            matches!(outcome, Err(Error::Store(StoreError::Stopped))),
            "{outcome:?}"
        );
    }

    #[tokio::test]
    async fn parts_that_do_not_end_are_left_within_their_time() {
        let folder = tempfile::tempdir().unwrap();
        let sender = tokio::spawn(watched("the sender", std::future::pending()));
        let (parts, _) = parts(&folder, sender);
        parts.link.reopen();
        parts.link.spawn(std::future::pending::<()>());
        let end = tokio::time::timeout(Duration::from_secs(20), parts.end(Ok(Ended::Stopped)));
        assert!(matches!(end.await, Ok(Ok(Ended::Stopped))));
        assert!(
            Store::open(&folder.path().join("journal.db")).is_ok(),
            "the store was closed"
        );
    }
}
