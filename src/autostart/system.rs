//! Commands of the system: `systemctl`, `launchctl`, `tasklist`.

use std::io;
use std::process::{Command, Output, Stdio};

use super::error::Error;

/// Runs a command to its end. `None` if this system does not have it.
pub(super) fn output(program: &str, arguments: &[&str]) -> Result<Option<Output>, Error> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    #[cfg(windows)]
    {
        use std::os::windows::process::CommandExt;
        const NO_WINDOW: u32 = 0x0800_0000;
        command.creation_flags(NO_WINDOW);
    }
    match command.output() {
        Ok(output) => Ok(Some(output)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::Start {
            program: program.to_owned(),
            source,
        }),
    }
}

/// The command line as the user would type it.
#[cfg(not(windows))]
pub(super) fn typed(program: &str, arguments: &[&str]) -> String {
    [&[program], arguments].concat().join(" ")
}

/// An exit status other than success is an error.
#[cfg(not(windows))]
pub(super) fn run(program: &str, arguments: &[&str]) -> Result<(), Error> {
    let failed = |message: String| Error::Failed {
        command: typed(program, arguments),
        message,
    };
    let Some(output) = output(program, arguments)? else {
        return Err(failed("the program was not found".into()));
    };
    if output.status.success() {
        return Ok(());
    }
    let printed = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(failed(if printed.is_empty() {
        output.status.to_string()
    } else {
        printed
    }))
}
