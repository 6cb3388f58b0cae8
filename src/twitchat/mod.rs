//! PURE. Twitchat's own language: three generations of names and shapes, its catalogue, its
//! summary, its labels.
//!
//! Knows nothing of Streamer.bot's events: `mapping` turns what is read here into facts. Facts
//! about Twitchat come from its source at 16.17.1, from the 17.0.0 beta, and from its public API
//! page.

pub mod account;
pub mod action;
pub mod catalogue;
mod dialect;
pub mod generation;
pub mod labels;
pub mod lenient;
pub mod question;
pub mod summary;

pub use dialect::generation_of;
pub use generation::Generation;
