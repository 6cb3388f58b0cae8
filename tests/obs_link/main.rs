//! The link to OBS from outside, against the stand-in OBS and against peers that are no OBS at all.

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
