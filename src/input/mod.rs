//! PURE. Reading what people and programs write: suggestions for unknown names, and durations.
//!
//! Every part may use it; it knows nothing of settings, rules, requests or actions.

pub mod duration;
mod nearest;

pub use nearest::{did_you_mean, hint, nearest, similar};
