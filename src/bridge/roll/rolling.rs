//! The current roll.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{guests::Guests, hidden::Shown, position::Position};
use crate::{
    bridge::io::Now,
    credits::roll::{Kind, Reason},
    request::{Report, RollOptions},
};

/// Why a roll was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::bridge) enum Cause {
    /// A request or a rule asked for it.
    #[serde(rename = "request")]
    Asked,
    /// Its scene went on air. The roll ends when the scene leaves.
    Scene,
    /// A button in Twitchat was pressed.
    Twitchat,
}

/// The key of the revision in the object of a roll that was made again.
pub(super) const REVISION: &str = "revision";

/// Why a roll takes as long as it does.
#[derive(Debug, Clone, Default)]
pub(super) struct Why {
    /// By the estimate, until a page reports it.
    pub(super) pace: Reason,
    /// Why the length of its music is unknown; `None` if it is known, or not needed.
    pub(super) no_music: Option<String>,
}

/// The state of the current roll.
#[derive(Debug)]
pub(super) struct Rolling {
    pub(super) id: Uuid,
    pub(super) test: bool,
    pub(super) cause: Cause,
    /// The object that pages receive, except for the roll's position. It is empty if only a page
    /// has it.
    pub(super) object: Map<String, Value>,
    pub(super) position: Position,
    /// Length of a pass: the estimate, until a page reports the measured length.
    pub(super) length_ms: f64,
    /// Why it takes so long.
    pub(super) why: Why,
    /// When each section is in the middle of the picture, by the estimate.
    pub(super) starts_ms: Vec<f64>,
    pub(super) sections: Vec<(Box<str>, Vec<Kind>)>,
    pub(super) names: usize,
    pub(super) passes: Passes,
    /// The section at which Twitchat holds the roll.
    pub(super) held: Option<Box<str>>,
    /// The places of people in it, and which of them are hidden.
    pub(super) people: Shown,
    pub(super) guests: Guests,
    pub(super) made: Made,
}

/// How often a roll is shown.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Passes {
    pub(super) repeat: bool,
    /// When the last pass ended, on the monotonic clock; `None` if there was none.
    pub(super) last_ms: Option<u64>,
}

/// What a roll was made of, to make it again when the plan changes.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// Whether it shows the credits of a session that is not the running one.
    pub(super) of_earlier: bool,
    /// `None` if its content cannot be made again: of an earlier session, or of a test in an
    /// earlier run of the bridge.
    pub(super) options: Option<RollOptions>,
    pub(super) music_seconds: Option<f64>,
    /// The look by the settings and the options, without later controls.
    pub(super) look: Map<String, Value>,
    /// The estimate of the length of a pass.
    pub(super) length_ms: f64,
}

impl Rolling {
    /// A roll that is known from the report of a page alone. It counts as a test unless the page
    /// reports that it is none: the end of a test stops no stream.
    pub(super) fn reported(id: Uuid, report: &Report, now: Now) -> Self {
        Self {
            id,
            test: report.test.unwrap_or(true),
            cause: Cause::Asked,
            object: Map::new(),
            position: Position::start(now.mono_ms),
            length_ms: report.seconds.unwrap_or_default() * 1_000.0,
            why: Why {
                pace: report.pace.unwrap_or_default(),
                no_music: None,
            },
            starts_ms: Vec::new(),
            sections: Vec::new(),
            names: report.names.unwrap_or_default(),
            passes: Passes::default(),
            held: None,
            people: Shown::default(),
            guests: Guests::default(),
            made: Made::default(),
        }
    }

    /// How often its content was made again.
    pub(super) fn revision(&self) -> u64 {
        self.object
            .get(REVISION)
            .and_then(Value::as_u64)
            .unwrap_or_default()
    }

    /// Whether the bridge can send it to pages that load later.
    pub(super) fn is_whole(&self) -> bool {
        !self.object.is_empty()
    }

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
