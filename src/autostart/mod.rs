//! SHELL. Starts the bridge with the computer ([`service`]) or with OBS ([`obs_script`]), and
//! removes both again. [`dock`] adds the panel to OBS.
//!
//! Each function returns an [`Outcome`], which lists the changes and the remaining steps for the
//! user. The verbs `service` and `obs-script` call these functions. The module prints nothing and
//! asks no questions.

pub mod dock;
mod error;
mod launch;
mod mark;
pub mod obs_script;
mod outcome;
mod scene_collections;
pub mod service;
mod stop;
mod system;
#[cfg(any(windows, test))]
mod windows_words;

pub use error::Error;
pub use launch::Launch;
pub use mark::Existing;
pub use outcome::{Change, Outcome};
pub use stop::stop;
