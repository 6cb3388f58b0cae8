//! Sets environment variables from an event, for programs that do not read JSON.
//!
//! People in the chat decide the contents of the values. So control characters are removed, and the
//! number and the length of the variables are limited.

use serde_json::Value;

use crate::cli::receiving::decode::{From, Line};

pub(crate) const HELP: &str = "Environment of the program:
  TWITCHAT_NAME      the event's name, such as Twitch.Follow
  TWITCHAT_SOURCE    its first part, TWITCHAT_TYPE its second
  TWITCHAT_ID        the id of its message; absent if it has none
  TWITCHAT_AT        when it was received, such as 2026-01-31T20:15:00.123Z
  TWITCHAT_REPLAY    1, if it is played back from a recording; else absent
  TWITCHAT_DATA_...  a text, number, true or false of its data: the path in capitals, with _ for
                     all but letters and digits. data.user.displayName becomes
                     TWITCHAT_DATA_USER_DISPLAYNAME, data.recipients[0].login becomes
                     TWITCHAT_DATA_RECIPIENTS_0_LOGIN. A message and the event that it becomes \
                     set the same variables: first the keys \
                     of the event, then the keys that only the message has
  TWITCHAT_CUT       1, if values over 2 KiB were cut, or variables beyond 200 or 16 KiB left out
Control characters are replaced by spaces there. The JSON on standard input is unchanged.";

const LONGEST_VALUE: usize = 2 * 1024;
const LONGEST_NAME: usize = 120;
const MOST: usize = 200;
const MOST_BYTES: usize = 16 * 1024;
const DEEPEST: usize = 16;

/// The variables are in the order of the data.
pub(crate) fn of(line: &Line) -> Vec<(String, String)> {
    let (source, kind) = line.name.split_once('.').unwrap_or(("", &line.name));
    let mut made = Variables::default();
    made.add("TWITCHAT_NAME", &line.name);
    made.add("TWITCHAT_SOURCE", source);
    made.add("TWITCHAT_TYPE", kind);
    made.add("TWITCHAT_AT", &format!("{:.3}", line.at));
    match &line.id {
        Value::String(id) => made.add("TWITCHAT_ID", id),
        Value::Number(id) => made.add("TWITCHAT_ID", &id.to_string()),
        _ => {}
    }
    if line.replay {
        made.add("TWITCHAT_REPLAY", "1");
    }
    // The variables of a message and of the event that is made of it are the same.
    let (event, message) = if line.from == From::Twitchat && !line.counterpart.is_null() {
        (&line.counterpart, &line.data)
    } else {
        (&line.data, &line.counterpart)
    };
    made.add_all("TWITCHAT_DATA", event, 0);
    made.of_event = made.list.len();
    made.add_all("TWITCHAT_DATA", message, 0);
    if made.cut {
        made.list.push(("TWITCHAT_CUT".into(), "1".into()));
    }
    made.list
}

#[derive(Debug, Default)]
struct Variables {
    list: Vec<(String, String)>,
    /// The number of variables of the event; 0 while the event's data is read. If the message has a
    /// variable with the same name, the event's variable takes precedence.
    of_event: usize,
    bytes: usize,
    cut: bool,
}

impl Variables {
    fn add_all(&mut self, name: &str, value: &Value, depth: usize) {
        if depth > DEEPEST || self.list.len() >= MOST {
            self.cut = true;
            return;
        }
        let inner = |key: &str| {
            let word: String = key
                .chars()
                .map(|c| {
                    if c.is_ascii_alphanumeric() {
                        c.to_ascii_uppercase()
                    } else {
                        '_'
                    }
                })
                .collect();
            format!("{name}_{word}")
        };
        match value {
            Value::Null => {}
            Value::Bool(_) | Value::Number(_) => self.add(name, &value.to_string()),
            Value::String(text) => self.add(name, text),
            Value::Array(list) => {
                list.iter().enumerate().for_each(|(place, value)| {
                    self.add_all(&inner(&place.to_string()), value, depth + 1);
                });
            }
            Value::Object(fields) => fields
                .iter()
                .for_each(|(key, value)| self.add_all(&inner(key), value, depth + 1)),
        }
    }

    /// An earlier variable with the same name stays.
    fn add(&mut self, name: &str, value: &str) {
        let shown = begin(value, LONGEST_VALUE);
        let bytes = self.bytes + name.len() + shown.len() + 2;
        let shown_whole = shown.len() == value.len();
        let shown: String = shown
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        if let Some((place, (_, taken))) = self
            .list
            .iter()
            .enumerate()
            .find(|(_, (other, _))| other == name)
        {
            // `user_id` and `user.id` have the same name and usually the same value.
            self.cut |= place >= self.of_event && *taken != shown;
            return;
        }
        if self.list.len() >= MOST || bytes > MOST_BYTES || name.len() > LONGEST_NAME {
            self.cut = true;
            return;
        }
        self.cut |= !shown_whole;
        self.bytes = bytes;
        self.list.push((name.to_owned(), shown));
    }
}

/// The longest beginning of a text that fits into so many bytes.
fn begin(text: &str, bytes: usize) -> &str {
    (0..=bytes.min(text.len()))
        .rev()
        .find_map(|end| text.get(..end))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::ToSpan;
    use proptest::prelude::*;
    use serde_json::json;
    use twitchat_bridge::event::Received;

    use super::*;
    use crate::cli::receiving::decode::Decoder;

    fn line(data: Value) -> Line {
        let at = jiff::Timestamp::UNIX_EPOCH;
        Line {
            at,
            from: From::Twitchat,
            name: "Twitchat.FOLLOW".into(),
            id: json!("f1"),
            data,
            counterpart: Value::Null,
            replay: false,
        }
    }

    fn made(data: Value) -> Vec<(String, String)> {
        of(&line(data)).split_off(5)
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.into(), value.into())
    }

    #[test]
    fn an_event_in_variables() {
        let data = json!({ "user": { "login": "anna_b", "displayName": "Anna\u{1b}[31m\n\0B" },
            "bits": 100, "isTest": false, "none": null,
            "recipients": [{ "login": "x" }], "größe-1": "é" });
        let mut all = of(&Line {
            replay: true,
            ..line(data)
        });
        all.sort();
        let expected = [
            pair("TWITCHAT_AT", "1970-01-01T00:00:00.000Z"),
            pair("TWITCHAT_DATA_BITS", "100"),
            pair("TWITCHAT_DATA_GR__E_1", "é"),
            pair("TWITCHAT_DATA_ISTEST", "false"),
            pair("TWITCHAT_DATA_RECIPIENTS_0_LOGIN", "x"),
            pair("TWITCHAT_DATA_USER_DISPLAYNAME", "Anna [31m  B"),
            pair("TWITCHAT_DATA_USER_LOGIN", "anna_b"),
            pair("TWITCHAT_ID", "f1"),
            pair("TWITCHAT_NAME", "Twitchat.FOLLOW"),
            pair("TWITCHAT_REPLAY", "1"),
            pair("TWITCHAT_SOURCE", "Twitchat"),
            pair("TWITCHAT_TYPE", "FOLLOW"),
        ];
        assert_eq!(all, expected);
    }

    const EXAMPLES: [&str; 2] = [
        include_str!("../../../tests/fixtures/twitchat_examples.ndjson"),
        include_str!("../../../tests/fixtures/twitchat_v17_examples.ndjson"),
    ];

    /// Times are replaced, because they depend on how long an event waits.
    fn of_data(line: &Line) -> BTreeMap<String, String> {
        let is_time = |value: &str| value.parse::<jiff::Timestamp>().is_ok();
        let all = of(line)
            .into_iter()
            .filter(|(name, _)| name.starts_with("TWITCHAT_DATA_") || name == "TWITCHAT_CUT");
        all.map(|(name, value)| {
            if is_time(&value) {
                (name, "a time".into())
            } else {
                (name, value)
            }
        })
        .collect()
    }

    #[test]
    fn a_message_and_the_event_that_it_becomes_set_the_same_variables() {
        let mut compared = BTreeMap::new();
        for line in EXAMPLES.iter().flat_map(|examples| examples.lines()) {
            let Ok(received) = Received::read(line) else {
                continue;
            };
            // A decoder for each message, because a gift or a line of another message would change
            // its event.
            let mut decoder = Decoder::default();
            let at = jiff::Timestamp::UNIX_EPOCH;
            let mut lines = decoder.receive(&received, at);
            lines.extend(decoder.tick(at + 3.seconds()));
            let Some(message) = lines.iter().find(|line| line.from == From::Twitchat) else {
                continue;
            };
            let Some(event) = lines.iter().find(|line| line.from == From::Mapped) else {
                continue;
            };
            assert_eq!(
                of_data(message),
                of_data(event),
                "{} and {}",
                message.name,
                event.name
            );
            *compared.entry(message.name.clone()).or_insert(0) += 1;
        }
        for kind in [
            "FOLLOW",
            "ON_FOLLOW",
            "BITS",
            "SUBSCRIPTION",
            "REWARD_REDEEM",
            "MESSAGE_FIRST",
            "POLL_PROGRESS",
            "TIMER_START",
        ] {
            assert!(
                compared.contains_key(&format!("Twitchat.{kind}")),
                "{kind}: {compared:?}"
            );
        }
    }

    #[test]
    fn the_event_wins_if_a_message_has_the_same_name() {
        let event = json!({ "message": { "text": "hi" }, "bits": 100 });
        let message = json!({ "message": "hi", "bits": "a hundred", "pinned": true });
        let of_message = Line {
            counterpart: event.clone(),
            ..line(message.clone())
        };
        let of_event = Line {
            from: From::Mapped,
            name: "Twitch.Cheer".into(),
            counterpart: message,
            ..line(event)
        };
        let expected = [
            ("BITS", "100"),
            ("MESSAGE", "hi"),
            ("MESSAGE_TEXT", "hi"),
            ("PINNED", "true"),
        ];
        let expected: BTreeMap<_, _> = expected
            .into_iter()
            .map(|(name, value)| pair(&format!("TWITCHAT_DATA_{name}"), value))
            .collect();
        assert_eq!(
            (of_data(&of_message), of_data(&of_event)),
            (expected.clone(), expected)
        );
    }

    #[test]
    fn a_long_value_is_cut_and_marked() {
        let long = made(json!({ "text": "é".repeat(2_000) }));
        assert_eq!(
            long,
            [
                pair("TWITCHAT_DATA_TEXT", &"é".repeat(1_024)),
                pair("TWITCHAT_CUT", "1")
            ]
        );
        let many = made(json!((0..1_000).collect::<Vec<_>>()));
        assert_eq!(
            (many.len(), many.last()),
            (MOST - 5 + 1, Some(&pair("TWITCHAT_CUT", "1")))
        );
        assert_eq!(
            made(json!({ "a b": 1, "a-b": 2 })),
            [pair("TWITCHAT_DATA_A_B", "1"), pair("TWITCHAT_CUT", "1")]
        );
        assert_eq!(
            made(json!({ "user_id": "7", "user": { "id": "7" } })),
            [pair("TWITCHAT_DATA_USER_ID", "7")],
            "nothing is lost"
        );
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<String>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            Just(Value::Null),
            any::<bool>().prop_map(Value::from)
        ];
        leaf.prop_recursive(6, 256, 12, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..12).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..12)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn names_and_values_are_harmless_and_bounded(data in any_json()) {
            let all = of(&line(data));
            prop_assert!(all.len() <= MOST + 1);
            prop_assert!(all.iter().map(|(name,
                value)| name.len() + value.len()).sum::<usize>() <= MOST_BYTES + 20);
            for (name, value) in all {
                prop_assert!(name.starts_with("TWITCHAT_"));
                let is_allowed =
                    |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
                prop_assert!(name.bytes().all(is_allowed));
                prop_assert!(!value.chars().any(char::is_control) && value.len() <= LONGEST_VALUE);
            }
        }
    }
}
