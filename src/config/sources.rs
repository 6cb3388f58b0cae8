//! The sources of a configuration: the command line, the environment, the file, and OBS's own
//! settings.

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

use super::keys::{self, Key, PASSWORD, PASSWORD_FILE};
use super::read_file::ReadFile;
use super::{ConfigError, Origin};
use crate::input::{Content, Node, Spot};

pub(super) struct GivenSetting {
    pub(super) key: &'static Key,
    pub(super) node: Node,
    pub(super) origin: Origin,
}

/// The values of the command line. They are texts, and are checked like the values of the other
/// sources.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--config`
    pub config: Option<PathBuf>,
    /// `--host`
    pub host: Option<String>,
    /// `--port`
    pub port: Option<String>,
    /// `--tls`
    pub tls: bool,
    /// `--password`
    pub password: Option<SecretString>,
    /// The password from standard input, for `--password-stdin`.
    pub password_stdin: Option<SecretString>,
    /// `--password-file`
    pub password_file: Option<PathBuf>,
    /// `--store`
    pub store: Option<PathBuf>,
    /// Other settings: the flag, the setting, the value. (`"--spelling"`, `"credits.spelling"`,
    /// `"seed"`)
    pub others: Vec<(&'static str, &'static str, String)>,
}

#[derive(Clone)]
pub struct FileText {
    pub path: PathBuf,
    pub text: String,
    /// Whether users other than the owner may read it.
    pub readable_by_others: bool,
}

impl FileText {
    pub(super) fn identity(&self) -> ReadFile {
        ReadFile::of(self.path.clone(), &self.text)
    }

    pub(super) fn at(&self, spot: Spot) -> Origin {
        Origin::File {
            path: self.path.clone(),
            line: spot.line,
            column: spot.column,
        }
    }
}

/// Omits the text, because it may contain a password.
impl fmt::Debug for FileText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileText")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// OBS's own settings on this machine.
#[derive(Debug, Clone)]
pub struct Discovered {
    /// The path of OBS's file with these settings.
    pub path: PathBuf,
    /// The port of OBS's server.
    pub port: u16,
    /// The password; `None` if OBS requires none.
    pub password: Option<SecretString>,
    /// Which of these settings come from OBS's command line.
    pub options: ObsOptions,
}

/// Whether the command line of the running OBS sets the port (`--websocket_port`) and the password
/// (`--websocket_password`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ObsOptions {
    pub port: bool,
    pub password: bool,
}

#[derive(Debug, Clone)]
pub struct Places {
    /// The home folder, for `~`.
    pub home: PathBuf,
    /// The folder for config files.
    pub config: PathBuf,
    /// The folder for data.
    pub data: PathBuf,
}

pub struct Sources<'a> {
    pub flags: Flags,
    /// The environment variables, each with its value.
    pub env: Vec<(OsString, OsString)>,
    pub file: Option<FileText>,
    /// OBS's own settings, if they were found. They are used only if `obs.host` is this machine.
    pub discovered: Option<Discovered>,
    /// Folders of this user; `None` if there is no home folder.
    pub places: Option<Places>,
    /// Reads the password file.
    pub read: &'a dyn Fn(&Path) -> io::Result<String>,
}

/// Omits the environment and the text of the file, because they may contain a password.
impl fmt::Debug for Sources<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sources")
            .field("flags", &self.flags)
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

impl Flags {
    pub(super) fn entries(&self, errors: &mut Vec<ConfigError>) -> Vec<GivenSetting> {
        let secret = |secret: &SecretString| Content::Loose(secret.expose_secret().to_owned());
        let loose = |text: &String| Content::Loose(text.clone());
        let path = |path: &PathBuf| Content::Path(path.clone());
        let own = [
            ("--host", "obs.host", self.host.as_ref().map(loose)),
            ("--port", "obs.port", self.port.as_ref().map(loose)),
            ("--tls", "obs.tls", self.tls.then_some(Content::Bool(true))),
            ("--password", PASSWORD, self.password.as_ref().map(secret)),
            (
                "--password-stdin",
                PASSWORD,
                self.password_stdin.as_ref().map(secret),
            ),
            (
                "--password-file",
                PASSWORD_FILE,
                self.password_file.as_ref().map(path),
            ),
            ("--store", "store.path", self.store.as_ref().map(path)),
        ];
        let own = own
            .into_iter()
            .filter_map(|(flag, name, content)| Some((flag, name, content?)));
        let others = self
            .others
            .iter()
            .map(|(flag, name, text)| (*flag, *name, loose(text)));
        let entry = |(flag, name, content)| {
            let origin = Origin::Flag(flag);
            let Some(key) = keys::find(name) else {
                let (key, nearest) = (name.to_owned(), None);
                errors.push(ConfigError::UnknownKey {
                    origin,
                    key,
                    nearest,
                });
                return None;
            };
            Some(GivenSetting {
                key,
                node: Node::without_place(content),
                origin,
            })
        };
        own.chain(others).filter_map(entry).collect()
    }
}

/// The settings in the environment. An empty variable counts as not set.
pub(super) fn variables(env: &[(OsString, OsString)]) -> Vec<GivenSetting> {
    let entry = |(name, value): &(OsString, OsString)| {
        let key = keys::all()
            .find(|key| key.env.is_some_and(|env| name == env))
            .filter(|_| !value.is_empty())?;
        let content = value.to_str().map_or_else(
            || Content::Path(value.into()),
            |text| Content::Loose(text.into()),
        );
        Some(GivenSetting {
            key,
            node: Node::without_place(content),
            origin: Origin::Env(name.to_str()?.to_owned()),
        })
    };
    env.iter().filter_map(entry).collect()
}
