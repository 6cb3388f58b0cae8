//! Tests the link to OBS from outside, with the stand-in OBS and with other servers.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failing test must show the place"
)]

mod behind;
mod connecting;
mod keeping;
mod kicks;
mod messages;
mod peers;
mod support;
