use std::fmt;
use std::path::PathBuf;

use crate::input::Spot;

/// The source and place of a value. Errors begin with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A flag, such as `--port`.
    Flag(&'static str),
    /// An environment variable.
    Env(String),
    File {
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
    },
    /// OBS's own settings on this machine.
    Obs(PathBuf),
    /// A command-line option of the OBS that runs on this machine.
    ObsOption(&'static str),
    /// No source has set the value.
    Default,
}

impl Origin {
    /// Returns the same origin with another place in the file. Only the origin `File` changes.
    pub(super) fn at(self, spot: Spot) -> Self {
        match self {
            Self::File { path, .. } => Self::File {
                path,
                line: spot.line,
                column: spot.column,
            },
            other => other,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "flag {flag}"),
            Self::Env(name) => write!(f, "environment variable {name}"),
            Self::File { path, line, column } => write!(f, "{}:{line}:{column}", path.display()),
            Self::Obs(path) => write!(f, "OBS's own settings ({})", path.display()),
            Self::ObsOption(option) => write!(f, "the running OBS's option {option}"),
            Self::Default => f.write_str("default"),
        }
    }
}
