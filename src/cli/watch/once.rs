//! Shows each event once, although OBS may carry it several times: as Twitchat's message, as the
//! event that is made of the message, and as a bridge's copy of that event.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::cli::receiving::{
    decode::{From, Line},
    summary,
};

/// The longest time between two copies of an event.
const APART: SignedDuration = SignedDuration::from_secs(10);

/// Where a copy of an event comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Copy {
    Ours,
    OfBridge,
}

/// Remembers which events were shown recently.
#[derive(Debug)]
pub(super) struct Once {
    /// Whether a message is hidden if an event is made of it.
    hides_messages: bool,
    shown: HashMap<(String, String), Vec<(Copy, Timestamp)>>,
}

impl Once {
    pub(super) fn new(hides_messages: bool) -> Self {
        Self {
            hides_messages,
            shown: HashMap::new(),
        }
    }

    /// Whether no other copy of the line was shown.
    pub(super) fn is_first(&mut self, line: &Line) -> bool {
        match line.from {
            From::Twitchat => !self.hides_messages || line.counterpart.is_null(),
            From::Mapped => self.is_first_copy(Copy::Ours, line, &line.data),
            From::Bridge if line.data.get("event").is_some() => {
                let data = line.data.get("data").unwrap_or(&Value::Null);
                self.is_first_copy(Copy::OfBridge, line, data)
            }
            From::Obs | From::Bridge | From::Client | From::Other => true,
        }
    }

    /// Each copy from one origin cancels one copy from the other, whichever comes first.
    fn is_first_copy(&mut self, copy: Copy, line: &Line, data: &Value) -> bool {
        let is_fresh = |at: Timestamp| line.at.duration_since(at) <= APART;
        self.shown.retain(|_, copies| {
            copies.retain(|(_, at)| is_fresh(*at));
            !copies.is_empty()
        });
        let copies = self
            .shown
            .entry((line.name.clone(), summary::of(data)))
            .or_default();
        let other = copies.iter().position(|(other, _)| *other != copy);
        if let Some(place) = other {
            copies.remove(place);
        } else {
            copies.push((copy, line.at));
        }
        other.is_none()
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
        let mut once = Once::new(true);
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
    fn what_really_comes_twice_is_shown_twice() {
        let lines = [
            ours(0, "Anna"),
            ours(0, "Anna"),
            of_bridge(0, "Anna"),
            of_bridge(0, "Anna"),
        ];
        assert_eq!(shown(&lines), [true, true, false, false]);
    }

    #[test]
    fn what_only_a_bridge_emits_is_shown() {
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
    fn a_message_gives_way_to_its_event_alone() {
        let message = line(From::Twitchat, "Twitchat.FOLLOW", 0, json!({}));
        let becomes = Line {
            counterpart: json!({ "displayName": "Anna" }),
            ..message.clone()
        };
        assert_eq!(shown(&[message, becomes.clone()]), [true, false]);
        assert!(Once::new(false).is_first(&becomes));
    }
}
