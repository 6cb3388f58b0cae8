//! A roll that is on.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::{hidden::Shown, position::Position};
use crate::{bridge::io::Now, credits::roll::Kind};

/// Who asked for a roll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bridge) enum Cause {
    /// A request, a rule.
    Asked,
    /// Its scene went on air; it ends when the scene leaves.
    Scene,
    /// A button in Twitchat.
    Twitchat,
}

/// A roll that is on.
#[derive(Debug)]
pub(super) struct Rolling {
    pub(super) id: Uuid,
    pub(super) test: bool,
    pub(super) cause: Cause,
    /// What pages are sent, but for how far it is.
    pub(super) object: Map<String, Value>,
    pub(super) position: Position,
    /// How long it takes: the estimate, until a page has measured.
    pub(super) length_ms: f64,
    /// Where each section is in the middle, by the estimate.
    pub(super) starts_ms: Vec<f64>,
    pub(super) sections: Vec<(Box<str>, Vec<Kind>)>,
    pub(super) names: usize,
    pub(super) repeats: bool,
    /// When its last pass ended, if it repeats.
    pub(super) passed_ms: Option<u64>,
    /// The section that Twitchat holds it at.
    pub(super) held: Option<Box<str>>,
    /// Where people stand in it, and who of them is hidden.
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

    /// The section that is in the middle, by the estimate.
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
