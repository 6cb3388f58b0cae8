//! The `twitchat-bridge` command. The command line is in `cli`, everything else is in the library.

mod cli;

use std::process::ExitCode;

/// With musl's own allocator, a large reply takes twice as long.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::main()
}
