//! `version`: prints the version, as `--version` does.

use std::process::ExitCode;

use super::out;

/// Print the version
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  twitchat-bridge version")]
pub(crate) struct Args {}

impl Args {
    #[expect(clippy::unused_self, reason = "each verb has such a method")]
    pub(crate) fn run(self, command: &clap::Command) -> anyhow::Result<ExitCode> {
        out::line(command.render_version().trim_end())?;
        Ok(ExitCode::SUCCESS)
    }
}
