//! What the system knows of the service.

use std::path::PathBuf;

/// The name of the service in every system.
pub(super) const NAME: &str = "twitchat-bridge";

/// What the system knows of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// `None` if it is not installed.
    pub installed: Option<Installed>,
    pub running: Running,
}

/// An installed service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// The file, or the value of the registry.
    pub place: String,
    /// The command line, as it is written there.
    pub command: String,
    /// Whether somebody has changed the file by hand, or another program wrote it.
    pub changed_by_hand: bool,
}

/// Whether a service runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Running {
    /// With the id of its process, if the system says it.
    Yes { process: Option<u32> },
    /// With what the system says of its end, such as `failed, exit code 4`.
    No { why: Option<String> },
    /// The system cannot be asked; the text says why.
    Unknown(String),
}

/// Where the log of the service is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Log {
    /// In the journal of systemd, under this unit.
    Journal {
        unit: &'static str,
    },
    File(PathBuf),
}
