//! The messages that wait to be sent to one session.
//!
//! Like OBS's own queue it has no bound: a client that does not read needs memory, but never delays
//! others. Only a stand-in should do this.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio_websockets::Message;

/// A queue with a single task that writes its messages to the socket.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    queue: Mutex<Queue>,
    filled: Notify,
    emptied: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Message>,
    /// The number of messages that the task has taken but not written to the socket yet.
    taken: usize,
    closed: bool,
}

impl Outbox {
    /// Adds a message. Messages after a close frame are dropped.
    pub(super) fn push(&self, message: Message) {
        let mut queue = self.lock();
        if queue.closed {
            return;
        }
        queue.closed = message.is_close();
        queue.waiting.push_back(message);
        drop(queue);
        self.filled.notify_one();
    }

    /// Waits for messages and takes all of them.
    pub(super) async fn take(&self) -> VecDeque<Message> {
        loop {
            {
                let mut queue = self.lock();
                if !queue.waiting.is_empty() {
                    queue.taken = queue.waiting.len();
                    return std::mem::take(&mut queue.waiting);
                }
            }
            self.filled.notified().await;
        }
    }

    /// Records that the taken messages are in the socket.
    pub(super) fn written(&self) {
        self.lock().taken = 0;
        self.emptied.notify_waiters();
    }

    /// Waits until all messages are in the socket. Also returns when the session has ended.
    pub(super) async fn drained(&self) {
        loop {
            let emptied = self.emptied.notified();
            {
                let queue = self.lock();
                if queue.waiting.is_empty() && queue.taken == 0 {
                    return;
                }
            }
            emptied.await;
        }
    }

    /// Ends the wait in [`drained`](Self::drained), because the session has ended.
    pub(super) fn abandon(&self) {
        *self.lock() = Queue {
            closed: true,
            ..Queue::default()
        };
        self.emptied.notify_waiters();
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
