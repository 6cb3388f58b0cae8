//! SHELL. Reads the sources of a configuration from this machine: the environment, the user's
//! folders, the config file.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use super::address::HOST;
use super::keys::{self, PASSWORD, PASSWORD_FILE};
use super::{ConfigError, Discovered, FileText, Flags, Origin, Places, Sources};
use crate::files::{
    self,
    text::{self, NotText},
};

/// The environment variable that names the config file.
const CONFIG_VARIABLE: &str = "TWITCHAT_BRIDGE_CONFIG";

impl Sources<'static> {
    /// Reads the sources on this machine. The caller supplies `discovered`, because this module
    /// does not know OBS.
    ///
    /// # Errors [`ConfigError::Read`] if the config file cannot be read. A file that the user names
    /// must exist; the default file need not.
    pub fn of_this_machine(
        flags: Flags,
        discovered: Option<Discovered>,
    ) -> Result<Self, ConfigError> {
        let is_named = named_file(&flags, &environment()).is_some();
        let file = match file_path(&flags).map(|path| read_file(&path)) {
            None => None,
            Some(Ok(file)) => Some(file),
            Some(Err(ConfigError::Read { source, .. }))
                if !is_named && source.kind() == io::ErrorKind::NotFound =>
            {
                None
            }
            Some(Err(error)) => return Err(error),
        };
        Ok(Self::with_file(flags, discovered, file))
    }

    /// The sources on this machine, with this file as the config file.
    pub(super) fn with_file(
        flags: Flags,
        discovered: Option<Discovered>,
        file: Option<FileText>,
    ) -> Self {
        Self {
            flags,
            env: environment(),
            file,
            discovered,
            places: places(),
            read: &text::read,
        }
    }
}

fn environment() -> Vec<(OsString, OsString)> {
    std::env::vars_os().collect()
}

/// The path of the config file: the file that the user named, else the default one. `None` if there
/// is no home folder.
pub fn file_path(flags: &Flags) -> Option<PathBuf> {
    let usual = || places().as_ref().map(default_path);
    named_file(flags, &environment()).or_else(usual)
}

/// The folders of this user; `None` if there is no home folder.
pub fn places() -> Option<Places> {
    let strategy = etcetera::choose_base_strategy().ok()?;
    Some(Places {
        home: strategy.home_dir().to_owned(),
        config: strategy.config_dir(),
        data: strategy.data_dir(),
    })
}

/// The environment variables that may hold the password of OBS: the password itself, the path of
/// its file, and the host if it is an address.
pub fn password_variables() -> impl Iterator<Item = &'static str> {
    let is_address = |name: &str| {
        let value = std::env::var_os(name).unwrap_or_default();
        value.to_string_lossy().contains("://")
    };
    let host = keys::find(HOST).and_then(|key| key.env);
    let passwords = [PASSWORD, PASSWORD_FILE].into_iter();
    passwords
        .filter_map(|name| keys::find(name)?.env)
        .chain(host.filter(|name| is_address(name)))
}

/// The environment variables that are set and hold a setting.
pub fn variables_that_are_set() -> impl Iterator<Item = &'static str> {
    keys::all()
        .filter_map(|key| key.env)
        .chain([CONFIG_VARIABLE])
        .filter(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// The path of the config file if the user names none.
pub fn default_path(places: &Places) -> PathBuf {
    places.config.join("twitchat-bridge").join("config.toml")
}

/// The config file that the user named with `--config`, or else with `TWITCHAT_BRIDGE_CONFIG`.
fn named_file(flags: &Flags, env: &[(OsString, OsString)]) -> Option<PathBuf> {
    let variable = || {
        env.iter()
            .find(|(name, value)| name == CONFIG_VARIABLE && !value.is_empty())
    };
    flags
        .config
        .clone()
        .or_else(|| variable().map(|(_, value)| value.into()))
}

fn read_file(path: &Path) -> Result<FileText, ConfigError> {
    let failed = |source| ConfigError::Read {
        path: path.to_owned(),
        source,
    };
    file_of(path, fs::read(path).map_err(failed)?)
}

/// Decodes the content. Fails if it is not text.
pub(super) fn file_of(path: &Path, content: Vec<u8>) -> Result<FileText, ConfigError> {
    let failed = |source| ConfigError::Read {
        path: path.to_owned(),
        source,
    };
    let text = text::decode(content).map_err(|error| match NotText::of(&error) {
        Some(not_text) => at_its_place(path, not_text),
        None => failed(error),
    })?;
    Ok(FileText {
        path: path.to_owned(),
        text,
        readable_by_others: files::readable_by_others(path).map_err(failed)?,
    })
}

fn at_its_place(path: &Path, NotText(spot): &NotText) -> ConfigError {
    ConfigError::Syntax {
        origin: Origin::File {
            path: path.to_owned(),
            line: spot.line,
            column: spot.column,
        },
        message: "the file is not text in UTF-8 or UTF-16 from here on: save it as UTF-8".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn a_named_file_must_exist() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.toml");
        let flags = Flags {
            config: Some(path.clone()),
            ..Flags::default()
        };
        let error = Sources::of_this_machine(flags.clone(), None).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("cannot read the config file {}", path.display())
        );
        fs::write(&path, "obs.port = 4499").unwrap();
        let mut sources = Sources::of_this_machine(flags, None).unwrap();
        sources.env.clear();
        assert_eq!(Config::load(&sources).unwrap().obs.port, 4499);
    }

    #[test]
    fn a_byte_that_is_no_utf_8_is_named_by_line_and_column() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("latin1.toml");
        fs::write(&path, b"[broadcaster]\nname = \"Zo\xeb\"\n").unwrap();
        let flags = Flags {
            config: Some(path.clone()),
            ..Flags::default()
        };
        let error = Sources::of_this_machine(flags, None).unwrap_err();
        let at = format!("{}:2:11: the file is not text in UTF-8", path.display());
        assert!(error.to_string().starts_with(&at), "{error}");
    }

    #[test]
    fn the_flag_goes_before_the_variable() {
        let env = [("TWITCHAT_BRIDGE_CONFIG".into(), "by-variable".into())];
        assert_eq!(
            named_file(&Flags::default(), &env),
            Some("by-variable".into())
        );
        assert_eq!(
            named_file(
                &Flags {
                    config: Some("by-flag".into()),
                    ..Flags::default()
                },
                &env
            ),
            Some("by-flag".into())
        );
        assert_eq!(
            named_file(
                &Flags::default(),
                &[("TWITCHAT_BRIDGE_CONFIG".into(), "".into())]
            ),
            None
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_password_file_that_others_can_read_causes_a_warning() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        fs::write(&path, "").unwrap();
        for (mode, expected) in [(0o600, false), (0o640, true), (0o604, true)] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(read_file(&path).unwrap().readable_by_others, expected);
        }
    }
}
