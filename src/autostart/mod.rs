//! SHELL. Starts the bridge with the computer ([`service`]) or with OBS ([`obs_script`]), and
//! undoes both.
//!
//! Each function returns an [`Outcome`]: its changes, and the steps that are left to the user. The
//! verbs `service` and `obs-script` call it. It prints nothing and asks nobody.

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
