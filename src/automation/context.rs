//! The values that templates and expressions can read.

use std::{collections::BTreeMap, sync::Arc};

use minijinja::{Value, value::Serde};
use serde::Serialize;

use super::{
    latest::{Last, Latest},
    supposed::{merge, suppose_last},
};

/// The names of the parts. docs/rules.md describes their contents.
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
    /// The set of the [`NAMES`] that a template or expression uses. Only these parts of a context
    /// are made.
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
    /// The set is empty if the name is not in `NAMES`.
    pub fn named(name: &str) -> Self {
        let place = NAMES.iter().position(|known| *known == name);
        place.map_or(Self::empty(), |place| Self::from_bits_truncate(1 << place))
    }

    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let is_needed = move |name: &&str| self.contains(Self::named(name));
        NAMES.into_iter().filter(is_needed)
    }
}

/// The value of one name in templates. Cloning it is cheap.
#[derive(Debug, Clone)]
pub struct Part(Value);

impl Part {
    pub fn of(value: &impl Serialize) -> Self {
        Self(Value::from(Serde(value)))
    }
}

/// The values for one template or expression. A template cannot read parts that are not set.
#[derive(Debug, Clone, Default)]
pub struct Context {
    parts: BTreeMap<&'static str, Value>,
}

impl Context {
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

    /// Does nothing if the name is not in `NAMES`.
    #[must_use]
    pub fn with(mut self, name: &str, part: Part) -> Self {
        if let Some(name) = NAMES.into_iter().find(|known| *known == name) {
            self.parts.insert(name, part.0);
        }
        self
    }

    /// Adds the function `last(…)`, which reads these events.
    #[must_use]
    pub fn with_last(mut self, latest: &Arc<Latest>) -> Self {
        self.parts
            .insert("last", Value::from_object(Last(Arc::clone(latest))));
        self
    }

    /// Replaces values of the parts that are set: objects are merged, and all other values are
    /// replaced. `event` and `data` do not change.
    #[must_use]
    pub fn suppose(mut self, supposed: &serde_json::Map<String, serde_json::Value>) -> Self {
        for (name, part) in &mut self.parts {
            let Some(assumed) = supposed.get(*name) else {
                continue;
            };
            match *name {
                "event" | "data" => {}
                "last" => {
                    let known = part.downcast_object_ref::<Last>();
                    let mut latest = known.map_or_else(Latest::default, |last| (*last.0).clone());
                    suppose_last(&mut latest, assumed);
                    *part = Value::from_object(Last(Arc::new(latest)));
                }
                _ => {
                    let mut value = serde_json::to_value(&*part).unwrap_or_default();
                    merge(&mut value, assumed);
                    *part = Value::from(Serde(&value));
                }
            }
        }
        self
    }

    /// `event`, `data` and `args` as JSON, for a program's standard input.
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
