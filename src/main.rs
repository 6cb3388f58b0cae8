//! The `twitchat-bridge` command. The command line is in `cli`, everything else is in the library.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
