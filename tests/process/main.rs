//! Tests the program as a process. The tests kill, freeze, refuse and stop it, and check its files
//! afterwards.
//!
//! Tests that kill or freeze a real OBS start their own OBS. The other tests on a real OBS share
//! the one that `scripts/test` starts.

// The tests use signals and /proc.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a failing test must show the place, and figures are part of the result"
)]

mod examples;
mod exit_with_obs;
mod journal;
mod killed_bridge;
mod lost_obs;
mod obs_script;
mod programs;
mod refused;
mod secrets;
mod shutdown;
mod soak;
mod sockets;
mod support;
mod tools;
mod two_bridges;
