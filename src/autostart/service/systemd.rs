//! A user unit of systemd. If no user manager runs, such as in a container, the bridge only writes
//! the file. The user must run the command.

use std::fs;
use std::path::{Path, PathBuf};

use super::state::{Installed, Log, NAME, Running, State};
use crate::autostart::error::Error;
use crate::autostart::launch::Launch;
use crate::autostart::mark::{self, Existing, Origin};
use crate::autostart::outcome::{Change, Outcome};
use crate::autostart::system;
use crate::config;

/// The file of the unit, with a placeholder for the command. The unit in the packages has the same
/// lines.
const UNIT: &str = include_str!("../twitchat-bridge.service");
const COMMAND: &str = "@COMMAND@";
const SYSTEMCTL: &str = "systemctl";
const ENABLE: [&str; 4] = ["--user", "enable", "--now", NAME];
const RELOAD: [&str; 2] = ["--user", "daemon-reload"];

#[derive(Debug)]
pub(super) struct Systemd {
    /// The folder of the user's units, such as `~/.config/systemd/user`.
    folder: PathBuf,
}

impl Systemd {
    pub(super) fn of_this_user() -> Result<Self, Error> {
        let places = config::places().ok_or(Error::NoHome)?;
        Ok(Self {
            folder: places.config.join("systemd").join("user"),
        })
    }

    fn unit(&self) -> PathBuf {
        self.folder.join(format!("{NAME}.service"))
    }

    pub(super) fn install(&self, launch: &Launch, existing: Existing) -> Result<Outcome, Error> {
        let mut outcome = Outcome::default();
        mark::write(&self.unit(), &text(launch), existing, &mut outcome)?;
        if !has_manager()? {
            outcome.note(format!(
                "no systemd user manager runs here, so nothing was started. Where one runs, type \
                    `systemctl --user daemon-reload && {}`",
                system::typed(SYSTEMCTL, &ENABLE)
            ));
            return Ok(outcome);
        }
        let is = |what: &str| {
            let asked = system::output(SYSTEMCTL, &["--user", what, "--quiet", NAME]);
            asked.map(|output| output.is_some_and(|output| output.status.success()))
        };
        let is_new = !outcome.changes.is_empty();
        let was_active = is("is-active")?;
        if is_new {
            system::run(SYSTEMCTL, &RELOAD)?;
        }
        let mut steps = Vec::new();
        if is_new || !was_active || !is("is-enabled")? {
            steps.push(&ENABLE[..]);
        }
        if is_new && was_active {
            steps.push(&["--user", "restart", NAME]);
        }
        for step in steps {
            system::run(SYSTEMCTL, step)?;
            let typed = system::typed(SYSTEMCTL, step);
            outcome.changes.push(Change::Ran(typed));
        }
        Ok(outcome)
    }

    pub(super) fn uninstall(&self, existing: Existing) -> Result<Outcome, Error> {
        let mut outcome = Outcome::default();
        let path = self.unit();
        match (mark::origin(&path)?, existing) {
            (Origin::Missing, _) => return Ok(outcome),
            (Origin::Foreign, Existing::Keep) => return Err(Error::Foreign { path }),
            (Origin::Ours | Origin::Foreign, _) => {}
        }
        let has_manager = has_manager()?;
        if has_manager {
            let disable = ["--user", "disable", "--now", NAME];
            system::run(SYSTEMCTL, &disable)?;
            let typed = system::typed(SYSTEMCTL, &disable);
            outcome.changes.push(Change::Ran(typed));
        }
        mark::remove(&path, &mut outcome)?;
        // The link that `enable` has made. systemd removes it only while it runs.
        let wanted = format!("default.target.wants/{NAME}.service");
        mark::remove(&self.folder.join(wanted), &mut outcome)?;
        if has_manager {
            system::run(SYSTEMCTL, &RELOAD)?;
        }
        Ok(outcome)
    }

    pub(super) fn is_installed(&self) -> bool {
        self.unit().exists()
    }

    pub(super) fn state(&self, _journal: &Path) -> Result<State, Error> {
        let path = self.unit();
        let installed = Installed::in_file(&path, command)?;
        let properties = "--property=ActiveState,SubState,MainPID,ExecMainStatus,Result";
        let shown = if has_manager()? {
            system::output(SYSTEMCTL, &["--user", "show", NAME, properties])?
        } else {
            None
        };
        let running = match shown {
            Some(output) => running(&String::from_utf8_lossy(&output.stdout)),
            None => Running::Unknown("no systemd user manager runs here".into()),
        };
        Ok(State { installed, running })
    }
}

/// The log is the part of systemd's journal that belongs to the unit.
pub(super) fn log() -> Log {
    Log::Journal { unit: NAME }
}

fn has_manager() -> Result<bool, Error> {
    let asked = system::output(SYSTEMCTL, &["--user", "show-environment"])?;
    Ok(asked.is_some_and(|output| output.status.success()))
}

fn text(launch: &Launch) -> String {
    let words: Vec<_> = launch.run(None).iter().map(|word| quoted(word)).collect();
    mark::marked(&UNIT.replace(COMMAND, &words.join(" ")), 0, ("# ", ""))
}

/// Quotes a word of a command for systemd (systemd.service, "COMMAND LINES").
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-=:,+@".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    let mut text = String::from('"');
    for c in word.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            '%' | '$' => text.extend([c, c]),
            '\n' => text.push_str("\\n"),
            c => text.push(c),
        }
    }
    text.push('"');
    text
}

/// The command line behind `ExecStart=` in a unit.
fn command(path: &Path) -> Result<String, Error> {
    let bytes = fs::read(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })?;
    let text = String::from_utf8_lossy(&bytes);
    let command = text
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart="));
    Ok(command.unwrap_or_default().to_owned())
}

/// Parses the output of `systemctl show`.
fn running(shown: &str) -> Running {
    let property = |name: &str| {
        shown.lines().find_map(|line| {
            let value = line.strip_prefix(name)?.strip_prefix('=')?;
            Some(value).filter(|value| !value.is_empty())
        })
    };
    let active = property("ActiveState").unwrap_or("unknown");
    if matches!(active, "active" | "reloading" | "deactivating") {
        let process = property("MainPID").and_then(|id| id.parse().ok());
        return Running::Yes {
            process: process.filter(|id| *id > 0),
        };
    }
    let end = match (property("Result"), property("ExecMainStatus")) {
        (Some("exit-code"), Some(code)) => format!("exit code {code}"),
        (Some("signal" | "core-dump"), Some(signal)) => format!("signal {signal}"),
        (result, _) => result.unwrap_or("unknown").to_owned(),
    };
    let why = match (active, property("SubState")) {
        ("inactive", _) => None,
        ("activating", Some("auto-restart")) => Some(format!(
            "it ended ({end}), and systemd starts it again in a few seconds"
        )),
        _ => Some(format!("{active}, {end}")),
    };
    Running::No { why }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Flags;

    #[test]
    fn the_unit_starts_this_program_with_the_options_that_were_given() {
        let flags = Flags {
            config: Some("/a/my \"100%\" $HOME.toml".into()),
            port: Some("4466".into()),
            ..Flags::default()
        };
        let launch = Launch::new(Path::new("/a/bin/twitchat-bridge"), &flags).unwrap();
        let text = text(&launch);
        let (mark, unit) = text.split_once('\n').unwrap();
        assert!(mark.starts_with("# Written by twitchat-bridge. "), "{mark}");
        insta::assert_snapshot!(unit, @r#"
        [Unit]
        Description=twitchat-bridge
        StartLimitIntervalSec=300
        StartLimitBurst=10
        [Service]
        ExecStart=/a/bin/twitchat-bridge run "--config=/a/my \"100%%\" $$HOME.toml" --port=4466
        Restart=on-failure
        RestartSec=5
        RestartPreventExitStatus=2 4 6 7 8 9
        [Install]
        WantedBy=default.target
        "#);
    }

    #[test]
    fn the_output_of_systemctl_is_read() {
        let shown = |active: &str, sub: &str, id: u32, code: u32, result: &str| {
            running(&format!(
                "Result={result}\nExecMainStatus={code}\nMainPID={id}\nActiveState={active}\n\
                    SubState={sub}\n"
            ))
        };
        let no = |why: &str| Running::No {
            why: Some(why.into()),
        };
        assert_eq!(
            shown("active", "running", 12, 0, "success"),
            Running::Yes { process: Some(12) }
        );
        assert_eq!(
            shown("inactive", "dead", 0, 0, "success"),
            Running::No { why: None }
        );
        assert_eq!(
            shown("failed", "failed", 0, 4, "exit-code"),
            no("failed, exit code 4")
        );
        assert_eq!(
            shown("activating", "auto-restart", 0, 1, "exit-code"),
            no("it ended (exit code 1), and systemd starts it again in a few seconds")
        );
        assert_eq!(
            shown("activating", "auto-restart", 0, 9, "signal"),
            no("it ended (signal 9), and systemd starts it again in a few seconds")
        );
    }
}
