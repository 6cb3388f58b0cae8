//! The notices of the store's thread: how many writes are on disk, and whether the disk refuses
//! writes.
//!
//! Notices are merged while they are not read, so the thread never waits for the reader, and the
//! reader may wait for the thread.

use std::collections::VecDeque;

use tokio::sync::watch;

use super::claim::Asked;

/// A message from the store. The store sends it without a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreNotice {
    /// All these writes survive a crash.
    Committed {
        /// The number of writes since the start of this run.
        writes: u64,
    },
    /// A transaction failed. Nothing is lost: the thread repeats it, with pauses, until it
    /// succeeds.
    Failed {
        /// The text of the error and of its causes.
        error: String,
    },
    /// The disk accepts writes again. A [`StoreNotice::Committed`] follows.
    Healed,
    /// The files have changed in a way that the operator should know about.
    Noted {
        text: String,
        /// Whether entries that were on disk are lost.
        lost: bool,
    },
    /// A program asks this bridge to release the journal. Either another bridge takes over, or the
    /// bridge just stops.
    Claimed(Asked),
}

/// Maximum number of notes that wait to be read. If there are more, the oldest notes are dropped.
const NOTES: usize = 16;

#[derive(Debug, Clone, Default)]
struct Progress {
    writes: u64,
    /// The last error, and its number in a row. Each failure is reported, even if the error is the
    /// same.
    failure: Option<(u32, String)>,
    notes: VecDeque<(String, bool)>,
    noted: u64,
    /// Whether a note has reported a loss.
    lost: bool,
    claimed: Option<Asked>,
}

/// Makes the sender and the receiver of notices.
pub(super) fn channel() -> (Reporter, StoreNotices) {
    let (sender, receiver) = watch::channel(Progress::default());
    (
        Reporter(sender),
        StoreNotices {
            receiver,
            reported: Progress::default(),
        },
    )
}

/// The sender, which belongs to the store's thread.
#[derive(Debug)]
pub(super) struct Reporter(watch::Sender<Progress>);

impl Reporter {
    /// Reports that these writes are on disk (there may be none), and that earlier failures are
    /// over.
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

#[derive(Debug)]
pub struct StoreNotices {
    receiver: watch::Receiver<Progress>,
    reported: Progress,
}

impl StoreNotices {
    /// The next notice; `None` when the thread has ended and all notices were returned. The future
    /// may be dropped and the method called again, for example in `select!`.
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
        // Notes come first: a loss must be known before any write is reported as durable.
        let unread = usize::try_from(now.noted - self.reported.noted)
            .unwrap_or(usize::MAX)
            .min(now.notes.len());
        if let Some((text, lost)) = now.notes.get(now.notes.len() - unread) {
            self.reported.noted = now.noted - unread as u64 + 1;
            // If the note of a loss was dropped, the next note is marked as a loss.
            let lost = *lost || (now.lost && !self.reported.lost);
            self.reported.lost |= lost;
            return Some(StoreNotice::Noted {
                text: text.clone(),
                lost,
            });
        }
        if self.reported.claimed != now.claimed {
            self.reported.claimed.clone_from(&now.claimed);
            if let Some(asked) = now.claimed.clone() {
                return Some(StoreNotice::Claimed(asked));
            }
        }
        if self.reported.failure != now.failure {
            self.reported.failure.clone_from(&now.failure);
            return Some(match &now.failure {
                Some((_, error)) => StoreNotice::Failed {
                    error: error.clone(),
                },
                None => StoreNotice::Healed,
            });
        }
        if self.reported.writes == now.writes {
            return None;
        }
        self.reported.writes = now.writes;
        Some(StoreNotice::Committed { writes: now.writes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn notices_are_merged_and_the_last_one_is_returned_after_the_end() {
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
