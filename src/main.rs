//! The `twitchat-bridge` command: all of it is in `cli`, all of what it does is in the library.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
