//! SHELL. Finds OBS's own settings on this machine, so that there the user need not say port and
//! password.
//!
//! Reads obs-websocket's `config.json` and never writes it. Called at start-up, and again when OBS
//! refuses the password: the user may have changed it. Places and keys: obs-websocket 5.5
//! (`src/Config.cpp`), OBS's config folders per system.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use secrecy::SecretString;
use serde_json::{Map, Value};

use crate::files::text;

/// obs-websocket's port when its file names none.
const DEFAULT_PORT: u16 = 4455;

/// What OBS's own settings say.
#[derive(Debug)]
pub enum Discovery {
    /// The server is switched on.
    Found {
        path: PathBuf,
        port: u16,
        /// Its password; `None` if it asks for none.
        password: Option<SecretString>,
    },
    /// The server is switched off: nobody can connect until the user switches it on.
    Disabled {
        path: PathBuf,
        /// Where it will listen.
        port: u16,
        /// Its password; `None` if it will ask for none.
        password: Option<SecretString>,
    },
    /// No OBS has been run here, or it is kept elsewhere.
    NotFound,
    /// There is a file, but it cannot be used.
    Unreadable { path: PathBuf, why: String },
}

impl Discovery {
    /// What the user can do about it; `None` if there is nothing to do.
    pub fn advice(&self) -> Option<String> {
        match self {
            Self::Found { .. } | Self::NotFound => None,
            Self::Disabled { path, .. } => Some(format!(
                "the WebSocket server of OBS is switched off ({}): in OBS, Tools > WebSocket \
                    Server Settings > Enable WebSocket server",
                path.display()
            )),
            Self::Unreadable { path, why } => Some(format!(
                "cannot use OBS's own settings in {} ({why}): give port and password yourself",
                path.display()
            )),
        }
    }
}

/// Where this user's programs keep their settings.
#[derive(Debug, Clone, Default)]
pub struct Folders {
    /// The home folder.
    pub home: Option<PathBuf>,
    /// `XDG_CONFIG_HOME`
    pub xdg_config: Option<PathBuf>,
    /// `APPDATA`
    pub app_data: Option<PathBuf>,
}

impl Folders {
    /// Those of this user on this machine.
    pub fn of_this_machine() -> Self {
        let folder = |name| {
            std::env::var_os(name)
                .filter(|value: &OsString| !value.is_empty())
                .map(PathBuf::from)
        };
        Self {
            home: etcetera::home_dir().ok(),
            xdg_config: folder("XDG_CONFIG_HOME"),
            app_data: folder("APPDATA"),
        }
    }

    /// Every config folder that an OBS of any packaging may have.
    fn of_obs(&self) -> Vec<PathBuf> {
        let below = |base: &Option<PathBuf>, wait_for_turn: &str| {
            base.as_ref().map(|base| base.join(wait_for_turn))
        };
        [
            // A relative XDG_CONFIG_HOME is to be ignored, says the XDG specification.
            below(
                &self.xdg_config.clone().filter(|path| path.is_absolute()),
                "obs-studio",
            ),
            below(&self.home, ".config/obs-studio"),
            below(
                &self.home,
                ".var/app/com.obsproject.Studio/config/obs-studio",
            ),
            below(&self.home, "snap/obs-studio/current/.config/obs-studio"),
            below(&self.home, "Library/Application Support/obs-studio"),
            below(&self.app_data, "obs-studio"),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// Looks in every place; of several files the one that was changed last counts.
pub fn discover(folders: &Folders) -> Discovery {
    let files = folders
        .of_obs()
        .into_iter()
        .map(|folder| folder.join("plugin_config/obs-websocket/config.json"));
    let changed = |path: PathBuf| match fs::metadata(&path).and_then(|file| file.modified()) {
        Ok(time) => Some((time, path)),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            None
        }
        // There is something that may not be looked at: it counts only if nothing else is found.
        Err(_) => Some((SystemTime::UNIX_EPOCH, path)),
    };
    match files.filter_map(changed).max_by_key(|(time, _)| *time) {
        Some((_, path)) => read(path),
        None => Discovery::NotFound,
    }
}

fn read(path: PathBuf) -> Discovery {
    match contents(&path) {
        Ok(Settings {
            enabled,
            port,
            password,
        }) if enabled => Discovery::Found {
            path,
            port,
            password,
        },
        Ok(Settings { port, password, .. }) => Discovery::Disabled {
            path,
            port,
            password,
        },
        Err(why) => Discovery::Unreadable { path, why },
    }
}

struct Settings {
    enabled: bool,
    port: u16,
    password: Option<SecretString>,
}

fn contents(path: &Path) -> Result<Settings, String> {
    let text = text::read(path).map_err(|error| error.to_string())?;
    // Only complaints about syntax: those of a typed parse would quote the value, and it may be the
    // password.
    let object: Map<String, Value> = match serde_json::from_str(&text) {
        Ok(Value::Object(object)) => object,
        Ok(_) => return Err("not a JSON object".into()),
        Err(error) => return Err(format!("not JSON: {error}")),
    };
    settings(&object)
}

/// What is missing has obs-websocket's default.
fn settings(object: &Map<String, Value>) -> Result<Settings, String> {
    let switch = |key: &str, default| match object.get(key) {
        None | Some(Value::Null) => Ok(default),
        Some(value) => value
            .as_bool()
            .ok_or_else(|| format!("{key} is neither true nor false")),
    };
    let port = match object.get("server_port") {
        None | Some(Value::Null) => DEFAULT_PORT,
        Some(value) => value
            .as_u64()
            .and_then(|port| u16::try_from(port).ok())
            .filter(|port| *port > 0)
            .ok_or("server_port is no port")?,
    };
    let password = match object.get("server_password") {
        None | Some(Value::Null) => None,
        Some(Value::String(password)) => {
            Some(password.as_str()).filter(|password| !password.is_empty())
        }
        Some(_) => return Err("server_password is no text".into()),
    };
    let asked = switch("auth_required", true)?;
    Ok(Settings {
        enabled: switch("server_enabled", false)?,
        port,
        password: password.filter(|_| asked).map(SecretString::from),
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use secrecy::ExposeSecret;
    use tempfile::TempDir;

    use super::*;

    const FILE: &str = "plugin_config/obs-websocket/config.json";

    /// As OBS 30.2 writes it.
    const WRITTEN: &str = r#"{"alerts_enabled":false,"auth_required":true,"first_load":false,"server_enabled":true,"server_password":"s3cret-s3cret","server_port":4477}"#;

    fn home() -> (TempDir, Folders) {
        let home = tempfile::tempdir().unwrap();
        let folders = Folders {
            home: Some(home.path().to_owned()),
            ..Folders::default()
        };
        (home, folders)
    }

    fn write(folder: &Path, text: &str, age_secs: u64) -> PathBuf {
        let path = folder.join(FILE);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        let changed = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 - age_secs);
        fs::File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_modified(changed)
            .unwrap();
        path
    }

    fn found(discovery: &Discovery) -> Option<(&Path, u16, Option<&str>)> {
        match discovery {
            Discovery::Found {
                path,
                port,
                password,
            } => Some((
                path,
                *port,
                password.as_ref().map(ExposeSecret::expose_secret),
            )),
            _ => None,
        }
    }

    #[test]
    fn every_packaging_of_obs_is_found() {
        for place in [
            ".config/obs-studio",
            ".var/app/com.obsproject.Studio/config/obs-studio",
            "snap/obs-studio/current/.config/obs-studio",
            "Library/Application Support/obs-studio",
        ] {
            let (home, folders) = home();
            let path = write(&home.path().join(place), WRITTEN, 0);
            assert_eq!(
                found(&discover(&folders)),
                Some((path.as_path(), 4477, Some("s3cret-s3cret")))
            );
        }
        for by_xdg in [true, false] {
            let (other, folders) = home();
            let settings = other.path().join("settings");
            let path = write(&settings.join("obs-studio"), WRITTEN, 0);
            let (xdg_config, app_data) = if by_xdg {
                (Some(settings), None)
            } else {
                (None, Some(settings))
            };
            let folders = Folders {
                xdg_config,
                app_data,
                ..folders
            };
            assert_eq!(
                found(&discover(&folders)),
                Some((path.as_path(), 4477, Some("s3cret-s3cret")))
            );
        }
    }

    #[test]
    fn of_several_the_last_changed_counts() {
        let (home, folders) = home();
        write(&home.path().join(".config/obs-studio"), WRITTEN, 50);
        let newest = write(
            &home
                .path()
                .join(".var/app/com.obsproject.Studio/config/obs-studio"),
            WRITTEN,
            10,
        );
        write(
            &home
                .path()
                .join("snap/obs-studio/current/.config/obs-studio"),
            WRITTEN,
            20,
        );
        assert_eq!(found(&discover(&folders)).unwrap().0, newest);
    }

    #[test]
    fn nothing_there_is_not_found() {
        let (home, folders) = home();
        assert!(matches!(discover(&folders), Discovery::NotFound));
        fs::write(
            home.path().join(".config"),
            "a file where a folder is expected",
        )
        .unwrap();
        assert!(matches!(discover(&folders), Discovery::NotFound));
        assert!(matches!(discover(&Folders::default()), Discovery::NotFound));
    }

    fn discovered(text: &str) -> Discovery {
        let (home, folders) = home();
        write(&home.path().join(".config/obs-studio"), text, 0);
        discover(&folders)
    }

    #[test]
    fn a_server_that_is_switched_off_gets_the_way_to_switch_it_on() {
        for text in [
            r#"{"server_enabled":false,"server_port":4455}"#,
            r#"{"server_password":"abc"}"#,
        ] {
            let discovery = discovered(text);
            assert!(matches!(discovery, Discovery::Disabled { port: 4455, .. }));
            assert!(
                discovery
                    .advice()
                    .unwrap()
                    .contains("Tools > WebSocket Server Settings > Enable WebSocket server")
            );
        }
    }

    #[test]
    fn missing_values_are_obs_websockets_defaults() {
        let discovery = discovered(r#"{"server_enabled":true,"server_password":"abc"}"#);
        assert_eq!(
            found(&discovery).map(|(_, port, password)| (port, password)),
            Some((4455, Some("abc")))
        );
    }

    #[test]
    fn an_obs_that_asks_for_no_password_needs_none() {
        let discovery =
            discovered(r#"{"server_enabled":true,"auth_required":false,"server_password":"abc"}"#);
        assert_eq!(
            found(&discovery).map(|(_, port, password)| (port, password)),
            Some((4455, None))
        );
    }

    #[test]
    fn what_cannot_be_used_says_why_and_never_the_password() {
        for (text, expected) in [
            ("", "not JSON: EOF while parsing a value at line 1 column 0"),
            ("[]", "not a JSON object"),
            (
                r#"{"server_enabled":true,"server_port":70000}"#,
                "server_port is no port",
            ),
            (
                r#"{"server_enabled":1}"#,
                "server_enabled is neither true nor false",
            ),
            (
                r#"{"server_enabled":true,"server_password":12345678}"#,
                "server_password is no text",
            ),
            (
                r#"{"server_enabled":true,"server_password":"hunter2" x"#,
                "not JSON: expected `,` or `}` at line 1 column 52",
            ),
        ] {
            let discovery = discovered(text);
            let Discovery::Unreadable { why, .. } = &discovery else {
                panic!("{text}: {discovery:?}")
            };
            assert_eq!(why, expected);
            assert!(
                discovery
                    .advice()
                    .unwrap()
                    .contains("give port and password yourself")
            );
        }
        assert!(!format!("{:?}", discovered(WRITTEN)).contains("s3cret"));
    }
}
