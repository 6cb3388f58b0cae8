//! PURE. Twitchat's own protocol: three generations of names and shapes, its catalogue, its
//! summary, its labels.
//!
//! This module knows nothing of Streamer.bot's events: `mapping` turns its results into facts. Its
//! facts about Twitchat come from Twitchat's source at 16.17.1, from the 17.0.0 beta, and from its
//! public API page.

pub mod account;
pub mod action;
pub mod catalogue;
pub mod credits_settings;
mod dialect;
pub mod generation;
pub mod labels;
pub mod lenient;
pub mod question;
pub mod summary;

pub use dialect::generation_of;
pub use generation::Generation;
