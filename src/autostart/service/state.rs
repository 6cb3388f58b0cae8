use std::path::PathBuf;
#[cfg(unix)]
use {
    crate::autostart::error::Error,
    crate::autostart::mark::{self, Origin},
    std::path::Path,
};

/// The name of the service on every system.
pub(super) const NAME: &str = "twitchat-bridge";

/// The state of the service as the operating system reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// `None` if the service is not installed.
    pub installed: Option<Installed>,
    pub running: Running,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// The path of the file, or the name of the registry value.
    pub place: String,
    /// The command line as it is written in this place.
    pub command: String,
    /// Whether somebody has changed the file by hand, or another program wrote it.
    pub changed_by_hand: bool,
}

impl Installed {
    /// The service that a file defines; `command` reads the command line from the file.
    #[cfg(unix)]
    pub(super) fn in_file(
        path: &Path,
        command: impl FnOnce(&Path) -> Result<String, Error>,
    ) -> Result<Option<Self>, Error> {
        Ok(match mark::origin(path)? {
            Origin::Missing => None,
            origin => Some(Self {
                command: command(path)?,
                place: path.display().to_string(),
                changed_by_hand: origin == Origin::Foreign,
            }),
        })
    }

    /// The program that the command line starts. `None` if the command line cannot be understood.
    pub fn program(&self) -> Option<PathBuf> {
        let command = self.command.trim();
        let program = match command.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next()?,
            None => command.split(" run").next()?,
        };
        // In a unit of systemd, `$` and `%` are doubled, and a quote has a backslash before it.
        let program = if cfg!(windows) {
            program.to_owned()
        } else if program.contains('\\') {
            return None;
        } else {
            program.replace("%%", "%").replace("$$", "$")
        };
        (!program.is_empty()).then(|| program.into())
    }

    /// The journal in a command line of Windows, such as `"--store=C:\\my journal.db"`.
    pub(super) fn journal(&self) -> Option<PathBuf> {
        let (before, value) = self.command.split_once("--store=")?;
        // A path on Windows cannot contain quotes.
        let end = if before.ends_with('"') { '"' } else { ' ' };
        value.split(end).next().map(PathBuf::from)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Running {
    /// `process` is `None` if the system does not report the id of the process.
    Yes { process: Option<u32> },
    /// The service does not run. `why` is the reason that the system reports for its last end, such
    /// as `failed, exit code 4`.
    No { why: Option<String> },
    /// The state cannot be read from the system. The text is the reason.
    Unknown(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Log {
    /// The log is in the journal of systemd, under this unit.
    Journal {
        unit: &'static str,
    },
    File(PathBuf),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn the_program_is_found_in_a_command_line() {
        let program = |command: &str| {
            let installed = Installed {
                place: String::new(),
                command: command.into(),
                changed_by_hand: false,
            };
            installed.program()
        };
        assert_eq!(program("/a/bridge run --tls"), Some("/a/bridge".into()));
        assert_eq!(program("\"/my $$a/100%%\" run"), Some("/my $a/100%".into()));
        assert_eq!(
            program("/my apps/bridge run --port=1"),
            Some("/my apps/bridge".into())
        );
        assert_eq!(program(""), None);
    }

    #[test]
    fn the_journal_is_found_in_a_command_line_of_windows() {
        let journal = |command: &str| {
            let installed = Installed {
                place: String::new(),
                command: command.into(),
                changed_by_hand: false,
            };
            installed.journal()
        };
        let plain = "b.exe run --store=C:\\a\\j.db --tls";
        assert_eq!(journal(plain), Some("C:\\a\\j.db".into()));
        let quoted = "\"b c.exe\" run \"--store=C:\\Zoë show\\j.db\" --tls";
        assert_eq!(journal(quoted), Some("C:\\Zoë show\\j.db".into()));
        assert_eq!(journal("b.exe run"), None);
    }
}
