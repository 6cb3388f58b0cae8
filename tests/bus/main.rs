//! Tests the bridge from outside, over OBS only.
//!
//! A test that can run on both has the same body for the stand-in OBS and, marked as ignored, for a
//! real one (`on_both!`). This shows how the stand-in differs from OBS. `scripts/test` starts the
//! real OBS; `scripts/real-obs start` does so by hand. These tests share the real OBS and run one
//! at a time, because a bridge does not accept a second bridge on the same OBS.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::large_futures,
    reason = "a failing test must show the place, and the stack is large enough"
)]

mod support;

mod actions;
mod bans;
mod bridges;
mod bursts;
mod chat;
mod client;
mod corpus;
mod flood;
mod following;
mod forget;
mod fuzz_targets;
mod golden;
mod hostile;
mod inputs;
mod large_journal;
mod noise;
mod obs_events;
mod overlay;
mod pure;
mod reconnect;
mod renames;
mod reorder;
mod rules;
mod scenes;
mod services;
mod sessions;
mod settings;
mod show;
mod timing;
mod timing_send;
mod twins;
