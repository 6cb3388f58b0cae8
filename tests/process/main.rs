//! The program as a process: killed, frozen, refused, stopped, and what it leaves behind.
//!
//! Tests that kill or freeze a real OBS start one of their own; the others on a real OBS share the one that `scripts/test` starts.

mod examples;
mod killed_bridge;
mod lost_obs;
mod refused;
mod shutdown;
mod sockets;
mod support;
mod two_bridges;
