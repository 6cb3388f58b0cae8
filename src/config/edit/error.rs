//! Errors of a change of one setting. None of them contains a secret.

use std::io;
use std::path::PathBuf;

use crate::config::ConfigError;
use crate::input::{Cause, Problem, did_you_mean};

/// Why a setting cannot be changed. The config file is unchanged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    #[error("there is no setting {key}{}", did_you_mean(nearest.as_deref()))]
    UnknownKey {
        key: String,
        /// The most similar known name.
        nearest: Option<String>,
    },
    /// The end credits have no section with this id.
    #[error("there is no section {id} in the end credits; {hint}")]
    UnknownSection {
        id: String,
        /// The nearest id, or all ids.
        hint: String,
    },
    /// The setting cannot be changed by a request over OBS.
    #[error(
        "{key} cannot be changed over OBS: use `twitchat-bridge config set {key}`, or change it in \
            the config file"
    )]
    NotOverBus { key: String },
    /// The value is not allowed.
    #[error("{key} must be {allowed}{}", found.as_ref().map(|found| format!(", not {found}"))
        .unwrap_or_default())]
    Value {
        key: String,
        /// The allowed values, which complete "must be …".
        allowed: String,
        /// The value; `None` for secrets.
        found: Option<String>,
    },
    #[error("{0}")]
    Problem(Problem),
    /// The file has errors already.
    #[error(transparent)]
    File(ConfigError),
    /// The file would have errors with this change, such as two ways to give the password.
    #[error("the setting was not changed, because the file would have errors: {0}")]
    Conflict(ConfigError),
    /// The file writes the section in a form that this program does not edit.
    #[error("{key} cannot be changed in {}, because of how the file is written: edit the file",
        path.display())]
    Form { key: String, path: PathBuf },
    #[error("cannot {what} the config file {}", path.display())]
    Io {
        /// A verb: "read" or "write".
        what: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    /// Another program keeps changing the file.
    #[error("{} is being changed by another program: try again", .0.display())]
    Busy(PathBuf),
    /// This user has no home folder, so the config file has no default place.
    #[error("no home folder is known: name the config file with --config")]
    NoHome,
}

impl From<Problem> for EditError {
    fn from(problem: Problem) -> Self {
        let Problem { spot, path, cause } = problem;
        match cause {
            Cause::Value { allowed, found } => Self::Value {
                key: path,
                allowed,
                found: Some(found).filter(|found| !found.is_empty()),
            },
            cause => Self::Problem(Problem::new(spot, path, cause)),
        }
    }
}
