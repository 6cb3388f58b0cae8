//! SHELL. A stand-in OBS and a stand-in Twitchat, for the demo and the tests.
//!
//! They behave like the real OBS and Twitchat. They use no code of the bridge, not even its
//! decoding, so that a test compares two independent interpretations of the same facts. `daemon`
//! (the demo) and the tests call it. The stand-in OBS is the only part of the project that may
//! listen on a port, and it listens on loopback only.

pub mod obs;
pub mod peer;
pub mod show;
pub mod twitchat;
mod watched;
