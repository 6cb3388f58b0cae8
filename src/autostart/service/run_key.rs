//! The Run key of Windows, whose commands Explorer starts at login.
//!
//! A console program that Explorer starts gets a window. Therefore the command is
//! `twitchat-bridgew.exe`, a program without a console, which starts `twitchat-bridge.exe` beside
//! it without a window.

use std::fmt::Display;
use std::os::windows::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use windows_registry::{CURRENT_USER, Key};

use super::state::{Installed, NAME, Running, State};
use crate::autostart::error::Error;
use crate::autostart::launch::{self, Launch};
use crate::autostart::mark::{self, Existing};
use crate::autostart::outcome::{Change, Outcome};
use crate::autostart::{system, windows_words};
use crate::{config, store};

const RUN: &str = r"Software\Microsoft\Windows\CurrentVersion\Run";
/// The key in which the Task Manager records the programs that the user has switched off.
const APPROVED: &str = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run";
/// The longest command that Explorer starts, in characters (Microsoft, "Run and `RunOnce` Registry
/// Keys").
const LONGEST: usize = 260;
/// The flag `CREATE_NO_WINDOW` of Windows.
const NO_WINDOW: u32 = 0x0800_0000;
/// A program without a console, which starts the bridge.
const LAUNCHER: &str = "twitchat-bridgew.exe";

#[derive(Debug)]
pub(super) struct RunKey {
    log_file: PathBuf,
}

impl RunKey {
    pub(super) fn of_this_user() -> Result<Self, Error> {
        let local = std::env::var_os("LOCALAPPDATA").map(PathBuf::from);
        let folder = local.or_else(|| config::places().map(|places| places.data));
        let folder = folder.ok_or(Error::NoHome)?.join(NAME);
        Ok(Self {
            log_file: folder.join(format!("{NAME}.log")),
        })
    }

    pub(super) fn install(&self, launch: &Launch, _existing: Existing) -> Result<Outcome, Error> {
        let mut outcome = Outcome::default();
        let mut words = launch.run(Some(&launch::absolute(&self.log_file)?));
        let launcher = Path::new(launch.program()).with_file_name(LAUNCHER);
        if launcher.exists() {
            if let Some(first) = words.first_mut() {
                *first = launch::absolute(&launcher)?;
            }
        } else {
            outcome.note(format!(
                "{} is missing, so a console window opens at each login: put it beside {} and \
                    install the service again",
                launcher.display(),
                launch.program()
            ));
        }
        let command = windows_words::join(&words);
        let length = command.encode_utf16().count();
        if length > LONGEST {
            return Err(Error::TooLong {
                length,
                longest: LONGEST,
            });
        }
        if let Some(folder) = self.log_file.parent() {
            std::fs::create_dir_all(folder).map_err(|source| Error::Write {
                path: folder.to_owned(),
                source,
            })?;
        }
        if installed()?.is_none_or(|installed| installed.command != command) {
            key(RUN)?
                .set_string(NAME, &command)
                .map_err(|error| failed(RUN, &error))?;
            outcome.changes.push(Change::SetValue(shown(RUN)));
        }
        // The Task Manager may have switched the service off. Installing it again switches it on.
        remove(APPROVED, &mut outcome)?;
        let journal = installed()?.and_then(|installed| installed.journal());
        let is_used = journal.is_some_and(|journal| store::is_in_use(&journal).unwrap_or(false));
        if !is_used && processes()?.is_empty() {
            start(&words)?;
            outcome.changes.push(Change::Ran(command));
        }
        Ok(outcome)
    }

    pub(super) fn uninstall(&self, _existing: Existing) -> Result<Outcome, Error> {
        let mut outcome = Outcome::default();
        remove(RUN, &mut outcome)?;
        remove(APPROVED, &mut outcome)?;
        // The log file cannot be removed while a bridge writes to it.
        if mark::remove(&self.log_file, &mut outcome).is_err() {
            outcome.note(format!("the log stays in {}", self.log_file.display()));
        }
        Ok(outcome)
    }

    #[expect(clippy::unused_self, reason = "the other systems need it")]
    pub(super) fn is_installed(&self) -> bool {
        installed().is_ok_and(|installed| installed.is_some())
    }

    #[expect(clippy::unused_self, reason = "the other systems need it")]
    pub(super) fn state(&self, journal: &Path) -> Result<State, Error> {
        let installed = installed()?;
        let named = installed.as_ref().and_then(Installed::journal);
        let process = processes()?.first().copied();
        // `tasklist` of Wine lists no processes.
        let is_used = store::is_in_use(named.as_deref().unwrap_or(journal)).unwrap_or(false);
        let running = if process.is_some() || is_used {
            Running::Yes { process }
        } else {
            Running::No { why: None }
        };
        Ok(State { installed, running })
    }

    pub(super) fn log_file(&self) -> PathBuf {
        self.log_file.clone()
    }
}

fn failed(key: &str, error: &dyn Display) -> Error {
    Error::Registry {
        value: shown(key),
        message: error.to_string(),
    }
}

fn shown(key: &str) -> String {
    format!(r"HKEY_CURRENT_USER\{key}\{NAME}")
}

fn key(path: &str) -> Result<Key, Error> {
    CURRENT_USER
        .create(path)
        .map_err(|error| failed(path, &error))
}

fn installed() -> Result<Option<Installed>, Error> {
    let command = key(RUN)?.get_string(NAME).ok();
    Ok(command.map(|command| Installed {
        place: shown(RUN),
        command,
        changed_by_hand: false,
    }))
}

fn remove(path: &str, outcome: &mut Outcome) -> Result<(), Error> {
    let key = key(path)?;
    if key.get_value(NAME).is_ok() {
        key.remove_value(NAME)
            .map_err(|error| failed(path, &error))?;
        outcome.changes.push(Change::RemovedValue(shown(path)));
    }
    Ok(())
}

/// Starts the bridge now, as Explorer will at the next login. PowerShell starts it. A program that
/// we start ourselves would inherit our output, and a reader of that output would wait until the
/// bridge ends.
fn start(words: &[String]) -> Result<(), Error> {
    let Some((program, arguments)) = words.split_first() else {
        return Ok(());
    };
    let command = windows_words::start_process(program, arguments);
    let powershell = ["-NoProfile", "-NonInteractive", "-Command", &command];
    let asked = system::output("powershell.exe", &powershell)?;
    let printed = asked.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    if printed.is_some_and(|printed| printed.contains(windows_words::STARTED)) {
        return Ok(());
    }
    // Wine has no PowerShell, and some companies forbid PowerShell.
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .creation_flags(NO_WINDOW);
    command.spawn().map(drop).map_err(|source| Error::Start {
        program: program.clone(),
        source,
    })
}

/// The ids of other processes of this program. `tasklist` prints lines such as
/// `"twitchat-bridge.exe","1234","Console","1","9,000 K"`.
fn processes() -> Result<Vec<u32>, Error> {
    let filter = format!("IMAGENAME eq {NAME}.exe");
    let listed = system::output("tasklist.exe", &["/FI", &filter, "/FO", "CSV", "/NH"])?;
    let text = listed.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    Ok(windows_words::processes(&text.unwrap_or_default())
        .filter(|id| *id != std::process::id())
        .collect())
}
