//! Tests the link to OBS from outside, with the stand-in OBS and with servers that are no OBS.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that fails must say where"
)]

mod behind;
mod connecting;
mod keeping;
mod kicks;
mod messages;
mod peers;
mod support;
