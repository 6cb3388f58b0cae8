//! SHELL. The pages and scripts for browser sources, which are compiled in, and writing them to the
//! user's disk.
//!
//! Called by the verbs `overlay` and `panel`. There is no server: pages are opened from disk, and
//! reach the bridge over OBS like all other clients.

mod export;
mod install;
pub mod page;
pub mod panel;

pub use export::{CONFIG, Existing, ExportError, SHIM, export};
pub use install::{Installed, custom_css, install, url, usual_folder};
pub use page::themes;
