//! SHELL. Finds OBS's own settings on this machine, so that the user need not enter the port and
//! the password.
//!
//! Reads obs-websocket's `config.json` and never writes it. The bridge calls it at start-up, and
//! again when OBS refuses the password, because the user may have changed the password. The paths
//! and keys come from obs-websocket 5.5 (`src/Config.cpp`) and from OBS's config folders on each
//! system.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use secrecy::SecretString;
use serde_json::{Map, Value};

use super::running::{self, RunningObs};
use crate::config::ObsOptions;
use crate::files::text;

/// The file of obs-websocket's settings, in OBS's config folder.
const SETTINGS: &str = "plugin_config/obs-websocket/config.json";
/// The port if obs-websocket's file has none.
const DEFAULT_PORT: u16 = 4455;

/// The result of the search for OBS's settings.
#[derive(Debug)]
pub enum Discovery {
    /// Settings were found, and the WebSocket server is switched on.
    Found {
        path: PathBuf,
        port: u16,
        /// The server's password; `None` if the server does not require one.
        password: Option<SecretString>,
        options: ObsOptions,
    },
    /// The WebSocket server is switched off, so nobody can connect until the user switches it on.
    Disabled {
        path: PathBuf,
        /// The port that it will listen on.
        port: u16,
        /// The server's password; `None` if the server will not require one.
        password: Option<SecretString>,
        options: ObsOptions,
    },
    /// No OBS has run on this machine, or its settings are in a folder that is not searched.
    NotFound,
    /// There is a settings file, but it cannot be used.
    Unreadable { path: PathBuf, why: String },
}

/// Whether listing the processes is slow: Windows takes about a second.
const ASKING_IS_SLOW: bool = cfg!(windows);

impl Discovery {
    /// Replaces the port and the password with the values on the command line of the running OBS.
    fn with_options(mut self, running: RunningObs) -> Self {
        let RunningObs {
            folder,
            port: given_port,
            password: given_password,
            ..
        } = running;
        let given = ObsOptions {
            port: given_port.is_some(),
            password: given_password.is_some(),
        };
        if let Self::Found {
            port,
            password,
            options,
            ..
        }
        | Self::Disabled {
            port,
            password,
            options,
            ..
        } = &mut self
        {
            *options = given;
            *port = given_port.unwrap_or(*port);
            if given_password.is_some() {
                *password = given_password;
            }
            return self;
        }
        if given == ObsOptions::default() {
            return self;
        }
        Self::Found {
            path: folder.unwrap_or_default(),
            port: given_port.unwrap_or(DEFAULT_PORT),
            password: given_password,
            options: given,
        }
    }

    /// Advice for the user; `None` if there is nothing to do.
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

/// The folders in which to search for OBS and its settings.
#[derive(Debug, Clone, Default)]
pub struct Folders {
    /// The user's home folder.
    pub home: Option<PathBuf>,
    /// The folder in `XDG_CONFIG_HOME`.
    pub xdg_config: Option<PathBuf>,
    /// The folder in `APPDATA`.
    pub app_data: Option<PathBuf>,
    /// Folders that may be a portable installation of OBS.
    pub installations: Vec<PathBuf>,
    /// The folder in which Linux shows its processes, `/proc`.
    pub proc: PathBuf,
}

impl Folders {
    /// The folders of this user on this machine.
    pub fn of_this_machine() -> Self {
        let folder = |name: &str| {
            std::env::var_os(name)
                .filter(|value: &OsString| !value.is_empty())
                .map(PathBuf::from)
        };
        Self {
            home: etcetera::home_dir().ok(),
            xdg_config: folder("XDG_CONFIG_HOME"),
            app_data: folder("APPDATA"),
            installations: installations(folder),
            proc: "/proc".into(),
        }
    }

    /// The config folders of all packagings of OBS.
    fn of_obs(&self) -> Vec<PathBuf> {
        let below = |base: &Option<PathBuf>, wait_for_turn: &str| {
            base.as_ref().map(|base| base.join(wait_for_turn))
        };
        [
            // According to the XDG specification, a relative XDG_CONFIG_HOME must be ignored.
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
        .chain(self.installations.iter().map(|obs| obs.join(PORTABLE)))
        .collect()
    }
}

/// The folder with the settings, relative to a portable installation.
const PORTABLE: &str = "config/obs-studio";
/// OBS is portable if one of these files is in its folder, see `OBSApp.cpp`.
const PORTABLE_MARKS: [&str; 4] = [
    "portable_mode",
    "obs_portable_mode",
    "portable_mode.txt",
    "obs_portable_mode.txt",
];
/// The number of parent folders of this program that may be a portable OBS.
const ABOVE: usize = 4;

/// The folders in which OBS is likely to be installed: the default folders on Windows, and the
/// folders around this program.
fn installations(folder: impl Fn(&str) -> Option<PathBuf>) -> Vec<PathBuf> {
    let programs = ["ProgramFiles", "ProgramFiles(x86)"].map(folder);
    let usual = programs
        .into_iter()
        .flatten()
        .map(|programs| programs.join("obs-studio"));
    let own = std::env::current_exe().ok();
    let around = own
        .iter()
        .flat_map(|program| program.ancestors().skip(1).take(ABOVE));
    usual.chain(around.map(Into::into)).collect()
}

/// Finds OBS's settings in all places. If the running OBS shows which file it uses, that file is
/// used, else the file that was changed last. The options on OBS's command line take precedence
/// over the file.
pub fn discover(folders: &Folders) -> Discovery {
    let all = || of_files(folders.of_obs());
    if ASKING_IS_SLOW {
        let found = all();
        if matches!(found, Discovery::Found { .. }) {
            return found;
        }
    }
    let Some(running) = running::find(&folders.proc, folders.home.as_deref()) else {
        return all();
    };
    let found = match own_folder(&running).map(|folder| of_files(vec![folder])) {
        None | Some(Discovery::NotFound) => all(),
        Some(found) => found,
    };
    found.with_options(running)
}

/// The folder of OBS's own settings and scene collections; `None` if no OBS has been run here.
pub fn config_folder(folders: &Folders) -> Option<PathBuf> {
    let (Discovery::Found { path, .. }
    | Discovery::Disabled { path, .. }
    | Discovery::Unreadable { path, .. }) = discover(folders)
    else {
        return None;
    };
    path.ends_with(SETTINGS)
        .then(|| path.ancestors().nth(3))
        .flatten()
        .map(Path::to_owned)
}

/// Whether an OBS of this user is running. On macOS this is always `false`.
pub fn is_obs_running(folders: &Folders) -> bool {
    running::find(&folders.proc, folders.home.as_deref()).is_some()
}

/// The folder in which a running OBS keeps its settings. `None` if the process does not show it.
fn own_folder(running: &RunningObs) -> Option<PathBuf> {
    let portable = running.installation().filter(|installation| {
        running.portable
            || PORTABLE_MARKS
                .iter()
                .any(|mark| installation.join(mark).exists())
    });
    portable
        .map(|installation| installation.join(PORTABLE))
        .or_else(|| {
            let config = running.config.as_ref()?;
            Some(config.join("obs-studio"))
        })
}

/// Reads the file that was changed last.
fn of_files(folders: Vec<PathBuf>) -> Discovery {
    let files = folders.into_iter().map(|folder| folder.join(SETTINGS));
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
        // The time of the file cannot be read, so it is used only if there is no other file.
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
            options: ObsOptions::default(),
        },
        Ok(Settings { port, password, .. }) => Discovery::Disabled {
            path,
            port,
            password,
            options: ObsOptions::default(),
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
    // Parses only the syntax, because the errors of a typed parse would quote the value, which may
    // be the password.
    let object: Map<String, Value> = match serde_json::from_str(&text) {
        Ok(Value::Object(object)) => object,
        Ok(_) => return Err("not a JSON object".into()),
        Err(error) => return Err(format!("not JSON: {error}")),
    };
    settings(&object)
}

/// Uses obs-websocket's default for a missing key.
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
            .ok_or("server_port is not a port")?,
    };
    let password = match object.get("server_password") {
        None | Some(Value::Null) => None,
        Some(Value::String(password)) => {
            Some(password.as_str()).filter(|password| !password.is_empty())
        }
        Some(_) => return Err("server_password is not a text".into()),
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

    /// The file that OBS 30.2 writes.
    const WRITTEN: &str = r#"{"alerts_enabled":false,"auth_required":true,"first_load":false,
        "server_enabled":true,"server_password":"s3cret-s3cret","server_port":4477}"#;

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
                ..
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
    fn unusable_settings_are_reported_without_the_password() {
        for (text, expected) in [
            ("", "not JSON: EOF while parsing a value at line 1 column 0"),
            ("[]", "not a JSON object"),
            (
                r#"{"server_enabled":true,"server_port":70000}"#,
                "server_port is not a port",
            ),
            (
                r#"{"server_enabled":1}"#,
                "server_enabled is neither true nor false",
            ),
            (
                r#"{"server_enabled":true,"server_password":12345678}"#,
                "server_password is not a text",
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

    #[cfg(target_os = "linux")]
    mod of_a_running_obs {
        use super::*;

        /// Adds a process to the folder in which Linux shows the processes.
        fn run(folders: &mut Folders, pid: u32, program: &Path, environment: &str, command: &str) {
            let home = folders.home.clone().unwrap();
            folders.proc = home.join("proc");
            let process = folders.proc.join(pid.to_string());
            fs::create_dir_all(&process).unwrap();
            let before = "0 ".repeat(18);
            fs::write(
                process.join("stat"),
                format!("{pid} (obs) S {before}{pid} 0"),
            )
            .unwrap();
            fs::write(process.join("environ"), environment.replace(' ', "\0")).unwrap();
            fs::write(process.join("cmdline"), command.replace(' ', "\0")).unwrap();
            std::os::unix::fs::symlink(program, process.join("exe")).unwrap();
        }

        #[test]
        fn options_go_before_the_file() {
            let (home, mut folders) = home();
            let path = write(&home.path().join(".config/obs-studio"), WRITTEN, 0);
            let environment = format!("HOME={}", home.path().display());
            let command = "obs --websocket_port 4466 --websocket_password=other";
            run(
                &mut folders,
                7,
                Path::new("/usr/bin/obs"),
                &environment,
                command,
            );
            assert_eq!(
                found(&discover(&folders)),
                Some((path.as_path(), 4466, Some("other")))
            );
        }

        #[test]
        fn options_are_enough_without_a_file() {
            let (home, mut folders) = home();
            let environment = format!("HOME={}", home.path().display());
            run(
                &mut folders,
                7,
                Path::new("/usr/bin/obs"),
                &environment,
                "obs --websocket_port 4466",
            );
            let discovery = discover(&folders);
            assert_eq!(found(&discovery).map(|(_, port, _)| port), Some(4466));
        }

        #[test]
        fn its_own_settings_count_and_not_those_that_were_changed_last() {
            let (home, mut folders) = home();
            write(&home.path().join(".config/obs-studio"), WRITTEN, 0);
            let portable = home.path().join("OBS");
            let path = write(
                &portable.join("config/obs-studio"),
                r#"{"server_enabled":true,"server_port":4488}"#,
                90,
            );
            let environment = format!("HOME={}", home.path().display());
            let program = portable.join("bin/64bit/obs");
            run(&mut folders, 7, &program, &environment, "obs --portable");
            assert_eq!(
                found(&discover(&folders)),
                Some((path.as_path(), 4488, None))
            );
        }

        #[test]
        fn the_environment_of_a_sandbox_shows_its_settings() {
            let (home, mut folders) = home();
            write(&home.path().join(".config/obs-studio"), WRITTEN, 0);
            let config = home.path().join(".var/app/com.obsproject.Studio/config");
            let path = write(&config.join("obs-studio"), WRITTEN, 90);
            let environment = format!(
                "XDG_CONFIG_HOME={} HOME={}",
                config.display(),
                home.path().display()
            );
            run(
                &mut folders,
                7,
                Path::new("/app/bin/obs"),
                &environment,
                "obs",
            );
            assert_eq!(found(&discover(&folders)).unwrap().0, path);
        }

        #[test]
        fn the_obs_of_another_home_folder_is_none_of_ours() {
            let (home, mut folders) = home();
            write(&home.path().join(".config/obs-studio"), WRITTEN, 0);
            let command = "obs --websocket_port 4466";
            run(
                &mut folders,
                7,
                Path::new("/usr/bin/obs"),
                "HOME=/home/other",
                command,
            );
            assert_eq!(found(&discover(&folders)).unwrap().1, 4477);
        }

        #[test]
        fn of_several_the_last_one_counts() {
            let (home, mut folders) = home();
            let environment = format!("HOME={}", home.path().display());
            for (pid, port) in [(7, 4466), (9, 4469), (8, 4468)] {
                let command = format!("obs --websocket_port {port}");
                run(
                    &mut folders,
                    pid,
                    Path::new("/usr/bin/obs"),
                    &environment,
                    &command,
                );
            }
            assert_eq!(found(&discover(&folders)).unwrap().1, 4469);
        }
    }

    #[test]
    fn a_portable_installation_is_found_without_a_process() {
        let (home, mut folders) = home();
        let installation = home.path().join("OBS");
        let path = write(&installation.join("config/obs-studio"), WRITTEN, 0);
        folders.installations.push(installation);
        assert_eq!(found(&discover(&folders)).unwrap().0, path);
    }
}
