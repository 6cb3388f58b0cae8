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

bitflags::bitflags! {
    /// Which of `NAMES` a template needs, in their order: only these are made.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub struct Uses: u16 {
        const EVENT = 1;
        const DATA = 1 << 1;
        const ARGS = 1 << 2;
        const CREDITS = 1 << 3;
        const STATE = 1 << 4;
        const SESSION = 1 << 5;
        const BROADCASTER = 1 << 6;
        const LAST = 1 << 7;
        /// `last(…)` may name one of Twitchat's own messages, as in
        /// `last("Twitchat.CURRENT_TRACK")`.
        const LAST_OF_TWITCHAT = 1 << 8;
    }
}

impl Uses {
    /// The one of `NAMES`; empty for any other name.
    pub fn named(name: &str) -> Self {
        let place = NAMES.iter().position(|known| *known == name);
        place.map_or(Self::empty(), |place| Self::from_bits_truncate(1 << place))
    }

    /// All of `NAMES` that are needed.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let is_needed = move |name: &&str| self.contains(Self::named(name));
        NAMES.into_iter().filter(is_needed)
    }
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
