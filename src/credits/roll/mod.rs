//! The contents of the end-credits page: a plan of sections, filled from the fold. The page decides
//! only how it looks.
//!
//! `config` reads the plan. `bridge` fills it when a roll begins, and controls the roll. `cli`
//! writes the contents into a stand-alone page.

pub mod amount;
pub mod content;
pub mod follow;
pub mod kind;
pub mod language;
pub mod length;
mod line;
pub mod look;
mod motion;
mod namesakes;
pub mod plan;
pub mod section;
pub mod service;
mod titles;
pub mod unit;
pub mod words;

pub use content::{Given, sections};
pub use follow::{Follow, Followed};
pub use kind::Kind;
pub use language::Language;
pub use length::{Length, length};
pub use look::{CreditsPlan, Duration, Look, Mode, Style, THEMES, doubt_of_theme};
pub use motion::Reason;
pub use plan::{Amounts, Layout, Pinned, Plan, Role, Sort};
pub use section::{Body, Name, Place, Section, places};
pub use service::Service;

#[cfg(test)]
mod tests;
