//! The changes of a call, and the remaining steps for the user.

use std::fmt;
use std::path::PathBuf;

#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// This file was created, or its contents were changed.
    Wrote(PathBuf),
    /// This file or folder was removed.
    Removed(PathBuf),
    /// An entry in one of OBS's files was added or removed.
    Edited(PathBuf),
    /// This value of the Windows registry was created or changed.
    SetValue(String),
    /// This value of the Windows registry was removed.
    RemovedValue(String),
    /// This command of the system was run to start or stop the bridge.
    Ran(String),
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrote(path) => write!(f, "wrote {}", path.display()),
            Self::Removed(path) => write!(f, "removed {}", path.display()),
            Self::Edited(path) => write!(f, "changed {}", path.display()),
            Self::SetValue(value) => write!(f, "set {value}"),
            Self::RemovedValue(value) => write!(f, "removed {value}"),
            Self::Ran(command) => write!(f, "ran {command}"),
        }
    }
}

/// The result of `install` or `uninstall`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The changes, in the order in which they were made. Empty if no change was needed.
    pub changes: Vec<Change>,
    /// The remaining steps for the user, and notes. Each is one sentence.
    pub notes: Vec<String>,
}

impl Outcome {
    pub(super) fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }
}
