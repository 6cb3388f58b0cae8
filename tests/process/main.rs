//! Tests the program as a process: it is killed, frozen, refused and stopped, and the tests check
//! its files afterwards.
//!
//! Tests that kill or freeze a real OBS start one of their own. The others on a real OBS share the
//! one that `scripts/test` starts.

// The tests use signals and /proc.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test that fails must say where, and figures are part of the result"
)]

mod examples;
mod exit_with_obs;
mod journal;
mod killed_bridge;
mod lost_obs;
mod obs_script;
mod programs;
mod refused;
mod shutdown;
mod sockets;
mod support;
mod tools;
mod two_bridges;
