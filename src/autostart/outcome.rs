//! The changes of a call, and the steps that it leaves to the user.

use std::fmt;
use std::path::PathBuf;

/// Something on this computer that was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// This file was made, or has other contents now.
    Wrote(PathBuf),
    /// This file or folder is gone.
    Removed(PathBuf),
    /// An entry in one of OBS's files was added or removed.
    Edited(PathBuf),
    /// This value of the Windows registry was made or changed.
    SetValue(String),
    /// This value of the Windows registry is gone.
    RemovedValue(String),
    /// The system has started or stopped something with this command.
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
    /// The changes, in the order in which they were made. Empty if nothing had to change.
    pub changes: Vec<Change>,
    /// The steps that the user has to do, and notes, one sentence each.
    pub notes: Vec<String>,
}

impl Outcome {
    pub(super) fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }
}
