//! An event that rules may react to, and the decision whether a rule runs on it.

use std::fmt;

use serde_json::Value;

use crate::{
    automation::{book::Once, jinja::EvaluationError},
    event::EventName,
};

/// The greatest causality depth at which a rule with `on_own` still runs.
pub const DEEPEST: u8 = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cause {
    #[default]
    Outside,
    /// The event comes from a recording that is being played back.
    Replay,
    /// A run caused the event. The number is the causality depth, which is 1 for an event that a
    /// rule caused directly.
    Run(u8),
}

/// An event that rules may react to.
#[derive(Debug, Clone, PartialEq)]
pub struct Occurrence {
    pub name: EventName,
    pub data: Value,
    pub cause: Cause,
}

impl Occurrence {
    pub(super) fn depth(&self) -> u8 {
        if let Cause::Run(depth) = self.cause {
            depth
        } else {
            0
        }
    }
}

/// Whether a rule runs on an event, or why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The rule runs, or its run waits for a free slot.
    Runs,
    /// The rule does not react to events of this name.
    OtherEvent,
    /// The rule is switched off.
    Disabled,
    /// A rule or action caused the event, and the rule has no `on_own`.
    SelfCaused,
    /// The event is played back, and the rule has no `on_replay`.
    Replayed,
    /// Rules have caused one another more than [`DEEPEST`] times in a row.
    TooDeep,
    /// The rule ran a short while ago.
    CoolingDown {
        left_ms: u64,
    },
    /// The rule has already run in this session, for this person or for anybody.
    AlreadyRan(Once),
    /// The rule runs once per person, but the event names nobody.
    NoPerson,
    ConditionFalse,
    /// The condition of the rule could not be evaluated.
    ConditionFailed(EvaluationError),
    /// Too many runs of the rule are active or waiting.
    Busy,
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Runs => f.write_str("runs"),
            Self::OtherEvent => f.write_str("reacts to other events"),
            Self::Disabled => f.write_str("is switched off"),
            Self::SelfCaused => f.write_str("a rule caused the event, and on_own is not set"),
            Self::Replayed => f.write_str("the event is played back, and on_replay is not set"),
            Self::TooDeep => write!(f, "rules have caused one another {DEEPEST} times in a row"),
            Self::CoolingDown { left_ms } => write!(f, "cools down for another {left_ms} ms"),
            Self::AlreadyRan(Once::Person) => {
                f.write_str("ran for this person in this session already")
            }
            Self::AlreadyRan(Once::Session) => f.write_str("ran in this session already"),
            Self::NoPerson => f.write_str("runs once per person, but the event names no person"),
            Self::ConditionFalse => f.write_str("its condition is false"),
            Self::ConditionFailed(why) => write!(f, "its condition could not be evaluated: {why}"),
            Self::Busy => f.write_str("too many of its runs are active or waiting"),
        }
    }
}
