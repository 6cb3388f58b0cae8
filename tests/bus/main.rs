//! The bridge on OBS, from outside: others talk to it over OBS, and only over OBS.
//!
//! What can be tried on both runs on the stand-in OBS and, marked as ignored, on a real one with
//! the same body (`on_both!`): a stand-in that behaves differently shows. The real one is started
//! by `scripts/test`, or by hand with `scripts/real-obs start`; those tests share it and run one at
//! a time, because a bridge tolerates no second one on the same OBS.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::large_futures,
    reason = "a test that fails must say where, figures are for reading, and there is stack enough"
)]

mod support;

mod actions;
mod bans;
mod bridges;
mod bursts;
mod chat;
mod client;
mod flood;
mod golden;
mod inputs;
mod large_journal;
mod noise;
mod overlay;
mod pure;
mod reconnect;
mod renames;
mod reorder;
mod rules;
mod scenes;
mod services;
mod show;
mod timing;
mod timing_send;
mod twins;
