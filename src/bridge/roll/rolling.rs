//! The current roll.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::{hidden::Shown, position::Position};
use crate::{bridge::io::Now, credits::roll::Kind};

/// Why a roll was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bridge) enum Cause {
    /// A request or a rule asked for it.
    Asked,
    /// Its scene went on air. The roll ends when the scene leaves.
    Scene,
    /// A button in Twitchat was pressed.
    Twitchat,
}

/// The state of the current roll.
#[derive(Debug)]
pub(super) struct Rolling {
    pub(super) id: Uuid,
    pub(super) test: bool,
    /// Whether it shows the credits of a session that is not the running one.
    pub(super) of_earlier: bool,
    pub(super) cause: Cause,
    /// The object that pages receive, except for the roll's position.
    pub(super) object: Map<String, Value>,
    pub(super) position: Position,
    /// Length of a pass: the estimate, until a page reports what it has measured.
    pub(super) length_ms: f64,
    /// When each section is in the middle of the picture, by the estimate.
    pub(super) starts_ms: Vec<f64>,
    pub(super) sections: Vec<(Box<str>, Vec<Kind>)>,
    pub(super) names: usize,
    pub(super) repeats: bool,
    /// When its last pass ended, on the monotonic clock; `None` if it has had none.
    pub(super) passed_ms: Option<u64>,
    /// The section at which Twitchat holds the roll.
    pub(super) held: Option<Box<str>>,
    /// The places of people in it, and which of them are hidden.
    pub(super) people: Shown,
}

impl Rolling {
    pub(super) fn object(&self, now: Now) -> Map<String, Value> {
        let mut object = self.object.clone();
        self.people.write(&mut object);
        object.insert(
            "elapsedMs".into(),
            self.position.elapsed_ms(now.mono_ms).into(),
        );
        object.insert("paused".into(), self.position.is_paused().into());
        object.insert("rate".into(), self.position.factor().into());
        object
    }

    pub(super) fn seconds(&self) -> f64 {
        self.length_ms / 1_000.0
    }

    /// Index of the section in the middle of the picture, by the estimate.
    pub(super) fn section_at(&self, at_ms: f64) -> Option<usize> {
        self.starts_ms
            .iter()
            .rposition(|start| *start <= at_ms + 1.0)
    }

    pub(super) fn state(&self) -> &'static str {
        if self.position.is_paused() {
            "paused"
        } else {
            "rolling"
        }
    }
}
