//! Requests about the end credits: rolling them, controlling them, and reports of pages.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::credits::{
    roll::{Duration, Mode, Reason},
    test_audience::TestAudience,
};

/// An absent option has the value of the config.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RollOptions {
    /// Whether to roll test data instead of the credits.
    pub test: bool,
    /// A made-up audience to roll. `None` rolls the real people.
    pub test_audience: Option<TestAudience>,
    /// Duration of the whole roll.
    pub seconds: Option<Duration>,
    /// Speed in pixels per second of a picture that is 1,080 high.
    pub speed: Option<f64>,
    /// Seconds before the roll begins.
    pub delay: Option<f64>,
    /// Scrolling or slides.
    pub mode: Option<Mode>,
    pub theme: Option<Box<str>>,
    /// Whether the roll begins again at its end.
    pub repeats: Option<bool>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    Stop,
    Pause,
    Resume,
    Next,
    Previous,
    /// Changes the speed, as a multiple of the configured one. A negative factor rolls backwards.
    Speed(f64),
    Goto(Place),
    /// Changes the look from now on. Holds a part of a roll's `look`.
    Look(Map<String, Value>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Section(Box<str>),
    /// The section with this number, counted from 0.
    Index(usize),
    /// A time since the beginning, in milliseconds.
    At(u64),
}

/// A report of an end-credits page about its state.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The page's name, `credits` by default.
    pub page: Box<str>,
    pub state: PageState,
    /// The roll that the page shows or last showed.
    pub roll: Option<Uuid>,
    /// Duration of the whole roll in seconds; `None` until the page has measured it.
    pub seconds: Option<f64>,
    /// The position in the roll, in milliseconds at normal speed.
    pub elapsed_ms: Option<f64>,
    /// The speed factor: 1 is the normal speed, and a negative one moves backwards.
    pub rate: Option<f64>,
    pub test: Option<bool>,
    pub names: Option<usize>,
    /// Why the roll takes as long as it does.
    pub pace: Option<Reason>,
    /// Problems that the page reports to the user.
    pub warnings: Vec<Box<str>>,
}

impl Report {
    /// Whether the page shows its roll now.
    pub fn shows_roll(&self) -> bool {
        matches!(self.state, PageState::Rolling | PageState::Paused)
    }
}

/// The state that a page reports for the roll that it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase", ascii_case_insensitive)]
#[expect(missing_docs, reason = "the names are sufficient")]
pub enum PageState {
    Idle,
    Rolling,
    Paused,
    Complete,
    Stopped,
}
