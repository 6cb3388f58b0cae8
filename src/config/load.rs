//! Merges the sources, weakest first. Pure: it reads from the disk only through [`Sources::read`].

use std::io;
use std::net::IpAddr;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use super::address;
use super::file;
use super::keys::{self, PASSWORD, PASSWORD_FILE};
use super::sources::{Discovered, GivenSetting, Sources, variables};
use super::{Config, ConfigError, ObsSettings, Origin, Warning};
use crate::input::{Field, nearest};

const PREFIX: &str = "TWITCHAT_BRIDGE_";
/// Variables that are not settings: `machine` and the command line's log read them.
const OTHER_VARIABLES: [&str; 2] = ["TWITCHAT_BRIDGE_CONFIG", "TWITCHAT_BRIDGE_LOG"];

impl Config {
    /// Merges and validates the sources. Every value of every source is checked, even if a stronger
    /// source overrides it.
    ///
    /// # Errors Returns all errors that were found. Each [`ConfigError`] names the place and the
    /// allowed values.
    pub fn load(sources: &Sources<'_>) -> Result<Self, ConfigError> {
        let (mut config, mut errors) = (Self::default(), Vec::new());
        if let Some(file) = &sources.file {
            let (entries, book) = file::entries(file, &mut errors);
            config.apply(entries, &mut errors);
            errors.sort_by_key(ConfigError::place);
            config
                .warnings
                .extend(book.warnings.iter().map(|problem| Warning::Rule {
                    origin: file.at(problem.spot),
                    text: problem.to_string(),
                }));
            config.rules = book.shared();
            config.file = Some(file.identity());
            if file.readable_by_others && config.obs.password.is_some() {
                config
                    .warnings
                    .push(Warning::PasswordReadable(file.path.clone()));
            }
        }
        config.apply(variables(&sources.env), &mut errors);
        config.warnings.extend(
            sources
                .env
                .iter()
                .filter_map(|(name, _)| unknown_variable(name.to_str()?)),
        );
        let flags = sources.flags.entries(&mut errors);
        config.apply(flags, &mut errors);
        ConfigError::all(errors)?;
        if sources.flags.password.is_some() {
            config.warnings.push(Warning::PasswordInArguments);
        } else if config.origin(PASSWORD) == &Origin::Flag("--host") {
            config.warnings.push(Warning::PasswordInHost);
        }
        config.discovered(sources.discovered.as_ref());
        config.expand_paths(sources)?;
        let script = &mut config.overlay.script;
        script.height = config.overlay.height.unwrap_or(script.height);
        config.read_password(sources.read)?;
        Ok(config)
    }

    /// Applies the settings of one source. They override the settings of weaker sources.
    fn apply(&mut self, entries: Vec<GivenSetting>, errors: &mut Vec<ConfigError>) {
        let entries = match address::expand(entries) {
            Ok(entries) => entries,
            Err(error) => return errors.push(error),
        };
        if entries.iter().any(|entry| entry.key.name == address::HOST) {
            self.forget_address();
        }
        let from = |name| entries.iter().filter(move |entry| entry.key.name == name);
        let mut passwords = from(PASSWORD)
            .chain(from(PASSWORD_FILE))
            .map(|entry| entry.origin.clone());
        match (passwords.next(), passwords.next()) {
            (Some(first), Some(second)) => {
                errors.push(ConfigError::TwoPasswords { first, second });
            }
            (None, _) => {}
            // A stronger source replaces both settings of the password, even if it uses only one of
            // them.
            _ => (self.obs.password, self.obs.password_file) = (None, None),
        }
        for GivenSetting { key, node, origin } in entries {
            if let Err(problem) = (key.set)(self, &Field::new(&node, key.name)) {
                errors.push(ConfigError::of(problem, origin.clone()));
            }
            self.origins.insert(key.name, origin);
            match key.name {
                PASSWORD => drop(self.origins.remove(PASSWORD_FILE)),
                PASSWORD_FILE => drop(self.origins.remove(PASSWORD)),
                _ => {}
            }
        }
    }

    /// Resets the settings that came from the address of a weaker source, because they belong to
    /// its host.
    fn forget_address(&mut self) {
        let Some(origin) = self.origins.get(address::HOST).cloned() else {
            return;
        };
        let default = ObsSettings::default();
        for name in address::REST {
            if self.origins.get(name) != Some(&origin) {
                continue;
            }
            self.origins.remove(name);
            match name {
                address::PORT => self.obs.port = default.port,
                address::TLS => self.obs.tls = default.tls,
                address::PATH => self.obs.path = None,
                _ => self.obs.password = None,
            }
        }
    }

    /// Whether `obs.host` is this machine. If so, OBS's own settings on this machine may be the
    /// right ones.
    pub fn is_obs_here(&self) -> bool {
        is_this_machine(&self.obs.host)
    }

    /// Takes port and password from OBS's own settings, if OBS is on this machine and no other
    /// source has set them.
    fn discovered(&mut self, found: Option<&Discovered>) {
        let Some(found) = found.filter(|_| self.is_obs_here()) else {
            return;
        };
        let origin = |is_option, option| {
            if is_option {
                Origin::ObsOption(option)
            } else {
                Origin::Obs(found.path.clone())
            }
        };
        if !self.origins.contains_key("obs.port") {
            self.obs.port = found.port;
            let origin = origin(found.options.port, "--websocket_port");
            self.origins.insert("obs.port", origin);
        }
        if !self.origins.contains_key(PASSWORD) && !self.origins.contains_key(PASSWORD_FILE) {
            self.obs.password.clone_from(&found.password);
            let origin = origin(found.options.password, "--websocket_password");
            self.origins.insert(PASSWORD, origin);
        }
    }

    /// Resolves paths: `~` is the home folder, and relative paths in the file start at the file's
    /// folder. Also sets the default place of the store, which depends on the machine. Fails if a
    /// path needs the home folder and there is none.
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
            path: path.clone(),
            origin: origin.clone(),
            source,
        })?);
        let password = text.expose_secret().trim_end_matches(['\r', '\n']);
        self.obs.password = (!password.is_empty()).then(|| password.into());
        if password.is_empty() {
            self.warnings.push(Warning::EmptyPasswordFile {
                path,
                origin: origin.clone(),
            });
        }
        self.origins.insert(PASSWORD, origin);
        Ok(())
    }
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

fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}
