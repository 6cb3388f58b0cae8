//! An event that rules may react to, and why a rule runs on it or not.

use std::fmt;

use serde_json::Value;

use crate::{
    automation::{book::Once, jinja::EvaluationError},
    event::EventName,
};

/// How many times in a row what rules cause may cause more, where a rule asks for it.
pub const DEEPEST: u8 = 8;

/// Where an event comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cause {
    #[default]
    Outside,
    /// A recording that is played back.
    Replay,
    /// A run, so many causes deep: 1 for what a rule itself brought about.
    Run(u8),
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Occurrence {
    /// The event's name.
    pub name: EventName,
    pub data: Value,
    /// Where it comes from.
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

/// Why a rule runs or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It runs, or waits for its turn.
    Runs,
    /// It is for other events.
    OtherEvent,
    /// It is switched off.
    Disabled,
    /// A rule or action caused the event.
    SelfCaused,
    /// The event is played back.
    Replayed,
    /// What rules cause has caused more too often.
    TooDeep,
    /// It ran a short while ago.
    CoolingDown { left_ms: u64 },
    /// It ran in this session already, for this person or at all.
    AlreadyRan(Once),
    /// The event names nobody, and it runs once per person.
    NoPerson,
    /// Its condition does not hold.
    ConditionFalse,
    /// Its condition cannot be told.
    ConditionFailed(EvaluationError),
    /// Too many runs of it are under way.
    Busy,
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Runs => f.write_str("runs"),
            Self::OtherEvent => f.write_str("is for other events"),
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
            Self::ConditionFalse => f.write_str("its condition does not hold"),
            Self::ConditionFailed(why) => write!(f, "its condition could not be evaluated: {why}"),
            Self::Busy => f.write_str("too many runs of it are under way"),
        }
    }
}
