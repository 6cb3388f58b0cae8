//! `twitchat-bridge` as a library: connects Twitchat and overlays built for Streamer.bot, with OBS
//! as the only transport.
//!
//! Other programs use [`client`], which reaches a running bridge over OBS. The other modules are
//! internal: they are public only for the program's binary and tests, and may change at any time.
//!
//! Modules are layers; each may use only those below it (`tests/layout` holds the table):
//!
//! ```text
//! client, autostart -> daemon -> obs, store, overlay, sim -> files, bridge -> automation
//!        -> request -> credits -> mapping -> twitchat -> input -> event
//! ```
//!
//! In the layers from `daemon` to `mapping`, `client` uses only [`obs`], and `autostart` uses only
//! [`obs`] and [`store`]. `autostart`, `daemon`, `obs`, `store` and `overlay` use [`config`], which
//! uses [`automation`] to check the rules in it. All of them and `config` read the user's files
//! with [`files`]. From [`bridge`] down everything is pure: no I/O, no clock, no randomness, no
//! logging.

#[doc(hidden)]
pub mod automation;
#[doc(hidden)]
pub mod autostart;
#[doc(hidden)]
pub mod bridge;
pub mod client;
#[doc(hidden)]
pub mod config;
#[doc(hidden)]
pub mod credits;
#[doc(hidden)]
pub mod daemon;
#[doc(hidden)]
pub mod event;
#[doc(hidden)]
pub mod files;
#[doc(hidden)]
pub mod input;
#[doc(hidden)]
pub mod mapping;
#[doc(hidden)]
pub mod obs;
#[doc(hidden)]
pub mod overlay;
#[doc(hidden)]
pub mod request;
#[doc(hidden)]
pub mod sim;
#[doc(hidden)]
pub mod store;
#[doc(hidden)]
pub mod twitchat;
