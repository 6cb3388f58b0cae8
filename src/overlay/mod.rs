//! SHELL. Pages and scripts for browser sources, compiled in as assets, and their way onto the
//! user's disk.
//!
//! Called by the verb `overlay`. Serves nothing: pages are opened from disk, and reach the bridge
//! over OBS like everybody else.

mod export;
mod install;
pub mod page;

pub use export::{CONFIG, Existing, ExportError, SHIM, export};
pub use install::{Installed, custom_css, install, url, usual_folder};
pub use page::themes;
