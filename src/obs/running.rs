//! SHELL. Finds the OBS that runs on this computer: the folder of its installation, and the options
//! on its command line that take precedence over its settings.
//!
//! On Linux it reads `/proc`. On Windows it lists the processes with PowerShell, which takes about
//! a second, so [`discovery`](super::discovery) asks only if the settings alone do not suffice.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

#[derive(Debug, Clone, Default)]
pub(super) struct RunningObs {
    /// The folder of OBS's program.
    pub(super) folder: Option<PathBuf>,
    /// The folder with OBS's settings. `None` if its environment does not name one in
    /// `XDG_CONFIG_HOME`.
    pub(super) config: Option<PathBuf>,
    /// Whether OBS was started with `--portable`.
    pub(super) portable: bool,
    /// The value of `--websocket_port`.
    pub(super) port: Option<u16>,
    /// The value of `--websocket_password`.
    pub(super) password: Option<SecretString>,
}

impl RunningObs {
    /// Reads the command line of OBS. `arguments` does not contain the program itself.
    fn of<'a>(folder: Option<&Path>, arguments: impl Iterator<Item = &'a str>) -> Self {
        let mut obs = Self {
            folder: folder.map(Into::into),
            ..Self::default()
        };
        let mut arguments = arguments.peekable();
        while let Some(argument) = arguments.next() {
            let (name, mut value) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (argument, None),
            };
            match name {
                "--portable" | "-p" => obs.portable = true,
                "--websocket_port" | "--websocket_password" => {
                    value = value.or_else(|| arguments.next());
                    let value = value.filter(|value| !value.is_empty());
                    if name == "--websocket_port" {
                        obs.port = value
                            .and_then(|port| port.parse().ok())
                            .filter(|port| *port > 0);
                    } else {
                        obs.password = value.map(Into::into);
                    }
                }
                _ => {}
            }
        }
        obs
    }

    /// The folder of the installation: its program is in `bin/64bit` on Windows and in portable
    /// builds for Linux.
    pub(super) fn installation(&self) -> Option<&Path> {
        let bin = self.folder.as_deref()?.parent()?;
        (bin.file_name() == Some(OsStr::new("bin"))).then(|| bin.parent())?
    }
}

/// The OBS of this user that was started last; `None` if none is running. `home` is this user's
/// home folder: an OBS with another home folder has other settings.
#[cfg(target_os = "linux")]
pub(super) fn find(proc: &Path, home: Option<&Path>) -> Option<RunningObs> {
    let processes = std::fs::read_dir(proc).ok()?;
    let obs = processes
        .filter_map(|process| linux::read(&process.ok()?.path(), home?))
        .max_by_key(|(started, _)| *started)?;
    Some(obs.1)
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;
    use std::os::unix::ffi::OsStrExt;
    use std::path::{Path, PathBuf};

    use super::{OsStr, RunningObs};

    /// The name of OBS's program.
    const NAME: &str = "obs";
    /// The index of the start time in `stat`, counted from the field after the name in parentheses.
    const STARTED: usize = 19;

    /// Reads an OBS that belongs to this home folder, and the time when it was started.
    pub(super) fn read(process: &Path, home: &Path) -> Option<(u64, RunningObs)> {
        let stat = fs::read_to_string(process.join("stat")).ok()?;
        let (before, after) = stat.rsplit_once(") ")?;
        if before.split_once('(')?.1 != NAME {
            return None;
        }
        let started = after.split(' ').nth(STARTED)?.parse().ok()?;
        let environment = fs::read(process.join("environ")).ok()?;
        let variable = |name: &str| {
            let mut all = environment.split(|byte| *byte == 0);
            let value =
                all.find_map(|entry| entry.strip_prefix(name.as_bytes())?.strip_prefix(b"="))?;
            Some(PathBuf::from(OsStr::from_bytes(value)))
        };
        // In a snap, HOME is a folder inside the user's home folder.
        if !variable("HOME")?.starts_with(home) {
            return None;
        }
        let command = fs::read(process.join("cmdline")).ok()?;
        let command = String::from_utf8_lossy(&command);
        let program = fs::read_link(process.join("exe")).ok();
        let folder = program.as_deref().and_then(Path::parent);
        let mut obs = RunningObs::of(folder, command.split('\0').skip(1));
        obs.config = variable("XDG_CONFIG_HOME").filter(|path| path.is_absolute());
        Some((started, obs))
    }
}

/// The OBS of this user; `None` if none is running.
#[cfg(windows)]
pub(super) fn find(_proc: &Path, _home: Option<&Path>) -> Option<RunningObs> {
    use std::os::windows::process::CommandExt;
    const NO_WINDOW: u32 = 0x0800_0000;
    const LIST: &str = "Get-CimInstance Win32_Process -Filter \"Name='obs64.exe'\" | \
        ForEach-Object { $_.ExecutablePath; $_.CommandLine }";
    let listed = std::process::Command::new("powershell.exe")
        .args(["-NoProfile", "-NonInteractive", "-Command", LIST])
        .creation_flags(NO_WINDOW)
        .output()
        .ok()?;
    of_list(&String::from_utf8_lossy(&listed.stdout))
}

/// Always returns `None`: other systems start OBS as an application, without options.
#[cfg(not(any(target_os = "linux", windows)))]
pub(super) fn find(_proc: &Path, _home: Option<&Path>) -> Option<RunningObs> {
    None
}

/// Reads two lines: the path of the program and its command line.
#[cfg(any(windows, test))]
fn of_list(text: &str) -> Option<RunningObs> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let program = lines.next()?;
    let folder = program.rsplit_once('\\')?.0;
    let arguments = words(lines.next().unwrap_or_default());
    let arguments = arguments.iter().skip(1).map(String::as_str);
    Some(RunningObs::of(Some(Path::new(folder)), arguments))
}

/// Splits a Windows command line into words. A word with spaces is in double quotes.
#[cfg(any(windows, test))]
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), None::<String>, false);
    for c in line.chars() {
        match c {
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn of(line: &str) -> (bool, Option<u16>, Option<String>) {
        let words = words(line);
        let obs = RunningObs::of(None, words.iter().map(String::as_str));
        let password = obs
            .password
            .map(|password| password.expose_secret().to_owned());
        (obs.portable, obs.port, password)
    }

    #[test]
    fn the_options_of_the_command_line_are_read() {
        let cases = [
            ("", (false, None, None)),
            ("--multi -p", (true, None, None)),
            ("--websocket_port 4466", (false, Some(4466), None)),
            ("--websocket_port=4466 --portable", (true, Some(4466), None)),
            (
                "--websocket_password \"my secret\"",
                (false, None, Some("my secret")),
            ),
            ("--websocket_password=a=b", (false, None, Some("a=b"))),
            ("--websocket_port 70000", (false, None, None)),
            ("--websocket_port", (false, None, None)),
        ];
        for (line, (portable, port, password)) in cases {
            assert_eq!(
                of(line),
                (portable, port, password.map(Into::into)),
                "{line}"
            );
        }
    }

    #[test]
    fn a_list_of_windows_names_the_folder_and_the_options() {
        let list = "D:\\OBS\\bin\\64bit\\obs64.exe\r\n\
            \"D:\\OBS\\bin\\64bit\\obs64.exe\" --portable --websocket_port 4466\r\n";
        let obs = of_list(list).unwrap();
        assert_eq!(
            obs.folder.as_deref(),
            Some(Path::new("D:\\OBS\\bin\\64bit"))
        );
        assert_eq!((obs.portable, obs.port), (true, Some(4466)));
        assert!(of_list("").is_none());
    }

    #[test]
    fn a_portable_installation_is_two_folders_above_the_program() {
        let installation = |folder: &str| {
            let obs = RunningObs::of(Some(Path::new(folder)), std::iter::empty());
            obs.installation().map(Path::to_owned)
        };
        assert_eq!(installation("/opt/obs/bin/64bit"), Some("/opt/obs".into()));
        assert_eq!(installation("/usr/bin"), None);
    }

    #[test]
    fn its_debug_text_hides_the_password() {
        let obs = RunningObs::of(None, ["--websocket_password", "hunter22"].into_iter());
        assert!(!format!("{obs:?}").contains("hunter22"));
    }
}
