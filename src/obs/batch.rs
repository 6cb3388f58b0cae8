//! Events that were received but not processed yet, bounded in bytes.
//!
//! `event_connection` fills batches. A batch takes up its share of the bound until it is dropped.
//! At the bound, and only then, `event_connection` stops reading. OBS never disconnects a slow
//! client: it queues messages for it without limit. So it is better if the bytes wait in the bridge
//! than in OBS.

use std::{fmt, sync::Arc};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::event::Received;

/// The bytes that each event counts in addition to its text.
const OVERHEAD: u32 = 64;

/// The bound on bytes, shared by all batches of a link.
#[derive(Debug, Clone)]
pub(super) struct Budget {
    bytes: u32,
    free: Arc<Semaphore>,
}

impl Budget {
    pub(super) fn new(bytes: u32) -> Self {
        let bytes = bytes.max(1);
        // A semaphore holds at least 2^29 permits on 32-bit systems.
        let bytes = bytes.min(1 << 29);
        Self {
            bytes,
            free: Arc::new(Semaphore::new(usize::try_from(bytes).unwrap_or(1 << 29))),
        }
    }

    /// The permits that an event of so many bytes needs. An event larger than the whole bound takes
    /// all of it.
    fn cost(&self, received: &Received, bytes: usize) -> u32 {
        let kept = match received {
            Received::Bad => 0,
            Received::Twitchat(_)
            | Received::Bridge(_)
            | Received::Request(_)
            | Received::Other(_)
            | Received::Obs(_) => u32::try_from(bytes).unwrap_or(u32::MAX),
        };
        kept.saturating_add(OVERHEAD).min(self.bytes)
    }
}

/// An event that waits for room.
#[derive(Debug)]
pub(super) struct Waiting {
    received: Received,
    cost: u32,
}

/// Events in the order in which they were received. Dropping the batch makes room for more.
#[derive(Default)]
pub struct Batch {
    /// A frame that could not be read is [`Received::Bad`].
    pub events: Vec<Received>,
    room: Option<OwnedSemaphorePermit>,
}

impl Batch {
    /// Adds an event if there is room. Otherwise returns it at once.
    pub(super) fn push(
        &mut self,
        received: Received,
        bytes: usize,
        budget: &Budget,
    ) -> Result<(), Waiting> {
        let cost = budget.cost(&received, bytes);
        match Arc::clone(&budget.free).try_acquire_many_owned(cost) {
            Ok(room) => {
                self.add(received, room);
                Ok(())
            }
            Err(_) => Err(Waiting { received, cost }),
        }
    }

    /// Adds an event when there is room. The future may be dropped: the event then stays in
    /// `waiting`.
    pub(super) async fn push_later(&mut self, waiting: &mut Option<Waiting>, budget: &Budget) {
        let Some(cost) = waiting.as_ref().map(|waiting| waiting.cost) else {
            return;
        };
        // Cannot happen: the semaphore is never closed.
        let Ok(room) = Arc::clone(&budget.free).acquire_many_owned(cost).await else {
            return;
        };
        if let Some(Waiting { received, .. }) = waiting.take() {
            self.add(received, room);
        }
    }

    fn add(&mut self, received: Received, room: OwnedSemaphorePermit) {
        self.events.push(received);
        match &mut self.room {
            Some(all) => all.merge(room),
            none => *none = Some(room),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }
}

/// Shows only the number of events, because their text may be private chat.
impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("events", &self.events.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    fn request() -> Received {
        Received::read(r#"{"request":"GetInfo"}"#).unwrap()
    }

    #[test]
    fn a_full_budget_holds_the_event_until_a_batch_is_dropped() {
        let budget = Budget::new(1000);
        let (mut first, mut second) = (Batch::default(), Batch::default());
        assert!(first.push(request(), 500, &budget).is_ok());
        let mut waiting = first.push(request(), 500, &budget).err();
        assert!(
            second
                .push_later(&mut waiting, &budget)
                .now_or_never()
                .is_none()
        );
        assert!(waiting.is_some(), "a dropped wait must keep the event");
        drop(first);
        assert!(
            second
                .push_later(&mut waiting, &budget)
                .now_or_never()
                .is_some()
        );
        assert_eq!(
            (
                second.events.len(),
                waiting.is_none(),
                budget.free.available_permits()
            ),
            (1, true, 1000 - 564)
        );
    }

    #[test]
    fn an_event_larger_than_the_budget_takes_all_of_it() {
        let budget = Budget::new(1000);
        let mut batch = Batch::default();
        assert!(batch.push(request(), 1 << 30, &budget).is_ok());
        assert!(batch.push(Received::Bad, 0, &budget).is_err());
    }

    #[test]
    fn a_dropped_message_costs_little_but_not_nothing() {
        let budget = Budget::new(1000);
        let mut batch = Batch::default();
        let taken = (0..1000)
            .take_while(|_| batch.push(Received::Bad, 900, &budget).is_ok())
            .count();
        assert_eq!(taken, 1000 / 64);
    }
}
