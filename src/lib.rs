//! `twitchat-bridge` as a library: joins Twitchat and Streamer.bot overlays with OBS as the only
//! wire.
//!
//! Other programs use [`client`], which reaches a running bridge over OBS.
//!
//! Modules are layers; each may use only those below it (`tests/layout` holds the table):
//!
//! ```text
//! client -> daemon -> obs, store, overlay, sim -> bridge -> automation -> request -> credits
//!        -> mapping -> twitchat -> input -> event
//! ```
//!
//! `client` uses nothing of the layers from `daemon` to `mapping` but [`obs`]. `daemon`, `obs`,
//! `store` and `overlay` use [`config`], which has [`automation`] check the rules in it. From
//! [`bridge`] down everything is pure: no I/O, no clock, no randomness, no logging.

pub mod automation;
pub mod bridge;
pub mod client;
pub mod config;
pub mod credits;
pub mod daemon;
pub mod event;
pub mod input;
pub mod mapping;
pub mod obs;
pub mod overlay;
pub mod request;
pub mod sim;
pub mod store;
pub mod twitchat;
