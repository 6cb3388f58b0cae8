//! Makes a backup of the journal when a session closes (`store.backups`), on a thread of its own.
//!
//! A session that closed while no bridge ran, or whose backup failed or was interrupted, gets its
//! backup at the next start.

use std::{path::Path, sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info};

use super::watched::{Panicked, watched};
use crate::{
    bridge::{
        io::{Backups, Input},
        journal::SessionId,
    },
    config::Config,
    input::count,
    store::{self, JournalCopy, ReadOnlyStore, StoreError},
};

/// The pause before a backup, because much else happens when a session begins.
const PAUSE: Duration = Duration::from_secs(2);
/// How long the end of the run waits for an interrupted backup to be removed.
const GRACE: Duration = Duration::from_secs(1);

/// The task that makes backups.
#[derive(Debug)]
pub(super) struct Task {
    stop: CancellationToken,
    task: JoinHandle<Result<(), Panicked>>,
}

impl Task {
    /// `running` is the session that runs. The channel reports the state of the backups.
    pub(super) fn start(
        config: &Config,
        running: watch::Receiver<Option<SessionId>>,
    ) -> (Self, mpsc::Receiver<Input>) {
        let (reports, reported) = mpsc::channel(4);
        let stop = CancellationToken::new();
        let keeper = Keeper {
            journal: config.store.path.as_path().into(),
            number: config.store.backups,
            reports,
            stop: stop.clone(),
        };
        let keeping = keeper.keep(running);
        let task = tokio::spawn(async { watched("the task that makes backups", keeping).await });
        (Self { stop, task }, reported)
    }

    /// Interrupts a backup that is being made, and ends the task.
    pub(super) async fn end(self) {
        self.stop.cancel();
        // A slow disk must not delay the end of the run. A panic was logged already.
        drop(tokio::time::timeout(GRACE, self.task).await);
    }
}

struct Keeper {
    journal: Arc<Path>,
    /// The number of backups to keep.
    number: u32,
    reports: mpsc::Sender<Input>,
    stop: CancellationToken,
}

impl Keeper {
    async fn keep(self, mut running: watch::Receiver<Option<SessionId>>) {
        let found = self.found(None);
        self.report(Input::Backups(found)).await;
        if self.number == 0 {
            return;
        }
        let journal = Arc::clone(&self.journal);
        let due = tokio::task::spawn_blocking(move || is_due(&journal)).await;
        if matches!(due, Ok(Ok(true))) {
            running.mark_changed();
        }
        let stop = self.stop.clone();
        while let Some(Ok(())) = stop.run_until_cancelled(running.changed()).await {
            stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
            running.mark_unchanged();
            // An interrupted backup is removed before the run ends.
            self.make().await;
        }
    }

    /// Makes a backup, and removes old ones.
    async fn make(&self) {
        let (journal, stop) = (Arc::clone(&self.journal), self.stop.clone());
        let keep = usize::try_from(self.number).unwrap_or(usize::MAX);
        let made = tokio::task::spawn_blocking(move || make(&journal, keep, &stop)).await;
        let error = match made {
            Ok(Ok(())) => None,
            Ok(Err(StoreError::Stopped)) => return,
            Ok(Err(error)) => Some(error.chain()),
            Err(broke) => Some(format!("a part of the program failed: {broke}")),
        };
        if let Some(error) = &error {
            let text = format!(
                "the backup of the journal failed: {error}. The bridge goes on, and tries again \
                    when the next session closes or when it starts again"
            );
            self.report(Input::StoreNoted { text, lost: false }).await;
        }
        let found = self.found(error);
        self.report(Input::Backups(found)).await;
    }

    /// The state of the backups on disk. `error` is that of the last attempt.
    fn found(&self, error: Option<String>) -> Backups {
        let found = store::backups(&self.journal).unwrap_or_default();
        Backups {
            keep: self.number,
            count: found.len(),
            last_ms: last_ms(&found),
            error,
        }
    }

    async fn report(&self, input: Input) {
        // The engine has ended if this fails.
        drop(self.reports.send(input).await);
    }
}

fn make(journal: &Path, keep: usize, stop: &CancellationToken) -> Result<(), StoreError> {
    let path = store::back_up(journal, None, stop)?;
    info!(path = %path.display(), "backed the journal up");
    let left = store::keep_newest(journal, keep)?;
    debug!("{} of the journal", count(left as u64, "backup"));
    Ok(())
}

/// Whether the last session that has closed is in no backup.
fn is_due(journal: &Path) -> Result<bool, StoreError> {
    let sessions = ReadOnlyStore::open(journal)?.reader()?.sessions()?;
    let closed_ms = sessions.iter().filter_map(|session| session.ended_ms).max();
    let found = store::backups(journal).unwrap_or_default();
    Ok(closed_ms.is_some_and(|closed_ms| last_ms(&found).is_none_or(|last| last < closed_ms)))
}

fn last_ms(found: &[JournalCopy]) -> Option<i64> {
    found
        .iter()
        .filter_map(|backup| backup.at)
        .map(Timestamp::as_millisecond)
        .max()
}
