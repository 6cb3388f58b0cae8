//! What the store's thread tells: how far the journal is on the disk, and whether the disk refuses.
//!
//! Notices are merged while nobody reads them, so the thread never waits for its reader and its
//! reader may wait for the thread.

use std::collections::VecDeque;

use tokio::sync::watch;

use super::claim::Asked;

/// News from the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreNotice {
    /// All of this survives a crash.
    Committed {
        /// How many writes, of those handed over in this run.
        writes: u64,
    },
    /// A transaction failed. Nothing is lost: it is tried again, with pauses, until it succeeds.
    Failed {
        /// The error and its causes.
        error: String,
    },
    /// The disk accepts writes again; the [`StoreNotice::Committed`] follows.
    Healed,
    /// Something happened to the files that the operator should know.
    Noted {
        /// In words.
        text: String,
        /// Entries that were on the disk are there no longer.
        lost: bool,
    },
    /// Another program claims the journal.
    Claimed(Asked),
}

/// So many notes wait to be read; of more, the first go.
const NOTES: usize = 16;

#[derive(Debug, Clone, Default)]
struct Progress {
    writes: u64,
    /// The last error, and which in a row it is: each is news, also when it is the same error.
    failure: Option<(u32, String)>,
    /// The last notes, and how many there were in all.
    notes: VecDeque<(String, bool)>,
    noted: u64,
    /// There was a note of a loss.
    lost: bool,
    claimed: Option<Asked>,
}

/// Makes both ends.
pub(super) fn channel() -> (Reporter, StoreNotices) {
    let (sender, receiver) = watch::channel(Progress::default());
    (
        Reporter(sender),
        StoreNotices {
            receiver,
            told: Progress::default(),
        },
    )
}

/// The thread's end.
#[derive(Debug)]
pub(super) struct Reporter(watch::Sender<Progress>);

impl Reporter {
    /// All that was handed over so far is on the disk, and so are these writes; there may be none.
    pub(super) fn committed(&self, writes: u64) {
        self.0.send_if_modified(|progress| {
            let is_news = writes > 0 || progress.failure.is_some();
            progress.writes += writes;
            progress.failure = None;
            is_news
        });
    }

    pub(super) fn noted(&self, text: String, lost: bool) {
        self.0.send_modify(|progress| {
            if progress.notes.len() == NOTES {
                progress.notes.pop_front();
            }
            progress.notes.push_back((text, lost));
            progress.noted += 1;
            progress.lost |= lost;
        });
    }

    pub(super) fn claimed(&self, asked: Option<Asked>) {
        self.0.send_if_modified(|progress| {
            let is_news = asked.is_some() && progress.claimed.is_none();
            if is_news {
                progress.claimed = asked;
            }
            is_news
        });
    }

    pub(super) fn failed(&self, attempt: u32, error: String) {
        self.0
            .send_modify(|progress| progress.failure = Some((attempt, error)));
    }
}

/// The reader's end.
#[derive(Debug)]
pub struct StoreNotices {
    receiver: watch::Receiver<Progress>,
    told: Progress,
}

impl StoreNotices {
    /// The next notice; `None` when the thread has ended and all is told. Safe to drop and call
    /// again, as in `select!`.
    pub async fn recv(&mut self) -> Option<StoreNotice> {
        loop {
            if let Some(notice) = self.unreported() {
                return Some(notice);
            }
            if self.receiver.changed().await.is_err() {
                return self.unreported();
            }
        }
    }

    fn unreported(&mut self) -> Option<StoreNotice> {
        let now = self.receiver.borrow_and_update();
        // First of all: what was lost must be known before anything is called durable.
        let unread = usize::try_from(now.noted - self.told.noted)
            .unwrap_or(usize::MAX)
            .min(now.notes.len());
        if let Some((text, lost)) = now.notes.get(now.notes.len() - unread) {
            self.told.noted = now.noted - unread as u64 + 1;
            // Of a loss whose note had to go, the next one speaks.
            let lost = *lost || (now.lost && !self.told.lost);
            self.told.lost |= lost;
            return Some(StoreNotice::Noted {
                text: text.clone(),
                lost,
            });
        }
        if self.told.claimed != now.claimed {
            self.told.claimed.clone_from(&now.claimed);
            if let Some(asked) = now.claimed.clone() {
                return Some(StoreNotice::Claimed(asked));
            }
        }
        if self.told.failure != now.failure {
            self.told.failure.clone_from(&now.failure);
            return Some(match &now.failure {
                Some((_, error)) => StoreNotice::Failed {
                    error: error.clone(),
                },
                None => StoreNotice::Healed,
            });
        }
        if self.told.writes == now.writes {
            return None;
        }
        self.told.writes = now.writes;
        Some(StoreNotice::Committed { writes: now.writes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn notices_are_merged_and_the_last_one_is_told_after_the_end() {
        let (reporter, mut notices) = channel();
        reporter.committed(2);
        reporter.committed(1);
        assert_eq!(
            notices.recv().await,
            Some(StoreNotice::Committed { writes: 3 })
        );
        reporter.failed(1, "full".into());
        assert_eq!(
            notices.recv().await,
            Some(StoreNotice::Failed {
                error: "full".into()
            })
        );
        reporter.committed(1);
        drop(reporter);
        assert_eq!(notices.recv().await, Some(StoreNotice::Healed));
        assert_eq!(
            notices.recv().await,
            Some(StoreNotice::Committed { writes: 4 })
        );
        assert_eq!(notices.recv().await, None);
    }

    #[tokio::test]
    async fn the_same_error_is_news_each_time() {
        let (reporter, mut notices) = channel();
        for attempt in 1..=3 {
            reporter.failed(attempt, "full".into());
            assert_eq!(
                notices.recv().await,
                Some(StoreNotice::Failed {
                    error: "full".into()
                })
            );
        }
        reporter.committed(1);
        assert_eq!(notices.recv().await, Some(StoreNotice::Healed));
        assert_eq!(
            notices.recv().await,
            Some(StoreNotice::Committed { writes: 1 })
        );
    }
}
