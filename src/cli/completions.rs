//! `completions`: what a shell needs to complete our arguments.

use std::process::ExitCode;

use clap_complete::Shell;

use super::{name::NAME, out};

const AFTER_HELP: &str = "Examples:
  twitchat-bridge completions bash > ~/.local/share/bash-completion/completions/twitchat-bridge
  twitchat-bridge completions fish > ~/.config/fish/completions/twitchat-bridge.fish";

/// Print completions for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// Which shell
    shell: Shell,
}

impl Args {
    pub(crate) fn run(self, mut command: clap::Command) -> anyhow::Result<ExitCode> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, NAME, &mut script);
        out::bytes(&script)?;
        Ok(ExitCode::SUCCESS)
    }
}
