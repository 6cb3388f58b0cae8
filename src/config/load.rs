//! Merges the sources, weakest first. Pure: what it reads from the disk goes through
//! [`Sources::read`].

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

use super::file::{self, Entry};
use super::keys::{self, PASSWORD, PASSWORD_FILE};
use super::raw::Raw;
use super::read::Unknown;
use super::{Config, ConfigError, Origin, Warning};
use crate::automation;
use crate::input::nearest;

/// What the command line says. Values are texts: they are read, and refused, like those of the
/// other sources.
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
    /// What was read from standard input for `--password-stdin`.
    pub password_stdin: Option<SecretString>,
    /// `--password-file`
    pub password_file: Option<PathBuf>,
    /// `--store`
    pub store: Option<PathBuf>,
    /// Others: the flag, the setting, the value. (`"--spelling"`, `"credits.spelling"`, `"seed"`)
    pub others: Vec<(&'static str, &'static str, String)>,
}

/// The config file as it was read.
#[derive(Clone)]
pub struct FileText {
    /// Where it is.
    pub path: PathBuf,
    /// What it says.
    pub text: String,
    /// Whether others than the owner may read it.
    pub readable_by_others: bool,
}

/// The text may hold a password.
impl fmt::Debug for FileText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileText")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// What OBS's own settings on this machine say.
#[derive(Debug, Clone)]
pub struct Discovered {
    /// OBS's file.
    pub path: PathBuf,
    /// Its port.
    pub port: u16,
    /// Its password; `None` if it asks for none.
    pub password: Option<SecretString>,
}

/// Folders of this user.
#[derive(Debug, Clone)]
pub struct Places {
    /// The home folder, for `~`.
    pub home: PathBuf,
    /// Where config files live.
    pub config: PathBuf,
    /// Where data lives.
    pub data: PathBuf,
}

/// Everything a configuration is made of.
pub struct Sources<'a> {
    /// The command line.
    pub flags: Flags,
    /// The environment.
    pub env: Vec<(OsString, OsString)>,
    /// The config file, if there is one.
    pub file: Option<FileText>,
    /// OBS's own settings, if found. Used only when `obs.host` is this machine.
    pub discovered: Option<Discovered>,
    /// Folders of this user, if it has a home.
    pub places: Option<Places>,
    /// Reads the password file.
    pub read: &'a dyn Fn(&Path) -> io::Result<String>,
}

/// The environment and the file may hold a password.
impl fmt::Debug for Sources<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sources")
            .field("flags", &self.flags)
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

const PREFIX: &str = "TWITCHAT_BRIDGE_";
/// Variables that are no settings: read by `machine` and by the CLI's log.
const OTHER_VARIABLES: [&str; 2] = ["TWITCHAT_BRIDGE_CONFIG", "TWITCHAT_BRIDGE_LOG"];

impl Config {
    /// Merges and validates. Every value of every source is checked, even where a stronger source
    /// overrides it.
    ///
    /// # Errors
    /// The first thing that is wrong: [`ConfigError`] says where it stands and what is allowed.
    pub fn load(sources: &Sources<'_>) -> Result<Self, ConfigError> {
        let mut config = Self::default();
        if let Some(file) = &sources.file {
            let (entries, book) = file::entries(file)?;
            config.apply(entries)?;
            config.warnings.extend(book.warnings.iter().map(|problem| {
                let automation::Spot { line, column } = problem.spot;
                Warning::Rule {
                    origin: Origin::File {
                        path: file.path.clone(),
                        line,
                        column,
                    },
                    text: problem.to_string(),
                }
            }));
            config.rules = book.shared();
            if file.readable_by_others && config.obs.password.is_some() {
                config
                    .warnings
                    .push(Warning::PasswordReadable(file.path.clone()));
            }
        }
        config.apply(variables(&sources.env))?;
        config.warnings.extend(
            sources
                .env
                .iter()
                .filter_map(|(name, _)| unknown_variable(name.to_str()?)),
        );
        config.apply(sources.flags.entries()?)?;
        if sources.flags.password.is_some() {
            config.warnings.push(Warning::PasswordInArguments);
        }
        config.discovered(sources.discovered.as_ref());
        config.expand_paths(sources)?;
        config.read_password(sources.read)?;
        Ok(config)
    }

    /// Puts one source on top of what is there.
    fn apply(&mut self, entries: Vec<Entry>) -> Result<(), ConfigError> {
        let from = |name| {
            entries
                .iter()
                .find(|entry| entry.key.name == name)
                .map(|entry| entry.origin.clone())
        };
        match (from(PASSWORD), from(PASSWORD_FILE)) {
            (Some(first), Some(second)) => return Err(ConfigError::TwoPasswords { first, second }),
            (None, None) => {}
            // Whichever way a stronger source gives the password, it replaces both.
            _ => (self.obs.password, self.obs.password_file) = (None, None),
        }
        for Entry { key, raw, origin } in entries {
            (key.set)(self, &raw).map_err(|bad| {
                let (found, spot) = bad.part.map_or_else(
                    || (raw.to_string(), None),
                    |(found, spot)| (found, Some(spot)),
                );
                let origin = match (origin.clone(), spot) {
                    (Origin::File { path, .. }, Some(spot)) => Origin::File {
                        path,
                        line: spot.line,
                        column: spot.column,
                    },
                    (origin, _) => origin,
                };
                let found = (key.name != PASSWORD)
                    .then_some(found)
                    .filter(|found| !found.is_empty());
                let name = bad.key.map_or_else(
                    || key.name.to_owned(),
                    |within| format!("{}.{within}", key.name),
                );
                if let Some(Unknown { nearest }) = bad.unknown {
                    return ConfigError::UnknownKey {
                        origin,
                        key: name,
                        nearest,
                    };
                }
                ConfigError::Value {
                    origin,
                    key: name,
                    allowed: bad.allowed.into(),
                    found,
                }
            })?;
            self.origins.insert(key.name, origin);
            match key.name {
                PASSWORD => drop(self.origins.remove(PASSWORD_FILE)),
                PASSWORD_FILE => drop(self.origins.remove(PASSWORD)),
                _ => {}
            }
        }
        Ok(())
    }

    /// Fills in what nobody else said, if OBS is on this machine.
    fn discovered(&mut self, found: Option<&Discovered>) {
        let Some(found) = found.filter(|_| is_this_machine(&self.obs.host)) else {
            return;
        };
        if !self.origins.contains_key("obs.port") {
            self.obs.port = found.port;
            self.origins
                .insert("obs.port", Origin::Obs(found.path.clone()));
        }
        if !self.origins.contains_key(PASSWORD) && !self.origins.contains_key(PASSWORD_FILE) {
            self.obs.password.clone_from(&found.password);
            self.origins
                .insert(PASSWORD, Origin::Obs(found.path.clone()));
        }
    }

    /// `~` is the home folder, and paths in the file start at the file. The store's default place
    /// is known only here.
    fn expand_paths(&mut self, sources: &Sources<'_>) -> Result<(), ConfigError> {
        let expand = |path: &Path, origin: &Origin| match (
            path.strip_prefix("~"),
            &sources.places,
            origin,
        ) {
            (Ok(rest), Some(places), _) => places.home.join(rest),
            (_, _, Origin::File { path: file, .. }) => {
                file.parent().unwrap_or(Path::new("")).join(path)
            }
            _ => path.to_owned(),
        };
        self.obs.password_file = self
            .obs
            .password_file
            .as_deref()
            .map(|path| expand(path, self.origin(PASSWORD_FILE)));
        self.store.path = if self.origins.contains_key("store.path") {
            expand(&self.store.path, self.origin("store.path"))
        } else {
            sources
                .places
                .as_ref()
                .ok_or(ConfigError::NoHome)?
                .data
                .join("twitchat-bridge")
                .join("journal.db")
        };
        Ok(())
    }

    fn read_password(
        &mut self,
        read: &dyn Fn(&Path) -> io::Result<String>,
    ) -> Result<(), ConfigError> {
        let Some(path) = self.obs.password_file.clone() else {
            return Ok(());
        };
        let origin = self.origin(PASSWORD_FILE).clone();
        let text = SecretString::from(read(&path).map_err(|source| ConfigError::PasswordFile {
            path,
            origin: origin.clone(),
            source,
        })?);
        let password = text.expose_secret().trim_end_matches(['\r', '\n']);
        self.obs.password = (!password.is_empty()).then(|| password.into());
        self.origins.insert(PASSWORD, origin);
        Ok(())
    }
}

impl Flags {
    fn entries(&self) -> Result<Vec<Entry>, ConfigError> {
        let secret = |secret: &SecretString| Raw::Loose(secret.expose_secret().to_owned());
        let loose = |text: &String| Raw::Loose(text.clone());
        let path = |path: &PathBuf| Raw::Path(path.clone());
        let own = [
            ("--host", "obs.host", self.host.as_ref().map(loose)),
            ("--port", "obs.port", self.port.as_ref().map(loose)),
            ("--tls", "obs.tls", self.tls.then_some(Raw::Bool(true))),
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
            .filter_map(|(flag, name, raw)| Some((flag, name, raw?)));
        let others = self
            .others
            .iter()
            .map(|(flag, name, text)| (*flag, *name, loose(text)));
        let entry = |(flag, name, raw)| {
            let origin = Origin::Flag(flag);
            match keys::find(name) {
                Some(key) => Ok(Entry { key, raw, origin }),
                None => Err(ConfigError::UnknownKey {
                    origin,
                    key: name.to_owned(),
                    nearest: None,
                }),
            }
        };
        own.chain(others).map(entry).collect()
    }
}

/// The settings in the environment. An empty variable counts as not set.
fn variables(env: &[(OsString, OsString)]) -> Vec<Entry> {
    let entry = |(name, value): &(OsString, OsString)| {
        let key = keys::all()
            .find(|key| key.env.is_some_and(|env| name == env))
            .filter(|_| !value.is_empty())?;
        let raw = value
            .to_str()
            .map_or_else(|| Raw::Path(value.into()), |text| Raw::Loose(text.into()));
        Some(Entry {
            key,
            raw,
            origin: Origin::Env(name.to_str()?.to_owned()),
        })
    };
    env.iter().filter_map(entry).collect()
}

fn unknown_variable(name: &str) -> Option<Warning> {
    let known = || keys::all().filter_map(|key| key.env).chain(OTHER_VARIABLES);
    if !name.starts_with(PREFIX) || known().any(|known| known == name) {
        return None;
    }
    Some(Warning::UnknownVariable {
        name: name.to_owned(),
        nearest: nearest(name, known()),
    })
}

/// Whether OBS's own settings on this machine can be those of this host.
fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}
