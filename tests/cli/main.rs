//! Tests the output and the exit codes of the binary. OBS is the stand-in on a free port.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod actions;
mod address;
#[cfg(target_os = "linux")]
mod autostart;
mod before_one_house;
mod bridge;
mod bus;
#[cfg(target_os = "linux")]
mod completions;
mod config;
mod credits;
mod docs;
#[cfg(target_os = "linux")]
mod doctor;
mod encodings;
mod exec;
#[cfg(target_os = "linux")]
mod first_hour;
mod following;
#[cfg(unix)]
mod forget;
mod help;
mod obs;
mod old_pages;
mod overlay;
#[cfg(target_os = "linux")]
mod panel;
mod pipes;
mod program;
#[cfg(unix)]
mod recipes;
mod record;
mod reload;
mod rules;
mod send;
mod sessions;
#[cfg(target_os = "linux")]
mod setup;
mod store;
mod templates;
#[cfg(target_os = "linux")]
mod terminal;
mod usage;
mod wait;
