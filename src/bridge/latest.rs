//! The last event of each kind, for `last(…)` in labels and rules. Kept only where one of them asks
//! for it.
//!
//! It is a fold over events in the order in which they are told, and over the journal's rows at a
//! restart; in between it is written down each minute, for kinds that no row of the running session
//! tells.

use std::sync::Arc;

use serde_json::{Map, Value, value::RawValue};

use super::{Bridge, port::Now, status};
use crate::{
    automation::{Latest, LatestEntry},
    credits::LeftOut,
    event::{EventName, Fact, Person, Platform, cut, name::TWITCHAT},
    mapping::{self, render},
};

/// Where an event's data has these, the first that is there.
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
/// In a resubscription 0 means unknown.
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
/// Whom an event names besides: who is given a subscription.
const RECIPIENTS: [&str; 3] = ["/recipient/id", "/recipientUserId", "/recipient_user_id"];
/// Data larger than this is not remembered.
const LARGEST: usize = 4_096;

/// Characters of one value that are remembered.
const LONGEST: usize = 300;

fn kept(value: &Value) -> Value {
    value
        .as_str()
        .map_or_else(|| value.clone(), |text| cut(text, LONGEST).into())
}

/// The people whom an event names.
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

/// A text or a number as text.
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

impl Bridge {
    /// An event is told, or is not told but happened.
    pub(super) fn note_event(&mut self, name: &EventName, data: &Value, at_ms: i64) {
        if !self.rules.wants_latest {
            return;
        }
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
            let is_unknown = |place: &str, value: &Value| {
                is_resub && place == MONTHS && value.as_u64() == Some(0)
            };
            let mut known = there
                .filter(|(place, value)| !is_unknown(place, value))
                .map(|(_, value)| value);
            let found = known.find(|value| match value {
                Value::String(text) => !text.is_empty(),
                Value::Number(_) => true,
                _ => false,
            });
            rest.insert(key.into(), found.map_or_else(|| "".into(), kept));
        }
        let kept = serde_json::value::to_raw_value(data)
            .ok()
            .map(|raw| mapping::strip_texts(&raw))
            .filter(|data| data.len() <= LARGEST);
        rest.insert(
            "data".into(),
            kept.and_then(|data| serde_json::from_str(&data).ok())
                .unwrap_or_else(|| Value::Object(Map::new())),
        );
        Arc::make_mut(&mut self.rules.latest).note(
            &name.to_string(),
            &status::instant(at_ms),
            rest,
        );
        self.rules.labels.touch();
    }

    /// A fact that is not told: a replayed row, a row of a summary, what a publisher's own data is
    /// told of.
    pub(super) fn note_fact(&mut self, fact: &Fact, at_ms: i64) {
        if !self.rules.wants_latest {
            return;
        }
        let mut fact = fact.clone();
        fact.each_person(|person| self.fold.people.complete(person));
        let broadcaster = self.broadcaster();
        let context = render::Context {
            at_ms,
            id: "",
            broadcaster: broadcaster.as_ref(),
        };
        if let Some(event) = render::event(&fact, &context) {
            self.note_event(&event.name, &event.data, at_ms);
        }
    }

    /// A message of Twitchat's own.
    pub(super) fn note_message(&mut self, kind: &str, data: Option<&RawValue>, now: Now) {
        if self.rules.wants_twitchat {
            let data = data
                .and_then(|data| serde_json::from_str(data.get()).ok())
                .unwrap_or_default();
            self.note_event(&EventName::new(TWITCHAT, kind), &data, now.wall_ms);
        }
    }

    /// Marks the events that name somebody who is banned: `last(…)` gives the one before.
    pub(super) fn hide_latest(&mut self) {
        let left_out = LeftOut::new(&self.fold, &self.settings.credits.ignore);
        let people = &self.fold.people;
        let hidden = |entry: &LatestEntry| {
            named(entry)
                .iter()
                .filter_map(|who| people.find(who))
                .any(|who| left_out.is_banned(who))
        };
        if self.rules.latest.differs(hidden) {
            Arc::make_mut(&mut self.rules.latest).mark(hidden);
        }
    }

    /// What was kept before a restart.
    pub(super) fn recall_latest(&mut self, json: Option<&str>) {
        if let Some(json) = json.filter(|_| self.rules.wants_latest) {
            self.rules.latest = Arc::new(Latest::recall(json));
        }
    }

    /// Keeps it, for the next run.
    pub(super) fn keep_latest(&mut self) {
        if self.rules.wants_latest {
            let json = self.rules.latest.to_json();
            if self.rules.latest_kept.as_deref() != Some(&json) {
                self.rules.latest_kept = Some(json.as_str().into());
                self.keep("latest", json);
            }
        }
    }
}
