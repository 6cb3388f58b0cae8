//! Shows each event once, although it may come several times: as Twitchat's message, as the event
//! that is made of the message, and as a bridge's copy of that event.

use std::collections::{HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::cli::receiving::{
    decode::{From, Line},
    summary,
};

/// The longest time between two copies of an event.
const APART: SignedDuration = SignedDuration::from_secs(10);
/// The limit on events that wait for their other copy. Beyond it, the oldest event is forgotten,
/// and its copy is shown too.
const MOST: usize = 10_000;

/// The source of a copy of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Copy {
    Ours,
    OfBridge,
}

type EventKey = (String, String);

/// Remembers the events that were shown recently.
#[derive(Debug)]
pub(super) struct ShownEvents {
    /// Whether a message is hidden if an event is made of it.
    hides_messages: bool,
    /// The copies that wait for the other one, oldest first.
    waiting: HashMap<EventKey, VecDeque<(Copy, Timestamp)>>,
    /// The keys that were added to `waiting`, oldest first. The other copy may have removed some of
    /// them since.
    order: VecDeque<(EventKey, Timestamp)>,
}

impl ShownEvents {
    pub(super) fn new(hides_messages: bool) -> Self {
        Self {
            hides_messages,
            waiting: HashMap::new(),
            order: VecDeque::new(),
        }
    }

    /// Whether no other copy of the line was shown.
    pub(super) fn is_first(&mut self, line: &Line) -> bool {
        match line.from {
            From::Twitchat => !self.hides_messages || line.counterpart.is_null(),
            From::Mapped | From::Obs | From::Other => {
                self.is_first_copy(Copy::Ours, line, &line.data)
            }
            From::Bridge if line.data.get("event").is_some() => {
                let data = line.data.get("data").unwrap_or(&Value::Null);
                self.is_first_copy(Copy::OfBridge, line, data)
            }
            From::Bridge | From::Client => true,
        }
    }

    /// Each copy from one origin cancels one copy from the other origin, in either order.
    fn is_first_copy(&mut self, copy: Copy, line: &Line, data: &Value) -> bool {
        self.forget_old(line.at);
        let key = (line.name.clone(), summary::of(data));
        let copies = self.waiting.entry(key.clone()).or_default();
        // All copies that wait under one key have the same origin.
        if copies.front().is_some_and(|(other, _)| *other != copy) {
            copies.pop_front();
            if copies.is_empty() {
                self.waiting.remove(&key);
            }
            return false;
        }
        copies.push_back((copy, line.at));
        self.order.push_back((key, line.at));
        true
    }

    /// Forgets the copies that are too old at `now`, and the oldest ones if there are too many.
    fn forget_old(&mut self, now: Timestamp) {
        while let Some((key, at)) = self.order.front() {
            if now.duration_since(*at) <= APART && self.order.len() < MOST {
                break;
            }
            if let Some(copies) = self.waiting.get_mut(key) {
                if copies.front().is_some_and(|(_, waiting)| waiting == at) {
                    copies.pop_front();
                }
                if copies.is_empty() {
                    self.waiting.remove(key);
                }
            }
            self.order.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn line(from: From, name: &str, at: i64, data: Value) -> Line {
        Line {
            at: Timestamp::from_second(at).unwrap(),
            from,
            name: name.into(),
            id: Value::Null,
            data,
            counterpart: Value::Null,
            replay: false,
        }
    }

    fn ours(at: i64, who: &str) -> Line {
        line(
            From::Mapped,
            "Twitch.Follow",
            at,
            json!({ "displayName": who }),
        )
    }

    fn of_bridge(at: i64, who: &str) -> Line {
        let data = json!({ "event": {}, "data": { "displayName": who } });
        line(From::Bridge, "Twitch.Follow", at, data)
    }

    fn shown(lines: &[Line]) -> Vec<bool> {
        let mut once = ShownEvents::new(true);
        lines.iter().map(|line| once.is_first(line)).collect()
    }

    #[test]
    fn a_bridges_copy_is_hidden_in_either_order() {
        let lines = [
            ours(0, "Anna"),
            of_bridge(0, "Anna"),
            of_bridge(1, "Ben"),
            ours(1, "Ben"),
        ];
        assert_eq!(shown(&lines), [true, false, true, false]);
    }

    #[test]
    fn an_event_that_really_comes_twice_is_shown_twice() {
        let lines = [
            ours(0, "Anna"),
            ours(0, "Anna"),
            of_bridge(0, "Anna"),
            of_bridge(0, "Anna"),
        ];
        assert_eq!(shown(&lines), [true, true, false, false]);
    }

    #[test]
    fn an_event_that_only_a_bridge_emits_is_shown() {
        let lines = [
            of_bridge(0, "Anna"),
            of_bridge(0, "Anna"),
            of_bridge(60, "Anna"),
        ];
        assert_eq!(shown(&lines), [true, true, true]);
        assert_eq!(
            shown(&[ours(0, "Anna"), of_bridge(11, "Anna")]),
            [true, true]
        );
    }

    #[test]
    fn an_event_that_repeats_after_a_while_is_shown_with_each_bridges_copy_hidden() {
        let lines: Vec<_> = (0..40)
            .flat_map(|at| [ours(at, "Anna"), of_bridge(at, "Anna")])
            .collect();
        let expected: Vec<_> = [true, false].repeat(40);
        assert_eq!(shown(&lines), expected);
    }

    #[test]
    fn the_number_of_remembered_events_is_limited() {
        let mut once = ShownEvents::new(true);
        for number in 0..MOST * 3 {
            assert!(once.is_first(&ours(0, &number.to_string())));
        }
        assert!(once.waiting.len() <= MOST);
        assert!(once.order.len() <= MOST);
        assert!(!once.is_first(&of_bridge(0, &(MOST * 3 - 1).to_string())));
        assert!(once.is_first(&ours(60, "Ben")));
        assert_eq!(once.waiting.len(), 1);
    }

    #[test]
    fn a_message_is_hidden_only_if_its_event_is_shown() {
        let message = line(From::Twitchat, "Twitchat.FOLLOW", 0, json!({}));
        let becomes = Line {
            counterpart: json!({ "displayName": "Anna" }),
            ..message.clone()
        };
        assert_eq!(shown(&[message, becomes.clone()]), [true, false]);
        assert!(ShownEvents::new(false).is_first(&becomes));
    }
}
