//! One validated configuration. Every value knows its origin.
//!
//! Flags > environment > file > OBS's own settings on this machine > defaults. The merging is pure:
//! [`Config::load`] uses only its [`Sources`]. Only [`Sources::of_this_machine`] reads from the
//! machine (environment, folders, the file). `cli` supplies the flags, and `daemon` the settings
//! that OBS itself has. Every part above `bridge` may read the result.

mod address;
mod change;
mod changed;
mod edit;
mod error;
mod file;
mod generation;
mod keys;
mod load;
mod log_format;
mod machine;
mod origin;
mod overlay;
mod read;
mod read_file;
mod settings;
mod show;
mod sources;
mod switch;
mod template;

pub use change::{ChangedSetting, ChangedSettings, Writing, change_setting, change_settings};
pub use changed::{needs_restart, restart_for};
pub use edit::{EditError, SettingChange, may_hold_password, names};
pub use error::{ConfigError, Warning};
pub use generation::Generation;
pub use log_format::LogFormat;
pub use machine::{default_path, file_path, password_variables, places, variables_that_are_set};
pub use origin::Origin;
pub use overlay::OverlaySettings;
pub use overlay::section_text::section as written_section;
pub use read_file::ReadFile;
pub use settings::{
    BridgeSettings, BroadcasterSettings, BusSettings, Config, CreditsSettings, LeaderboardSettings,
    ObsSettings, SessionSettings, StoreSettings,
};
pub use show::Shown;
pub use sources::{Discovered, FileText, Flags, ObsOptions, Places, Sources};
pub use switch::Switch;
pub use template::template;

#[cfg(test)]
mod tests;
