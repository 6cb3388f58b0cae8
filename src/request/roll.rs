//! Requests about the end credits: rolling them, steering them, and what pages report.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::credits::{roll::Mode, test_audience::TestAudience};

/// What a roll is wished to be; what is left open follows the config.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RollOptions {
    /// Test data instead of the credits.
    pub test: bool,
    /// Roll this made-up audience; `None` rolls the people that were seen.
    pub test_audience: Option<TestAudience>,
    /// How long it takes in all.
    pub seconds: Option<f64>,
    /// Pixels a second.
    pub speed: Option<f64>,
    /// Seconds before it begins.
    pub delay: Option<f64>,
    /// Scrolling or slides.
    pub mode: Option<Mode>,
    pub theme: Option<Box<str>>,
    /// Whether it begins again at its end.
    pub repeats: Option<bool>,
}

/// What is to be done to a roll.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    Stop,
    Pause,
    Resume,
    /// To the next section.
    Next,
    /// To the section before.
    Previous,
    /// So many times as fast as configured; negative: backwards.
    Speed(f64),
    /// To a place.
    Goto(Place),
    /// Another look from now on: part of what `look` of a roll holds.
    Look(Map<String, Value>),
}

/// A place in a roll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A section by its id.
    Section(Box<str>),
    /// A section by its number, from 0.
    Index(usize),
    /// Milliseconds from the beginning.
    At(u64),
}

/// What a page of the end credits says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Which page: `credits`.
    pub page: Box<str>,
    /// What it does.
    pub state: PageState,
    /// Which roll it shows, or showed last.
    pub roll: Option<Uuid>,
    /// How long that takes in all, once it has measured.
    pub seconds: Option<f64>,
    /// What the user should know.
    pub warnings: Vec<Box<str>>,
}

/// What a page does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase", ascii_case_insensitive)]
#[expect(missing_docs, reason = "the names say it")]
pub enum PageState {
    Idle,
    Rolling,
    Paused,
    Complete,
    Stopped,
}
