//! The messages that wait to be sent to OBS, and their order. The engine adds messages and never
//! waits; the sender takes them one by one.
//!
//! There are two lanes: one for large replies, and one for everything else. At most one large reply
//! is sent before a small message, so that small requests do not wait for large ones. Each lane
//! keeps its order, with one exception: only a limited number of a client's small replies wait in
//! the lane, and the rest wait apart until one of those has been sent. So a client that sends
//! thousands of requests delays itself, not others.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::value::RawValue;
use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};

use crate::{
    bridge::{io::Pass, replies::LARGE},
    request::reply::Reply,
};

/// While this many messages or bytes wait, the engine takes nothing from OBS. Large replies with a
/// pass do not count, because the bridge limits them.
const COUNT: usize = 32_768;
const BYTES: usize = 16 * 1024 * 1024;
/// The number of bytes that a message counts in addition to its text.
const OVERHEAD: usize = 128;
/// The limit on replies of one client in the lane of small messages.
const SHARE: usize = 32;
/// The number of small messages that are sent between two large replies, if that many wait.
const BETWEEN: usize = 64;

#[derive(Debug)]
pub(super) enum Message {
    /// A message whose order matters: an event, a Hello, an action for Twitchat, or a message for
    /// the page.
    Ordered(Box<RawValue>),
    Reply {
        reply: Reply,
        client: Box<str>,
        /// Returned to the bridge when the reply has been sent.
        pass: Option<Pass>,
    },
}

impl Message {
    /// The length of the JSON text in bytes.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Ordered(json) => json.get().len(),
            Self::Reply { reply, .. } => reply.bytes(),
        }
    }

    pub(super) fn is_large_reply(&self) -> bool {
        matches!(self, Self::Reply { reply, .. } if reply.bytes() > LARGE)
    }

    pub(super) fn pass(&self) -> Option<Pass> {
        match self {
            Self::Ordered(_) => None,
            Self::Reply { pass, .. } => *pass,
        }
    }

    /// The number of bytes that the message counts, without a text that it shares with other
    /// replies.
    fn weight(&self) -> usize {
        match self {
            Self::Ordered(json) => json.get().len() + OVERHEAD,
            Self::Reply { pass: Some(_), .. } => OVERHEAD,
            Self::Reply { reply, .. } => reply.own_bytes() + OVERHEAD,
        }
    }

    fn shared(&self) -> Option<&Arc<str>> {
        match self {
            Self::Reply {
                reply, pass: None, ..
            } => reply.shared(),
            Self::Ordered(_) | Self::Reply { .. } => None,
        }
    }
}

#[derive(Debug, Default)]
struct Lanes {
    small: VecDeque<Message>,
    large: VecDeque<Message>,
    /// Small replies of clients that have [`SHARE`] replies in the lane already.
    apart: HashMap<Box<str>, VecDeque<Message>>,
    /// The number of replies of each client in the lane.
    in_lane: HashMap<Box<str>, usize>,
    /// The number of small replies that share a text. The keys are the addresses of the texts.
    shared: HashMap<usize, usize>,
    count: usize,
    bytes: usize,
    /// The number of small messages sent since the last large reply.
    since_large: usize,
    /// The passes of replies that were sent.
    passes: Vec<Pass>,
    closed: bool,
}

impl Lanes {
    fn push(&mut self, message: Message) {
        self.count += 1;
        self.bytes += message.weight();
        if let Some(shared) = message.shared() {
            let replies = self.shared.entry(address(shared)).or_default();
            *replies += 1;
            self.bytes += if *replies == 1 { shared.len() } else { 0 };
        }
        match &message {
            _ if message.is_large_reply() => self.large.push_back(message),
            Message::Ordered(_) => self.small.push_back(message),
            Message::Reply { client, .. } => {
                if let Some(apart) = self.apart.get_mut(client) {
                    apart.push_back(message);
                } else if self
                    .in_lane
                    .get(client)
                    .is_some_and(|replies| *replies >= SHARE)
                {
                    self.apart.insert(client.clone(), VecDeque::from([message]));
                } else {
                    *self.in_lane.entry(client.clone()).or_default() += 1;
                    self.small.push_back(message);
                }
            }
        }
    }

    /// Takes a large reply only if `large_may_go`.
    fn take(&mut self, large_may_go: bool) -> Option<Message> {
        let large_is_next = large_may_go && (self.small.is_empty() || self.since_large >= BETWEEN);
        let message = if large_is_next {
            self.large.pop_front()
        } else {
            None
        };
        let message = if let Some(large) = message {
            self.since_large = 0;
            large
        } else {
            let small = self.small.pop_front()?;
            self.since_large += 1;
            if let Message::Reply { client, .. } = &small {
                self.move_up(client);
            }
            small
        };
        self.count -= 1;
        self.bytes -= message.weight();
        if let Some(shared) = message.shared()
            && let Some(replies) = self.shared.get_mut(&address(shared))
        {
            *replies -= 1;
            if *replies == 0 {
                self.shared.remove(&address(shared));
                self.bytes -= shared.len();
            }
        }
        Some(message)
    }

    /// Appends the client's next reply to the lane, after a reply of this client has left it.
    fn move_up(&mut self, client: &str) {
        if let Some(apart) = self.apart.get_mut(client)
            && let Some(next) = apart.pop_front()
        {
            if apart.is_empty() {
                self.apart.remove(client);
            }
            self.small.push_back(next);
        } else if let Some(replies) = self.in_lane.get_mut(client) {
            *replies -= 1;
            if *replies == 0 {
                self.in_lane.remove(client);
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.count == 0
    }

    fn is_full(&self) -> bool {
        self.count >= COUNT || self.bytes >= BYTES
    }
}

fn address(shared: &Arc<str>) -> usize {
    Arc::as_ptr(shared).addr()
}

/// The lanes, shared by the engine and the sender.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    lanes: Mutex<Lanes>,
    /// Wakes the sender when a message was added or the outbox was closed.
    filled: Notify,
    /// Wakes the engine when there is room again or a pass was returned.
    moved: Notify,
}

impl Outbox {
    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a message even if the outbox is full. The engine takes no input while the outbox is
    /// full, and each input has few effects.
    pub(super) fn push(&self, message: Message) {
        self.lanes().push(message);
        self.filled.notify_one();
    }

    pub(super) fn is_full(&self) -> bool {
        self.lanes().is_full()
    }

    /// Takes the passes of the replies that were sent since the last call.
    pub(super) fn take_passes(&self) -> Vec<Pass> {
        std::mem::take(&mut self.lanes().passes)
    }

    /// Waits until there may be room again, or until a pass was returned.
    pub(super) async fn moved(&self) {
        self.moved.notified().await;
    }

    /// Announces that no more messages will be added.
    pub(super) fn close(&self) {
        self.lanes().closed = true;
        self.filled.notify_one();
    }

    /// The next message to send; `None` after the last one. A large reply is not sent before
    /// `rested`, unless the outbox was closed.
    pub(super) async fn next(&self, rested: Instant) -> Option<Message> {
        loop {
            let has_large = {
                let mut lanes = self.lanes();
                let was_full = lanes.is_full();
                let large_may_go = lanes.closed || Instant::now() >= rested;
                let message = lanes.take(large_may_go);
                if let Some(message) = message {
                    if was_full && !lanes.is_full() {
                        self.moved.notify_one();
                    }
                    return Some(message);
                }
                if lanes.closed && lanes.is_empty() {
                    return None;
                }
                !lanes.large.is_empty()
            };
            tokio::select! {
                () = self.filled.notified() => {}
                () = sleep_until(rested), if has_large => {}
            }
        }
    }

    /// Returns a pass, after its reply was sent.
    pub(super) fn give_back(&self, pass: Pass) {
        self.lanes().passes.push(pass);
        self.moved.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;
    use crate::request::{
        Asker, Unknown,
        reply::{self, Body, Durability},
    };

    fn reply(client: &str, id: usize, body: &Body) -> Message {
        let asker = Asker {
            id: Some(id.to_string().into()),
            client: None,
        };
        let reply = reply::write(
            "b",
            &asker,
            0,
            Durability::Durable,
            &Unknown::default(),
            Ok(body.clone()),
        )
        .unwrap();
        Message::Reply {
            reply,
            client: client.into(),
            pass: None,
        }
    }

    fn small(client: &str, id: usize) -> Message {
        reply(client, id, &Map::new().into())
    }

    fn large(client: &str, id: usize) -> Message {
        reply(
            client,
            id,
            &Body::Shared(format!("\"x\":\"{}\"", "x".repeat(LARGE)).into()),
        )
    }

    fn event(id: usize) -> Message {
        Message::Ordered(serde_json::value::to_raw_value(&json!({ "id": id })).unwrap())
    }

    fn id(message: &Message) -> u64 {
        let json = match message {
            Message::Ordered(json) => json.clone(),
            Message::Reply { reply, .. } => reply.join().unwrap(),
        };
        serde_json::from_str::<serde_json::Value>(json.get()).unwrap()["id"]
            .as_u64()
            .unwrap()
    }

    fn order(lanes: &mut Lanes) -> Vec<u64> {
        std::iter::from_fn(|| lanes.take(true))
            .map(|message| id(&message))
            .collect()
    }

    #[test]
    fn events_and_the_replies_of_a_quiet_client_keep_their_order() {
        let mut lanes = Lanes::default();
        for place in 0..40 {
            lanes.push(if place % 3 == 0 {
                event(place)
            } else {
                small("a", place)
            });
        }
        assert_eq!(order(&mut lanes), (0..40).collect::<Vec<_>>());
        assert!(lanes.is_empty() && lanes.bytes == 0 && lanes.in_lane.is_empty());
    }

    #[test]
    fn a_small_reply_waits_for_one_large_one_at_most() {
        let mut lanes = Lanes::default();
        (0..10).for_each(|place| lanes.push(large("a", place)));
        assert_eq!(lanes.take(true).map(|message| id(&message)), Some(0));
        lanes.push(small("b", 100));
        assert_eq!(lanes.take(true).map(|message| id(&message)), Some(100));
        assert_eq!(order(&mut lanes), (1..10).collect::<Vec<_>>());
    }

    #[test]
    fn large_replies_get_their_turn_although_small_ones_never_end() {
        let mut lanes = Lanes::default();
        lanes.push(large("a", 7));
        let taken: Vec<_> = (0..2 * BETWEEN)
            .map(|place| {
                lanes.push(event(1_000 + place));
                id(&lanes.take(true).unwrap())
            })
            .collect();
        assert_eq!(taken.iter().position(|id| *id == 7), Some(BETWEEN));
        assert!(
            lanes.take(false).is_some_and(|message| id(&message) > 7),
            "what is small needs no rest"
        );
    }

    #[test]
    fn a_client_with_thousands_of_replies_delays_itself_alone() {
        let mut lanes = Lanes::default();
        (0..20_000).for_each(|place| lanes.push(small("greedy", place)));
        lanes.push(small("other", 99_999));
        let order = order(&mut lanes);
        assert_eq!(order.iter().position(|id| *id == 99_999), Some(SHARE));
        let greedy: Vec<_> = order.into_iter().filter(|id| *id != 99_999).collect();
        assert_eq!(
            greedy,
            (0..20_000).collect::<Vec<_>>(),
            "its own replies keep their order"
        );
        assert!(lanes.apart.is_empty() && lanes.in_lane.is_empty());
    }

    #[test]
    fn what_many_replies_share_counts_once() {
        let body = Body::Shared(format!("\"x\":\"{}\"", "x".repeat(LARGE / 2)).into());
        let mut lanes = Lanes::default();
        (0..1_000).for_each(|place| lanes.push(reply("a", place, &body)));
        assert!(
            !lanes.is_full() && lanes.bytes < LARGE + 1_000 * 300,
            "{} bytes",
            lanes.bytes
        );
        while lanes.take(true).is_some() {}
        assert!(lanes.bytes == 0 && lanes.shared.is_empty());
    }

    #[test]
    fn bytes_and_count_bound_it() {
        let mut lanes = Lanes::default();
        let own = |size: usize| {
            Body::Own(
                json!({ "x": "x".repeat(size) })
                    .as_object()
                    .unwrap()
                    .clone(),
            )
        };
        lanes.push(reply("a", 0, &own(BYTES - 1_000)));
        assert!(!lanes.is_full());
        lanes.push(reply("a", 1, &own(1_000)));
        assert!(lanes.is_full());
        let mut lanes = Lanes::default();
        (0..COUNT).for_each(|place| lanes.push(event(place)));
        assert!(lanes.is_full());
    }

    #[tokio::test]
    async fn what_was_put_in_before_the_end_is_sent_without_rest() {
        let outbox = Outbox::default();
        let never = Instant::now() + std::time::Duration::from_secs(3_600);
        outbox.push(large("a", 1));
        assert!(
            tokio::time::timeout(std::time::Duration::from_millis(50), outbox.next(never))
                .await
                .is_err()
        );
        outbox.close();
        assert!(outbox.next(never).await.is_some());
        assert!(outbox.next(never).await.is_none());
    }
}
