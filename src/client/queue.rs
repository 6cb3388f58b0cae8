//! The queue between the client's task and the reader of a stream.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use super::{event::Update, names::Names};

/// The most events that wait for the reader of one stream.
const MOST_EVENTS: usize = 8_192;
/// The most bytes of data that wait for the reader of one stream.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// The updates that wait for the reader of a stream. The client's task never waits for a reader: it
/// counts the events that do not fit.
#[derive(Debug)]
pub(super) struct Queue {
    pub(super) names: Names,
    waiting: Mutex<WaitingUpdates>,
}

#[derive(Debug, Default)]
struct WaitingUpdates {
    updates: VecDeque<Update>,
    events: usize,
    bytes: usize,
    /// Whether the reader has received the beginning of an interruption, but not its end.
    is_interrupted: bool,
    is_over: bool,
    reader: Option<Waker>,
}

impl Queue {
    pub(super) fn new(names: Names) -> Self {
        Self {
            names,
            waiting: Mutex::default(),
        }
    }

    /// Events beyond the limits are only counted: an `Update::Missed` with their number takes their
    /// place.
    pub(super) fn push(&self, update: Update) {
        let mut waiting = self.lock();
        if waiting.is_over {
            return;
        }
        if let Update::Event(event) = &update {
            if waiting.events >= MOST_EVENTS || waiting.bytes >= MOST_BYTES {
                if let Some(Update::Missed { events }) = waiting.updates.back_mut() {
                    *events += 1;
                } else {
                    waiting.updates.push_back(Update::Missed { events: 1 });
                }
                return;
            }
            waiting.events += 1;
            waiting.bytes += event.data.get().len();
        } else if waiting.updates.len() >= 2 * MOST_EVENTS {
            // The reader learns from the thousands of interruptions before it that events are
            // missing.
            return;
        }
        waiting.updates.push_back(update);
        waiting.wake();
    }

    pub(super) fn interrupt(&self, why: Update) {
        self.lock().is_interrupted = true;
        self.push(why);
    }

    /// Adds the end of an interruption, if the reader has received its beginning.
    pub(super) fn resume(&self, missed: Option<u64>) {
        if std::mem::take(&mut self.lock().is_interrupted) {
            self.push(Update::Resumed { missed });
        }
    }

    /// Ends the stream, after the updates that wait in it.
    pub(super) fn end(&self) {
        let mut waiting = self.lock();
        waiting.is_over = true;
        waiting.wake();
    }

    /// The next update; `None` at the end of the stream.
    pub(super) fn poll(&self, cx: &Context<'_>) -> Poll<Option<Update>> {
        let mut waiting = self.lock();
        match waiting.updates.pop_front() {
            Some(update) => {
                if let Update::Event(event) = &update {
                    waiting.events -= 1;
                    waiting.bytes -= event.data.get().len();
                }
                Poll::Ready(Some(update))
            }
            None if waiting.is_over => Poll::Ready(None),
            None => {
                waiting.reader = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, WaitingUpdates> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl WaitingUpdates {
    fn wake(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{client::event::Event, event::EventName};

    fn event(seq: u64, bytes: usize) -> Update {
        let data = serde_json::value::to_raw_value(&"x".repeat(bytes))
            .unwrap()
            .into();
        Update::Event(Event {
            name: EventName::new("Twitch", "Follow"),
            seq,
            timestamp: None,
            is_replay: false,
            data,
        })
    }

    fn next(queue: &Queue) -> Poll<Option<Update>> {
        queue.poll(&Context::from_waker(Waker::noop()))
    }

    #[test]
    fn a_slow_reader_is_told_how_many_events_it_missed_and_where() {
        let queue = Queue::new(Names::default());
        for seq in 0..MOST_EVENTS as u64 + 3 {
            queue.push(event(seq, 1));
        }
        queue.push(Update::BridgeStarted);
        queue.push(event(0, 1));
        for expected in 0..MOST_EVENTS as u64 {
            assert!(matches!(next(&queue),
                    Poll::Ready(Some(Update::Event(event))) if event.seq == expected));
        }
        assert!(matches!(
            next(&queue),
            Poll::Ready(Some(Update::Missed { events: 3 }))
        ));
        assert!(matches!(
            next(&queue),
            Poll::Ready(Some(Update::BridgeStarted))
        ));
        assert!(matches!(
            next(&queue),
            Poll::Ready(Some(Update::Missed { events: 1 }))
        ));
        queue.push(event(7, 1));
        assert!(matches!(next(&queue), Poll::Ready(Some(Update::Event(event))) if event.seq == 7));
        assert!(next(&queue).is_pending());
    }

    #[test]
    fn bytes_are_bounded_too_and_one_large_event_still_fits() {
        let queue = Queue::new(Names::default());
        for seq in 0..3 {
            queue.push(event(seq, MOST_BYTES));
        }
        assert!(matches!(next(&queue), Poll::Ready(Some(Update::Event(event))) if event.seq == 0));
        assert!(matches!(
            next(&queue),
            Poll::Ready(Some(Update::Missed { events: 2 }))
        ));
    }

    #[test]
    fn the_end_comes_after_what_waits_and_nothing_after_it() {
        let queue = Queue::new(Names::default());
        queue.push(event(1, 1));
        queue.end();
        queue.push(event(2, 1));
        assert!(matches!(next(&queue), Poll::Ready(Some(Update::Event(_)))));
        assert!(matches!(next(&queue), Poll::Ready(None)));
        assert!(matches!(next(&queue), Poll::Ready(None)));
    }
}
