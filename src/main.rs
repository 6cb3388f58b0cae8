//! The `twitchat-bridge` command: all of it is in `cli`, all of what it does is in the library.

mod cli;

use std::process::ExitCode;

/// With musl's own allocator, a large reply takes twice the time.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::main()
}
