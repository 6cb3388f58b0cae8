//! Errors and warnings about the configuration. None of them contains a secret.

use std::io;
use std::path::PathBuf;

use super::Origin;
use crate::input::{Cause, Problem, did_you_mean, nearest};

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The config file cannot be read.
    #[error("cannot read the config file {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    /// The config file is not valid TOML.
    #[error("{origin}: {message}")]
    Syntax { origin: Origin, message: String },
    /// The setting is unknown.
    #[error("{origin}: there is no setting {key}{}", did_you_mean(nearest.as_deref()))]
    UnknownKey {
        origin: Origin,
        /// The key in the spelling of the file.
        key: String,
        /// The most similar known name.
        nearest: Option<String>,
    },
    /// A setting's value has the wrong type or is out of range.
    #[error("{origin}: {key} must be {allowed}{}", found.as_ref().map(|found| format!(", not \
        {found}")).unwrap_or_default())]
    Value {
        origin: Origin,
        /// The name of the setting.
        key: String,
        /// The allowed values, which complete "must be …".
        allowed: String,
        /// The value; `None` for secrets.
        found: Option<String>,
    },
    /// There is a problem with a rule, a named action or a label.
    #[error("{origin}: {problem}")]
    Rule {
        origin: Origin,
        problem: Box<Problem>,
    },
    /// Several errors: first the errors of the file in its order, then the errors of stronger
    /// sources.
    #[error("{}", each_on_a_line(.0))]
    Several(Vec<Self>),
    /// One source gives both a password and a file with a password. Both fields hold places.
    #[error("{first} and {second} both give the password of OBS: remove one")]
    TwoPasswords { first: Origin, second: Origin },
    /// The password file cannot be read.
    #[error("cannot read the password file {} (named by {origin})", path.display())]
    PasswordFile {
        path: PathBuf,
        origin: Origin,
        source: io::Error,
    },
    /// This user has no home folder, so the journal has no default place.
    #[error(
        "no home folder is known: set the path of the journal with TWITCHAT_BRIDGE_STORE or \
            store.path"
    )]
    NoHome,
}

impl ConfigError {
    /// Combines errors. Returns `Ok` if there are none, the error itself if there is one, else
    /// `Several`.
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

    /// Line and column in the config file. `None` for errors that have no place there.
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

    /// Makes the error of a setting. For a value of the file, the error has the place of the value;
    /// for other sources it has the place `origin`.
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

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Warning {
    /// The password was given as an argument, which other users and programs can see.
    #[error(
        "a password given as --password can be read by other programs: better use --password-file, \
            --password-stdin or OBS_PASSWORD"
    )]
    PasswordInArguments,
    /// The address in an argument contains the password.
    #[error(
        "a password in the address of --host can be read by other programs: better use OBS_HOST, \
            --password-file, --password-stdin or OBS_PASSWORD"
    )]
    PasswordInHost,
    /// The config file contains the password and other users can read it.
    #[error("{} holds a password and can be read by other users: chmod 600 it", .0.display())]
    PasswordReadable(PathBuf),
    /// The password file is empty.
    #[error(
        "the password file {} (named by {origin}) is empty: the bridge connects to OBS without a \
            password",
        path.display()
    )]
    EmptyPasswordFile { path: PathBuf, origin: Origin },
    /// A rule, an action or a label has a possible problem, such as an event that only another
    /// program can publish.
    #[error("{origin}: {text}")]
    Rule {
        /// The place of the rule, action or label.
        origin: Origin,
        /// A description of the possible problem.
        text: String,
    },
    /// An environment variable has the bridge's prefix but is not a known setting.
    #[error("the environment variable {name} is not a setting of twitchat-bridge{}",
        did_you_mean(*nearest))]
    UnknownVariable {
        name: String,
        /// The most similar known name.
        nearest: Option<&'static str>,
    },
}

fn each_on_a_line(errors: &[ConfigError]) -> String {
    let lines: Vec<_> = errors.iter().map(ToString::to_string).collect();
    lines.join("\n")
}
