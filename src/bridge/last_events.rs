//! The last event of each kind, for `last(…)` in labels and rules. The events are kept only if a
//! label or rule uses `last(…)`.
//!
//! They follow from the emitted events in their order, and after a restart from the rows of the
//! journal. Some kinds of events have no row in the running session. For these kinds, the last
//! events are stored each minute.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{output::Output, time};
use crate::{
    automation::{Latest, LatestEntry},
    credits::{LeftOut, people::People},
    event::{EventName, Person, Platform, cut, name::TWITCHAT},
    mapping,
};

/// JSON pointers to the name in an event's data. The first pointer to a value is used, as in the
/// lists below.
const NAME: [&str; 9] = [
    "/displayName",
    "/user_name",
    "/user/displayName",
    "/user/name",
    "/user/display",
    "/message/displayName",
    "/from",
    "/username",
    "/name",
];
const LOGIN: [&str; 6] = [
    "/userName",
    "/user_login",
    "/userLogin",
    "/user/login",
    "/message/username",
    "/login",
];
const ID: [&str; 5] = ["/userId", "/user_id", "/user/id", "/message/userId", "/id"];
const AMOUNT: [&str; 14] = [
    "/viewers",
    "/bits",
    "/message/bits",
    "/gifts",
    MONTHS,
    "/cost",
    "/amount",
    "/total",
    "/points",
    "/width",
    "/level",
    "/value",
    "/totalSubsGifted",
    "/viewerCount",
];
/// In a resubscription, this is 0 if the number of months is unknown.
const MONTHS: &str = "/cumulativeMonths";
const CURRENCY: [&str; 3] = ["/currency", "/currencyCode", "/formattedCurrency"];
const WHAT: [&str; 7] = [
    "/reward/title",
    "/title",
    "/gameName",
    "/game/name",
    "/scene/name",
    "/tier",
    "/subTier",
];
/// JSON pointers to the ids of the people who receive a subscription.
const RECIPIENTS: [&str; 3] = ["/recipient/id", "/recipientUserId", "/recipient_user_id"];
/// Data with more bytes than this is not remembered.
const LARGEST: usize = 4_096;

/// The greatest length of a remembered text, in characters.
const LONGEST: usize = 300;

fn meta(value: &Value) -> Value {
    value
        .as_str()
        .map_or_else(|| value.clone(), |text| cut(text, LONGEST).into())
}

fn named(entry: &LatestEntry) -> Vec<Person> {
    let source = entry.event.split('.').next().unwrap_or_default();
    let platform = if matches!(source, "Twitch" | "Misc" | "General" | TWITCHAT) {
        Platform::Twitch
    } else {
        Platform::parse(source)
    };
    let text = |key: &str| entry.rest.get(key).map(plain).unwrap_or_default();
    let data = entry.rest.get("data").unwrap_or(&Value::Null);
    let in_list = data
        .get("recipients")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|one| one.get("id"));
    let recipients = RECIPIENTS
        .iter()
        .filter_map(|place| data.pointer(place))
        .chain(in_list);
    Person::on(platform, &text("id"), &text("login"), &text("name"))
        .into_iter()
        .chain(recipients.filter_map(|id| Person::on(platform, &plain(id), "", "")))
        .collect()
}

/// The text of a string or of a number. Empty for other values.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(
        || {
            value
                .as_number()
                .map(ToString::to_string)
                .unwrap_or_default()
        },
        str::to_owned,
    )
}

#[derive(Debug)]
pub(super) struct LastEvents {
    /// Whether a rule or a label uses `last(…)`.
    is_wanted: bool,
    latest: Arc<Latest>,
    /// The JSON that was stored last.
    stored: Option<Box<str>>,
}

impl LastEvents {
    /// `json` is the stored value of the last run. It is used only if `is_wanted` is `true`.
    pub(super) fn new(is_wanted: bool, json: Option<&str>) -> Self {
        Self {
            is_wanted,
            latest: json
                .filter(|_| is_wanted)
                .map_or_else(Arc::default, |json| Arc::new(Latest::recall(json))),
            stored: None,
        }
    }

    /// Called when rules and labels have changed. They may use `last(…)` now, or may no longer use
    /// it.
    pub(super) fn keep_on(&mut self, is_wanted: bool) {
        self.is_wanted = is_wanted;
    }

    pub(super) fn note(&mut self, name: &EventName, data: &Value, at_ms: i64) {
        Arc::make_mut(&mut self.latest).note(
            &name.to_string(),
            &time::instant(at_ms),
            remembered(name, data),
        );
    }

    /// The last events, without events that name a banned or hidden person. For these, `last(…)`
    /// returns an earlier event.
    pub(super) fn shown(&mut self, left_out: &LeftOut<'_>, people: &People) -> &Arc<Latest> {
        let hidden = |entry: &LatestEntry| {
            named(entry)
                .iter()
                .filter_map(|who| people.find(who))
                .any(|who| left_out.is_banned(who) || people.is_hidden(who))
        };
        if self.latest.differs(hidden) {
            Arc::make_mut(&mut self.latest).mark(hidden);
        }
        &self.latest
    }

    /// Stores the last events for the next run, if they have changed.
    pub(super) fn keep(&mut self, out: &mut Output) {
        if self.is_wanted {
            let json = self.latest.to_json();
            if self.stored.as_deref() != Some(&json) {
                self.stored = Some(json.as_str().into());
                out.keep("latest", json);
            }
        }
    }
}

fn remembered(name: &EventName, data: &Value) -> Map<String, Value> {
    let is_resub = matches!(&*name.kind, "ReSub" | "Resubscription");
    let mut rest = Map::new();
    for (key, places) in [
        ("name", &NAME[..]),
        ("login", &LOGIN),
        ("id", &ID),
        ("amount", &AMOUNT),
        ("currency", &CURRENCY),
        ("what", &WHAT),
    ] {
        let there = places
            .iter()
            .filter_map(|place| Some((*place, data.pointer(place)?)));
        let is_unknown =
            |place: &str, value: &Value| is_resub && place == MONTHS && value.as_u64() == Some(0);
        let mut known = there
            .filter(|(place, value)| !is_unknown(place, value))
            .map(|(_, value)| value);
        let found = known.find(|value| match value {
            Value::String(text) => !text.is_empty(),
            Value::Number(_) => true,
            _ => false,
        });
        rest.insert(key.into(), found.map_or_else(|| "".into(), meta));
    }
    let meta = serde_json::value::to_raw_value(data)
        .ok()
        .map(|raw| mapping::strip_texts(&raw))
        .filter(|data| data.len() <= LARGEST);
    rest.insert(
        "data".into(),
        meta.and_then(|data| serde_json::from_str(&data).ok())
            .unwrap_or_else(|| Value::Object(Map::new())),
    );
    rest
}
