//! What is to be sent to one session.
//!
//! Like OBS's own, it has no bound: a client that does not read costs memory and never holds up the
//! others. That is for a stand-in to copy and for nobody else.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio_websockets::Message;

/// A queue with one writer task at its end.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    queue: Mutex<Queue>,
    filled: Notify,
    emptied: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Message>,
    /// Taken by the writer and not yet in the socket.
    taken: usize,
    closed: bool,
}

impl Outbox {
    /// Adds a message. Nothing goes out after a close frame.
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

    /// Waits for something to send and takes all of it.
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

    /// The writer's word that what it took is in the socket.
    pub(super) fn written(&self) {
        self.lock().taken = 0;
        self.emptied.notify_waiters();
    }

    /// Waits until everything is in the socket. Not for ever: a session that is gone never gets
    /// there, its hub entry is.
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

    /// The session is gone: whoever waits need not.
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
