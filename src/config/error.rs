//! What can be wrong with the configuration. No error holds the value of a secret.

use std::io;
use std::path::PathBuf;

use super::Origin;
use crate::input::{Cause, Problem, did_you_mean, nearest};

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The config file cannot be read.
    #[error("cannot read the config file {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The config file is not TOML.
    #[error("{origin}: {message}")]
    Syntax {
        /// Where it goes wrong.
        origin: Origin,
        /// What the parser says.
        message: String,
    },
    /// There is no such setting.
    #[error("{origin}: there is no setting {key}{}", did_you_mean(nearest.as_deref()))]
    UnknownKey {
        /// Where it stands.
        origin: Origin,
        /// As it was written.
        key: String,
        /// The known one that resembles it most.
        nearest: Option<String>,
    },
    /// A setting's value has the wrong type or is out of range.
    #[error("{origin}: {key} must be {allowed}{}", found.as_ref().map(|found| format!(", not \
        {found}")).unwrap_or_default())]
    Value {
        /// Where it stands.
        origin: Origin,
        /// The setting.
        key: String,
        /// What it may be.
        allowed: String,
        /// What it is; `None` for secrets.
        found: Option<String>,
    },
    /// Something is wrong with a rule, a named action or a label.
    #[error("{origin}: {problem}")]
    Rule {
        /// Where it stands.
        origin: Origin,
        /// What is wrong.
        problem: Box<Problem>,
    },
    /// Several things are wrong: those of the file in its order, then those of stronger sources.
    #[error("{}", each_on_a_line(.0))]
    Several(Vec<Self>),
    /// One place gives both a password and a file with a password.
    #[error("{first} and {second} both give the password of OBS: remove one")]
    TwoPasswords {
        /// The one.
        first: Origin,
        /// The other.
        second: Origin,
    },
    /// The password file cannot be read.
    #[error("cannot read the password file {} (named by {origin})", path.display())]
    PasswordFile {
        /// The file.
        path: PathBuf,
        /// Who named it.
        origin: Origin,
        /// The system's reason.
        source: io::Error,
    },
    /// The machine names no home folder.
    #[error(
        "no home folder is known: say where the journal goes, with TWITCHAT_BRIDGE_STORE or \
            store.path"
    )]
    NoHome,
}

impl ConfigError {
    /// One error of several; `Ok` if there is none.
    pub(super) fn all(mut errors: Vec<Self>) -> Result<(), Self> {
        match (errors.pop(), errors.is_empty()) {
            (None, _) => Ok(()),
            (Some(only), true) => Err(only),
            (Some(last), false) => {
                errors.push(last);
                Err(Self::Several(errors))
            }
        }
    }

    /// Line and column in the file.
    pub(super) fn place(&self) -> Option<(usize, usize)> {
        match self {
            Self::UnknownKey { origin, .. }
            | Self::Value { origin, .. }
            | Self::Rule { origin, .. } => match origin {
                Origin::File { line, column, .. } => Some((*line, *column)),
                _ => None,
            },
            _ => None,
        }
    }

    /// The error of a setting. A value of the file has its own place; of other sources `origin` is
    /// all that is known.
    pub(super) fn of(problem: Problem, origin: Origin) -> Self {
        let Problem { spot, path, cause } = problem;
        let origin = origin.at(spot);
        match cause {
            Cause::UnknownKey { key, known } => Self::UnknownKey {
                origin,
                nearest: nearest(&key, known.iter().map(|known| &**known)).map(Into::into),
                key: format!("{path}.{key}"),
            },
            Cause::Missing { key, expected } => Self::Value {
                origin,
                key: format!("{path}.{key}"),
                allowed: format!("there: {expected}"),
                found: None,
            },
            Cause::Value { allowed, found } => Self::Value {
                origin,
                key: path,
                allowed,
                found: Some(found).filter(|found| !found.is_empty()),
            },
            Cause::Other(message) => Self::Syntax { origin, message },
        }
    }
}

/// Something the user should know, though it is no error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Warning {
    /// Others can see the arguments of a program.
    #[error(
        "a password given as --password can be read by other programs: better use --password-file, \
            --password-stdin or OBS_PASSWORD"
    )]
    PasswordInArguments,
    /// The same in an address.
    #[error(
        "a password in the address of --host can be read by other programs: better use OBS_HOST, \
            --password-file, --password-stdin or OBS_PASSWORD"
    )]
    PasswordInHost,
    /// The file holds the password, and others may read it.
    #[error("{} holds a password and can be read by other users: chmod 600 it", .0.display())]
    PasswordReadable(PathBuf),
    /// The password file holds nothing.
    #[error("the password file {} (named by {origin}) is empty: OBS is asked without a password",
        path.display())]
    EmptyPasswordFile {
        path: PathBuf,
        /// Who named it.
        origin: Origin,
    },
    /// A rule, an action or a label that waits for an event that never comes by itself.
    #[error("{origin}: {text}")]
    Rule {
        /// Where it stands.
        origin: Origin,
        /// What is doubtful about it.
        text: String,
    },
    /// An environment variable with our prefix that means nothing.
    #[error("the environment variable {name} means nothing to twitchat-bridge{}",
        did_you_mean(*nearest))]
    UnknownVariable {
        /// Its name.
        name: String,
        /// The known one that resembles it most.
        nearest: Option<&'static str>,
    },
}

fn each_on_a_line(errors: &[ConfigError]) -> String {
    let lines: Vec<_> = errors.iter().map(ToString::to_string).collect();
    lines.join("\n")
}
