//! What templates and expressions see.

use std::{collections::BTreeMap, sync::Arc};

use minijinja::{Value, value::Serde};
use serde::Serialize;

use super::latest::{Last, Latest};

/// The names at the top. docs/rules.md tells what is in them.
pub(super) const NAMES: [&str; 8] = [
    "event",
    "data",
    "args",
    "credits",
    "state",
    "session",
    "broadcaster",
    "last",
];

/// Which of `NAMES` a template needs: only these are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Uses(u16);

/// Beside the bits of `NAMES`: `last(…)` may name one of Twitchat's own messages.
const LAST_OF_TWITCHAT: u16 = 1 << NAMES.len();

impl Uses {
    pub(super) fn of(names: &[&str]) -> Self {
        Self(
            names
                .iter()
                .map(|name| bit(name))
                .fold(0, |all, bit| all | bit),
        )
    }

    pub(super) fn add(&mut self, name: &str) {
        self.0 |= bit(name);
    }

    /// Those of both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether this one is needed.
    pub fn has(self, name: &str) -> bool {
        self.0 & bit(name) != 0
    }

    /// `last(…)` may name one of Twitchat's own messages, as in `last("Twitchat.CURRENT_TRACK")`.
    pub(super) fn add_last_of_twitchat(&mut self) {
        self.0 |= LAST_OF_TWITCHAT;
    }

    /// Whether `last(…)` may name one of Twitchat's own messages.
    pub(super) fn has_last_of_twitchat(self) -> bool {
        self.0 & LAST_OF_TWITCHAT != 0
    }

    /// All that are needed.
    pub fn iter(self) -> impl Iterator<Item = &'static str> {
        NAMES.into_iter().filter(move |name| self.has(name))
    }
}

fn bit(name: &str) -> u16 {
    NAMES
        .iter()
        .position(|known| *known == name)
        .map_or(0, |place| 1 << place)
}

/// A part of a context, made once and cheap to clone.
#[derive(Debug, Clone)]
pub struct Part(Value);

impl Part {
    /// Of anything that can be written as JSON.
    pub fn of(value: &impl Serialize) -> Self {
        Self(Value::from(Serde(value)))
    }
}

/// What one template or expression is filled in with. Parts that are not set are not there for it.
#[derive(Debug, Clone, Default)]
pub struct Context {
    parts: BTreeMap<&'static str, Value>,
}

impl Context {
    /// With `event` and `data`.
    pub fn of_event(source: &str, kind: &str, data: &impl Serialize) -> Self {
        let event = BTreeMap::from([
            ("source", source.to_owned()),
            ("type", kind.to_owned()),
            ("name", format!("{source}.{kind}")),
        ]);
        Self::default()
            .with("event", Part::of(&event))
            .with("data", Part::of(data))
    }

    /// With one more part. A name that is none of `NAMES` changes nothing.
    #[must_use]
    pub fn with(mut self, name: &str, part: Part) -> Self {
        if let Some(name) = NAMES.into_iter().find(|known| *known == name) {
            self.parts.insert(name, part.0);
        }
        self
    }

    /// With `last(…)`.
    #[must_use]
    pub fn with_last(mut self, latest: &Arc<Latest>) -> Self {
        self.parts
            .insert("last", Value::from_object(Last(Arc::clone(latest))));
        self
    }

    /// The event and what came with it, for a program's standard input.
    pub(super) fn to_json(&self) -> String {
        let parts: BTreeMap<_, _> = self
            .parts
            .iter()
            .filter(|(name, _)| ["event", "data", "args"].contains(name))
            .collect();
        serde_json::to_string(&parts).unwrap_or_default()
    }

    pub(super) fn root(&self) -> Value {
        Value::from_pairs(
            self.parts
                .iter()
                .map(|(name, value)| (*name, value.clone())),
        )
    }
}
