//! The bridge as a service of the user, which starts with the computer: a systemd user unit, a
//! launchd agent on macOS, a value of the Run key on Windows.
//!
//! docs/design.md explains why no crate is used for this.

use std::path::Path;

use super::error::Error;
use super::launch::Launch;
use super::mark::Existing;
use super::outcome::Outcome;
use super::stop::stop;

#[cfg(any(target_os = "macos", test))]
mod launchd;
#[cfg(windows)]
mod run_key;
mod state;
#[cfg(all(unix, not(target_os = "macos")))]
mod systemd;

pub use state::{Installed, Log, Running, State};

#[cfg(all(unix, not(target_os = "macos")))]
fn this_system() -> Result<systemd::Systemd, Error> {
    systemd::Systemd::of_this_user()
}

#[cfg(target_os = "macos")]
fn this_system() -> Result<launchd::Launchd, Error> {
    launchd::Launchd::of_this_user()
}

#[cfg(windows)]
fn this_system() -> Result<run_key::RunKey, Error> {
    run_key::RunKey::of_this_user()
}

/// Installs the service and starts it. Does nothing if the service is installed and running.
///
/// # Errors
/// [`Error::Foreign`] if the file was changed by hand and `existing` keeps it; errors of the file
/// system and of the system's commands.
pub fn install(launch: &Launch, existing: Existing) -> Result<Outcome, Error> {
    this_system()?.install(launch, existing)
}

/// Stops the service and removes it. Does nothing if there is no service. `journal` is the journal
/// of the settings. On Windows, a file beside the journal asks the bridge to stop, so the bridge
/// must be found through it. A journal in the service's command line takes precedence.
///
/// # Errors
/// The errors of [`install`]. On Windows, also an error if the bridge does not stop.
pub async fn uninstall(existing: Existing, journal: &Path) -> Result<Outcome, Error> {
    let system = this_system()?;
    if cfg!(windows)
        && let Some(installed) = system.state(journal)?.installed
    {
        stop(installed.journal().as_deref().unwrap_or(journal)).await?;
    }
    system.uninstall(existing)
}

/// Whether the service is installed, and whether it runs. `journal` is the journal of the settings.
/// On Windows, the service counts as running if a bridge uses this journal. A journal in the
/// service's command line takes precedence.
///
/// # Errors
/// Fails if the file cannot be read, or if a command of the system cannot be run.
pub fn state(journal: &Path) -> Result<State, Error> {
    this_system()?.state(journal)
}

/// Whether the service is installed. Unlike `state`, it runs no command of the system.
pub fn is_installed() -> bool {
    this_system().is_ok_and(|system| system.is_installed())
}

/// The log of the service: a file, or the journal of systemd.
///
/// # Errors
/// Fails if no home folder is known.
pub fn log() -> Result<Log, Error> {
    #[cfg(all(unix, not(target_os = "macos")))]
    let log = systemd::log();
    #[cfg(any(target_os = "macos", windows))]
    let log = Log::File(this_system()?.log_file());
    Ok(log)
}
