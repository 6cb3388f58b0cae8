//! The command that an autostart starts: this program, with the options that the user gave.

use std::path::{Path, PathBuf};

use super::error::Error;
use crate::config::Flags;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Launch {
    program: String,
    options: Vec<String>,
}

impl Launch {
    /// This program with these flags. Paths become absolute.
    ///
    /// # Errors
    /// Fails if a password was given on the command line or on standard input, or if a path is not
    /// Unicode.
    pub fn of_this_program(flags: &Flags) -> Result<Self, Error> {
        let program = std::env::current_exe().map_err(Error::Program)?;
        Self::new(&program, flags)
    }

    /// The same for the program at another path.
    ///
    /// # Errors
    /// The errors of [`Launch::of_this_program`].
    pub fn new(program: &Path, flags: &Flags) -> Result<Self, Error> {
        if flags.password.is_some() || flags.password_stdin.is_some() {
            return Err(Error::Password);
        }
        let mut options = Vec::new();
        let mut option = |name: &str, value: Option<String>| {
            options.extend(value.map(|value| format!("--{name}={value}")));
        };
        let file = |path: &Option<PathBuf>| path.as_deref().map(absolute).transpose();
        option("config", file(&flags.config)?);
        option("host", flags.host.clone());
        option("port", flags.port.clone());
        option("password-file", file(&flags.password_file)?);
        option("store", file(&flags.store)?);
        options.extend(flags.tls.then(|| "--tls".to_owned()));
        let others = flags.others.iter();
        options.extend(others.map(|(flag, _, value)| format!("{flag}={value}")));
        Ok(Self {
            program: absolute(program)?,
            options,
        })
    }

    pub fn program(&self) -> &str {
        &self.program
    }

    /// The options, one word each, such as `--store=/home/ada/journal.db`.
    pub fn options(&self) -> &[String] {
        &self.options
    }

    /// The words of a command line with `run`. If `log_file` is set, the bridge logs to this file.
    pub(super) fn run(&self, log_file: Option<&str>) -> Vec<String> {
        let mut words = vec![self.program.clone(), "run".into()];
        words.extend(log_file.map(|path| format!("--log-file={path}")));
        words.extend(self.options.iter().cloned());
        words
    }
}

/// Fails if the path is not Unicode.
pub(super) fn absolute(path: &Path) -> Result<String, Error> {
    let path = std::path::absolute(path).map_err(Error::Program)?;
    match path.to_str() {
        Some(text) => Ok(text.to_owned()),
        None => Err(Error::NotUnicode { path }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn paths_become_absolute_and_only_what_was_given_is_passed() {
        let flags = Flags {
            config: Some("/etc/my config.toml".into()),
            store: Some("journal.db".into()),
            port: Some("4466".into()),
            tls: true,
            others: vec![("--log-format", "bridge.log_format", "json".into())],
            ..Flags::default()
        };
        let launch = Launch::new(Path::new("/usr/bin/twitchat-bridge"), &flags).unwrap();
        let journal = std::env::current_dir().unwrap().join("journal.db");
        assert_eq!(
            launch.run(Some("/tmp/x.log")),
            [
                "/usr/bin/twitchat-bridge",
                "run",
                "--log-file=/tmp/x.log",
                "--config=/etc/my config.toml",
                "--port=4466",
                &format!("--store={}", journal.display()),
                "--tls",
                "--log-format=json"
            ]
        );
    }

    #[test]
    fn a_password_is_refused() {
        let flags = Flags {
            password: Some("hunter2".into()),
            ..Flags::default()
        };
        let error = Launch::new(Path::new("bridge"), &flags).unwrap_err();
        assert!(matches!(error, Error::Password));
    }
}
