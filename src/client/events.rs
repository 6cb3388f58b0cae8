//! Events as a stream: what a subscription receives, and the queue between the client's task and
//! its reader.

use std::{
    collections::VecDeque,
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use futures::Stream;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

pub use super::typed::{
    ChatMessage, Cheer, Donation, Follow, GiftBomb, GiftSub, Raid, ReSub, Redemption, Reward, Sub,
    Typed, User,
};

use super::{Client, ConnectionError, Error, hub::Names};
use crate::event::EventName;

/// The most events that wait for the reader of one stream.
const MOST_EVENTS: usize = 8_192;
/// The most bytes of data that wait for the reader of one stream.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// An event that the bridge emitted, under the name and with the data that Streamer.bot's clients
/// know (`docs/events.md` lists the keys).
#[derive(Debug, Clone)]
pub struct Event {
    pub(super) name: EventName,
    pub(super) seq: u64,
    pub(super) timestamp: Option<jiff::Timestamp>,
    pub(super) is_replay: bool,
    pub(super) data: Arc<RawValue>,
}

impl Event {
    /// The source, such as `Twitch`, in Streamer.bot's spelling.
    pub fn source(&self) -> &str {
        &self.name.source
    }

    /// The type, such as `Follow`, in Streamer.bot's spelling.
    #[doc(alias = "type")]
    pub fn kind(&self) -> &str {
        &self.name.kind
    }

    /// `Source.Type`, such as `Twitch.Follow`.
    pub fn name(&self) -> String {
        self.name.to_string()
    }

    /// Whether this is the event of that `Source.Type`, in any case.
    pub fn is(&self, name: &str) -> bool {
        name.split_once('.')
            .is_some_and(|(source, kind)| self.name.is(source, kind))
    }

    /// Counts the events that this bridge has emitted to all its subscribers, from 1, without gaps.
    /// OBS may deliver two events that were emitted within milliseconds of each other in the wrong
    /// order; `seq` has the right one.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// When the bridge emitted it; `None` if the bridge's text could not be read.
    pub fn timestamp(&self) -> Option<jiff::Timestamp> {
        self.timestamp
    }

    /// Whether it was played back from a recording and did not happen now.
    pub fn is_replay(&self) -> bool {
        self.is_replay
    }

    /// The data in a shape of your own: any type that [`serde::Deserialize`] can make from the
    /// event's keys. [`typed`](Self::typed) has ready-made ones.
    ///
    /// ```
    /// # use twitchat_bridge::client::{Error, Event};
    /// #[derive(serde::Deserialize)]
    /// struct HypeTrain {
    ///     level: u32,
    ///     percent: f64,
    /// }
    ///
    /// fn level(event: &Event) -> Result<u32, Error> {
    ///     let train: HypeTrain = event.data()?;
    ///     Ok(train.level)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Data`] if the data does not have this shape.
    pub fn data<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_str(self.data.get()).map_err(|source| Error::Data {
            event: self.name(),
            source,
        })
    }

    /// The data of the events that most programs are about, in types of their own; [`Typed::Other`]
    /// for the rest.
    ///
    /// # Errors
    ///
    /// [`Error::Data`] if the data does not have the documented shape.
    pub fn typed(&self) -> Result<Typed, Error> {
        Typed::of(self)
    }

    /// The data as JSON text, as the bridge sent it.
    pub fn json(&self) -> &str {
        self.data.get()
    }
}

/// What an [`Events`] stream yields.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Update {
    /// The bridge emitted an event.
    Event(Event),
    /// This program read the stream too slowly: so many events, in this place of the stream, were
    /// not kept. 8,192 events or 16 MiB wait for the reader of a stream at most.
    Missed {
        /// How many events of this subscription were dropped.
        events: u64,
    },
    /// The connection to OBS is lost. The client connects again by itself, unless this is the end
    /// of the stream. Events that the bridge emits before [`Resumed`](Self::Resumed) are lost.
    Disconnected(ConnectionError),
    /// Another bridge answers on this OBS, or the bridge was started again. Events between the two
    /// are lost.
    BridgeStarted,
    /// The bridge has confirmed the subscription again, after [`Disconnected`](Self::Disconnected)
    /// or [`BridgeStarted`](Self::BridgeStarted).
    Resumed {
        /// How many events the bridge emitted meanwhile, to all its subscribers: at most so many of
        /// this subscription were lost. `None` if the bridge was started anew meanwhile, and does
        /// not know.
        missed: Option<u64>,
    },
}

impl Update {
    /// The event, if this is one.
    pub fn into_event(self) -> Option<Event> {
        match self {
            Self::Event(event) => Some(event),
            _ => None,
        }
    }
}

/// The events of one subscription, made by [`Client::subscribe`]. It ends when the client is
/// closed, or when OBS's user has disconnected it for good.
///
/// Read it with [`next`](Self::next), or as a [`Stream`]. Dropping it ends the subscription. It
/// holds the connection open, even when no [`Client`] is left.
#[must_use = "a stream that is not read fills up and drops events"]
pub struct Events {
    queue: Arc<Queue>,
    client: Client,
}

impl Events {
    pub(super) fn new(queue: Arc<Queue>, client: Client) -> Self {
        Self { queue, client }
    }

    /// The next update; `None` at the end of the stream. May be dropped and called again: nothing
    /// is lost.
    pub async fn next(&mut self) -> Option<Update> {
        std::future::poll_fn(|cx| self.queue.poll(cx)).await
    }

    /// The next event, passing over everything else: for programs that do not care whether they
    /// miss some.
    pub async fn next_event(&mut self) -> Option<Event> {
        loop {
            if let Update::Event(event) = self.next().await? {
                return Some(event);
            }
        }
    }
}

impl Stream for Events {
    type Item = Update;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Update>> {
        self.queue.poll(cx)
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.client.leave(&self.queue);
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events")
            .field("names", &self.queue.names)
            .finish_non_exhaustive()
    }
}

/// What waits for the reader of a stream, bounded. The client's task never waits for a reader: it
/// counts what does not fit.
#[derive(Debug)]
pub(super) struct Queue {
    pub(super) names: Names,
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    updates: VecDeque<Update>,
    events: usize,
    bytes: usize,
    /// The reader was told of an interruption, and not yet of its end.
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

    /// Adds an update. Of events, those beyond the bound are counted at their place instead.
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
            // Thousands of interruptions wait already, and each of them says that events are
            // missing.
            return;
        }
        waiting.updates.push_back(update);
        waiting.wake();
    }

    /// Adds why nothing comes for a while.
    pub(super) fn interrupt(&self, why: Update) {
        self.lock().is_interrupted = true;
        self.push(why);
    }

    /// Adds that events come again, if the reader knows that none came.
    pub(super) fn resume(&self, missed: Option<u64>) {
        if std::mem::take(&mut self.lock().is_interrupted) {
            self.push(Update::Resumed { missed });
        }
    }

    /// Ends the stream, after what waits in it.
    pub(super) fn end(&self) {
        let mut waiting = self.lock();
        waiting.is_over = true;
        waiting.wake();
    }

    fn poll(&self, cx: &Context<'_>) -> Poll<Option<Update>> {
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

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn wake(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
