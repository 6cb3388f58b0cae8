//! `twitchat-bridgew`: starts `twitchat-bridge`, which lies beside it, with the same arguments, and
//! ends. On Windows neither has a window: this is a program without a console, and it gives the
//! other one a console that is not shown. The Run key needs that; see `autostart::service`.

#![windows_subsystem = "windows"]

use std::io;
use std::process::{Command, ExitCode, Stdio};

const PROGRAM: &str = if cfg!(windows) {
    "twitchat-bridge.exe"
} else {
    "twitchat-bridge"
};

fn main() -> ExitCode {
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        // There is no console to write to.
        Err(_) => ExitCode::FAILURE,
    }
}

fn start() -> io::Result<()> {
    let mut command = Command::new(std::env::current_exe()?.with_file_name(PROGRAM));
    command
        .args(std::env::args_os().skip(1))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    #[cfg(windows)]
    {
        use std::os::windows::process::CommandExt;
        const NO_WINDOW: u32 = 0x0800_0000;
        command.creation_flags(NO_WINDOW);
    }
    command.spawn().map(drop)
}
