//! SHELL. A stand-in OBS and a stand-in Twitchat, for the demo and the tests.
//!
//! They behave as the real OBS and Twitchat do. They use nothing of the
//! bridge, not even its decoding, so that a test compares two independent readings of the same
//! facts. Called by `daemon` (the demo) and by the tests. The stand-in OBS is the only part of the
//! project that may listen on a port, and it listens on loopback only.

pub mod obs;
pub mod peer;
pub mod show;
pub mod twitchat;
mod watched;
